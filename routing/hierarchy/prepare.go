package hierarchy

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Options says how a graph is prepared. The zero value uses every processor.
type Options struct {
	// Threads is how many goroutines work; 0 or less is one a processor.
	Threads int
	// Progress is told now and then, from the calling goroutine, how many of
	// the nodes are contracted; nil tells nobody.
	Progress func(done, total int)
}

// rough bounds the searches for witnesses while nodes are put in order, thorough
// those when one is contracted. A search that stops early adds a shortcut too
// many, never one too few; more than this made preparation longer and the index
// no better.
func rough() limits    { return limits{settled: 30, hops: 10} }
func thorough() limits { return limits{settled: 400, hops: 30} }

// alive is the order of nodes that are not contracted yet.
const alive = math.MaxUint32

// contraction is a graph while it is being contracted.
type contraction struct {
	reduced
	room     *arena
	level    []uint32
	priority []uint64
	order    []uint32 // when each node was contracted
	done     uint32

	remaining []uint32 // not contracted yet
	dirty     []uint32 // of those, the ones to weigh again
	isDirty   []bool
	team      []*witness
}

// Prepare contracts the graph, in rounds of nodes of which no two are
// neighbours: in each round those that matter less than all their neighbours
// (Vetter 2009). What a node matters is how many arcs, and how many arcs of the
// graph, its shortcuts add for each that it takes away, and how deep a
// hierarchy lies below it (Geisberger et al. 2008).
//
// It returns an error that wraps [ErrGraph] for a malformed graph, and the
// context's when it ends first.
func Prepare(ctx context.Context, g Graph, o Options) (*Index, error) {
	if err := g.Validate(); err != nil {
		return nil, fmt.Errorf("prepare the hierarchy: %w", err)
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	c := newContraction(g, threads)
	n := g.Nodes()
	for len(c.remaining) > 0 {
		if o.Progress != nil {
			o.Progress(n-len(c.remaining), n)
		}
		if err := c.round(ctx); err != nil {
			return nil, fmt.Errorf("prepare the hierarchy: %w", err)
		}
	}
	if o.Progress != nil {
		o.Progress(n, n)
	}
	return assemble(g, c), nil
}

// newContraction begins: all nodes remain, none is weighed.
func newContraction(g Graph, threads int) *contraction {
	n := g.Nodes()
	c := &contraction{
		reduced: reduce(g), room: newArena(),
		level: make([]uint32, n), priority: make([]uint64, n), order: make([]uint32, n),
		remaining: make([]uint32, n), dirty: make([]uint32, n), isDirty: make([]bool, n),
	}
	for v := range c.remaining {
		c.remaining[v], c.dirty[v], c.order[v] = uint32(v), uint32(v), alive
	}
	for range min(threads, n/64+1) {
		c.team = append(c.team, newWitness(c))
	}
	return c
}

// round weighs the nodes whose neighbours have changed and contracts those that
// matter less than all their neighbours. What is found side by side is put
// into the graph in one order, whoever found it.
func (c *contraction) round(ctx context.Context) error {
	each(ctx, c.team, len(c.dirty), func(w *witness, i int) { c.priority[c.dirty[i]] = w.weigh(c.dirty[i]) })
	if err := ctx.Err(); err != nil {
		return err
	}
	set := c.independent()
	for _, v := range set {
		c.order[v] = c.done
		c.done++
	}
	made := make([][]found, len(set))
	for _, w := range c.team {
		w.found = w.found[:0]
	}
	each(ctx, c.team, len(set), func(w *witness, i int) {
		start := len(w.found)
		w.shortcuts(set[i], thorough())
		made[i] = w.found[start:len(w.found):len(w.found)]
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	c.dirty = c.dirty[:0]
	for i, v := range set {
		c.contract(v, made[i])
		c.soil(c.out[v])
		c.soil(c.in[v])
	}
	for _, v := range c.dirty {
		c.isDirty[v] = false
	}
	c.remaining = slices.DeleteFunc(c.remaining, func(v uint32) bool { return c.order[v] != alive })
	return nil
}

// soil notes that the ends of the links must be weighed again.
func (c *contraction) soil(links []link) {
	for _, l := range links {
		if !c.isDirty[l.node] {
			c.isDirty[l.node] = true
			c.dirty = append(c.dirty, l.node)
		}
	}
}

// each does n pieces of work, shared out among the team; it leaves the rest
// undone when the context ends.
func each(ctx context.Context, team []*witness, n int, do func(w *witness, i int)) {
	const piece = 32
	if len(team) == 1 || n <= piece {
		for i := range n {
			if i%piece == 0 && ctx.Err() != nil {
				return
			}
			do(team[0], i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for _, w := range team {
		wait.Go(func() {
			for ctx.Err() == nil {
				end := int(next.Add(piece))
				if end-piece >= n {
					return
				}
				for i := end - piece; i < min(end, n); i++ {
					do(w, i)
				}
			}
		})
	}
	wait.Wait()
}

// weigh tells how much a node matters, in thousandths of a level. The terms are
// RoutingKit's; weighing the arcs four and the hops two times as much gave
// fewer shortcuts and smaller searches on two street networks and on a grid.
func (w *witness) weigh(v uint32) uint64 {
	c := w.c
	start := len(w.found)
	w.shortcuts(v, rough())
	removed, removedHops := uint64(1), uint64(1)
	count := func(links []link) {
		for _, l := range links {
			removed++
			removedHops += uint64(l.hops)
		}
	}
	count(c.out[v])
	if !c.symmetric {
		count(c.in[v])
	}
	added, addedHops := uint64(0), uint64(0)
	for _, f := range w.found[start:] {
		added++
		addedHops += uint64(f.from.hops) + uint64(f.to.hops)
	}
	w.found = w.found[:start]
	return 1000*uint64(c.level[v]) + 4000*added/removed + 2000*addedHops/removedHops
}

// independent returns the nodes that matter less than all their neighbours.
func (c *contraction) independent() []uint32 {
	var set []uint32
	for _, v := range c.remaining {
		over := func(l link) bool { return c.before(l.node, v) }
		if !slices.ContainsFunc(c.out[v], over) && (c.symmetric || !slices.ContainsFunc(c.in[v], over)) {
			set = append(set, v)
		}
	}
	return set
}

// before tells whether a matters less than b. Which of two alike comes first is
// drawn by a hash, lest a row of them be contracted one a round.
func (c *contraction) before(a, b uint32) bool {
	if c.priority[a] != c.priority[b] {
		return c.priority[a] < c.priority[b]
	}
	ha, hb := scatter(a), scatter(b)
	if ha != hb {
		return ha < hb
	}
	return a < b
}

// scatter is the finish of MurmurHash3: it maps numbers one to one.
func scatter(v uint32) uint32 {
	v ^= v >> 16
	v *= 0x85ebca6b
	v ^= v >> 13
	v *= 0xc2b2ae35
	return v ^ v>>16
}

// contract takes v out of its neighbours' links and puts its shortcuts in. Its
// own links stay as they are: they are its arcs in the hierarchy.
func (c *contraction) contract(v uint32, made []found) {
	for _, l := range c.out[v] {
		c.level[l.node] = max(c.level[l.node], c.level[v]+1)
		c.in[l.node] = drop(c.in[l.node], v)
	}
	if !c.symmetric {
		for _, l := range c.in[v] {
			c.level[l.node] = max(c.level[l.node], c.level[v]+1)
			c.out[l.node] = drop(c.out[l.node], v)
		}
	}
	for _, f := range made {
		c.join(f)
	}
}

// join puts a shortcut between its ends, unless a link no dearer is there.
func (c *contraction) join(f found) {
	tail, head := f.from.node, f.to.node
	there := seek(c.out[tail], head)
	if there >= 0 && c.out[tail][there].weight <= f.weight {
		return
	}
	id := uint32(len(c.records))
	length := addReached(c.records[f.from.record].length, c.records[f.to.record].length)
	c.records = append(c.records, record{tail: tail, a: f.from.record, b: f.to.record, length: length, shortcut: true})
	l := link{weight: f.weight, record: id, hops: f.from.hops + f.to.hops}
	c.out[tail] = c.put(c.out[tail], there, head, l)
	c.in[head] = c.put(c.in[head], seek(c.in[head], tail), tail, l)
}

// put replaces the link at the place, or adds one where the place is negative.
func (c *contraction) put(links []link, place int, node uint32, l link) []link {
	l.node = node
	if place >= 0 {
		links[place] = l
		return links
	}
	return c.room.push(links, l)
}

// seek returns where the link to the node is, or -1.
func seek(links []link, node uint32) int {
	for i := range links {
		if links[i].node == node {
			return i
		}
	}
	return -1
}

// drop takes the link to the node out of the links.
func drop(links []link, node uint32) []link {
	if i := seek(links, node); i >= 0 {
		links[i] = links[len(links)-1]
		links = links[:len(links)-1]
	}
	return links
}
