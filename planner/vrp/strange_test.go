package vrp_test

import (
	"testing"

	"pgregory.net/rapid"

	"sanse/planner/vrp"
)

// strangeProblem draws a valid problem that nobody would ask for: no shifts,
// places without ways, shifts of no length, breaks longer than shifts, times
// near 2^30, ways that are no metric, costs far apart and below 0.
func strangeProblem(t *rapid.T) *vrp.Problem {
	num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	pick := func(name string, of ...int) int { return rapid.SampledFrom(of).Draw(t, name) }
	time := func(name string) int32 {
		return int32(pick(name, 0, 1, 5, 17, 60, 1000, 1<<29, 1<<30-1))
	}
	p := &vrp.Problem{Days: pick("days", 1, 2, 7, 31), WaitCost: int64(pick("wait", 0, 0, 1, 60)), Unserved: int64(pick("unserved", 0, 1, 1000, 1_000_000_000_000))}
	places := pick("places", 1, 2, 5, 9)
	for range pick("profiles", 1, 1, 2) {
		f := vrp.Profile{}
		for range places {
			row, cost := make([]int32, places), make([]int32, places)
			for j := range row {
				row[j] = int32(pick("way", -1, 0, 1, 3, 10, 10, 30, 30, 500, 1<<30-1))
				cost[j] = int32(pick("cost of a way", 0, 1, 20, 1<<31-1))
			}
			f.Time, f.Cost = append(f.Time, row), append(f.Cost, cost)
		}
		if num("cost", 0, 1) == 0 {
			f.Cost = nil
		}
		p.Profiles = append(p.Profiles, f)
	}
	for range pick("workers", 1, 2, 4) {
		p.Workers = append(p.Workers, vrp.Worker{MaxTasks: pick("tasks", 0, 0, 0, 1, 3)})
	}
	windows := func() []vrp.Window {
		var out []vrp.Window
		at := int32(0)
		for range num("windows", 1, 3) {
			from := at + time("opens")/4
			to := from + time("open")/4
			if to < from || to >= 1<<30-2 {
				break
			}
			out = append(out, vrp.Window{From: from, To: to})
			at = to + 1
		}
		if out == nil {
			out = []vrp.Window{{From: 3, To: 3}}
		}
		return out
	}
	for range pick("shifts", 0, 1, 3, 12, 40) {
		s := vrp.Shift{
			Worker: num("worker", 0, len(p.Workers)-1), Day: num("day", 0, p.Days-1), Profile: num("profile", 0, len(p.Profiles)-1),
			Start: num("start", -1, places-1), End: num("end", -1, places-1),
			From: time("from") / 2, Fixed: int64(pick("fixed", 0, 0, 900, 1_000_000_000)),
		}
		s.To = s.From + time("length")/2
		if num("limited", 0, 3) == 0 {
			s.MaxTime, s.MaxTravel, s.MaxTasks = time("max time"), time("max travel"), pick("max tasks", 0, 1, 5)
		}
		if num("loaded", 0, 3) == 0 {
			s.Capacity = []int32{time("capacity"), time("capacity")}
		}
		if num("pauses", 0, 3) == 0 {
			for range num("breaks", 1, 3) {
				b := vrp.Break{Service: time("break")}
				if num("any time", 0, 1) == 0 {
					b.Windows = windows()
				}
				s.Breaks = append(s.Breaks, b)
			}
		}
		p.Shifts = append(p.Shifts, s)
	}
	for range pick("clients", 0, 1, 2, 5, 12) {
		c := vrp.Client{Place: num("place", 0, places-1), Service: time("service") / 2, Setup: time("setup") / 2, Crew: pick("crew", 0, 0, 1, 2), Rule: tinyRule(t, p.Days)}
		if num("hours", 0, 2) == 0 {
			c.Windows = make([][]vrp.Window, p.Days)
			for d := range c.Windows {
				switch num("day's hours", 0, 3) {
				case 0:
				case 1:
					c.Windows[d] = []vrp.Window{}
				default:
					c.Windows[d] = windows()
				}
			}
		}
		if num("loads", 0, 2) == 0 {
			c.Deliver, c.Pickup = []int32{time("deliver")}, []int32{time("pickup"), time("pickup")}
		}
		if num("who", 0, 2) == 0 {
			c.Who = []vrp.Choice{}
			cost := int64(-50)
			for w := range p.Workers {
				if num("may", 0, 1) == 0 {
					c.Who = append(c.Who, vrp.Choice{Worker: w, Cost: cost})
				}
				cost += int64(pick("dearer", 0, 100, 1_000_000))
			}
		}
		if num("dear days", 0, 2) == 0 {
			for range p.Days {
				c.DayCost = append(c.DayCost, int64(pick("day cost", -1_000_000_000, -7, 0, 9, 1_000_000_000_000)))
			}
		}
		for range pick("kepts", 0, 0, 1, 4) {
			c.Kept = append(c.Kept, vrp.Kept{Day: num("kept day", 0, p.Days-1), Worker: num("kept worker", -1, len(p.Workers)-1), Cost: int64(pick("kept", -1_000_000_000_000_000, -20_000, 5, 1_000_000_000))})
		}
		p.Clients = append(p.Clients, c)
	}
	return p
}

func TestStrangeProblemsAreSolvedWithoutFault(t *testing.T) {
	taken, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := strangeProblem(t)
		all++
		if err := p.Validate(); err != nil {
			t.Skip(err)
		}
		taken++
		var last *vrp.Solution
		best := int64(0)
		for n, o := range []vrp.Options{
			{Iterations: -1},
			{Iterations: 60, Seed: 3},
			{Iterations: 40, Seed: 4, Threads: 2},
		} {
			o.From = last
			s, stats, err := vrp.Solve(t.Context(), p, o)
			if err != nil {
				t.Fatal(err)
			}
			cost, found := vrp.Check(p, s)
			if len(found) > 0 {
				t.Fatalf("run %d: %v", n, found)
			}
			if cost != stats.Cost {
				t.Fatalf("run %d: Check counts %+v, Solve %+v", n, cost, stats.Cost)
			}
			if n > 0 && cost.Total > best {
				t.Fatalf("run %d costs %d, what it started from %d", n, cost.Total, best)
			}
			if lower := vrp.Lower(p); cost.Total < lower {
				t.Fatalf("run %d costs %d, below the bound %d", n, cost.Total, lower)
			}
			last, best = s, cost.Total
		}
		if proof := vrp.Short(p); last != nil && p.Unserved > 0 && proof.Missing > 0 {
			if cost, _ := vrp.Check(p, last); cost.Missed == 0 {
				t.Fatalf("nobody is missed, the proof says %+v", proof)
			}
		}
	})
	if taken*2 < all {
		t.Errorf("only %d of %d problems are valid", taken, all)
	}
}
