package service_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// told is a notice in short: codes and turns of the visitor's areas, and where
// the plan in force is stale.
func (b *draftBed) told(visitor string) (out []string) {
	b.t.Helper()
	list, err := b.Notices(service.WithViewer(b.t.Context(), service.Everyone(lattice)), lattice, visitor)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range list.Items {
		n := &list.Items[i]
		line := fmt.Sprintf("%+d:", n.Effective-b.today)
		for _, a := range n.Mine {
			line += fmt.Sprintf(" %s %s", a.Code[len(lattice):], a.Turn)
		}
		if n.Stale != nil {
			line += fmt.Sprintf(" stale from %+d, %d", n.Stale.From-b.today, n.Stale.Itineraries)
		}
		out = append(out, line)
	}
	return out
}

// newNoticeBed is a draftBed with rules, which a board needs.
func newNoticeBed(t *testing.T) *draftBed {
	t.Helper()
	b := newDraftBed(t)
	if err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutPolicies(lattice, []data.Policy{{ID: "weekly", Grade: "yellow", PerWeek: 1}})
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

// plan stores a plan with one walk a day of v1.
func (b *draftBed) plan(start planner.Date, days int) {
	b.t.Helper()
	var walks []data.ItineraryRecord
	for d := range days {
		walks = append(walks, data.ItineraryRecord{Itinerary: planner.Itinerary{
			Visitor: "v1", Date: start + planner.Date(d), Block: west, Depart: 540,
			Stops: []planner.Stop{{Resident: "r0000", Arrive: 545, Leave: 570, DueBy: start + planner.Date(d)}},
		}})
	}
	err := b.store.Write(b.t.Context(), func(tx *data.Tx) error {
		_, err := tx.PutPlan(lattice, data.PlanRecord{Start: start, Days: days, MadeAt: b.now, Current: true}, walks, nil)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestANoticeTellsWhoseBoundariesChangeAndWhichPlanIsStale(t *testing.T) {
	b := newNoticeBed(t)
	if got := b.told("v1"); got != nil {
		t.Errorf("nothing is published, and yet: %v", got)
	}
	b.plan(b.today, 10)
	d := b.begin()
	d, _ = b.change(d, split())
	b.publish(d, b.today+5)
	d = b.begin()
	d, _ = b.change(d, service.Change{Kind: data.DraftMerge, Areas: []service.ChangedArea{
		{Code: west + "004", Boundary: ground(0, 3, 6, 6)}, {Code: west + "003", Retired: true},
	}})
	b.publish(d, b.today+30)
	for visitor, want := range map[string][]string{
		// The new half is v1's as well once it is there; the merge is of the grid of v2.
		"v1": {"+5: 001001001 changed 001001005 created stale from +5, 5", "+30:"},
		"v2": {"+5: stale from +5, 5", "+30: 001001003 retired 001001004 changed"},
		"v3": {"+5: stale from +5, 5", "+30:"},
		"":   {"+5: stale from +5, 5", "+30:"},
	} {
		if diff := cmp.Diff(want, b.told(visitor)); diff != "" {
			t.Errorf("%s:\n%s", visitor, diff)
		}
	}
	if _, err := b.Notices(service.WithViewer(t.Context(), service.Everyone(lattice)), lattice, "nobody"); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("a visitor who is not there: %v", err)
	}

	t.Run("until two weeks after the day", func(t *testing.T) {
		first := b.today
		wait := func(days int) {
			b.now, b.today = b.now.Add(time.Duration(days)*24*time.Hour), b.today+planner.Date(days)
		}
		wait(7)
		if got, want := b.told("v1"), "-2: 001001001 changed 001001005 created stale from +0, 3"; got[0] != want {
			t.Errorf("%q, want %q", got, want)
		}
		b.plan(b.today, 10)
		if got, want := b.told("v1"), "-2: 001001001 changed 001001005 created"; got[0] != want {
			t.Errorf("a plan made anew: %q, want %q", got, want)
		}
		wait(12)
		if got := b.told("v1"); len(got) != 2 || b.today != first+19 {
			t.Errorf("%v", got)
		}
		wait(1)
		if got := b.told("v1"); len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
}

func TestAPlanThatBeginsLaterIsStaleIfItWasMadeBeforeThePublication(t *testing.T) {
	b := newNoticeBed(t)
	b.plan(b.today+8, 4)
	d := b.begin()
	d, _ = b.change(d, split())
	b.now = b.now.Add(time.Minute)
	b.publish(d, b.today+5)
	if got := b.told("v3"); !slices.Equal(got, []string{"+5: stale from +8, 4"}) {
		t.Errorf("%q", got)
	}
	b.now = b.now.Add(time.Minute)
	b.plan(b.today+8, 4)
	if got := b.told("v3"); !slices.Equal(got, []string{"+5:"}) {
		t.Errorf("made under the new boundaries: %q", got)
	}
	var e *service.Error
	if _, err := b.Notices(t.Context(), "999999", ""); !errors.As(err, &e) {
		t.Errorf("another district: %v", err)
	}
}
