package vrp

import (
	"cmp"
	"math"
	"slices"
)

// priceUnit is a price of 1 for a unit of a resource: prices are whole numbers
// of its parts, so that what they prove is exact.
const priceUnit = 1 << 12

// missUnit is a visit missing, where time is priced in visits missing.
const missUnit = 1 << 24

// shortPrices looks for the prices of resources that prove most.
type shortPrices struct {
	m *shortModel
	// A client is dead if its rule cannot be kept on the days open, alone if
	// not on those on which somebody could visit it.
	dead, alone []bool
	// proven: some prices show that a visit will be missing.
	proven bool

	day   []int64 // prices of a client's days
	val   []int64
	days  []int32
	use   []float64 // what the cheapest days take of each resource
	more  float64   // what they take where there is no shift
	lam   []int64
	least []int32 // the cheapest resource by client and day
}

// shortMode says what an evaluation lets a client do.
type shortMode struct {
	miss   int64 // price of a missing visit; Never: none may be missing
	extend bool  // days without a shift cost as much as the dearest
	most   int64 // the dearest price
}

func newShortPrices(m *shortModel) *shortPrices {
	n, days := len(m.p.Clients), m.p.Days
	s := &shortPrices{
		m: m, dead: make([]bool, n), alone: make([]bool, n),
		day: make([]int64, days), val: make([]int64, m.most), days: make([]int32, 0, days),
		use: make([]float64, len(m.res)), lam: make([]int64, len(m.res)), least: make([]int32, n*days),
	}
	for i, rule := range m.rules {
		if rule == nil {
			s.dead[i] = true
			continue
		}
		free := func(days []bool) bool {
			for d := range s.day {
				s.day[d] = 0
				if !days[i*len(s.day)+d] {
					s.day[d] = Never
				}
			}
			v, _ := rule.cheapest(s.day, Never, s.val, nil)
			return v < Never
		}
		switch {
		case !free(m.open):
			s.dead[i] = true
		case !free(m.can):
			s.alone[i] = true
			s.proven = true
		}
	}
	return s
}

// price fills in the prices of a client's days for the prices of resources.
func (s *shortPrices) price(i int, lam []int64, mode shortMode) {
	m, days := s.m, s.m.p.Days
	for d := range days {
		at := i*days + d
		s.least[at] = None
		switch {
		case !m.open[at]:
			s.day[d] = Never
		case m.can[at]:
			s.day[d] = 0
			if m.each[at] == 0 {
				continue
			}
			least := int64(math.MaxInt64)
			for _, r := range m.on[at] {
				if lam[r] < least {
					least, s.least[at] = lam[r], r
				}
			}
			s.day[d] = min(least*m.each[at], maxPrice)
		case mode.extend:
			s.day[d] = min(mode.most*m.each[at], maxPrice)
		default:
			s.day[d] = Never
		}
	}
}

// has returns what there is of a resource: where shifts can be made longer,
// visits may come to fill them that do not now.
func (s *shortPrices) has(r int, mode shortMode) int64 {
	if mode.extend {
		return s.m.res[r].room
	}
	return s.m.res[r].give
}

// maxPrice bounds the price of a visit, which only proves less.
const maxPrice = 1 << 44

// value returns what the prices prove, in parts of a price times a unit of a
// resource, and leaves in use what the clients' cheapest days take of each
// resource. Sums too large to be exact prove nothing.
func (s *shortPrices) value(lam []int64, mode shortMode) int64 {
	m, days := s.m, s.m.p.Days
	clear(s.use)
	s.more = 0
	sum, rough := int64(0), 0.0
	for i, rule := range m.rules {
		if rule == nil || mode.miss >= Never && (s.dead[i] || s.alone[i] && !mode.extend) {
			continue
		}
		s.price(i, lam, mode)
		v, picked := rule.cheapest(s.day, mode.miss, s.val, s.days)
		s.days = picked[:0]
		sum += v
		rough += float64(v)
		for _, d := range picked {
			at := i*days + int(d)
			if r := s.least[at]; r != None {
				s.use[r] += float64(m.each[at])
			} else if !m.can[at] {
				s.more += float64(m.each[at])
			}
		}
	}
	for r := range m.res {
		sum -= lam[r] * s.has(r, mode)
		rough -= float64(lam[r]) * float64(s.has(r, mode))
	}
	if math.Abs(rough) > 1<<61 {
		return math.MinInt64 / 4
	}
	return sum
}

// strict returns the prices from 0 to 1 that prove most of what is short with
// the shifts there are.
func (s *shortPrices) strict() []int64 {
	best, lam := s.climb(make([]int64, len(s.m.res)), shortMode{miss: Never, most: priceUnit})
	if best > 0 {
		s.proven = true
	}
	return lam
}

// mend returns the least time that has to be added, looked for from the better
// of some prices.
func (s *shortPrices) mend(starts ...[]int64) int64 {
	mode := shortMode{miss: Never, most: priceUnit, extend: true}
	from := slices.MaxFunc(starts, func(a, b []int64) int { return cmp.Compare(s.value(a, mode), s.value(b, mode)) })
	best, _ := s.climb(from, mode)
	return ceilDiv(best, priceUnit)
}

// missing returns the least sum of what is missing.
func (s *shortPrices) missing(from []int64) int64 {
	mode := shortMode{miss: missUnit, most: missUnit}
	best := s.value(make([]int64, len(from)), mode)
	if s.proven {
		// The same prices, in visits for time: first the scale, then the rest.
		at, scaled := from, make([]int64, len(from))
		for scale := int64(1); scale <= missUnit/priceUnit; scale *= 2 {
			for r := range scaled {
				scaled[r] = from[r] * scale
			}
			if v := s.value(scaled, mode); v > best {
				best, at = v, slices.Clone(scaled)
			}
		}
		v, _ := s.climb(at, mode)
		best = max(best, v)
	}
	return ceilDiv(best, missUnit)
}

func ceilDiv(a, b int64) int64 {
	if a <= 0 {
		return 0
	}
	return (a + b - 1) / b
}

// climbSteps bounds the evaluations of a climb.
const climbSteps = 400

// climb looks for the prices of most value by subgradients, deflected from the
// step before (Camerini, Fratta, Maffioli 1975): along what the clients take
// beyond what there is.
func (s *shortPrices) climb(from []int64, mode shortMode) (int64, []int64) {
	m := s.m
	n := len(m.res)
	best := slices.Clone(from)
	top := s.value(best, mode)
	if n == 0 {
		return top, best
	}
	unit := float64(mode.most)
	at := make([]float64, n) // prices in parts of the dearest
	for r := range at {
		at[r] = float64(best[r]) / unit
	}
	mean, more := slices.Clone(s.use), s.more
	way := make([]float64, n)
	grad := make([]float64, n)
	value := top
	bound, theta, failed := math.Inf(1), 1.0, 0
	for k := range climbSteps {
		// Time added wherever the average takes too much would mend all.
		over := more
		for r := range m.res {
			over += max(0, mean[r]-float64(s.has(r, mode)))
		}
		if mode.miss >= Never {
			bound = min(bound, over)
			if math.Ceil(bound-1e-9) <= float64(ceilDiv(top, mode.most)) {
				break
			}
		} else {
			bound = max(float64(top)*1.05, float64(top)+unit) / unit
		}
		dot, norm := 0.0, 0.0
		for r := range grad {
			grad[r] = s.use[r] - float64(s.has(r, mode))
			if grad[r] < 0 && at[r] <= 0 || grad[r] > 0 && at[r] >= 1 {
				grad[r] = 0
			}
			dot += grad[r] * way[r]
			norm += way[r] * way[r]
		}
		beta := 0.0
		if norm > 0 {
			beta = max(0, -1.5*dot/norm)
		}
		norm = 0
		for r := range way {
			way[r] = grad[r] + beta*way[r]
			norm += way[r] * way[r]
		}
		if norm == 0 {
			break
		}
		step := theta * max(bound-float64(value)/unit, 0.5) / norm
		for r := range at {
			at[r] = min(1, max(0, at[r]+step*way[r]))
			s.lam[r] = int64(math.Round(at[r] * unit))
		}
		value = s.value(s.lam, mode)
		share := max(0.05, 2/float64(k+3))
		for r := range mean {
			mean[r] += share * (s.use[r] - mean[r])
		}
		more += share * (s.more - more)
		if value > top {
			top, failed = value, 0
			copy(best, s.lam)
			continue
		}
		if failed++; failed >= 15 {
			failed = 0
			theta *= 0.8
		}
	}
	return top, best
}
