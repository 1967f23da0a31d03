package auth_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"

	"sanse/cmd/sanse/internal/auth"
	"sanse/data"
)

const callback = "http://localhost:8215/v1/oidc/house/callback"

// issuer is a certified implementation of an OpenID provider on a port of its own,
// whose tokens a test can change on their way out, signed again with its own key.
type issuer struct {
	t      *testing.T
	server *httptest.Server
	keys   *turning
	asked  atomic.Int32 // for tokens
	change atomic.Pointer[func(claims map[string]any)]
	sign   atomic.Pointer[func(token string) string]
}

// turning is the storage of the provider with keys that turn.
type turning struct {
	*storage.Storage
	mu   atomic.Pointer[signing]
	list atomic.Pointer[[]op.Key]
}

type signing struct {
	id  string
	key *rsa.PrivateKey
}

func (s *signing) ID() string                                  { return s.id }
func (s *signing) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (s *signing) Key() any                                    { return s.key }

type public struct{ *signing }

func (p public) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (p public) Use() string                        { return "sig" }
func (p public) Key() any                           { return &p.key.PublicKey }

func (s *turning) SigningKey(context.Context) (op.SigningKey, error) { return s.mu.Load(), nil }
func (s *turning) KeySet(context.Context) ([]op.Key, error)          { return *s.list.Load(), nil }

// turn makes another key, and forgets those before.
func (s *turning) turn(t *testing.T) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	k := &signing{uuid.NewString(), key}
	s.list.Store(&[]op.Key{public{k}})
	s.mu.Store(k)
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t}
	var handler http.Handler
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth/token" {
			handler.ServeHTTP(w, r)
			return
		}
		i.asked.Add(1)
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		for k, v := range rec.Header() {
			if k != "Content-Length" {
				w.Header()[k] = v
			}
		}
		w.WriteHeader(rec.Code)
		if _, err := w.Write(i.changed(rec.Body.Bytes())); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(i.server.Close)
	// The issuer calls itself localhost, as its example users do.
	address := strings.Replace(i.server.URL, "127.0.0.1", "localhost", 1)
	storage.RegisterClients(storage.WebClient("sanse", "client secret", callback))
	i.keys = &turning{Storage: storage.NewStorage(storage.NewUserStore(address))}
	i.keys.turn(t)
	// It logs through the process's logger, which it sets.
	was := slog.Default()
	t.Cleanup(func() { slog.SetDefault(was) })
	handler = exampleop.SetupServer(address, i.keys, slog.New(slog.DiscardHandler), false)
	i.server.URL = address
	return i
}

// changed is the answer of the token endpoint with another ID token in it.
func (i *issuer) changed(body []byte) []byte {
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		i.t.Errorf("token endpoint: %v", err)
		return body
	}
	token, ok := answer["id_token"].(string)
	if !ok {
		return body
	}
	if f := i.change.Load(); f != nil {
		parsed, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			i.t.Error(err)
			return body
		}
		var claims map[string]any
		if err := json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &claims); err != nil {
			i.t.Error(err)
		}
		(*f)(claims)
		payload, err := json.Marshal(claims)
		if err != nil {
			i.t.Error(err)
		}
		k := i.keys.mu.Load()
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: k.key, KeyID: k.id}}, nil)
		if err != nil {
			i.t.Error(err)
			return body
		}
		signed, err := signer.Sign(payload)
		if err != nil {
			i.t.Error(err)
			return body
		}
		if token, err = signed.CompactSerialize(); err != nil {
			i.t.Error(err)
		}
	}
	if f := i.sign.Load(); f != nil {
		token = (*f)(token)
	}
	answer["id_token"] = token
	out, err := json.Marshal(answer)
	if err != nil {
		i.t.Error(err)
	}
	return out
}

// provider is ours for the issuer, set as the file says.
func (i *issuer) provider(more string, now func() time.Time) *auth.Provider {
	i.t.Helper()
	dir := i.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("client secret\n"), 0o600); err != nil {
		i.t.Fatal(err)
	}
	text := `{"public_url":"http://localhost:8215","providers":[{"id":"house","name":"House","issuer":"` + i.server.URL +
		`","client_id":"sanse","client_secret_file":"secret","scopes":["profile","email"]` + more + `}]}`
	file := filepath.Join(dir, "oidc.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		i.t.Fatal(err)
	}
	c, err := auth.ReadOIDC(file)
	if err != nil {
		i.t.Fatal(err)
	}
	return auth.NewProvider(c.Providers[0], c.PublicURL, nil, now)
}

// browse goes to the issuer as a browser does, signs in there, and brings back what
// the issuer sends.
func (i *issuer) browse(address, user string) url.Values {
	i.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		i.t.Fatal(err)
	}
	var back *url.URL
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callback) {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page := i.do(browser, http.MethodGet, address, nil)
	id := page.Request.URL.Query().Get("authRequestID")
	login := *page.Request.URL
	login.RawQuery = ""
	i.do(browser, http.MethodPost, login.String(), url.Values{"username": {user}, "password": {"verysecure"}, "id": {id}})
	if back == nil {
		i.t.Fatal("the issuer did not send the browser back")
	}
	return back.Query()
}

func (i *issuer) do(c *http.Client, method, address string, form url.Values) *http.Response {
	i.t.Helper()
	req, err := http.NewRequestWithContext(i.t.Context(), method, address, bytes.NewBufferString(form.Encode()))
	if err != nil {
		i.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.Do(req)
	if err != nil {
		i.t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		i.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		i.t.Fatal(err)
	}
	return resp
}

func (i *issuer) start(p *auth.Provider, back string) (address, cookie string) {
	i.t.Helper()
	address, cookie, err := p.Start(i.t.Context(), back)
	if err != nil {
		i.t.Fatal(err)
	}
	return address, cookie
}

func TestWhoSetsOutFromOneServerComesBackToAnother(t *testing.T) {
	i := newIssuer(t)
	address, cookie := i.start(i.provider("", nil), "/")
	q := i.browse(address, "test-user@localhost")
	other := i.provider("", nil)
	if _, err := other.Finish(t.Context(), "x"+cookie, q.Get("state"), q.Get("code")); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("a cookie that was made up: %v", err)
	}
	if who, err := other.Finish(t.Context(), cookie, q.Get("state"), q.Get("code")); err != nil || who.Subject == "" {
		t.Errorf("%+v: %v", who, err)
	}
}

func TestAnotherHouseSignsInForUs(t *testing.T) {
	i := newIssuer(t)
	p := i.provider("", nil)
	address, cookie := i.start(p, "/board?area=1")
	q, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"response_type": "code", "code_challenge_method": "S256", "client_id": "sanse", "redirect_uri": callback} {
		if got := q.Query().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if strings.Contains(address, strings.Split(cookie, ".")[3]) {
		t.Error("the seed is in the address")
	}
	got := i.browse(address, "test-user@localhost")
	id, err := p.Finish(t.Context(), cookie, got.Get("state"), got.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	if id.Issuer != i.server.URL || id.Subject != "id1" || id.Back != "/board?area=1" || id.Login != "" || id.Factored {
		t.Errorf("%+v", id)
	}
}

func TestWhatComesBackFromAnotherHouseIsChecked(t *testing.T) {
	i := newIssuer(t)
	other := newIssuer(t)
	var off time.Duration
	p := i.provider("", func() time.Time { return time.Now().Add(off) })
	type journey struct{ cookie, state, code string }
	travel := func() journey {
		address, cookie := i.start(p, "/")
		q := i.browse(address, "test-user@localhost")
		return journey{cookie, q.Get("state"), q.Get("code")}
	}
	claim := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		sign   func(string) string
		twist  func(*journey)
		late   time.Duration
	}{
		"a nonce of another journey":  {change: claim("nonce", "x")},
		"no nonce":                    {change: func(c map[string]any) { delete(c, "nonce") }},
		"an expired token":            {change: claim("exp", time.Now().Add(-time.Hour).Unix())},
		"a token for another":         {change: claim("aud", "somebody")},
		"a token for us and another":  {change: func(c map[string]any) { c["aud"] = []string{"sanse", "somebody"}; delete(c, "azp") }},
		"a token of ours for another": {change: func(c map[string]any) { c["aud"], c["azp"] = []string{"sanse", "somebody"}, "somebody" }},
		"a token of another issuer":   {change: claim("iss", "https://idp.example")},
		"a token of nobody":           {change: claim("sub", "")},
		"a token without a signature": {sign: func(token string) string {
			return "eyJhbGciOiJub25lIn0." + strings.Split(token, ".")[1] + "."
		}},
		"a token that was changed": {sign: func(token string) string {
			parts := strings.Split(token, ".")
			return parts[0] + "." + parts[1][:len(parts[1])-8] + "AAAAAAAA." + parts[2]
		}},
		"a token signed by another": {sign: func(token string) string {
			parts := strings.Split(token, ".")
			signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: other.keys.mu.Load().key}, nil)
			if err != nil {
				t.Error(err)
				return token
			}
			payload, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
			if err != nil {
				t.Error(err)
				return token
			}
			signed, err := signer.Sign(payload.UnsafePayloadWithoutVerification())
			if err != nil {
				t.Error(err)
				return token
			}
			out, err := signed.CompactSerialize()
			if err != nil {
				t.Error(err)
			}
			return parts[0] + out[strings.Index(out, "."):]
		}},
		// The secret that we share with the issuer signs nothing.
		"a token signed with our own secret": {sign: func(token string) string {
			signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("client secret", 3))}, nil)
			if err != nil {
				t.Error(err)
				return token
			}
			signed, err := signer.Sign([]byte(`{}`))
			if err != nil {
				t.Error(err)
				return token
			}
			out, err := signed.CompactSerialize()
			if err != nil {
				t.Error(err)
			}
			return out
		}},
		"a state of another browser":    {twist: func(j *journey) { j.state = travel().state }},
		"no state":                      {twist: func(j *journey) { j.state = "" }},
		"a code of another journey":     {twist: func(j *journey) { j.code = travel().code }}, // PKCE: whoever stole a code has no use for it
		"a code that nobody gave":       {twist: func(j *journey) { j.code = "x" }},
		"no code":                       {twist: func(j *journey) { j.code = "" }},
		"no cookie":                     {twist: func(j *journey) { j.cookie = "" }},
		"a cookie of another journey":   {twist: func(j *journey) { j.cookie = travel().cookie }},
		"a cookie of another provider":  {twist: func(j *journey) { j.cookie = "x" + j.cookie }},
		"a cookie with another way":     {twist: func(j *journey) { p := strings.Split(j.cookie, "."); p[2] = "L2V2aWw"; j.cookie = strings.Join(p, ".") }},
		"somebody who was long away":    {late: 11 * time.Minute},
		"somebody who comes from ahead": {late: -time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			j := travel()
			if c.twist != nil {
				c.twist(&j)
			}
			if c.change != nil {
				i.change.Store(&c.change)
			}
			if c.sign != nil {
				i.sign.Store(&c.sign)
			}
			off = c.late
			defer func() { i.change.Store(nil); i.sign.Store(nil); off = 0 }()
			id, err := p.Finish(t.Context(), j.cookie, j.state, j.code)
			if !errors.Is(err, auth.ErrRefused) || id != (auth.Identity{}) {
				t.Errorf("%+v %v", id, err)
			}
		})
	}
	t.Run("a journey that was finished", func(t *testing.T) {
		j := travel()
		if _, err := p.Finish(t.Context(), j.cookie, j.state, j.code); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Finish(t.Context(), j.cookie, j.state, j.code); !errors.Is(err, auth.ErrRefused) {
			t.Error(err)
		}
	})
	t.Run("a journey whose code somebody guessed at goes on", func(t *testing.T) {
		j := travel()
		if _, err := p.Finish(t.Context(), j.cookie, j.state, "x"); !errors.Is(err, auth.ErrRefused) {
			t.Fatal(err)
		}
		if _, err := p.Finish(t.Context(), j.cookie, j.state, j.code); err != nil {
			t.Error(err)
		}
	})
	t.Run("a journey that did not set out from here has nobody asked", func(t *testing.T) {
		// All that a state is derived from is known: but not our key.
		made := fmt.Sprintf("house.%d.Lw.%s", time.Now().Unix(), strings.Repeat("A", 43))
		sum := sha256.Sum256([]byte("sanse oidc state " + made))
		state, before := base64.RawURLEncoding.EncodeToString(sum[:]), i.asked.Load()
		for _, cookie := range []string{made, made + ".", made + "." + strings.Repeat("A", 43), made + "." + state} {
			if _, err := p.Finish(t.Context(), cookie, state, "x"); !errors.Is(err, auth.ErrRefused) {
				t.Error(err)
			}
		}
		file := filepath.Join(t.TempDir(), "other")
		if err := os.WriteFile(file, []byte("another secret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		j, other := travel(), i.provider(`,"client_secret_file":"`+file+`"`, nil) // another secret, another key
		if _, err := other.Finish(t.Context(), j.cookie, j.state, j.code); !errors.Is(err, auth.ErrRefused) {
			t.Error(err)
		}
		if n := i.asked.Load() - before; n != 0 {
			t.Errorf("the issuer was asked %d times", n)
		}
	})
	t.Run("keys turn", func(t *testing.T) {
		i.keys.turn(t)
		j := travel()
		if _, err := p.Finish(t.Context(), j.cookie, j.state, j.code); err != nil {
			t.Errorf("a token of the new key: %v", err)
		}
	})
}

func TestWhoComesBackIsHeldToTheRateOfTheirAddress(t *testing.T) {
	now := time.Now()
	entry := auth.New(auth.Config{District: district, Now: func() time.Time { return now }})
	let := 0
	for entry.Arrive(from(1)) == nil && let < 1000 {
		let++
	}
	var wait *auth.WaitError
	if err := entry.Arrive(from(1)); let == 1000 || !errors.As(err, &wait) {
		t.Errorf("%d came back, then %v", let, err)
	}
	if err := entry.Arrive(from(2)); err != nil {
		t.Errorf("from another address: %v", err)
	}
}

func TestOnlyThoseComeInWhomAnAdministratorMadeAnAccountFor(t *testing.T) {
	i := newIssuer(t)
	b := setup(t, nil)
	ctx := t.Context()
	who := func(more string) (auth.Identity, *auth.Provider) {
		t.Helper()
		p := i.provider(more, nil)
		address, cookie := i.start(p, "/")
		q := i.browse(address, "test-user@localhost")
		id, err := p.Finish(ctx, cookie, q.Get("state"), q.Get("code"))
		if err != nil {
			t.Fatal(err)
		}
		return id, p
	}
	refused := func(name string, id auth.Identity, vouches bool) {
		t.Helper()
		if _, err := b.entry.SignInAs(ctx, id, vouches, from(1)); !errors.Is(err, auth.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	id, _ := who("")
	refused("a stranger", id, false)

	// Somebody who comes for the first time, by the login there.
	own := b.add("test-user@localhost", data.RoleAuditor)
	matched, _ := who(`,"match":"preferred_username"`)
	if matched.Login != "test-user@localhost" {
		t.Errorf("login %q", matched.Login)
	}
	refused("an account with a password of its holder's", matched, false)
	if _, err := b.entry.NewSecret(ctx, own.ID); err != nil {
		t.Fatal(err)
	}
	refused("an account of that login, without a match being set", id, false)
	in := b.must(b.entry.SignInAs(ctx, matched, false, from(1)))
	b.stage(in.Token, data.StageFull)
	if in.Seated.Account.ID != own.ID {
		t.Error("somebody else came in")
	}
	b.must(b.entry.SignInAs(ctx, id, false, from(1))) // from now on by the subject
	if _, err := b.try("test-user@localhost", good, from(2)); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("an account that another house signs in for has a password: %v", err)
	}
	if _, err := b.entry.NewSecret(ctx, own.ID); err == nil {
		t.Error("it was given a secret")
	}
	second := matched
	second.Subject = "id2"
	refused("another subject of that login", second, false)

	// A second factor.
	if _, err := b.entry.Give(ctx, data.Grant{Account: own.ID, Role: data.RoleAdministrator}, auth.Operator); err != nil {
		t.Fatal(err)
	}
	b.stage(b.must(b.entry.SignInAs(ctx, id, false, from(1))).Token, data.StageEnrol)
	refused("somebody without the second factor that the provider promised", id, true)
	amr := func(c map[string]any) { c["amr"] = []string{"pwd", "otp"} }
	i.change.Store(&amr)
	vouched, p := who(`,"second_factor":["mfa","otp"]`)
	i.change.Store(nil)
	c := b.entry.Config
	c.Vouching = []string{p.Issuer()}
	b.entry = auth.New(c)
	if !p.Vouches() || !vouched.Factored {
		t.Fatalf("%+v", vouched)
	}
	b.stage(b.must(b.entry.SignInAs(ctx, vouched, true, from(1))).Token, data.StageFull)

	if err := b.entry.Disable(ctx, own.ID, true); err != nil {
		t.Fatal(err)
	}
	refused("a disabled account", vouched, true)
}

func TestALoginElsewhereTakesNoAccountThatIsMeantForAnother(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	add := func(n auth.NewAccount) string {
		t.Helper()
		a, _, err := b.entry.AddAccount(ctx, n, auth.Operator)
		if err != nil {
			t.Fatal(err)
		}
		return a.Login
	}
	leader := []data.Grant{{Role: data.RoleLeader, Area: district}}
	first, _, err := b.entry.FirstAdministrator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	planner := []data.Grant{{Role: data.RolePlanner, Area: district}}
	for name, login := range map[string]string{
		"the first administrator":             first,
		"a planner":                           add(auth.NewAccount{Login: "planner", Grants: planner}),
		"somebody made up":                    add(auth.NewAccount{Login: "local-990101", MadeUp: true, Grants: leader}),
		"somebody with a password":            b.add("wang.wei", data.RoleLeader).Login,
		"somebody whom another house lets in": add(auth.NewAccount{Login: "li.na", Issuer: "https://other.example", Subject: "id1", Grants: leader}),
	} {
		id := auth.Identity{Issuer: "https://idp.example", Subject: "x-" + login, Login: login}
		if _, err := b.entry.SignInAs(ctx, id, false, from(1)); !errors.Is(err, auth.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	late := add(auth.NewAccount{Login: "late", Grants: leader})
	a, err := b.gate.AccountByLogin(ctx, district, late)
	if err != nil {
		t.Fatal(err)
	}
	ended := time.Now().Add(-time.Minute)
	if err := b.gate.ResetSecret(ctx, district, a.ID, a.Password, ended); err != nil {
		t.Fatal(err)
	}
	id := auth.Identity{Issuer: "https://idp.example", Subject: "x", Login: late}
	if _, err := b.entry.SignInAs(ctx, id, false, from(1)); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("a secret that ended: %v", err)
	}
	// Who is meant comes in.
	id.Login = add(auth.NewAccount{Login: "zhang.min", Grants: leader})
	b.must(b.entry.SignInAs(ctx, id, false, from(1)))
}

func TestAnAddressThatWasVerifiedIsALogin(t *testing.T) {
	i := newIssuer(t)
	for name, c := range map[string]struct {
		claims map[string]any
		want   string
	}{
		"verified":          {map[string]any{"email": "Test@Example.org", "email_verified": true}, "test@example.org"},
		"verified, as text": {map[string]any{"email": "Test@Example.org", "email_verified": "true"}, "test@example.org"},
		"not verified":      {map[string]any{"email": "test@example.org", "email_verified": false}, ""},
		"not said":          {map[string]any{"email": "test@example.org", "email_verified": nil}, ""},
	} {
		p := i.provider(`,"match":"email"`, nil)
		change := func(m map[string]any) {
			for k, v := range c.claims {
				m[k] = v
			}
		}
		i.change.Store(&change)
		address, cookie := i.start(p, "/")
		q := i.browse(address, "test-user@localhost")
		id, err := p.Finish(t.Context(), cookie, q.Get("state"), q.Get("code"))
		if err != nil || id.Login != c.want {
			t.Errorf("%s: %q %v", name, id.Login, err)
		}
	}
}

func TestNobodyIsSentOnToAnotherHouse(t *testing.T) {
	for path, want := range map[string]string{
		"/board?area=1": "/board?area=1", "/": "/", "": "/", "board": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/",
		"/\r\nx": "/", "/%2f/evil.example": "/", "javascript:alert(1)": "/", "/" + strings.Repeat("a", 600): "/", "\\\\evil": "/", "///evil": "/",
	} {
		if got := auth.OwnPath(path); got != want {
			t.Errorf("%q: %q", path, got)
		}
	}
}

func TestWhoSignsInForUsIsReadFromAFile(t *testing.T) {
	one := func(p string) string { return `{"public_url":"https://sanse.example","providers":[` + p + `]}` }
	for name, c := range map[string]struct{ text, want string }{
		"whole":           {one(`{"id":"a","name":"A","issuer":"https://idp.example","client_id":"c"}`), ""},
		"no address":      {`{"providers":[]}`, "public_url"},
		"not https":       {one(`{"id":"a","name":"A","issuer":"http://idp.example","client_id":"c"}`), "must be https"},
		"no id":           {one(`{"name":"A","issuer":"https://idp.example","client_id":"c"}`), "id"},
		"an id twice":     {one(`{"id":"a","name":"A","issuer":"https://idp.example","client_id":"c"},{"id":"a","name":"A","issuer":"https://idp.example","client_id":"c"}`), "once"},
		"a claim unknown": {one(`{"id":"a","name":"A","issuer":"https://idp.example","client_id":"c","match":"name"}`), "match"},
		"a word unknown":  {one(`{"id":"a","client_secret":"x"}`), "client_secret"},
		"no secret there": {one(`{"id":"a","name":"A","issuer":"https://idp.example","client_id":"c","client_secret_file":"none"}`), "secret"},
	} {
		file := filepath.Join(t.TempDir(), "oidc.json")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := auth.ReadOIDC(file)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "open"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "oidc.json"), []byte(one(`{"id":"a","name":"A","issuer":"https://idp.example","client_id":"c","client_secret_file":"open"}`)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.ReadOIDC(filepath.Join(dir, "oidc.json")); err == nil || !strings.Contains(err.Error(), "others can read") {
		t.Error(err)
	}
}
