package routing

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// Cells returns the H3 cells of a resolution (0 to 15) that reached streets
// touch, ascending. Streets are looked at every eighth of a cell's side, so a
// corner cut by less than that may be left out.
func (r Reach) Cells(resolution int) ([]h3.Cell, error) {
	side, err := h3.HexagonEdgeLengthAvgM(resolution)
	if err != nil {
		return nil, fmt.Errorf("find cells at resolution %d: %w", resolution, err)
	}
	step := side / 8
	seen := map[h3.Cell]struct{}{}
	var last h3.Cell
	add := func(p orb.Point) error {
		c, err := h3.LatLngToCell(h3.LatLng{Lat: p[1], Lng: p[0]}, resolution)
		if err != nil {
			return fmt.Errorf("find cell of %v: %w", p, err)
		}
		if c != last {
			seen[c], last = struct{}{}, c
		}
		return nil
	}
	for _, line := range r.Lines() {
		if err := add(line[0]); err != nil {
			return nil, err
		}
		for i := 1; i < len(line); i++ {
			parts := math.Ceil(metres(line[i-1], line[i]) / step)
			for k := 1.0; k <= parts; k++ {
				if err := add(between(line[i-1], line[i], k/parts)); err != nil {
					return nil, err
				}
			}
		}
	}
	out := make([]h3.Cell, 0, len(seen))
	for c := range seen {
		out = append(out, c)
	}
	slices.Sort(out)
	return out, nil
}
