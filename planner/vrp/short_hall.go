package vrp

import (
	"slices"
)

// shortHall looks for days and clients that need more on them than all who
// could visit them have: prices of 0 and 1, as in Hall's theorem.
type shortHall struct {
	m      *shortModel
	prices []int64
	fine   []bool  // clients not yet in a shortfall
	alone  []int   // clients that nobody could visit often enough
	marked []int64 // a price of 1 for the resources of all shortfalls so far

	in     []bool  // clients
	days   []bool  //
	visits []int64 // by client, on the days
	profit []int64 // visits times what each takes
	count  []int   // clients in, by resource
	price  []int64
	val    []int64
}

func newShortHall(m *shortModel, s *shortPrices, prices []int64) *shortHall {
	n := len(m.p.Clients)
	h := &shortHall{
		m: m, prices: prices, marked: make([]int64, len(m.res)), fine: make([]bool, n), in: make([]bool, n), days: make([]bool, m.p.Days),
		visits: make([]int64, n), profit: make([]int64, n), count: make([]int, len(m.res)),
		price: make([]int64, m.p.Days), val: make([]int64, m.most),
	}
	for i := range h.fine {
		h.fine[i] = !s.dead[i] && !s.alone[i]
		if s.alone[i] && m.view.to == 0 && m.view.unit == UnitTime {
			h.alone = append(h.alone, i)
		}
	}
	return h
}

// next returns the largest shortfall it finds among the clients that were in
// none yet.
func (h *shortHall) next() (Shortfall, bool) {
	if len(h.alone) > 0 {
		s := h.nobody(h.alone[0])
		h.alone = h.alone[1:]
		return s, true
	}
	best := int64(0)
	var in, days []bool
	for _, begin := range h.begins() {
		copy(h.in, begin.in)
		copy(h.days, begin.days)
		if v := h.improve(); v > best {
			best, in, days = v, slices.Clone(h.in), slices.Clone(h.days)
		}
	}
	if best == 0 {
		return Shortfall{}, false
	}
	copy(h.in, in)
	copy(h.days, days)
	h.look()
	s := h.tell()
	for _, n := range s.Needs {
		h.fine[n.Client] = false
	}
	return s, true
}

// nobody is the shortfall of one client whom nobody can visit on days enough.
func (h *shortHall) nobody(i int) Shortfall {
	m, days := h.m, h.m.p.Days
	s := Shortfall{Unit: UnitTime}
	each := int64(0)
	for d := range days {
		at := i*days + d
		switch {
		case !m.open[at]:
			h.price[d] = Never
		case m.can[at]:
			h.price[d] = 0
		default:
			h.price[d] = 1
			s.Days = append(s.Days, d)
			if each == 0 || m.each[at] < each {
				each = m.each[at]
			}
		}
	}
	visits, _ := m.rules[i].cheapest(h.price, Never, h.val, nil)
	s.Need = visits * each
	s.Needs = []ClientNeed{h.need(i, visits, each)}
	s.Workers = h.workers(s)
	return s
}

func (h *shortHall) need(i int, visits, each int64) ClientNeed {
	crew := int64(max(1, h.m.p.Clients[i].Crew))
	return ClientNeed{Client: i, Visits: int(visits * crew), Each: each / crew}
}

type hallBegin struct{ in, days []bool }

// begins are the clients and days to improve on.
func (h *shortHall) begins() []hallBegin {
	m, days := h.m, h.m.p.Days
	var out []hallBegin
	all := make([]bool, days)
	for d := range all {
		all[d] = true
	}
	out = append(out, hallBegin{slices.Clone(h.fine), all})
	// What the prices make dear.
	for _, part := range []int64{20, 4, 2} {
		b := hallBegin{make([]bool, len(h.fine)), make([]bool, days)}
		dear := false
		for r, l := range h.prices {
			if l*part >= priceUnit {
				b.days[m.res[r].day] = true
				dear = true
			}
		}
		if !dear {
			continue
		}
		for i := range b.in {
			if !h.fine[i] {
				continue
			}
			b.in[i] = true
			for d := range days {
				if b.days[d] && slices.ContainsFunc(m.on[i*days+d], func(r int32) bool { return h.prices[r]*part < priceUnit }) {
					b.in[i] = false
				}
			}
		}
		out = append(out, b)
	}
	// Those whom only certain shifts can visit: of each resource, the clients
	// that depend on such as visit no more than it does.
	seen := map[string]bool{}
	for r := range m.res {
		of := m.res[r].of
		key := make([]byte, 0, 4*len(of))
		for _, i := range of {
			key = append(key, byte(i), byte(i>>8), byte(i>>16), byte(i>>24))
		}
		if seen[string(key)] || len(seen) >= 32 {
			continue
		}
		seen[string(key)] = true
		b := hallBegin{make([]bool, len(h.fine)), all}
		for _, i := range of {
			b.in[i] = h.fine[i]
		}
		out = append(out, b)
	}
	return out
}

// look counts what each client needs on the days.
func (h *shortHall) look() {
	for i, fine := range h.fine {
		if fine {
			h.lookAt(i)
		}
	}
}

func (h *shortHall) lookAt(i int) {
	m, days := h.m, h.m.p.Days
	each := int64(0)
	for d := range days {
		at := i*days + d
		switch {
		case !m.can[at]:
			h.price[d] = Never
		case h.days[d] && m.each[at] > 0:
			h.price[d] = 1
			if each == 0 || m.each[at] < each {
				each = m.each[at]
			}
		default:
			h.price[d] = 0
		}
	}
	h.visits[i], _ = m.rules[i].cheapest(h.price, Never, h.val, nil)
	h.profit[i] = h.visits[i] * each
}

// worth returns need less have.
func (h *shortHall) worth() int64 {
	m, days := h.m, h.m.p.Days
	clear(h.count)
	sum := int64(0)
	for i, in := range h.in {
		if !in || h.profit[i] == 0 {
			continue
		}
		sum += h.profit[i]
		for d, on := range h.days {
			if on {
				for _, r := range m.on[i*days+d] {
					h.count[r]++
				}
			}
		}
	}
	for r, n := range h.count {
		if n > 0 {
			sum -= m.res[r].give
		}
	}
	return sum
}

// hallRounds bounds the rounds of improve.
const hallRounds = 40

// improve takes days and clients out and in as long as more is short, and then
// those out that add nothing.
func (h *shortHall) improve() int64 {
	h.look()
	best := h.clients()
	for range hallRounds {
		before := best
		for d := range h.days {
			old, in := h.days[d], slices.Clone(h.in)
			h.days[d] = !old
			h.look()
			// Fewer days are plainer, if they prove as much.
			if v := h.clients(); v > best || v == best && old {
				best = v
				continue
			}
			h.days[d] = old
			copy(h.in, in)
		}
		if best == before {
			break
		}
	}
	h.look()
	return h.worth()
}

// clients takes those out who cost more than they need, and those in who do
// not, and returns what is short.
func (h *shortHall) clients() int64 {
	m, days := h.m, h.m.p.Days
	value := h.worth()
	for changed := true; changed; {
		changed = false
		for i, fine := range h.fine {
			if !fine || h.profit[i] == 0 {
				continue
			}
			// What only this client needs.
			own := int64(0)
			for d, on := range h.days {
				if !on {
					continue
				}
				for _, r := range m.on[i*days+d] {
					if n := h.count[r]; n == 0 || n == 1 && h.in[i] {
						own += m.res[r].give
					}
				}
			}
			if h.in[i] == (h.profit[i] >= own) {
				continue
			}
			change := 1
			if h.in[i] {
				change = -1
			}
			h.in[i] = !h.in[i]
			value += int64(change) * (h.profit[i] - own)
			changed = true
			for d, on := range h.days {
				if on {
					for _, r := range m.on[i*days+d] {
						h.count[r] += change
					}
				}
			}
		}
	}
	return value
}

// tell writes the shortfall down.
func (h *shortHall) tell() Shortfall {
	m, days := h.m, h.m.p.Days
	s := Shortfall{Unit: m.view.unit, From: m.view.from, To: m.view.to}
	h.worth()
	used := make([]bool, days)
	for i, in := range h.in {
		if !in || h.profit[i] == 0 {
			continue
		}
		s.Need += h.profit[i]
		s.Needs = append(s.Needs, h.need(i, h.visits[i], h.profit[i]/h.visits[i]))
		for d, on := range h.days {
			if on && m.can[i*days+d] && m.each[i*days+d] > 0 {
				used[d] = true
			}
		}
	}
	for d, on := range used {
		if on {
			s.Days = append(s.Days, d)
		}
	}
	for r, n := range h.count {
		if n > 0 {
			h.marked[r] = priceUnit
			s.Have += m.res[r].give
			s.Shifts = append(s.Shifts, m.res[r].shifts...)
		}
	}
	slices.Sort(s.Shifts)
	s.Workers = h.workers(s)
	return s
}

// workers are those of the shifts and all who may visit anybody in need.
func (h *shortHall) workers(s Shortfall) []int {
	p := h.m.p
	is := make([]bool, len(p.Workers))
	for _, k := range s.Shifts {
		is[p.Shifts[k].Worker] = true
	}
	for _, n := range s.Needs {
		who := p.Clients[n.Client].Who
		if who == nil {
			for w := range is {
				is[w] = true
			}
		}
		for _, w := range who {
			is[w.Worker] = true
		}
	}
	var out []int
	for w, ok := range is {
		if ok {
			out = append(out, w)
		}
	}
	return out
}
