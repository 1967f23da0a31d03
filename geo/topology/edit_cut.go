package topology

import (
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// Split cuts a face along a line: what lies left of the line gets the code as,
// the rest keeps its own. The line may begin and end anywhere on the border or
// beyond; what of it lies outside the face is left out.
func (t *Topology) Split(code string, line orb.LineString, as string) (*Topology, Change, error) {
	slot, err := t.need(code)
	if err != nil {
		return nil, Change{}, err
	}
	if err := t.vacant(as); err != nil {
		return nil, Change{}, err
	}
	pts, err := lattice(line)
	if err != nil {
		return nil, Change{}, err
	}
	if len(pts) < 2 {
		return nil, Change{}, refuse(NoPlace, nil, "a line has at least two points")
	}
	c, err := t.cut([]int32{slot}, [][]pt{pts})
	if err != nil {
		return nil, Change{}, err
	}
	fresh := t.freeSlot()
	label := slices.Clone(c.label)
	left, right := make([]bool, c.cells), make([]bool, c.cells)
	for h := range int32(len(c.from)) {
		cell := c.plane.left(h)
		if c.arcs[h/2] != none || c.label[cell] != slot || c.plane.left(h^1) == cell {
			continue
		}
		switch w := c.cuts[h/2]; {
		case w == 0:
			return nil, Change{}, refuse(Crosses, &c.segs[h/2].a, "the line goes back the way it came")
		case (w > 0) == (h&1 == 0):
			left[cell], label[cell] = true, fresh
		default:
			right[cell] = true
		}
		if left[cell] && right[cell] {
			return nil, Change{}, refuse(Crosses, &c.segs[h/2].a, "the line crosses itself")
		}
	}
	if !slices.Contains(left, true) || !slices.Contains(right, true) {
		return nil, Change{}, refuse(NoCut, nil, "the line does not divide %s: it leads from border to border", code)
	}
	out, change, err := c.redraw(label, owners{fresh: {code: as, parent: t.faces[slot].parent}})
	if err != nil {
		return nil, Change{}, err
	}
	return t.inParts(out, change, code, as)
}

// Give gives the ground inside a polygon to a face, cut along its outline, as
// far as it belongs to faces of the same parent. The others keep the rest.
func (t *Topology) Give(polygon orb.Polygon, to string) (*Topology, Change, error) {
	slot, err := t.need(to)
	if err != nil {
		return nil, Change{}, err
	}
	lines, err := outlines(polygon)
	if err != nil {
		return nil, Change{}, err
	}
	near := boxOf(lines[0])
	faces := []int32{slot}
	for k, f := range t.faces {
		if f != nil && int32(k) != slot && f.parent == t.faces[slot].parent && t.boxOf(f).meets(near) {
			faces = append(faces, int32(k))
		}
	}
	c, err := t.cut(faces, lines)
	if err != nil {
		return nil, Change{}, err
	}
	label := slices.Clone(c.label)
	given := false
	for cell, in := range c.inside() {
		if in && c.among[label[cell]] && label[cell] != slot {
			label[cell], given = slot, true
		}
	}
	if !given {
		return nil, Change{}, refuse(NoCut, nil, "nothing inside the outline can be given to %s: it is its own, or of another parent", to)
	}
	for _, k := range faces {
		if !slices.Contains(label, k) {
			return nil, Change{}, refuse(WholeFace, nil, "nothing of %s would be left: merge it instead", t.faces[k].code)
		}
	}
	out, change, err := c.redraw(label, nil)
	if err != nil {
		return nil, Change{}, err
	}
	codes := make([]string, len(faces))
	for i, k := range faces {
		codes[i] = t.faces[k].code
	}
	return t.inParts(out, change, codes...)
}

// Merge makes one face of several of one parent, which touch. Its code is as:
// the code of one of them, or a new one.
func (t *Topology) Merge(codes []string, as string) (*Topology, Change, error) {
	var faces []int32
	for _, code := range codes {
		slot, err := t.need(code)
		if err != nil {
			return nil, Change{}, err
		}
		if !slices.Contains(faces, slot) {
			faces = append(faces, slot)
		}
	}
	if len(faces) < 2 {
		return nil, Change{}, refuse(NoCut, nil, "merging takes two faces or more")
	}
	slices.Sort(faces)
	into, parts := faces[0], 0
	for _, slot := range faces {
		f := t.faces[slot]
		if f.parent != t.faces[faces[0]].parent {
			return nil, Change{}, refuse(Apart, nil, "%s is in %s, %s in %s: faces of two parents are not merged",
				t.faces[faces[0]].code, t.faces[faces[0]].parent, f.code, f.parent)
		}
		parts += len(f.polys)
		if f.code == as {
			into = slot
		}
	}
	if t.faces[into].code != as {
		if err := t.vacant(as); err != nil {
			return nil, Change{}, err
		}
	}
	c, err := t.cut(faces, nil)
	if err != nil {
		return nil, Change{}, err
	}
	label := slices.Clone(c.label)
	for cell := range label {
		if c.among[label[cell]] {
			label[cell] = into
		}
	}
	out, change, err := c.redraw(label, owners{into: {code: as, parent: t.faces[into].parent}})
	if err != nil {
		return nil, Change{}, err
	}
	if got := len(out.faces[into].polys); got > parts-len(faces)+1 && !t.opt.FreeParts {
		return nil, Change{}, refuse(Apart, nil, "%s would be in %d parts: the faces do not all touch", as, got)
	}
	return out, change, nil
}

// Retire gives a face to the neighbour of the same parent with which it has
// the longest border, the smaller code of two.
func (t *Topology) Retire(code string) (*Topology, Change, error) {
	slot, err := t.need(code)
	if err != nil {
		return nil, Change{}, err
	}
	metres := make(map[int32]float64)
	for _, r := range t.faces[slot].refs() {
		a := t.arcs[r.slot()]
		other := a.left
		if other == slot {
			other = a.right
		}
		if other != none && t.faces[other].parent == t.faces[slot].parent {
			metres[other] += a.metres()
		}
	}
	best := none
	for other, m := range metres {
		if best == none || m > metres[best] || m == metres[best] && t.faces[other].code < t.faces[best].code {
			best = other
		}
	}
	if best == none {
		return nil, Change{}, refuse(Apart, nil, "%s has no neighbour in its parent to go to", code)
	}
	return t.Merge([]string{code, t.faces[best].code}, t.faces[best].code)
}

// Recode gives a face another code.
func (t *Topology) Recode(code, as string) (*Topology, Change, error) {
	slot, err := t.need(code)
	if err != nil {
		return nil, Change{}, err
	}
	if err := t.vacant(as); err != nil {
		return nil, Change{}, err
	}
	is := *t.faces[slot]
	is.code = as
	c := Change{faces: []faceChange{{slot, t.faces[slot], &is}}}
	return t.with(c), c, nil
}

// need returns the slot of a face that must be there.
func (t *Topology) need(code string) (int32, error) {
	slot, ok := t.slot(code)
	if !ok {
		return none, refuse(NoFace, nil, "there is no face %q", code)
	}
	return slot, nil
}

func (t *Topology) vacant(code string) error {
	if code == "" {
		return refuse(CodeTaken, nil, "a face needs a code")
	}
	if _, ok := t.slot(code); ok {
		return refuse(CodeTaken, nil, "there is a face %s already", code)
	}
	return nil
}

func (t *Topology) freeSlot() int32 {
	if i := slices.Index(t.faces, nil); i >= 0 {
		return int32(i)
	}
	return int32(len(t.faces))
}

func (t *Topology) boxOf(f *face) box {
	refs := f.refs()
	b := t.arcs[refs[0].slot()].box
	for _, r := range refs[1:] {
		b = b.join(t.arcs[r.slot()].box)
	}
	return b
}

// inParts refuses an edit after which a face is in more parts than before.
func (t *Topology) inParts(out *Topology, c Change, codes ...string) (*Topology, Change, error) {
	if t.opt.FreeParts {
		return out, c, nil
	}
	for _, code := range codes {
		may := 1
		if slot, ok := t.slot(code); ok {
			may = len(t.faces[slot].polys)
		}
		slot, ok := out.slot(code)
		if !ok {
			continue
		}
		if got := out.faces[slot].polys; len(got) > may {
			return nil, Change{}, refuse(Parts, nil, "%s would be in %d parts, the smallest of %.0f m²", code, len(got), out.smallestPart(slot))
		}
	}
	return out, c, nil
}

func (t *Topology) smallestPart(slot int32) float64 {
	var least float64
	for i, poly := range t.shape(t.faces[slot]) {
		if m2 := geo.AreaM2(orb.MultiPolygon{poly}); i == 0 || m2 < least {
			least = m2
		}
	}
	return least
}
