package topology

import (
	"cmp"
	"slices"
)

// None stands for no face: the ground outside.
const none int32 = -1

// edge is a segment with the faces on the left and on the right of the way
// from a to b, as slots or none.
type edge struct {
	seg
	left, right int32
}

// arc is a line between two nodes, or closed, with the faces on its left and
// right. It is never changed.
type arc struct {
	pts         []pt
	left, right int32
	box         box
}

func newArc(pts []pt, left, right int32) *arc {
	// One way to write each arc: from the lesser end; closed ones counter-clockwise.
	first, last := pts[0], pts[len(pts)-1]
	if first.compare(last) > 0 || first == last && twiceArea(pts).sign() < 0 {
		pts = slices.Clone(pts)
		slices.Reverse(pts)
		left, right = right, left
	}
	return &arc{pts: pts, left: left, right: right, box: boxOf(pts)}
}

func (a *arc) compare(b *arc) int {
	return slices.CompareFunc(a.pts, b.pts, pt.compare)
}

// chain joins edges into the longest arcs: an arc ends where other than two
// edges meet. More tells how many arcs that are not among the edges end at a
// point; nil: none do anywhere. A closed arc without a node begins at its
// first point from west to east. Arcs come sorted.
func chain(edges []edge, more func(pt) int) []*arc {
	// Half-edge 2e leaves edge e's first point, 2e+1 its second.
	leave := make(map[pt][]int32, len(edges))
	for e, s := range edges {
		leave[s.a] = append(leave[s.a], int32(2*e))
		leave[s.b] = append(leave[s.b], int32(2*e+1))
	}
	node := func(p pt) bool {
		return len(leave[p]) != 2 || more != nil && more(p) > 0
	}
	from := func(h int32) pt {
		if h&1 == 0 {
			return edges[h/2].a
		}
		return edges[h/2].b
	}
	used := make([]bool, len(edges))
	var arcs []*arc
	walk := func(h int32) {
		left, right := edges[h/2].left, edges[h/2].right
		if h&1 == 1 {
			left, right = right, left
		}
		start := from(h)
		pts := []pt{start}
		for {
			used[h/2] = true
			p := from(h ^ 1)
			pts = append(pts, p)
			if p == start || node(p) {
				break
			}
			two := leave[p]
			if next := two[0]; next != h^1 {
				h = next
			} else {
				h = two[1]
			}
		}
		arcs = append(arcs, newArc(pts, left, right))
	}
	for e, s := range edges {
		if !used[e] && node(s.a) {
			walk(int32(2 * e))
		}
		if !used[e] && node(s.b) {
			walk(int32(2*e + 1))
		}
	}
	for e := range edges {
		if used[e] {
			continue
		}
		// A loop without a node: find its first point, and begin there.
		least, h := int32(2*e), int32(2*e)
		for {
			two := leave[from(h^1)]
			if next := two[0]; next != h^1 {
				h = next
			} else {
				h = two[1]
			}
			if h == int32(2*e) {
				break
			}
			if from(h).compare(from(least)) < 0 {
				least = h
			}
		}
		walk(least)
	}
	slices.SortFunc(arcs, func(a, b *arc) int { return cmp.Or(a.compare(b), cmp.Compare(a.left, b.left)) })
	return arcs
}
