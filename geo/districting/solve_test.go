package districting_test

import (
	"context"
	"errors"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sanse/geo/districting"
)

// anySmallProblem makes a problem of w × h units in k zones, everything else of
// it by chance.
func anySmallProblem(rng *rand.Rand, w, h, k int) *districting.Problem {
	p := &districting.Problem{Graph: lattice(w, h, rng.IntN(2) == 0), Zones: []int{k}, Goal: districting.CutEdges}
	n := p.Units()
	households := make([]int64, n)
	for u := range households {
		if rng.IntN(4) > 0 {
			households[u] = rng.Int64N(10)
		}
	}
	p.Weights = []districting.Weight{{Name: "households", Of: households, Tolerance: rng.Float64() / 2}}
	if rng.IntN(2) == 0 {
		p.Locked = slices.Repeat([]int32{districting.None}, n)
		p.Locked[rng.IntN(n)] = int32(p.Zones[0] - 1)
	}
	for range rng.IntN(3) {
		u := int32(rng.IntN(n - 1))
		bar(&p.Graph, u, u+1)
	}
	return p
}

// bruteForce returns the least excess of a small problem, and the fewest cut
// edges with it, over all drawings that hang together. Zones are sets of units
// as bits; it shares nothing with the search and the check.
func bruteForce(p *districting.Problem) (excess float64, cut int) {
	n, k, bound := p.Units(), p.Zones[0], p.Bounds()[0][0]
	ways, beside := make([]int, n), make([]int, n)
	for u := range n {
		ways[u], beside[u] = besides(p, u, true), besides(p, u, false)
	}
	over := make([]float64, 1<<n) // of each set of units; infinite: it does not hang together
	for set := range over {
		over[set] = math.Inf(1)
		if set == 0 || !hangsTogether(ways, set) {
			continue
		}
		sum := int64(0)
		for u := range n {
			sum += p.Weights[0].Of[u] * int64(set>>u&1)
		}
		over[set] = float64(max(sum-bound.Most, bound.Least-sum, 0)) / bound.Target
	}
	excess, cut = math.Inf(1), math.MaxInt
	zone := make([]int, k)
	var walk func(u int)
	walk = func(u int) {
		if u < n {
			for z := range k {
				if p.Locked == nil || p.Locked[u] == districting.None || p.Locked[u] == int32(z) {
					zone[z] |= 1 << u
					walk(u + 1)
					zone[z] &^= 1 << u
				}
			}
			return
		}
		x, c := 0.0, len(p.To)
		for _, set := range zone {
			x += over[set]
		}
		if x > excess+1e-12 {
			return
		}
		for _, set := range zone {
			for more := set; more != 0; more &= more - 1 {
				c -= bits.OnesCount(uint(set & beside[bits.TrailingZeros(uint(more))]))
			}
		}
		if x < excess-1e-12 || c/2 < cut {
			excess, cut = x, c/2
		}
	}
	walk(0)
	return excess, cut
}

// besides returns the neighbours of a unit as bits, without those across a
// barrier if only ways are asked for.
func besides(p *districting.Problem, u int, ways bool) int {
	set := 0
	for e := p.First[u]; e < p.First[u+1]; e++ {
		if !ways || p.Barrier == nil || !p.Barrier[e] {
			set |= 1 << p.To[e]
		}
	}
	return set
}

// hangsTogether tells whether there is a way between any two of a set of units;
// ways are the units beside each.
func hangsTogether(ways []int, set int) bool {
	seen := set & -set
	for more := seen; more != 0; {
		u := bits.TrailingZeros(uint(more))
		found := ways[u] & set &^ seen
		seen |= found
		more = more&(more-1) | found
	}
	return seen == set
}

// misses draws so many small problems and returns how many have a drawing that
// hangs together, and of how many of these the best was not found.
func misses(t *testing.T, problems uint64, small func(*rand.Rand) *districting.Problem) (possible, missed int) {
	t.Helper()
	for seed := range problems {
		p := small(rand.New(rand.NewPCG(seed, 6)))
		excess, cut := bruteForce(p)
		if math.IsInf(excess, 1) {
			continue
		}
		possible++
		d, err := districting.Solve(context.Background(), p, districting.Options{Iterations: 60_000, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if x := d.Cost.Excess - excess; x < -1e-9 || x < 1e-9 && d.Cost.Goal < float64(cut) {
			t.Fatalf("seed %d: found %+v, better than the best of %v with %v cut edges", seed, d.Cost, excess, cut)
		} else if x > 1e-9 || d.Cost.Goal > float64(cut) {
			t.Logf("seed %d: found %+v, the best is %v with %v cut edges", seed, d.Cost, excess, cut)
			missed++
		}
		for _, o := range d.Forbids {
			if excess == 0 && d.Cost.Excess == 0 || o.Kind != districting.ObstacleSearch && excess <= 1e-12 {
				t.Errorf("seed %d: %+v forbids nothing: a drawing keeps all bounds", seed, o)
			}
		}
	}
	return possible, missed
}

func TestSolveFindsTheBestDrawingOfSmallGraphs(t *testing.T) {
	possible, missed := misses(t, 5_000, func(rng *rand.Rand) *districting.Problem {
		return anySmallProblem(rng, 3, 2+rng.IntN(2), 1+rng.IntN(3))
	})
	if missed > 0 || possible < 4_000 {
		t.Errorf("of %d problems %d are not drawn best", possible, missed)
	}
}

// TestTheSearchFindsTheBestDrawing: of problems that have too many drawings to
// look at all of them.
func TestTheSearchFindsTheBestDrawing(t *testing.T) {
	for name, c := range map[string][3]int{"in two zones": {6, 3, 2}, "in three zones": {4, 3, 3}} {
		t.Run(name, func(t *testing.T) {
			possible, missed := misses(t, 60, func(rng *rand.Rand) *districting.Problem {
				return anySmallProblem(rng, c[0], c[1], c[2])
			})
			if missed > 0 || possible < 50 {
				t.Errorf("of %d problems %d are not drawn best", possible, missed)
			}
		})
	}
}

// anyProblem draws a problem of some parents with barriers, locks and closed
// zones.
func anyProblem(t *rapid.T) *districting.Problem {
	w, h := rapid.IntRange(3, 12).Draw(t, "width"), rapid.IntRange(3, 9).Draw(t, "height")
	p := &districting.Problem{Graph: lattice(w, h, rapid.Bool().Draw(t, "hexagons")), Goal: districting.CutEdges}
	n := p.Units()
	if rapid.Bool().Draw(t, "compact") {
		p.Goal = districting.Compact
	}
	p.Parent = make([]int32, n)
	half := w / 2
	for u := range n {
		if u%w >= half {
			p.Parent[u] = 1
		}
	}
	p.Zones = []int{rapid.IntRange(1, half*h/3).Draw(t, "zones"), rapid.IntRange(1, (w-half)*h/3).Draw(t, "more zones")}
	for i := range rapid.IntRange(0, 3).Draw(t, "weights") {
		p.Weights = append(p.Weights, districting.Weight{
			Name: string(rune('a' + i)), Tolerance: rapid.Float64Range(0, 0.6).Draw(t, "tolerance"),
			Of: rapid.SliceOfN(rapid.Int64Range(0, 20), n, n).Draw(t, "amounts"),
		})
	}
	for range rapid.IntRange(0, 6).Draw(t, "barriers") {
		u := int32(rapid.IntRange(0, n-w-1).Draw(t, "barred"))
		bar(&p.Graph, u, u+int32(w))
	}
	if rapid.Bool().Draw(t, "today") {
		p.Today = make([]int32, n)
		for u := range n {
			p.Today[u] = rapid.Int32Range(-1, int32(p.Zones[0]+p.Zones[1])-1).Draw(t, "zone")
		}
		p.Stay = rapid.Float64Range(0, 50).Draw(t, "stay")
	}
	return p
}

// lock locks a unit and a neighbour of it in each parent's last zone, and
// closes parent 0's if it has others.
func lock(p *districting.Problem, u int) {
	p.Locked = slices.Repeat([]int32{districting.None}, p.Units())
	z := int32(p.Zones[0] - 1)
	if p.Parent[u] == 1 {
		z += int32(p.Zones[1])
	}
	p.Locked[u] = z
	if p.Parent[u] == 0 && p.Zones[0] > 1 {
		p.Closed = make([]bool, p.Zones[0]+p.Zones[1])
		p.Closed[z] = true
	}
}

func TestDrawingsOfAnyProblemKeepAllRulesButBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t)
		if rapid.Bool().Draw(t, "locks") {
			lock(p, rapid.IntRange(0, p.Units()-1).Draw(t, "locked"))
		}
		o := districting.Options{Seed: 3, Iterations: 5000, Threads: rapid.IntRange(1, 3).Draw(t, "threads")}
		if rapid.Bool().Draw(t, "from") && p.Today != nil {
			o.From = p.Today
		}
		d, err := districting.Solve(context.Background(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range districting.Check(p, d.Zone) {
			if f.Kind == districting.FaultBalance && len(d.Forbids) > 0 {
				continue
			}
			// A unit walled in, or a parent cut in two by a closed zone, may leave
			// more pieces than zones: then no drawing hangs together.
			if f.Kind == districting.FaultParts && pieces(p) {
				continue
			}
			t.Fatalf("%+v", f)
		}
		again, err := districting.Solve(context.Background(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again.Zone, d.Zone) {
			t.Fatal("the same problem, seed, iterations and threads gave another drawing")
		}
	})
}

// pieces tells whether some parent has more pieces than open zones.
func pieces(p *districting.Problem) bool {
	open := slices.Clone(p.Zones)
	for z, c := range p.Closed {
		if c && z < p.Zones[0] {
			open[0]--
		} else if c {
			open[1]--
		}
	}
	// Each parent as one zone, and each unit of a closed zone as one of none.
	q := *p
	q.Zones = []int{1, 1, 1}
	q.Locked, q.Closed, q.Today, q.Weights = nil, nil, nil, nil
	q.Parent = slices.Clone(p.Parent)
	zone := slices.Clone(p.Parent)
	shut := false
	for u := range zone {
		if p.Locked != nil && p.Locked[u] != districting.None && p.Closed != nil && p.Closed[p.Locked[u]] {
			q.Parent[u], zone[u], shut = 2, 2, true
		}
	}
	if !shut {
		q.Zones = q.Zones[:2]
	}
	m, err := districting.Measure(&q, zone)
	if err != nil {
		return false
	}
	return m.Zones[0].Parts > open[0] || m.Zones[1].Parts > open[1]
}

func TestMoreIterationsAreNeverWorse(t *testing.T) {
	p := community(20, 15, 7, 5)
	last := districting.Cost{Excess: math.Inf(1)}
	for _, n := range []int{-1, 1, 5_000, 20_000, 100_000, 300_000} {
		d, err := districting.Solve(context.Background(), p, districting.Options{Iterations: n, Seed: 9})
		if err != nil {
			t.Fatal(err)
		}
		if c := d.Cost; c.Excess > last.Excess+1e-9 || c.Excess > last.Excess-1e-9 && c.Goal > last.Goal+1e-6 {
			t.Fatalf("%d iterations cost %+v, fewer cost %+v", n, c, last)
		}
		last = d.Cost
	}
	if last.Excess > 0 {
		t.Fatalf("zones are out of balance by %v", last.Excess)
	}
}

// halfway is a budget that ends after so many questions.
type halfway struct{ asked int }

func (h *halfway) Spent(int, districting.Cost) float64 {
	h.asked++
	return float64(h.asked) / 20
}

func TestABudgetEndsTheSearchAndProgressIsTold(t *testing.T) {
	b := &halfway{}
	told := 0
	p := community(12, 12, 5, 1)
	_, err := districting.Solve(context.Background(), p, districting.Options{
		Budget: b, Threads: 2, Progress: func(g districting.Progress) {
			told++
			for _, f := range districting.Check(p, g.Zone) {
				if f.Kind != districting.FaultBalance {
					t.Errorf("the best so far is no drawing: %s", f.Message)
				}
			}
		},
	})
	if err != nil || b.asked < 20 || b.asked > 30 || told == 0 {
		t.Fatalf("%v: asked %d times, told %d times", err, b.asked, told)
	}
}

func TestAContextThatEndsIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	told := 0
	_, err := districting.Solve(ctx, community(12, 12, 5, 1), districting.Options{
		Progress: func(districting.Progress) {
			if told++; told == 3 {
				cancel()
			}
		},
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
}

func TestObstaclesSayWhatForbidsABound(t *testing.T) {
	row := func(weights ...int64) *districting.Problem {
		return &districting.Problem{
			Graph: lattice(len(weights), 1, false), Zones: []int{2}, Goal: districting.CutEdges,
			Weights: []districting.Weight{{Name: "households", Of: weights, Tolerance: 0.1}},
		}
	}
	locked := row(5, 5, 5, 5)
	locked.Locked = []int32{0, 0, 0, districting.None}
	walled := row(2, 1, 6, 3)
	bar(&walled.Graph, 1, 2)
	sum := row(1, 1, 1, 1)
	sum.Weights[0].Least, sum.Weights[0].Most = 5, 9
	for name, c := range map[string]struct {
		p     *districting.Problem
		kind  districting.ObstacleKind
		units []int32
		short int64
	}{
		"a unit heavier than a zone may be":      {row(1, 9, 1, 1), districting.ObstacleUnit, []int32{1}, 3},
		"locks that are too much alone":          {locked, districting.ObstacleLock, []int32{0, 1, 2}, 4},
		"too little for so many zones":           {sum, districting.ObstacleSum, nil, 6},
		"a piece that barriers enclose":          {walled, districting.ObstacleBarrier, []int32{0, 1}, 3},
		"nothing is known, but nothing is found": {row(3, 4, 3), districting.ObstacleSearch, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := districting.Solve(context.Background(), c.p, districting.Options{Iterations: 10_000})
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Forbids) == 0 {
				t.Fatalf("nothing forbids %+v", d.Metrics.Zones)
			}
			if f := d.Forbids[0]; f.Kind != c.kind || !slices.Equal(f.Units, c.units) || f.Short != c.short {
				t.Fatalf("%+v", f)
			}
		})
	}
}

func TestWhatLiesWellTodayStays(t *testing.T) {
	for seed := range uint64(8) {
		p := community(16, 12, 6, 2)
		before, err := districting.Solve(context.Background(), p, districting.Options{Iterations: 100_000, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		p.Today, p.Stay = before.Zone, 20_000
		p.Weights[0].Of = slices.Clone(p.Weights[0].Of)
		p.Weights[0].Of[0] += 12 // an estate is built
		for name, from := range map[string][]int32{"from today": before.Zone, "anew": nil} {
			after, err := districting.Solve(context.Background(), p, districting.Options{Iterations: 200_000, Seed: seed + 2, From: from})
			if err != nil {
				t.Fatal(err)
			}
			if after.Cost.Excess > 0 || after.Metrics.Moved == 0 || after.Metrics.Moved > p.Units()/12 {
				t.Errorf("seed %d, %s: %d of %d units moved, excess %v", seed, name, after.Metrics.Moved, p.Units(), after.Cost.Excess)
			}
		}
	}
}

func TestACommunityIsDrawnBalancedAndRound(t *testing.T) {
	d, err := districting.Solve(context.Background(), community(50, 40, 25, 1), districting.Options{Iterations: 3_000_000, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if d.Cost.Excess > 0 || d.Metrics.Parts != 25 || d.Metrics.PolsbyPopper < 0.45 {
		t.Fatalf("excess %v, %d parts, mean Polsby–Popper %.3f", d.Cost.Excess, d.Metrics.Parts, d.Metrics.PolsbyPopper)
	}
}

func TestABarrierIsNeverCrossedButAWayRoundIsUsed(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	p := community(12, 12, 4, 3)
	for x := range int32(11) { // a river with one bridge
		if x != 5 {
			bar(&p.Graph, 60+x, 72+x)
			for e := p.First[60+x]; e < p.First[61+x]; e++ {
				if v := p.To[e]; v >= 72 {
					bar(&p.Graph, 60+x, v)
				}
			}
		}
	}
	d, err := districting.Solve(context.Background(), p, districting.Options{Iterations: 200_000, Seed: rng.Uint64()})
	if err != nil {
		t.Fatal(err)
	}
	if f := districting.Check(p, d.Zone); len(f) > 0 {
		t.Fatalf("%+v", f)
	}
}
