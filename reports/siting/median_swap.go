package siting

import "math/rand/v2"

// swapper is a choice of sites of a median that is made better by swaps. Of each
// row it knows the nearest and the second nearest chosen site, so that a swap is
// judged by the ways of the site that comes (Whitaker 1983).
type swapper struct {
	x      *median
	chosen []int32
	where  []int32 // of each site in chosen; None
	near   []int32 // site of each row; None: far is nearer
	d1, d2 []int32 // cost of the nearest and the second nearest, at most far
	near2  []int32
	loss   []int64 // by site: what it costs to close it
	cost   int64
	spent  int64

	newIn, idleOut []int32 // by group

	extra   []int64 // by site: of the loss, what the site that comes makes up for
	touched []int32

	ledger *ledger // nil: none is kept
}

func newSwapper(x *median) *swapper {
	n, m := x.rows(), x.sites()
	return &swapper{
		x: x, where: make([]int32, m), near: make([]int32, n), near2: make([]int32, n), d1: make([]int32, n), d2: make([]int32, n),
		loss: make([]int64, m), extra: make([]int64, m), newIn: make([]int32, x.groups), idleOut: make([]int32, x.groups),
	}
}

// set starts over from some sites.
func (s *swapper) set(chosen []int32) {
	x := s.x
	if s.ledger != nil {
		s.become(chosen)
		return
	}
	for j := range s.where {
		s.where[j], s.loss[j] = None, 0
	}
	clear(s.newIn)
	clear(s.idleOut)
	for j, g := range x.group {
		if g != None && x.idle[j] {
			s.idleOut[g]++
		}
	}
	for i := range s.near {
		s.near[i], s.near2[i], s.d1[i], s.d2[i] = None, None, x.far[i], x.far[i]
	}
	s.chosen, s.spent, s.cost = s.chosen[:0], 0, x.worst()
	for _, j := range chosen {
		s.add(j)
	}
}

// become is set by the sites that differ.
func (s *swapper) become(chosen []int32) {
	stays := make([]bool, s.x.sites())
	for _, j := range chosen {
		stays[j] = true
	}
	for k := len(s.chosen) - 1; k >= 0; k-- {
		if r := s.chosen[k]; !stays[r] {
			s.remove(r)
		}
	}
	for _, j := range chosen {
		if s.where[j] == None {
			s.add(j)
		}
	}
}

// mark keeps the accounts of places and prices when a site comes or goes.
func (s *swapper) mark(j, by int32) {
	x := s.x
	if x.price != nil {
		s.spent += int64(by) * x.price[j]
	}
	if g := x.group[j]; g != None {
		if x.idle[j] {
			s.idleOut[g] -= by
		} else {
			s.newIn[g] += by
		}
	}
}

// book adds the loss of a row to its nearest site, or with −1 takes it away.
func (s *swapper) book(i int32, by int64) {
	if r := s.near[i]; r != None {
		s.loss[r] += by * s.x.weight[i] * int64(s.d2[i]-s.d1[i])
	}
	if s.ledger != nil {
		s.enter(i, by)
	}
}

func (s *swapper) add(j int32) {
	s.mark(j, 1)
	s.where[j] = int32(len(s.chosen))
	s.chosen = append(s.chosen, j)
	if s.ledger != nil {
		s.ledger.seat(j)
	}
	row, cost := s.x.column(j)
	for k, i := range row {
		switch c := cost[k]; {
		case c < s.d1[i]:
			s.book(i, -1)
			s.cost -= s.x.weight[i] * int64(s.d1[i]-c)
			s.near2[i], s.d2[i] = s.near[i], s.d1[i]
			s.near[i], s.d1[i] = j, c
			s.book(i, 1)
		case c < s.d2[i]:
			s.book(i, -1)
			s.near2[i], s.d2[i] = j, c
			s.book(i, 1)
		}
	}
}

func (s *swapper) remove(r int32) {
	s.mark(r, -1)
	last := s.chosen[len(s.chosen)-1]
	s.chosen[s.where[r]], s.where[last] = last, s.where[r]
	s.chosen, s.where[r] = s.chosen[:len(s.chosen)-1], None
	row, _ := s.x.column(r)
	for _, i := range row {
		if s.near[i] != r && s.near2[i] != r {
			continue
		}
		s.book(i, -1)
		s.cost -= s.x.weight[i] * int64(s.d1[i])
		s.look(i)
		s.cost += s.x.weight[i] * int64(s.d1[i])
		s.book(i, 1)
	}
	s.loss[r] = 0
	if s.ledger != nil {
		s.ledger.leave(r)
	}
}

// look finds the two nearest chosen sites of a row.
func (s *swapper) look(i int32) {
	s.near[i], s.near2[i], s.d1[i], s.d2[i] = None, None, s.x.far[i], s.x.far[i]
	site, cost := s.x.row(int(i))
	for k, j := range site {
		if s.where[j] == None {
			continue
		}
		if s.near[i] == None {
			s.near[i], s.d1[i] = j, cost[k]
			continue
		}
		s.near2[i], s.d2[i] = j, cost[k]
		return
	}
}

// mayAdd tells whether j may come, to a place for which r, if it is not None,
// goes.
func (s *swapper) mayAdd(j, r int32) bool {
	x := s.x
	if x.price != nil {
		spent := s.spent + x.price[j]
		if r != None {
			spent -= x.price[r]
		}
		if spent > x.budget {
			return false
		}
	}
	g := x.group[j]
	return g == None || x.idle[j] || s.idleOut[g] == 0 && (r == None || x.group[r] != g || !x.idle[r])
}

// mayRemove tells whether r may go.
func (s *swapper) mayRemove(r int32) bool {
	g := s.x.group[r]
	return g == None || !s.x.idle[r] || s.newIn[g] == 0
}

// try returns the best that the coming of j can bring, and which site goes for
// it; None: none has to.
func (s *swapper) try(j int32) (gain int64, out int32) {
	x := s.x
	out = None
	if g := x.group[j]; g != None && !x.idle[j] && s.idleOut[g] > 0 {
		return 0, None
	}
	row, cost := x.column(j)
	s.touched = s.touched[:0]
	for k, i := range row {
		c := cost[k]
		if c >= s.d2[i] {
			continue
		}
		near := c
		if c < s.d1[i] {
			gain += x.weight[i] * int64(s.d1[i]-c)
			near = s.d1[i]
		}
		if r := s.near[i]; r != None {
			if s.extra[r] == 0 {
				s.touched = append(s.touched, r)
			}
			s.extra[r] += x.weight[i] * int64(s.d2[i]-near)
		}
	}
	if len(s.chosen) < x.choose && s.mayAdd(j, None) {
		for _, r := range s.touched {
			s.extra[r] = 0
		}
		return gain, None
	}
	var least int64
	for _, r := range s.chosen {
		if l := s.loss[r] - s.extra[r]; (out == None || l < least) && s.mayRemove(r) && s.mayAdd(j, r) {
			least, out = l, r
		}
	}
	for _, r := range s.touched {
		s.extra[r] = 0
	}
	if out == None {
		return 0, None
	}
	return gain - least, out
}

// improve swaps until no site that comes brings anything, looking at them in
// the order given, of which it makes its own use.
func (s *swapper) improve(order []int32, stop func() bool) {
	for without, k := 0, 0; without < len(order); k = (k + 1) % len(order) {
		if k == 0 && stop() {
			return
		}
		without++
		j := order[k]
		if s.where[j] != None {
			continue
		}
		if gain, r := s.try(j); gain > 0 {
			if r != None {
				s.remove(r)
			}
			s.add(j)
			without = 0
		}
	}
}

// gain is what the coming of j brings if nothing goes.
func (s *swapper) gain(j int32) int64 {
	var sum int64
	row, cost := s.x.column(j)
	for k, i := range row {
		if c := cost[k]; c < s.d1[i] {
			sum += s.x.weight[i] * int64(s.d1[i]-c)
		}
	}
	return sum
}

// mend turns a choice that forgets idle sites, the number or the budget into one
// that does not: what may not be is left out.
func (s *swapper) mend(chosen []int32) {
	s.set(nil)
	for idle := range 2 {
		for _, j := range chosen {
			if s.x.idle[j] == (idle == 0) && len(s.chosen) < s.x.choose && s.mayAdd(j, None) {
				s.add(j)
			}
		}
	}
}

// shake makes some swaps at random.
func (s *swapper) shake(rng *rand.Rand, swaps int) {
	m := s.x.sites()
	for range swaps {
		j := int32(rng.IntN(m))
		if s.where[j] != None || len(s.chosen) == 0 {
			continue
		}
		r := s.chosen[rng.IntN(len(s.chosen))]
		if len(s.chosen) < s.x.choose && s.mayAdd(j, None) {
			s.add(j)
		} else if s.mayRemove(r) && s.mayAdd(j, r) {
			s.remove(r)
			s.add(j)
		}
	}
}
