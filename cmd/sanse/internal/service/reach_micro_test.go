package service_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/reports/siting"
)

// newMicroBed is the lattice with streets, whose first grid is three strips of
// micro-grids; the first of them has three residents at home and one far off.
func newMicroBed(t *testing.T) (b *draftBed, grid, first string) {
	t.Helper()
	b = newReachBed(t)
	grid = west + "001"
	first = grid + "001"
	var areas []data.Area
	for m := range 3 {
		areas = append(areas, data.Area{ValidFrom: b.today - 400, Area: geo.Area{
			Code: fmt.Sprintf("%s%03d", grid, m+1), Level: geo.LevelMicroGrid, Parent: grid, Name: fmt.Sprintf("微%d", m+1), Boundary: ground(m, 0, m+1, 3),
		}})
	}
	var people []data.Resident
	for y := range 3 {
		people = append(people, data.Resident{ID: fmt.Sprintf("r00%02d", y), Grade: "yellow", Location: middle(0, y), Grid: grid, MicroGrid: first})
	}
	people = append(people, data.Resident{ID: "lost", Grade: "yellow", Location: orb.Point{corner[0] - 40*step, corner[1]}, Grid: grid, MicroGrid: first})
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutAreas(lattice, areas), tx.PutResidents(lattice, people), tx.PutFacilities(lattice, []data.Facility{
			{ID: "shut", Name: "停用", Service: "clinic", Location: middle(0, 1), Status: "idle", Grid: grid},
			{ID: "beside", Name: "停用", Service: "clinic", Location: middle(1, 1), Status: "idle", Grid: grid},
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, grid, first
}

func TestMicroGridsAreAreasForReachToo(t *testing.T) {
	b, grid, first := newMicroBed(t)
	for code, want := range map[string][]string{
		first:        {"facility idle", "facility never", "facility shut", "resident lost"},
		grid + "002": {"facility beside"},
		grid + "003": nil,
	} {
		var got []string
		for _, i := range must(b.Unplaced(duty(t, code), lattice, code, service.ReachQuery{}))(t).Items {
			got = append(got, i.What+" "+i.ID)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: not placed are %v, want %v", code, got, want)
		}
	}

	open := []service.TryChange{{Op: "open", Facility: "shut"}}
	try := func(ctx context.Context, area string) service.Tried {
		return must(b.TryCoverage(ctx, lattice, area, nil, open, service.ReachQuery{}))(t)
	}
	clinic := try(duty(t, first), first).Services["clinic"]
	if clinic.Total.People != 10 || clinic.Before.People != 0 || clinic.After.People != 10 || *clinic.After.Residents != 3 || *clinic.Total.Residents != 4 {
		t.Errorf("a micro-grid: %+v", clinic)
	}
	listed := func(area string, level geo.Level) (n int) {
		for _, a := range try(duty(t, lattice), area).Areas {
			if a.Level == level.String() {
				n++
			}
		}
		return n
	}
	if a, c := listed(grid, geo.LevelMicroGrid), listed("", geo.LevelMicroGrid); a != 3 || c != 0 || listed("", geo.LevelGrid) == 0 {
		t.Errorf("%d micro-grids are listed in their grid and %d in the district, want 3 and none", a, c)
	}
	if got := try(t.Context(), first).Services["clinic"]; got.After.People != 10 || got.After.Residents != nil {
		t.Errorf("the public: %+v", got)
	}

	job := must(b.StartSiting(duty(t, first), lattice, service.SiteRequest{
		Service: "day_care", Goal: siting.MostCovered, Choose: 1, Minutes: 7, For: service.ForResidents, Area: first, From: service.SitesAlongStreets, Time: time.Minute,
	}))(t)
	s := b.look(job)
	if s.State != service.SitingDone || len(s.Result.Sites) != 1 || s.Result.Sites[0].Gain != 3 || s.Result.Unplaced != 1 {
		t.Errorf("sites for a micro-grid: %+v %+v", s, s.Result)
	}
	for _, p := range s.Result.Sites {
		if p.Location[0] > corner[0]+step {
			t.Errorf("a site for a micro-grid lies outside it, at %v", p.Location)
		}
	}
}
