package routing

import (
	"math"
	"slices"
)

// busyNodes are the junctions of three streets and more where one of a busy
// class meets.
func (e *Engine) busyNodes() []bool {
	class := make([]bool, len(e.g.kinds))
	for i := range class {
		class[i] = slices.Contains(e.profile.BusyClasses, e.g.kinds[i].Class)
	}
	out := make([]bool, e.g.nodes)
	for n := range out {
		usable, busy := 0, false
		for _, half := range e.g.arcs[e.g.firstArc[n]:e.g.firstArc[n+1]] {
			if e.weight(half) != shut || e.weight(half^1) != shut {
				usable++
			}
			busy = busy || class[e.g.kind[half>>1]]
		}
		out[n] = busy && usable >= 3
	}
	return out
}

// turnMillis is what it costs to go from one half of an edge into another, by
// the angle between them: 45° to either side is straight on.
func (e *Engine) turnMillis(in, out int32) uint32 {
	seconds := 0.0
	switch angle := e.g.turnAngle(in, out); {
	case in == out^1, angle > 170, angle < -170:
		seconds = e.profile.UTurnSeconds
	case angle > 45:
		seconds = e.profile.LeftTurnSeconds
	case angle < -45:
		seconds = e.profile.RightTurnSeconds
	}
	return uint32(math.Round(seconds * 1000))
}

// turnAngle is in degrees, positive to the left.
func (g *Graph) turnAngle(in, out int32) float64 {
	d := g.bearing(out) - (g.bearing(in^1) + 180)
	return math.Mod(math.Mod(d, 360)+540, 360) - 180
}

// bearing is the direction, counter-clockwise from east in degrees, in which
// half an edge leaves its node.
func (g *Graph) bearing(half int32) float64 {
	k, step := 0, 1
	if half&1 == 1 {
		k, step = g.linePoints(half>>1)-1, -1
	}
	a := g.linePoint(half>>1, k)
	b := a
	for b == a && k+step >= 0 && k+step < g.linePoints(half>>1) {
		k += step
		b = g.linePoint(half>>1, k)
	}
	p, q := a.point(), b.point()
	s := scaleAt(p[1])
	return math.Atan2((q[1]-p[1])*s.y, (q[0]-p[0])*s.x) * 180 / math.Pi
}
