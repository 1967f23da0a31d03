package data_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/data"
	"sanse/data/datatest"
)

func TestStreetsWithChangesLaidOverThemKeepTheirBase(t *testing.T) {
	s := datatest.New(t)
	write(t, s, newFixture().put)
	ctx := t.Context()
	if _, err := s.StreetOverlay(ctx, code); !errors.Is(err, data.ErrNotFound) {
		t.Fatalf("a district without changes has an overlay: %v", err)
	}
	at := time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	overlay := data.StreetOverlay{Source: "changes.geojson", Imported: at, Changes: []byte(`{"type":"FeatureCollection"}`)}
	laid := data.StreetVersion{Source: "streets.osm", Imported: at, Base: 1, InForce: "ab12"}
	write(t, s, func(tx *data.Tx) error {
		var err error
		if laid.Overlay, err = tx.PutStreetOverlay(code, overlay); err != nil {
			return err
		}
		overlay.Version = laid.Overlay
		laid.Version, err = tx.PutStreets(code, laid, []byte("laid over"), nil)
		return err
	})
	got, err := s.StreetOverlay(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(overlay, got, compare...); diff != "" {
		t.Errorf("overlay: want (-), got (+):\n%s", diff)
	}
	graph, version, err := s.Graph(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(laid, version, compare...); diff != "" || string(graph) != "laid over" {
		t.Errorf("in use: %q, want (-), got (+):\n%s", graph, diff)
	}
	graph, version, err = s.BaseGraph(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if want := newFixture(); version.Version != want.version.Version || string(graph) != string(want.graph) {
		t.Errorf("base: version %d, %q", version.Version, graph)
	}
	write(t, s, func(tx *data.Tx) error { return tx.DropDistrict(code) })
	if _, _, err := s.BaseGraph(ctx, code); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("streets outlive their district: %v", err)
	}
}
