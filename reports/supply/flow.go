package supply

import "slices"

// flow is an assignment in the making. At any time it is the best one of the
// people pushed so far, and price proves it.
//
// The network has the facilities and one node, nowhere, for those without a place,
// which takes all. A full facility j has an arc to another node k if somebody who
// has a place at j could go to k instead; it costs what that makes worse for the
// one for whom it is least. price[j] is a lower bound of the shortest path from j
// to where there is room: with the prices taken off no arc costs less than 0.
// Paths only grow longer, so prices only rise.
type flow struct {
	p       *Problem
	nowhere int // the number of the node, and of facilities
	owner   []int32
	ways    [][]int32 // by facility

	taken []int64 // of each way
	room  []int64 // of each facility; one of unknown capacity has all the room there is
	price []int64 // of each node; nowhere has 0
	penal []int64 // of each class: the cost of being nowhere
	full  []arcs  // by facility

	// Of the search under way:
	far   []int64 // by node: the shortest path to it so far, prices taken off
	from  []int32 // by node: the facility before it, None: the demand itself
	met   []int32 // nodes that far is set of
	queue []node
}

// arcs are those of a full facility.
type arcs struct {
	slot []int32 // by node: place in to and node, plus 1; nil while there is room
	node []int32
	to   []moves
}

// unlimited is the room of a facility of unknown capacity: more than all people.
const unlimited = maxTotal << 1

func newFlow(p *Problem) *flow {
	n := len(p.Capacity)
	f := &flow{
		p: p, nowhere: n, owner: make([]int32, len(p.Ways.Facility)), ways: make([][]int32, n),
		taken: make([]int64, len(p.Ways.Facility)), room: slices.Clone(p.Capacity), price: make([]int64, n+1), penal: p.unserved(),
		full: make([]arcs, n), far: slices.Repeat([]int64{unmet}, n+1), from: make([]int32, n+1),
	}
	for d := range p.Weight {
		for way := p.Ways.First[d]; way < p.Ways.First[d+1]; way++ {
			j := p.Ways.Facility[way]
			f.owner[way] = int32(d)
			f.ways[j] = append(f.ways[j], int32(way))
		}
	}
	for j := range f.room {
		switch f.room[j] {
		case Unknown:
			f.room[j] = unlimited
		case 0: // nobody ever goes there
			f.price[j] = f.penal[0]
			f.fill(j)
		}
	}
	return f
}

// push gives up to so many people of a demand the best place there is for one, on
// a shortest path, and returns how many the path has room for. Those who are best
// off nowhere stay there.
func (f *flow) push(d int, people int64) int64 {
	end := f.search(d)
	if end == f.nowhere && f.from[end] == None {
		return people
	}
	n := people
	if end != f.nowhere {
		n = min(n, f.room[end])
	}
	var path []move
	first := end
	for f.from[first] != None {
		j := int(f.from[first])
		m := *f.least(j, f.full[j].slot[first]-1)
		path = append(path, m)
		n = min(n, f.taken[m.from])
		first = j
	}
	for _, m := range path {
		f.taken[m.from] -= n
		if m.to != None {
			f.give(m.to, n)
		}
	}
	for way := f.p.Ways.First[d]; way < f.p.Ways.First[d+1]; way++ {
		if int(f.p.Ways.Facility[way]) == first {
			f.give(way, n)
		}
	}
	if end != f.nowhere && f.room[end] < unlimited {
		if f.room[end] -= n; f.room[end] == 0 {
			f.fill(end)
		}
	}
	return n
}

// give gives people of a way's demand a place at its facility.
func (f *flow) give(way int, n int64) {
	newcomer := f.taken[way] == 0
	f.taken[way] += n
	if j := int(f.p.Ways.Facility[way]); newcomer && f.full[j].slot != nil {
		f.join(j, way)
	}
}

// fill makes the arcs of a facility that has become full.
func (f *flow) fill(j int) {
	f.full[j].slot = make([]int32, f.nowhere+1)
	for _, way := range f.ways[j] {
		if f.taken[way] > 0 {
			f.join(j, int(way))
		}
	}
}

// join lets somebody who has come to a full facility go on from there.
func (f *flow) join(j, way int) {
	w, d := &f.p.Ways, f.owner[way]
	cost := int64(w.Cost[way])
	for e := w.First[d]; e < w.First[d+1]; e++ {
		if e != way {
			f.arc(j, int(w.Facility[e])).push(move{int64(w.Cost[e]) - cost, way, e})
		}
	}
	f.arc(j, f.nowhere).push(move{f.penal[f.p.class(int(d))] - cost, way, None})
}

// arc is the one from a full facility to a node, made if need be.
func (f *flow) arc(j, k int) *moves {
	a := &f.full[j]
	if a.slot[k] == 0 {
		a.to, a.node = append(a.to, nil), append(a.node, int32(k))
		a.slot[k] = int32(len(a.to))
	}
	return &a.to[a.slot[k]-1]
}

// least is the move on an arc of a full facility that costs least; nil: there is
// none.
func (f *flow) least(j int, slot int32) *move {
	m := &f.full[j].to[slot]
	for len(*m) > 0 {
		if f.taken[(*m)[0].from] > 0 {
			return &(*m)[0]
		}
		m.pop() // who has left
	}
	return nil
}
