package osm

import (
	"cmp"
	"math"
	"slices"
)

// detour is how much longer than straight the way across a plaza may be.
const detour = 1.05

// spanner picks, of many lines between few points, those that are worth having:
// it takes the shortest first and leaves out each that the ways already there
// replace within the detour (the greedy spanner of Althöfer et al., 1993).
type spanner struct {
	next [][]sightEnd
	best []float64
	room []sightEnd
	seen []int32
}

type sightEnd struct {
	to     int32
	length float64
}

func newSpanner(points int) *spanner {
	s := &spanner{next: make([][]sightEnd, points), best: make([]float64, points)}
	for i := range s.best {
		s.best[i] = math.Inf(1)
	}
	return s
}

func (s *spanner) add(a, b int32, length float64) {
	s.next[a] = append(s.next[a], sightEnd{b, length})
	s.next[b] = append(s.next[b], sightEnd{a, length})
}

// worth returns the lines that it keeps, in order of length.
func (s *spanner) worth(lines []sightLine) []sightLine {
	slices.SortFunc(lines, func(x, y sightLine) int {
		return cmp.Or(cmp.Compare(x.length, y.length), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	var out []sightLine
	for _, l := range slices.Compact(lines) {
		if !s.reaches(l.a, l.b, l.length*detour) {
			s.add(l.a, l.b, l.length)
			out = append(out, l)
		}
	}
	return out
}

// reaches tells whether there is a way of at most this length.
func (s *spanner) reaches(from, to int32, limit float64) bool {
	for _, p := range s.seen {
		s.best[p] = math.Inf(1)
	}
	s.seen = append(s.seen[:0], from)
	s.best[from] = 0
	s.room = append(s.room[:0], sightEnd{from, 0})
	for len(s.room) > 0 {
		at := s.pop()
		if at.length > s.best[at.to] {
			continue
		}
		if at.to == to {
			return true
		}
		for _, e := range s.next[at.to] {
			if l := at.length + e.length; l <= limit && l < s.best[e.to] {
				if math.IsInf(s.best[e.to], 1) {
					s.seen = append(s.seen, e.to)
				}
				s.best[e.to] = l
				s.push(sightEnd{e.to, l})
			}
		}
	}
	return false
}

// push puts an end into the heap, the shortest first.
func (s *spanner) push(e sightEnd) {
	h := append(s.room, e)
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if h[up].length <= h[i].length {
			break
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
	s.room = h
}

// pop takes the shortest out.
func (s *spanner) pop() sightEnd {
	h := s.room
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		down := 2*i + 1
		if down >= last {
			break
		}
		if down+1 < last && h[down+1].length < h[down].length {
			down++
		}
		if h[i].length <= h[down].length {
			break
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
	s.room = h
	return top
}

// followRing gives the stretches of a ring between sight points.
func (c *collector) followRing(ring []int32, points []sightPoint, scale float64, add func(a, b int32, length float64)) {
	at := make(map[int32]int32, len(points))
	for i := range points {
		at[points[i].node] = int32(i)
	}
	start := slices.IndexFunc(ring, func(p int32) bool { _, ok := at[p]; return ok })
	if start < 0 {
		return
	}
	open := ring[:len(ring)-1]
	last, length := at[ring[start]], 0.0
	for k := 1; k <= len(open); k++ {
		p, q := open[(start+k-1)%len(open)], open[(start+k)%len(open)]
		length += math.Hypot(float64(c.nodes.lon[p]-c.nodes.lon[q])*scale, float64(c.nodes.lat[p]-c.nodes.lat[q]))
		if point, ok := at[q]; ok {
			if point != last {
				add(last, point, length)
			}
			last, length = point, 0
		}
	}
}
