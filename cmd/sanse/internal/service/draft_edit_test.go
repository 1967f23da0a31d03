package service_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

// newEditBed is the lattice with micro-grids in the western community: each of
// its grids, three by three squares, is three upright strips.
func newEditBed(t *testing.T) *draftBed {
	t.Helper()
	b := newDraftBed(t)
	var areas []data.Area
	for g := range 4 {
		grid := fmt.Sprintf("%s%03d", west, g+1)
		x, y := g%2*3, g/2*3
		for m := range 3 {
			areas = append(areas, data.Area{ValidFrom: b.today - 400, Area: geo.Area{
				Code: fmt.Sprintf("%s%03d", grid, m+1), Level: geo.LevelMicroGrid, Parent: grid, Name: fmt.Sprintf("微%d", m+1),
				Boundary: ground(x+m, y, x+m+1, y+3),
			}})
		}
	}
	if err := b.store.Write(t.Context(), func(tx *data.Tx) error { return tx.PutAreas(lattice, areas) }); err != nil {
		t.Fatal(err)
	}
	return b
}

// at is a corner of the lattice, or a point between them.
func at(x, y float64) orb.Point { return orb.Point{corner[0] + step*x, corner[1] + step*y} }

func line(xy ...float64) orb.LineString {
	var out orb.LineString
	for i := 0; i < len(xy); i += 2 {
		out = append(out, at(xy[i], xy[i+1]))
	}
	return out
}

func loop(xy ...float64) orb.Polygon {
	l := line(xy...)
	return orb.Polygon{orb.Ring(append(l, l[0]))}
}

// edit makes an edit that must go through, and looks whether all still tile.
func (b *draftBed) edit(d data.Draft, in service.Edit) service.Edited {
	b.t.Helper()
	made, err := b.EditDraft(b.t.Context(), lattice, d.ID, d.Version, in)
	if err != nil {
		b.t.Fatalf("%s: %v", in.Op, err)
	}
	b.tiles(made.Draft)
	return made
}

// tiles fails the test unless the areas of a draft tile, each in one piece, and
// everybody is in one finest area.
func (b *draftBed) tiles(d data.Draft) {
	b.t.Helper()
	areas := b.areas(d)
	found, err := topology.CheckTree(slices.Collect(maps.Values(areas)))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range found {
		b.t.Fatal(f.Message)
	}
	for _, a := range areas {
		if len(a.Boundary) != 1 {
			b.t.Fatalf("%s is in %d pieces", a.Code, len(a.Boundary))
		}
	}
}

// squaresOf is how many squares of the lattice an area has, to a hundredth: those
// farther north are a little smaller.
func squaresOf(a geo.Area) string {
	return fmt.Sprintf("%.2f", geo.AreaM2(a.Boundary)/geo.AreaM2(squareAt(0, 0)))
}

func TestEditsRedrawAreasAndWhatTheyConsistOf(t *testing.T) {
	grid := func(n int) string { return fmt.Sprintf("%s%03d", west, n) }
	micro := func(g, m int) string { return fmt.Sprintf("%s%03d%03d", west, g, m) }
	eastern := func(n int) string { return fmt.Sprintf("%s%03d", east, n) }
	yes := true
	for name, c := range map[string]struct {
		edit    service.Edit
		kind    data.DraftKind
		want    map[string]string // squares by code
		gone    []string
		lineage [][2]string
	}{
		"a vertex between two grids moves for all four micro-grids": {
			edit: service.Edit{Op: service.EditVertex, At: at(3, 3), To: at(3.2, 3), Level: geo.LevelGrid}, kind: data.DraftReshape,
			want: map[string]string{grid(1): "9.30", grid(2): "8.70", grid(3): "9.30", grid(4): "8.70", micro(1, 3): "3.30", micro(2, 1): "2.70", micro(3, 3): "3.30", micro(4, 1): "2.70"},
		},
		"a border inside a grid leaves the grid alone": {
			edit: service.Edit{Op: service.EditBorder, Old: line(1, 3, 1, 0), New: line(1, 3, 1.5, 1.5, 1, 0)}, kind: data.DraftReshape,
			want: map[string]string{micro(1, 1): "3.75", micro(1, 2): "2.25"},
		},
		"a border of two grids of a community without micro-grids": {
			edit: service.Edit{Op: service.EditBorder, Old: line(9, 0, 9, 3), New: line(9, 0, 8, 1, 9, 3)}, kind: data.DraftReshape,
			want: map[string]string{eastern(1): "7.50", eastern(2): "10.50"},
		},
		"a micro-grid is split": {
			edit: service.Edit{Op: service.EditSplit, Area: micro(1, 1), Line: line(-0.5, 1, 1.5, 1), Name: "北片"}, kind: data.DraftSplit,
			want:    map[string]string{micro(1, 1): "1.00", micro(1, 4): "2.00"},
			lineage: [][2]string{{micro(1, 1), micro(1, 1)}, {micro(1, 1), micro(1, 4)}},
		},
		"a grid is split, and with it the micro-grids under the line": {
			edit: service.Edit{Op: service.EditSplit, Area: grid(1), Line: line(1.5, -1, 1.5, 4)}, kind: data.DraftSplit,
			want: map[string]string{grid(1): "4.50", grid(5): "4.50", micro(1, 2): "1.50", micro(5, 1): "1.50", micro(5, 2): "3.00"},
			gone: []string{micro(1, 1)},
			lineage: [][2]string{
				{grid(1), grid(1)}, {grid(1), grid(5)}, {micro(1, 1), micro(5, 2)}, {micro(1, 2), micro(1, 2)}, {micro(1, 2), micro(5, 1)},
			},
		},
		"a grid is split where micro-grids meet": {
			edit: service.Edit{Op: service.EditSplit, Area: grid(1), Line: line(1, 4, 1, -1)}, kind: data.DraftSplit,
			want: map[string]string{grid(1): "3.00", grid(5): "6.00", micro(5, 1): "3.00", micro(5, 2): "3.00"},
			gone: []string{micro(1, 2), micro(1, 3)},
			lineage: [][2]string{
				{grid(1), grid(1)}, {grid(1), grid(5)}, {micro(1, 2), micro(5, 1)}, {micro(1, 3), micro(5, 2)},
			},
		},
		"a grid without micro-grids is split": {
			edit: service.Edit{Op: service.EditSplit, Area: eastern(1), Line: line(7, -1, 7, 4), Special: &yes}, kind: data.DraftSplit,
			want:    map[string]string{eastern(1): "6.00", eastern(5): "3.00"},
			lineage: [][2]string{{eastern(1), eastern(1)}, {eastern(1), eastern(5)}},
		},
		"micro-grids are merged": {
			edit: service.Edit{Op: service.EditMerge, Areas: []string{micro(1, 1), micro(1, 2)}, Into: micro(1, 2)}, kind: data.DraftMerge,
			want: map[string]string{micro(1, 2): "6.00"}, gone: []string{micro(1, 1)},
			lineage: [][2]string{{micro(1, 1), micro(1, 2)}, {micro(1, 2), micro(1, 2)}},
		},
		"grids are merged, and keep their micro-grids": {
			edit: service.Edit{Op: service.EditMerge, Areas: []string{grid(1), grid(2)}, Into: grid(2)}, kind: data.DraftMerge,
			want: map[string]string{grid(2): "18.00", micro(2, 4): "3.00", micro(2, 5): "3.00", micro(2, 6): "3.00"},
			gone: []string{grid(1), micro(1, 1), micro(1, 2), micro(1, 3)},
			lineage: [][2]string{
				{grid(1), grid(2)}, {grid(2), grid(2)}, {micro(1, 1), micro(2, 4)}, {micro(1, 2), micro(2, 5)}, {micro(1, 3), micro(2, 6)},
			},
		},
		"grids without micro-grids are merged": {
			edit: service.Edit{Op: service.EditMerge, Areas: []string{eastern(1), eastern(2)}, Into: eastern(1)}, kind: data.DraftMerge,
			want: map[string]string{eastern(1): "18.00"}, gone: []string{eastern(2)},
			lineage: [][2]string{{eastern(1), eastern(1)}, {eastern(2), eastern(1)}},
		},
		"a micro-grid ends": {
			edit: service.Edit{Op: service.EditRetire, Area: micro(1, 1)}, kind: data.DraftRetire,
			want: map[string]string{micro(1, 2): "6.00"}, gone: []string{micro(1, 1)}, lineage: [][2]string{{micro(1, 1), micro(1, 2)}},
		},
		"a grid ends": {
			edit: service.Edit{Op: service.EditRetire, Area: eastern(4)}, kind: data.DraftRetire,
			want: map[string]string{eastern(3): "18.00"}, gone: []string{eastern(4)}, lineage: [][2]string{{eastern(4), eastern(3)}},
		},
		"ground is given to a micro-grid of another grid": {
			edit: service.Edit{Op: service.EditGive, Into: micro(1, 3), Polygon: loop(2.5, 1, 3.5, 1, 3.5, 2, 2.5, 2)}, kind: data.DraftReshape,
			want: map[string]string{grid(1): "9.50", grid(2): "8.50", micro(1, 3): "3.50", micro(2, 1): "2.50"},
		},
		"ground is given to a grid: what lies whole goes over, of the rest what is inside joins": {
			edit: service.Edit{Op: service.EditGive, Into: grid(1), Level: geo.LevelGrid, Polygon: loop(2.9, -0.5, 4.5, -0.5, 4.5, 3, 2.9, 3)}, kind: data.DraftReshape,
			want:    map[string]string{grid(1): "13.50", grid(2): "4.50", micro(1, 4): "4.50", micro(2, 2): "1.50"},
			gone:    []string{micro(2, 1)},
			lineage: [][2]string{{micro(2, 1), micro(1, 4)}},
		},
		"a new grid is cut out": {
			edit: service.Edit{Op: service.EditGive, Into: "+校", Level: geo.LevelGrid, Name: "学校", Special: &yes, Polygon: loop(2.5, 1, 3.5, 1, 3.5, 2, 2.5, 2)}, kind: data.DraftCreate,
			want: map[string]string{grid(1): "8.50", grid(2): "8.50", grid(5): "1.00", micro(5, 1): "0.50", micro(5, 2): "0.50", micro(1, 3): "2.50", micro(2, 1): "2.50"},
			lineage: [][2]string{
				{grid(1), grid(1)},
				{grid(1), grid(5)},
				{micro(1, 3), micro(1, 3)},
				{micro(1, 3), micro(5, 1)},
				{grid(2), grid(2)},
				{grid(2), grid(5)},
				{micro(2, 1), micro(2, 1)},
				{micro(2, 1), micro(5, 2)},
			},
		},
		"a new grid is cut out where there are no micro-grids": {
			edit: service.Edit{Op: service.EditGive, Into: "+a", Level: geo.LevelGrid, Polygon: loop(7, 1, 8, 1, 8, 2, 7, 2)}, kind: data.DraftCreate,
			want:    map[string]string{eastern(1): "8.00", eastern(5): "1.00"},
			lineage: [][2]string{{eastern(1), eastern(1)}, {eastern(1), eastern(5)}},
		},
		"a new micro-grid is cut out, in the grid that gives most": {
			edit: service.Edit{Op: service.EditGive, Into: "+m", Level: geo.LevelMicroGrid, Polygon: loop(2.2, 1, 3.5, 1, 3.5, 2, 2.2, 2)}, kind: data.DraftCreate,
			want:    map[string]string{grid(1): "9.50", grid(2): "8.50", micro(1, 4): "1.30", micro(1, 3): "2.20", micro(2, 1): "2.50"},
			lineage: [][2]string{{micro(1, 3), micro(1, 3)}, {micro(1, 3), micro(1, 4)}, {micro(2, 1), micro(2, 1)}, {micro(2, 1), micro(1, 4)}},
		},
		"micro-grids are put into another grid": {
			edit: service.Edit{Op: service.EditAssign, Areas: []string{micro(1, 3)}, Into: grid(2)}, kind: data.DraftReshape,
			want: map[string]string{grid(1): "6.00", grid(2): "12.00", micro(2, 4): "3.00"}, gone: []string{micro(1, 3)},
			lineage: [][2]string{{micro(1, 3), micro(2, 4)}},
		},
		"micro-grids make a new grid": {
			edit: service.Edit{Op: service.EditAssign, Areas: []string{micro(1, 3), micro(2, 1)}, Into: "+n"}, kind: data.DraftCreate,
			want: map[string]string{grid(1): "6.00", grid(2): "6.00", grid(5): "6.00", micro(5, 1): "3.00", micro(5, 2): "3.00"}, gone: []string{micro(1, 3), micro(2, 1)},
			lineage: [][2]string{{grid(1), grid(1)}, {grid(1), grid(5)}, {micro(1, 3), micro(5, 1)}, {grid(2), grid(2)}, {grid(2), grid(5)}, {micro(2, 1), micro(5, 2)}},
		},
		"a name changes": {
			edit: service.Edit{Op: service.EditRename, Area: grid(1), Name: "别名"}, kind: data.DraftRename,
			want: map[string]string{grid(1): "9.00"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newEditBed(t)
			d := b.begin()
			before := b.areas(d)
			made := b.edit(d, c.edit)
			got := make(map[string]string)
			for _, a := range made.Areas {
				// What is stored anew with more vertices on its border is no matter.
				if was, old := before[a.Code]; !old || squaresOf(was) != squaresOf(a) || was.Name != a.Name {
					got[a.Code] = squaresOf(a)
				}
				if a.Name == "" {
					t.Errorf("%s has no name", a.Code)
				}
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("touched %v, want %v", got, c.want)
			}
			if gone := made.Gone(); !slices.Equal(gone, c.gone) {
				t.Errorf("gone %v, want %v", gone, c.gone)
			}
			var lineage [][2]string
			for _, l := range made.Change.Lineage {
				lineage = append(lineage, [2]string{l.From, l.To})
			}
			less := func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }
			slices.SortFunc(c.lineage, less)
			if slices.SortFunc(lineage, less); !slices.Equal(lineage, c.lineage) {
				t.Errorf("lineage %v, want %v", lineage, c.lineage)
			}
			if made.Change.Kind != c.kind {
				t.Errorf("a %s, want a %s", made.Change.Kind, c.kind)
			}
			d = must(b.UndoDraft(t.Context(), lattice, d.ID, made.Draft.Version))(t)
			after := b.areas(d)
			for code, a := range before {
				if !after[code].Boundary.Equal(a.Boundary) || after[code].Name != a.Name {
					t.Errorf("undone, %s is not what it was", code)
				}
			}
			if len(after) != len(before) {
				t.Errorf("undone, there are %d areas, not %d", len(after), len(before))
			}
		})
	}
}

func TestEditsAreRefusedWithThePlaceAndTheAreas(t *testing.T) {
	b := newEditBed(t)
	d := b.begin()
	grid, micro := west+"001", west+"001002"
	for name, c := range map[string]struct {
		edit  service.Edit
		want  service.DraftReason
		areas []string
		place bool
	}{
		"a strip across a micro-grid leaves two pieces of it": {
			service.Edit{Op: service.EditGive, Into: west + "001001", Polygon: loop(0.5, 1, 2.5, 1, 2.5, 2, 0.5, 2)}, service.DraftParts, []string{micro}, true,
		},
		"a new grid of two pieces that do not touch": {
			service.Edit{Op: service.EditAssign, Areas: []string{west + "001001", west + "002003"}, Into: "+n"}, service.DraftParts, []string{grid, west + "002"}, true,
		},
		"grids that do not touch are merged": {
			service.Edit{Op: service.EditMerge, Areas: []string{grid, west + "004"}, Into: grid}, service.DraftApart, []string{grid}, true,
		},
		"all of a grid goes": {
			service.Edit{Op: service.EditAssign, Areas: []string{west + "001001", micro, west + "001003"}, Into: west + "002"}, service.DraftWholeArea, []string{grid}, false,
		},
		"the last micro-grid of a grid cannot end on its own": {
			service.Edit{Op: service.EditRetire, Area: east + "001001"}, service.DraftUnknownArea, nil, false,
		},
		"a vertex of a community": {service.Edit{Op: service.EditVertex, At: at(6, 3), To: at(6.1, 3)}, service.DraftBorderFixed, nil, true},
		"no vertex there":         {service.Edit{Op: service.EditVertex, At: at(2.2, 2.2), To: at(2.1, 3)}, service.DraftNoVertex, nil, true},
		"a border that leads over one that ends on it": {
			service.Edit{Op: service.EditBorder, Old: line(0, 3, 1, 3, 2, 3), New: line(0, 3, 1, 3.1, 2, 3)}, service.DraftNoVertex, nil, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.EditDraft(t.Context(), lattice, d.ID, d.Version, c.edit)
			e := wantReason(t, err, c.want)
			if !slices.Equal(e.Areas, c.areas) || (e.At != nil) != c.place {
				t.Errorf("areas %v, at %v: %v", e.Areas, e.At, err)
			}
			if strings.Contains(e.Message, "+") {
				t.Errorf("nobody understands %q", e.Message)
			}
		})
	}
}
