package topology

import (
	"cmp"
	"slices"
)

// owners has the code and the parent of faces that are new or get another code,
// by slot.
type owners map[int32]*face

// redraw returns the topology in which each cell belongs to the face that label
// says, and the change that leads there. Faces among those cut that have no
// ground left are gone.
func (c *cutting) redraw(label []int32, named owners) (*Topology, Change, error) {
	var edges []edge
	whole := boxOf([]pt{c.pts[0]})
	for h := int32(0); h < int32(len(c.from)); h += 2 {
		l, r := label[c.plane.left(h)], label[c.plane.left(h+1)]
		if c.arcs[h/2] == none {
			if !c.among[c.label[c.plane.left(h)]] {
				continue // the line outside the faces that are cut
			}
		} else {
			// The cells of faces beyond are not all known, but their arcs are.
			left, right := c.sides(h)
			if !c.among[left] {
				l = left
			}
			if !c.among[right] {
				r = right
			}
		}
		if l != r {
			a, b := c.ends(h)
			edges = append(edges, edge{seg{a, b}, l, r})
			whole = whole.with(a).with(b)
		}
	}
	mine := func(slot int32) bool {
		_, ok := slices.BinarySearch(c.old, slot)
		return ok
	}
	ends := make(map[pt]int)
	others := c.t.around(whole, mine)
	for _, f := range others {
		ends[f.pts[0]]++
		ends[f.pts[len(f.pts)-1]]++
	}
	if err := c.untouched(edges, others, ends); err != nil {
		return nil, Change{}, err
	}
	arcs := chain(edges, func(p pt) int { return ends[p] })
	return c.swap(arcs, named)
}

// untouched fails if an edge that was not there before touches arcs that are
// not redrawn, but in their ends.
func (c *cutting) untouched(edges []edge, others []foreign, ends map[pt]int) error {
	before := make(map[seg]bool)
	for _, slot := range c.old {
		pts := c.t.arcs[slot].pts
		for i := 1; i < len(pts); i++ {
			before[newSeg(pts[i-1], pts[i])] = true
		}
	}
	for _, e := range edges {
		if before[e.seg] {
			continue
		}
		near := e.box()
		for _, f := range others {
			if !near.meets(boxOf(f.pts)) {
				continue
			}
			for i := 1; i < len(f.pts); i++ {
				p, q := f.pts[i-1], f.pts[i]
				meet := clash(e.a, e.b, p, q)
				for _, x := range [2]pt{p, q} {
					meet = meet || (x == e.a || x == e.b) && ends[x] == 0
				}
				if meet {
					return refuse(TooTight, &p, "%s lies too near to be cut here", c.t.border(f.left, f.right))
				}
			}
		}
	}
	return nil
}

// swap puts arcs in the place of the old ones and draws the faces anew. An arc
// that stays as it is keeps its slot.
func (c *cutting) swap(arcs []*arc, named owners) (*Topology, Change, error) {
	t := c.t
	var ch Change
	free := slices.Clone(c.old)
	slots := make([]int32, len(arcs))
	kept := make(map[seg]int32)
	for _, slot := range c.old {
		pts := t.arcs[slot].pts
		kept[newSeg(pts[0], pts[1])] = slot
		kept[newSeg(pts[len(pts)-2], pts[len(pts)-1])] = slot
	}
	for i, a := range arcs {
		slots[i] = none
		slot, ok := kept[newSeg(a.pts[0], a.pts[1])]
		if ok && t.arcs[slot].same(a) && slices.Contains(free, slot) {
			arcs[i], slots[i] = t.arcs[slot], slot // its direction may be another
			free = slices.DeleteFunc(free, func(s int32) bool { return s == slot })
		}
	}
	next := int32(len(t.arcs))
	for i := range arcs {
		switch {
		case slots[i] != none:
			continue
		case len(free) > 0:
			slots[i], free = free[0], free[1:]
		default:
			slots[i] = next
			next++
		}
		ch.arcs = append(ch.arcs, arcChange{slots[i], slotOf(t.arcs, slots[i]), arcs[i]})
	}
	for _, slot := range free {
		ch.arcs = append(ch.arcs, arcChange{slot, t.arcs[slot], nil})
	}
	slices.SortFunc(ch.arcs, func(a, b arcChange) int { return cmp.Compare(a.slot, b.slot) })
	refs := make(map[int32][]ref)
	for i, a := range arcs {
		if a.left != none {
			refs[a.left] = append(refs[a.left], ref(2*slots[i]))
		}
		if a.right != none {
			refs[a.right] = append(refs[a.right], ref(2*slots[i]+1))
		}
	}
	draft := &Topology{faces: t.faces, arcs: slices.Clone(t.arcs)}
	for _, a := range ch.arcs {
		draft.arcs = put(draft.arcs, a.slot, a.is)
	}
	touched := make([]int32, 0, len(refs)+len(c.among))
	for slot := range refs {
		touched = append(touched, slot)
	}
	for slot := range c.among {
		if refs[slot] == nil {
			touched = append(touched, slot)
		}
	}
	slices.Sort(touched)
	for _, slot := range touched {
		was := slotOf(t.faces, slot)
		is, err := c.face(draft, slot, was, refs[slot], named)
		if err != nil {
			return nil, Change{}, err
		}
		if !was.equal(is) {
			ch.faces = append(ch.faces, faceChange{slot, was, is})
		}
	}
	out, err := t.Apply(ch)
	return out, ch, err
}

// face draws a face that has the arcs of refs, and if it was not cut itself, all
// of its own that were not redrawn.
func (c *cutting) face(draft *Topology, slot int32, was *face, refs []ref, named owners) (*face, error) {
	code, parent := "", ""
	if f, ok := named[slot]; ok {
		code, parent = f.code, f.parent
	} else if was != nil {
		code, parent = was.code, was.parent
	}
	if c.among[slot] || was == nil {
		if len(refs) == 0 {
			return nil, nil
		}
	} else {
		for _, r := range was.refs() {
			if _, ok := slices.BinarySearch(c.old, r.slot()); !ok {
				refs = append(refs, r)
			}
		}
	}
	if was != nil && was.code == code {
		now := slices.Clone(refs)
		slices.Sort(now)
		before := was.refs()
		slices.Sort(before)
		if slices.Equal(now, before) && !slices.ContainsFunc(now, func(r ref) bool { return draft.arcs[r.slot()] != c.t.arcs[r.slot()] }) {
			return was, nil
		}
	}
	f, err := draft.draw(code, parent, refs)
	if err != nil {
		return nil, refuse(TooTight, nil, "%v", err)
	}
	return f, nil
}

// same tells whether two arcs are the same line between the same faces, in
// either direction.
func (a *arc) same(b *arc) bool {
	return a.equal(b) || len(a.pts) == len(b.pts) && a.left == b.right && a.right == b.left && slices.Equal(a.pts, reversed(b.pts))
}
