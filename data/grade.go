package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"sanse/planner"
	"sanse/planner/grading"
)

// GradeChange is a decision on a grade, or an import that brought another.
type GradeChange struct {
	Resident   string
	N          int // of the resident's, the first is 1
	Day        planner.Date
	Was, Grade string // the same: a suggestion was not followed
	Decided    bool   // false: it came by import
	At         time.Time
	By         string // the account; empty: of an import
	Suggestion int64  // that was decided on; 0: none
	Flagged    bool   // the strictest grade was taken away
	Entered    bool   // the plan was made again since, or did not need to be
	Reason     Sealed // in words; read at the desk alone
}

// SuggestionEnd is how a suggestion ended.
type SuggestionEnd string

// The ends of a suggestion.
const (
	SuggestionDecided SuggestionEnd = "decided" // the grade was changed
	SuggestionKept    SuggestionEnd = "kept"    // the grade was kept
	SuggestionOver    SuggestionEnd = "over"    // the facts do not speak for it any more
)

// GradeSuggestion is a suggestion as it is stored.
type GradeSuggestion struct {
	ID       int64
	Resident string
	Was      string
	grading.Suggestion

	Made   time.Time
	Closed time.Time
	How    SuggestionEnd
}

// GradeAppeal is what somebody said against a grade.
type GradeAppeal struct {
	Resident  string
	N         int    // of the resident's, the first is 1
	Who       string // resident, family, other
	At        time.Time
	By        string // the account that wrote it down
	Said      Sealed
	Outcome   string // stays, changed; empty: it is open
	Decided   time.Time
	DecidedBy string
	Answer    Sealed
}

// NotedFact is a fact that somebody wrote down.
type NotedFact struct {
	Resident string
	Code     string
	Day      planner.Date
	By       string
	At       time.Time
}

// ErrGradeChanged says that the present grade is not the one that was decided on.
var ErrGradeChanged = errors.New("the grade is another meanwhile")

// gradeIsAnother is the code by which trust.regraded says so.
const gradeIsAnother = "55000"

// GradeRules returns the rules of a district by which grades are suggested, the first
// first.
func (s *Reads) GradeRules(ctx context.Context, district string) ([]grading.Rules, error) {
	return collect(ctx, s, "grade rules", func(r pgx.Rows, v *grading.Rules) error {
		var text []byte
		if err := r.Scan(&text); err != nil {
			return err
		}
		return json.Unmarshal(text, v)
	}, `SELECT rule FROM grade_rule WHERE district = $1 ORDER BY from_day`, district)
}

// PutGradeRules stores the rules that hold from their day on, in the place of those
// of the same day. It goes into the audit.
func (tx *Tx) PutGradeRules(district, by string, rules grading.Rules) error {
	text, err := json.Marshal(rules)
	if err != nil {
		return fmt.Errorf("store grade rules: %w", err)
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO grade_rule (district, from_day, rule, set_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (district, from_day) DO UPDATE SET rule = EXCLUDED.rule, set_by = EXCLUDED.set_by, set_at = now()`,
		district, rules.From.Time(), string(text), by)
	if err != nil {
		return fmt.Errorf("store grade rules: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "grade_rule", IDs: []string{rules.From.String()}})
}

// GradeFilter says which changes of grade are wanted.
type GradeFilter struct {
	Area    string       // code; of those who live there
	Since   planner.Date // on or after that day; 0: any
	Flagged bool         // those alone that took the strictest grade away
	Limit   int          // 0: all
}

const gradeColumns = `g.resident, g.n, (g.day - DATE '1970-01-01'), g.was, g.grade, g.how = 'decision', g.at, g.by, COALESCE(g.suggestion, 0), g.flagged, g.entered`

func scanGrade(r pgx.Rows, v *GradeChange, more ...any) error {
	return r.Scan(append([]any{&v.Resident, &v.N, &v.Day, &v.Was, &v.Grade, &v.Decided, &v.At, &v.By, &v.Suggestion, &v.Flagged, &v.Entered}, more...)...)
}

// GradeChanges returns changes of grade without the words, the latest first.
func (s *Reads) GradeChanges(ctx context.Context, district string, f GradeFilter) ([]GradeChange, error) {
	var since, limit any
	if f.Since != 0 {
		since = f.Since.Time()
	}
	if f.Limit > 0 {
		limit = f.Limit
	}
	return collect(ctx, s, "changes of grade", func(r pgx.Rows, v *GradeChange) error { return scanGrade(r, v) },
		`SELECT `+gradeColumns+` FROM grade_change g JOIN resident r ON r.district = g.district AND r.id = g.resident
		WHERE g.district = $1 AND (starts_with(r.grid, $2) OR starts_with(COALESCE(r.micro_grid, ''), $2)) AND ($3::date IS NULL OR g.day >= $3) AND (NOT $4 OR g.flagged)
		ORDER BY g.at DESC, g.resident, g.n DESC LIMIT $5`, district, f.Area, since, f.Flagged, limit)
}

// GradesToEnter returns the changes of grade since which the plan was not made again.
func (s *Reads) GradesToEnter(ctx context.Context, district string) ([]GradeChange, error) {
	return collect(ctx, s, "changes of grade to enter", func(r pgx.Rows, v *GradeChange) error { return scanGrade(r, v) },
		`SELECT `+gradeColumns+` FROM grade_change g WHERE g.district = $1 AND NOT g.entered ORDER BY g.resident, g.n`, district)
}

// GradesEntered says that the plan was made with these changes, or cannot be.
func (tx *Tx) GradesEntered(district string, list []GradeChange) error {
	residents, ns := make([]string, len(list)), make([]int32, len(list))
	for i := range list {
		residents[i], ns[i] = list[i].Resident, int32(list[i].N)
	}
	_, err := tx.tx.Exec(tx.ctx, `UPDATE grade_change g SET entered = true FROM unnest($2::text[], $3::int[]) AS e (resident, n)
		WHERE g.district = $1 AND g.resident = e.resident AND g.n = e.n AND NOT g.entered`, district, residents, ns)
	if err != nil {
		return fmt.Errorf("enter changes of grade: %w", tidy(err))
	}
	return nil
}

// SuggestionFilter says which suggestions are wanted.
type SuggestionFilter struct {
	Area  string // code; of those who live there
	Open  bool   // that are not closed
	Limit int    // 0: all
}

const suggestionColumns = `g.id, g.resident, g.was, g.grade, g.lower, g.reasons, g.made_at, g.closed_at, COALESCE(g.closed_how, '')`

func scanSuggestion(r pgx.Rows, v *GradeSuggestion) error {
	var reasons []byte
	var closed *time.Time
	if err := r.Scan(&v.ID, &v.Resident, &v.Was, &v.Grade, &v.Lower, &reasons, &v.Made, &closed, &v.How); err != nil {
		return err
	}
	if closed != nil {
		v.Closed = *closed
	}
	return json.Unmarshal(reasons, &v.Reasons)
}

// GradeSuggestions returns suggestions, those to raise a grade first, the latest
// first among them.
func (s *Reads) GradeSuggestions(ctx context.Context, district string, f SuggestionFilter) ([]GradeSuggestion, error) {
	var limit any
	if f.Limit > 0 {
		limit = f.Limit
	}
	return collect(ctx, s, "suggestions", scanSuggestion,
		`SELECT `+suggestionColumns+` FROM grade_suggestion g JOIN resident r ON r.district = g.district AND r.id = g.resident
		WHERE g.district = $1 AND (starts_with(r.grid, $2) OR starts_with(COALESCE(r.micro_grid, ''), $2)) AND (NOT $3 OR g.closed_at IS NULL)
		ORDER BY g.lower, g.made_at DESC, g.id LIMIT $4`, district, f.Area, f.Open, limit)
}

// SuggestionsKept returns the suggestions that were not followed, by id, of the
// decisions that name them.
func (s *Reads) SuggestionsKept(ctx context.Context, district string) (map[int64]GradeSuggestion, error) {
	list, err := collect(ctx, s, "suggestions", scanSuggestion,
		`SELECT `+suggestionColumns+` FROM grade_suggestion g WHERE g.district = $1 AND g.closed_how = 'kept'`, district)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]GradeSuggestion, len(list))
	for i := range list {
		out[list[i].ID] = list[i]
	}
	return out, nil
}

// PutGradeSuggestions brings what is suggested up to list: a resident who is not in it
// has nothing suggested any more, one whose suggestion says the same keeps it with its
// first time, with the facts of now. It says how many are new.
func (tx *Tx) PutGradeSuggestions(district string, at time.Time, list []GradeSuggestion) (int, error) {
	residents, was, grades := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	lower, reasons := make([]bool, len(list)), make([]string, len(list))
	for i := range list {
		g := &list[i]
		text, err := json.Marshal(g.Reasons)
		if err != nil {
			return 0, fmt.Errorf("store suggestions: %w", err)
		}
		residents[i], was[i], grades[i], lower[i], reasons[i] = g.Resident, g.Was, g.Grade, g.Lower, string(text)
	}
	const fail = "store suggestions: %w"
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE grade_suggestion g SET closed_at = $2, closed_how = 'over'
		WHERE g.district = $1 AND g.closed_at IS NULL AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[], $5::text[]) AS n (resident, was, grade)
			WHERE n.resident = g.resident AND n.was = g.was AND n.grade = g.grade)`, district, at, residents, was, grades); err != nil {
		return 0, fmt.Errorf(fail, tidy(err))
	}
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE grade_suggestion g SET reasons = n.reasons FROM unnest($2::text[], $3::jsonb[]) AS n (resident, reasons)
		WHERE g.district = $1 AND g.closed_at IS NULL AND g.resident = n.resident AND g.reasons <> n.reasons`, district, residents, reasons); err != nil {
		return 0, fmt.Errorf(fail, tidy(err))
	}
	// What was decided since the facts were read is not suggested: the grade is another,
	// or the suggestion was closed.
	tag, err := tx.tx.Exec(tx.ctx, `INSERT INTO grade_suggestion (district, resident, was, grade, lower, reasons, made_at)
		SELECT $1, n.resident, n.was, n.grade, n.lower, n.reasons, $2
		FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::jsonb[]) AS n (resident, was, grade, lower, reasons)
		JOIN resident r ON r.district = $1 AND r.id = n.resident AND r.grade = n.was
		WHERE NOT EXISTS (SELECT FROM grade_suggestion g WHERE g.district = $1 AND g.resident = n.resident AND (g.closed_at IS NULL OR g.closed_at > $2))
		ON CONFLICT (district, resident) WHERE closed_at IS NULL DO NOTHING`, district, at, residents, was, grades, lower, reasons)
	if err != nil {
		return 0, fmt.Errorf(fail, tidy(err))
	}
	return int(tag.RowsAffected()), nil
}

// NotedFacts returns the facts that somebody wrote down, by resident and code.
func (s *Reads) NotedFacts(ctx context.Context, district string) ([]NotedFact, error) {
	return collect(ctx, s, "noted facts", func(r pgx.Rows, v *NotedFact) error { return r.Scan(&v.Resident, &v.Code, &v.Day, &v.By, &v.At) },
		`SELECT resident, code, `+dayOf("day")+`, by, at FROM resident_fact WHERE district = $1 ORDER BY resident, code`, district)
}

// Unanswered returns at how many visits in a row, the last ones, nobody was seen, by
// resident; of those that a record tells of the ones alone at which nobody answered.
func (s *Reads) Unanswered(ctx context.Context, district string) (map[string]int, error) {
	type row struct {
		resident string
		n        int
	}
	list, err := collect(ctx, s, "unanswered doors", func(r pgx.Rows, v *row) error { return r.Scan(&v.resident, &v.n) },
		`SELECT v.resident, count(*) FROM visit v LEFT JOIN visit_record c ON c.district = v.district AND c.id = v.record
		WHERE v.district = $1 AND NOT v.done AND COALESCE(c.not_seen, 'no_answer') = 'no_answer'
			AND NOT EXISTS (SELECT FROM visit s WHERE s.district = v.district AND s.resident = v.resident AND s.done AND s.day >= v.day)
		GROUP BY v.resident`, district)
	if err != nil {
		return nil, err
	}
	out := make(map[string]int, len(list))
	for _, v := range list {
		out[v.resident] = v.n
	}
	return out, nil
}

// LastAnswers returns what was answered to each item of the form when it was last
// asked, from a day on, by resident. What was corrected since does not count.
func (s *Reads) LastAnswers(ctx context.Context, district string, since planner.Date) (map[string][]grading.Found, error) {
	type row struct {
		resident string
		grading.Found
	}
	list, err := collect(ctx, s, "last answers", func(r pgx.Rows, v *row) error { return r.Scan(&v.resident, &v.Item, &v.Answer, &v.Day) },
		`SELECT DISTINCT ON (v.resident, a.key) v.resident, a.key, a.value, `+dayOf("v.day")+`
		FROM visit_record v, jsonb_each_text(v.answers) a
		WHERE v.district = $1 AND v.day >= $2 AND NOT EXISTS (SELECT FROM visit_record c WHERE c.district = v.district AND c.corrects = v.id)
		ORDER BY v.resident, a.key, v.arrived DESC, v.id`, district, since.Time())
	if err != nil {
		return nil, err
	}
	out := make(map[string][]grading.Found)
	for i := range list {
		out[list[i].resident] = append(out[list[i].resident], list[i].Found)
	}
	return out, nil
}

// CasesOpened returns the cases that were opened about residents since a time, with
// the day in the district's time zone, by resident.
func (s *Reads) CasesOpened(ctx context.Context, district string, since time.Time) (map[string][]grading.Case, error) {
	type row struct {
		resident string
		grading.Case
	}
	list, err := collect(ctx, s, "cases opened", func(r pgx.Rows, v *row) error { return r.Scan(&v.resident, &v.Kind, &v.Day) },
		`SELECT i.resident, i.kind, `+dayOf("(i.opened_at AT TIME ZONE d.time_zone)::date")+` FROM incident i JOIN district d ON d.code = i.district
		WHERE i.district = $1 AND i.resident IS NOT NULL AND i.opened_at >= $2 ORDER BY i.opened_at, i.id`, district, since)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]grading.Case)
	for i := range list {
		out[list[i].resident] = append(out[list[i].resident], list[i].Case)
	}
	return out, nil
}

// HeldGrades returns the grades that sources still have where a decision holds against
// them, by resident.
func (s *Reads) HeldGrades(ctx context.Context, district string) (map[string]string, error) {
	type row struct{ resident, grade string }
	list, err := collect(ctx, s, "held grades", func(r pgx.Rows, v *row) error { return r.Scan(&v.resident, &v.grade) },
		`SELECT id, grade_held FROM resident WHERE district = $1 AND grade_held IS NOT NULL`, district)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(list))
	for _, v := range list {
		out[v.resident] = v.grade
	}
	return out, nil
}

// holdGrades has decisions on grades hold against what is about to be written of these
// residents, and returns them with the grades that they are to have. A decision holds
// as long as the source has the grade from before it; once it has the same grade, or a
// third one, the source is believed again. What the source changes is a change of
// grade like any other.
func (tx *Tx) holdGrades(district string, residents []Resident) ([]Resident, error) {
	type stored struct {
		grade, held string
	}
	ids := make([]string, len(residents))
	for i := range residents {
		ids[i] = residents[i].ID
	}
	rows, err := tx.tx.Query(tx.ctx, `SELECT r.id, r.grade, COALESCE(r.grade_held, '') FROM resident r WHERE r.district = $1 AND r.id = ANY ($2)
		AND (r.grade_held IS NOT NULL OR EXISTS (SELECT FROM grade_change g WHERE g.district = $1 AND g.resident = r.id)) ORDER BY r.id FOR UPDATE`, district, ids)
	if err != nil {
		return nil, fmt.Errorf("look up decisions on grades: %w", tidy(err))
	}
	known := make(map[string]stored)
	var id string
	var is stored
	if _, err := pgx.ForEachRow(rows, []any{&id, &is.grade, &is.held}, func() error {
		known[id] = is
		return nil
	}); err != nil {
		return nil, fmt.Errorf("look up decisions on grades: %w", tidy(err))
	}
	if len(known) == 0 {
		return residents, nil
	}
	out := make([]Resident, len(residents))
	copy(out, residents)
	for i := range out {
		r := &out[i]
		is, there := known[r.ID]
		var err error
		switch {
		case !there, r.Grade == is.grade && is.held == "":
		case r.Grade == is.held:
			r.Grade = is.grade
		case r.Grade == is.grade:
			_, err = tx.tx.Exec(tx.ctx, `UPDATE resident SET grade_held = NULL WHERE district = $1 AND id = $2`, district, r.ID)
		default:
			_, err = tx.tx.Exec(tx.ctx, `INSERT INTO grade_change (district, resident, n, day, was, grade, how, at, by)
				SELECT $1, $2, COALESCE(max(g.n), 0) + 1, (now() AT TIME ZONE d.time_zone)::date, $3, $4, 'import', now(), ''
				FROM district d LEFT JOIN grade_change g ON g.district = d.code AND g.resident = $2 WHERE d.code = $1 GROUP BY d.time_zone`,
				district, r.ID, is.grade, r.Grade)
		}
		if err != nil {
			return nil, fmt.Errorf("hold decisions on grades: %w", tidy(err))
		}
	}
	return out, nil
}

// ResidentGrade returns the present grade of a resident whom the session sees;
// ErrNotFound if it sees none.
func (d *Desk) ResidentGrade(ctx context.Context, district, resident string) (string, error) {
	var grade string
	err := d.tx.QueryRow(ctx, `SELECT grade FROM resident WHERE district = $1 AND id = $2`, district, resident).Scan(&grade)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("resident: %w", ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("grade of a resident: %w", tidy(err))
	}
	return grade, nil
}

// GradeSuggestion returns a suggestion of a resident whom the session sees;
// ErrNotFound if there is none.
func (d *Desk) GradeSuggestion(ctx context.Context, district string, id int64) (GradeSuggestion, error) {
	list, err := collect(ctx, d.reads, "suggestion", scanSuggestion,
		`SELECT `+suggestionColumns+` FROM grade_suggestion g WHERE g.district = $1 AND g.id = $2`, district, id)
	if err != nil {
		return GradeSuggestion{}, err
	}
	if len(list) == 0 {
		return GradeSuggestion{}, fmt.Errorf("suggestion: %w", ErrNotFound)
	}
	return list[0], nil
}

// Regrade writes a decision on a grade, with the reason sealed, ends the suggestion
// that was open of the resident, and records it. From then on the grade is the new
// one. ErrGradeChanged if the present grade is not Was any more.
func (d *Desk) Regrade(ctx context.Context, district string, c GradeChange) (GradeChange, error) {
	// One after the other of one resident, so that numbers do not clash.
	if _, err := d.tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('grade of ' || $1::text || ' ' || $2::text, 0))`, district, c.Resident); err != nil {
		return c, fmt.Errorf("decide on a grade: %w", tidy(err))
	}
	if err := d.tx.QueryRow(ctx, `SELECT COALESCE(max(n), 0) + 1 FROM grade_change WHERE district = $1 AND resident = $2`, district, c.Resident).Scan(&c.N); err != nil {
		return c, fmt.Errorf("decide on a grade: %w", tidy(err))
	}
	var reason any
	if c.Reason != "" {
		k, err := d.reads.keys.sealer(ctx, d.tx, district)
		if err != nil {
			return c, err
		}
		if reason, err = k.seal(c.Reason, "grade_change", "reason", fmt.Sprintf("%s/%d", c.Resident, c.N)); err != nil {
			return c, err
		}
	}
	c.Decided, c.Entered = true, c.Was == c.Grade
	_, err := d.tx.Exec(ctx, `INSERT INTO grade_change (district, resident, n, day, was, grade, how, at, by, suggestion, flagged, entered, reason)
		VALUES ($1, $2, $3, $4, $5, $6, 'decision', $7, $8, $9, $10, $11, $12)`,
		district, c.Resident, c.N, c.Day.Time(), c.Was, c.Grade, c.At, c.By, orNil(c.Suggestion), c.Flagged, c.Entered, reason)
	if pg := new(pgconn.PgError); errors.As(err, &pg) && pg.Code == gradeIsAnother {
		return c, fmt.Errorf("decide on a grade: %w", ErrGradeChanged)
	}
	if err != nil {
		return c, fmt.Errorf("decide on a grade: %w", tidy(err))
	}
	how := SuggestionDecided
	if c.Was == c.Grade {
		how = SuggestionKept
	}
	if _, err := d.tx.Exec(ctx, `UPDATE grade_suggestion SET closed_at = $3, closed_how = $4 WHERE district = $1 AND resident = $2 AND closed_at IS NULL`,
		district, c.Resident, c.At, string(how)); err != nil {
		return c, fmt.Errorf("decide on a grade: %w", tidy(err))
	}
	return c, d.Record(ctx, district, Event{Action: ActUpdate, Object: "grade", IDs: []string{c.Resident}, Detail: map[string]string{"n": fmt.Sprint(c.N), "how": string(how)}})
}

// GradeHistory is what became of the grade of one resident.
type GradeHistory struct {
	Grade   string // the present one
	Changes []GradeChange
	Appeals []GradeAppeal
	Noted   []NotedFact
}

// GradeHistory returns what became of the grade of a resident whom the session sees,
// with the words, the latest first.
func (d *Desk) GradeHistory(ctx context.Context, district, resident string) (h GradeHistory, err error) {
	if h.Grade, err = d.ResidentGrade(ctx, district, resident); err != nil {
		return h, err
	}
	if h.Changes, err = opened(ctx, d.reads, district, func(k *sealer) ([]GradeChange, error) {
		return collect(ctx, d.reads, "changes of grade", func(r pgx.Rows, v *GradeChange) error {
			var reason []byte
			if err := scanGrade(r, v, &reason); err != nil {
				return err
			}
			var err error
			v.Reason, err = k.open(reason, "grade_change", "reason", fmt.Sprintf("%s/%d", v.Resident, v.N))
			return err
		}, `SELECT `+gradeColumns+`, g.reason FROM grade_change g WHERE g.district = $1 AND g.resident = $2 ORDER BY g.n DESC`, district, resident)
	}); err != nil {
		return h, err
	}
	if h.Appeals, err = d.gradeAppeals(ctx, district, resident); err != nil {
		return h, err
	}
	h.Noted, err = collect(ctx, d.reads, "noted facts", func(r pgx.Rows, v *NotedFact) error { return r.Scan(&v.Resident, &v.Code, &v.Day, &v.By, &v.At) },
		`SELECT resident, code, `+dayOf("day")+`, by, at FROM resident_fact WHERE district = $1 AND resident = $2 ORDER BY code`, district, resident)
	return h, err
}

// gradeAppeals are the appeals of a resident, the latest first.
func (d *Desk) gradeAppeals(ctx context.Context, district, resident string) ([]GradeAppeal, error) {
	return opened(ctx, d.reads, district, func(k *sealer) ([]GradeAppeal, error) {
		return collect(ctx, d.reads, "appeals", func(r pgx.Rows, v *GradeAppeal) error {
			var said, answer []byte
			var decided *time.Time
			if err := r.Scan(&v.Resident, &v.N, &v.Who, &v.At, &v.By, &said, &v.Outcome, &decided, &v.DecidedBy, &answer); err != nil {
				return err
			}
			if decided != nil {
				v.Decided = *decided
			}
			var err error
			if v.Said, err = k.open(said, "grade_appeal", "said", fmt.Sprintf("%s/%d", v.Resident, v.N)); err != nil {
				return err
			}
			v.Answer, err = k.open(answer, "grade_appeal", "answer", fmt.Sprintf("%s/%d", v.Resident, v.N))
			return err
		}, `SELECT resident, n, who, at, by, said, COALESCE(outcome, ''), decided_at, COALESCE(decided_by, ''), answer
			FROM grade_appeal WHERE district = $1 AND resident = $2 ORDER BY n DESC`, district, resident)
	})
}

// NoteFact writes down what somebody knows of a resident, in the place of an earlier
// fact of that sort, and records it.
func (d *Desk) NoteFact(ctx context.Context, district string, f NotedFact) error {
	if _, err := d.tx.Exec(ctx, `INSERT INTO resident_fact (district, resident, code, day, by, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (district, resident, code) DO UPDATE SET day = EXCLUDED.day, by = EXCLUDED.by, at = EXCLUDED.at`,
		district, f.Resident, f.Code, f.Day.Time(), f.By, f.At); err != nil {
		return fmt.Errorf("note a fact: %w", tidy(err))
	}
	return d.Record(ctx, district, Event{Action: ActUpdate, Object: "fact", IDs: []string{f.Resident}})
}

// DropFact takes back what was written down, and records it; ErrNotFound if there is
// nothing of that sort.
func (d *Desk) DropFact(ctx context.Context, district, resident, code string) error {
	tag, err := d.tx.Exec(ctx, `DELETE FROM resident_fact WHERE district = $1 AND resident = $2 AND code = $3`, district, resident, code)
	if err := touchedOne(tag, err, "take back a fact"); err != nil {
		return err
	}
	return d.Record(ctx, district, Event{Action: ActDelete, Object: "fact", IDs: []string{resident}})
}

// Appeal writes down what somebody said against a grade, and records it; it returns the
// number of the appeal.
func (d *Desk) Appeal(ctx context.Context, district string, a GradeAppeal) (int, error) {
	const fail = "note an appeal: %w"
	if _, err := d.tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('grade of ' || $1::text || ' ' || $2::text, 0))`, district, a.Resident); err != nil {
		return 0, fmt.Errorf(fail, tidy(err))
	}
	if err := d.tx.QueryRow(ctx, `SELECT COALESCE(max(n), 0) + 1 FROM grade_appeal WHERE district = $1 AND resident = $2`, district, a.Resident).Scan(&a.N); err != nil {
		return 0, fmt.Errorf(fail, tidy(err))
	}
	k, err := d.reads.keys.sealer(ctx, d.tx, district)
	if err != nil {
		return 0, err
	}
	said, err := k.seal(a.Said, "grade_appeal", "said", fmt.Sprintf("%s/%d", a.Resident, a.N))
	if err != nil {
		return 0, err
	}
	if _, err := d.tx.Exec(ctx, `INSERT INTO grade_appeal (district, resident, n, who, at, by, said) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		district, a.Resident, a.N, a.Who, a.At, a.By, said); err != nil {
		return 0, fmt.Errorf(fail, tidy(err))
	}
	return a.N, d.Record(ctx, district, Event{Action: ActCreate, Object: "appeal", IDs: []string{a.Resident}})
}

// DecideAppeal writes down what became of an appeal, and records it; ErrNotFound if
// there is none that is open.
func (d *Desk) DecideAppeal(ctx context.Context, district string, a GradeAppeal) error {
	k, err := d.reads.keys.sealer(ctx, d.tx, district)
	if err != nil {
		return err
	}
	answer, err := k.seal(a.Answer, "grade_appeal", "answer", fmt.Sprintf("%s/%d", a.Resident, a.N))
	if err != nil {
		return err
	}
	tag, err := d.tx.Exec(ctx, `UPDATE grade_appeal SET outcome = $4, decided_at = $5, decided_by = $6, answer = $7
		WHERE district = $1 AND resident = $2 AND n = $3 AND outcome IS NULL`, district, a.Resident, a.N, a.Outcome, a.Decided, a.DecidedBy, answer)
	if err := touchedOne(tag, err, "decide on an appeal"); err != nil {
		return err
	}
	return d.Record(ctx, district, Event{Action: ActUpdate, Object: "appeal", IDs: []string{a.Resident}, Detail: map[string]string{"outcome": a.Outcome}})
}
