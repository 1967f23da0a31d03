package service

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sanse/data"
	"sanse/geo"
)

// takers are the roles to whose holders somebody can be handed: those who go to
// people, and those whom a case is given to. Of departments everybody in it is
// told; a planner breaks the glass, a provider is matched.
var takers = []data.Role{data.RoleTaskForce, data.RoleOfficial, data.RoleLeader, data.RoleWorker}

// maxTakers is how many people are offered at once.
const maxTakers = 200

// Taker is somebody to whom a resident can be handed.
type Taker struct {
	Account  string
	Name     data.Sealed
	Role     data.Role
	Area     string // code
	AreaName string
}

// HandedOver is a handover with what its people are called.
type HandedOver struct {
	data.Handover
	Name    data.Sealed // of the account that has the resident; empty: a department has
	By      data.Sealed // name of who gave it; empty: not an account
	InForce bool
}

// Handing is what whoever hands a resident over has to know: to whom the resident
// was handed, by number, and to whom they can be.
type Handing struct {
	Items       []HandedOver
	Departments []string // those for which somebody signs in
	People      []Taker  // of the resident's town, or of all of it
}

// HandOver hands a resident to an account or to a department for a time, for a
// reason: they are told the name, the telephone and the address, and their looks
// are recorded like all others. It returns the number of the handover. Whoever may
// hand over where the resident lives may do so, to anybody but themself.
func (s *Service) HandOver(ctx context.Context, district, resident string, h data.Handover) (int, error) {
	viewer := viewerOf(ctx)
	if viewer.Account == "" {
		return 0, forbidden("only who has signed in can hand somebody over")
	}
	err := s.atDesk(ctx, func(desk *data.Desk) error { return s.mayOf(ctx, desk, district, resident, CapHandOver) })
	if err != nil {
		return 0, err
	}
	if err := checkHandover(h, s.now()); err != nil {
		return 0, err
	}
	if err := s.mustTake(ctx, district, h); err != nil {
		return 0, err
	}
	h.Resident, h.GivenBy, h.Reason = resident, viewer.Account, data.Sealed(cleanText(h.Reason.Reveal()))
	once, err := randomHex(8)
	if err != nil {
		return 0, err
	}
	return s.store.Gate().HandOver(ctx, district, h, handedMessage(&h, once, s.now()))
}

// checkHandover sees that a handover says what it is for, to whom and for how long.
func checkHandover(h data.Handover, now time.Time) error {
	begins := h.From
	if begins.IsZero() {
		begins = now
	}
	switch {
	case h.Kind != data.HandoverCase && h.Kind != data.HandoverHelp:
		return invalid("somebody is handed over with a case, or for help")
	case (h.Account == "") == (h.Body == ""):
		return invalid("somebody is handed to an account or to a department")
	case begins.Before(now.Add(-time.Minute)) || begins.After(now.Add(data.MaxHandover)):
		return invalid("a handover begins now, or within a year")
	case !h.To.After(begins):
		return invalid("a handover ends after it begins")
	case h.To.Sub(begins) > data.MaxHandover:
		return invalid("a handover holds for a year at the most: after that it is decided anew")
	}
	return checkReason(h.Reason.Reveal())
}

// mustTake refuses a handover to nobody, to oneself, and to whoever has no work
// with people.
func (s *Service) mustTake(ctx context.Context, district string, h data.Handover) error {
	gate := s.store.Gate()
	none := invalid("there is nobody there to whom somebody can be handed")
	if h.Body != "" {
		bodies, err := s.departments(ctx, district)
		if err == nil && !slices.Contains(bodies, h.Body) {
			err = none
		}
		return err
	}
	if h.Account == viewerOf(ctx).Account {
		return invalid("nobody hands somebody to themself")
	}
	a, err := gate.Account(ctx, district, h.Account)
	if errors.Is(err, data.ErrNotFound) {
		return none
	}
	if err != nil {
		return err
	}
	grants, err := gate.Grants(ctx, district, a.ID)
	if err != nil {
		return err
	}
	now := s.now()
	if a.DisabledAt != nil || !slices.ContainsFunc(grants, func(g data.Grant) bool { return inForceAt(g, now) && slices.Contains(takers, g.Role) }) {
		return none
	}
	return nil
}

// inForceAt tells whether a grant holds at a time.
func inForceAt(g data.Grant, now time.Time) bool {
	return !g.From.After(now) && (g.To == nil || g.To.After(now)) && (g.EndedAt == nil || g.EndedAt.After(now))
}

// departments are those for which somebody signs in now.
func (s *Service) departments(ctx context.Context, district string) ([]string, error) {
	grants, err := s.store.Gate().GrantsOfAll(ctx, district)
	if err != nil {
		return nil, err
	}
	out, now := []string{}, s.now()
	for _, g := range grants {
		if g.Role == data.RoleDepartment && inForceAt(g, now) {
			out = append(out, g.Body)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Handovers tells to whom a resident was handed and can be, to those who may hand
// them over. The look is recorded.
func (s *Service) Handovers(ctx context.Context, district, resident string) (out Handing, err error) {
	grid := ""
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		if err := s.mayOf(ctx, desk, district, resident, CapHandOver); err != nil {
			return err
		}
		grids, err := desk.Grids(ctx, district, []string{resident})
		if err != nil {
			return err
		}
		grid = grids[resident]
		return s.recordAt(ctx, desk, district, data.Event{Action: data.ActRead, Object: "handover", IDs: []string{resident}, Area: grid})
	})
	if err != nil {
		return out, err
	}
	gate := s.store.Gate()
	accounts, err := gate.Accounts(ctx, district)
	if err != nil {
		return out, err
	}
	names := make(map[string]data.Sealed, len(accounts))
	for i := range accounts {
		names[accounts[i].ID] = cmp.Or(accounts[i].Name, data.Sealed(accounts[i].Login))
	}
	all, err := gate.Handovers(ctx, district, resident)
	if err != nil {
		return out, err
	}
	now := s.now()
	for _, h := range all {
		out.Items = append(out.Items, HandedOver{h, names[h.Account], names[h.GivenBy], !h.From.After(now) && h.To.After(now)})
	}
	if out.Departments, err = s.departments(ctx, district); err != nil {
		return out, err
	}
	out.People, err = s.takersNear(ctx, district, grid, accounts)
	return out, err
}

// takersNear are those people to whom a resident of that grid can be handed who
// work in the same town, or in all of it.
func (s *Service) takersNear(ctx context.Context, district, grid string, accounts []data.Account) ([]Taker, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	grants, err := s.store.Gate().GrantsOfAll(ctx, district)
	if err != nil {
		return nil, err
	}
	of := map[string][]data.Grant{}
	for _, g := range grants {
		of[g.Account] = append(of[g.Account], g)
	}
	town, now, me := v.above([]string{grid})[geo.LevelTown], s.now(), viewerOf(ctx).Account
	near := func(area string) bool { // of who works nowhere in particular nothing is known
		return area != "" && (strings.HasPrefix(grid, area) || town != "" && strings.HasPrefix(area, town))
	}
	var out []Taker
	for i := range accounts {
		a := &accounts[i]
		if a.ID == me || a.DisabledAt != nil {
			continue
		}
		for _, g := range of[a.ID] {
			areas := []string{g.Area}
			if g.Role == data.RoleWorker {
				areas = nil
				if x := v.visitors[a.Visitor]; x != nil {
					areas = x.Scope
				}
			}
			k := slices.IndexFunc(areas, near)
			if !inForceAt(g, now) || !slices.Contains(takers, g.Role) || k < 0 {
				continue
			}
			t := Taker{Account: a.ID, Name: cmp.Or(a.Name, data.Sealed(a.Login)), Role: g.Role, Area: areas[k]}
			if area, ok := v.snap.Tree.Area(t.Area); ok {
				t.AreaName = area.Name
			}
			out = append(out, t)
			break // in one role is enough
		}
	}
	slices.SortFunc(out, func(a, b Taker) int {
		return cmp.Or(cmp.Compare(slices.Index(takers, a.Role), slices.Index(takers, b.Role)), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Account, b.Account))
	})
	return out[:min(len(out), maxTakers)], nil
}

// EndHandover ends a handover of a resident before its time: whoever may hand over
// where the resident lives does, and whose account it is to, who closes the glass
// that they broke or gives a case back.
func (s *Service) EndHandover(ctx context.Context, district, resident string, n int) error {
	viewer, gate := viewerOf(ctx), s.store.Gate()
	if viewer.Account == "" {
		return forbidden("only who has signed in can end a handover")
	}
	all, err := gate.Handovers(ctx, district, resident)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(h data.Handover) bool { return h.N == n })
	if i < 0 || all[i].Account != viewer.Account {
		if err := s.atDesk(ctx, func(desk *data.Desk) error { return s.mayOf(ctx, desk, district, resident, CapHandOver) }); err != nil {
			return err
		}
	}
	if i < 0 {
		return notFound("there is no such handover")
	}
	if err := gate.EndHandover(ctx, district, resident, n); errors.Is(err, data.ErrNotFound) {
		return &Error{Code: CodeNo, Message: "the handover is over already", Err: err}
	} else if err != nil {
		return err
	}
	return nil
}

// Mine is a resident who was handed to whoever asks, or to their department.
type Mine struct {
	data.Handover
	By       data.Sealed // name of who handed them over; empty: not an account
	Grade    string
	Area     string // the community, or what is known of where they live
	AreaName string
}

// Handed are the residents who were handed to whoever asks, or to their department,
// those whose time ends first in front: by opaque id, with the reason. The look is
// recorded.
func (s *Service) Handed(ctx context.Context, district string) ([]Mine, error) {
	viewer := viewerOf(ctx)
	if viewer.Account == "" || !viewer.Handed(CapNames) {
		return nil, forbidden(notTheirs)
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	gate := s.store.Gate()
	all, err := gate.HandedTo(ctx, district, viewer.Account, viewer.Bodies(data.RoleDepartment))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].Resident
	}
	if err := s.shown(ctx, v.snap, ids, read("resident", "", ids...)); err != nil {
		return nil, err
	}
	names, out := map[string]data.Sealed{}, make([]Mine, len(all))
	for i, h := range all {
		by, known := names[h.GivenBy]
		if !known {
			a, err := gate.Account(ctx, district, h.GivenBy)
			if err != nil && !errors.Is(err, data.ErrNotFound) {
				return nil, err
			}
			by = cmp.Or(a.Name, data.Sealed(a.Login))
			names[h.GivenBy] = by
		}
		out[i] = Mine{Handover: h, By: by}
		if r := v.residents[h.Resident]; r != nil {
			out[i].Grade, out[i].Area = r.Grade, cmp.Or(v.above([]string{r.Grid})[geo.LevelCommunity], r.Grid)
			if area, ok := v.snap.Tree.Area(out[i].Area); ok {
				out[i].AreaName = area.Name
			}
		}
	}
	return out, nil
}
