package service_test

import (
	"context"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/reports/shortfall"
)

func TestAStandardThatAsksForSomethingElseHasNoTrend(t *testing.T) {
	b := newNeedBed(t, kitchens(5))
	at := squareAt(1, 1).Bound().Center()
	cell := must(geo.CellAt(at, 10))(t)
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutPopulation(lattice, []data.Population{{Cell: int64(cell), Location: at, Grid: west + "001", People: 900, Over60: 300, Disabled: 40}})
	})
	if err != nil {
		t.Fatal(err)
	}
	inside := service.WithViewer(t.Context(), service.Everyone(lattice))
	outside := service.WithViewer(t.Context(), service.Viewer{})
	run := must(b.TakeReport(inside, lattice))(t)
	trends := func(ctx context.Context) map[string]bool {
		t.Helper()
		out := make(map[string]bool)
		for _, r := range must(b.Shortfall(ctx, lattice, "", run.ID))(t).Rows {
			out[r.Standard] = r.Trend != nil
		}
		return out
	}
	changes := map[string]func(*shortfall.Standard){
		"elder-centre":            func(s *shortfall.Standard) { s.Level = "community" },
		"elders-meals":            func(s *shortfall.Standard) { s.Minutes = 10 },
		"disabled-rehabilitation": func(s *shortfall.Standard) { s.Whom.Key = shortfall.People },
		"beds":                    func(s *shortfall.Standard) { s.Steps = nil },
	}
	before := trends(inside)
	if public := trends(outside); public["disabled-rehabilitation"] || !public["elders-meals"] {
		t.Errorf("outsiders see the trends %v", public)
	}
	v := must(b.Standards(inside, lattice))(t)
	for id, change := range changes {
		s, ok := v.Set.Standard(id)
		if !ok || !before[id] {
			t.Fatalf("%s has no trend to lose", id)
		}
		change(s)
	}
	s, _ := v.Set.Standard("elders-care") // the share is of people, whatever the goal
	s.Target.Value--
	must(b.PutStandards(inside, lattice, v.Version, v.Set))(t)
	fc := must(b.ShortfallMap(outside, lattice, "disabled-rehabilitation", geo.LevelDistrict, run.ID))(t)
	for _, f := range fc.Features {
		if f.Properties["status"] != shortfall.NoData {
			t.Errorf("outsiders see the disabled of the report on the map: %v", f.Properties)
		}
	}
	public := trends(outside)
	for id, had := range before {
		_, changed := changes[id]
		if after := trends(inside)[id]; after != (had && !changed) {
			t.Errorf("%s has a trend: %v, then %v", id, had, after)
		}
		if public[id] && changed {
			t.Errorf("outsiders are told the trend of %s", id)
		}
	}
}
