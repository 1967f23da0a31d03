package drawing

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo/topology"
)

// Faces returns the areas that are drawn when each plot is given to the area of
// a code: the borders of today where they stay, the edges of cells where they
// move. All plots of a code must lie in one parent.
func (l *Land) Faces(code []string) (*topology.Topology, error) {
	if len(code) != len(l.Plots) {
		return nil, fmt.Errorf("draw areas: %d codes for %d plots", len(code), len(l.Plots))
	}
	of := make(map[string][]string)
	for i, plot := range l.plotOf {
		of[code[plot]] = append(of[code[plot]], pieceCode(int32(i)))
	}
	t := l.pieces
	for _, c := range sortedKeys(of) {
		var err error
		if pieces := of[c]; len(pieces) == 1 {
			t, _, err = t.Recode(pieces[0], c)
		} else {
			t, _, err = t.Merge(pieces, c)
		}
		if err != nil {
			return nil, fmt.Errorf("draw area %s: %w", c, err)
		}
	}
	return l.tidy(t)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// tidy takes vertices away where edges of cells that play no part any more met
// the borders of today.
func (l *Land) tidy(t *topology.Topology) (*topology.Topology, error) {
	if l.cellM == 0 {
		return t, nil
	}
	for _, a := range t.Arcs() {
		var line orb.LineString
		for i := 1; i < len(a.Points)-1; i++ {
			p, off := a.Points[i], straight
			if l.corner[p] {
				off = hairline
			}
			if l.today[p] || !inLine(a.Points[i-1], p, a.Points[i+1], off) {
				line = append(line, p)
			}
		}
		if len(line) == len(a.Points)-2 {
			continue
		}
		var err error
		if t, err = redraw(t, a, line); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// How far off a line, in degrees, a vertex may be that goes: for rounding, and a
// corner of a cell because what it cuts off was too thin to be a piece.
const (
	straight = 3e-9
	hairline = 3e-8
)

// inLine tells whether b lies on the way from a to c, but for so much.
func inLine(a, b, c orb.Point, off float64) bool {
	dx, dy := c[0]-a[0], c[1]-a[1]
	long := math.Hypot(dx, dy)
	along := (b[0]-a[0])*dx + (b[1]-a[1])*dy
	return long > 0 && along > 0 && along < long*long && math.Abs((b[0]-a[0])*dy-(b[1]-a[1])*dx) <= off*long
}

// redraw gives an arc other vertices between its ends; it is left as it is where
// they would be too near to another border.
func redraw(t *topology.Topology, a topology.Arc, line orb.LineString) (*topology.Topology, error) {
	next, _, err := t.Redraw(a.ID, 1, len(a.Points)-1, line)
	var refused *topology.EditError
	switch {
	case errors.As(err, &refused):
		return t, nil
	case err != nil:
		return nil, fmt.Errorf("redraw the border between %s and %s: %w", a.Left, a.Right, err)
	}
	return next, nil
}
