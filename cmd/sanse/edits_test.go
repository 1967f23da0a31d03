package main

import (
	"fmt"
	"net/http"
	"testing"
)

// corners are points of a line, in hundredths of a degree from the south-west
// corner of the ground.
func corners(xy ...float64) []any {
	var out []any
	for i := 0; i < len(xy); i += 2 {
		out = append(out, []any{104.30 + xy[i]/100, 30.80 + xy[i+1]/100})
	}
	return out
}

func TestBordersAreEditedOverHTTP(t *testing.T) {
	b, _ := newGround(t, "edits")
	c := serveBed(t, b, ground)
	community := ground + "001001"
	grid := func(n int) string { return fmt.Sprintf("%s%03d", community, n) }
	draft, etag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "改边界"}).ok(t)
	path := fmt.Sprintf("/v1/drafts/%d", whole(draft["id"]))

	g := c.get(path + "/ground?area=" + community)
	features := list(g["areas"].(object)["features"])
	places := g["places"].(object)
	if len(features) != 4 || len(list(places["in"])) != 4 || len(list(places["at"])) != 8 || len(list(g["weights"])) < 4 || whole(g["version"]) != 1 {
		t.Fatalf("%v", g)
	}
	for _, name := range list(g["weights"]) {
		if len(list(places["values"].(object)[text(name)])) != 4 {
			t.Errorf("%s is not weighed: %v", name, places["values"])
		}
	}
	cells := g["cells"].(object)
	if n := len(list(cells["ids"])); n < 100 || n > 2500 || len(list(cells["rings"])) != n {
		t.Errorf("%d cells of resolution %v", n, cells["resolution"])
	}
	c.ask(path+"/ground?area="+grid(1)).refused(t, http.StatusUnprocessableEntity, "unknown_area")

	post := func(etag string, body object) answer { return c.edit(http.MethodPost, path+"/edits", etag, body) }
	move := object{"op": "vertex", "at": corners(1, 1)[0], "to": corners(1.2, 1.1)[0]}
	post("", move).refused(t, http.StatusPreconditionRequired, "version_missing")
	made, second := post(etag, move).ok(t)
	if got := list(made["areas"].(object)["features"]); len(got) != 4 || len(list(made["gone"])) != 0 || made["change"].(object)["kind"] != "reshape" {
		t.Errorf("%v", made)
	}
	// The vertex as it is served is found again.
	shape := list(made["areas"].(object)["features"])[0].(object)["geometry"].(object)["coordinates"]
	found := false
	for _, p := range list(list(list(shape)[0])[0]) {
		found = found || fmt.Sprint(p) == fmt.Sprint(corners(1.2, 1.1)[0])
	}
	if !found {
		t.Errorf("the vertex is not at %v: %v", corners(1.2, 1.1)[0], shape)
	}
	late := post(etag, move).refused(t, http.StatusPreconditionFailed, "draft_changed")
	if m := list(late["meanwhile"]); len(m) != 1 || m[0].(object)["verb"] != "reshape" {
		t.Errorf("%v", late)
	}

	locked, third := c.edit(http.MethodPut, path+"/locks", second, object{"areas": []string{grid(2)}}).ok(t)
	if got := list(locked["locks"]); len(got) != 1 || got[0] != grid(2) {
		t.Errorf("%v", locked)
	}
	if got := list(c.get(path)["locks"]); len(got) != 1 || got[0] != grid(2) {
		t.Errorf("locks %v", got)
	}
	body := post(third, object{"op": "vertex", "at": corners(1.2, 1.1)[0], "to": corners(1, 1)[0]}).refused(t, http.StatusConflict, "locked")
	if got := list(body["areas"]); len(got) != 1 || got[0] != grid(2) {
		t.Errorf("%v", body)
	}
	for reason, in := range map[string]object{
		"no_vertex":      {"op": "vertex", "at": corners(0.5, 0.5)[0], "to": corners(1, 1)[0]},
		"border_fixed":   {"op": "vertex", "at": corners(2, 1)[0], "to": corners(2.1, 1)[0]},
		"border_crosses": {"op": "border", "old": corners(0, 1, 1.2, 1.1), "new": corners(0, 1, 0.5, 0.5, 0.4, 1.9, 0.6, 1, 0.5, 1.2, 1.2, 1.1)},
		"unknown_area":   {"op": "split", "area": grid(9), "line": corners(0, 0, 1, 1)},
		"no_cut":         {"op": "split", "area": grid(3), "line": corners(0.5, 1.5, 0.6, 1.6)},
		"parts":          {"op": "give", "to": grid(1), "level": "grid", "polygon": object{"type": "Polygon", "coordinates": []any{corners(0.2, 1.5, 0.4, 1.5, 0.4, 1.7, 0.2, 1.5)}}},
		"apart":          {"op": "merge", "areas": []string{grid(1), grid(4)}, "as": grid(1)},
		"bad_cells":      {"op": "paint", "to": grid(1), "level": "grid", "cells": []string{"8001fffffffffff"}},
		"bad_change":     {"op": "vertex", "at": corners(1, 1)[0]},
	} {
		p := post(third, in)
		if e := parseJSON(t, p.body); p.status != http.StatusUnprocessableEntity || e["reason"] != reason {
			t.Errorf("%v: %d %s, want %s", in, p.status, clip(p.body), reason)
		}
	}
	made, fourth := post(third, object{"op": "split", "area": grid(3), "line": corners(0.5, 0.5, 0.5, 2.5), "name": "西片"}).ok(t)
	if got := list(made["areas"].(object)["features"]); len(got) < 2 || fmt.Sprint(made["change"].(object)["lineage"]) == "[]" {
		t.Errorf("%v", made)
	}
	// A cell of the ground is given away, as it was served.
	ids := list(cells["ids"])
	painted := 0
	for _, id := range ids {
		a := post(fourth, object{"op": "paint", "level": "grid", "to": grid(4), "cells": []any{id}})
		if a.status == http.StatusOK {
			_, fourth = a.ok(t)
			if painted++; painted == 2 {
				break
			}
		}
	}
	if painted == 0 {
		t.Error("no cell at all could be painted")
	}
	if got := c.get(path + "/check"); got["ok"] != true {
		t.Errorf("%v", got)
	}
}
