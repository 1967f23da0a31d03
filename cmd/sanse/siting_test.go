package main

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// sited asks for a search for sites until it is over.
func (c *client) sited(job string) object {
	c.t.Helper()
	for {
		if s := c.get("/v1/siting/" + job); s["state"] != "running" {
			return s
		}
		select {
		case <-c.t.Context().Done():
			c.t.Fatal("the search does not end")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestSitesAreLookedForOverHTTP(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	post := func(more object) answer {
		in := object{"service": "day_care", "goal": "mclp", "p": 3, "minutes": 15, "who": "residents", "candidates": "streets", "seconds": 20}
		for k, v := range more {
			if in[k] = v; v == nil {
				delete(in, k)
			}
		}
		return c.edit(http.MethodPost, "/v1/siting", "", in)
	}
	begun := post(nil)
	if begun.status != http.StatusAccepted {
		t.Fatalf("%d %s", begun.status, clip(begun.body))
	}
	s := c.sited(text(parseJSON(t, begun.body)["job"]))
	r, ok := s["result"].(object)
	if s["state"] != "done" || !ok {
		t.Fatalf("%v", s)
	}
	sites := list(r["sites"].(object)["features"])
	if len(sites) == 0 || len(sites) > 3 || whole(r["reached"]) > whole(r["total"]) || whole(r["objective"]) > whole(r["bound"]) {
		t.Fatalf("%v", r)
	}
	said := r["message"].(object)
	if !strings.Contains(text(said["en"]), "minutes on foot") || !strings.Contains(text(said["zh"]), "步行") {
		t.Errorf("%v", said)
	}
	changes, after := []any{}, 0
	for k, f := range sites {
		p := f.(object)["properties"].(object)
		if whole(p["rank"]) != k+1 || whole(p["gain"]) <= 0 || p["facility"] == nil && p["status"] != "new" {
			t.Errorf("%v", p)
		}
		after = whole(p["after"])
		at := f.(object)["geometry"].(object)["coordinates"]
		if id, ok := p["facility"].(string); ok {
			changes = append(changes, object{"op": "open", "facility": id})
		} else {
			changes = append(changes, object{"op": "add", "service": "day_care", "location": at})
		}
	}
	if after != whole(r["reached"]) {
		t.Errorf("%d after the last step, %v reached", after, r["reached"])
	}
	// What the search promises is what trying it brings.
	tried, _ := c.edit(http.MethodPost, "/v1/coverage/try", "", object{"services": []any{"day_care"}, "minutes": 15, "speed": "elderly", "changes": changes}).ok(t)
	got := tried["services"].(object)["day_care"].(object)["after"].(object)
	if whole(got["residents"]) != whole(r["reached"]) {
		t.Errorf("the search reaches %v residents, trying it %v", r["reached"], got)
	}

	long := text(parseJSON(t, post(object{"goal": "pmedian", "p": 30, "seconds": 60}).body)["job"])
	if stopped, _ := c.edit(http.MethodDelete, "/v1/siting/"+long, "", nil).ok(t); stopped["state"] == "running" || stopped["state"] == "failed" {
		t.Errorf("%v", stopped)
	}

	for want, in := range map[string]object{
		"expected number \u003e= 1":            {"minutes": 0},
		"sites are asked for, and there are":   {"p": 3, "candidates": []any{object{"id": "a", "location": []any{1.52, 42.5}}}},
		"how many sites":                       {"p": nil},
		"service: there is no":                 {"service": "cats"},
		"no street within":                     {"candidates": []any{object{"id": "a", "location": []any{9.5, 42.5}}}},
		"body.candidates":                      {"candidates": "clouds"},
		"body.goal":                            {"goal": "best"},
		"candidates[0].capacity: want 1":       {"candidates": []any{object{"id": "a", "location": []any{1.52, 42.5}, "capacity": 0}}},
		"there is no area":                     {"area": c.get("/v1/district")["code"].(string) + "999"},
		"capacities are for the goals":         {"goal": "pcenter", "capacity": 5},
		"neither a number nor a budget can be": {"goal": "lscp"},
	} {
		if a := post(in); a.status < 400 || a.status >= 500 || !strings.Contains(a.body, want) {
			t.Errorf("%v: %d %s, want %q", in, a.status, clip(a.body), want)
		}
	}
	if a := c.edit(http.MethodPost, "/v1/siting?as=public", "", object{"service": "day_care", "goal": "mclp", "p": 1, "candidates": "streets"}); a.status != http.StatusForbidden {
		t.Errorf("the public is answered %d %s", a.status, clip(a.body))
	}
	if a := c.ask("/v1/siting/77"); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, clip(a.body))
	}
}
