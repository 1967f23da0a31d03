package topology

import (
	"slices"

	"github.com/paulmach/orb"
)

// MoveAt moves the vertex that lies at a point, as MoveVertex does: for whoever
// knows a border by its coordinates, and not by its arcs.
func (t *Topology) MoveAt(from, to orb.Point) (*Topology, Change, error) {
	pts, err := lattice(orb.LineString{from})
	if err != nil {
		return nil, Change{}, err
	}
	for slot, a := range t.arcs {
		if a == nil || !a.box.meets(box{pts[0], pts[0]}) {
			continue
		}
		if i := slices.Index(a.pts, pts[0]); i >= 0 {
			return t.MoveVertex(slot, i, to)
		}
	}
	return nil, Change{}, refuse(NoArc, &pts[0], "no border has a vertex here")
}

// stretch is a run of the vertices of one arc.
type stretch struct {
	slot     int32
	from, to int // indexes of its first and last vertex in the line that was traced
	backward bool
}

// RedrawAlong replaces a stretch of border, known by its vertices, by another
// line between its ends, as Redraw does. Where the stretch passes nodes, at
// which other borders end, by must pass them too.
func (t *Topology) RedrawAlong(old, by orb.LineString) (*Topology, Change, error) {
	was, err := lattice(old)
	if err != nil {
		return nil, Change{}, err
	}
	is, err := lattice(by)
	if err != nil {
		return nil, Change{}, err
	}
	n := len(was)
	switch {
	case n < 2 || len(is) < 2:
		return nil, Change{}, refuse(NoPlace, nil, "a stretch of border has two vertices or more")
	case was[0] != is[0] || was[n-1] != is[len(is)-1]:
		return nil, Change{}, refuse(NoArc, &was[0], "the ends of the stretch stay where they are")
	}
	runs, err := t.trace(was)
	if err != nil {
		return nil, Change{}, err
	}
	out, change := t, Change{}
	for i, r := range runs {
		end := len(is) - 1
		if i < len(runs)-1 {
			node := was[r.to]
			if end = slices.Index(is, node); end < 1 {
				return nil, Change{}, refuse(NoArc, &node, "other borders end here: move the vertex by itself")
			}
		}
		var c Change
		if out, c, err = out.redrawRun(r, was[r.from:r.to+1], is[:end+1]); err != nil {
			return nil, Change{}, err
		}
		change.arcs = append(change.arcs, c.arcs...)
		is = is[end:]
	}
	slices.SortFunc(change.arcs, func(a, b arcChange) int { return int(a.slot - b.slot) })
	return out, change, nil
}

// trace finds the arcs along a line of their vertices.
func (t *Topology) trace(line []pt) ([]stretch, error) {
	type place struct {
		slot     int32
		backward bool
	}
	whole := boxOf(line)
	at := make(map[[2]pt]place)
	for slot, a := range t.arcs {
		if a == nil || !a.box.meets(whole) {
			continue
		}
		for i := 1; i < len(a.pts); i++ {
			at[[2]pt{a.pts[i-1], a.pts[i]}] = place{int32(slot), false}
			at[[2]pt{a.pts[i], a.pts[i-1]}] = place{int32(slot), true}
		}
	}
	var runs []stretch
	for i := 1; i < len(line); i++ {
		p, ok := at[[2]pt{line[i-1], line[i]}]
		if !ok {
			return nil, refuse(NoArc, &line[i-1], "no border leads from this vertex to the next of the stretch")
		}
		if k := len(runs) - 1; k >= 0 && runs[k].slot == p.slot && runs[k].backward == p.backward {
			runs[k].to = i
			continue
		}
		if slices.ContainsFunc(runs, func(r stretch) bool { return r.slot == p.slot }) {
			return nil, refuse(Crosses, &line[i-1], "the stretch goes back the way it came")
		}
		runs = append(runs, stretch{p.slot, i - 1, i, p.backward})
	}
	return runs, nil
}

// redrawRun replaces a run of the vertices of one arc.
func (t *Topology) redrawRun(r stretch, was, is []pt) (*Topology, Change, error) {
	a := t.arcs[r.slot]
	if r.backward {
		was, is = reversed(was), reversed(is)
	}
	on := t
	first := slices.Index(a.pts[:len(a.pts)-1], was[0])
	if closed := a.pts[0] == a.pts[len(a.pts)-1]; closed && first > 0 {
		// It may pass the vertex at which the ring happens to begin.
		ring := slices.Concat(a.pts[first:len(a.pts)-1], a.pts[:first+1])
		on, first = t.with(Change{arcs: []arcChange{{r.slot, a, a.along(ring)}}}), 0
	}
	if first < 0 || first+len(was) > len(on.arcs[r.slot].pts) {
		return nil, Change{}, refuse(NoArc, &was[0], "the stretch goes around more than once")
	}
	inner := make(orb.LineString, 0, len(is))
	for _, p := range is[1 : len(is)-1] {
		inner = append(inner, p.lonLat())
	}
	out, c, err := on.Redraw(int(r.slot), first+1, first+len(was)-1, inner)
	if err != nil {
		return nil, Change{}, err
	}
	for i := range c.arcs {
		c.arcs[i].was = a
	}
	return out, c, nil
}
