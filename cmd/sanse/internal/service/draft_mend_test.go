package service_test

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

func (b *draftBed) mend(d data.Draft, keys ...string) (service.Edited, error) {
	b.t.Helper()
	return b.EditDraft(b.t.Context(), lattice, d.ID, d.Version, service.Edit{Op: service.EditMend, Findings: keys})
}

func TestEveryFindingThatTellsAMendIsMendedAsOneChange(t *testing.T) {
	b := newTowerBed(t)
	for name, c := range map[string]struct {
		areas []service.ChangedArea
		found []topology.Kind
		codes []string // of what the mend changes
	}{
		"a gap between grids": {
			[]service.ChangedArea{{Code: east + "001", Boundary: ground(6, 0, 8, 3)}},
			[]topology.Kind{topology.Gap},
			nil,
		},
		"ground in two grids": {
			[]service.ChangedArea{{Code: east + "001", Boundary: ground(6, 0, 10, 3)}},
			[]topology.Kind{topology.Overlap},
			nil,
		},
		"a grid that leaves ground to nobody, whose micro-grids reach out": {
			[]service.ChangedArea{{Code: towerGrid, Boundary: ground(0, 0, 3, 2)}},
			[]topology.Kind{topology.Gap, topology.OutsideParent, topology.OutsideParent},
			nil,
		},
		"a grid that takes ground its micro-grids do not have": {
			[]service.ChangedArea{{Code: towerGrid, Boundary: ground(0, 0, 4, 3)}, {Code: west + "002", Boundary: ground(4, 0, 6, 3)}},
			[]topology.Kind{topology.Gap},
			[]string{microEast},
		},
		"two faults in two communities": {
			[]service.ChangedArea{{Code: east + "001", Boundary: ground(6, 0, 8, 3)}, {Code: west + "002", Boundary: ground(4, 0, 6, 3)}},
			[]topology.Kind{topology.Gap, topology.Gap},
			nil,
		},
		"a part apart from the rest": {
			[]service.ChangedArea{
				{Code: east + "001", Boundary: append(ground(6, 0, 9, 3), ground(9, 5, 10, 6)...)},
				{Code: east + "004", Boundary: whole(t, ground(9, 3, 12, 5), ground(10, 5, 12, 6))},
			},
			[]topology.Kind{topology.UndeclaredPart},
			nil,
		},
		"units that two micro-grids list, and of a building that nobody knows": {
			[]service.ChangedArea{{Code: microWest, Units: units(t, "T:1-2")}, {Code: microEast, Units: units(t, "T:2-3;X:9")}},
			[]topology.Kind{service.FindUnitTwice, service.FindUnitElsewhere},
			[]string{microEast},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := b.begin()
			d, _ = b.change(d, reshape(c.areas...))
			before := b.areas(d)
			check := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
			var kinds []topology.Kind
			for _, f := range check.Findings {
				kinds = append(kinds, f.Kind)
			}
			if slices.Sort(kinds); !slices.Equal(kinds, sorted(c.found)) {
				t.Fatalf("found %v", kinds)
			}
			made := must(b.mend(d))(t)
			if made.Change.Kind != data.DraftMend || made.Draft.Position != 2 || c.codes != nil && !slices.Equal(made.Change.Codes(), c.codes) {
				t.Errorf("a change %s of %v, at position %d", made.Change.Kind, made.Change.Codes(), made.Draft.Position)
			}
			if check = must(b.CheckDraft(t.Context(), lattice, d.ID))(t); len(check.Findings) > 0 || !check.OK() {
				t.Errorf("still found: %+v", check.Findings)
			}
			d = must(b.UndoDraft(t.Context(), lattice, d.ID, made.Draft.Version))(t)
			if again := b.areas(d); len(again) != len(before) || !again[towerGrid].Boundary.Equal(before[towerGrid].Boundary) {
				t.Error("undone, the areas are not what they were")
			}
		})
	}
}

func sorted(kinds []topology.Kind) []topology.Kind {
	out := slices.Clone(kinds)
	slices.Sort(out)
	return out
}

// whole is several pieces of ground as one shape.
func whole(t *testing.T, pieces ...orb.MultiPolygon) orb.MultiPolygon {
	t.Helper()
	return must(geo.Union(pieces...))(t)
}

func TestOnlyTheFindingsThatAreNamedAreMended(t *testing.T) {
	b := newDraftBed(t)
	d := b.begin()
	d, _ = b.change(d, reshape(service.ChangedArea{Code: east + "001", Boundary: ground(6, 0, 8, 3)}, service.ChangedArea{Code: west + "002", Boundary: ground(4, 0, 6, 3)}))
	check := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
	if len(check.Findings) != 2 {
		t.Fatalf("%+v", check.Findings)
	}
	_, err := b.mend(d, "nothing")
	wantReason(t, err, service.DraftNoFinding)
	left, named := check.Findings[0], check.Findings[1]
	made := must(b.mend(d, named.Key))(t)
	check = must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
	if len(check.Findings) != 1 || check.Findings[0].Key != left.Key {
		t.Errorf("left: %+v", check.Findings)
	}
	if len(made.Areas) != 1 || made.Areas[0].Code != named.Mends[0].To {
		t.Errorf("%v have changed", made.Change.Codes())
	}
	_, err = b.mend(made.Draft, named.Key)
	wantReason(t, err, service.DraftNoFinding)

	t.Run("where a locked area would change nothing is mended", func(t *testing.T) {
		d := must(b.LockDraft(t.Context(), lattice, made.Draft.ID, made.Draft.Version, []string{left.Mends[0].To}))(t)
		_, err := b.mend(d)
		wantReason(t, err, service.DraftLocked)
	})
	t.Run("where nothing is wrong there is nothing to mend", func(t *testing.T) {
		_, err := b.mend(b.begin())
		wantReason(t, err, service.DraftEmpty)
	})
}
