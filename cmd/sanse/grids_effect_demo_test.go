package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// ringsOf lists the rings of a feature that is one polygon or several.
func ringsOf(t testing.TB, f *geojson.Feature) (rings []orb.Ring) {
	t.Helper()
	switch g := f.Geometry.(type) {
	case orb.Polygon:
		return g
	case orb.MultiPolygon:
		for _, p := range g {
			rings = append(rings, p...)
		}
		return rings
	}
	t.Fatalf("area %v is a %T", f.Properties["code"], f.Geometry)
	return nil
}

// simple tells whether no two edges of a ring cross once one of its corners has
// moved.
func simple(r orb.Ring, from, to orb.Point) bool {
	at := func(i int) orb.Point {
		if r[i] == from {
			return to
		}
		return r[i]
	}
	side := func(a, b, p orb.Point) bool { return (b[0]-a[0])*(p[1]-a[1]) > (b[1]-a[1])*(p[0]-a[0]) }
	for i := 1; i < len(r); i++ {
		for k := i + 2; k < len(r); k++ {
			a, b, c, d := at(i-1), at(i), at(k-1), at(k)
			if a != d && side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b) {
				return false
			}
		}
	}
	return true
}

// dragCorners moves, in so many communities, a dozen corners at which micro-grids
// of several grids meet into one of these, each in every area that has it, and
// returns the areas that are not as they were.
func dragCorners(t testing.TB, path string, communities int) string {
	t.Helper()
	fc, err := geojson.UnmarshalFeatureCollection([]byte(readText(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	at := map[orb.Point][]*geojson.Feature{} // the areas that have a corner
	var order []orb.Point
	for _, f := range fc.Features {
		for _, r := range ringsOf(t, f) {
			for _, p := range r {
				if at[p] == nil {
					order = append(order, p)
				}
				if !slices.Contains(at[p], f) {
					at[p] = append(at[p], f)
				}
			}
		}
	}
	const most = 12
	moved := map[string]int{} // corners by community
	var changed []*geojson.Feature
	for _, from := range order {
		var community string
		var into *geojson.Feature
		grids, whole := map[string]bool{}, true
		for _, f := range at[from] {
			code := text(f.Properties["code"])
			whole = whole && len(code) > 12 && (community == "" || strings.HasPrefix(code, community))
			if community = code[:min(len(code), 12)]; len(code) == 18 {
				grids[code[:15]], into = true, f
			}
		}
		if !whole || len(grids) < 2 || moved[community] == most || moved[community] == 0 && len(moved) == communities {
			continue
		}
		c, _ := planar.CentroidArea(into.Geometry)
		to := orb.Point{from[0] + 0.6*(c[0]-from[0]), from[1] + 0.6*(c[1]-from[1])}
		ok := true
		for _, f := range at[from] {
			ok = ok && !slices.ContainsFunc(ringsOf(t, f), func(r orb.Ring) bool { return !simple(r, from, to) })
		}
		if !ok {
			continue
		}
		moved[community]++
		for _, f := range at[from] {
			for _, r := range ringsOf(t, f) {
				for i := range r {
					if r[i] == from {
						r[i] = to
					}
				}
			}
			if !slices.Contains(changed, f) {
				changed = append(changed, f)
			}
		}
	}
	b, err := (&geojson.FeatureCollection{Type: "FeatureCollection", Features: changed}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheEffectOfARedrawOfTheDemoDistrictAgreesWithAPlanMadeFromScratch(t *testing.T) {
	isLong(t)
	d := done(t, reference).copy(t, "effect_demo")
	dir := t.TempDir()
	areas := filepath.Join(d.inputs, "areas.geojson")
	file := writeText(t, filepath.Join(dir, "redrawn.geojson"), dragCorners(t, areas, 1000))
	out := func(ending string) string { return filepath.Join(dir, "effect"+ending) }
	d.bed.sanse(t, "grids", "effect", file, "--from", effectFrom, "--iterations", "60", "-o", out(".json"), "-o", out(".html"), "-o", out(".xlsx")).want(t, exitDone)
	e := readJSON(t, out(".json"))
	if len(list(e["moves"])) == 0 {
		t.Fatal("nobody moves")
	}

	sameAsADraft(t, d.bed, text(readJSON(t, d.file("problem.json"))["district"]), writeText(t, filepath.Join(dir, "three.geojson"), dragCorners(t, areas, 3)))

	plan := func(name string) (grids map[string]string, work map[string][4]int) {
		path := filepath.Join(dir, name)
		d.bed.sanse(t, "plan", "--start", effectFrom, "--days", "28", "--iterations", "60", "-o", path).want(t, exitDone)
		problem := parseJSON(t, d.bed.sanse(t, "export", "problem").want(t, exitDone).out)
		grids = map[string]string{}
		for _, r := range list(problem["residents"]) {
			r := r.(object)
			grids[text(r["id"])] = fmt.Sprint(r["grid"], " ", r["micro_grid"])
		}
		return grids, workByBlock(t, problem, readJSON(t, path))
	}
	was, before := plan("before.json")
	d.bed.sanse(t, "import", "areas", "--valid-from", effectFrom, file).want(t, exitDone)
	is, after := plan("after.json")
	moved := map[string]string{}
	for _, m := range list(e["moves"]) {
		m := m.(object)
		moved[text(m["resident"])] = fmt.Sprint(m["to_grid"], " ", m["to_micro_grid"])
	}
	for id, grid := range is {
		if to, told := moved[id]; told && to != grid || !told && was[id] != grid {
			t.Errorf("%s lives in %s, was in %s, and the effect says %q", id, grid, was[id], to)
		}
	}
	for _, c := range list(e["plan"].(object)["communities"]) {
		c := c.(object)
		for side, want := range map[string]map[string][4]int{"before": before, "after": after} {
			w := c[side].(object)
			got := [4]int{whole(w["visits"]), whole(w["walk_seconds"]), whole(w["care_minutes"]), whole(w["lapses"])}
			if got != want[text(c["code"])] {
				t.Errorf("%s, %s: visits, seconds on the way, minutes and lapses are %v, from scratch %v", c["code"], side, got, want[text(c["code"])])
			}
		}
	}
	if info, err := os.Stat(out(".xlsx")); err != nil || info.Size() == 0 {
		t.Errorf("no workbook: %v", err)
	}
	if !strings.Contains(readText(t, out(".html")), "批准") {
		t.Error("the page has no line to sign")
	}
}

// sameAsADraft fails the test unless the effect of a draft over HTTP is that of
// the verb for a file of the same areas. The draft is given up.
func sameAsADraft(t *testing.T, b *bed, district, file string) {
	t.Helper()
	c := serveBed(t, b, district)
	created, etag := c.edit(http.MethodPost, "/v1/drafts", "", object{"name": "边界"}).ok(t)
	path := fmt.Sprintf("/v1/drafts/%d", whole(created["id"]))
	change := object{"kind": "reshape"}
	var changed []any
	for _, f := range list(readJSON(t, file)["features"]) {
		f := f.(object)
		changed = append(changed, object{"code": properties(f)["code"], "boundary": f["geometry"]})
	}
	change["areas"] = changed
	_, etag = c.edit(http.MethodPost, path+"/changes", etag, change).ok(t)
	verb := parseJSON(t, b.sanse(t, "grids", "effect", file, "--from", effectFrom, "--days", "28", "--json").want(t, exitDone).out)
	draft, _ := c.ask(path + "/effect?days=28&from=" + effectFrom).ok(t)
	for _, k := range []string{"draft", "before", "after", "moved_places", "made"} {
		delete(draft, k)
	}
	delete(verb, "made")
	if len(list(draft["moves"])) == 0 || whole(draft["plan"].(object)["planned"]) < 3 {
		t.Errorf("%d move, %v communities planned", len(list(draft["moves"])), draft["plan"].(object)["planned"])
	}
	if d := cmp.Diff(verb, draft); d != "" {
		t.Errorf("the verb (-) and the draft (+) differ:\n%s", d)
	}
	c.edit(http.MethodDelete, path, etag, nil).ok(t)
}

// BenchmarkEffect runs sanse grids effect on the demo district with a redraw of
// one community and of all, 28 days planned both ways. cpu-s/op is processor
// time of the program, opening it and reading the file with the checks of an
// import among it; the database's is not.
func BenchmarkEffect(b *testing.B) {
	d, err := demo("effect_bench", "effect_bench", false)
	if err != nil || d.code != exitDone {
		b.Fatal(err, d.err)
	}
	areas := filepath.Join(d.inputs, "areas.geojson")
	for _, c := range []struct {
		name        string
		communities int
	}{{"one community", 1}, {"all 83", 1000}} {
		file := writeText(b, filepath.Join(b.TempDir(), "redrawn.geojson"), dragCorners(b, areas, c.communities))
		b.Run(c.name, func(b *testing.B) {
			began := processor(b)
			for b.Loop() {
				if r := sanse(b.Context(), d.bed.all([]string{"grids", "effect", file, "--from", effectFrom, "--json"})...); r.code != exitDone {
					b.Fatal(r.err)
				}
			}
			b.ReportMetric((processor(b)-began).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// processor is the processor time that the program has taken.
func processor(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
