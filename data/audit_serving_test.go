package data_test

import (
	"testing"

	"sanse/data"
	"sanse/data/datatest"
)

func TestTheRolesThatServeRecordChainAndLetAuditorsVerify(t *testing.T) {
	owner, serving := datatest.NewServing(t)
	write(t, owner, newFixture().put)
	ctx, g := t.Context(), serving.Gate()
	if err := g.PutAccount(ctx, code, data.Account{ID: accountID(1), Login: "auditor"}); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Give(ctx, code, data.Grant{Account: accountID(1), Role: data.RoleAuditor, GivenBy: "ops"}); err != nil {
		t.Fatal(err)
	}
	sit(t, g, 1, "auditor", nil)
	if err := serving.Record(ctx, code, data.Event{Action: data.ActRead, Object: "resident", IDs: []string{"r1"}, Reason: "as it was"}); err != nil {
		t.Fatal(err)
	}
	if err := serving.Write(ctx, func(tx *data.Tx) error { return tx.Record(code, data.Event{Action: data.ActUpdate, Object: "draft"}) }); err != nil {
		t.Fatal(err)
	}
	chain(t, serving)
	if _, err := serving.VerifyAudit(ctx, code); err == nil {
		t.Error("the engine reads the audit")
	}
	me := data.WithActor(ctx, data.Actor{Account: accountID(1), Session: sessionID(1)})
	err := serving.AtDesk(me, "auditor", func(d *data.Desk) error {
		check, err := d.Reads().VerifyAudit(ctx, code)
		if err != nil {
			return err
		}
		if check.Broken != nil || check.Rows < 5 || check.Unlinked != 0 {
			t.Errorf("verifying finds %+v (%+v)", check, check.Broken)
		}
		rows, err := d.Reads().Events(ctx, code, data.EventFilter{Object: "resident"})
		if err != nil {
			return err
		}
		if len(rows) != 1 || rows[0].Reason.Reveal() != "as it was" {
			t.Errorf("%d rows, or without their reason", len(rows))
		}
		return d.Record(me, code, data.Event{Action: data.ActAuditing, Object: "audit"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := owner.Events(ctx, code, data.EventFilter{Action: data.ActAuditing}); err != nil || len(rows) != 1 {
		t.Errorf("%d rows of reading the audit (%v)", len(rows), err)
	}
}
