package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
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

// The numbers of the editor are those of the effect.
func TestTheGroundTheBalanceAndTheEffectOfADraftAgree(t *testing.T) {
	b, dir := newGround(t, "balance")
	b.sanse(t, "import", "population", writeText(t, dir+"/population.csv", "cell,households,people,over60\n"+peopled())).want(t, exitDone)
	c := serveBed(t, b, ground)
	draft, etag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "改边界"}).ok(t)
	path := fmt.Sprintf("/v1/drafts/%d", whole(draft["id"]))
	before := c.get(path + "/balance")
	_, etag = c.edit(http.MethodPost, path+"/edits", etag, object{"op": "vertex", "at": corners(1, 1)[0], "to": corners(0.3, 0.3)[0]}).ok(t)
	_, etag = c.edit(http.MethodPost, path+"/edits", etag, object{"op": "split", "area": gridOne, "line": corners(0.2, -1, 0.2, 2)}).ok(t)
	after := c.get(path + "/balance")
	if whole(after["version"]) != 3 || etag != `"3"` {
		t.Errorf("version %v of %s", after["version"], etag)
	}
	names := list(after["weights"])
	figures := func(balance object) map[string]object {
		out := make(map[string]object)
		for _, row := range list(balance["areas"]) {
			row := row.(object)
			values := object{"visitors": row["visitors"]}
			for i, name := range names {
				values[text(name)] = list(row["values"])[i]
			}
			out[text(row["code"])] = values
		}
		return out
	}
	was, is := figures(before), figures(after)
	// The ground has the same sums, place by place.
	for _, community := range []string{ground + "001001", ground + "001002"} {
		g := c.get(path + "/ground?area=" + community)
		features, places := list(g["areas"].(object)["features"]), g["places"].(object)
		for _, name := range names {
			sums := make(map[string]float64)
			for i, x := range list(places["values"].(object)[text(name)]) {
				sums[text(features[whole(list(places["in"])[i])].(object)["id"])] += x.(float64)
			}
			for _, f := range features {
				code := text(f.(object)["id"])
				if want := is[code][text(name)].(float64); math.Abs(sums[code]-want) > 0.051 {
					t.Errorf("%s of %s: %v on the ground, %v in the balance", name, code, sums[code], want)
				}
			}
		}
	}
	areas := list(c.get(path + "/effect?days=7")["areas"])
	if len(areas) < 4 {
		t.Fatalf("the effect tells of %d areas", len(areas))
	}
	moved := false
	for _, a := range areas {
		for side, rows := range map[string]map[string]object{"before": was, "after": is} {
			f, there := a.(object)[side].(object)
			row, known := rows[text(a.(object)["code"])]
			if there != known {
				t.Errorf("%v %s: in the effect %v, in the balance %v", a.(object)["code"], side, there, known)
			}
			if !there {
				continue
			}
			got := object{"households": f["households"], "people": f["people"], "minutes": f["care_minutes_per_week"], "visitors": f["visitors"]}
			for _, grade := range []string{"yellow", "blue"} {
				got[grade] = f["by_grade"].(object)[grade]
				if got[grade] == nil {
					got[grade] = json.Number("0")
				}
			}
			for k, v := range got {
				if fmt.Sprint(v) != fmt.Sprint(row[k]) {
					t.Errorf("%v %s: %s is %v in the effect, %v in the balance", a.(object)["code"], side, k, v, row[k])
				}
			}
		}
	}
	for code := range is {
		moved = moved || was[code] != nil && fmt.Sprint(was[code]) != fmt.Sprint(is[code])
	}
	if !moved {
		t.Error("nobody has moved")
	}
}

// peopled counts people in a cell in the middle of every square of a lattice
// over the first community.
func peopled() string {
	var b strings.Builder
	for x := range 20 {
		for y := range 20 {
			c, err := geo.CellAt(orb.Point{104.30 + 0.001*(float64(x)+0.5), 30.80 + 0.001*(float64(y)+0.5)}, 12)
			if err != nil {
				panic(err) // a test that cannot be set up
			}
			fmt.Fprintf(&b, "%s,%d,%d,1\n", c, 1+x%3, 3+y%4)
		}
	}
	return b.String()
}
