package rtree

// Crossings calls visit with every segment that has a point in common with the
// straight line from a to b, ends included, until visit returns false.
func (t *Tree) Crossings(ax, ay, bx, by int32, visit func(Segment) bool) {
	within := Box{min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)}
	t.descend(within, func(s Segment) bool {
		cx, cy, dx, dy := t.lines.Ends(s)
		return !Meet(ax, ay, bx, by, cx, cy, dx, dy) || visit(s)
	})
}

// Search calls visit with every segment that has a point in common with a box,
// its edges included, until visit returns false.
func (t *Tree) Search(b Box, visit func(Segment) bool) {
	t.descend(b, func(s Segment) bool {
		px, py, qx, qy := t.lines.Ends(s)
		return !b.meets(px, py, qx, qy) || visit(s)
	})
}

// Overlapping calls visit with every segment whose own box has a point in common
// with a box, whether the segment passes through it or not, until visit returns
// false.
func (t *Tree) Overlapping(b Box, visit func(Segment) bool) {
	t.descend(b, func(s Segment) bool {
		px, py, qx, qy := t.lines.Ends(s)
		return !b.Overlaps(Box{min(px, qx), min(py, qy), max(px, qx), max(py, qy)}) || visit(s)
	})
}

// meets tells whether the closed segment p–q has a point in the box.
func (b Box) meets(px, py, qx, qy int32) bool {
	if max(px, qx) < b.MinX || min(px, qx) > b.MaxX || max(py, qy) < b.MinY || min(py, qy) > b.MaxY {
		return false
	}
	// All four corners strictly on one side: the line passes by.
	sum := Side(px, py, qx, qy, b.MinX, b.MinY) + Side(px, py, qx, qy, b.MaxX, b.MinY) +
		Side(px, py, qx, qy, b.MinX, b.MaxY) + Side(px, py, qx, qy, b.MaxX, b.MaxY)
	return sum > -4 && sum < 4
}

// Overlaps tells whether two boxes have a point in common.
func (b Box) Overlaps(c Box) bool {
	return b.MinX <= c.MaxX && c.MinX <= b.MaxX && b.MinY <= c.MaxY && c.MinY <= b.MaxY
}

// descend calls visit with every segment in a leaf whose box overlaps b until
// visit returns false.
func (t *Tree) descend(b Box, visit func(Segment) bool) {
	if t.levels == 0 || !b.Overlaps(t.Bounds()) {
		return
	}
	// A box waits with its level; on each level at most fanout do at a time.
	var stack [maxLevels * fanout]struct{ level, box int32 }
	stack[0].level, stack[0].box = int32(t.levels-1), t.first[t.levels]-1
	for n := 1; n > 0; {
		n--
		level, box := stack[n].level, stack[n].box
		from, to := t.children(int(level), box)
		if level == 0 {
			for i := from; i < to; i++ {
				if !visit(t.item(i)) {
					return
				}
			}
			continue
		}
		for i := to - 1; i >= from; i-- {
			c := t.boxes[4*int(i) : 4*int(i)+4]
			if b.MinX <= c[2] && c[0] <= b.MaxX && b.MinY <= c[3] && c[1] <= b.MaxY {
				stack[n].level, stack[n].box = level-1, i
				n++
			}
		}
	}
}
