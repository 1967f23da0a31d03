package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// sendRows is how many rows of the audit are sent at once.
const sendRows = 500

// SendAudit sends the rows of a district's audit that a collector of this name has not
// taken yet, in their order, as far as they are chained: a row that is written later
// has a later place. Send is given some at a time and says whether they were taken; then
// that they were is kept, so that a process that dies in between sends them once
// more, and none is left out. It returns how many were taken. Of two who send to the
// same collector one waits. It works on the owner's store only.
func (s *Store) SendAudit(ctx context.Context, district, collector string, send func(context.Context, []Event) error) (sent int, err error) {
	release, err := s.Lock(ctx, "audit sent "+district+" "+collector)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, release()) }()
	var from, upto int64
	err = s.pool.QueryRow(ctx, `SELECT COALESCE((SELECT s.upto FROM audit_sent s WHERE s.district = $1 AND s.collector = $2), 0),
		COALESCE((SELECT max(l.upto) FROM audit_link l WHERE l.district = $1 AND l.kind = 'rows'), 0)`, district, collector).Scan(&from, &upto)
	if err != nil {
		return 0, fmt.Errorf("send the audit: %w", tidy(err))
	}
	for from < upto {
		var rows []Event
		err := s.events(ctx, district, func(e Event) error {
			rows = append(rows, e)
			return nil
		}, eventSQL+` AND a.id > $10 AND a.id <= $11 ORDER BY a.id LIMIT $12`, district, nil, nil, "", "", "", "", nil, int64(0), from, upto, sendRows)
		if err != nil {
			return sent, fmt.Errorf("send the audit: %w", err)
		}
		if len(rows) == 0 {
			break // those before it were taken away when their time was over
		}
		if err := send(ctx, rows); err != nil {
			return sent, err
		}
		from = rows[len(rows)-1].ID
		if err := s.putSent(ctx, district, collector, from, rows); err != nil {
			return sent, err
		}
		sent += len(rows)
	}
	return sent, nil
}

// objectSent is what the audit calls that it was sent.
const objectSent = "audit_sent"

// putSent keeps that a collector has taken rows up to one. That rows were sent is a
// row itself; that such a row was sent is none, or there would be no end of it.
func (s *Store) putSent(ctx context.Context, district, collector string, upto int64, rows []Event) error {
	n := 0
	for i := range rows {
		if rows[i].Object != objectSent {
			n++
		}
	}
	err := s.Write(ctx, func(tx *Tx) error {
		if _, err := tx.tx.Exec(ctx, `INSERT INTO audit_sent (district, collector, upto) VALUES ($1, $2, $3)
			ON CONFLICT (district, collector) DO UPDATE SET upto = EXCLUDED.upto, sent_at = now()`, district, collector, upto); err != nil {
			return tidy(err)
		}
		if n == 0 {
			return nil
		}
		return tx.Record(district, Event{Action: ActExport, Object: objectSent, N: n, Detail: map[string]string{"collector": collector}})
	})
	if err != nil {
		return fmt.Errorf("keep what was sent: %w", err)
	}
	return nil
}

// AuditSent tells when each collector took rows of a district's audit for the last time.
func (s *Reads) AuditSent(ctx context.Context, district string) (map[string]time.Time, error) {
	type taken struct {
		collector string
		at        time.Time
	}
	rows, err := collect(ctx, s, "what was sent of the audit", func(r pgx.Rows, v *taken) error { return r.Scan(&v.collector, &v.at) },
		`SELECT collector, sent_at FROM audit_sent WHERE district = $1`, district)
	out := make(map[string]time.Time, len(rows))
	for _, v := range rows {
		out[v.collector] = v.at
	}
	return out, err
}
