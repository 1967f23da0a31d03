package service_test

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

func reshape(areas ...service.ChangedArea) service.Change {
	return service.Change{Kind: data.DraftReshape, Areas: areas}
}

func TestAFindingHasItsPlaceItsMendsAndAKeyThatStays(t *testing.T) {
	b := newDraftBed(t)
	d := b.begin()
	d, _ = b.change(d, reshape(service.ChangedArea{Code: west + "001", Boundary: ground(0, 0, 2, 3)}))
	first := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
	if len(first.Findings) != 1 || first.OK() {
		t.Fatalf("%+v", first)
	}
	f := first.Findings[0]
	if f.Kind != topology.Gap || !slices.Equal(f.Codes, []string{west}) || !f.Place.Bound().Equal(ground(2, 0, 3, 3).Bound()) {
		t.Errorf("%s of %v at %v", f.Kind, f.Codes, f.Place)
	}
	if !f.Place.Bound().Contains(f.At) || f.AreaM2 < 3*200*180 || f.WidthM < 100 {
		t.Errorf("at %v, %.0f m², %.0f m wide", f.At, f.AreaM2, f.WidthM)
	}
	// Two grids have borders with it to the west and the east that are equal.
	if len(f.Mends) != 1 || f.Mends[0].Kind != topology.GiveToLongestBorder || f.Mends[0].To != west+"001" {
		t.Errorf("mends %+v", f.Mends)
	}
	t.Run("a change elsewhere leaves the key", func(t *testing.T) {
		d, _ = b.change(d, reshape(
			service.ChangedArea{Code: east + "001", Boundary: ground(6, 0, 10, 3)}, service.ChangedArea{Code: east + "002", Boundary: ground(10, 0, 12, 3)}))
		again := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
		if len(again.Findings) != 1 || again.Findings[0].Key != f.Key || f.Key == "" {
			t.Errorf("%q was %q", again.Findings[0].Key, f.Key)
		}
	})
	t.Run("one of another size has another key", func(t *testing.T) {
		d, _ = b.change(d, reshape(service.ChangedArea{Code: west + "001", Boundary: ground(0, 0, 1, 3)}))
		again := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
		if len(again.Findings) != 1 || again.Findings[0].Key == f.Key {
			t.Errorf("%+v", again.Findings)
		}
	})
}

func TestWhatWasWrongBeforeADraftIsLetPassUnlessItGrows(t *testing.T) {
	b := newDraftBed(t)
	// Ground of the western community has always been left out, in the north-east.
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutAreas(lattice, []data.Area{{ValidFrom: b.today, Area: geo.Area{
			Code: west + "004", Level: geo.LevelGrid, Parent: west, Name: "网格", Boundary: ground(3, 3, 6, 5),
		}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		areas []service.ChangedArea
		want  int
	}{
		"a border is moved elsewhere": {[]service.ChangedArea{
			{Code: west + "001", Boundary: ground(0, 0, 2, 3)}, {Code: west + "002", Boundary: ground(2, 0, 6, 3)},
		}, 0},
		"a part of the gap is given away":     {[]service.ChangedArea{{Code: west + "003", Boundary: orb.MultiPolygon{{notched(0, 3, 3, 6, 4)}}}}, 0},
		"the gap grows":                       {[]service.ChangedArea{{Code: west + "004", Boundary: ground(3, 3, 6, 4)}}, 1},
		"a smaller gap is made beside it":     {[]service.ChangedArea{{Code: west + "001", Boundary: ground(0, 0, 2, 3)}}, 1},
		"a grid that lies over another one's": {[]service.ChangedArea{{Code: east + "001", Boundary: ground(6, 0, 10, 3)}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := b.begin()
			d, _ = b.change(d, reshape(c.areas...))
			check := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
			if len(check.Findings) != c.want || check.OK() != (c.want == 0) {
				t.Errorf("%+v", check.Findings)
			}
		})
	}
}

// notched is the ground from x0, y0 to x1, y1 and a strip of one square's height
// in the north that reaches on to x2 — here the gap of the test above.
func notched(x0, y0, x1, y1, x2 int) orb.Ring {
	at := func(x, y int) orb.Point { return orb.Point{corner[0] + step*float64(x), corner[1] + step*float64(y)} }
	return orb.Ring{at(x0, y0), at(x1, y0), at(x1, y1-1), at(x2, y1-1), at(x2, y1), at(x0, y1), at(x0, y0)}
}
