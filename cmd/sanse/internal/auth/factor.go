package auth

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sanse/data"
)

// FactorRule says whether a role must have a second factor.
type FactorRule struct {
	Role   data.Role
	Always bool   // in every district
	Asked  bool   // because this district says so
	Basis  string // why
}

// maxBasis is how many characters a reason has at most.
const maxBasis = 500

// Factors tells of every role of people whether it must have a second factor.
func (e *Entry) Factors(ctx context.Context) ([]FactorRule, error) {
	asked, err := e.Store.FactorRoles(ctx, e.District)
	if err != nil {
		return nil, err
	}
	var out []FactorRule
	for _, r := range data.Roles() {
		if r == data.RoleService {
			continue
		}
		rule := FactorRule{Role: r, Always: r.NeedsFactor()}
		if i := slices.IndexFunc(asked, func(f data.FactorRole) bool { return f.Role == r }); i >= 0 && !rule.Always {
			rule.Asked, rule.Basis = true, asked[i].Basis
		}
		out = append(out, rule)
	}
	return out, nil
}

// askedRoles are the roles that the district asks for a second factor.
func (e *Entry) askedRoles(ctx context.Context) ([]data.Role, error) {
	asked, err := e.Store.FactorRoles(ctx, e.District)
	out := make([]data.Role, len(asked))
	for i := range asked {
		out[i] = asked[i].Role
	}
	return out, err
}

// AskFactor has a role have a second factor from now on, for a reason, by whom it
// says. Whoever is signed in without one sets it up before anything else.
func (e *Entry) AskFactor(ctx context.Context, role data.Role, basis, by string) error {
	if err := choosable(role); err != nil {
		return err
	}
	basis = strings.TrimSpace(basis)
	if basis == "" || utf8.RuneCountInString(basis) > maxBasis || strings.ContainsFunc(basis, unicode.IsControl) {
		return &WeakError{"basis", "basis: want a line of 1 to 500 characters that says why"}
	}
	defer e.seats.drop()
	return e.Store.AskFactor(ctx, e.District, data.FactorRole{Role: role, Basis: basis, SetBy: by})
}

// DropFactor asks a role for a second factor no more. Those who have one keep it.
func (e *Entry) DropFactor(ctx context.Context, role data.Role) error {
	if err := choosable(role); err != nil {
		return err
	}
	defer e.seats.drop()
	return e.Store.DropFactor(ctx, e.District, role)
}

// choosable refuses roles of which a district decides nothing.
func choosable(role data.Role) error {
	switch {
	case role.NeedsFactor():
		return &WeakError{"role", "role: this one always has a second factor"}
	case !role.Valid(), role == data.RoleService:
		return &WeakError{"role", "role: not a role of people"}
	}
	return nil
}
