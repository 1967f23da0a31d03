package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/data"
)

// livedIn has happen to somebody what an operation can tell of: a case, a door code, a
// record, what they asked, agreed to and said against their grade.
func (h *house) livedIn(t *testing.T) (incident string) {
	t.Helper()
	r := h.mine.resident
	for _, q := range []struct{ method, path, body string }{
		{http.MethodPost, "/v1/cases", `{"kind":"general","source":"found","resident":"` + r + `","text":"the lock is broken"}`},
		{http.MethodPost, "/v1/codes", `{"kind":"home","resident":"` + r + `"}`},
		{http.MethodPut, "/v1/residents/" + r + "/consent", `{"purpose":"care","given":true,"how":"spoken"}`},
		{http.MethodPost, "/v1/residents/" + r + "/requests", `{"kind":"access","reason":"asked at the door"}`},
		{http.MethodPost, "/v1/residents/" + r + "/appeals", `{"who":"family","said":"once a week is enough"}`},
		{http.MethodPost, "/v1/records", `{"records":[{"id":"` + uuidOf(t) + `","resident":"` + r + `","arrived":"` + time.Now().Add(-time.Minute).Format(time.RFC3339) + `","no_code":"damaged","result":"seen"}]}`},
	} {
		a := h.send(q.method, q.path, q.body, false, "leader")
		if a.status >= 300 || strings.Contains(a.body, "refused") {
			t.Fatalf("%s %s: %d %s", q.method, q.path, a.status, clip(a.body))
		}
		if q.path == "/v1/cases" {
			incident = text(parseJSON(t, a.body)["id"])
		}
	}
	return incident
}

func uuidOf(t *testing.T) string {
	t.Helper()
	b := random(t) + random(t)
	return b[:8] + "-" + b[8:12] + "-4" + b[13:16] + "-8" + b[17:20] + "-" + b[20:]
}

// TestWhoeverIsToldOfSomebodyIsInTheTrace asks every operation that reads, and those that
// try something out, as everybody who is told of single residents, and looks for each
// resident of whom an answer tells among those of whom the audit says that they were
// looked at with it.
func TestWhoeverIsToldOfSomebodyIsInTheTrace(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	incident := h.livedIn(t)
	questions := map[string]probe{
		"order-day": {path: "/v1/today/order", body: `{"visitor":"{visitor}","date":"{date}","doors":[],"try":true}`},
		"case":      {path: "/v1/cases/" + incident}, "case-helpers": {path: "/v1/cases/" + incident + "/helpers"},
		"flags": {path: "/v1/flags?area={area}"}, "records": {path: "/v1/records?area={area}"},
	}
	accounts := map[string]string{}
	trace := func(who string) []data.Event { // the latest rows, the last one first
		t.Helper()
		if accounts[who] == "" {
			seated, err := h.owner.Gate().Seat(t.Context(), h.tokens[who].Hash())
			if err != nil {
				t.Fatal(err)
			}
			accounts[who] = seated.Account.ID
		}
		rows, err := h.owner.Events(t.Context(), h.code, data.EventFilter{Account: accounts[who], Limit: 4})
		if err != nil {
			t.Fatal(err)
		}
		return append(rows, data.Event{})
	}
	answered, told := 0, map[string]bool{}
	for _, op := range h.operations() {
		q, own := questions[op.id]
		if p, there := probes[op.id]; !own && there && op.method == http.MethodGet {
			q, own = p, true
		}
		if !own || !strings.HasPrefix(op.audience, "duty") {
			continue
		}
		for _, who := range []string{"leader", "planner", "official_district", "department"} {
			before := trace(who)[0].ID
			a := h.send(op.method, h.fill(q.path, h.own[who], h.mine), h.fill(q.body, h.own[who], h.mine), q.etag, who)
			if a.status >= 300 {
				continue
			}
			answered++
			var looked []string
			for _, row := range trace(who) {
				if row.ID > before {
					looked = append(looked, row.IDs...)
				}
			}
			for id := range h.homes {
				if !strings.Contains(a.body, `"`+id+`"`) {
					continue
				}
				told[op.id] = true
				if !slices.Contains(looked, id) {
					t.Errorf("%s %s as %s tells of %s, and the audit does not: %v", op.method, op.path, who, id, looked)
					break
				}
			}
		}
	}
	if answered < 80 || len(told) < 12 {
		t.Errorf("%d answers, and %d operations tell of somebody: most of it was not asked", answered, len(told))
	}
	// What tells of somebody without saying the id is recorded too.
	for path, who := range map[string]string{"/v1/residents/" + h.mine.resident + "/consent": "leader", "/v1/privacy": "official_district"} {
		before := trace(who)[0].ID
		if a := h.send(http.MethodGet, path, "", false, who); a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, a.status, clip(a.body))
		}
		if row := trace(who)[0]; row.ID == before || !slices.Contains(row.IDs, h.mine.resident) {
			t.Errorf("%s as %s leaves no trace of %s", path, who, h.mine.resident)
		}
	}

	t.Run("ways to a door are told to the second to whom its place is told, and nobody else", func(t *testing.T) {
		ways := func(who string) (exact int) {
			t.Helper()
			a := h.send(http.MethodGet, "/v1/cases/"+incident+"/helpers", "", false, who)
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d %s", who, a.status, clip(a.body))
			}
			v := parseJSON(t, a.body)
			all := append(list(v["visitors"]), list(v["bases"])...)
			if len(all) == 0 {
				t.Fatalf("%s is told of nobody", who)
			}
			for _, one := range all {
				if whole(one.(object)["seconds"])%60 != 0 {
					exact++
				}
			}
			return exact
		}
		for _, who := range []string{"planner", "task_force"} {
			if n := ways(who); n > 0 {
				t.Errorf("%s, who is not told where %s lives, is told %d ways to the second", who, h.mine.resident, n)
			}
		}
		if ways("leader") == 0 {
			t.Error("nobody is told any way to the second: the test would not see one")
		}
		// Whoever is handed the resident is told the address.
		if a := h.send(http.MethodPost, "/v1/break-glass", fmt.Sprintf(`{"resident":%q,"reason":"nobody opens the door"}`, h.mine.resident), false, "task_force"); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, clip(a.body))
		}
		if ways("task_force") == 0 {
			t.Error("who broke the glass is not told the ways")
		}
	})
}
