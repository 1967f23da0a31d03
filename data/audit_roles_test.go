package data_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data"
	"sanse/data/datatest"
)

// as runs one statement as a role of the database, with a session's token, in a
// transaction that is taken back, and returns how many rows it gave or touched.
func as(t *testing.T, s *data.Store, role, token, sql string, args ...any) (int64, error) {
	t.Helper()
	tx, err := s.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	if _, err := tx.Exec(t.Context(), `SET LOCAL ROLE `+pgx.Identifier{role}.Sanitize()); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT set_config('sanse.session', $1, true)`, token); err != nil {
		t.Fatal(err)
	}
	tag, err := tx.Exec(t.Context(), sql, args...)
	return tag.RowsAffected(), err
}

func TestOnlyAuditorsReadTheAudit(t *testing.T) {
	s, g := openGate(t)
	ctx := t.Context()
	if err := g.PutAccount(ctx, code, data.Account{ID: accountID(2), Login: "auditor"}); err != nil {
		t.Fatal(err)
	}
	if err := g.PutAccount(ctx, code, data.Account{ID: accountID(3), Login: "was.auditor"}); err != nil {
		t.Fatal(err)
	}
	for _, v := range []data.Grant{
		{Account: accountID(1), Role: data.RolePlanner, Area: code},
		{Account: accountID(1), Role: data.RoleAdministrator},
		{Account: accountID(2), Role: data.RoleAuditor},
		{Account: accountID(3), Role: data.RoleAuditor},
	} {
		v.GivenBy = "ops"
		if _, err := g.Give(ctx, code, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.EndGrant(ctx, code, accountID(3), 1, "ops"); err != nil {
		t.Fatal(err)
	}
	sit(t, g, 1, "planner", nil)
	sit(t, g, 2, "auditor", func(v *data.Session) { v.Account = accountID(2) })
	sit(t, g, 3, "was-auditor", func(v *data.Session) { v.Account = accountID(3) })
	sit(t, g, 4, "half", func(v *data.Session) { v.Account, v.Stage = accountID(2), data.StageTOTP })
	sit(t, g, 5, "late", func(v *data.Session) { v.Account, v.ExpiresAt = accountID(2), time.Now().Add(-time.Minute) })
	if err := s.Record(ctx, code, data.Event{Action: data.ActBreak, Object: "resident", Reason: "because"}, data.Event{Action: data.ActRead, Object: "resident"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(ctx, "510198", data.Event{Action: data.ActRead, Object: "resident", Reason: "of another district"}); err != nil {
		t.Fatal(err)
	}
	chain(t, s)
	var own int64
	if err := s.Pool().QueryRow(ctx, `SELECT count(*) FROM audit WHERE district = $1`, code).Scan(&own); err != nil || own < 8 {
		t.Fatalf("%d rows, %v", own, err)
	}
	for _, c := range []struct {
		role, token string
		want        int64 // of audit; −1: not even asked
	}{
		{"sanse_desk", "auditor", own},
		{"sanse_desk", "planner", 0},
		{"sanse_desk", "was-auditor", 0},
		{"sanse_desk", "half", 0},
		{"sanse_desk", "late", 0},
		{"sanse_desk", "", 0},
		{"sanse_desk", "guess", 0},
		{"sanse_engine", "auditor", -1},
		{"sanse_gate", "auditor", -1},
	} {
		for _, table := range []string{"audit", "audit_reason", "audit_link"} {
			n, err := as(t, s, c.role, c.token, `SELECT * FROM `+table)
			switch {
			case c.want < 0 && (err == nil || !strings.Contains(err.Error(), "42501")):
				t.Errorf("%s reads %s: %d rows, %v", c.role, table, n, err)
			case c.want >= 0 && err != nil, c.want == 0 && n != 0, c.want > 0 && n == 0, table == "audit" && c.want > 0 && n != c.want:
				t.Errorf("%s with the session %q reads %d rows of %s (%v), want %d", c.role, c.token, n, table, err, c.want)
			}
		}
		for _, sql := range []string{
			`UPDATE audit SET account = ''`, `DELETE FROM audit`, `TRUNCATE audit`, `DELETE FROM audit_link`, `UPDATE audit_link SET rows = 1`, `UPDATE audit_reason SET id = 'x'`, `DELETE FROM audit_reason`,
			`INSERT INTO audit_link SELECT district, n + 1, kind, upto, rows, content, before, digest, seal, at FROM audit_link`,
			`ALTER TABLE audit DISABLE TRIGGER ALL`, `ALTER TABLE audit DISABLE ROW LEVEL SECURITY`, `DROP TABLE audit`, `DROP TRIGGER audit_stays ON audit`,
			`SELECT trust.audit_bytes(a) FROM audit a`, `SELECT setval('audit_id_seq', 1)`,
		} {
			if _, err := as(t, s, c.role, c.token, sql); err == nil {
				t.Errorf("%s with the session %q may %s", c.role, c.token, sql)
			}
		}
		if _, err := as(t, s, c.role, c.token, `SELECT * FROM trust.audit_mark($1)`, code); (err == nil) != (c.role == "sanse_gate") {
			t.Errorf("%s marks the audit: %v", c.role, err)
		}
	}
	if c := verified(t, s); c.Broken != nil {
		t.Errorf("%+v", c.Broken)
	}
}

func TestTheDeskRecordsInNobodysNameButTheSessions(t *testing.T) {
	s, g := openGate(t)
	sit(t, g, 1, "mine", nil)
	insert := `INSERT INTO audit (district, account, session, action, object, outcome) VALUES ($1, $2, $3, 'read', 'resident', 'ok')`
	for _, c := range []struct {
		name, role, token, district, account, session string
		want                                          bool
	}{
		{"in its own name", "sanse_desk", "mine", code, accountID(1), sessionID(1), true},
		{"in another's", "sanse_desk", "mine", code, accountID(2), sessionID(1), false},
		{"in nobody's", "sanse_desk", "mine", code, "", "", false},
		{"in another district's", "sanse_desk", "mine", "510198", accountID(1), sessionID(1), false},
		{"without a session", "sanse_desk", "", code, accountID(1), sessionID(1), false},
		{"the engine tells what it is told", "sanse_engine", "", code, accountID(1), sessionID(1), true},
		{"so does the gate", "sanse_gate", "", code, "", "", true},
	} {
		if _, err := as(t, s, c.role, c.token, insert, c.district, c.account, c.session); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNobodyWhoServesGivesARowItsIdOrItsTime(t *testing.T) {
	s, g := openGate(t)
	sit(t, g, 1, "mine", nil)
	if err := s.Record(t.Context(), code, data.Event{Action: data.ActRead, Object: "resident"}); err != nil {
		t.Fatal(err)
	}
	args := []any{code, accountID(1), sessionID(1)}
	for _, role := range []string{"sanse_engine", "sanse_desk", "sanse_gate"} {
		for what, sql := range map[string]string{
			"an id of its own": `INSERT INTO audit (district, id, account, session, action, object, outcome) OVERRIDING SYSTEM VALUE VALUES ($1, 9223372036854775807, $2, $3, 'read', 'x', 'ok')`,
			"a transaction":    `INSERT INTO audit (district, tx, account, session, action, object, outcome) VALUES ($1, '1', $2, $3, 'read', 'x', 'ok')`,
			"a day to come":    `INSERT INTO audit (district, at, account, session, action, object, outcome) VALUES ($1, now() + interval '1 year', $2, $3, 'read', 'x', 'ok')`,
			"a day long past":  `INSERT INTO audit (district, at, account, session, action, object, outcome) VALUES ($1, now() - interval '1 year', $2, $3, 'read', 'x', 'ok')`,
		} {
			if _, err := as(t, s, role, "mine", sql, args...); err == nil {
				t.Errorf("%s gives a row %s", role, what)
			}
		}
		if _, err := as(t, s, role, "mine", `INSERT INTO audit (district, account, session, action, object, outcome) VALUES ($1, $2, $3, 'read', 'x', 'ok')`, args...); err != nil {
			t.Errorf("%s adds no row: %v", role, err)
		}
	}
	if _, err := as(t, s, "sanse_gate", "", `SELECT trust.audit_append($1, 1, 9223372036854775807, 1, '', '', '', '', now())`, code); err == nil {
		t.Error("the gate appends a link that ends beyond the last row")
	}
}

func TestNoTableStandsInFrontOfTheAudit(t *testing.T) {
	s := datatest.New(t)
	if err := s.Migrate(t.Context()); err != nil { // a clone does not inherit what a database allows
		t.Fatal(err)
	}
	for role, want := range map[string]bool{"sanse_desk": false, "sanse_gate": false, "sanse_engine": true} {
		if _, err := as(t, s, role, "", `CREATE TEMP TABLE audit (district text)`); (err == nil) != want {
			t.Errorf("%s makes a table of its own: %v", role, err)
		}
	}
}

func TestWhatAConnectionWasLeftWithDoesNotSwallowATrace(t *testing.T) {
	owner, serving := datatest.NewServing(t) // its database still allows temporary tables
	write(t, owner, newFixture().put)
	g := serving.Gate()
	if err := g.PutAccount(t.Context(), code, data.Account{ID: accountID(1), Login: "li.na"}); err != nil {
		t.Fatal(err)
	}
	sit(t, g, 1, "mine", nil)
	ctx := data.WithActor(t.Context(), data.Actor{Account: accountID(1), Session: sessionID(1)})
	before, err := owner.Events(t.Context(), code, data.EventFilter{Action: data.ActRead})
	if err != nil {
		t.Fatal(err)
	}
	look := data.Event{Action: data.ActRead, Object: "resident", IDs: []string{"r1"}}
	err = serving.AtDesk(ctx, "mine", func(d *data.Desk) error {
		if err := data.SlipIn(ctx, d, `CREATE TEMP TABLE audit (LIKE public.audit INCLUDING DEFAULTS INCLUDING IDENTITY)`); err != nil {
			return err
		}
		if err := data.SlipIn(ctx, d, `SET search_path = pg_temp, public`); err != nil {
			return err
		}
		return d.Record(ctx, code, look)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := serving.AtDesk(ctx, "mine", func(d *data.Desk) error { return d.Record(ctx, code, look) }); err != nil {
		t.Fatal(err)
	}
	after, err := owner.Events(t.Context(), code, data.EventFilter{Action: data.ActRead})
	if err != nil || len(after) != len(before)+2 {
		t.Errorf("%d of 2 looks are recorded (%v)", len(after)-len(before), err)
	}
}

func TestWhoseSessionHasEndedIsToldSo(t *testing.T) {
	owner, serving := datatest.NewServing(t)
	write(t, owner, newFixture().put)
	ctx := data.WithActor(t.Context(), data.Actor{Account: accountID(1), Session: sessionID(1)})
	err := serving.AtDesk(ctx, "over", func(d *data.Desk) error {
		return d.Record(ctx, code, data.Event{Action: data.ActRead, Object: "resident"})
	})
	if !errors.Is(err, data.ErrNoSeat) {
		t.Errorf("a look without a session gives %v", err)
	}
}

func TestWhatChangesAtTheGateIsRecorded(t *testing.T) {
	s, g := openGate(t)
	ctx := data.WithActor(t.Context(), data.Actor{Account: accountID(7), Address: "10.9.8.0/24"})
	step := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	n, err := g.Give(ctx, code, data.Grant{Account: accountID(1), Role: data.RolePlanner, Area: code, GivenBy: accountID(7), Reason: "a name perhaps"})
	step("give", err)
	step("end", g.EndGrant(ctx, code, accountID(1), n, accountID(7)))
	sit(t, g, 1, "one", nil)
	step("stage", g.SetStage(ctx, code, sessionID(1), data.StagePIN, nil))
	_, err = g.SessionFailed(ctx, code, sessionID(1))
	step("pin", err)
	step("revoke", g.Revoke(ctx, code, sessionID(1)))
	_, err = g.RevokeAll(ctx, code, accountID(1))
	step("revoke all", err)
	_, err = g.Failed(ctx, code, accountID(1))
	step("fail", err)
	step("lock", g.Lock(ctx, code, accountID(1), time.Now().Add(time.Hour)))
	h, err := g.HandOver(ctx, code, data.Handover{Resident: "r1", Account: accountID(1), Kind: data.HandoverBreakGlass, To: time.Now().Add(time.Hour), GivenBy: accountID(1), Reason: "听见呼救"})
	step("hand over", err)
	step("end handover", g.EndHandover(ctx, code, "r1", h))
	if err := g.Revoke(ctx, code, sessionID(9)); err == nil {
		t.Error("a session that is not there is revoked")
	}
	got, err := s.Events(ctx, code, data.EventFilter{})
	step("read", err)
	var told []string
	for i := len(got) - 1; i >= 0; i-- {
		e := got[i]
		if e.Action == data.ActImport {
			continue // of the fixture
		}
		told = append(told, fmt.Sprint(e.Action, " ", e.Object, " ", e.IDs, " ", e.Outcome))
		if strings.Contains(fmt.Sprint(e.Detail), "perhaps") {
			t.Errorf("the reason of a grant is in the clear: %v", e.Detail)
		}
		if e.Action == data.ActBreak && e.Reason.Reveal() != "听见呼救" {
			t.Error("the reason of breaking the glass is lost")
		}
	}
	a, z := accountID(1), sessionID(1)
	want := []string{
		"update account [" + a + "] ok", "grant grant [" + a + "] ok", "end grant [" + a + "] ok", "sign_in session [" + z + "] ok", "stage session [" + z + "] ok",
		"sign_in session [" + z + "] failed", "revoke session [" + z + "] ok", "revoke account [" + a + "] ok", "sign_in account [" + a + "] failed", "sign_in account [" + a + "] refused",
		"break_glass handover [r1] ok", "end handover [r1] ok",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("the audit tells\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}
