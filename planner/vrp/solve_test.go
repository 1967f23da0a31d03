package vrp

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"
)

// townProblem makes up a periodic problem of a town: clients on a plane, each
// due on one or two of four days, vehicles with a load that is short by little.
func townProblem(seed uint64, clients, vehicles int) *Problem {
	r := rand.New(rand.NewPCG(seed, 3))
	p := &Problem{Days: 4, Unserved: 1e12}
	xy := make([][2]float64, clients+1)
	load := 0
	for i := range xy {
		xy[i] = [2]float64{r.Float64() * 1000, r.Float64() * 1000}
		if i == 0 {
			continue
		}
		rule := Patterns{Missing: 1e12, Sets: [][]int{{0, 2}, {1, 3}}}
		visits := 2
		if r.IntN(2) == 0 {
			rule.Sets, visits = [][]int{{0}, {1}, {2}, {3}}, 1
		}
		one := 1 + r.IntN(9)
		load += visits * one
		p.Clients = append(p.Clients, Client{Place: i, Service: 10, Deliver: []int32{int32(one)}, Rule: rule})
	}
	table := make([][]int32, len(xy))
	for i := range table {
		table[i] = make([]int32, len(xy))
		for j := range table[i] {
			table[i][j] = int32(abs(xy[i][0]-xy[j][0]) + abs(xy[i][1]-xy[j][1]))
		}
	}
	p.Profiles = []Profile{{Time: table}}
	room := int32(load*5/4/(4*vehicles) + 5)
	for w := range vehicles {
		p.Workers = append(p.Workers, Worker{})
		for d := range p.Days {
			p.Shifts = append(p.Shifts, Shift{Worker: w, Day: d, To: 1 << 20, Capacity: []int32{room}})
		}
	}
	return p
}

func solved(t testing.TB, p *Problem, o Options) (*Solution, Stats) {
	t.Helper()
	sol, st, err := Solve(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return sol, st
}

func TestSameSeedIterationsAndThreadsGiveTheSameSolution(t *testing.T) {
	p := townProblem(1, 40, 3)
	for _, threads := range []int{1, 2, 3} {
		o := Options{Seed: 5, Iterations: 1500, Threads: threads}
		a, sa := solved(t, p, o)
		b, sb := solved(t, p, o)
		if !reflect.DeepEqual(a, b) || sa.Cost != sb.Cost || sa.Iterations != sb.Iterations {
			t.Errorf("%d threads: %v and %v", threads, sa, sb)
		}
		if sa.Iterations != 1500*threads {
			t.Errorf("%d threads made %d iterations", threads, sa.Iterations)
		}
	}
}

func TestOtherNumbersForTheSameClientsCostTheSameButForNoise(t *testing.T) {
	p := townProblem(2, 30, 2)
	q := *p
	q.Clients = append([]Client{}, p.Clients...)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(q.Clients), func(i, j int) {
		q.Clients[i], q.Clients[j] = q.Clients[j], q.Clients[i]
	})
	o := Options{Seed: 1, Iterations: 20000}
	_, a := solved(t, p, o)
	_, b := solved(t, &q, o)
	if a.Cost.Missed+b.Cost.Missed > 0 {
		t.Fatalf("visits are missing: %+v, %+v", a.Cost, b.Cost)
	}
	if d := float64(a.Cost.Total) / float64(b.Cost.Total); d < 0.97 || d > 1.03 {
		t.Errorf("cost %d, with other numbers %d", a.Cost.Total, b.Cost.Total)
	}
}

// half is a budget that is spent after a number of iterations.
type half struct{ iterations int }

func (h half) Spent(iterations int, _ int64) float64 {
	return float64(iterations) / float64(h.iterations)
}

func TestABudgetEndsTheSearchAndProgressTellsOfIt(t *testing.T) {
	p := townProblem(3, 30, 2)
	calls, last := 0, Progress{}
	_, st := solved(t, p, Options{Budget: half{20000}, Threads: 2, Progress: func(pr Progress) {
		calls++
		if pr.Iterations < last.Iterations || calls > 1 && pr.Best.Total > last.Best.Total {
			t.Errorf("progress goes back: %+v after %+v", pr, last)
		}
		last = pr
	}})
	if calls == 0 || last.Best.Total < st.Cost.Total {
		t.Errorf("%d calls, the last %+v, the end %+v", calls, last, st.Cost)
	}
	if st.Iterations > 21000 {
		t.Errorf("%d iterations", st.Iterations)
	}
}

func TestAContextThatEndsIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p := townProblem(4, 30, 2)
	_, _, err := Solve(ctx, p, Options{Iterations: 1 << 40, Progress: func(Progress) { cancel() }})
	if err == nil {
		t.Error("no error")
	}
}

func TestFewerRoutesAreFoundWhereRoutesAreDear(t *testing.T) {
	p := townProblem(5, 40, 6)
	for i := range p.Shifts {
		p.Shifts[i].Fixed = 1e8
		p.Shifts[i].Capacity = []int32{60}
	}
	load := make([]int, 1)
	for _, c := range p.Clients {
		load[0] += int(c.Deliver[0]) * len(c.Rule.(Patterns).Sets[0])
	}
	_, st := solved(t, p, Options{Iterations: 20000})
	if least := (load[0] + 59) / 60; st.Cost.Missed > 0 || st.Cost.Routes > least+1 {
		t.Errorf("%d routes, %d missed; %d could carry it", st.Cost.Routes, st.Cost.Missed, least)
	}
}

func TestAnIterationAllocatesNothingOnceUnderWay(t *testing.T) {
	for name, p := range map[string]*Problem{
		"town":      townProblem(6, 60, 4),
		"automaton": districtProblem(6, 20),
	} {
		s := newState(newModel(p), 1)
		s.construct(nil)
		o := defaults()
		s.blink, s.calm = 100, 10
		leg := s.measure()
		for range 20000 {
			s.step(&o, leg)
		}
		if n := testing.AllocsPerRun(2000, func() { s.step(&o, leg) }); n >= 1 {
			t.Errorf("%s: %v allocations an iteration", name, n)
		}
	}
}

// districtProblem makes up a block: residents to be visited every few days of a
// month, on foot by the nearest of a few visitors with two hours each.
func districtProblem(seed uint64, clients int) *Problem {
	p := townProblem(seed, clients, 1)
	r := rand.New(rand.NewPCG(seed, 4))
	p.Days, p.Unserved, p.WaitCost = 31, 1e9, 60
	p.Workers, p.Shifts = nil, nil
	for w := range 8 {
		p.Workers = append(p.Workers, Worker{})
		start := r.IntN(clients + 1)
		for d := range p.Days {
			if d%7 < 5 {
				p.Shifts = append(p.Shifts, Shift{Worker: w, Day: d, Start: start, End: None, From: 540, To: 4140, Fixed: 900})
			}
		}
	}
	for i := range p.Clients {
		c := &p.Clients[i]
		c.Service, c.Deliver = int32(300+r.IntN(900)), nil
		c.Rule = everyDays(p.Days, []int{2, 7, 14}[r.IntN(3)])
		for w := range p.Workers {
			c.Who = append(c.Who, Choice{w, int64(w/3) * 2_000_000})
		}
	}
	return p
}

func BenchmarkConstructBlock(b *testing.B) {
	p := districtProblem(1, 40)
	visits := 0
	for b.Loop() {
		sol, _ := solved(b, p, Options{Iterations: -1})
		visits = 0
		for _, r := range sol.Routes {
			visits += len(r.Stops)
		}
	}
	b.ReportMetric(float64(visits), "visits")
}

func BenchmarkStep(b *testing.B) {
	for name, p := range map[string]*Problem{
		"town 200":    townProblem(1, 200, 10),
		"district 40": districtProblem(1, 40),
	} {
		b.Run(name, func(b *testing.B) {
			s := newState(newModel(p), 1)
			s.construct(nil)
			o := defaults()
			s.blink, s.calm = 100, 10
			leg := s.measure()
			for b.Loop() {
				s.step(&o, leg/4)
			}
		})
	}
}
