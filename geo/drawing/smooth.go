package drawing

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"sanse/geo"
	"sanse/geo/topology"
)

// Smooth straightens what of the borders between faces of one parent follows
// the edges of cells: as few vertices as will do (Imai and Iri 1988), none of the
// old ones farther from the new line than a cell's edge, and none of the places
// on another side than before. Borders of today and points where three areas
// meet stay.
func (l *Land) Smooth(t *topology.Topology, places []orb.Point) (*topology.Topology, error) {
	if l.cellM == 0 {
		return t, nil
	}
	var near rtree.RTreeG[orb.Point]
	for _, p := range places {
		near.Insert(p, p, p)
	}
	// Where a smoother line would run into another border a closer one may not.
	for _, share := range [...]float64{0.9, 0.5, 0.3} {
		for _, a := range t.Arcs() {
			left, _ := t.Parent(a.Left)
			right, _ := t.Parent(a.Right)
			if a.Left == "" || a.Right == "" || left != right || share < 0.9 && !l.jagged(a.Points) {
				continue
			}
			line := l.smoother(a.Points, &near, share*l.cellM)
			if len(line) == len(a.Points) {
				continue
			}
			var err error
			if t, err = redraw(t, a, line[1:len(line)-1]); err != nil {
				return nil, err
			}
		}
	}
	return l.tidy(t) // the corners that held some vertices in place are gone
}

// jagged tells that most of a line still follows the edges of cells.
func (l *Land) jagged(line orb.LineString) bool {
	along := 0
	for i := 1; i < len(line); i++ {
		if l.corner[line[i-1]] && l.corner[line[i]] && geo.Distance(line[i-1], line[i]) < 1.2*l.cellM {
			along++
		}
	}
	return 2*along > len(line)
}

// smoother returns a line with fewer of its vertices.
func (l *Land) smoother(line orb.LineString, near *rtree.RTreeG[orb.Point], tolerance float64) orb.LineString {
	out := orb.LineString{line[0]}
	for from := 0; from < len(line)-1; {
		to := from + 1
		for to < len(line)-1 && l.corner[line[to]] && !l.today[line[to]] {
			to++
		}
		run := newRun(line[from:to+1], near, tolerance)
		out = append(out, run.best()...)
		from = to
	}
	return out
}

// longest is how many vertices one straight stretch may stand for.
const longest = 64

// run is a stretch of border along the edges of cells.
type run struct {
	line      orb.LineString
	metres    []orb.Point // the same, east and north of its beginning
	near      *rtree.RTreeG[orb.Point]
	tolerance float64
}

func newRun(line orb.LineString, near *rtree.RTreeG[orb.Point], tolerance float64) *run {
	r := &run{line: line, metres: make([]orb.Point, len(line)), near: near, tolerance: tolerance}
	east, north := geo.DegreeMetres(line[0][1])
	for i, p := range line {
		r.metres[i] = orb.Point{(p[0] - line[0][0]) * east, (p[1] - line[0][1]) * north}
	}
	return r
}

// best returns the vertices after the first, the fewest that keep to the rules,
// and of those the nearest to the old ones.
func (r *run) best() orb.LineString {
	n := len(r.line)
	cost, prev := make([]float64, n), make([]int, n)
	for j := 1; j < n; j++ {
		cost[j] = math.Inf(1)
		for i := max(0, j-longest); i < j; i++ {
			off, ok := r.stretch(i, j)
			// Off is below 1, however long the stretch, so that a vertex is dearer.
			if c := cost[i] + 1 + off; ok && c < cost[j] {
				cost[j], prev[j] = c, i
			}
		}
	}
	var out orb.LineString
	for j := n - 1; j > 0; j = prev[j] {
		out = append(out, r.line[j])
	}
	out.Reverse()
	return out
}

// stretch tells whether a straight line may lead from vertex i to vertex j, and
// how far off the others are, from 0 to below 1.
func (r *run) stretch(i, j int) (off float64, ok bool) {
	if j == i+1 {
		return 0, true
	}
	a, b := r.metres[i], r.metres[j]
	dx, dy := b[0]-a[0], b[1]-a[1]
	long := math.Hypot(dx, dy)
	if long == 0 {
		return 0, false
	}
	sum := 0.0
	for k := i + 1; k < j; k++ {
		p := r.metres[k]
		along := ((p[0]-a[0])*dx + (p[1]-a[1])*dy) / long
		if along < -r.tolerance || along > long+r.tolerance {
			return 0, false
		}
		d := ((p[0]-a[0])*dy - (p[1]-a[1])*dx) / long
		if math.Abs(d) > r.tolerance {
			return 0, false
		}
		sum += d * d
	}
	if r.sweeps(i, j) {
		return 0, false
	}
	return sum / (r.tolerance * r.tolerance * float64(len(r.line))), true
}

// sweeps tells whether a place lies between the old line and the straight one,
// or too near to the latter to be sure.
func (r *run) sweeps(i, j int) bool {
	old := r.line[i : j+1]
	const margin = 1e-7 // degrees, a centimetre
	box := old.Bound().Pad(margin)
	found := false
	r.near.Search(box.Min, box.Max, func(_, _ [2]float64, p orb.Point) bool {
		found = nearLine(old[0], old[len(old)-1], p, margin) || within(old, p)
		return !found
	})
	return found
}

func nearLine(a, b, p orb.Point, margin float64) bool {
	dx, dy := b[0]-a[0], b[1]-a[1]
	return math.Abs((p[0]-a[0])*dy-(p[1]-a[1])*dx) <= margin*math.Hypot(dx, dy)
}

// within tells whether a point lies inside the ring that a line and the straight
// way back make, by the number of its edges to the east of the point.
func within(line orb.LineString, p orb.Point) bool {
	in := false
	for i := range line {
		a, b := line[i], line[(i+1)%len(line)]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])*(b[0]-a[0])/(b[1]-a[1]) {
			in = !in
		}
	}
	return in
}
