package data

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"sanse/planner"
)

// Outgoing is something that somebody is to be told. Whom: the accounts of a visitor,
// an account, or those who have a role in the narrowest area around where something
// is, or for a body; if all of it is empty, nobody is there to be told, and that is
// counted.
type Outgoing struct {
	Once    string // no second one of that name is kept
	Kind    string // see package message
	Visitor string
	Account string
	Role    Role // leader, task_force or department
	Area    string
	Body    string
	But     string // an account that is not told, for it did it

	Ladder    int64  // what it is about; 0: no ladder
	Case      string // empty: no case
	N         int    // how many; 0: one
	Emergency bool
	Due       time.Time // the deadline that it tells; zero: none
	From      time.Time // told then at the earliest
	Until     time.Time // not sent afterwards
}

// outgoingRow is Outgoing on its way into the database.
type outgoingRow struct {
	Once      string     `json:"once"`
	Kind      string     `json:"kind"`
	Visitor   *string    `json:"to_visitor"`
	Account   *string    `json:"to_account"`
	Role      *string    `json:"to_role"`
	Area      *string    `json:"to_area"`
	Body      *string    `json:"to_body"`
	But       *string    `json:"but"`
	Ladder    *int64     `json:"ladder"`
	Case      *string    `json:"incident"`
	N         int        `json:"n"`
	Emergency bool       `json:"emergency"`
	Due       *time.Time `json:"due_at"`
	From      time.Time  `json:"from_at"`
	Until     time.Time  `json:"until"`
}

// some is a pointer to a value that is not zero.
func some[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func (o *Outgoing) row() outgoingRow {
	var due *time.Time
	if !o.Due.IsZero() {
		due = &o.Due
	}
	return outgoingRow{
		o.Once, o.Kind, some(o.Visitor), some(o.Account), some(string(o.Role)), some(o.Area), some(o.Body), some(o.But), some(o.Ladder), some(o.Case),
		max(o.N, 1), o.Emergency, due, o.From, o.Until,
	}
}

// Which columns each role writes: the engine knows no account, the desk tells of cases
// alone, the gate of handovers and tests.
const (
	outgoingByEngine = "once, kind, to_visitor, to_role, to_area, to_body, ladder, incident, n, emergency, due_at, from_at, until"
	outgoingByDesk   = "once, kind, to_role, to_area, to_body, but, incident, emergency, due_at, from_at, until"
	outgoingByGate   = "once, kind, to_account, to_role, to_body, but, n, emergency, due_at, from_at, until"
)

// execs runs statements: a transaction of one of the roles.
type execs interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// putOutgoing writes what somebody is to be told, but for what is there already.
func putOutgoing(ctx context.Context, tx execs, district, columns string, list []Outgoing) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([]outgoingRow, len(list))
	for i := range list {
		rows[i] = list[i].row()
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("put in the outbox: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO outbox (district, `+columns+`) SELECT $1, `+columns+` FROM json_to_recordset($2::json)
		AS o (once text, kind text, to_visitor text, to_account text, to_role text, to_area text, to_body text, but text, ladder bigint, incident text,
			n integer, emergency boolean, due_at timestamptz, from_at timestamptz, until timestamptz)
		ON CONFLICT DO NOTHING`, district, string(text))
	if err != nil {
		return fmt.Errorf("put in the outbox: %w", tidy(err))
	}
	return nil
}

// Tell puts what somebody is to be told into the outbox, with what this transaction
// does and only if it does it. What is there already stays as it is.
func (tx *Tx) Tell(district string, list []Outgoing) error {
	return putOutgoing(tx.ctx, tx.tx, district, outgoingByEngine, list)
}

// Tell is Tx.Tell for cases that the session sees; it names no visitor.
func (d *Desk) Tell(ctx context.Context, district string, list []Outgoing) error {
	return putOutgoing(ctx, d.tx, district, outgoingByDesk, list)
}

// Told is what became of something that somebody was to be told.
type Told struct {
	Made      bool // there was something to tell
	Reached   int  // accounts that were told; 0: nobody has one, or not yet
	Waiting   bool // nobody has been looked for yet, or it was over before
	Delivered time.Time
	Read      time.Time
}

// ToldOfLadders returns what became of what was told on steps of ladders, by ladder
// and step: "ID/N".
func (s *Reads) ToldOfLadders(ctx context.Context, district string, ids []int64) (map[string]Told, error) {
	return s.toldOf(ctx, "ladder/", `o.once IN (SELECT 'ladder/' || s.ladder || '/' || s.n FROM ladder_step s WHERE s.district = $1 AND s.ladder = ANY ($2))`, district, ids)
}

// ToldOfMoves returns what became of what those were told to whom a visit was given, by
// the id of the move, for moves of visits of that day or later.
func (s *Reads) ToldOfMoves(ctx context.Context, district string, day planner.Date) (map[string]Told, error) {
	return s.toldOf(ctx, "move/", `o.once IN (SELECT 'move/' || m.id FROM visit_move m WHERE m.district = $1 AND m.day >= $2)`, district, day.Time())
}

// toldOf returns what became of what is in the outbox, by the name that it has there
// behind the beginning.
func (s *Reads) toldOf(ctx context.Context, begins, where string, args ...any) (map[string]Told, error) {
	type row struct {
		once string
		Told
	}
	list, err := collect(ctx, s, "what was told", func(r pgx.Rows, v *row) error {
		var delivered, read *time.Time
		v.Made = true
		err := r.Scan(&v.once, &v.Reached, &v.Waiting, &delivered, &read)
		if delivered != nil {
			v.Delivered = *delivered
		}
		if read != nil {
			v.Read = *read
		}
		return err
	}, `SELECT o.once, COALESCE(o.reached, 0), o.reached IS NULL, o.delivered_at, o.read_at FROM outbox o WHERE o.district = $1 AND `+where, args...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Told, len(list))
	for i := range list {
		out[strings.TrimPrefix(list[i].once, begins)] = list[i].Told
	}
	return out, nil
}

// HeldSoon returns the open ladders whose holder's deadline lies between two moments
// and of which nobody was told again; but for those that have come to them when the
// first was as near already, who have just been told.
func (s *Reads) HeldSoon(ctx context.Context, district string, from, to time.Time) ([]Ladder, error) {
	return s.ladders(ctx, `FROM ladder l WHERE l.district = $1 AND l.closed_at IS NULL AND l.holder IS NOT NULL AND l.deadline > $2 AND l.deadline <= $3
			AND EXISTS (SELECT FROM ladder_step s WHERE s.district = $1 AND s.ladder = l.id AND s.n = l.taken - 1 AND l.deadline - s.taken_at > $3::timestamptz - $2::timestamptz)
			AND NOT EXISTS (SELECT FROM outbox o WHERE o.district = $1 AND o.once = 'ladder/' || l.id || '/' || l.taken || '/again')
		ORDER BY l.id`, district, from, to)
}

// CaseClock is an open case whose deadline is near or over.
type CaseClock struct {
	Case
	Set time.Time // when its clock was set to that deadline
}

// CaseClocks returns the open cases whose deadline is over before a moment, and after
// another, with when their clock was set.
func (s *Reads) CaseClocks(ctx context.Context, district string, after, before time.Time) ([]CaseClock, error) {
	return collect(ctx, s, "clocks of cases", func(r pgx.Rows, v *CaseClock) error {
		return r.Scan(&v.ID, &v.Kind, &v.Area, &v.Level, &v.Body, &v.Stage, &v.N, &v.Deadline, &v.Set)
	}, `SELECT i.id, i.kind, i.area, i.level, COALESCE(i.body, ''), i.stage, i.n, i.deadline,
			COALESCE((SELECT min(s.at) FROM incident_step s WHERE s.district = $1 AND s.incident = i.id AND s.deadline = i.deadline), i.opened_at)
		FROM incident i WHERE i.district = $1 AND i.closed_at IS NULL AND i.deadline > $2 AND i.deadline <= $3 ORDER BY i.deadline, i.id`, district, after, before)
}

// ToldOnce tells which of these were put into the outbox already.
func (s *Reads) ToldOnce(ctx context.Context, district string, once []string) (map[string]bool, error) {
	list, err := collect(ctx, s, "outbox", scanID, `SELECT once FROM outbox WHERE district = $1 AND once = ANY ($2)`, district, once)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out, nil
}
