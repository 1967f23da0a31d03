package lines

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// gapMetres is how near a dead end must come to another line to be a gap.
const gapMetres = 5.0

// junctions are the places where touches are: of says which, by touch.
type junctions struct {
	of  []int32
	all []junction
}

// junction is where lines meet or end.
type junction struct {
	x, y int32
	node int32 // -1 until a piece ends there
	ends int   // pieces that end there
}

// places puts every touch at a place: those of a group at one, unless lines of
// two levels run through it.
func (n *network) places(c *Counts) junctions {
	p := junctions{of: make([]int32, len(n.touches))}
	order := make([]int32, len(n.touches))
	for t := range order {
		order[t] = int32(t)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if d := n.find(a) - n.find(b); d != 0 {
			return int(d)
		}
		return int(a - b)
	})
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && n.find(order[to]) == n.find(order[from]) {
			to++
		}
		group := order[from:to]
		levels := n.throughLevels(group)
		if len(levels) > 1 {
			c.Overpasses++
		} else {
			levels = []int{0}
		}
		for _, level := range levels {
			at := -1
			for _, t := range group {
				if nearestLevel(levels, n.roads[n.touches[t].line].level) != level {
					continue
				}
				// Where a line passes it stays as drawn; ends give way.
				if at < 0 || n.isEnd(int32(at)) && !n.isEnd(t) {
					at = int(t)
				}
				p.of[t] = int32(len(p.all))
			}
			p.all = append(p.all, junction{n.touches[at].x, n.touches[at].y, -1, 0})
		}
		from = to
	}
	return p
}

// throughLevels lists the levels, ascending, on which a line runs through a
// group: passes it, or has two ends there that go straight on.
func (n *network) throughLevels(group []int32) []int {
	var levels []int
	for i, t := range group {
		level := n.roads[n.touches[t].line].level
		if slices.Contains(levels, level) {
			continue
		}
		through := !n.isEnd(t)
		for _, u := range group[i+1:] {
			if through || n.roads[n.touches[u].line].level != level {
				continue
			}
			ax, ay := n.leaving(t)
			bx, by := n.leaving(u)
			through = !n.isEnd(u) || straight(ax, ay, bx, by)
		}
		if through {
			levels = append(levels, level)
		}
	}
	slices.Sort(levels)
	return levels
}

// leaving is the direction, in metres, in which an end's line leaves it.
func (n *network) leaving(end int32) (x, y float64) {
	if !n.isEnd(end) {
		return 0, 0
	}
	c := n.line(n.touches[end].line)
	from, to := 0, 2
	if end%2 == 1 {
		from, to = len(c)-2, len(c)-4
	}
	p := planeAt(c[from+1])
	return (float64(c[to]) - float64(c[from])) * p.x, (float64(c[to+1]) - float64(c[from+1])) * p.y
}

// nearestLevel picks the level that a line of some level belongs to.
func nearestLevel(levels []int, level int) int {
	best := levels[0]
	for _, l := range levels[1:] {
		if abs(l-level) < abs(best-level) {
			best = l
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// piece is the stretch of a line between two touches next to each other.
type piece struct {
	from, to int32 // touches
	metres   float64
}

// cut adds the pieces of all lines to the builder and returns them.
func (n *network) cut(b *routing.Builder, p junctions, c *Counts) ([]piece, error) {
	order := make([]int32, len(n.touches))
	for t := range order {
		order[t] = int32(t)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := n.touches[a], n.touches[b]
		switch {
		case x.line != y.line:
			return int(x.line) - int(y.line)
		case x.at < y.at:
			return -1
		case x.at > y.at:
			return 1
		}
		return int(a) - int(b)
	})
	node := func(i int32) int32 {
		q := &p.all[i]
		if q.node < 0 {
			q.node = b.AddNode(pointOf(q.x, q.y))
		}
		q.ends++
		return q.node
	}
	var pieces []piece
	kept := true
	for i := 1; i < len(order); i++ {
		from, to := order[i-1], order[i]
		a, z := n.touches[from], n.touches[to]
		if a.line != z.line {
			if !kept {
				c.Short++
			}
			kept = false
			continue
		}
		if i == 1 {
			kept = false
		}
		metres := n.length(a.line, a.at, z.at)
		pa, pz := p.of[from], p.of[to]
		if pa == pz && metres <= sameStretch*n.tol {
			continue // one place
		}
		kept = true
		line := n.stretch(p.all[pa], p.all[pz], a, z)
		if _, err := b.AddEdge(node(pa), node(pz), line, n.roads[a.line].attr); err != nil {
			return nil, fmt.Errorf("cut the line of feature %d: %w", n.from[a.line].feature, err)
		}
		pieces = append(pieces, piece{from, to, metres})
	}
	if !kept {
		c.Short++
	}
	return pieces, nil
}

// stretch is the line of a piece, moved to its places at both ends.
func (n *network) stretch(from, to junction, a, z touch) orb.LineString {
	out := orb.LineString{pointOf(from.x, from.y)}
	c := n.line(a.line)
	x, y := from.x, from.y
	for v := int(a.at) + 1; float64(v) < z.at; v++ {
		if c[2*v] != x || c[2*v+1] != y {
			x, y = c[2*v], c[2*v+1]
			out = append(out, pointOf(x, y))
		}
	}
	if len(out) > 1 && x == to.x && y == to.y {
		out = out[:len(out)-1]
	}
	return append(out, pointOf(to.x, to.y))
}

// gaps counts the dead ends and lists those that come near another line of
// their level without meeting it.
func (n *network) gaps(p junctions, pieces []piece, res *Result) {
	for _, piece := range pieces {
		for _, t := range [2]int32{piece.from, piece.to} {
			if p.all[p.of[t]].ends != 1 {
				continue
			}
			res.Counts.DeadEnds++
			f, ok := n.gap(t, piece.metres)
			if !ok {
				continue
			}
			res.Counts.Gaps++
			if len(res.Gaps) < maxFindings {
				res.Gaps = append(res.Gaps, f)
			}
		}
	}
}

// gap finds the line nearest to a dead end. A stub, which is hardly longer than
// the gap, ends near the very street that it leaves.
func (n *network) gap(end int32, metres float64) (Finding, bool) {
	t := n.touches[end]
	plane := planeAt(t.y)
	best, other := gapMetres, int32(-1)
	n.search(plane.around(t.x, t.y, gapMetres), func(s segment) bool {
		l := s.line
		if n.roads[l].level != n.roads[t.line].level || l == t.line && n.within(end, s.vertex, 3*gapMetres) {
			return true
		}
		ax, ay, bx, by := n.ends(s.vertex)
		if _, d := plane.onto(t.x, t.y, ax, ay, bx, by); d < best || d == best && l < other {
			best, other = d, l
		}
		return true
	})
	if other < 0 || 2*best >= metres {
		return Finding{}, false
	}
	from, to := n.from[t.line], n.from[other]
	return Finding{
		Feature: int(from.feature), Line: int(from.line), ID: from.id, At: pointOf(t.x, t.y),
		Metres: best, Other: int(to.feature),
		Reason: fmt.Sprintf("its end at %.7f, %.7f stops %.1f m from feature %d", float64(t.x)/units, float64(t.y)/units, best, to.feature),
	}, true
}
