package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/auth"
	"sanse/data"
)

// TestNobodyIsToldWhatOthersBegan asks by their real ids for drafts, drawings and
// searches that somebody else began: who may not see them is answered like to an id
// that there is not, and changes nothing.
func TestNobodyIsToldWhatOthersBegan(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	h.tokens["planner here"] = h.seat(t, "here", data.Grant{Role: data.RolePlanner, Area: h.mine.town()})
	h.tokens["planner there"] = h.seat(t, "there", data.Grant{Role: data.RolePlanner, Area: h.other.town()})
	begin := func(who, path, body string) object {
		t.Helper()
		a := h.send(http.MethodPost, path, body, false, who)
		if a.status/100 != 2 {
			t.Fatalf("POST %s as %s: %d %s", path, who, a.status, clip(a.body))
		}
		return parseJSON(t, a.body)
	}
	site := text(begin("planner there", "/v1/siting", fmt.Sprintf(`{"service":"meals","goal":"mclp","p":1,"area":%q,"minutes":15,"candidates":"streets","seconds":1}`, h.other.town()))["job"])
	draft := whole(begin("planner", "/v1/drafts", `{"name":"a test"}`)["id"])
	drawing := text(begin("planner", fmt.Sprintf("/v1/drafts/%d/drawings", draft),
		fmt.Sprintf(`{"area":%q,"level":"grid","zones":2,"weights":[{"name":"minutes","tolerance":1}],"seconds":1}`, h.mine.community()))["job"])
	before := h.send(http.MethodGet, fmt.Sprintf("/v1/drafts/%d", draft), "", false, "planner")
	if before.status != http.StatusOK {
		t.Fatalf("%d %s", before.status, before.body)
	}
	etag := before.header.Get("ETag")

	asked := 0
	for _, op := range h.operations() {
		const path = "/v1/drafts/{id}"
		isSite, isDraft := strings.HasPrefix(op.path, "/v1/siting/{"), strings.HasPrefix(op.path, path)
		if !isSite && !isDraft {
			continue
		}
		others := []string{"public", "nobody", "worker", "leader", "official_district", "official_town", "department", "task_force", "provider", "auditor", "administrator", "key", "planner here"}
		if isDraft {
			others = append(others, "planner there")
		}
		for _, who := range others {
			asked++
			send := func(id, job string) answer {
				to := strings.NewReplacer("{id}", id, "{job}", job).Replace(op.path)
				return h.ask(to, h.as(who), func(r *http.Request) {
					r.Method = op.method
					r.Header.Set("If-Match", etag)
					if op.method == http.MethodPost || op.method == http.MethodPatch || op.method == http.MethodPut {
						r.Header.Set("Content-Type", "application/json")
						r.Body, r.ContentLength = http.NoBody, 0
					}
				})
			}
			id, job := fmt.Sprint(draft), drawing
			if isSite {
				id, job = site, site
			}
			got, none := send(id, job), send("999999", "999999")
			if letIn(got) || got.status != none.status || got.body != none.body {
				t.Errorf("%s %s as %s: %d %s; of one that there is not: %d %s", op.method, op.path, who, got.status, briefly(got.body), none.status, briefly(none.body))
			}
		}
	}
	if asked < 200 {
		t.Errorf("only %d questions were asked", asked)
	}
	if after := h.send(http.MethodGet, fmt.Sprintf("/v1/drafts/%d", draft), "", false, "planner"); after.body != before.body {
		t.Errorf("the draft was changed: %s", after.body)
	}
	// Whose they are sees them all the while.
	for path, who := range map[string]string{"/v1/siting/" + site: "planner there", fmt.Sprintf("/v1/drafts/%d/drawings/%s", draft, drawing): "planner"} {
		for {
			a := h.send(http.MethodGet, path, "", false, who)
			if a.status != http.StatusOK || text(parseJSON(t, a.body)["state"]) == "stopped" {
				t.Fatalf("%s: %d %s", path, a.status, clip(a.body))
			}
			if state := text(parseJSON(t, a.body)["state"]); state != "running" {
				break
			}
			select {
			case <-t.Context().Done():
				t.Fatal("it does not end")
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// TestATileOfCellsTellsTrueNumbersToThoseAloneWhoAnswerForAll compares the bytes of
// tiles, which the walk over all operations does not see.
func TestATileOfCellsTellsTrueNumbersToThoseAloneWhoAnswerForAll(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	at := maptile.At(h.centre(), 11)
	latest := fmt.Sprintf("/v1/tiles/cells/latest/11/%d/%d.mvt", at.X, at.Y)
	tile := func(who, path string) string {
		t.Helper()
		a := h.send(http.MethodGet, path, "", false, who)
		if a.status != http.StatusOK || a.body == "" {
			t.Fatalf("%s as %s: %d, %d bytes", path, who, a.status, len(a.body))
		}
		return a.body
	}
	told, open := tile("planner", latest), tile("public", latest)
	if told == open {
		t.Fatal("all are told the same: nothing can be seen")
	}
	for _, who := range whoAsks {
		want := open
		if who == "planner" || who == "official_district" {
			want = told
		}
		if tile(who, latest) != want {
			t.Errorf("%s is not told what they should be", who)
		}
	}
	// The address of the true ones is of no use to others, and the other way round.
	for who, asks := range map[string]string{"planner": "leader", "public": "official_district"} {
		address := tileAt(strings.TrimPrefix(text(list(parseJSON(t, h.send(http.MethodGet, "/v1/tiles/cells.json", "", false, who).body)["tiles"])[0]), h.base), at)
		if tile(who, address) == "" {
			t.Fatal("no tile")
		}
		a := h.ask(address, h.as(asks), func(r *http.Request) { r.Header.Set("Accept-Encoding", "identity") })
		if want := map[string]string{"leader": open, "official_district": told}[asks]; a.body != want && a.status != http.StatusTemporaryRedirect {
			t.Errorf("with the address of %s, %s gets %d, %d bytes", who, asks, a.status, len(a.body))
		}
	}
}

// centre is a home in the middle of things.
func (h *house) centre() orb.Point {
	at := list(h.homes[h.mine.resident]["location"])
	return orb.Point{at[0].(float64), at[1].(float64)}
}

// TestWhoComesThroughTheDoorGetsWhatTheHouseRulesSay asks an operation of each
// audience with the cookie of everybody, through the door that servers have, and
// compares with what the walk over all operations is answered.
func TestWhoComesThroughTheDoorGetsWhatTheHouseRulesSay(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	// Nobody here has a second factor: they are made up.
	entry := auth.New(auth.Config{District: h.code, Name: "Sanse", Store: h.owner.Gate(), Record: h.owner.Record, OneClick: true})
	server := httptest.NewServer(api.New(h.service, h.code, api.NewDoor(api.DoorConfig{Entry: entry}), http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	defer server.Close()
	door := &client{t, server.URL, h.log}
	questions := map[string]string{
		"me": "/v1/session", "sessions": "/v1/sessions", "search-areas": "/v1/areas/search?q=5", "board": "/v1/board?area={area}",
		"unplanned": "/v1/unplanned?area={area}", "person": "/v1/residents/{resident}/person", "needs": "/v1/needs?area={area}&limit=1000",
		"drafts": "/v1/drafts", "audit": "/v1/audit",
	}
	// turnedAway is what is said where nobody is signed in.
	turnedAway := func(operation string, a answer) bool {
		return a.status == http.StatusUnauthorized || operation == "me" && a.status == http.StatusNoContent && a.body == ""
	}
	audiences := map[api.Audience]bool{}
	for operation, path := range questions {
		rule, known := api.RuleOf(operation)
		if !known {
			t.Fatalf("there is no operation %s", operation)
		}
		audiences[rule.Audience] = true
		for _, who := range whoAsks {
			to := h.fill(path, h.own[who], h.mine)
			showing := func(r *http.Request) {
				if token := h.tokens[who].Reveal(); who == "key" {
					r.Header.Set("Authorization", "Bearer "+token)
				} else if token != "" {
					r.Header.Set("Cookie", "sanse="+token)
				}
			}
			got, want := door.ask(to, showing), h.ask(to, h.as(who))
			switch {
			case who == "public": // here nobody is answered who has not signed in
				if !turnedAway(operation, got) {
					t.Errorf("%s without a cookie: %d", to, got.status)
				}
			case operation == "me" && who != "key":
				if got.status != http.StatusOK || !strings.Contains(got.body, `"stage":"full"`) {
					t.Errorf("%s as %s: %d %s", to, who, got.status, clip(got.body))
				}
			case operation == "sessions": // which the other server has none of
				if (got.status == http.StatusOK) != (who != "key") {
					t.Errorf("%s as %s: %d %s", to, who, got.status, clip(got.body))
				}
			case operation == "audit" && got.status == http.StatusOK && want.status == http.StatusOK: // it grows by being read
			case got.status != want.status || steady(t, to, got) != steady(t, to, want):
				t.Errorf("%s as %s through the door: %d %s, want %d %s", to, who, got.status, briefly(got.body), want.status, briefly(want.body))
			}
			if who == "key" || who == "public" {
				continue
			}
			// The cookie of a session is no key, and one that was cut or made longer is none.
			token := h.tokens[who].Reveal()
			for name, change := range map[string]func(*http.Request){
				"as a key": with("Authorization", "Bearer "+token), "cut": with("Cookie", "sanse="+token[:42]), "longer": with("Cookie", "sanse="+token+"A"),
			} {
				if a := door.ask(to, change); !turnedAway(operation, a) {
					t.Errorf("%s with the token of %s, %s: %d", to, who, name, a.status)
				}
			}
		}
	}
	for _, a := range []api.Audience{api.Entry, api.SignedIn, api.Open, api.Released, api.DutyArea, api.DutyRecord, api.DutyHanded, api.Duty} {
		if !audiences[a] {
			t.Errorf("nothing of audience %s is asked", a)
		}
	}
	// Signed out, the same cookie is nobody's, at once and for good.
	token := h.tokens["leader"]
	out := door.ask("/v1/session", func(r *http.Request) {
		r.Method = http.MethodDelete
		r.Header.Set("Cookie", "sanse="+token.Reveal())
		r.Header.Set("X-Sanse-CSRF", auth.CSRFOf(token))
	})
	if out.status != http.StatusNoContent {
		t.Fatalf("%d %s", out.status, out.body)
	}
	for range 3 {
		if a := door.ask("/v1/board", func(r *http.Request) { r.Header.Set("Cookie", "sanse="+token.Reveal()) }); a.status != http.StatusUnauthorized {
			t.Errorf("signed out: %d", a.status)
		}
	}
}

// newSessionToken is a token as the door gives them.
func newSessionToken(t testing.TB) data.Token {
	t.Helper()
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return data.Token(base64.RawURLEncoding.EncodeToString(b))
}
