package vrp

import (
	"cmp"
	"slices"
)

// settings are what the search was tuned by.
type settings struct {
	removed   float64 // mean number of visits that ruin takes out
	often     float64 // visits a client has from which on fewer clients lose them
	longest   float64 // string at most
	shortest  float64 // share of removed and longest that the shortest search takes out
	large     float64 // share of ruins that are larger in both by the factor
	factor    float64
	split     float64 // share of ruins that leave a gap in their strings
	growth    float64 // chance to lengthen the gap
	blink     float64 // chance to overlook a route, at least
	mostBlink float64 // at most, and what it is where routes have one stop
	sameDay   float64 // share of ruins on one day whose visits stay on it
	oneDay    float64 // share of the other ruins on one day only
	cluster   float64 // share of those that take out a neighbourhood on all days
	whole     float64 // chance that there a client that lost a visit loses all
	hot, cold float64 // temperatures in mean legs
	warm      float64 // that of the fight for fewer routes
	perVisit  float64 // iterations a visit from which on an annealing begins at hot
	fleet     float64 // share of the budget for it
}

func defaults() settings {
	return settings{
		removed: 10, often: 2.5, longest: 10, large: 0.1, factor: 4, split: 0.5, growth: 0.99, blink: 0.01, mostBlink: 0.25, shortest: 0.25,
		sameDay: 0.5, cluster: 0.3, whole: 1, oneDay: 0.5, hot: 4, cold: 0.01, warm: 0.1, perVisit: 50, fleet: 0.3,
	}
}

// boldly returns the settings of every second chain: a ruin takes many whole
// routes out and never a neighbourhood. It comes to other numbers of routes on
// a day, where the usual ruins keep the one that they found early.
func (s settings) boldly() settings {
	s.removed, s.longest, s.large, s.cluster = 30, 30, 0, 0
	return s
}

// blinkOf returns the chance to overlook a route where routes have that many
// stops on average. Where they have one or two, putting a client elsewhere
// disturbs nobody else, and the search may look around; a long route is spoilt
// by it.
func (s *settings) blinkOf(stops float64) float64 {
	return max(s.blink, min(s.mostBlink, 0.7/(stops*stops*stops)))
}

// lists holds the lists of clients around others in one piece of memory.
type lists struct {
	free []int32
	key  []int64
}

// mostNear bounds the clients that count as being around another.
const mostNear = 128

// around returns the clients by distance from one, itself first.
func (s *state) around(c int32) []int32 {
	if s.near[c] != nil {
		return s.near[c]
	}
	m := s.m
	n := len(m.clients)
	all := s.lists.free[:0]
	key := sized(s.lists.key, n)
	s.lists.key = key
	pf := &m.profiles[0]
	row := int(m.clients[c].place) * m.stride
	for i := range m.clients {
		to := row + int(m.clients[i].place)
		key[i] = int64(pf.cost[to]) + int64(pf.costIn[to])
		if pf.cost[to] < 0 || pf.costIn[to] < 0 {
			key[i] = infinite
		}
		all = append(all, int32(i))
	}
	key[c] = -1
	slices.SortFunc(all, func(a, b int32) int { return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(a, b)) })
	s.lists.free = all
	s.near[c] = slices.Clone(all[:min(n, mostNear)])
	return s.near[c]
}

// ruin takes visits out of the plan; the clients that lost any are in the pool.
// So is the one around which it happens, even if it had none: a client that is
// not visited because that costs little gets its chance.
func (s *state) ruin(o *settings, sameDay bool) {
	m := s.m
	seed := int32(s.rng.below(len(m.clients)))
	day := None
	if m.days > 1 && (sameDay || s.rng.float() < o.oneDay) {
		if k := s.someRoute(seed, None); k != away {
			day = int(m.shifts[k].day)
		} else {
			day = s.rng.below(m.days)
		}
	}
	removed := o.removed * s.bold
	if m.days > 1 && !sameDay {
		// Whoever loses a visit loses them all: fewer clients where they have
		// many.
		removed = max(2, removed*min(1, o.often/s.often))
	}
	if m.days > 1 && !sameDay && s.rng.float() < o.cluster {
		s.cluster(o, removed, seed)
	} else {
		s.strings(o, removed, seed, day)
	}
	if s.rules[seed] != 0 {
		s.lose(seed)
	}
}
