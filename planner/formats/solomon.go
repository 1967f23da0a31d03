package formats

import (
	"fmt"
	"io"
	"strings"

	"sanse/planner/internal/english"
	"sanse/planner/vrp"
)

// Solomon is an instance in the format of Solomon (1987), "Algorithms for the
// vehicle routing and scheduling problems with time window constraints", which
// Gehring and Homberger's larger instances share. Distances are Euclidean and
// unrounded, and a way takes as long as it is.
type Solomon struct {
	Name      string
	Vehicles  int
	Capacity  float64
	Depot     SolomonNode // Ready to Due is when routes may be under way
	Customers []SolomonNode
}

// SolomonNode is the depot or a customer.
type SolomonNode struct {
	Number int
	Point
	Demand float64
	// Service begins from Ready to Due and takes Service.
	Ready, Due, Service float64
}

// Objective is what is least in a solution of a Solomon instance.
type Objective string

// The objectives of the two tables of best known solutions.
const (
	ByDistance Objective = "distance" // the way alone, with no more vehicles than the file has
	ByVehicles Objective = "vehicles" // the number of vehicles, then the way
)

// ReadSolomon reads an instance: a name, the words VEHICLE, NUMBER, CAPACITY
// and two numbers, the words CUSTOMER, CUST NO., … and seven numbers a line,
// the depot first. The words may be laid out in any way, or left out.
func ReadSolomon(r io.Reader) (*Solomon, error) {
	rows, err := readRows(r)
	if err != nil {
		return nil, fmt.Errorf("read Solomon's format: %w", err)
	}
	in, err := parseSolomon(rows)
	if err != nil {
		return nil, fmt.Errorf("read Solomon's format: %w", err)
	}
	return in, nil
}

func parseSolomon(rows []row) (*Solomon, error) {
	if len(rows) == 0 {
		return nil, errorf("the file is empty")
	}
	in := &Solomon{}
	if first := rows[0]; !strings.EqualFold(first.fields[0], "VEHICLE") && (!first.numeric() || len(first.fields) != 2) {
		in.Name = strings.Join(first.fields, " ")
		rows = rows[1:]
	}
	fleet, seen, depot := false, map[int]int{}, false
	for _, r := range rows {
		if !r.numeric() {
			if fleet && len(seen) > 0 || !wordsOfSolomon(r) {
				return nil, r.errorf("%.40q is neither a heading nor numbers", strings.Join(r.fields, " "))
			}
			continue
		}
		var err error
		if !fleet {
			if len(r.fields) != 2 {
				return nil, r.errorf("%s, want two: vehicles and capacity", english.Count(len(r.fields), "number", "numbers"))
			}
			if in.Vehicles, err = r.whole(0, "number of vehicles", 1, maxCordeauVehicles); err != nil {
				return nil, err
			}
			if in.Capacity, err = r.number(1, "capacity"); err != nil {
				return nil, err
			}
			if in.Capacity < 0 {
				return nil, r.errorf("the capacity is %s, want 0 or more", r.fields[1])
			}
			fleet = true
			continue
		}
		c, err := parseSolomonNode(r)
		if err != nil {
			return nil, err
		}
		if line, twice := seen[c.Number]; twice {
			return nil, r.errorf("number %d is that of line %d too", c.Number, line)
		}
		if len(seen) >= maxPlaces {
			return nil, r.errorf("more than %d places cannot be planned", maxPlaces)
		}
		seen[c.Number] = r.line
		if depot {
			in.Customers = append(in.Customers, c)
		} else {
			in.Depot, depot = c, true
		}
	}
	switch {
	case !fleet:
		return nil, errorf("the number of vehicles and their capacity are missing")
	case !depot:
		return nil, errorf("the depot is missing")
	}
	return in, in.fits()
}

// wordsOfSolomon tells whether a line is a heading: it begins with a word.
func wordsOfSolomon(r row) bool {
	c := r.fields[0][0]
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func parseSolomonNode(r row) (c SolomonNode, err error) {
	if len(r.fields) != 7 {
		return c, r.errorf("%s, want seven: number, x, y, demand, ready time, due date, service time", english.Count(len(r.fields), "number", "numbers"))
	}
	if c.Number, err = r.whole(0, "number", 0, 1<<30); err != nil {
		return c, err
	}
	for i, into := range []struct {
		name string
		v    *float64
		low  float64
	}{
		{"x", &c.X, -maxNumber},
		{"y", &c.Y, -maxNumber},
		{"demand", &c.Demand, 0},
		{"ready time", &c.Ready, 0},
		{"due date", &c.Due, 0},
		{"service time", &c.Service, 0},
	} {
		if *into.v, err = r.number(i+1, into.name); err != nil {
			return c, err
		}
		if *into.v < into.low {
			return c, r.errorf("%s is %s, want 0 or more", into.name, r.fields[i+1])
		}
	}
	if c.Due < c.Ready {
		return c, r.errorf("the window of %d ends at %s, before it begins at %s", c.Number, r.fields[5], r.fields[4])
	}
	return c, nil
}

func (in *Solomon) points() []Point {
	points := []Point{in.Depot.Point}
	for _, c := range in.Customers {
		points = append(points, c.Point)
	}
	return points
}

// Scale is how many units of the compiled problem's times and costs are one
// unit of the file.
func (in *Solomon) Scale() float64 {
	greatest := max(span(in.points()), in.Depot.Due)
	for _, c := range in.Customers {
		greatest = max(greatest, c.Service, c.Due)
	}
	return scaleFor(greatest)
}

func (in *Solomon) loads() loads {
	var demands []float64
	for _, c := range in.Customers {
		demands = append(demands, c.Demand)
	}
	return newLoads(demands, []float64{in.Capacity})
}

func (in *Solomon) fits() error {
	if in.Scale() == 0 {
		return errorf("coordinates or times are too far apart to be planned exactly")
	}
	return in.loads().fits()
}

// Fixed is what a vehicle costs in the compiled problem: by vehicles more than
// all ways together can, else nothing.
func (in *Solomon) Fixed(o Objective) int64 {
	if o != ByVehicles {
		return 0
	}
	// No solution needs more than two legs a customer.
	most := 2 * float64(len(in.Customers)+1) * span(in.points()) * in.Scale()
	f := int64(1_000_000)
	for float64(f) <= most {
		f *= 10
	}
	return f
}

// Problem compiles the instance. Shift k is vehicle k, client i is
// Customers[i]; costs are distances times Scale, plus Fixed a vehicle.
func (in *Solomon) Problem(o Objective) *vrp.Problem {
	scale, loads := in.Scale(), in.loads()
	fixed := in.Fixed(o)
	lost := in.lost(o)
	p := &vrp.Problem{
		Days:     1,
		Profiles: []vrp.Profile{straight(in.points(), scale, true)},
		Workers:  make([]vrp.Worker, in.Vehicles),
		Unserved: lost,
	}
	up := func(v float64) int32 { return int32(ceil(v * scale)) }
	down := func(v float64) int32 { return int32(floor(v * scale)) }
	for v := range in.Vehicles {
		p.Shifts = append(p.Shifts, vrp.Shift{
			Worker: v, From: up(in.Depot.Ready), To: down(in.Depot.Due),
			Capacity: []int32{loads.capacity(in.Capacity)}, Fixed: fixed,
		})
	}
	for i, c := range in.Customers {
		cl := vrp.Client{
			Place: i + 1, Service: up(c.Service), Deliver: []int32{loads.demand(c.Demand)},
			Rule: vrp.Once{Missing: lost},
		}
		// Windows of unlike decimals may hold no unit of the scale.
		if from, to := up(c.Ready), down(c.Due); from <= to {
			cl.Windows = [][]vrp.Window{{{From: from, To: to}}}
		} else {
			cl.Windows = [][]vrp.Window{{}}
		}
		p.Clients = append(p.Clients, cl)
	}
	return p
}

// Cost turns a cost of Problem into vehicles and a distance in units of the
// file; ok is false where somebody is not visited.
func (in *Solomon) Cost(o Objective, cost int64) (vehicles int, way float64, ok bool) {
	fixed, lost := in.Fixed(o), in.lost(o)
	ok, cost = cost < lost, cost%lost
	if fixed > 0 {
		vehicles, cost = int(cost/fixed), cost%fixed
	}
	return vehicles, float64(cost) / in.Scale(), ok
}

// lost is the cost of a customer who is not visited: more than all vehicles.
func (in *Solomon) lost(o Objective) int64 { return max(missing, 10*in.Fixed(o)*int64(in.Vehicles)) }
