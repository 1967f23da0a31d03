package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/auth"
	"sanse/data"
	"sanse/geo"
)

// doorBed is a small district that people sign in to.
type doorBed struct {
	t     *testing.T
	app   *app.App
	code  string
	entry *auth.Entry
	base  string
	log   *strings.Builder
	off   time.Duration // how far the clock of the door is put forward
}

const (
	houseCode = "990201"
	townCode  = houseCode + "001"
	password  = "three red lanterns at dusk"
)

func plot(x, y, d float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{x, y}, {x + d, y}, {x + d, y + d}, {x, y + d}, {x, y}}}}
}

// makeHouse stores a district with two towns and nobody in it.
func makeHouse(t *testing.T, name string, madeUp bool) (*app.App, *bed) {
	t.Helper()
	b := setup(t, name)
	a, err := app.Open(t.Context(), app.Config{Home: home, DatabaseURL: b.dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	day, err := a.Service.Today("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	area := func(code string, level geo.Level, parent, name string, b orb.MultiPolygon) data.Area {
		return data.Area{Area: geo.Area{Code: code, Level: level, Parent: parent, Name: name, Boundary: b}, ValidFrom: day - 400}
	}
	whole := orb.MultiPolygon{{{{104, 30}, {104.2, 30}, {104.2, 30.1}, {104, 30.1}, {104, 30}}}}
	err = a.Store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutDistrict(data.District{Code: houseCode, Name: "清河区", TimeZone: "Asia/Shanghai", MadeUp: madeUp}),
			tx.PutAreas(houseCode, []data.Area{
				area(houseCode, geo.LevelDistrict, "", "清河区", whole),
				area(townCode, geo.LevelTown, houseCode, "东镇", plot(104, 30, 0.1)), area(houseCode+"002", geo.LevelTown, houseCode, "西镇", plot(104.1, 30, 0.1)),
			}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func openHouse(t *testing.T, name string, change func(*auth.Config, *api.DoorConfig)) *doorBed {
	t.Helper()
	a, _ := makeHouse(t, name, true)
	hasher, err := auth.NewHasher(auth.Params{Time: 1, MemoryKiB: 64, Lanes: 1}, 4)
	if err != nil {
		t.Fatal(err)
	}
	h := &doorBed{t: t, app: a, code: houseCode, log: new(strings.Builder)}
	now := func() time.Time { return time.Now().Add(h.off) }
	c := auth.Config{District: houseCode, Name: "Sanse", Store: a.Store.Gate(), Hasher: hasher, Record: a.Store.Record, Now: now}
	d := api.DoorConfig{Now: now}
	if change != nil {
		change(&c, &d)
	}
	h.entry = auth.New(c)
	d.Entry = h.entry
	server := httptest.NewServer(api.New(a.Service, houseCode, api.NewDoor(d), http.NotFoundHandler(), slog.New(slog.NewTextHandler(h.log, nil))))
	t.Cleanup(server.Close)
	h.base = server.URL
	return h
}

// add makes an account with a password of its holder's.
func (h *doorBed) add(login string, grants ...data.Grant) data.Account {
	h.t.Helper()
	a, secret, err := h.entry.AddAccount(h.t.Context(), auth.NewAccount{Login: login, Name: "王伟", Grants: grants}, auth.Operator)
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	b.signIn(login, secret)
	b.must(http.MethodPost, "/v1/session/password", object{"old": secret, "new": password})
	if a := b.send(http.MethodDelete, "/v1/session", nil); a.status != http.StatusNoContent || a.header.Get("Clear-Site-Data") != `"cache"` {
		h.t.Errorf("signed out: %d %v", a.status, a.header)
	}
	return a
}

func grant(role data.Role, area string) data.Grant { return data.Grant{Role: role, Area: area} }

// browser is one with its own cookies, that sends the word of its session along as
// our pages do.
type browser struct {
	*client
	http *http.Client
	csrf string
}

func (h *doorBed) browser() *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{client: &client{t: h.t, base: h.base}, http: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) send(method, path string, body any, change ...func(*http.Request)) answer {
	b.t.Helper()
	var r io.Reader = http.NoBody
	if raw, ok := body.(json.RawMessage); ok {
		r = bytes.NewReader(raw)
	} else if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, r)
	if err != nil {
		b.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.csrf != "" {
		req.Header.Set("X-Sanse-CSRF", b.csrf)
	}
	for _, f := range change {
		f(req)
	}
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		b.t.Fatal(err)
	}
	a := answer{resp.StatusCode, resp.Header, string(text)}
	var me struct{ CSRF string }
	if a.status == http.StatusOK && json.Unmarshal(text, &me) == nil && me.CSRF != "" {
		b.csrf = me.CSRF
	}
	return a
}

// must sends what has to be taken.
func (b *browser) must(method, path string, body any) object {
	b.t.Helper()
	a := b.send(method, path, body)
	if a.status >= 300 {
		b.t.Fatalf("%s %s: %d %s", method, path, a.status, clip(a.body))
	}
	if a.body == "" {
		return nil
	}
	return parseJSON(b.t, a.body)
}

// nobody wants to be told that nobody is signed in, which is no refusal.
func (b *browser) nobody(change ...func(*http.Request)) {
	b.t.Helper()
	if a := b.send(http.MethodGet, "/v1/session", nil, change...); a.status != http.StatusNoContent || a.body != "" || a.header.Get("Cache-Control") == "" {
		b.t.Errorf("who is signed in: %d %s", a.status, clip(a.body))
	}
}

// refused sends what must be refused with a status.
func (b *browser) refused(status int, method, path string, body any, change ...func(*http.Request)) object {
	b.t.Helper()
	a := b.send(method, path, body, change...)
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" {
		b.t.Errorf("%s %s: %d %s, want %d", method, path, a.status, clip(a.body), status)
		return nil
	}
	return parseJSON(b.t, a.body)
}

func (b *browser) signIn(login, secret string) object {
	b.t.Helper()
	return b.must(http.MethodPost, "/v1/session", object{"login": login, "password": secret})
}

// cookie is what the browser keeps under a name.
func (b *browser) cookie(name string) string {
	b.t.Helper()
	u, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func with(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

const someone = "/v1/areas?level=district" // what anybody who is signed in may ask

func TestOnlyWhoIsSignedInIsAnswered(t *testing.T) {
	h := openHouse(t, "door_cookies", nil)
	a := h.add("wang.wei", grant(data.RoleOfficial, houseCode))
	b := h.browser()
	if me := b.refused(http.StatusUnauthorized, http.MethodGet, someone, nil); me["type"] != "/problems/sign-in" {
		t.Errorf("%v", me)
	}
	// Fixation: what somebody put into the browser before is not what it has after.
	planted := strings.Repeat("A", 43)
	u, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: "sanse", Value: planted, Path: "/"}})
	me := b.signIn(" Wang.Wei ", password)
	if me["account"] != a.ID || me["name"] != "王伟" || me["stage"] != "full" || !slices.Contains(list(me["may"]), any("numbers")) {
		t.Errorf("me: %v", me)
	}
	token := b.cookie("sanse")
	if token == planted || len(token) != 43 {
		t.Errorf("the cookie is %q", token)
	}
	b.must(http.MethodGet, someone, nil)

	_, key, err := h.entry.NewKey(t.Context(), auth.Key{Name: "x", Scopes: []string{"areas"}, Area: houseCode}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	stranger := h.browser()
	for name, cookie := range map[string]string{
		"a token that was planted": "sanse=" + planted, "no token": "sanse=", "a token cut off": "sanse=" + token[:42], "a token with more": "sanse=" + token + "A",
		"a token in other case": "sanse=" + strings.ToUpper(token), "the hash in the database": "sanse=" + a.ID, "SQL": "sanse=' OR 1=1 --",
		"a key as a cookie": "sanse=" + key.Reveal(), "two tokens, one of them right": "sanse=" + planted + "; sanse=" + token, "under another name": "__Host-sanse=" + token,
	} {
		t.Run(name, func(t *testing.T) {
			stranger.refused(http.StatusUnauthorized, http.MethodGet, someone, nil, with("Cookie", cookie))
		})
	}
	stranger.refused(http.StatusUnauthorized, http.MethodGet, someone, nil, with("Authorization", "Bearer "+token))
	stranger.refused(http.StatusUnauthorized, http.MethodGet, someone, nil, with("Authorization", "Basic "+token))

	// Another session of the same account, ended from here, ends at once.
	second := h.browser()
	mine := second.signIn("wang.wei", password)
	b.must(http.MethodDelete, "/v1/sessions/"+text(mine["session"]), nil)
	second.refused(http.StatusUnauthorized, http.MethodGet, someone, nil)
	b.must(http.MethodDelete, "/v1/session", nil)
	stranger.refused(http.StatusUnauthorized, http.MethodGet, someone, nil, with("Cookie", "sanse="+token))

	idle := h.browser()
	idle.signIn("wang.wei", password)
	h.off = 31 * time.Minute
	idle.refused(http.StatusUnauthorized, http.MethodGet, someone, nil)
	h.off = 0

	// A session of one district is nobody's in another of the same database.
	err = h.app.Store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutDistrict(data.District{Code: "990202", Name: "另区", TimeZone: "Asia/Shanghai", MadeUp: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	c := h.entry.Config
	c.District = "990202"
	other := auth.New(c)
	elsewhere, secret, err := other.AddAccount(t.Context(), auth.NewAccount{Login: "li.na"}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	o, err := other.SignIn(t.Context(), auth.Attempt{Login: elsewhere.Login, Password: secret})
	if err != nil {
		t.Fatal(err)
	}
	stranger.nobody(with("Cookie", "sanse="+o.Token.Reveal()))
}

func TestAPageFromElsewhereChangesNothing(t *testing.T) {
	h := openHouse(t, "door_csrf", nil)
	h.add("wang.wei", grant(data.RoleOfficial, houseCode))
	h.add("li.na", grant(data.RoleOfficial, houseCode))
	b, other := h.browser(), h.browser()
	b.signIn("wang.wei", password)
	other.signIn("li.na", password)
	for name, change := range map[string]func(*http.Request){
		"without the word":    func(r *http.Request) { r.Header.Del("X-Sanse-CSRF") },
		"with another's word": with("X-Sanse-CSRF", other.csrf),
		"with an empty word":  with("X-Sanse-CSRF", ""),
		"from another site":   with("Sec-Fetch-Site", "cross-site"),
		"from a sister":       with("Sec-Fetch-Site", "same-site"),
		"from another origin": with("Origin", "https://evil.example"),
		"from no origin":      with("Origin", "null"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				method, path string
				body         any
			}{
				{http.MethodDelete, "/v1/session", nil},
				{http.MethodPost, "/v1/session/password", object{"old": password, "new": password + " x"}},
				{http.MethodPut, "/v1/session/pin", object{"pin": "204917", "password": password}},
				{http.MethodPost, "/v1/session/totp/enrol", nil},
				{http.MethodDelete, "/v1/sessions/s0000000000000000", nil},
				{http.MethodPost, "/v1/drafts", object{"name": "x"}},
				{http.MethodPost, "/v1/accounts", object{"login": "x", "name": "x"}},
			} {
				a := b.send(c.method, c.path, c.body, change)
				if a.status != http.StatusForbidden {
					t.Errorf("%s %s: %d %s", c.method, c.path, a.status, clip(a.body))
				}
			}
		})
	}
	b.must(http.MethodGet, someone, nil) // nobody signed it out
	// Nobody is signed in as somebody else by a form of another page.
	for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain"} {
		a := h.browser().send(http.MethodPost, "/v1/session", object{"login": "li.na", "password": password}, with("Content-Type", kind), with("Sec-Fetch-Site", "cross-site"))
		if a.status != http.StatusForbidden || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d", kind, a.status)
		}
	}
}

func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	h := openHouse(t, "door_names", func(c *auth.Config, d *api.DoorConfig) {
		// It stands still: nobody's rate fills again however slow the machine is. The
		// database's goes on, and must not be ahead.
		now := time.Now().Add(10 * time.Minute)
		c.Now = func() time.Time { return now }
		d.Now = c.Now
	})
	h.add("wang.wei", grant(data.RoleOfficial, houseCode))
	shut := h.add("shut", grant(data.RoleOfficial, houseCode))
	if err := h.entry.Disable(t.Context(), shut.ID, true); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, c := range []object{
		{"login": "wang.wei", "password": "wrong"},
		{"login": "nobody", "password": "wrong"},
		{"login": "shut", "password": password},
		{"login": "' OR 1=1 --", "password": "x"},
		{"login": "", "password": ""},
	} {
		before := h.entry.Hasher.Runs()
		a := h.browser().send(http.MethodPost, "/v1/session", c)
		if first == "" {
			first = a.body
		}
		if a.status != http.StatusUnauthorized || a.body != first || a.header.Get("Set-Cookie") != "" || h.entry.Hasher.Runs() != before+1 {
			t.Errorf("%v: %d %s", c["login"], a.status, a.body)
		}
	}
	// Tries are held to a rate, of a login that nobody has too.
	for _, login := range []string{"wang.wei", "nobody-2"} {
		last := answer{}
		for range 8 {
			last = h.browser().send(http.MethodPost, "/v1/session", object{"login": login, "password": "wrong"})
		}
		if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", login, last.status, last.body)
		}
	}
	// What is refused because it makes no sense is not sent back: it holds a password.
	for _, body := range []string{`{"login":"x","password":"` + password + `","more":1}`, `{"password":"` + password + `"}`, `{"login":1,"password":"` + password + `"}`, `{"login":"wang.wei\u0000","password":"` + password + `"}`, `"` + password} {
		a := h.browser().send(http.MethodPost, "/v1/session", json.RawMessage(body))
		if strings.Contains(a.body, password) || a.status < 400 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	if log := h.log.String(); strings.Contains(log, "wang.wei") || strings.Contains(log, password) {
		t.Errorf("the log names somebody: %s", log)
	}
}

func TestTheFirstAdministratorMakesTheOthers(t *testing.T) {
	h := openHouse(t, "door_admin", nil)
	login, secret, err := h.entry.FirstAdministrator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	if me := b.signIn(login, secret); me["stage"] != "password" || me["must_change"] != true {
		t.Errorf("me: %v", me)
	}
	if p := b.refused(http.StatusForbidden, http.MethodGet, "/v1/accounts", nil); p["stage"] != "password" || p["type"] != "/problems/stage" {
		t.Errorf("%v", p)
	}
	if p := b.refused(http.StatusUnprocessableEntity, http.MethodPost, "/v1/session/password", object{"old": secret, "new": "admin-admin-2026"}); p["code"] != "common" {
		t.Errorf("%v", p)
	}
	before := b.cookie("sanse")
	if me := b.must(http.MethodPost, "/v1/session/password", object{"old": secret, "new": password}); me["stage"] != "enrol" {
		t.Errorf("me: %v", me)
	}
	if b.cookie("sanse") == before {
		t.Error("the token is the same after the step")
	}
	b.refused(http.StatusForbidden, http.MethodGet, "/v1/accounts", nil)
	e := b.must(http.MethodPost, "/v1/session/totp/enrol", nil)
	code := func(steps int64) string {
		c, err := auth.CodeAt(text(e["secret"]), auth.StepOf(time.Now())+steps)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	used := code(0)
	done := b.must(http.MethodPost, "/v1/session/totp/confirm", object{"code": used})
	if len(list(done["recovery"])) != 8 || done["stage"] != "full" || !strings.HasPrefix(text(e["svg"]), "<svg") {
		t.Errorf("%v", done)
	}
	admin := text(done["account"])

	// Somebody is made, and signs in.
	made := b.must(http.MethodPost, "/v1/accounts", object{"login": "Li.Na", "name": "李娜", "grants": []object{{"role": "official", "area": townCode, "reason": "town"}}})
	account := made["account"].(object)
	if text(made["secret"]) == "" || account["login"] != "li.na" || len(list(account["grants"])) != 1 {
		t.Errorf("%v", made)
	}
	id := text(account["id"])
	li := h.browser()
	li.signIn("li.na", text(made["secret"]))
	me := li.must(http.MethodPost, "/v1/session/password", object{"old": made["secret"], "new": password})
	if seats := list(me["roles"]); len(seats) != 1 || seats[0].(object)["area_name"] != "东镇" {
		t.Errorf("me: %v", me)
	}

	t.Run("others give no rights and see no accounts", func(t *testing.T) {
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{http.MethodGet, "/v1/accounts", nil},
			{http.MethodPost, "/v1/accounts", object{"login": "x", "name": "x"}},
			{http.MethodPatch, "/v1/accounts/" + id, object{"name": "x"}},
			{http.MethodPost, "/v1/accounts/" + id + "/secret", nil},
			{http.MethodPost, "/v1/accounts/" + admin + "/secret", nil},
			{http.MethodPost, "/v1/accounts/" + id + "/grants", object{"role": "administrator"}},
			{http.MethodDelete, "/v1/accounts/" + id + "/grants/1", nil},
			{http.MethodDelete, "/v1/accounts/" + admin + "/sessions", nil},
			{http.MethodPost, "/v1/keys", object{"name": "x", "scopes": []string{"board"}, "area": houseCode}},
		} {
			li.refused(http.StatusForbidden, c.method, c.path, c.body)
		}
	})
	t.Run("nobody gives themself a right or sheds what guards the account", func(t *testing.T) {
		b.refused(http.StatusForbidden, http.MethodPost, "/v1/accounts/"+admin+"/grants", object{"role": "planner", "area": houseCode})
		b.refused(http.StatusForbidden, http.MethodPost, "/v1/accounts/"+admin+"/secret", nil)
		b.refused(http.StatusForbidden, http.MethodPatch, "/v1/accounts/"+admin, object{"disabled": true})
		b.refused(http.StatusForbidden, http.MethodPatch, "/v1/accounts/"+admin, object{"visitor": "v1"})
		b.refused(http.StatusConflict, http.MethodPost, "/v1/session/totp/enrol", nil)
		// An authenticator is tied from an open page by who shows the password alone.
		li.refused(http.StatusUnauthorized, http.MethodPost, "/v1/session/totp/enrol", nil)
		li.must(http.MethodPost, "/v1/session/totp/enrol", object{"password": password})
	})
	t.Run("what makes no sense is refused", func(t *testing.T) {
		for body, status := range map[string]int{
			`{"login":"li.na","name":"x"}`:                                            http.StatusConflict,
			`{"login":"with space","name":"x"}`:                                       http.StatusUnprocessableEntity,
			`{"login":"key-1","name":"x"}`:                                            http.StatusUnprocessableEntity,
			`{"login":"a1","name":"x","grants":[{"role":"king"}]}`:                    http.StatusUnprocessableEntity,
			`{"login":"a2","name":"x","grants":[{"role":"planner"}]}`:                 http.StatusUnprocessableEntity,
			`{"login":"a3","name":"x","grants":[{"role":"planner","area":"1"}]}`:      http.StatusUnprocessableEntity,
			`{"login":"a4","name":"x","grants":[{"role":"service","area":"990201"}]}`: http.StatusUnprocessableEntity,
			`{"login":"a5","name":"x","visitor":"nobody"}`:                            http.StatusUnprocessableEntity,
			`{"login":"a6","name":"x","issuer":"https://idp.example"}`:                http.StatusUnprocessableEntity,
		} {
			b.refused(status, http.MethodPost, "/v1/accounts", json.RawMessage(body))
		}
		b.refused(http.StatusNotFound, http.MethodPatch, "/v1/accounts/a0000000000000000", object{"name": "x"})
		b.refused(http.StatusNotFound, http.MethodDelete, "/v1/accounts/"+id+"/grants/9", nil)
	})
	t.Run("a right that is ended is ended at once", func(t *testing.T) {
		li.must(http.MethodGet, "/v1/board?area="+townCode, nil)
		b.must(http.MethodDelete, "/v1/accounts/"+id+"/grants/1", nil)
		if me := li.must(http.MethodGet, "/v1/session", nil); len(list(me["roles"])) != 0 || len(list(me["may"])) != 0 {
			t.Errorf("me: %v", me)
		}
		n := b.must(http.MethodPost, "/v1/accounts/"+id+"/grants", object{"role": "planner", "area": townCode})
		if whole(n["n"]) != 2 {
			t.Errorf("%v", n)
		}
		if p := li.refused(http.StatusForbidden, http.MethodGet, someone, nil); p["stage"] != "enrol" {
			t.Errorf("%v", p)
		}
	})
	t.Run("the list finds people", func(t *testing.T) {
		for query, want := range map[string]int{"": 2, "?text=李": 1, "?text=LI.N": 1, "?role=planner": 1, "?role=auditor": 0} {
			if l := b.must(http.MethodGet, "/v1/accounts"+strings.ReplaceAll(query, "李", url.QueryEscape("李")), nil); whole(l["total"]) != want {
				t.Errorf("%q: %v", query, l["total"])
			}
		}
		if l := b.send(http.MethodGet, "/v1/accounts", nil); strings.Contains(l.body, "argon2id") || strings.Contains(l.body, text(e["secret"])) {
			t.Error("the list tells secrets")
		}
	})
	t.Run("who lost the authenticator starts anew", func(t *testing.T) {
		s := b.must(http.MethodPost, "/v1/accounts/"+id+"/secret", nil)
		li.nobody()
		again := h.browser()
		again.refused(http.StatusUnauthorized, http.MethodPost, "/v1/session", object{"login": "li.na", "password": password})
		again.signIn("li.na", text(s["secret"]))
		b.must(http.MethodPatch, "/v1/accounts/"+id, object{"disabled": true})
		again.nobody()
	})
	t.Run("the second factor is asked for the next time, and a code is good once", func(t *testing.T) {
		next := h.browser()
		if me := next.signIn(login, password); me["stage"] != "totp" {
			t.Errorf("me: %v", me)
		}
		next.refused(http.StatusForbidden, http.MethodGet, "/v1/accounts", nil)
		next.refused(http.StatusUnauthorized, http.MethodPost, "/v1/session/totp", object{"code": used})
		next.must(http.MethodPost, "/v1/session/totp", object{"code": code(1)})
		next.must(http.MethodGet, "/v1/accounts", nil)
	})
}

func TestAKeyOpensWhatItWasMadeFor(t *testing.T) {
	h := openHouse(t, "door_keys", nil)
	_, key, err := h.entry.NewKey(t.Context(), auth.Key{Name: "platform", Scopes: []string{"areas"}, Area: houseCode}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	bearer := with("Authorization", "Bearer "+key.Reveal())
	if a := b.send(http.MethodGet, someone, nil, bearer); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, path := range []string{"/v1/board", "/v1/accounts", "/v1/sessions", "/v1/drafts"} {
		b.refused(http.StatusForbidden, http.MethodGet, path, nil, bearer)
	}
	b.refused(http.StatusForbidden, http.MethodGet, "/v1/session", nil, bearer)
	b.refused(http.StatusForbidden, http.MethodPost, "/v1/session/password", object{"old": "", "new": password}, bearer)
	b.refused(http.StatusUnauthorized, http.MethodGet, someone, nil, with("Authorization", "Bearer "+key.Reveal()[:40]))
	for _, scopes := range [][]string{{"accounts"}, {"add-key"}, {"me"}, {"everything"}, {"entry"}, {"signed_in"}, {""}} {
		if api.CheckScopes(scopes) == nil {
			t.Errorf("%v is a scope", scopes)
		}
	}
}

func TestAServerBehindHTTPSKeepsItsCookiesThere(t *testing.T) {
	proxy := netip.MustParsePrefix("127.0.0.0/8")
	h := openHouse(t, "door_https", func(_ *auth.Config, d *api.DoorConfig) {
		d.Secure, d.Trusted, d.Hosts, d.Public = true, []netip.Prefix{proxy}, []string{"sanse.example"}, true
	})
	if _, _, err := h.entry.AddAccount(t.Context(), auth.NewAccount{Login: "wang.wei"}, auth.Operator); err != nil {
		t.Fatal(err)
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	b := h.browser()
	for _, name := range []string{"evil.example", "localhost", "sanse.example.evil", ""} {
		b.refused(http.StatusMisdirectedRequest, http.MethodGet, "/v1/sign-in", nil, func(r *http.Request) {
			if r.Host = name; name == "" {
				r.Host = "x"
			}
		})
	}
	a := b.send(http.MethodGet, "/v1/sign-in", nil, host("Sanse.Example:443"))
	if a.status != http.StatusOK || a.header.Get("Strict-Transport-Security") != "max-age=31536000; includeSubDomains" {
		t.Errorf("%d %v", a.status, a.header)
	}
	// Whole addresses in answers lead where the browser came from.
	for _, path := range []string{"/v1/ogc", "/v1/ogc/collections"} {
		if a := b.send(http.MethodGet, path, nil, host("sanse.example")); a.status != http.StatusOK || !strings.Contains(a.body, `"https://sanse.example/v1/`) || strings.Contains(a.body, `"http://sanse.example`) {
			t.Errorf("%s: %d %s", path, a.status, clip(a.body))
		}
	}
	// Addresses are told apart by what the proxy says, and not by what they say themselves.
	try := func(forwarded string) int {
		return b.send(http.MethodPost, "/v1/session", object{"login": "wang.wei", "password": "wrong"}, host("sanse.example"), with("X-Forwarded-For", forwarded)).status
	}
	for range 6 {
		if got := try("198.51.100.1"); got != http.StatusUnauthorized {
			t.Fatal(got)
		}
	}
	if got := try("1.2.3.4, 198.51.100.1"); got != http.StatusTooManyRequests {
		t.Errorf("an address that was made up by the client is believed: %d", got)
	}
	if got := try("198.51.100.2"); got != http.StatusUnauthorized {
		t.Errorf("a neighbour waits: %d", got)
	}
	_, secret, err := h.entry.AddAccount(t.Context(), auth.NewAccount{Login: "li.na"}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	in := b.send(http.MethodPost, "/v1/session", object{"login": "li.na", "password": secret}, host("sanse.example"))
	for _, c := range in.header.Values("Set-Cookie") {
		if !strings.HasPrefix(c, "__Host-sanse") || !strings.Contains(c, "; Secure") || !strings.Contains(c, "; HttpOnly") || !strings.Contains(c, "SameSite=Strict") || !strings.Contains(c, "Path=/;") || strings.Contains(c, "Domain") {
			t.Errorf("cookie %s", c)
		}
	}
	if len(in.header.Values("Set-Cookie")) != 2 {
		t.Errorf("%d cookies", len(in.header.Values("Set-Cookie")))
	}
}

// touched counts how often a session was noted to be in use.
type touched struct {
	auth.Store
	n atomic.Int64
}

func (c *touched) Touch(ctx context.Context, district, session string) error {
	c.n.Add(1)
	return c.Store.Touch(ctx, district, session)
}

func TestWhatAnOpenPageAsksByItselfIsNoUseOfASession(t *testing.T) {
	store := new(touched)
	h := openHouse(t, "door_idle", func(c *auth.Config, _ *api.DoorConfig) { store.Store, c.Store = c.Store, store })
	h.add("wang.wei", grant(data.RoleOfficial, houseCode))
	b := h.browser()
	b.signIn("wang.wei", password)
	for _, c := range []struct {
		path  string
		after time.Duration
		want  int64
	}{{"/v1/notices", 10, 0}, {"/v1/session", 20, 0}, {"/v1/messages/unread", 22, 0}, {someone, 25, 1}} {
		h.off = c.after * time.Minute
		b.send(http.MethodGet, c.path, nil)
		if n := store.n.Load(); n != c.want {
			t.Errorf("%s: noted as use %d times, want %d", c.path, n, c.want)
		}
	}
}

func TestAHalfOpenSessionIsRecordedFromWhereItIsUsed(t *testing.T) {
	h := openHouse(t, "door_half", func(_ *auth.Config, d *api.DoorConfig) {
		d.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	a, secret, err := h.entry.AddAccount(t.Context(), auth.NewAccount{Login: "wang.wei"}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	if in := b.send(http.MethodPost, "/v1/session", object{"login": "wang.wei", "password": secret}, with("X-Forwarded-For", "198.51.100.1")); in.status != http.StatusOK {
		t.Fatal(in.status, in.body)
	}
	// Somebody who has the cookie guesses from elsewhere.
	b.refused(http.StatusUnauthorized, http.MethodPost, "/v1/session/password", object{"old": "wrong", "new": password}, with("X-Forwarded-For", "203.0.113.9"))
	rows, err := h.app.Store.Events(t.Context(), houseCode, data.EventFilter{Account: a.ID, Outcome: data.OutcomeFailed})
	if err != nil || len(rows) != 1 || rows[0].Address != "203.0.113.0/24" || rows[0].Request == "" {
		t.Errorf("%+v %v", rows, err)
	}
}

func TestThePublicIsToldWhatEverybodyMayBeToldWhereThatIsSo(t *testing.T) {
	h := openHouse(t, "door_public", func(_ *auth.Config, d *api.DoorConfig) { d.Public = true })
	b := h.browser()
	if a := b.send(http.MethodGet, someone, nil); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	b.refused(http.StatusForbidden, http.MethodGet, "/v1/drafts", nil)
	b.refused(http.StatusForbidden, http.MethodGet, "/v1/accounts", nil)
	b.refused(http.StatusForbidden, http.MethodGet, "/v1/sessions", nil)
	b.nobody()
	if v := b.must(http.MethodGet, "/v1/sign-in", nil); v["public"] != true || len(list(v["people"])) != 0 {
		t.Errorf("%v", v)
	}
}

func TestSomebodyMadeUpIsLookedAsWithOneClick(t *testing.T) {
	h := openHouse(t, "door_demo", func(c *auth.Config, _ *api.DoorConfig) { c.OneClick = true })
	if err := h.app.Service.MakeAccounts(t.Context(), houseCode); err != nil {
		t.Fatal(err)
	}
	if err := h.app.Service.MakeAccounts(t.Context(), houseCode); err != nil { // again: they stay
		t.Fatal(err)
	}
	b := h.browser()
	people := list(b.must(http.MethodGet, "/v1/sign-in", nil)["people"])
	roles := map[string]bool{}
	for _, p := range people {
		p := p.(object)
		roles[text(p["role"])] = true
		me := h.browser().must(http.MethodPost, "/v1/session/made-up", object{"id": p["id"]})
		if me["stage"] != "full" || me["made_up"] != true || !strings.Contains(text(me["name"]), "虚构") {
			t.Errorf("%v: %v", p, me)
		}
		a, err := h.app.Store.Gate().Account(t.Context(), houseCode, text(p["id"]))
		if err != nil || text(me["visitor"]) != a.Visitor || (p["role"] == "worker") != (a.Visitor != "") {
			t.Errorf("%v: visits as %q, account %q, %v", p, me["visitor"], a.Visitor, err)
		}
	}
	for _, r := range []string{"planner", "official", "department", "auditor", "administrator"} {
		if !roles[r] {
			t.Errorf("nobody is %s", r)
		}
	}
	own := h.add("wang.wei", grant(data.RoleAdministrator, ""))
	b.refused(http.StatusUnauthorized, http.MethodPost, "/v1/session/made-up", object{"id": own.ID})
	a, err := h.app.Store.Gate().AccountByLogin(context.WithoutCancel(t.Context()), houseCode, "planner")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.entry.Disable(t.Context(), a.ID, true); err != nil {
		t.Fatal(err)
	}
	b.refused(http.StatusUnauthorized, http.MethodPost, "/v1/session/made-up", object{"id": a.ID})
}

func TestWhoComesBackFromAnotherHouseWithNothingIsNotLetIn(t *testing.T) {
	h := openHouse(t, "door_oidc", func(_ *auth.Config, d *api.DoorConfig) {
		d.Providers = []*auth.Provider{auth.NewProvider(auth.ProviderConfig{ID: "house", Name: "House", Issuer: "http://127.0.0.1:1", ClientID: "sanse"}, "http://localhost", nil, nil)}
	})
	b := h.browser()
	if ways := list(b.must(http.MethodGet, "/v1/sign-in", nil)["oidc"]); len(ways) != 1 || ways[0].(object)["id"] != "house" {
		t.Errorf("%v", ways)
	}
	b.refused(http.StatusNotFound, http.MethodGet, "/v1/oidc/other/start", nil)
	b.refused(http.StatusServiceUnavailable, http.MethodGet, "/v1/oidc/house/start", nil)
	for _, query := range []string{"", "?state=x&code=y", "?error=access_denied", "?state=%22%3E%3Cscript%3E&code=%3Cscript%3E"} {
		a := b.send(http.MethodGet, "/v1/oidc/house/callback"+query, nil)
		if a.status != http.StatusOK || !strings.Contains(a.body, "/sign-in?error=oidc") || strings.Contains(a.body, "<script") || b.cookie("sanse") != "" {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
		if p := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") {
			t.Errorf("policy %q", p)
		}
	}
}
