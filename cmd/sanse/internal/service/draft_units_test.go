package service_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
	"sanse/planner"
)

const (
	towerGrid = west + "001"
	microWest = towerGrid + "001" // the two western columns; the tower stands on it
	microEast = towerGrid + "002" // the eastern column
)

// newTowerBed is the lattice with two micro-grids in its first grid, a tower T
// on the western one's ground, and four who live in it: their points lie in the
// tower, but for the last one, whose point is in the eastern micro-grid.
func newTowerBed(t *testing.T) *draftBed {
	t.Helper()
	b := newDraftBed(t)
	micro := func(code string, on orb.MultiPolygon) data.Area {
		return data.Area{ValidFrom: b.today - 400, Area: geo.Area{Code: code, Level: geo.LevelMicroGrid, Parent: towerGrid, Name: "微网格", Boundary: on}}
	}
	tower := squareAt(1, 1)
	at := tower.Bound().Center()
	lives := func(id, unit string, own orb.Point) data.Resident {
		return data.Resident{ID: id, Grade: "yellow", Building: "T", Unit: unit, Location: own, Grid: towerGrid, MicroGrid: microWest}
	}
	var others []data.Resident // of the lattice, in the grid
	for x := range 3 {
		for y := range 3 {
			others = append(others, data.Resident{
				ID: fmt.Sprintf("r%02d%02d", x, y), Grade: "yellow", Location: squareAt(x, y).Bound().Center(),
				Grid: towerGrid, MicroGrid: []string{microWest, microWest, microEast}[x],
			})
		}
	}
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutAreas(lattice, []data.Area{micro(microWest, ground(0, 0, 2, 3)), micro(microEast, ground(2, 0, 3, 3))}),
			tx.PutPolicies(lattice, []data.Policy{{ID: "weekly", Grade: "yellow", PerWeek: 1}}),
			tx.PutBuildings(lattice, []data.Building{{ID: "T", Units: 3, Boundary: tower}}),
			tx.PutResidents(lattice, append(others,
				lives("t1", "1单元", at), lives("t2", "二单元", at), lives("t3", "", at), lives("t4", "3", squareAt(2, 2).Bound().Center()))),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func units(t *testing.T, s string) *[]geo.Unit {
	t.Helper()
	list, err := geo.ParseUnits(s)
	if err != nil {
		t.Fatal(err)
	}
	return &list
}

// micros are the micro-grids of the tower's residents on a day, as a snapshot
// has them; the history must say the same.
func (b *draftBed) micros(day planner.Date) map[string]string {
	b.t.Helper()
	out := make(map[string]string)
	for _, r := range must(b.PeopleOn(b.t.Context(), lattice, day))(b.t).Residents {
		if r.Building == "" {
			continue
		}
		out[r.ID] = r.MicroGrid
		sp := must(b.GridOn(service.WithViewer(b.t.Context(), service.Everyone(lattice)), lattice, service.Where{Resident: r.ID}, day))(b.t)
		if last := sp.Path[len(sp.Path)-1]; last.Code != r.MicroGrid {
			b.t.Errorf("%s is in %s on %s, and in %s by the history", r.ID, r.MicroGrid, day, last.Code)
		}
	}
	return out
}

func wantMicros(t *testing.T, got map[string]string, t1, t2, t3, t4 string) {
	t.Helper()
	if want := map[string]string{"t1": t1, "t2": t2, "t3": t3, "t4": t4}; !maps.Equal(got, want) {
		t.Errorf("they live in %v, want %v", got, want)
	}
}

func TestUnitsThatAreListedBeatTheGroundFromTheirDayOn(t *testing.T) {
	b := newTowerBed(t)
	wantMicros(t, b.micros(b.today), microWest, microWest, microWest, microWest)
	d := b.begin()
	d, _ = b.change(d, reshape(service.ChangedArea{Code: microEast, Units: units(t, "T:2-3")}))
	if list := b.areas(d)[microEast].Units; len(list) != 2 {
		t.Fatalf("the draft lists %v", list)
	}
	d = must(b.UndoDraft(t.Context(), lattice, d.ID, d.Version))(t)
	if list := b.areas(d)[microEast].Units; list != nil {
		t.Errorf("undone, the draft lists %v", list)
	}
	d = must(b.RedoDraft(t.Context(), lattice, d.ID, d.Version))(t)
	first := b.today + 2
	out := b.publish(d, first)
	if !slices.Equal(out.Changed, []string{microEast}) || out.Moved != 2 {
		t.Errorf("%v changed, %d moved", out.Changed, out.Moved)
	}
	wantMicros(t, b.micros(first-1), microWest, microWest, microWest, microWest)
	wantMicros(t, b.micros(first), microWest, microEast, microWest, microEast)

	t.Run("a later draft keeps the list, and a roll-back takes it back", func(t *testing.T) {
		other := b.begin()
		other, _ = b.change(other, reshape(
			service.ChangedArea{Code: microWest, Boundary: ground(0, 0, 1, 3)}, service.ChangedArea{Code: microEast, Boundary: ground(1, 0, 3, 3)}))
		b.publish(other, first+2)
		wantMicros(t, b.micros(first+2), microEast, microEast, microEast, microEast)
		must(b.RollBack(t.Context(), lattice, first, first+4))(t)
		wantMicros(t, b.micros(first+4), microWest, microEast, microWest, microEast)
		must(b.RollBack(t.Context(), lattice, b.today, first+6))(t)
		wantMicros(t, b.micros(first+6), microWest, microWest, microWest, microWest)
	})
}

func TestWhatIsWrongWithUnitsIsFoundAndKeepsADraftFromBeingPublished(t *testing.T) {
	b := newTowerBed(t)
	for name, c := range map[string]struct {
		areas []service.ChangedArea
		kind  topology.Kind
		codes []string
		units []string
		count int
	}{
		"a unit that two list": {
			[]service.ChangedArea{{Code: microWest, Units: units(t, "T:1,2")}, {Code: microEast, Units: units(t, "T:2,3")}},
			service.FindUnitTwice,
			[]string{microWest, microEast},
			[]string{"2"},
			0,
		},
		"a building in another grid": {
			[]service.ChangedArea{{Code: microEast, Units: units(t, "T:2"), Boundary: ground(2, 0, 3, 3)}, {Code: "+g", Parent: west, Name: "新", Boundary: ground(0, 0, 2, 3)}, {Code: towerGrid, Boundary: ground(2, 0, 3, 3)}, {Code: microWest, Retired: true}, {Code: "+m", Parent: "+g", Name: "新", Boundary: ground(0, 0, 2, 3)}},
			service.FindUnitElsewhere,
			[]string{microEast},
			[]string{"2"},
			0,
		},
		"a building that nobody knows": {
			[]service.ChangedArea{{Code: microEast, Units: units(t, "X:1")}},
			service.FindUnitElsewhere,
			[]string{microEast},
			[]string{"1"},
			0,
		},
		"a point that is at odds with the address": {
			[]service.ChangedArea{{Code: microWest, Boundary: ground(0, 0, 1, 3)}, {Code: "+m", Parent: towerGrid, Name: "中", Boundary: ground(1, 0, 2, 3)}},
			"", nil, nil, 0, // it was at odds before: told before
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := b.begin()
			kind := data.DraftReshape
			d, _ = b.change(d, service.Change{Kind: kind, Areas: c.areas})
			check := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
			if c.kind == "" {
				if len(check.Findings) > 0 {
					t.Fatalf("%+v", check.Findings)
				}
				return
			}
			if len(check.Findings) != 1 || check.OK() {
				t.Fatalf("%+v", check.Findings)
			}
			f := check.Findings[0]
			if f.Kind != c.kind || !slices.Equal(f.Codes, c.codes) || !slices.Equal(f.Units, c.units) || f.Key == "" || len(f.Mends) != 1 {
				t.Errorf("%+v", f)
			}
			_, err := b.Publish(t.Context(), lattice, d.ID, d.Version, b.today+1)
			wantReason(t, err, service.DraftNotTiling)
		})
	}
	t.Run("of a grid they are refused", func(t *testing.T) {
		d := b.begin()
		_, _, err := b.ChangeDraft(t.Context(), lattice, d.ID, d.Version, reshape(service.ChangedArea{Code: towerGrid, Units: units(t, "T:1")}))
		wantReason(t, err, service.DraftBadChange)
	})
}

func TestAddressesAndPointsThatComeToBeAtOddsAreCountedButBlockNothing(t *testing.T) {
	b := newTowerBed(t)
	// Somebody whose own point is in the tower's micro-grid, but not in the tower.
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutResidents(lattice, []data.Resident{{
			ID: "t5", Grade: "red", Building: "T", Unit: "1", Location: squareAt(0, 0).Bound().Center(), Grid: towerGrid, MicroGrid: microWest,
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	d := b.begin()
	d, _ = b.change(d, reshape(
		service.ChangedArea{Code: microWest, Boundary: ground(0, 0, 1, 3)}, service.ChangedArea{Code: microEast, Boundary: ground(1, 0, 3, 3)}))
	check := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
	if len(check.Findings) != 1 || !check.OK() {
		t.Fatalf("%+v", check)
	}
	if f := check.Findings[0]; f.Kind != service.FindAddressElsewhere || f.Residents != 1 || !slices.Equal(f.Codes, []string{microEast, microWest}) || f.Blocks() {
		t.Errorf("%+v", f)
	}
	b.publish(d, b.today+1)
}

func TestUnitsFollowTheLineageOfAMicroGrid(t *testing.T) {
	b := newTowerBed(t)
	d := b.begin()
	d, _ = b.change(d, reshape(service.ChangedArea{Code: microEast, Units: units(t, "T:2-3")}))
	_, made := b.change(d, service.Change{Kind: data.DraftMerge, Areas: []service.ChangedArea{
		{Code: microWest, Boundary: ground(0, 0, 3, 3)}, {Code: microEast, Retired: true},
	}})
	for i := range made.Areas {
		if a := &made.Areas[i]; a.Code == microWest && geo.FormatUnits(a.Units) != "T:2,3" {
			t.Errorf("%s lists %v", a.Code, a.Units)
		}
	}
}

func TestTheGroundTellsWhomBordersDoNotMove(t *testing.T) {
	b := newTowerBed(t)
	d := b.begin()
	d, _ = b.change(d, reshape(service.ChangedArea{Code: microEast, Units: units(t, "T:2-3")}))
	g := must(b.DraftGround(service.WithViewer(t.Context(), service.Everyone(lattice)), lattice, d.ID, west))(t)
	at := squareAt(1, 1).Bound().Center()
	listed, others := 0.0, 0.0
	for _, p := range g.Places {
		yellow := p.Values[slices.Index(g.Weights, "yellow")]
		switch code := g.Areas[p.Area].Code; {
		case p.Fixed && code == microEast && geo.Distance(p.At, at) < 1:
			listed += yellow
		case p.Fixed:
			t.Errorf("a place of %s is listed", code)
		case geo.Distance(p.At, at) < 1 && code == microWest:
			others += yellow
		}
	}
	// r0101 lives in the tower's square, and t1 and t3 are in no unit that is listed.
	if listed != 2 || others != 3 {
		t.Errorf("in the tower are %g who are listed and %g who are not", listed, others)
	}
}
