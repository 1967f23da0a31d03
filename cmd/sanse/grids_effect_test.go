package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
)

// effectVisitors adds visitors of single grids, so that it matters for the plan
// in which grid somebody lives.
func effectVisitors() string {
	return groundVisitors() +
		"V3,孙三,grid_worker,micro-grid," + ground + "001001001,104.3030,30.8030,same,1-5 09:00-11:00\n" +
		"V4,周四,grid_worker,micro-grid," + ground + "001001002,104.3170,30.8030,same,1-5 09:00-11:00\n" +
		"V5,吴五,grid_worker,micro-grid," + ground + "001002001,104.3230,30.8030,same,1-5 09:00-11:00\n"
}

// effectResidents makes one of grid 1 red, with a team of her own.
func effectResidents() string {
	text := strings.Replace(groundResidents(), residentHeader, strings.TrimSuffix(residentHeader, "\n")+",包联小组\n", 1)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range lines {
		switch {
		case strings.HasPrefix(lines[i], "R1,"):
			lines[i] = strings.Replace(lines[i], ",黄,", ",红,", 1) + ",V3"
		case i > 0:
			lines[i] += ","
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// newEffectGround is newGround on other areas, with these people; visitors of
// areas that are left out have left.
func newEffectGround(t *testing.T, database string, areas []areaSpec, left ...string) (*bed, string) {
	t.Helper()
	b, dir := setup(t, database), t.TempDir()
	visitors, residents := effectVisitors(), effectResidents()
	for _, code := range left {
		for line := range strings.Lines(visitors) {
			if strings.Contains(line, ","+code+",") {
				visitors = strings.Replace(visitors, line, "", 1)
				residents = strings.ReplaceAll(residents, ","+line[:strings.Index(line, ",")]+"\n", ",\n")
			}
		}
	}
	b.sanse(t, "db", "district", ground, "试验区").want(t, exitDone)
	for _, f := range []struct{ kind, name, content string }{
		{"areas", "areas.geojson", geoJSON(areas)},
		{"streets", "streets.osm", groundStreets()},
		{"policies", "policies.json", groundPolicies},
		{"visitors", "visitors.csv", visitors},
		{"residents", "residents.csv", residents},
	} {
		args := []string{"import", f.kind, writeText(t, filepath.Join(dir, f.name), f.content)}
		if f.kind == "areas" {
			args = append(args, "--valid-from", "2020-01-01")
		}
		b.sanse(t, args...).want(t, exitDone)
	}
	return b, dir
}

const (
	effectFrom  = "2050-12-05"
	gridOne     = ground + "001001001"
	gridTwo     = ground + "001001002"
	gridThree   = ground + "001001003"
	gridFour    = ground + "001001004"
	gridNew     = ground + "001001005"
	firstBlock  = ground + "001001"
	secondBlock = ground + "001002"
)

// redrawn changes a copy of the grids of the first community; codes that are
// retired are left out.
func redrawn(change func(code string, a *areaSpec), retired ...string) []areaSpec {
	var out []areaSpec
	for _, a := range groundAreas() {
		change(a.code, &a)
		if !slices.Contains(retired, a.code) {
			out = append(out, a)
		}
	}
	return out
}

// moveBorder shifts the border between the west and the east grids, so that two
// residents change grid.
func moveBorder(code string, a *areaSpec) {
	switch code {
	case gridOne, gridThree:
		a.east = 104.303
	case gridTwo, gridFour:
		a.west = 104.303
	}
}

// workByBlock adds up a plan as the effect does: visits, walking seconds,
// minutes and lapses of each community.
func workByBlock(t *testing.T, problem, plan object) map[string][4]int {
	t.Helper()
	block := map[string]string{}
	for _, r := range list(problem["residents"]) {
		block[text(r.(object)["id"])] = text(r.(object)["grid"])[:12]
	}
	out := map[string][4]int{}
	for _, x := range list(plan["itineraries"]) {
		it := x.(object)
		w := out[text(it["block"])]
		w[1] += whole(it["return_seconds"])
		for _, y := range list(it["stops"]) {
			st := y.(object)
			w[0]++
			w[1] += whole(st["walk_seconds"])
			w[2] += minutes(t, text(st["leave"])) - minutes(t, text(st["arrive"]))
		}
		out[text(it["block"])] = w
	}
	for _, x := range list(plan["unplanned"]) {
		if u := x.(object); u["owed"] != true {
			w := out[block[text(u["resident"])]]
			w[3]++
			out[block[text(u["resident"])]] = w
		}
	}
	return out
}

func minutes(t *testing.T, clock string) int {
	t.Helper()
	if len(clock) != 5 {
		t.Fatalf("%q is no time of day", clock)
	}
	n := func(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
	return n(clock[:2])*60 + n(clock[3:])
}

func TestTheEffectOfARedrawAgreesWithAPlanMadeFromScratch(t *testing.T) {
	for _, c := range []struct {
		name    string
		areas   []areaSpec
		retire  []string
		moved   int
		changes map[string]int
	}{
		{name: "cells_swapped", areas: redrawn(moveBorder), moved: 2, changes: map[string]int{"reshaped": 4}},
		{
			name: "split",
			areas: append(redrawn(func(code string, a *areaSpec) {
				if code == gridOne {
					a.east = 104.3035
				}
			}), areaSpec{gridNew, "grid", "网格5", box{104.3035, 30.80, 104.31, 30.81}}),
			moved: 1, changes: map[string]int{"reshaped": 1, "created": 1},
		},
		{
			name: "merged",
			areas: redrawn(func(code string, a *areaSpec) {
				if code == gridTwo {
					a.west, a.name = 104.30, "网格一二"
				}
			}, gridOne),
			retire: []string{gridOne}, moved: 1, changes: map[string]int{"reshaped": 1, "retired": 1, "renamed": 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, dir := newEffectGround(t, "effect_"+c.name, groundAreas())
			asIs := workFromScratch(t, b, dir)
			before := b.sanse(t, "db", "status", "--json").want(t, exitDone).out
			file := writeText(t, filepath.Join(dir, "new.geojson"), geoJSON(c.areas))
			args := []string{"grids", "effect", file, "--from", effectFrom, "--days", "21", "--json"}
			for _, code := range c.retire {
				args = append(args, "--retire", code)
			}
			e := parseJSON(t, b.sanse(t, args...).want(t, exitDone).out)
			if after := b.sanse(t, "db", "status", "--json").want(t, exitDone).out; after != before {
				t.Errorf("the database has changed\nbefore %s\nafter %s", before, after)
			}
			if n := len(list(e["moves"])); n != c.moved {
				t.Errorf("%d residents move, want %d", n, c.moved)
			}
			for what, want := range map[string]int{"created": 0, "retired": 0, "renamed": 0, "reshaped": 0} {
				if n, ok := c.changes[what]; ok {
					want = n
				}
				if n := len(list(e["changes"].(object)[what])); n != want {
					t.Errorf("%d areas are %s, want %d", n, what, want)
				}
			}
			plan := e["plan"].(object)
			if whole(plan["planned"]) != 1 || whole(plan["of"]) != 2 {
				t.Errorf("%v of %v communities planned, want the one that is touched, of two", plan["planned"], plan["of"])
			}

			// From scratch: the areas imported for that day, or another district
			// that never had others, for an import retires none.
			scratch := b
			if c.retire == nil {
				b.sanse(t, "import", "areas", "--valid-from", effectFrom, file).want(t, exitDone)
			} else {
				scratch, _ = newEffectGround(t, "effect_scratch_"+c.name, c.areas, c.retire...)
			}
			row := list(plan["communities"])[0].(object)
			if row["code"] != firstBlock {
				t.Fatalf("community %v is planned, want %s", row["code"], firstBlock)
			}
			for side, want := range map[string][4]int{"before": asIs, "after": workFromScratch(t, scratch, dir)} {
				w := row[side].(object)
				if got := [4]int{whole(w["visits"]), whole(w["walk_seconds"]), whole(w["care_minutes"]), whole(w["lapses"])}; got != want {
					t.Errorf("%s: visits, seconds on the way, minutes and lapses are %v, from scratch %v", side, got, want)
				}
			}
		})
	}
}

// workFromScratch plans the days of the effect and adds up the first community.
func workFromScratch(t *testing.T, b *bed, dir string) [4]int {
	t.Helper()
	path := filepath.Join(dir, "plan.json")
	b.sanse(t, "plan", "--start", effectFrom, "--days", "21", "-o", path).want(t, exitDone)
	problem := parseJSON(t, b.sanse(t, "export", "problem").want(t, exitDone).out)
	return workByBlock(t, problem, readJSON(t, path))[firstBlock]
}

func TestTheEffectNamesWhoLosesAFamiliarVisitor(t *testing.T) {
	b, dir := newEffectGround(t, "effect_familiar", groundAreas())
	b.sanse(t, "plan", "--start", effectFrom, "--days", "10").want(t, exitDone)
	file := writeText(t, filepath.Join(dir, "new.geojson"), geoJSON(redrawn(moveBorder)))
	out := func(name string) string { return filepath.Join(dir, name) }
	b.sanse(t, "grids", "effect", file, "--from", effectFrom, "--days", "7", "-o", out("e.json"), "-o", out("e.xlsx"), "-o", out("e.html"), "--iterations", "100").
		want(t, exitDone).says(t, "2 residents", "red: 0 to another community, 1 to another grid", "1 lose a familiar visitor")
	e := readJSON(t, out("e.json"))
	first := list(e["moves"])[0].(object)
	if first["resident"] != "R1" || first["from_grid"] != gridOne || first["to_grid"] != gridTwo {
		t.Fatalf("the first to move is %v, want R1 from grid 1 to 2", first)
	}
	if lost := list(first["loses_visitors"]); len(lost) != 1 || lost[0] != "V3" {
		t.Errorf("R1 loses %v, want V3 of the team", lost)
	}
	if first["due_by"] == nil || first["owed"] != true {
		t.Errorf("R1 has never been seen, and yet: %v", first)
	}
	flight := e["in_flight"].(object)
	if whole(flight["visits"]) == 0 || len(list(flight["list"])) != whole(flight["visits"]) {
		t.Errorf("visits in flight: %v", flight)
	}
	page := readText(t, out("e.html"))
	for _, w := range []string{"编制", "审核", "批准", "<svg", "R1"} {
		if !strings.Contains(page, w) {
			t.Errorf("the page lacks %q", w)
		}
	}
	for _, name := range []string{"王小1", "孙三", "幸福路"} {
		for _, f := range []string{"e.json", "e.html"} {
			if strings.Contains(readText(t, out(f)), name) {
				t.Errorf("%s names %s", f, name)
			}
		}
	}
	if info, err := os.Stat(out("e.xlsx")); err != nil || info.Size() < 5000 {
		t.Errorf("no workbook: %v", err)
	}
	for name, how := range map[string]string{"e.json": "byte for byte", "e.xlsx": "as it was taken", "e.html": "as it was taken"} {
		b.sanse(t, "audit", "mark", out(name)).want(t, exitDone).says(t, "for planning", "it was grids effect of area", how).hides(t, "with 0 single records")
	}
	writeText(t, out("e.html"), strings.Replace(page, "R1", "R2", 1))
	b.sanse(t, "audit", "mark", out("e.html")).want(t, exitDone).says(t, "changed since it was taken")
}

// inGCJ02 writes areas with their corners in GCJ-02.
func inGCJ02(t *testing.T, areas []areaSpec) string {
	t.Helper()
	conv, err := geo.NewConverter(geo.GCJ02)
	if err != nil {
		t.Fatal(err)
	}
	defer conv.Close()
	fc := geojson.NewFeatureCollection()
	for _, a := range areas {
		ring := orb.Ring{{a.west, a.south}, {a.east, a.south}, {a.east, a.north}, {a.west, a.north}, {a.west, a.south}}
		for i := range ring {
			if ring[i], err = conv.FromWGS84(ring[i]); err != nil {
				t.Fatal(err)
			}
		}
		f := geojson.NewFeature(orb.Polygon{ring})
		f.Properties = geojson.Properties{"code": a.code, "name": a.name}
		fc.Append(f)
	}
	b, err := json.Marshal(fc)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestVisitorsOfARetiredAreaAreStrandedUnlessTheyFollow(t *testing.T) {
	b, dir := newEffectGround(t, "effect_follow", groundAreas())
	file := writeText(t, filepath.Join(dir, "merged.geojson"), geoJSON(redrawn(func(code string, a *areaSpec) {
		if code == gridTwo {
			a.west = 104.30
		}
	}, gridOne)))
	for _, c := range []struct {
		name     string
		follow   []string
		stranded int
		loses    int
	}{
		{"they do not", nil, 1, 1},
		{"they do", []string{"--follow", gridOne + "=" + gridTwo}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"grids", "effect", file, "--from", effectFrom, "--days", "14", "--retire", gridOne, "--json"}, c.follow...)
			e := parseJSON(t, b.sanse(t, args...).want(t, exitDone).out)
			if n := len(list(e["changes"].(object)["stranded_visitors"])); n != c.stranded {
				t.Errorf("%d visitors are stranded, want %d", n, c.stranded)
			}
			move := list(e["moves"])[0].(object)
			lost, _ := move["loses_visitors"].([]any)
			if len(lost) != c.loses || whole(move["keeps_visitors"]) != 1-c.loses {
				t.Errorf("R1 loses %v and keeps %v", lost, move["keeps_visitors"])
			}
		})
	}
}

func TestARedrawThatCannotBeIsToldApartFromOneThatDoesNotTile(t *testing.T) {
	b, dir := newEffectGround(t, "effect_bad", groundAreas())
	status := b.sanse(t, "db", "status", "--json").want(t, exitDone).out
	write := func(content string) string { return writeText(t, filepath.Join(dir, "bad.geojson"), content) }
	only := func(change func(string, *areaSpec), codes ...string) string {
		return geoJSON(slices.DeleteFunc(redrawn(change), func(a areaSpec) bool { return !slices.Contains(codes, a.code) }))
	}
	shrink := func(code string, a *areaSpec) {
		if code == gridOne {
			a.east = 104.303
		}
	}
	bowtie := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"` + gridOne + `","name":"网格1"},"geometry":{"type":"Polygon","coordinates":[[[104.30,30.80],[104.31,30.81],[104.31,30.80],[104.30,30.81],[104.30,30.80]]]}}]}`
	gcj := inGCJ02(t, redrawn(moveBorder)[3:7])
	for _, c := range []struct {
		name, file string
		args       []string
		code       int
		says       []string
	}{
		{"a gap", only(shrink, gridOne), nil, exitNo, []string{"gap", "does not tile"}},
		{"an area retired and nothing in its place", only(shrink), []string{"--retire", gridOne}, exitNo, []string{"gap"}},
		{"a ring that crosses itself", bowtie, nil, exitInvalid, []string{"Self-intersection"}},
		{"areas that overlap", only(func(code string, a *areaSpec) {
			if code == gridOne {
				a.east = 104.315
			}
		}, gridOne), nil, exitInvalid, []string{"share"}},
		{"a grid outside its community", only(func(code string, a *areaSpec) {
			if code == gridTwo {
				a.east = 104.322
			}
		}, gridTwo), nil, exitInvalid, []string{"outside its parent"}},
		{"a code twice", strings.Replace(only(moveBorder, gridOne, gridTwo), gridTwo, gridOne, 1), nil, exitInvalid, []string{"listed twice"}},
		{"GCJ-02 passed as WGS 84", gcj, nil, exitInvalid, []string{"outside", "--crs gcj02"}},
		{"GCJ-02 said to be that", gcj, []string{"--crs", "gcj02", "--iterations", "50"}, exitDone, []string{"2 residents"}},
		{"an area that is given and retired", only(moveBorder, gridOne, gridTwo), []string{"--retire", gridOne}, exitInvalid, nil},
		{"an area retired that is none", only(moveBorder, gridOne, gridTwo, gridThree, gridFour), []string{"--retire", gridNew}, exitInvalid, []string{"there is none"}},
		{"a community retired", only(moveBorder, gridOne, gridTwo, gridThree, gridFour), []string{"--retire", secondBlock}, exitInvalid, []string{"only grids"}},
		{"an area in the place of none", only(moveBorder, gridOne, gridTwo, gridThree, gridFour), []string{"--follow", gridNew + "=" + gridOne}, exitInvalid, []string{"there is none"}},
		{"no area in the place of one", only(moveBorder, gridOne, gridTwo, gridThree, gridFour), []string{"--follow", gridOne + "=" + gridNew}, exitInvalid, []string{"the proposal has none"}},
		{"nothing in the place of one", only(moveBorder, gridOne, gridTwo, gridThree, gridFour), []string{"--follow", gridOne + "="}, exitInvalid, []string{"OLD=NEW"}},
		{"a day that is past", only(moveBorder, gridOne, gridTwo, gridThree, gridFour), []string{"--from", "2020-02-02"}, exitInvalid, []string{"past"}},
		{"a file of another kind", only(moveBorder, gridOne, gridTwo), []string{"-o", filepath.Join(dir, "e.pdf")}, exitInvalid, []string{".xlsx"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"grids", "effect", write(c.file), "--from", effectFrom}, c.args...)
			b.sanse(t, args...).want(t, c.code).says(t, c.says...)
		})
	}
	if now := b.sanse(t, "db", "status", "--json").want(t, exitDone).out; now != status {
		t.Errorf("the database has changed\nbefore %s\nafter %s", status, now)
	}
	// Asked for, a proposal with a gap is looked at all the same.
	b.sanse(t, "grids", "effect", write(only(shrink, gridOne)), "--from", effectFrom, "--anyway", "--iterations", "50").want(t, exitDone).says(t, "gap", "R1 would lie in no grid")
}
