package data

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// QueueSchema is the schema with the tables of the job queue, which are River's.
// They hold no record: only that something is to be looked at again.
const QueueSchema = "river"

// migrateQueue brings the tables of the queue up to date, and lets the engine
// use them.
func (s *Store) migrateQueue(ctx context.Context) (err error) {
	m, err := rivermigrate.New(riverpgxv5.New(s.pool), &rivermigrate.Config{Schema: QueueSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	all := m.AllVersions()
	there := func() (bool, error) {
		var made bool
		if err := s.pool.QueryRow(ctx, `SELECT to_regclass('`+QueueSchema+`.river_migration') IS NOT NULL`).Scan(&made); err != nil || !made {
			return false, tidy(err)
		}
		versions, err := m.ExistingVersions(ctx)
		if err != nil || len(versions) < len(all) {
			return false, err
		}
		var granted bool
		err = s.pool.QueryRow(ctx, `SELECT has_schema_privilege('sanse_engine', '`+QueueSchema+`', 'USAGE')`).Scan(&granted)
		return granted, tidy(err)
	}
	if ok, err := there(); err != nil || ok {
		return err
	}
	release, err := s.Lock(ctx, "queue")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	if ok, err := there(); err != nil || ok { // somebody was first
		return err
	}
	if _, err := s.pool.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS `+QueueSchema); err != nil {
		return fmt.Errorf("make the schema of the queue: %w", tidy(err))
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("make the tables of the queue: %w", err)
	}
	if _, err := s.pool.Exec(ctx, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA `+QueueSchema+` TO sanse_engine;
		GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA `+QueueSchema+` TO sanse_engine;
		GRANT USAGE ON SCHEMA `+QueueSchema+` TO sanse_engine`); err != nil {
		return fmt.Errorf("let the engine use the queue: %w", tidy(err))
	}
	return nil
}
