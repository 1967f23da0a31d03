package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// housed is a district with several towns in which everybody has an account. It
// begins today, so that providers serve already whom they are matched to.
var housed = sync.OnceValues(func() (*district, error) {
	today := planner.DateOf(time.Now().In(time.FixedZone("CST", 8*3600)))
	return demo("housed", "housed", false, "--residents", "400", "--start", today.String(), "--days", "14")
})

// house is a district served to people with sessions, by a program that is bound
// by the rules of the database.
type house struct {
	*client
	door     *client // the same with a door: by the cookie of a session
	service  *service.Service
	owner    *data.Store
	code     string
	tokens   map[string]data.Token
	own      map[string]string // the area of each who has one; else the leader's
	mine     abode             // where the worker, the leader and the officials are
	other    abode             // in another town
	provider string
	matched  []string // residents with a need that is matched to the provider
	persons  map[string]data.Person
	public   map[string]string // what everybody is answered, by question
	homes    map[string]object // residents as the problem has them
}

// abode is a grid in which somebody visits somebody who has a need.
type abode struct {
	grid, visitor, date, resident, need, colleague string
}

func (p abode) community() string { return p.grid[:12] }
func (p abode) town() string      { return p.grid[:9] }

// sessions are the access of a program whose people show a token.
type sessions struct {
	gate *data.Gate
}

func (s sessions) Viewer(r *http.Request) (service.Viewer, error) {
	token := data.Token(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if token == "" {
		return service.Viewer{}, nil
	}
	seated, err := s.gate.Seat(r.Context(), token.Hash())
	if errors.Is(err, data.ErrNotFound) {
		return service.Viewer{}, &service.Error{Code: service.CodeSignIn, Message: "sign in again"}
	}
	return service.ViewerOf(seated, token), err
}

func newHouse(t *testing.T) *house {
	t.Helper()
	d := done(t, housed)
	problem, plan := readJSON(t, d.file("problem.json")), readJSON(t, d.file("plan.json"))
	a, err := app.Open(t.Context(), app.Config{Home: home, DatabaseURL: d.bed.dsn})
	if err != nil {
		t.Fatal(err)
	}
	dsns, err := data.DSNsFor(d.bed.dsn)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := data.OpenKeys(home + "/key.json")
	if err != nil {
		t.Fatal(err)
	}
	serving, err := data.OpenServing(t.Context(), dsns, keys)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{owner: a.Store, code: text(problem["district"]), tokens: map[string]data.Token{}, own: map[string]string{}, homes: map[string]object{}, public: map[string]string{}}
	var log strings.Builder
	svc := service.New(serving, service.Config{Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	server := httptest.NewServer(api.New(svc, h.code, sessions{serving.Gate()}, http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil))))
	t.Cleanup(func() {
		server.Close()
		svc.Close()
		serving.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	entry := auth.New(auth.Config{District: h.code, Name: "Sanse", Store: serving.Gate(), Record: serving.Record})
	door := httptest.NewServer(api.New(svc, h.code, api.NewDoor(api.DoorConfig{Entry: entry}), http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil))))
	t.Cleanup(door.Close)
	h.client, h.door, h.service = &client{t, server.URL, &log}, &client{t, door.URL, &log}, svc
	var ids []string
	for _, r := range list(problem["residents"]) {
		r := r.(object)
		h.homes[text(r["id"])] = r
		ids = append(ids, text(r["id"]))
	}
	if err := a.Store.AtDesk(t.Context(), "", func(d *data.Desk) error {
		h.persons, err = d.ResidentPersons(t.Context(), h.code, ids)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.settle(t, a.Service, problem, plan)
	h.seatAll(t)
	return h
}

// settle finds where the people of the table are.
func (h *house) settle(t *testing.T, s *service.Service, problem, plan object) {
	t.Helper()
	all := service.WithViewer(t.Context(), service.Everyone(h.code))
	needs, _, err := s.Needs(all, h.code, service.NeedFilter{})
	if err != nil {
		t.Fatal(err)
	}
	needOf := map[string]string{}
	for i := range needs {
		n := &needs[i]
		needOf[n.Resident] = n.ID
		if n.Match != nil && n.Match.Provider != "" && (h.provider == "" || h.provider == n.Match.Provider) {
			h.provider = n.Match.Provider
			h.matched = append(h.matched, n.Resident)
		}
	}
	scope := map[string][]any{}
	for _, v := range list(problem["visitors"]) {
		scope[text(v.(object)["id"])] = list(v.(object)["scope"])
	}
	var places []abode
	for _, it := range list(plan["itineraries"]) {
		it := it.(object)
		p := abode{visitor: text(it["visitor"]), date: text(it["date"])}
		if of := scope[p.visitor]; len(of) == 1 && len(text(of[0])) == 15 {
			p.grid = text(of[0])
		} else {
			continue
		}
		for _, st := range list(it["stops"]) {
			if r := text(st.(object)["resident"]); needOf[r] != "" && !slices.Contains(h.matched, r) {
				p.resident, p.need = r, needOf[r]
			}
		}
		for v, of := range scope {
			if v != p.visitor && len(of) == 1 && strings.HasPrefix(text(of[0]), p.community()) && text(of[0]) != p.grid && (p.colleague == "" || v < p.colleague) {
				p.colleague = v
			}
		}
		if p.resident != "" && p.colleague != "" {
			places = append(places, p)
		}
	}
	for _, p := range places {
		if h.mine.grid == "" {
			h.mine = p
		} else if p.town() != h.mine.town() && h.other.grid == "" {
			h.other = p
		}
	}
	if h.other.grid == "" || h.provider == "" {
		t.Fatalf("the district is too small: %v %v %q", h.mine, h.other, h.provider)
	}
}

// seatAll gives everybody an account, a role and a session.
func (h *house) seatAll(t *testing.T) {
	t.Helper()
	for who, g := range map[string]data.Grant{
		"nobody": {}, "worker": {Role: data.RoleWorker}, "leader": {Role: data.RoleLeader, Area: h.mine.community()}, "planner": {Role: data.RolePlanner, Area: h.code},
		"official_district": {Role: data.RoleOfficial, Area: h.code}, "official_town": {Role: data.RoleOfficial, Area: h.mine.town()},
		"official_community": {Role: data.RoleOfficial, Area: h.mine.community()}, "department": {Role: data.RoleDepartment, Body: "civil_affairs"},
		"task_force": {Role: data.RoleTaskForce, Area: h.mine.town()}, "provider": {Role: data.RoleProvider, Body: h.provider},
		"auditor": {Role: data.RoleAuditor}, "administrator": {Role: data.RoleAdministrator}, "key": {Role: data.RoleService, Area: h.mine.town()},
	} {
		h.tokens[who] = h.seat(t, who, g)
		h.own[who] = h.mine.community()
		if g.Area != "" && g.Area != h.code {
			h.own[who] = g.Area
		}
	}
	h.own["worker"], h.own["public"] = h.mine.grid, h.mine.community()
	if _, err := h.owner.Gate().HandOver(t.Context(), h.code, data.Handover{
		Resident: h.other.resident, Body: "civil_affairs", Kind: data.HandoverCase, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour), GivenBy: "os:test", Reason: "a test",
	}); err != nil {
		t.Fatal(err)
	}
}

// seat signs somebody in who has one role, or none.
func (h *house) seat(t *testing.T, who string, g data.Grant) data.Token {
	t.Helper()
	ctx, gate := context.WithoutCancel(t.Context()), h.owner.Gate()
	account := data.Account{ID: "a" + random(t), Login: who + random(t), Name: data.Sealed(who)}
	kind, scopes := data.SessionPage, []string(nil)
	switch g.Role {
	case data.RoleWorker:
		account.Visitor = h.mine.visitor
	case data.RoleService:
		kind, scopes = data.SessionKey, []string{"open", "released", "duty_area", "duty_handed"}
	default:
	}
	if err := gate.PutAccount(ctx, h.code, account); err != nil {
		t.Fatal(err)
	}
	if g.Role != "" {
		g.Account, g.From, g.GivenBy = account.ID, time.Now().Add(-time.Hour), "os:test"
		if _, err := gate.Give(ctx, h.code, g); err != nil {
			t.Fatal(err)
		}
	}
	token := newSessionToken(t)
	now := time.Now()
	session := "s" + random(t)
	if err := gate.OpenSession(ctx, h.code, token.Hash(), data.Session{
		ID: session, Account: account.ID, Kind: kind, Stage: data.StageFull, Scopes: scopes, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour),
	}); err != nil {
		t.Fatal(err)
	}
	if g.Role == data.RoleAdministrator { // the door has them show a second factor
		if err := gate.SetTOTP(ctx, h.code, data.Holder{Account: account.ID, Session: session}, "a secret", true, nil); err != nil {
			t.Fatal(err)
		}
	}
	return token
}

func random(t *testing.T) string {
	t.Helper()
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b)
}

// as asks as one of the people of the table.
func (h *house) as(who string) func(*http.Request) {
	return func(r *http.Request) {
		if token := h.tokens[who]; token != "" {
			r.Header.Set("Authorization", "Bearer "+token.Reveal())
		}
	}
}
