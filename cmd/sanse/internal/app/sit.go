package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// sitFor is how long a fixed viewer's session lasts; it ends with the program.
const sitFor = 366 * 24 * time.Hour

// Sit is the function Sit at the store of the program; the session ends when the
// program is closed.
func (a *App) Sit(ctx context.Context, district string, v service.Viewer) (service.Viewer, error) {
	v, leave, err := Sit(ctx, a.Store.Gate(), district, v)
	if err != nil {
		return v, outside(err, "open a session")
	}
	a.sat = append(a.sat, leave)
	return v, nil
}

// Sit gives a fixed viewer, for whom nobody signs in, a session of an account
// that nobody can sign in to, so that the database shows them what they answer
// for in the same way as everybody else. The account leads the areas of the
// viewer. Whoever answers for nobody gets none. leave ends the session.
func Sit(ctx context.Context, g *data.Gate, district string, v service.Viewer) (_ service.Viewer, leave func(context.Context) error, err error) {
	if len(v.Areas) == 0 {
		return v, func(context.Context) error { return nil }, nil
	}
	areas := slices.Clone(v.Areas)
	for i := range areas {
		areas[i] = cmp.Or(areas[i], district)
	}
	if v.Account, err = fixed(ctx, g, district, areas); err != nil {
		return v, nil, err
	}
	session, err := newID("s", 8)
	if err != nil {
		return v, nil, err
	}
	secret, err := newID("", 32)
	if err != nil {
		return v, nil, err
	}
	v.Session, v.Token = session, data.Token(secret)
	err = g.OpenSession(ctx, district, v.Token.Hash(), data.Session{
		ID: session, Account: v.Account, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(sitFor), Agent: "sanse",
	})
	if err != nil {
		return v, nil, err
	}
	return v, func(ctx context.Context) error {
		if err := g.Revoke(ctx, district, session); err != nil && !errors.Is(err, data.ErrNotFound) {
			return fmt.Errorf("end session: %w", err)
		}
		return nil
	}, nil
}

// fixed is the account of a fixed viewer of some areas, with a grant in force for
// each.
func fixed(ctx context.Context, g *data.Gate, district string, areas []string) (string, error) {
	login := "local-" + strings.Join(areas, "+")
	account, err := g.AccountByLogin(ctx, district, login)
	if errors.Is(err, data.ErrNotFound) {
		id, e := newID("a", 8)
		if e != nil {
			return "", e
		}
		var twice *data.TwiceError
		e = g.PutAccount(ctx, district, data.Account{ID: id, Login: login, Name: "本机"})
		if e != nil && !errors.As(e, &twice) { // another process may have been first
			return "", e
		}
		account, err = g.AccountByLogin(ctx, district, login)
	}
	if err != nil {
		return "", err
	}
	grants, err := g.Grants(ctx, district, account.ID)
	if err != nil {
		return "", err
	}
	for _, area := range areas {
		if slices.ContainsFunc(grants, func(v data.Grant) bool { return v.EndedAt == nil && v.Role == data.RoleLeader && v.Area == area }) {
			continue
		}
		if _, err := g.Give(ctx, district, data.Grant{Account: account.ID, Role: data.RoleLeader, Area: area, GivenBy: "sanse serve"}); err != nil {
			return "", err
		}
	}
	return account.ID, nil
}

// newID returns a prefix and so many random bytes in hex.
func newID(prefix string, n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("random bytes: %w", err)
	}
	return prefix + hex.EncodeToString(b), nil
}
