package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// maxAccounts is how many accounts are listed at once.
const maxAccounts = 500

func (s *Server) registerAccounts(api huma.API) {
	atDoor(api, http.MethodGet, "accounts", "/v1/accounts", "Who can sign in, and what they were granted", s.getAccounts)
	atDoor(api, http.MethodPost, "add-account", "/v1/accounts", "An account for somebody, with a secret for the first time", s.postAccount)
	atDoor(api, http.MethodPatch, "change-account", "/v1/accounts/{id}", "Another name or visitor; disabled, or open again", s.patchAccount)
	atDoor(api, http.MethodPost, "new-secret", "/v1/accounts/{id}/secret", "A new secret for whoever has lost password or authenticator", s.postSecret)
	atDoor(api, http.MethodPost, "give-grant", "/v1/accounts/{id}/grants", "A role in an area or for a body", s.postGrant)
	atDoor(api, http.MethodDelete, "end-grant", "/v1/accounts/{id}/grants/{n}", "The role no longer", s.deleteGrant)
	atDoor(api, http.MethodDelete, "end-sessions", "/v1/accounts/{id}/sessions", "End all sessions of an account", s.deleteSessions)
	atDoor(api, http.MethodGet, "second-factors", "/v1/second-factors", "Which roles must have a second factor", s.getFactors)
	atDoor(api, http.MethodPut, "ask-second-factor", "/v1/second-factors/{role}", "A role must have a second factor from now on", s.putFactor)
	atDoor(api, http.MethodDelete, "drop-second-factor", "/v1/second-factors/{role}", "A role need not have a second factor any more", s.deleteFactor)
	atDoor(api, http.MethodPost, "add-key", "/v1/keys", "A key for a program", s.postKey)
}

// administrator is the door and the account of who gives rights.
func (s *Server) administrator(ctx context.Context) (*auth.Entry, string, error) {
	d, err := s.here()
	if err != nil {
		return nil, "", err
	}
	viewer := service.ViewerFrom(ctx)
	if viewer.Account == "" { // a right is given by somebody
		return nil, "", s.atTheDoor(auth.ErrSignIn)
	}
	return d.Entry, viewer.Account, nil
}

type accountsInput struct {
	Text string `query:"text" maxLength:"100" doc:"a part of the login or the name"`
	Role string `query:"role" maxLength:"32" doc:"who has this role now"`
}

func (s *Server) getAccounts(ctx context.Context, in *accountsInput) (*answer[AccountList], error) {
	e, _, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	all, err := e.Store.Accounts(ctx, s.district)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	grants, err := e.Store.GrantsOfAll(ctx, s.district)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	of := map[string][]data.Grant{}
	for _, g := range grants {
		of[g.Account] = append(of[g.Account], g)
	}
	text, now := strings.ToLower(strings.TrimSpace(in.Text)), e.Now()
	var found []data.Account
	for _, a := range all {
		if !strings.Contains(a.Login, text) && !strings.Contains(strings.ToLower(a.Name.Reveal()), text) {
			continue
		}
		if in.Role != "" && !slices.ContainsFunc(of[a.ID], func(g data.Grant) bool { return string(g.Role) == in.Role && holds(g, now) }) {
			continue
		}
		found = append(found, a)
	}
	out := AccountList{Items: []AccountView{}, Total: len(found)}
	for _, a := range found[:min(len(found), maxAccounts)] {
		v, err := s.accountView(ctx, e, a, of[a.ID])
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, v)
	}
	return answerOf(out), nil
}

func holds(g data.Grant, now time.Time) bool {
	return !g.From.After(now) && (g.To == nil || g.To.After(now)) && (g.EndedAt == nil || g.EndedAt.After(now))
}

func (s *Server) accountView(ctx context.Context, e *auth.Entry, a data.Account, grants []data.Grant) (AccountView, error) {
	seats, err := s.seats(ctx, grants)
	if err != nil {
		return AccountView{}, s.problem(err)
	}
	kind := "person"
	switch {
	case auth.IsKey(a):
		kind = "key"
	case a.ClosedAt == nil && e.MadeUp(a):
		kind = "made_up"
	}
	v := AccountView{
		ID: a.ID, Login: a.Login, Name: a.Name.Reveal(), Kind: kind, Visitor: a.Visitor, Issuer: a.Issuer,
		Disabled: a.DisabledAt != nil && !a.DisabledAt.After(e.Now()), Closed: a.ClosedAt != nil, TOTP: a.TOTPOn, PIN: a.PIN != "", MustChange: a.MustChange,
		SecretUntil: clockOrNil(a.SecretUntil), LockedUntil: clockOrNil(a.LockedUntil), CreatedAt: clock(a.CreatedAt), SeenAt: clockOrNil(a.SeenAt),
		Grants: []GrantView{},
	}
	for i, g := range grants {
		v.Grants = append(v.Grants, GrantView{
			g.N, seats[i], clock(g.From), clockOrNil(g.To), g.GivenBy, g.Reason.Reveal(), clockOrNil(g.EndedAt), g.EndedBy, holds(g, e.Now()),
		})
	}
	return v, nil
}

// account reads an account anew, to answer with.
func (s *Server) account(ctx context.Context, e *auth.Entry, id string) (AccountView, error) {
	a, err := e.Store.Account(ctx, s.district, id)
	if err != nil {
		return AccountView{}, s.atTheDoor(err)
	}
	grants, err := e.Store.Grants(ctx, s.district, id)
	if err != nil {
		return AccountView{}, s.atTheDoor(err)
	}
	return s.accountView(ctx, e, a, grants)
}

func grantOf(in GrantInput) data.Grant {
	g := data.Grant{Role: data.Role(in.Role), Area: in.Area, Body: in.Body, To: in.To, Reason: data.Sealed(in.Reason)}
	if in.From != nil {
		g.From = *in.From
	}
	return g
}

type postAccountInput struct{ Body AccountInput }

func (s *Server) postAccount(ctx context.Context, in *postAccountInput) (*made[AccountMade], error) {
	e, by, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	n := auth.NewAccount{Login: in.Body.Login, Name: data.Sealed(in.Body.Name), Visitor: in.Body.Visitor, Issuer: in.Body.Issuer, Subject: in.Body.Subject}
	for _, g := range in.Body.Grants {
		n.Grants = append(n.Grants, grantOf(g))
	}
	if err := s.areasOfGrants(ctx, n.Grants); err != nil {
		return nil, err
	}
	a, secret, err := e.AddAccount(ctx, n, by)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	v, err := s.account(ctx, e, a.ID)
	if err != nil {
		return nil, err
	}
	return &made[AccountMade]{http.StatusCreated, fresh, AccountMade{v, secret, v.SecretUntil}}, nil
}

// areasOfGrants refuses grants for areas that there are not.
func (s *Server) areasOfGrants(ctx context.Context, grants []data.Grant) error {
	for _, g := range grants {
		if g.Area == "" {
			continue
		}
		names, err := s.service.AreaNames(ctx, s.district, g.Area)
		if err != nil {
			return s.problem(err)
		}
		if _, ok := names[g.Area]; !ok {
			return huma.NewError(http.StatusUnprocessableEntity, "there is no area of that code", &huma.ErrorDetail{Location: "body.grants.area", Message: "no such area"})
		}
	}
	return nil
}

// made is something new, told this once.
type made[T any] struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Body         T
}

// AccountPath names an account.
type AccountPath struct {
	ID string `path:"id" maxLength:"64"`
}

// other is administrator, for what nobody does to themself: an administrator who
// was taken by surprise could be shut out, or made to shed the second factor.
func (s *Server) other(ctx context.Context, account string) (*auth.Entry, string, error) {
	e, by, err := s.administrator(ctx)
	if err == nil && account == by {
		err = huma.NewError(http.StatusForbidden, "another administrator does this to your account")
	}
	return e, by, err
}

type patchAccountInput struct {
	AccountPath
	Body AccountChange
}

func (s *Server) patchAccount(ctx context.Context, in *patchAccountInput) (*answer[AccountView], error) {
	allow := s.administrator
	if in.Body.Disabled != nil || in.Body.Visitor != nil {
		// Who of the visitors somebody is decides whom they see: a right like others.
		allow = func(ctx context.Context) (*auth.Entry, string, error) { return s.other(ctx, in.ID) }
	}
	e, _, err := allow(ctx)
	if err != nil {
		return nil, err
	}
	a, err := e.Store.Account(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	if in.Body.Name != nil || in.Body.Visitor != nil {
		if in.Body.Name != nil {
			a.Name = data.Sealed(*in.Body.Name)
		}
		if in.Body.Visitor != nil {
			a.Visitor = *in.Body.Visitor
		}
		if err := e.Describe(ctx, a.ID, a.Name, a.Visitor); err != nil {
			return nil, s.atTheDoor(err)
		}
	}
	if in.Body.Disabled != nil {
		if err := e.Disable(ctx, a.ID, *in.Body.Disabled); err != nil {
			return nil, s.atTheDoor(err)
		}
	}
	v, err := s.account(ctx, e, a.ID)
	if err != nil {
		return nil, err
	}
	return answerOf(v), nil
}

func (s *Server) postSecret(ctx context.Context, in *AccountPath) (*answer[SecretMade], error) {
	e, _, err := s.other(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	secret, err := e.NewSecret(ctx, in.ID)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	until := clock(e.Now().Add(auth.SecretLife))
	return answerOf(SecretMade{secret, &until}), nil
}

type postGrantInput struct {
	AccountPath
	Body GrantInput
}

func (s *Server) postGrant(ctx context.Context, in *postGrantInput) (*made[GrantMade], error) {
	e, by, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	g := grantOf(in.Body)
	g.Account = in.ID
	n, err := e.Give(ctx, g, by)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	return &made[GrantMade]{http.StatusCreated, fresh, GrantMade{n}}, nil
}

type grantPath struct {
	AccountPath
	N int `path:"n" minimum:"1" maximum:"1000000"`
}

func (s *Server) deleteGrant(ctx context.Context, in *grantPath) (*struct{}, error) {
	e, by, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.atTheDoor(e.EndGrant(ctx, in.ID, in.N, by))
}

func (s *Server) deleteSessions(ctx context.Context, in *AccountPath) (*answer[SessionsEnded], error) {
	e, _, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	n, err := e.EndSessions(ctx, in.ID)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	return answerOf(SessionsEnded{n}), nil
}

type postKeyInput struct{ Body KeyInput }

func (s *Server) postKey(ctx context.Context, in *postKeyInput) (*made[KeyMade], error) {
	e, by, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	if err := CheckScopes(in.Body.Scopes); err != nil {
		return nil, s.atTheDoor(err)
	}
	k := auth.Key{Name: in.Body.Name, Scopes: in.Body.Scopes, Area: in.Body.Area}
	if in.Body.To != nil {
		k.To = *in.Body.To
	}
	a, key, err := e.NewKey(ctx, k, by)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	v, err := s.account(ctx, e, a.ID)
	if err != nil {
		return nil, err
	}
	return &made[KeyMade]{http.StatusCreated, fresh, KeyMade{v, key.Reveal()}}, nil
}

// CheckScopes refuses words that are no scope of a key: operations, audiences, and
// the word names. Keys give no rights.
func CheckScopes(scopes []string) error {
	audiences := []Audience{Open, Released, DutyArea, DutyRecord, DutyHanded, Duty}
	for _, scope := range scopes {
		rule, known := RuleOf(scope)
		good := scope == service.KeyNames || slices.Contains(audiences, Audience(scope)) ||
			known && rule.Audience != Entry && rule.Audience != SignedIn && rule.Need != service.CapAccounts
		if !good {
			return &auth.WeakError{Code: "scopes", Reason: "scopes: one of them is no scope: want ids of operations (/v1/openapi.json), audiences, or names"}
		}
	}
	return nil
}

func (s *Server) getFactors(ctx context.Context, _ *struct{}) (*answer[FactorList], error) {
	e, _, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	return s.factors(ctx, e)
}

func (s *Server) factors(ctx context.Context, e *auth.Entry) (*answer[FactorList], error) {
	rules, err := e.Factors(ctx)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	out := FactorList{Items: make([]FactorView, len(rules))}
	for i, r := range rules {
		out.Items[i] = FactorView{string(r.Role), r.Always, r.Asked, r.Basis}
	}
	return answerOf(out), nil
}

func (s *Server) putFactor(ctx context.Context, in *struct {
	RolePath
	Body FactorInput
},
) (*answer[FactorList], error) {
	e, by, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.AskFactor(ctx, data.Role(in.Role), in.Body.Basis, by); err != nil {
		return nil, s.atTheDoor(err)
	}
	return s.factors(ctx, e)
}

func (s *Server) deleteFactor(ctx context.Context, in *RolePath) (*answer[FactorList], error) {
	e, _, err := s.administrator(ctx)
	if err != nil {
		return nil, err
	}
	// What is not asked for need not be dropped: the answer says how it is.
	if err := e.DropFactor(ctx, data.Role(in.Role)); err != nil && !errors.Is(err, data.ErrNotFound) {
		return nil, s.atTheDoor(err)
	}
	return s.factors(ctx, e)
}
