package districting

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// draft makes a first drawing of a ground: what is given is kept as far as it
// hangs together, zones that have units grow over what is free, and regions
// that should hold more zones than they do are divided by trees.
type draft struct {
	g    *ground
	rng  *rand.Rand
	zone []int32
}

// firstDrawing returns a complete drawing. From, if not nil, is the zone of
// each unit, or None. Each zone hangs together if locks and barriers let it.
func firstDrawing(g *ground, rng *rand.Rand, from []int32) []int32 {
	d := &draft{g: g, rng: rng, zone: make([]int32, g.n)}
	for u := range d.zone {
		d.zone[u] = None
		if from != nil {
			d.zone[u] = from[u]
		}
		if g.lock[u] != None {
			d.zone[u] = g.lock[u]
		}
	}
	if from != nil {
		d.prune()
	}
	d.join()
	d.grow()
	if !d.people() && from != nil {
		return firstDrawing(g, rng, nil) // it leaves some piece without a zone
	}
	return d.zone
}

// parts returns the part of each unit among units of the same zone, and the
// units of each part. Free units are of a zone None.
func (d *draft) parts() ([]int32, [][]int32) {
	g := d.g
	part := make([]int32, g.n)
	for u := range part {
		part[u] = None
	}
	var out [][]int32
	for s := range part {
		if part[s] != None {
			continue
		}
		id := int32(len(out))
		part[s] = id
		units := []int32{int32(s)}
		for i := 0; i < len(units); i++ {
			u := units[i]
			for e := g.first[u]; e < g.first[u+1]; e++ {
				if v := g.to[e]; part[v] == None && d.zone[v] == d.zone[u] && !g.shut(e) {
					part[v] = id
					units = append(units, v)
				}
			}
		}
		out = append(out, units)
	}
	return part, out
}

// prune frees all parts of a zone but the one with the most locked units, then
// the most units; locked units stay.
func (d *draft) prune() {
	_, parts := d.parts()
	held := func(units []int32) int {
		n := 0
		for _, u := range units {
			if d.g.lock[u] != None {
				n++
			}
		}
		return n
	}
	keep := make([]int, d.g.k)
	for z := range keep {
		keep[z] = None
	}
	for i, units := range parts {
		z := d.zone[units[0]]
		if z == None {
			continue
		}
		if j := keep[z]; j == None || cmp.Or(cmp.Compare(held(units), held(parts[j])), cmp.Compare(len(units), len(parts[j]))) > 0 {
			keep[z] = i
		}
	}
	for i, units := range parts {
		if z := d.zone[units[0]]; z == None || keep[z] == i {
			continue
		}
		for _, u := range units {
			if d.g.lock[u] == None {
				d.zone[u] = None
			}
		}
	}
}

// join connects the parts of each zone by shortest ways through free units, as
// far as there are any.
func (d *draft) join() {
	g := d.g
	from := make([]int32, g.n)
	for {
		_, parts := d.parts()
		count := make([]int, g.k)
		for _, units := range parts {
			if z := d.zone[units[0]]; z != None {
				count[z]++
			}
		}
		joined := false
		for _, units := range parts {
			z := d.zone[units[0]]
			if z == None || count[z] < 2 {
				continue
			}
			if d.bridge(units, z, from) {
				count[z]--
				joined = true
				break // parts have changed
			}
		}
		if !joined {
			return
		}
	}
}

// bridge gives a zone the units of a shortest way from one of its parts to
// another one.
func (d *draft) bridge(part []int32, z int32, from []int32) bool {
	g := d.g
	for u := range from {
		from[u] = None
	}
	queue := slices.Clone(part)
	for _, u := range part {
		from[u] = u
	}
	for i := 0; i < len(queue); i++ {
		u := queue[i]
		for e := g.first[u]; e < g.first[u+1]; e++ {
			v := g.to[e]
			if from[v] != None || g.shut(e) {
				continue
			}
			if d.zone[v] == z {
				for x := u; d.zone[x] == None; x = from[x] {
					d.zone[x] = z
				}
				return true
			}
			if d.zone[v] == None {
				from[v] = u
				queue = append(queue, v)
			}
		}
	}
	return false
}

// grow lets zones that have units take what is free beside them, the lightest
// first, at random places of their rims.
func (d *draft) grow() {
	g := d.g
	rim := make([][]int32, g.k)
	load := make([]float64, g.k)
	take := func(u int32) {
		z := d.zone[u]
		load[z] += d.load(u)
		for e := g.first[u]; e < g.first[u+1]; e++ {
			if v := g.to[e]; d.zone[v] == None && !g.shut(e) {
				rim[z] = append(rim[z], v)
			}
		}
	}
	for u := range d.zone {
		if d.zone[u] != None {
			take(int32(u))
		}
	}
	q := newQueue(load)
	for z := range rim {
		if len(rim[z]) > 0 {
			q.push(int32(z))
		}
	}
	for len(q.heap) > 0 {
		z := q.pop()
		for len(rim[z]) > 0 {
			i := d.rng.IntN(len(rim[z]))
			u := rim[z][i]
			rim[z][i] = rim[z][len(rim[z])-1]
			rim[z] = rim[z][:len(rim[z])-1]
			if d.zone[u] != None {
				continue
			}
			d.zone[u] = z
			take(u)
			break
		}
		if len(rim[z]) > 0 {
			q.push(z)
		}
	}
}

// load is how much a unit counts when zones grow: its share of a target, and a
// little, so that empty units count as well.
func (d *draft) load(u int32) float64 {
	x := float64(d.g.k) / float64(d.g.n)
	if d.g.nw > 0 {
		x = x/16 + float64(d.g.weight[int(u)*d.g.nw])/d.g.bounds[0].Target
	}
	return x
}

// people gives zones without units their place: first pieces that nobody grew
// over, then shares of the zones that hold the most. It tells whether each
// piece got a zone of its own.
func (d *draft) people() bool {
	g := d.g
	size := make([]int, g.k)
	var free [][]int32
	_, parts := d.parts()
	for _, units := range parts {
		if z := d.zone[units[0]]; z != None {
			size[z] += len(units)
		} else {
			free = append(free, units)
		}
	}
	var empty []int32
	held := make([][]int32, g.k)
	for z := range size {
		if size[z] == 0 {
			empty = append(empty, int32(z))
		}
	}
	for u, z := range d.zone {
		if z != None {
			held[z] = append(held[z], int32(u))
		}
	}
	slices.SortStableFunc(free, func(a, b []int32) int { return cmp.Compare(d.weight(b), d.weight(a)) })
	var regions []region
	own := true
	for _, units := range free {
		if len(empty) > 0 {
			regions = append(regions, d.region(units, empty[0], None))
			empty = empty[1:]
			continue
		}
		// Every zone is kept elsewhere: the lightest gets a part more.
		own = false
		z := d.lightest(regions, held)
		for _, u := range units {
			d.zone[u] = z
		}
		held[z] = append(held[z], units...)
	}
	if len(empty) == 0 {
		for i := range regions {
			d.settle(&regions[i])
		}
		return own
	}
	for z, units := range held {
		if len(units) > 0 {
			regions = append(regions, d.region(units, int32(z), int32(z)))
		}
	}
	d.allot(regions, empty)
	t := newSplitter(g, d.rng)
	for i := range regions {
		t.divide(regions[i].units, regions[i].zones, d.zone, regions[i].owner)
	}
	return own
}

// region is ground that hangs together, and the zones that share it.
type region struct {
	units []int32
	zones []int32
	owner int32 // the first of zones, if it has locked units or had these before
	room  int   // units that are not locked
	sum   []int64
}

func (d *draft) region(units []int32, z, owner int32) region {
	g := d.g
	r := region{units: units, zones: []int32{z}, owner: owner, sum: make([]int64, g.nw)}
	for _, u := range units {
		if g.lock[u] == None {
			r.room++
		}
		for w := range g.nw {
			r.sum[w] += g.weight[int(u)*g.nw+w]
		}
	}
	return r
}

// settle gives a region to its only zone.
func (d *draft) settle(r *region) {
	for _, u := range r.units {
		d.zone[u] = r.zones[0]
	}
}

// weight is the load of units.
func (d *draft) weight(units []int32) float64 {
	x := 0.0
	for _, u := range units {
		x += d.load(u)
	}
	return x
}

// lightest returns the zone that holds least among those that hold anything.
func (d *draft) lightest(regions []region, held [][]int32) int32 {
	best, least := int32(0), 0.0
	for z, units := range held {
		if len(units) == 0 {
			continue
		}
		if x := d.weight(units); least == 0 || x < least {
			best, least = int32(z), x
		}
	}
	if least == 0 && len(regions) > 0 {
		best = regions[len(regions)-1].zones[0]
	}
	return best
}

// allot gives empty zones to regions, one by one to where the bounds gain the
// most by it (they are convex, so that this is the best), else to where zones
// are the heaviest.
func (d *draft) allot(regions []region, empty []int32) {
	gain := func(r *region) (float64, float64) {
		k := len(r.zones)
		x, heavy := 0.0, float64(r.room)/float64(k)
		for w := range r.sum {
			b := &d.g.bounds[w]
			x += between(b, r.sum[w], k) - between(b, r.sum[w], k+1)
		}
		if len(r.sum) > 0 {
			heavy = float64(r.sum[0]) / float64(k)
		}
		return x, heavy
	}
	for _, z := range empty {
		best := None
		var most, heaviest float64
		for i := range regions {
			r := &regions[i]
			need := len(r.zones) + 1 // each of its zones needs a unit
			if r.room < len(r.units) {
				need-- // the owner has locked ones
			}
			if r.room < need {
				continue
			}
			x, heavy := gain(r)
			if best == None || x > most+1e-9 || x > most-1e-9 && heavy > heaviest {
				best, most, heaviest = i, x, heavy
			}
		}
		if best == None {
			return // Validate has made sure that this does not happen
		}
		regions[best].zones = append(regions[best].zones, z)
	}
}

// between returns by how much k zones that share a sum break their bounds at
// least, as a share of the target.
func between(b *Bound, sum int64, k int) float64 {
	switch {
	case sum > int64(k)*b.Most:
		return float64(sum-int64(k)*b.Most) / b.Target
	case sum < int64(k)*b.Least:
		return float64(int64(k)*b.Least-sum) / b.Target
	}
	return 0
}

// queue is a binary heap of zones, the lightest first, then by number.
type queue struct {
	load []float64
	heap []int32
}

func newQueue(load []float64) *queue { return &queue{load: load} }

func (q *queue) less(a, b int32) bool {
	return cmp.Or(cmp.Compare(q.load[a], q.load[b]), cmp.Compare(a, b)) < 0
}

func (q *queue) push(z int32) {
	q.heap = append(q.heap, z)
	for i := len(q.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !q.less(q.heap[i], q.heap[up]) {
			return
		}
		q.heap[i], q.heap[up] = q.heap[up], q.heap[i]
		i = up
	}
}

func (q *queue) pop() int32 {
	h := q.heap
	z := h[0]
	h[0] = h[len(h)-1]
	q.heap = h[:len(h)-1]
	h = q.heap
	for i := 0; ; {
		j := 2*i + 1
		if j >= len(h) {
			return z
		}
		if j+1 < len(h) && q.less(h[j+1], h[j]) {
			j++
		}
		if !q.less(h[j], h[i]) {
			return z
		}
		h[i], h[j] = h[j], h[i]
		i = j
	}
}
