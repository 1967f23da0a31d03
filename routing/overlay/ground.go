package overlay

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// plane measures metres near one latitude.
type plane struct{ x, y float64 } // metres a degree

func planeAt(p orb.Point) plane {
	// Not at a pole itself, where a degree of longitude has no length to divide by.
	east, north := geo.DegreeMetres(min(max(p[1], -89.9), 89.9))
	return plane{east, north}
}

func (p plane) metres(a, b orb.Point) float64 {
	return math.Hypot((a[0]-b[0])*p.x, (a[1]-b[1])*p.y)
}

// onto returns the fraction of a–b nearest to q and its distance.
func (p plane) onto(q, a, b orb.Point) (fraction, metres float64) {
	ux, uy := (b[0]-a[0])*p.x, (b[1]-a[1])*p.y
	vx, vy := (q[0]-a[0])*p.x, (q[1]-a[1])*p.y
	if d := ux*ux + uy*uy; d > 0 {
		fraction = min(1, max(0, (ux*vx+uy*vy)/d))
	}
	return fraction, math.Hypot(vx-fraction*ux, vy-fraction*uy)
}

// length of a line in metres.
func (p plane) length(line orb.LineString) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		sum += p.metres(line[i-1], line[i])
	}
	return sum
}

// nearest returns the place on a line nearest to q: how many metres along the
// line it is, where, and how far from q.
func (p plane) nearest(q orb.Point, line orb.LineString) (along float64, at orb.Point, metres float64) {
	metres = math.Inf(1)
	run := 0.0
	for i := 1; i < len(line); i++ {
		step := p.metres(line[i-1], line[i])
		if f, d := p.onto(q, line[i-1], line[i]); d < metres {
			along, at, metres = run+f*step, between(line[i-1], line[i], f), d
		}
		run += step
	}
	return along, at, metres
}

// at returns the place so many metres along a line.
func (p plane) at(line orb.LineString, along float64) orb.Point {
	for i := 1; i < len(line); i++ {
		step := p.metres(line[i-1], line[i])
		if along <= step && step > 0 {
			return between(line[i-1], line[i], max(0, along/step))
		}
		along -= step
	}
	return line[len(line)-1]
}

// split cuts a line so many metres along it, at a place on the grid.
func (p plane) split(line orb.LineString, along float64) (head, tail orb.LineString) {
	for i := 1; i < len(line); i++ {
		step := p.metres(line[i-1], line[i])
		if along > step && i+1 < len(line) {
			along -= step
			continue
		}
		f := 1.0
		if step > 0 {
			f = min(1, max(0, along/step))
		}
		cut := onGrid(between(line[i-1], line[i], f))
		head = append(append(head, line[:i]...), cut)
		tail = append(append(tail, cut), line[i:]...)
		break
	}
	return tidy(head), tidy(tail)
}

// tidy drops inner points that repeat the one before them or the last one.
func tidy(line orb.LineString) orb.LineString {
	out := line[:1:1]
	for _, q := range line[1 : len(line)-1] {
		if q != out[len(out)-1] {
			out = append(out, q)
		}
	}
	last := line[len(line)-1]
	if len(out) > 1 && out[len(out)-1] == last {
		out = out[:len(out)-1]
	}
	return append(out, last)
}

// dense returns places on a line, equally far apart and at most step metres, its
// ends among them; at least two.
func (p plane) dense(line orb.LineString, step float64) []orb.Point {
	whole := p.length(line)
	n := max(1, int(math.Ceil(whole/step)))
	out := make([]orb.Point, 0, n+1)
	run, i := 0.0, 1 // metres to line[i-1]
	for k := range n {
		along := whole * float64(k) / float64(n)
		d := p.metres(line[i-1], line[i])
		for run+d < along && i+1 < len(line) {
			run += d
			i++
			d = p.metres(line[i-1], line[i])
		}
		f := 0.0
		if d > 0 {
			f = min(1, (along-run)/d)
		}
		out = append(out, between(line[i-1], line[i], f))
	}
	return append(out, line[len(line)-1])
}

func between(a, b orb.Point, f float64) orb.Point {
	return orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}
}
