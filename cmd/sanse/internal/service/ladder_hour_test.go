package service_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
)

// Whoever covers is there before the deadline, as far as the day has room; the rest is
// theirs all the same.
func TestWhatIsCoveredIsPlannedBeforeItsDeadline(t *testing.T) {
	b := newLadderBed(t, 8)
	second := planner.NewDate(2026, 12, 2)
	short := ladder.Reference(second)
	short.Steps[0].Deadline = 14*60 + 30 // from 14:00 on, six minutes each: the fifth begins at 14:25
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutLadderRule(ladderDistrict, "", short), tx.PutVisits(ladderDistrict, []data.Visit{{Resident: "r00007", Date: second - 1, Done: true, Visitor: "v0", Grid: ladderGrid}}))
	}); err != nil {
		t.Fatal(err)
	}
	b.plan(8)
	b.at(2, 14, 0)
	b.goOn()
	if err := b.program().EnterLadders(t.Context()); err != nil {
		t.Fatal(err)
	}
	rec, err := b.serving.CurrentPlan(t.Context(), ladderDistrict)
	if err != nil {
		t.Fatal(err)
	}
	its, err := b.serving.PlanItineraries(t.Context(), ladderDistrict, rec.ID, data.ItineraryFilter{From: second, To: second, Visitors: []string{"v1"}})
	if err != nil {
		t.Fatal(err)
	}
	early, all := 0, 0
	for i := range its {
		for _, st := range its[i].Stops {
			if all++; st.Arrive < short.Steps[0].Deadline {
				early++
			}
		}
	}
	if early != 5 || all != 7 {
		t.Errorf("%d of %d visits are planned before the deadline, want 5 of 7: %+v", early, all, its)
	}
	var changes struct{ Loosened []planner.Loosened }
	if err := json.Unmarshal(rec.Changes, &changes); err != nil || len(changes.Loosened) != 2 || !changes.Loosened[0].Held || changes.Loosened[0].By != short.Steps[0].Deadline-1 {
		t.Errorf("the plan says %s (%v)", rec.Changes, err)
	}
}

// A plan that is made anew knows nothing of who covers: it is made again with it, and
// nobody is told once more of what they hold.
func TestAPlanMadeAnewLeavesWhoCoversTheirVisitsAndTellsThemOnce(t *testing.T) {
	b := newLadderBed(t, 20)
	b.plan(20)
	b.at(2, 14, 0)
	b.goOn()
	byTheStreet := func() []string {
		return slices.DeleteFunc(b.planned(2), func(s string) bool { return s < "r00018" })
	}
	enter := func() {
		t.Helper()
		if err := b.program().EnterLadders(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	enter()
	covered := byTheStreet()
	told := func() int {
		return one[int](t, b.owner, `SELECT count(*)::int FROM outbox WHERE to_visitor = 'v1' AND kind = 'plan'`)
	}
	ctx := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	d, err := b.program().District(ctx, ladderDistrict)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.programOn(b.owner).Plan(ctx, d, service.PlanOptions{Start: planner.NewDate(2026, 12, 2), Days: 4, Seed: 1, Iterations: 20}); err != nil {
		t.Fatal(err)
	}
	if anew := byTheStreet(); slices.Equal(anew, covered) {
		t.Fatalf("the plan made anew says %v as well: the test proves nothing", anew)
	}
	if n := told(); n > 0 {
		t.Errorf("who covers was told %d times that the day is another", n)
	}
	enter()
	if got := byTheStreet(); len(got) != 2 || !slices.Equal(got, covered) {
		t.Errorf("the plan says %v, want %v", got, covered)
	}
	before := b.planID()
	enter()
	if n, id := told(), b.planID(); n > 0 || id != before {
		t.Errorf("who covers was told %d times, and plan %d was made after %d without need", n, id, before)
	}
}

// planID is the plan in force.
func (b *ladderBed) planID() int64 {
	b.t.Helper()
	rec, err := b.serving.CurrentPlan(b.t.Context(), ladderDistrict)
	if err != nil {
		b.t.Fatal(err)
	}
	return rec.ID
}
