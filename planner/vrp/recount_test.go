package vrp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// recount works out from nothing but the routes what a state should hold.
func (s *state) recount() error {
	m, p := s.m, s.m.p
	total := int64(0)
	seen := map[[2]int][]int32{}
	for k := range s.routes {
		r, sh := &s.routes[k], &m.shifts[k]
		if len(r.clients) == 0 {
			if r.cost != 0 {
				return fmt.Errorf("shift %d: empty, and costs %d", k, r.cost)
			}
			continue
		}
		ok, wait := s.walk(sh, r.clients, r.pins, nil)
		if !ok {
			return fmt.Errorf("shift %d: cannot be walked", k)
		}
		if !sh.exact && !r.windowed && wait != 0 {
			return fmt.Errorf("shift %d: waits %d, which nobody counts", k, wait)
		}
		travel, at := int64(0), sh.start
		for _, c := range r.clients {
			travel += int64(sh.prof.cost[int(at)*m.stride+int(m.clients[c].place)])
			at = m.clients[c].place
			key := [2]int{int(c), int(sh.day)}
			seen[key] = append(seen[key], int32(k))
		}
		travel += int64(sh.prof.cost[int(at)*m.stride+int(sh.end)])
		if want := travel + wait*p.WaitCost + sh.fixed; want != r.cost {
			return fmt.Errorf("shift %d: costs %d, noted %d", k, want, r.cost)
		}
		total += r.cost
		if len(r.clients) > sh.maxTasks {
			return fmt.Errorf("shift %d: too many stops", k)
		}
	}
	for c := range m.clients {
		cl := &m.clients[c]
		var days []int
		for d := range m.days {
			on := seen[[2]int{c, d}]
			want := 1
			if cl.crew {
				want = 2
			}
			i := c*m.days + d
			if len(on) == 0 {
				if s.on[i] != away || s.paid[i] != 0 || m.crews && s.on2[i] != away {
					return fmt.Errorf("client %d day %d: noted on shift %d, is not", c, d, s.on[i])
				}
				continue
			}
			days = append(days, d)
			if len(on) != want {
				return fmt.Errorf("client %d day %d: %d stops", c, d, len(on))
			}
			if !m.allowed[i] {
				return fmt.Errorf("client %d: visited on day %d", c, d)
			}
			kept, whoever := m.keptOn(cl, d)
			paid := whoever + m.dayCost(cl, d)
			for _, k := range on {
				if s.on[i] != k && (!m.crews || s.on2[i] != k) {
					return fmt.Errorf("client %d day %d: is on shift %d, noted %d", c, d, k, s.on[i])
				}
				w := int(m.shifts[k].worker)
				cost, ok := cl.costOf(w)
				if !ok {
					return fmt.Errorf("client %d: visited by worker %d", c, w)
				}
				paid += cost + keptBy(kept, w)
			}
			if cl.crew && m.shifts[on[0]].worker == m.shifts[on[1]].worker {
				return fmt.Errorf("client %d: a crew of one", c)
			}
			if paid != s.paid[i] {
				return fmt.Errorf("client %d day %d: visit costs %d, noted %d", c, d, paid, s.paid[i])
			}
			total += paid
		}
		cost, ok := cl.rule.Cost(days)
		if !ok {
			return fmt.Errorf("client %d: days %v are forbidden", c, days)
		}
		if cost != s.rules[c] {
			return fmt.Errorf("client %d: rule costs %d, noted %d", c, cost, s.rules[c])
		}
		total += cost
	}
	if total != s.total {
		return fmt.Errorf("total is %d, noted %d", total, s.total)
	}
	if m.capped {
		count := make([]int32, len(s.tasks))
		for k := range s.routes {
			sh := &m.shifts[k]
			count[int(sh.day)*m.workers+int(sh.worker)] += int32(len(s.routes[k].clients))
		}
		for i, n := range count {
			if n != s.tasks[i] {
				return fmt.Errorf("tasks %d: %d, noted %d", i, n, s.tasks[i])
			}
			if most := p.Workers[i%m.workers].MaxTasks; most > 0 && int(n) > most {
				return fmt.Errorf("worker %d has %d tasks on a day", i%m.workers, n)
			}
		}
	}
	return nil
}

// anyProblem makes up a small problem with some of all features.
func anyProblem(r *rand.Rand) *Problem {
	yes := func(share float64) bool { return r.Float64() < share }
	p := &Problem{Days: 1 + r.IntN(5), Unserved: 1e9}
	places := 2 + r.IntN(12)
	xy := make([][2]float64, places)
	for i := range xy {
		xy[i] = [2]float64{r.Float64() * 50, r.Float64() * 50}
	}
	asym, gaps := yes(0.3), yes(0.2)
	table := func(gaps bool) [][]int32 {
		t := make([][]int32, places)
		for i := range t {
			t[i] = make([]int32, places)
			for j := range t[i] {
				t[i][j] = int32(abs(xy[i][0]-xy[j][0]) + abs(xy[i][1]-xy[j][1]))
				if asym && i != j {
					t[i][j] += int32(r.IntN(20))
				}
				if gaps && i != j && yes(0.1) {
					t[i][j] = -1
				}
			}
		}
		return t
	}
	for range 1 + r.IntN(2) {
		pf := Profile{Time: table(gaps)}
		if yes(0.3) {
			pf.Cost = table(false)
		}
		p.Profiles = append(p.Profiles, pf)
	}
	if yes(0.3) {
		p.WaitCost = int64(r.IntN(3))
	}
	dims := r.IntN(3)
	load := func(most int) []int32 {
		if dims == 0 || yes(0.3) {
			return nil
		}
		l := make([]int32, dims)
		for i := range l {
			l[i] = int32(r.IntN(most))
		}
		return l
	}
	capped := yes(0.3)
	for range 1 + r.IntN(4) {
		w := Worker{}
		if capped && yes(0.5) {
			w.MaxTasks = 1 + r.IntN(4)
		}
		p.Workers = append(p.Workers, w)
	}
	windows := func() []Window {
		var ws []Window
		t := int32(0)
		for range 1 + r.IntN(2) {
			t += int32(r.IntN(150))
			to := t + int32(r.IntN(100))
			ws = append(ws, Window{t, to})
			t = to + 1
		}
		return ws
	}
	breaks, durations := yes(0.2), yes(0.3)
	for w := range p.Workers {
		for d := range p.Days {
			for range r.IntN(3) {
				sh := Shift{Worker: w, Day: d, Profile: r.IntN(len(p.Profiles)), Start: r.IntN(places), End: r.IntN(places), From: int32(r.IntN(50)), Fixed: int64(r.IntN(2) * 30)}
				sh.To = sh.From + int32(100+r.IntN(300))
				if yes(0.2) {
					sh.Start = None
				}
				if yes(0.2) {
					sh.End = None
				}
				if durations && yes(0.5) {
					sh.MaxTime = int32(50 + r.IntN(150))
				}
				if yes(0.1) {
					sh.MaxTravel = int32(50 + r.IntN(100))
				}
				if yes(0.2) {
					sh.MaxTasks = 1 + r.IntN(4)
				}
				if dims > 0 && yes(0.7) {
					sh.Capacity = make([]int32, dims)
					for i := range sh.Capacity {
						sh.Capacity[i] = int32(10 + r.IntN(20))
					}
				}
				if breaks {
					t := int32(0)
					for range r.IntN(3) {
						b := Break{Service: int32(r.IntN(30))}
						if yes(0.7) {
							b.Windows = windows()
							for i := range b.Windows {
								b.Windows[i].From += t
								b.Windows[i].To += t
							}
						}
						t += 40
						sh.Breaks = append(sh.Breaks, b)
					}
				}
				p.Shifts = append(p.Shifts, sh)
			}
		}
	}
	withWindows, crews, setups, pickups, choosy := yes(0.5), yes(0.3), yes(0.2), yes(0.2), yes(0.4)
	for range r.IntN(15) {
		c := Client{Place: r.IntN(places), Service: int32(r.IntN(15)), Deliver: load(8)}
		if setups && yes(0.5) {
			c.Setup = int32(r.IntN(8))
		}
		if pickups {
			c.Pickup = load(8)
		}
		if withWindows && yes(0.6) {
			c.Windows = make([][]Window, p.Days)
			for d := range c.Windows {
				switch {
				case yes(0.1):
					c.Windows[d] = []Window{}
				case yes(0.8):
					c.Windows[d] = windows()
				}
			}
		}
		if yes(0.2) {
			c.DayCost = make([]int64, p.Days)
			for d := range c.DayCost {
				c.DayCost[d] = int64(r.IntN(20))
			}
		}
		if choosy && yes(0.7) {
			cost := int64(0)
			c.Who = []Choice{}
			for w := range p.Workers {
				if yes(0.7) {
					c.Who = append(c.Who, Choice{w, cost})
					cost += int64(r.IntN(100))
				}
			}
		}
		if yes(0.2) {
			for range 1 + r.IntN(3) {
				c.Kept = append(c.Kept, Kept{Day: r.IntN(p.Days), Worker: r.IntN(len(p.Workers)+1) - 1, Cost: int64(r.IntN(300) - 200)})
			}
		}
		if crews && yes(0.4) {
			c.Crew = 2
		}
		switch r.IntN(3) {
		case 0:
			o := Once{Missing: 1e9}
			if yes(0.5) {
				o.Days = []int{r.IntN(p.Days)}
			}
			c.Rule = o
		case 1:
			pt := Patterns{Missing: 2e9}
			for range 1 + r.IntN(3) {
				var set []int
				for d := range p.Days {
					if yes(0.5) {
						set = append(set, d)
					}
				}
				if len(set) > 0 {
					pt.Sets = append(pt.Sets, set)
				}
			}
			c.Rule = pt
		case 2:
			c.Rule = everyDays(p.Days, 1+r.IntN(3))
		}
		p.Clients = append(p.Clients, c)
	}
	return p
}

func abs(x float64) float64 { return max(x, -x) }

// everyDays asks for a visit at least every gap days, a lapse costing 1e9.
func everyDays(days, gap int) *Automaton {
	a := &Automaton{}
	for d := range days {
		a.Layer = append(a.Layer, int32(d*gap))
		for since := range gap {
			to := func(i int) int32 {
				if d == days-1 {
					return int32(days * gap)
				}
				return int32((d+1)*gap + i)
			}
			st := Step{Skip: to(since + 1), Visit: to(0)}
			if since+1 == gap {
				st.Skip, st.SkipCost = to(0), 1e9
			}
			a.Steps = append(a.Steps, st)
		}
	}
	// The first state of day 0 is where it begins; the others there are dead.
	a.Layer = append(a.Layer, int32(days*gap))
	return a
}

func TestStateAgreesWithRecountAfterEveryStep(t *testing.T) {
	for seed := range uint64(300) {
		p := anyProblem(rand.New(rand.NewPCG(seed, 1)))
		m := newModel(p)
		s := newState(m, seed)
		s.construct(nil)
		if err := s.recount(); err != nil {
			t.Fatalf("problem %d: constructed: %v", seed, err)
		}
		if len(p.Clients) == 0 || len(p.Shifts) == 0 {
			continue
		}
		o := defaults()
		s.blink, s.calm = 20, 3
		b := newBest(s)
		for i := range 200 {
			s.measure()
			s.step(&o, 30)
			if err := s.recount(); err != nil {
				t.Fatalf("problem %d: step %d: %v", seed, i, err)
			}
			if s.total < b.total {
				b.take(s)
			}
		}
		s.load(b)
		if err := s.recount(); err != nil {
			t.Fatalf("problem %d: best: %v", seed, err)
		}
	}
}

func TestSolveNeverGetsWorseWithMoreIterationsOrFromItsOwnResult(t *testing.T) {
	for seed := range uint64(60) {
		p := anyProblem(rand.New(rand.NewPCG(seed, 2)))
		last := int64(0)
		for i, n := range []int{-1, 50, 400, 3000} {
			o := Options{Seed: seed, Iterations: n, Threads: 1 + int(seed%3)}
			sol, st, err := Solve(context.Background(), p, o)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 && st.Cost.Total > last {
				t.Errorf("problem %d: %d iterations cost %d, fewer %d", seed, n, st.Cost.Total, last)
			}
			last = st.Cost.Total
			c := st.Cost
			if c.Rules+c.Visits+c.Travel+c.Wait+c.Fixed != c.Total {
				t.Errorf("problem %d: terms do not add up: %+v", seed, c)
			}
			o.From, o.Iterations = sol, -1
			_, again, err := Solve(context.Background(), p, o)
			if err != nil {
				t.Fatal(err)
			}
			if again.Cost.Total > c.Total {
				t.Errorf("problem %d: from a solution of %d: %d", seed, c.Total, again.Cost.Total)
			}
		}
	}
}
