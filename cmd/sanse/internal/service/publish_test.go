package service_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// people is who lives where and who may visit where on a day.
type people struct {
	Grids  map[string]string
	Scopes map[string][]string
}

func (b *draftBed) on(day planner.Date) people {
	b.t.Helper()
	p := people{map[string]string{}, map[string][]string{}}
	snap := must(b.PeopleOn(b.t.Context(), lattice, day))(b.t)
	for _, r := range snap.Residents {
		p.Grids[r.ID] = r.Grid
	}
	for _, v := range snap.Visitors {
		p.Scopes[v.ID] = v.Scope
	}
	return p
}

// recorded are the areas of some days, as bytes.
func (b *draftBed) recorded(days ...planner.Date) string {
	b.t.Helper()
	var all []any
	for _, day := range days {
		all = append(all, must(b.store.Areas(b.t.Context(), lattice, day))(b.t))
	}
	text, err := json.Marshal(all)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func (b *draftBed) publish(d data.Draft, day planner.Date) service.Published {
	b.t.Helper()
	return must(b.Publish(b.t.Context(), lattice, d.ID, d.Version, day))(b.t)
}

func TestAPublicationHoldsFromItsDayOnAndChangesNothingBefore(t *testing.T) {
	b := newDraftBed(t)
	first := b.today + 5
	past := []planner.Date{b.today - 400, b.today - 1, b.today, first - 1}
	before, then := b.recorded(past...), b.on(b.today)
	d := b.begin()
	d, _ = b.change(d, split())
	out := b.publish(d, first)
	if !slices.Equal(out.Created, []string{west + "005"}) || !slices.Equal(out.Changed, []string{west + "001"}) || out.Retired != nil || out.Moved != 3 || out.Plan != nil {
		t.Errorf("%+v", out)
	}
	if b.recorded(past...) != before {
		t.Error("what was recorded before has changed")
	}
	if diff := cmp.Diff(then, b.on(first-1)); diff != "" {
		t.Errorf("somebody has moved before the day:\n%s", diff)
	}
	now := b.on(first)
	for id, grid := range now.Grids {
		want := then.Grids[id]
		if id == "r0200" || id == "r0201" || id == "r0202" {
			want = west + "005"
		}
		if grid != want {
			t.Errorf("%s is in %s, want %s", id, grid, want)
		}
	}
	want := map[string][]string{"v1": {west + "001", west + "005"}, "v2": {west + "002", west + "003"}, "v3": {east}}
	if diff := cmp.Diff(want, now.Scopes); diff != "" {
		t.Errorf("scopes after the split:\n%s", diff)
	}
	_, err := b.UndoDraft(t.Context(), lattice, d.ID, d.Version+1)
	wantReason(t, err, service.DraftClosed)

	t.Run("a merge gives the scope to who is left, and a roll-back gives it back", func(t *testing.T) {
		d := b.begin()
		if d.Base != first {
			t.Errorf("a draft begins on the latest boundaries: %s", d.Base)
		}
		d, _ = b.change(d, service.Change{Kind: data.DraftMerge, Areas: []service.ChangedArea{
			{Code: west + "004", Boundary: ground(0, 3, 6, 6)}, {Code: west + "003", Retired: true},
		}})
		second := first + 10
		out := b.publish(d, second)
		if !slices.Equal(out.Retired, []string{west + "003"}) || !slices.Equal(out.Lineage, []data.AreaLineage{{Lineage: data.Lineage{From: west + "003", To: west + "004"}, Heir: true}}) {
			t.Errorf("%+v", out)
		}
		if got := b.on(second).Scopes["v2"]; !slices.Equal(got, []string{west + "002", west + "004"}) {
			t.Errorf("scope %v", got)
		}
		if got := b.on(second).Grids["r0004"]; got != west+"004" {
			t.Errorf("grid %s", got)
		}
		third := second + 10
		held := b.recorded(b.today, first, second)
		back := must(b.RollBack(t.Context(), lattice, b.today, third))(t)
		if !slices.Equal(back.Created, []string{west + "003"}) || !slices.Equal(back.Retired, []string{west + "005"}) {
			t.Errorf("%+v", back)
		}
		if diff := cmp.Diff(then, b.on(third)); diff != "" {
			t.Errorf("all is as it was:\n%s", diff)
		}
		if b.recorded(b.today, first, second) != held {
			t.Error("what was recorded before has changed")
		}
		t.Run("and numbers that were taken are never given again", func(t *testing.T) {
			d := b.begin()
			_, made := b.change(d, split())
			if got := made.Codes()[1]; got != west+"006" {
				t.Errorf("got %s", got)
			}
		})
	})
}

func TestADayThatCannotBeIsRefused(t *testing.T) {
	b := newDraftBed(t)
	d := b.begin()
	_, err := b.Publish(t.Context(), lattice, d.ID, d.Version, b.today+1)
	wantReason(t, err, service.DraftEmpty)
	d, _ = b.change(d, split())
	for _, day := range []planner.Date{b.today - 30, b.today} {
		_, err := b.Publish(t.Context(), lattice, d.ID, d.Version, day)
		wantReason(t, err, service.DraftDayPast)
	}
	other := b.begin()
	other, _ = b.change(other, service.Change{Kind: data.DraftRename, Areas: []service.ChangedArea{{Code: east + "001", Name: "东一"}}})
	b.publish(d, b.today+3)
	for _, day := range []planner.Date{b.today + 2, b.today + 3} {
		_, err := b.Publish(t.Context(), lattice, other.ID, other.Version, day)
		wantReason(t, err, service.DraftDayTaken)
	}
	_, err = b.RollBack(t.Context(), lattice, b.today-1000, b.today+9)
	wantReason(t, err, service.DraftBadChange)
	t.Run("a draft whose areas nobody else has changed is carried over", func(t *testing.T) {
		out := b.publish(other, b.today+4)
		if !slices.Equal(out.Changed, []string{east + "001"}) || out.Retired != nil || out.Created != nil {
			t.Errorf("%+v", out)
		}
	})
}

func TestOthersChangesToTheSameAreasAreAConflictThatNamesThem(t *testing.T) {
	b := newDraftBed(t)
	mine, yours := b.begin(), b.begin()
	mine, _ = b.change(mine, split())
	yours, made := b.change(yours, merge())
	if len(made.Lineage) != 2 {
		t.Errorf("%v", made.Lineage)
	}
	b.publish(mine, b.today+2)
	_, err := b.Publish(t.Context(), lattice, yours.ID, yours.Version, b.today+3)
	if e := wantReason(t, err, service.DraftBaseChanged); !slices.Equal(e.Areas, []string{west + "001"}) {
		t.Errorf("%v", e.Areas)
	}
	if check := must(b.CheckDraft(t.Context(), lattice, yours.ID))(t); !slices.Equal(check.Conflicts, []string{west + "001"}) {
		t.Errorf("%+v", check)
	}
	_, err = b.RebaseDraft(t.Context(), lattice, yours.ID, yours.Version)
	wantReason(t, err, service.DraftBaseChanged)
	yours = must(b.UndoDraft(t.Context(), lattice, yours.ID, yours.Version))(t)
	yours = must(b.RebaseDraft(t.Context(), lattice, yours.ID, yours.Version))(t)
	if _, ok := b.areas(yours)[west+"005"]; !ok || yours.Base != b.today+2 {
		t.Errorf("carried over, the draft shows the others' grid: %+v", yours)
	}
}

func TestAreasThatDoNotTileAreNotPublished(t *testing.T) {
	b := newDraftBed(t)
	for name, areas := range map[string][]service.ChangedArea{
		"an overlap": {{Code: west + "001", Boundary: ground(0, 0, 4, 3)}},
		"a gap":      {{Code: west + "001", Boundary: ground(0, 0, 2, 3)}},
	} {
		t.Run(name, func(t *testing.T) {
			d := b.begin()
			d, _ = b.change(d, service.Change{Kind: data.DraftReshape, Areas: areas})
			check := must(b.CheckDraft(t.Context(), lattice, d.ID))(t)
			if len(check.Findings) != 1 {
				t.Errorf("%+v", check)
			}
			_, err := b.Publish(t.Context(), lattice, d.ID, d.Version, b.today+1)
			if e := wantReason(t, err, service.DraftNotTiling); len(e.Findings) != 1 || e.Findings[0].AreaM2 < 1000 {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestThePlanInForceThatReachesPastTheDayIsTold(t *testing.T) {
	b := newDraftBed(t)
	first := b.today + 3
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		var walks []data.ItineraryRecord
		for day := range 7 {
			walks = append(walks, data.ItineraryRecord{Itinerary: planner.Itinerary{
				Visitor: "v1", Date: b.today + planner.Date(day), Block: west, Depart: 540,
				Stops: []planner.Stop{{Resident: fmt.Sprintf("r00%02d", day%side), Arrive: 545, Leave: 570, DueBy: b.today + 7}},
			}})
		}
		_, err := tx.PutPlan(lattice, data.PlanRecord{Start: b.today, Days: 7, MadeAt: time.Now(), Current: true}, walks, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d := b.begin()
	d, _ = b.change(d, split())
	out := b.publish(d, first)
	if out.Plan == nil || *out.Plan != (service.StalePlan{ID: 1, From: first, Itineraries: 4}) {
		t.Errorf("%+v", out.Plan)
	}
}
