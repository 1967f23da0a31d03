package data

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// FactorRole is a role that must have a second factor because a district says so.
type FactorRole struct {
	Role  Role
	Basis string
	SetBy string // account, or who worked at the command line
	SetAt time.Time
}

// NeedsFactor tells whether the role must have a second factor in every district:
// who gives rights, and who makes plans for everybody.
func (r Role) NeedsFactor() bool { return r == RoleAdministrator || r == RolePlanner }

// FactorRoles returns the roles that must have a second factor beside those that
// always must, by role.
func (g *Gate) FactorRoles(ctx context.Context, district string) ([]FactorRole, error) {
	return collect(ctx, &g.Reads, "roles with a second factor", func(r pgx.Rows, v *FactorRole) error {
		return r.Scan(&v.Role, &v.Basis, &v.SetBy, &v.SetAt)
	}, `SELECT role, basis, set_by, set_at FROM factor_role WHERE district = $1 ORDER BY role`, district)
}

// AskFactor has a role have a second factor from now on: whoever is signed in
// without one sets it up before anything else. A role that always must, that of
// programs, and no reason are an *InvalidError.
func (g *Gate) AskFactor(ctx context.Context, district string, f FactorRole) error {
	e := Event{Action: ActUpdate, Object: "factor_role", Detail: map[string]string{"role": string(f.Role)}}
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO factor_role (district, role, basis, set_by) VALUES ($1, $2, $3, $4)
			ON CONFLICT (district, role) DO UPDATE SET basis = EXCLUDED.basis, set_by = EXCLUDED.set_by, set_at = now()`, district, string(f.Role), f.Basis, f.SetBy)
		if err != nil {
			return fmt.Errorf("ask for a second factor: %w", tidy(err))
		}
		return nil
	})
}

// DropFactor asks a role for a second factor no more; those who have one keep it.
// ErrNotFound if it was not asked for.
func (g *Gate) DropFactor(ctx context.Context, district string, role Role) error {
	return g.oneRecorded(ctx, district, Event{Action: ActDelete, Object: "factor_role", Detail: map[string]string{"role": string(role)}},
		"ask for no second factor", `DELETE FROM factor_role WHERE district = $1 AND role = $2`, district, string(role))
}
