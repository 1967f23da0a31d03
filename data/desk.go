package data

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Desk is where people are named: one transaction in which the database itself
// shows what a session may see, and no more. It is for one goroutine, within
// the call of AtDesk. The way there and back is most of what a look costs, so the
// transaction begins on the way of its first question, and ends on the way of what
// is recorded of it: an ordinary look goes there twice.
type Desk struct {
	conn    *pgxpool.Conn
	token   Token
	begun   pgx.Tx // nil until something is asked
	ended   bool
	planned string // how statements are planned
	tx      deskTx // begins it where need be
	reads   *Reads
	looks   [][]any // rows of the audit, to be written when it ends
}

// AtDesk runs f in one transaction that sees what the session of that token
// sees now; of a session that is over, or not signed in fully, or none, that is
// nothing, and no error. What f writes and records is kept if it returns nil and
// all of it can be; otherwise AtDesk returns an error, and what f was shown is not
// to be told. On an owner's store there is no row-level security: it sees
// everything.
func (s *Store) AtDesk(ctx context.Context, token Token, f func(*Desk) error) (err error) {
	conn, err := s.desk.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("go to the desk: %w", tidy(err))
	}
	defer conn.Release()
	d := &Desk{conn: conn, token: token, planned: planOnce}
	d.tx = deskTx{d}
	d.reads = &Reads{db: d.tx, keys: s.keys}
	defer func() {
		if d.begun == nil || d.ended {
			return
		}
		if e := d.begun.Rollback(context.WithoutCancel(ctx)); e != nil && !errors.Is(e, pgx.ErrTxClosed) {
			err = errors.Join(err, fmt.Errorf("leave the desk: %w", e))
		}
	}()
	if err := f(d); err != nil {
		return err
	}
	return d.leave(ctx)
}

// enterSQL says whose the transaction is. It ends with the transaction, so that
// the next one on this connection does not inherit it. Where names are looked up
// is said again each time: what a statement slipped in has left on this connection
// must not come first.
const enterSQL = `SELECT pg_catalog.set_config('sanse.session', $1, true), pg_catalog.set_config('search_path', 'pg_catalog, public, pg_temp', true),
	pg_catalog.set_config('row_security', 'on', true), pg_catalog.set_config('plan_cache_mode', $2, true)`

// How the statements of a transaction are planned: what is asked at the desk names
// the rows that it wants by key, so that there is one way to find them, and finding
// it anew each time, with all the rules, takes longer than reading the rows. The
// audit is asked for in many ways.
const (
	planOnce     = "force_generic_plan"
	planEachTime = "auto"
)

// batch is for questions that go to the desk together; before the first of all
// the transaction begins.
func (d *Desk) batch() *pgx.Batch {
	b := new(pgx.Batch)
	if d.begun == nil {
		b.BeginTx(pgx.TxOptions{})
		b.Queue(enterSQL, d.token.Reveal(), d.planned)
	}
	return b
}

// send asks the questions of a batch, on one way there and back.
func (d *Desk) send(ctx context.Context, b *pgx.Batch) error {
	if d.ended {
		return fmt.Errorf("go to the desk: %w", pgx.ErrTxClosed)
	}
	r := d.conn.SendBatch(ctx, b)
	if d.begun == nil {
		d.begun = r.Tx()
	}
	return r.Close()
}

// open begins the transaction, if nothing has.
func (d *Desk) open(ctx context.Context) error {
	if d.begun != nil {
		return nil
	}
	if err := d.send(ctx, d.batch()); err != nil {
		return fmt.Errorf("go to the desk: %w", tidy(err))
	}
	return nil
}

// leave records the looks and ends the transaction.
func (d *Desk) leave(ctx context.Context) error {
	if d.begun == nil && len(d.looks) == 0 {
		return nil // nothing was asked
	}
	b := d.batch()
	for _, row := range d.looks {
		b.Queue(auditSQL, row...)
	}
	b.Queue(`commit`).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() == "ROLLBACK" {
			return pgx.ErrTxCommitRollback
		}
		d.ended = true
		return nil
	})
	switch err := d.send(ctx, b); {
	case err == nil:
		return nil
	case len(d.looks) > 0:
		return recorded(err)
	default:
		return fmt.Errorf("leave the desk: %w", tidy(err))
	}
}

// deskTx is a desk's transaction, which begins with the first statement.
type deskTx struct{ d *Desk }

// Query asks in the transaction.
func (t deskTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := t.d.open(ctx); err != nil {
		return nil, err
	}
	return t.d.begun.Query(ctx, sql, args...)
}

// QueryRow asks for one row in the transaction.
func (t deskTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := t.d.open(ctx); err != nil {
		return failedRow{err}
	}
	return t.d.begun.QueryRow(ctx, sql, args...)
}

// Exec runs a statement in the transaction.
func (t deskTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := t.d.open(ctx); err != nil {
		return pgconn.CommandTag{}, err
	}
	return t.d.begun.Exec(ctx, sql, args...)
}

// Begin begins a part of the transaction that can be taken back by itself.
func (t deskTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if err := t.d.open(ctx); err != nil {
		return nil, err
	}
	return t.d.begun.Begin(ctx)
}

// failedRow is a row that could not be asked for.
type failedRow struct{ err error }

// Scan returns why.
func (r failedRow) Scan(...any) error { return r.err }

// Ask is whom and what a page tells of, to be asked for at once.
type Ask struct {
	Residents []string // whether they are seen
	Persons   []string // residents: who they are
	Visitors  []string // who they are
	Tasks     []string // where they are, in words
}

// Answer is what the session sees of an Ask; what it does not see is left out, as
// if it did not exist.
type Answer struct {
	Residents map[string]bool
	Persons   map[string]Person
	Visitors  map[string]VisitorPerson
	Addresses map[string]Sealed // of tasks
}

// Look answers all that is asked on one way there and back.
func (d *Desk) Look(ctx context.Context, district string, ask Ask) (Answer, error) {
	if len(ask.Residents)+len(ask.Persons)+len(ask.Visitors)+len(ask.Tasks) == 0 {
		return Answer{}, nil
	}
	return opened(ctx, d.reads, district, func(k *sealer) (Answer, error) {
		var seen []string
		var persons []identified[Person]
		var visitors []identified[VisitorPerson]
		var addresses []identified[Sealed]
		b := d.batch()
		queue(b, len(ask.Residents), &seen, "residents in sight", scanID, visibleSQL, district, ask.Residents)
		queue(b, len(ask.Persons), &persons, "residents", scanPerson(k), personsSQL, district, ask.Persons)
		queue(b, len(ask.Visitors), &visitors, "visitors", scanVisitor(k), visitorsSQL, district, ask.Visitors)
		queue(b, len(ask.Tasks), &addresses, "addresses of tasks", scanAddress(k), addressesSQL, district, ask.Tasks)
		if err := d.send(ctx, b); err != nil {
			return Answer{}, fmt.Errorf("look at the desk: %w", tidy(err))
		}
		out := Answer{setOf(seen), byID(persons), byID(visitors), byID(addresses)}
		return out, d.contacts(ctx, k, district, ask.Persons, out.Persons)
	})
}

const contactsSQL = `SELECT resident, name, NULL::bytea, phone, address, NULL::bytea FROM trust.contact($2) WHERE trust.district() = $1`

// contacts adds whom to ask for where, of those who are shown in no other way: a
// provider and a department are told name, telephone and address of whom they come
// for. Nearly always everybody has been shown, and nothing is asked.
func (d *Desk) contacts(ctx context.Context, k *sealer, district string, ids []string, shown map[string]Person) error {
	var left []string
	for _, id := range ids {
		if _, ok := shown[id]; !ok {
			left = append(left, id)
		}
	}
	if len(left) == 0 {
		return nil
	}
	rows, err := collect(ctx, d.reads, "contacts", scanPerson(k), contactsSQL, district, left)
	for i := range rows {
		shown[rows[i].id] = rows[i].is
	}
	return err
}

// queue puts a question about n records into a batch; about none there is none.
func queue[T any](b *pgx.Batch, n int, into *[]T, what string, scan func(pgx.Rows, *T) error, sql string, args ...any) {
	if n == 0 {
		return
	}
	b.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
		*into, err = gather(rows, what, scan)
		return err
	})
}

func setOf(ids []string) map[string]bool {
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}

const visibleSQL = `SELECT id FROM public.resident WHERE district = $1 AND id = ANY ($2)`

func scanID(r pgx.Rows, id *string) error { return r.Scan(id) }

// Visible tells which of these residents the session sees as single records. An
// id that does not exist is not visible.
func (d *Desk) Visible(ctx context.Context, district string, ids []string) (map[string]bool, error) {
	a, err := d.Look(ctx, district, Ask{Residents: ids})
	return a.Residents, err
}

// ResidentPersons opens what is sealed of those of these residents whose names
// the session sees; the others are left out, as if they did not exist. A provider
// and a department are told name, telephone and address of those whom they see in
// no other way.
func (d *Desk) ResidentPersons(ctx context.Context, district string, ids []string) (map[string]Person, error) {
	a, err := d.Look(ctx, district, Ask{Persons: ids})
	return a.Persons, err
}

// VisitorPersons opens the names and phones of those of these visitors whom the
// session sees; the others are left out.
func (d *Desk) VisitorPersons(ctx context.Context, district string, ids []string) (map[string]VisitorPerson, error) {
	a, err := d.Look(ctx, district, Ask{Visitors: ids})
	return a.Visitors, err
}

// TaskAddresses opens the addresses of those of these tasks whose places the
// session sees; the others are left out, and so are those without one.
func (d *Desk) TaskAddresses(ctx context.Context, district string, ids []string) (map[string]Sealed, error) {
	a, err := d.Look(ctx, district, Ask{Tasks: ids})
	return a.Addresses, err
}

// Handed returns the residents whom the session sees wherever they live, by id:
// those handed over to its account or its department, and those matched to its
// provider.
func (d *Desk) Handed(ctx context.Context, district string) ([]string, error) {
	return collect(ctx, d.reads, "residents handed over", scanID,
		`SELECT id FROM resident WHERE district = $1 AND id = ANY ((SELECT trust.handed())::text[]) ORDER BY id`, district)
}
