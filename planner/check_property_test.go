package planner_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

// planted are errors that can be planted at any stop of any plan: each says
// what Check must find, or "" where the stop offers no room for it.
var planted = []struct {
	name string
	do   func(p *planner.Problem, plan *planner.Plan, it *planner.Itinerary, k int) planner.Code
}{
	{"horizon", func(_ *planner.Problem, plan *planner.Plan, _ *planner.Itinerary, _ int) planner.Code {
		plan.Start++
		return planner.CodeWrongHorizon
	}},
	{"visitor", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		it.Visitor += "?"
		return planner.CodeUnknownVisitor
	}},
	{"who", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		s := &it.Stops[k]
		if s.Task == "" {
			s.Resident += "?"
			return planner.CodeUnknownResident
		}
		s.Task += "?"
		return planner.CodeUnknownTask
	}},
	{"home", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		s := &it.Stops[k]
		switch {
		case s.Task == "":
			return ""
		case s.Resident == "":
			s.Resident = p.Residents[0].ID
		default:
			s.Resident = ""
		}
		return planner.CodeWrongHome
	}},
	{"day", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		it.Date = p.End() + planner.Date(1+k)
		return planner.CodeOutsideHorizon
	}},
	{"now", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		p.Now = &planner.Moment{Date: it.Date, Clock: it.Stops[0].Arrive + 1} // before, one may be on the way
		return planner.CodeInThePast
	}},
	{"left early", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		if it.Stops[0].Arrive == it.Depart {
			return "" // nobody is on the way
		}
		p.Now = &planner.Moment{Date: it.Date, Clock: it.Depart + 1}
		p.Made = append(p.Made, planner.Made{Resident: p.Residents[0].ID, Visitor: it.Visitor, Date: it.Date, Arrive: it.Depart, Leave: it.Depart + 1})
		return planner.CodeInThePast
	}},
	{"made", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		s := &it.Stops[k]
		m := planner.Made{Resident: s.Resident, Visitor: it.Visitor, Date: it.Date, Arrive: s.Arrive, Leave: s.Leave + 1}
		if s.Task != "" {
			m.Resident, m.Task = "", s.Task
		}
		p.Made, p.Now = append(p.Made, m), &planner.Moment{Date: it.Date, Clock: 1440}
		return planner.CodeMadeMissing
	}},
	{"stops", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		it.Stops = nil
		return planner.CodeNoStops
	}},
	{"day off", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		visitor(p, it.Visitor).DaysOff = []planner.Date{it.Date}
		return planner.CodeDayOff
	}},
	{"departure", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		it.Depart = 0
		return planner.CodeOutsideShift
	}},
	{"shift", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		for i := range visitor(p, it.Visitor).Shifts {
			s := &visitor(p, it.Visitor).Shifts[i]
			s.To = max(it.Depart+1, it.Stops[len(it.Stops)-1].Leave-1)
		}
		return planner.CodeReturnLate
	}},
	{"twice", func(_ *planner.Problem, plan *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		plan.Itineraries = append(plan.Itineraries, *it)
		return planner.CodeShiftTwice
	}},
	{"block", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		it.Block += "?"
		return planner.CodeNoMatrix
	}},
	{"row", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		for i := range p.Matrices {
			for j, l := range p.Matrices[i].Locations {
				if l == it.Visitor {
					p.Matrices[i].Locations[j] = "?"
				}
			}
		}
		return planner.CodeWrongBlock
	}},
	{"way", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		for i := range p.Matrices {
			if j := slices.Index(p.Matrices[i].Locations, it.Visitor); j >= 0 {
				for k := range p.Matrices[i].Seconds[j] {
					p.Matrices[i].Seconds[j][k] = -1
				}
			}
		}
		return planner.CodeNoWay
	}},
	{"arrival", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		at := it.Depart
		if k > 0 {
			at = it.Stops[k-1].Leave
		}
		it.Stops[k].Arrive = at - 1
		return planner.CodeOrder
	}},
	{"haste", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		at := it.Depart
		if k > 0 {
			at = it.Stops[k-1].Leave
		}
		if it.Stops[k].WalkSeconds == 0 {
			return ""
		}
		it.Stops[k].Arrive = at + planner.Clock((it.Stops[k].WalkSeconds-1)/60)
		return planner.CodeWalkTooShort
	}},
	{"seconds", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		it.Stops[k].WalkSeconds++
		return planner.CodeWrongWalkSeconds
	}},
	{"snow", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		if it.Stops[k].WalkSeconds == 0 {
			return ""
		}
		p.Slow = append(p.Slow, planner.Slow{From: it.Date, To: it.Date, Percent: 301})
		return planner.CodeWrongWalkSeconds
	}},
	{"stay", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		it.Stops[k].Leave--
		return planner.CodeVisitTooShort
	}},
	{"hours", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		needs(p, &it.Stops[k]).Hours = []planner.Shift{{Weekday: it.Date.Weekday(), From: it.Stops[k].Arrive + 1, To: 1440}}
		return planner.CodeOutsideHours
	}},
	{"again", func(_ *planner.Problem, plan *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		plan.Itineraries = append(plan.Itineraries, *it)
		return planner.CodeTwiceInADay
	}},
	{"alone", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		n := needs(p, &it.Stops[k])
		if n.People == 2 {
			it.Stops[k].Arrive++
			return planner.CodeAlone
		}
		n.People = 2
		return planner.CodeAlone
	}},
	{"scope", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		visitor(p, it.Visitor).Scope = nil
		return planner.CodeOutOfScope
	}},
	{"skill", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		needs(p, &it.Stops[k]).Skills = []string{"?"}
		return planner.CodeSkillMissing
	}},
	{"kind", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		needs(p, &it.Stops[k]).VisitorKinds = []string{"?"}
		return planner.CodeSkillMissing
	}},
	{"capacity", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, _ int) planner.Code {
		if len(it.Stops) == 1 {
			return ""
		}
		visitor(p, it.Visitor).Capacity = len(it.Stops) - 1
		return planner.CodeOverCapacity
	}},
	{"hospital", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		away := planner.DateRange{From: it.Date, To: it.Date}
		if s := &it.Stops[k]; s.Resident != "" {
			resident(p, s.Resident).Absent = []planner.DateRange{away}
		} else {
			task(p, s.Task).Absent = []planner.DateRange{away}
		}
		return planner.CodeAbsent
	}},
	{"pattern", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		other := [][]int{{it.Date.Weekday()%7 + 1}}
		if s := &it.Stops[k]; s.Task != "" {
			task(p, s.Task).Rules[0].Patterns = other
		} else {
			grade := resident(p, s.Resident).Grade
			for i := range p.Policies {
				if p.Policies[i].Grade == grade {
					p.Policies[i].Patterns = other
				}
			}
		}
		return planner.CodePatternBroken
	}},
	{"lock", func(p *planner.Problem, plan *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		l := planner.Lock{Resident: it.Stops[k].Resident, Task: it.Stops[k].Task, Date: it.Date, Visitor: it.Visitor}
		if l.Task != "" {
			l.Resident = ""
		}
		p.Locks = append(p.Locks, l)
		plan.Itineraries = slices.DeleteFunc(plan.Itineraries, func(o planner.Itinerary) bool { return o.Date == l.Date && o.Visitor == l.Visitor })
		return planner.CodeLockBroken
	}},
	{"due-by", func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		it.Stops[k].DueBy = it.Date - 1
		return planner.CodeWrongDueBy
	}},
	{"reason", func(_ *planner.Problem, plan *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Resident: it.Stops[k].Resident, Task: it.Stops[k].Task, DueBy: it.Date, Reason: "?"})
		return planner.CodeUnknownReason
	}},
	{"no lapse", func(_ *planner.Problem, plan *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Resident: it.Stops[k].Resident, Task: it.Stops[k].Task, DueBy: it.Date, Reason: planner.ReasonAbsent})
		return planner.CodeListedButPlanned
	}},
	{"hidden", func(p *planner.Problem, plan *planner.Plan, _ *planner.Itinerary, _ int) planner.Code {
		n := len(plan.Unplanned)
		plan.Itineraries = nil
		if after := planner.Explain(p, plan); len(after) == n {
			return ""
		}
		return planner.CodeLapseNotListed
	}},
	{"debt", func(p *planner.Problem, plan *planner.Plan, _ *planner.Itinerary, _ int) planner.Code {
		plan.Itineraries = nil
		for _, u := range plan.Unplanned {
			if u.Owed {
				return ""
			}
		}
		for _, u := range planner.Explain(p, plan) {
			if u.Owed {
				return planner.CodeOwedNotListed
			}
		}
		return ""
	}},
	{"shortage", func(p *planner.Problem, plan *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		plan.Shortages = append(plan.Shortages, planner.Shortage{
			Block: it.Block, Days: []planner.Date{it.Date}, NeedMinutes: 10000, Short: 10000, MendMinutes: 10000,
			Needs: []planner.ShortageNeed{{Resident: it.Stops[k].Resident, Task: it.Stops[k].Task, Visits: 1, Minutes: 10000}},
		})
		return planner.CodeWrongShortage
	}},
	{"rules", func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary, k int) planner.Code {
		if it.Stops[k].Resident == "" {
			return ""
		}
		r := resident(p, it.Stops[k].Resident)
		r.Grade, r.Kinds = "?", nil
		return planner.CodeUnpolicedResident
	}},
}

func task(p *planner.Problem, id string) *planner.Task {
	return &p.Tasks[slices.IndexFunc(p.Tasks, func(t planner.Task) bool { return t.ID == id })]
}

// needs returns what the visit of a stop asks for.
func needs(p *planner.Problem, s *planner.Stop) *planner.Needs {
	if s.Task != "" {
		return &task(p, s.Task).Needs
	}
	return &resident(p, s.Resident).Needs
}

func TestWhateverIsPlantedAnywhereIsFound(t *testing.T) {
	type pair struct {
		p    *planner.Problem
		plan *planner.Plan
	}
	var pairs []pair
	stops, tasks := 0, 0
	for seed := range uint64(3) {
		p := sample.Problem(sample.Config{
			Seed: seed, Days: 20, Residents: 8, Visitors: 8, Services: 50, Providers: 3, Patrols: 1, Doors: 2, Hours: 30, Pairs: 10, Snow: 4,
		})
		plan, _ := solve(t, p, planner.Options{Iterations: 20})
		for _, it := range plan.Itineraries {
			for _, s := range it.Stops {
				stops++
				if s.Task != "" {
					tasks++
				}
			}
		}
		pairs = append(pairs, pair{p, plan})
	}
	if tasks == 0 || tasks == stops {
		t.Fatalf("%d of %d stops are tasks", tasks, stops)
	}
	seen := map[planner.Code]int{}
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(pairs).Draw(t, "problem")
		p, plan := reread(t, from.p), rereadPlan(t, from.plan)
		at := rapid.IntRange(0, len(plan.Itineraries)-1).Draw(t, "itinerary")
		it := &plan.Itineraries[at]
		k := rapid.IntRange(0, len(it.Stops)-1).Draw(t, "stop")
		n := rapid.IntRange(0, len(planted)-1).Draw(t, "error")
		for range planted { // the next one where there is no room for this
			e := &planted[n]
			want := e.do(p, plan, it, k)
			if want == "" {
				p, plan = reread(t, from.p), rereadPlan(t, from.plan)
				it = &plan.Itineraries[at]
				n = (n + 1) % len(planted)
				continue
			}
			seen[want]++
			found := planner.Check(p, plan)
			if !slices.ContainsFunc(found, func(v planner.Violation) bool { return v.Code == want }) {
				t.Errorf("%s: found %d, %s not among them: %s", e.name, len(found), want, fmt.Sprintf("%.500v", found))
			}
			return
		}
	})
	t.Logf("planted %v", seen)
	if len(seen) < 10 {
		t.Errorf("only %d codes were planted", len(seen))
	}
}
