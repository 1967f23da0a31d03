package planner

import (
	"cmp"
	"context"
	"slices"

	"sanse/planner/vrp"
)

// openingSeconds is what allotment asks for the first visit in a shift of
// somebody who could work elsewhere: about an hour, so that visits of a block
// gather in few shifts, and more the more others need the visitor.
const (
	openingSeconds = 3600
	scarceSeconds  = 8 * 3600
)

// allotment deals the shifts of visitors of several blocks out: it plans all
// jobs roughly, in one go, with walks but without hours of crews and waiting,
// each job on the cheapest days that its rules allow, where a shift of a wide
// visitor belongs to the block that first needs it.
type allotment struct {
	s       *solver
	blocks  []*allotBlock
	opening []int64 // by visitor
}

// allotBlock is a block with every shift that could be its own.
type allotBlock struct {
	*block
	shifts []vrp.Shift
	keys   []shiftKey
	first  [][]int32 // by day and worker: its first shift; one more for the end
	rounds []allotRound
}

// allotRound is what a shift is planned to do.
type allotRound struct {
	stops   []int // places
	minutes int32
}

// offer is a place for a visit in a shift.
type offer struct {
	shift, pos int
	minutes    int32
	cost       int64
	worker     int
}

// allot gives shifts of visitors who can work for several blocks to the blocks
// that need them. All blocks are compiled.
func (s *solver) allot(ctx context.Context) error {
	if !slices.ContainsFunc(s.reach, func(r []int) bool { return len(r) > 1 }) {
		return nil
	}
	s.allotFrom()
	a := &allotment{s: s}
	for _, b := range s.work {
		a.blocks = append(a.blocks, newAllotBlock(b))
	}
	order := a.order()
	price := make([]int64, s.p.Days)
	offers := make([][2]offer, s.p.Days)
	var days []int
	var scratch []int64
	for n, at := range order {
		if n%64 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b := a.blocks[at.block]
		cl := &b.vp.Clients[at.client]
		for d := range price {
			price[d] = a.quote(b, cl, d, &offers[d])
		}
		for _, k := range cl.Kept {
			if k.Worker == vrp.None && price[k.Day] < vrp.Never {
				price[k.Day] += k.Cost
			}
		}
		days, _, scratch = cl.Rule.Cheapest(price, days[:0], scratch)
		for _, d := range days {
			for _, o := range offers[d][:max(1, cl.Crew)] {
				a.take(b, cl, o)
			}
		}
	}
	return nil
}

// allotFrom leaves the shifts of the plan to begin with to their blocks.
func (s *solver) allotFrom() {
	if s.o.From == nil {
		return
	}
	index := make(map[string]int, len(s.blocks))
	for b := range s.blocks {
		index[s.blocks[b].code] = b
	}
	for i := range s.o.From.Itineraries {
		it := &s.o.From.Itineraries[i]
		v, ok := s.visitor[it.Visitor]
		b, known := index[it.Block]
		if !ok || !known || !s.wide(v) {
			continue
		}
		for si, sh := range s.p.Visitors[v].Shifts {
			if sh.Weekday == it.Date.Weekday() && sh.From <= it.Depart && it.Depart < sh.To {
				s.give(shiftKey{v, int(it.Date - s.p.Start), si}, b)
			}
		}
	}
}

// give makes a shift the block's own, with all shifts of the day if the
// visitor's visits of a day are bounded: they cannot be split between blocks.
func (s *solver) give(key shiftKey, block int) {
	v := &s.p.Visitors[key.visitor]
	if v.Capacity == 0 {
		s.owner[key] = block
		return
	}
	for si := range v.Shifts {
		s.owner[shiftKey{key.visitor, key.day, si}] = block
	}
}

func newAllotBlock(b *block) *allotBlock {
	a := &allotBlock{block: b}
	a.shifts, a.keys = b.shiftsWhere(func(shiftKey) bool { return true })
	a.rounds = make([]allotRound, len(a.shifts))
	workers := len(b.vp.Workers)
	a.first = make([][]int32, b.vp.Days)
	i := 0
	for d := range a.first {
		a.first[d] = make([]int32, workers+1)
		for w := range workers {
			a.first[d][w] = int32(i)
			for i < len(a.shifts) && a.shifts[i].Day == d && a.shifts[i].Worker == w {
				i++
			}
		}
		a.first[d][workers] = int32(i)
	}
	return a
}

// allotItem is a job to be allotted.
type allotItem struct {
	block, client int
	locked        bool // has a lock
	alone         bool // nobody of the block alone may do it
	due           Date // of the first window
	supply        int  // visitors who may
}

// order returns the jobs as they are allotted: locked ones first, then those that only wide visitors
// may do first, then by weight, by when they are due and by how few may. It sets what a shift of each
// wide visitor costs.
func (a *allotment) order() []allotItem {
	var out []allotItem
	demand := map[int]int64{} // by visitor: minutes of the jobs that need somebody wide and that they may do
	total := int64(0)
	for n, b := range a.blocks {
		for c := range b.vp.Clients {
			cl := &b.vp.Clients[c]
			it := allotItem{block: n, client: c, supply: len(cl.Who)}
			it.alone = !slices.ContainsFunc(cl.Who, func(w vrp.Choice) bool { return !a.s.wide(b.in.visitors[w.Worker]) })
			it.locked = len(b.specs[c].locked) > 0
			it.due = b.job(c).firstDue(a.s.p)
			out = append(out, it)
			if !it.alone {
				continue
			}
			m := int64(cl.Service) * b.job(c).weight
			total += m
			for _, w := range cl.Who {
				demand[b.in.visitors[w.Worker]] += m
			}
		}
	}
	a.opening = make([]int64, len(a.s.p.Visitors))
	for v := range a.opening {
		a.opening[v] = openingSeconds
		if total > 0 {
			a.opening[v] += scarceSeconds * demand[v] / total
		}
	}
	slices.SortStableFunc(out, func(x, y allotItem) int {
		i, j := a.blocks[x.block].job(x.client), a.blocks[y.block].job(y.client)
		return cmp.Or(btoi(y.locked)-btoi(x.locked), btoi(y.alone)-btoi(x.alone), cmp.Compare(j.weight, i.weight), btoi(j.owed)-btoi(i.owed),
			cmp.Compare(x.due, y.due), cmp.Compare(x.supply, y.supply), cmp.Compare(i.block, j.block), cmp.Compare(i.id, j.id))
	})
	return out
}

// firstDue is the last day of the first window that is still to be met; the
// day after the horizon if there is none.
func (j *job) firstDue(p *Problem) Date {
	for _, w := range Windows(j.rules, slices.Concat(j.history, j.made), j.absent, p.Start, p.End()) { // ordered by last day
		if w.State == WindowLapsed && (p.Now == nil || w.Last >= p.Now.Date) {
			return w.Last
		}
	}
	return p.End() + 1
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// quote returns the price of a visit on a day and puts the cheapest shifts for
// it, of different workers, into best: two for a crew.
func (a *allotment) quote(b *allotBlock, cl *vrp.Client, day int, best *[2]offer) int64 {
	best[0], best[1] = offer{cost: vrp.Never}, offer{cost: vrp.Never}
	last := &best[max(1, cl.Crew)-1]
	for _, c := range cl.Who {
		if c.Cost > last.cost {
			break // the rest cannot be cheaper
		}
		o := offer{cost: vrp.Never, worker: c.Worker}
		for i := b.first[day][c.Worker]; i < b.first[day][c.Worker+1]; i++ {
			if x := a.offer(b, cl, int(i)); x.cost < vrp.Never && x.cost+c.Cost < o.cost {
				o = x
				o.cost += c.Cost
			}
		}
		if o.cost < best[0].cost {
			best[1], best[0] = best[0], o
		} else if o.cost < best[1].cost {
			best[1] = o
		}
	}
	if last.cost >= vrp.Never {
		return vrp.Never
	}
	if cl.Crew > 1 {
		return best[0].cost + best[1].cost
	}
	return best[0].cost
}

// offer returns the cheapest place for a visit in a shift.
func (a *allotment) offer(b *allotBlock, cl *vrp.Client, shift int) offer {
	none := offer{cost: vrp.Never}
	sh, rd, key := &b.shifts[shift], &b.rounds[shift], b.keys[shift]
	wide := a.s.wide(key.visitor)
	owner, owned := a.s.owner[key]
	if wide && owned && owner != b.in.index {
		return none
	}
	if most := b.vp.Workers[sh.Worker].MaxTasks; most > 0 && len(rd.stops) >= most {
		return none
	}
	if len(rd.stops) == 0 && !b.fitsAlone(cl, sh) {
		return none
	}
	pr := &b.vp.Profiles[sh.Profile]
	room := sh.To - sh.From - rd.minutes - cl.Service
	best := offer{shift: shift, worker: sh.Worker, minutes: room + 1}
	prev := sh.Start
	for pos := 0; pos <= len(rd.stops); pos++ {
		next := sh.End
		if pos < len(rd.stops) {
			next = rd.stops[pos]
		}
		more := pr.Time[prev][cl.Place]
		if more < 0 {
			prev = next
			continue
		}
		if next != vrp.None {
			if pr.Time[cl.Place][next] < 0 {
				prev = next
				continue
			}
			more += pr.Time[cl.Place][next]
			if len(rd.stops) > 0 {
				more -= pr.Time[prev][next]
			}
		}
		if more < best.minutes {
			best.minutes, best.pos = more, pos
		}
		prev = next
	}
	if best.minutes > room {
		return none
	}
	best.cost = int64(best.minutes) * 60
	if len(rd.stops) == 0 {
		best.cost += setOutSeconds
	}
	if wide && !owned {
		best.cost += a.opening[key.visitor]
	}
	return best
}

// take plans the visit where it is offered.
func (a *allotment) take(b *allotBlock, cl *vrp.Client, o offer) {
	rd := &b.rounds[o.shift]
	rd.stops = slices.Insert(rd.stops, o.pos, cl.Place)
	rd.minutes += o.minutes + cl.Service
	if key := b.keys[o.shift]; a.s.wide(key.visitor) {
		a.s.give(key, b.in.index)
	}
}
