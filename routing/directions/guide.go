package directions

import (
	"fmt"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// Guide knows which streets meet at each junction of a graph. One serves every
// profile.
type Guide struct {
	g *routing.Graph
	// Node n has the arms first[n] to first[n+1]: edge<<1, +1 where the edge is
	// left from its head.
	first []uint32
	arms  []int32
}

// NewGuide returns a guide to a graph.
func NewGuide(g *routing.Graph) *Guide {
	d := &Guide{g: g, first: make([]uint32, g.Nodes()+1), arms: make([]int32, 2*g.Edges())}
	ends := make([]int32, 0, 2*g.Edges())
	g.EachEdge(func(e routing.Edge) bool {
		ends = append(ends, e.Tail, e.Head)
		d.first[e.Tail+1]++
		d.first[e.Head+1]++
		return true
	})
	for i := range g.Nodes() {
		d.first[i+1] += d.first[i]
	}
	next := append([]uint32(nil), d.first[:g.Nodes()]...)
	for arm, node := range ends {
		d.arms[next[node]] = int32(arm)
		next[node]++
	}
	return d
}

// Options say what a path does not. The zero value is for a path from place to
// place, as the engine finds it.
type Options struct {
	// From and To are the places themselves where the path runs from street to
	// street only: the sides on which they lie are told, their walks to the
	// street are not counted.
	From, To *orb.Point
}

// Steps tells a path that the engine found on the guide's graph. A path of
// another graph is an error.
func (d *Guide) Steps(e *routing.Engine, p routing.Path, o Options) ([]Step, error) {
	w := walk{guide: d, engine: e, profile: e.Profile(), path: p}
	if err := w.readPieces(); err != nil {
		return nil, fmt.Errorf("tell the way: %w", err)
	}
	w.readMeetings()
	steps := w.collapse(w.tell())
	w.count(steps)
	w.addEnds(steps, o)
	return steps, nil
}

// walk is one path being told.
type walk struct {
	guide   *Guide
	engine  *routing.Engine
	profile routing.Profile
	path    routing.Path
	pieces  []piece
	meets   []meeting // meets[i] lies between pieces[i] and pieces[i+1]
}

// piece is one or several of the path's steps that make one line with a
// direction: a step without length belongs to its neighbour.
type piece struct {
	first, past   int // of the path's steps
	attr          routing.EdgeAttr
	against       bool // against the line of its edge
	mode          Mode
	armIn, armOut int32 // the arms by which it is entered and, backwards, left
	exit          int32 // the node at its end; -1 in the middle of an edge
	line          orb.LineString
	in, out       float64 // directions at its beginning and end
	metres        float64
	millis        uint32
}

// readPieces reads the path's steps.
func (w *walk) readPieces() error {
	var ahead piece // steps without length that come before any with one
	for i, s := range w.path.Steps {
		if s.Edge < 0 || int(s.Edge) >= w.guide.g.Edges() || !(s.From >= 0 && s.From <= 1 && s.To >= 0 && s.To <= 1) {
			return fmt.Errorf("step %d, on edge %d from %v to %v, is not of this graph", i, s.Edge, s.From, s.To)
		}
		edge := w.guide.g.Edge(s.Edge)
		p := piece{
			first: i, past: i + 1, attr: edge.EdgeAttr, against: s.From > s.To, exit: -1,
			line: w.guide.g.Part(s.Edge, s.From, s.To), metres: s.Metres, millis: s.Millis,
		}
		p.mode = modeOf(&w.profile, &p.attr, p.against)
		p.armIn, p.armOut = s.Edge<<1, s.Edge<<1|1
		switch {
		case p.against:
			p.armIn, p.armOut = p.armOut, p.armIn
			if s.To == 0 {
				p.exit = edge.Tail
			}
		case s.To == 1:
			p.exit = edge.Head
		}
		var ok bool
		if p.in, ok = leaving(p.line); ok {
			p.out, _ = arriving(p.line)
			p.absorbBefore(ahead)
			ahead = piece{}
			w.pieces = append(w.pieces, p)
			continue
		}
		if n := len(w.pieces); n > 0 {
			w.pieces[n-1].absorb(p)
		} else {
			ahead.absorb(p)
			ahead.line, ahead.attr, ahead.mode = p.line, p.attr, p.mode
		}
	}
	if len(w.pieces) == 0 {
		// From a place to itself, or to one across the street.
		ahead.exit = -1
		if len(ahead.line) == 0 {
			ahead.line = append(ahead.line, w.path.Line...)
			if len(ahead.line) == 0 {
				return fmt.Errorf("it has no line")
			}
			ahead.line = ahead.line[:1]
			ahead.mode = modeOf(&w.profile, &ahead.attr, false)
		}
		w.pieces = append(w.pieces, ahead)
	}
	return nil
}

// absorb adds a piece without length behind this one.
func (p *piece) absorb(q piece) {
	p.past = q.past
	p.metres += q.metres
	p.millis += q.millis
	p.exit = q.exit
	p.absorbCounts(&q.attr)
}

func (p *piece) absorbCounts(a *routing.EdgeAttr) {
	for _, c := range [][2]*uint8{
		{&p.attr.Signals, &a.Signals}, {&p.attr.Crossings, &a.Crossings}, {&p.attr.Gates, &a.Gates}, {&p.attr.Lifts, &a.Lifts},
	} {
		*c[0] += min(*c[1], 255-*c[0])
	}
}

func (p *piece) absorbBefore(q piece) {
	if q.past == 0 {
		return
	}
	p.first = q.first
	p.metres += q.metres
	p.millis += q.millis
	p.absorbCounts(&q.attr)
}

// modeOf is how the profile passes an edge.
func modeOf(p *routing.Profile, a *routing.EdgeAttr, against bool) Mode {
	way := routing.Forward
	if against {
		way = routing.Backward
	}
	switch {
	case len(p.DriveKmPerHour) > 0:
		return Driving
	case p.RideMetresPerSecond <= 0:
		return Walking
	case a.Ride&way != 0 && !a.Steps:
		return Cycling
	}
	return Pushing
}
