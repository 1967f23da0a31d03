package planner_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/planner"
)

// oneDay is a day of one visitor, who works from nine to the hour given and walks so
// many minutes between any two doors; everybody is due today.
func oneDay(to planner.Clock, walk int, minutes ...int) *planner.Problem {
	start := date("2026-12-01")
	v := planner.Visitor{ID: "v", Kind: "grid-worker", Tier: planner.TierGrid, Scope: []string{community}, Start: orb.Point{104, 30}, Shifts: []planner.Shift{{Weekday: start.Weekday(), From: clock("09:00"), To: to}}}
	p := &planner.Problem{
		Start: start, Days: 1, TimeZone: "Asia/Shanghai", Policies: []planner.Policy{{ID: "red", Grade: "red", EveryDays: 1}},
		Residents: []planner.Resident{}, Visitors: []planner.Visitor{v}, Areas: []planner.Area{},
	}
	m := planner.Matrix{Block: community, Locations: []string{"v"}}
	for i, n := range minutes {
		id := fmt.Sprintf("r%d", i)
		p.Residents = append(p.Residents, planner.Resident{ID: id, Grade: "red", Kinds: []string{}, Grid: community + "001", Block: community, Minutes: n, LastVisit: ptr("2026-11-30")})
		m.Locations = append(m.Locations, id)
	}
	for i := range m.Locations {
		m.Seconds = append(m.Seconds, slices.Repeat([]int32{int32(60 * walk)}, len(m.Locations)))
		m.Seconds[i][i] = 0
	}
	p.Matrices = []planner.Matrix{m}
	return p
}

// loosely plans anew and checks what comes of it: against the problem that comes back.
func loosely(t interface {
	Fatalf(string, ...any)
	Errorf(string, ...any)
}, p *planner.Problem,
) (*planner.Plan, []planner.Loosened) {
	published := &planner.Plan{Start: p.Start, Days: p.Days}
	for i := range p.Residents {
		published.Unplanned = append(published.Unplanned, planner.Unplanned{Resident: p.Residents[i].ID, DueBy: p.Start, Reason: planner.ReasonNoFreeTime})
	}
	free := *p
	free.Locks = nil
	published, _, _, err := planner.Replan(context.Background(), &free, published, planner.Options{Iterations: 300})
	if err != nil {
		t.Fatalf("replan without locks: %v", err)
	}
	asked := slices.Clone(p.Locks)
	q, plan, _, _, loose, err := planner.ReplanLoosely(context.Background(), p, published, planner.Options{Iterations: 300})
	if err != nil {
		t.Fatalf("replan: %v", err)
	}
	if v := planner.Check(q, plan); len(v) > 0 {
		t.Errorf("check: %+v", v)
	}
	if d := cmp.Diff(asked, p.Locks); d != "" {
		t.Errorf("the problem was changed: %s", d)
	}
	for _, l := range loose {
		if at := arrival(plan, l.Resident); l.Held != (at >= 0) || at >= 0 && at <= l.By {
			t.Errorf("%+v is called loosened, and begins at %s", l, at)
		}
	}
	return plan, loose
}

// arrival is when a resident is visited; below 0: not.
func arrival(plan *planner.Plan, id string) planner.Clock {
	for i := range plan.Itineraries {
		for _, s := range plan.Itineraries[i].Stops {
			if s.Resident == id {
				return s.Arrive
			}
		}
	}
	return -1
}

func TestAnHourIsKeptUnlessItBreaksAnotherPromise(t *testing.T) {
	lock := func(id, by string) planner.Lock {
		return planner.Lock{Resident: id, Date: date("2026-12-01"), Visitor: "v", By: clock(by)}
	}
	for _, c := range []struct {
		name    string
		to      string
		walk    int
		minutes []int
		change  func(p *planner.Problem)
		locks   []planner.Lock
		by      map[string]string // who is visited by when
		lapses  int
		loose   int
		held    int // of those
	}{
		{"in a day that has room it comes first", "12:00", 10, []int{30, 30, 30}, nil, []planner.Lock{lock("r2", "09:10")}, map[string]string{"r2": "09:10"}, 0, 0, 0},
		{"so does each of three", "12:00", 10, []int{30, 30, 30}, nil, []planner.Lock{lock("r2", "09:10"), lock("r1", "09:50"), lock("r0", "10:30")}, map[string]string{"r2": "09:10", "r1": "09:50", "r0": "10:30"}, 0, 0, 0},
		{"of two at one hour the other comes later", "12:00", 10, []int{30, 30, 30}, nil, []planner.Lock{lock("r1", "09:10"), lock("r2", "09:10")}, nil, 0, 1, 1},
		{"of more than the day has room for the rest is left", "10:20", 10, []int{30, 30, 30}, nil, []planner.Lock{lock("r0", "10:20"), lock("r1", "10:20"), lock("r2", "10:20")}, nil, 1, 1, 0},
		{"a door that is open in the morning only goes before", "12:00", 10, []int{30, 90}, func(p *planner.Problem) {
			p.Residents[0].Hours = []planner.Shift{{Weekday: p.Start.Weekday(), From: clock("09:00"), To: clock("09:15")}}
		}, []planner.Lock{lock("r1", "09:20")}, map[string]string{"r0": "09:15"}, 0, 1, 1},
		{"an hour goes, and the lock of another stays", "12:00", 10, []int{30, 90}, func(p *planner.Problem) {
			p.Residents[0].Hours = []planner.Shift{{Weekday: p.Start.Weekday(), From: clock("09:00"), To: clock("09:15")}}
		}, []planner.Lock{lock("r1", "09:20"), lock("r0", "00:00")}, map[string]string{"r0": "09:15"}, 0, 1, 1},
		{"of two hours the one that costs nothing stays", "12:00", 10, []int{30, 90, 10}, func(p *planner.Problem) {
			p.Residents[0].Hours = []planner.Shift{{Weekday: p.Start.Weekday(), From: clock("09:00"), To: clock("09:15")}}
		}, []planner.Lock{lock("r1", "09:20"), lock("r2", "10:10")}, map[string]string{"r0": "09:15", "r2": "10:10"}, 0, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := oneDay(clock(c.to), c.walk, c.minutes...)
			if c.change != nil {
				c.change(p)
			}
			p.Locks = c.locks
			plan, loose := loosely(t, p)
			held := 0
			for _, l := range loose {
				if l.Held {
					held++
				}
			}
			if len(loose) != c.loose || held != c.held || len(plan.Unplanned) != c.lapses {
				t.Errorf("%d loosened, %d of them held, %d lapses, want %d, %d, %d: %+v", len(loose), held, len(plan.Unplanned), c.loose, c.held, c.lapses, loose)
			}
			for id, by := range c.by {
				if at := arrival(plan, id); at < 0 || at > clock(by) {
					t.Errorf("%s is visited at %s, not by %s", id, at, by)
				}
			}
		})
	}
}

// TestAnHourIsKeptWhereAnyOrderCouldKeepIt compares with every order of every choice of doors.
func TestAnHourIsKeptWhereAnyOrderCouldKeepIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.SliceOfN(rapid.IntRange(5, 60), 1, 5).Draw(t, "minutes")
		p := oneDay(clock("09:00")+planner.Clock(rapid.IntRange(30, 240).Draw(t, "shift")), 1, minutes...)
		m := &p.Matrices[0]
		for i := range m.Seconds {
			for k := range m.Seconds {
				if i != k {
					m.Seconds[i][k] = int32(60 * rapid.IntRange(1, 30).Draw(t, "walk"))
				}
			}
		}
		by := clock("09:00") + planner.Clock(rapid.IntRange(0, 150).Draw(t, "by"))
		p.Locks = []planner.Lock{{Resident: "r0", Date: p.Start, Visitor: "v", By: by}}
		most, mostBy := 0, 0 // doors that can be seen with r0, and with r0 by the hour
		var walk func(seen []int, at planner.Clock, place int, in bool, when planner.Clock)
		walk = func(seen []int, at planner.Clock, place int, in bool, when planner.Clock) {
			if in {
				if most = max(most, len(seen)); when <= by {
					mostBy = max(mostBy, len(seen))
				}
			}
			for r := range minutes {
				begin := at + planner.Clock(m.Seconds[place][r+1]/60)
				if slices.Contains(seen, r) || begin+planner.Clock(minutes[r]) > p.Visitors[0].Shifts[0].To {
					continue
				}
				first := when
				if r == 0 {
					first = begin
				}
				walk(append(slices.Clone(seen), r), begin+planner.Clock(minutes[r]), r+1, in || r == 0, first)
			}
		}
		walk(nil, clock("09:00"), 0, false, 0)
		plan, loose := loosely(t, p)
		// What the lock asks for is judged by the way there from where the day begins: by
		// other doors it may be nearer.
		alone := clock("09:00") + planner.Clock(m.Seconds[0][1]/60)
		if alone+planner.Clock(minutes[0]) > p.Visitors[0].Shifts[0].To {
			return
		}
		if got := len(minutes) - len(plan.Unplanned); got != most {
			t.Errorf("%d visits, %d can be made", got, most)
		}
		if at := arrival(plan, "r0"); at < 0 || alone <= by && mostBy == most && at > by {
			t.Errorf("r0 is visited at %s, not by %s, which costs nothing", at, by)
		}
		if alone <= by && mostBy < most && len(loose) != 1 {
			t.Errorf("the hour costs %d of %d visits, and is not given up: %+v", most-mostBy, most, plan.Itineraries)
		}
	})
}
