package vrp

import "slices"

// Rule prices the sets of days on which a client may be visited. A Rule is
// immutable and may be shared by clients and goroutines.
type Rule interface {
	// Cheapest appends to out, ascending, the days for which the sum of their
	// prices and the rule's own cost is least, and returns that own cost. price
	// has one entry a day, Never where no visit is possible; a price may be
	// below 0. Of equal sets the one that visits earlier is taken. scratch is
	// memory that is grown as needed and returned for the next call.
	Cheapest(price []int64, out []int, scratch []int64) (days []int, cost int64, grown []int64)
	// Cost is the rule's own cost of these days, ascending; ok is false where
	// the rule forbids them.
	Cost(days []int) (cost int64, ok bool)
}

// Once is the rule of a client to be visited once: on the day of least price.
type Once struct {
	Days    []int // ascending; nil: any day
	Missing int64 // the cost of no visit
}

// Cheapest implements Rule.
func (r Once) Cheapest(price []int64, out []int, scratch []int64) ([]int, int64, []int64) {
	best, at := r.Missing, None
	try := func(d int) {
		if price[d] < best {
			best, at = price[d], d
		}
	}
	if r.Days == nil {
		for d := range price {
			try(d)
		}
	}
	for _, d := range r.Days {
		try(d)
	}
	if at == None {
		return out, r.Missing, scratch
	}
	return append(out, at), 0, scratch
}

// Cost implements Rule.
func (r Once) Cost(days []int) (int64, bool) {
	switch {
	case len(days) == 0:
		return r.Missing, true
	case len(days) > 1 || r.Days != nil && !slices.Contains(r.Days, days[0]):
		return 0, false
	}
	return 0, true
}

// Patterns is the rule of the periodic vehicle routing problem: one of several
// given sets of days.
type Patterns struct {
	Sets    [][]int // each ascending
	Missing int64   // the cost of no visit at all
}

// Cheapest implements Rule.
func (r Patterns) Cheapest(price []int64, out []int, scratch []int64) ([]int, int64, []int64) {
	best, at := r.Missing, None
	for i, set := range r.Sets {
		sum := int64(0)
		for _, d := range set {
			if sum += price[d]; price[d] >= Never {
				sum = Never
				break
			}
		}
		if sum < best {
			best, at = sum, i
		}
	}
	if at == None {
		return out, r.Missing, scratch
	}
	return append(out, r.Sets[at]...), 0, scratch
}

// Cost implements Rule.
func (r Patterns) Cost(days []int) (int64, bool) {
	if len(days) == 0 {
		return r.Missing, true
	}
	return 0, slices.ContainsFunc(r.Sets, func(set []int) bool { return slices.Equal(set, days) })
}

// Automaton is a rule as a small automaton unrolled over the days: from each
// state of a day one step for no visit and one for a visit. The cheapest days
// are a shortest path through it.
type Automaton struct {
	// Layer[d] is the first state of day d in Steps, Layer[Days] the final
	// state, len(Steps). State 0 is where it begins.
	Layer []int32
	Steps []Step
}

// Step is a state: where each choice leads and what it costs.
type Step struct {
	Skip, Visit         int32 // next state; Visit below 0: not allowed
	SkipCost, VisitCost int64
}

// Cheapest implements Rule.
func (a *Automaton) Cheapest(price []int64, out []int, scratch []int64) ([]int, int64, []int64) {
	n := len(a.Steps) + 1
	if cap(scratch) < n {
		scratch = make([]int64, n)
	}
	val := scratch[:n]
	val[n-1] = 0
	days := len(a.Layer) - 1
	for d := days - 1; d >= 0; d-- {
		pr := price[d]
		steps := a.Steps[a.Layer[d]:a.Layer[d+1]]
		layer := val[a.Layer[d]:a.Layer[d+1]][:len(steps)]
		if pr >= Never {
			for i := range steps {
				layer[i] = steps[i].SkipCost + val[steps[i].Skip]
			}
			continue
		}
		for i := range steps {
			e := &steps[i]
			v := e.SkipCost + val[e.Skip]
			if e.Visit >= 0 {
				v = min(v, pr+e.VisitCost+val[e.Visit])
			}
			layer[i] = v
		}
	}
	cost := int64(0)
	at := int32(0)
	for d := range days {
		e := &a.Steps[at]
		if e.Visit < 0 || price[d] >= Never || price[d]+e.VisitCost+val[e.Visit] != val[at] {
			cost += e.SkipCost
			at = e.Skip
			continue
		}
		out = append(out, d)
		cost += e.VisitCost
		at = e.Visit
	}
	return out, cost, scratch
}

// Cost implements Rule.
func (a *Automaton) Cost(days []int) (int64, bool) {
	cost := int64(0)
	at := int32(0)
	for d := range len(a.Layer) - 1 {
		e := &a.Steps[at]
		if len(days) > 0 && days[0] == d {
			if e.Visit < 0 {
				return 0, false
			}
			days = days[1:]
			cost += e.VisitCost
			at = e.Visit
			continue
		}
		cost += e.SkipCost
		at = e.Skip
	}
	return cost, len(days) == 0
}
