package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sanse/planner"
)

// edit sends a change of the version that an ETag names.
func (c *client) edit(method, path, etag string, body any) answer {
	c.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.ask(path, func(r *http.Request) {
		r.Method = method
		if body != nil {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
			r.Header.Set("Content-Type", "application/json")
		}
		if etag != "" {
			r.Header.Set("If-Match", etag)
		}
	})
}

// ok fails the test unless an edit was made; it returns the body and the ETag.
func (a answer) ok(t *testing.T) (body object, etag string) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, clip(a.body))
	}
	return parseJSON(t, a.body), a.header.Get("ETag")
}

// refused fails the test unless an edit was refused with that status and reason.
func (a answer) refused(t *testing.T, status int, reason string) object {
	t.Helper()
	p := parseJSON(t, a.body)
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" || p["reason"] != reason || !aName(p["detail"]) {
		t.Fatalf("%d %s %s, want %d %s", a.status, a.header.Get("Content-Type"), clip(a.body), status, reason)
	}
	return p
}

func polygon(b box) object {
	return object{"type": "Polygon", "coordinates": []any{[]any{
		[]any{b.west, b.south}, []any{b.east, b.south}, []any{b.east, b.north}, []any{b.west, b.north}, []any{b.west, b.south},
	}}}
}

func TestADraftIsChangedCheckedAndPublishedOverHTTP(t *testing.T) {
	b, _ := newGround(t, "drafts")
	c := serveBed(t, b, ground)
	grid := func(n int) string { return fmt.Sprintf("%s001001%03d", ground, n) }
	created := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "新小区"})
	draft, first := created.ok(t)
	path := fmt.Sprintf("/v1/drafts/%d", whole(draft["id"]))
	version := c.get("/v1/district")["data_version"]

	split := object{"kind": "split", "areas": []any{
		object{"code": grid(1), "boundary": polygon(box{104.30, 30.80, 104.303, 30.81})},
		object{"code": "+new", "parent": ground + "001001", "name": "新小区", "boundary": polygon(box{104.303, 30.80, 104.31, 30.81})},
	}}
	c.edit(http.MethodPost, path+"/changes", "", split).refused(t, http.StatusPreconditionRequired, "version_missing")
	c.edit(http.MethodPost, path+"/changes", `"x"`, split).refused(t, http.StatusPreconditionFailed, "draft_changed")
	if a := c.ask(path+"/undo", func(r *http.Request) {
		r.Method = http.MethodPost
		r.Header.Set("If-Match", first)
		r.Header.Set("Origin", "http://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	}); a.status != http.StatusForbidden {
		t.Errorf("a page from elsewhere: %d %s", a.status, clip(a.body))
	}
	made, second := c.edit(http.MethodPost, path+"/changes", first, split).ok(t)
	if got := list(made["change"].(object)["areas"]); len(got) != 2 || got[1] != grid(5) {
		t.Errorf("made %v", made)
	}
	p := c.edit(http.MethodPost, path+"/undo", first, nil)
	body := p.refused(t, http.StatusPreconditionFailed, "draft_changed")
	if m := list(body["meanwhile"]); p.header.Get("ETag") != second || len(m) != 1 || m[0].(object)["verb"] != "split" {
		t.Errorf("what was done meanwhile: %s %s", p.header.Get("ETag"), p.body)
	}
	_, third := c.edit(http.MethodPost, path+"/undo", second, nil).ok(t)
	if got := len(c.features(path + "/areas?level=grid")); got != 8 {
		t.Errorf("%d grids after undo", got)
	}
	_, fourth := c.edit(http.MethodPost, path+"/redo", third, nil).ok(t)
	if got := c.features(path + "/areas?level=grid&parent=" + ground + "001001"); len(got) != 5 {
		t.Errorf("%d grids after redo", len(got))
	}
	if got := c.get(path); len(list(got["changes"])) != 1 || whole(got["position"]) != 1 || got["state"] != "open" {
		t.Errorf("%v", got)
	}
	if got := c.get(path + "/check"); got["ok"] != true {
		t.Errorf("%v", got)
	}
	if got := c.get("/v1/district")["data_version"]; got != version {
		t.Errorf("a draft that nobody has published moves the data version from %v to %v", version, got)
	}

	today := planner.DateOf(time.Now().In(time.FixedZone("CST", 8*3600)))
	day := (today + 4).String()
	c.edit(http.MethodPost, path+"/publish", fourth, object{"effective": today.String()}).refused(t, http.StatusUnprocessableEntity, "day_past")
	out, _ := c.edit(http.MethodPost, path+"/publish", fourth, object{"effective": day}).ok(t)
	if whole(out["moved"]) != 1 || out["stale_plan"] != nil || len(list(out["created"])) != 1 || len(list(out["lineage"])) != 2 {
		t.Errorf("%v", out)
	}
	c.edit(http.MethodDelete, path, `"5"`, nil).refused(t, http.StatusConflict, "draft_closed")

	spells := list(c.get("/v1/history?resident=R1")["spells"])
	if len(spells) != 2 || spells[0].(object)["to"] != (today+3).String() || spells[1].(object)["from"] != day || spells[1].(object)["to"] != nil {
		t.Errorf("history of R1: %v", spells)
	}
	for on, want := range map[string]string{(today + 3).String(): grid(1), day: grid(5)} {
		spell := list(c.get("/v1/history?point=104.304,30.804&on=" + on)["spells"])[0].(object)
		areas := list(spell["path"])
		if got := areas[len(areas)-1].(object)["code"]; got != want {
			t.Errorf("on %s the point is in %v, want %s", on, got, want)
		}
	}
	if h := c.get("/v1/areas/" + grid(5) + "/history"); len(list(h["versions"])) != 1 || len(list(h["from"])) != 1 {
		t.Errorf("history of the new grid: %v", h)
	}

	back, _ := c.edit(http.MethodPost, "/v1/publications", "", object{"back_to": today.String(), "effective": (today + 9).String()}).ok(t)
	if list(back["retired"])[0] != grid(5) || back["draft"] != nil {
		t.Errorf("%v", back)
	}
	if got := list(c.get("/v1/publications")["items"]); len(got) != 2 || got[1].(object)["effective"] != day {
		t.Errorf("%v", got)
	}
	for path, status := range map[string]int{
		"/v1/drafts/99": http.StatusNotFound, "/v1/drafts/0": http.StatusUnprocessableEntity, "/v1/areas/99/history": http.StatusNotFound,
		"/v1/history": http.StatusUnprocessableEntity, "/v1/history?resident=nobody": http.StatusNotFound,
		"/v1/history?point=1": http.StatusUnprocessableEntity, "/v1/history?point=NaN,1": http.StatusUnprocessableEntity,
	} {
		if a := c.ask(path); a.status != status {
			t.Errorf("%s: %d %s", path, a.status, clip(a.body))
		}
	}
	for name, boundary := range map[string]any{
		"a point": object{"type": "Point", "coordinates": []any{104.3, 30.8}}, "words": "here", "a ring of numbers": object{"type": "Polygon", "coordinates": []any{1, 2}},
		"a hole in the air": object{"type": "Polygon", "coordinates": []any{}},
	} {
		_, tag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": name}).ok(t)
		items := list(c.get("/v1/drafts")["items"])
		at := fmt.Sprintf("/v1/drafts/%d/changes", whole(items[0].(object)["id"]))
		c.edit(http.MethodPost, at, tag, object{"kind": "reshape", "areas": []any{object{"code": grid(1), "boundary": boundary}}}).
			refused(t, http.StatusUnprocessableEntity, "bad_boundary")
	}
	if !strings.Contains(c.ask("/v1/openapi.json").body, "publish-draft") {
		t.Error("the API does not say that drafts can be published")
	}
	if c.log.Len() > 0 {
		t.Errorf("the log says: %s", clip(c.log.String()))
	}
}
