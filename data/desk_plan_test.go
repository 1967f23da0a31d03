package data_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data"
	"sanse/data/datatest"
)

// bigDistrict is a district of so many residents, 100 to a grid, with a visit
// each on every day of five, and a leader of a town and a planner of all of it
// who are signed in.
type bigDistrict struct {
	owner, serving *data.Store
	grid, town     string
	residents      int
}

const bigCode = "510166"

func newBigDistrict(t testing.TB, residents int) *bigDistrict {
	t.Helper()
	b := &bigDistrict{residents: residents, town: bigCode + "001", grid: bigCode + "001001003"}
	b.owner, b.serving = datatest.NewServing(t)
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutDistrict(data.District{Code: bigCode, Name: "x", TimeZone: "Asia/Shanghai", MadeUp: true})
	}); err != nil {
		t.Fatal(err)
	}
	grids := residents / 100
	for _, sql := range []string{
		`INSERT INTO area (district, code, level) VALUES ($1, $1, 1)`,
		`INSERT INTO area (district, code, level, parent) SELECT $1, $1 || to_char(t, 'FM000'), 2, $1 FROM generate_series(1, 10) t`,
		`INSERT INTO area (district, code, level, parent) SELECT $1, code || to_char(c, 'FM000'), 3, code FROM area, generate_series(1, 10) c WHERE district = $1 AND level = 2`,
		fmt.Sprintf(`INSERT INTO area (district, code, level, parent) SELECT $1, code || to_char(g, 'FM000'), 4, code FROM area, generate_series(1, %d) g WHERE district = $1 AND level = 3`, grids/100),
		fmt.Sprintf(`INSERT INTO resident (district, id, grade, location, grid, cell8)
			SELECT $1, 'r' || to_char((row_number() OVER (ORDER BY n, code)), 'FM000000'), 'red', ST_SetSRID(ST_MakePoint(104, 30), 4326), code, x'8840e02ee1fffff'::bigint
			FROM area, generate_series(1, %d) n WHERE district = $1 AND level = 4`, residents/grids),
		`INSERT INTO resident_person (district, resident, name) SELECT district, id, decode(repeat('02', 60), 'hex') FROM resident WHERE district = $1`,
		`INSERT INTO visit (district, resident, day, done, grid) SELECT district, id, '2026-11-01'::date + d, true, grid FROM resident, generate_series(0, 4) d
			WHERE district = $1 AND hashtext(id) % 5 = d - 2`,
	} {
		if _, err := b.owner.Pool().Exec(t.Context(), sql, bigCode); err != nil {
			t.Fatalf("%v\n%s", err, sql)
		}
	}
	if _, err := b.owner.Pool().Exec(t.Context(), `ANALYZE resident, resident_person, visit, area`); err != nil {
		t.Fatal(err)
	}
	g := b.serving.Gate()
	for i, v := range []data.Grant{{Role: data.RoleLeader, Area: b.town}, {Role: data.RolePlanner, Area: bigCode}} {
		account, token := accountID(i+1), data.Token([]string{"leader", "planner"}[i])
		v.Account, v.GivenBy = account, "ops"
		if err := g.PutAccount(t.Context(), bigCode, data.Account{ID: account, Login: token.Reveal()}); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Give(t.Context(), bigCode, v); err != nil {
			t.Fatal(err)
		}
		s := data.Session{ID: sessionID(i + 1), Account: account, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour)}
		if err := g.OpenSession(t.Context(), bigCode, token.Hash(), s); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// explain returns the plan of a statement at the desk, for a token.
func (b *bigDistrict) explain(t testing.TB, token, sql string) (plan string) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), data.DeskPool(b.serving), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `SELECT set_config('sanse.session', $1, true)`, token); err != nil {
			return err
		}
		rows, err := tx.Query(t.Context(), `EXPLAIN (COSTS OFF) `+sql)
		if err != nil {
			return err
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		plan = strings.Join(lines, "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// The policies must not have the database read a district where a query names
// the rows it wants.
func TestRowLevelSecurityLeavesTheIndexesToTheQuery(t *testing.T) {
	b := newBigDistrict(t, 100_000)
	for _, test := range []struct {
		name, sql string
		table     string
		index     string // that finds the rows
	}{
		{"a person by id", `SELECT name FROM resident_person WHERE district = $1 AND resident = ANY ('{r000001,r000777}')`, "resident_person", "resident_person_pkey"},
		{"a record by id", `SELECT grade FROM resident WHERE district = $1 AND id = ANY ('{r000001,r000777}')`, "resident", "resident_pkey"},
		{"the residents of a grid", `SELECT id FROM resident WHERE district = $1 AND grid = '` + b.grid + `'`, "resident", "resident_place"},
		{"the visits of a day", `SELECT resident FROM visit WHERE district = $1 AND day = '2026-11-02'`, "visit", "visit_day"},
		{"the visits of a resident", `SELECT day FROM visit WHERE district = $1 AND resident = 'r000001'`, "visit", "visit_pkey"},
	} {
		for _, token := range []string{"leader", "planner"} {
			plan := b.explain(t, token, strings.ReplaceAll(test.sql, "$1", "'"+bigCode+"'"))
			if !strings.Contains(plan, test.index) || strings.Contains(plan, "Seq Scan on "+test.table+"\n") {
				t.Errorf("%s: %s is not used:\n%s", test.name, test.index, plan)
			}
			if !strings.Contains(plan, "InitPlan") {
				t.Errorf("%s: nothing says that the session is looked up once:\n%s", test.name, plan)
			}
		}
	}
}

// BenchmarkDesk reads as the owner, under no policy, and at the desk.
//
//	go test ./data -run '^$' -bench Desk -benchtime 300x
func BenchmarkDesk(b *testing.B) {
	d := newBigDistrict(b, 100_000)
	ids := make([]string, 0, 500)
	for i := range cap(ids) {
		ids = append(ids, fmt.Sprintf("r%06d", 1+i*d.residents/cap(ids)))
	}
	for _, test := range []struct {
		name, sql string
		args      []any
	}{
		{"20 persons by id", `SELECT resident, name FROM resident_person WHERE district = $1 AND resident = ANY ($2)`, []any{bigCode, ids[:20]}},
		{"500 records by id", `SELECT id FROM resident WHERE district = $1 AND id = ANY ($2)`, []any{bigCode, ids}},
		{"residents of a grid", `SELECT id, grade FROM resident WHERE district = $1 AND grid = $2`, []any{bigCode, d.grid}},
	} {
		for _, who := range []string{"owner", "leader", "planner"} {
			b.Run(strings.ReplaceAll(test.name, " ", "-")+"/"+who, func(b *testing.B) {
				for b.Loop() {
					pool := data.DeskPool(d.serving)
					if who == "owner" {
						pool = d.owner.Pool()
					}
					err := pgx.BeginFunc(b.Context(), pool, func(tx pgx.Tx) error {
						if _, err := tx.Exec(b.Context(), `SELECT set_config('sanse.session', $1, true)`, who); err != nil {
							return err
						}
						rows, err := tx.Query(b.Context(), test.sql, test.args...)
						if err != nil {
							return err
						}
						rows.Close()
						return rows.Err()
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
