package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sanse/reports/siting"
)

type sitesCmd struct {
	Demand     string        `help:"Who is to be reached: CSV or GeoJSON with the columns id and weight (people; without it each counts 1), and lon, lat (or x, y in metres) unless there is a matrix." type:"existingfile" placeholder:"FILE"`
	Candidates string        `help:"Where facilities are or may be: CSV or GeoJSON with the column id, and status (new, idle, kept), place, price, capacity, lon, lat (or x, y)." type:"existingfile" placeholder:"FILE"`
	Matrix     string        `help:"The ways: CSV with the columns demand, candidate and cost, or the table (.bin) that 'sanse streets table' writes. Without it and --graph ways are straight, in metres." type:"existingfile" placeholder:"FILE"`
	Graph      string        `short:"g" aliases:"streets" help:"The streets (a built graph, an OpenStreetMap extract or a file of road lines): the ways are walks on them, in seconds." type:"existingfile" placeholder:"FILE"`
	Profile    string        `help:"How one walks, with --graph." default:"elderly" placeholder:"NAME"`
	Limit      float64       `help:"With --graph: who or what lies farther than so many metres from every street has no way." default:"300" placeholder:"METRES"`
	MaxWalk    int32         `help:"With --graph, for pmedian and pcenter: longer walks are none." default:"7200" placeholder:"S"`
	Make       string        `name:"make-candidates" help:"Candidates to make, beside those of --candidates: along the streets of --graph, or in the buildings of --buildings." enum:",streets,buildings" default:"" placeholder:"streets|buildings"`
	Buildings  string        `help:"Footprints (GeoJSON) to make candidates in." type:"existingfile" placeholder:"FILE"`
	Apart      float64       `help:"Candidates that are made lie so far from each other at least." default:"150" placeholder:"METRES"`
	LeastM2    float64       `name:"least-m2" help:"Buildings in which candidates are made have a footprint so large at least." default:"200" placeholder:"M2"`
	Capacity   int64         `help:"The weight that each new site can serve, where the column capacity does not say; for mclp and pmedian." placeholder:"N"`
	Pmed       string        `help:"A p-median file of the OR-Library instead of all these; its p is used unless -p is given." type:"existingfile" placeholder:"FILE"`
	Goal       string        `help:"mclp: cover the most people; lscp: all with the fewest sites; pmedian: the least way of all together; pcenter: the least way of the one who goes farthest." enum:"mclp,lscp,pmedian,pcenter" required:"" placeholder:"GOAL"`
	Choose     int           `short:"p" name:"choose" help:"How many sites to choose, beside those that stay." placeholder:"N"`
	Budget     int64         `help:"What the chosen sites may cost together, by the column price." placeholder:"SUM"`
	Radius     int32         `help:"Whoever is within this cost (seconds, metres) of a site is covered; for mclp and lscp." placeholder:"S"`
	Far        int32         `help:"What it costs, for pmedian, to be reached by no site (0: twice the longest way and one more)." placeholder:"S"`
	Beside     float64       `help:"A new site within so many metres of an idle one is chosen only with it. Sites with the same place are beside each other anyway." placeholder:"METRES"`
	Time       time.Duration `help:"Search for so long at most (0: until the best is proven)." default:"10s" placeholder:"10s"`
	Iterations int           `help:"Search for so many steps at most instead, whatever the time: the same seed and steps give the same answer." placeholder:"N"`
	Seed       uint64        `help:"Seed of the search." default:"1"`
	Threads    int           `help:"Threads that compute the bound (0: one a processor)." placeholder:"N"`
	Out        string        `short:"o" help:"Write the sites in the order in which to open them: .csv, .geojson (where they lie) or .json (with bound, gap and counts); '-': CSV to standard output." default:"-" placeholder:"FILE"`
	Assignment string        `help:"Write who is served where as well: CSV with the columns demand, candidate and cost." placeholder:"FILE"`
	JSON       bool          `name:"json" help:"Tell the progress on standard error as a line of JSON each."`
}

func (*sitesCmd) Help() string {
	return `Chooses where to build next, and says how far from the best possible the answer can be at most. Facilities that
stay (status kept) serve in every answer; a new site is never chosen before an idle one beside it. The chosen sites are
ranked: each is the one that brings most after those before it.

Costs are whole numbers in any unit, decimals are rounded up; no row in the matrix (or -1): there is no way. With
--graph they are walks in seconds, from the sites to the people.

With capacities (a column of the candidates, or --capacity) a site serves no more than it can, who finds it full goes
to another, and who is served where is as good as it can be. An empty capacity is no limit, 0 serves nobody.

Where all are to be covered or reached and somebody cannot be, the exit code is 1 and the answer is written all the same.

  sanse sites --demand homes.csv --candidates places.csv --graph city.graph --goal mclp -p 5 --radius 900 -o sites.geojson
  sanse sites --demand homes.csv --candidates today.csv --graph city.graph --make-candidates streets --goal mclp -p 5 --radius 900
  sanse sites --demand homes.csv --candidates places.csv --matrix walk.bin --goal pmedian -p 5 --capacity 300
  sanse sites --demand homes.csv --candidates places.csv --goal lscp --radius 800 --beside 300 -o sites.csv
  sanse sites --pmed pmed1.txt --goal pmedian -o answer.json`
}

// flagsRight refuses what cannot be before any file is read.
func (cmd *sitesCmd) flagsRight() error {
	covers := cmd.Goal == string(siting.MostCovered) || cmd.Goal == string(siting.AllCovered)
	switch {
	case cmd.Pmed != "" && cmd.Demand+cmd.Candidates+cmd.Matrix+cmd.Graph+cmd.Make != "":
		return badInput(nil, "--pmed has demands, candidates and ways: no other file can be given")
	case cmd.Pmed == "" && cmd.Demand == "":
		return badInput(nil, "who is to be reached? give --demand, or --pmed")
	case cmd.Pmed == "" && cmd.Candidates == "" && cmd.Matrix == "" && cmd.Make == "":
		return badInput(nil, "which sites are there to choose from? give --candidates, --matrix or --make-candidates")
	case cmd.Graph != "" && cmd.Matrix != "":
		return badInput(nil, "the ways are given by --matrix or walked on --graph, not both")
	case cmd.Make != "" && cmd.Matrix != "":
		return badInput(nil, "--matrix has no ways to candidates that are made")
	case cmd.Make == "streets" && cmd.Graph == "":
		return badInput(nil, "--make-candidates streets needs --graph")
	case (cmd.Make == "buildings") != (cmd.Buildings != ""):
		return badInput(nil, "--make-candidates buildings and --buildings go together")
	case !(cmd.Apart > 0) || !(cmd.LeastM2 >= 0) || !(cmd.Limit > 0 && cmd.Limit <= maxLimitMetres) || cmd.MaxWalk < 1 || cmd.MaxWalk > maxSitesCost:
		return badInput(nil, "--apart, --limit and --max-walk want to be above 0, and --least-m2 not below it")
	case cmd.Capacity < 0 || cmd.Capacity > maxWeight:
		return badInput(nil, "--capacity %d: want 1 or more", cmd.Capacity)
	case cmd.binary() && cmd.Candidates == "":
		return badInput(nil, "a matrix in a .bin file has no ids: give --candidates, in the order of its columns")
	case cmd.Choose < 0 || cmd.Budget < 0 || cmd.Far < 0 || cmd.Time < 0 || cmd.Iterations < 0 || cmd.Threads < 0 || !(cmd.Beside >= 0):
		return badInput(nil, "-p, --budget, --far, --beside, --time, --iterations and --threads cannot be below 0")
	case covers && cmd.Radius <= 0:
		return badInput(nil, "--radius %d: the goal %s wants a radius of 1 or more", cmd.Radius, cmd.Goal)
	case !covers && cmd.Radius != 0:
		return badInput(nil, "--radius is for the goals mclp and lscp")
	case cmd.Far > 0 && cmd.Goal != string(siting.LeastTotal):
		return badInput(nil, "--far is for the goal pmedian")
	case cmd.Goal == string(siting.AllCovered) && (cmd.Choose > 0 || cmd.Budget > 0):
		return badInput(nil, "the goal lscp finds the fewest sites, so neither -p nor --budget can be given")
	case cmd.Goal != string(siting.AllCovered) && cmd.Choose == 0 && cmd.Budget == 0 && cmd.Pmed == "":
		return badInput(nil, "how many sites? give -p, or --budget")
	case cmd.Goal == string(siting.LeastWorst) && cmd.Choose > 0 && cmd.Budget > 0:
		return badInput(nil, "the goal pcenter takes -p or --budget, not both")
	}
	switch strings.ToLower(filepath.Ext(cmd.Out)) {
	case ".csv", ".json":
	case ".geojson":
		if cmd.Candidates == "" && cmd.Make == "" {
			return badInput(nil, "-o %s: where the sites lie is not known without --candidates", filepath.Base(cmd.Out))
		}
	default:
		if cmd.Out != "-" {
			return badInput(nil, "-o %s: want a name that ends in .csv, .geojson or .json", filepath.Base(cmd.Out))
		}
	}
	for _, out := range []string{cmd.Out, cmd.Assignment} {
		if out == "" {
			continue
		}
		if err := checkOut(out, cmd.Demand, cmd.Candidates, cmd.Matrix, cmd.Pmed, cmd.Graph, cmd.Buildings); err != nil {
			return err
		}
		if err := canWrite(out); err != nil {
			return err
		}
	}
	return nil
}

func (cmd *sitesCmd) binary() bool { return strings.EqualFold(filepath.Ext(cmd.Matrix), ".bin") }

func (cmd *sitesCmd) Run(ctx context.Context, s streams) error {
	if err := cmd.flagsRight(); err != nil {
		return err
	}
	p, demand, candidates, err := cmd.problem(ctx, s)
	if err != nil {
		return err
	}
	if strings.EqualFold(filepath.Ext(cmd.Out), ".geojson") && (candidates.at == nil || candidates.flat) {
		return badInput(nil, "-o %s: the candidates have no columns lon and lat", filepath.Base(cmd.Out))
	}
	if err := p.Validate(); err != nil {
		return badInput(err, "")
	}
	solution, err := cmd.search(ctx, s, p)
	if err != nil {
		return err
	}
	// No answer leaves without a check.
	if wrong := siting.Check(p, solution); len(wrong) > 0 {
		return fmt.Errorf("the answer does not pass its check: %s", wrong[0])
	}
	a := &sitesAnswer{p: p, s: solution, demand: demand, candidates: candidates}
	if err := writeOut(cmd.Out, s.out, a.writer(cmd.Out)); err != nil {
		return err
	}
	if cmd.Assignment != "" {
		if err := writeOut(cmd.Assignment, s.out, a.assignment); err != nil {
			return err
		}
	}
	if !cmd.JSON {
		fmt.Fprintf(s.err, "sanse: %s\n", a.summary())
	}
	all := p.Goal == siting.AllCovered || p.Goal == siting.LeastWorst
	if missed := a.total() - solution.Reached; all && missed > 0 {
		return answerNo("a weight of %d of %d is out of reach: no candidate reaches %d of it", missed, a.total(), solution.Hopeless)
	}
	return nil
}

// problem reads the files.
func (cmd *sitesCmd) problem(ctx context.Context, s streams) (p *siting.Problem, demand, candidates *sitesPoints, err error) {
	if cmd.Pmed != "" {
		if p, err = readFile(cmd.Pmed, siting.ReadPmed); err != nil {
			return nil, nil, nil, err
		}
		if cmd.Choose > 0 || cmd.Budget > 0 || cmd.Goal == string(siting.AllCovered) {
			p.Choose = cmd.Choose
		}
		demand, candidates = numbered(len(p.Weight)), numbered(len(p.Sites))
		demand.weight, candidates.sites = p.Weight, p.Sites
	} else {
		p = &siting.Problem{Choose: cmd.Choose}
		if demand, err = readFile(cmd.Demand, func(r io.Reader) (*sitesPoints, error) { return readSitesPoints(r, false) }); err != nil {
			return nil, nil, nil, err
		}
		if cmd.Candidates != "" {
			if candidates, err = readFile(cmd.Candidates, func(r io.Reader) (*sitesPoints, error) { return readSitesPoints(r, true) }); err != nil {
				return nil, nil, nil, err
			}
		}
		if cmd.Graph != "" || cmd.Make != "" {
			if candidates, p.Ways, err = cmd.ground(ctx, s, demand, candidates); err != nil {
				return nil, nil, nil, err
			}
		}
		if candidates != nil {
			if cmd.Beside > 0 && candidates.at == nil {
				return nil, nil, nil, badInput(nil, "--beside needs the columns lon and lat, or x and y, of the candidates")
			}
			candidates.numberPlaces(cmd.Beside)
		}
		if cmd.Graph == "" {
			if candidates, p.Ways, err = cmd.ways(demand, candidates); err != nil {
				return nil, nil, nil, err
			}
		}
		p.Weight, p.Sites, p.Capacity = demand.weight, candidates.sites, candidates.capacities(cmd.Capacity)
	}
	p.Goal, p.Radius, p.Budget, p.Far = siting.Goal(cmd.Goal), cmd.Radius, cmd.Budget, cmd.Far
	if cmd.Capacity > 0 && p.Capacity == nil { // the candidates of --pmed, or of a list of ways alone
		p.Capacity = slices.Repeat([]int64{cmd.Capacity}, len(p.Sites))
	}
	free := 0
	for _, s := range p.Sites {
		if s.Status != siting.Kept {
			free++
		}
	}
	if p.Choose > free {
		return nil, nil, nil, badInput(nil, "-p %d: there are only %s to choose from", p.Choose, count(free, "candidate", "candidates"))
	}
	return p, demand, candidates, nil
}

func (cmd *sitesCmd) ways(demand, candidates *sitesPoints) (*sitesPoints, siting.Ways, error) {
	var ways siting.Ways
	var err error
	switch {
	case cmd.Matrix == "" && cmd.Goal == string(siting.LeastTotal) && cmd.Capacity == 0 && demand.at != nil && candidates.at != nil &&
		demand.flat == candidates.flat && candidates.room == nil && len(demand.at)*len(candidates.at) > fewSitesWays:
		var far int32
		if ways, far = nearWays(demand, candidates, cmd.Choose); cmd.Far == 0 {
			cmd.Far = far
		}
	case cmd.Matrix == "":
		if ways, err = straightWays(demand, candidates, cmd.Radius); err != nil {
			return nil, ways, badInput(err, "")
		}
	case cmd.binary():
		ways, err = readFile(cmd.Matrix, func(r io.Reader) (siting.Ways, error) { return readSitesBinary(r, demand, candidates) })
	default:
		_, err = readFile(cmd.Matrix, func(r io.Reader) (_ struct{}, err error) {
			candidates, ways, err = readSitesMatrix(r, demand, candidates)
			return struct{}{}, err
		})
	}
	return candidates, ways, err
}

// numbered are points that have numbers from 1 for ids.
func numbered(n int) *sitesPoints {
	p := &sitesPoints{of: map[string]int{}}
	for i := range n {
		p.add(fmt.Sprint(i + 1))
	}
	return p
}
