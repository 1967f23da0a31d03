package data

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// ExportCap is how much a role takes out of the house, as a district has decided.
type ExportCap struct {
	Role    Role
	Files   int // a day
	Records int // single records a file
	Day     int // single records a day
	Basis   string
	SetBy   string // id of an account
	SetAt   time.Time
}

// ExportCaps returns what a district has decided, by role.
func (s *Reads) ExportCaps(ctx context.Context, district string) ([]ExportCap, error) {
	return collect(ctx, s, "export caps", func(r pgx.Rows, v *ExportCap) error {
		return r.Scan(&v.Role, &v.Files, &v.Records, &v.Day, &v.Basis, &v.SetBy, &v.SetAt)
	}, `SELECT role, files, records, records_day, basis, set_by, set_at FROM export_cap WHERE district = $1 ORDER BY role`, district)
}

// SetExportCap has a role take so much from now on. A number below 0, or no reason,
// is an *InvalidError.
func (tx *Tx) SetExportCap(district string, c ExportCap) error {
	if c.Basis == "" {
		return &InvalidError{Table: "export_cap", Rule: "basis"}
	}
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO export_cap (district, role, files, records, records_day, basis, set_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (district, role) DO UPDATE SET files = EXCLUDED.files, records = EXCLUDED.records, records_day = EXCLUDED.records_day,
			basis = EXCLUDED.basis, set_by = EXCLUDED.set_by, set_at = now()`, district, c.Role, c.Files, c.Records, c.Day, c.Basis, c.SetBy)
	if err != nil {
		return fmt.Errorf("set export cap: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "export_cap", Detail: map[string]string{
		"role": string(c.Role), "files": strconv.Itoa(c.Files), "records": strconv.Itoa(c.Records), "records_day": strconv.Itoa(c.Day),
	}})
}

// DropExportCap has a role take what the program allows again.
func (tx *Tx) DropExportCap(district string, role Role) error {
	if _, err := tx.tx.Exec(tx.ctx, `DELETE FROM export_cap WHERE district = $1 AND role = $2`, district, role); err != nil {
		return fmt.Errorf("drop export cap: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActDelete, Object: "export_cap", Detail: map[string]string{"role": string(role)}})
}
