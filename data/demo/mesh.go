package demo

import (
	"fmt"
	"sort"
)

// mesh is a planar subdivision kept as half-edges. Areas are cut out of it from
// the top down; since an edge belongs to both its sides, a node put into it
// belongs to both, and what tiles goes on tiling exactly.
type mesh struct {
	frame frame
	spots []spot  // by node
	pts   []vec   // by node: the spot in metres
	deg   []int32 // by node: edges that meet there
	edges []halfEdge
	first []int32 // by face: one of its half-edges
}

// halfEdge is one side of an edge, its face to the left. Outside of everything
// is face -1, whose half-edges are not linked.
type halfEdge struct {
	from, next, prev, twin int32
	face                   int32
	line                   int32 // what the edge is part of, an index into the caller's lines
}

func newMesh(f frame) *mesh { return &mesh{frame: f} }

func (m *mesh) addNode(s spot) int32 {
	m.spots = append(m.spots, s)
	m.pts = append(m.pts, m.frame.at(s))
	m.deg = append(m.deg, 0)
	return int32(len(m.spots) - 1)
}

func (m *mesh) to(e int32) int32 { return m.edges[m.edges[e].twin].from }

// addFaces adds faces given as rings of nodes, counter-clockwise and without
// the closing node, the line of every edge being line. It fails if two of them
// claim the same side of an edge, which means that they overlap.
func (m *mesh) addFaces(rings [][]int32, line int32) error {
	type side struct{ a, b int32 }
	owner := make(map[side]int32)
	for _, ring := range rings {
		face := int32(len(m.first))
		start := int32(len(m.edges))
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if a == b {
				return fmt.Errorf("face %d: the same node twice in a row", face)
			}
			if _, dup := owner[side{a, b}]; dup {
				p := m.spots[a].point()
				return fmt.Errorf("two areas overlap near %.5f, %.5f", p[0], p[1])
			}
			owner[side{a, b}] = int32(len(m.edges))
			n := int32(len(ring))
			m.edges = append(m.edges, halfEdge{
				from: a, face: face, line: line, twin: -1,
				next: start + (int32(i)+1)%n, prev: start + (int32(i)+n-1)%n,
			})
		}
		m.first = append(m.first, start)
	}
	for e := range len(m.edges) {
		h := &m.edges[e]
		if h.twin >= 0 {
			continue
		}
		b := m.edges[h.next].from
		m.deg[h.from]++
		m.deg[b]++
		if t, ok := owner[side{b, h.from}]; ok {
			h.twin = t
			m.edges[t].twin = int32(e)
			continue
		}
		h.twin = int32(len(m.edges))
		m.edges = append(m.edges, halfEdge{from: b, twin: int32(e), face: -1, next: -1, prev: -1, line: line})
	}
	return nil
}

// splitEdge puts a node into an edge and returns it. The half-edge e keeps its
// beginning; what follows it is new.
func (m *mesh) splitEdge(e int32, at spot) int32 {
	n := m.addNode(at)
	m.deg[n] = 2
	t := m.edges[e].twin
	e2, t2 := int32(len(m.edges)), int32(len(m.edges)+1)
	he, ht := m.edges[e], m.edges[t]
	m.edges = append(m.edges,
		halfEdge{from: n, next: he.next, prev: e, twin: t, face: he.face, line: he.line},
		halfEdge{from: n, next: ht.next, prev: t, twin: e2 - 1, face: ht.face, line: ht.line})
	m.edges[t2].twin = e
	m.edges[e].twin, m.edges[t].twin = t2, e2
	if he.next >= 0 {
		m.edges[he.next].prev = e2
	}
	if ht.next >= 0 {
		m.edges[ht.next].prev = t2
	}
	m.edges[e].next, m.edges[t].next = e2, t2
	if he.face < 0 {
		m.edges[e].next, m.edges[e2].prev = -1, -1
	}
	if ht.face < 0 {
		m.edges[t].next, m.edges[t2].prev = -1, -1
	}
	return n
}

// splitFace cuts the face of hu and hv by the path from the beginning of hu
// over the given nodes to the beginning of hv. The old face keeps what lies
// from hu on to hv; the new one is returned.
func (m *mesh) splitFace(hu, hv int32, path []int32, line int32) int32 {
	old := m.edges[hu].face
	fresh := int32(len(m.first))
	nodes := append([]int32{m.edges[hu].from}, path...)
	nodes = append(nodes, m.edges[hv].from)
	pu, pv := m.edges[hu].prev, m.edges[hv].prev
	k := len(nodes) - 1
	base := int32(len(m.edges))
	for i := range k {
		// base+2i runs from u to v, in the new face; base+2i+1 runs back.
		m.edges = append(m.edges,
			halfEdge{from: nodes[i], twin: base + int32(2*i+1), face: fresh, line: line, prev: base + int32(2*i-2), next: base + int32(2*i+2)},
			halfEdge{from: nodes[i+1], twin: base + int32(2*i), face: old, line: line, prev: base + int32(2*i+3), next: base + int32(2*i-1)})
		m.deg[nodes[i]]++
		m.deg[nodes[i+1]]++
	}
	firstOut, lastOut := base, base+int32(2*(k-1))
	firstBack, lastBack := base+int32(2*(k-1)+1), base+1
	m.edges[firstOut].prev, m.edges[pu].next = pu, firstOut
	m.edges[lastOut].next, m.edges[hv].prev = hv, lastOut
	m.edges[firstBack].prev, m.edges[pv].next = pv, firstBack
	m.edges[lastBack].next, m.edges[hu].prev = hu, lastBack
	m.first[old] = hu
	m.first = append(m.first, firstOut)
	for e := m.edges[firstOut].next; e != firstOut; e = m.edges[e].next {
		m.edges[e].face = fresh
	}
	return fresh
}

// ring returns the half-edges of a face and where each begins.
func (m *mesh) ring(face int32) (edges []int32, pts []vec) {
	e := m.first[face]
	for {
		edges = append(edges, e)
		pts = append(pts, m.pts[m.edges[e].from])
		e = m.edges[e].next
		if e == m.first[face] {
			return edges, pts
		}
	}
}

// region is a set of faces drawn as polygons: each an outer ring,
// counter-clockwise, then its holes, clockwise; rings as nodes without the
// closing one.
type region [][][]int32

// regions draws the union of all faces of a label, for each label 0 ≤ l < n.
// Faces of a negative label are left out.
func (m *mesh) regions(label []int32, n int) []region {
	of := func(e int32) int32 {
		if f := m.edges[e].face; f >= 0 {
			return label[f]
		}
		return -1
	}
	rings := make([][][]int32, n)
	seen := make([]bool, len(m.edges))
	for e := range int32(len(m.edges)) {
		l := of(e)
		if l < 0 || seen[e] || of(m.edges[e].twin) == l {
			continue
		}
		var ring []int32
		for h := e; ; {
			seen[h] = true
			ring = append(ring, m.edges[h].from)
			h = m.edges[h].next
			for of(m.edges[h].twin) == l {
				h = m.edges[m.edges[h].twin].next
			}
			if h == e {
				break
			}
		}
		rings[l] = append(rings[l], ring)
	}
	out := make([]region, n)
	for l := range out {
		out[l] = m.assemble(rings[l])
	}
	return out
}

// assemble puts holes into the rings that hold them.
func (m *mesh) assemble(rings [][]int32) region {
	type drawn struct {
		nodes []int32
		pts   []vec
		area  float64
	}
	var outer, holes []drawn
	for _, r := range m.pinch(rings) {
		d := drawn{nodes: r}
		for _, n := range r {
			d.pts = append(d.pts, m.pts[n])
		}
		if d.area = ringArea(d.pts); d.area > 0 {
			outer = append(outer, d)
		} else if d.area < 0 {
			holes = append(holes, d)
		}
	}
	sort.SliceStable(outer, func(i, j int) bool { return outer[i].area > outer[j].area })
	out := make(region, len(outer))
	for i, o := range outer {
		out[i] = [][]int32{o.nodes}
	}
	for _, h := range holes {
		for i := len(outer) - 1; i >= 0; i-- {
			// A hole may touch its ring at a node, so ask for a point beside an edge.
			a, b := h.pts[0], h.pts[1]
			beside := a.towards(b, .5).add(b.sub(a).left().unit().mul(0.02))
			if outer[i].area > -h.area && inside(outer[i].pts, beside) {
				out[i] = append(out[i], h.nodes)
				break
			}
		}
	}
	return out
}

// pinch takes rings that pass a node twice apart into rings that do not, as
// the simple-features model demands.
func (m *mesh) pinch(rings [][]int32) [][]int32 {
	var out [][]int32
	for _, r := range rings {
		var stack []int32
		at := make(map[int32]int)
		for _, n := range r {
			if i, ok := at[n]; ok {
				loop := append([]int32(nil), stack[i:]...)
				for _, x := range loop[1:] {
					delete(at, x)
				}
				stack = stack[:i+1]
				if len(loop) > 2 {
					out = append(out, loop)
				}
				continue
			}
			at[n] = len(stack)
			stack = append(stack, n)
		}
		if len(stack) > 2 {
			out = append(out, stack)
		}
	}
	return out
}
