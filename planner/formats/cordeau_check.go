package formats

import (
	"math"
	"slices"
)

// Tolerances of the checkers: slack is for sums in floating point, printed for
// figures that files give with two decimals.
const (
	slack   = 1e-6
	printed = 0.0051
)

// Check costs a solution in floating point and says what is wrong with it,
// whoever made it: loads, durations, vehicles, days, and the figures that it
// states.
func (in *Cordeau) Check(r *CordeauResult) (cost float64, wrong []Violation) {
	var v violations
	at := make(map[int]int)
	for i, c := range in.Customers {
		at[c.Number] = i
	}
	days := make([][]int, len(in.Customers))
	used := make(map[[2]int]bool)
	for _, t := range r.Routes {
		name := t.name(in.MultiDepot)
		if t.Group < 1 || t.Group > len(in.Limits) || t.Vehicle < 1 || t.Vehicle > in.Vehicles {
			v.add(CodeUnknownVehicle, name, "there are %d vehicles in each of %d", in.Vehicles, len(in.Limits))
			continue
		}
		if key := [2]int{t.Group, t.Vehicle}; used[key] && len(t.Visits) > 0 {
			v.add(CodeVehicleTwice, name, "the vehicle has more than one route")
		} else if len(t.Visits) > 0 {
			used[key] = true
		}
		depot := in.Depots[0].Point
		if in.MultiDepot {
			depot = in.Depots[t.Group-1].Point
		}
		from, way, service, load := depot, 0.0, 0.0, 0.0
		for _, number := range t.Visits {
			i, ok := at[number]
			if !ok {
				v.add(CodeUnknownCustomer, name, "there is no customer %d", number)
				continue
			}
			c := in.Customers[i]
			way += distance(from, c.Point)
			from = c.Point
			service += c.Service
			load += c.Demand
			days[i] = append(days[i], t.Group-1)
		}
		way += distance(from, depot)
		cost += way
		limit := in.Limits[t.Group-1]
		if limit.Load > 0 && load > limit.Load+slack {
			v.add(CodeOverLoad, name, "carries %.2f, may carry %.2f", load, limit.Load)
		}
		if limit.Duration > 0 && way+service > limit.Duration+slack {
			v.add(CodeOverDuration, name, "takes %.4f, may take %.2f", way+service, limit.Duration)
		}
		if math.Abs(t.Load-load) > printed {
			v.add(CodeWrongFigure, name, "states a load of %.2f, carries %.2f", t.Load, load)
		}
		if math.Abs(t.Duration-way-service) > printed {
			v.add(CodeWrongFigure, name, "states a duration of %.2f, takes %.2f", t.Duration, way+service)
		}
	}
	if math.Abs(r.Cost-cost) > printed {
		v.add(CodeWrongFigure, "", "states a cost of %.2f, costs %.2f", r.Cost, cost)
	}
	for i, c := range in.Customers {
		slices.Sort(days[i])
		in.checkDays(c, days[i], &v)
	}
	return cost, v.sorted()
}

// checkDays says what is wrong with the days, or the depots, of a customer.
func (in *Cordeau) checkDays(c CordeauNode, days []int, v *violations) {
	once := slices.Compact(slices.Clone(days))
	switch {
	case len(days) == 0:
		if !c.Optional {
			v.add(CodeNotVisited, "", "customer %d is not visited", c.Number)
		}
	case len(once) < len(days):
		v.add(CodeTwiceADay, "", "customer %d is visited more than once on a day", c.Number)
	case !slices.ContainsFunc(c.Sets, func(set []int) bool { return slices.Equal(set, once) }):
		shown := make([]int, len(once))
		for i, d := range once {
			shown[i] = d + 1
		}
		what := "on days"
		if in.MultiDepot {
			what = "from depots"
		}
		v.add(CodeWrongDays, "", "customer %d is visited %s %v, none of its combinations", c.Number, what, shown)
	}
}
