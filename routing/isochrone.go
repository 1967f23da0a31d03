package routing

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// IsochroneOptions says how to draw an isochrone.
type IsochroneOptions struct {
	Buffer     float64 // metres beside the street; 0 is 25
	MinHole    float64 // square metres; smaller holes are filled
	Cells      bool    // H3 cells as well
	Resolution int     // of the cells
}

// Isochrone is what can be reached within so many seconds.
type Isochrone struct {
	Seconds int
	Reach   Reach
	Polygon orb.MultiPolygon // lon-lat
	Cells   []h3.Cell
}

// Isochrones returns one isochrone for each number of seconds; several locations
// are merged.
func (e *Engine) Isochrones(ctx context.Context, from []Snap, seconds []int, o IsochroneOptions) ([]Isochrone, error) {
	return nil, fmt.Errorf("isochrones: %w", errors.ErrUnsupported)
}
