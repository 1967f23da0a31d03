package nearby_test

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"sanse/planner"
	"sanse/planner/nearby"
)

var wednesday = planner.NewDate(2026, 12, 2)

func at(hour, minute int) planner.Moment {
	return planner.Moment{Date: wednesday, Clock: planner.Clock(hour*60 + minute)}
}

func TestWhoWorksWhen(t *testing.T) {
	v := planner.Visitor{ID: "v1", Shifts: []planner.Shift{{Weekday: 3, From: 8 * 60, To: 12 * 60}, {Weekday: 3, From: 14 * 60, To: 18 * 60}, {Weekday: 4, From: 0, To: 24 * 60}}}
	off := v
	off.DaysOff = []planner.Date{wednesday}
	for _, c := range []struct {
		name string
		v    planner.Visitor
		now  planner.Moment
		want nearby.Duty
	}{
		{"in a shift", v, at(9, 0), nearby.Working},
		{"at its first minute", v, at(14, 0), nearby.Working},
		{"at its end", v, at(12, 0), nearby.Later},
		{"before the first", v, at(6, 0), nearby.Later},
		{"after the last", v, at(20, 0), nearby.Later},
		{"with a day off", off, at(9, 0), nearby.Off},
		{"on a day without a shift", v, planner.Moment{Date: wednesday + 2, Clock: 600}, nearby.Off},
	} {
		if got := nearby.DutyAt(&c.v, c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAVisitorIsWhereThePlanHasThem(t *testing.T) {
	home, end := orb.Point{1, 0}, orb.Point{2, 0}
	v := planner.Visitor{ID: "v1", Start: home, End: &end}
	walks := []planner.Itinerary{
		{Visitor: "v1", Date: wednesday, Depart: 14 * 60, ReturnSeconds: 601, Stops: []planner.Stop{{Resident: "c", Arrive: 14*60 + 10, Leave: 14*60 + 30}}},
		{Visitor: "v1", Date: wednesday, Depart: 9 * 60, Stops: []planner.Stop{
			{Resident: "a", Arrive: 9*60 + 10, Leave: 9*60 + 30}, {Resident: "gone", Arrive: 9*60 + 40, Leave: 9*60 + 50}, {Resident: "b", Arrive: 10 * 60, Leave: 10*60 + 20},
		}},
		{Visitor: "v2", Date: wednesday, Depart: 9 * 60, Stops: []planner.Stop{{Resident: "d", Arrive: 9 * 60, Leave: 18 * 60}}},
		{Visitor: "v1", Date: wednesday + 1, Depart: 8 * 60, Stops: []planner.Stop{{Resident: "d", Arrive: 8 * 60, Leave: 18 * 60}}},
	}
	places := map[string]orb.Point{"a": {10, 1}, "b": {10, 2}, "c": {10, 3}, "d": {10, 4}}
	for _, c := range []struct {
		hour, minute int
		want         string
	}{
		{8, 0, "[1 0]"},
		{9, 5, "[1 0]"}, // on the way to the first door
		{9, 10, "[10 1] a busy"},
		{9, 30, "[10 1] a"},
		{9, 45, "[10 1] a"}, // where the door was that is gone
		{10, 5, "[10 2] b busy"},
		{10, 20, "[2 0]"},
		{13, 0, "[2 0]"},
		{14, 5, "[1 0]"},
		{14, 35, "[10 3] c"}, // on the way back
		{14, 41, "[2 0]"},
	} {
		w := nearby.Where(&v, walks, at(c.hour, c.minute), func(st *planner.Stop) (orb.Point, bool) {
			p, known := places[st.Resident]
			return p, known
		})
		got := fmt.Sprint([2]float64(w.Point))
		if w.Stop != nil {
			got += " " + w.Stop.Resident
		}
		if w.Busy {
			got += " busy"
		}
		if got != c.want {
			t.Errorf("at %02d:%02d: %s, want %s", c.hour, c.minute, got, c.want)
		}
	}
}

func TestTheNearestWhoWorkAreAskedFirst(t *testing.T) {
	got := nearby.Rank([]nearby.Helper{
		{"near but later", nearby.Later, 60},
		{"far", nearby.Working, 900},
		{"off", nearby.Off, 10},
		{"b", nearby.Working, 300},
		{"a", nearby.Working, 300},
		{"no way", nearby.Working, -1},
		{"one too many", nearby.Later, 6000},
	}, 4)
	var ids []string
	for _, h := range got {
		ids = append(ids, h.ID)
	}
	if want := "[a b far near but later]"; fmt.Sprint(ids) != want {
		t.Errorf("asked are %v, want %s", ids, want)
	}
}
