package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"sanse/data"
)

// Provider is another house that signs people in for us, by OpenID Connect with
// the authorization code flow and PKCE. It is asked for its description when it is
// first needed, and again until it answers.
type Provider struct {
	config  ProviderConfig
	public  string // our own address, as browsers have it
	client  *http.Client
	now     func() time.Time
	key     []byte        // of the cookies of journeys
	asking  chan struct{} // one token while the description is read
	said    *oidc.Provider
	checked *oidc.IDTokenVerifier
	used    *used
}

// Times and sizes of signing in elsewhere.
const (
	waitElsewhere = 10 * time.Minute // from going there to coming back
	askElsewhere  = 10 * time.Second
	maxAnswer     = 1 << 20 // bytes of an answer of theirs
	maxReturn     = 512
	maxUsed       = 50_000
)

// NewProvider returns a provider. Public is the address under which browsers know
// us, https://host or, on this machine, http://localhost:port.
func NewProvider(c ProviderConfig, public string, client *http.Client, now func() time.Time) *Provider {
	if client == nil {
		client = &http.Client{Transport: http.DefaultTransport}
	}
	if now == nil {
		now = time.Now
	}
	own := *client
	own.Timeout = askElsewhere
	// An issuer is asked where it said to be, and nowhere else.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	own.Transport = bounded{client.Transport}
	return &Provider{config: c, public: strings.TrimSuffix(public, "/"), client: &own, now: now, key: journeyKey(&c), asking: make(chan struct{}, 1), used: newUsed()}
}

// journeyKey is the key of the cookies of journeys: the same in every process of the
// service, for whoever sets out from one may come back to another or after a
// restart, and told by nothing that is public. A provider that gave us no secret
// leaves us none to share: its journeys end where they began.
func journeyKey(c *ProviderConfig) []byte {
	if c.secret == "" {
		return []byte(rand.Text())
	}
	mac := hmac.New(sha256.New, []byte(c.secret.Reveal()))
	mac.Write([]byte("sanse oidc journeys")) // never an error
	return mac.Sum(nil)
}

// ID names the provider in addresses.
func (p *Provider) ID() string { return p.config.ID }

// Name is what its button says.
func (p *Provider) Name() string { return p.config.Name }

// Issuer is the address by which it calls itself.
func (p *Provider) Issuer() string { return p.config.Issuer }

// Vouches tells whether it asks for a second factor itself.
func (p *Provider) Vouches() bool { return len(p.config.SecondFactor) > 0 }

func (p *Provider) ask(ctx context.Context) context.Context { return oidc.ClientContext(ctx, p.client) }

// ready reads the provider's description once.
func (p *Provider) ready(ctx context.Context) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
	select {
	case p.asking <- struct{}{}:
		defer func() { <-p.asking }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if p.said == nil {
		// Its keys are read anew for as long as the program runs, so they are not
		// of this request.
		said, err := oidc.NewProvider(p.ask(context.WithoutCancel(ctx)), p.config.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("ask %s who it is: %w", p.config.ID, err)
		}
		p.said = said
		p.checked = said.VerifierContext(p.ask(context.WithoutCancel(ctx)), &oidc.Config{
			ClientID: p.config.ClientID, Now: p.now,
			// Not HS256, whose key is our own secret, and never none.
			SupportedSigningAlgs: []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA},
		})
	}
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.secret.Reveal(), Endpoint: p.said.Endpoint(),
		RedirectURL: p.public + "/v1/oidc/" + url.PathEscape(p.config.ID) + "/callback", Scopes: p.config.scopes(),
	}, p.checked, nil
}

// Journey is somebody on the way to another house and back. All of it follows from
// a random seed that only their browser holds, in a cookie that we signed: nothing
// is kept here, and nobody comes back who did not set out from here in that browser.
type Journey struct {
	provider string
	began    time.Time
	back     string // where to go afterwards
	seed     string
}

// Start sends somebody on the way: to an address of the provider's, with a cookie
// to keep meanwhile. Back is a path of our own.
func (p *Provider) Start(ctx context.Context, back string) (address, cookie string, err error) {
	config, _, err := p.ready(ctx)
	if err != nil {
		return "", "", err
	}
	seed := make([]byte, tokenBytes)
	if _, err := rand.Read(seed); err != nil {
		return "", "", fmt.Errorf("make a seed: %w", err)
	}
	j := Journey{p.config.ID, p.now(), OwnPath(back), base64.RawURLEncoding.EncodeToString(seed)}
	address = config.AuthCodeURL(j.derive("state"), oidc.Nonce(j.derive("nonce")), oauth2.S256ChallengeOption(j.derive("verifier")))
	return address, j.text() + "." + p.mark(j), nil
}

// mark is what a journey is known by as one that set out from here: whoever makes
// a cookie up has nobody asked at the other house.
func (p *Provider) mark(j Journey) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte("sanse oidc journey " + j.text()))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (j Journey) text() string {
	return strings.Join([]string{j.provider, strconv.FormatInt(j.began.Unix(), 10), base64.RawURLEncoding.EncodeToString([]byte(j.back)), j.seed}, ".")
}

func (j Journey) derive(what string) string {
	sum := sha256.Sum256([]byte("sanse oidc " + what + " " + j.text()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// journey reads a cookie of ours.
func (p *Provider) journey(cookie string) (Journey, bool) {
	parts := strings.Split(cookie, ".")
	if len(parts) != 5 || len(cookie) > 2*maxReturn {
		return Journey{}, false
	}
	began, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return Journey{}, false
	}
	back, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(parts[3]) != 43 {
		return Journey{}, false
	}
	j := Journey{parts[0], time.Unix(began, 0), string(back), parts[3]}
	return j, hmac.Equal([]byte(parts[4]), []byte(p.mark(j)))
}

// OwnPath is a path of our own pages, and / for anything else: nobody is sent on
// to another house by an address that names ours.
func OwnPath(back string) string {
	u, err := url.Parse(back)
	switch {
	case err != nil, u.IsAbs(), u.Host != "", u.User != nil, !strings.HasPrefix(back, "/"), strings.HasPrefix(back, "//"),
		strings.ContainsAny(back, "\\\r\n\t"), strings.HasPrefix(u.Path, "//"), len(back) > maxReturn:
		return "/"
	}
	return back
}

// Identity is who somebody is to a provider.
type Identity struct {
	Issuer, Subject string
	Login           string // by which an account may be found that is not tied yet; empty: none
	Factored        bool   // the provider asked for a second factor
	Back            string // where they wanted to go
}

// Finish checks what somebody brings back from the provider: that this browser set
// out a while ago and has not come back yet, that the code is good for who set out,
// and that the token is this provider's, for us, of now and of this journey. What
// is wrong with it is for the log; who tries it on gets ErrRefused.
func (p *Provider) Finish(ctx context.Context, cookie, state, code string) (Identity, error) {
	j, ok := p.journey(cookie)
	now := p.now()
	switch {
	case !ok || j.provider != p.config.ID:
		return Identity{}, refusedFor("there is no journey to the provider in this browser")
	case subtle.ConstantTimeCompare([]byte(j.derive("state")), []byte(state)) != 1:
		return Identity{}, refusedFor("the state is of another journey")
	case now.Before(j.began.Add(-time.Minute)) || now.After(j.began.Add(waitElsewhere)):
		return Identity{}, refusedFor("the journey took too long")
	case code == "":
		return Identity{}, refusedFor("the provider gave no code")
	}
	config, verifier, err := p.ready(ctx)
	if err != nil {
		return Identity{}, err
	}
	answer, err := config.Exchange(p.ask(ctx), code, oauth2.VerifierOption(j.derive("verifier")))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) {
			return Identity{}, refusedFor("the provider did not take the code: " + said.ErrorCode)
		}
		return Identity{}, fmt.Errorf("ask %s for a token: %w", p.config.ID, err)
	}
	// Only what the provider took is remembered: nobody fills the memory of it who
	// has not signed in there.
	if !p.used.first(state, now) {
		return Identity{}, refusedFor("the journey was finished before")
	}
	raw, ok := answer.Extra("id_token").(string)
	if !ok {
		return Identity{}, refusedFor("the provider gave no ID token")
	}
	token, err := verifier.Verify(p.ask(ctx), raw)
	if err != nil {
		return Identity{}, errors.Join(ErrRefused, fmt.Errorf("check the ID token: %w", err))
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(j.derive("nonce"))) != 1 {
		return Identity{}, refusedFor("the ID token is of another journey")
	}
	var claims struct {
		AuthorizedParty string   `json:"azp"`
		AMR             []string `json:"amr"`
		names
	}
	if err := token.Claims(&claims); err != nil {
		return Identity{}, errors.Join(ErrRefused, fmt.Errorf("read the ID token: %w", err))
	}
	if token.Subject == "" || len(token.Audience) > 1 && claims.AuthorizedParty != p.config.ClientID {
		return Identity{}, refusedFor("the ID token is for somebody else")
	}
	id := Identity{Issuer: token.Issuer, Subject: token.Subject, Back: j.back}
	id.Factored = slices.ContainsFunc(p.config.SecondFactor, func(m string) bool { return slices.Contains(claims.AMR, m) })
	if id.Login = claims.login(p.config.Match); id.Login == "" && p.config.Match != "" && claims.empty() {
		// Many put these claims where one has to ask for them.
		said, err := p.said.UserInfo(p.ask(ctx), oauth2.StaticTokenSource(answer))
		if err != nil {
			return Identity{}, fmt.Errorf("ask %s for a name: %w", p.config.ID, err)
		}
		var more names
		if said.Subject != token.Subject || said.Claims(&more) != nil {
			return Identity{}, refusedFor("the provider tells of somebody else")
		}
		id.Login = more.login(p.config.Match)
	}
	return id, nil
}

// names are the claims by which an account can be found.
type names struct {
	Email             string `json:"email"`
	EmailVerified     any    `json:"email_verified"` // some write "true"
	PreferredUsername string `json:"preferred_username"`
}

func (n names) empty() bool { return n.Email == "" && n.PreferredUsername == "" }

func (n names) login(match string) string {
	switch {
	case match == "email" && (n.EmailVerified == true || n.EmailVerified == "true"):
		return Login(n.Email)
	case match == "preferred_username":
		return Login(n.PreferredUsername)
	}
	return ""
}

func refusedFor(why string) error { return errors.Join(ErrRefused, errors.New(why)) }

// Arrive counts somebody who comes back from another house among the tries of
// their address, before that house is asked about them; too many are a *WaitError.
func (e *Entry) Arrive(from From) error {
	if wait, ok := e.addresses.Take(LimitKey(from.Addr), e.Now()); !ok {
		return &WaitError{wait}
	}
	return nil
}

// SignInAs lets in whom a provider has signed in, if an administrator made an
// account for them: one tied to that issuer and subject, or, where the provider is
// set so, one of that login that waits for its holder to come for the first time.
// They have been counted (Arrive).
func (e *Entry) SignInAs(ctx context.Context, id Identity, vouches bool, from From) (Opened, error) {
	ctx = standing(ctx, from)
	refused := func(account, why string) error {
		return errors.Join(ErrRefused, e.Record(ctx, e.District, data.Event{
			Account: account, Action: data.ActSignIn, Object: "account", Outcome: data.OutcomeRefused, Detail: map[string]string{"why": why},
		}))
	}
	account, err := e.Store.AccountBySubject(ctx, e.District, id.Issuer, id.Subject)
	if errors.Is(err, data.ErrNotFound) && plausible(id.Login) {
		if account, err = e.tie(ctx, id); err != nil && !errors.Is(err, data.ErrNotFound) {
			return Opened{}, err
		}
	}
	switch {
	case errors.Is(err, data.ErrNotFound):
		return Opened{}, refused("", "no_account")
	case err != nil:
		return Opened{}, err
	case account.DisabledAt != nil && !account.DisabledAt.After(e.Now()):
		return Opened{}, refused(account.ID, "disabled")
	case vouches && !id.Factored:
		// Its word stands for the second factor, so it must have given it.
		return Opened{}, refused(account.ID, "no_second_factor")
	}
	if !account.TOTPOn {
		if err := e.came(ctx, account, from); err != nil {
			return Opened{}, err
		}
	}
	return e.letIn(ctx, account, data.SessionPage, from, true)
}

// tie finds the account that an administrator made for somebody who comes for the
// first time, and ties it to who they are to the provider: one whose secret for one
// time can still be used. Administrators and planners are tied by an administrator,
// by their subject: in many houses people choose the name by which they are found.
func (e *Entry) tie(ctx context.Context, id Identity) (data.Account, error) {
	a, err := e.Store.AccountByLogin(ctx, e.District, id.Login)
	if err != nil {
		return a, err
	}
	if madeUp(a) && e.OneClick || a.DisabledAt != nil || strings.HasPrefix(a.Login, keyLogin) {
		return a, data.ErrNotFound
	}
	grants, err := e.Store.Grants(ctx, e.District, a.ID)
	if err != nil {
		return a, err
	}
	if needsFactor(slices.DeleteFunc(grants, func(g data.Grant) bool { return g.EndedAt != nil }), nil) { // of a time to come as well
		return a, data.ErrNotFound
	}
	ok, err := e.Store.Tie(ctx, e.District, a.ID, id.Issuer, id.Subject)
	if err != nil {
		return a, err
	}
	if !ok {
		return a, data.ErrNotFound
	}
	if _, err := e.Store.RevokeAll(ctx, e.District, a.ID); err != nil {
		return a, err
	}
	e.seats.drop()
	return e.Store.AccountBySubject(ctx, e.District, id.Issuer, id.Subject)
}

// used remembers the journeys that were finished, until they are too old anyway.
type used struct {
	mu sync.Mutex
	at map[string]time.Time
}

func newUsed() *used { return &used{at: map[string]time.Time{}} }

// first tells whether a state comes for the first time. Where there are too many
// to remember nobody comes in for a while, rather than somebody twice.
func (u *used) first(state string, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, ok := u.at[state]; ok {
		return false
	}
	if len(u.at) >= maxUsed {
		for s, at := range u.at {
			if now.Sub(at) > waitElsewhere+time.Minute {
				delete(u.at, s)
			}
		}
		if len(u.at) >= maxUsed {
			return false
		}
	}
	u.at[state] = now
	return true
}
