package data_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"sanse/data"
	"sanse/planner/ladder"
)

// A lapse becomes a case as the engine, a leader works on it at the desk, and nobody
// else sees it.
func TestACaseIsWorkedOnByWhoSeesWhomItIsAbout(t *testing.T) {
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
	const lapse, found = "k0000000000000001", "k0000000000000002"
	write(t, s, func(tx *data.Tx) error {
		due, err := tx.ClaimLadders(code, ladderNoon, 1)
		if err != nil {
			return err
		}
		l := due[0] // of r1
		if err := tx.MoveLadders(code, ladderNoon, []data.LadderMove{{ID: l.ID, Taken: 1, End: data.LadderLapsed}}, []data.LadderStep{{Ladder: l.ID, Kind: ladder.Lapse, Due: ladderNoon, Taken: ladderNoon}}); err != nil {
			return err
		}
		return tx.OpenCases(code, []data.Case{{
			ID: lapse, Kind: "missed", Source: "missed", Resident: l.Resident, Area: l.Grid, Ladder: l.ID, Level: data.CaseTaskForce, Stage: data.CaseCall,
			Opened: ladderNoon, Deadline: ladderNoon.Add(time.Hour),
		}})
	})
	desk := func(who int, f func(context.Context, *data.Desk) error) error {
		me := data.WithActor(t.Context(), data.Actor{Account: accountID(who + 1), Session: sessionID(who + 1)})
		return s.AtDesk(me, data.Token(fmt.Sprint("leader", who)), func(d *data.Desk) error { return f(me, d) })
	}
	mine := data.Case{ID: found, Kind: "general", Source: "found", Resident: "r1", Area: code + "001001001", Level: data.CaseGrid, Stage: data.CaseCall, Opened: ladderNoon, OpenedBy: accountID(1), Deadline: ladderNoon.Add(2 * time.Hour)}
	if err := desk(1, func(ctx context.Context, d *data.Desk) error { return d.OpenCase(ctx, code, mine, "the tap drips") }); err == nil {
		t.Error("somebody else's leader opens a case of r1")
	}
	if err := desk(0, func(ctx context.Context, d *data.Desk) error { return d.OpenCase(ctx, code, mine, "the tap drips") }); err != nil {
		t.Fatal(err)
	}
	move := func(who int, n int, stage data.CaseStage) error {
		c := mine
		c.N, c.Stage, c.Deadline = n, stage, ladderNoon.Add(3*time.Hour)
		return desk(who, func(ctx context.Context, d *data.Desk) error {
			return d.MoveCase(ctx, code, c, ladderNoon, accountID(who+1), "mended")
		})
	}
	if err := move(1, 1, data.CaseHandling); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("somebody else's leader goes on with it: %v", err)
	}
	if err := move(0, 1, data.CaseHandling); err != nil {
		t.Fatal(err)
	}
	if err := move(0, 1, data.CaseFeedback); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("who saw an older state goes on with it: %v", err)
	}
	if err := desk(0, func(ctx context.Context, d *data.Desk) error {
		c, steps, err := d.Case(ctx, code, found)
		if err != nil {
			return err
		}
		if c.Stage != data.CaseHandling || c.N != 2 || len(steps) != 2 || steps[0].Text.Reveal() != "the tap drips" || steps[1].Text.Reveal() != "mended" || steps[1].By != accountID(1) {
			t.Errorf("it is %+v, with %d steps", c, len(steps))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(t.Context(), `SELECT FROM incident_text`); err == nil {
		t.Error("the engine reads what was written")
	}
	// The visit that comes to be known later ends the case of the lapse alone.
	write(t, owner, func(tx *data.Tx) error {
		return tx.PutVisits(code, []data.Visit{{Resident: "r1", Date: ladderDay, Done: true, Visitor: "v1", Grid: code + "001001001"}})
	})
	all, err := s.Cases(t.Context(), code, data.CaseFilter{})
	if err != nil || len(all) != 2 || all[0].ID != found || all[1].ID != lapse || all[1].Stage != data.CaseClosed || all[1].N != 2 || all[1].Closed.IsZero() {
		t.Errorf("the cases are %+v (%v)", all, err)
	}
}
