package service_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/grading"
)

func TestTheGradesBeforeAreThoseThatHeldForADay(t *testing.T) {
	d := func(day int) planner.Date { return planner.NewDate(2026, 12, day) }
	change := func(n, day int, was, grade string) data.GradeChange {
		return data.GradeChange{N: n, Day: d(day), Was: was, Grade: grade, Decided: true}
	}
	imported := func(c data.GradeChange) data.GradeChange {
		c.Decided = false
		return c
	}
	tests := []struct {
		name    string
		changes []data.GradeChange
		present string
		want    string
	}{
		{"none", nil, "blue", ""},
		{"one", []data.GradeChange{change(1, 10, "blue", "red")}, "red", "blue to 9"},
		{"one that was kept", []data.GradeChange{change(1, 10, "blue", "blue")}, "blue", ""},
		{"two", []data.GradeChange{change(1, 10, "blue", "red"), change(2, 20, "red", "yellow")}, "yellow", "blue to 9, red to 19"},
		{"two on one day", []data.GradeChange{change(1, 10, "blue", "yellow"), change(2, 10, "yellow", "red")}, "red", "blue to 9"},
		{"taken back on the same day", []data.GradeChange{change(1, 10, "blue", "red"), change(2, 10, "red", "blue")}, "blue", ""},
		{"taken back later", []data.GradeChange{change(1, 10, "blue", "red"), change(2, 12, "red", "blue")}, "blue", "blue to 9, red to 11"},
		{"too old", []data.GradeChange{change(1, 2, "blue", "red"), change(2, 20, "red", "yellow")}, "yellow", "red to 19"},
		{"by import, before anybody decided", []data.GradeChange{imported(change(1, 10, "blue", "red"))}, "red", ""},
		{"by import, after a decision", []data.GradeChange{change(1, 10, "blue", "red"), imported(change(2, 20, "red", "yellow"))}, "yellow", "blue to 9, red to 19"},
		{"of very many the last", []data.GradeChange{
			change(1, 10, "a", "b"), change(2, 11, "b", "c"), change(3, 12, "c", "d"), change(4, 13, "d", "e"), change(5, 14, "e", "f"),
		}, "f", "c to 11, d to 12, e to 13"},
	}
	for _, tt := range tests {
		var got []string
		for _, g := range service.GradesBefore(tt.changes, tt.present, d(3)) {
			got = append(got, g.Grade+" to "+strings.TrimLeft(g.To.String()[8:], "0"))
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

// stopsOf are the days on which the plan in force has somebody come to a resident,
// with the day by which each is due.
func (b *ladderBed) stopsOf(resident string) (out []string) {
	b.t.Helper()
	rec, err := b.serving.CurrentPlan(b.t.Context(), ladderDistrict)
	if err != nil {
		b.t.Fatal(err)
	}
	its, err := b.serving.PlanItineraries(b.t.Context(), ladderDistrict, rec.ID, data.ItineraryFilter{})
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range its {
		for _, st := range its[i].Itinerary.Stops {
			if st.Resident == resident {
				out = append(out, its[i].Itinerary.Date.String()[8:]+" due "+st.DueBy.String()[8:])
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestAGradeThatIsDecidedHoldsAtOnceInDueDaysAndPlan(t *testing.T) {
	b := newLadderBed(t, 3)
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutPolicies(ladderDistrict, []data.Policy{{ID: "blue", Grade: "blue", PerMonth: 1}, {ID: "yellow", Grade: "yellow", PerWeek: 1}})
	}); err != nil {
		t.Fatal(err)
	}
	b.plan(3)
	b.at(2, 7, 0)
	s := b.programOn(b.owner)
	me := service.WithViewer(t.Context(), service.Everyone(ladderDistrict))
	rules := grading.Reference(planner.NewDate(2026, 12, 2))
	if err := s.PutGradeRules(me, ladderDistrict, rules); err != nil {
		t.Fatal(err)
	}
	suggest := func() []service.GradeSuggestion {
		t.Helper()
		if _, err := b.program().SuggestGrades(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, _, err := s.GradeSuggestions(me, ladderDistrict, ladderMicro)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	enter := func() {
		t.Helper()
		if err := b.program().EnterLadders(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waiting, err := b.serving.GradesToEnter(t.Context(), ladderDistrict); err != nil || len(waiting) > 0 {
			t.Fatalf("%v are still to be entered (%v)", waiting, err)
		}
	}
	others := b.stopsOf("r00001")
	if list := suggest(); len(list) > 0 || len(others) == 0 {
		t.Fatalf("of red residents of whom nothing is known there is suggested %+v; the plan has %v", list, others)
	}

	// Red becomes blue on Wednesday: a reason is wanted, and it is flagged.
	lower := service.GradeDecision{Resident: "r00000", Grade: "blue"}
	for name, c := range map[string]struct {
		q    service.GradeDecision
		want service.Code
	}{
		"no reason":      {lower, service.CodeInvalid},
		"no such grade":  {service.GradeDecision{Resident: "r00000", Grade: "violet", Reason: "x"}, service.CodeInvalid},
		"the same grade": {service.GradeDecision{Resident: "r00000", Grade: "red", Reason: "x"}, service.CodeNo},
		"nobody":         {service.GradeDecision{Resident: "nobody", Grade: "blue", Reason: "x"}, service.CodeForbidden},
		"not suggested":  {service.GradeDecision{Resident: "r00000", Grade: "blue", Suggestion: 77, Reason: "x"}, service.CodeNo},
		"a whole novel":  {service.GradeDecision{Resident: "r00000", Grade: "blue", Reason: strings.Repeat("长", 501)}, service.CodeInvalid},
	} {
		if _, err := s.Regrade(me, ladderDistrict, c.q); service.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	lower.Reason = "lives with her son now"
	c, err := s.Regrade(me, ladderDistrict, lower)
	if err != nil || !c.Flagged || c.Entered || c.Was != "red" || c.Day != planner.NewDate(2026, 12, 2) {
		t.Fatalf("decided: %+v (%v)", c, err)
	}
	enter()
	if got := b.stopsOf("r00000"); len(got) > 0 {
		t.Errorf("a blue resident, seen on Monday, is still to be visited on %v", got)
	}
	if got := b.stopsOf("r00001"); !slices.Equal(got, others) {
		t.Errorf("somebody else's visits have moved: %v, before %v", got, others)
	}

	// On Thursday it is known that she has left hospital: red is suggested, and a human
	// says no, then yes.
	b.at(3, 7, 0)
	if err := s.NoteFact(me, ladderDistrict, "r00000", "nothing_of_the_sort", planner.NewDate(2026, 12, 3)); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("a fact that the rules do not know: %v", err)
	}
	if err := s.NoteFact(me, ladderDistrict, "r00000", "discharged", planner.NewDate(2026, 12, 4)); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("a fact of tomorrow: %v", err)
	}
	if err := s.NoteFact(me, ladderDistrict, "r00000", "discharged", planner.NewDate(2026, 12, 2)); err != nil {
		t.Fatal(err)
	}
	list := suggest()
	if len(list) != 1 || list[0].Resident != "r00000" || list[0].Grade != "red" || list[0].Lower || !slices.Equal(list[0].Codes(), []string{"discharged"}) || list[0].Grid != ladderGrid {
		t.Fatalf("suggested: %+v", list)
	}
	keep := service.GradeDecision{Resident: "r00000", Grade: "blue", Suggestion: list[0].ID}
	if _, err := s.Regrade(me, ladderDistrict, keep); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("not followed without a word: %v", err)
	}
	keep.Reason = "her son is a nurse"
	if _, err := s.Regrade(me, ladderDistrict, keep); err != nil {
		t.Fatal(err)
	}
	b.at(3, 8, 0)
	if list := suggest(); len(list) > 0 {
		t.Errorf("it is suggested again an hour later: %+v", list)
	}
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error { // an emergency is something new
		return tx.OpenCases(ladderDistrict, []data.Case{{
			ID: "k00000000000000aa", Kind: "emergency", Source: "found", Resident: "r00000", Area: ladderMicro, Level: data.CaseGrid, Stage: data.CaseCall, Opened: b.now, Deadline: b.now.Add(time.Hour),
		}})
	}); err != nil {
		t.Fatal(err)
	}
	if list = suggest(); len(list) != 1 || !slices.Equal(list[0].Codes(), []string{"discharged", "emergency"}) {
		t.Fatalf("suggested: %+v", list)
	}
	c, err = s.Regrade(me, ladderDistrict, service.GradeDecision{Resident: "r00000", Grade: "red", Suggestion: list[0].ID})
	if err != nil || c.Flagged {
		t.Fatalf("followed without a word: %+v (%v)", c, err)
	}
	if list := suggest(); len(list) > 0 {
		t.Errorf("it is suggested what was decided: %+v", list)
	}
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error { // the others were seen as planned
		return tx.PutVisits(ladderDistrict, []data.Visit{
			{Resident: "r00001", Date: planner.NewDate(2026, 12, 2), Done: true, Visitor: "v0", Grid: ladderGrid},
			{Resident: "r00002", Date: planner.NewDate(2026, 12, 2), Done: true, Visitor: "v0", Grid: ladderGrid},
		})
	}); err != nil {
		t.Fatal(err)
	}
	enter()
	got := b.stopsOf("r00000")
	if len(got) == 0 || !strings.HasSuffix(got[0], "due 04") {
		t.Errorf("red from Thursday on she is to be seen by Friday: %v", got)
	}
	// Whoever goes there is told that it is new, and not which grade it is.
	why := map[string]string{}
	for _, w := range []string{"v0", "v1", "v2", "v3"} {
		for day := planner.NewDate(2026, 12, 3); day <= planner.NewDate(2026, 12, 4); day++ {
			v, err := s.VisitDay(me, ladderDistrict, w, day)
			if err != nil {
				continue // there is no such visitor
			}
			for i := range v.Stops {
				why[v.Stops[i].Resident] = v.Stops[i].Why
			}
		}
	}
	if why["r00000"] != "newly_listed" || why["r00001"] == "newly_listed" || len(why) < 2 {
		t.Errorf("why they are visited: %v", why)
	}

	// The history has all of it, and an appeal is answered by somebody else.
	n, err := s.Appeal(me, ladderDistrict, "r00000", "resident", "I am well")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DecideAppeal(me, ladderDistrict, "r00000", n, "perhaps", "x"); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("an outcome that there is not: %v", err)
	}
	other := service.Everyone(ladderDistrict)
	other.Account = "a0000000000000009"
	if err := s.DecideAppeal(service.WithViewer(context.WithoutCancel(t.Context()), other), ladderDistrict, "r00000", n, "stays", "two weeks more"); err != nil {
		t.Fatal(err)
	}
	if err := s.DecideAppeal(me, ladderDistrict, "r00000", n, "stays", "again"); service.CodeOf(err) != service.CodeNo {
		t.Errorf("answered twice: %v", err)
	}
	h, err := s.GradeHistory(me, ladderDistrict, "r00000")
	if err != nil || h.Grade != "red" || len(h.Changes) != 3 || len(h.Appeals) != 1 || len(h.Noted) != 1 {
		t.Fatalf("the history: %+v (%v)", h, err)
	}
	if h.Changes[1].Reason.Reveal() != "her son is a nurse" || h.Changes[1].Was != "blue" || h.Changes[1].Grade != "blue" || h.Appeals[0].DecidedBy != other.Account {
		t.Errorf("the history: %+v", h)
	}
	flagged, _, err := s.GradeChanges(me, ladderDistrict, "", true)
	if err != nil || len(flagged) != 1 || flagged[0].N != 1 {
		t.Errorf("flagged: %+v (%v)", flagged, err)
	}
}

func TestWhoeverDecidedDoesNotAnswerWhatIsSaidAgainstIt(t *testing.T) {
	b := newLadderBed(t, 1)
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutPolicies(ladderDistrict, []data.Policy{{ID: "blue", Grade: "blue", PerMonth: 1}})
	}); err != nil {
		t.Fatal(err)
	}
	s := b.programOn(b.owner)
	as := func(account string) context.Context {
		v := service.Everyone(ladderDistrict)
		v.Account = account
		return service.WithViewer(t.Context(), v)
	}
	_, err := s.Regrade(as("a1"), ladderDistrict, service.GradeDecision{Resident: "r00000", Grade: "blue", Reason: "x"})
	n, err2 := s.Appeal(as("a1"), ladderDistrict, "r00000", "family", "no")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if err := s.DecideAppeal(as("a1"), ladderDistrict, "r00000", n, "stays", "yes"); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("the same: %v", err)
	}
	if err := s.DecideAppeal(as("a2"), ladderDistrict, "r00000", n+1, "stays", "yes"); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("one that there is not: %v", err)
	}
	if err := s.DecideAppeal(as("a2"), ladderDistrict, "r00000", n, "stays", "yes"); err != nil {
		t.Errorf("another: %v", err)
	}
	// The ladder of the day is by the new grade: nothing is due to a blue resident.
	b.at(2, 8, 0)
	b.goOn()
	if got := b.said(2); got != "" {
		t.Errorf("ladders of a blue resident: %s", got)
	}
}
