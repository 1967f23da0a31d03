package supply

import "fmt"

// Check returns what is wrong with an assignment, whoever made it, one sentence
// each; nothing: it is a best one, and its figures are right. It knows nothing of
// Assign: with the prices, that is linear programming duality. Nobody pays less
// anywhere than where they are, walk and price together, nobody without a place
// would pay less for one than it costs to be without, and a place costs something
// only where all are taken; so no assignment has a lower cost.
func Check(p *Problem, a *Assignment) []string {
	if err := p.Validate(); err != nil {
		return []string{err.Error()}
	}
	if len(a.Flow) != len(p.Ways.Facility) || len(a.Left) != len(p.Weight) || len(a.Taken) != len(p.Capacity) || len(a.Price) != len(p.Capacity) {
		return []string{"the lists of the assignment do not fit the problem"}
	}
	var out []string
	wrong := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	var count Assignment
	for way, n := range a.Flow {
		if n < 0 {
			wrong("%d people are on way %d", n, way)
		}
	}
	count.Flow = a.Flow
	count.count(p)
	for d := range p.Weight {
		if a.Left[d] != count.Left[d] || a.Left[d] < 0 {
			wrong("demand %d: %d of %d people are said to have no place, %d have none", d, a.Left[d], p.Weight[d], count.Left[d])
		}
	}
	for j, c := range p.Capacity {
		switch taken := count.Taken[j]; {
		case a.Taken[j] != taken:
			wrong("facility %d: %d places are said to be taken, %d are", j, a.Taken[j], taken)
		case c != Unknown && taken > c:
			wrong("facility %d: %d places are taken of %d", j, taken, c)
		case a.Price[j] < 0:
			wrong("facility %d: its price %d is below 0", j, a.Price[j])
		case a.Price[j] > 0 && (c == Unknown || taken < c):
			wrong("facility %d: places are left, but their price is %d", j, a.Price[j])
		}
	}
	if got, want := [...]int64{a.Served, a.OnPaper, a.Beyond, a.Cost, a.NoData}, [...]int64{count.Served, count.OnPaper, count.Beyond, count.Cost, count.NoData}; got != want {
		wrong("served, on paper, beyond, cost and of unknown capacity are said to be %d, they are %d", got, want)
	}
	without := p.unserved()
	for d := range p.Weight {
		out = append(out, checkPrices(p, a, d, without[p.class(d)])...)
	}
	return out
}

// checkPrices tells whether a demand's people are where it is cheapest for them,
// who are without a place at a cost.
func checkPrices(p *Problem, a *Assignment, d int, without int64) (out []string) {
	least := without
	first, end := p.Ways.First[d], p.Ways.First[d+1]
	for e := first; e < end; e++ {
		least = min(least, int64(p.Ways.Cost[e])+a.Price[p.Ways.Facility[e]])
	}
	for e := first; e < end; e++ {
		if j := p.Ways.Facility[e]; a.Flow[e] > 0 && int64(p.Ways.Cost[e])+a.Price[j] > least {
			out = append(out, fmt.Sprintf("demand %d: somebody is at facility %d and would be better off elsewhere", d, j))
		}
	}
	if a.Left[d] > 0 && least < without {
		out = append(out, fmt.Sprintf("demand %d: somebody has no place and should have one", d))
	}
	return out
}
