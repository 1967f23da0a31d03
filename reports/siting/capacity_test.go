package siting_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/reports/siting"
)

// limited gives the sites of a problem capacities: in all about so many times
// the weight there is, some without a limit and some with none.
func limited(p *siting.Problem, seed uint64, share float64) *siting.Problem {
	rng := rand.New(rand.NewPCG(seed, 11))
	var all int64
	for _, w := range p.Weight {
		all += w
	}
	p.Capacity = nil
	for range p.Sites {
		c := int64(float64(all) * share / float64(len(p.Sites)) * 2 * rng.Float64())
		switch rng.IntN(10) {
		case 0:
			c = 0
		case 1:
			c = siting.None
		}
		p.Capacity = append(p.Capacity, c)
	}
	p.Capacity[len(p.Capacity)-1] = 1 + all/4
	return p
}

// flowOf is the least that serving costs with some sites: a flow found by
// cheapest ways from one vertex to another, edge by edge, as textbooks have it.
func flowOf(p *siting.Problem, set int, far int64) (cost, reached int64) {
	type edge struct {
		to         int
		room, cost int64
	}
	n, m := len(p.Weight), len(p.Sites)
	var edges []edge
	out := make([][]int, n+m+2)
	add := func(a, b int, room, cost int64) {
		out[a], out[b] = append(out[a], len(edges)), append(out[b], len(edges)+1)
		edges = append(edges, edge{b, room, cost}, edge{a, 0, -cost})
	}
	source, sink := n+m, n+m+1
	covers := p.Goal == siting.MostCovered
	var all int64
	for d, w := range p.Weight {
		all += w
		add(source, d, w, 0)
		for s := range p.Sites {
			c := wayOf(p, d, s)
			if c < 0 || covers && c > int64(p.Radius) || set>>s&1 == 0 {
				continue
			}
			if covers {
				c = 0
			}
			if c < far {
				add(d, n+s, w, c)
			}
		}
		add(d, sink, w, far)
	}
	for s, c := range p.Capacity {
		if c == siting.None {
			c = all
		}
		add(n+s, sink, c, 0)
	}
	for left := all; left > 0; {
		dist, by := make([]int64, n+m+2), make([]int, n+m+2)
		for v := range dist {
			dist[v] = 1 << 50
		}
		dist[source] = 0
		for changed := true; changed; {
			changed = false
			for v := range dist {
				for _, e := range out[v] {
					if edges[e].room > 0 && dist[v]+edges[e].cost < dist[edges[e].to] {
						dist[edges[e].to], by[edges[e].to], changed = dist[v]+edges[e].cost, e, true
					}
				}
			}
		}
		most := left
		for v := sink; v != source; v = edges[by[v]^1].to {
			most = min(most, edges[by[v]].room)
		}
		for v := sink; v != source; v = edges[by[v]^1].to {
			edges[by[v]].room -= most
			edges[by[v]^1].room += most
		}
		left -= most
		cost += most * dist[sink]
	}
	return cost, all - cost/max(1, far)
}

func wayOf(p *siting.Problem, d, s int) int64 { return cost(p, d, s) }

// bestLimited tries every choice there is.
func bestLimited(p *siting.Problem) int64 {
	far := int64(1)
	if p.Goal == siting.LeastTotal {
		far = 0
		for d := range p.Weight {
			for s := range p.Sites {
				far = max(far, cost(p, d, s))
			}
		}
		far = 2*far + 1
	}
	value, found := int64(0), false
	for set := range 1 << len(p.Sites) {
		n, spent, fine := 0, int64(0), true
		for s, site := range p.Sites {
			in := set>>s&1 == 1
			if site.Status == siting.Kept {
				fine = fine && in
				continue
			}
			if !in {
				continue
			}
			n++
			spent += site.Price
			for o, other := range p.Sites {
				if site.Status == siting.New && site.Place > 0 && other.Place == site.Place && other.Status == siting.Idle && set>>o&1 == 0 {
					fine = false
				}
			}
		}
		if !fine || p.Choose > 0 && n > p.Choose || p.Budget > 0 && spent > p.Budget {
			continue
		}
		c, reached := flowOf(p, set, far)
		if p.Goal == siting.MostCovered {
			c = -reached
		}
		if !found || c < value {
			value, found = c, true
		}
	}
	if p.Goal == siting.MostCovered {
		return -value
	}
	return value
}

var limitedKinds = map[string]made{
	"a number to choose":        {demands: 14, sites: 8, choose: 3, radius: 400},
	"nobody reaches some":       {demands: 14, sites: 8, choose: 3, lists: true, radius: 300},
	"facilities that stay":      {demands: 14, sites: 9, choose: 3, kept: 2, radius: 400},
	"idle ones first":           {demands: 14, sites: 9, choose: 4, places: true, radius: 500},
	"idle ones first and money": {demands: 14, sites: 9, choose: 4, places: true, prices: true, budget: 14, kept: 1, radius: 500},
	"a budget alone":            {demands: 14, sites: 8, prices: true, budget: 15, radius: 400},
	"all sites":                 {demands: 14, sites: 6, choose: 6, radius: 400},
}

func TestWithCapacitiesSmallProblemsAreSolvedToTheBestThatTryingAllFinds(t *testing.T) {
	for name, m := range limitedKinds {
		for _, goal := range []siting.Goal{siting.LeastTotal, siting.MostCovered} {
			t.Run(fmt.Sprintf("%s, %s", goal, name), func(t *testing.T) {
				for seed := range uint64(6) {
					p := limited(m.asks(goal).problem(seed), seed, 1+float64(seed%3))
					want := bestLimited(p)
					s := solve(t, p, siting.Options{Seed: seed})
					if s.Objective != want || s.Bound != want {
						t.Errorf("seed %d: %d sites, objective %d, bound %d; the best is %d", seed, len(s.Chosen), s.Objective, s.Bound, want)
					}
					if last := s.Steps; len(last) > 0 && last[len(last)-1].After != s.Objective {
						t.Errorf("seed %d: the last step ends at %d, the objective is %d", seed, last[len(last)-1].After, s.Objective)
					}
				}
			})
		}
	}
}

func TestWithCapacitiesNoAnswerBeatsTheBound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := made{
			demands: rapid.IntRange(1, 12).Draw(rt, "demands"), sites: rapid.IntRange(3, 7).Draw(rt, "sites"),
			kept: rapid.IntRange(0, 2).Draw(rt, "kept"), places: rapid.Bool().Draw(rt, "places"), lists: rapid.Bool().Draw(rt, "lists"),
			prices: rapid.Bool().Draw(rt, "prices"), radius: int32(rapid.IntRange(1, 900).Draw(rt, "radius")),
		}
		m.choose = rapid.IntRange(1, m.sites-m.kept).Draw(rt, "choose")
		m.goal = []siting.Goal{siting.LeastTotal, siting.MostCovered}[rapid.IntRange(0, 1).Draw(rt, "goal")]
		seed := rapid.Uint64().Draw(rt, "seed")
		p := limited(m.problem(seed), seed, rapid.Float64Range(0.1, 3).Draw(rt, "capacity"))
		want := bestLimited(p)
		for _, iterations := range []int{1, 5, 40} {
			s, err := siting.Solve(t.Context(), p, siting.Options{Seed: seed, Iterations: iterations})
			if err != nil {
				rt.Fatal(err)
			}
			if wrong := siting.Check(p, s); len(wrong) > 0 {
				rt.Fatalf("the check finds: %s", strings.Join(wrong, "; "))
			}
			if p.Goal == siting.MostCovered && (s.Objective > want || s.Bound < want) || p.Goal == siting.LeastTotal && (s.Objective < want || s.Bound > want) {
				rt.Fatalf("objective %d, bound %d; the best is %d", s.Objective, s.Bound, want)
			}
		}
	})
}

func TestCapacitiesWithoutALimitChangeNothing(t *testing.T) {
	for _, goal := range []siting.Goal{siting.LeastTotal, siting.MostCovered} {
		p := made{demands: 200, sites: 30, choose: 4, kept: 2, radius: 150}.asks(goal).problem(4)
		free := solve(t, p, siting.Options{})
		for range p.Sites {
			p.Capacity = append(p.Capacity, siting.None)
		}
		bound := solve(t, p, siting.Options{})
		if free.Objective != bound.Objective || free.Bound != bound.Bound || free.Reached != bound.Reached {
			t.Errorf("%s: %d %d and %d %d", goal, free.Objective, free.Bound, bound.Objective, bound.Bound)
		}
	}
}

func TestWhoFindsTheNearestFullGoesElsewhereOrNowhere(t *testing.T) {
	p := &siting.Problem{
		Goal: siting.LeastTotal, Weight: []int64{10, 6}, Choose: 1, Capacity: []int64{7, 4, 0},
		Sites: []siting.Site{{Status: siting.Kept}, {}, {}},
		Ways:  siting.Ways{Table: []int32{5, 9, 1, 5, 6, 1}},
	}
	s := solve(t, p, siting.Options{})
	// Nobody can be served at the third, which is nearest to all; 5 find no room.
	want := []siting.Load{{Demand: 0, Site: 0, Weight: 7}, {Demand: 1, Site: 1, Weight: 4}}
	if !reflect.DeepEqual(s.Chosen, []int32{1}) || s.Reached != 11 || s.Objective != 7*5+4*6+5*19 || s.Objective != s.Bound {
		t.Errorf("chosen %v, %d reached, objective %d, loads %v", s.Chosen, s.Reached, s.Objective, s.Loads)
	}
	if !reflect.DeepEqual(s.Loads, want) {
		t.Errorf("loads %v", s.Loads)
	}
}

func TestTheCheckFindsWhatIsWrongWithLoads(t *testing.T) {
	for want, spoil := range map[string]func(p *siting.Problem, s *siting.Solution){
		"more than its capacity":    func(p *siting.Problem, s *siting.Solution) { p.Capacity[s.Loads[0].Site] = 1 },
		"which is not there for it": func(_ *siting.Problem, s *siting.Solution) { s.Loads[0].Site = 0 },
		"than there are":            func(_ *siting.Problem, s *siting.Solution) { s.Loads[0].Weight += 1000 },
		"though a site has room":    func(_ *siting.Problem, s *siting.Solution) { s.Loads = s.Loads[1:] },
		"load 0 is none":            func(_ *siting.Problem, s *siting.Solution) { s.Loads[0].Weight = 0 },
		"by demand and site":        func(_ *siting.Problem, s *siting.Solution) { s.Loads[0], s.Loads[1] = s.Loads[1], s.Loads[0] },
		"where most of them are":    func(_ *siting.Problem, s *siting.Solution) { s.Site[s.Loads[0].Demand] = siting.None },
		"are reached and":           func(_ *siting.Problem, s *siting.Solution) { s.Reached++ },
		"the objective is":          func(_ *siting.Problem, s *siting.Solution) { s.Objective++; s.Gap = 1 },
	} {
		p := made{goal: siting.LeastTotal, demands: 20, sites: 6, choose: 3}.problem(2)
		p.Capacity = []int64{0, 90, 90, 90, 90, 90}
		s := solve(t, p, siting.Options{})
		spoil(p, s)
		if got := strings.Join(siting.Check(p, s), "; "); !strings.Contains(got, want) {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

func TestMeaninglessCapacitiesAreRefusedWithTheirReason(t *testing.T) {
	for want, spoil := range map[string]func(p *siting.Problem){
		"site 2: its capacity is -2":      func(p *siting.Problem) { p.Capacity[2] = -2 },
		"capacities for 4 of 5 sites":     func(p *siting.Problem) { p.Capacity = p.Capacity[1:] },
		"all have a capacity of 0":        func(p *siting.Problem) { clear(p.Capacity) },
		"are for the goals mclp and pmed": func(p *siting.Problem) { p.Goal = siting.LeastWorst },
	} {
		p := made{goal: siting.LeastTotal, demands: 10, sites: 5, choose: 2}.problem(1)
		p.Capacity = []int64{5, 5, 5, 5, siting.None}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		if spoil(p); p.Validate() == nil || !strings.Contains(p.Validate().Error(), want) {
			t.Errorf("want %q, got %v", want, p.Validate())
		}
	}
}

func TestWithCapacitiesAnswersAreTheOptimaOfLinearPrograms(t *testing.T) {
	cbc, err := exec.LookPath("cbc")
	if err != nil {
		t.Skip("cbc (package coinor-cbc) is not installed")
	}
	for k, m := range []made{
		{demands: 50, sites: 20, choose: 4, radius: 200, kept: 2, places: true},
		{demands: 50, sites: 20, choose: 6, radius: 200, lists: true, prices: true, budget: 20},
	} {
		for _, goal := range []siting.Goal{siting.LeastTotal, siting.MostCovered} {
			p := limited(m.asks(goal).problem(uint64(70+k)), uint64(k), 2)
			s := solve(t, p, siting.Options{})
			want := optimum(t, cbc, program(p))
			if goal == siting.MostCovered {
				all := int64(0)
				for _, w := range p.Weight {
					all += w
				}
				want = all - want
			}
			if s.Objective != want || s.Bound != want {
				t.Errorf("%s %d: objective %d, bound %d; the optimum is %d", goal, k, s.Objective, s.Bound, want)
			}
		}
	}
}
