package service

import (
	"testing"

	"sanse/data"
	"sanse/planner"
)

func TestAMoveHoldsWhileItCanBeMade(t *testing.T) {
	day := planner.NewDate(2026, 12, 2) // a Wednesday
	for _, c := range []struct {
		name   string
		change func(m *data.VisitMove, v *planner.Visitor, r *planner.Resident)
		want   string
	}{
		{"as it was given", func(*data.VisitMove, *planner.Visitor, *planner.Resident) {}, ""},
		{"whoever has it has left", func(_ *data.VisitMove, v *planner.Visitor, _ *planner.Resident) { v.Scope, v.Shifts = nil, nil }, looseLeft},
		{"a day off", func(_ *data.VisitMove, v *planner.Visitor, _ *planner.Resident) { v.DaysOff = []planner.Date{day} }, looseOff},
		{"a day off before it", func(_ *data.VisitMove, v *planner.Visitor, _ *planner.Resident) { v.DaysOff = []planner.Date{day - 1} }, ""},
		{"other shifts", func(_ *data.VisitMove, v *planner.Visitor, _ *planner.Resident) { v.Shifts[0].Weekday = 4 }, looseOff},
		{"another area", func(_ *data.VisitMove, v *planner.Visitor, _ *planner.Resident) { v.Scope = []string{"510196001002"} }, looseArea},
		{"a resident who has moved", func(_ *data.VisitMove, _ *planner.Visitor, r *planner.Resident) {
			r.Grid, r.MicroGrid = "510196001002001", ""
		}, looseArea},
		{"a micro-grid of their own", func(_ *data.VisitMove, v *planner.Visitor, _ *planner.Resident) {
			v.Scope = []string{"510196001001001001"}
		}, ""},
		{"passed on by a ladder, which says who", func(m *data.VisitMove, v *planner.Visitor, _ *planner.Resident) { m.ToVisitor, v.Scope = "", nil }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &data.VisitMove{Resident: "r", Visitor: "a", Day: day, ToVisitor: "b", ToDay: day}
			v := &planner.Visitor{ID: "b", Scope: []string{"510196001001"}, Shifts: []planner.Shift{{Weekday: 3, From: 480, To: 1080}}}
			r := &planner.Resident{ID: "r", Grid: "510196001001001", MicroGrid: "510196001001001001"}
			c.change(m, v, r)
			if got := looseMove(m, v, r); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := looseMove(&data.VisitMove{ToVisitor: "b", ToDay: day}, nil, nil); got != looseLeft {
		t.Errorf("given to nobody who is known: %q", got)
	}
}
