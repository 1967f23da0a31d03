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

func TestTheGroundHasAVersionOfItsOwn(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	read := func(on string) (int64, string) {
		t.Helper()
		version, since, err := s.GroundVersion(t.Context(), code, day(on))
		if err != nil {
			t.Fatal(err)
		}
		return version, since.String()
	}
	first, since := read("2026-11-21")
	if v, err := s.DataVersion(t.Context(), code); err != nil || v != first || since != "2026-01-01" {
		t.Errorf("version %d since %s, the data's is %d (%v)", first, since, v, err)
	}
	if _, since := read("2025-12-31"); since != "1970-01-01" {
		t.Errorf("before the first boundaries: since %s", since)
	}
	write(t, s, func(tx *data.Tx) error { return tx.PutVisits(code, f.visits) })
	if v, _ := read("2026-11-21"); v != first {
		t.Errorf("a visit raises the ground's version from %d to %d", first, v)
	}
	for name, put := range map[string]func(*data.Tx) error{
		"buildings": func(tx *data.Tx) error { return tx.PutBuildings(code, f.buildings) },
		"streets": func(tx *data.Tx) error {
			_, err := tx.PutStreets(code, f.version, f.graph, f.streets)
			return err
		},
		"areas": func(tx *data.Tx) error {
			renamed := f.areas[len(f.areas)-1]
			renamed.Name, renamed.ValidFrom = "新名", day("2026-12-01")
			return tx.PutAreas(code, []data.Area{renamed})
		},
	} {
		write(t, s, put)
		v, _ := read("2026-11-21")
		if v <= first {
			t.Errorf("%s leave the ground's version at %d", name, v)
		}
		first = v
	}
	if _, since := read("2026-11-30"); since != "2026-01-01" {
		t.Errorf("a boundary to come counts before its day: since %s", since)
	}
	if _, since := read("2026-12-01"); since != "2026-12-01" {
		t.Errorf("a new boundary does not count on its day: since %s", since)
	}
	write(t, s, func(tx *data.Tx) error {
		return tx.EndAreas(code, []string{f.areas[len(f.areas)-1].Code}, day("2026-12-24"))
	})
	if v, since := read("2026-12-31"); v <= first || since != "2026-12-24" {
		t.Errorf("an area that ends: version %d since %s", v, since)
	}
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
		data.TileArgs(code, int(at.Z), int(at.X), int(at.Y), day("2026-11-21"))...)
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
