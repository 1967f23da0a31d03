package planner_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

func solve(t testing.TB, p *planner.Problem, o planner.Options) (*planner.Plan, planner.Stats) {
	t.Helper()
	plan, stats, err := planner.Solve(t.Context(), p, o)
	if err != nil {
		t.Fatalf("solve: %v", err)
	}
	for i, v := range planner.Check(p, plan) {
		if i == 5 {
			break
		}
		t.Errorf("check: %+v", v)
	}
	return plan, stats
}

func TestADistrictLikeTheDemoIsPlannedWithoutALapse(t *testing.T) {
	for name, c := range map[string]sample.Config{
		"care visits":          {Blocks: 83, Wide: 20},
		"providers and patrol": {Blocks: 24, Services: 30, Providers: 14, Patrols: 8, Missed: -1},
	} {
		t.Run(name, func(t *testing.T) {
			p := sample.Problem(c)
			plan, stats := solve(t, p, planner.Options{})
			l := planner.Account(p, plan)
			t.Logf("%+v", stats)
			t.Logf("%+v days %d walk %d", l.Total, l.VisitorDays, l.WalkSeconds)
			for i, u := range plan.Unplanned {
				if i < 5 {
					t.Errorf("left out: %+v", u)
				}
			}
		})
	}
}

// dearer tells whether the first cost is the higher one, by the terms before
// Spread.
func dearer(a, b planner.Cost) bool {
	list := func(c planner.Cost) []int64 {
		return []int64{c.Lapses, c.LateDays, c.Spare, c.Preference, c.Deviation, c.Seconds}
	}
	return slices.Compare(list(a), list(b)) > 0
}

func TestMoreIterationsNeverGiveAWorsePlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t)
		p.FairnessPercent = -1 // fairness spends what the search gained
		// The threads share the search of a block that is alone, and what they find
		// after the last whole cycle too.
		o := planner.Options{Seed: rapid.Uint64().Draw(t, "seed"), Threads: rapid.IntRange(1, 3).Draw(t, "threads"), Iterations: -1}
		_, last, err := planner.Solve(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		o.Iterations = 0
		for range 3 {
			o.Iterations += rapid.IntRange(1, 120).Draw(t, "more")
			_, now, err := planner.Solve(t.Context(), p, o)
			if err != nil {
				t.Fatal(err)
			}
			if dearer(now.Cost, last.Cost) {
				t.Fatalf("%d iterations cost %+v, fewer %+v", o.Iterations, now.Cost, last.Cost)
			}
			last = now
		}
	})
}

// relabelled names residents, visitors and tasks anew and turns their order
// round.
func relabelled(p *planner.Problem) *planner.Problem {
	q := *p
	name := func(id string) string { return "x" + strings.ToUpper(id) }
	names := func(ids []string) []string {
		out := slices.Clone(ids)
		for i := range out {
			out[i] = name(out[i])
		}
		return out
	}
	q.Residents, q.Visitors, q.Tasks, q.Matrices = slices.Clone(p.Residents), slices.Clone(p.Visitors), slices.Clone(p.Tasks), slices.Clone(p.Matrices)
	for i := range q.Residents {
		r := &q.Residents[i]
		r.ID, r.Team, r.Prefer = name(r.ID), names(r.Team), names(r.Prefer)
	}
	for i := range q.Visitors {
		q.Visitors[i].ID = name(q.Visitors[i].ID)
	}
	for i := range q.Tasks {
		k := &q.Tasks[i]
		k.ID, k.Prefer = name(k.ID), names(k.Prefer)
		if k.Resident != "" {
			k.Resident = name(k.Resident)
		}
	}
	for i := range q.Matrices {
		m := &q.Matrices[i]
		m.Locations = slices.Clone(m.Locations)
		for k, l := range m.Locations {
			id, end := strings.CutSuffix(l, ":end")
			if m.Locations[k] = name(id); end {
				m.Locations[k] += ":end"
			}
		}
	}
	slices.Reverse(q.Residents)
	slices.Reverse(q.Visitors)
	slices.Reverse(q.Tasks)
	return &q
}

func TestOtherNamesCostTheSameButForNoise(t *testing.T) {
	p := sample.Problem(sample.Config{Seed: 5, Blocks: 4, Visitors: 20, Wide: 3, Services: 20, Providers: 4, Missed: -1})
	q := relabelled(p)
	var a, b planner.Cost
	for seed := range uint64(3) {
		_, x := solve(t, p, planner.Options{Seed: seed, Iterations: 400})
		_, y := solve(t, q, planner.Options{Seed: seed, Iterations: 400})
		a, b = sum(a, x.Cost), sum(b, y.Cost)
	}
	if a.Lapses != b.Lapses || a.Preference != 0 && math.Abs(float64(a.Preference-b.Preference)) > 0.05*float64(a.Preference) ||
		math.Abs(float64(a.Seconds-b.Seconds)) > 0.01*float64(a.Seconds) {
		t.Errorf("cost %+v, with other names %+v", a, b)
	}
}

func sum(a, b planner.Cost) planner.Cost {
	return planner.Cost{
		Lapses: a.Lapses + b.Lapses, LateDays: a.LateDays + b.LateDays, Spare: a.Spare + b.Spare,
		Preference: a.Preference + b.Preference, Deviation: a.Deviation + b.Deviation, Seconds: a.Seconds + b.Seconds, Spread: a.Spread + b.Spread,
	}
}

func TestFairnessSpendsNoMoreThanItsShareAndNothingDearer(t *testing.T) {
	evened := int64(0)
	for seed := range uint64(6) {
		p := sample.Problem(sample.Config{Seed: seed, Blocks: 2, Visitors: 12, Wide: 2, Services: 30, Providers: 3, Hours: 20, Pairs: 10})
		p.FairnessPercent = -1
		_, plain := solve(t, p, planner.Options{Iterations: 200})
		for _, percent := range []int{1, 10} {
			p.FairnessPercent = percent
			_, fair := solve(t, p, planner.Options{Iterations: 200})
			was, is := plain.Cost, fair.Cost
			if is.Seconds > was.Seconds+was.Seconds*int64(percent)/100 || is.Spread > was.Spread {
				t.Errorf("%d percent for fairness: cost %+v, without %+v", percent, is, was)
			}
			evened += was.Spread - is.Spread
			is.Seconds, is.Spread = was.Seconds, was.Spread
			if d := cmp.Diff(was, is); d != "" {
				t.Errorf("fairness changed what is dearer:\n%s", d)
			}
		}
	}
	if evened == 0 {
		t.Error("fairness evened nothing out")
	}
}

// TestTimeEndsTheSearch has a clock that goes on by a millisecond whenever
// somebody looks at it.
func TestTimeEndsTheSearch(t *testing.T) {
	p := sample.Problem(sample.Config{Seed: 2, Blocks: 3, Residents: 12, Visitors: 6, Wide: 2})
	var clock atomic.Int64
	o := planner.Options{Time: 200 * time.Millisecond, Elapsed: func() time.Duration { return time.Duration(clock.Add(int64(time.Millisecond))) }}
	_, short := solve(t, p, o)
	if spent := time.Duration(clock.Load()); spent < 150*time.Millisecond || spent > 300*time.Millisecond {
		t.Errorf("looked at the clock for %v, want about 200ms", spent)
	}
	if short.Iterations == 0 {
		t.Error("there was no search")
	}
	_, first := solve(t, p, planner.Options{Iterations: -1})
	first.Cost.Seconds += first.Cost.Seconds * 3 / 100
	if dearer(short.Cost, first.Cost) {
		t.Errorf("with time cost %+v, the first plan %+v", short.Cost, first.Cost)
	}
	o.Elapsed = nil
	if _, _, err := planner.Solve(t.Context(), p, o); !errors.Is(err, planner.ErrInvalid) {
		t.Errorf("time without a clock: %v, want ErrInvalid", err)
	}
}

func TestAPlanToBeginWithIsNeverMadeWorse(t *testing.T) {
	p := sample.Problem(sample.Config{Seed: 9, Blocks: 3, Visitors: 10, Wide: 3, Services: 20, Providers: 3})
	p.FairnessPercent = -1
	from, was := solve(t, p, planner.Options{Iterations: 300})
	plan, is := solve(t, p, planner.Options{Iterations: -1, From: from, Published: from})
	if dearer(is.Cost, was.Cost) {
		t.Errorf("cost %+v, the plan begun with %+v", is.Cost, was.Cost)
	}
	if is.Cost.Deviation != 0 {
		t.Errorf("the plan is off itself: %+v", is.Cost)
	}
	if is.Cost == was.Cost {
		if d := cmp.Diff(from.Itineraries, plan.Itineraries); d != "" {
			t.Errorf("same cost, other plan:\n%s", d)
		}
	}
}

func TestTheEndOfTheContextEndsSolve(t *testing.T) {
	p := sample.Problem(sample.Config{Blocks: 2, Services: 30, Providers: 3})
	ctx, cancel := context.WithCancel(t.Context())
	passes := 0
	_, _, err := planner.Solve(ctx, p, planner.Options{Iterations: 1 << 40, Progress: func(q planner.Progress) {
		if passes = q.Pass; q.Done == q.Blocks {
			cancel() // the first plan stands, the search would go on for years
		}
	}})
	if !errors.Is(err, context.Canceled) || passes != 1 {
		t.Errorf("got %v in pass %d, want that the context ended in the first", err, passes)
	}
}

func TestNobodyIsVisitedBeforeNineIfTheShiftLeavesRoom(t *testing.T) {
	p := sample.Problem(sample.Config{Seed: 6, Blocks: 2, Visitors: 20, Pairs: 10})
	for i := range p.Visitors {
		for k := range p.Visitors[i].Shifts {
			s := &p.Visitors[i].Shifts[k]
			s.From, s.To = 7*60, 12*60
		}
	}
	plan, _ := solve(t, p, planner.Options{Iterations: 100})
	if len(plan.Itineraries) == 0 {
		t.Fatal("an empty plan")
	}
	together := meeting(p, plan)
	off := 0
	for n, it := range plan.Itineraries {
		room := planner.Clock(12 * 60) // what all who meet have left of their shifts
		for _, m := range together[n] {
			o := &plan.Itineraries[m]
			room = min(room, 12*60-o.Stops[len(o.Stops)-1].Leave-planner.Clock((o.ReturnSeconds+59)/60))
		}
		first := it.Stops[0]
		if first.Arrive < 9*60 && room > 0 {
			t.Errorf("%s on %s: %s at %s, and all who meet have %d minutes left", it.Visitor, it.Date, first.Resident, first.Arrive, room)
		}
		if len(together[n]) > 1 {
			if first.Arrive >= 9*60 {
				off++
			}
			continue // whoever meets a colleague may have to wait
		}
		for k := 1; k < len(it.Stops); k++ {
			if wait := it.Stops[k].Arrive - it.Stops[k-1].Leave - planner.Clock((it.Stops[k].WalkSeconds+59)/60); wait > 0 {
				t.Errorf("%s on %s waits %d minutes at a door", it.Visitor, it.Date, wait)
			}
		}
	}
	if off == 0 {
		t.Error("nobody who meets a colleague begins at nine or later")
	}
}

// meeting returns for each itinerary those of the day that can be put off only
// together with it, itself included: its pairs, whom they meet at other doors
// and so on.
func meeting(p *planner.Problem, plan *planner.Plan) [][]int {
	type door struct {
		resident string
		day      planner.Date
	}
	at := map[door][]int{}
	for n, it := range plan.Itineraries {
		for _, s := range it.Stops {
			if resident(p, s.Resident).People > 1 {
				at[door{s.Resident, it.Date}] = append(at[door{s.Resident, it.Date}], n)
			}
		}
	}
	out := make([][]int, len(plan.Itineraries))
	for n := range out {
		out[n] = []int{n}
		for i := 0; i < len(out[n]); i++ {
			it := &plan.Itineraries[out[n][i]]
			for _, s := range it.Stops {
				for _, m := range at[door{s.Resident, it.Date}] {
					if !slices.Contains(out[n], m) {
						out[n] = append(out[n], m)
					}
				}
			}
		}
	}
	return out
}

func BenchmarkFirstPlan(b *testing.B) {
	for _, c := range []sample.Config{
		{Blocks: 83},
		{Blocks: 83, Services: 50, Providers: 14, Missed: -1},
		{Blocks: 20, Patrols: 12, Missed: -1},
	} {
		p := sample.Problem(c)
		b.Run(fmt.Sprintf("blocks=%d/tasks=%d", c.Blocks, len(p.Tasks)), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := planner.Solve(b.Context(), p, planner.Options{Iterations: -1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestAWholeBlockOfLocksIsKept(t *testing.T) {
	p := sample.Problem(sample.Config{Seed: 6, Residents: 600, Visitors: 60})
	free, _ := solve(t, p, planner.Options{Iterations: -1})
	for _, it := range free.Itineraries {
		for _, s := range it.Stops {
			p.Locks = append(p.Locks, planner.Lock{Resident: s.Resident, Date: it.Date, Visitor: it.Visitor})
		}
	}
	if len(p.Locks) < 1200 {
		t.Fatalf("only %d locks", len(p.Locks))
	}
	// At the price of a lock among few they would come to more than can be
	// added up. Check finds any that is broken.
	solve(t, p, planner.Options{Iterations: -1, From: free})
}

func TestMoreThanCanBeAddedUpIsRefused(t *testing.T) {
	p := one()
	p.Days = 400
	for i := range 30 {
		p.Tasks = append(p.Tasks, planner.Task{
			ID: fmt.Sprintf("daily%d", i), Kind: "service", Resident: "r", Minutes: 5, Weight: 1000, Rules: []planner.Policy{{EveryDays: 1}},
		})
	}
	_, _, err := planner.Solve(t.Context(), p, planner.Options{Iterations: -1})
	if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), community) {
		t.Errorf("got %v, want that block %s is too much", err, community)
	}
}
