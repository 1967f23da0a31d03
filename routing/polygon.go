package routing

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Polygon returns the service circle: everything within so many metres of a
// reached street, as polygons in lon-lat, rings closed, outer rings
// counter-clockwise and holes clockwise. Holes smaller than 6 times the square
// of the buffer (a courtyard) are filled; water that no reached street crosses
// stays out, and the buffer does not pass walls. A reach of nothing gives no
// polygon. It fails with ErrBuffer. A reach of some 25 km across, or more, is
// drawn coarser and with a wider buffer: Isochrone.Buffer tells.
//
// All polygons whose locations lie in the same tenth of a degree of latitude
// share one grid. Drawn one by one they nest but for slivers narrower than half
// a metre where lines are straightened; Engine.Isochrones draws them together,
// and those nest exactly. See package outline for how, and Fit for how well it
// fits.
func (r Reach) Polygon(bufferMetres float64) (orb.MultiPolygon, error) {
	if bufferMetres == 0 {
		return nil, fmt.Errorf("outline reach: 0 m: %w", ErrBuffer)
	}
	buffer, minHole, err := IsochroneOptions{Buffer: bufferMetres}.sizes()
	if err != nil {
		return nil, fmt.Errorf("outline reach: %w", err)
	}
	if len(r.Edges) == 0 {
		return nil, nil
	}
	on := planeAt(r.From.Point)
	var room reachRoom
	for _, p := range r.Edges {
		r.graph.flatten(&room, on, p, 0)
	}
	out, _, err := room.draw(r.graph, on, 1, buffer, minHole)
	if err != nil {
		return nil, fmt.Errorf("outline reach: %w", err)
	}
	return out[0], nil
}
