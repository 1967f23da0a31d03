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

// Connector is a platform of others that sends what was done and is told what is to
// be done.
type Connector struct {
	ID      string
	Account string // of the key with which it asks; empty: it comes by file alone
	Made    time.Time
	Off     time.Time // zero: it is in use
	// Acked is up to which change it has what was told, PushURL where changes are
	// sent (empty: it asks for them), and PushFrom up to which deliveries were made.
	Acked    int64
	PushURL  string
	PushFrom int64
}

// ConnectMapping is a platform's mapping, as JSON, and from when it holds.
type ConnectMapping struct {
	From    planner.Date
	Mapping json.RawMessage
	SetBy   string
}

// What a platform sends.
const (
	ConnectVisit = "visit"
	ConnectCase  = "case"
)

// ConnectRow is a row that a platform sent, by its own number.
type ConnectRow struct {
	External string
	Refused  string // why; empty: it is stored
	First    time.Time
	Last     time.Time
	Content  []byte // the keyed hash of what was sent (ConnectContent)
	Resident string // empty: of nobody, or not known
	Area     string // a grid or a micro-grid; of a visit the grid of its day
	Day      planner.Date
	Done     bool      // of a visit
	Task     string    // of a visit: the task that it says it is; empty: none
	Incident string    // of a case: ours
	Stage    string    // of a case: theirs
	TheirAt  time.Time // since when
}

// PutConnector stores a connector, or replaces it.
func (tx *Tx) PutConnector(district string, c Connector) error {
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO connector (district, id, account, off_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (district, id) DO UPDATE SET account = EXCLUDED.account, off_at = EXCLUDED.off_at`, district, c.ID, orNil(c.Account), timeOrNil(c.Off))
	if err != nil {
		return fmt.Errorf("store connector: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "connector", IDs: []string{c.ID}, Detail: map[string]string{"account": c.Account}})
}

// Connectors returns the connectors of a district, by id.
func (s *Reads) Connectors(ctx context.Context, district string) ([]Connector, error) {
	return collect(ctx, s, "connectors", func(r pgx.Rows, v *Connector) error {
		var off *time.Time
		err := r.Scan(&v.ID, &v.Account, &v.Made, &off, &v.Acked, &v.PushURL, &v.PushFrom)
		if off != nil {
			v.Off = *off
		}
		return err
	}, `SELECT id, COALESCE(account, ''), made_at, off_at, acked, COALESCE(push_url, ''), push_from FROM connector WHERE district = $1 ORDER BY id`, district)
}

// PutConnectMapping stores the mapping that holds from a day on.
func (tx *Tx) PutConnectMapping(district, connector string, m ConnectMapping) error {
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO connect_mapping (district, connector, from_day, mapping, set_by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (district, connector, from_day) DO UPDATE SET mapping = EXCLUDED.mapping, set_by = EXCLUDED.set_by, set_at = now()`,
		district, connector, m.From.Time(), string(m.Mapping), m.SetBy)
	if err != nil {
		return fmt.Errorf("store mapping: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "connect_mapping", IDs: []string{connector}, Detail: map[string]string{"from": m.From.String()}})
}

// ConnectMapping returns the mapping of a connector that holds on a day; ErrNotFound
// if it has none.
func (s *Reads) ConnectMapping(ctx context.Context, district, connector string, day planner.Date) (ConnectMapping, error) {
	list, err := collect(ctx, s, "mappings", func(r pgx.Rows, v *ConnectMapping) error { return r.Scan(&v.From, &v.Mapping, &v.SetBy) },
		`SELECT `+dayOf("from_day")+`, mapping, set_by FROM connect_mapping WHERE district = $1 AND connector = $2 AND from_day <= $3::date
		ORDER BY from_day DESC LIMIT 1`, district, connector, day.Time())
	if err != nil {
		return ConnectMapping{}, err
	}
	if len(list) == 0 {
		return ConnectMapping{}, fmt.Errorf("mapping of %s: %w", connector, ErrNotFound)
	}
	return list[0], nil
}

// ExternalID is a number under which a platform knows somebody.
type ExternalID struct {
	Kind     string // resident, visitor
	External string
	Ours     string
}

// PutExternalIDs stores numbers of a platform, replacing what each stood for. Of
// residents who were erased none is kept.
func (tx *Tx) PutExternalIDs(district, connector string, list []ExternalID) error {
	b, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("store numbers: %w", err)
	}
	// What stood for the same person before goes: a platform may number anew.
	for _, sql := range []string{
		`DELETE FROM external_id e USING json_to_recordset($3::json) AS n ("Kind" text, "External" text, "Ours" text)
			WHERE e.district = $1 AND e.connector = $2 AND e.kind = n."Kind" AND COALESCE(e.resident, e.visitor) = n."Ours" AND e.external <> n."External"`,
		`INSERT INTO external_id (district, connector, kind, external, resident, visitor)
			SELECT $1, $2, n."Kind", n."External", CASE n."Kind" WHEN 'resident' THEN n."Ours" END, CASE n."Kind" WHEN 'visitor' THEN n."Ours" END
			FROM json_to_recordset($3::json) AS n ("Kind" text, "External" text, "Ours" text)
			WHERE NOT EXISTS (SELECT FROM erased x WHERE x.district = $1 AND n."Kind" = 'resident' AND x.resident = n."Ours")
			ON CONFLICT (district, connector, kind, external) DO UPDATE SET resident = EXCLUDED.resident, visitor = EXCLUDED.visitor`,
	} {
		if _, err := tx.tx.Exec(tx.ctx, sql, district, connector, string(b)); err != nil {
			return fmt.Errorf("store numbers: %w", tidy(err))
		}
	}
	return tx.Record(district, Event{Action: ActImport, Object: "external_id", IDs: []string{connector}, N: len(list)})
}

// ExternalIDs returns who is behind these numbers of a platform, as far as it is
// known.
func (s *Reads) ExternalIDs(ctx context.Context, district, connector, kind string, numbers []string) (map[string]string, error) {
	list, err := collect(ctx, s, "numbers", func(r pgx.Rows, v *[2]string) error { return r.Scan(&v[0], &v[1]) },
		`SELECT external, COALESCE(resident, visitor) FROM external_id WHERE district = $1 AND connector = $2 AND kind = $3 AND external = ANY ($4)`,
		district, connector, kind, orEmpty(numbers))
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(list))
	for _, v := range list {
		out[v[0]] = v[1]
	}
	return out, nil
}

const connectLockSQL = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`

// LockConnector keeps others from storing rows of a connector until the transaction
// ends.
func (tx *Tx) LockConnector(district, connector string) error {
	if _, err := tx.tx.Exec(tx.ctx, connectLockSQL, "connect "+district+" "+connector); err != nil {
		return fmt.Errorf("wait for a connector: %w", tidy(err))
	}
	return nil
}

// LockConnector is Tx.LockConnector at the desk.
func (d *Desk) LockConnector(ctx context.Context, district, connector string) error {
	if _, err := d.tx.Exec(ctx, connectLockSQL, "connect "+district+" "+connector); err != nil {
		return fmt.Errorf("wait for a connector: %w", tidy(err))
	}
	return nil
}

// ConnectContent returns the keyed hash by which a row that is sent again is known.
func (tx *Tx) ConnectContent(district, kind, sent string) ([]byte, error) {
	k, err := tx.sealer(district)
	if err != nil {
		return nil, err
	}
	return k.mark("connect_row", kind, sent)
}

// ConnectContent is Tx.ConnectContent at the desk.
func (d *Desk) ConnectContent(ctx context.Context, district, kind, sent string) ([]byte, error) {
	k, err := d.reads.keys.sealer(ctx, d.tx, district)
	if err != nil {
		return nil, err
	}
	return k.mark("connect_row", kind, sent)
}

const connectRowColumns = `external, COALESCE(code, ''), first_at, last_at, content, COALESCE(resident, ''), COALESCE(area, ''), COALESCE(day, DATE '1970-01-01') - DATE '1970-01-01',
	COALESCE(done, false), COALESCE(task, ''), COALESCE(incident, ''), COALESCE(stage, ''), their_at`

func scanConnectRow(r pgx.Rows, v *ConnectRow) error {
	var their *time.Time
	err := r.Scan(&v.External, &v.Refused, &v.First, &v.Last, &v.Content, &v.Resident, &v.Area, &v.Day, &v.Done, &v.Task, &v.Incident, &v.Stage, &their)
	if their != nil {
		v.TheirAt = *their
	}
	return err
}

// ConnectRows returns those of these rows of a platform that came before, by its
// number.
func (s *Reads) ConnectRows(ctx context.Context, district, connector, kind string, numbers []string) (map[string]ConnectRow, error) {
	list, err := collect(ctx, s, "rows of a platform", scanConnectRow, `SELECT `+connectRowColumns+` FROM connect_row
		WHERE district = $1 AND connector = $2 AND kind = $3 AND external = ANY ($4)`, district, connector, kind, orEmpty(numbers))
	if err != nil {
		return nil, err
	}
	out := make(map[string]ConnectRow, len(list))
	for i := range list {
		out[list[i].External] = list[i]
	}
	return out, nil
}

// ConnectRowsSince returns the rows of a platform that came last in a time, by kind
// and number.
func (s *Reads) ConnectRowsSince(ctx context.Context, district, connector, kind string, from, to time.Time) ([]ConnectRow, error) {
	return collect(ctx, s, "rows of a platform", scanConnectRow, `SELECT `+connectRowColumns+` FROM connect_row
		WHERE district = $1 AND connector = $2 AND kind = $3 AND last_at >= $4 AND last_at < $5 ORDER BY external`, district, connector, kind, from, to)
}

const putConnectRowSQL = `INSERT INTO connect_row (district, connector, kind, external, status, code, first_at, last_at, content, resident, area, day, done, task, incident, stage, their_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
	ON CONFLICT (district, connector, kind, external) DO UPDATE SET status = EXCLUDED.status, code = EXCLUDED.code, last_at = EXCLUDED.last_at, content = EXCLUDED.content,
		resident = EXCLUDED.resident, area = EXCLUDED.area, day = EXCLUDED.day, done = EXCLUDED.done, task = EXCLUDED.task, incident = EXCLUDED.incident,
		stage = EXCLUDED.stage, their_at = EXCLUDED.their_at`

func (r *ConnectRow) args(district, connector, kind string) []any {
	status := "stored"
	if r.Refused != "" {
		status = "refused"
	}
	var day, done any
	if kind == ConnectVisit && r.Day != 0 {
		day, done = r.Day.Time(), r.Done
	}
	content := r.Content
	if content == nil {
		content = []byte{}
	}
	return []any{
		district, connector, kind, r.External, status, orNil(r.Refused), r.Last, content, orNil(r.Resident), orNil(r.Area), day, done,
		orNil(r.Task), orNil(r.Incident), orNil(r.Stage), timeOrNil(r.TheirAt),
	}
}

// PutConnectRows stores what came of rows of a platform.
func (tx *Tx) PutConnectRows(district, connector, kind string, rows []ConnectRow) error {
	b := new(pgx.Batch)
	for i := range rows {
		b.Queue(putConnectRowSQL, rows[i].args(district, connector, kind)...)
	}
	if err := tx.tx.SendBatch(tx.ctx, b).Close(); err != nil {
		return fmt.Errorf("store rows of a platform: %w", tidy(err))
	}
	return nil
}

// PutConnectRow stores what came of a row of a platform.
func (d *Desk) PutConnectRow(ctx context.Context, district, connector, kind string, row ConnectRow) error {
	if _, err := d.tx.Exec(ctx, putConnectRowSQL, row.args(district, connector, kind)...); err != nil {
		return fmt.Errorf("store a row of a platform: %w", tidy(err))
	}
	return nil
}

// AddVisits adds visits of the past that are not there yet, as a platform tells of
// them: what is there stays as it is. A visitor who is not known is left out. It
// says of how many there was nothing before.
func (tx *Tx) AddVisits(district string, visits []Visit) (int, error) {
	if len(visits) == 0 {
		return 0, nil
	}
	type row struct {
		Resident string  `json:"resident"`
		Day      string  `json:"day"`
		Done     bool    `json:"done"`
		Visitor  *string `json:"visitor"`
		Grid     string  `json:"grid"`
	}
	rows := make([]row, len(visits))
	for i, v := range visits {
		rows[i] = row{v.Resident, v.Date.String(), v.Done, pointer(v.Visitor), v.Grid}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return 0, fmt.Errorf("add visits: %w", err)
	}
	tag, err := tx.tx.Exec(tx.ctx, `INSERT INTO visit (district, resident, day, done, visitor, grid)
		SELECT $1, k.resident, k.day, k.done, (SELECT w.id FROM visitor w WHERE w.district = $1 AND w.id = k.visitor), k.grid
		FROM json_to_recordset($2::json) AS k (resident text, day date, done boolean, visitor text, grid text)
		ORDER BY k.resident, k.day, k.done
		ON CONFLICT (district, resident, day, done) DO NOTHING`, district, string(b))
	if err != nil {
		return 0, fmt.Errorf("add visits: %w", tidy(err))
	}
	if tag.RowsAffected() == 0 {
		return 0, nil
	}
	return int(tag.RowsAffected()), tx.touch(district)
}

// KnownVisitors tells which of these ids are visitors'.
func (s *Reads) KnownVisitors(ctx context.Context, district string, ids []string) (map[string]bool, error) {
	list, err := collect(ctx, s, "visitors", func(r pgx.Rows, id *string) error { return r.Scan(id) },
		`SELECT id FROM visitor WHERE district = $1 AND id = ANY ($2)`, district, orEmpty(ids))
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out, nil
}

// connectorOf finds the connector of an account among a district's.
func connectorOf(list []Connector, account string) (Connector, error) {
	for _, c := range list {
		if c.Account == account && account != "" && c.Off.IsZero() {
			return c, nil
		}
	}
	return Connector{}, fmt.Errorf("connector: %w", ErrNotFound)
}

// ConnectorOf returns the connector in use whose key an account is; ErrNotFound if
// there is none.
func (s *Reads) ConnectorOf(ctx context.Context, district, account string) (Connector, error) {
	list, err := s.Connectors(ctx, district)
	if err != nil {
		return Connector{}, err
	}
	return connectorOf(list, account)
}

// Connector returns a connector in use by its id; ErrNotFound if there is none.
func (s *Reads) Connector(ctx context.Context, district, id string) (Connector, error) {
	list, err := s.Connectors(ctx, district)
	if err != nil {
		return Connector{}, err
	}
	for _, c := range list {
		if c.ID == id && c.Off.IsZero() {
			return c, nil
		}
	}
	return Connector{}, fmt.Errorf("connector: %w", ErrNotFound)
}

// isNoRows tells whether a statement found nothing.
func isNoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
