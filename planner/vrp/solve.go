package vrp

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Solve finds a solution of least cost for a valid problem. It is feasible at
// any time and never gets worse; ctx ending is an error, the end of
// Budget and Iterations is not.
//
// It constructs a solution client by client and then ruins and recreates parts
// of it (Schrimpf et al. 2000; Christiaens & Vanden Berghe 2020) under
// simulated annealing, on each thread for itself.
func Solve(ctx context.Context, p *Problem, o Options) (*Solution, Stats, error) {
	if err := ctx.Err(); err != nil {
		return nil, Stats{}, fmt.Errorf("solve: %w", err)
	}
	m := newModel(p)
	run := newRun(ctx, m, o)
	if err := run.search(); err != nil {
		return nil, Stats{}, fmt.Errorf("solve: %w", err)
	}
	win := run.winner()
	sol, cost := win.s.solution(win.best)
	return sol, Stats{Cost: cost, Iterations: run.iterations(), Improved: run.improved}, nil
}

// construct builds a solution: the starting one, as far as it fits, and then
// every client that misses anything, those first whose missing visits weigh
// most and who have fewest workers.
func (s *state) construct(from *Solution) {
	if from != nil {
		s.resume(from)
		s.commit()
	}
	m := s.m
	order := make([]int32, 0, len(m.clients))
	for c := range m.clients {
		if from == nil || s.rules[c] == m.clients[c].missing || m.p.Unserved > 0 && s.rules[c] >= m.p.Unserved {
			order = append(order, int32(c))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		x, y := &m.clients[a], &m.clients[b]
		return cmp.Or(
			-cmp.Compare(x.missing, y.missing),
			cmp.Compare(boolInt(x.windowed), boolInt(y.windowed)),
			-cmp.Compare(x.visits, y.visits),
			-cmp.Compare(x.load, y.load),
			-cmp.Compare(m.far(a), m.far(b)),
		)
	})
	for _, c := range order {
		before := s.total
		s.choose(c)
		s.recreate(false)
		if from == nil {
			continue
		}
		if s.total > before {
			s.rollback() // what was there is not found again visit by visit
		} else {
			s.commit()
		}
	}
	s.commit()
}

func boolInt(b bool) int {
	if b {
		return 0
	}
	return 1
}

// solution writes a best solution out, with its costs by term.
func (s *state) solution(b *best) (*Solution, Cost) {
	sol := &Solution{}
	for k := range b.routes {
		if len(b.routes[k]) > 0 {
			var r Route
			s.walk(&s.m.shifts[k], b.routes[k], b.pins[k], &r)
			sol.Routes = append(sol.Routes, r)
		}
	}
	slices.SortFunc(sol.Routes, func(a, b Route) int { return cmp.Compare(a.Shift, b.Shift) })
	return sol, s.cost(b)
}

// cost returns the costs of a best solution by term.
func (s *state) cost(b *best) Cost {
	m := s.m
	cost := Cost{Total: b.total}
	for k := range b.routes {
		if len(b.routes[k]) == 0 {
			continue
		}
		sh := &m.shifts[k]
		if m.p.WaitCost != 0 {
			_, wait := s.walk(sh, b.routes[k], b.pins[k], nil)
			cost.Wait += wait * m.p.WaitCost
		}
		cost.Fixed += sh.fixed
		cost.Routes++
		at := sh.start
		for _, c := range b.routes[k] {
			cost.Travel += int64(sh.prof.cost[int(at)*m.stride+int(m.clients[c].place)])
			at = m.clients[c].place
		}
		cost.Travel += int64(sh.prof.cost[int(at)*m.stride+int(sh.end)])
	}
	for _, v := range b.paid {
		cost.Visits += v
	}
	for _, v := range b.rules {
		cost.Rules += v
		if m.p.Unserved > 0 && v >= m.p.Unserved {
			cost.Missed++
		}
	}
	return cost
}
