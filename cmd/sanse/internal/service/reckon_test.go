package service_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/indicators"
	"sanse/reports/ledger"
)

// TestTheLedgerCountsWhatTheTablesHold counts what was required, done and owed from the
// tables, in SQL and with no word from the planner, and compares.
func TestTheLedgerCountsWhatTheTablesHold(t *testing.T) {
	b := newRecordBed(t)
	ctx := t.Context()
	for _, sql := range []string{
		`UPDATE resident SET grade = (ARRAY['red', 'yellow', 'blue'])[1 + (substr(id, 2)::int % 3)], enrolled = CASE WHEN substr(id, 4)::int = 3 THEN $1::date - 40 END`,
		// Everybody but two is seen on days that look drawn by lot, some twice, some in vain.
		`INSERT INTO visit (district, resident, day, done, grid)
			SELECT district, id, $1::date + n, abs(hashint4(n * 7919 + substr(id, 2)::int)) % 10 < 8, grid FROM resident, generate_series(-120, 0) n
			WHERE abs(hashint4(n * 31 + substr(id, 2)::int)) % (CASE grade WHEN 'red' THEN 2 WHEN 'yellow' THEN 8 ELSE 33 END) = 0 AND id NOT IN ('r0000', 'r0001')`,
	} {
		if _, err := b.owner.Pool().Exec(ctx, sql, b.today.Time()); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.owner.Write(ctx, func(tx *data.Tx) error {
		return tx.PutPolicies(lattice, []data.Policy{{Grade: "red", EveryDays: 2}, {Grade: "yellow", PerWeek: 1}, {Grade: "blue", PerMonth: 1}})
	}); err != nil {
		t.Fatal(err)
	}
	official := b.seat(1, data.RoleOfficial, lattice, "", "")
	leader := b.seat(2, data.RoleLeader, west, "", "")

	t.Run("by month and grade", func(t *testing.T) {
		from := (b.today - 80).MonthStart()
		l := must(b.Ledger(official, lattice, service.LedgerQuery{From: from, To: b.today}))(t)
		if len(l.Accounts) != 2 || l.Areas[1].Code != lattice+"001" || len(l.Accounts[0].Periods) < 3 {
			t.Fatalf("%d areas, %d months", len(l.Accounts), len(l.Accounts[0].Periods))
		}
		total := map[string]ledger.Tally{}
		for _, p := range l.Accounts[0].Periods {
			want := b.countedInSQL(t, "", p.First, p.Last)
			got := maps.Clone(p.Grades)
			for g, x := range got {
				x.Residents, x.Owed = 0, 0 // of the end alone, below
				got[g] = x
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s to %s: SQL -, ledger +:\n%s", p.First, p.Last, diff)
			}
			maps.Copy(total, p.Grades)
		}
		for grade, sql := range map[string]string{
			"red":    `max(v.day) IS NULL OR max(v.day) <= $2::date - 3`,
			"yellow": `max(v.day) IS NULL OR max(v.day) < date_trunc('week', $2::date)::date - 7 AND COALESCE(min(r.enrolled), '-infinity') <= date_trunc('week', $2::date)::date - 7`,
			"blue": `max(v.day) IS NULL OR max(v.day) < (date_trunc('month', $2::date) - interval '1 month')::date
				AND COALESCE(min(r.enrolled), '-infinity') <= (date_trunc('month', $2::date) - interval '1 month')::date`,
		} {
			n := one[int](t, b.owner, `SELECT count(*)::int FROM (SELECT r.id FROM resident r LEFT JOIN visit v ON v.district = r.district AND v.resident = r.id AND v.done AND v.day <= $2::date
				WHERE r.district = $1 AND r.grade = '`+grade+`' GROUP BY r.id HAVING `+sql+`) x`, lattice, b.today.Time())
			if got := total[grade]; got.Owed != n || got.Residents != 24 {
				t.Errorf("%s: %d of %d are owed, want %d of 24", grade, got.Owed, got.Residents, n)
			}
		}
	})

	t.Run("by area", func(t *testing.T) {
		q := service.LedgerQuery{Area: lattice + "001", From: b.today - 30, To: b.today, By: ledger.Whole}
		l := must(b.Ledger(official, lattice, q))(t)
		for i, code := range []string{lattice + "001", west, east} {
			a := &l.Accounts[i]
			got := maps.Clone(a.Grades)
			for g, x := range got {
				x.Residents, x.Owed = 0, 0
				got[g] = x
			}
			if diff := cmp.Diff(b.countedInSQL(t, code, q.From, q.To), got); a.Area != code || diff != "" {
				t.Errorf("%s: SQL -, ledger of %s +:\n%s", code, a.Area, diff)
			}
		}
	})

	t.Run("as indicators", func(t *testing.T) {
		month := b.today.MonthStart()
		for _, sql := range []string{
			// Ten records of the west, of which seven saw somebody; six of these are rated, one twice; three of the east.
			`INSERT INTO visit_record (district, id, resident, grid, account, day, arrived, received, clock_skew, result, not_seen, how, form, evidence, content)
				SELECT district, md5(id)::uuid, id, grid, 'a0', $1::date, $1::date, $1::date, 0, x.result, CASE x.result WHEN 'not_seen' THEN 'nobody' END, 'hand', 'reference-1', 'hand', '\x00'
				FROM (SELECT *, CASE WHEN id LIKE 'r00%' OR id = 'r0100' THEN 'seen' ELSE 'not_seen' END AS result FROM resident WHERE id LIKE 'r00%' OR id IN ('r0100', 'r0101', 'r0102', 'r0103', 'r0700', 'r0701', 'r0702')) x`,
			`INSERT INTO quality_call (district, record, n, at, by, result, rating) SELECT district, id, 1, $1::date, 'a1', 'confirmed', 4 FROM visit_record WHERE result = 'seen' AND resident LIKE 'r00%'`,
			`INSERT INTO quality_call (district, record, n, at, by, result, rating) SELECT district, id, 2, $1::date, 'a1', 'confirmed', 1 FROM visit_record WHERE resident = 'r0000'`,
			`INSERT INTO ladder_rule (district, from_day, rule) SELECT code, $1::date, '{}' FROM district`,
			`INSERT INTO ladder (district, resident, first_day, due_by, rule_from, opened_at, taken, closed_at, closed_how) SELECT district, id, $1::date, $1::date, $1::date, $1::date,
				CASE id WHEN 'r0003' THEN 1 ELSE 3 END, $1::date, CASE id WHEN 'r0002' THEN 'lapsed' ELSE 'visit' END FROM resident WHERE id IN ('r0000', 'r0001', 'r0002', 'r0003')`,
			// Answered in time, too late, and not at all though it is over.
			`INSERT INTO incident (district, id, kind, source, area, level, stage, n, opened_at, deadline) SELECT district, 'k000000000000000' || n, 'general', 'found', code, 'grid', 'call', 1, $1::date, $1::date
				FROM area, generate_series(1, 3) n WHERE code = '` + west + `001'`,
			`INSERT INTO incident_step (district, incident, n, at, stage, level, deadline) SELECT district, id, 1, $1::date, 'call', 'grid', $1::date + interval '1 hour' FROM incident`,
			`INSERT INTO incident_step (district, incident, n, at, stage, level, deadline) SELECT district, id, 2, $1::date + interval '90 minutes' * (right(id, 1)::int - 1), 'arrival', 'grid', $1::date + interval '9 hours' FROM incident WHERE right(id, 1) <> '3'`,
		} {
			if _, err := b.owner.Pool().Exec(ctx, sql, month.Time()); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
		}
		board := must(b.Indicators(official, lattice, lattice+"001", 0, 2))(t)
		if board.Own || len(board.Months) != 2 || board.Months[1] != month || len(board.Areas) != 3 || board.Areas[1].Code != west {
			t.Fatalf("months %v, areas %v, own %v", board.Months, board.Areas, board.Own)
		}
		account := must(b.Ledger(official, lattice, service.LedgerQuery{Area: west, From: month, To: b.today}))(t).Accounts[0]
		want := map[indicators.Measure]indicators.Tally{
			indicators.OnTime: {Part: account.InTime, Of: account.InTime + account.Missed}, indicators.Missed: {Part: account.Missed, Of: account.InTime + account.Missed},
			indicators.Owed: {Part: account.Owed, Of: 36}, indicators.Reached: {Part: 7, Of: 10}, indicators.Satisfaction: {Part: 5*4 + 1, Of: 6},
			indicators.Covered: {Part: 2, Of: 3}, indicators.Coverage: {},
		}
		if b.today > month || b.now.Sub(month.Time()).Hours() > 2 { // else the third case is not over yet
			want[indicators.Answered] = indicators.Tally{Part: 1, Of: 3}
		}
		for k, x := range board.Set.Indicators {
			if w, ok := want[x.Measure]; ok && board.Tallies[1][k][1] != w {
				t.Errorf("%s of the west: %+v, want %+v", x.Code, board.Tallies[1][k][1], w)
			}
			sum := board.Tallies[1][k][1]
			sum.Part, sum.Of = sum.Part+board.Tallies[2][k][1].Part, sum.Of+board.Tallies[2][k][1].Of
			if board.Tallies[0][k][1] != sum {
				t.Errorf("%s: the areas have %+v together, the town %+v", x.Code, sum, board.Tallies[0][k][1])
			}
		}
		if _, err := b.Indicators(leader, lattice, east, 0, 1); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("a leader sees another area: %v", err)
		}

		plans := b.seat(5, data.RolePlanner, lattice, "", "")
		own := indicators.Set{From: month, Indicators: indicators.Reference(month).Indicators[:2]}
		for name, test := range map[string]struct {
			who  context.Context
			from planner.Date
			want service.Code
		}{
			"by an official": {official, month, service.CodeForbidden}, "of a month that is over": {plans, (month - 1).MonthStart(), service.CodeInvalid},
			"in the middle of a month": {plans, month + 3, service.CodeInvalid}, "from this month on": {plans, month, ""}, "from the next one on": {plans, month.NextMonth(), ""},
		} {
			own.From = test.from
			if err := b.PutIndicators(test.who, lattice, own); service.CodeOf(err) != test.want {
				t.Errorf("%s: %v, want %q", name, err, test.want)
			}
		}
		if board := must(b.Indicators(official, lattice, "", 0, 1))(t); !board.Own || len(board.Set.Indicators) != 2 {
			t.Errorf("the district's own are not shown: %+v", board.Set)
		}
	})

	t.Run("as a work report", func(t *testing.T) {
		month := b.today.MonthStart()
		if _, err := b.owner.Pool().Exec(ctx, `UPDATE visit_record SET answers = '{"gas": "smell", "health": "good"}' WHERE resident IN ('r0001', 'r0002')`); err != nil {
			t.Fatal(err)
		}
		w := must(b.WorkReport(leader, lattice, service.WorkQuery{Area: west, Month: true, On: month}))(t)
		account := must(b.Ledger(official, lattice, service.LedgerQuery{Area: west, From: month, To: month.NextMonth() - 1, By: ledger.Whole}))(t).Accounts[0]
		if diff := cmp.Diff(account.Row, w.Account); diff != "" || w.First != month || w.Last != month.NextMonth()-1 || len(w.Path) != 2 {
			t.Errorf("from %s to %s, under %v: ledger -, report +:\n%s", w.First, w.Last, w.Path, diff)
		}
		if w.Seen != 7 || len(w.NotSeen) != 1 || w.NotSeen[0].N != 3 || len(w.Found) != 1 || w.Found[0].N != 2 || !strings.Contains(w.Found[0].Chinese, "：") {
			t.Errorf("seen %d, not seen %+v, found %+v", w.Seen, w.NotSeen, w.Found)
		}
		if w.Ladders.Stepped != 3 || w.Ladders.Covered != 2 || w.Ladders.Lapsed != 1 || w.Ladders.Closed != 0 {
			t.Errorf("the ladders are %+v", w.Ladders)
		}
		if c := w.Cases; len(c.Kinds) != 1 || c.Kinds[0].N != 3 || c.InTime != 1 || c.Minutes == nil || *c.Minutes != 0 || c.Open != 3 || c.Closed != 0 {
			t.Errorf("the cases are %+v", c)
		}
		if w.Rated != 6 || w.Rating == nil || *w.Rating != 3.5 || len(w.Changes) != 0 {
			t.Errorf("%d ratings, changes %+v", w.Rated, w.Changes)
		}
		if w := must(b.WorkReport(official, lattice, service.WorkQuery{Area: east, On: month}))(t); w.Rating != nil || w.Seen != 0 {
			t.Errorf("the week of the east: %d ratings of %v, %d seen", w.Rated, w.Rating, w.Seen)
		}
		for name, test := range map[string]struct {
			who  context.Context
			q    service.WorkQuery
			want service.Code
		}{
			"of another's area": {leader, service.WorkQuery{Area: east}, service.CodeForbidden},
			"of next month":     {leader, service.WorkQuery{Area: west, Month: true, On: month.NextMonth()}, service.CodeInvalid},
		} {
			if _, err := b.WorkReport(test.who, lattice, test.q); service.CodeOf(err) != test.want {
				t.Errorf("%s: %v, want %q", name, err, test.want)
			}
		}
		var book bytes.Buffer
		if err := b.WorkWorkbook(leader, lattice, service.WorkQuery{Area: west}, &book); err != nil || !bytes.HasPrefix(book.Bytes(), []byte("PK")) {
			t.Errorf("the workbook: %v", err)
		}
	})

	t.Run("to each worker their own", func(t *testing.T) {
		if _, err := b.owner.Pool().Exec(ctx, `INSERT INTO team (district, resident, visitor, n) SELECT district, id, 'v2', 1 FROM resident WHERE starts_with(grid, $1)`, west+"002"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.owner.Pool().Exec(ctx, `UPDATE visit SET visitor = CASE WHEN grid = $1 THEN 'v2' ELSE 'v1' END WHERE day > $2`, west+"002", (b.today.MonthStart() - 1).Time()); err != nil {
			t.Fatal(err)
		}
		if err := b.owner.Write(ctx, func(tx *data.Tx) error { // the view is made anew
			return tx.PutPolicies(lattice, []data.Policy{{Grade: "red", EveryDays: 2}, {Grade: "yellow", PerWeek: 1}, {Grade: "blue", PerMonth: 1}})
		}); err != nil {
			t.Fatal(err)
		}
		account := must(b.Ledger(official, lattice, service.LedgerQuery{Area: west + "002"}))(t).Accounts[0]
		worker, idle := b.seat(6, data.RoleWorker, "", "", "v2"), b.seat(7, data.RoleWorker, "", "", "v3")
		rates := must(b.OwnRates(worker, lattice))(t)
		if len(rates) != 2 || rates[1].Tally != account.Periods[1].Tally || rates[0].Tally != account.Periods[0].Tally || rates[1].Mine != rates[1].Done || rates[0].Required == 0 {
			t.Errorf("the rates are %+v, the account of their grid %+v", rates, account.Periods)
		}
		if rates := must(b.OwnRates(idle, lattice))(t); len(rates) != 2 || rates[1].Required != 0 || rates[1].Mine != 0 {
			t.Errorf("who has no residents: %+v", rates)
		}
		if rates, err := b.OwnRates(leader, lattice); len(rates) != 0 || err != nil {
			t.Errorf("who visits nobody: %+v, %v", rates, err)
		}
	})

	t.Run("to who answers for the area", func(t *testing.T) {
		for name, test := range map[string]struct {
			who  context.Context
			q    service.LedgerQuery
			want service.Code
		}{
			"their own":         {leader, service.LedgerQuery{Area: west}, ""},
			"another":           {leader, service.LedgerQuery{Area: east}, service.CodeForbidden},
			"the district":      {leader, service.LedgerQuery{}, service.CodeForbidden},
			"an area of nobody": {official, service.LedgerQuery{Area: "1"}, service.CodeNotFound},
			"backwards":         {official, service.LedgerQuery{From: b.today, To: b.today - 1}, service.CodeInvalid},
			"two years":         {official, service.LedgerQuery{From: b.today - 700}, service.CodeInvalid},
			"next year":         {official, service.LedgerQuery{To: b.today + 60}, service.CodeInvalid},
			"by year":           {official, service.LedgerQuery{By: "year"}, service.CodeInvalid},
		} {
			if _, err := b.Ledger(test.who, lattice, test.q); service.CodeOf(err) != test.want {
				t.Errorf("%s: %v, want %q", name, err, test.want)
			}
		}
	})

	t.Run("in files", func(t *testing.T) {
		var table, book bytes.Buffer
		q := service.LedgerQuery{Area: west, From: b.today - 60, To: b.today, By: ledger.Weeks}
		if err := b.LedgerTable(leader, lattice, q, &table); err != nil {
			t.Fatal(err)
		}
		rows := must(csv.NewReader(&table).ReadAll())(t)
		if len(rows) < 5*8*3 || strings.Join(rows[0][:5], " ") != "area level first last grade" {
			t.Errorf("the table has %d rows under %v", len(rows), rows[0])
		}
		if err := b.LedgerWorkbook(leader, lattice, q, &book); err != nil || !bytes.HasPrefix(book.Bytes(), []byte("PK")) {
			t.Errorf("the workbook: %v", err)
		}
		worker := b.seat(3, data.RoleWorker, "", "", "v1")
		if err := b.LedgerTable(worker, lattice, service.LedgerQuery{Area: west + "001"}, &table); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("a worker takes the table: %v", err)
		}
	})
}

// countedInSQL is the account of the days by grade, without how many there are and who
// is owed.
func (b *recordBed) countedInSQL(t *testing.T, area string, from, to planner.Date) map[string]ledger.Tally {
	t.Helper()
	rows, err := b.owner.Pool().Query(t.Context(), `
		WITH RECURSIVE who AS (
			SELECT id, grade, GREATEST(COALESCE(enrolled, '-infinity'), (SELECT min(day) FROM visit WHERE district = $1)) AS since
			FROM resident WHERE district = $1 AND starts_with(grid, $5)),
		seen AS (SELECT resident, day FROM visit WHERE district = $1 AND done),
		chain AS (
			SELECT id, since - 1 AS after, NULL::date AS due, NULL::boolean AS met FROM who WHERE grade = 'red'
			UNION ALL
			SELECT c.id, COALESCE(v.day, c.after + 2), c.after + 2, v.day IS NOT NULL
			FROM chain c LEFT JOIN LATERAL (SELECT min(day) AS day FROM seen WHERE resident = c.id AND day > c.after AND day <= c.after + 2) v ON true
			WHERE c.after + 2 <= $3::date),
		windows AS (
			SELECT 'red' AS grade, due AS last, met FROM chain WHERE due IS NOT NULL
			UNION ALL
			SELECT 'yellow', m::date + 6, EXISTS (SELECT FROM seen WHERE resident = id AND day BETWEEN m::date AND m::date + 6)
			FROM who, generate_series(date_trunc('week', $2::date), $3::date, '1 week') m WHERE grade = 'yellow' AND m::date >= since
			UNION ALL
			SELECT 'blue', (m + interval '1 month')::date - 1, EXISTS (SELECT FROM seen WHERE resident = id AND day >= m::date AND day < (m + interval '1 month')::date)
			FROM who, generate_series(date_trunc('month', $2::date), $3::date, '1 month') m WHERE grade = 'blue' AND m::date >= since),
		counted AS (
			SELECT grade, count(*) AS required, count(*) FILTER (WHERE met) AS in_time, count(*) FILTER (WHERE NOT met AND last < $4::date) AS missed,
				count(*) FILTER (WHERE NOT met AND last >= $4::date) AS open
			FROM windows WHERE last BETWEEN $2::date AND $3::date GROUP BY grade)
		SELECT grade, COALESCE(required, 0)::int, COALESCE(in_time, 0)::int, COALESCE(missed, 0)::int, COALESCE(open, 0)::int, (
			SELECT count(*)::int FROM seen JOIN who ON who.id = resident WHERE who.grade = g.grade AND day BETWEEN $2::date AND $3::date)
		FROM (SELECT DISTINCT grade FROM who) g LEFT JOIN counted USING (grade)`, lattice, from.Time(), to.Time(), b.today.Time(), area)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]ledger.Tally{}
	for rows.Next() {
		var grade string
		var x ledger.Tally
		if err := rows.Scan(&grade, &x.Required, &x.InTime, &x.Missed, &x.Open, &x.Done); err != nil {
			t.Fatal(err)
		}
		out[grade] = x
	}
	if rows.Err() != nil || len(out) != 3 {
		t.Fatalf("%d grades, %v", len(out), rows.Err())
	}
	return out
}
