package vrp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner/vrp"
)

// everyDays is the rule of an interval of n days that opens on day 0.
func everyDays(days, n int, unserved int64) *vrp.Automaton {
	// The state is the days left until the visit is due.
	a := &vrp.Automaton{Layer: make([]int32, days+1)}
	for d := range days {
		a.Layer[d] = int32(len(a.Steps))
		size := n
		if d == 0 {
			size = 1
		}
		next := int32(len(a.Steps) + size)
		to := func(left int) int32 {
			if d == days-1 {
				return next
			}
			return next + int32(left)
		}
		for k := range size {
			left := k
			if d == 0 {
				left = n - 1
			}
			e := vrp.Step{Visit: to(n - 1), Skip: to(left - 1)}
			if left == 0 {
				e.Skip, e.SkipCost = to(n-1), unserved
			}
			a.Steps = append(a.Steps, e)
		}
	}
	a.Layer[days] = int32(len(a.Steps))
	return a
}

func TestShortNamesTheDaysTheClientsAndTheTime(t *testing.T) {
	// Three clients every 2 days over 4 days, a visit of 20 and 5 to walk: 6
	// visits on 4 days of 30, one each. The first two days are as short as the
	// last two.
	p := &vrp.Problem{
		Days: 4, Unserved: 1000,
		Profiles: []vrp.Profile{{Time: [][]int32{{0, 5, 5, 5}, {5, 0, 5, 5}, {5, 5, 0, 5}, {5, 5, 5, 0}}}},
		Workers:  []vrp.Worker{{}},
	}
	for d := range 4 {
		p.Shifts = append(p.Shifts, vrp.Shift{Day: d, Start: 0, End: 0, From: 0, To: 30})
	}
	for i := range 3 {
		p.Clients = append(p.Clients, vrp.Client{Place: i + 1, Service: 20, Rule: everyDays(4, 2, 1000)})
	}
	got := vrp.Short(p)
	want := vrp.Proof{
		Shortfalls: []vrp.Shortfall{{
			Unit: vrp.UnitTime, Days: []int{0, 1, 2, 3}, Shifts: []int{0, 1, 2, 3}, Workers: []int{0},
			Need: 150, Have: 100, // 25 a visit, twice; 30 less 5 for the way home
			Needs: []vrp.ClientNeed{{Client: 0, Visits: 2, Each: 25}, {Client: 1, Visits: 2, Each: 25}, {Client: 2, Visits: 2, Each: 25}},
		}},
		Mend: 50, Missing: 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for k := range p.Shifts {
		p.Shifts[k].To = 60
	}
	if got := vrp.Short(p); got.Mend != 0 || got.Missing != 0 || len(got.Shortfalls) > 0 {
		t.Errorf("with time for two a day: %+v", got)
	}
}

func TestShortCountsWhatWholeVisitsFill(t *testing.T) {
	// Three visits of 20 in two days of 35, each of which holds one.
	p := &vrp.Problem{
		Days: 2, Unserved: 1000, Workers: []vrp.Worker{{}},
		Profiles: []vrp.Profile{{Time: [][]int32{{0}}}},
		Shifts:   []vrp.Shift{{Day: 0, To: 35}, {Day: 1, To: 35}},
	}
	for range 3 {
		p.Clients = append(p.Clients, vrp.Client{Service: 20, Rule: vrp.Once{Missing: 1000}})
	}
	got := vrp.Short(p)
	if len(got.Shortfalls) != 1 || got.Missing != 1 {
		t.Fatalf("got %+v, want one visit missing and why", got)
	}
	if s := got.Shortfalls[0]; s.Unit != vrp.UnitTime || s.Need != 60 || s.Have != 40 {
		t.Errorf("need %d, have %d %s, want 60 and 40 in time", s.Need, s.Have, s.Unit)
	}
	if got.Mend != 0 {
		t.Errorf("mend %d: with 5 more one of the days has time for two, and 70 are there", got.Mend)
	}
}
