package service_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// heatBed is the lattice with people of several grades and kinds, and homes that
// are counted.
func heatBed(t *testing.T) *draftBed {
	t.Helper()
	b := newDraftBed(t)
	residents := must(b.store.Residents(t.Context(), lattice))(t)
	population := make([]data.Population, len(residents))
	for i := range residents {
		r := &residents[i]
		r.Grade = []string{"red", "yellow", "blue"}[i%3]
		r.Kinds = [][]string{{"lone_elder"}, {"disabled", "lone_elder"}, nil, {"低保"}}[i%4]
		population[i] = data.Population{
			Cell: int64(i + 1), Households: 1 + i%3, People: 4 + i%7, Over60: i % 4, Under18: i % 2, Disabled: i % 3, Location: r.Location, Grid: r.Grid,
		}
	}
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutResidents(lattice, residents), tx.PutPopulation(lattice, population), tx.PutPolicies(lattice, []data.Policy{
			{Grade: "red", EveryDays: 2}, {Grade: "yellow", PerWeek: 1}, {Grade: "blue", PerMonth: 1},
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// heads adds up, record by record of a day, what the heatmap counts in an area by
// cell of a resolution.
func (b *draftBed) heads(day planner.Date, layer, area string, res int) map[string]int {
	b.t.Helper()
	snap := must(b.PeopleOn(b.t.Context(), lattice, day))(b.t)
	out := make(map[string]int)
	add := func(grid string, n int, cell string) {
		if strings.HasPrefix(grid, area) && n > 0 {
			out[cell] += n
		}
	}
	for i := range snap.Residents {
		r := &snap.Residents[i]
		fine := must(geo.CellAt(r.Location, 8))(b.t)
		n := 0
		// The layer of people who are disabled is of the population, and the
		// residents of that kind have none of their own.
		if layer == "residents" || layer == r.Grade || layer != "disabled" && slices.Contains(r.Kinds, layer) {
			n = 1
		}
		add(r.Grid, n, must(fine.Parent(res))(b.t).String())
	}
	for i := range snap.Population {
		p := &snap.Population[i]
		n := map[string]int{"people": p.People, "over60": p.Over60, "under18": p.Under18, "disabled": p.Disabled}[layer]
		fine := must(geo.CellAt(p.Location, 8))(b.t)
		add(p.Grid, n, must(fine.Parent(res))(b.t).String())
	}
	return out
}

func TestAHeatmapIsWhatTheRecordsOfItsDaySay(t *testing.T) {
	b := heatBed(t)
	ctx := service.WithViewer(t.Context(), service.Everyone(lattice))
	compare := func(t *testing.T, areas ...string) {
		t.Helper()
		for _, layer := range []string{"residents", "red", "blue", "lone_elder", "低保", "people", "over60", "under18", "disabled"} {
			for _, area := range areas {
				for res := 6; res <= 8; res++ {
					h := must(b.Heatmap(ctx, lattice, layer, area, res))(t)
					got, total := make(map[string]int), 0
					for _, f := range h.Cells.Features {
						got[f.Properties.MustString("cell")] = f.Properties.MustInt("count")
						total += f.Properties.MustInt("count")
					}
					want := b.heads(b.today, layer, area, res)
					if diff := cmp.Diff(want, got); diff != "" || h.Total == nil || *h.Total != total {
						t.Errorf("%s in %s at %d (-records +map), in all %v:\n%s", layer, area, res, h.Total, diff)
					}
				}
			}
		}
		counts := make(map[string]int)
		for _, f := range must(b.Areas(ctx, lattice, geo.LevelGrid, ""))(t).Features {
			counts[f.Properties.MustString("code")] = f.Properties["residents"].(int)
		}
		want := make(map[string]int)
		for _, grid := range b.on(b.today).Grids {
			want[grid]++
		}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("residents by grid (-records +areas):\n%s", diff)
		}
	}
	all := []string{lattice, lattice + "001", west, east, west + "001", west + "002"}
	t.Run("counted by the database", func(t *testing.T) {
		compare(t, all...)
		if b.ViewIsMade(t, lattice) {
			t.Error("everybody was read for it")
		}
	})
	t.Run("after somebody has moved house", func(t *testing.T) {
		one := must(b.store.Residents(t.Context(), lattice))(t)[:1]
		one[0].Location, one[0].Grid = squareAt(11, 5).Bound().Center(), east+"004"
		if err := b.store.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(lattice, one) }); err != nil {
			t.Fatal(err)
		}
		compare(t, all...)
	})
	d := b.begin()
	d, _ = b.change(d, split())
	b.publish(d, b.today+5)
	t.Run("with other boundaries to come", func(t *testing.T) {
		compare(t, all...)
	})
	t.Run("on the day of other boundaries, in which all are found anew", func(t *testing.T) {
		b.now = b.now.AddDate(0, 0, 5)
		b.today += 5
		compare(t, append(all, west+"005")...)
		if n := len(b.heads(b.today, "residents", west+"005", 8)); n == 0 {
			t.Error("nobody lives in the new grid: nothing was tried")
		}
	})
	t.Run("a word that nobody is of is no layer", func(t *testing.T) {
		for _, area := range []string{"", west} {
			_, err := b.Heatmap(ctx, lattice, "hardship", area, 8)
			var e *service.Error
			if !errors.As(err, &e) || e.Code != service.CodeInvalid {
				t.Errorf("in %q: %v", area, err)
			}
		}
		// Who answers for a grid hears of those in it alone.
		grid := service.WithViewer(t.Context(), service.Viewer{Areas: []string{west + "001"}})
		for layer, want := range map[string]string{"red": "", "hardship": fmt.Sprint(service.CodeInvalid)} {
			_, err := b.Heatmap(grid, lattice, layer, west+"001", 8)
			var e *service.Error
			if (err == nil) != (want == "") || err != nil && (!errors.As(err, &e) || fmt.Sprint(e.Code) != want) {
				t.Errorf("%s in a grid: %v", layer, err)
			}
		}
	})
}
