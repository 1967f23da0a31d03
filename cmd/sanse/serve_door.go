package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// serveSettings say who is let in, and how.
type serveSettings struct {
	secure            bool // browsers come by HTTPS
	certFile, keyFile string
	trusted           []netip.Prefix
	hosts             []string
	oidc              auth.OIDCConfig
	public            bool
	as                string
	noLife            bool
	home              string // folder for the first secret; empty: the terminal alone
}

// settings reads the flags.
func (cmd *serveCmd) settings() (serveSettings, error) {
	set := serveSettings{
		secure: cmd.TLSCert != "" || len(cmd.BehindProxy) > 0, certFile: cmd.TLSCert, keyFile: cmd.TLSKey,
		hosts: cmd.Host, public: cmd.Public, as: cmd.As, noLife: cmd.NoLife,
	}
	for _, text := range cmd.BehindProxy {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return set, badInput(err, "--behind-proxy %q: want a network like 10.0.0.1/32", text)
		}
		if p.Bits() == 0 {
			return set, badInput(nil, "--behind-proxy %s trusts everybody", text)
		}
		set.trusted = append(set.trusted, p.Masked())
	}
	if cmd.OIDC != "" {
		var err error
		if set.oidc, err = auth.ReadOIDC(cmd.OIDC); err != nil {
			return set, badInput(err, "--oidc %s", filepath.Base(cmd.OIDC))
		}
	}
	if cmd.As != "" && (set.secure || cmd.Public || cmd.OIDC != "") {
		return set, badInput(nil, "--as lets everybody in without signing in, so it is for this machine alone: not with --tls-cert, --behind-proxy, --oidc or --public")
	}
	return set, nil
}

// entryOf is the way into a district's accounts.
func entryOf(a *app.App, d data.District, set serveSettings) (*auth.Entry, []*auth.Provider, error) {
	hasher, err := auth.NewHasher(auth.Params{}, 0)
	if err != nil {
		return nil, nil, err
	}
	c := auth.Config{
		District: d.Code, Name: "三色 " + d.Name, Store: a.Store.Gate(), Hasher: hasher, Record: a.Store.Record,
		OneClick: d.MadeUp && !set.secure, Context: []string{d.Name, d.Code},
	}
	var providers []*auth.Provider
	for _, p := range set.oidc.Providers {
		provider := auth.NewProvider(p, set.oidc.PublicURL, nil, nil)
		providers = append(providers, provider)
		if provider.Vouches() {
			c.Vouching = append(c.Vouching, provider.Issuer())
		}
	}
	return auth.New(c), providers, nil
}

// retryWatch is how long to wait before changes are listened for again.
const retryWatch = 2 * time.Second

// openAccess makes the access that the settings ask for. Stop ends what it does in
// the background.
func openAccess(ctx context.Context, a *app.App, d data.District, set serveSettings, log *slog.Logger) (access api.Access, stop func(), err error) {
	if set.as != "" && !d.MadeUp {
		return nil, nil, badInput(nil, "--as is for districts whose people are made up: in %s people sign in", d.Code)
	}
	if set.as == "public" {
		return api.Fixed(service.Viewer{}), func() {}, nil
	}
	entry, providers, err := entryOf(a, d, set)
	if err != nil {
		return nil, nil, err
	}
	if entry.OneClick {
		if err := a.Service.MakeAccounts(ctx, d.Code); err != nil {
			return nil, nil, err
		}
	}
	watching, end := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- entry.Watch(watching, func(ctx context.Context, err error) error {
			log.Warn("changes of accounts are not heard; trying again", "error", err)
			select {
			case <-time.After(retryWatch):
			case <-ctx.Done():
			}
			return nil
		})
	}()
	stop = func() {
		end()
		if err := <-done; err != nil {
			log.Error("watch accounts", "error", err)
		}
	}
	if set.as != "" {
		seat, err := fixedSeat(ctx, a, d, entry, set.as)
		if err != nil {
			stop()
			return nil, nil, err
		}
		return seat, stop, nil
	}
	return api.NewDoor(api.DoorConfig{
		Entry: entry, Providers: providers, Public: set.public, Secure: set.secure, Hosts: set.hosts, Trusted: set.trusted,
	}), stop, nil
}

// fixedSeat is the access of a server at which everybody looks as the planner of
// one area: somebody made up, in a session like any other.
func fixedSeat(ctx context.Context, a *app.App, d data.District, entry *auth.Entry, code string) (api.Access, error) {
	viewer, err := a.Service.ParseViewer(ctx, d, code)
	if err != nil {
		return nil, err
	}
	login := "as-" + code
	account, err := entry.Store.AccountByLogin(ctx, d.Code, login)
	if errors.Is(err, data.ErrNotFound) {
		n := auth.NewAccount{Login: login, Name: "虚构", MadeUp: true}
		for _, area := range viewer.Areas {
			n.Grants = append(n.Grants, data.Grant{Role: data.RolePlanner, Area: area, Reason: "serve --as"})
		}
		account, _, err = entry.AddAccount(ctx, n, auth.Operator)
	}
	if err != nil {
		return nil, err
	}
	if err := wholeSeat(ctx, entry, account, viewer.Areas); err != nil {
		return nil, err
	}
	return api.Seated(entry, account.ID), nil
}

// wholeSeat gives an account of serve --as what it lacks: one whose making broke
// off was disabled with a part of its roles. One that somebody disabled stays so.
func wholeSeat(ctx context.Context, entry *auth.Entry, account data.Account, areas []string) error {
	grants, err := entry.Store.Grants(ctx, entry.District, account.ID)
	if err != nil {
		return err
	}
	lacked := false
	for _, area := range areas {
		if slices.ContainsFunc(grants, func(g data.Grant) bool { return g.Area == area }) {
			continue
		}
		lacked = true
		if _, err := entry.Give(ctx, data.Grant{Account: account.ID, Role: data.RolePlanner, Area: area, Reason: "serve --as"}, auth.Operator); err != nil {
			return err
		}
	}
	switch {
	case account.DisabledAt == nil:
		return nil
	case lacked:
		return entry.Disable(ctx, account.ID, false)
	}
	return badInput(nil, "the account %s is disabled: 'sanse accounts disable --undo %s' opens it", account.Login, account.Login)
}

// firstStart makes an administrator of a district that has none who could sign in,
// and says their secret to whoever sits at the terminal and in a file that they
// alone can read; never in what is kept of a service's output.
func firstStart(ctx context.Context, entry *auth.Entry, d data.District, home string, s streams) error {
	file := filepath.Join(home, "first-secret-"+d.Code+".txt")
	login, secret, err := entry.FirstAdministrator(ctx)
	if err != nil || secret == "" {
		if err == nil && home != "" {
			err = forgetSecret(ctx, entry, file)
		}
		return err
	}
	text := fmt.Sprintf("login:  %s\nsecret: %s\n", login, secret)
	shown := false
	if isTerminal(s.out) {
		fmt.Fprintf(s.out, "\nsanse: the first start of %s made an administrator. Sign in with these within three days:\n\n%s\n", d.Code, text)
		shown = true
	}
	if home == "" {
		if !shown {
			return badInput(nil, "the first start makes an administrator: start it once on a terminal, or run 'sanse accounts reset %s'", login)
		}
		return nil
	}
	if err := keepSecret(file, text); err != nil {
		return &service.Error{Code: service.CodeOutside, Message: "cannot keep the first secret: run 'sanse accounts reset " + login + "'", Err: err}
	}
	fmt.Fprintf(s.err, "sanse: the secret of %s is in %s: take the file away once you have signed in\n", login, file)
	return nil
}

// keepSecret writes a file of its own: what lay there before, with whatever rights
// or leading wherever, is taken away.
func keepSecret(file, text string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// forgetSecret takes the file of the first secret away once that can no longer be
// used: its holder has a password of their own, or it is over.
func forgetSecret(ctx context.Context, entry *auth.Entry, file string) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	a, err := entry.Store.AccountByLogin(ctx, entry.District, strings.TrimSpace(strings.TrimPrefix(line, "login:")))
	if errors.Is(err, data.ErrNotFound) {
		return nil // not a file of ours
	}
	if err != nil || a.SecretUntil != nil && a.SecretUntil.After(entry.Now()) {
		return err
	}
	return os.Remove(file)
}

// isTerminal tells whether somebody sits there.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
