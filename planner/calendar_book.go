package planner

import (
	"encoding/binary"
	"sync"

	"sanse/planner/vrp"
)

// calendarBook keeps the calendars of a problem, so that jobs whose rules stand
// alike on the first day share one. It may be used by several goroutines.
type calendarBook struct {
	mu    sync.Mutex
	known map[string]*vrp.Automaton
}

// of returns the calendar of a specification.
func (k *calendarBook) of(spec calendarSpec) *vrp.Automaton {
	b := newCalendarBuilder(spec)
	key := string(b.key())
	k.mu.Lock()
	a := k.known[key]
	k.mu.Unlock()
	if a != nil {
		return a
	}
	a = b.unroll()
	k.mu.Lock()
	defer k.mu.Unlock()
	if first := k.known[key]; first != nil {
		return first
	}
	if k.known == nil {
		k.known = map[string]*vrp.Automaton{}
	}
	k.known[key] = a
	return a
}

// key writes all that unroll reads, but for the horizon, which is one for all.
func (b *calendarBuilder) key() []byte {
	s := &b.spec
	out := make([]byte, 0, 512)
	num := func(n int64) { out = binary.AppendVarint(out, n) }
	shorts := func(list []int16) {
		num(int64(len(list)))
		for _, v := range list {
			num(int64(v))
		}
	}
	num(s.weight)
	num(int64(btoi(s.count)))
	for d := range b.allowed {
		num(int64(btoi(b.allowed[d]) + 2*btoi(b.made[d])))
	}
	num(int64(len(s.locked)))
	for _, day := range s.locked {
		num(int64(day - s.start))
	}
	for i := range b.parts {
		p := &b.parts[i]
		num(int64(p.kind))
		num(int64(b.init[i]))
		num(int64(p.from))
		num(int64(p.to))
		num(int64(p.limit))
		shorts(p.due)
		shorts(p.at)
		shorts(p.masks)
		num(int64(len(p.wins)))
		for _, w := range p.wins {
			num(int64(w.last))
			num(int64(w.need))
			num(int64(w.extra))
		}
	}
	return out
}
