package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// FlagLook is what a human found of a flag.
type FlagLook struct {
	N       int
	At      time.Time
	By      string // account
	Verdict string // fine, talk, wrong
	Reason  Sealed
}

// Verdicts are what a human can find of a flag: nothing is wrong, somebody talks to
// whoever made the record, the record is wrong.
var Verdicts = []string{"fine", "talk", "wrong"}

// RecordFilter says which records are wanted.
type RecordFilter struct {
	IDs      []string // those alone; nil: any
	Area     string   // code; of residents who live there now
	From, To planner.Date
	Flag     string // with that flag, or AnyFlag; empty: any
	Open     bool   // with such a flag that nobody has looked at
	// After is the record after which the next ones are wanted, and when it was made;
	// zero: the first.
	After   string
	Arrived time.Time
	Limit   int
}

// AnyFlag stands for all flags in a RecordFilter.
const AnyFlag = "any"

// ReviewedRecord is a record as it is looked at.
type ReviewedRecord struct {
	VisitRecord
	Area      string // where the resident lives now
	Corrected string // id of the record that corrects it; empty: it stands
	Calls     []QualityCall
	Ratings   []Rating // by code, the last last
}

// QualityCall is what a resident or a family said of a visit that was drawn.
type QualityCall struct {
	N      int
	At     time.Time
	By     string // account
	Result string
	Rating int // 1 to 5; 0: they said nothing of it
	Words  Sealed
}

// CallResults are what can come of a call.
var CallResults = []string{"confirmed", "differs", "not_reached", "declined"}

// QualitySample is a sample for quality review.
type QualitySample struct {
	Week    planner.Date // its Monday
	Area    string
	Seed    uint64
	Size    int
	Records int // from how many it was drawn
	Drawn   time.Time
	By      string   // account
	IDs     []string // of the records that the session sees, in the order in which they were drawn
}

// VisitRecords returns the records that the session sees, the latest first, each
// with its flags, calls and ratings. The words are of those alone whose names it sees.
func (d *Desk) VisitRecords(ctx context.Context, district string, f RecordFilter) ([]ReviewedRecord, error) {
	sql, args := recordsSQL(district, f)
	return opened(ctx, d.reads, district, func(k *sealer) ([]ReviewedRecord, error) {
		list, err := collect(ctx, d.reads, "visit records", func(r pgx.Rows, v *ReviewedRecord) error {
			var left *time.Time
			var answers, text []byte
			err := r.Scan(&v.ID, &v.Resident, &v.Area, &v.Grid, &v.Visitor, &v.Account, &v.Day, &v.Arrived, &left, &v.Received, &v.Seen, &v.NotSeen, &v.How, &v.NoCode,
				&v.Form, &answers, &v.Evidence, &v.Metres, &v.Corrects, &v.Corrected, &text)
			if err != nil {
				return err
			}
			if left != nil {
				v.Left = *left
			}
			if v.Text, err = k.open(text, "visit_record_text", "text", v.ID); err != nil {
				return err
			}
			return json.Unmarshal(answers, &v.Answers)
		}, sql, args...)
		if err != nil || len(list) == 0 {
			return list, err
		}
		at, ids := make(map[string]*ReviewedRecord, len(list)), make([]string, len(list))
		for i := range list {
			at[list[i].ID], ids[i] = &list[i], list[i].ID
		}
		flags, err := d.flags(ctx, k, district, ids)
		if err != nil {
			return nil, err
		}
		for _, v := range flags {
			at[v.Record].Flags = append(at[v.Record].Flags, v)
		}
		if err := d.calls(ctx, k, district, ids, at); err != nil {
			return nil, err
		}
		return list, d.ratings(ctx, k, district, ids, at)
	})
}

// recordsSQL is the statement of VisitRecords; what is not asked for is not in it.
func recordsSQL(district string, f RecordFilter) (sql string, args []any) {
	where := "v.district = $1"
	args = []any{district}
	arg := func(sql string, v ...any) {
		n := make([]any, len(v))
		for i := range v {
			args = append(args, v[i])
			n[i] = len(args)
		}
		where += fmt.Sprintf(sql, n...)
	}
	if f.IDs != nil {
		arg(" AND v.id = ANY ($%d::text[]::uuid[])", f.IDs)
	}
	if f.From != 0 || f.To != 0 {
		arg(" AND v.day BETWEEN $%d AND $%d", f.From.Time(), f.To.Time())
	}
	if f.Area != "" {
		arg(" AND starts_with(COALESCE(r.micro_grid, r.grid), $%d)", f.Area)
	}
	if f.Flag != "" {
		open := ""
		if f.Open {
			open = " AND f.verdict IS NULL"
		}
		if f.Flag != AnyFlag {
			arg(" AND EXISTS (SELECT FROM visit_flag f WHERE f.district = v.district AND f.record = v.id AND f.flag = $%d"+open+")", f.Flag)
		} else {
			where += " AND EXISTS (SELECT FROM visit_flag f WHERE f.district = v.district AND f.record = v.id" + open + ")"
		}
	}
	if f.After != "" {
		arg(" AND (v.arrived, v.id) < ($%d, $%d::text::uuid)", f.Arrived, f.After)
	}
	order := " ORDER BY v.arrived DESC, v.id DESC"
	if f.Limit > 0 {
		args = append(args, f.Limit)
		order += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	return `SELECT v.id::text, v.resident, COALESCE(r.micro_grid, r.grid), v.grid, COALESCE(v.visitor, ''), v.account, ` + dayOf("v.day") + `, v.arrived, v.left_at, v.received,
			v.result = 'seen', COALESCE(v.not_seen, ''), v.how, COALESCE(v.no_code, ''), v.form, v.answers, v.evidence, v.metres, COALESCE(v.corrects::text, ''),
			COALESCE((SELECT c.id::text FROM visit_record c WHERE c.district = v.district AND c.corrects = v.id), ''),
			(SELECT t.text FROM visit_record_text t WHERE t.district = v.district AND t.record = v.id)
		FROM visit_record v JOIN resident r ON r.district = v.district AND r.id = v.resident
		WHERE ` + where + order, args
}

// flags are the flags of records that the session sees, with the last look at each.
func (d *Desk) flags(ctx context.Context, k *sealer, district string, records []string) ([]VisitFlag, error) {
	list, err := collect(ctx, d.reads, "flags", func(r pgx.Rows, v *VisitFlag) error {
		var detail []byte
		if err := r.Scan(&v.Record, &v.Flag, &v.At, &detail); err != nil {
			return err
		}
		return json.Unmarshal(detail, &v.Detail)
	}, `SELECT record::text, flag, at, detail FROM visit_flag WHERE district = $1 AND record = ANY ($2::text[]::uuid[]) ORDER BY record, flag`, district, records)
	if err != nil || len(list) == 0 {
		return list, err
	}
	at := make(map[[2]string]*VisitFlag, len(list))
	for i := range list {
		at[[2]string{list[i].Record, list[i].Flag}] = &list[i]
	}
	type look struct {
		of [2]string
		FlagLook
	}
	looks, err := collect(ctx, d.reads, "looks at flags", func(r pgx.Rows, v *look) error {
		var reason []byte
		err := r.Scan(&v.of[0], &v.of[1], &v.N, &v.At, &v.By, &v.Verdict, &reason)
		if err != nil {
			return err
		}
		v.Reason, err = k.open(reason, "visit_flag_look", "reason", fmt.Sprintf("%s/%s/%d", v.of[0], v.of[1], v.N))
		return err
	}, `SELECT record::text, flag, n, at, by, verdict, reason FROM visit_flag_look WHERE district = $1 AND record = ANY ($2::text[]::uuid[]) ORDER BY record, flag, n`, district, records)
	for i := range looks {
		if f := at[looks[i].of]; f != nil {
			f.Looks = append(f.Looks, looks[i].FlagLook)
		}
	}
	return list, err
}

// calls adds what was said on calls.
func (d *Desk) calls(ctx context.Context, k *sealer, district string, records []string, at map[string]*ReviewedRecord) error {
	type call struct {
		record string
		QualityCall
	}
	list, err := collect(ctx, d.reads, "calls", func(r pgx.Rows, v *call) error {
		var words []byte
		err := r.Scan(&v.record, &v.N, &v.At, &v.By, &v.Result, &v.Rating, &words)
		if err != nil {
			return err
		}
		v.Words, err = k.open(words, "quality_call", "words", fmt.Sprintf("%s/%d", v.record, v.N))
		return err
	}, `SELECT record::text, n, at, by, result, COALESCE(rating, 0), words FROM quality_call WHERE district = $1 AND record = ANY ($2::text[]::uuid[]) ORDER BY record, n`, district, records)
	for i := range list {
		at[list[i].record].Calls = append(at[list[i].record].Calls, list[i].QualityCall)
	}
	return err
}

// LookAtFlag adds what somebody found of a flag, and records it; ErrNotFound if the
// session sees no such flag, or may not look at any.
func (d *Desk) LookAtFlag(ctx context.Context, district, record, resident, flag string, l FlagLook) error {
	tag, err := d.tx.Exec(ctx, `UPDATE visit_flag SET looked_by = $4, looked_at = $5, verdict = $6 WHERE district = $1 AND record = $2::text::uuid AND flag = $3`,
		district, record, flag, l.By, l.At, l.Verdict)
	if err := touchedOne(tag, err, "look at flag"); err != nil {
		return err
	}
	err = d.tx.QueryRow(ctx, `SELECT COALESCE(max(n), 0) + 1 FROM visit_flag_look WHERE district = $1 AND record = $2::text::uuid AND flag = $3`, district, record, flag).Scan(&l.N)
	if err != nil {
		return fmt.Errorf("look at flag: %w", tidy(err))
	}
	sealed, err := d.sealed(ctx, district, l.Reason, "visit_flag_look", "reason", fmt.Sprintf("%s/%s/%d", record, flag, l.N))
	if err != nil {
		return err
	}
	if _, err := d.tx.Exec(ctx, `INSERT INTO visit_flag_look (district, record, flag, n, at, by, verdict, reason) VALUES ($1, $2::text::uuid, $3, $4, $5, $6, $7, $8)`,
		district, record, flag, int16(l.N), l.At, l.By, l.Verdict, sealed); err != nil {
		return fmt.Errorf("look at flag: %w", tidy(err))
	}
	return d.Record(ctx, district, Event{Action: ActUpdate, Object: "visit_flag", IDs: []string{resident}, Detail: map[string]string{"flag": flag, "verdict": l.Verdict}})
}

// PutCall adds what was said of a visit that was drawn, and records it; ErrNotFound
// if the session sees no such record in any sample.
func (d *Desk) PutCall(ctx context.Context, district, record, resident string, c QualityCall) error {
	err := d.tx.QueryRow(ctx, `SELECT COALESCE(max(c.n), 0) + 1 FROM quality_item i LEFT JOIN quality_call c ON c.district = i.district AND c.record = i.record
		WHERE i.district = $1 AND i.record = $2::text::uuid GROUP BY i.record`, district, record).Scan(&c.N)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("call: %w", ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("store call: %w", tidy(err))
	}
	sealed, err := d.sealed(ctx, district, c.Words, "quality_call", "words", fmt.Sprintf("%s/%d", record, c.N))
	if err != nil {
		return err
	}
	if _, err := d.tx.Exec(ctx, `INSERT INTO quality_call (district, record, n, at, by, result, rating, words) VALUES ($1, $2::text::uuid, $3, $4, $5, $6, $7, $8)`,
		district, record, int16(c.N), c.At, c.By, c.Result, orNil(int16(c.Rating)), sealed); err != nil {
		return fmt.Errorf("store call: %w", tidy(err))
	}
	return d.Record(ctx, district, Event{Action: ActCreate, Object: "quality_call", IDs: []string{resident}, Detail: map[string]string{"result": c.Result}})
}

// sealed seals a text for a column of a record; nil for none.
func (d *Desk) sealed(ctx context.Context, district string, text Sealed, table, column, record string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	k, err := d.reads.keys.sealer(ctx, d.tx, district)
	if err != nil {
		return nil, err
	}
	return k.seal(text, table, column, record)
}

// Sample returns the sample of a week and an area; ErrNotFound if none was drawn.
func (d *Desk) Sample(ctx context.Context, district string, week planner.Date, area string) (QualitySample, error) {
	s := QualitySample{Week: week, Area: area}
	err := d.tx.QueryRow(ctx, `SELECT s.seed, s.size, s.records, s.drawn_at, s.drawn_by,
			ARRAY(SELECT i.record::text FROM quality_item i WHERE i.district = s.district AND i.week = s.week AND i.area = s.area ORDER BY i.n)
		FROM quality_sample s WHERE s.district = $1 AND s.week = $2 AND s.area = $3`, district, week.Time(), area).
		Scan(&s.Seed, &s.Size, &s.Records, &s.Drawn, &s.By, &s.IDs)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, fmt.Errorf("sample: %w", ErrNotFound)
	}
	if err != nil {
		return s, fmt.Errorf("sample: %w", tidy(err))
	}
	return s, nil
}

// SampleFrom returns the ids of the records that a sample of a week and an area is
// drawn from at a time: in which somebody was seen, that had come by then and stood.
func (s *Reads) SampleFrom(ctx context.Context, district string, week planner.Date, area string, at time.Time) ([]string, error) {
	return collect(ctx, s, "visit records", scanID, `SELECT v.id::text FROM visit_record v
		WHERE v.district = $1 AND v.day >= $2::date AND v.day < $2::date + 7 AND starts_with(v.grid, $3) AND v.result = 'seen' AND v.received <= $4
			AND NOT EXISTS (SELECT FROM visit_record c WHERE c.district = v.district AND c.corrects = v.id AND c.received <= $4)
		ORDER BY v.id`, district, week.Time(), area, at)
}

// PutSample keeps a sample that was drawn, if none was for that week and area, and
// tells whether it is. It goes into the audit.
func (tx *Tx) PutSample(district string, s QualitySample) (bool, error) {
	tag, err := tx.tx.Exec(tx.ctx, `INSERT INTO quality_sample (district, week, area, seed, size, records, drawn_at, drawn_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING`, district, s.Week.Time(), s.Area, int64(s.Seed), s.Size, s.Records, s.Drawn, s.By)
	if err != nil {
		return false, fmt.Errorf("store sample: %w", tidy(err))
	}
	if tag.RowsAffected() == 0 {
		return false, nil
	}
	if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO quality_item (district, week, area, n, record)
		SELECT $1, $2, $3, n, id::uuid FROM unnest($4::text[]) WITH ORDINALITY AS i (id, n)`, district, s.Week.Time(), s.Area, orEmpty(s.IDs)); err != nil {
		return false, fmt.Errorf("store sample: %w", tidy(err))
	}
	return true, tx.Record(district, Event{Action: ActCreate, Object: "quality_sample", Area: s.Area, IDs: []string{s.Week.String()}, Detail: map[string]string{"seed": fmt.Sprint(s.Seed)}})
}
