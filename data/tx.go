package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"sanse/data/migrations"
	"sanse/geo"
	"sanse/planner"
)

// Tx is one transaction of Write, alive until its function returns, for one
// goroutine. Its context is that of Write.
//
// Put means: a record whose id is new is added, one whose id is known is
// replaced as a whole, lists inside it included; records that are not named
// stay as they are. So importing a file again corrects it. Rows travel by COPY
// into a temporary table and from there in one statement. A reference to a
// record that does not exist is a *MissingError, an id given twice in one call
// a *TwiceError. After an error the transaction is lost.
type Tx struct {
	ctx     context.Context //nolint:containedctx // a Tx lives within one call of Write
	tx      pgx.Tx
	keys    *keyring
	sealers map[string]*sealer // of the districts that were sealed for
	touched map[string]bool    // districts whose data version is to be raised
	ground  map[string]bool    // those of them whose ground was written
	rows    map[string]int     // written, by table
	owner   bool               // of the tables: row-level security is not for it
}

// countFrom is the number of rows written to a table in one transaction from which
// on they are counted at once, if they are a good part of it: the queries that follow
// an import or a plan should not wait for autovacuum to learn of what is there.
const countFrom = 50

// Write runs f in one transaction: all of it is stored, or nothing is.
func (s *Store) Write(ctx context.Context, f func(*Tx) error) (err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() {
		// After a commit this does nothing; after an error the connection is
		// given back whatever the context says.
		if e := tx.Rollback(context.WithoutCancel(ctx)); e != nil && !errors.Is(e, pgx.ErrTxClosed) {
			err = errors.Join(err, fmt.Errorf("roll back: %w", e))
		}
	}()
	t := &Tx{ctx: ctx, tx: tx, keys: s.keys, sealers: map[string]*sealer{}, touched: map[string]bool{}, ground: map[string]bool{}, rows: map[string]int{}, owner: !s.serving}
	if err := f(t); err != nil {
		return err
	}
	for code := range t.touched {
		if _, err := tx.Exec(ctx, `UPDATE district d SET data_version = v.n, ground_version = CASE WHEN $2 THEN v.n ELSE ground_version END
			FROM (SELECT nextval('data_version') AS n) v WHERE d.code = $1`, code, t.ground[code]); err != nil {
			return fmt.Errorf("raise data version: %w", tidy(err))
		}
	}
	if err := t.count(); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", tidy(err))
	}
	return nil
}

// count has the rows counted of those tables of which a good part was written.
func (tx *Tx) count() error {
	var tables []string
	var wrote []int
	for table, n := range tx.rows {
		if n >= countFrom {
			tables, wrote = append(tables, table), append(wrote, n)
		}
	}
	if len(tables) == 0 {
		return nil
	}
	if _, err := tx.tx.Exec(tx.ctx, `SELECT trust.written($1, $2)`, tables, wrote); err != nil {
		return fmt.Errorf("count what was written: %w", tidy(err))
	}
	return nil
}

// reference says that a column of a table names a record of another one in the
// same district.
type reference struct {
	column   string
	refTable string
	refKey   string
}

// Reads are the reads of a store as this transaction sees it.
func (tx *Tx) Reads() *Reads { return &Reads{db: tx.tx, keys: tx.keys} }

// target is a table and how rows get into it.
type target struct {
	table   string
	id      string   // the column that names a row in errors
	key     []string // of the primary key, district first
	columns []string // all that are written, the key's included
	refs    []reference
}

// sealer returns the keys with which this transaction seals for a district. Ask
// before a COPY begins: it takes the connection.
func (tx *Tx) sealer(district string) (*sealer, error) {
	if k := tx.sealers[district]; k != nil {
		return k, nil
	}
	k, err := tx.keys.sealer(tx.ctx, tx.tx, district)
	if err != nil {
		return nil, err
	}
	tx.sealers[district] = k
	return k, nil
}

// staged returns the name of the temporary table in front of the target.
func (t *target) staged() string { return "staged_" + t.table }

// stage copies n rows into the temporary table and checks that none is there
// twice and that what they refer to exists.
func (tx *Tx) stage(t *target, n int, row func(i int) ([]any, error)) error {
	staged := pgx.Identifier{t.staged()}.Sanitize()
	sql := fmt.Sprintf(`CREATE TEMP TABLE IF NOT EXISTS %s (LIKE %s INCLUDING DEFAULTS) ON COMMIT DROP; TRUNCATE %s`, staged, t.table, staged)
	if _, err := tx.tx.Exec(tx.ctx, sql); err != nil {
		return fmt.Errorf("stage %s: %w", t.table, tidy(err))
	}
	if _, err := tx.tx.CopyFrom(tx.ctx, pgx.Identifier{t.staged()}, t.columns, pgx.CopyFromSlice(n, row)); err != nil {
		return fmt.Errorf("copy %s: %w", t.table, tidy(err))
	}
	var twice string
	sql = fmt.Sprintf(`SELECT min(%s) FROM %s GROUP BY %s HAVING count(*) > 1 LIMIT 1`, t.id+"::text", staged, strings.Join(t.key, ", "))
	switch err := tx.tx.QueryRow(tx.ctx, sql).Scan(&twice); {
	case err == nil:
		return &TwiceError{Table: t.table, ID: twice, Reason: "is given twice"}
	case !errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("check %s: %w", t.table, tidy(err))
	}
	for _, r := range t.refs {
		if err := tx.checkReference(t, r); err != nil {
			return err
		}
	}
	return nil
}

// checkReference finds a staged row that refers to nothing, so that the error
// can name the row, which the server's own does not.
func (tx *Tx) checkReference(t *target, r reference) error {
	sql := fmt.Sprintf(`SELECT s.%s::text, s.%s FROM %s s
		WHERE s.%[2]s IS NOT NULL AND NOT EXISTS (SELECT FROM %[4]s r WHERE r.district = s.district AND r.%[5]s = s.%[2]s)
		LIMIT 1`, t.id, r.column, pgx.Identifier{t.staged()}.Sanitize(), r.refTable, r.refKey)
	e := &MissingError{Table: t.table, Column: r.column, RefTable: r.refTable}
	switch err := tx.tx.QueryRow(tx.ctx, sql).Scan(&e.ID, &e.Value); {
	case err == nil:
		return e
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	default:
		return fmt.Errorf("check %s: %w", t.table, tidy(err))
	}
}

// upsert stages n rows and writes them, replacing those whose key is known.
func (tx *Tx) upsert(t *target, n int, row func(i int) ([]any, error)) error {
	if n == 0 {
		return nil
	}
	if err := tx.stage(t, n, row); err != nil {
		return err
	}
	inKey := map[string]bool{}
	for _, k := range t.key {
		inKey[k] = true
	}
	var set []string
	for _, c := range t.columns {
		if !inKey[c] {
			set = append(set, c+" = EXCLUDED."+c)
		}
	}
	do := "NOTHING"
	if len(set) > 0 {
		do = "UPDATE SET " + strings.Join(set, ", ")
	}
	columns := strings.Join(t.columns, ", ")
	sql := fmt.Sprintf(`INSERT INTO %s (%s) SELECT %[2]s FROM %s ON CONFLICT (%s) DO %s`,
		t.table, columns, pgx.Identifier{t.staged()}.Sanitize(), strings.Join(t.key, ", "), do)
	if _, err := tx.tx.Exec(tx.ctx, sql); err != nil {
		return fmt.Errorf("store %s: %w", t.table, tidy(err))
	}
	tx.rows[t.table] += n
	return nil
}

// replaceParts throws away the parts (kinds, shifts …) of the owners that were
// staged last and copies the new ones.
func (tx *Tx) replaceParts(owner, part *target, ownerColumn string, rows [][]any) error {
	sql := fmt.Sprintf(`DELETE FROM %s p USING %s o WHERE p.district = o.district AND p.%s = o.id`,
		part.table, pgx.Identifier{owner.staged()}.Sanitize(), ownerColumn)
	if _, err := tx.tx.Exec(tx.ctx, sql); err != nil {
		return fmt.Errorf("clear %s: %w", part.table, tidy(err))
	}
	return tx.upsert(part, len(rows), func(i int) ([]any, error) { return rows[i], nil })
}

// insert copies rows that are all new into their table: straight, or, where
// row-level security holds, which takes no COPY, by way of a temporary table.
func (tx *Tx) insert(table string, columns []string, n int, row func(i int) ([]any, error)) error {
	if n == 0 {
		return nil
	}
	into := table
	if !tx.owner {
		into = "new_" + table
		staged := pgx.Identifier{into}.Sanitize()
		sql := fmt.Sprintf(`CREATE TEMP TABLE IF NOT EXISTS %s (LIKE %s INCLUDING DEFAULTS) ON COMMIT DROP; TRUNCATE %[1]s`, staged, table)
		if _, err := tx.tx.Exec(tx.ctx, sql); err != nil {
			return fmt.Errorf("stage %s: %w", table, tidy(err))
		}
	}
	if _, err := tx.tx.CopyFrom(tx.ctx, pgx.Identifier{into}, columns, pgx.CopyFromSlice(n, row)); err != nil {
		return fmt.Errorf("copy %s: %w", table, tidy(err))
	}
	if into != table {
		sql := fmt.Sprintf(`INSERT INTO %s (%s) SELECT %[2]s FROM %s`, table, strings.Join(columns, ", "), pgx.Identifier{into}.Sanitize())
		if _, err := tx.tx.Exec(tx.ctx, sql); err != nil {
			return fmt.Errorf("store %s: %w", table, tidy(err))
		}
	}
	tx.rows[table] += n
	return nil
}

// touch marks the district as changed, and fails if it does not exist.
func (tx *Tx) touch(district string) error {
	if tx.touched[district] {
		return nil
	}
	var there bool
	if err := tx.tx.QueryRow(tx.ctx, `SELECT EXISTS (SELECT FROM district WHERE code = $1)`, district).Scan(&there); err != nil {
		return fmt.Errorf("look up district: %w", tidy(err))
	}
	if !there {
		return fmt.Errorf("district %s: %w", district, ErrNotFound)
	}
	tx.touched[district] = true
	return nil
}

// touchGround is touch for what the map of the ground shows: areas, buildings
// and streets.
func (tx *Tx) touchGround(district string) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	tx.ground[district] = true
	return nil
}

// geometry writes g as EWKB; an empty geometry is NULL.
func geometry(g orb.Geometry) ([]byte, error) {
	switch v := g.(type) {
	case nil:
		return nil, nil
	case orb.MultiPolygon:
		if len(v) == 0 {
			return nil, nil
		}
	case orb.MultiLineString:
		if len(v) == 0 {
			return nil, nil
		}
	}
	return ewkb.Marshal(g, 4326)
}

// cellOf is what a column cell8 holds of a place.
func cellOf(p orb.Point) (int64, error) {
	c, err := geo.CellAt(p, migrations.CellResolution)
	return int64(c), err
}

// orNil stores the zero value as NULL.
func orNil[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// timeOrNil stores the zero time as NULL.
func timeOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// dayOrNil stores no day as NULL.
func dayOrNil(d *planner.Date) any {
	if d == nil {
		return nil
	}
	return d.Time()
}

// orEmpty stores no list as an empty one.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// jsonOrNil writes a value as JSON, nothing as NULL.
func jsonOrNil[T any](v []T) (any, error) {
	if len(v) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// hoursOrNil writes hours as JSON, hours that are not known as NULL: an empty
// list says that it is closed all week.
func hoursOrNil(hours []planner.Shift) (any, error) {
	if hours == nil {
		return nil, nil
	}
	b, err := json.Marshal(hours)
	return string(b), err
}

// rawOrNil stores JSON that is there.
func rawOrNil(b json.RawMessage) any {
	if len(b) == 0 {
		return nil
	}
	return string(b)
}
