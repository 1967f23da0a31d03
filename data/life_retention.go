package data

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// lifeKind is how a kind of data is found and taken away. In the statements $1 is
// the district and $2 the first day that is kept.
type lifeKind struct {
	due    string   // counts what is over
	oldest string   // the earliest time that it tells of, null: nothing
	remove []string // the last one takes away what is counted
	// whose, of kinds that end by a person, is whose time is over, and what they are to
	// the audit, which tells of each by id.
	whose, object string
}

// noEnd is the last day of an absence that has no end: the resident has left care.
const noEnd = "9999-12-31"

// lastVisits is true of a visit that a due date still hangs on.
const lastVisits = `EXISTS (SELECT FROM visit l WHERE l.district = v.district AND l.resident = v.resident AND l.done AND l.day > v.day)`

// laterGrades is true of a change of grade that another one came after.
const laterGrades = `EXISTS (SELECT FROM grade_change l WHERE l.district = g.district AND l.resident = g.resident AND l.n > g.n)`

// requestTextsKept is the condition under which a request has texts that can go:
// those of a correction stay for as long as it holds against its source.
const requestTextsKept = `(num_nonnulls(reason, decision_reason) > 0 OR holds = '{}' AND num_nonnulls(fields, replaced) > 0)`

var lifeKinds = map[string]lifeKind{
	KindVisits: {
		due:    `SELECT count(*) FROM visit v WHERE v.district = $1 AND v.day < $2::date AND (NOT v.done OR ` + lastVisits + `)`,
		oldest: `SELECT min(day)::timestamptz FROM visit WHERE district = $1`,
		remove: []string{`DELETE FROM visit v WHERE v.district = $1 AND v.day < $2::date AND (NOT v.done OR ` + lastVisits + `)`},
	},
	KindTaskVisits: {
		due: `SELECT count(*) FROM task_visit v WHERE v.district = $1 AND v.day < $2::date
			AND (NOT v.done OR EXISTS (SELECT FROM task_visit l WHERE l.district = v.district AND l.task = v.task AND l.done AND l.day > v.day))`,
		oldest: `SELECT min(day)::timestamptz FROM task_visit WHERE district = $1`,
		remove: []string{`DELETE FROM task_visit v WHERE v.district = $1 AND v.day < $2::date
			AND (NOT v.done OR EXISTS (SELECT FROM task_visit l WHERE l.district = v.district AND l.task = v.task AND l.done AND l.day > v.day))`},
	},
	// What corrects a record goes with it, or after it; what was put off or handed over goes with the records of that time.
	KindRecords: {
		due:    `SELECT count(*) FROM visit_record WHERE district = $1 AND day < $2::date`,
		oldest: `SELECT min(day)::timestamptz FROM visit_record WHERE district = $1`,
		remove: []string{
			`DELETE FROM visit_move WHERE district = $1 AND GREATEST(day, to_day) < $2::date`,
			`DELETE FROM visit_record WHERE district = $1 AND day < $2::date`,
			`DELETE FROM quality_sample WHERE district = $1 AND week < $2::date - 6`,
		},
	},
	KindRecordTexts: {
		due: `SELECT (SELECT count(*) FROM visit_record_text t JOIN visit_record v ON v.district = t.district AND v.id = t.record WHERE t.district = $1 AND v.day < $2::date)
			+ (SELECT count(*) FROM visit_rating_text t JOIN visit_rating g ON g.district = t.district AND g.id = t.rating JOIN visit_record v ON v.district = g.district AND v.id = g.record
				WHERE t.district = $1 AND v.day < $2::date)`,
		oldest: `SELECT min(v.day)::timestamptz FROM visit_record_text t JOIN visit_record v ON v.district = t.district AND v.id = t.record WHERE t.district = $1`,
		remove: []string{
			`DELETE FROM rating_code WHERE district = $1 AND until < now() AND $2::date IS NOT NULL`,
			`DELETE FROM visit_record_text t USING visit_record v WHERE t.district = $1 AND v.district = $1 AND v.id = t.record AND v.day < $2::date`,
			`DELETE FROM visit_rating_text t USING visit_rating g, visit_record v
				WHERE t.district = $1 AND g.district = $1 AND g.id = t.rating AND v.district = $1 AND v.id = g.record AND v.day < $2::date`,
		},
	},
	KindNeeds: {
		due:    `SELECT count(*) FROM need WHERE district = $1 AND to_day < $2::date`,
		oldest: `SELECT min(to_day)::timestamptz FROM need WHERE district = $1`,
		remove: []string{
			`DELETE FROM need_match m USING need n WHERE m.district = $1 AND n.district = $1 AND n.id = m.need AND n.to_day < $2::date`,
			`DELETE FROM need WHERE district = $1 AND to_day < $2::date`,
		},
	},
	KindPlans: {
		due:    `SELECT count(*) FROM plan WHERE district = $1 AND NOT is_current AND start_day + days < $2::date`,
		oldest: `SELECT min(start_day + days)::timestamptz FROM plan WHERE district = $1`,
		remove: []string{
			`DELETE FROM day_order WHERE district = $1 AND day < $2::date`,
			`UPDATE plan p SET replaces = NULL FROM plan o WHERE p.district = $1 AND o.district = $1 AND o.id = p.replaces AND NOT o.is_current AND o.start_day + o.days < $2::date`,
			`DELETE FROM plan WHERE district = $1 AND NOT is_current AND start_day + days < $2::date`,
		},
	},
	KindPlanProblems: {
		due: `SELECT count(*) FROM plan_problem x JOIN plan p ON p.district = x.district AND p.id = x.plan
			WHERE x.district = $1 AND NOT p.is_current AND p.start_day + p.days < $2::date`,
		oldest: `SELECT min(p.start_day + p.days)::timestamptz FROM plan_problem x JOIN plan p ON p.district = x.district AND p.id = x.plan WHERE x.district = $1`,
		remove: []string{`DELETE FROM plan_problem x USING plan p WHERE x.district = $1 AND p.district = $1 AND p.id = x.plan AND NOT p.is_current AND p.start_day + p.days < $2::date`},
	},
	KindHandovers: {
		due:    `SELECT count(*) FROM handover WHERE district = $1 AND to_at < $2::date`,
		oldest: `SELECT min(to_at) FROM handover WHERE district = $1`,
		remove: []string{`DELETE FROM handover WHERE district = $1 AND to_at < $2::date`},
	},
	KindRequests: {
		due: `SELECT count(*) FROM data_request WHERE district = $1 AND COALESCE(done_at, decided_at) < $2::date AND (decision = 'refuse' OR done_at IS NOT NULL)
			AND ` + requestTextsKept,
		oldest: `SELECT min(asked_at) FROM data_request WHERE district = $1 AND ` + requestTextsKept,
		remove: []string{`UPDATE data_request SET reason = NULL, decision_reason = NULL,
				fields = CASE WHEN holds <> '{}' THEN fields END, replaced = CASE WHEN holds <> '{}' THEN replaced END
			WHERE district = $1 AND COALESCE(done_at, decided_at) < $2::date AND (decision = 'refuse' OR done_at IS NOT NULL)
				AND ` + requestTextsKept},
	},
	KindLadders: {
		due:    `SELECT count(*) FROM ladder WHERE district = $1 AND closed_at < $2::date`,
		oldest: `SELECT min(due_by)::timestamptz FROM ladder WHERE district = $1`,
		remove: []string{
			`DELETE FROM ladder WHERE district = $1 AND closed_at < $2::date`,
		},
	},
	KindCases: {
		due:    `SELECT count(*) FROM incident WHERE district = $1 AND closed_at < $2::date`,
		oldest: `SELECT min(opened_at) FROM incident WHERE district = $1`,
		remove: []string{`DELETE FROM incident WHERE district = $1 AND closed_at < $2::date`},
	},
	KindConnect: {
		due:    `SELECT count(*) FROM connect_row WHERE district = $1 AND last_at < $2::date`,
		oldest: `SELECT min(last_at) FROM connect_row WHERE district = $1`,
		remove: []string{`DELETE FROM connect_row WHERE district = $1 AND last_at < $2::date`},
	},
	KindConnectTasks: {
		due:    `SELECT count(*) FROM connect_task WHERE district = $1 AND GREATEST(day, due_by) < $2::date`,
		oldest: `SELECT min(day)::timestamptz FROM connect_task WHERE district = $1`,
		remove: []string{`DELETE FROM connect_task WHERE district = $1 AND GREATEST(day, due_by) < $2::date`},
	},
	KindDeliveries: {
		due:    `SELECT count(*) FROM connect_delivery WHERE district = $1 AND state <> 'waiting' AND done_at < $2::date`,
		oldest: `SELECT min(made_at) FROM connect_delivery WHERE district = $1`,
		remove: []string{`DELETE FROM connect_delivery WHERE district = $1 AND state <> 'waiting' AND done_at < $2::date`},
	},
	KindDeviceEvents: {
		due:    `SELECT count(*) FROM device_event WHERE district = $1 AND received < $2::date`,
		oldest: `SELECT min(received) FROM device_event WHERE district = $1`,
		remove: []string{`DELETE FROM device_event WHERE district = $1 AND received < $2::date`},
	},
	// A message goes with what it told of, or before it.
	KindMessages: {
		due:    `SELECT count(*) FROM outbox WHERE district = $1 AND until < $2::date`,
		oldest: `SELECT min(until) FROM outbox WHERE district = $1`,
		remove: []string{
			`DELETE FROM message WHERE district = $1 AND until < $2::date`,
			`DELETE FROM outbox WHERE district = $1 AND until < $2::date`,
		},
	},
	// The last change of each resident stays: it says since when the grade holds.
	KindGrades: {
		due:    `SELECT count(*) FROM grade_change g WHERE g.district = $1 AND g.day < $2::date AND ` + laterGrades,
		oldest: `SELECT min(day)::timestamptz FROM grade_change WHERE district = $1`,
		remove: []string{
			`DELETE FROM grade_suggestion WHERE district = $1 AND closed_at < $2::date`,
			`DELETE FROM grade_appeal WHERE district = $1 AND decided_at < $2::date`,
			`DELETE FROM resident_fact WHERE district = $1 AND at < $2::date AND code <> 'born'`,
			`DELETE FROM grade_change g WHERE g.district = $1 AND g.day < $2::date AND ` + laterGrades,
		},
	},
	KindImports: {
		due:    `SELECT count(*) FROM import_log WHERE district = $1 AND at < $2::date`,
		oldest: `SELECT min(at) FROM import_log WHERE district = $1`,
		remove: []string{`DELETE FROM import_log WHERE district = $1 AND at < $2::date`},
	},
	KindSessions: {
		due:    `SELECT count(*) FROM session WHERE district = $1 AND LEAST(revoked_at, expires_at) < $2::date`,
		oldest: `SELECT min(LEAST(revoked_at, expires_at)) FROM session WHERE district = $1`,
		remove: []string{
			`DELETE FROM calendar_feed WHERE district = $1 AND revoked_at < $2::date`,
			`DELETE FROM session WHERE district = $1 AND LEAST(revoked_at, expires_at) < $2::date`,
		},
	},
	// Whom records and plans name from then on is an id.
	KindVisitorNames: {
		due: `SELECT count(*) FROM visitor_person p JOIN visitor v ON v.district = p.district AND v.id = p.visitor
			WHERE p.district = $1 AND v.left_on < $2::date`,
		oldest: `SELECT min(v.left_on)::timestamptz FROM visitor_person p JOIN visitor v ON v.district = p.district AND v.id = p.visitor WHERE p.district = $1`,
		remove: []string{`DELETE FROM visitor_person p USING visitor v WHERE p.district = $1 AND v.district = $1 AND v.id = p.visitor AND v.left_on < $2::date`},
		whose: `SELECT p.visitor FROM visitor_person p JOIN visitor v ON v.district = p.district AND v.id = p.visitor
			WHERE p.district = $1 AND v.left_on < $2::date ORDER BY 1`,
		object: "visitor_person",
	},
	// What an account was granted, when and by whom stays, and so does what it did: by
	// its id. The login, which may be a name, and what was written about its holder go.
	KindAccounts: {
		due:    `SELECT count(*) FROM account WHERE district = $1 AND closed_at IS NULL AND disabled_at < $2`,
		oldest: `SELECT min(disabled_at) FROM account WHERE district = $1 AND closed_at IS NULL`,
		remove: []string{
			`UPDATE account_grant g SET reason = NULL FROM account a WHERE g.district = $1 AND a.district = $1 AND a.id = g.account
				AND a.closed_at IS NULL AND a.disabled_at < $2 AND g.reason IS NOT NULL`,
			`DELETE FROM message_choice m USING account a WHERE m.district = $1 AND a.district = $1 AND a.id = m.account AND a.closed_at IS NULL AND a.disabled_at < $2`,
			`UPDATE account SET closed_at = now(), login = CASE WHEN login ~ '^key-[0-9a-f]{16}$' THEN login ELSE id END, name = NULL, issuer = NULL, subject = NULL,
					password = NULL, secret_until = NULL, must_change = false, totp = NULL, totp_on = false, recovery = '{}', pin = NULL
				WHERE district = $1 AND closed_at IS NULL AND disabled_at < $2`,
		},
		whose:  `SELECT id FROM account WHERE district = $1 AND closed_at IS NULL AND disabled_at < $2 ORDER BY 1`,
		object: "account",
	},
	// Those two are taken away one by one, and by the chain.
	KindPersons: {
		due: `SELECT count(*) FROM resident_person p WHERE p.district = $1 AND EXISTS (SELECT FROM resident_absence a
			WHERE a.district = $1 AND a.resident = p.resident AND a.to_day = '` + noEnd + `' AND a.from_day < $2::date)`,
		oldest: `SELECT min(from_day)::timestamptz FROM resident_absence WHERE district = $1 AND to_day = '` + noEnd + `'`,
	},
	KindAudit: {
		due:    `SELECT count(*) FROM audit WHERE district = $1 AND at < $2::date`,
		oldest: `SELECT min(at) FROM audit WHERE district = $1`,
	},
	KindExports: {
		due:    `SELECT count(*) FROM export WHERE district = $1 AND at < $2::date AND valid_until < $2::date`,
		oldest: `SELECT min(at) FROM export WHERE district = $1`,
		remove: []string{`DELETE FROM export WHERE district = $1 AND at < $2::date AND valid_until < $2::date`},
	},
}

// keptFrom is the first moment that a rule keeps. The audit goes by the store's
// clock too, whatever day it is said to be.
func (s *Store) keptFrom(r *RetentionRule, today planner.Date) time.Time {
	from := (today - planner.Date(r.Days)).Time()
	if least := s.linkTime().Add(-KeepAudit); r.Kind == KindAudit && from.After(least) {
		return least
	}
	return from
}

// Retention returns how long each kind of a district's data is kept. With counts,
// which only the owner's store can, it says how much of each is over on that day.
func (s *Store) Retention(ctx context.Context, district string, today planner.Date, counts bool) ([]RetentionRule, error) {
	own, err := collect(ctx, &s.Reads, "retention", func(r pgx.Rows, v *RetentionRule) error {
		v.Set = true
		return r.Scan(&v.Kind, &v.Days, &v.Basis, &v.SetBy)
	}, `SELECT kind, keep_days, basis, set_by FROM retention WHERE district = $1`, district)
	if err != nil {
		return nil, err
	}
	rules := RetentionReference()
	for i := range rules {
		r := &rules[i]
		if j := slices.IndexFunc(own, func(o RetentionRule) bool { return o.Kind == r.Kind }); j >= 0 {
			r.Days, r.Basis, r.Set, r.SetBy = max(own[j].Days, r.Least), own[j].Basis, true, own[j].SetBy
		}
		if !counts {
			continue
		}
		k := lifeKinds[r.Kind]
		var oldest *time.Time
		if err := s.pool.QueryRow(ctx, k.oldest, district).Scan(&oldest); err != nil {
			return nil, fmt.Errorf("look at %s: %w", r.Kind, tidy(err))
		}
		if oldest != nil {
			r.Oldest = *oldest
		}
		if err := s.pool.QueryRow(ctx, k.due, district, s.keptFrom(r, today)).Scan(&r.Due); err != nil {
			return nil, fmt.Errorf("count %s: %w", r.Kind, tidy(err))
		}
	}
	return rules, nil
}

// SetRetention keeps a kind of a district's data for so many days from now on; by
// is the account that decided. A kind that there is not, or fewer days than the
// law asks, is an *InvalidError.
func (tx *Tx) SetRetention(district, kind string, days int, basis, by string) error {
	rules := RetentionReference()
	i := slices.IndexFunc(rules, func(r RetentionRule) bool { return r.Kind == kind })
	switch {
	case i < 0:
		return &InvalidError{Table: "retention", Rule: "kind"}
	case days < max(1, rules[i].Least) || days > 36500:
		return &InvalidError{Table: "retention", Rule: "keep_days"}
	case basis == "":
		return &InvalidError{Table: "retention", Rule: "basis"}
	}
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO retention (district, kind, keep_days, basis, set_by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (district, kind) DO UPDATE SET keep_days = EXCLUDED.keep_days, basis = EXCLUDED.basis, set_by = EXCLUDED.set_by, set_at = now()`,
		district, kind, days, basis, by)
	if err != nil {
		return fmt.Errorf("set retention: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "retention", Detail: map[string]string{"kind": kind, "keep_days": fmt.Sprint(days)}})
}

// LifeRuns returns the last runs of a district, the latest first.
func (s *Reads) LifeRuns(ctx context.Context, district string, limit int) ([]LifeRun, error) {
	return collect(ctx, s, "life runs", func(r pgx.Rows, v *LifeRun) error {
		var gone []byte
		if err := r.Scan(&v.At, &gone); err != nil {
			return err
		}
		return json.Unmarshal(gone, &v.Gone)
	}, `SELECT at, gone FROM life_run WHERE district = $1 ORDER BY n DESC LIMIT $2`, district, limit)
}
