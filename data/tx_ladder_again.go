package data

import (
	"fmt"

	"github.com/jackc/pgx/v5"
)

// laddersAgain opens ladders again that ended with visits which are taken back, where
// no other visit of their window is left: somebody has to come after all. The next
// pass decides what is due on them. One that had lapsed is a lapse again, with its
// case as it was, unless somebody has worked on that. Keys are JSON, of resident and
// day.
func (tx *Tx) laddersAgain(district, keys string) error {
	list, err := tx.tx.Query(tx.ctx, `UPDATE ladder l SET closed_at = CASE WHEN m.lapsed THEN now() END, closed_how = CASE WHEN m.lapsed THEN 'lapsed' END,
			next_at = CASE WHEN NOT m.lapsed THEN l.opened_at END, entered = m.lapsed OR l.holder IS NULL
		FROM (SELECT DISTINCT o.id, EXISTS (SELECT FROM ladder_step s WHERE s.district = $1 AND s.ladder = o.id AND s.kind = 'lapse') AS lapsed
			FROM json_to_recordset($2::json) AS k (resident text, day date)
			JOIN ladder o ON o.district = $1 AND o.resident = k.resident AND k.day BETWEEN o.first_day AND o.due_by
			WHERE o.closed_how = 'visit' AND NOT EXISTS (SELECT FROM visit v
				WHERE v.district = $1 AND v.resident = o.resident AND v.done AND v.day BETWEEN o.first_day AND o.due_by)) m
		WHERE l.district = $1 AND l.id = m.id RETURNING CASE WHEN m.lapsed THEN l.id ELSE 0 END`, district, keys)
	if err != nil {
		return fmt.Errorf("open ladders again: %w", tidy(err))
	}
	lapsed, err := pgx.CollectRows(list, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("open ladders again: %w", tidy(err))
	}
	if len(lapsed) == 0 {
		return nil
	}
	// What the program closed nobody had taken up: see trust.ladder_met.
	_, err = tx.tx.Exec(tx.ctx, `WITH again AS (
			UPDATE incident i SET stage = 'call', closed_at = NULL, n = i.n + 1 FROM incident_step s
			WHERE i.district = $1 AND i.ladder = ANY ($2) AND i.stage = 'closed' AND s.district = $1 AND s.incident = i.id AND s.n = i.n AND s.by IS NULL
			RETURNING i.id, i.n, i.level, i.body, i.deadline
		)
		INSERT INTO incident_step (district, incident, n, at, stage, level, body, deadline)
		SELECT $1, id, n, now(), 'call', level, body, deadline FROM again`, district, lapsed)
	if err != nil {
		return fmt.Errorf("open cases again: %w", tidy(err))
	}
	return nil
}
