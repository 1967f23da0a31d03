package formats

import (
	"fmt"
	"io"
	"slices"

	"sanse/planner/internal/english"
	"sanse/planner/vrp"
)

// The types of Cordeau's files that are read.
const (
	cordeauVRP   = 0
	cordeauPVRP  = 1
	cordeauMDVRP = 2
)

// cordeauTypes names the types of the family, for the refusal of the others.
var cordeauTypes = [...]string{"VRP", "PVRP", "MDVRP", "SDVRP", "VRPTW", "PVRPTW", "MDVRPTW", "SDVRPTW"}

// Cordeau is an instance in the format of Cordeau, Gendreau and Laporte (1997),
// "A tabu search heuristic for periodic and multi-depot vehicle routing
// problems". Distances are Euclidean and unrounded; a vehicle's duration is the
// length of its way plus the service.
type Cordeau struct {
	Depots    []CordeauNode  // one, but for an MDVRP
	Customers []CordeauNode  // in the order of the file
	Limits    []CordeauLimit // by day; by depot in an MDVRP
	Vehicles  int            // on each day, at each depot
	// MultiDepot tells an MDVRP: the groups of routes are depots, not days.
	MultiDepot bool
}

// CordeauNode is a depot or a customer.
type CordeauNode struct {
	Number int
	Point
	Service float64
	Demand  float64
	// Sets are the combinations of days (from 0, ascending) of which one is to
	// be visited. In an MDVRP each holds the one depot that may serve. The
	// frequency column is not kept: the sets say all, also where it is 0.
	Sets [][]int
	// Optional tells that the customer may be left out: one of the combinations
	// is the empty one.
	Optional bool
}

// CordeauLimit bounds a route of a day or a depot; 0 stands for no bound.
type CordeauLimit struct{ Duration, Load float64 }

// Bounds on the header, so that a wrong one is told as such.
const (
	maxCordeauVehicles = 100_000
	maxCordeauShifts   = 1_000_000
	maxCordeauGroups   = 62 // of which the combinations are bits
)

// ReadCordeau reads types 0 (VRP), 1 (PVRP) and 2 (MDVRP) of Cordeau's format.
func ReadCordeau(r io.Reader) (*Cordeau, error) {
	rows, err := readRows(r)
	if err != nil {
		return nil, fmt.Errorf("read Cordeau's format: %w", err)
	}
	in, err := parseCordeau(rows)
	if err != nil {
		return nil, fmt.Errorf("read Cordeau's format: %w", err)
	}
	return in, nil
}

func parseCordeau(rows []row) (*Cordeau, error) {
	if len(rows) == 0 {
		return nil, errorf("the file is empty")
	}
	head := rows[0]
	kind, err := head.whole(0, "type", 0, len(cordeauTypes)-1)
	if err != nil {
		return nil, err
	}
	if kind > cordeauMDVRP {
		return nil, head.errorf("type %d (%s) is not read: only 0 (VRP), 1 (PVRP) and 2 (MDVRP) are", kind, cordeauTypes[kind])
	}
	in := &Cordeau{MultiDepot: kind == cordeauMDVRP}
	if in.Vehicles, err = head.whole(1, "number of vehicles", 1, maxCordeauVehicles); err != nil {
		return nil, err
	}
	n, err := head.whole(2, "number of customers", 0, maxPlaces-maxCordeauGroups)
	if err != nil {
		return nil, err
	}
	what := "days"
	if in.MultiDepot {
		what = "depots"
	}
	groups, err := head.whole(3, "number of "+what, 1, maxCordeauGroups)
	if err != nil {
		return nil, err
	}
	if len(head.fields) > 4 {
		return nil, head.errorf("%s, want type, vehicles, customers and %s", english.Count(len(head.fields), "field", "fields"), what)
	}
	if in.Vehicles*groups > maxCordeauShifts {
		return nil, head.errorf("%d vehicles and %d %s are more than can be planned", in.Vehicles, groups, what)
	}
	depots := 1
	if in.MultiDepot {
		depots = groups
	}
	if want := 1 + groups + depots + n; len(rows) != want {
		return nil, errorf("%d lines hold anything, want %d: 1 of type and sizes, %d of limits, %d of depots and %d of customers", len(rows), want, groups, depots, n)
	}
	for _, r := range rows[1 : 1+groups] {
		l, err := parseLimit(r)
		if err != nil {
			return nil, err
		}
		in.Limits = append(in.Limits, l)
	}
	// Depots come first, those of an MDVRP last.
	nodes := rows[1+groups:]
	split := depots
	if in.MultiDepot {
		split = n
	}
	seen := make(map[int]int)
	for i, r := range nodes {
		depot := i < split != in.MultiDepot
		node, err := parseNode(r, groups, depot, in.MultiDepot)
		if err != nil {
			return nil, err
		}
		if line, twice := seen[node.Number]; twice {
			return nil, r.errorf("number %d is that of line %d too", node.Number, line)
		}
		seen[node.Number] = r.line
		if depot {
			in.Depots = append(in.Depots, node)
		} else {
			in.Customers = append(in.Customers, node)
		}
	}
	return in, in.fits()
}

func parseLimit(r row) (l CordeauLimit, err error) {
	if len(r.fields) != 2 {
		return l, r.errorf("%s, want two: the greatest duration (0: none) and load of a route", english.Count(len(r.fields), "field", "fields"))
	}
	if l.Duration, err = r.number(0, "duration"); err != nil {
		return l, err
	}
	if l.Load, err = r.number(1, "load"); err != nil {
		return l, err
	}
	if l.Duration < 0 || l.Load < 0 {
		return l, r.errorf("the limits are %s and %s, want none below 0", r.fields[0], r.fields[1])
	}
	return l, nil
}

// parseNode reads "i x y d q f a list".
func parseNode(r row, groups int, depot, multi bool) (c CordeauNode, err error) {
	if c.Number, err = r.whole(0, "number", 0, 1<<30); err != nil {
		return c, err
	}
	for i, into := range []struct {
		name string
		v    *float64
		low  float64
	}{{"x", &c.X, -maxNumber}, {"y", &c.Y, -maxNumber}, {"service", &c.Service, 0}, {"demand", &c.Demand, 0}} {
		if *into.v, err = r.number(i+1, into.name); err != nil {
			return c, err
		}
		if *into.v < into.low {
			return c, r.errorf("%s is %s, want 0 or more", into.name, r.fields[i+1])
		}
	}
	if depot {
		// Files differ in what follows; a depot has no visits.
		return c, nil
	}
	f, err := r.whole(5, "frequency", 0, 1<<30)
	if err != nil {
		return c, err
	}
	a, err := r.whole(6, "number of combinations", 0, 1<<20)
	if err != nil {
		return c, err
	}
	// Some copies fill the line up with zeros.
	for len(r.fields) > 7+a && r.fields[len(r.fields)-1] == "0" {
		r.fields = r.fields[:len(r.fields)-1]
	}
	if len(r.fields) != 7+a {
		return c, r.errorf("%d combinations follow, want %d", len(r.fields)-7, a)
	}
	if a == 0 && f > 0 {
		return c, r.errorf("customer %d is to be visited %s, but has no combination", c.Number, english.Count(f, "time", "times"))
	}
	if a == 0 {
		c.Optional = true
	}
	for i := range a {
		if multi {
			d, err := r.whole(7+i, "depot", 1, groups)
			if err != nil {
				return c, err
			}
			c.Sets = append(c.Sets, []int{d - 1})
			continue
		}
		bits, err := r.whole(7+i, "combination", 0, 1<<groups-1)
		if err != nil {
			return c, err
		}
		var set []int
		for d := range groups {
			if bits>>(groups-1-d)&1 == 1 {
				set = append(set, d)
			}
		}
		if set == nil {
			c.Optional = true
			continue
		}
		c.Sets = append(c.Sets, set)
	}
	return c, nil
}

// points are the places of the problem: depots, then customers.
func (in *Cordeau) points() []Point {
	var points []Point
	for _, d := range in.Depots {
		points = append(points, d.Point)
	}
	for _, c := range in.Customers {
		points = append(points, c.Point)
	}
	return points
}

// timed tells whether anything bounds the duration of a route.
func (in *Cordeau) timed() bool {
	return slices.ContainsFunc(in.Limits, func(l CordeauLimit) bool { return l.Duration > 0 })
}

// Scale is how many units of the compiled problem's times and costs are one
// unit of the file.
func (in *Cordeau) Scale() float64 {
	greatest := span(in.points())
	if in.timed() {
		for _, c := range in.Customers {
			greatest = max(greatest, c.Service)
		}
		for _, l := range in.Limits {
			greatest = max(greatest, l.Duration)
		}
	}
	return scaleFor(greatest)
}

// fits tells whether the numbers are small enough to compile.
func (in *Cordeau) fits() error {
	if in.Scale() == 0 {
		return errorf("coordinates or durations are too far apart to be planned exactly")
	}
	return in.loads().fits()
}

func (in *Cordeau) loads() loads {
	var demands, limits []float64
	for _, c := range in.Customers {
		demands = append(demands, c.Demand)
	}
	for _, l := range in.Limits {
		limits = append(limits, l.Load)
	}
	return newLoads(demands, limits)
}

// missing is the cost of a customer who is not visited: more than any solution
// of the published sizes costs.
const missing = 1_000_000_000_000

// Problem compiles the instance. Shift k is vehicle k mod Vehicles of day (or
// depot) k / Vehicles, client i is Customers[i]; costs are distances times
// Scale.
func (in *Cordeau) Problem() *vrp.Problem {
	scale, timed, loads := in.Scale(), in.timed(), in.loads()
	p := &vrp.Problem{
		Days:     len(in.Limits),
		Profiles: []vrp.Profile{straight(in.points(), scale, timed)},
		Workers:  make([]vrp.Worker, in.Vehicles),
		Unserved: missing,
	}
	if in.MultiDepot {
		p.Days, p.Workers = 1, make([]vrp.Worker, in.Vehicles*len(in.Limits))
	}
	for g, l := range in.Limits {
		for v := range in.Vehicles {
			s := vrp.Shift{Worker: v, Day: g, To: horizon}
			if in.MultiDepot {
				s.Worker, s.Day, s.Start, s.End = g*in.Vehicles+v, 0, g, g
			}
			if l.Duration > 0 {
				// Nothing else has a clock, so the latest end bounds the duration.
				s.To = int32(floor(l.Duration * scale))
			}
			if l.Load > 0 {
				s.Capacity = []int32{loads.capacity(l.Load)}
			}
			p.Shifts = append(p.Shifts, s)
		}
	}
	// Capacity has a dimension wherever any route has a bound.
	if bounded := slices.ContainsFunc(in.Limits, func(l CordeauLimit) bool { return l.Load > 0 }); bounded {
		for k := range p.Shifts {
			if p.Shifts[k].Capacity == nil {
				p.Shifts[k].Capacity = []int32{loads.capacity(maxNumber)}
			}
		}
	}
	for i, c := range in.Customers {
		cl := vrp.Client{Place: len(in.Depots) + i}
		if timed {
			cl.Service = int32(ceil(c.Service * scale))
		}
		if p.Shifts[0].Capacity != nil {
			cl.Deliver = []int32{loads.demand(c.Demand)}
		}
		out := int64(missing)
		if c.Optional {
			out = 0
		}
		cl.Rule = vrp.Patterns{Sets: c.Sets, Missing: out}
		if in.MultiDepot {
			cl.Rule = vrp.Once{Missing: out}
			cl.Who = in.whoServes(c)
		}
		p.Clients = append(p.Clients, cl)
	}
	return p
}

// whoServes lists the vehicles of the depots that may serve; the combinations
// of most files name all depots, which is everybody.
func (in *Cordeau) whoServes(c CordeauNode) []vrp.Choice {
	var may []bool
	n := 0
	for _, set := range c.Sets {
		if may == nil {
			may = make([]bool, len(in.Depots))
		}
		if !may[set[0]] {
			may[set[0]] = true
			n++
		}
	}
	if n == len(in.Depots) {
		return nil
	}
	who := []vrp.Choice{}
	for d, ok := range may {
		for v := 0; ok && v < in.Vehicles; v++ {
			who = append(who, vrp.Choice{Worker: d*in.Vehicles + v})
		}
	}
	return who
}
