package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sanse/data"
)

// Operator is who gave a grant at the command line.
const Operator = "operator"

// NewAccount is an account to be made.
type NewAccount struct {
	Login   string
	Name    data.Sealed
	Visitor string
	Issuer  string // with Subject: who it is to another house that signs in
	Subject string
	MadeUp  bool // nothing to sign in with at all
	Grants  []data.Grant
}

// ErrSelf says that nobody gives themself a right.
var ErrSelf = errors.New("nobody grants themself a role: another administrator does")

// AddAccount makes an account and gives it its grants, by whom it says. The secret
// is good for one change of password within SecretLife; it is empty for an account
// that another house signs in, and for a made-up one.
func (e *Entry) AddAccount(ctx context.Context, n NewAccount, by string) (a data.Account, secret string, err error) {
	switch login := Login(n.Login); {
	case !plausible(login):
		return a, "", &WeakError{"login", fmt.Sprintf("a login has 1 to %d bytes and no spaces", maxLogin)}
	case !readable(login):
		return a, "", &WeakError{"login", "a login is of what one sees, in the letters of one script, with Chinese ones beside them or not: it must not read like another"}
	case strings.HasPrefix(login, keyLogin):
		return a, "", &WeakError{"login", "logins that begin with " + keyLogin + " are of programs"}
	}
	for _, g := range n.Grants {
		// What cannot be given is found before there is an account without it.
		if !g.Role.Valid() || g.Role == data.RoleService || g.Role.NeedsArea() != (g.Area != "") || g.Role.NeedsBody() != (g.Body != "") {
			return a, "", &WeakError{"grant", "a grant has the area or the body that its role asks for, and nothing else"}
		}
	}
	id, err := NewID("a")
	if err != nil {
		return a, "", err
	}
	a = data.Account{ID: id, Login: Login(n.Login), Name: n.Name, Visitor: n.Visitor, Issuer: n.Issuer, Subject: n.Subject}
	if n.Issuer == "" && !n.MadeUp {
		if secret, err = e.setSecret(ctx, &a); err != nil {
			return a, "", err
		}
	}
	if err := e.Store.PutAccount(ctx, e.District, a); err != nil {
		return a, "", err
	}
	for _, g := range n.Grants {
		g.Account = a.ID
		if _, err := e.Give(ctx, g, by); err != nil {
			// An account with half of its rights is disabled, not left open.
			return a, "", errors.Join(err, e.Store.Disable(context.WithoutCancel(ctx), e.District, a.ID, true))
		}
	}
	return a, secret, nil
}

func (e *Entry) setSecret(ctx context.Context, a *data.Account) (string, error) {
	secret, err := NewOneTime()
	if err != nil {
		return "", err
	}
	if a.Password, err = e.Hasher.Hash(ctx, secret); err != nil {
		return "", err
	}
	until := e.Now().Add(SecretLife)
	a.SecretUntil, a.MustChange = &until, true
	return secret, nil
}

// NewSecret gives an account a new one-time secret, takes its second factor and
// its PIN away and ends its sessions: for whoever has lost the one or the other.
func (e *Entry) NewSecret(ctx context.Context, account string) (string, error) {
	a, err := e.Store.Account(ctx, e.District, account)
	if err != nil {
		return "", err
	}
	if a.Issuer != "" {
		return "", &WeakError{"issuer", "another house signs in for this account"}
	}
	secret, err := e.setSecret(ctx, &a)
	if err != nil {
		return "", err
	}
	defer e.seats.drop()
	if err := e.Store.ResetSecret(ctx, e.District, a.ID, a.Password, *a.SecretUntil); err != nil {
		return "", err
	}
	return secret, nil
}

// Give gives an account a role, by whom it says: an account, which gives itself
// none (ErrSelf), or the Operator.
func (e *Entry) Give(ctx context.Context, g data.Grant, by string) (int, error) {
	if g.Account == by {
		return 0, ErrSelf
	}
	if g.To != nil && !g.To.After(e.Now()) {
		return 0, &WeakError{"time", "the grant would have ended already"}
	}
	g.GivenBy = by
	defer e.seats.drop()
	return e.Store.Give(ctx, e.District, g)
}

// Disable shuts an account and ends its sessions, or opens it again.
func (e *Entry) Disable(ctx context.Context, account string, disabled bool) error {
	defer e.seats.drop()
	if err := e.Store.Disable(ctx, e.District, account, disabled); err != nil {
		return err
	}
	if !disabled {
		return nil
	}
	_, err := e.Store.RevokeAll(ctx, e.District, account)
	defer e.seats.drop()
	return err
}

// Key is a service key to be made.
type Key struct {
	Name   string    // of the program; not a person
	Scopes []string  // operations, audiences, or the word names
	Area   string    // where it holds
	To     time.Time // when it ends; zero: after KeyLife
}

// NewKey makes the account of a program, with a key that is shown this once. It
// holds for the scopes in the area.
func (e *Entry) NewKey(ctx context.Context, k Key, by string) (data.Account, data.Token, error) {
	now := e.Now()
	if k.To.IsZero() {
		k.To = now.Add(KeyLife)
	}
	switch {
	case !k.To.After(now) || k.To.After(now.Add(KeyLife)):
		return data.Account{}, "", &WeakError{"time", "a key holds for a year at most, and not until a day that has passed"}
	case len(k.Scopes) == 0:
		return data.Account{}, "", &WeakError{"scopes", "a key must say what it is for"}
	}
	id, err := NewID("a")
	if err != nil {
		return data.Account{}, "", err
	}
	token, err := newToken()
	if err != nil {
		return data.Account{}, "", err
	}
	token = keyPrefix + token
	session, err := NewID("s")
	if err != nil {
		return data.Account{}, "", err
	}
	a := data.Account{ID: id, Login: keyLogin + id[1:], Name: data.Sealed(k.Name)}
	if err := e.Store.PutAccount(ctx, e.District, a); err != nil {
		return a, "", err
	}
	g := data.Grant{Account: id, Role: data.RoleService, Area: k.Area, To: &k.To}
	if _, err := e.Give(ctx, g, by); err != nil {
		return a, "", errors.Join(err, e.Store.Disable(context.WithoutCancel(ctx), e.District, id, true))
	}
	err = e.Store.OpenSession(ctx, e.District, token.Hash(), data.Session{
		ID: session, Account: id, Kind: data.SessionKey, Stage: data.StageFull, Scopes: slices.Clone(k.Scopes), ExpiresAt: k.To,
	})
	return a, token, err
}

// FirstAdministrator makes an administrator with a one-time secret where a
// district has none who could sign in; otherwise the secret is empty. An account
// that was disabled stays so.
func (e *Entry) FirstAdministrator(ctx context.Context) (login, secret string, err error) {
	accounts, err := e.Store.Accounts(ctx, e.District)
	if err != nil {
		return "", "", err
	}
	grants, err := e.Store.GrantsOfAll(ctx, e.District)
	if err != nil {
		return "", "", err
	}
	open, taken := map[string]bool{}, map[string]bool{}
	for _, a := range accounts {
		open[a.ID] = a.DisabledAt == nil && (!madeUp(a) || e.OneClick)
		taken[a.Login] = true
	}
	for _, g := range inForce(grants, e.Now()) {
		if g.Role == data.RoleAdministrator && open[g.Account] {
			return "", "", nil
		}
	}
	login = "admin"
	for n := 2; taken[login]; n++ {
		login = fmt.Sprintf("admin-%d", n)
	}
	_, secret, err = e.AddAccount(ctx, NewAccount{Login: login, Grants: []data.Grant{{Role: data.RoleAdministrator, Reason: "first start"}}}, Operator)
	return login, secret, err
}

// EndGrant ends a role of an account now; data.ErrNotFound if it has none of that
// number, or it has ended.
func (e *Entry) EndGrant(ctx context.Context, account string, n int, by string) error {
	defer e.seats.drop()
	return e.Store.EndGrant(ctx, e.District, account, n, by)
}

// EndSessions ends all sessions of an account, and returns how many.
func (e *Entry) EndSessions(ctx context.Context, account string) (int, error) {
	if _, err := e.Store.Account(ctx, e.District, account); err != nil {
		return 0, err
	}
	defer e.seats.drop()
	return e.Store.RevokeAll(ctx, e.District, account)
}

// Describe changes the name of an account and who of the visitors it is.
func (e *Entry) Describe(ctx context.Context, account string, name data.Sealed, visitor string) error {
	defer e.seats.drop()
	return e.Store.Describe(ctx, e.District, account, name, visitor)
}

// IsKey tells whether an account is a program's.
func IsKey(a data.Account) bool { return strings.HasPrefix(a.Login, keyLogin) }
