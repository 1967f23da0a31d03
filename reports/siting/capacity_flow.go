package siting

import "math"

// transport is who is served where when sites have capacities, at the least cost
// that the open sites allow: a transportation problem, kept optimal as sites open
// and close by shortest ways of change (Busacker and Gowen 1960; Klein 1967). A
// way of change is a chain: somebody moves from one site to a next, whose place
// somebody else has left. There are few sites and many rows, so the chains are
// searched over sites; the cheapest move from one to another stands on top of a
// heap. A row may be served at several sites; sums are whole numbers.
//
// Node 0 stands for nowhere: it has room for all, at the cost far.
type transport struct {
	x        *median
	capacity []int64 // by site of x; None: no limit

	node []int32 // of each site; None: it is closed
	site []int32 // of each node; None for node 0, and for a node that is free
	load []int64 // by node
	at   [][]portion
	// moves has, for each pair of nodes, the moves from the first to the second.
	moves [][]moves
	cost  int64

	dist   []int64
	from   []int32 // node before, on the cheapest chain
	queue  []int32
	queued []bool
	pushed int // moves put on heaps since they were last made anew
}

// portion is a part of a row that is served at a node.
type portion struct {
	node   int32
	amount int64
}

// move is a row that could go from one node to another, and what a weight of 1
// of it would cost more there.
type move struct{ cost, row int32 }

const never = math.MaxInt64 / 4

func newTransport(x *median, capacity []int64) *transport {
	f := &transport{x: x, capacity: capacity, node: make([]int32, x.sites()), at: make([][]portion, x.rows()), cost: x.worst()}
	for j := range f.node {
		f.node[j] = None
	}
	f.grow()
	for i, w := range x.weight {
		f.at[i] = []portion{{0, w}}
		f.load[0] += w
	}
	return f
}

// grow adds a node.
func (f *transport) grow() int32 {
	n := int32(len(f.site))
	f.site, f.load = append(f.site, None), append(f.load, 0)
	for a := range f.moves {
		f.moves[a] = append(f.moves[a], nil)
	}
	f.moves = append(f.moves, make([]moves, n+1))
	f.dist, f.from, f.queued = append(f.dist, 0), append(f.from, None), append(f.queued, false)
	return n
}

// room is how much more a node can serve.
func (f *transport) room(n int32) int64 {
	if n == 0 {
		return never
	}
	if c := f.capacity[f.site[n]]; c != None {
		return c - f.load[n]
	}
	return never
}

// open opens a site and lets come who is better off for it.
func (f *transport) open(j int32) {
	f.tidy()
	n := int32(None)
	for k := int32(1); int(k) < len(f.site); k++ {
		if f.site[k] == None {
			n = k
			break
		}
	}
	if n == None {
		n = f.grow()
	}
	f.node[j], f.site[n] = n, j
	row, cost := f.x.column(j)
	for k, i := range row {
		for _, p := range f.at[i] {
			f.push(p.node, n, move{cost[k] - f.costAt(i, p.node), i})
		}
	}
	for f.room(n) > 0 {
		if f.chain(func(a int32) bool { return f.load[a] > 0 && a != n }); f.dist[n] >= 0 {
			return
		}
		f.shift(n, f.room(n))
	}
}

// close closes a site; who was served there goes elsewhere.
func (f *transport) close(j int32) {
	n := f.node[j]
	for f.load[n] > 0 {
		f.chain(func(a int32) bool { return a == n })
		to, least := int32(0), int64(never)
		for k := range int32(len(f.site)) {
			if k != n && (k == 0 || f.site[k] != None) && f.room(k) > 0 && f.dist[k] < least {
				to, least = k, f.dist[k]
			}
		}
		f.shift(to, f.room(to))
	}
	f.node[j], f.site[n] = None, None
	for k := range f.moves {
		f.moves[k][n], f.moves[n][k] = nil, nil
	}
}

// push notes a move.
func (f *transport) push(a, b int32, m move) {
	f.moves[a][b].push(m)
	f.pushed++
}

// tidy makes the heaps anew when most of what is on them is over.
func (f *transport) tidy() {
	if f.pushed < 4*len(f.x.site)+1<<16 {
		return
	}
	f.pushed = 0
	for a := range f.moves {
		for b := range f.moves[a] {
			f.moves[a][b] = f.moves[a][b][:0]
		}
	}
	for i := range f.at {
		for _, p := range f.at[i] {
			f.pushAll(int32(i), p.node)
		}
	}
}

// pushAll notes all moves of a row from a node.
func (f *transport) pushAll(i, n int32) {
	here := f.costAt(i, n)
	if n != 0 {
		f.push(n, 0, move{f.x.far[i] - here, i})
	}
	site, cost := f.x.row(int(i))
	for k, j := range site {
		if b := f.node[j]; b != None && b != n {
			f.push(n, b, move{cost[k] - here, i})
		}
	}
}

// become opens and closes what differs.
func (f *transport) become(chosen []int32) {
	stays := make([]bool, f.x.sites())
	for _, j := range chosen {
		stays[j] = true
	}
	for j, n := range f.node {
		if n != None && !stays[j] {
			f.close(int32(j))
		}
	}
	for _, j := range chosen {
		if f.node[j] == None {
			f.open(j)
		}
	}
}

// costAt is what a weight of 1 of a row costs at a node.
func (f *transport) costAt(i, n int32) int32 {
	if n == 0 {
		return f.x.far[i]
	}
	site, cost := f.x.row(int(i))
	for k, j := range site {
		if j == f.site[n] {
			return cost[k]
		}
	}
	return f.x.far[i] // not come by: only rows with a way are served there
}

// amount is how much of a row is served at a node.
func (f *transport) amount(i, n int32) int64 {
	for _, p := range f.at[i] {
		if p.node == n {
			return p.amount
		}
	}
	return 0
}

// top is the cheapest move between two nodes; false: there is none.
func (f *transport) top(a, b int32) (move, bool) {
	h := &f.moves[a][b]
	for len(*h) > 0 {
		if m := (*h)[0]; f.amount(m.row, a) > 0 {
			return m, true
		}
		h.pop()
	}
	return move{}, false
}

// chain finds the cheapest chains from the nodes where one may begin (Bellman and
// Ford; there is never a round that gains).
func (f *transport) chain(begins func(n int32) bool) {
	n := int32(len(f.site))
	queue, queued := f.queue[:0], f.queued
	for a := range n {
		f.dist[a], f.from[a] = never, None
		if begins(a) {
			f.dist[a] = 0
			queue, queued[a] = append(queue, a), true
		}
	}
	for k := 0; k < len(queue); k++ {
		a := queue[k]
		queued[a] = false
		for b := range n {
			if b == a || b != 0 && f.site[b] == None {
				continue
			}
			m, ok := f.top(a, b)
			if !ok || f.dist[a]+int64(m.cost) >= f.dist[b] {
				continue
			}
			f.dist[b], f.from[b] = f.dist[a]+int64(m.cost), a
			if !queued[b] {
				queue, queued[b] = append(queue, b), true
			}
		}
	}
	f.queue = queue
}

// shift moves as much as can be along the cheapest chain that ends at a node, but
// no more than most.
func (f *transport) shift(end int32, most int64) {
	for b := end; f.from[b] != None; b = f.from[b] {
		m, _ := f.top(f.from[b], b)
		most = min(most, f.amount(m.row, f.from[b]))
	}
	type change struct {
		move
		a, b int32
	}
	var all []change
	for b := end; f.from[b] != None; b = f.from[b] {
		m, _ := f.top(f.from[b], b)
		all = append(all, change{m, f.from[b], b})
	}
	for _, c := range all {
		f.put(c.row, c.a, -most)
		f.put(c.row, c.b, most)
		f.cost += most * int64(c.cost)
	}
}

// put adds an amount of a row to a node.
func (f *transport) put(i, n int32, amount int64) {
	f.load[n] += amount
	for k := range f.at[i] {
		if p := &f.at[i][k]; p.node == n {
			if p.amount += amount; p.amount == 0 {
				last := len(f.at[i]) - 1
				f.at[i][k] = f.at[i][last]
				f.at[i] = f.at[i][:last]
			}
			return
		}
	}
	f.at[i] = append(f.at[i], portion{n, amount})
	f.pushAll(i, n)
}

// moves is a heap with the cheapest on top, of equal ones the first row.
type moves []move

func (m move) before(o move) bool { return m.cost < o.cost || m.cost == o.cost && m.row < o.row }

func (h *moves) push(m move) {
	*h = append(*h, m)
	a := *h
	for k := len(a) - 1; k > 0; {
		up := (k - 1) / 2
		if !a[k].before(a[up]) {
			return
		}
		a[k], a[up] = a[up], a[k]
		k = up
	}
}

func (h *moves) pop() {
	a := *h
	last := len(a) - 1
	a[0] = a[last]
	a = a[:last]
	*h = a
	for k := 0; ; {
		down := 2*k + 1
		if down >= last {
			return
		}
		if down+1 < last && a[down+1].before(a[down]) {
			down++
		}
		if !a[down].before(a[k]) {
			return
		}
		a[k], a[down] = a[down], a[k]
		k = down
	}
}
