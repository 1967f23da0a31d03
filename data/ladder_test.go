package data_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
	"sanse/planner/ladder"
)

// ladderDay is the day of the ladders of these tests, and ladderNoon an instant of it.
var (
	ladderDay  = planner.NewDate(2026, 12, 2)
	ladderNoon = time.Date(2026, 12, 2, 4, 0, 0, 0, time.UTC)
)

// newLadders opens ladders of r1 and r2 of the fixture as the roles that serve.
func newLadders(t *testing.T) (owner, serving *data.Store) {
	t.Helper()
	owner, serving = datatest.NewServing(t)
	write(t, owner, newFixture().put)
	write(t, serving, func(tx *data.Tx) error { return tx.PutLadderRule(code, "a1", ladder.Reference(day("2026-01-01"))) })
	openLadders(t, serving, ladderNoon, data.Ladder{Resident: "r1", First: day("2026-12-01"), Visitor: "v1"}, data.Ladder{Resident: "r2", First: ladderDay})
	return owner, serving
}

func openLadders(t *testing.T, s *data.Store, next time.Time, list ...data.Ladder) (n int) {
	t.Helper()
	write(t, s, func(tx *data.Tx) (err error) {
		n, err = tx.OpenLadders(code, ladderDay, day("2026-01-01"), ladderNoon, next, list)
		return err
	})
	return n
}

func ladders(t *testing.T, s *data.Store, f data.LadderFilter) []data.Ladder {
	t.Helper()
	list, err := s.Ladders(t.Context(), code, f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// cover takes the first events of all ladders that are due.
func cover(t *testing.T, s *data.Store, now, next time.Time) (claimed []data.DueLadder) {
	t.Helper()
	write(t, s, func(tx *data.Tx) error {
		var err error
		if claimed, err = tx.ClaimLadders(code, now, 10); err != nil {
			return err
		}
		var moves []data.LadderMove
		var steps []data.LadderStep
		for _, l := range claimed {
			moves = append(moves, data.LadderMove{ID: l.ID, Taken: l.Taken + 2, Next: next, Holding: true, Tier: planner.TierGrid, Holder: "v2", Deadline: next})
			steps = append(steps, data.LadderStep{Ladder: l.ID, N: l.Taken, Kind: ladder.Remind, Holder: l.Visitor, Due: now, Taken: now},
				data.LadderStep{Ladder: l.ID, N: l.Taken + 1, Kind: ladder.Cover, Tier: planner.TierMicroGrid, Holder: "v2", Due: now, Deadline: next, Taken: now})
		}
		return tx.MoveLadders(code, now, moves, steps)
	})
	return claimed
}

func TestALadderGoesOnAsTheEngine(t *testing.T) {
	_, s := newLadders(t)
	ctx := t.Context()
	if n := openLadders(t, s, ladderNoon, data.Ladder{Resident: "r1", First: ladderDay}); n != 0 {
		t.Errorf("opened again: %d", n)
	}
	if last, err := s.LastLadderDay(ctx, code); err != nil || last != ladderDay {
		t.Errorf("the last day is %v (%v)", last, err)
	}
	early := cover(t, s, ladderNoon.Add(-time.Minute), ladderNoon)
	if len(early) != 0 {
		t.Fatalf("%d ladders are claimed before they are due", len(early))
	}
	later := ladderNoon.Add(2 * time.Hour)
	claimed := cover(t, s, ladderNoon, later)
	if len(claimed) != 2 || claimed[0].Resident != "r1" || claimed[0].Visitor != "v1" || claimed[0].MicroGrid == "" || claimed[0].DueBy != ladderDay || claimed[0].Met || claimed[0].Away {
		t.Fatalf("claimed %+v", claimed)
	}
	if again := cover(t, s, ladderNoon, later); len(again) != 0 {
		t.Errorf("%d ladders are claimed a second time", len(again))
	}
	list := ladders(t, s, data.LadderFilter{Open: true, Held: true, Day: ladderDay})
	if len(list) != 2 || list[0].Holder != "v2" || list[0].Tier != planner.TierGrid || !list[0].Next.Equal(later) || !list[0].Deadline.Equal(later) || list[0].Taken != 2 {
		t.Fatalf("the ladders are %+v", list)
	}
	steps, err := s.LadderSteps(ctx, code, []int64{list[0].ID})
	if err != nil || len(steps) != 2 || steps[0].Kind != ladder.Remind || steps[0].Holder != "v1" || steps[1].Tier != planner.TierMicroGrid {
		t.Errorf("the steps are %+v (%v)", steps, err)
	}
	second := cover(t, s, later, later.Add(time.Hour))
	if len(second) != 2 || !slices.Equal(second[0].Held, []string{"v1", "v2"}) {
		t.Errorf("who had it before: %+v", second)
	}
	if waiting, err := s.LaddersToEnter(ctx, code); err != nil || len(waiting) != 2 {
		t.Fatalf("%v are to be entered (%v)", waiting, err)
	}
	write(t, s, func(tx *data.Tx) error {
		return tx.LaddersEntered(code, map[int64]string{list[0].ID: "v2", list[1].ID: "v1"})
	})
	if waiting, err := s.LaddersToEnter(ctx, code); err != nil || !slices.Equal(waiting, []int64{list[1].ID}) {
		t.Errorf("%v are to be entered (%v): of the other the holder is another by now", waiting, err)
	}
}

func TestNoEventOfALadderIsWrittenTwiceOrLeftOut(t *testing.T) {
	_, s := newLadders(t)
	id := ladders(t, s, data.LadderFilter{})[0].ID
	step := func(n int) data.LadderStep {
		return data.LadderStep{Ladder: id, N: n, Kind: ladder.Remind, Due: ladderNoon, Taken: ladderNoon}
	}
	move := func(taken int, steps ...data.LadderStep) error {
		return s.Write(t.Context(), func(tx *data.Tx) error {
			return tx.MoveLadders(code, ladderNoon, []data.LadderMove{{ID: id, Taken: taken, Next: ladderNoon}}, steps)
		})
	}
	if err := move(1, step(0)); err != nil {
		t.Fatal(err)
	}
	if err := move(1, step(0)); err == nil {
		t.Error("an event is written twice")
	}
	if err := move(3, step(2)); err == nil {
		t.Error("an event is left out")
	}
	if l := ladders(t, s, data.LadderFilter{})[0]; l.Taken != 1 {
		t.Errorf("%d events were taken", l.Taken)
	}
}

func TestAVisitEndsALadderAndTakesALapseBack(t *testing.T) {
	owner, s := newLadders(t)
	visit := func(resident string, on planner.Date, done bool) {
		t.Helper()
		write(t, owner, func(tx *data.Tx) error {
			return tx.PutVisits(code, []data.Visit{{Resident: resident, Date: on, Done: done, Visitor: "v2", Grid: code + "001001001"}})
		})
	}
	how := func() (ends []string) {
		for _, l := range ladders(t, s, data.LadderFilter{}) {
			ends = append(ends, string(l.How))
		}
		return ends
	}
	visit("r1", ladderDay, false)
	visit("r1", ladderDay+1, true)
	visit("r2", ladderDay-1, true) // before its window
	if got := how(); !slices.Equal(got, []string{"", ""}) {
		t.Fatalf("ended %q by a visit that was missed, came late, or came before", got)
	}
	visit("r1", ladderDay-1, true)
	if got := how(); !slices.Equal(got, []string{"visit", ""}) {
		t.Fatalf("ended %q after a visit in the window of r1", got)
	}
	write(t, s, func(tx *data.Tx) error {
		due, err := tx.ClaimLadders(code, ladderNoon, 10)
		if err != nil || len(due) != 1 || due[0].Resident != "r2" {
			return fmt.Errorf("claimed %+v: %w", due, err)
		}
		return tx.MoveLadders(code, ladderNoon, []data.LadderMove{{ID: due[0].ID, Taken: 1, End: data.LadderLapsed}},
			[]data.LadderStep{{Ladder: due[0].ID, Kind: ladder.Lapse, Due: ladderNoon, Taken: ladderNoon}})
	})
	if got := how(); !slices.Equal(got, []string{"visit", "lapsed"}) {
		t.Fatalf("ended %q", got)
	}
	visit("r2", ladderDay, true) // known later
	if got := how(); !slices.Equal(got, []string{"visit", "visit"}) {
		t.Errorf("ended %q: a visit that comes to be known later takes the lapse back", got)
	}
	if n := openLadders(t, s, ladderNoon, data.Ladder{Resident: "r1", First: ladderDay}, data.Ladder{Resident: "r2", First: ladderDay}); n != 0 {
		t.Errorf("%d ladders are opened although somebody came", n)
	}
}

// Whoever claims at the same time gets others, and what a process that dies had
// claimed is free again.
func TestTwoWhoClaimAtOnceGetOtherLadders(t *testing.T) {
	_, s := newLadders(t)
	ctx := t.Context()
	crash := errors.New("a crash")
	err := s.Write(ctx, func(tx *data.Tx) error {
		mine, err := tx.ClaimLadders(code, ladderNoon, 1)
		if err != nil {
			return err
		}
		var theirs []data.DueLadder
		var other sync.WaitGroup
		other.Go(func() {
			err = s.Write(ctx, func(tx *data.Tx) (err error) {
				theirs, err = tx.ClaimLadders(code, ladderNoon, 10)
				return err
			})
		})
		other.Wait()
		if err != nil {
			return err
		}
		if len(mine) != 1 || len(theirs) != 1 || mine[0].ID == theirs[0].ID {
			return fmt.Errorf("one claimed %+v, the other %+v", mine, theirs)
		}
		if err := tx.MoveLadders(code, ladderNoon, []data.LadderMove{{ID: mine[0].ID, Taken: 1, Next: ladderNoon}}, []data.LadderStep{{Ladder: mine[0].ID, Due: ladderNoon, Taken: ladderNoon}}); err != nil {
			return err
		}
		return crash
	})
	if !errors.Is(err, crash) {
		t.Fatal(err)
	}
	if free := cover(t, s, ladderNoon, ladderNoon.Add(time.Hour)); len(free) != 2 || free[0].Taken != 0 {
		t.Errorf("after a crash %+v are claimed", free)
	}
}

func TestWhoSeesAResidentClosesTheirLadderForAReason(t *testing.T) {
	owner, s := newLadders(t)
	g := s.Gate()
	for i, area := range []string{code + "001001001", code + "001001002"} {
		if err := g.PutAccount(t.Context(), code, data.Account{ID: accountID(i + 1), Login: fmt.Sprint("leader", i)}); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Give(t.Context(), code, data.Grant{Account: accountID(i + 1), Role: data.RoleLeader, Area: area, GivenBy: "ops"}); err != nil {
			t.Fatal(err)
		}
		sit(t, g, i+1, data.Token(fmt.Sprint("leader", i)), func(v *data.Session) { v.Account = accountID(i + 1) })
	}
	id := ladders(t, s, data.LadderFilter{})[0].ID // of r1, who lives in the first grid
	end := func(who int) error {
		me := data.WithActor(t.Context(), data.Actor{Account: accountID(who + 1), Session: sessionID(who + 1)})
		return s.AtDesk(me, data.Token(fmt.Sprint("leader", who)), func(d *data.Desk) error {
			return d.CloseLadder(me, code, id, data.LadderHospital, accountID(who+1), "in hospital since Monday")
		})
	}
	if err := end(1); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("somebody else's leader closes it: %v", err)
	}
	if err := end(0); err != nil {
		t.Fatal(err)
	}
	if err := end(0); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("it is closed twice: %v", err)
	}
	l := ladders(t, s, data.LadderFilter{})[0]
	if l.How != data.LadderHospital || l.ClosedBy != accountID(1) || !l.Next.IsZero() {
		t.Errorf("it is %+v", l)
	}
	if due := cover(t, s, ladderNoon, ladderNoon.Add(time.Hour)); len(due) != 1 || due[0].Resident != "r2" {
		t.Errorf("after that %+v are due", due)
	}
	if _, err := s.Pool().Exec(t.Context(), `SELECT reason FROM ladder`); err == nil {
		t.Error("the engine reads the reason")
	}
	rows, err := owner.Events(t.Context(), code, data.EventFilter{Object: "ladder"})
	if err != nil || len(rows) != 1 || !slices.Equal(rows[0].IDs, []string{"r1"}) || rows[0].Detail["how"] != "hospital" {
		t.Errorf("the audit has %+v (%v)", rows, err)
	}
}

func TestLadderRulesAreDated(t *testing.T) {
	_, s := newLadders(t)
	later := ladder.Reference(day("2026-06-01"))
	later.Steps = later.Steps[:2]
	write(t, s, func(tx *data.Tx) error { return tx.PutLadderRule(code, "a1", later) })
	later.Remind = 9 * 60
	write(t, s, func(tx *data.Tx) error { return tx.PutLadderRule(code, "a1", later) })
	got, err := s.LadderRules(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]ladder.Rule{ladder.Reference(day("2026-01-01")), later}, got); diff != "" {
		t.Error(diff)
	}
}
