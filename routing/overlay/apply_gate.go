package overlay

import (
	"github.com/paulmach/orb"

	"sanse/routing"
)

// gate cuts a street at a place. The modes that it does not stop go on over a
// piece without length.
func (s *streets) gate(c Change, out *Outcome) {
	modes := c.Modes
	if modes == 0 {
		modes = AllModes
	}
	spots := s.near(c.Line[0], nearMetres, func(x *piece) bool { return modesOf(x.attr)&modes != 0 })
	if len(spots) == 0 {
		out.find("no street within %.0f m that is open to %s", nearMetres, modes)
		return
	}
	x := spots[0]
	whole := planeAt(x.at).length(x.piece.line)
	atStart, atEnd := x.along <= joinMetres, whole-x.along <= joinMetres
	if atStart && x.along <= whole-x.along {
		atEnd = false
	} else if atEnd {
		atStart = false
	}
	end := x.piece.to
	if atStart {
		end = x.piece.from
	}
	if (atStart || atEnd) && s.degree[end] > 2 {
		out.find("it stands on a junction of %d streets: move it onto the one that it shuts", s.degree[end])
		return
	}
	// The street is cut in two ends at one place, and the gate between them.
	head, tail, node := x.piece, x.piece, end
	if !atStart && !atEnd {
		head, tail, node = s.split(x.piece, x.along)
	}
	behind := s.addNode(s.nodes[node])
	s.degree[behind] = 2 // the gate and the street behind it; before it nothing changes
	gate := &piece{edge: head.edge, attr: gateAttr(tail.attr), before: gateAttr(tail.before), gate: true}
	if atEnd {
		gate.from, gate.to = behind, node
		head.to, head.moved = behind, true
		s.splice(head, head, gate)
	} else {
		gate.from, gate.to = node, behind
		tail.from, tail.moved = behind, true
		s.splice(tail, gate, tail)
	}
	gate.line = orb.LineString{s.nodes[node], s.nodes[node]}
	gate.shut(modes)
	s.gates = append(s.gates, gate)
	out.Done, out.Edges = true, 1
}

// gateAttr is a street's attributes for a place on it: nothing on the way costs
// time again.
func gateAttr(a routing.EdgeAttr) routing.EdgeAttr {
	a.Signals, a.Crossings, a.Gates, a.Lifts, a.Incline, a.Steps = 0, 0, 0, 0, 0, false
	return a
}

// open opens, for a point, the gate or closed barrier that it is on, or else,
// as for a line, what is shut of the street.
func (s *streets) open(c Change, out *Outcome) {
	if len(c.Line) == 1 && s.openPlace(c, out) {
		return
	}
	opens := func(x *piece) bool { return x.opens(c) }
	pieces, err := s.stretch(c, opens, opens)
	if err != nil {
		// What is open already may lie between stretches that are shut.
		pieces, err = s.stretch(c, func(*piece) bool { return true }, opens)
	}
	if err != nil {
		out.find("nothing is opened: %v (what the map does not have at all is added, not opened)", err)
		return
	}
	for _, x := range pieces {
		if x.reopen(c.Modes, c.Oneway) {
			out.touch(x)
		}
	}
	if !out.Done {
		out.find("nothing is opened: it is open already")
	}
}

// opens tells whether a change would open anything of a piece.
func (x *piece) opens(c Change) bool {
	y := *x
	return y.reopen(c.Modes, c.Oneway)
}

// openPlace opens the gate of an earlier change, or the barrier of the map, that
// is nearest to a point, unless a street that is shut is nearer.
func (s *streets) openPlace(c Change, out *Outcome) bool {
	q := c.Line[0]
	p := planeAt(q)
	limit := nearMetres
	if spots := s.near(q, nearMetres, func(x *piece) bool { return modesOf(x.attr) == 0 && x.opens(c) }); len(spots) > 0 {
		limit = spots[0].metres + joinMetres
	}
	var gate *piece
	best := limit
	for _, x := range s.gates {
		if d := p.metres(q, x.line[0]); x.opens(c) && d <= best && (gate == nil || d < best) {
			gate, best = x, d
		}
	}
	if gate != nil {
		gate.reopen(c.Modes, c.Oneway)
		out.Done, out.Edges = true, 1
		return true
	}
	return s.openBarrier(c, limit, out)
}

// openBarrier joins the ends of streets that a closed barrier of the map keeps
// apart: dead ends at one and the same place.
func (s *streets) openBarrier(c Change, limit float64, out *Outcome) bool {
	q := c.Line[0]
	p := planeAt(q)
	ends := map[orb.Point][]int32{}
	best, at := limit, orb.Point{}
	for n, place := range s.nodes {
		if s.degree[n] != 1 {
			continue
		}
		d := p.metres(q, place)
		if d > limit {
			continue
		}
		ends[place] = append(ends[place], int32(n))
		if len(ends[place]) >= 2 && (d < best || d == best && len(ends[at]) < 2) {
			best, at = d, place
		}
	}
	if len(ends[at]) < 2 {
		return false
	}
	attr := routing.EdgeAttr{Class: "gate"}
	modes := c.Modes
	if modes == 0 {
		modes = AllModes // whoever may use both streets
	}
	setWays(&attr, modes, func(routing.Ways, Modes) routing.Ways { return routing.Both })
	for _, n := range ends[at][1:] {
		x := s.addPiece(ends[at][0], n, orb.LineString{at, at}, attr)
		x.gate = true
		s.gates = append(s.gates, x)
		out.touch(x)
	}
	return true
}
