package demo_test

import (
	"os"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"sanse/geo"
)

// houses are where the buildings of a file stand, by id.
func houses(t *testing.T, path string) map[string]orb.Point {
	t.Helper()
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fc, err := geojson.UnmarshalFeatureCollection(b)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]orb.Point, len(fc.Features))
	for _, f := range fc.Features {
		out[f.Properties.MustString("id")], _ = planar.CentroidArea(f.Geometry)
	}
	return out
}

// shared checks that the lists of units are what they must be, and that some
// residents are in another micro-grid by their address than by the ground.
func (m made) shared(t *testing.T) {
	t.Helper()
	stand := houses(t, m.Buildings)
	for _, f := range m.tree.CheckUnits(stand) {
		t.Errorf("%s: %v", f.Message, f.Units)
	}
	towers, listed, beside := map[string]bool{}, 0, 0
	for _, a := range m.tree.Areas() {
		for _, u := range a.Units {
			towers[u.Building] = true
		}
	}
	for _, r := range m.residents {
		at := stand[r["building"]]
		by, ok := m.tree.Listed(at, r["building"], r["unit"])
		if towers[r["building"]] != ok {
			t.Errorf("a resident of unit %s in %s is listed: %t", r["unit"], r["building"], ok)
		}
		if !ok {
			continue
		}
		listed++
		if ground, _ := m.tree.Locate(at, geo.LevelMicroGrid); ground != by {
			beside++
		}
	}
	if len(towers) < 50 || listed < 10 || beside == 0 {
		t.Errorf("%d towers are shared, %d residents live there, %d of them not where the ground is", len(towers), listed, beside)
	}
	t.Logf("%d towers are shared, %d residents live there, %d of them not where the ground is", len(towers), listed, beside)
}
