package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"sanse/reports/candidates"
	"sanse/reports/siting"
	"sanse/reports/supply"
)

type supplyCmd struct {
	Demand     string   `help:"Who asks for places: CSV or GeoJSON with the columns id and weight (people; without it each counts 1), grade where --first is given, and lon, lat unless there is a matrix." required:"" type:"existingfile" placeholder:"FILE"`
	Facilities string   `help:"Where the places are: CSV or GeoJSON with the columns id, capacity (empty or 0: not known), status (what is idle or planned is left out), and lon, lat unless there is a matrix." required:"" type:"existingfile" placeholder:"FILE"`
	Matrix     string   `help:"The ways: CSV with the columns demand, facility and seconds, or the table (.bin) that 'sanse streets table' writes." type:"existingfile" placeholder:"FILE"`
	Streets    string   `aliases:"graph" short:"g" help:"The streets instead (a built graph, an OpenStreetMap extract or a file of road lines): the ways are walks on them, from the facility to the door." type:"existingfile" placeholder:"FILE"`
	Profile    string   `help:"How one walks, with --streets." default:"elderly" placeholder:"NAME"`
	Limit      float64  `help:"With --streets: who or what lies farther than so many metres from every street has no way." default:"300" placeholder:"METRES"`
	Method     string   `help:"2sfca: places a head, all ways alike; e2sfca: short ways count more (1, 0.68, 0.22 by thirds of the minutes); nearest: all go to the nearest; assign: as many as can be get a place, with the least walk." enum:"2sfca,e2sfca,nearest,assign" default:"assign"`
	Minutes    int      `help:"Longer ways are none." default:"15" placeholder:"N"`
	First      []string `help:"With assign: grades in the order in which they are served, by the column grade; all others come after them." placeholder:"red,yellow,blue"`
	Threads    int      `help:"Threads that search the streets (0: one a processor)." placeholder:"N"`
	Out        string   `short:"o" help:"Write how each demand fares: .csv, or .json with facilities and totals; '-': CSV to standard output." default:"-" placeholder:"FILE"`
	Loads      string   `help:"Write how full each facility becomes as well: CSV." placeholder:"FILE"`
}

func (*supplyCmd) Help() string {
	return `Says how far the places of facilities go round among the people in reach: the two-step floating catchment area and its
enhanced form, or who gets a place. An assignment comes with prices that prove it the best, and is checked. Who has a
facility in reach and no place is covered on paper only.

A facility without a capacity (empty or 0) is of one that is not known: it neither limits nor counts as supply, and how
many that concerns is told.

  sanse supply --demand homes.csv --facilities canteens.csv --streets city.graph -o homes_supply.csv --loads canteens_load.csv
  sanse supply --demand homes.csv --facilities canteens.csv --matrix walk.csv --method e2sfca --minutes 15 -o supply.json
  sanse supply --demand residents.csv --facilities homes.csv --matrix walk.csv --first red,yellow,blue`
}

func (cmd *supplyCmd) flagsRight() error {
	switch {
	case cmd.Matrix == "" && cmd.Streets == "":
		return badInput(nil, "how long are the ways? give --matrix, or --streets")
	case cmd.Matrix != "" && cmd.Streets != "":
		return badInput(nil, "--matrix has the ways: --streets cannot be given as well")
	case cmd.Minutes < 1 || cmd.Minutes > 24*60:
		return badInput(nil, "--minutes %d: want 1 to %d", cmd.Minutes, 24*60)
	case len(cmd.First) > 0 && cmd.Method != "assign":
		return badInput(nil, "--first is for --method assign")
	case len(cmd.First) > 250:
		return badInput(nil, "--first: more than 250 grades")
	case cmd.Threads < 0 || !(cmd.Limit > 0):
		return badInput(nil, "--threads cannot be below 0, --limit has to be above it")
	}
	switch strings.ToLower(filepath.Ext(cmd.Out)) {
	case ".csv", ".json":
	default:
		if cmd.Out != "-" {
			return badInput(nil, "-o %s: want a name that ends in .csv or .json", filepath.Base(cmd.Out))
		}
	}
	for _, out := range []string{cmd.Out, cmd.Loads} {
		if out == "" {
			continue
		}
		if err := checkOut(out, cmd.Demand, cmd.Facilities, cmd.Matrix, cmd.Streets); err != nil {
			return err
		}
		if err := canWrite(out); err != nil {
			return err
		}
	}
	return nil
}

func (cmd *supplyCmd) Run(ctx context.Context, s streams) error {
	if err := cmd.flagsRight(); err != nil {
		return err
	}
	a := &supplyAnswer{method: cmd.Method, minutes: cmd.Minutes}
	var err error
	if a.demand, err = readFile(cmd.Demand, func(r io.Reader) (*sitesPoints, error) { return readSitesPoints(r, false) }); err != nil {
		return err
	}
	if a.facilities, err = readFile(cmd.Facilities, func(r io.Reader) (*sitesPoints, error) { return readSitesPoints(r, true) }); err != nil {
		return err
	}
	counts, err := readFile(cmd.Facilities, readSupplyStatus)
	if err != nil {
		return err
	}
	ways, err := cmd.ways(ctx, s, a.demand, a.facilities)
	if err != nil {
		return err
	}
	a.p = supplyProblem(a.demand, a.facilities, ways, counts, int32(min(cmd.Minutes*60, maxSitesCost)))
	if len(cmd.First) > 0 {
		if a.p.Class, err = readFile(cmd.Demand, func(r io.Reader) ([]uint8, error) { return readSupplyClasses(r, cmd.First) }); err != nil {
			return err
		}
	}
	if err := a.p.Validate(); err != nil {
		return badInput(err, "")
	}
	if err := a.measure(ctx); err != nil {
		return err
	}
	if err := writeOut(cmd.Out, s.out, a.writer(cmd.Out)); err != nil {
		return err
	}
	if cmd.Loads != "" {
		if err := writeOut(cmd.Loads, s.out, a.loads); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.err, "sanse: %s\n", a.summary())
	return nil
}

// ways reads the ways, or walks them.
func (cmd *supplyCmd) ways(ctx context.Context, s streams, demand, facilities *sitesPoints) (ways siting.Ways, err error) {
	switch {
	case cmd.Matrix != "" && strings.EqualFold(filepath.Ext(cmd.Matrix), ".bin"):
		return readFile(cmd.Matrix, func(r io.Reader) (siting.Ways, error) { return readSitesBinary(r, demand, facilities) })
	case cmd.Matrix != "":
		return readFile(cmd.Matrix, func(r io.Reader) (siting.Ways, error) {
			_, ways, err := readSitesMatrix(r, demand, facilities)
			return ways, err
		})
	}
	for _, p := range []*sitesPoints{demand, facilities} {
		if p.at == nil || p.flat {
			return ways, badInput(nil, "--streets needs the columns lon and lat of demands and facilities")
		}
	}
	flags := streetsFlags{Graph: cmd.Streets}
	err = flags.withStreets(ctx, s, func(st *streets) error {
		e, err := st.engine(ctx, cmd.Profile, len(facilities.at), threadsOf(cmd.Threads))
		if err != nil {
			return err
		}
		people, lost := e.SnapAll(demand.at, cmd.Limit)
		tellAstray(s.err, "demands", demand.ids, lost, cmd.Limit)
		places, astray := e.SnapAll(facilities.at, cmd.Limit)
		tellAstray(s.err, "facilities", facilities.ids, astray, cmd.Limit)
		ways.First, ways.Site, ways.Cost, err = candidates.Walks(ctx, e, places, people, candidates.WalkOptions{Seconds: cmd.Minutes * 60, Threads: threadsOf(cmd.Threads)})
		return err
	})
	return ways, err
}

// supplyProblem puts what was read into the form of a problem. Facilities that do
// not count keep their number and have no way.
func supplyProblem(demand, facilities *sitesPoints, ways siting.Ways, counts []bool, longest int32) *supply.Problem {
	p := &supply.Problem{Weight: demand.weight, Ways: supply.Ways{First: []int{0}}}
	for j := range facilities.ids {
		c := int64(supply.Unknown)
		if facilities.room != nil && facilities.room[j] > 0 {
			c = facilities.room[j]
		}
		p.Capacity = append(p.Capacity, c)
	}
	add := func(j, cost int32) {
		if cost >= 0 && cost <= longest && counts[j] {
			p.Ways.Facility, p.Ways.Cost = append(p.Ways.Facility, j), append(p.Ways.Cost, cost)
		}
	}
	n := len(facilities.ids)
	for d := range demand.ids {
		if ways.Table != nil {
			for j, cost := range ways.Table[d*n : (d+1)*n] {
				add(int32(j), cost)
			}
		} else {
			for e := ways.First[d]; e < ways.First[d+1]; e++ {
				add(ways.Site[e], ways.Cost[e])
			}
		}
		p.Ways.First = append(p.Ways.First, len(p.Ways.Facility))
	}
	return p
}

// readSupplyStatus tells which facilities count: those that are open.
func readSupplyStatus(in io.Reader) ([]bool, error) {
	var out []bool
	err := eachSupplyRow(in, sitesStatus, false, func(word string) { out = append(out, facilityStates[strings.ToLower(word)]) })
	return out, err
}

// sitesGrade is the column of a demand's grade.
var sitesGrade = sitesColumn{"grade", "class", "等级", "级别"}

// readSupplyClasses reads the classes of demands: the place of their grade in the
// order given, after all of it for grades that it does not name.
func readSupplyClasses(in io.Reader, order []string) ([]uint8, error) {
	class := make(map[string]uint8, len(order))
	for i, g := range order {
		class[strings.ToLower(strings.TrimSpace(g))] = uint8(i)
	}
	var out []uint8
	err := eachSupplyRow(in, sitesGrade, true, func(word string) {
		c, ok := class[strings.ToLower(word)]
		if !ok {
			c = uint8(len(order))
		}
		out = append(out, c)
	})
	return out, err
}

// eachSupplyRow calls f with one column of every row of a table that has been read
// without a fault before.
func eachSupplyRow(in io.Reader, names sitesColumn, needed bool, f func(word string)) error {
	t, err := newSitesTable(in)
	if err != nil {
		return err
	}
	find := t.column
	if needed {
		find = t.needed
	}
	column, err := find(names)
	if err != nil {
		return err
	}
	for {
		more, err := t.next()
		if err != nil || !more {
			return err
		}
		f(t.cell(column))
	}
}

// measure computes the answer. No assignment leaves without its check.
func (a *supplyAnswer) measure(ctx context.Context) (err error) {
	bands := supply.TwoStep(int32(a.minutes * 60))
	switch a.method {
	case "e2sfca":
		bands = supply.Enhanced(int32(a.minutes * 60))
		fallthrough
	case "2sfca":
		a.access, err = supply.Floating(a.p, bands)
		return err
	case "nearest":
		a.places, err = supply.Nearest(a.p)
		return err
	}
	if a.places, err = supply.Assign(ctx, a.p); err != nil {
		return err
	}
	if wrong := supply.Check(a.p, a.places); len(wrong) > 0 {
		return errors.New("the assignment does not pass its check: " + wrong[0])
	}
	return nil
}
