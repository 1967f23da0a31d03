package geo

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// maxCoverCells bounds one Cover, so that a slip in the resolution is an error
// and not an exhausted machine: 20 million cells are 160 MB.
const maxCoverCells = 20_000_000

// CellAt returns the H3 cell of that resolution, 0 to 15, in which p lies.
func CellAt(p orb.Point, res int) (h3.Cell, error) {
	if res < 0 || res > h3.MaxResolution {
		return 0, fmt.Errorf("find cell: resolution %d is not in 0..15", res)
	}
	if err := checkLonLat(p); err != nil {
		return 0, fmt.Errorf("find cell: %w", err)
	}
	c, err := h3.LatLngToCell(h3.NewLatLng(p[1], p[0]), res)
	if err != nil {
		return 0, fmt.Errorf("find cell: %w", err)
	}
	return c, nil
}

// CellCentre returns the centre of a cell.
func CellCentre(c h3.Cell) (orb.Point, error) {
	if !c.IsValid() {
		return orb.Point{}, fmt.Errorf("%x is no H3 cell", uint64(c))
	}
	ll, err := c.LatLng()
	if err != nil {
		return orb.Point{}, fmt.Errorf("find centre of cell %s: %w", c, err)
	}
	return orb.Point{ll.Lng, ll.Lat}, nil
}

// CellBoundary returns the outline of a cell: one closed ring, lon-lat,
// counter-clockwise.
func CellBoundary(c h3.Cell) (orb.Polygon, error) {
	if !c.IsValid() {
		return nil, fmt.Errorf("%x is no H3 cell", uint64(c))
	}
	b, err := c.Boundary()
	if err != nil {
		return nil, fmt.Errorf("find boundary of cell %s: %w", c, err)
	}
	return orb.Polygon{closedRing(b, true)}, nil
}

// Cover returns the H3 cells of that resolution whose centre lies in mp, in
// ascending order, each once. Polygons of mp that share no inner point never
// share a cell.
func Cover(mp orb.MultiPolygon, res int) ([]h3.Cell, error) {
	return cover(mp, res, h3.ContainmentCenter)
}

// CoverOverlapping returns the H3 cells of that resolution that share at least
// one point with mp, in ascending order, each once.
func CoverOverlapping(mp orb.MultiPolygon, res int) ([]h3.Cell, error) {
	return cover(mp, res, h3.ContainmentOverlapping)
}

// CoverInside returns the H3 cells of that resolution that lie in one polygon of
// mp as a whole, in ascending order.
func CoverInside(mp orb.MultiPolygon, res int) ([]h3.Cell, error) {
	return cover(mp, res, h3.ContainmentFull)
}

func cover(mp orb.MultiPolygon, res int, mode h3.ContainmentMode) ([]h3.Cell, error) {
	if res < 0 || res > h3.MaxResolution {
		return nil, fmt.Errorf("cover polygon: resolution %d is not in 0..15", res)
	}
	if len(mp) == 0 {
		return nil, nil
	}
	if err := checkRings(mp); err != nil {
		return nil, fmt.Errorf("cover polygon: %w", err)
	}
	mean, err := h3.HexagonAreaAvgM2(res)
	if err != nil {
		return nil, fmt.Errorf("cover polygon: %w", err)
	}
	if n := AreaM2(mp) / mean; n > maxCoverCells {
		return nil, fmt.Errorf("cover polygon: about %.0f cells of resolution %d are too many, take a coarser one", n, res)
	}
	var cells []h3.Cell
	for i, poly := range mp {
		g := h3.GeoPolygon{GeoLoop: openLoop(poly[0])}
		for _, hole := range poly[1:] {
			g.Holes = append(g.Holes, openLoop(hole))
		}
		some, err := h3.PolygonToCellsExperimental(g, res, mode)
		if err != nil {
			return nil, fmt.Errorf("cover polygon %d: %w", i+1, err)
		}
		for _, c := range some {
			if c != 0 {
				cells = append(cells, c)
			}
		}
	}
	slices.Sort(cells)
	return slices.Compact(cells), nil
}

// Outline returns the union of cells, which must be valid and of one
// resolution: polygons with closed rings, outer ones counter-clockwise.
// Repeated cells do no harm.
func Outline(cells []h3.Cell) (orb.MultiPolygon, error) {
	cells = slices.Clone(cells)
	slices.Sort(cells)
	cells = slices.Compact(cells)
	if len(cells) == 0 {
		return nil, nil
	}
	for _, c := range cells {
		if !c.IsValid() {
			return nil, fmt.Errorf("outline cells: %x is no H3 cell", uint64(c))
		}
		if c.Resolution() != cells[0].Resolution() {
			return nil, fmt.Errorf("outline cells: %s and %s are of different resolutions", cells[0], c)
		}
	}
	polys, err := h3.CellsToMultiPolygon(cells)
	if err != nil {
		return nil, fmt.Errorf("outline cells: %w", err)
	}
	out := make(orb.MultiPolygon, 0, len(polys))
	for _, p := range polys {
		poly := orb.Polygon{closedRing(p.GeoLoop, true)}
		for _, hole := range p.Holes {
			poly = append(poly, closedRing(hole, false))
		}
		out = append(out, poly)
	}
	return out, nil
}

func openLoop(r orb.Ring) []h3.LatLng {
	loop := make([]h3.LatLng, len(r)-1)
	for i := range loop {
		loop[i] = h3.NewLatLng(r[i][1], r[i][0])
	}
	return loop
}

func closedRing(loop []h3.LatLng, ccw bool) orb.Ring {
	r := make(orb.Ring, 0, len(loop)+1)
	for _, ll := range loop {
		r = append(r, orb.Point{ll.Lng, ll.Lat})
	}
	r = append(r, r[0])
	if (r.Orientation() == orb.CCW) != ccw {
		slices.Reverse(r)
	}
	return r
}

// CheckRings returns an error that says what of mp is no ring and where: no
// polygon, a coordinate that is not a number or not in degrees, a ring unclosed
// or of less than four points. Rings may cross: see CheckValid.
func CheckRings(mp orb.MultiPolygon) error { return checkRings(mp) }

// checkRings keeps GEOS and H3 from what they cannot bear.
func checkRings(mp orb.MultiPolygon) error {
	if len(mp) == 0 {
		return fmt.Errorf("no polygon")
	}
	for i, poly := range mp {
		if len(poly) == 0 {
			return fmt.Errorf("polygon %d has no ring", i+1)
		}
		for j, ring := range poly {
			where := fmt.Sprintf("polygon %d, ring %d", i+1, j+1)
			for k, p := range ring {
				if err := checkLonLat(p); err != nil {
					return fmt.Errorf("%s, point %d: %w", where, k+1, err)
				}
			}
			switch {
			case len(ring) < 4:
				return fmt.Errorf("%s has %d points, a closed ring has at least 4", where, len(ring))
			case ring[0] != ring[len(ring)-1]:
				return fmt.Errorf("%s is not closed: it begins at (%g, %g) and ends at (%g, %g)", where,
					ring[0][0], ring[0][1], ring[len(ring)-1][0], ring[len(ring)-1][1])
			}
		}
	}
	return nil
}
