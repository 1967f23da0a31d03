package routing

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/geo"
	"sanse/routing/outline"
)

// Fit says how well a polygon fits the streets that it was drawn around, in
// metres and square metres.
type Fit struct {
	// StreetMetres is the length of the reached streets, OutsideMetres of those
	// of them that the polygon leaves out.
	StreetMetres, OutsideMetres float64
	// OtherMetres is the length of the streets inside the polygon that are not
	// reached: those beside reached ones, within the buffer.
	OtherMetres float64
	// AreaM2 is the polygon's, BufferM2 that of GEOS's buffer around the reached
	// streets; OverM2 is what the polygon has and the buffer has not (small holes
	// filled), UnderM2 the other way round (water, what lies behind walls, rounded
	// corners).
	AreaM2, BufferM2, OverM2, UnderM2 float64
}

// Fit measures how well a polygon, such as that of an isochrone, fits the reach,
// against the exact buffer of so many metres, which GEOS makes. That takes a
// thousand times as long as drawing: it is for judging, not for serving.
func (r Reach) Fit(polygon orb.MultiPolygon, bufferMetres float64) (Fit, error) {
	fit := Fit{StreetMetres: r.Metres(), AreaM2: geo.AreaM2(polygon)}
	if len(r.Edges) == 0 {
		return fit, nil
	}
	on := planeAt(r.From.Point)
	flat := orb.Clone(polygon).(orb.MultiPolygon) //nolint:forcetypeassert // Clone keeps the type
	for _, p := range flat {
		for _, ring := range p {
			for i := range ring {
				ring[i] = orb.Point{ring[i][0] * on.scale.x, ring[i][1] * on.scale.y}
			}
		}
	}
	var room reachRoom
	for _, p := range r.Edges {
		r.graph.flatten(&room, on, p, 0)
	}
	reached, inside := lengthInside(room.segments, flat)
	fit.OutsideMetres = max(0, reached-inside)
	room.segments = room.segments[:0]
	bound := flat.Bound()
	for e := range int32(r.graph.Edges()) {
		if !edgeMeets(r.graph, on, e, bound) {
			continue
		}
		for _, p := range r.without(e) {
			r.graph.flatten(&room, on, p, 0)
		}
	}
	_, fit.OtherMetres = lengthInside(room.segments, flat)
	lines := slices.DeleteFunc(r.Lines(), func(l orb.LineString) bool { return planar.Length(l) == 0 })
	buffer, err := geo.BufferLines(lines, bufferMetres)
	if err != nil {
		return Fit{}, fmt.Errorf("fit outline: %w", err)
	}
	fit.BufferM2 = geo.AreaM2(buffer)
	common, err := geo.Intersection(polygon, buffer)
	if err != nil {
		return Fit{}, fmt.Errorf("fit outline: %w", err)
	}
	both := geo.AreaM2(common)
	fit.OverM2, fit.UnderM2 = max(0, fit.AreaM2-both), max(0, fit.BufferM2-both)
	return fit, nil
}

// without is what is not reached of an edge.
func (r Reach) without(edge int32) []ReachedEdge {
	at, _ := slices.BinarySearchFunc(r.Edges, edge, func(e ReachedEdge, edge int32) int { return int(e.Edge) - int(edge) })
	var out []ReachedEdge
	from := 0.0
	for ; at < len(r.Edges) && r.Edges[at].Edge == edge; at++ {
		if r.Edges[at].From > from {
			out = append(out, ReachedEdge{edge, from, r.Edges[at].From})
		}
		from = r.Edges[at].To
	}
	if from < 1 {
		out = append(out, ReachedEdge{edge, from, 1})
	}
	return out
}

func edgeMeets(g *Graph, on *plane, edge int32, bound orb.Bound) bool {
	box := emptyBox
	for k := range g.linePoints(edge) {
		box.stretch(g.linePoint(edge, k))
	}
	return bound.Intersects(orb.Bound{Min: on.at(box.low), Max: on.at(box.high)})
}

// edgeRows holds the edges of polygons by the rows of the plane that they touch.
type edgeRows struct {
	low   float64
	edges [][]outline.Line
}

// rowMetres is how high a row is.
const rowMetres = 25

func rowsOf(mp orb.MultiPolygon) edgeRows {
	bound := mp.Bound()
	r := edgeRows{low: bound.Min[1], edges: make([][]outline.Line, int((bound.Max[1]-bound.Min[1])/rowMetres)+1)}
	for _, p := range mp {
		for _, ring := range p {
			for i := 1; i < len(ring); i++ {
				from, to := r.rows(ring[i-1][1], ring[i][1])
				for k := from; k <= to; k++ {
					r.edges[k] = append(r.edges[k], outline.Line{A: ring[i-1], B: ring[i]})
				}
			}
		}
	}
	return r
}

// rows are the first and the last row between two heights; none are where the
// last is before the first.
func (r *edgeRows) rows(y1, y2 float64) (first, last int) {
	low, high := math.Floor((min(y1, y2)-r.low)/rowMetres), math.Floor((max(y1, y2)-r.low)/rowMetres)
	return int(max(low, 0)), int(min(high, float64(len(r.edges)-1)))
}

// holds tells whether a point is inside, by the even-odd rule.
func (r *edgeRows) holds(p orb.Point) bool {
	in := false
	if first, last := r.rows(p[1], p[1]); first <= last {
		for _, e := range r.edges[first] {
			if (e.A[1] > p[1]) != (e.B[1] > p[1]) && p[0] < e.A[0]+(e.B[0]-e.A[0])*(p[1]-e.A[1])/(e.B[1]-e.A[1]) {
				in = !in
			}
		}
	}
	return in
}

// cuts appends where a segment crosses edges, as fractions of it, ascending;
// one that is crossed in two rows is there twice.
func (r *edgeRows) cuts(out []float64, s *outline.Segment) []float64 {
	dx, dy := s.B[0]-s.A[0], s.B[1]-s.A[1]
	first, last := r.rows(s.A[1], s.B[1])
	for k := first; k <= last; k++ {
		for _, e := range r.edges[k] {
			left, right := dx*(e.A[1]-s.A[1])-dy*(e.A[0]-s.A[0]), dx*(e.B[1]-s.A[1])-dy*(e.B[0]-s.A[0])
			if (left >= 0) == (right >= 0) {
				continue
			}
			u := left / (left - right)
			x, y := e.A[0]+u*(e.B[0]-e.A[0])-s.A[0], e.A[1]+u*(e.B[1]-e.A[1])-s.A[1]
			if t := (x*dx + y*dy) / (dx*dx + dy*dy); t > 0 && t < 1 {
				out = append(out, t)
			}
		}
	}
	slices.Sort(out)
	return out
}

// lengthInside is the length of segments, and of what lies inside polygons.
func lengthInside(segments []outline.Segment, mp orb.MultiPolygon) (all, inside float64) {
	rows := rowsOf(mp)
	var cuts []float64
	for i := range segments {
		s := &segments[i]
		length := planar.Distance(s.A, s.B)
		all += length
		cuts = append(rows.cuts(cuts[:0], s), 1)
		from := 0.0
		for _, t := range cuts {
			if t > from && rows.holds(between(s.A, s.B, (from+t)/2)) {
				inside += (t - from) * length
			}
			from = t
		}
	}
	if math.Abs(all-inside) < 1e-6*all { // rounding
		inside = all
	}
	return all, inside
}
