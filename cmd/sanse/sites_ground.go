package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"sanse/geo/features"
	"sanse/reports/candidates"
	"sanse/reports/siting"
	"sanse/routing"
)

// ground makes candidates, if any are to be made, and walks from all candidates
// to the people, if there are streets.
func (cmd *sitesCmd) ground(ctx context.Context, s streams, demand, given *sitesPoints) (*sitesPoints, siting.Ways, error) {
	var ways siting.Ways
	for _, p := range []*sitesPoints{demand, given} {
		if p != nil && (p.at == nil || p.flat) {
			return nil, ways, badInput(nil, "--graph and --make-candidates need the columns lon and lat of demands and candidates")
		}
	}
	all := given
	if all == nil {
		all = &sitesPoints{of: map[string]int{}}
	}
	if cmd.Make == "buildings" {
		made, err := readFile(cmd.Buildings, readSitesBuildings)
		if err != nil {
			return nil, ways, err
		}
		at := candidates.In(made, cmd.LeastM2, cmd.Apart, around(demand.at, cmd.Apart))
		for _, p := range at {
			all.addMade(made[p.Building].ID, p.Location)
		}
		if err := madeSome(len(at), cmd.Make); err != nil {
			return nil, ways, err
		}
	}
	if cmd.Graph == "" {
		return all, ways, nil
	}
	flags := streetsFlags{Graph: cmd.Graph}
	err := flags.withStreets(ctx, s, func(st *streets) (err error) {
		e, err := st.engine(ctx, cmd.Profile, len(demand.at), threadsOf(cmd.Threads))
		if err != nil {
			return err
		}
		if cmd.Make == "streets" {
			at := candidates.Along(e, cmd.Apart, around(demand.at, cmd.Apart))
			for i, p := range at {
				all.addMade("s"+strconv.Itoa(i+1), p)
			}
			if err := madeSome(len(at), cmd.Make); err != nil {
				return err
			}
		}
		ways, err = cmd.walks(ctx, s, e, demand, all)
		return err
	})
	return all, ways, err
}

func madeSome(n int, from string) error {
	if n == 0 {
		return badInput(nil, "--make-candidates %s: there are none where the people are", from)
	}
	return nil
}

// addMade adds a candidate that was made; its id is that of the building or a
// number, with a mark where the file has it already.
func (p *sitesPoints) addMade(id string, at orb.Point) {
	for _, taken := p.of[id]; taken; _, taken = p.of[id] {
		id += "+"
	}
	p.add(id)
	p.at, p.sites, p.places = append(p.at, at), append(p.sites, siting.Site{}), append(p.places, "")
	if p.room != nil {
		p.room = append(p.room, noRoom)
	}
}

// around tells which places lie where people are: in the frame of their places
// or so many metres beside it.
func around(at []orb.Point, metres float64) func(orb.Point) bool {
	return geo.BoundPad(orb.MultiPoint(at).Bound(), metres).Contains
}

// walks measures the walks from candidates to people.
func (cmd *sitesCmd) walks(ctx context.Context, s streams, e *routing.Engine, demand, all *sitesPoints) (siting.Ways, error) {
	var ways siting.Ways
	people, lost := e.SnapAll(demand.at, cmd.Limit)
	if n := tellAstray(s.err, "demands", demand.ids, lost, cmd.Limit); n == len(people) {
		return ways, badInput(nil, "--demand: none lies within %.0f m of a street of --graph", cmd.Limit)
	}
	places, astray := e.SnapAll(all.at, cmd.Limit)
	if n := tellAstray(s.err, "candidates", all.ids, astray, cmd.Limit); n == len(places) {
		return ways, badInput(nil, "--candidates: none lies within %.0f m of a street of --graph", cmd.Limit)
	}
	most := cmd.MaxWalk
	if cmd.Radius > 0 {
		most = cmd.Radius
	}
	var err error
	ways.First, ways.Site, ways.Cost, err = candidates.Walks(ctx, e, places, people, candidates.WalkOptions{Seconds: int(most), Threads: threadsOf(cmd.Threads)})
	return ways, err
}

// tellAstray tells how many of some places are on no street, and the first of them.
func tellAstray(out io.Writer, what string, ids []string, lost []error, metres float64) int {
	n, first := 0, ""
	for i, err := range lost {
		if err != nil {
			if n++; n == 1 {
				first = ids[i]
			}
		}
	}
	if n > 0 {
		fmt.Fprintf(out, "sanse: note: %d of %d %s lie farther than %.0f m from every street and have no way, the first is %q\n", n, len(ids), what, metres, shorten(first))
	}
	return n
}

// readSitesBuildings reads the footprints of buildings.
func readSitesBuildings(in io.Reader) ([]candidates.Building, error) {
	r, err := features.NewReader(in)
	if err != nil {
		return nil, err
	}
	var out []candidates.Building
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read GeoJSON: %w", err)
		}
		if f.Bad != "" {
			return nil, fmt.Errorf("line %d: %s", f.Line, f.Bad)
		}
		ground, err := f.Geometry.Polygons()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", f.Line, err)
		}
		if len(ground) > 0 && len(ground[0]) > 0 && len(ground[0][0]) > 0 {
			if why := notOnEarth(ground[0][0][0]); why != "" {
				return nil, fmt.Errorf("line %d: %s", f.Line, why)
			}
		}
		id := f.ID
		for _, name := range sitesID {
			if v, ok := f.Properties[name]; ok && id == "" {
				id = strings.TrimSpace(fmt.Sprint(v))
			}
		}
		if id == "" {
			id = "b" + strconv.Itoa(len(out)+1)
		}
		out = append(out, candidates.Building{ID: id, Boundary: ground})
	}
	if len(out) == 0 {
		return nil, errors.New("there are no features")
	}
	return out, nil
}
