package data

import (
	"bytes"
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Health is what a database server says of how it is set up.
type Health struct {
	Roles    []RoleHealth      // of the three that serve, those that are there
	Settings map[string]string // of the server and of the roles that serve; see healthSettings
	Remote   bool              // it is reached over a network, from another machine or address
	TLS      bool              // this connection is encrypted
}

// RoleHealth is what a role that serves could do beyond what it is for.
type RoleHealth struct {
	Name       string
	Superuser  bool
	BypassRLS  bool
	CreateRole bool
	Owns       int  // tables of this database
	Becomes    bool // it can become the owner of the tables
}

// healthSettings are the settings that are asked for: of what is written down of
// statements and their parameters, and of what a crash takes.
var healthSettings = []string{
	"log_statement", "log_min_duration_statement", "log_min_duration_sample", "log_statement_sample_rate", "log_transaction_sample_rate",
	"log_parameter_max_length", "log_parameter_max_length_on_error", "shared_preload_libraries", "fsync", "full_page_writes",
}

// Health asks the server how it is set up. A setting that is another one for a role
// that serves is told as "name of role", beside that of the server.
func (s *Store) Health(ctx context.Context) (h Health, err error) {
	h.Settings = map[string]string{}
	if h.Roles, err = collect(ctx, &s.Reads, "roles", func(r pgx.Rows, v *RoleHealth) error {
		return r.Scan(&v.Name, &v.Superuser, &v.BypassRLS, &v.CreateRole, &v.Owns, &v.Becomes)
	}, `SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole,
			(SELECT count(*)::int FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace),
			EXISTS (SELECT FROM pg_class c WHERE c.oid = 'account'::regclass AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
		FROM pg_roles r WHERE r.rolname = ANY ($1) ORDER BY r.rolname`, []string{RoleEngine, RoleDesk, RoleGate}); err != nil {
		return h, err
	}
	type setting struct{ name, value string }
	all, err := collect(ctx, &s.Reads, "settings", func(r pgx.Rows, v *setting) error { return r.Scan(&v.name, &v.value) },
		`SELECT name, CASE unit WHEN 'ms' THEN setting || ' ms' ELSE setting END FROM pg_settings WHERE name = ANY ($1)
		UNION ALL
		SELECT split_part(c, '=', 1) || ' of ' || r.rolname, substr(c, strpos(c, '=') + 1)
		FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
		WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
			AND r.rolname = ANY ($2) AND split_part(c, '=', 1) = ANY ($1)`, healthSettings, []string{RoleEngine, RoleDesk, RoleGate})
	if err != nil {
		return h, err
	}
	for _, v := range all {
		h.Settings[v.name] = v.value
	}
	err = s.db.QueryRow(ctx, `SELECT COALESCE(host(inet_client_addr()) <> host(inet_server_addr()), false),
		COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)`).Scan(&h.Remote, &h.TLS)
	if err != nil {
		return h, fmt.Errorf("ask how the database is reached: %w", tidy(err))
	}
	return h, nil
}

// AuditHealth is what is seen of an audit at a glance; VerifyAudit looks at all.
type AuditHealth struct {
	Waiting int64  // rows from before the time asked for that are not chained yet
	Broken  string // what is wrong with the last link; empty: nothing
}

// AuditHealth looks at the end of the chain over the audit of a district.
func (s *Store) AuditHealth(ctx context.Context, district string, before time.Time) (h AuditHealth, err error) {
	err = s.db.QueryRow(ctx, `SELECT count(*) FROM audit WHERE district = $1 AND at < $2
		AND id > COALESCE((SELECT max(upto) FROM audit_link WHERE district = $1 AND kind = 'rows'), 0)`, district, before).Scan(&h.Waiting)
	if err != nil {
		return h, fmt.Errorf("look at the audit: %w", tidy(err))
	}
	var l Link
	var previous []byte
	err = s.db.QueryRow(ctx, `SELECT l.n, l.kind, l.upto, l.rows, l.content, l.before, l.digest, l.seal, l.at,
			COALESCE((SELECT p.digest FROM audit_link p WHERE p.district = l.district AND p.n = l.n - 1), '')
		FROM audit_link l WHERE l.district = $1 ORDER BY l.n DESC LIMIT 1`, district).
		Scan(&l.N, &l.Kind, &l.Upto, &l.Rows, &l.Content, &l.Before, &l.Digest, &l.Seal, &l.At, &previous)
	if errors.Is(err, pgx.ErrNoRows) {
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("look at the audit: %w", tidy(err))
	}
	k, err := s.keys.known(ctx, s.db, district)
	if err != nil {
		return h, fmt.Errorf("look at the audit: %w", err)
	}
	sealed, err := k.mark("audit_link", string(l.Digest))
	if err != nil {
		return h, fmt.Errorf("look at the audit: %w", err)
	}
	switch {
	case !bytes.Equal(l.digest(district), l.Digest):
		h.Broken = "the digest of the last link is not that of what it says"
	case !bytes.Equal(l.Before, previous):
		h.Broken = "the last link does not follow the one before it"
	case !hmac.Equal(sealed, l.Seal):
		h.Broken = "the last link was not made with the key of this store"
	}
	return h, nil
}
