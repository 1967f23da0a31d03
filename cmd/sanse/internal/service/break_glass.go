package service

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"sanse/data"
)

// glassTime is how long a resident can be seen after breaking the glass.
const glassTime = 30 * time.Minute

// Bounds of the reason for it, in characters.
const (
	minGlassReason = 10
	maxGlassReason = 500
)

// ErrBreakGlass says that a resident's name is not told to who asks, and that
// they may break the glass for it.
var ErrBreakGlass = errors.New("not without breaking the glass")

// BreakGlass lets who asks see the name, the telephone and the address of a
// resident for half an hour, for a reason that auditors read. It tells until when,
// and the number by which it is closed before (EndHandover).
func (s *Service) BreakGlass(ctx context.Context, district, resident, reason string) (until time.Time, n int, err error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return until, 0, err
	}
	code := v.snap.District.Code
	home, err := v.homeOf(ctx, resident, CapBreakGlass)
	if err != nil {
		return until, 0, err
	}
	viewer := viewerOf(ctx)
	if viewer.Account == "" {
		return until, 0, forbidden("only who has signed in can break the glass")
	}
	if err := mustSee(ctx, CapBreakGlass, code, []string{home}); err != nil {
		return until, 0, err
	}
	reason = cleanText(reason)
	if visible(reason) < minGlassReason || utf8.RuneCountInString(reason) > maxGlassReason {
		return until, 0, invalid("breaking the glass wants a reason of %d to %d characters", minGlassReason, maxGlassReason)
	}
	until = s.now().Add(glassTime).Truncate(time.Second)
	n, err = s.store.Gate().HandOver(ctx, code, data.Handover{
		Resident: resident, Account: viewer.Account, Kind: data.HandoverBreakGlass, To: until, GivenBy: viewer.Account, Reason: data.Sealed(reason),
	})
	return until, n, err
}

// homeOf is the area of a resident; to who has the capability not everywhere it
// is not told whether there is one.
func (v *view) homeOf(ctx context.Context, resident string, c Capability) (string, error) {
	r := v.residents[resident]
	if r == nil {
		return "", missing(ctx, c, v.snap.District.Code, "there is no resident %q", resident)
	}
	return cmp.Or(r.MicroGrid, r.Grid, v.snap.District.Code), nil
}

// PersonView is what identifies a resident.
type PersonView struct {
	Name, Phone, Address, Note string
	IDLast4                    string // the end of the ID number, to tell two of one name apart
}

// Person tells who a resident is, to those alone who are told names there, or to
// whom the resident was handed; the look is recorded in the transaction in which
// the database shows it.
func (s *Service) Person(ctx context.Context, district, resident string) (out PersonView, err error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return out, err
	}
	code, viewer := v.snap.District.Code, viewerOf(ctx)
	home, err := v.homeOf(ctx, resident, CapNames)
	if err != nil {
		return out, err
	}
	may := viewer.May(CapNames, home)
	if !may && viewer.Handed(CapNames) {
		if may, err = s.isHanded(ctx, code, resident); err != nil {
			return out, err
		}
	}
	if !may {
		return out, s.withoutName(ctx, home)
	}
	shown := false
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		persons, err := desk.ResidentPersons(ctx, code, []string{resident})
		if err != nil {
			return err
		}
		var p data.Person
		if p, shown = persons[resident]; !shown {
			return nil
		}
		number := []rune(p.IDNumber.Reveal())
		out = PersonView{Name: p.Name.Reveal(), Phone: p.Phone.Reveal(), Address: p.Address.Reveal(), Note: p.Note.Reveal(), IDLast4: string(number[max(0, len(number)-4):])}
		return s.recordAt(ctx, desk, code, data.Event{Action: data.ActName, Object: "resident", IDs: []string{resident}, Area: home})
	})
	switch {
	case err != nil:
		return PersonView{}, err
	case !shown:
		// The two locks do not agree: one of them is wrong.
		e := data.Event{Action: data.ActName, Object: "resident", IDs: []string{resident}, Area: home, Outcome: data.OutcomeRefusedByDatabase}
		if err := s.record(ctx, code, e); err != nil {
			return PersonView{}, err
		}
		return PersonView{}, forbidden(notTheirs)
	}
	return out, nil
}

// isHanded tells whether a resident is handed to who asks, or to their department,
// now, or matched to the provider for which they ask.
func (s *Service) isHanded(ctx context.Context, district, resident string) (bool, error) {
	viewer := viewerOf(ctx)
	now, departments := s.now(), viewer.Bodies(data.RoleDepartment)
	handed, err := s.store.Gate().Handovers(ctx, district, resident)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(handed, func(h data.Handover) bool {
		to := h.Account != "" && h.Account == viewer.Account || h.Body != "" && slices.Contains(departments, h.Body)
		return to && !h.From.After(now) && h.To.After(now)
	}) {
		return true, nil
	}
	if len(viewer.Bodies(data.RoleProvider)) == 0 {
		return false, nil
	}
	l, err := s.ledger(ctx, district)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(l.needs, func(n data.Need) bool { return n.Resident == resident && l.meets(&n, viewer) }), nil
}

// withoutName is what is said to who is not told a name.
func (s *Service) withoutName(ctx context.Context, home string) error {
	if viewerOf(ctx).May(CapBreakGlass, home) {
		return &Error{Code: CodeForbidden, Message: "names are not told here without a reason: break the glass, in an emergency", Err: ErrBreakGlass}
	}
	return forbidden(notTheirs)
}
