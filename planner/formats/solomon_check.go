package formats

import (
	"fmt"
	"math"

	"sanse/planner/internal/english"
)

// Check costs a solution in floating point and says what is wrong with it,
// whoever made it: windows, loads, vehicles, customers. A route leaves the
// depot when it opens and waits where it comes too early.
func (in *Solomon) Check(r *SolomonResult) (cost float64, wrong []Violation) {
	var v violations
	at := make(map[int]int)
	for i, c := range in.Customers {
		at[c.Number] = i
	}
	visits, routes := make([]int, len(in.Customers)), 0
	for k, route := range r.Routes {
		name := fmt.Sprintf("route %d", k+1)
		if len(route) == 0 {
			continue
		}
		routes++
		from, now, load := in.Depot.Point, in.Depot.Ready, 0.0
		for _, number := range route {
			i, ok := at[number]
			if !ok {
				v.add(CodeUnknownCustomer, name, "there is no customer %d", number)
				continue
			}
			c := in.Customers[i]
			visits[i]++
			d := distance(from, c.Point)
			cost += d
			load += c.Demand
			if now = max(now+d, c.Ready); now > c.Due+slack {
				v.add(CodeLate, name, "customer %d is served from %.4f on, but no later than %g", number, now, c.Due)
			}
			now += c.Service
			from = c.Point
		}
		d := distance(from, in.Depot.Point)
		cost += d
		if now+d > in.Depot.Due+slack {
			v.add(CodeLate, name, "is back at %.4f, the depot closes at %g", now+d, in.Depot.Due)
		}
		if load > in.Capacity+slack {
			v.add(CodeOverLoad, name, "carries %g, may carry %g", load, in.Capacity)
		}
	}
	for i, n := range visits {
		switch {
		case n == 0:
			v.add(CodeNotVisited, "", "customer %d is not visited", in.Customers[i].Number)
		case n > 1:
			v.add(CodeTwiceADay, "", "customer %d is visited %d times", in.Customers[i].Number, n)
		}
	}
	if routes > in.Vehicles {
		v.add(CodeTooManyVehicles, "", "%s, but %s", english.Count(routes, "route", "routes"), english.Count(in.Vehicles, "vehicle", "vehicles"))
	}
	if !math.IsNaN(r.Cost) && math.Abs(r.Cost-cost) > printed {
		v.add(CodeWrongFigure, "", "states a cost of %.2f, costs %.2f", r.Cost, cost)
	}
	return cost, v.sorted()
}
