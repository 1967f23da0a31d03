package topology

import (
	"slices"

	"github.com/paulmach/orb"
)

// MoveVertex moves vertex i of an arc. The first and the last are nodes: all
// arcs that end there move with them. Refused are moves of fixed borders (on
// which a node stays put too), and moves after which borders would cross or
// touch, or would have passed over others.
func (t *Topology) MoveVertex(id, i int, to orb.Point) (*Topology, Change, error) {
	a, err := t.movable(id)
	if err != nil {
		return nil, Change{}, err
	}
	if i < 0 || i >= len(a.pts) {
		return nil, Change{}, refuse(NoArc, nil, "arc %d has no vertex %d", id, i)
	}
	if i > 0 && i < len(a.pts)-1 {
		return t.Redraw(id, i, i+1, orb.LineString{to})
	}
	pts, err := lattice(orb.LineString{to})
	if err != nil {
		return nil, Change{}, err
	}
	return t.moveNode(a.pts[i], pts[0])
}

// InsertVertex puts a vertex into an arc, before its vertex i (1 or more).
func (t *Topology) InsertVertex(id, i int, p orb.Point) (*Topology, Change, error) {
	return t.Redraw(id, i, i, orb.LineString{p})
}

// DeleteVertex takes vertex i out of an arc; nodes stay.
func (t *Topology) DeleteVertex(id, i int) (*Topology, Change, error) {
	return t.Redraw(id, i, i+1, nil)
}

// Redraw replaces the vertices from ≤ i < to of an arc by any others, or by
// none; its ends stay: 1 ≤ from ≤ to < number of points. What is refused is
// said at MoveVertex.
func (t *Topology) Redraw(id, from, to int, by orb.LineString) (*Topology, Change, error) {
	a, err := t.movable(id)
	if err != nil {
		return nil, Change{}, err
	}
	if from < 1 || to < from || to >= len(a.pts) {
		return nil, Change{}, refuse(NoArc, nil, "arc %d has %d vertices: %d to %d cannot be redrawn", id, len(a.pts), from, to)
	}
	pts, err := lattice(by)
	if err != nil {
		return nil, Change{}, err
	}
	line := slices.Compact(slices.Concat(a.pts[from-1:from], pts, a.pts[to:to+1]))
	drawn := slices.Concat(a.pts[:from-1], line, a.pts[to+1:])
	closed := drawn[0] == drawn[len(drawn)-1]
	if len(line) < 2 || closed && (len(drawn) < 4 || twiceArea(drawn).sign() != twiceArea(a.pts).sign()) {
		return nil, Change{}, refuse(SweepsOver, &line[0], "nothing of the ring would be left, or it would be turned inside out")
	}
	old := a.pts[from-1 : to+1]
	rest := t.around(boxOf(line).join(boxOf(old)), func(slot int32) bool { return slot == int32(id) })
	rest = append(rest, foreign{a.pts[:from], a.left, a.right}, foreign{a.pts[to:], a.left, a.right})
	if err := simple(line); err != nil {
		return nil, Change{}, err
	}
	if err := t.clear(line, line[0], line[len(line)-1], rest); err != nil {
		return nil, Change{}, err
	}
	// Nothing may lie between the old line and the new one: faces keep the ground
	// on their side of every other border.
	loop := slices.Concat(old, reversed(line[1:len(line)-1]))
	for _, f := range rest {
		if len(f.pts) > 1 && winding(loop, f.pts[0].plus(f.pts[1])) != 0 {
			return nil, Change{}, refuse(SweepsOver, &f.pts[0], "the border would pass over %s", t.border(f.left, f.right))
		}
	}
	c := Change{arcs: []arcChange{{int32(id), a, a.along(drawn)}}}
	return t.with(c), c, nil
}

// moveNode moves the node at was, and the ends of all arcs there.
func (t *Topology) moveNode(was, is pt) (*Topology, Change, error) {
	type end struct {
		line [2]pt // the last stretch, from the node
		loop []pt  // between where it was and where it is
	}
	var ends []end
	var rest []foreign
	var c Change
	all := box{was, was}.with(is)
	star := make(map[int32]bool)
	for slot, a := range t.arcs {
		if a == nil || !a.box.meets(box{was, was}) {
			continue
		}
		n := len(a.pts)
		first, last := a.pts[0] == was, a.pts[n-1] == was
		if !first && !last {
			continue
		}
		if t.fixed(a) {
			return nil, Change{}, refuse(FixedBorder, &was, "the vertex lies on %s, which is fixed", t.border(a.left, a.right))
		}
		star[int32(slot)] = true
		drawn := slices.Clone(a.pts)
		from, to := 0, n
		add := func(next pt) {
			ends = append(ends, end{[2]pt{is, next}, []pt{next, was, is}})
			all = all.with(next)
		}
		if first {
			drawn[0], from = is, 1
			add(a.pts[1])
		}
		if last {
			drawn[n-1], to = is, n-1
			add(a.pts[n-2])
		}
		if first && last && twiceArea(drawn).sign() != twiceArea(a.pts).sign() {
			return nil, Change{}, refuse(SweepsOver, &is, "a ring would be turned inside out")
		}
		if to-from > 1 {
			rest = append(rest, foreign{a.pts[from:to], a.left, a.right})
		}
		c.arcs = append(c.arcs, arcChange{int32(slot), a, a.along(drawn)})
	}
	rest = append(rest, t.around(all, func(slot int32) bool { return star[slot] })...)
	for i, e := range ends {
		if e.line[0] == e.line[1] {
			return nil, Change{}, refuse(Crosses, &is, "there is a vertex already")
		}
		if err := t.clear(e.line[:], e.line[1], e.line[1], rest); err != nil {
			return nil, Change{}, err
		}
		for _, d := range ends[:i] {
			if clash(is, e.line[1], is, d.line[1]) {
				return nil, Change{}, refuse(Crosses, &is, "two borders would lie on each other")
			}
		}
	}
	// Whoever the one stretch passes over, all must, or faces would lose ground
	// beyond it.
	for _, f := range rest {
		middle := f.pts[0].plus(f.pts[1])
		for _, e := range ends[1:] {
			if winding(e.loop, middle) != winding(ends[0].loop, middle) {
				return nil, Change{}, refuse(SweepsOver, &f.pts[0], "the border would pass over %s", t.border(f.left, f.right))
			}
		}
	}
	return t.with(c), c, nil
}

// movable returns an arc that may be moved.
func (t *Topology) movable(id int) (*arc, error) {
	if id < 0 || id >= len(t.arcs) || t.arcs[id] == nil {
		return nil, refuse(NoArc, nil, "there is no arc %d", id)
	}
	a := t.arcs[id]
	if t.fixed(a) {
		return nil, refuse(FixedBorder, &a.pts[0], "%s is fixed", t.border(a.left, a.right))
	}
	return a, nil
}

// along returns an arc between the same faces along other points.
func (a *arc) along(pts []pt) *arc {
	return &arc{pts: pts, left: a.left, right: a.right, box: boxOf(pts)}
}

// clear fails if a line touches the rest anywhere but in the end points that
// they had in common before, one and two.
func (t *Topology) clear(line []pt, one, two pt, rest []foreign) error {
	near := boxOf(line)
	for _, f := range rest {
		for i := 1; i < len(f.pts); i++ {
			c, d := f.pts[i-1], f.pts[i]
			if !near.meets(newSeg(c, d).box()) {
				continue
			}
			for k := 1; k < len(line); k++ {
				a, b := line[k-1], line[k]
				meet := clash(a, b, c, d)
				for _, p := range [2]pt{a, b} {
					meet = meet || p != one && p != two && (p == c || p == d)
				}
				if meet {
					return refuse(Crosses, &a, "the border would touch %s", t.border(f.left, f.right))
				}
			}
		}
	}
	return nil
}

// simple fails if a line crosses or touches itself anywhere but in its ends.
func simple(line []pt) error {
	for i := 1; i < len(line); i++ {
		for k := 1; k < i; k++ {
			a, b, c, d := line[k-1], line[k], line[i-1], line[i]
			closes := k == 1 && i == len(line)-1
			touch := a == d && !closes || b == d || a == c || b == c && k != i-1
			if touch || clash(a, b, c, d) {
				return refuse(Crosses, &d, "the border would cross itself")
			}
		}
	}
	return nil
}

func reversed(pts []pt) []pt {
	out := slices.Clone(pts)
	slices.Reverse(out)
	return out
}
