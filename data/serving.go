package data

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// DSNs are the connection strings of the three roles that serve; see
// OpenServing.
type DSNs struct {
	Engine string // of sanse_engine: computes and counts, knows nobody
	Desk   string // of sanse_desk: names people, under the session's eyes
	Gate   string // of sanse_gate: accounts and sessions
}

// The roles that serve; migrations make them where they are missing.
const (
	RoleEngine = "sanse_engine"
	RoleDesk   = "sanse_desk"
	RoleGate   = "sanse_gate"
)

// DSNsFor returns connection strings of the database of that one, as the three
// roles. They hold no password, for that of the owner is not theirs: the server
// lets the roles in without (a private cluster does), or a .pgpass has theirs.
func DSNsFor(dsn string) (DSNs, error) {
	engine, err := dsnAs(dsn, RoleEngine)
	desk, err2 := dsnAs(dsn, RoleDesk)
	gate, err3 := dsnAs(dsn, RoleGate)
	return DSNs{Engine: engine, Desk: desk, Gate: gate}, errors.Join(err, err2, err3)
}

// dsnAs is a connection string, in either of the two forms, for another role.
func dsnAs(dsn, role string) (string, error) {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " user=" + role + " password=''", nil // what comes later holds
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("the connection string is not valid") // it may hold a password
	}
	query := u.Query()
	query.Del("user")
	query.Del("password")
	u.User, u.RawQuery = url.User(role), query.Encode()
	return u.String(), nil
}

// ErrBypass says that a role that is to serve could pass row-level security by.
var ErrBypass = errors.New("the role could pass row-level security by")

// OpenServing opens a store for serving pages to people who are signed in: its
// reads and writes go as sanse_engine, AtDesk as sanse_desk, Gate as sanse_gate,
// none of which owns a table or can pass row-level security by. A role that is
// another, or could (ErrBypass), is refused. The schema is up to date already:
// the owner's store, of Open, migrates. What names people is not in reach of
// the store's own reads: Reads.ResidentPersons and the like are an error, and
// so is Migrate. The caller closes the store.
func OpenServing(ctx context.Context, dsn DSNs, keys *Keys) (_ *Store, err error) {
	s := &Store{serving: true}
	defer func() {
		if err != nil {
			s.Close()
			err = fmt.Errorf("open store to serve: %w", err)
		}
	}()
	for _, role := range [...]struct {
		name string
		dsn  string
		into **pgxpool.Pool
	}{
		{RoleEngine, dsn.Engine, &s.pool},
		{RoleDesk, dsn.Desk, &s.desk},
		{RoleGate, dsn.Gate, &s.gate},
	} {
		if *role.into, err = openPool(ctx, role.dsn); err != nil {
			return nil, fmt.Errorf("as %s: %w", role.name, err)
		}
		if err := checkRole(ctx, *role.into, role.name); err != nil {
			return nil, fmt.Errorf("as %s: %w", role.name, err)
		}
	}
	s.Reads = Reads{db: s.pool, keys: newKeyring(keys)}
	return s, s.checkKeys(ctx)
}

// Serving tells whether the store works as the roles that serve, which may not do
// all that an owner's may.
func (s *Store) Serving() bool { return s.serving }

// checkRole makes sure that a pool works as the role it should, and that this
// role is bound by the rules.
func checkRole(ctx context.Context, pool *pgxpool.Pool, want string) error {
	var is string
	var bypass, owns bool
	err := pool.QueryRow(ctx, `SELECT current_user, r.rolsuper OR r.rolbypassrls OR r.rolcreaterole,
			EXISTS (SELECT FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
				WHERE c.relnamespace IN ('public'::regnamespace, 'trust'::regnamespace) AND pg_has_role(current_user, o.oid, 'MEMBER'))
		FROM pg_roles r WHERE r.rolname = current_user`).Scan(&is, &bypass, &owns)
	switch {
	case err != nil:
		return fmt.Errorf("look up role: %w", tidy(err))
	case is != want:
		return fmt.Errorf("the connection is of role %s", is)
	case bypass || owns:
		return ErrBypass
	}
	return nil
}
