package data

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// RecordOutcome is what came of storing a record.
type RecordOutcome uint8

// The outcomes.
const (
	RecordStored   RecordOutcome = iota
	RecordSame                   // it was stored before, with the same content
	RecordConflict               // its id is another record's
	RecordTaken                  // what it corrects has been corrected already
)

// recordRow is a record as the statements read it.
type recordRow struct {
	ID       string            `json:"id"`
	Resident string            `json:"resident"`
	Grid     string            `json:"grid"`
	Visitor  *string           `json:"visitor"`
	Account  string            `json:"account"`
	Day      string            `json:"day"`
	Arrived  time.Time         `json:"arrived"`
	Left     *time.Time        `json:"left_at"`
	Received time.Time         `json:"received"`
	Skew     int               `json:"clock_skew"`
	Result   string            `json:"result"`
	NotSeen  *string           `json:"not_seen"`
	How      string            `json:"how"`
	Code     *string           `json:"code"`
	NoCode   *string           `json:"no_code"`
	Form     string            `json:"form"`
	Answers  map[string]string `json:"answers"`
	Evidence string            `json:"evidence"`
	Metres   *int              `json:"metres"`
	Plan     *int64            `json:"plan"`
	Corrects *string           `json:"corrects"`
	Content  string            `json:"content"` // \x and hex digits, as bytea reads it
}

// recordColumns are the columns of visit_record that are filled, and the types by
// which a row is read; the ladder, which its visitor held, the statement finds.
const (
	recordColumns = `id, resident, grid, visitor, account, day, arrived, left_at, received, clock_skew, result, not_seen, how, code, no_code, form,
		answers, evidence, metres, plan, ladder, corrects, content`
	recordTypes = `id uuid, resident text, grid text, visitor text, account text, day date, arrived timestamptz, left_at timestamptz,
		received timestamptz, clock_skew int, result text, not_seen text, how text, code text, no_code text, form text,
		answers jsonb, evidence text, metres int, plan bigint, corrects uuid, content bytea`
)

func recordRowOf(r *VisitRecord) recordRow {
	row := recordRow{
		ID: r.ID, Resident: r.Resident, Grid: r.Grid, Visitor: pointer(r.Visitor), Account: r.Account, Day: r.Day.String(),
		Arrived: r.Arrived, Received: r.Received, Skew: r.Skew, Result: resultOf(r.Seen), NotSeen: pointer(r.NotSeen), How: r.How, Code: pointer(r.Code),
		NoCode: pointer(r.NoCode), Form: r.Form, Answers: r.Answers, Evidence: r.Evidence, Metres: r.Metres, Plan: pointer(r.Plan),
		Corrects: pointer(r.Corrects), Content: fmt.Sprintf(`\x%x`, r.Content),
	}
	if row.Answers == nil {
		row.Answers = map[string]string{}
	}
	if !r.Left.IsZero() {
		row.Left = &r.Left
	}
	return row
}

// pointer is nil for the zero value.
func pointer[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func resultOf(seen bool) string {
	if seen {
		return "seen"
	}
	return "not_seen"
}

// RecordContent returns the keyed hash by which a record that is sent again is
// known: of the account and of what was sent.
func (tx *Tx) RecordContent(district, account, sent string) ([]byte, error) {
	k, err := tx.sealer(district)
	if err != nil {
		return nil, err
	}
	return k.mark("visit_record", account, sent)
}

// PutVisitRecords adds records and, as visits of the past, what they tell: the day
// on which somebody was seen, or was not. A record whose id is stored stays as it
// is; what came of each is returned in their order. The words, answers and
// distances of a resident who was erased are not stored. A correction takes back the visit of the record that
// it corrects, unless another record tells of it too.
//
// It does not raise the district's data version: see Touch. All rows are written
// in the order of their keys, so that two who write the same records wait for each
// other and do not lock.
func (tx *Tx) PutVisitRecords(district string, records []VisitRecord) ([]RecordOutcome, error) {
	out := make([]RecordOutcome, len(records))
	if len(records) == 0 {
		return out, nil
	}
	rows := make([]recordRow, 0, len(records))
	first := make(map[string]int, len(records)) // by id
	for i := range records {
		if _, twice := first[records[i].ID]; !twice {
			first[records[i].ID] = i
			rows = append(rows, recordRowOf(&records[i]))
		}
	}
	gone, err := tx.erasedAmong(district, rows)
	if err != nil {
		return nil, err
	}
	fresh, err := tx.insertRecords(district, rows)
	if err != nil {
		return nil, err
	}
	var old []string // ids that were not stored now
	for i := range records {
		id := records[i].ID
		switch {
		case first[id] != i && fresh[id]: // in the same batch
			out[i] = RecordConflict
			if slices.Equal(records[first[id]].Content, records[i].Content) {
				out[i] = RecordSame
			}
		case !fresh[id]:
			old = append(old, id)
		}
	}
	if len(old) > 0 {
		stubs, err := tx.Reads().RecordStubs(tx.ctx, district, old)
		if err != nil {
			return nil, err
		}
		for i := range records {
			if fresh[records[i].ID] {
				continue
			}
			s, there := stubs[records[i].ID]
			switch {
			case !there:
				out[i] = RecordTaken // the one other row that it can have run into
			case s.Same(&records[i]):
				out[i] = RecordSame
			default:
				out[i] = RecordConflict
			}
		}
	}
	rows = slices.DeleteFunc(rows, func(r recordRow) bool { return !fresh[r.ID] })
	if len(rows) == 0 {
		return out, nil
	}
	if err := tx.insertRecordParts(district, records, first, fresh, gone); err != nil {
		return nil, err
	}
	tx.rows["visit_record"] += len(rows)
	return out, tx.visitsOfRecords(district, rows)
}

// erasedAmong tells which of the residents of these records were erased, and takes out
// of their rows what an erasure takes away: that somebody was there stays.
func (tx *Tx) erasedAmong(district string, rows []recordRow) (map[string]bool, error) {
	residents := make([]string, len(rows))
	for i := range rows {
		residents[i] = rows[i].Resident
	}
	gone, err := tx.erasedOf(district, residents)
	for i := range rows {
		if r := &rows[i]; gone[r.Resident] {
			r.Answers, r.Metres, r.Content = map[string]string{}, nil, `\x`
		}
	}
	return gone, err
}

// insertRecords adds those records that are new and returns their ids.
func (tx *Tx) insertRecords(district string, rows []recordRow) (map[string]bool, error) {
	b, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("store visit records: %w", err)
	}
	// Whatever unique key it runs into: its own, or the correction of another.
	list, err := tx.tx.Query(tx.ctx, `INSERT INTO visit_record (district, `+recordColumns+`)
		SELECT $1, `+recordColumns+` FROM (SELECT r.*, (SELECT l.id FROM ladder l WHERE l.district = $1 AND l.resident = r.resident AND l.holder = r.visitor
				AND r.day BETWEEN l.first_day AND l.due_by ORDER BY l.due_by LIMIT 1) AS ladder
			FROM json_to_recordset($2::json) AS r (`+recordTypes+`)) r ORDER BY id
		ON CONFLICT DO NOTHING RETURNING id::text`, district, string(b))
	if err != nil {
		return nil, fmt.Errorf("store visit records: %w", tidy(err))
	}
	ids, err := pgx.CollectRows(list, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("store visit records: %w", tidy(err))
	}
	fresh := make(map[string]bool, len(ids))
	for _, id := range ids {
		fresh[id] = true
	}
	return fresh, nil
}

// insertRecordParts adds the words, the flags and the rating codes of the records that
// are new.
func (tx *Tx) insertRecordParts(district string, records []VisitRecord, first map[string]int, fresh, gone map[string]bool) error {
	type text struct {
		Record string `json:"record"`
		Text   string `json:"text"`
	}
	type flag struct {
		Record string            `json:"record"`
		Flag   string            `json:"flag"`
		Detail map[string]string `json:"detail"`
	}
	// A code that is another's already stays the other's.
	type code struct {
		Hash     string `json:"hash"`
		Resident string `json:"resident"`
		Day      string `json:"day"`
		Record   string `json:"record"`
	}
	var texts []text
	var flags []flag
	var codes []code
	spoken := false
	for i := range records {
		r := &records[i]
		if !fresh[r.ID] || first[r.ID] != i {
			continue
		}
		if r.Text != "" {
			spoken = true
		}
		for _, f := range r.Flags {
			if f.Detail == nil {
				f.Detail = map[string]string{}
			}
			flags = append(flags, flag{r.ID, f.Flag, f.Detail})
		}
		if r.Rating != nil && !gone[r.Resident] {
			codes = append(codes, code{fmt.Sprintf(`\x%x`, r.Rating), r.Resident, r.Day.String(), r.ID})
		}
	}
	if spoken {
		k, err := tx.sealer(district)
		if err != nil {
			return err
		}
		for i := range records {
			r := &records[i]
			if r.Text == "" || !fresh[r.ID] || first[r.ID] != i || gone[r.Resident] {
				continue
			}
			b, err := k.seal(r.Text, "visit_record_text", "text", r.ID)
			if err != nil {
				return err
			}
			texts = append(texts, text{r.ID, fmt.Sprintf(`\x%x`, b)})
		}
	}
	for _, part := range []struct {
		n    int
		rows any
		what string
		sql  string
	}{
		{len(texts), texts, "texts", `INSERT INTO visit_record_text (district, record, text) SELECT $1, record, text FROM json_to_recordset($2::json) AS t (record uuid, text bytea)`},
		{len(flags), flags, "flags", `INSERT INTO visit_flag (district, record, flag, detail) SELECT $1, record, flag, detail FROM json_to_recordset($2::json) AS f (record uuid, flag text, detail jsonb)`},
		{len(codes), codes, "rating codes", `INSERT INTO rating_code (district, token_hash, resident, day, record, until)
			SELECT $1, hash, resident, day, record, now() + interval '30 days' FROM json_to_recordset($2::json) AS c (hash bytea, resident text, day date, record uuid) ORDER BY hash
			ON CONFLICT DO NOTHING`},
	} {
		if part.n == 0 {
			continue
		}
		b, err := json.Marshal(part.rows)
		if err == nil {
			_, err = tx.tx.Exec(tx.ctx, part.sql, district, string(b))
		}
		if err != nil {
			return fmt.Errorf("store %s of visit records: %w", part.what, tidy(err))
		}
	}
	return nil
}

// takeVisitsSQL takes away the visits of records.
const takeVisitsSQL = `DELETE FROM visit WHERE district = $1 AND record = ANY ($2::text[]::uuid[])
	RETURNING resident, day::text, CASE WHEN done THEN 'seen' ELSE 'not_seen' END`

// visitsOfRecords keeps the visits of the past in step with records that were
// added: takes away those of records that they correct, adds their own, and, of
// what was corrected, those that another standing record tells of.
func (tx *Tx) visitsOfRecords(district string, rows []recordRow) error {
	type key struct {
		Resident string `json:"resident"`
		Day      string `json:"day"`
		Result   string `json:"result"`
	}
	var corrected []string
	for i := range rows {
		if c := rows[i].Corrects; c != nil {
			corrected = append(corrected, *c)
		}
	}
	var again []key
	if len(corrected) > 0 {
		list, err := tx.tx.Query(tx.ctx, takeVisitsSQL, district, corrected)
		if err == nil {
			again, err = pgx.CollectRows(list, pgx.RowToStructByPos[key])
		}
		if err != nil {
			return fmt.Errorf("correct visits: %w", tidy(err))
		}
	}
	gone := slices.DeleteFunc(slices.Clone(again), func(k key) bool { return k.Result != "seen" })
	for i := range rows {
		again = append(again, key{rows[i].Resident, rows[i].Day, rows[i].Result})
	}
	slices.SortFunc(again, func(a, b key) int {
		return strings.Compare(a.Resident+" "+a.Day+" "+a.Result, b.Resident+" "+b.Day+" "+b.Result)
	})
	again = slices.Compact(again)
	b, err := json.Marshal(again)
	if err != nil {
		return fmt.Errorf("store visits: %w", err)
	}
	// Of several records of a day the first holds; what came by file stays.
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO visit (district, resident, day, done, visitor, grid, record)
		SELECT $1, k.resident, k.day, k.result = 'seen', r.visitor, r.grid, r.id
		FROM json_to_recordset($2::json) AS k (resident text, day date, result text)
		CROSS JOIN LATERAL (SELECT v.id, v.visitor, v.grid FROM visit_record v
			WHERE v.district = $1 AND v.resident = k.resident AND v.day = k.day AND v.result = k.result
				AND NOT EXISTS (SELECT FROM visit_record c WHERE c.district = $1 AND c.corrects = v.id)
			ORDER BY v.arrived, v.id LIMIT 1) r
		ORDER BY k.resident, k.day, k.result
		ON CONFLICT (district, resident, day, done) DO NOTHING`, district, string(b))
	if err != nil {
		return fmt.Errorf("store visits: %w", tidy(err))
	}
	if len(gone) == 0 {
		return nil
	}
	if b, err = json.Marshal(gone); err != nil {
		return fmt.Errorf("correct visits: %w", err)
	}
	return tx.laddersAgain(district, string(b))
}

// Touch raises the district's data version when the transaction ends.
func (tx *Tx) Touch(district string) error { return tx.touch(district) }

// Counted has the rows of those tables counted that took so many records or ladders
// since they were counted last that plans made before are of no use, and returns
// the tables' names.
func (tx *Tx) Counted() ([]string, error) {
	var tables []string
	if err := tx.tx.QueryRow(tx.ctx, `SELECT trust.counted()`).Scan(&tables); err != nil {
		return nil, fmt.Errorf("count rows: %w", tidy(err))
	}
	return tables, nil
}

// PutJudged raises flags on records, those that are raised already aside, and
// notes that the records of these ids have been judged.
func (tx *Tx) PutJudged(district string, flags []VisitFlag, ids []string) error {
	type row struct {
		Record string            `json:"record"`
		Flag   string            `json:"flag"`
		Detail map[string]string `json:"detail"`
	}
	rows := make([]row, len(flags))
	for i, f := range flags {
		if rows[i] = (row{f.Record, f.Flag, f.Detail}); f.Detail == nil {
			rows[i].Detail = map[string]string{}
		}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("flag visit records: %w", err)
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO visit_flag (district, record, flag, detail)
		SELECT $1, record, flag, detail FROM json_to_recordset($2::json) AS f (record uuid, flag text, detail jsonb) ORDER BY record, flag
		ON CONFLICT (district, record, flag) DO NOTHING`, district, string(b))
	if err != nil {
		return fmt.Errorf("flag visit records: %w", tidy(err))
	}
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE visit_record SET judged = true WHERE district = $1 AND id = ANY ($2::text[]::uuid[])`, district, ids); err != nil {
		return fmt.Errorf("judge visit records: %w", tidy(err))
	}
	return nil
}
