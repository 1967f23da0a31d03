package overlay

import (
	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/lines"
)

// defaultClass is the class of an added way that does not say.
const defaultClass = "footway"

// attrOf is what an added way is.
func attrOf(c Change) routing.EdgeAttr {
	word := c.Class
	if word == "" {
		word = defaultClass
		if c.Steps {
			word = "steps"
		}
	}
	attr := routing.EdgeAttr{Class: word, Name: c.Name, Steps: c.Steps || word == "steps"}
	modes := c.Modes
	if modes == 0 {
		modes = Walk
		if class, ok := lines.ClassOf(word); ok {
			modes = 0
			for _, x := range []struct {
				may  bool
				mode Modes
			}{{class.Walk, Walk}, {class.Ride && !attr.Steps, Ride}, {class.Drive && !attr.Steps, Drive}} {
				if x.may {
					modes |= x.mode
				}
			}
		}
	}
	setWays(&attr, modes, func(_ routing.Ways, mode Modes) routing.Ways {
		if mode == Walk || c.Oneway == routing.Neither {
			return routing.Both
		}
		return c.Oneway
	})
	return attr
}

// add adds a way: its ends meet the nearest street, its inner vertices those
// that they are on. Streets shut for everybody who may use the way do not count.
func (s *streets) add(c Change, out *Outcome) {
	attr := attrOf(c)
	modes := modesOf(attr)
	if modes == 0 {
		out.find("nobody may use a way of class %s: say for whom it is with modes", attr.Class)
		return
	}
	usable := func(x *piece) bool { return modesOf(x.attr)&modes != 0 }
	last := len(c.Line) - 1
	// Where it meets is found before anything is split, so that a way that meets
	// nothing leaves no trace.
	limit := func(i int) float64 {
		if i == 0 || i == last {
			return nearMetres
		}
		return onMetres
	}
	meets := 0
	for i, q := range c.Line {
		if len(s.near(q, limit(i), usable)) > 0 {
			meets++
		} else if i == 0 || i == last {
			end := "first"
			if i == last {
				end = "last"
			}
			if !c.Alone {
				out.find("its %s point meets no street within %.0f m", end, nearMetres)
			}
		}
	}
	if meets == 0 && !c.Alone {
		out.find("the way is left out, since it meets no street: draw it up to one, or set alone")
		return
	}
	for _, x := range s.drawn(c.Line, func(i int) []spot { return s.near(c.Line[i], limit(i), usable) }) {
		out.touch(s.addPiece(x.from, x.to, x.line, attr))
	}
	if !out.Done {
		out.find("the way is left out: it has no length between the streets that it meets")
	}
}

// drawing is a piece to be.
type drawing struct {
	from, to int32
	line     orb.LineString
}

// drawn cuts a line where it meets streets, which it asks meets for, and where
// it comes back to a vertex of its own. Streets are split on the way; the pieces
// are not added yet, so that the line does not meet itself.
func (s *streets) drawn(line orb.LineString, meets func(i int) []spot) []drawing {
	var out []drawing
	own := map[orb.Point]int32{} // nodes at vertices
	times := map[orb.Point]int{}
	for _, q := range line {
		times[q]++
	}
	from, run := int32(-1), orb.LineString(nil)
	last := len(line) - 1
	for i, q := range line {
		node, known := own[q]
		if !known {
			node = -1
			if spots := meets(i); len(spots) > 0 {
				node = s.nodeAt(spots[0])
			} else if i == 0 || i == last || times[q] > 1 {
				node = s.addNode(q)
			}
			if node >= 0 {
				own[q] = node
			}
		}
		if node < 0 {
			run = append(run, q)
			continue
		}
		at := s.nodes[node]
		if i == 0 {
			from, run = node, orb.LineString{at, q} // from the street to where it was drawn
			continue
		}
		if i == last {
			run = append(run, q)
		}
		run = tidy(append(run, at))
		if from != node || planeAt(at).length(run) > joinMetres {
			out = append(out, drawing{from, node, run})
		}
		from, run = node, orb.LineString{at}
	}
	return out
}
