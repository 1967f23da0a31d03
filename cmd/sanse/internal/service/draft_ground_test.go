package service_test

import (
	"errors"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
)

func TestTheGroundSaysWhoIsWhereAndWhoseAddressDecides(t *testing.T) {
	b := newEditBed(t)
	// A tower in the first strip, one unit of which the second strip has.
	listing := data.Area{ValidFrom: b.today - 400, Area: geo.Area{
		Code: west + "001002", Level: geo.LevelMicroGrid, Parent: west + "001", Name: "微2", Boundary: ground(1, 0, 2, 3),
		Units: []geo.Unit{{Building: "t", Name: geo.UnitName("2单元")}},
	}}
	tower := loop(0.4, 0.4, 0.6, 0.4, 0.6, 0.6, 0.4, 0.6)
	lives := func(id, unit string) data.Resident {
		return data.Resident{ID: id, Grade: "red", Location: at(0.5, 0.5), Building: "t", Unit: unit, Grid: west + "001", MicroGrid: west + "001001"}
	}
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutAreas(lattice, []data.Area{listing}),
			tx.PutPolicies(lattice, []data.Policy{{ID: "red", Grade: "red", EveryDays: 2}, {ID: "yellow", Grade: "yellow", PerWeek: 1}}),
			tx.PutBuildings(lattice, []data.Building{{ID: "t", Boundary: orb.MultiPolygon{tower}}}),
			tx.PutResidents(lattice, []data.Resident{lives("t1", "1单元"), lives("t2", "2单元")}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	d := b.begin()
	g := must(b.DraftGround(service.WithViewer(t.Context(), service.Everyone(lattice)), lattice, d.ID, west))(t)
	if g.Draft.Version != 1 || len(g.Areas) != 16 || len(g.Cells) < 100 {
		t.Fatalf("version %d, %d areas, %d cells", g.Draft.Version, len(g.Areas), len(g.Cells))
	}
	red := -1
	total := 0.0
	for k, name := range g.Weights {
		if name == "red" {
			red = k
		}
	}
	got := make(map[string]bool) // by area: fixed
	for _, p := range g.Places {
		total += p.Values[red]
		if p.Values[red] > 0 {
			got[g.Areas[p.Area].Code] = p.Fixed
		}
	}
	if fixed, in := got[west+"001001"], len(got); fixed || in != 2 || !got[west+"001002"] || total != 2 {
		t.Errorf("%v, %v in all", got, total)
	}
	// The strip that has the unit gives all its ground but a border: the unit stays.
	made := b.edit(d, service.Edit{Op: service.EditBorder, Old: line(2, 0, 2, 3), New: line(2, 0, 1.1, 1.5, 2, 3)})
	bal := must(b.DraftBalance(t.Context(), lattice, made.Draft.ID))(t)
	for _, a := range bal.Areas {
		if a.Code == west+"001002" && a.Values[red] != 1 {
			t.Errorf("%s has %v", a.Code, a.Values)
		}
	}
}
