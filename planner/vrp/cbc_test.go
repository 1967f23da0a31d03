package vrp_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"sanse/planner/internal/cbc"
	"sanse/planner/vrp"
)

// evenBlock draws a block in which every way takes 5, so that the relaxation of
// Short is easily written down.
func evenBlock(r *rand.Rand, clients, days, workers int) *vrp.Problem {
	p := &vrp.Problem{Days: days, Unserved: tinyUnserved, Workers: make([]vrp.Worker, workers)}
	times := make([][]int32, clients+1)
	for i := range times {
		for j := range times {
			way := int32(5)
			if i == j {
				way = 0
			}
			times[i] = append(times[i], way)
		}
	}
	p.Profiles = []vrp.Profile{{Time: times}}
	for d := range days {
		for w := range workers {
			if r.IntN(5) > 0 {
				p.Shifts = append(p.Shifts, vrp.Shift{Worker: w, Day: d, Start: 0, End: 0, To: int32(45 + r.IntN(60))})
			}
		}
	}
	for i := range clients {
		c := vrp.Client{Place: i + 1, Service: int32(10 + 5*r.IntN(5))}
		for w := range workers {
			if r.IntN(3) > 0 {
				c.Who = append(c.Who, vrp.Choice{Worker: w})
			}
		}
		if c.Who == nil {
			c.Who = []vrp.Choice{{Worker: 0}}
		}
		switch weight := int64(1+r.IntN(3)) * tinyUnserved; r.IntN(3) {
		case 0:
			c.Rule = everyDays(days, 2+r.IntN(5), weight)
		case 1:
			c.Rule = weekly(days, 1+r.IntN(3), weight)
		default:
			c.Rule = vrp.Once{Missing: weight}
		}
		if r.IntN(8) == 0 {
			c.Crew = 2
		}
		p.Clients = append(p.Clients, c)
	}
	return p
}

// weekly is the rule of k visits in each seven days, or fewer where there are
// not so many.
func weekly(days, k int, unserved int64) *vrp.Automaton {
	a := &vrp.Automaton{Layer: make([]int32, days+1)}
	size := 1
	for d := range days {
		a.Layer[d] = int32(len(a.Steps))
		next := int32(len(a.Steps) + size)
		last := d == days-1 || d%7 == 6
		to := func(seen int) (int32, int64) {
			if last {
				return next, int64(max(0, min(k, d%7+1)-seen)) * unserved
			}
			return next + int32(min(seen, k)), 0
		}
		for seen := range size {
			var e vrp.Step
			e.Skip, e.SkipCost = to(seen)
			e.Visit, e.VisitCost = to(seen + 1)
			a.Steps = append(a.Steps, e)
		}
		size = min(d%7+2, k+1)
		if last {
			size = 1
		}
	}
	a.Layer[days] = int32(len(a.Steps))
	return a
}

// relaxed writes down the relaxation of an even block: a flow of one through
// each rule, visits shared out over shifts, and either time added to the shifts
// of each day (mend) or visits missing. A day without a shift can be given one.
func relaxed(p *vrp.Problem, mend bool) *cbc.Program {
	l := &cbc.Program{}
	load := make([][]string, len(p.Shifts))
	for i := range p.Clients {
		c := &p.Clients[i]
		each := float64((c.Service + 5) * int32(max(1, c.Crew)))
		visit := make([][]string, p.Days) // flows that visit, by day
		if a, ok := c.Rule.(*vrp.Automaton); ok {
			in := make([][]string, len(a.Steps)+1)
			for d := range p.Days {
				for k := a.Layer[d]; k < a.Layer[d+1]; k++ {
					e := a.Steps[k]
					s, v := fmt.Sprintf("s_%d_%d", i, k), fmt.Sprintf("v_%d_%d", i, k)
					balance := []string{s, v}
					for _, f := range in[k] {
						balance = append(balance, "-1 "+f)
					}
					from := 0.0
					if k == 0 {
						from = 1
					}
					l.Row(balance, "=", from)
					in[e.Skip] = append(in[e.Skip], s)
					in[e.Visit] = append(in[e.Visit], v)
					visit[d] = append(visit[d], v)
					for flow, cost := range map[string]int64{s: e.SkipCost, v: e.VisitCost} {
						switch {
						case cost > 0 && mend:
							l.Row([]string{flow}, "=", 0)
						case cost > 0:
							l.Cost(float64(cost/tinyUnserved), flow)
						}
					}
				}
			}
		} else {
			var all []string
			for d := range p.Days {
				v := fmt.Sprintf("v_%d_%d", i, d)
				visit[d] = append(visit[d], v)
				all = append(all, v)
			}
			if !mend {
				all = append(all, fmt.Sprintf("none_%d", i))
				l.Cost(float64(c.Rule.(vrp.Once).Missing/tinyUnserved), fmt.Sprintf("none_%d", i))
			}
			l.Row(all, "=", 1)
		}
		for d := range p.Days {
			var able []int
			for k := range p.Shifts {
				s := &p.Shifts[k]
				for _, w := range c.Who {
					if w.Worker == s.Worker && s.Day == d && s.To >= c.Service+10 {
						able = append(able, k)
					}
				}
			}
			if len(able) < max(1, c.Crew) { // no worker has two shifts a day
				able = nil
			}
			var shared []string
			for _, k := range able {
				y := fmt.Sprintf("y_%d_%d", i, k)
				shared = append(shared, "-1 "+y)
				load[k] = append(load[k], fmt.Sprintf("%g %s", each, y))
			}
			if mend {
				y := fmt.Sprintf("new_%d_%d", i, d)
				shared = append(shared, "-1 "+y)
				l.Cost(each, y)
			}
			l.Row(append(shared, visit[d]...), "=", 0)
		}
	}
	for k := range p.Shifts {
		if len(load[k]) > 0 {
			l.Row(load[k], "<=", float64(p.Shifts[k].To-5))
		}
	}
	return l
}

func TestShortProvesAsMuchAsTheLinearProgram(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	short, plain, off := 0, 0, 0.0
	for n := range 30 {
		p := evenBlock(r, 4+r.IntN(20), 7+r.IntN(22), 1+r.IntN(5))
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		proof := vrp.Short(p)
		for _, of := range []struct {
			what   string
			proven int64
			least  float64
		}{
			{"mend", proof.Mend, relaxed(p, true).Least(t)},
			{"missing", proof.Missing, relaxed(p, false).Least(t)},
		} {
			most := math.Ceil(of.least - 1e-6)
			// What whole visits cannot fill is beyond the linear program, and
			// may prove more to be missing.
			if of.what == "mend" && float64(of.proven) > most || float64(of.proven) < 0.9*most-1 {
				t.Errorf("case %d: %s %d, the linear program says %g", n, of.what, of.proven, of.least)
			}
			off += max(0, most-float64(of.proven)) / max(1, most)
		}
		if proof.Mend > 0 {
			short++
			if len(proof.Shortfalls) > 0 {
				plain++
			}
		}
	}
	t.Logf("of %d blocks that are short %d have a plain proof; %.4f below the linear program on average", short, plain, off/60)
	if off/60 > 0.01 {
		t.Errorf("%.4f below the linear program on average, want at most 0.01", off/60)
	}
	if short == 0 || plain*10 < short*9 {
		t.Errorf("of %d blocks that are short only %d have a plain proof", short, plain)
	}
}

// coverByRoutes writes a periodic problem of one kind of vehicle down as a
// choice of a pattern for each client and of sets of clients for the routes of
// each day, every set at the cost of its shortest round trip.
func coverByRoutes(p *vrp.Problem, vehicles int) *cbc.Program {
	l := &cbc.Program{}
	n := len(p.Clients)
	times := p.Profiles[0].Time
	most := p.Shifts[0].Capacity[0]
	// Held, Karp: best[set][last] is the shortest way through a set.
	best := make([][]int64, 1<<n)
	trip := make([]int64, 1<<n)
	for set := 1; set < 1<<n; set++ {
		best[set] = make([]int64, n)
		trip[set] = math.MaxInt64
		load := int32(0)
		for i := range n {
			if set>>i&1 == 0 {
				continue
			}
			load += p.Clients[i].Deliver[0]
			rest := set &^ (1 << i)
			at := p.Clients[i].Place
			best[set][i] = int64(times[0][at])
			if rest != 0 {
				best[set][i] = math.MaxInt64
				for j := range n {
					if rest>>j&1 == 1 {
						best[set][i] = min(best[set][i], best[rest][j]+int64(times[p.Clients[j].Place][at]))
					}
				}
			}
			trip[set] = min(trip[set], best[set][i]+int64(times[at][0]))
		}
		if load > most {
			trip[set] = math.MaxInt64
		}
	}
	seen := make([][][]string, n) // by client and day: sets, less patterns
	for i := range n {
		seen[i] = make([][]string, p.Days)
	}
	for d := range p.Days {
		var used []string
		for set := 1; set < 1<<n; set++ {
			if trip[set] == math.MaxInt64 {
				continue
			}
			x := fmt.Sprintf("x_%d_%d", d, set)
			l.Cost(float64(trip[set]), x)
			l.Binary(x)
			used = append(used, x)
			for i := range n {
				if set>>i&1 == 1 {
					seen[i][d] = append(seen[i][d], x)
				}
			}
		}
		l.Row(used, "<=", float64(vehicles))
	}
	for i := range n {
		var one []string
		for k, set := range p.Clients[i].Rule.(vrp.Patterns).Sets {
			z := fmt.Sprintf("z_%d_%d", i, k)
			l.Binary(z)
			one = append(one, z)
			for _, d := range set {
				seen[i][d] = append(seen[i][d], "-1 "+z)
			}
		}
		l.Row(one, "=", 1)
		for d := range p.Days {
			l.Row(seen[i][d], "=", 0)
		}
	}
	return l
}

func TestSolveReachesTheOptimaOfSmallPeriodicProblems(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for n := range 8 {
		clients, vehicles := 6+r.IntN(4), 1+r.IntN(2)
		p := &vrp.Problem{Days: 3 + r.IntN(2), Unserved: 1e9, Workers: make([]vrp.Worker, vehicles)}
		x, y := make([]float64, clients+1), make([]float64, clients+1)
		for i := range x {
			x[i], y[i] = 1000*r.Float64(), 1000*r.Float64()
		}
		times := make([][]int32, clients+1)
		for i := range times {
			for j := range times {
				times[i] = append(times[i], int32(math.Round(math.Hypot(x[i]-x[j], y[i]-y[j]))))
			}
		}
		p.Profiles = []vrp.Profile{{Time: times}}
		for d := range p.Days {
			for w := range vehicles {
				p.Shifts = append(p.Shifts, vrp.Shift{Worker: w, Day: d, Start: 0, End: 0, To: 1 << 20, Capacity: []int32{int32(90 / vehicles)}})
			}
		}
		for i := range clients {
			rule := vrp.Patterns{Missing: 1e9}
			for range 2 + r.IntN(2) {
				var set []int
				for d := range p.Days {
					if r.IntN(3) == 0 {
						set = append(set, d)
					}
				}
				if len(set) == 0 {
					set = []int{r.IntN(p.Days)}
				}
				rule.Sets = append(rule.Sets, set)
			}
			p.Clients = append(p.Clients, vrp.Client{Place: i + 1, Deliver: []int32{int32(5 + r.IntN(10))}, Rule: rule})
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		s, stats, err := vrp.Solve(t.Context(), p, vrp.Options{Seed: uint64(n), Iterations: 5000})
		if err != nil {
			t.Fatal(err)
		}
		if _, found := vrp.Check(p, s); len(found) > 0 {
			t.Fatalf("check: %v", found)
		}
		want := int64(math.Round(coverByRoutes(p, vehicles).Least(t)))
		if stats.Cost.Total != want {
			t.Errorf("case %d of %d clients, %d days, %d vehicles: costs %d, the optimum is %d", n, clients, p.Days, vehicles, stats.Cost.Total, want)
		}
		if lower := vrp.Lower(p); lower > want {
			t.Errorf("case %d: Lower says %d, the optimum is %d", n, lower, want)
		}
	}
}
