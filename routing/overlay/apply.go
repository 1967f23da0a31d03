package overlay

import (
	"fmt"

	"sanse/routing"
)

// How near things must be, in metres.
const (
	// nearMetres is how far a change may be from the street that it is about.
	nearMetres = 10.0
	// onMetres is how near an inner vertex of an added way must be to a street
	// to meet it. It is small: a path beside a street, with a wall between, must
	// not be joined to it at every vertex.
	onMetres = 1.0
	// joinMetres is how near the end of a street must be to be what is meant.
	joinMetres = 0.5
)

// Outcome is what one change did.
type Outcome struct {
	ID      string
	Feature int
	Kind    Kind
	Done    bool
	Edges   int     // pieces of street touched, once cut where the change ends
	Metres  float64 // their length
	// Findings say why nothing was done, or what deserves a look.
	Findings []string
}

// Report says what each change did, in their order.
type Report struct {
	Outcomes []Outcome
	Done     int // changes that did something
}

// Apply makes the changes on a copy of the graph, in their order, and returns
// it; g itself if there are none. Errors: routing.ErrEmpty when nothing is left
// open.
func Apply(g *routing.Graph, changes []Change) (*routing.Graph, Report, error) {
	rep := Report{Outcomes: make([]Outcome, 0, len(changes))}
	if len(changes) == 0 {
		return g, rep, nil
	}
	s, err := newStreets(g)
	if err != nil {
		return nil, rep, fmt.Errorf("apply overlay: %w", err)
	}
	for _, c := range changes {
		out := Outcome{ID: c.ID, Feature: c.Feature, Kind: c.Kind}
		switch {
		case len(c.Line) == 0:
			out.find("it has no place")
		case c.Kind == Add:
			s.add(c, &out)
		case c.Kind == Close:
			s.close(c, &out)
		case c.Kind == Gate:
			s.gate(c, &out)
		case c.Kind == Open:
			s.open(c, &out)
		default:
			out.find("there is no change of kind %q", c.Kind)
		}
		if out.Done {
			rep.Done++
		}
		rep.Outcomes = append(rep.Outcomes, out)
	}
	made, err := s.build()
	if err != nil {
		return nil, rep, fmt.Errorf("apply overlay: %w", err)
	}
	return made, rep, nil
}

func (o *Outcome) find(format string, args ...any) {
	o.Findings = append(o.Findings, fmt.Sprintf(format, args...))
}

// touch counts a piece that was changed.
func (o *Outcome) touch(x *piece) {
	o.Done = true
	o.Edges++
	o.Metres += planeAt(x.line[0]).length(x.line)
}

// modesOf are those who may use a piece in some direction.
func modesOf(a routing.EdgeAttr) Modes {
	var m Modes
	for _, x := range []struct {
		ways routing.Ways
		mode Modes
	}{{a.Walk, Walk}, {a.Ride, Ride}, {a.Drive, Drive}} {
		if x.ways != routing.Neither {
			m |= x.mode
		}
	}
	return m
}

// setWays changes the directions of some modes.
func setWays(a *routing.EdgeAttr, m Modes, change func(routing.Ways, Modes) routing.Ways) {
	for _, x := range []struct {
		ways *routing.Ways
		mode Modes
	}{{&a.Walk, Walk}, {&a.Ride, Ride}, {&a.Drive, Drive}} {
		if m&x.mode != 0 {
			*x.ways = change(*x.ways, x.mode)
		}
	}
}

func waysOf(a routing.EdgeAttr, m Modes) routing.Ways {
	switch m {
	case Walk:
		return a.Walk
	case Ride:
		return a.Ride
	}
	return a.Drive
}

// shut takes modes from a piece and tells whether it had them.
func (x *piece) shut(m Modes) bool {
	had := modesOf(x.attr)&m != 0
	setWays(&x.attr, m, func(routing.Ways, Modes) routing.Ways { return routing.Neither })
	return had
}

// reopen gives modes to a piece, or, with 0, what it had before and at least
// the way on foot, and tells whether that changed anything.
func (x *piece) reopen(m Modes, oneway routing.Ways) bool {
	old := x.attr
	if m == 0 {
		setWays(&x.attr, AllModes, func(w routing.Ways, mode Modes) routing.Ways { return w | waysOf(x.before, mode) })
		if x.attr.Walk == routing.Neither || x.attr == old {
			x.attr.Walk = routing.Both
		}
		if oneway == routing.Neither {
			return x.attr != old
		}
		m = modesOf(x.attr) // the direction of wheels is what is opened
	}
	setWays(&x.attr, m, func(w routing.Ways, mode Modes) routing.Ways {
		if mode == Walk || oneway == routing.Neither {
			return routing.Both
		}
		return w | oneway
	})
	return x.attr != old
}

// span is a stretch of a piece, metres along its line.
type span struct{ from, to float64 }

// followed are the stretches of one piece, ascending and apart.
type followed struct {
	piece *piece
	spans []span
}

// stretch finds what a change is about among the streets it may be about: the
// pieces that its line follows, cut at its ends, or the piece nearest to its
// point. Of these it gives those that it would change; the others stay whole.
func (s *streets) stretch(c Change, usable, changes func(*piece) bool) ([]*piece, error) {
	if len(c.Line) == 1 {
		spots := s.near(c.Line[0], nearMetres, usable)
		if len(spots) == 0 {
			return nil, fmt.Errorf("no such street within %.0f m", nearMetres)
		}
		return []*piece{spots[0].piece}, nil
	}
	spans, err := s.follow(c.Line, usable)
	if err != nil {
		return nil, err
	}
	var out []*piece
	for _, group := range spans {
		if !changes(group.piece) {
			continue
		}
		rest := group.piece
		for i := len(group.spans) - 1; i >= 0 && rest != nil; i-- {
			var x *piece
			x, rest = s.cutOut(rest, group.spans[i].from, group.spans[i].to)
			out = append(out, x)
		}
	}
	return out, nil
}

func (s *streets) close(c Change, out *Outcome) {
	modes := c.Modes
	if modes == 0 {
		modes = AllModes
	}
	has := func(x *piece) bool { return modesOf(x.attr)&modes != 0 }
	pieces, err := s.stretch(c, has, has)
	if err != nil {
		out.find("nothing is closed to %s: %v", modes, err)
		return
	}
	for _, x := range pieces {
		if x.shut(modes) {
			out.touch(x)
		}
	}
}
