package data_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"sanse/data"
)

// The desk puts cases into the outbox that it shows, and nothing else; it reads
// nothing there.
func TestTheDeskTellsOfCasesInSightAlone(t *testing.T) {
	_, s := newLadders(t)
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
	c := data.Case{
		ID: "k0000000000000001", Kind: "general", Source: "found", Resident: "r1", Area: code + "001001001", Level: data.CaseGrid, Stage: data.CaseCall,
		Opened: ladderNoon, OpenedBy: accountID(1), Deadline: ladderNoon.Add(time.Hour),
	}
	tell := func(who int, change func(*data.Outgoing), open bool) error {
		o := data.Outgoing{Once: fmt.Sprint("case/", who), Kind: "case", Role: data.RoleLeader, Area: c.Area, Case: c.ID, From: ladderNoon, Until: ladderNoon.Add(time.Hour)}
		change(&o)
		me := data.WithActor(t.Context(), data.Actor{Account: accountID(who + 1), Session: sessionID(who + 1)})
		return s.AtDesk(me, data.Token(fmt.Sprint("leader", who)), func(d *data.Desk) error {
			if open {
				if err := d.OpenCase(me, code, c, "a tap drips"); err != nil {
					return err
				}
			}
			return d.Tell(me, code, []data.Outgoing{o})
		})
	}
	same := func(*data.Outgoing) {}
	if err := tell(0, same, true); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"of a case out of sight":         tell(1, same, false),
		"of what is no case":             tell(0, func(o *data.Outgoing) { o.Once, o.Kind = "x", "holder" }, false),
		"of a case that there is not":    tell(0, func(o *data.Outgoing) { o.Once, o.Case = "y", "k0000000000000009" }, false),
		"to a role that nobody tells":    tell(0, func(o *data.Outgoing) { o.Once, o.Role = "z", data.RoleAuditor }, false),
		"of a ladder, as the engine may": readsOutbox(t.Context(), s),
	} {
		if err == nil {
			t.Errorf("%s the desk tells", name)
		}
	}
	n, err := g.DeliverOutbox(t.Context(), code, ladderNoon, 10, func(list []data.PendingMessage) []data.NewMessage {
		if len(list) != 1 || len(list[0].To) != 1 || list[0].To[0].Account != accountID(1) {
			t.Errorf("to be told: %+v", list)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d were told (%v)", n, err)
	}
}

// readsOutbox has the desk read the outbox.
func readsOutbox(ctx context.Context, s *data.Store) error {
	_, err := keysAt(ctx, s, "leader0", `SELECT once FROM outbox`)
	return err
}
