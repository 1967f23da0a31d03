package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/connect"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// connectBed is the lattice with a platform that asks over HTTP, by a key of the
// west, under the rules of the database.
type connectBed struct {
	*recordBed
	url   string
	token data.Token
	log   bytes.Buffer
}

// byToken are the people of a server who show the token of a session.
type byToken struct{ gate *data.Gate }

func (s byToken) Viewer(r *http.Request) (service.Viewer, error) {
	token := data.Token(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	seated, err := s.gate.Seat(r.Context(), token.Hash())
	if errors.Is(err, data.ErrNotFound) {
		return service.Viewer{}, &service.Error{Code: service.CodeSignIn, Message: "sign in again"}
	}
	return service.ViewerOf(seated, token), err
}

func newConnectBed(t *testing.T) *connectBed {
	t.Helper()
	b := &connectBed{recordBed: newRecordBed(t)}
	b.token = b.key(1, west, "connect-visits", "connect-cases", "put-device-events", "connect-tasks")
	server := httptest.NewServer(api.New(b.Service, lattice, byToken{b.store.Gate()}, http.NotFoundHandler(), slog.New(slog.NewTextHandler(&b.log, nil))))
	t.Cleanup(server.Close)
	b.url = server.URL
	b.operate(func(s *service.Service) error {
		return s.SetConnector(b.operator(), lattice, data.Connector{ID: "gridapp", Account: "u1"}) // by its login
	})
	return b
}

// operate does what the operator does at the machine, as the owner of the database.
func (b *connectBed) operate(f func(*service.Service) error) {
	b.t.Helper()
	s := service.New(b.owner, service.Config{Now: func() time.Time { return b.now }})
	defer s.Close()
	if err := f(s); err != nil {
		b.t.Fatal(err)
	}
}

// operator is who holds the machine.
func (b *connectBed) operator() context.Context {
	return service.WithViewer(b.t.Context(), service.Everyone(lattice))
}

// key makes a key of a program for an area.
func (b *connectBed) key(n int, area string, scopes ...string) data.Token {
	b.t.Helper()
	b.seat(n, data.RoleService, area, "", "")
	token := data.Token(fmt.Sprintf("key-%d", n))
	session := data.Session{ID: fmt.Sprintf("s%016x", 0xf000+n), Account: fmt.Sprintf("a%016x", n), Kind: data.SessionKey, Stage: data.StageFull, Scopes: scopes, ExpiresAt: time.Now().Add(time.Hour)}
	if err := b.store.Gate().OpenSession(b.t.Context(), lattice, token.Hash(), session); err != nil {
		b.t.Fatal(err)
	}
	return token
}

// ask asks over HTTP, with a key.
func (b *connectBed) ask(token data.Token, method, path string, body any) (int, []byte) {
	b.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	if s, raw := body.(string); raw {
		text = []byte(s)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, bytes.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token.Reveal())
	r.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer a.Body.Close()
	out, err := io.ReadAll(a.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return a.StatusCode, out
}

// push sends rows that must be answered, and returns what became of each as status,
// or status and code.
func (b *connectBed) push(path string, rows ...map[string]any) (out []string) {
	b.t.Helper()
	name := "rows"
	if path == "/v1/devices/events" {
		name = "events"
	}
	status, body := b.ask(b.token, http.MethodPost, path, map[string]any{name: rows})
	if status != http.StatusOK {
		b.t.Fatalf("%s: %d %s", path, status, body)
	}
	var answer struct {
		Rows   []api.ConnectRowAnswer
		Events []api.DeviceEventAnswer
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		b.t.Fatal(err)
	}
	for _, r := range answer.Rows {
		out = append(out, strings.TrimSpace(r.Status+" "+r.Code))
	}
	for _, e := range answer.Events {
		word := strings.TrimSpace(e.Status + " " + e.Code)
		if e.Opened {
			word += " opened"
		}
		if e.Clock {
			word += " clock"
		}
		out = append(out, word)
	}
	return out
}

func (b *connectBed) visit(id, resident string, back int, result string) map[string]any {
	return map[string]any{"id": id, "resident": resident, "day": (b.today - planner.Date(back)).String(), "result": result, "visitor": "v1"}
}

func TestVisitsOfAPlatformComeInOnce(t *testing.T) {
	b := newConnectBed(t)
	const path = "/v1/connect/visits"
	visits := func(where string) int {
		return one[int](t, b.owner, `SELECT count(*)::int FROM visit WHERE `+where)
	}
	for _, c := range []struct {
		name string
		row  map[string]any
		want string
	}{
		{"a visit", b.visit("1", "r0000", 0, "seen"), "stored"},
		{"the same again", b.visit("1", "r0000", 0, "seen"), "same"},
		{"another under its number", b.visit("1", "r0001", 0, "seen"), "refused conflict"},
		{"what cannot be, under its number", b.visit("1", "r0000", 0, "met"), "refused invalid"},
		{"the same visit under another number", b.visit("2", "r0000", 0, "seen"), "stored"},
		{"a visitor nobody knows", map[string]any{"id": "3", "resident": "r0001", "day": b.today.String(), "result": "not_seen", "visitor": "W9"}, "stored"},
		{"of somebody in the east", b.visit("4", "r0905", 0, "seen"), "refused not_yours"},
		{"of nobody", b.visit("5", "nobody", 0, "seen"), "refused not_yours"},
		{"of tomorrow", b.visit("6", "r0000", -1, "seen"), "refused time"},
		{"of last year", b.visit("7", "r0000", 93, "seen"), "refused too_old"},
		{"of no day", map[string]any{"id": "8", "resident": "r0000", "result": "seen"}, "refused invalid"},
		{"of no number", map[string]any{"resident": "r0000", "day": b.today.String(), "result": "seen"}, "refused invalid"},
		{"refused before, and good now", b.visit("8", "r0002", 2, "seen"), "stored"},
	} {
		if got := b.push(path, c.row); got[0] != c.want {
			t.Errorf("%s: %s, want %s", c.name, got[0], c.want)
		}
	}
	if n := visits(`resident = 'r0000' AND done AND visitor = 'v1'`); n != 1 {
		t.Errorf("a visit that came under two numbers is stored %d times", n)
	}
	if n := visits(`resident = 'r0001' AND NOT done AND visitor IS NULL`); n != 1 {
		t.Error("a visit by whom nobody knows is lost")
	}
	if got := one[string](t, b.owner, `SELECT string_agg(external || ' ' || code, ',' ORDER BY external) FROM connect_row WHERE status = 'refused'`); got != "4 not_yours,5 not_yours,6 time,7 too_old" {
		t.Errorf("refused are %s", got)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'visit' AND action = 'create' AND 'r0000' = ANY (ids)`); n != 2 {
		t.Errorf("%d rows of the audit tell of the two", n)
	}
	t.Run("a batch with what cannot be read in it", func(t *testing.T) {
		status, body := b.ask(b.token, http.MethodPost, path, `{"rows":[17,{"id":"9","resident":"r0003","day":"`+b.today.String()+`","result":"seen"},null]}`)
		if status != http.StatusOK || strings.Count(string(body), `"refused"`) != 2 || strings.Count(string(body), `"stored"`) != 1 {
			t.Errorf("%d %s", status, body)
		}
	})
	for name, body := range map[string]string{"nothing": ``, "no list": `{"rows":{}}`, "no rows": `{"rows":[]}`, "too many": `{"rows":[` + strings.Repeat("{},", 200) + `{}]}`, "a zero": `{"rows":["\u0000"]}`} {
		if status, _ := b.ask(b.token, http.MethodPost, path, body); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
			t.Errorf("%s is answered %d", name, status)
		}
	}
	t.Run("by their own numbers, in their own words", func(t *testing.T) {
		b.operate(func(s *service.Service) error {
			m := connect.Mapping{Visits: &connect.Rows{
				Fields: map[string]string{"id": "no", "resident": "who.no", "day": "at", "result": "state", "visitor": "by"},
				Values: map[string]map[string]string{"result": {"1": "seen"}}, Times: "unix", TheirIDs: true,
			}}
			return errors.Join(s.SetMapping(b.operator(), lattice, "gridapp", 0, m), s.SetExternalIDs(b.operator(), lattice, "gridapp", []data.ExternalID{
				{Kind: "resident", External: "77", Ours: "r0004"}, {Kind: "resident", External: "78", Ours: "r0905"}, {Kind: "visitor", External: "W1", Ours: "v2"},
			}))
		})
		row := func(id, who string) map[string]any {
			return map[string]any{"no": id, "who": map[string]any{"no": who}, "at": b.now.Unix(), "state": 1, "by": "W1"}
		}
		if diff := cmp.Diff([]string{"stored", "refused not_yours", "refused not_yours", "same"}, b.push(path, row("a1", "77"), row("a2", "78"), row("a3", "r0004"), row("a1", "77"))); diff != "" {
			t.Error(diff)
		}
		if n := visits(`resident = 'r0004' AND done AND visitor = 'v2'`); n != 1 {
			t.Error("the visit is not stored with its visitor")
		}
	})
	t.Run("no other key", func(t *testing.T) {
		stranger, narrow := b.key(2, west, "connect-visits"), b.key(3, west, "board", "names", "duty_area")
		for name, c := range map[string]struct {
			token  data.Token
			status int
		}{"of no platform": {stranger, http.StatusForbidden}, "made for something else": {narrow, http.StatusForbidden}, "nobody's": {"a guess", http.StatusUnauthorized}} {
			if status, body := b.ask(c.token, http.MethodPost, path, `{"rows":[{"id":"1"}]}`); status != c.status || bytes.Contains(body, []byte("r0000")) {
				t.Errorf("a key %s is answered %d %s", name, status, body)
			}
		}
	})
	if strings.Contains(b.log.String(), "r0000") {
		t.Errorf("the log tells of somebody: %s", b.log.String())
	}
}

func TestCasesOfAPlatformGoOnAndNotBack(t *testing.T) {
	b := newConnectBed(t)
	row := func(id string, minute int, stage, text string) map[string]any {
		return map[string]any{"id": id, "resident": "r0000", "kind": "general", "stage": stage, "text": text, "at": b.now.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)}
	}
	stage := func() string { return one[string](t, b.owner, `SELECT stage FROM incident WHERE resident = 'r0000'`) }
	for _, c := range []struct {
		name        string
		row         map[string]any
		want, stage string
	}{
		{"a case", row("1", 0, "call", "灯坏了"), "stored", "call"},
		{"the same", row("1", 0, "call", "灯坏了"), "same", "call"},
		{"it goes on", row("1", 20, "handling", ""), "stored", "handling"},
		{"what was overtaken", row("1", 10, "arrival", ""), "same", "handling"},
		{"something is written", row("1", 30, "handling", "换灯泡"), "stored", "handling"},
		{"it is closed", row("1", 40, "closed", ""), "stored", "closed"},
		{"and stays so", row("1", 50, "call", "again"), "stored", "closed"},
		{"of nobody", map[string]any{"id": "2", "resident": "nobody", "kind": "general", "at": b.now.Format(time.RFC3339)}, "refused not_yours", "closed"},
		{"in the east", map[string]any{"id": "3", "area": east + "001", "kind": "general", "at": b.now.Format(time.RFC3339)}, "refused not_yours", "closed"},
		{"of a lapse", map[string]any{"id": "4", "area": west + "001", "kind": "missed", "at": b.now.Format(time.RFC3339)}, "refused invalid", "closed"},
		{"in a grid, begun elsewhere", map[string]any{"id": "5", "area": west + "001", "kind": "emergency", "stage": "arrival", "at": b.now.Format(time.RFC3339)}, "stored", "closed"},
		{"another under its number", map[string]any{"id": "5", "area": west + "002", "kind": "emergency", "at": b.now.Add(time.Hour).Format(time.RFC3339)}, "refused conflict", "closed"},
	} {
		if got := b.push("/v1/connect/cases", c.row); got[0] != c.want || stage() != c.stage {
			t.Errorf("%s: %s at %s, want %s at %s", c.name, got[0], stage(), c.want, c.stage)
		}
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM incident`); n != 2 {
		t.Errorf("%d cases, want 2", n)
	}
	if got := one[string](t, b.owner, `SELECT stage || ' ' || kind FROM incident WHERE resident IS NULL AND area = $1`, west+"001"); got != "arrival emergency" {
		t.Errorf("the case of the grid is %s", got)
	}
}

// TestADeviceRaisesAnAlarmOnce sends what devices say through a network that repeats
// and reorders.
func TestADeviceRaisesAnAlarmOnce(t *testing.T) {
	b := newConnectBed(t)
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutDevices(lattice, []data.Device{
			{ID: "band", Kind: "wristband", Resident: "r0000"},
			{ID: "smoke", Kind: "smoke", Area: west + "001"},
			{ID: "far", Kind: "wristband", Resident: "r0905"},
			{ID: "gone", Kind: "wristband", Resident: "r0001", Ended: b.now},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	event := func(id, device, kind string, ahead time.Duration) map[string]any {
		return map[string]any{"id": id, "device": device, "kind": kind, "at": b.now.Add(ahead).Format(time.RFC3339)}
	}
	const path = "/v1/devices/events"
	got := b.push(path,
		event("1", "band", "fall", 0), event("1", "band", "fall", 0), event("2", "band", "fall", 0), event("3", "band", "sos", 24*time.Hour),
		event("1", "smoke", "smoke", 0), event("4", "band", "low_battery", 0), event("5", "band", "smoke", 0),
		event("1", "far", "fall", 0), event("1", "nobody", "fall", 0), event("1", "gone", "fall", 0),
		map[string]any{"id": "6", "device": "smoke", "kind": "smoke", "at": "yesterday"}, map[string]any{"id": "12", "device": "smoke", "kind": "smoke", "at": 1764547200, "value": "much"},
		map[string]any{"device": "band", "kind": "fall"}, map[string]any{"id": 7, "device": "band"}, map[string]any{"id": []int{7}, "device": "band", "kind": "fall"},
		map[string]any{"id": 20, "device": "smoke", "kind": "low_battery", "at": b.now.Format(time.RFC3339)}, event("20", "smoke", "low_battery", 0),
	)
	want := []string{
		"stored opened", "same opened", "stored", "stored opened clock", "stored opened", "stored", "refused kind",
		"refused unknown", "refused unknown", "refused unknown", "stored clock", "stored clock", "refused invalid", "refused kind", "refused invalid",
		"stored", "same",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := one[string](t, b.owner, `SELECT string_agg(COALESCE(resident, area) || ' ' || kind || ' ' || source || ' ' || round(extract(epoch FROM deadline - opened_at) / 60), ',' ORDER BY opened_at, resident, deadline) FROM incident`); strings.Count(got, " emergency device 15") != 3 || !strings.Contains(got, west+"001 ") {
		t.Errorf("the cases are %s", got)
	}
	if got := one[string](t, b.owner, `SELECT string_agg(code || ' ' || n, ',' ORDER BY code) FROM device_refused`); got != "invalid 2,kind 2,unknown 3" {
		t.Errorf("refused are counted as %s", got)
	}
	// An alarm after its case was closed is another one, however soon it comes.
	if _, err := b.owner.Pool().Exec(t.Context(), `UPDATE incident SET stage = 'closed', closed_at = $1
		WHERE id = (SELECT incident FROM device_event WHERE device = 'band' AND event = '1')`, b.now); err != nil {
		t.Fatal(err)
	}
	if got := b.push(path, event("13", "band", "fall", 0), event("14", "band", "fall", 0)); got[0] != "stored opened" || got[1] != "stored" {
		t.Errorf("after the case was closed: %v", got)
	}
	b.now = b.now.Add(11 * time.Minute)
	if got := b.push(path, event("2", "band", "fall", 0), event("8", "band", "fall", 0)); got[0] != "same" || got[1] != "stored opened" {
		t.Errorf("after a while: %v", got)
	}
	b.operate(func(s *service.Service) error {
		return s.SetDeviceRules(b.operator(), lattice, 0, connect.DeviceRules{{Event: "fall", Opens: "general"}})
	})
	if got := b.push(path, event("9", "band", "sos", 0), event("10", "band", "fall", 0)); got[0] != "stored" || got[1] != "stored opened" {
		t.Errorf("by rules of their own: %v", got)
	}
	if kind := one[string](t, b.owner, `SELECT i.kind FROM incident i JOIN device_event e ON e.district = i.district AND e.incident = i.id WHERE e.event = '10'`); kind != "general" {
		t.Errorf("a rule of their own opens a case of kind %s", kind)
	}
}

// TestAPlatformBehindABadNetworkAgreesWithTheModel pushes visits, cases and alarms
// through a network that drops, repeats and reorders them, until all are answered,
// and holds what is stored against a model of what was made.
func TestAPlatformBehindABadNetworkAgreesWithTheModel(t *testing.T) {
	b := newConnectBed(t)
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutDevices(lattice, []data.Device{{ID: "band", Kind: "wristband", Resident: "r0000"}})
	}); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(8, 2))
	stages := []string{"call", "arrival", "handling", "feedback", "rating", "closed"}
	type item struct {
		path string
		row  map[string]any
	}
	var waiting []item
	seen, last := map[string]bool{}, map[string]int{}
	for n := range 60 {
		resident, back := fmt.Sprintf("r%02d%02d", rng.IntN(6), rng.IntN(6)), rng.IntN(9)
		result := []string{"seen", "not_seen"}[rng.IntN(2)]
		waiting = append(waiting, item{"/v1/connect/visits", b.visit(fmt.Sprint(n), resident, back, result)})
		seen[resident+" "+(b.today-planner.Date(back)).String()+" "+result] = true
		if n%3 == 0 { // a case that goes on by a few stages
			id := fmt.Sprint(n % 15)
			if last[id] < len(stages) {
				waiting = append(waiting, item{"/v1/connect/cases", map[string]any{
					"id": id, "resident": fmt.Sprintf("r0%d00", n%5), "kind": "general", "stage": stages[last[id]], "at": b.now.Add(time.Duration(n) * time.Minute).Format(time.RFC3339),
				}})
				last[id]++
			}
		}
		if n%10 == 0 {
			waiting = append(waiting, item{"/v1/devices/events", map[string]any{"id": fmt.Sprint(n), "device": "band", "kind": "low_battery", "at": b.now.Format(time.RFC3339)}})
		}
	}
	for round := 0; len(waiting) > 0; round++ {
		if round > 200 {
			t.Fatalf("%d are never answered", len(waiting))
		}
		rng.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
		path := waiting[0].path
		var some []map[string]any
		for _, w := range waiting {
			if w.path == path && len(some) < 1+rng.IntN(12) {
				some = append(some, w.row)
			}
		}
		switch rng.IntN(4) {
		case 0: // lost on the way there
			continue
		case 1: // lost on the way back
			b.push(path, some...)
			continue
		case 2: // twice
			b.push(path, some...)
		}
		for i, word := range b.push(path, some...) {
			if word != "stored" && word != "same" {
				t.Fatalf("%v is answered %s", some[i], word)
			}
		}
		waiting = slices.DeleteFunc(waiting, func(w item) bool {
			return w.path == path && slices.ContainsFunc(some, func(r map[string]any) bool { return maps.Equal(r, w.row) })
		})
	}
	if got, want := one[int](t, b.owner, `SELECT count(*)::int FROM visit`), len(seen); got != want {
		t.Errorf("%d visits are stored, %d were made", got, want)
	}
	for key := range seen {
		var f [3]string
		copy(f[:], strings.Fields(key))
		if one[int](t, b.owner, `SELECT count(*)::int FROM visit WHERE resident = $1 AND day = $2::date AND done = $3`, f[0], f[1], f[2] == "seen") != 1 {
			t.Errorf("%s is not stored", key)
		}
	}
	for id, n := range last {
		if got := one[string](t, b.owner, `SELECT i.stage FROM connect_row c JOIN incident i ON i.district = c.district AND i.id = c.incident WHERE c.kind = 'case' AND c.external = $1`, id); got != stages[n-1] {
			t.Errorf("case %s is at %s, want %s", id, got, stages[n-1])
		}
	}
	if got, want := one[int](t, b.owner, `SELECT count(*)::int FROM incident`), len(last); got != want {
		t.Errorf("%d cases are open, %d were made", got, want)
	}
	if got := one[int](t, b.owner, `SELECT count(*)::int FROM device_event`); got != 6 {
		t.Errorf("%d events are stored, 6 were made", got)
	}
}
