package routing

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// Snap brings a location to the nearest street that the profile can use, at
// most maxMetres away.
func (e *Engine) Snap(p orb.Point, maxMetres float64) (Snap, error) {
	s, err := e.g.Snap(p, maxMetres)
	if err != nil {
		return Snap{}, err
	}
	return s, nil
}

// SnapAll snaps every point with one limit. A point that cannot be snapped
// gives the zero Snap; what was wrong with it is at the same place in errs,
// which is nil elsewhere.
func (e *Engine) SnapAll(points []orb.Point, maxMetres float64) (snaps []Snap, errs []error) {
	snaps, errs = make([]Snap, len(points)), make([]error, len(points))
	for i, p := range points {
		snaps[i], errs[i] = e.Snap(p, maxMetres)
	}
	return snaps, errs
}

// SnapMany returns up to n locations on different edges, the nearest first.
func (e *Engine) SnapMany(p orb.Point, n int, maxMetres float64) ([]Snap, error) {
	return nil, fmt.Errorf("snap many: %w", errors.ErrUnsupported)
}

// VertexSnap is the location of a vertex.
func (g *Graph) VertexSnap(i int) (Snap, error) {
	return Snap{}, fmt.Errorf("snap vertex: %w", errors.ErrUnsupported)
}
