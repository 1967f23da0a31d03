package data

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// MoveKind is what became of a visit of a day.
type MoveKind string

// The kinds of move.
const (
	MovePostpone MoveKind = "postpone"  // the same visitor comes on another day
	MoveHandOver MoveKind = "hand_over" // somebody else comes on the same day
	MovePassOn   MoveKind = "pass_on"   // the next of the ladder comes
)

// VisitMove is a visit that whoever was to make it gave out of their day.
type VisitMove struct {
	ID        string // UUID, made on the phone
	Kind      MoveKind
	Resident  string
	Visitor   string // who was to come
	Day       planner.Date
	ToVisitor string // empty, with ToDay 0: the ladder says who
	ToDay     planner.Date
	Why       string // code of a reason of the form
	Account   string
	At        time.Time
	Over      bool // of MovesOfDay: somebody was there since the day that it was of, before the day that is asked for
}

const moveColumns = `m.id::text, m.kind, m.resident, m.visitor, m.day - DATE '1970-01-01', COALESCE(m.to_visitor, ''), COALESCE(m.to_day - DATE '1970-01-01', 0), m.why, m.account, m.at`

func (s *Reads) moves(ctx context.Context, from string, args ...any) ([]VisitMove, error) {
	return collect(ctx, s, "moves of visits", scanMove, `SELECT `+moveColumns+` `+from, args...)
}

func scanMove(r pgx.Rows, v *VisitMove) error { return scanMoveAnd(r, v) }

func scanMoveAnd(r pgx.Rows, v *VisitMove, more ...any) error {
	return r.Scan(append([]any{&v.ID, &v.Kind, &v.Resident, &v.Visitor, &v.Day, &v.ToVisitor, &v.ToDay, &v.Why, &v.Account, &v.At}, more...)...)
}

// VisitMove returns a move; ErrNotFound if there is none of that id.
func (s *Reads) VisitMove(ctx context.Context, district, id string) (VisitMove, error) {
	list, err := s.moves(ctx, `FROM visit_move m WHERE m.district = $1 AND m.id = $2`, district, id)
	if err != nil {
		return VisitMove{}, err
	}
	if len(list) == 0 {
		return VisitMove{}, fmt.Errorf("move of a visit: %w", ErrNotFound)
	}
	return list[0], nil
}

// MovesOfDay returns all moves of those residents of whom one gives a visit into a
// visitor's day or out of it, the first first.
func (s *Reads) MovesOfDay(ctx context.Context, district, visitor string, day planner.Date) ([]VisitMove, error) {
	return collect(ctx, s, "moves of visits", func(r pgx.Rows, v *VisitMove) error { return scanMoveAnd(r, v, &v.Over) },
		`SELECT `+moveColumns+`, EXISTS (SELECT FROM visit v WHERE v.district = m.district AND v.resident = m.resident AND v.done AND v.day >= m.day AND v.day < $3)
		FROM visit_move m WHERE m.district = $1 AND m.resident IN (
			SELECT resident FROM visit_move WHERE district = $1 AND visitor = $2 AND day = $3
			UNION SELECT resident FROM visit_move WHERE district = $1 AND to_visitor = $2 AND to_day = $3)
		ORDER BY m.at, m.id`, district, visitor, day.Time())
}

// MovesInForce returns of each resident the latest move, if it is of a visit on that
// day or later, or to one, and nobody has been there since the day that it was of;
// by resident.
func (s *Reads) MovesInForce(ctx context.Context, district string, day planner.Date) ([]VisitMove, error) {
	return s.moves(ctx, `FROM (SELECT DISTINCT ON (resident) * FROM visit_move WHERE district = $1 AND day >= $2::date - 62 ORDER BY resident, at DESC, id DESC) m
		WHERE GREATEST(m.day, m.to_day) >= $2
			AND NOT EXISTS (SELECT FROM visit v WHERE v.district = $1 AND v.resident = m.resident AND v.done AND v.day >= m.day)
		ORDER BY m.resident`, district, day.Time())
}

// Moves returns the moves of residents of an area whose visit was to be on one of
// these days, both included, the latest first.
func (s *Reads) Moves(ctx context.Context, district, area string, from, to planner.Date, limit int) ([]VisitMove, error) {
	return s.moves(ctx, `FROM visit_move m JOIN resident r ON r.district = m.district AND r.id = m.resident
		WHERE m.district = $1 AND m.day BETWEEN $2 AND $3 AND (starts_with(r.grid, $4) OR starts_with(COALESCE(r.micro_grid, ''), $4))
		ORDER BY m.at DESC, m.id LIMIT $5`, district, from.Time(), to.Time(), area, limit)
}

// MovesToEnter returns the ids of the moves that the plan was not made again with yet.
func (s *Reads) MovesToEnter(ctx context.Context, district string) ([]string, error) {
	return collect(ctx, s, "moves to enter", func(r pgx.Rows, v *string) error { return r.Scan(v) },
		`SELECT id::text FROM visit_move WHERE district = $1 AND NOT entered`, district)
}

// PutVisitMove stores a move, once; false: there is one of that id already.
func (tx *Tx) PutVisitMove(district string, m *VisitMove) (bool, error) {
	var toDay any
	if m.ToDay != 0 {
		toDay = m.ToDay.Time()
	}
	tag, err := tx.tx.Exec(tx.ctx, `INSERT INTO visit_move (district, id, kind, resident, visitor, day, to_visitor, to_day, why, account, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (district, id) DO NOTHING`,
		district, m.ID, m.Kind, m.Resident, m.Visitor, m.Day.Time(), orNil(m.ToVisitor), toDay, m.Why, m.Account, m.At)
	if err != nil {
		return false, fmt.Errorf("store the move of a visit: %w", tidy(err))
	}
	return tag.RowsAffected() > 0, nil
}

// MovesEntered says that the plan was made again with these moves, or cannot be.
func (tx *Tx) MovesEntered(district string, ids []string) error {
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE visit_move SET entered = true WHERE district = $1 AND NOT entered AND id = ANY ($2::uuid[])`, district, orEmpty(ids)); err != nil {
		return fmt.Errorf("enter moves of visits: %w", tidy(err))
	}
	return nil
}

// DayOrder is the doors of a visitor's day in the order in which they walk.
type DayOrder struct {
	Visitor string
	Day     planner.Date
	Doors   []string // ids of residents and tasks
	Why     string   // code of a reason; empty: it broke nothing
	Account string
	At      time.Time
}

// DayOrder returns the order of a visitor's day; ErrNotFound where it is the plan's.
func (s *Reads) DayOrder(ctx context.Context, district, visitor string, day planner.Date) (DayOrder, error) {
	list, err := collect(ctx, s, "orders of days", func(r pgx.Rows, v *DayOrder) error {
		return r.Scan(&v.Visitor, &v.Day, &v.Doors, &v.Why, &v.Account, &v.At)
	}, `SELECT visitor, `+dayOf("day")+`, doors, COALESCE(why, ''), account, at FROM day_order WHERE district = $1 AND visitor = $2 AND day = $3`,
		district, visitor, day.Time())
	if err != nil {
		return DayOrder{}, err
	}
	if len(list) == 0 {
		return DayOrder{}, fmt.Errorf("order of a day: %w", ErrNotFound)
	}
	return list[0], nil
}

// PutDayOrder keeps the order of a visitor's day in the place of the one before; one
// without doors is the plan's again.
func (tx *Tx) PutDayOrder(district string, o *DayOrder) error {
	var err error
	if len(o.Doors) == 0 {
		_, err = tx.tx.Exec(tx.ctx, `DELETE FROM day_order WHERE district = $1 AND visitor = $2 AND day = $3`, district, o.Visitor, o.Day.Time())
	} else {
		_, err = tx.tx.Exec(tx.ctx, `INSERT INTO day_order (district, visitor, day, doors, why, account, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (district, visitor, day) DO UPDATE SET doors = EXCLUDED.doors, why = EXCLUDED.why, account = EXCLUDED.account, at = EXCLUDED.at`,
			district, o.Visitor, o.Day.Time(), o.Doors, orNil(o.Why), o.Account, o.At)
	}
	if err != nil {
		return fmt.Errorf("keep the order of a day: %w", tidy(err))
	}
	return nil
}

// ClaimLadder takes the open ladder of a resident's day and keeps it to this
// transaction; ErrNotFound if there is none.
func (tx *Tx) ClaimLadder(district, resident string, day planner.Date) (DueLadder, error) {
	list, err := tx.claimLadders(`district = $1 AND resident = $2 AND due_by = $3 AND closed_at IS NULL FOR UPDATE`, district, resident, day.Time())
	if err != nil {
		return DueLadder{}, err
	}
	if len(list) == 0 {
		return DueLadder{}, fmt.Errorf("ladder of the day: %w", ErrNotFound)
	}
	return list[0], nil
}
