package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// madeUpSeat is somebody made up whom anybody at a demo can look as.
type madeUpSeat struct {
	login   string
	name    data.Sealed
	visitor string
	grant   data.Grant
}

// MakeAccounts gives a made-up district one account for each kind of work in it,
// without any secret: whoever serves it on their own machine can look as any of
// them. Accounts that are there already stay as they are.
func (s *Service) MakeAccounts(ctx context.Context, district string) error {
	d, err := s.District(ctx, district)
	if err != nil {
		return err
	}
	if !d.MadeUp {
		return invalid("district %s is not made up: its people get accounts of their own", Own(district))
	}
	seats, err := s.madeUpSeats(ctx, district)
	if err != nil {
		return err
	}
	gate := s.store.Gate()
	for _, m := range seats {
		a, err := gate.AccountByLogin(ctx, district, m.login)
		switch {
		case errors.Is(err, data.ErrNotFound):
			if a, err = s.makeAccount(ctx, district, m); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			// One without any role was left half-made.
			if grants, err := gate.Grants(ctx, district, a.ID); err != nil || len(grants) > 0 {
				if err != nil {
					return err
				}
				continue
			}
		}
		m.grant.Account, m.grant.GivenBy, m.grant.Reason = a.ID, "operator", "made up"
		if _, err := gate.Give(ctx, district, m.grant); err != nil {
			return err
		}
	}
	return nil
}

// makeAccount makes the account of somebody made up, without a role yet.
func (s *Service) makeAccount(ctx context.Context, district string, m madeUpSeat) (data.Account, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return data.Account{}, fmt.Errorf("make an account: %w", err)
	}
	a := data.Account{ID: "a" + hex.EncodeToString(b[:]), Login: m.login, Name: m.name, Visitor: m.visitor}
	return a, s.store.Gate().PutAccount(ctx, district, a)
}

// madeUpSeats finds a place for each kind of work where there is much of it: the
// worker is who has most doors in the plan and some of them on its first day, and the
// others are above them.
func (s *Service) madeUpSeats(ctx context.Context, district string) ([]madeUpSeat, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	area := func(role data.Role, code string) data.Grant { return data.Grant{Role: role, Area: code} }
	seats := []madeUpSeat{
		{"planner", "林规划（虚构）", "", area(data.RolePlanner, district)},
		{"official", "区主任（虚构）", "", area(data.RoleOfficial, district)},
		{"department", "民政科（虚构）", "", data.Grant{Role: data.RoleDepartment, Body: "civil_affairs"}},
		{"auditor", "审计员（虚构）", "", data.Grant{Role: data.RoleAuditor}},
		{"administrator", "管理员（虚构）", "", data.Grant{Role: data.RoleAdministrator}},
	}
	if worker, ok := v.busiest(); ok {
		seats = append(seats, madeUpSeat{"worker", "网格员（虚构）", worker.ID, data.Grant{Role: data.RoleWorker}})
		if up := v.above(worker.Scope); up[geo.LevelCommunity] != "" {
			seats = append(
				seats,
				madeUpSeat{"leader", "总网格长（虚构）", "", area(data.RoleLeader, up[geo.LevelCommunity])},
				madeUpSeat{"official-community", "社区书记（虚构）", "", area(data.RoleOfficial, up[geo.LevelCommunity])},
				madeUpSeat{"official-town", "镇街主任（虚构）", "", area(data.RoleOfficial, up[geo.LevelTown])},
				madeUpSeat{"task-force", "工作专班（虚构）", "", area(data.RoleTaskForce, up[geo.LevelTown])},
			)
		}
	}
	providers, err := s.store.Providers(ctx, district)
	if err != nil {
		return nil, err
	}
	if len(providers) > 0 {
		least := slices.MinFunc(providers, func(a, b data.Provider) int { return cmp.Compare(a.ID, b.ID) })
		seats = append(seats, madeUpSeat{"provider", "服务机构（虚构）", "", data.Grant{Role: data.RoleProvider, Body: least.ID}})
	}
	return seats, nil
}

// busiest is the visitor with the most doors in the plan in force whose areas lie
// in a community, and who has some on its first day if anybody has: that is the day
// that is looked at. Of several it is the one of least id.
func (v *view) busiest() (planner.Visitor, bool) {
	type days struct {
		first bool
		doors int
	}
	has := map[string]days{}
	if v.planned != nil {
		for _, it := range v.planned.Itineraries {
			d := has[it.Visitor]
			has[it.Visitor] = days{d.first || it.Date == v.planned.Start, d.doors + len(it.Stops)}
		}
	}
	busier := func(a, b *planner.Visitor) bool {
		x, y := has[a.ID], has[b.ID]
		if x.first != y.first {
			return x.first
		}
		return x.doors > y.doors || x.doors == y.doors && a.ID < b.ID
	}
	var best *planner.Visitor
	for _, x := range v.visitors {
		if v.above(x.Scope)[geo.LevelCommunity] == "" {
			continue
		}
		if best == nil || busier(x, best) {
			best = x
		}
	}
	if best == nil {
		return planner.Visitor{}, false
	}
	return *best, true
}

// above are the areas, by level, in which the first of these lies.
func (v *view) above(codes []string) map[geo.Level]string {
	out := map[geo.Level]string{}
	if len(codes) == 0 {
		return out
	}
	for code := codes[0]; code != ""; {
		a, ok := v.snap.Tree.Area(code)
		if !ok {
			break
		}
		out[a.Level] = a.Code
		code = a.Parent
	}
	return out
}
