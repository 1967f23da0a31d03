package service_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// A visit that a colleague took and cannot make comes free, those who lead see it, and
// what was given away is nobody's twice.
func TestAVisitThatWasGivenAwayIsNeverStuck(t *testing.T) {
	bed := newLadderBed(t, 4)
	second := planner.NewDate(2026, 12, 2)
	bed.plan(4)
	b := bed.moves()
	b.at(2, 7, 30)
	b.goOn()
	for resident, to := range map[string]string{"r00000": "v1", "r00001": "v2", "r00002": "v3"} {
		must(b.Move(b.leads, ladderDistrict, service.MoveIn{ID: uuid.NewString(), Kind: data.MoveHandOver, Visitor: "v0", Resident: resident, To: to, Why: "ill"}))(t)
	}
	told := func(of string) string {
		return one[string](t, b.owner, `SELECT COALESCE(string_agg(to_visitor || ' ' || n, ', ' ORDER BY to_visitor, once), '') FROM outbox WHERE starts_with(once, $1)`, of)
	}
	// The leader knows of what she took herself.
	if got := told("move/"); got != "v0 1, v0 1, v0 1, v1 1, v3 1" {
		t.Errorf("of the moves %s are told", got)
	}
	b.enter()
	if got := b.planned(2); !slices.Equal(got, []string{"r00000 v1", "r00001 v2", "r00002 v3", "r00003 v0"}) {
		t.Fatalf("the plan says %v", got)
	}
	if got := told("plan/"); got != "" {
		t.Errorf("%s are told of the plan of what they know", got)
	}
	b.at(2, 8, 0)
	b.goOn()
	if got := one[string](t, b.owner, `SELECT string_agg(l.resident || ' ' || s.holder, ', ' ORDER BY l.resident) FROM ladder_step s JOIN ladder l ON l.district = s.district AND l.id = s.ladder`); got != "r00000 v1, r00001 v2, r00002 v3, r00003 v0" {
		t.Errorf("reminded are %s", got)
	}

	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error { return tx.PutDaysOff(ladderDistrict, "v1", second, second) }); err != nil {
		t.Fatal(err)
	}
	loose := map[string]string{}
	for _, m := range must(b.Moves(b.leads, ladderDistrict, ladderGrid))(t) {
		loose[m.Resident] = m.Loose
		if m.Told.Made != (m.ToVisitor != "v2") {
			t.Errorf("of the message about %s it says %+v", m.Resident, m.Told)
		}
	}
	if loose["r00000"] != "off" || loose["r00001"]+loose["r00002"] != "" {
		t.Errorf("what does not hold any more: %v", loose)
	}
	b.enter()
	now := b.planned(2)
	if i := slices.IndexFunc(now, func(s string) bool { return strings.HasPrefix(s, "r00000 ") && s != "r00000 v1" }); i < 0 {
		t.Fatalf("the plan says %v", now)
	}
	after := b.planID()
	if b.enter(); b.planID() != after {
		t.Error("the plan is made once more without need")
	}
	if day := b.day(b.theirs, 0); slices.ContainsFunc(day, func(s string) bool { return strings.HasPrefix(s, "r00000") }) {
		t.Errorf("who is off has %v", day)
	}

	// At its hour a step goes to nobody who was to come by then.
	b.at(2, 14, 0)
	b.goOn()
	if got := b.said(2); got != "v2 , v3 , v2 , v2 " {
		t.Errorf("the ladders say %q", got)
	}
	b.enter()
	if day := b.day(b.leads, 0); !slices.Equal(day, []string{"r00000 covering", "r00002 covering", "r00003 covering"}) {
		t.Errorf("who covers has %v", day)
	}
	_, err := b.Move(b.leads, ladderDistrict, service.MoveIn{ID: uuid.NewString(), Kind: data.MoveHandOver, Resident: "r00002", To: "v3", Why: "ill"})
	b.fails("what came by a ladder is handed over", service.CodeNo, err)

	// Once somebody was there nothing is loose any more.
	seen := data.Visit{Resident: "r00000", Date: second, Done: true, Visitor: "v2", Grid: ladderGrid}
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error { return tx.PutVisits(ladderDistrict, []data.Visit{seen}) }); err != nil {
		t.Fatal(err)
	}
	for _, m := range must(b.Moves(b.leads, ladderDistrict, ladderGrid))(t) {
		if m.Loose != "" {
			t.Errorf("the visit to %s was made, and the move says %q", m.Resident, m.Loose)
		}
	}
}
