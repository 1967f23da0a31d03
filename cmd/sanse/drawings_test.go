package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/planner"
)

// drawn asks for a drawing until it is over.
func (c *client) drawn(path, job string) object {
	c.t.Helper()
	for {
		if d := c.get(path + "/drawings/" + job); d["state"] != "running" {
			return d
		}
		select {
		case <-c.t.Context().Done():
			c.t.Fatal("the drawing does not end")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func TestACommunityIsDrawnOverHTTP(t *testing.T) {
	b, _ := newGround(t, "drawings")
	c := serveBed(t, b, ground)
	community := ground + "001001"
	draft, etag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "划网格"}).ok(t)
	path := fmt.Sprintf("/v1/drafts/%d", whole(draft["id"]))
	post := func(body object) answer { return c.edit(http.MethodPost, path+"/drawings", "", body) }
	ask := func(more object) object {
		in := object{"area": community, "level": "grid", "zones": 3, "weights": []any{object{"name": "minutes", "tolerance": 1}}, "barriers": true, "stay": 0.1, "seconds": 1}
		for k, v := range more {
			in[k] = v
		}
		return in
	}
	begun := post(ask(nil))
	if begun.status != http.StatusAccepted {
		t.Fatalf("%d %s", begun.status, clip(begun.body))
	}
	job := text(parseJSON(t, begun.body)["job"])
	d := c.drawn(path, job)
	result, ok := d["result"].(object)
	if d["state"] != "done" || !ok {
		t.Fatalf("%v", d)
	}
	metrics := result["metrics"].(object)
	if n := len(list(result["areas"].(object)["features"])); n != 3 || whole(metrics["zones"]) != 3 || len(list(result["forbids"])) != 0 {
		t.Errorf("%d areas, %v, %v", n, metrics, result["forbids"])
	}
	for _, f := range list(result["areas"].(object)["features"]) {
		p := f.(object)["properties"].(object)
		if p["level"] != "grid" || p["parent"] != community || p["values"].(object)["minutes"] == nil {
			t.Errorf("%v", p)
		}
	}
	at := path + "/drawings/" + job + "/apply"
	c.edit(http.MethodPost, at, "", nil).refused(t, http.StatusPreconditionRequired, "version_missing")
	c.edit(http.MethodPost, at, `"9"`, nil).refused(t, http.StatusPreconditionFailed, "draft_changed")
	made, next := c.edit(http.MethodPost, at, etag, nil).ok(t)
	if made["change"].(object)["kind"] != "draw" || len(list(made["gone"])) != 1 || len(list(made["areas"].(object)["features"])) < 3 {
		t.Errorf("%v", made)
	}
	if got := c.get(path + "/check"); got["ok"] != true {
		t.Errorf("%v", got)
	}
	stale := c.edit(http.MethodPost, at, next, nil).refused(t, http.StatusConflict, "drawing_stale")
	if len(list(stale["areas"])) == 0 {
		t.Errorf("%v", stale)
	}
	c.edit(http.MethodPost, path+"/undo", next, nil).ok(t)
	if got := c.features(path + "/areas?level=grid&parent=" + community); len(got) != 4 {
		t.Errorf("%d grids after undo", len(got))
	}

	// One that runs is stopped, and holds no other up for good.
	long := text(parseJSON(t, post(ask(object{"seconds": 60})).body)["job"])
	post(ask(nil)).refused(t, http.StatusConflict, "drawing_runs")
	c.edit(http.MethodPost, path+"/drawings/"+long+"/apply", next, nil).refused(t, http.StatusConflict, "drawing_runs")
	stopped, _ := c.edit(http.MethodDelete, path+"/drawings/"+long, "", nil).ok(t)
	if stopped["state"] != "stopped" || stopped["result"] == nil {
		t.Errorf("%v", stopped)
	}

	for name, in := range map[string]struct {
		reason string
		more   object
	}{
		"more grids than there are blocks": {"bad_drawing", object{"whole_blocks": true, "zones": 5}},
		"a weight that nobody knows":       {"bad_drawing", object{"weights": []any{object{"name": "cats", "tolerance": 0.1}}}},
		"a weight of which there is none":  {"bad_drawing", object{"weights": []any{object{"name": "households", "tolerance": 0.1}}}},
		"a cell of another resolution":     {"bad_cells", object{"locked_cells": []any{"8931aa43b2bffff"}}},
		"no cell":                          {"bad_cells", object{"locked_cells": []any{"brick"}}},
		"no such community":                {"unknown_area", object{"area": ground + "001009"}},
		"a district":                       {"unknown_area", object{"area": ground}},
	} {
		p := parseJSON(t, post(ask(in.more)).body)
		if p["reason"] != in.reason {
			t.Errorf("%s: %v", name, p)
		}
	}
	// What the description of the API rules out.
	for _, more := range []object{{"seconds": 0}, {"seconds": 3600}, {"level": "town"}, {"zones": -1}, {"zones": 100000}, {"stay": -1}, {"weights": make([]object, 6)}} {
		if a := post(ask(more)); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d %s", more, a.status, clip(a.body))
		}
	}
	for _, job := range []string{"1", "0", "x"} {
		if a := c.ask(path + "/drawings/" + job); a.status != http.StatusNotFound && a.status != http.StatusUnprocessableEntity {
			t.Errorf("drawing %s: %d", job, a.status)
		}
	}
	if c.log.Len() > 0 {
		t.Errorf("the log says: %s", clip(c.log.String()))
	}
}

// All that can be wrong with boundaries is refused, or found, over HTTP too.
func TestBadBoundariesAreRefusedOverHTTP(t *testing.T) {
	b, _ := newGround(t, "bad_boundaries")
	c := serveBed(t, b, ground)
	community := ground + "001001"
	grid := func(n int) string { return fmt.Sprintf("%s%03d", community, n) }
	begin := func() (path, etag string) {
		draft, etag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "坏边界"}).ok(t)
		return fmt.Sprintf("/v1/drafts/%d", whole(draft["id"])), etag
	}
	conv, err := geo.NewConverter(geo.GCJ02)
	if err != nil {
		t.Fatal(err)
	}
	defer conv.Close()
	var shifted []any
	for _, a := range groundAreas()[3:7] {
		var ring []any
		for _, p := range [][2]float64{{a.west, a.south}, {a.east, a.south}, {a.east, a.north}, {a.west, a.north}, {a.west, a.south}} {
			q, err := conv.FromWGS84(orb.Point(p))
			if err != nil {
				t.Fatal(err)
			}
			ring = append(ring, []any{q[0], q[1]})
		}
		shifted = append(shifted, object{"code": a.code, "boundary": object{"type": "Polygon", "coordinates": []any{ring}}})
	}
	ring := func(xy ...float64) object { return object{"type": "Polygon", "coordinates": []any{corners(xy...)}} }
	for name, in := range map[string]struct {
		reason string
		areas  []any
	}{
		"a ring that crosses itself":   {"bad_boundary", []any{object{"code": grid(1), "boundary": ring(0, 0, 1, 1, 1, 0, 0, 1, 0, 0)}}},
		"a ring that is open":          {"bad_boundary", []any{object{"code": grid(1), "boundary": ring(0, 0, 1, 0, 1, 1, 0, 1)}}},
		"a grid outside its community": {"outside_parent", []any{object{"code": grid(2), "boundary": ring(1, 0, 2.5, 0, 2.5, 1, 1, 1, 1, 0)}}},
		"a code twice":                 {"bad_code", []any{object{"code": grid(1), "name": "一"}, object{"code": grid(1), "name": "二"}}},
		"a new area twice": {"bad_code", []any{
			object{"code": "+a", "parent": community, "name": "一", "boundary": ring(0, 0, 1, 0, 1, 1, 0, 0)},
			object{"code": "+a", "parent": community, "name": "二", "boundary": ring(0, 0, 1, 1, 0, 1, 0, 0)},
		}},
		"GCJ-02 passed as WGS 84": {"shifted", shifted},
		"latitude first":          {"bad_boundary", []any{object{"code": grid(1), "boundary": object{"type": "Polygon", "coordinates": []any{[]any{[]any{30.8, 104.3}, []any{30.81, 104.3}, []any{30.81, 104.31}, []any{30.8, 104.3}}}}}}},
	} {
		path, etag := begin()
		a := c.edit(http.MethodPost, path+"/changes", etag, object{"kind": "reshape", "areas": in.areas})
		if p := parseJSON(t, a.body); a.status != http.StatusUnprocessableEntity || p["reason"] != in.reason {
			t.Errorf("%s: %d %s", name, a.status, clip(a.body))
		}
		if got := c.get(path); whole(got["version"]) != 1 || len(list(got["changes"])) != 0 {
			t.Errorf("%s: something was stored: %v", name, got)
		}
	}
	// Areas that overlap are how a redraw looks half-way: found, and not published.
	path, etag := begin()
	_, etag = c.edit(http.MethodPost, path+"/changes", etag, object{"kind": "reshape", "areas": []any{object{"code": grid(1), "boundary": ring(0, 0, 1.2, 0, 1.2, 1, 0, 1, 0, 0)}}}).ok(t)
	found := list(c.get(path + "/check")["findings"])
	if len(found) != 1 || found[0].(object)["kind"] != "overlap" {
		t.Errorf("found %v", found)
	}
	tomorrow := planner.DateOf(time.Now().In(time.FixedZone("CST", 8*3600))) + 1
	c.edit(http.MethodPost, path+"/publish", etag, object{"effective": tomorrow.String()}).refused(t, http.StatusConflict, "not_tiling")
	// On the bench they cannot be edited before they are mended, and not drawn.
	a := c.edit(http.MethodPost, path+"/drawings", "", object{"area": community, "level": "grid", "zones": 3, "seconds": 1})
	if p := a.refused(t, http.StatusUnprocessableEntity, "not_tiling"); len(list(p["findings"])) == 0 {
		t.Errorf("%v", p)
	}
	for _, past := range []string{"2020-01-01", (tomorrow - 1).String()} {
		c.edit(http.MethodPost, path+"/publish", etag, object{"effective": past}).refused(t, http.StatusUnprocessableEntity, "day_past")
	}
	if a := c.edit(http.MethodPost, path+"/publish", etag, object{"effective": "2026-02-30"}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a day that there is not: %d %s", a.status, clip(a.body))
	}
	if strings.Contains(c.log.String(), "error") {
		t.Errorf("the log says: %s", clip(c.log.String()))
	}
}
