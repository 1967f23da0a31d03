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

// StandardSet is what a district goes by. Content is in the form of package
// reports/shortfall; nil stands for the reference set. Version 1 is the
// reference set before anything was stored.
type StandardSet struct {
	Version int
	SetAt   time.Time // zero of version 1
	Content json.RawMessage
}

// Standards returns the set in use.
func (s *Reads) Standards(ctx context.Context, district string) (StandardSet, error) {
	v := StandardSet{Version: 1}
	err := one(ctx, s, "standards of district "+district,
		`SELECT version, set_at, content FROM standard_set WHERE district = $1 ORDER BY version DESC LIMIT 1`,
		[]any{district}, &v.Version, &v.SetAt, &v.Content)
	if errors.Is(err, ErrNotFound) {
		return StandardSet{Version: 1}, nil
	}
	return v, err
}

// StandardSet returns the set of a version, which a report may have been made by;
// ErrNotFound where there was none.
func (s *Reads) StandardSet(ctx context.Context, district string, version int) (StandardSet, error) {
	v := StandardSet{Version: version}
	err := one(ctx, s, fmt.Sprintf("standards of district %s, version %d", district, version),
		`SELECT set_at, content FROM standard_set WHERE district = $1 AND version = $2`, []any{district, version}, &v.SetAt, &v.Content)
	if errors.Is(err, ErrNotFound) && version == 1 {
		return StandardSet{Version: 1}, nil
	}
	return v, err
}

// ErrStandards says that the standards have been changed meanwhile.
var ErrStandards = errors.New("the standards have been changed meanwhile")

// PutStandards stores a set in place of the one of that version and returns the
// new version; ErrStandards, with the version there is, where that is another.
// It does not raise the data version: nothing but the shortfall depends on it.
func (tx *Tx) PutStandards(district string, version int, content json.RawMessage, at time.Time) (int, error) {
	if err := tx.lockDistrict(district); err != nil {
		return 0, err
	}
	now, err := tx.Reads().Standards(tx.ctx, district)
	if err != nil {
		return 0, err
	}
	if now.Version != version {
		return now.Version, ErrStandards
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO standard_set (district, version, set_at, content) VALUES ($1, $2, $3, $4)`,
		district, version+1, at, rawOrNil(content))
	if err != nil {
		return 0, fmt.Errorf("store standards: %w", tidy(err))
	}
	return version + 1, nil
}

// ReplaceStandards stores a set in place of whatever there is, and returns its
// version.
func (tx *Tx) ReplaceStandards(district string, content json.RawMessage, at time.Time) (int, error) {
	now, err := tx.Reads().Standards(tx.ctx, district)
	if err != nil {
		return 0, err
	}
	return tx.PutStandards(district, now.Version, content, at)
}

// ReportRun is a report of the shortfall that was taken.
type ReportRun struct {
	ID        int
	Day       planner.Date
	MadeAt    time.Time
	Standards int // version of the set that it was made by
}

// ReportValue is what an area had of a standard on the day of a report. What
// had no figure is nil.
type ReportValue struct {
	Area     string
	Standard string
	Have     *float64
	Need     *float64
	Short    *float64
	Share    *float64
	Status   string
}

// PutReport stores a report with its values and returns its number, counted from
// 1 in the district. It does not raise the data version.
func (tx *Tx) PutReport(district string, run ReportRun, values []ReportValue) (id int, err error) {
	if err := tx.lockDistrict(district); err != nil {
		return 0, err
	}
	err = tx.tx.QueryRow(tx.ctx, `INSERT INTO report_run (district, id, day, made_at, standards)
		VALUES ($1, (SELECT COALESCE(max(id), 0) + 1 FROM report_run WHERE district = $1), $2, $3, $4) RETURNING id`,
		district, run.Day.Time(), run.MadeAt, run.Standards).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("store report: %w", tidy(err))
	}
	columns := []string{"district", "run", "area", "standard", "have", "need", "short", "share", "status"}
	return id, tx.insert("report_value", columns, len(values), func(i int) ([]any, error) {
		v := &values[i]
		return []any{district, id, v.Area, v.Standard, v.Have, v.Need, v.Short, v.Share, v.Status}, nil
	})
}

// Reports returns the reports that were taken, latest first.
func (s *Reads) Reports(ctx context.Context, district string) ([]ReportRun, error) {
	return collect(ctx, s, "reports", func(r pgx.Rows, v *ReportRun) error { return r.Scan(&v.ID, &v.Day, &v.MadeAt, &v.Standards) },
		`SELECT id, `+dayOf("day")+`, made_at, standards FROM report_run WHERE district = $1 ORDER BY id DESC`, district)
}

// ReportValues returns what a report says of some areas, by area and standard.
func (s *Reads) ReportValues(ctx context.Context, district string, run int, areas []string) ([]ReportValue, error) {
	return collect(ctx, s, "values of a report", func(r pgx.Rows, v *ReportValue) error {
		return r.Scan(&v.Area, &v.Standard, &v.Have, &v.Need, &v.Short, &v.Share, &v.Status)
	}, `SELECT area, standard, have, need, short, share, status FROM report_value
		WHERE district = $1 AND run = $2 AND area = ANY ($3) ORDER BY area, standard`, district, run, areas)
}
