package service_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
)

func TestUndoAndRedoBringBackEveryByte(t *testing.T) {
	b := newDraftBed(t)
	d := b.begin()
	states := []map[string]geo.Area{b.areas(d)}
	d, made := b.change(d, split())
	if got := made.Codes(); !slices.Equal(got, []string{west + "001", west + "005"}) {
		t.Fatalf("the new grid takes the next free number: %v", got)
	}
	if want := []data.Lineage{{From: west + "001", To: west + "001"}, {From: west + "001", To: west + "005"}}; !slices.Equal(made.Lineage, want) {
		t.Errorf("lineage %v", made.Lineage)
	}
	states = append(states, b.areas(d))
	d, _ = b.change(d, service.Change{Kind: data.DraftMerge, Areas: []service.ChangedArea{
		{Code: west + "002", Boundary: ground(3, 0, 6, 6)}, {Code: west + "004", Retired: true},
	}})
	states = append(states, b.areas(d))
	d, _ = b.change(d, service.Change{Kind: data.DraftRename, Areas: []service.ChangedArea{{Code: west + "005", Name: "东门"}}})
	states = append(states, b.areas(d))
	for range 2 {
		for at := len(states) - 2; at >= 0; at-- {
			d = must(b.UndoDraft(t.Context(), lattice, d.ID, d.Version))(t)
			if diff := cmp.Diff(states[at], b.areas(d)); diff != "" {
				t.Fatalf("undone to %d:\n%s", at, diff)
			}
		}
		for at := 1; at < len(states); at++ {
			d = must(b.RedoDraft(t.Context(), lattice, d.ID, d.Version))(t)
			if diff := cmp.Diff(states[at], b.areas(d)); diff != "" {
				t.Fatalf("done again to %d:\n%s", at, diff)
			}
		}
	}
	_, err := b.RedoDraft(t.Context(), lattice, d.ID, d.Version)
	wantReason(t, err, service.DraftNoRedo)

	t.Run("a new change drops what was undone", func(t *testing.T) {
		d = must(b.UndoDraft(t.Context(), lattice, d.ID, d.Version))(t)
		d, _ = b.change(d, service.Change{Kind: data.DraftRename, Areas: []service.ChangedArea{{Code: west + "005", Name: "西门"}}})
		if d.Position != 3 || d.Changes != 3 || b.areas(d)[west+"005"].Name != "西门" {
			t.Errorf("%+v", d)
		}
		_, err := b.RedoDraft(t.Context(), lattice, d.ID, d.Version)
		wantReason(t, err, service.DraftNoRedo)
	})
	t.Run("a draft that is dropped cannot be edited", func(t *testing.T) {
		d = must(b.DropDraft(t.Context(), lattice, d.ID, d.Version))(t)
		_, err := b.UndoDraft(t.Context(), lattice, d.ID, d.Version)
		wantReason(t, err, service.DraftClosed)
	})
}

func TestOfTwoWritersOneWinsAndTheOtherIsToldWhatWasDone(t *testing.T) {
	b := newDraftBed(t)
	d := b.begin()
	const rounds = 10
	for round := range rounds {
		var group sync.WaitGroup
		errs := make([]error, 2)
		outs := make([]data.Draft, 2)
		for w := range errs {
			group.Go(func() {
				outs[w], _, errs[w] = b.ChangeDraft(t.Context(), lattice, d.ID, d.Version, service.Change{
					Kind: data.DraftRename, Areas: []service.ChangedArea{{Code: fmt.Sprintf("%s%03d", west, w+1), Name: fmt.Sprintf("第%d次", round)}},
				})
			})
		}
		group.Wait()
		won := slices.Index(errs, nil)
		if won < 0 || errs[1-won] == nil {
			t.Fatalf("round %d: %v", round, errs)
		}
		if service.CodeOf(errs[1-won]) != service.CodeChanged {
			t.Errorf("round %d: %v", round, errs[1-won])
		}
		e := wantReason(t, errs[1-won], service.DraftChanged)
		if e.Version != outs[won].Version || len(e.Meanwhile) != 1 || !slices.Equal(e.Meanwhile[0].Areas, []string{fmt.Sprintf("%s%03d", west, won+1)}) {
			t.Errorf("round %d: told %+v", round, e)
		}
		d = outs[won]
	}
	_, changes, err := b.Draft(t.Context(), lattice, d.ID)
	if err != nil || len(changes) != rounds || d.Version != 1+rounds {
		t.Errorf("%d changes, version %d, %v", len(changes), d.Version, err)
	}
}

func TestAChangeThatCannotBeIsRefusedWithItsReason(t *testing.T) {
	b := newDraftBed(t)
	d := b.begin()
	gcj, err := geo.NewConverter(geo.GCJ02)
	if err != nil {
		t.Fatal(err)
	}
	defer gcj.Close()
	shifted := func(x0, y0, x1, y1 int) orb.MultiPolygon {
		mp := ground(x0, y0, x1, y1)
		for i, p := range mp[0][0] {
			if mp[0][0][i], err = gcj.FromWGS84(p); err != nil {
				t.Fatal(err)
			}
		}
		return mp
	}
	at := func(x, y float64) orb.Point { return orb.Point{corner[0] + step*x, corner[1] + step*y} }
	bow := orb.MultiPolygon{{{at(0, 0), at(3, 3), at(3, 0), at(0, 3), at(0, 0)}}}
	reshape := func(areas ...service.ChangedArea) service.Change {
		return service.Change{Kind: data.DraftReshape, Areas: areas}
	}
	for _, test := range []struct {
		name string
		in   service.Change
		want service.DraftReason
	}{
		{"a ring that crosses itself", reshape(service.ChangedArea{Code: west + "001", Boundary: bow}), service.DraftBadBoundary},
		{"a ring that is open", reshape(service.ChangedArea{Code: west + "001", Boundary: orb.MultiPolygon{{ground(0, 0, 3, 3)[0][0][:4]}}}), service.DraftBadBoundary},
		{"metres", reshape(service.ChangedArea{Code: west + "001", Boundary: orb.MultiPolygon{{{{433007, 3408000}, {433107, 3408000}, {433107, 3408100}, {433007, 3408000}}}}}), service.DraftBadBoundary},
		{"a grid outside its community", reshape(service.ChangedArea{Code: west + "002", Boundary: ground(3, 0, 7, 3)}), service.DraftOutside},
		{"GCJ-02 passed as WGS 84", reshape(
			service.ChangedArea{Code: west + "001", Boundary: shifted(0, 0, 3, 3)}, service.ChangedArea{Code: west + "002", Boundary: shifted(3, 0, 6, 3)}), service.DraftShifted},
		{"an area that does not exist", reshape(service.ChangedArea{Code: west + "009", Boundary: ground(0, 0, 3, 3)}), service.DraftBadCode},
		{"another parent", reshape(service.ChangedArea{Code: west + "001", Parent: east}), service.DraftBadCode},
		{"an area named twice", reshape(service.ChangedArea{Code: west + "001"}, service.ChangedArea{Code: west + "001"}), service.DraftBadCode},
		{"nothing", reshape(), service.DraftBadChange},
		{"an unknown kind", service.Change{Kind: "paint", Areas: []service.ChangedArea{{Code: west + "001"}}}, service.DraftBadChange},
		{"a community that ends", service.Change{Kind: data.DraftRetire, Areas: []service.ChangedArea{{Code: west, Retired: true}}}, service.DraftBadChange},
		{"a new area in a town", service.Change{Kind: data.DraftCreate, Areas: []service.ChangedArea{{Code: "+a", Parent: lattice + "001", Name: "x", Boundary: ground(0, 0, 1, 1)}}}, service.DraftBadCode},
		{"a new area without a name", service.Change{Kind: data.DraftCreate, Areas: []service.ChangedArea{{Code: "+a", Parent: west, Boundary: ground(0, 0, 1, 1)}}}, service.DraftBadChange},
		{"a lineage from nowhere", service.Change{Kind: data.DraftReshape, Areas: []service.ChangedArea{{Code: west + "001"}}, Lineage: []data.Lineage{{From: west + "099", To: west + "001"}}}, service.DraftBadCode},
		{"a merge that does not say into which", service.Change{Kind: data.DraftMerge, Areas: []service.ChangedArea{{Code: west + "001"}, {Code: west + "002"}}}, service.DraftBadChange},
		{"a recode of published grids", service.Change{Kind: data.DraftRecode, Community: west}, service.DraftBadCode},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := b.ChangeDraft(t.Context(), lattice, d.ID, d.Version, test.in)
			wantReason(t, err, test.want)
			if service.CodeOf(err) != service.CodeInvalid {
				t.Errorf("code %s", service.CodeOf(err))
			}
		})
	}
	if got, _, err := b.Draft(t.Context(), lattice, d.ID); err != nil || got.Version != d.Version {
		t.Errorf("the draft has moved: %+v, %v", got, err)
	}
}

func TestTheGridsOfAFirstDrawingAreNumberedWestToEastAndNorthToSouth(t *testing.T) {
	b := newDraftBed(t)
	d := b.begin()
	// The published grids make way for nine, drawn in no order.
	areas := []service.ChangedArea{}
	for g := range 4 {
		areas = append(areas, service.ChangedArea{Code: fmt.Sprintf("%s%03d", west, g+1), Retired: true})
	}
	for _, k := range []int{4, 0, 8, 2, 6, 1, 5, 3, 7} {
		x, y := 2*(k%3), 2*(k/3)
		word := fmt.Sprintf("+%d", k)
		areas = append(areas, service.ChangedArea{Code: word, Parent: west, Name: word, Boundary: ground(x, y, x+2, y+2)})
	}
	areas = append(areas, service.ChangedArea{Code: "+m", Parent: "+0", Name: "m", Boundary: ground(0, 0, 2, 2)})
	d, _ = b.change(d, service.Change{Kind: data.DraftCreate, Areas: areas})
	d, _ = b.change(d, service.Change{Kind: data.DraftRecode, Community: west})
	after := b.areas(d)
	for i, name := range []string{"+6", "+7", "+8", "+3", "+4", "+5", "+0", "+1", "+2"} { // north first
		code := fmt.Sprintf("%s%03d", west, 5+i)
		if after[code].Name != name {
			t.Errorf("%s is %s, want %s", code, after[code].Name, name)
		}
	}
	if m := after[west+"011001"]; m.Name != "m" || m.Parent != west+"011" {
		t.Errorf("the micro-grid goes with its grid: %+v", m)
	}
	if check := must(b.CheckDraft(t.Context(), lattice, d.ID))(t); len(check.Problems)+len(check.Findings)+len(check.Conflicts) != 0 {
		t.Errorf("%+v", check)
	}
}
