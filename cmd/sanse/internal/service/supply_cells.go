package service

import (
	"context"
	"slices"
	"strings"

	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"
)

// supplyResolution is that of the cells of supply: some 0.1 km² each.
const supplyResolution = 9

// SupplyCells returns the cells in which people ask for places of a service, with
// how far those go: ratio as in SupplyRow, null where it cannot be known, and the
// people there by how they fare.
func (s *Service) SupplyCells(ctx context.Context, district string, q SupplyQuery) (*geojson.FeatureCollection, error) {
	m, err := s.Supply(ctx, district, q)
	if err != nil {
		return nil, err
	}
	d := m.demand
	type sums struct{ people, covered, onPaper, noData, share float64 }
	cells := make(map[h3.Cell]*sums)
	area := m.Areas[0].Area
	for i, n := range d.problem.Weight {
		if area.Parent != "" && !strings.HasPrefix(d.code[i], area.Code) {
			continue
		}
		c := cells[d.cell[i]]
		if c == nil {
			c = new(sums)
			cells[d.cell[i]] = c
		}
		c.people += float64(n)
		c.covered, c.onPaper, c.noData, c.share = c.covered+d.covered[i], c.onPaper+d.onPaper[i], c.noData+d.noData[i], c.share+d.share[i]
	}
	keys := make([]h3.Cell, 0, len(cells))
	for c := range cells {
		keys = append(keys, c)
	}
	slices.Sort(keys)
	fc := geojson.NewFeatureCollection()
	for _, key := range keys {
		c := cells[key]
		var ratio any
		switch {
		case c.noData >= c.people: // nobody knows of anybody here
		case m.Method == MethodTwoStep || m.Method == MethodEnhanced:
			ratio = c.share / c.people
		default:
			ratio = c.covered / c.people
		}
		if err := appendCell(fc, key, geojson.Properties{
			"people": c.people, "covered": c.covered, "on_paper_only": c.onPaper, "no_data": c.noData, "ratio": ratio,
		}); err != nil {
			return nil, err
		}
	}
	return fc, nil
}
