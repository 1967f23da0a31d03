package routing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/routing/outline"
)

// ErrBuffer says that an outline cannot be drawn with the buffer asked for.
var ErrBuffer = errors.New("no buffer to draw an outline with")

// defaultBuffer is how far beside a street its doors are, in metres.
const defaultBuffer = 25

// holeFactor: holes smaller than holeFactor·buffer² are filled.
const holeFactor = 6

// IsochroneOptions says how to draw an isochrone.
type IsochroneOptions struct {
	Buffer     float64 // metres beside the street; 0 is 25
	MinHole    float64 // square metres; smaller holes are filled; 0 is 6 times the square of the buffer
	NoPolygon  bool    // leave the polygon out
	Cells      bool    // H3 cells as well
	Resolution int     // of the cells, 0 to 15
}

// Isochrone is what can be reached within so many seconds.
type Isochrone struct {
	Seconds int
	Reach   Reach
	// Polygon is everything within the buffer of a reached street, lon-lat, rings
	// closed, outer rings counter-clockwise and holes clockwise: see
	// Reach.Polygon. Polygons of fewer seconds lie within those of more.
	Polygon orb.MultiPolygon
	// Buffer is the metres beside the street that the polygon was drawn with: more
	// than asked for where a circle some 25 km across, or more, is drawn coarser. 0
	// without a polygon.
	Buffer float64
	Cells  []h3.Cell // ascending
}

// Isochrones returns one isochrone for each number of seconds, in their order,
// by one search. Several locations are merged: what can be reached from one of
// them. Locations without a street reach nothing, nor do 0 seconds or fewer. It
// fails with ErrBuffer, or for a resolution that H3 does not have.
func (e *Engine) Isochrones(ctx context.Context, from []Snap, seconds []int, o IsochroneOptions) ([]Isochrone, error) {
	buffer, minHole, err := o.sizes()
	if err != nil {
		return nil, fmt.Errorf("draw isochrones: %w", err)
	}
	limits := slices.Clone(seconds)
	slices.Sort(limits)
	limits = slices.Compact(limits)
	reaches := make([]Reach, len(limits))
	for k, s := range limits {
		reaches[k].Seconds = s
	}
	var on *plane
	if i := slices.IndexFunc(from, func(s Snap) bool { return s.OK }); i >= 0 && !o.NoPolygon {
		on = planeAt(from[i].Point)
	}
	s := e.take()
	defer e.give(s)
	if err := e.reach(ctx, s, from, reaches, on); err != nil {
		return nil, fmt.Errorf("draw isochrones: %w", err)
	}
	polygons := make([]orb.MultiPolygon, len(limits))
	if on != nil {
		if polygons, buffer, err = s.reach.draw(e.g, on, len(limits), buffer, minHole); err != nil {
			return nil, fmt.Errorf("draw isochrones: %w", err)
		}
	}
	out := make([]Isochrone, len(seconds))
	for i, s := range seconds {
		k, _ := slices.BinarySearch(limits, s)
		out[i] = Isochrone{Seconds: s, Reach: reaches[k], Polygon: polygons[k]}
		if len(polygons[k]) > 0 {
			out[i].Buffer = buffer
		}
		if o.Cells {
			if out[i].Cells, err = reaches[k].Cells(o.Resolution); err != nil {
				return nil, fmt.Errorf("draw isochrones: %w", err)
			}
		}
	}
	return out, nil
}

func (o IsochroneOptions) sizes() (buffer, minHole float64, err error) {
	buffer, minHole = o.Buffer, o.MinHole
	if buffer == 0 {
		buffer = defaultBuffer
	}
	if !(buffer > 0) || math.IsInf(buffer, 0) {
		return 0, 0, fmt.Errorf("%v m: %w", buffer, ErrBuffer)
	}
	if minHole == 0 {
		minHole = holeFactor * buffer * buffer
	}
	return buffer, minHole, nil
}

// draw outlines the room's segments band by band, and tells the buffer that it
// took.
func (r *reachRoom) draw(g *Graph, on *plane, bands int, buffer, minHole float64) ([]orb.MultiPolygon, float64, error) {
	ground := r.surroundings.around(g, on, r.segments, buffer)
	out, err := r.drawer.Draw(r.segments, ground, outline.Options{Bands: bands, Buffer: buffer, MinHole: minHole})
	if err != nil {
		return nil, 0, err
	}
	for _, mp := range out {
		on.toLonLat(mp)
	}
	return out, r.drawer.Buffer(), nil
}
