package vrp

import (
	"slices"
)

// sparing is a rule of which only what is missing is left: which sets of days
// miss how many visits, in multiples of Problem.Unserved. Its states are merged
// where nothing tells them apart any more, which makes it much smaller than the
// rule. nil stands for a rule of another kind, of which nothing is known.
type sparing struct {
	layer []int32
	steps []sparingStep
}

type sparingStep struct {
	skip, visit         int32 // visit below 0: not allowed
	skipMiss, visitMiss int32
}

// maxMissing bounds what is missing in a step, so that sums do not overflow.
const maxMissing = 1 << 24

// newSparing returns what is left of the rule of each client.
func newSparing(p *Problem) []*sparing {
	b := sparingBuilder{p: p, index: map[sparingStep]int32{}, seen: map[*Automaton]*sparing{}}
	rules := make([]*sparing, len(p.Clients))
	for i := range p.Clients {
		switch r := p.Clients[i].Rule.(type) {
		case Once:
			rules[i] = b.once(r)
		case *Once:
			rules[i] = b.once(*r)
		case Patterns:
			rules[i] = b.patterns(r)
		case *Patterns:
			rules[i] = b.patterns(*r)
		case *Automaton:
			s, ok := b.seen[r]
			if !ok {
				s = b.merge(r)
				b.seen[r] = s
			}
			rules[i] = s
		}
	}
	return rules
}

type sparingBuilder struct {
	p     *Problem
	index map[sparingStep]int32
	seen  map[*Automaton]*sparing
	class []int32
}

// miss counts a cost in multiples of Unserved.
func (b *sparingBuilder) miss(cost int64) int32 {
	return int32(max(0, min(cost/b.p.Unserved, maxMissing)))
}

// merge walks an automaton from the last day to the first: states that lead to
// the same ones with the same missing are one.
func (b *sparingBuilder) merge(a *Automaton) *sparing {
	days := len(a.Layer) - 1
	b.class = slices.Grow(b.class[:0], len(a.Steps)+1)[:len(a.Steps)+1]
	b.class[len(a.Steps)] = 0
	// Layers come last first, numbered within the day.
	var reversed []sparingStep
	sizes := make([]int, days)
	for d := days - 1; d >= 0; d-- {
		clear(b.index)
		for i := a.Layer[d]; i < a.Layer[d+1]; i++ {
			if d == 0 && i > 0 {
				break // only state 0 begins
			}
			e := &a.Steps[i]
			s := sparingStep{skip: b.class[e.Skip], visit: None, skipMiss: b.miss(e.SkipCost)}
			if e.Visit >= 0 {
				s.visit, s.visitMiss = b.class[e.Visit], b.miss(e.VisitCost)
			}
			k, ok := b.index[s]
			if !ok {
				k = int32(len(b.index))
				b.index[s] = k
				reversed = append(reversed, s)
			}
			b.class[i] = k
		}
		sizes[d] = len(b.index)
	}
	out := &sparing{layer: make([]int32, days+1), steps: make([]sparingStep, 0, len(reversed))}
	end := len(reversed)
	for d := range days {
		out.layer[d] = int32(len(out.steps))
		next := out.layer[d] + int32(sizes[d])
		for _, s := range reversed[end-sizes[d] : end] {
			s.skip += next
			if s.visit >= 0 {
				s.visit += next
			}
			out.steps = append(out.steps, s)
		}
		end -= sizes[d]
	}
	out.layer[days] = int32(len(out.steps))
	return out
}

// once is an automaton of two states a day: not seen yet and seen.
func (b *sparingBuilder) once(r Once) *sparing {
	if r.Days != nil {
		sets := make([][]int, len(r.Days))
		for i, d := range r.Days {
			sets[i] = []int{d}
		}
		return b.patterns(Patterns{Sets: sets, Missing: r.Missing})
	}
	sets := make([][]int, b.p.Days)
	for d := range sets {
		sets[d] = []int{d}
	}
	return b.patterns(Patterns{Sets: sets, Missing: r.Missing})
}

// patterns is an automaton whose states are the sets that are still possible
// after the days so far.
func (b *sparingBuilder) patterns(r Patterns) *sparing {
	days := b.p.Days
	has := func(set []int, d int) bool { return slices.Contains(set, d) }
	type state struct {
		sets []int
		none bool // nothing visited yet
	}
	a := &Automaton{Layer: make([]int32, days+1)}
	all := state{none: true}
	for i := range r.Sets {
		all.sets = append(all.sets, i)
	}
	now := []state{all}
	for d := range days {
		a.Layer[d] = int32(len(a.Steps))
		base := int32(len(a.Steps) + len(now))
		var then []state
		number := func(s state) int32 {
			if d == days-1 {
				return base
			}
			for k, t := range then {
				if t.none == s.none && slices.Equal(t.sets, s.sets) {
					return base + int32(k)
				}
			}
			then = append(then, s)
			return base + int32(len(then)) - 1
		}
		for _, s := range now {
			var skip, visit state
			skip.none = s.none
			for _, i := range s.sets {
				if has(r.Sets[i], d) {
					visit.sets = append(visit.sets, i)
				} else {
					skip.sets = append(skip.sets, i)
				}
			}
			e := Step{Visit: None}
			// A set that is left halfway cannot be had: as dear as it gets.
			if d == days-1 && s.none {
				e.SkipCost = r.Missing
			}
			if !s.none && len(skip.sets) == 0 {
				e.SkipCost = Never - 1
			}
			e.Skip = number(skip)
			if len(visit.sets) > 0 {
				e.Visit = number(visit)
			}
			a.Steps = append(a.Steps, e)
		}
		now = then
	}
	a.Layer[days] = int32(len(a.Steps))
	return b.merge(a)
}

// cheapest returns the least sum of the prices of days and of miss for each
// visit missing (Never: none may be), and appends the days of it to out; Never
// if there is no such set of days. A price of Never is of a day on which there
// cannot be a visit.
func (s *sparing) cheapest(price []int64, miss int64, val []int64, out []int32) (int64, []int32) {
	val[len(s.steps)] = 0
	days := len(s.layer) - 1
	for d := days - 1; d >= 0; d-- {
		pr := price[d]
		for i := s.layer[d]; i < s.layer[d+1]; i++ {
			e := &s.steps[i]
			v := val[e.skip]
			if e.skipMiss > 0 {
				v = missed(v, e.skipMiss, miss)
			}
			if e.visit >= 0 && pr < Never {
				w := val[e.visit]
				if e.visitMiss > 0 {
					w = missed(w, e.visitMiss, miss)
				}
				if w < Never {
					v = min(v, w+pr)
				}
			}
			val[i] = v
		}
	}
	if val[0] >= Never || out == nil {
		return val[0], out
	}
	at := int32(0)
	for d := range days {
		e := &s.steps[at]
		v := val[e.skip]
		if e.skipMiss > 0 {
			v = missed(v, e.skipMiss, miss)
		}
		if v == val[at] {
			at = e.skip
			continue
		}
		out = append(out, int32(d))
		at = e.visit
	}
	return val[0], out
}

// missed adds n missing visits to a value.
func missed(v int64, n int32, miss int64) int64 {
	if miss >= Never || v >= Never {
		return Never
	}
	return v + int64(n)*miss
}
