package data_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// What is named by its id, or is open, must be found by an index, and not among all
// that there has been: these tables grow for years. The plans are those that do not
// know what is asked with, as at the desk.
func TestWhatIsNamedIsNotLookedForAmongAll(t *testing.T) {
	owner, s := datatest.NewServing(t)
	write(t, owner, newFixture().put)
	for _, sql := range []string{
		`INSERT INTO visit (district, resident, day, done, grid, record) SELECT $1, id, DATE '2000-01-01' + d, true, grid, gen_random_uuid()
			FROM resident, generate_series(1, 5000) d WHERE district = $1 AND id = 'r1'`,
		`INSERT INTO incident (district, id, kind, source, area, level, stage, n, opened_at, deadline, closed_at)
			SELECT $1, 'k' || to_char(i, 'FM0000000000000000'), 'general', 'found', $1 || '001001001', 'grid', CASE WHEN i > 10 THEN 'closed' ELSE 'call' END, 1, now(), now(), CASE WHEN i > 10 THEN now() END
			FROM generate_series(1, 5000) i`,
	} {
		if _, err := owner.Pool().Exec(t.Context(), sql, code); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := owner.Pool().Exec(t.Context(), `ANALYZE visit, incident, resident`); err != nil {
		t.Fatal(err)
	}
	byID, idArgs := data.CasesSQL(code, data.CaseFilter{ID: "k0000000000000001"})
	open, openArgs := data.CasesSQL(code, data.CaseFilter{Open: true, Limit: 10})
	there, thereArgs := data.CasesSQL(code, data.CaseFilter{Open: true, Area: code + "001", Limit: 10})
	for _, test := range []struct {
		name, sql string
		args      int
		pool      *pgxpool.Pool
		index     string
		by        string // which part of it
	}{
		{"the visits of a record that is corrected", data.TakeVisitsSQL, 2, s.Pool(), "visit_from_record", "(record = "},
		{"a case by its id", byID, len(idArgs), data.DeskPool(s), "incident_pkey", "(id = $2)"},
		{"the open cases", open, len(openArgs), data.DeskPool(s), "incident_open", "(district = $1)"},
		{"the open cases of an area", there, len(thereArgs), data.DeskPool(s), "incident_open", "(district = $1)"},
	} {
		plan := genericPlan(t, test.pool, test.sql, test.args)
		_, cond, used := strings.Cut(plan, " "+test.index)
		_, cond, _ = strings.Cut(cond, "Index Cond: ")
		cond, _, _ = strings.Cut(cond, "\n")
		if !used || !strings.Contains(cond, test.by) {
			t.Errorf("%s: %s is not used:\n%s", test.name, test.index, plan)
		}
	}
}

// What the audit says of one record is found by its ids, whatever else is in it: the
// question is the one that trust.traces asks.
func TestTheAuditOfOneRecordIsFoundByItsIndex(t *testing.T) {
	s := datatest.New(t)
	write(t, s, newFixture().put)
	ctx := t.Context()
	if _, err := s.Pool().Exec(ctx, `INSERT INTO audit (district, account, action, object, outcome, ids, n) SELECT $1, 'a' || i % 7, 'read', 'resident', 'ok', ARRAY['r' || i, 'r' || i + 1], 2 FROM generate_series(1, 5000) i`, code); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(ctx, `ANALYZE audit`); err != nil {
		t.Fatal(err)
	}
	var body string
	if err := s.Pool().QueryRow(ctx, `SELECT prosrc FROM pg_proc WHERE oid = 'trust.traces'::regproc`).Scan(&body); err != nil {
		t.Fatal(err)
	}
	_, asked, _ := strings.Cut(body, "RETURN (SELECT ")
	asked, _, found := strings.Cut(asked, ");\n")
	asked = strings.NewReplacer("record]", "$1::text]", "= d", "= $2::text").Replace(asked)
	if !found || strings.Count(asked, "$") != 2 {
		t.Fatalf("trust.traces asks otherwise: %s", body)
	}
	plan := genericPlan(t, s.Pool(), "SELECT "+asked, 2)
	if !strings.Contains(plan, "on audit_ids") || !strings.Contains(plan, "Index Cond: (ids @> ARRAY[$1])") {
		t.Errorf("audit_ids is not used:\n%s", plan)
	}
}

// genericPlan is how a statement is gone about when it is not known with what
// arguments; there are so many.
func genericPlan(t *testing.T, pool *pgxpool.Pool, sql string, args int) string {
	t.Helper()
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	nulls := strings.TrimSuffix(strings.Repeat("NULL, ", args), ", ")
	// All in one, and so in one transaction: what is set ends with it.
	results, err := conn.Conn().PgConn().Exec(t.Context(), `SET LOCAL plan_cache_mode = force_generic_plan; PREPARE asked AS `+sql+
		`; EXPLAIN (COSTS OFF) EXECUTE asked (`+nulls+`); DEALLOCATE asked`).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for _, r := range results {
		for _, row := range r.Rows {
			plan.Write(row[0])
			plan.WriteByte('\n')
		}
	}
	return plan.String()
}

// A plan that was made while there was nothing knows no better than to look at all
// that came since: whoever serves has the rows counted when a table has grown.
func TestTablesThatGrewAreCounted(t *testing.T) {
	owner, s := datatest.NewServing(t)
	write(t, owner, newFixture().put)
	grow := func(from, days int) {
		t.Helper()
		if _, err := owner.Pool().Exec(t.Context(), `INSERT INTO visit (district, resident, day, done, grid)
			SELECT $1, id, DATE '2000-01-01' + d, true, grid FROM resident, generate_series($2::int, $2::int + $3::int - 1) d WHERE district = $1 AND id = 'r1'`, code, from, days); err != nil {
			t.Fatal(err)
		}
	}
	counted := func(want ...string) {
		t.Helper()
		write(t, s, func(tx *data.Tx) error {
			got, err := tx.Counted()
			if !slices.Equal(got, want) {
				t.Errorf("counted %v, want %v", got, want)
			}
			return err
		})
	}
	counted()
	grow(0, 3000)
	counted("visit")
	counted()
	grow(3000, 3000) // twice as many: the plans are as good
	counted()
	var rows float64
	if err := owner.Pool().QueryRow(t.Context(), `SELECT reltuples FROM pg_class WHERE oid = 'visit'::regclass`).Scan(&rows); err != nil || rows < 3000 || rows > 3100 {
		t.Errorf("%.0f rows are counted, want the 3000 that there were: %v", rows, err)
	}
}

// A plan of many stops has a number that no statistics know: whoever has stored a
// good part of a table has it counted before the first question.
func TestWhatWasWrittenIsCountedAtOnce(t *testing.T) {
	owner, s := datatest.NewServing(t)
	rows := func(table string) (n float64) {
		t.Helper()
		if err := owner.Pool().QueryRow(t.Context(), `SELECT reltuples FROM pg_class WHERE oid = $1::text::regclass`, table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	f := newFixture()
	like := f.residents[1]
	for i := range 200 {
		like.ID = fmt.Sprintf("more%d", i)
		f.residents = append(f.residents, like)
	}
	write(t, owner, f.put)
	if n := rows("resident"); n != float64(len(f.residents)) {
		t.Errorf("%.0f residents are counted, not %d", n, len(f.residents))
	}
	it := f.itineraries[0]
	it.Stops = nil
	for _, r := range f.residents {
		it.Stops = append(it.Stops, planner.Stop{Resident: r.ID, Arrive: 540, Leave: 550, DueBy: it.Date})
	}
	write(t, s, func(tx *data.Tx) error {
		_, err := tx.PutPlan(code, f.plan, []data.ItineraryRecord{it}, nil)
		return err
	})
	if n := rows("plan_stop"); n < float64(len(it.Stops)) {
		t.Errorf("%.0f stops are counted, and %d were stored", n, len(it.Stops))
	}
	visits := rows("visit")
	write(t, owner, func(tx *data.Tx) error { return tx.PutVisits(code, f.visits[:1]) })
	if n := rows("visit"); n != visits {
		t.Errorf("for one visit %.0f are counted anew", n)
	}
}
