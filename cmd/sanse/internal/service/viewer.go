package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"sanse/data"
)

// Viewer is who asks: whose true numbers they are told, and what else they may
// where. The zero value is the public, which answers for nobody.
type Viewer struct {
	// Areas are codes of areas whose people the viewer answers for: of them they
	// are told true numbers. All that lies in them is answered for as well. The
	// empty code stands for all there is.
	Areas []string
	// Seats are the roles in which they ask.
	Seats []Seat

	Account string // empty: nobody has signed in, or it is the operator
	Session string
	Token   data.Token // opens the desk: the rows that the session may see
	Visitor string     // who of those who visit the account is; empty: nobody
	Address string     // where they ask from, as far as it is kept
	Request string     // names the request in the audit
	Purpose string     // what a file is for, as they said

	only string // as far as they have narrowed themselves; empty: not at all
}

// Seat is a role in an area or for a body.
type Seat struct {
	Role data.Role
	Area string // code; of the operator empty for all there is
	Body string // department or provider
	// Scopes are what a key was made for: operations, audiences, and the word
	// names.
	Scopes []string

	asked Capability // of a key: what the operation needs for which it is used
}

// operator is who works at the command line of the machine that holds the
// records, and who looks at a server that was started for one viewer. No account
// has this role.
const operator data.Role = "operator"

// KeyNames is the scope of keys that are told names.
const KeyNames = "names"

// Everyone is the operator for the area of that code: whoever holds the machine,
// its key and its database. An empty code stands for all there is.
func Everyone(area string) Viewer {
	return Viewer{Areas: []string{area}, Seats: []Seat{{Role: operator, Area: area}}}
}

// ViewerOf is whoever holds a session, as the roles that are in force say. A session
// in which something is still asked for gives none.
func ViewerOf(seated data.Seated, token data.Token) Viewer {
	v := Viewer{Account: seated.Account.ID, Session: seated.Session.ID, Token: token, Visitor: seated.Account.Visitor, Address: seated.Session.Address}
	if seated.Session.Stage != data.StageFull {
		return v
	}
	for _, g := range seated.Grants {
		if _, known := rules[g.Role]; !known {
			continue
		}
		s := Seat{Role: g.Role, Area: g.Area, Body: g.Body}
		switch g.Role {
		case data.RoleAuditor, data.RoleAdministrator:
			s.Area = seated.District
		case data.RoleService:
			s.Scopes = seated.Session.Scopes
		default:
		}
		v.Seats = append(v.Seats, s)
	}
	v.Areas = v.areas(CapNumbers)
	return v
}

// AnswersFor tells whether the viewer answers for all of an area: whether they are
// told its true numbers.
func (v Viewer) AnswersFor(code string) bool {
	return slices.ContainsFunc(v.Areas, func(a string) bool { return strings.HasPrefix(code, a) })
}

// Public tells whether the viewer has no part in the work: they answer for nobody
// and may do nothing that not everybody may.
func (v Viewer) Public() bool { return len(v.Areas) == 0 && len(v.Seats) == 0 }

// Operates tells whether the operator asks: at the command line, or through a
// server that takes everybody for one viewer and knows nobody.
func (v Viewer) Operates() bool {
	return slices.ContainsFunc(v.Seats, func(s Seat) bool { return s.Role == operator })
}

// May tells whether the viewer has a capability in all of an area.
func (v Viewer) May(c Capability, area string) bool {
	if !strings.HasPrefix(area, v.only) {
		return false
	}
	return slices.ContainsFunc(v.Seats, func(s Seat) bool { return s.inArea(c) && s.holds(area) })
}

// MaySomewhere tells whether the viewer has a capability in some area, or of
// somebody.
func (v Viewer) MaySomewhere(c Capability) bool {
	return v.Handed(c) || slices.ContainsFunc(v.Seats, func(s Seat) bool { return s.inArea(c) })
}

// Handed tells whether the viewer has a capability of those who were handed to
// them, or are matched to their body.
func (v Viewer) Handed(c Capability) bool {
	return v.only == "" && slices.ContainsFunc(v.Seats, func(s Seat) bool { return s.may(c)&handed != 0 })
}

// Bodies are the bodies for which the viewer asks in a role.
func (v Viewer) Bodies(r data.Role) (out []string) {
	for _, s := range v.Seats {
		if s.Role == r && s.Body != "" && v.only == "" {
			out = append(out, s.Body)
		}
	}
	return out
}

// Capabilities are what the viewer may somewhere, for pages to know what to offer.
func (v Viewer) Capabilities() []Capability {
	out := []Capability{}
	for _, c := range Capabilities {
		if v.MaySomewhere(c) {
			out = append(out, c)
		}
	}
	return out
}

// may is where the seat's role has a capability.
func (s Seat) may(c Capability) where {
	if s.Role == operator {
		return inArea
	}
	return rules[s.Role][c]
}

// inArea tells whether the seat gives a capability in its area.
func (s Seat) inArea(c Capability) bool {
	w := s.may(c)
	switch {
	case w&inArea != 0:
		return true
	case w&inSmall != 0:
		return len(s.Area) >= communityDigits
	case w&inKey != 0:
		return s.asked != "" && (c == s.asked || c == CapNumbers || c == CapRecords && s.asked != CapNumbers)
	case w&inNames != 0:
		return s.asked != "" && slices.Contains(s.Scopes, KeyNames)
	}
	return false
}

// holds tells whether an area lies in the seat's. No code stands for no area,
// but for the operator's.
func (s Seat) holds(area string) bool {
	return (s.Area != "" || s.Role == operator) && strings.HasPrefix(area, s.Area)
}

// Asking is the viewer while they ask for an operation: a key is good for those
// operations and audiences alone that it was made for. It tells whether it was
// made for this one; who has no key asks as they are.
func (v Viewer) Asking(operation, audience string, need Capability) (Viewer, bool) {
	isKey := func(s Seat) bool { return s.Role == data.RoleService }
	if !slices.ContainsFunc(v.Seats, isKey) {
		return v, true
	}
	good := false
	v.Seats = slices.Clone(v.Seats)
	for i := range v.Seats {
		s := &v.Seats[i]
		made := isKey(*s) && (slices.Contains(s.Scopes, operation) || slices.Contains(s.Scopes, audience))
		if made {
			s.asked = cmp.Or(need, CapNumbers)
		}
		good = good || made || !isKey(*s)
	}
	v.Areas = v.areas(CapNumbers)
	return v, good
}

// exporting is the viewer as files that leave the house tell them: the true
// numbers of an area stand in those alone of who may take them out of it. All
// others get the file that everybody gets.
func exporting(ctx context.Context) context.Context {
	v := viewerOf(ctx)
	v.Areas = v.areas(CapExport)
	return context.WithValue(ctx, viewerKey{}, v)
}

// areas are those in all of which the seats give a capability.
func (v Viewer) areas(c Capability) []string {
	var out []string
	for _, s := range v.Seats {
		if s.inArea(c) && s.holds(s.Area) && !slices.Contains(out, s.Area) {
			if strings.HasPrefix(v.only, s.Area) {
				out = append(out, v.only)
			} else if strings.HasPrefix(s.Area, v.only) {
				out = append(out, s.Area)
			}
		}
	}
	return out
}

// Narrow is the viewer who answers for one of the areas alone; "public" is for
// none. What the viewer does not answer for is refused, so that asking for less
// is all that can be asked for.
func (v Viewer) Narrow(as string) (Viewer, error) {
	less := v
	switch {
	case as == "public":
		less.Areas, less.Seats, less.Visitor, less.Token = nil, nil, "", ""
		return less, nil
	case as != "" && v.AnswersFor(as):
		less.Areas, less.only = []string{as}, as
		return less, nil
	}
	return Viewer{}, forbidden("as: area %q is not among those answered for here", as)
}

type viewerKey struct{}

// WithViewer says who asks, to the audit as well. Without it everything is asked by the public.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return data.WithActor(context.WithValue(ctx, viewerKey{}, v), v.actor())
}

// asOperator asks as the operator, under the name that who asks has.
func asOperator(ctx context.Context, area string) context.Context {
	v := Everyone(area)
	v.Account = viewerOf(ctx).Account
	return WithViewer(ctx, v)
}

// viewerOf is who asks.
func viewerOf(ctx context.Context) Viewer {
	v, _ := ctx.Value(viewerKey{}).(Viewer) // nobody named: the public
	return v
}

// ViewerFrom is who asks, for who answers them outside the service.
func ViewerFrom(ctx context.Context) Viewer { return viewerOf(ctx) }

// mustAnswerFor refuses whoever is not told the true numbers of an area.
func mustAnswerFor(ctx context.Context, code string) error {
	if viewerOf(ctx).AnswersFor(code) {
		return nil
	}
	return forbidden("only those who answer for the people of area %s may see this", code)
}

// mustMay refuses whoever has a capability not in all of an area.
func mustMay(ctx context.Context, c Capability, area string) error {
	if viewerOf(ctx).May(c, area) {
		return nil
	}
	return forbidden("your roles do not allow this in area %s: it takes %q", area, Own(c))
}

// notTheirs is all that is told of single people and of what is somebody else's,
// whether there is such a one or not.
const notTheirs = "only those who answer for the people it tells of may see this"

// mustSee refuses whoever has a capability not in all of several areas, such as
// those in which somebody visits; none stand for the district. It does not tell
// of which areas it was.
func mustSee(ctx context.Context, c Capability, district string, areas []string) error {
	viewer := viewerOf(ctx)
	if len(areas) == 0 {
		areas = []string{district}
	}
	for _, code := range areas {
		if !viewer.May(c, code) {
			return forbidden(notTheirs)
		}
	}
	return nil
}

// missing is said of an id that there is not: to those who may know of all that
// it is not there, to all others what they are told of what is not theirs.
func missing(ctx context.Context, c Capability, district, format string, args ...any) error {
	if viewerOf(ctx).May(c, district) {
		return notFound(format, args...)
	}
	return forbidden(notTheirs)
}

func forbidden(format string, args ...any) error {
	return &Error{Code: CodeForbidden, Message: Tell(format, args...), said: fmt.Sprintf(format, args...)}
}

// ParseViewer reads who is meant by the word public, the code of an area, or
// several with commas between them; empty stands for the whole district. Codes
// must be of areas that there are.
func (s *Service) ParseViewer(ctx context.Context, d data.District, text string) (Viewer, error) {
	switch text {
	case "":
		return Everyone(d.Code), nil
	case "public":
		return Viewer{}, nil
	}
	f, err := s.frame(ctx, d.Code)
	if err != nil {
		return Viewer{}, err
	}
	var v Viewer
	for code := range strings.SplitSeq(text, ",") {
		a, err := f.area(strings.TrimSpace(code))
		if err != nil || strings.TrimSpace(code) == "" {
			return Viewer{}, invalid("as: nobody answers for %q: want public, or codes of areas with commas between them", text)
		}
		v.Areas = append(v.Areas, a.Code)
		v.Seats = append(v.Seats, Seat{Role: operator, Area: a.Code})
	}
	return v, nil
}
