package geo_test

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
	"pgregory.net/rapid"

	"sanse/geo"
)

func TestCoverOutlineAndMembershipAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		areas := district(rapid.Uint64().Draw(t, "seed"), 6, 4, rapid.IntRange(1, 8).Draw(t, "tiles"))
		res := rapid.IntRange(8, 10).Draw(t, "resolution")
		whole, err := geo.Cover(areas[0].Boundary, res)
		if err != nil {
			t.Fatal(err)
		}
		var parts []h3.Cell
		for _, a := range areas[1:] {
			cells, err := geo.Cover(a.Boundary, res)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cells {
				p, err := geo.CellCentre(c)
				if err != nil || position(a.Boundary, p) < 0 {
					t.Fatalf("the centre %v of %s is not in the area: %v", p, c, err)
				}
			}
			wide, err := geo.CoverOverlapping(a.Boundary, res)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cells {
				if _, found := slices.BinarySearch(wide, c); !found {
					t.Fatalf("%s covers but does not overlap", c)
				}
			}
			for _, p := range a.Boundary[0][0] {
				c, err := geo.CellAt(p, res)
				if err != nil {
					t.Fatal(err)
				}
				if _, found := slices.BinarySearch(wide, c); !found {
					t.Fatalf("the cell of vertex %v does not overlap", p)
				}
			}
			parts = append(parts, cells...)
		}
		slices.Sort(parts)
		if !slices.Equal(parts, whole) {
			t.Fatalf("parts have %d cells, the whole %d", len(parts), len(whole))
		}
		outline, err := geo.Outline(append(parts, parts...))
		if err != nil {
			t.Fatal(err)
		}
		var sum float64
		for _, c := range whole {
			b, err := geo.CellBoundary(c)
			if err != nil {
				t.Fatal(err)
			}
			sum += geo.AreaM2(orb.MultiPolygon{b})
			centre, err := geo.CellCentre(c)
			if err != nil || position(outline, centre) != 1 {
				t.Fatalf("%s is not in its own outline: %v", c, err)
			}
		}
		if got := geo.AreaM2(outline); math.Abs(got-sum) > 1e-6*sum {
			t.Fatalf("outline %g m², cells %g m²", got, sum)
		}
		if len(outline) > 0 {
			if err := geo.CheckValid(outline); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOutlineOfARingOfCellsHasAHole(t *testing.T) {
	c, err := geo.CellAt(orb.Point{104.3, 30.8}, 9)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := c.GridRing(1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := geo.Outline(ring)
	if err != nil || len(got) != 1 || len(got[0]) != 2 {
		t.Fatalf("got %v, %v", got, err)
	}
	if got[0][0].Orientation() != orb.CCW || got[0][1].Orientation() != orb.CW || !got[0][0].Closed() || !got[0][1].Closed() {
		t.Error("the rings turn the wrong way or are open")
	}
	cells, err := geo.Cover(got, 9)
	slices.Sort(ring)
	if err != nil || !slices.Equal(cells, ring) {
		t.Errorf("the outline covers %d cells, %v", len(cells), err)
	}
	apart, err := geo.Outline([]h3.Cell{c, must(geo.CellAt(orb.Point{104.5, 30.8}, 9))})
	if err != nil || len(apart) != 2 {
		t.Errorf("two cells apart: %d polygons, %v", len(apart), err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestCellBoundaryIsClosedAndHoldsItsCentre(t *testing.T) {
	c, err := geo.CellAt(orb.Point{104.3, 30.8}, 11)
	if err != nil {
		t.Fatal(err)
	}
	b, err := geo.CellBoundary(c)
	if err != nil || len(b) != 1 || len(b[0]) != 7 || !b[0].Closed() || b[0].Orientation() != orb.CCW {
		t.Fatalf("got %v, %v", b, err)
	}
	if position(orb.MultiPolygon{b}, orb.Point{104.3, 30.8}) < 0 {
		t.Error("the point is not in its cell")
	}
}

func TestCellsRefuseBadInput(t *testing.T) {
	good := square(104, 30, 104.01, 30.01)
	coarse, fine := must(geo.CellAt(orb.Point{104, 30}, 5)), must(geo.CellAt(orb.Point{104, 30}, 6))
	for name, f := range map[string]func() error{
		"a resolution of 16":           func() error { _, err := geo.Cover(good, 16); return err },
		"a resolution of -1":           func() error { _, err := geo.CoverOverlapping(good, -1); return err },
		"a point at resolution 16":     func() error { _, err := geo.CellAt(orb.Point{104, 30}, 16); return err },
		"a point that is not a number": func() error { _, err := geo.CellAt(orb.Point{math.NaN(), 30}, 9); return err },
		"a point with latitude first":  func() error { _, err := geo.CellAt(orb.Point{30, 104}, 9); return err },
		"more cells than memory":       func() error { _, err := geo.Cover(square(100, 20, 120, 40), 15); return err },
		"an unclosed ring": func() error {
			_, err := geo.Cover(orb.MultiPolygon{{{{104, 30}, {104.1, 30}, {104.1, 30.1}, {104, 30.1}}}}, 9)
			return err
		},
		"cells of two resolutions":   func() error { _, err := geo.Outline([]h3.Cell{coarse, fine}); return err },
		"an outline of no cell":      func() error { _, err := geo.Outline([]h3.Cell{0}); return err },
		"the boundary of no cell":    func() error { _, err := geo.CellBoundary(12345); return err },
		"the centre of no cell":      func() error { _, err := geo.CellCentre(12345); return err },
		"a polygon without any ring": func() error { _, err := geo.Cover(orb.MultiPolygon{{}}, 9); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := f(); err == nil {
				t.Error("no error")
			}
		})
	}
	if cells, err := geo.Cover(nil, 9); err != nil || len(cells) != 0 {
		t.Errorf("nothing: %v, %v", cells, err)
	}
	if mp, err := geo.Outline(nil); err != nil || len(mp) != 0 {
		t.Errorf("no cells: %v, %v", mp, err)
	}
}
