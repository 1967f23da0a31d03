package service_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// recorded stores what somebody says of a visit on 2 December, and returns its id.
func (b *ladderBed) recorded(resident string, seen bool, corrects string) string {
	b.t.Helper()
	r := data.VisitRecord{
		ID: uuid.NewString(), Resident: resident, Grid: ladderGrid, Visitor: "v0", Account: "a0000000000000001", Day: planner.NewDate(2026, 12, 2),
		Arrived: time.Date(2026, 12, 2, 1, 0, 0, 0, time.UTC), Received: b.now, Seen: seen, How: "hand", NoCode: "no_camera", Form: "reference-1",
		Evidence: "hand", Corrects: corrects, Content: []byte(uuid.NewString() + resident),
	}
	if !seen {
		r.NotSeen = "no_answer"
	}
	err := b.serving.Write(b.t.Context(), func(tx *data.Tx) error {
		out, err := tx.PutVisitRecords(ladderDistrict, []data.VisitRecord{r})
		if err == nil && out[0] != data.RecordStored {
			b.t.Fatalf("the record comes to %v", out[0])
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return r.ID
}

func TestAVisitThatIsTakenBackLeavesTheLadderToGoOn(t *testing.T) {
	b := newLadderBed(t, 1)
	want := func(events int, said string) {
		t.Helper()
		if n, got := b.goOn(), b.said(2); n != events || got != said {
			t.Fatalf("%d events and %q, want %d and %q", n, got, events, said)
		}
	}
	standing := func(open bool, steps int) {
		t.Helper()
		list, err := b.serving.Cases(t.Context(), ladderDistrict, data.CaseFilter{})
		if err != nil || len(list) != 1 || list[0].Closed.IsZero() != open || list[0].N != steps {
			t.Fatalf("the cases are %+v (%v), want one, open: %v, of %d steps", list, err, open, steps)
		}
	}
	b.at(2, 9, 0)
	want(1, "")
	wrong := b.recorded("r00000", true, "")
	want(0, "visit")
	b.recorded("r00000", false, wrong)
	want(0, "")
	b.at(2, 14, 0)
	want(1, "v1 ")
	first, second := b.recorded("r00000", true, ""), b.recorded("r00000", true, "")
	b.recorded("r00000", false, first)
	want(0, "v1 visit") // the other record tells of it still
	b.recorded("r00000", false, second)
	b.at(3, 0, 0)
	want(3, "v3 lapsed")
	standing(true, 1)
	late := b.recorded("r00000", true, "")
	want(0, "v3 visit")
	standing(false, 2)
	b.recorded("r00000", false, late)
	want(0, "v3 lapsed")
	standing(true, 3)
}

// Who is given a grade by which nothing is due that day has no ladder, and no lapse;
// one that is taken back has it again.
func TestAGradeByWhichNothingIsDueEndsALadder(t *testing.T) {
	b := newLadderBed(t, 3)
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutPolicies(ladderDistrict, []data.Policy{{ID: "blue", Grade: "blue", PerMonth: 1}})
	}); err != nil {
		t.Fatal(err)
	}
	b.plan(3)
	s := b.programOn(b.owner)
	me := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	decide := func(resident, grade string) {
		t.Helper()
		if _, err := s.Regrade(me, ladderDistrict, service.GradeDecision{Resident: resident, Grade: grade, Reason: "looked at again"}); err != nil {
			t.Fatal(err)
		}
	}
	stand := func(when, want string) {
		t.Helper()
		if got := one[string](t, b.owner, `SELECT string_agg(resident || ' ' || taken || ' ' || COALESCE(closed_how, 'open'), ', ' ORDER BY resident) FROM ladder`); got != want {
			t.Errorf("%s the ladders are %s, want %s", when, got, want)
		}
	}
	b.at(2, 8, 30)
	b.goOn()
	stand("in the morning", "r00000 1 open, r00001 1 open, r00002 1 open")
	decide("r00000", "blue")
	decide("r00001", "blue")
	b.at(2, 14, 30)
	b.goOn()
	stand("after two have become blue", "r00000 1 regraded, r00001 1 regraded, r00002 2 open")
	decide("r00001", "red")
	b.at(2, 14, 40)
	b.goOn()
	stand("after one of them is red again", "r00000 1 regraded, r00001 2 open, r00002 2 open")
	// In the last minutes, when everybody has been looked at.
	b.at(2, 23, 58)
	kept := b.program()
	pass := func() {
		t.Helper()
		if _, err := kept.RunLadders(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	pass()
	b.at(2, 23, 59)
	decide("r00000", "red")
	decide("r00002", "blue")
	pass()
	stand("before midnight", "r00000 1 regraded, r00001 4 open, r00002 4 open")
	b.at(3, 0, 0)
	decide("r00001", "blue") // today, which does not make up for yesterday
	pass()
	stand("after midnight", "r00000 5 lapsed, r00001 5 lapsed, r00002 4 regraded")
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM incident`); n != 2 {
		t.Errorf("%d cases are open, want 2", n)
	}
}
