package data_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"sanse/data"
	"sanse/data/datatest"
)

func TestATileShowsTheGround(t *testing.T) {
	s := datatest.New(t)
	write(t, s, newFixture().put)
	for _, test := range []struct {
		zoom maptile.Zoom
		want string // layer:features, sorted
	}{
		{9, "water:1 area:2"},
		{11, "water:1 area:3"},
		{13, "water:1 street:2 area:5"},
		{14, "building:2 street:1 area:4"}, // the rest of it lies in the next tile
		{15, "building:2 street:1 area:5"},
	} {
		t.Run(fmt.Sprintf("zoom %d", test.zoom), func(t *testing.T) {
			at := maptile.At(orb.Point{104.3013, 30.8012}, test.zoom)
			b, err := s.Tile(t.Context(), code, int(at.Z), int(at.X), int(at.Y), day("2026-11-21"))
			if err != nil {
				t.Fatal(err)
			}
			layers, err := mvt.Unmarshal(b)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range layers {
				if l.Version != 2 || l.Extent != 4096 {
					t.Errorf("layer %s: version %d, extent %d", l.Name, l.Version, l.Extent)
				}
				got = append(got, fmt.Sprintf("%s:%d", l.Name, len(l.Features)))
				for _, f := range l.Features {
					if l.Name == "water" && f.Geometry.GeoJSONType() != "Polygon" {
						t.Errorf("a closed line of water is a %s", f.Geometry.GeoJSONType())
					}
					if l.Name == "area" && f.Properties.MustString("code") == code && f.Properties.MustString("level") != "district" {
						t.Errorf("area properties: %v", f.Properties)
					}
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
	t.Run("a tile elsewhere is empty", func(t *testing.T) {
		if b, err := s.Tile(t.Context(), code, 14, 0, 0, day("2026-11-21")); err != nil || len(b) != 0 {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	})
	t.Run("a day before the boundaries has none", func(t *testing.T) {
		at := maptile.At(orb.Point{104.3013, 30.8012}, 9)
		b, err := s.Tile(t.Context(), code, int(at.Z), int(at.X), int(at.Y), day("2020-01-01"))
		if err != nil || strings.Contains(string(b), code) {
			t.Errorf("%q, %v", b, err)
		}
	})
}

func TestTilesAreLookedUpByTheSpatialIndexes(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	f.buildings = nil
	f.streets = nil
	for i := range 5000 {
		x, y := 104.2+float64(i%100)*0.002, 30.7+float64(i/100)*0.004
		f.buildings = append(f.buildings, data.Building{ID: fmt.Sprintf("b%d", i), Boundary: square(x, y, 0.0001)})
		f.streets = append(f.streets, data.Street{ID: int64(i), Class: "residential", Line: orb.LineString{{x, y}, {x + 0.002, y}}})
	}
	write(t, s, f.put)
	at := maptile.At(orb.Point{104.3013, 30.8012}, 15)
	rows, err := s.Pool().Query(t.Context(), "EXPLAIN "+data.TileSQL,
		code, int(at.Z), int(at.X), int(at.Y), day("2026-11-21").Time(), data.StreetClasses(15))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	plan := strings.Join(lines, "\n")
	for _, index := range []string{"street_line", "building_boundary"} {
		if !strings.Contains(plan, index) {
			t.Errorf("the plan does not use %s:\n%s", index, plan)
		}
	}
}
