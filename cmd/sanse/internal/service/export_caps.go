package service

import (
	"context"
	"slices"

	"sanse/data"
)

// RoleCap is how much a role takes out of the house.
type RoleCap struct {
	Role  data.Role
	Cap        // what holds
	Most  Cap  // what the program allows
	Set   bool // the district has decided; otherwise it is what the program allows
	Basis string
}

// cap is what the viewer may take by these caps of roles: of several roles, of each
// bound the widest. The operator has none: bounded is false.
func (v Viewer) cap(roles map[data.Role]Cap) (c Cap, bounded bool) {
	if v.Operates() {
		return c, false
	}
	for _, s := range v.Seats {
		r := roles[s.Role]
		c.Files, c.Records, c.Day = max(c.Files, r.Files), max(c.Records, r.Records), max(c.Day, r.Day)
	}
	return c, true
}

// within is a cap that is no wider than another one.
func (c Cap) within(most Cap) Cap {
	return Cap{Files: min(c.Files, most.Files), Records: min(c.Records, most.Records), Day: min(c.Day, most.Day)}
}

// capOf is what whoever asks may take out of a district's house.
func (s *Service) capOf(ctx context.Context, district string) (c Cap, bounded bool, err error) {
	v := viewerOf(ctx)
	if v.Operates() {
		return c, false, nil
	}
	own, err := s.store.ExportCaps(ctx, district)
	if err != nil {
		return c, true, err
	}
	roles := make(map[data.Role]Cap, len(caps))
	for role, most := range caps {
		roles[role] = most
	}
	for _, o := range own {
		roles[o.Role] = Cap{o.Files, o.Records, o.Day}.within(caps[o.Role])
	}
	c, _ = v.cap(roles)
	return c, true, nil
}

// ExportCaps tells how much each role takes out of the house, for who sets it.
func (s *Service) ExportCaps(ctx context.Context, district string) ([]RoleCap, error) {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return nil, err
	}
	own, err := s.store.ExportCaps(ctx, district)
	if err != nil {
		return nil, err
	}
	var out []RoleCap
	for role, most := range caps {
		r := RoleCap{Role: role, Cap: most, Most: most}
		if i := slices.IndexFunc(own, func(o data.ExportCap) bool { return o.Role == role }); i >= 0 {
			r.Cap, r.Set, r.Basis = Cap{own[i].Files, own[i].Records, own[i].Day}.within(most), true, own[i].Basis
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b RoleCap) int { return slices.Index(data.Roles(), a.Role) - slices.Index(data.Roles(), b.Role) })
	return out, nil
}

// SetExportCap has a role take so much out of the house from now on, for a reason:
// no more than the program allows.
func (s *Service) SetExportCap(ctx context.Context, district string, role data.Role, c Cap, basis string) error {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return err
	}
	most, ok := caps[role]
	if !ok {
		return invalid("role: this one takes no files but those that everybody gets")
	}
	for _, bound := range []struct {
		field     string
		is, below int
	}{{"files", c.Files, most.Files}, {"records", c.Records, most.Records}, {"records_a_day", c.Day, most.Day}} {
		if bound.is < 0 || bound.is > bound.below {
			return invalid("%s: want 0 to %d, which is the most that the program allows this role", Own(bound.field), bound.below)
		}
	}
	if err := checkReason(basis); err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *data.Tx) error {
		return tx.SetExportCap(district, data.ExportCap{Role: role, Files: c.Files, Records: c.Records, Day: c.Day, Basis: basis, SetBy: viewerOf(ctx).Account})
	})
}

// DropExportCap has a role take what the program allows again.
func (s *Service) DropExportCap(ctx context.Context, district string, role data.Role) error {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return err
	}
	if _, ok := caps[role]; !ok {
		return notFound("role: this one takes no files but those that everybody gets")
	}
	return s.store.Write(ctx, func(tx *data.Tx) error { return tx.DropExportCap(district, role) })
}
