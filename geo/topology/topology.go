package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Topology is the areas of one level, with each shared border stored once. It
// is immutable and safe for concurrent use; an edit returns a new one that
// shares with the old what did not change.
type Topology struct {
	opt   Options
	faces []*face // by slot; nil where a face was retired
	arcs  []*arc  // by slot, likewise
	order []int32 // slots of faces by code
}

// face is one area. It is never changed.
type face struct {
	code, parent string
	// polys are its polygons, rings of refs: the outer ring, then its holes.
	polys [][][]ref
}

// ref is an arc with a direction: twice its slot, plus 1 if it is passed
// backward.
type ref int32

func (r ref) slot() int32    { return int32(r) >> 1 }
func (r ref) backward() bool { return r&1 == 1 }

// Len returns the number of faces.
func (t *Topology) Len() int { return len(t.order) }

// Codes returns the codes of all faces, ascending.
func (t *Topology) Codes() []string {
	out := make([]string, len(t.order))
	for i, slot := range t.order {
		out[i] = t.faces[slot].code
	}
	return out
}

// Parent returns the code of a face's parent; false if there is no such face.
func (t *Topology) Parent(code string) (string, bool) {
	slot, ok := t.slot(code)
	if !ok {
		return "", false
	}
	return t.faces[slot].parent, true
}

// Shape returns the ground of a face: lon-lat degrees, rings closed, outer
// ones counter-clockwise. Equal ground is written equally: a ring begins at its western-most point (the southern one of two),
// and polygons and holes follow in the order of their points.
func (t *Topology) Shape(code string) (orb.MultiPolygon, bool) {
	slot, ok := t.slot(code)
	if !ok {
		return nil, false
	}
	return t.shape(t.faces[slot]), true
}

// Areas returns every face as it would be given to Build, by code.
func (t *Topology) Areas() []Area {
	out := make([]Area, len(t.order))
	for i, slot := range t.order {
		f := t.faces[slot]
		out[i] = Area{Code: f.code, Parent: f.parent, Parts: len(f.polys), Shape: t.shape(f)}
	}
	return out
}

// Arc is a stretch of border between two nodes, or a closed one.
type Arc struct {
	ID     int // stays as long as the arc does; those of arcs that are gone are used again
	Points orb.LineString
	// Left and Right are the codes of the faces on both sides of the way along
	// Points; empty: no face, the ground outside.
	Left, Right string
	// Fixed tells that edits do not move the arc: its sides are in two parents,
	// or one is no face.
	Fixed bool
}

// Arc returns the arc of that ID.
func (t *Topology) Arc(id int) (Arc, bool) {
	if id < 0 || id >= len(t.arcs) || t.arcs[id] == nil {
		return Arc{}, false
	}
	a := t.arcs[id]
	return Arc{
		ID: id, Points: orb.LineString(ringOf(a.pts)),
		Left: t.codeOf(a.left), Right: t.codeOf(a.right), Fixed: t.fixed(a),
	}, true
}

// Arcs returns all arcs by ID.
func (t *Topology) Arcs() []Arc {
	var out []Arc
	for id := range t.arcs {
		if a, ok := t.Arc(id); ok {
			out = append(out, a)
		}
	}
	return out
}

// Ring is a closed way along arcs, with the face on its left.
type Ring []Step

// Step is one arc of a Ring.
type Step struct {
	Arc      int  // its ID
	Backward bool // passed from its last point to its first
}

// Face is an area as rings of arcs.
type Face struct {
	Code, Parent string
	Polygons     [][]Ring // of each polygon the outer ring, then its holes
}

// Face returns the face of that code.
func (t *Topology) Face(code string) (Face, bool) {
	slot, ok := t.slot(code)
	if !ok {
		return Face{}, false
	}
	f := t.faces[slot]
	out := Face{Code: f.code, Parent: f.parent}
	for _, poly := range f.polys {
		var rs []Ring
		for _, refs := range poly {
			var r Ring
			for _, x := range refs {
				r = append(r, Step{int(x.slot()), x.backward()})
			}
			rs = append(rs, r)
		}
		out.Polygons = append(out.Polygons, rs)
	}
	return out, true
}

func (t *Topology) slot(code string) (int32, bool) {
	i, ok := t.place(code)
	if !ok {
		return none, false
	}
	return t.order[i], true
}

// place is where a code stands, or would stand, in the order.
func (t *Topology) place(code string) (int, bool) {
	return slices.BinarySearchFunc(t.order, code, func(slot int32, code string) int {
		return strings.Compare(t.faces[slot].code, code)
	})
}

func (t *Topology) codeOf(slot int32) string {
	if slot == none {
		return ""
	}
	return t.faces[slot].code
}

// fixed tells whether an arc parts two parents, or a face and no face.
func (t *Topology) fixed(a *arc) bool {
	return !t.opt.FreeParents &&
		(a.left == none || a.right == none || t.faces[a.left].parent != t.faces[a.right].parent)
}

func (t *Topology) shape(f *face) orb.MultiPolygon {
	var lines [][]pt
	polys := make([][][]int32, len(f.polys))
	for i, poly := range f.polys {
		polys[i] = make([][]int32, len(poly))
		for j, refs := range poly {
			for _, r := range refs {
				polys[i][j] = append(polys[i][j], int32(len(lines)))
				lines = append(lines, t.line(r))
			}
		}
	}
	return canonical(lines, polys)
}

// line returns the points of an arc in the direction of the ref; they must not
// be changed.
func (t *Topology) line(r ref) []pt {
	pts := t.arcs[r.slot()].pts
	if r.backward() {
		pts = slices.Clone(pts)
		slices.Reverse(pts)
	}
	return pts
}

// refs lists the arcs of a face, each directed to have it on the left.
func (f *face) refs() []ref {
	var out []ref
	for _, poly := range f.polys {
		for _, ring := range poly {
			out = append(out, ring...)
		}
	}
	return out
}

// draw returns a face bounded by the arcs of refs.
func (t *Topology) draw(code, parent string, refs []ref) (*face, error) {
	slices.Sort(refs)
	lines := make([][]pt, len(refs))
	for i, r := range refs {
		lines[i] = t.line(r)
	}
	f := &face{code: code, parent: parent}
	n := 0
	for _, poly := range rings(lines) {
		var rs [][]ref
		for _, ring := range poly {
			var r []ref
			for _, i := range ring {
				r = append(r, refs[i])
			}
			n += len(r)
			rs = append(rs, r)
		}
		f.polys = append(f.polys, rs)
	}
	if n != len(refs) || n == 0 {
		return nil, fmt.Errorf("the border of %s does not close: %d of %d arcs are in rings", code, n, len(refs))
	}
	return f, nil
}
