package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// CaseStage is how far a case has come.
type CaseStage string

// The stages of a case, in their order.
const (
	CaseCall     CaseStage = "call"
	CaseArrival  CaseStage = "arrival"
	CaseHandling CaseStage = "handling"
	CaseFeedback CaseStage = "feedback"
	CaseRating   CaseStage = "rating"
	CaseClosed   CaseStage = "closed"
)

// CaseStages are all stages in their order.
var CaseStages = []CaseStage{CaseCall, CaseArrival, CaseHandling, CaseFeedback, CaseRating, CaseClosed}

// CaseLevel is who holds a case.
type CaseLevel string

// Who holds a case: small ones the grid, larger ones departments together, the
// largest the task force.
const (
	CaseGrid        CaseLevel = "grid"
	CaseDepartments CaseLevel = "departments"
	CaseTaskForce   CaseLevel = "task_force"
)

// Case is a case as it stands.
type Case struct {
	ID       string
	Kind     string
	Source   string // found, missed, resident, device, above
	Resident string // empty: of nobody
	Area     string // where it is: a micro-grid or a grid; of a resident where they live now
	Ladder   int64  // whose lapse it is; 0: of none
	Level    CaseLevel
	Body     string   // the department that leads, where departments hold it
	Bodies   []string // those that lead it or have led it
	Stage    CaseStage
	N        int // steps so far
	Opened   time.Time
	OpenedBy string    // the account; empty: the program
	Deadline time.Time // to answer while the stage is call, afterwards to solve it
	Closed   time.Time
}

// CaseStep is what became of a case.
type CaseStep struct {
	N        int
	At       time.Time
	By       string // the account; empty: the program
	Stage    CaseStage
	Level    CaseLevel
	Body     string
	Deadline time.Time
	Text     Sealed // what was written; read at the desk alone
}

var caseColumns = []string{"district", "id", "kind", "source", "resident", "area", "ladder", "level", "body", "stage", "n", "opened_at", "opened_by", "deadline"}

func (c *Case) row(district string) []any {
	return []any{
		district, c.ID, c.Kind, c.Source, orNil(c.Resident), c.Area, orNil(c.Ladder), string(c.Level), orNil(c.Body), string(c.Stage), int16(1), c.Opened,
		orNil(c.OpenedBy), c.Deadline,
	}
}

// OpenCases stores cases that the program opens, with their first step.
func (tx *Tx) OpenCases(district string, list []Case) error {
	if err := tx.insert("incident", caseColumns, len(list), func(i int) ([]any, error) { return list[i].row(district), nil }); err != nil {
		return err
	}
	return tx.insert("incident_step", []string{"district", "incident", "n", "at", "stage", "level", "deadline"}, len(list), func(i int) ([]any, error) {
		c := &list[i]
		return []any{district, c.ID, int16(1), c.Opened, string(c.Stage), string(c.Level), c.Deadline}, nil
	})
}

// CaseFilter says which cases are wanted.
type CaseFilter struct {
	ID    string // that one alone; empty: any
	Area  string // code; those that are there
	Open  bool   // that are not closed
	Limit int    // 0: all
}

// Cases returns cases: those that are open first, the one whose deadline is nearest
// first. One of nobody is where it was opened; see Desk.Cases.
func (s *Reads) Cases(ctx context.Context, district string, f CaseFilter) ([]Case, error) {
	sql, args := casesSQL(district, placeOfCase, f)
	return collect(ctx, s, "cases", scanCase, sql, args...)
}

// Cases returns the cases that the session sees, in the same order. One of nobody is
// with the heirs of the area in which it was opened.
func (d *Desk) Cases(ctx context.Context, district string, f CaseFilter) ([]Case, error) {
	sql, args := casesSQL(district, placeAtDesk, f)
	return collect(ctx, d.reads, "cases", scanCase, sql, args...)
}

func scanCase(r pgx.Rows, v *Case) error {
	var closed *time.Time
	err := r.Scan(&v.ID, &v.Kind, &v.Source, &v.Resident, &v.Area, &v.Ladder, &v.Level, &v.Body, &v.Bodies, &v.Stage, &v.N, &v.Opened, &v.OpenedBy, &v.Deadline, &closed)
	if closed != nil {
		v.Closed = *closed
	}
	return err
}

// Where a case is: of a resident where they live now.
const (
	placeOfCase = `COALESCE((SELECT COALESCE(r.micro_grid, r.grid) FROM resident r WHERE r.district = i.district AND r.id = i.resident), i.area)`
	placeAtDesk = `COALESCE((SELECT COALESCE(r.micro_grid, r.grid) FROM resident r WHERE r.district = i.district AND r.id = i.resident),
		CASE WHEN i.resident IS NULL THEN COALESCE(trust.case_area(i.district, i.area, i.opened_at, (SELECT trust.sight('records'))),
			trust.case_area(i.district, i.area, i.opened_at, jsonb_build_object(i.district || ' *', true))) END, i.area)`
)

// casesSQL is the statement of Cases; place says where a case is. What is not asked
// for is not in it: at the desk it is planned without what it is asked with
// (planOnce), and only one that names a case, or wants what is open, can go by the
// index of that.
func casesSQL(district, place string, f CaseFilter) (sql string, args []any) {
	where, order := "district = $1", "closed_at DESC NULLS FIRST, deadline, id"
	args = []any{district}
	arg := func(sql string, v any) string {
		args = append(args, v)
		return fmt.Sprintf(sql, len(args))
	}
	if f.ID != "" {
		where += arg(" AND id = $%d", f.ID)
	}
	if f.Area != "" {
		where += arg(" AND starts_with("+place+", $%d)", f.Area)
	}
	if f.Open {
		where, order = where+" AND closed_at IS NULL", "deadline, id"
	}
	if f.Limit > 0 {
		order += arg(" LIMIT $%d", f.Limit)
	}
	return `SELECT id, kind, source, COALESCE(resident, ''), ` + place + `, COALESCE(ladder, 0), level, COALESCE(body, ''), bodies, stage, n, opened_at, COALESCE(opened_by, ''),
			deadline, closed_at
		FROM incident i WHERE ` + where + ` ORDER BY ` + order, args
}

// Case returns a case that the session sees, with its steps and what was written;
// ErrNotFound if there is none.
func (d *Desk) Case(ctx context.Context, district, id string) (Case, []CaseStep, error) {
	list, err := d.Cases(ctx, district, CaseFilter{ID: id})
	if err != nil {
		return Case{}, nil, err
	}
	if len(list) != 1 {
		return Case{}, nil, fmt.Errorf("case: %w", ErrNotFound)
	}
	steps, err := opened(ctx, d.reads, district, func(k *sealer) ([]CaseStep, error) {
		return collect(ctx, d.reads, "steps of a case", func(r pgx.Rows, v *CaseStep) error {
			var text []byte
			if err := r.Scan(&v.N, &v.At, &v.By, &v.Stage, &v.Level, &v.Body, &v.Deadline, &text); err != nil {
				return err
			}
			var err error
			v.Text, err = k.open(text, "incident_text", "text", fmt.Sprintf("%s/%d", id, v.N))
			return err
		}, `SELECT s.n, s.at, COALESCE(s.by, ''), s.stage, s.level, COALESCE(s.body, ''), s.deadline, t.text
			FROM incident_step s LEFT JOIN incident_text t ON t.district = s.district AND t.incident = s.incident AND t.n = s.n
			WHERE s.district = $1 AND s.incident = $2 ORDER BY s.n`, district, id)
	})
	return list[0], steps, err
}

// OpenCase stores a case with its first step and what was written, and records it. A
// case out of sight is an error of the database.
func (d *Desk) OpenCase(ctx context.Context, district string, c Case, text Sealed) error {
	if _, err := d.tx.Exec(ctx, `INSERT INTO incident (district, id, kind, source, resident, area, ladder, level, body, stage, n, opened_at, opened_by, deadline)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, c.row(district)...); err != nil {
		return fmt.Errorf("open case: %w", tidy(err))
	}
	c.N = 1
	return d.caseStep(ctx, district, &c, c.Opened, c.OpenedBy, text, ActCreate)
}

// MoveCase brings a case to where c says, if it has had c.N steps and is not closed;
// ErrNotFound if it has changed meanwhile, or is not in sight.
func (d *Desk) MoveCase(ctx context.Context, district string, c Case, at time.Time, by string, text Sealed) error {
	var n int
	err := d.tx.QueryRow(ctx, `UPDATE incident SET stage = $3, level = $4, body = $5, deadline = $6, closed_at = $7, n = n + 1,
			bodies = CASE WHEN $5 = ANY (bodies) OR $5 IS NULL THEN bodies ELSE bodies || $5 END
		WHERE district = $1 AND id = $2 AND n = $8 AND closed_at IS NULL RETURNING n`,
		district, c.ID, string(c.Stage), string(c.Level), orNil(c.Body), c.Deadline, timeOrNil(c.Closed), int16(c.N)).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("case: %w", ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("move case: %w", tidy(err))
	}
	c.N = n
	return d.caseStep(ctx, district, &c, at, by, text, ActUpdate)
}

// CaseIDs are the ids of these cases and of those whom they are about, each once, as
// the audit has them: who looked at a case has looked at somebody.
func CaseIDs(list ...Case) []string {
	ids := make([]string, 0, 2*len(list))
	for i := range list {
		ids = append(ids, list[i].ID)
	}
	seen := map[string]bool{"": true}
	for i := range list {
		if who := list[i].Resident; !seen[who] {
			seen[who], ids = true, append(ids, who)
		}
	}
	return ids
}

// caseStep writes the step that a case has come to, and records it.
func (d *Desk) caseStep(ctx context.Context, district string, c *Case, at time.Time, by string, text Sealed, act Action) error {
	if _, err := d.tx.Exec(ctx, `INSERT INTO incident_step (district, incident, n, at, by, stage, level, body, deadline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		district, c.ID, int16(c.N), at, orNil(by), string(c.Stage), string(c.Level), orNil(c.Body), c.Deadline); err != nil {
		return fmt.Errorf("step of case: %w", tidy(err))
	}
	if text != "" {
		k, err := d.reads.keys.sealer(ctx, d.tx, district)
		if err != nil {
			return err
		}
		sealed, err := k.seal(text, "incident_text", "text", fmt.Sprintf("%s/%d", c.ID, c.N))
		if err != nil {
			return err
		}
		if _, err := d.tx.Exec(ctx, `INSERT INTO incident_text (district, incident, n, text) VALUES ($1, $2, $3, $4)`, district, c.ID, int16(c.N), sealed); err != nil {
			return fmt.Errorf("step of case: %w", tidy(err))
		}
	}
	e := Event{Action: act, Object: "case", Area: c.Area, IDs: CaseIDs(*c), Detail: map[string]string{"stage": string(c.Stage), "level": string(c.Level)}}
	return d.Record(ctx, district, e)
}
