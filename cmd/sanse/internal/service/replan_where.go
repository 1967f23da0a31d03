package service

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"sanse/planner"
)

// mayTakeOff gives the visitors their days off, if who asks replans wherever they
// visit. Of others they are not told whether there are any.
func mayTakeOff(ctx context.Context, p *planner.Problem, off []Off) error {
	for _, o := range off {
		i := slices.IndexFunc(p.Visitors, func(v planner.Visitor) bool { return v.ID == o.Visitor })
		if i < 0 {
			return missing(ctx, CapReplan, p.District, "there is no visitor %q", o.Visitor)
		}
		if err := mustSee(ctx, CapReplan, p.District, p.Visitors[i].Scope); err != nil {
			return err
		}
		if err := takeOff(&p.Visitors[i], p, o); err != nil {
			return err
		}
	}
	return nil
}

// notReplanned are the residents and tasks where who asks does not replan; none for
// who does so in the whole district.
func notReplanned(ctx context.Context, p *planner.Problem) map[string]bool {
	viewer := viewerOf(ctx)
	theirs := make(map[string]bool)
	if viewer.May(CapReplan, p.District) {
		return theirs
	}
	for i := range p.Residents {
		r := &p.Residents[i]
		theirs[r.ID] = !viewer.May(CapReplan, cmp.Or(r.MicroGrid, r.Grid, p.District))
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.Resident != "" {
			theirs[t.ID] = theirs[t.Resident]
		} else {
			theirs[t.ID] = !viewer.May(CapReplan, cmp.Or(t.MicroGrid, t.Grid, p.District))
		}
	}
	return theirs
}

// movesElsewhere tells whether of somebody else's residents and tasks one plan has
// other visits than another, or leaves others out.
func movesElsewhere(theirs map[string]bool, before, after *planner.Plan) bool {
	type visit struct {
		id, visitor   string
		date          planner.Date
		arrive, leave planner.Clock
		dueBy         planner.Date
		planned, owed bool
	}
	elsewhere := func(plan *planner.Plan) map[visit]int {
		out := make(map[visit]int)
		for i := range plan.Itineraries {
			it := &plan.Itineraries[i]
			for _, st := range it.Stops {
				if id := cmp.Or(st.Task, st.Resident); theirs[id] {
					out[visit{id, it.Visitor, it.Date, st.Arrive, st.Leave, st.DueBy, true, st.Owed}]++
				}
			}
		}
		for _, u := range plan.Unplanned {
			if id := cmp.Or(u.Task, u.Resident); theirs[id] {
				out[visit{id: id, dueBy: u.DueBy, owed: u.Owed}]++
			}
		}
		return out
	}
	return !maps.Equal(elsewhere(before), elsewhere(after))
}
