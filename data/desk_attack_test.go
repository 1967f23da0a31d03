package data_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"sanse/data"
	"sanse/data/datatest"
)

// TestAnInjectedStatementGainsNothing runs what an attacker would who can have
// the desk run any SQL, in the session of a grid's leader.
func TestAnInjectedStatementGainsNothing(t *testing.T) {
	w := newDeskWorld(t)
	ctx := t.Context()
	account := w.account(t, "leader", "")
	if _, err := w.gate.Give(ctx, deskDistrict, data.Grant{Account: account, Role: data.RoleLeader, Area: deskGrid2, GivenBy: "ops"}); err != nil {
		t.Fatal(err)
	}
	if err := w.gate.OpenSession(ctx, deskDistrict, data.Token("mine").Hash(),
		data.Session{ID: sessionID(1), Account: account, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	own := []string{"r-" + deskGrid2}
	const look = `SELECT resident FROM resident_person`
	if got, err := keysAt(ctx, w.serving, "mine", look); err != nil || !slices.Equal(got, own) {
		t.Fatalf("the leader sees %v, %v", got, err)
	}

	// at runs statements one by one on a connection of its own as a role, with
	// the leader's session, and returns what the last one showed.
	at := func(t *testing.T, role string, statements ...string) (shown []string, err error) {
		t.Helper()
		conn, err := pgx.Connect(ctx, datatest.As(t, w.owner.Pool().Config().ConnString(), role))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		if _, err := conn.Exec(ctx, `SELECT set_config('sanse.session', 'mine', false)`); err != nil {
			t.Fatal(err)
		}
		for _, sql := range statements {
			rows, err := conn.Query(ctx, sql)
			if err != nil {
				return nil, err
			}
			shown = nil
			for rows.Next() {
				values, err := rows.Values()
				if err != nil {
					return nil, err
				}
				if len(values) > 0 {
					if text, ok := values[0].(string); ok {
						shown = append(shown, text)
					}
				}
			}
			rows.Close()
			if rows.Err() != nil {
				return nil, rows.Err()
			}
		}
		slices.Sort(shown)
		return shown, nil
	}

	t.Run("what is refused", func(t *testing.T) {
		for _, test := range []struct {
			role string
			sql  []string
		}{
			{"sanse_desk", []string{`SET ROLE postgres`}},
			{"sanse_desk", []string{`SET ROLE sanse_engine`}},
			{"sanse_desk", []string{`SET SESSION AUTHORIZATION postgres`}},
			{"sanse_desk", []string{`ALTER ROLE sanse_desk BYPASSRLS`}},
			{"sanse_desk", []string{`GRANT sanse_gate TO sanse_desk`}},
			{"sanse_desk", []string{`ALTER TABLE resident_person DISABLE ROW LEVEL SECURITY`}},
			{"sanse_desk", []string{`ALTER TABLE resident_person OWNER TO sanse_desk`}},
			{"sanse_desk", []string{`DROP POLICY desk ON resident_person`}},
			{"sanse_desk", []string{`CREATE POLICY mine ON resident_person USING (true)`}},
			{"sanse_desk", []string{`CREATE OR REPLACE FUNCTION trust.everywhere(what text) RETURNS boolean LANGUAGE sql AS 'SELECT true'`}},
			{"sanse_desk", []string{`ALTER FUNCTION trust.seat() SET search_path = pg_temp`}},
			{"sanse_desk", []string{`CREATE TABLE public.loot (x text)`}},
			{"sanse_desk", []string{`CREATE FUNCTION public.leak() RETURNS int LANGUAGE sql AS 'SELECT 1'`}},
			{"sanse_desk", []string{`CREATE TRIGGER mine AFTER INSERT ON visit EXECUTE FUNCTION trust.tell()`}},
			{"sanse_desk", []string{`SET row_security = off`, look}},
			{"sanse_desk", []string{`SELECT id FROM session`}},
			{"sanse_desk", []string{`SELECT id FROM account`}},
			{"sanse_desk", []string{`SELECT resident FROM handover`}},
			{"sanse_desk", []string{`SELECT account FROM account_grant`}},
			{"sanse_desk", []string{`SELECT problem FROM plan_problem`}},
			{"sanse_desk", []string{`SELECT ST_X(location) FROM resident`}},
			{"sanse_desk", []string{`SELECT * FROM resident`}},
			{"sanse_desk", []string{`UPDATE resident SET grid = '` + deskGrid2 + `'`}},
			{"sanse_desk", []string{`UPDATE visitor_scope SET area = '` + deskDistrict + `'`}},
			{"sanse_desk", []string{`DELETE FROM resident_person`}},
			{"sanse_desk", []string{`INSERT INTO handover (district, resident, n, account, kind, from_at, to_at, given_by) VALUES ('x', 'x', 1, 'x', 'help', now(), now(), 'x')`}},
			{"sanse_desk", []string{`TRUNCATE visit`}},
			{"sanse_desk", []string{`BEGIN`, `LOCK TABLE session IN ACCESS EXCLUSIVE MODE`}},
			{"sanse_desk", []string{`COPY resident_person TO PROGRAM 'cat'`}},
			{"sanse_desk", []string{`SELECT pg_read_file('PG_VERSION')`}},
			{"sanse_desk", []string{`SELECT lo_import('/etc/passwd')::text`}},
			{"sanse_desk", []string{`CREATE EXTENSION dblink`}},
			{"sanse_desk", []string{`SELECT rolpassword FROM pg_authid`}},
			{"sanse_engine", []string{look}},
			{"sanse_engine", []string{`SELECT visitor FROM visitor_person`}},
			{"sanse_engine", []string{`SELECT address FROM task_person`}},
			{"sanse_engine", []string{`SELECT id FROM account`}},
			{"sanse_engine", []string{`SELECT id FROM session`}},
			{"sanse_engine", []string{`SELECT resident FROM handover`}},
			{"sanse_engine", []string{`SELECT * FROM trust.seat()`}},
			{"sanse_engine", []string{`SET ROLE sanse_desk`}},
			{"sanse_engine", []string{`ALTER TABLE resident DISABLE ROW LEVEL SECURITY`}},
			{"sanse_engine", []string{`DELETE FROM resident`}},
			{"sanse_engine", []string{`CREATE TABLE public.loot (x text)`}},
			{"sanse_gate", []string{`SELECT id FROM resident`}},
			{"sanse_gate", []string{look}},
			{"sanse_gate", []string{`SELECT id FROM visitor`}},
			{"sanse_gate", []string{`SELECT trust.handed()`}},
			{"sanse_gate", []string{`UPDATE account_grant SET role = 'planner'`}},
			{"sanse_gate", []string{`UPDATE account_grant SET area = '` + deskDistrict + `'`}},
			{"sanse_gate", []string{`DELETE FROM account`}},
			{"sanse_gate", []string{`UPDATE handover SET account = 'x'`}},
			{"sanse_gate", []string{`SET ROLE sanse_desk`}},
		} {
			shown, err := at(t, test.role, test.sql...)
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || pg.Code != "42501" { // insufficient_privilege
				t.Errorf("%s: %s: %v, %v", test.role, strings.Join(test.sql, "; "), shown, err)
			}
		}
	})

	t.Run("what shows no more", func(t *testing.T) {
		for _, test := range []struct {
			name string
			sql  []string
			want []string
		}{
			{"giving the role back", []string{`RESET ROLE`, look}, own},
			{"giving the session back", []string{`RESET SESSION AUTHORIZATION`, look}, own},
			{"the token of another, guessed", []string{`SELECT set_config('sanse.session', '` + sessionID(1) + `', false)`, look}, nil},
			{"no token", []string{`RESET sanse.session`, look}, nil},
			{"the district of another", []string{`SET sanse.district = '510178'`, look}, own},
			{"tables of one's own in front of the real ones", []string{
				`CREATE TEMP TABLE session (district text, id text, token_hash bytea, account text, kind text, stage text, scopes text[], failures int,
					created_at timestamptz, seen_at timestamptz, expires_at timestamptz, idle_seconds int, revoked_at timestamptz, address text, agent text)`,
				`INSERT INTO session VALUES ('` + deskDistrict + `', 's', sha256('mine'), '` + account + `', 'page', 'full', '{}', 0, now(), now(), now() + interval '1 h', 0, null, '', '')`,
				`CREATE TEMP TABLE account_grant (district text, account text, n int, role text, area text, body text, from_at timestamptz, to_at timestamptz, ended_at timestamptz)`,
				`INSERT INTO account_grant VALUES ('` + deskDistrict + `', '` + account + `', 1, 'leader', '` + deskDistrict + `', null, '2020-01-01', null, null)`,
				`CREATE TEMP TABLE area (district text, code text, level int, parent text)`,
				`INSERT INTO area VALUES ('` + deskDistrict + `', '` + deskGrid2 + `', 1, null)`,
				`SET search_path = pg_temp, public`, look,
			}, own},
			{"functions of one's own in front of the real ones", []string{
				`CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''2020-01-01''::timestamptz'`,
				`SET search_path = pg_temp, pg_catalog, public`, look,
			}, own},
			{"a join", []string{`SELECT p.resident FROM resident_person p FULL JOIN resident r ON true FULL JOIN visit v ON true WHERE p.resident IS NOT NULL GROUP BY 1`}, own},
			{"a union", []string{look + ` WHERE false UNION ` + look}, own},
			{"an error that tells a value", []string{`SELECT resident FROM resident_person WHERE 1 / (CASE WHEN resident = 'r-` + deskGrid2 + `' THEN 1 ELSE 0 END) = 1`}, own},
		} {
			got, err := at(t, "sanse_desk", test.sql...)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%s: %v, %v", test.name, got, err)
			}
		}
	})

	t.Run("nothing is written in another's name", func(t *testing.T) {
		incident := `'k' || left(md5('r-` + deskGrid2 + `'), 16)`
		for name, sql := range map[string]string{
			"a case": `INSERT INTO incident (district, id, kind, source, resident, area, level, stage, n, opened_at, opened_by, deadline)
				VALUES ('` + deskDistrict + `', 'k00000000000000a1', 'general', 'found', 'r-` + deskGrid2 + `', '` + deskGrid2 + `', 'grid', 'call', 1, now(), $1, now())`,
			"a step": `INSERT INTO incident_step (district, incident, n, at, by, stage, level, deadline) VALUES ('` + deskDistrict + `', ` + incident + `, 9, now(), $1, 'arrival', 'grid', now())`,
			"a ladder": `UPDATE ladder SET closed_at = now(), closed_how = 'away', closed_by = $1, next_at = NULL, entered = true
				WHERE resident = 'r-` + deskGrid2 + `' AND closed_at IS NULL`,
		} {
			for by, want := range map[string]string{`'a00000000000000ff'`: "42501", `NULL`: "42501", `'` + account + `'`: ""} {
				_, err := at(t, "sanse_desk", `BEGIN`, strings.ReplaceAll(sql, "$1", by), `ROLLBACK`)
				var pg *pgconn.PgError
				if code := ""; errors.As(err, &pg) || err == nil {
					if pg != nil {
						code = pg.Code
					}
					if code != want {
						t.Errorf("%s by %s: %v", name, by, err)
					}
				} else {
					t.Errorf("%s by %s: %v", name, by, err)
				}
			}
		}
	})

	t.Run("a function that tells what it is given is given no more", func(t *testing.T) {
		cfg, err := pgx.ParseConfig(datatest.As(t, w.owner.Pool().Config().ConnString(), "sanse_desk"))
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { told = append(told, n.Message) }
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		for _, sql := range []string{
			`SELECT set_config('sanse.session', 'mine', false)`,
			`CREATE FUNCTION pg_temp.tell(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''%'', x; RETURN true; END'`,
			`SELECT count(*) FROM resident_person WHERE pg_temp.tell(resident)`,
			`SELECT count(*) FROM resident WHERE pg_temp.tell(id)`,
			`SELECT count(*) FROM team WHERE pg_temp.tell(resident)`,
		} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				t.Fatal(err)
			}
		}
		if len(told) == 0 || slices.ContainsFunc(told, func(m string) bool { return m != own[0] }) {
			t.Errorf("told %v", told)
		}
	})
}

func TestAStoreThatServesIsRefusedToTheWrongRole(t *testing.T) {
	_, dsn := datatest.NewDSN(t)
	roles := func(engine, desk, gate string) data.DSNs {
		return data.DSNs{Engine: datatest.As(t, dsn, engine), Desk: datatest.As(t, dsn, desk), Gate: datatest.As(t, dsn, gate)}
	}
	for name, give := range map[string]data.DSNs{
		"the owner as the engine": {Engine: dsn, Desk: datatest.As(t, dsn, "sanse_desk"), Gate: datatest.As(t, dsn, "sanse_gate")},
		"the engine as the desk":  roles("sanse_engine", "sanse_engine", "sanse_gate"),
		"the desk as the gate":    roles("sanse_engine", "sanse_desk", "sanse_desk"),
		"nobody as the gate":      {Engine: datatest.As(t, dsn, "sanse_engine"), Desk: datatest.As(t, dsn, "sanse_desk"), Gate: "::"},
	} {
		if s, err := data.OpenServing(t.Context(), give, datatest.Keys(t)); err == nil {
			s.Close()
			t.Errorf("%s is let in", name)
		}
	}
	s, err := data.OpenServing(t.Context(), roles("sanse_engine", "sanse_desk", "sanse_gate"), datatest.Keys(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.ResidentPersons(t.Context(), deskDistrict, []string{"r1"}); err == nil {
		t.Error("the engine opens what is sealed")
	}
	if err := s.Migrate(t.Context()); err == nil {
		t.Error("a store that serves migrates")
	}
}
