package service_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/geo"
	"sanse/planner"
)

// The lattice is a district of one town and two communities side by side, each
// of six by six squares, drawn as four grids of three by three, with a resident
// in the middle of each square.
const (
	lattice = "510197"
	west    = lattice + "001001"
	east    = lattice + "001002"
	side    = 6     // squares of a community, each way
	step    = 0.002 // degrees, about 200 m
)

var corner = orb.Point{104.3, 30.8}

func squareAt(x, y int) orb.MultiPolygon { return ground(x, y, x+1, y+1) }

// ground is the ground from square x0, y0 to before x1, y1.
func ground(x0, y0, x1, y1 int) orb.MultiPolygon {
	at := func(x, y int) orb.Point { return orb.Point{corner[0] + step*float64(x), corner[1] + step*float64(y)} }
	return orb.MultiPolygon{{{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)}}}
}

// draftBed is a service on a store that holds the lattice.
type draftBed struct {
	t     *testing.T
	store *data.Store
	*service.Service
	now   time.Time
	today planner.Date
}

func newDraftBed(t *testing.T) *draftBed {
	t.Helper()
	return latticeIn(t, datatest.New(t))
}

// latticeIn stores the lattice as the owner.
func latticeIn(t *testing.T, store *data.Store) *draftBed {
	t.Helper()
	b := &draftBed{t: t, store: store, now: time.Now()}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	b.today = planner.DateOf(b.now.In(zone))
	b.Service = service.New(b.store, service.Config{Now: func() time.Time { return b.now }})
	storeLattice(t, b.store, b.today-400)
	return b
}

// storeLattice stores the lattice, with boundaries from a day on.
func storeLattice(t testing.TB, store *data.Store, begun planner.Date) {
	t.Helper()
	area := func(code, name string, level geo.Level, on orb.MultiPolygon) data.Area {
		a := data.Area{Area: geo.Area{Code: code, Level: level, Name: name, Boundary: on}, ValidFrom: begun}
		if level > geo.LevelDistrict {
			a.Parent = code[:len(code)-3]
		}
		return a
	}
	areas := []data.Area{
		area(lattice, "试验区", geo.LevelDistrict, ground(0, 0, 2*side, side)),
		area(lattice+"001", "一镇", geo.LevelTown, ground(0, 0, 2*side, side)),
	}
	var residents []data.Resident
	for c, community := range []string{west, east} {
		areas = append(areas, area(community, "社区", geo.LevelCommunity, ground(c*side, 0, (c+1)*side, side)))
		for g := range 4 {
			x, y := c*side+g%2*3, g/2*3
			areas = append(areas, area(fmt.Sprintf("%s%03d", community, g+1), "网格", geo.LevelGrid, ground(x, y, x+3, y+3)))
		}
	}
	for x := range 2 * side {
		for y := range side {
			residents = append(residents, data.Resident{
				ID: fmt.Sprintf("r%02d%02d", x, y), Grade: "yellow", Location: squareAt(x, y).Bound().Center(),
				Grid: fmt.Sprintf("%s%03d", []string{west, east}[x/side], 1+x%side/3+y/3*2),
			})
		}
	}
	visitor := func(id string, scope ...string) data.Visitor {
		return data.Visitor{Visitor: planner.Visitor{ID: id, Kind: "grid_worker", Tier: planner.TierGrid, Scope: scope, Start: corner, Mode: "foot"}}
	}
	err := store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutDistrict(data.District{Code: lattice, Name: "试验区", TimeZone: "Asia/Shanghai"}),
			tx.PutAreas(lattice, areas), tx.PutVisitors(lattice, []data.Visitor{visitor("v1", west+"001"), visitor("v2", west+"002", west+"003"), visitor("v3", east)}),
			tx.PutResidents(lattice, residents),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (b *draftBed) begin() data.Draft {
	b.t.Helper()
	return must(b.CreateDraft(b.t.Context(), lattice, "改网格", ""))(b.t)
}

// change makes a change that must go through.
func (b *draftBed) change(d data.Draft, c service.Change) (data.Draft, data.DraftChange) {
	b.t.Helper()
	d, made, err := b.ChangeDraft(b.t.Context(), lattice, d.ID, d.Version, c)
	if err != nil {
		b.t.Fatal(err)
	}
	return d, made
}

// areas are those of a draft, by code.
func (b *draftBed) areas(d data.Draft) map[string]geo.Area {
	b.t.Helper()
	_, list, err := b.DraftAreas(b.t.Context(), lattice, d.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	out := make(map[string]geo.Area, len(list))
	for _, a := range list {
		out[a.Code] = a
	}
	return out
}

// wantReason fails the test unless an error gives that reason.
func wantReason(t *testing.T, err error, want service.DraftReason) service.DraftError {
	t.Helper()
	var e *service.DraftError
	if !errors.As(err, &e) || e.Reason != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	return *e
}

// split divides the grid 001 of the western community into west and east.
func split() service.Change {
	return service.Change{Kind: data.DraftSplit, Areas: []service.ChangedArea{
		{Code: west + "001", Boundary: ground(0, 0, 2, 3)},
		{Code: "+east", Parent: west, Name: "新网格", Boundary: ground(2, 0, 3, 3)},
	}}
}

// merge puts the grid 002 of the western community into 001.
func merge() service.Change {
	return service.Change{Kind: data.DraftMerge, Areas: []service.ChangedArea{
		{Code: west + "001", Boundary: ground(0, 0, 6, 3)}, {Code: west + "002", Retired: true},
	}}
}
