package siting

import "math/bits"

// ledger keeps, for a swapper, what the coming of every site would bring and how
// that changes with each site that might go for it, so that the best of all
// swaps is found without looking at a way: a swap costs the rows that it changes
// (Resende and Werneck 2007). Of a pair of sites only what both serve counts,
// and of most pairs that is nothing.
type ledger struct {
	gain  []int64  // by site: what its coming brings if nothing goes
	extra []int64  // by site and slot: of the loss of the slot's site, what the coming one makes up for
	some  []uint64 // by site, a bit a slot: extra is not 0
	slots int
	words int
	slot  []int32 // of each chosen site; None
	at    []int32 // site of each slot
	free  []int32 // slots without a site
}

// maxLedger bounds the memory of a ledger: sites times slots.
const maxLedger = 1 << 24

// keepLedger begins one, if it is not too large.
func (s *swapper) keepLedger() {
	m, slots := s.x.sites(), s.x.choose+1
	if s.ledger != nil || m*slots > maxLedger {
		return
	}
	l := &ledger{gain: make([]int64, m), extra: make([]int64, m*slots), slots: slots, words: (slots + 63) / 64, slot: make([]int32, m), at: make([]int32, slots)}
	l.some = make([]uint64, m*l.words)
	for j := range l.slot {
		l.slot[j] = None
	}
	for k := range slots {
		l.free = append(l.free, int32(slots-1-k))
	}
	for _, j := range s.chosen {
		l.seat(j)
	}
	s.ledger = l
	for i := range s.x.weight {
		s.enter(int32(i), 1)
	}
}

// seat gives a site that comes a slot, leave takes it away.
func (l *ledger) seat(j int32) {
	k := l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	l.slot[j], l.at[k] = k, j
}

func (l *ledger) leave(j int32) {
	l.free = append(l.free, l.slot[j])
	l.slot[j] = None
}

// enter adds what a row means for the sites that may come, or with −1 takes it
// away.
func (s *swapper) enter(i int32, by int64) {
	l := s.ledger
	site, cost := s.x.row(int(i))
	w, d1, d2 := by*s.x.weight[i], s.d1[i], s.d2[i]
	k := -1
	if s.near[i] != None {
		k = int(l.slot[s.near[i]])
	}
	for e, j := range site {
		c := cost[e]
		if c >= d2 {
			return
		}
		if c < d1 {
			l.gain[j] += w * int64(d1-c)
			c = d1
		}
		if k < 0 {
			continue
		}
		at := int(j)*l.slots + k
		l.extra[at] += w * int64(d2-c)
		mark := &l.some[int(j)*l.words+k>>6]
		if l.extra[at] == 0 {
			*mark &^= 1 << (k & 63)
		} else {
			*mark |= 1 << (k & 63)
		}
	}
}

// descend makes the best swap again and again while one brings something; stop
// is asked before each.
func (s *swapper) descend(stop func() bool) {
	for !stop() {
		if !s.best(nil, nil) {
			return
		}
	}
}

// best makes the best swap there is and tells whether one was made. With in and
// out, the marked sites alone may come and go, and it is made whatever it brings.
func (s *swapper) best(in, out []bool) bool {
	from, to, most := int32(None), int32(None), int64(0)
	least := s.least(out)
	for j := range int32(s.x.sites()) {
		if s.where[j] != None || in != nil && !in[j] {
			continue
		}
		if gain, r, may := s.partner(j, least, out); may && (gain > most || in != nil && to == None) {
			from, to, most = r, j, gain
		}
	}
	if to == None {
		return false
	}
	if from != None {
		s.remove(from)
	}
	s.add(to)
	return true
}

// least is the chosen site that is lost most easily, of those that may go.
func (s *swapper) least(out []bool) int32 {
	least := int32(None)
	for _, r := range s.chosen {
		if (least == None || s.loss[r] < s.loss[least]) && (out == nil || out[r]) && s.mayRemove(r) {
			least = r
		}
	}
	return least
}

// partner returns which site goes best for j, and what both together bring;
// least is the one that is lost most easily.
func (s *swapper) partner(j, least int32, out []bool) (gain int64, from int32, may bool) {
	l := s.ledger
	if len(s.chosen) < s.x.choose && s.mayAdd(j, None) {
		return l.gain[j], None, true
	}
	from = None
	consider := func(r int32) {
		g := l.gain[j] - s.loss[r] + l.extra[int(j)*l.slots+int(l.slot[r])]
		if may && g <= gain || out != nil && !out[r] || !s.mayRemove(r) || !s.mayAdd(j, r) {
			return
		}
		gain, from, may = g, r, true
	}
	if s.x.price != nil || s.x.groups > 0 { // which may go for j is not the same for all
		for _, r := range s.chosen {
			consider(r)
		}
		return gain, from, may
	}
	if least != None {
		consider(least)
	}
	for w, some := range l.some[int(j)*l.words : (int(j)+1)*l.words] {
		for ; some != 0; some &= some - 1 {
			consider(l.at[w<<6+bits.TrailingZeros64(some)])
		}
	}
	return gain, from, may
}
