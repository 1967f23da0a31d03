package siting

import "slices"

// steps ranks the sites of a choice: again and again the one that brings most
// of those that may come, the first of equal ones.
func (p *Problem) steps(chosen []int32) []Step {
	l := newLadder(p, chosen)
	var out []Step
	for len(l.left) > 0 {
		best, gain := -1, int64(0)
		for k := range l.left {
			if !l.may(k) {
				continue
			}
			if g := l.gain(l.left[k]); best < 0 || g > gain {
				best, gain = k, g
			}
		}
		if best < 0 {
			return out // a choice that forgets idle sites; Check tells of it
		}
		s := l.left[best]
		l.left = slices.Delete(l.left, best, best+1)
		l.open(s)
		out = append(out, Step{Site: s, Gain: gain, After: l.value()})
	}
	return out
}

// ladder is a choice that grows site by site.
type ladder struct {
	p    *Problem
	far  int64
	left []int32
	// Ways of each site that is left to come, by its place in all.
	at   map[int32]int
	row  [][]int32
	cost [][]int32

	now     []int64 // what each demand costs so far
	sum     int64
	idleOut map[int32]int // idle sites of a place that have not come
}

func newLadder(p *Problem, chosen []int32) *ladder {
	l := &ladder{p: p, far: int64(p.far()), left: slices.Clone(chosen), at: map[int32]int{}, idleOut: map[int32]int{}}
	for k, s := range chosen {
		l.at[s] = k
	}
	for _, s := range p.Sites {
		if s.Status == Idle && s.Place > 0 {
			l.idleOut[s.Place]++
		}
	}
	l.row, l.cost = make([][]int32, len(chosen)), make([][]int32, len(chosen))
	l.now = make([]int64, len(p.Weight))
	stays := p.serving(nil)
	for d := range p.Weight {
		l.now[d] = l.none()
		if p.Weight[d] == 0 || p.Goal == LeastWorst && p.hopeless(d) {
			l.now[d] = 0
			continue
		}
		if s, c := p.reach(d, stays); s != None {
			l.now[d] = l.served(c)
		}
		l.sum += p.Weight[d] * l.now[d]
		come := func(s, c int32) {
			if k, ok := l.at[s]; ok && p.inReach(c) {
				l.row[k], l.cost[k] = append(l.row[k], int32(d)), append(l.cost[k], c)
			}
		}
		if !p.Ways.leaves(d) {
			p.Ways.each(d, len(p.Sites), come)
			continue
		}
		for _, s := range chosen {
			if c := p.Ways.Between(d, s, len(p.Sites)); c >= 0 {
				come(s, c)
			}
		}
	}
	return l
}

// none is what a demand costs that nothing reaches, served what it costs at the
// end of a way: 1 and 0 where reach is all that counts.
func (l *ladder) none() int64 {
	if l.p.Goal == MostCovered || l.p.Goal == AllCovered {
		return 1
	}
	return l.far
}

func (l *ladder) served(cost int32) int64 {
	if l.p.Goal == MostCovered || l.p.Goal == AllCovered {
		return 0
	}
	return int64(cost)
}

// may tells whether the k-th of those left may come before the others.
func (l *ladder) may(k int) bool {
	s := &l.p.Sites[l.left[k]]
	return s.Status == Idle || l.idleOut[s.Place] == 0
}

// gain is what site s brings.
func (l *ladder) gain(s int32) int64 {
	k := l.at[s]
	var sum int64
	if l.p.Goal == LeastWorst {
		before := l.worst()
		old := make([]int64, len(l.row[k]))
		for i, d := range l.row[k] {
			old[i] = l.now[d]
			l.now[d] = min(old[i], l.served(l.cost[k][i]))
		}
		sum = before - l.worst()
		for i, d := range l.row[k] {
			l.now[d] = old[i]
		}
		return sum
	}
	for i, d := range l.row[k] {
		if c := l.served(l.cost[k][i]); c < l.now[d] {
			sum += l.p.Weight[d] * (l.now[d] - c)
		}
	}
	return sum
}

func (l *ladder) open(s int32) {
	k := l.at[s]
	for i, d := range l.row[k] {
		if c := l.served(l.cost[k][i]); c < l.now[d] {
			l.sum -= l.p.Weight[d] * (l.now[d] - c)
			l.now[d] = c
		}
	}
	if q := &l.p.Sites[s]; q.Status == Idle && q.Place > 0 {
		l.idleOut[q.Place]--
	}
}

// value is the weight covered, the sum, or the largest cost.
func (l *ladder) value() int64 {
	switch l.p.Goal {
	case MostCovered, AllCovered:
		var all int64
		for _, w := range l.p.Weight {
			all += w
		}
		return all - l.sum
	case LeastWorst:
		return l.worst()
	default:
		return l.sum
	}
}

func (l *ladder) worst() int64 {
	var most int64
	for _, c := range l.now {
		most = max(most, c)
	}
	return most
}
