package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// halves are the two grids that grid 1 is divided into: R1's half is the new one.
var halves = [2]box{{104.30, 30.80, 104.3035, 30.81}, {104.3035, 30.80, 104.31, 30.81}}

// splitDraft begins a draft that divides grid 1, and returns its path and ETag.
func (c *client) splitDraft() (path, etag string) {
	c.t.Helper()
	draft, etag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "新小区 <1>"}).ok(c.t)
	path = fmt.Sprintf("/v1/drafts/%d", whole(draft["id"]))
	// Only a vertex more, as where a neighbour's border comes to end on it.
	_, etag = c.edit(http.MethodPost, path+"/changes", etag, object{"kind": "reshape", "areas": []any{
		object{"code": gridTwo, "boundary": withVertex(c.t, c.get("/v1/areas?level=grid&parent="+firstBlock), gridTwo)},
	}}).ok(c.t)
	_, etag = c.edit(http.MethodPost, path+"/changes", etag, object{"kind": "split", "areas": []any{
		object{"code": gridOne, "boundary": polygon(halves[0])},
		object{"code": "+new", "parent": firstBlock, "name": "网格5", "boundary": polygon(halves[1])},
	}}).ok(c.t)
	return path, etag
}

// withVertex is the boundary of an area with a vertex more in its first edge.
func withVertex(t *testing.T, areas object, code string) object {
	t.Helper()
	for _, f := range list(areas["features"]) {
		if properties(f)["code"] != code {
			continue
		}
		g := f.(object)["geometry"].(object)
		rings := list(g["coordinates"])
		if g["type"] == "MultiPolygon" {
			rings = list(rings[0])
		}
		ring := list(rings[0])
		a, b := list(ring[0]), list(ring[1])
		middle := []any{(a[0].(float64) + b[0].(float64)) / 2, (a[1].(float64) + b[1].(float64)) / 2}
		return object{"type": "Polygon", "coordinates": []any{slices.Insert(slices.Clone(ring), 1, any(middle))}}
	}
	t.Fatalf("there is no area %s", code)
	return nil
}

func TestTheEffectOfADraftIsThatOfItsFileAndOfItsPublication(t *testing.T) {
	b, dir := newEffectGround(t, "effect_draft", groundAreas())
	asIs := workFromScratch(t, b, dir)
	c := serveBed(t, b, ground)
	path, etag := c.splitDraft()
	query := "?from=" + effectFrom + "&days=21"
	e, tag := c.ask(path + "/effect" + query).ok(t)
	if tag != etag || e["draft"].(object)["name"] != "新小区 <1>" || whole(e["draft"].(object)["version"]) != 3 {
		t.Errorf("%s of %s: %v", tag, etag, e["draft"])
	}
	if n := len(list(e["moves"])); n != 1 {
		t.Errorf("%d residents move, want R1", n)
	}

	t.Run("which is what the verb says of the same areas", func(t *testing.T) {
		file := writeText(t, filepath.Join(dir, "new.geojson"), geoJSON([]areaSpec{
			{gridOne, "grid", "网格1", halves[0]}, {gridNew, "grid", "网格5", halves[1]},
		}))
		var name string // as the district has it
		for _, f := range c.features("/v1/areas?level=grid&parent=" + firstBlock) {
			if p := properties(f); p["code"] == gridOne {
				name = text(p["name"])
			}
		}
		file = writeText(t, file, strings.ReplaceAll(readText(t, file), "网格1", name))
		verb := parseJSON(t, b.sanse(t, "grids", "effect", file, "--from", effectFrom, "--days", "21", "--follow", gridOne+"="+gridOne+","+gridNew, "--json").want(t, exitDone).out)
		over := parseJSON(t, c.ask(path+"/effect"+query).body)
		for _, k := range []string{"draft", "before", "after", "moved_places"} {
			delete(over, k)
		}
		delete(over, "made")
		delete(verb, "made")
		if d := cmp.Diff(verb, over); d != "" {
			t.Errorf("the verb (-) and the draft (+) differ:\n%s", d)
		}
	})
	t.Run("with maps that show what changes, and no ids", func(t *testing.T) {
		change := map[string]map[string]any{}
		for _, side := range []string{"before", "after"} {
			change[side] = map[string]any{}
			for _, f := range list(e[side].(object)["features"]) {
				p := properties(f)
				change[side][text(p["code"])] = p["change"]
			}
		}
		if c := change["after"]; len(change["before"]) != 4 || len(c) != 5 || c[gridNew] != "created" || c[gridOne] != "reshaped" || c[gridTwo] != "" {
			t.Errorf("%v", change)
		}
		places := list(e["moved_places"].(object)["features"])
		if len(places) != 1 {
			t.Fatalf("%v", places)
		}
		wantFields(t, "place", properties(places[0]), map[string]shape{"grade": oneOf("red"), "from": oneOf(gridOne), "to": oneOf(gridNew), "count": aCount})
	})
	t.Run("as a page and a workbook to sign", func(t *testing.T) {
		page := c.ask(path + "/effect.html" + query)
		if page.status != http.StatusOK || page.header.Get("ETag") != etag || !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%d %v", page.status, page.header)
		}
		for _, w := range []string{"批准", "新小区 &lt;1&gt;", gridNew} {
			if !strings.Contains(page.body, w) {
				t.Errorf("the page lacks %q", w)
			}
		}
		if english := c.ask(path + "/effect.html" + query + "&lang=en"); !strings.Contains(english.body, "Approved by") {
			t.Errorf("%d %s", english.status, clip(english.body))
		}
		book := c.ask(path + "/effect.xlsx" + query)
		if want := `attachment; filename="sanse-effect-` + ground + `-draft1-v3-` + effectFrom + `.xlsx"`; book.header.Get("Content-Disposition") != want {
			t.Errorf("%d, kept as %s", book.status, book.header.Get("Content-Disposition"))
		}
		f, err := excelize.OpenReader(strings.NewReader(book.body))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if len(f.GetSheetList()) < 5 {
			t.Errorf("sheets %v", f.GetSheetList())
		}
		for _, secret := range []string{"王小1", "孙三", "幸福路"} {
			if strings.Contains(page.body, secret) || strings.Contains(c.ask(path+"/effect"+query).body, secret) {
				t.Errorf("%s is named", secret)
			}
		}
	})
	t.Run("and refused as its publication would be", func(t *testing.T) {
		c.ask(path+"/effect?from=2020-01-01").refused(t, http.StatusUnprocessableEntity, "day_past")
		other, tag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "半成"}).ok(t)
		half := fmt.Sprintf("/v1/drafts/%d", whole(other["id"]))
		c.edit(http.MethodPost, half+"/changes", tag, object{"kind": "reshape", "areas": []any{object{"code": gridOne, "boundary": polygon(halves[0])}}}).ok(t)
		p := c.ask(half+"/effect").refused(t, http.StatusConflict, "not_tiling")
		if len(list(p["findings"])) == 0 {
			t.Errorf("%v", p)
		}
		c.ask(half+"/effect.xlsx").refused(t, http.StatusConflict, "not_tiling")
		if a := c.ask("/v1/drafts/99/effect"); a.status != http.StatusNotFound {
			t.Errorf("%d %s", a.status, clip(a.body))
		}
	})

	published, _ := c.edit(http.MethodPost, path+"/publish", etag, object{"effective": effectFrom}).ok(t)
	if changed := list(published["changed"]); len(changed) != 1 || changed[0] != gridOne {
		t.Errorf("changed: %v, want grid 1 alone: a vertex more is no other ground", changed)
	}
	c.ask(path+"/effect").refused(t, http.StatusConflict, "draft_closed")
	notices := c.get("/v1/notices?visitor=V3")
	notice := list(notices["items"])[0].(object)
	wantFields(t, "notice", notice, map[string]shape{
		"kind": oneOf("boundaries"), "effective": oneOf(effectFrom), "areas": listOf(oneOf(gridOne, gridNew)), "publication": aCount, "at": aName,
		"mine": func(v any) bool { return v == true },
		"stale_plan": func(v any) bool {
			return v != nil && v.(object)["from"] == effectFrom && whole(v.(object)["itineraries"]) > 0
		},
	})
	if mine := list(notice["mine_areas"]); len(mine) != 2 || notices["data_version"] != c.get("/v1/district")["data_version"] {
		t.Errorf("%v", notices)
	}
	if other := list(c.get("/v1/notices?visitor=V4")["items"])[0].(object); other["mine"] != false {
		t.Errorf("%v", other)
	}
	if a := c.ask("/v1/notices?visitor=nobody"); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, clip(a.body))
	}
	row := list(e["plan"].(object)["communities"])[0].(object)
	for side, want := range map[string][4]int{"before": asIs, "after": workFromScratch(t, b, dir)} {
		w := row[side].(object)
		if got := [4]int{whole(w["visits"]), whole(w["walk_seconds"]), whole(w["care_minutes"]), whole(w["lapses"])}; row["code"] != firstBlock || got != want {
			t.Errorf("%s: visits, seconds on the way, minutes and lapses are %v, once it is published %v", side, got, want)
		}
	}
	grids := map[string]string{}
	for _, r := range list(parseJSON(t, b.sanse(t, "export", "problem").want(t, exitDone).out)["residents"]) {
		grids[text(r.(object)["id"])] = text(r.(object)["grid"])
	}
	for _, m := range list(e["moves"]) {
		if m := m.(object); grids[text(m["resident"])] != m["to_grid"] {
			t.Errorf("%v is in %s once it is published", m, grids[text(m["resident"])])
		}
	}
	if c.log.Len() > 0 {
		t.Errorf("the log says: %s", clip(c.log.String()))
	}
}
