package topology

import "slices"

// Change is what one edit did: faces and arcs as they were and as they are
// now. It is immutable.
type Change struct {
	faces []faceChange
	arcs  []arcChange
}

// Nil stands for a face or an arc that is not there.
type faceChange struct {
	slot    int32
	was, is *face
}

type arcChange struct {
	slot    int32
	was, is *arc
}

// Inverse returns the change that takes this one back: undo.
func (c Change) Inverse() Change {
	var back Change
	for _, f := range c.faces {
		back.faces = append(back.faces, faceChange{f.slot, f.is, f.was})
	}
	for _, a := range c.arcs {
		back.arcs = append(back.arcs, arcChange{a.slot, a.is, a.was})
	}
	return back
}

// Apply does a change once more: that of an edit of this very topology, the
// inverse of the edit that led to it, or either on one with the same faces and
// arcs where the change is. Anything else is refused (Stale).
func (t *Topology) Apply(c Change) (*Topology, error) {
	for _, f := range c.faces {
		if !slotOf(t.faces, f.slot).equal(f.was) {
			return nil, refuse(Stale, nil, "something else has changed here since")
		}
	}
	for _, a := range c.arcs {
		if !slotOf(t.arcs, a.slot).equal(a.was) {
			return nil, refuse(Stale, nil, "something else has changed here since")
		}
	}
	for _, f := range c.faces {
		if f.is == nil || f.was != nil && f.was.code == f.is.code {
			continue
		}
		if slot, ok := t.slot(f.is.code); ok && !slices.ContainsFunc(c.faces, func(g faceChange) bool {
			return g.slot == slot && (g.is == nil || g.is.code != f.is.code)
		}) {
			return nil, refuse(CodeTaken, nil, "there is a face %s already", f.is.code)
		}
	}
	return t.with(c), nil
}

// with returns the topology after a change that fits.
func (t *Topology) with(c Change) *Topology {
	out := &Topology{opt: t.opt, order: t.order}
	out.faces = slices.Clone(t.faces)
	recoded := false
	for _, f := range c.faces {
		out.faces = put(out.faces, f.slot, f.is)
		recoded = recoded || f.was == nil || f.is == nil || f.was.code != f.is.code
	}
	out.arcs = slices.Clone(t.arcs)
	for _, a := range c.arcs {
		out.arcs = put(out.arcs, a.slot, a.is)
	}
	out.faces, out.arcs = trim(out.faces), trim(out.arcs)
	if recoded {
		touched := make(map[int32]bool, len(c.faces))
		for _, f := range c.faces {
			touched[f.slot] = true
		}
		out.order = slices.DeleteFunc(slices.Clone(t.order), func(slot int32) bool { return touched[slot] })
		for _, f := range c.faces {
			if f.is != nil {
				i, _ := out.place(f.is.code)
				out.order = slices.Insert(out.order, i, f.slot)
			}
		}
	}
	return out
}

func slotOf[T any](list []*T, slot int32) *T {
	if int(slot) >= len(list) {
		return nil
	}
	return list[slot]
}

func put[T any](list []*T, slot int32, v *T) []*T {
	for int(slot) >= len(list) {
		list = append(list, nil)
	}
	list[slot] = v
	return list
}

// trim drops empty slots at the end, so that undoing leaves none behind.
func trim[T any](list []*T) []*T {
	for len(list) > 0 && list[len(list)-1] == nil {
		list = list[:len(list)-1]
	}
	return list
}

func (a *arc) equal(b *arc) bool {
	return a == b || a != nil && b != nil && a.left == b.left && a.right == b.right && slices.Equal(a.pts, b.pts)
}

func (f *face) equal(g *face) bool {
	return f == g || f != nil && g != nil && f.code == g.code && f.parent == g.parent &&
		slices.EqualFunc(f.polys, g.polys, func(p, q [][]ref) bool { return slices.EqualFunc(p, q, slices.Equal[[]ref]) })
}

// Faces returns the codes of the faces that a change touches, before and after,
// ascending: their ground, their code or the arcs around them differ.
func (t *Topology) Faces(c Change) []string {
	seen := make(map[string]bool)
	for _, f := range c.faces {
		for _, g := range []*face{f.was, f.is} {
			if g != nil {
				seen[g.code] = true
			}
		}
	}
	for _, a := range c.arcs {
		for _, b := range []*arc{a.was, a.is} {
			if b == nil {
				continue
			}
			for _, slot := range []int32{b.left, b.right} {
				if slot != none && slotOf(t.faces, slot) != nil {
					seen[t.faces[slot].code] = true
				}
			}
		}
	}
	out := make([]string, 0, len(seen))
	for code := range seen {
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}
