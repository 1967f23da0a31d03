package directions

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// meeting is what is between two pieces: a junction, or the middle of a street
// where only its name changes.
type meeting struct {
	at            orb.Point
	before, after float64 // directions of travel
	angle         float64 // of the turn, to the right positive
	arms          []arm   // by bearing
	in, out       int     // of arms; -1 for none
}

// arm is a way that leaves a junction.
type arm struct {
	bearing float64 // away from the junction
	entry   bool    // may be gone into
	useful  bool    // may be gone into, or come out of
	id      int32   // edge<<1, +1 where it is left from its head
	class   string
	name    string
}

// readMeetings looks at every junction on the way.
func (w *walk) readMeetings() {
	for i := 1; i < len(w.pieces); i++ {
		a, b := &w.pieces[i-1], &w.pieces[i]
		m := meeting{at: b.line[0], before: a.out, after: b.in, angle: turnAngle(a.out, b.in), in: -1, out: -1}
		if a.exit >= 0 {
			m.arms = w.armsAt(a.exit)
			for j, r := range m.arms {
				if r.id == a.armOut {
					m.in = j
				}
				if r.id == b.armIn {
					m.out = j
				}
			}
		}
		w.meets = append(w.meets, m)
	}
}

// armsAt lists the ways that leave a node and that the profile can use in one
// direction at least, by bearing.
func (w *walk) armsAt(node int32) []arm {
	d := w.guide
	var out []arm
	for _, id := range d.arms[d.first[node]:d.first[node+1]] {
		forward, backward := w.engine.EdgeMillis(id >> 1)
		edge := d.g.Edge(id >> 1)
		line := edge.Line
		if id&1 == 1 {
			forward, backward = backward, forward
			slices.Reverse(line)
		}
		bearing, ok := leaving(line)
		r := arm{
			id: id, bearing: bearing, class: edge.Class, name: edge.Name,
			entry: forward != unreached, useful: forward != unreached || backward != unreached,
		}
		if ok && r.useful {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b arm) int {
		return cmp.Or(cmp.Compare(whole(a.bearing), whole(b.bearing)), cmp.Compare(a.id, b.id))
	})
	return out
}

const unreached = math.MaxUint32

// others calls visit with the turn into every way that could have been gone
// instead.
func (m *meeting) others(visit func(angle float64, r *arm)) {
	for i := range m.arms {
		if i != m.in && i != m.out && m.arms[i].entry {
			visit(turnAngle(m.before, m.arms[i].bearing), &m.arms[i])
		}
	}
}

// choices is how many ways could have been gone instead.
func (m *meeting) choices() int {
	n := 0
	m.others(func(float64, *arm) { n++ })
	return n
}

// straightest is how little one must turn to go on by another way; 180 when
// there is none.
func (m *meeting) straightest() float64 {
	least := 180.0
	m.others(func(angle float64, _ *arm) { least = min(least, math.Abs(angle)) })
	return least
}

// intersection shows a meeting as OSRM does.
func (m *meeting) intersection() Intersection {
	x := Intersection{Location: m.at, In: m.in, Out: m.out}
	for _, r := range m.arms {
		x.Bearings = append(x.Bearings, whole(r.bearing))
		x.Entry = append(x.Entry, r.entry)
	}
	if m.in < 0 || m.out < 0 {
		x.In, x.Out = 1, 0
		x.Bearings, x.Entry = []int{whole(m.after), whole(wrap(m.before + 180))}, []bool{true, true}
		if x.Bearings[0] > x.Bearings[1] {
			x.Bearings[0], x.Bearings[1] = x.Bearings[1], x.Bearings[0]
			x.In, x.Out = 0, 1
		}
	}
	return x
}

// modifierOf names a turn by its angle, to the right positive. The limits are
// those by which OSRM names turns.
func modifierOf(angle float64) Modifier {
	names := [4]Modifier{SlightRight, Right, SharpRight, UTurn}
	if angle < 0 {
		names = [4]Modifier{SlightLeft, Left, SharpLeft, UTurn}
	}
	switch a := math.Abs(angle); {
	case a < 20:
		return Straight
	case a < 40:
		return names[0]
	case a < 120:
		return names[1]
	case a < 175:
		return names[2]
	}
	return UTurn
}
