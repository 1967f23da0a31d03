package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/reports/candidates"
	"sanse/reports/siting"
	"sanse/routing"
)

// Candidates made from streets and buildings lie this far apart at least, or
// farther where there would be too many, and buildings are large enough for a
// small centre: the reference rooms of a community's service station.
const (
	siteMetres    = 150
	siteLeastM2   = 200
	mostMadeSites = 2000
)

// How far a walk counts, in seconds, for goals without a radius: an hour, and
// farther where the walks are not too many to hold.
const (
	siteFarthest  = 3600
	siteFarthest2 = 4 * siteFarthest
	fewWalks      = 8_000_000
	// mostWalks bounds what is held of them at all: some 32 bytes each.
	mostWalks = 30_000_000
)

// sited is a problem of sites with what its numbers stand for.
type sited struct {
	problem *siting.Problem // without ways before measure
	sites   []sitedPlace
	snaps   []routing.Snap // by site
	people  []routing.Snap // by demand
	engine  *routing.Engine
	// Unplaced is the weight that no street is near.
	unplaced int64
	farthest int     // seconds that a walk counts to; 0: to the radius
	apart    float64 // metres between candidates that were made; 0: they were given
	astray   int     // candidates that were made and are on no street
}

// sitedPlace is a site: a facility that there is, or a candidate.
type sitedPlace struct {
	ID       string // of the candidate, building or facility
	Facility string // its id, if it is one
	Location orb.Point
}

// siteProblem finds out for whom and among which sites to choose.
func siteProblem(r *districtReach, in *SiteRequest, buildings []data.Building) (sited, error) {
	x := sited{problem: &siting.Problem{Goal: in.Goal, Choose: in.Choose, Budget: in.Budget}, engine: r.index.Engine()}
	if in.Goal == siting.MostCovered || in.Goal == siting.AllCovered {
		x.problem.Radius = int32(in.Minutes) * 60
	}
	x.weigh(r, in)
	if len(x.people) == 0 {
		if x.unplaced > 0 {
			return x, invalid("nobody asked for lives near a street: %d are too far from all", x.unplaced)
		}
		if in.For == ForUnmet {
			return x, invalid("there is nobody to build for: all residents are in reach of the service")
		}
		return x, invalid("there is nobody to build for: nobody is counted here")
	}
	x.stands(r, in)
	inside := func(p orb.Point) bool {
		a, ok := r.snap.Tree.Find(p)
		return ok && strings.HasPrefix(a.Code, in.Area)
	}
	most := mostMadeSites
	if x.problem.Radius == 0 {
		most = min(most, max(1, mostWalks/len(x.people)-len(x.sites)))
	}
	switch in.From {
	case "":
		if len(in.Candidates) > most && x.problem.Radius == 0 {
			return x, invalid("%d candidates are too many for this goal and %d places of people: at most %d can be compared", len(in.Candidates), len(x.people), most)
		}
		for _, c := range in.Candidates {
			snap, err := x.engine.Snap(c.Location, coverageMetres)
			if err != nil {
				return x, invalid("candidate %q: no street within %d m", c.ID, coverageMetres)
			}
			x.add(sitedPlace{ID: c.ID, Location: c.Location}, siting.Site{Price: c.Price}, snap, cmp.Or(c.Capacity, in.Capacity))
		}
	case SitesAlongStreets:
		x.apart = siteMetres
		at := candidates.Along(x.engine, x.apart, inside)
		for ; len(at) > most; at = candidates.Along(x.engine, x.apart, inside) {
			x.apart *= 1.5
		}
		for i, p := range at {
			x.made(fmt.Sprintf("s%d", i+1), p, in.Capacity)
		}
	case SitesInBuildings:
		list := make([]candidates.Building, len(buildings))
		for i := range buildings {
			list[i] = candidates.Building{ID: buildings[i].ID, Boundary: buildings[i].Boundary}
		}
		x.apart = siteMetres
		at := candidates.In(list, siteLeastM2, x.apart, inside)
		for ; len(at) > most; at = candidates.In(list, siteLeastM2, x.apart, inside) {
			x.apart *= 1.5
		}
		for _, p := range at {
			x.made(list[p.Building].ID, p.Location, in.Capacity)
		}
	}
	x.beside(in.Beside)
	if x.problem.Radius == 0 {
		if x.farthest = siteFarthest; len(x.sites)*len(x.people) <= fewWalks {
			x.farthest = siteFarthest2
		}
		x.problem.Far = int32(2 * x.farthest)
	}
	free := 0
	for _, s := range x.problem.Sites {
		if s.Status != siting.Kept {
			free++
		}
	}
	switch {
	case free == 0:
		return x, invalid("there is no place to choose from: no candidate lies there, and no idle facility")
	case in.Choose > free:
		return x, invalid("%d sites are asked for, and there are only %d to choose from", in.Choose, free)
	}
	return x, nil
}

// weigh finds the demand: who is asked for, and in the area.
func (x *sited) weigh(r *districtReach, in *SiteRequest) {
	var at []orb.Point
	add := func(demand int, p orb.Point, weight int) {
		switch {
		case weight <= 0 || !strings.HasPrefix(r.areas[demand], in.Area):
		case r.index.DemandReason(demand) != "":
			x.unplaced += int64(weight)
		default:
			at = append(at, p)
			x.problem.Weight = append(x.problem.Weight, int64(weight))
		}
	}
	if in.For == ForResidents || in.For == ForUnmet {
		seconds := r.index.Seconds(in.Service)
		for i := range r.snap.Residents {
			d := r.resident(i)
			if in.For == ForUnmet && seconds[d] >= 0 && int(seconds[d]) <= in.Minutes*60 {
				continue
			}
			add(d, r.snap.Residents[i].Location, 1)
		}
	} else {
		for i := range r.snap.Population {
			p := &r.snap.Population[i]
			add(i, p.Location, map[string]int{ForPeople: p.People, ForOver60: p.Over60, ForDisabled: p.Disabled}[in.For])
		}
	}
	x.people, _ = x.engine.SnapAll(at, coverageMetres) // what no street is near has been left out
}

// stands adds the facilities of the service that there are: open ones stay, idle
// ones go before what is new beside them, and what is planned is a candidate.
func (x *sited) stands(r *districtReach, in *SiteRequest) {
	if in.limited() {
		x.problem.Capacity = []int64{}
	}
	for i := range r.snap.Facilities {
		f := &r.snap.Facilities[i]
		if f.Service != in.Service || f.Status == "open" && r.index.Why(i) != "" {
			continue
		}
		site := siting.Site{Status: siting.Kept}
		switch f.Status {
		case "open":
		case "idle":
			site.Status = siting.Idle
		default:
			site.Status = siting.New
		}
		if site.Status != siting.Kept && in.Area != "" {
			if a, _ := r.snap.Tree.Find(f.Location); !strings.HasPrefix(a.Code, in.Area) {
				continue
			}
		}
		snap, err := x.engine.Snap(f.Location, coverageMetres)
		if err != nil {
			continue // it can serve nobody; GET /v1/unplaced names it
		}
		x.add(sitedPlace{ID: f.ID, Facility: f.ID, Location: f.Location}, site, snap, int64(f.Capacity))
	}
}

// made adds a candidate that was made, unless it is on no street.
func (x *sited) made(id string, at orb.Point, capacity int64) {
	snap, err := x.engine.Snap(at, coverageMetres)
	if err != nil {
		x.astray++
		return
	}
	x.add(sitedPlace{ID: id, Location: at}, siting.Site{}, snap, capacity)
}

// add adds a site; a capacity of 0 is not known, and limits nobody.
func (x *sited) add(p sitedPlace, s siting.Site, snap routing.Snap, capacity int64) {
	x.sites, x.snaps, x.problem.Sites = append(x.sites, p), append(x.snaps, snap), append(x.problem.Sites, s)
	if x.problem.Capacity != nil {
		if capacity == 0 {
			capacity = siting.None
		}
		x.problem.Capacity = append(x.problem.Capacity, capacity)
	}
}

// beside has every new site wait for the nearest idle facility within so many
// metres.
func (x *sited) beside(metres float64) {
	var idle []int
	for i, s := range x.problem.Sites {
		if s.Status == siting.Idle {
			x.problem.Sites[i].Place = int32(i + 1)
			idle = append(idle, i)
		}
	}
	for i := range x.problem.Sites {
		if x.problem.Sites[i].Status != siting.New || metres <= 0 {
			continue
		}
		least := metres
		for _, k := range idle {
			if m := geo.Distance(x.sites[i].Location, x.sites[k].Location); m <= least {
				least, x.problem.Sites[i].Place = m, x.problem.Sites[k].Place
			}
		}
	}
}

// measure finds the walks.
func (x *sited) measure(ctx context.Context, threads int) error {
	most := x.farthest
	if x.problem.Radius > 0 {
		most = int(x.problem.Radius)
	}
	w := &x.problem.Ways
	var err error
	o := candidates.WalkOptions{Seconds: most, Most: mostWalks, Threads: threads}
	w.First, w.Site, w.Cost, err = candidates.Walks(ctx, x.engine, x.snaps, x.people, o)
	if errors.Is(err, candidates.ErrTooMany) {
		return invalidCause(err, "there are more than %d walks between %d candidates and %d places of people: ask for fewer candidates, fewer minutes or a smaller area", mostWalks, len(x.sites), len(x.people))
	}
	if err != nil {
		return err
	}
	return x.problem.Validate()
}

// total is the weight of all who are asked for, on a street or not.
func (x *sited) total() int64 {
	sum := x.unplaced
	for _, w := range x.problem.Weight {
		sum += w
	}
	return sum
}
