package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
	"sanse/planner/ladder"
)

// LadderEnd is how a ladder ended.
type LadderEnd string

// The ends of a ladder: by a visit, by what somebody knows of the resident, or by
// midnight.
const (
	LadderVisit    LadderEnd = "visit"
	LadderAway     LadderEnd = "away"
	LadderHospital LadderEnd = "hospital"
	LadderMoved    LadderEnd = "moved"
	LadderDeceased LadderEnd = "deceased"
	LadderRefused  LadderEnd = "refused"
	LadderLapsed   LadderEnd = "lapsed"
	// LadderRegraded is the end of one whose resident was given a grade by which nothing
	// is due that day.
	LadderRegraded LadderEnd = "regraded"
)

// LadderReasons are the ends that somebody gives, with a reason in words.
var LadderReasons = []LadderEnd{LadderAway, LadderHospital, LadderMoved, LadderDeceased, LadderRefused}

// Ladder is one resident on the last day of a window.
type Ladder struct {
	ID       int64
	Resident string
	First    planner.Date // of the window
	DueBy    planner.Date
	RuleFrom planner.Date // which rule it goes by
	Visitor  string       // who was to come; empty: nobody
	Opened   time.Time
	Taken    int          // events that happened
	Next     time.Time    // when the next one is due; zero: none
	Tier     planner.Tier // of the last step; 0: none was taken
	Holder   string       // since the last step; empty: nobody, or none was taken
	Deadline time.Time    // of the holder
	Closed   time.Time
	How      LadderEnd
	ClosedBy string // the account; empty: the program
}

// DueLadder is a ladder whose next event is due, claimed by a transaction.
type DueLadder struct {
	ID        int64
	Resident  string
	DueBy     planner.Date
	RuleFrom  planner.Date
	Visitor   string
	Taken     int
	Grid      string   // where the resident lives
	MicroGrid string   // empty: none
	Held      []string // visitors who have had it
	Given     []string // to whom it was handed over on its day, the last one last
	Holder    string   // who has it by a step; empty: nobody
	Met       bool     // a visit is there already
	Away      bool     // the resident is away on the day
}

// ToCome is who was to come: to whom it was handed over, or whose it was.
func (l *DueLadder) ToCome() string {
	if n := len(l.Given); n > 0 {
		return l.Given[n-1]
	}
	return l.Visitor
}

// LadderMove is what a claimed ladder becomes.
type LadderMove struct {
	ID      int64
	Taken   int // events that have happened by now
	Next    time.Time
	Holding bool // a step was taken: Tier, Holder and Deadline are new
	Tier    planner.Tier
	Holder  string
	// Deadline is the holder's.
	Deadline time.Time
	End      LadderEnd // empty: it goes on
}

// LadderStep is an event that happened on a ladder.
type LadderStep struct {
	Ladder   int64
	N        int
	Kind     ladder.Kind
	Tier     planner.Tier // of a step
	Holder   string       // of a step; empty: nobody
	Due      time.Time
	Deadline time.Time // of a step
	Taken    time.Time
}

// LadderRules returns the ladders of a district, the first first.
func (s *Reads) LadderRules(ctx context.Context, district string) ([]ladder.Rule, error) {
	return collect(ctx, s, "ladder rules", func(r pgx.Rows, v *ladder.Rule) error {
		var text []byte
		if err := r.Scan(&text); err != nil {
			return err
		}
		return json.Unmarshal(text, v)
	}, `SELECT rule FROM ladder_rule WHERE district = $1 ORDER BY from_day`, district)
}

// PutLadderRule stores the ladder that holds from its day on, in the place of one
// of the same day. It goes into the audit.
func (tx *Tx) PutLadderRule(district, by string, rule ladder.Rule) error {
	text, err := json.Marshal(rule)
	if err != nil {
		return fmt.Errorf("store ladder rule: %w", err)
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO ladder_rule (district, from_day, rule, set_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (district, from_day) DO UPDATE SET rule = EXCLUDED.rule, set_by = EXCLUDED.set_by, set_at = now()`,
		district, rule.From.Time(), string(text), by)
	if err != nil {
		return fmt.Errorf("store ladder rule: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "ladder_rule", IDs: []string{rule.From.String()}})
}

// LastLadderDay returns the last day whose ladders were opened; ErrNotFound if there
// is none.
func (s *Reads) LastLadderDay(ctx context.Context, district string) (planner.Date, error) {
	var day *planner.Date
	if err := one(ctx, s, "day of ladders", `SELECT `+dayOf("max(day)")+` FROM ladder_day WHERE district = $1`, []any{district}, &day); err != nil {
		return 0, err
	}
	if day == nil {
		return 0, fmt.Errorf("day of ladders: %w", ErrNotFound)
	}
	return *day, nil
}

// OpenLadders opens ladders of a day, but for those that are open or were closed
// already, and for those whose visit is there, and says how many are new. Of each
// ladder the resident, the window's first day and the visitor are taken. One that a
// change of grade had ended goes on from where it was.
func (tx *Tx) OpenLadders(district string, day, ruleFrom planner.Date, at, next time.Time, list []Ladder) (int, error) {
	residents, visitors, first := make([]string, len(list)), make([]*string, len(list)), make([]time.Time, len(list))
	for i := range list {
		residents[i], first[i] = list[i].Resident, list[i].First.Time()
		if list[i].Visitor != "" {
			visitors[i] = &list[i].Visitor
		}
	}
	tag, err := tx.tx.Exec(tx.ctx, `INSERT INTO ladder (district, resident, first_day, due_by, rule_from, visitor, opened_at, next_at)
		SELECT $1, n.resident, n.first, $2, $3, n.visitor, $4, $5 FROM unnest($6::text[], $7::date[], $8::text[]) AS n (resident, first, visitor)
		WHERE NOT EXISTS (SELECT FROM visit v WHERE v.district = $1 AND v.resident = n.resident AND v.done AND v.day BETWEEN n.first AND $2)
		ON CONFLICT (district, resident, due_by) DO UPDATE SET closed_at = NULL, closed_how = NULL, next_at = EXCLUDED.opened_at WHERE ladder.closed_how = 'regraded'`, district, day.Time(), ruleFrom.Time(), at, next, residents, first, visitors)
	if err != nil {
		return 0, fmt.Errorf("open ladders: %w", tidy(err))
	}
	if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO ladder_day (district, day, opened_at) VALUES ($1, $2, $3)
		ON CONFLICT (district, day) DO UPDATE SET opened_at = EXCLUDED.opened_at`, district, day.Time(), at); err != nil {
		return 0, fmt.Errorf("open ladders: %w", tidy(err))
	}
	return int(tag.RowsAffected()), nil
}

// LaddersRegraded returns the residents who have an open ladder of a day and whose
// grade was changed with that day.
func (s *Reads) LaddersRegraded(ctx context.Context, district string, day planner.Date) ([]string, error) {
	return collect(ctx, s, "ladders of another grade", func(r pgx.Rows, v *string) error { return r.Scan(v) },
		`SELECT l.resident FROM ladder l WHERE l.district = $1 AND l.due_by = $2 AND l.closed_at IS NULL
			AND EXISTS (SELECT FROM grade_change g WHERE g.district = $1 AND g.resident = l.resident AND g.day = $2 AND g.was <> g.grade) ORDER BY l.resident`,
		district, day.Time())
}

// LaddersRegradedBefore returns the days before that one of which LaddersRegraded has
// somebody, ascending.
func (s *Reads) LaddersRegradedBefore(ctx context.Context, district string, day planner.Date) ([]planner.Date, error) {
	return collect(ctx, s, "ladders of another grade", func(r pgx.Rows, v *planner.Date) error { return r.Scan(v) },
		`SELECT DISTINCT `+dayOf("l.due_by")+` AS due FROM ladder l WHERE l.district = $1 AND l.due_by < $2 AND l.closed_at IS NULL
			AND EXISTS (SELECT FROM grade_change g WHERE g.district = $1 AND g.resident = l.resident AND g.day = l.due_by AND g.was <> g.grade) ORDER BY due`,
		district, day.Time())
}

// EndRegraded ends the open ladders of a day of residents to whom nothing is due on it
// by the grade that they have now.
func (tx *Tx) EndRegraded(district string, day planner.Date, at time.Time, residents []string) error {
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE ladder SET closed_at = $3, closed_how = 'regraded', next_at = NULL, entered = true
		WHERE district = $1 AND due_by = $2 AND resident = ANY ($4) AND closed_at IS NULL`, district, day.Time(), at, residents); err != nil {
		return fmt.Errorf("end ladders: %w", tidy(err))
	}
	return nil
}

// ClaimLadders takes up to most ladders of a district whose next event is due at
// that moment, the longest due first, and keeps them to this transaction: others
// who claim at the same time get others.
func (tx *Tx) ClaimLadders(district string, now time.Time, most int) ([]DueLadder, error) {
	return tx.claimLadders(`district = $1 AND next_at <= $2 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED`, district, now, most)
}

// claimLadders takes the ladders that where finds, of which $1 is the district.
func (tx *Tx) claimLadders(where string, args ...any) ([]DueLadder, error) {
	return collect(tx.ctx, tx.Reads(), "ladders that are due", func(r pgx.Rows, v *DueLadder) error {
		return r.Scan(&v.ID, &v.Resident, &v.DueBy, &v.RuleFrom, &v.Visitor, &v.Taken, &v.Grid, &v.MicroGrid, &v.Held, &v.Met, &v.Away, &v.Holder, &v.Given)
	}, `WITH due AS MATERIALIZED (
			SELECT id, resident, first_day, due_by, rule_from, visitor, taken, holder FROM ladder
			WHERE `+where+`
		)
		SELECT l.id, l.resident, `+dayOf("l.due_by")+`, `+dayOf("l.rule_from")+`, COALESCE(l.visitor, ''), l.taken, r.grid, COALESCE(r.micro_grid, ''),
			COALESCE((SELECT array_agg(s.holder ORDER BY s.n) FROM ladder_step s WHERE s.district = $1 AND s.ladder = l.id AND s.holder IS NOT NULL), '{}'),
			EXISTS (SELECT FROM visit v WHERE v.district = $1 AND v.resident = l.resident AND v.done AND v.day BETWEEN l.first_day AND l.due_by),
			EXISTS (SELECT FROM resident_absence a WHERE a.district = $1 AND a.resident = l.resident AND l.due_by BETWEEN a.from_day AND a.to_day), COALESCE(l.holder, ''),
			COALESCE((SELECT array_agg(m.to_visitor ORDER BY m.at, m.id) FROM visit_move m WHERE m.district = $1 AND m.resident = l.resident AND m.kind = 'hand_over' AND m.day = l.due_by), '{}')
		FROM due l JOIN resident r ON r.district = $1 AND r.id = l.resident ORDER BY l.id`, args...)
}

// errTakenTwice says that a ladder was not as it was claimed.
var errTakenTwice = errors.New("a ladder has changed since it was claimed; this is a fault of the program")

// MoveLadders writes what happened on ladders that this transaction has claimed. No
// event can be written twice, and none between two others left out: moves go on
// from the number of events that a ladder has.
func (tx *Tx) MoveLadders(district string, at time.Time, moves []LadderMove, steps []LadderStep) error {
	if len(moves) == 0 {
		return nil
	}
	count := make(map[int64]int, len(steps))
	for i := range steps {
		count[steps[i].Ladder]++
	}
	columns := make([][]any, 0, len(moves))
	for i := range moves {
		m := &moves[i]
		columns = append(columns, []any{m.ID, int16(m.Taken - count[m.ID]), int16(m.Taken), timeOrNil(m.Next), m.Holding, orNil(int16(m.Tier)), orNil(m.Holder), timeOrNil(m.Deadline), orNil(string(m.End))})
	}
	if err := tx.insert("ladder_step", []string{"district", "ladder", "n", "kind", "tier", "holder", "due_at", "deadline", "taken_at"}, len(steps), func(i int) ([]any, error) {
		s := &steps[i]
		return []any{district, s.Ladder, int16(s.N), s.Kind.String(), orNil(int16(s.Tier)), orNil(s.Holder), s.Due, timeOrNil(s.Deadline), s.Taken}, nil
	}); err != nil {
		return err
	}
	if _, err := tx.tx.Exec(tx.ctx, `CREATE TEMP TABLE IF NOT EXISTS ladder_move (id bigint, was smallint, taken smallint, next_at timestamptz, holding boolean,
		tier smallint, holder text, deadline timestamptz, how text) ON COMMIT DROP; TRUNCATE ladder_move`); err != nil {
		return fmt.Errorf("move ladders: %w", tidy(err))
	}
	if _, err := tx.tx.CopyFrom(tx.ctx, pgx.Identifier{"ladder_move"}, []string{"id", "was", "taken", "next_at", "holding", "tier", "holder", "deadline", "how"}, pgx.CopyFromRows(columns)); err != nil {
		return fmt.Errorf("move ladders: %w", tidy(err))
	}
	tag, err := tx.tx.Exec(tx.ctx, `UPDATE ladder l SET taken = m.taken, next_at = m.next_at,
			tier = CASE WHEN m.holding THEN m.tier ELSE l.tier END, holder = CASE WHEN m.holding THEN m.holder ELSE l.holder END,
			deadline = CASE WHEN m.holding THEN m.deadline ELSE l.deadline END,
			entered = m.how IS NOT NULL OR NOT m.holding AND l.entered OR m.holding AND m.holder IS NULL,
			closed_at = CASE WHEN m.how IS NOT NULL THEN $2::timestamptz END, closed_how = m.how
		FROM ladder_move m WHERE l.district = $1 AND l.id = m.id AND l.taken = m.was AND l.closed_at IS NULL`, district, at)
	if err != nil {
		return fmt.Errorf("move ladders: %w", tidy(err))
	}
	if tag.RowsAffected() != int64(len(moves)) {
		return errTakenTwice
	}
	return nil
}

// LadderFilter says which ladders are wanted.
type LadderFilter struct {
	Area string       // code; those who live there
	Open bool         // that are not closed
	Day  planner.Date // 0: any
	Held bool         // on which a step was taken
	// Residents whose ladders are wanted; nil: all.
	Residents []string
	Limit     int // 0: all
}

const ladderColumns = `l.id, l.resident, (l.first_day - DATE '1970-01-01'), (l.due_by - DATE '1970-01-01'), (l.rule_from - DATE '1970-01-01'), COALESCE(l.visitor, ''), l.opened_at,
	l.taken, l.next_at, COALESCE(l.tier, 0), COALESCE(l.holder, ''), l.deadline, l.closed_at, COALESCE(l.closed_how, ''), COALESCE(l.closed_by, '')`

// Ladders returns ladders, the latest day first, of a day by id.
func (s *Reads) Ladders(ctx context.Context, district string, f LadderFilter) ([]Ladder, error) {
	var day any
	if f.Day != 0 {
		day = f.Day.Time()
	}
	var limit any
	if f.Limit > 0 {
		limit = f.Limit
	}
	return s.ladders(ctx, `FROM ladder l JOIN resident r ON r.district = l.district AND r.id = l.resident
		WHERE l.district = $1 AND (NOT $2 OR l.closed_at IS NULL) AND ($3::date IS NULL OR l.due_by = $3) AND (NOT $4 OR l.taken > 1)
			AND (starts_with(r.grid, $5) OR starts_with(COALESCE(r.micro_grid, ''), $5))
		AND ($7::text[] IS NULL OR l.resident = ANY ($7))
		ORDER BY l.due_by DESC, l.id LIMIT $6`, district, f.Open, day, f.Held, f.Area, limit, f.Residents)
}

// LaddersHeld returns the open ladders of a day that a visitor holds since a step, the
// nearest deadline first.
func (s *Reads) LaddersHeld(ctx context.Context, district, holder string, day planner.Date) ([]Ladder, error) {
	return s.ladders(ctx, `FROM ladder l WHERE l.district = $1 AND l.holder = $2 AND l.due_by = $3 AND l.closed_at IS NULL
		ORDER BY l.deadline, l.id`, district, holder, day.Time())
}

func (s *Reads) ladders(ctx context.Context, from string, args ...any) ([]Ladder, error) {
	return collect(ctx, s, "ladders", func(r pgx.Rows, v *Ladder) error {
		var next, deadline, closed *time.Time
		err := r.Scan(&v.ID, &v.Resident, &v.First, &v.DueBy, &v.RuleFrom, &v.Visitor, &v.Opened, &v.Taken, &next, &v.Tier, &v.Holder, &deadline, &closed, &v.How, &v.ClosedBy)
		for _, t := range []struct {
			from *time.Time
			into *time.Time
		}{{next, &v.Next}, {deadline, &v.Deadline}, {closed, &v.Closed}} {
			if t.from != nil {
				*t.into = *t.from
			}
		}
		return err
	}, `SELECT `+ladderColumns+` `+from, args...)
}

// LadderSteps returns what happened on ladders, by ladder in the order of events.
func (s *Reads) LadderSteps(ctx context.Context, district string, ids []int64) ([]LadderStep, error) {
	return collect(ctx, s, "steps of ladders", func(r pgx.Rows, v *LadderStep) error {
		var kind string
		var deadline *time.Time
		if err := r.Scan(&v.Ladder, &v.N, &kind, &v.Tier, &v.Holder, &v.Due, &deadline, &v.Taken); err != nil {
			return err
		}
		if deadline != nil {
			v.Deadline = *deadline
		}
		var err error
		v.Kind, err = ladder.ParseKind(kind)
		return err
	}, `SELECT ladder, n, kind, COALESCE(tier, 0), COALESCE(holder, ''), due_at, deadline, taken_at FROM ladder_step
		WHERE district = $1 AND ladder = ANY ($2) ORDER BY ladder, n`, district, ids)
}

// LaddersToEnter tells whether a step was taken since the plan was last made again
// for steps; the mark is the last of them, see LaddersEntered.
func (s *Reads) LaddersToEnter(ctx context.Context, district string) (ids []int64, err error) {
	return collect(ctx, s, "ladders to enter", func(r pgx.Rows, v *int64) error { return r.Scan(v) },
		`SELECT id FROM ladder WHERE district = $1 AND NOT entered ORDER BY id`, district)
}

// LaddersEntered says that the visits of these ladders stand in the plan, or cannot,
// with the holders they have there.
func (tx *Tx) LaddersEntered(district string, holders map[int64]string) error {
	ids, names := make([]int64, 0, len(holders)), make([]string, 0, len(holders))
	for id, h := range holders {
		ids, names = append(ids, id), append(names, h)
	}
	_, err := tx.tx.Exec(tx.ctx, `UPDATE ladder l SET entered = true FROM unnest($2::bigint[], $3::text[]) AS e (id, holder)
		WHERE l.district = $1 AND l.id = e.id AND l.holder = e.holder AND NOT l.entered`, district, ids, names)
	if err != nil {
		return fmt.Errorf("enter ladders: %w", tidy(err))
	}
	return nil
}

// EnterAgain says that a plan of these days, the first of which is today or later, was
// made that knows nothing of who holds a visit by a ladder or was given one by a
// colleague: it is to be made again with it.
func (tx *Tx) EnterAgain(district string, first, last planner.Date) error {
	for _, sql := range []string{
		`UPDATE ladder SET entered = false WHERE district = $1 AND closed_at IS NULL AND holder IS NOT NULL AND due_by BETWEEN $2 AND $3 AND entered`,
		`UPDATE visit_move m SET entered = false WHERE district = $1 AND to_day BETWEEN $2 AND $3 AND entered
			AND NOT EXISTS (SELECT FROM visit_move l WHERE l.district = m.district AND l.resident = m.resident AND (l.at, l.id) > (m.at, m.id))
			AND NOT EXISTS (SELECT FROM visit v WHERE v.district = m.district AND v.resident = m.resident AND v.done AND v.day >= m.day)`,
	} {
		if _, err := tx.tx.Exec(tx.ctx, sql, district, first.Time(), last.Time()); err != nil {
			return fmt.Errorf("enter ladders again: %w", tidy(err))
		}
	}
	return nil
}

// Ladder returns a ladder whose resident the session sees; ErrNotFound if there is
// none.
func (d *Desk) Ladder(ctx context.Context, district string, id int64) (Ladder, error) {
	list, err := d.reads.ladders(ctx, `FROM ladder l WHERE l.district = $1 AND l.id = $2`, district, id)
	if err != nil {
		return Ladder{}, err
	}
	if len(list) == 0 {
		return Ladder{}, fmt.Errorf("ladder: %w", ErrNotFound)
	}
	return list[0], nil
}

// CloseLadder ends an open ladder for a reason, which is sealed, and records it;
// ErrNotFound if it is not in sight or not open any more.
func (d *Desk) CloseLadder(ctx context.Context, district string, id int64, how LadderEnd, by string, reason Sealed) error {
	k, err := d.reads.keys.sealer(ctx, d.tx, district)
	if err != nil {
		return err
	}
	sealed, err := k.seal(reason, "ladder", "reason", fmt.Sprint(id))
	if err != nil {
		return err
	}
	var resident string
	err = d.tx.QueryRow(ctx, `UPDATE ladder SET closed_at = now(), closed_how = $3, closed_by = $4, reason = $5, next_at = NULL, entered = true
		WHERE district = $1 AND id = $2 AND closed_at IS NULL RETURNING resident`, district, id, string(how), by, sealed).Scan(&resident)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("ladder: %w", ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("close ladder: %w", tidy(err))
	}
	return d.Record(ctx, district, Event{Action: ActUpdate, Object: "ladder", IDs: []string{resident}, Detail: map[string]string{"ladder": fmt.Sprint(id), "how": string(how)}})
}
