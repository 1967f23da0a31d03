package data

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sanse/planner/form"
)

// Forms returns the forms of a district's own, the first first, and of equal first
// days in the order in which they were set.
func (s *Reads) Forms(ctx context.Context, district string) ([]form.Form, error) {
	return collect(ctx, s, "forms", func(r pgx.Rows, v *form.Form) error {
		var text []byte
		if err := r.Scan(&text); err != nil {
			return err
		}
		return json.Unmarshal(text, v)
	}, `SELECT form FROM visit_form WHERE district = $1 ORDER BY from_day, n`, district)
}

// PutForm adds a form, which holds from its day on, and returns it with the id under
// which records name it. It goes into the audit.
func (tx *Tx) PutForm(district, by string, f form.Form) (form.Form, error) {
	if err := tx.touch(district); err != nil { // one at a time
		return f, err
	}
	var n int
	if err := tx.tx.QueryRow(tx.ctx, `SELECT COALESCE(max(n), 0) + 1 FROM visit_form WHERE district = $1`, district).Scan(&n); err != nil {
		return f, fmt.Errorf("store form: %w", tidy(err))
	}
	f.ID = fmt.Sprintf("own-%d", n)
	text, err := json.Marshal(f)
	if err != nil {
		return f, fmt.Errorf("store form: %w", err)
	}
	if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO visit_form (district, n, from_day, form, set_by) VALUES ($1, $2, $3, $4, $5)`,
		district, n, f.From.Time(), string(text), by); err != nil {
		return f, fmt.Errorf("store form: %w", tidy(err))
	}
	return f, tx.Record(district, Event{Action: ActUpdate, Object: "visit_form", IDs: []string{f.ID}, Detail: map[string]string{"from": f.From.String()}})
}
