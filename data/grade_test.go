package data_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner/grading"
)

// gradeBed is the fixture with a leader in the grid of r1 (1), one elsewhere (2) and a
// task force that sees both (3).
type gradeBed struct {
	t              *testing.T
	owner, serving *data.Store
}

func newGradeBed(t *testing.T) *gradeBed {
	t.Helper()
	b := &gradeBed{t: t}
	b.owner, b.serving = datatest.NewServing(t)
	write(t, b.owner, newFixture().put)
	g := b.serving.Gate()
	for i, grant := range []data.Grant{
		{Role: data.RoleLeader, Area: code + "001001001"}, {Role: data.RoleLeader, Area: code + "001001002"}, {Role: data.RoleTaskForce, Area: code},
	} {
		if err := g.PutAccount(t.Context(), code, data.Account{ID: accountID(i + 1), Login: fmt.Sprint("who", i+1)}); err != nil {
			t.Fatal(err)
		}
		grant.Account, grant.GivenBy = accountID(i+1), "ops"
		if _, err := g.Give(t.Context(), code, grant); err != nil {
			t.Fatal(err)
		}
		sit(t, g, i+1, data.Token(fmt.Sprint("who", i+1)), func(v *data.Session) { v.Account = accountID(i + 1) })
	}
	return b
}

// as is one of them at the desk.
func (b *gradeBed) as(who int, f func(context.Context, *data.Desk) error) error {
	me := data.WithActor(b.t.Context(), data.Actor{Account: accountID(who), Session: sessionID(who)})
	return b.serving.AtDesk(me, data.Token(fmt.Sprint("who", who)), func(d *data.Desk) error { return f(me, d) })
}

// decide is a decision on r1.
func (b *gradeBed) decide(who int, c data.GradeChange) error {
	return b.as(who, func(ctx context.Context, d *data.Desk) error {
		_, err := d.Regrade(ctx, code, c)
		return err
	})
}

// imported writes r1 as a file does that has a grade, and says which one it has then
// and which one is held.
func (b *gradeBed) imported(grade string) string {
	b.t.Helper()
	all, err := b.owner.Residents(b.t.Context(), code)
	if err != nil {
		b.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(r data.Resident) bool { return r.ID == "r1" })
	all[i].Grade = grade
	write(b.t, b.owner, func(tx *data.Tx) error { return tx.PutResidents(code, all[i:i+1]) })
	return b.grade()
}

func (b *gradeBed) grade() (out string) {
	b.t.Helper()
	if err := b.owner.Pool().QueryRow(b.t.Context(), `SELECT grade || COALESCE(' for ' || grade_held, '') FROM resident WHERE district = $1 AND id = 'r1'`, code).Scan(&out); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func TestAGradeIsDecidedByWhoLeadsThereAndHoldsAgainstItsSource(t *testing.T) {
	b := newGradeBed(t)
	ctx := t.Context()
	down := data.GradeChange{Resident: "r1", Day: ladderDay, Was: "red", Grade: "yellow", At: ladderNoon, By: accountID(1), Flagged: true, Reason: "well again"}
	by := func(who int, c data.GradeChange) data.GradeChange {
		c.By = accountID(who)
		return c
	}
	if err := b.decide(2, by(2, down)); err == nil {
		t.Error("somebody else's leader decides on r1")
	}
	if err := b.decide(3, by(3, down)); err == nil {
		t.Error("a task force decides on a grade")
	}
	if err := b.decide(1, by(2, down)); err == nil {
		t.Error("a leader decides in somebody else's name")
	}
	if got := b.grade(); got != "red" {
		t.Fatalf("what nobody may decide was decided: %s", got)
	}
	before, err := b.serving.DataVersion(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.decide(1, down); err != nil {
		t.Fatal(err)
	}
	if after, err := b.serving.DataVersion(ctx, code); err != nil || after <= before {
		t.Errorf("the pages do not learn of it: version %d, then %d (%v)", before, after, err)
	}
	if err := b.decide(1, down); !errors.Is(err, data.ErrGradeChanged) {
		t.Errorf("decided on a grade that is another by now: %v", err)
	}
	for _, step := range []struct{ file, want string }{
		{"red", "yellow for red"}, // the source is slow to learn
		{"red", "yellow for red"}, // however often it is imported
		{"yellow", "yellow"},      // it has learned
		{"red", "red"},            // from now on it is believed
		{"blue", "blue"}, {"blue", "blue"},
	} {
		if got := b.imported(step.file); got != step.want {
			t.Errorf("a file with %s leaves %s, want %s", step.file, got, step.want)
		}
	}
	if err := b.decide(1, data.GradeChange{Resident: "r1", Day: ladderDay, Was: "blue", Grade: "red", At: ladderNoon, By: accountID(1)}); err != nil {
		t.Fatal(err)
	}
	if got := b.imported("yellow"); got != "yellow" {
		t.Errorf("a source that says a third grade is not believed: %s", got)
	}
	list, err := b.serving.GradeChanges(ctx, code, data.GradeFilter{Area: code + "001001001"})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, c := range slices.Backward(list) {
		said = append(said, fmt.Sprintf("%d %s %s %t %t %t", c.N, c.Was, c.Grade, c.Decided, c.Flagged, c.Entered))
	}
	slices.Sort(said)
	if diff := cmp.Diff([]string{
		"1 red yellow true true false", "2 yellow red false false true", "3 red blue false false true", "4 blue red true false false",
		"5 red yellow false false true",
	},
		said); diff != "" {
		t.Errorf("the history: %s", diff)
	}
	if flagged, err := b.serving.GradeChanges(ctx, code, data.GradeFilter{Flagged: true}); err != nil || len(flagged) != 1 || flagged[0].N != 1 || flagged[0].Reason != "" {
		t.Errorf("flagged: %+v (%v)", flagged, err)
	}
	if _, err := b.serving.Pool().Exec(ctx, `SELECT reason FROM grade_change`); err == nil {
		t.Error("the engine reads why")
	}
	for who, told := range map[int]bool{1: true, 2: false} {
		err := b.as(who, func(ctx context.Context, d *data.Desk) error {
			h, err := d.GradeHistory(ctx, code, "r1")
			if err == nil && (h.Grade != "yellow" || len(h.Changes) != 5 || h.Changes[4].Reason.Reveal() != "well again") {
				t.Errorf("the history is %+v", h)
			}
			return err
		})
		if told != (err == nil) || !told && !errors.Is(err, data.ErrNotFound) {
			t.Errorf("leader %d: %v", who, err)
		}
	}
	waiting, err := b.serving.GradesToEnter(ctx, code)
	if err != nil || len(waiting) != 2 {
		t.Fatalf("to be entered: %+v (%v)", waiting, err)
	}
	write(t, b.serving, func(tx *data.Tx) error { return tx.GradesEntered(code, waiting[:1]) })
	if waiting, err = b.serving.GradesToEnter(ctx, code); err != nil || len(waiting) != 1 || waiting[0].N != 4 {
		t.Errorf("still to be entered: %+v (%v)", waiting, err)
	}
}

func TestWhatIsKnownAndSaidIsWrittenDownByWhoWorksThere(t *testing.T) {
	b := newGradeBed(t)
	fact := data.NotedFact{Resident: "r1", Code: "discharged", Day: ladderDay, At: ladderNoon}
	for who, may := range map[int]bool{1: true, 2: false, 3: true} {
		f := fact
		f.By = accountID(who)
		if err := b.as(who, func(ctx context.Context, d *data.Desk) error { return d.NoteFact(ctx, code, f) }); may != (err == nil) {
			t.Errorf("%d writes down a fact: %v", who, err)
		}
		if err := b.as(who, func(ctx context.Context, d *data.Desk) error {
			_, err := d.Appeal(ctx, code, data.GradeAppeal{Resident: "r1", Who: "family", Said: "she is alone at night", At: ladderNoon, By: accountID(who)})
			return err
		}); may != (err == nil) {
			t.Errorf("%d writes down an appeal: %v", who, err)
		}
	}
	if list, err := b.serving.NotedFacts(t.Context(), code); err != nil || len(list) != 1 || list[0].Code != "discharged" {
		t.Errorf("one of a sort: %+v (%v)", list, err)
	}
	answer := data.GradeAppeal{Resident: "r1", N: 1, Outcome: "stays", Decided: ladderNoon, Answer: "we looked"}
	for _, c := range []struct {
		who int
		ok  bool
	}{{3, false}, {2, false}, {1, true}, {1, false}} {
		a := answer
		a.DecidedBy = accountID(c.who)
		if err := b.as(c.who, func(ctx context.Context, d *data.Desk) error { return d.DecideAppeal(ctx, code, a) }); c.ok != (err == nil) {
			t.Errorf("%d answers: %v", c.who, err)
		}
	}
	if err := b.as(1, func(ctx context.Context, d *data.Desk) error {
		h, err := d.GradeHistory(ctx, code, "r1")
		if err != nil {
			return err
		}
		if len(h.Appeals) != 2 || h.Appeals[1].Said.Reveal() != "she is alone at night" || h.Appeals[1].Answer.Reveal() != "we looked" || h.Appeals[0].Outcome != "" || len(h.Noted) != 1 {
			t.Errorf("the history is %+v", h)
		}
		return d.DropFact(ctx, code, "r1", "discharged")
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.as(1, func(ctx context.Context, d *data.Desk) error { return d.DropFact(ctx, code, "r1", "discharged") }); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("taken back twice: %v", err)
	}
	if _, err := b.serving.Pool().Exec(t.Context(), `SELECT said FROM grade_appeal`); err == nil {
		t.Error("the engine reads what was said")
	}
	// An erasure takes the words and the facts.
	if err := b.decide(1, data.GradeChange{Resident: "r1", Day: ladderDay, Was: "red", Grade: "blue", At: ladderNoon, By: accountID(1), Reason: "moved in with her son"}); err != nil {
		t.Fatal(err)
	}
	asked(t, b.owner, data.RightsRequest{ID: "q00000000000000cc", Resident: "r1", Kind: data.RequestErasure})
	runLife(t, b.owner, day(today))
	for _, sql := range []string{
		`SELECT count(*) FROM grade_change WHERE resident = 'r1' AND reason IS NOT NULL`, `SELECT count(*) FROM grade_appeal WHERE resident = 'r1' AND num_nonnulls(said, answer) > 0`,
		`SELECT count(*) FROM resident_fact WHERE resident = 'r1'`,
	} {
		if n := count(t, b.owner, sql); n != 0 {
			t.Errorf("%s: %d", sql, n)
		}
	}
}

func TestWhatIsSuggestedIsBroughtUpToTheFacts(t *testing.T) {
	b := newGradeBed(t)
	ctx := t.Context()
	put := func(minute int, list ...data.GradeSuggestion) (fresh int) {
		t.Helper()
		write(t, b.serving, func(tx *data.Tx) (err error) {
			fresh, err = tx.PutGradeSuggestions(code, ladderNoon.Add(time.Duration(minute)*time.Minute), list)
			return err
		})
		return fresh
	}
	of := func(resident, was, grade string, reasons ...string) data.GradeSuggestion {
		g := data.GradeSuggestion{Resident: resident, Was: was, Suggestion: grading.Suggestion{Grade: grade, Reasons: []grading.Reason{}}}
		for _, r := range reasons {
			g.Reasons = append(g.Reasons, grading.Reason{Code: r})
		}
		return g
	}
	open := func() (out []string) {
		t.Helper()
		list, err := b.serving.GradeSuggestions(ctx, code, data.SuggestionFilter{Open: true})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			out = append(out, fmt.Sprint(list[i].Resident, " ", list[i].Grade, list[i].Codes(), list[i].Made.Sub(ladderNoon).Minutes()))
		}
		return out
	}
	steps := []struct {
		name  string
		list  []data.GradeSuggestion
		fresh int
		want  []string
	}{
		{"one is new; of the other the grade is another by now", []data.GradeSuggestion{of("r1", "red", "yellow", "over"), of("r2", "yellow", "red", "discharged")}, 1, []string{"r1 yellow[over] 0"}},
		{"the same again, and another", []data.GradeSuggestion{of("r1", "red", "yellow", "over"), of("r2", "blue", "red", "discharged")}, 1, []string{"r1 yellow[over] 0", "r2 red[discharged] 1"}},
		{"another reason", []data.GradeSuggestion{of("r1", "red", "yellow", "over"), of("r2", "blue", "red", "discharged", "unanswered")}, 0, []string{"r1 yellow[over] 0", "r2 red[discharged unanswered] 1"}},
		{"another grade, and one is over", []data.GradeSuggestion{of("r2", "blue", "yellow", "gas")}, 1, []string{"r2 yellow[gas] 3"}},
		{"all are over", nil, 0, nil},
	}
	for i, step := range steps {
		if n := put(i, step.list...); n != step.fresh {
			t.Errorf("%s: %d are new, want %d", step.name, n, step.fresh)
		}
		got := open()
		slices.Sort(got)
		if !slices.Equal(got, step.want) {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
	}
	// One that was kept is told with its reasons to whoever makes suggestions.
	put(10, of("r1", "red", "yellow", "over"))
	list, err := b.serving.GradeSuggestions(ctx, code, data.SuggestionFilter{Open: true})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v (%v)", list, err)
	}
	if err := b.decide(1, data.GradeChange{Resident: "r1", Day: ladderDay, Was: "red", Grade: "red", At: ladderNoon.Add(11 * time.Minute), By: accountID(1), Suggestion: list[0].ID, Reason: "not yet"}); err != nil {
		t.Fatal(err)
	}
	kept, err := b.serving.SuggestionsKept(ctx, code)
	if g := kept[list[0].ID]; err != nil || len(kept) != 1 || g.Grade != "yellow" || !slices.Equal(g.Codes(), []string{"over"}) {
		t.Errorf("kept: %+v (%v)", kept, err)
	}
	if n := put(10, of("r1", "red", "yellow", "over")); n != 0 || len(open()) != 0 {
		t.Error("by facts from before the decision it is suggested again")
	}
	if b.grade() != "red" {
		t.Error("what was kept is another grade")
	}
}
