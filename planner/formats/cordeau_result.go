package formats

import (
	"bufio"
	"fmt"
	"io"

	"sanse/planner/internal/english"
	"sanse/planner/vrp"
)

// CordeauResult is a solution in the format of the same benchmark: the total
// cost, then a line a route.
type CordeauResult struct {
	Cost   float64 // the sum of all distances
	Routes []CordeauRoute
}

// CordeauRoute is one route.
type CordeauRoute struct {
	Group    int // the day, or the depot of an MDVRP, from 1
	Vehicle  int // from 1 on each day
	Duration float64
	Load     float64
	Visits   []int // numbers of customers
}

// name says which route it is, in an MDVRP by depot.
func (r CordeauRoute) name(multi bool) string {
	what := "day"
	if multi {
		what = "depot"
	}
	return fmt.Sprintf("%s %d vehicle %d", what, r.Group, r.Vehicle)
}

// Result turns a solution of Problem into the benchmark's format, its costs
// taken from the coordinates.
func (in *Cordeau) Result(s *vrp.Solution) *CordeauResult {
	out := &CordeauResult{}
	for _, r := range s.Routes {
		g, v := r.Shift/in.Vehicles, r.Shift%in.Vehicles
		at := in.Depots[0]
		if in.MultiDepot {
			at = in.Depots[g]
		}
		route := CordeauRoute{Group: g + 1, Vehicle: v + 1}
		from, way := at.Point, 0.0
		for _, st := range r.Stops {
			c := in.Customers[st.Client]
			way += distance(from, c.Point)
			from = c.Point
			route.Duration += c.Service
			route.Load += c.Demand
			route.Visits = append(route.Visits, c.Number)
		}
		if len(route.Visits) == 0 {
			continue
		}
		way += distance(from, at.Point)
		route.Duration += way
		out.Cost += way
		out.Routes = append(out.Routes, route)
	}
	return out
}

// Write writes the solution in the benchmark's format.
func (r *CordeauResult) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%.2f\n", r.Cost)
	for _, t := range r.Routes {
		fmt.Fprintf(b, "%d %d %9.2f %10.2f 0", t.Group, t.Vehicle, t.Duration, t.Load)
		for _, v := range t.Visits {
			fmt.Fprintf(b, " %d", v)
		}
		fmt.Fprintln(b, " 0")
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write solution: %w", err)
	}
	return nil
}

// ReadCordeauResult reads a solution in the benchmark's format. Both the plain
// list of an instance's customers between two zeros and, in solutions of an
// MDVRP, the depot's own zeros are read.
func ReadCordeauResult(r io.Reader) (*CordeauResult, error) {
	rows, err := readRows(r)
	if err != nil {
		return nil, fmt.Errorf("read solution: %w", err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read solution: %w", errorf("the file is empty"))
	}
	out := &CordeauResult{}
	if len(rows[0].fields) != 1 {
		return nil, fmt.Errorf("read solution: %w", rows[0].errorf("%s, want the total cost alone", english.Count(len(rows[0].fields), "field", "fields")))
	}
	if out.Cost, err = rows[0].number(0, "total cost"); err != nil {
		return nil, fmt.Errorf("read solution: %w", err)
	}
	for _, line := range rows[1:] {
		route, err := parseCordeauRoute(line)
		if err != nil {
			return nil, fmt.Errorf("read solution: %w", err)
		}
		out.Routes = append(out.Routes, route)
	}
	return out, nil
}

func parseCordeauRoute(r row) (t CordeauRoute, err error) {
	if len(r.fields) < 6 {
		return t, r.errorf("%s, want day, vehicle, duration, load and the way from 0 to 0", english.Count(len(r.fields), "field", "fields"))
	}
	if t.Group, err = r.whole(0, "day", 0, 1<<30); err != nil {
		return t, err
	}
	if t.Vehicle, err = r.whole(1, "vehicle", 0, 1<<30); err != nil {
		return t, err
	}
	if t.Duration, err = r.number(2, "duration"); err != nil {
		return t, err
	}
	if t.Load, err = r.number(3, "load"); err != nil {
		return t, err
	}
	last := len(r.fields) - 1
	for i := 4; i <= last; i++ {
		v, err := r.whole(i, "customer", 0, 1<<30)
		if err != nil {
			return t, err
		}
		switch end := i == 4 || i == last; {
		case end != (v == 0):
			return t, r.errorf("the way must begin and end at 0, and nowhere else be there")
		case !end:
			t.Visits = append(t.Visits, v)
		}
	}
	return t, nil
}
