package hierarchy

import (
	"math"
	"slices"
)

// Lanes is how many rows a table works out at once: give [Table.Rows] a
// multiple of it where speed matters.
const Lanes = 8

// Table is the room for tables from many places to many: one goroutine's. The
// targets are set once; then come the rows.
//
// It keeps the part of the hierarchy that the targets can be reached through
// (Delling, Goldberg, Werneck 2011, "RPHAST"): a row is a search upward from its
// source and one pass down over that part. Buckets (Knopp et al. 2007) would
// look at fewer entries, but not in the order of memory, and not for eight rows
// in one pass as here.
//
// Besides what the index takes it needs 8 bytes a node, 16 with lengths, and 32
// or 64 for each node of the part and each target.
type Table struct {
	x       *Index
	open    frontier
	cost    []uint32 // by node, during the search upward
	sum     []uint64 // the same with the length, when asked
	local   []uint32 // by node: its place in the part, or none
	part    part
	lanes   []uint32
	sums    []uint64
	careful carefulRoom
}

// none is the place of nodes that are not in the part.
const none = math.MaxUint32

// part is what is left of the half that leads down, numbered anew, and after its
// places one for each target, whose arcs are the target's seeds.
type part struct {
	node   []uint32 // by place: the node
	first  []uint32
	head   []uint32 // by arc: its place, times Lanes
	weight []uint32
	length []uint32 // by arc; without lengths, 0 but for the seeds
	both   []uint64 // by arc: weight and length, once asked
	width  int      // targets
	top    uint32   // the greatest cost of a seed
	long   uint32   // and the greatest length
}

// NewTable makes room for tables over the index.
func NewTable(x *Index) *Table {
	t := &Table{x: x, open: newFrontier(x.nodes), cost: make([]uint32, x.nodes), local: make([]uint32, x.nodes)}
	for i := range t.cost {
		t.cost[i], t.local[i] = noWay, none
	}
	return t
}

// Targets returns how many targets are set.
func (t *Table) Targets() int { return t.part.width }

// SetTargets says where the rows lead: target i is the seeds first[i] up to, not
// including, first[i+1]. A target without seeds is never reached. Starts that
// fall, or lie beyond the seeds, count as the nearest that do not. The slices
// are not kept.
func (t *Table) SetTargets(first []uint32, seeds []Seed) {
	x, p := t.x, &t.part
	for _, v := range p.node {
		t.local[v] = none
	}
	p.node, p.first, p.head, p.weight = p.node[:0], p.first[:0], p.head[:0], p.weight[:0]
	p.length, p.both, p.top, p.long = p.length[:0], p.both[:0], 0, 0
	p.width = max(len(first)-1, 0)
	for i := range p.width {
		start, end := span(first, i, len(seeds))
		for _, s := range seeds[start:end] {
			if s.in(x) {
				t.open.add(x.rank[s.Node])
			}
		}
	}
	// All above the targets, those that matter least first; then turned round.
	for {
		v, ok := t.open.take()
		if !ok {
			break
		}
		p.node = append(p.node, v)
		arcs := x.down.arcs[2*x.down.first[v] : 2*x.down.first[v+1]]
		for len(arcs) >= 2 {
			t.open.add(arcs[0])
			arcs = arcs[2:]
		}
	}
	slices.Reverse(p.node)
	for place, v := range p.node {
		t.local[v] = uint32(place)
	}
	p.first = append(p.first, 0)
	for _, v := range p.node {
		i, end := x.down.first[v], x.down.first[v+1]
		arcs := x.down.arcs[2*i : 2*end]
		for len(arcs) >= 2 {
			p.head = append(p.head, Lanes*t.local[arcs[0]])
			p.weight = append(p.weight, arcs[1])
			arcs = arcs[2:]
		}
		if x.lengths {
			p.length = append(p.length, x.down.length[i:end]...)
		}
		p.first = append(p.first, uint32(len(p.head)))
	}
	if !x.lengths {
		p.length = grow(p.length, len(p.head))
		clear(p.length)
	}
	for i := range p.width {
		start, end := span(first, i, len(seeds))
		for _, s := range seeds[start:end] {
			if s.in(x) {
				p.head = append(p.head, Lanes*t.local[x.rank[s.Node]])
				p.weight, p.length = append(p.weight, s.Cost), append(p.length, s.Length)
				p.top, p.long = max(p.top, s.Cost), max(p.long, s.Length)
			}
		}
		p.first = append(p.first, uint32(len(p.head)))
	}
}

// places returns how many places there are, the targets' included.
func (p *part) places() int { return len(p.node) + p.width }

// span returns the seeds of place i, whatever the starts say.
func span(first []uint32, i, seeds int) (start, end int) {
	start = min(int(first[i]), seeds)
	return start, max(start, min(int(first[i+1]), seeds))
}

// Row writes into cost, by target, the least cost of a way from one of the
// source's seeds, the costs of the seeds at both ends included, and into length,
// unless it is nil, the length of that way; Unreached where there is none. Both
// need an entry a target, or the rest is left out.
func (t *Table) Row(source []Seed, cost, length []uint32) {
	first := [2]uint32{0, uint32(len(source))}
	t.Rows(first[:], source, cost, length)
}

// Rows does as [Table.Row] for several sources: source i is the seeds first[i]
// up to, not including, first[i+1], and its row starts at i × [Table.Targets] in
// cost and in length.
func (t *Table) Rows(first []uint32, seeds []Seed, cost, length []uint32) {
	rows, width := len(first)-1, t.Targets()
	if width == 0 || rows <= 0 {
		return
	}
	rows = min(rows, len(cost)/width)
	if length != nil {
		rows = min(rows, len(length)/width)
	}
	for i := 0; i < rows; i += Lanes {
		k := min(Lanes, rows-i)
		c := cost[i*width : (i+k)*width]
		switch {
		case !t.roomy(first[i:i+k+1], seeds, length != nil):
			for j := range k {
				start, end := span(first, i+j, len(seeds))
				var l []uint32
				if length != nil {
					l = length[(i+j)*width : (i+j+1)*width]
				}
				t.carefulRow(seeds[start:end], c[j*width:(j+1)*width], l)
			}
		case length != nil:
			t.rowsWithLength(first[i:i+k+1], seeds, c, length[i*width:(i+k)*width])
		default:
			t.rows(first[i:i+k+1], seeds, c)
		}
	}
}

// roomy tells whether no sum can come near the end of 32 bits: costs stay below
// a quarter of what there is, so that a quarter can stand for no way, signed or
// not.
func (t *Table) roomy(first []uint32, seeds []Seed, withLength bool) bool {
	top, long := uint32(0), uint32(0)
	for i := range len(first) - 1 {
		start, end := span(first, i, len(seeds))
		for _, s := range seeds[start:end] {
			top, long = max(top, s.Cost), max(long, s.Length)
		}
	}
	if t.x.steep+uint64(top)+uint64(t.part.top) >= noWay {
		return false
	}
	return !withLength || t.x.long+uint64(long)+uint64(t.part.long) < math.MaxUint32
}

// noWay stands for no way where sums are roomy: adding a weight to it does not
// wrap. A label that comes to as much is forgotten; no cheapest way has one.
const noWay = 1 << 30

// rows works out up to Lanes rows at once.
func (t *Table) rows(first []uint32, seeds []Seed, cost []uint32) {
	p, width := &t.part, t.part.width
	t.lanes = grow(t.lanes, Lanes*p.places())
	for i := range t.lanes {
		t.lanes[i] = noWay
	}
	for lane := range len(first) - 1 {
		start, end := span(first, lane, len(seeds))
		t.climb(seeds[start:end], lane)
	}
	descendCosts(p.first, p.head, p.weight, t.lanes)
	found := t.lanes[Lanes*len(p.node):]
	for lane := range len(first) - 1 {
		row := cost[lane*width : (lane+1)*width]
		for i := range row {
			if row[i] = found[Lanes*i+lane]; row[i] >= noWay {
				row[i] = Unreached
			}
		}
	}
}

// climb searches upward from one source and writes what it reached into a lane
// of the part.
func (t *Table) climb(source []Seed, lane int) {
	x := t.x
	for _, s := range source {
		if !s.in(x) {
			continue
		}
		if v := x.rank[s.Node]; s.Cost < t.cost[v] {
			t.cost[v] = s.Cost
			t.open.add(v)
		}
	}
	for {
		v, ok := t.open.take()
		if !ok {
			return
		}
		c := t.cost[v]
		t.cost[v] = noWay
		if place := t.local[v]; place != none {
			t.lanes[Lanes*int(place)+lane] = c
		}
		if stalled(&x.down, t.cost, v, c) {
			continue
		}
		arcs := x.up.arcs[2*x.up.first[v] : 2*x.up.first[v+1]]
		for len(arcs) >= 2 {
			head := arcs[0]
			if next := c + arcs[1]; next < t.cost[head] {
				t.cost[head] = next
				t.open.add(head)
			}
			arcs = arcs[2:]
		}
	}
}

// rowsWithLength is rows with the cost in the upper and the length in the lower
// half of one number: of two ways that cost the same the shorter one counts.
func (t *Table) rowsWithLength(first []uint32, seeds []Seed, cost, length []uint32) {
	p, width := &t.part, t.part.width
	if t.sum == nil {
		t.sum = make([]uint64, t.x.nodes)
		for i := range t.sum {
			t.sum[i] = noWay << 32
		}
	}
	if len(p.both) != len(p.weight) {
		p.both = p.both[:0]
		for i, w := range p.weight {
			p.both = append(p.both, uint64(w)<<32|uint64(p.length[i]))
		}
	}
	t.sums = grow(t.sums, Lanes*p.places())
	for i := range t.sums {
		t.sums[i] = noWay << 32
	}
	for lane := range len(first) - 1 {
		start, end := span(first, lane, len(seeds))
		t.climbWithLength(seeds[start:end], lane)
	}
	descendSums(p.first, p.head, p.both, t.sums)
	found := t.sums[Lanes*len(p.node):]
	for lane := range len(first) - 1 {
		costs, lengths := cost[lane*width:(lane+1)*width], length[lane*width:(lane+1)*width]
		for i := range costs {
			c, l := uint32(found[Lanes*i+lane]>>32), uint32(found[Lanes*i+lane])
			if c >= noWay {
				c, l = Unreached, Unreached
			}
			costs[i], lengths[i] = c, l
		}
	}
}

// climbWithLength is climb with the length in the lower half.
func (t *Table) climbWithLength(source []Seed, lane int) {
	x := t.x
	for _, s := range source {
		if !s.in(x) {
			continue
		}
		v, c := x.rank[s.Node], uint64(s.Cost)<<32|uint64(s.Length)
		if c < t.sum[v] {
			t.sum[v] = c
			t.open.add(v)
		}
	}
	for {
		v, ok := t.open.take()
		if !ok {
			return
		}
		c := t.sum[v]
		t.sum[v] = noWay << 32
		if place := t.local[v]; place != none {
			t.sums[Lanes*int(place)+lane] = c
		}
		if stalledSum(&x.down, t.sum, v, c) {
			continue
		}
		for i := x.up.first[v]; i < x.up.first[v+1]; i++ {
			head, next := x.up.arcs[2*i], c+uint64(x.up.arcs[2*i+1])<<32
			if x.lengths {
				next += uint64(x.up.length[i])
			}
			if next < t.sum[head] {
				t.sum[head] = next
				t.open.add(head)
			}
		}
	}
}

// stalledSum is [stalled] by the costs of the sums alone.
func stalledSum(back *half, sums []uint64, v uint32, sum uint64) bool {
	arcs := back.arcs[2*back.first[v] : 2*back.first[v+1]]
	for len(arcs) >= 2 {
		if sums[arcs[0]]>>32+uint64(arcs[1]) < sum>>32 {
			return true
		}
		arcs = arcs[2:]
	}
	return false
}

// grow returns the slice with n entries, of any content.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
