package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// seats takes whoever names a token in a header for the holder of its session.
type seats struct{ gate *data.Gate }

func (s seats) Viewer(r *http.Request) (service.Viewer, error) {
	token := data.Token(r.Header.Get("Test-Token"))
	if token == "" {
		return service.Viewer{}, nil
	}
	seated, err := s.gate.Seat(r.Context(), token.Hash())
	if err != nil {
		return service.Viewer{}, err
	}
	return service.ViewerOf(seated, token), nil
}

// watched is a server that people sign in to, and its database.
type watched struct {
	*client
	app      *app.App
	district string
}

func serveWatched(t *testing.T, d *district) *watched {
	t.Helper()
	code := text(readJSON(t, d.file("problem.json"))["district"])
	a, err := app.Open(t.Context(), app.Config{Home: home, DatabaseURL: d.bed.dsn})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	server := httptest.NewServer(api.New(a.Service, code, seats{a.Store.Gate()}, http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil))))
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		if log.Len() > 0 {
			t.Errorf("the server's log: %s", log.String())
		}
	})
	return &watched{&client{t, server.URL, &log}, a, code}
}

// seat signs somebody in who has that role, and returns the header and the account.
func (w *watched) seat(n int, grant data.Grant) (func(*http.Request), string) {
	w.t.Helper()
	ctx, g := w.t.Context(), w.app.Store.Gate()
	id := fmt.Sprintf("a%016x", time.Now().UnixNano()+int64(n))
	token := data.Token(id + "'s token")
	if err := g.PutAccount(ctx, w.district, data.Account{ID: id, Login: "login-" + id, Name: "某人"}); err != nil {
		w.t.Fatal(err)
	}
	grant.Account, grant.GivenBy = id, "test"
	if _, err := g.Give(ctx, w.district, grant); err != nil {
		w.t.Fatal(err)
	}
	err := g.OpenSession(ctx, w.district, token.Hash(), data.Session{
		ID: "s" + id[1:], Account: id, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour), Address: "10.20.30.0/24",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return func(r *http.Request) { r.Header.Set("Test-Token", token.Reveal()) }, id
}

// rows are what the audit says of an account after its sign-in, the first first.
func (w *watched) rows(account string) (out []data.Event) {
	w.t.Helper()
	events, err := w.app.Store.Events(w.t.Context(), w.district, data.EventFilter{Account: account})
	if err != nil {
		w.t.Fatal(err)
	}
	for i := len(events) - 2; i >= 0; i-- { // but for the session
		out = append(out, events[i])
	}
	return out
}

// postAs sends JSON.
func (w *watched) postAs(who func(*http.Request), path, body string) answer {
	w.t.Helper()
	return w.ask(path, who, func(r *http.Request) {
		r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(body))
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Type", "application/json")
	})
}

func TestEveryLookAtSinglePeopleIsRecorded(t *testing.T) {
	d := done(t, andorra)
	w := serveWatched(t, d)
	planner, _ := w.seat(1, data.Grant{Role: data.RolePlanner, Area: w.district})
	visitors := list(parseJSON(t, w.ask("/v1/visitors", planner).body)["items"])
	visitor := text(visitors[0].(object)["id"])
	day := parseJSON(t, w.ask("/v1/visitors/"+visitor+"/day", planner).body)
	date := text(day["date"])
	stop := list(list(day["itineraries"])[0].(object)["stops"])[0].(object)
	resident := text(stop["resident"])
	need := text(list(parseJSON(t, w.ask("/v1/needs", planner).body)["items"])[0].(object)["id"])
	for i, c := range []struct {
		path   string
		object string // empty: nothing is recorded
		names  string
	}{
		{"/v1/visitors", "visitor", ""},
		{"/v1/visitors/" + visitor + "/day", "visitor_day", resident},
		{"/v1/visitors/" + visitor + "/directions", "directions", resident},
		{"/v1/visitors/" + visitor + "/why?date=" + date + "&resident=" + resident, "visit", resident},
		{"/v1/routes", "route", visitor},
		{"/v1/needs", "need", ""},
		{"/v1/needs/" + need + "/history", "need", ""},
		{"/v1/needs/" + need + "/options", "need", ""},
		{"/v1/residents/" + resident + "/reach", "resident", resident},
		{"/v1/shortfall/behind?standard=meals-15min&what=residents", "resident", ""},
		{"/v1/district", "", ""},
		{"/v1/board", "", ""},
		{"/v1/heatmap?layer=residents", "", ""},
		{"/v1/facilities", "", ""},
		{"/v1/shortfall", "", ""},
		{"/v1/supply?service=meals", "", ""},
	} {
		who, account := w.seat(10+i, data.Grant{Role: data.RolePlanner, Area: w.district})
		a := w.ask(c.path, who)
		if a.status != http.StatusOK && c.object != "" && !strings.Contains(c.path, "behind") {
			t.Fatalf("%s: %d %s", c.path, a.status, clip(a.body))
		}
		if strings.Contains(c.path, "behind") && a.status != http.StatusOK {
			continue // the district has no such standard
		}
		rows := w.rows(account)
		if c.object == "" {
			if len(rows) != 0 {
				t.Errorf("%s is recorded as %v", c.path, rows)
			}
			continue
		}
		if len(rows) != 1 {
			t.Errorf("%s is recorded in %d rows: %v", c.path, len(rows), rows)
			continue
		}
		e := rows[0]
		if e.Action != data.ActRead || e.Object != c.object || e.N == 0 || e.Outcome != data.OutcomeOK || e.Role != "planner" || e.Address != "10.20.30.0/24" || e.Session == "" {
			t.Errorf("%s is recorded as %+v", c.path, e)
		}
		if c.names != "" && !strings.Contains(strings.Join(e.IDs, " "), c.names) {
			t.Errorf("%s: %s is not among %v", c.path, c.names, e.IDs)
		}
	}
}

func TestNamesAreToldOneByOneAndTheGlassIsBrokenForAReason(t *testing.T) {
	d := done(t, andorra)
	w := serveWatched(t, d)
	planner, account := w.seat(1, data.Grant{Role: data.RolePlanner, Area: w.district})
	people, err := w.app.Store.Residents(t.Context(), w.district)
	if err != nil {
		t.Fatal(err)
	}
	r, other := people[0], people[len(people)-1]
	persons, err := w.app.Store.ResidentPersons(t.Context(), w.district, []string{r.ID, other.ID})
	if err != nil {
		t.Fatal(err)
	}
	path := func(id string) string { return "/v1/residents/" + url.PathEscape(id) + "/person" }

	a := w.ask(path(r.ID), planner)
	if v := parseJSON(t, a.body); a.status != http.StatusForbidden || v["reason"] != "break_glass" || strings.Contains(a.body, persons[r.ID].Name.Reveal()) {
		t.Fatalf("a planner asks for a name: %d %s", a.status, a.body)
	}
	body := func(id, reason string) string { return fmt.Sprintf(`{"resident": %q, "reason": %q}`, id, reason) }
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"with a short reason":       {body(r.ID, "好奇"), http.StatusUnprocessableEntity},
		"with spaces for a reason":  {body(r.ID, strings.Repeat(" ", 20)), http.StatusUnprocessableEntity},
		"with nothing to be seen":   {body(r.ID, strings.Repeat("\u200b", 10)+"ㅤㅤ\u202e急\u2060\u00ad\ufe0f急"), http.StatusUnprocessableEntity},
		"of somebody who is not":    {body("R-none", "门口有人喊救命，无人应门"), http.StatusNotFound},
		"without saying who it is":  {`{"reason": "门口有人喊救命，无人应门"}`, http.StatusUnprocessableEntity},
		"by somebody who may never": {body(r.ID, "门口有人喊救命，无人应门"), http.StatusForbidden},
	} {
		who := planner
		if c.want == http.StatusForbidden {
			who, _ = w.seat(2, data.Grant{Role: data.RoleAdministrator})
		}
		if a := w.postAs(who, "/v1/break-glass", c.body); a.status != c.want {
			t.Errorf("breaking the glass %s: %d %s", name, a.status, a.body)
		}
	}
	if a := w.ask(path(r.ID), planner); a.status != http.StatusForbidden {
		t.Fatalf("after that: %d", a.status)
	}
	a = w.postAs(planner, "/v1/break-glass", body(r.ID, "门口有人喊救命，无人应门"))
	until, err := time.Parse(time.RFC3339, text(parseJSON(t, a.body)["until"]))
	if left := time.Until(until); err != nil || a.status != http.StatusOK || left < 29*time.Minute || left > 31*time.Minute {
		t.Fatalf("breaking the glass: %d %s", a.status, a.body)
	}
	a = w.ask(path(r.ID), planner)
	v := parseJSON(t, a.body)
	if p := persons[r.ID]; a.status != http.StatusOK || v["name"] != p.Name.Reveal() || v["phone"] != p.Phone.Reveal() || v["address"] != p.Address.Reveal() {
		t.Fatalf("the name: %d %s", a.status, a.body)
	}
	if a := w.ask(path(other.ID), planner); a.status != http.StatusForbidden {
		t.Errorf("the name of another: %d", a.status)
	}
	if a := w.ask(path(r.ID), func(*http.Request) {}); a.status != http.StatusForbidden || strings.Contains(a.body, "break_glass") {
		t.Errorf("the public: %d %s", a.status, a.body)
	}
	names, broken, refused := 0, 0, 0
	for _, e := range w.rows(account) {
		switch {
		case e.Action == data.ActName && e.Outcome == data.OutcomeOK:
			names += len(e.IDs)
		case e.Action == data.ActBreak:
			broken++
			if e.Reason.Reveal() != "门口有人喊救命，无人应门" || e.IDs[0] != r.ID {
				t.Errorf("the glass: %+v", e)
			}
		case e.Outcome == data.OutcomeRefused:
			refused++
		}
	}
	if names != 1 || broken != 1 || refused != 0 {
		t.Errorf("%d names, %d broken glasses and %d refusals are recorded", names, broken, refused)
	}
	// An official of the community is told without breaking anything.
	official, account := w.seat(3, data.Grant{Role: data.RoleOfficial, Area: r.Grid[:12]})
	if a := w.ask(path(r.ID), official); a.status != http.StatusOK {
		t.Errorf("an official of the community: %d %s", a.status, a.body)
	}
	if rows := w.rows(account); len(rows) != 1 || rows[0].Action != data.ActName || rows[0].IDs[0] != r.ID {
		t.Errorf("the look of the official is recorded as %v", rows)
	}
}

// TestARecordThatSomebodySeesIsNoNameThatTheyAreTold: who plans and asks for a
// provider as well is told the names of those matched to it, and no others.
func TestARecordThatSomebodySeesIsNoNameThatTheyAreTold(t *testing.T) {
	w := serveWatched(t, done(t, andorra))
	who, account := w.seat(1, data.Grant{Role: data.RolePlanner, Area: w.district})
	needs := list(parseJSON(t, w.ask("/v1/needs?limit=1000", who).body)["items"])
	if len(needs) == 0 {
		t.Fatal("nobody needs anything")
	}
	if _, err := w.app.Store.Gate().Give(t.Context(), w.district, data.Grant{Account: account, Role: data.RoleProvider, Body: "a provider of nobody", GivenBy: "test"}); err != nil {
		t.Fatal(err)
	}
	before := len(w.rows(account))
	a := w.ask("/v1/residents/"+text(needs[0].(object)["resident"])+"/person", who)
	if v := parseJSON(t, a.body); a.status != http.StatusForbidden || v["reason"] != "break_glass" {
		t.Errorf("the name of whom they see the need of: %d %s", a.status, a.body)
	}
	for _, e := range w.rows(account)[before:] {
		if e.Outcome != data.OutcomeOK {
			t.Errorf("recorded as %s", e.Outcome)
		}
	}
}

func TestAuditorsReadTheAuditAndTheirReadingIsRecorded(t *testing.T) {
	d := done(t, andorra)
	w := serveWatched(t, d)
	planner, account := w.seat(1, data.Grant{Role: data.RolePlanner, Area: w.district})
	auditor, self := w.seat(2, data.Grant{Role: data.RoleAuditor})
	people, err := w.app.Store.Residents(t.Context(), w.district)
	if err != nil {
		t.Fatal(err)
	}
	w.postAs(planner, "/v1/break-glass", fmt.Sprintf(`{"resident": %q, "reason": "独居老人三天未开门，需要联系家属"}`, people[1].ID))
	for i := range 6 {
		w.ask(fmt.Sprintf("/v1/residents/NOBODY%04d/person", 7000+i), planner)
		w.ask("/v1/residents/"+people[10+i].ID+"/reach", planner)
	}
	for _, path := range []string{"/v1/audit", "/v1/audit/unusual", "/v1/audit/verify", "/v1/audit/export"} {
		if a := w.ask(path, planner); a.status != http.StatusForbidden {
			t.Errorf("a planner reads %s: %d", path, a.status)
		}
	}
	page := parseJSON(t, w.ask("/v1/audit?limit=5&account="+account, auditor).body)
	rows := list(page["items"])
	if len(rows) != 5 || page["next"] == nil || text(rows[0].(object)["login"]) != "login-"+account {
		t.Fatalf("the audit: %d rows", len(rows))
	}
	next := parseJSON(t, w.ask(fmt.Sprintf("/v1/audit?limit=500&account=%s&before=%.0f", account, page["next"]), auditor).body)
	if len(list(next["items"])) < 5 || next["next"] != nil {
		t.Errorf("the next page: %d rows", len(list(next["items"])))
	}
	broken := list(parseJSON(t, w.ask("/v1/audit?action=break_glass&account="+account, auditor).body)["items"])
	if len(broken) != 1 || broken[0].(object)["reason"] != "独居老人三天未开门，需要联系家属" {
		t.Errorf("the broken glass: %d rows", len(broken))
	}
	kinds := map[string]float64{}
	for _, l := range list(parseJSON(t, w.ask("/v1/audit/unusual", auditor).body)["items"]) {
		if l := l.(object); l["account"] == account {
			kinds[text(l["kind"])] = l["count"].(float64)
			if text(l["why"]) == "" || text(l["login"]) == "" {
				t.Errorf("a look is not explained: %v", l)
			}
		}
	}
	if kinds["break_glass"] != 1 || kinds["sequence"] != 6 || kinds["refused"] < 6 {
		t.Errorf("unusual looks: %v", kinds)
	}
	some := list(parseJSON(t, w.ask("/v1/audit?unusual=sequence&account="+account, auditor).body)["items"])
	if len(some) < 6 {
		t.Errorf("rows of the sequence: %d", len(some))
	}
	if err := w.app.Service.LinkAudits(t.Context()); err != nil {
		t.Fatal(err)
	}
	checked := parseJSON(t, w.ask("/v1/audit/verify", auditor).body)
	if checked["ok"] != true || checked["rows"].(float64) < 10 || checked["last"] == nil {
		t.Errorf("verifying: %v", checked)
	}
	anchor := url.QueryEscape(text(checked["last"].(object)["anchor"]))
	if again := parseJSON(t, w.ask("/v1/audit/verify?anchor="+anchor, auditor).body); again["ok"] != true {
		t.Errorf("verifying with the anchor: %v", again)
	}
	other := anchor[:len(anchor)-4] + "0000"
	if again := parseJSON(t, w.ask("/v1/audit/verify?anchor="+other, auditor).body); again["ok"] != false || again["broken"].(object)["kind"] != "tail_cut" {
		t.Errorf("verifying with the anchor of another chain: %v", again)
	}
	if a := w.ask("/v1/audit/verify?anchor=nonsense", auditor); a.status != http.StatusUnprocessableEntity {
		t.Errorf("verifying with nonsense: %d", a.status)
	}
	for format, start := range map[string]string{"ocsf": `{"activity_id":`, "cef": "CEF:0|"} {
		a := w.ask("/v1/audit/export?purpose=inspection&format="+format+"&account="+account, auditor)
		lines := strings.Split(strings.TrimSpace(a.body), "\n")
		if a.status != http.StatusOK || len(lines) < 8 || strings.Contains(a.body, "独居老人") {
			t.Errorf("%s: %d, %d lines", format, a.status, len(lines))
		}
		for _, line := range lines {
			if !strings.HasPrefix(line, start) {
				t.Errorf("%s: %s", format, line)
			}
		}
	}
	what := map[string]int{}
	for _, e := range w.rows(self) {
		what[string(e.Action)+" "+e.Object]++
	}
	if what["audit audit"] != 4 || what["audit unusual"] != 1 || what["audit verify"] < 2 || what["export export-audit"] != 2 {
		t.Errorf("what the auditor did: %v", what)
	}
	// An auditor sees nobody.
	for _, path := range []string{"/v1/visitors", "/v1/unplanned", "/v1/residents/" + people[1].ID + "/person", "/v1/residents/" + people[1].ID + "/reach", "/v1/needs"} {
		if a := w.ask(path, auditor); a.status != http.StatusForbidden {
			t.Errorf("an auditor asks for %s: %d", path, a.status)
		}
	}
}

func TestTheAuditAtTheCommandLine(t *testing.T) {
	b := setup(t, "audited")
	b.sanse(t, "db", "district", "510101", "甲区").want(t, exitDone)
	b.sanse(t, "audit", "list").want(t, exitDone).says(t, "update district", "os:")
	b.sanse(t, "audit", "verify").want(t, exitDone).says(t, "rows in")
	anchors := writeText(t, filepath.Join(t.TempDir(), "anchors"), "\n"+b.sanse(t, "audit", "anchor").want(t, exitDone).out)
	b.sanse(t, "audit", "verify", "--anchors", anchors, "--json").want(t, exitDone).says(t, `"rows"`)
	b.sanse(t, "audit", "list", "--json", "--action", "update").want(t, exitDone).says(t, `"action": "update"`)
	b.sanse(t, "audit", "list", "--unusual").want(t, exitDone)
	b.sanse(t, "audit", "export", "--format", "cef").want(t, exitDone).says(t, "CEF:0|Sanse")
	b.sanse(t, "audit", "export", "--from", "2020-01-01", "--to", "2020-01-02").want(t, exitDone)
	out := filepath.Join(t.TempDir(), "audit.jsonl")
	b.sanse(t, "audit", "export", "-o", out).want(t, exitDone).says(t, "written")
	b.sanse(t, "audit", "remove", "--before", time.Now().Format(time.DateOnly)).want(t, exitInvalid).says(t, "180 days")
	b.sanse(t, "audit", "remove", "--before", "2020-01-01").want(t, exitDone).says(t, "0 rows")
	for _, wrong := range [][]string{
		{"list", "--from", "yesterday"},
		{"list", "--limit", "0"},
		{"remove", "--before", "soon"},
		{"verify", "--anchors", writeText(t, filepath.Join(t.TempDir(), "x"), "no anchor\n")},
	} {
		b.sanse(t, append([]string{"audit"}, wrong...)...).want(t, exitInvalid)
	}
	conn, err := pgx.Connect(t.Context(), b.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, sql := range []string{`ALTER TABLE audit DISABLE TRIGGER USER`, `UPDATE audit SET account = 'os:somebody else' WHERE id = 1`} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	b.sanse(t, "audit", "verify").want(t, exitNo).says(t, "not whole", "row_changed")
	b.sanse(t, "audit", "anchor").want(t, exitNo)
	// A district that is deleted leaves its trace.
	b.sanse(t, "db", "drop", "510101", "--yes").want(t, exitDone)
	var n int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE action = 'delete' AND object = 'district'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows tell that the district was deleted (%v)", n, err)
	}
}

func TestAFileLeavesTheHouseForAPurpose(t *testing.T) {
	d := done(t, andorra)
	w := serveWatched(t, d)
	planner, account := w.seat(1, data.Grant{Role: data.RolePlanner, Area: w.district})
	public := func(*http.Request) {}
	for _, c := range []struct {
		name, path string
		who        func(*http.Request)
		want       int
	}{
		{"without one", "/v1/shortfall.xlsx", planner, http.StatusUnprocessableEntity},
		{"for what is no purpose", "/v1/shortfall.xlsx?purpose=fun", planner, http.StatusUnprocessableEntity},
		{"of what everybody is told, by the public", "/v1/shortfall.xlsx", public, http.StatusOK},
		{"the same seen as the public", "/v1/shortfall.xlsx?as=public", planner, http.StatusOK},
		{"a workbook for a meeting", "/v1/shortfall.xlsx?purpose=meeting", planner, http.StatusOK},
		{"by the public, who names one", "/v1/shortfall.xlsx?purpose=report", public, http.StatusOK},
		{"a page of a draft that is not there", "/v1/drafts/999/effect.html?purpose=planning", planner, http.StatusNotFound},
		{"one without a purpose", "/v1/drafts/999/effect.html", planner, http.StatusUnprocessableEntity},
	} {
		a := w.ask(c.path, c.who)
		if a.status != c.want || c.want == http.StatusUnprocessableEntity && parseJSON(t, a.body)["reason"] != "purpose" {
			t.Errorf("%s: %d", c.name, a.status)
		}
	}
	var told []string
	for _, e := range w.rows(account) {
		if e.Action == data.ActExport {
			told = append(told, e.Object+" for "+e.Purpose+" "+string(e.Outcome))
		}
	}
	if got, want := strings.Join(told, ", "), "shortfall-workbook for meeting ok"; got != want {
		t.Errorf("the audit tells of %s, want %s", got, want)
	}
	for _, e := range w.rows("") { // of everybody
		if e.Action == data.ActExport && e.Account == "" {
			t.Errorf("what the public takes is recorded: %v", e)
		}
	}
}

func TestWhoIsRefusedAllTheTimeFillsTheAuditNoFaster(t *testing.T) {
	w := serveWatched(t, done(t, andorra))
	auditor, account := w.seat(1, data.Grant{Role: data.RoleAuditor})
	for range 300 {
		w.ask("/v1/unplanned", auditor)
	}
	rows, refused := w.rows(account), 0
	for _, e := range rows {
		refused += max(e.N, 1)
	}
	if len(rows) > 140 || refused < 240 {
		t.Errorf("%d rows tell of %d refusals", len(rows), refused)
	}
}
