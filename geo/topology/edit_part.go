package topology

import (
	"slices"

	"github.com/paulmach/orb"
)

// Carve cuts what lies inside a polygon out of faces. Of each that lies inside
// in part, every piece inside becomes a face of its own, of the same parent,
// whose code as says, given the face's code and the number of the piece, from
// 0. Faces wholly inside stay as they are.
func (t *Topology) Carve(polygon orb.Polygon, codes []string, as func(code string, n int) string) (*Topology, Change, error) {
	faces, err := t.needAll(codes)
	if err != nil {
		return nil, Change{}, err
	}
	lines, err := outlines(polygon)
	if err != nil {
		return nil, Change{}, err
	}
	c, err := t.cut(faces, lines)
	if err != nil {
		return nil, Change{}, err
	}
	in := c.inside()
	outside := make(map[int32]bool)
	for cell, slot := range c.label {
		if !in[cell] {
			outside[slot] = true
		}
	}
	label, named, fresh := slices.Clone(c.label), owners{}, t.freeSlots()
	pieces, flood := make(map[int32]int), c.flood()
	for cell := range label {
		slot := c.label[cell]
		if !in[cell] || label[cell] != slot || !c.among[slot] || !outside[slot] {
			continue
		}
		code := as(t.faces[slot].code, pieces[slot])
		if err := t.vacant(code); err != nil {
			return nil, Change{}, err
		}
		pieces[slot]++
		k := fresh()
		named[k] = &face{code: code, parent: t.faces[slot].parent}
		label[cell] = k
		flood([]int32{int32(cell)}, func(_, next, _ int32) bool {
			if label[next] != slot || !in[next] {
				return false
			}
			label[next] = k
			return true
		})
	}
	if len(named) == 0 {
		return nil, Change{}, refuse(NoCut, nil, "the outline divides none of the faces")
	}
	return c.redraw(label, named)
}

// SplitAll cuts faces along a line as if they were one. Of each face that the
// line divides, what lies left of it gets the code that as says. It returns the
// codes of all faces left of the line, those that were not divided included.
func (t *Topology) SplitAll(codes []string, line orb.LineString, as func(code string) string) (out *Topology, c Change, left []string, err error) {
	faces, err := t.needAll(codes)
	if err != nil {
		return nil, Change{}, nil, err
	}
	pts, err := lattice(line)
	if err != nil {
		return nil, Change{}, nil, err
	}
	if len(pts) < 2 {
		return nil, Change{}, nil, refuse(NoPlace, nil, "a line has at least two points")
	}
	cuts, err := t.cut(faces, [][]pt{pts})
	if err != nil {
		return nil, Change{}, nil, err
	}
	isLeft, err := cuts.leftOf()
	if err != nil {
		return nil, Change{}, nil, err
	}
	both := make(map[int32][2]bool) // by face: has cells right, left
	some := [2]bool{}
	for cell, slot := range cuts.label {
		if !cuts.among[slot] {
			continue
		}
		b, k := both[slot], 0
		if isLeft[cell] {
			k = 1
		}
		b[k], some[k] = true, true
		both[slot] = b
	}
	if some != [2]bool{true, true} {
		return nil, Change{}, nil, refuse(NoCut, &pts[0], "the line divides nothing: it leads from border to border")
	}
	label, named, fresh := slices.Clone(cuts.label), owners{}, t.freeSlots()
	slices.Sort(faces)
	for _, slot := range faces {
		code := t.faces[slot].code
		if b := both[slot]; b[0] && b[1] {
			if code = as(code); code == "" {
				return nil, Change{}, nil, refuse(CodeTaken, nil, "a face needs a code")
			}
			if err := t.vacant(code); err != nil {
				return nil, Change{}, nil, err
			}
			k := fresh()
			named[k] = &face{code: code, parent: t.faces[slot].parent}
			for cell := range label {
				if cuts.label[cell] == slot && isLeft[cell] {
					label[cell] = k
				}
			}
		} else if !b[1] {
			continue
		}
		left = append(left, code)
	}
	slices.Sort(left)
	if len(named) == 0 {
		return t, Change{}, left, nil // it runs along borders that are there
	}
	out, c, err = cuts.redraw(label, named)
	return out, c, left, err
}

// leftOf tells of each cell of the faces that are cut whether it lies left of
// the line.
func (c *cutting) leftOf() ([]bool, error) {
	const unknown, left, right = 0, 1, 2
	side := make([]int8, c.cells)
	ours := func(cell int32) bool { return c.among[c.label[cell]] }
	var seeds []int32
	for h := range int32(len(c.from)) {
		cell, w := c.plane.left(h), c.cuts[h/2]
		switch {
		case !ours(cell) || !ours(c.plane.left(h^1)) || c.plane.left(h^1) == cell || w == 0 && c.arcs[h/2] != none:
			continue
		case w == 0:
			return nil, refuse(Crosses, &c.segs[h/2].a, "the line goes back the way it came")
		}
		is := int8(right)
		if (w > 0) == (h&1 == 0) {
			is = left
		}
		if side[cell] != unknown && side[cell] != is {
			return nil, refuse(Crosses, &c.segs[h/2].a, "the line crosses itself")
		}
		if side[cell] == unknown {
			side[cell] = is
			seeds = append(seeds, cell)
		}
	}
	crossed := none
	c.flood()(seeds, func(here, next, h int32) bool {
		switch {
		case !ours(next) || c.cuts[h/2] != 0:
			return false
		case side[next] == unknown:
			side[next] = side[here]
			return true
		case side[next] != side[here]:
			crossed = h
		}
		return false
	})
	if crossed != none {
		return nil, refuse(NoCut, &c.segs[crossed/2].a, "one can go around the end of the line: it leads from border to border")
	}
	out := make([]bool, c.cells)
	for i, s := range side {
		out[i] = s == left
	}
	return out, nil
}

// flood returns a function that visits the cells around some cells, and those
// around the ones that enter takes; h is the half-edge that is crossed, seen
// from here.
func (c *cutting) flood() func(cells []int32, enter func(here, next, h int32) bool) {
	start, list := c.byCell()
	return func(cells []int32, enter func(here, next, h int32) bool) {
		queue := slices.Clone(cells)
		for ; len(queue) > 0; queue = queue[1:] {
			here := queue[0]
			for _, h := range list[start[here]:start[here+1]] {
				if next := c.plane.left(h ^ 1); enter(here, next, h) {
					queue = append(queue, next)
				}
			}
		}
	}
}

// outlines are the rings of a polygon on the lattice, closed, the ground on
// their left.
func outlines(polygon orb.Polygon) ([][]pt, error) {
	var lines [][]pt
	for i, r := range polygon {
		if _, err := lattice(orb.LineString(r)); err != nil {
			return nil, err
		}
		pts := outline(r)
		if pts == nil {
			return nil, refuse(NoPlace, nil, "ring %d of the outline has no ground", i+1)
		}
		if (twiceArea(pts).sign() < 0) == (i == 0) {
			slices.Reverse(pts)
		}
		lines = append(lines, append(pts, pts[0]))
	}
	if len(lines) == 0 {
		return nil, refuse(NoPlace, nil, "the outline has no ring")
	}
	return lines, nil
}

// needAll returns the slots of faces that must be there, each once.
func (t *Topology) needAll(codes []string) ([]int32, error) {
	var out []int32
	for _, code := range codes {
		slot, err := t.need(code)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, slot) {
			out = append(out, slot)
		}
	}
	if len(out) == 0 {
		return nil, refuse(NoFace, nil, "no face is named")
	}
	return out, nil
}

// freeSlots returns slots in which there is no face, another one at each call.
func (t *Topology) freeSlots() func() int32 {
	k := int32(-1)
	return func() int32 {
		for k++; int(k) < len(t.faces) && t.faces[k] != nil; k++ {
		}
		return k
	}
}
