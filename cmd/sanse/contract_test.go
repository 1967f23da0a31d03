package main

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var (
	isDate  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	isClock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$|^24:00$`)
)

// shape describes a value of the contract as a script relies on it.
type shape func(v any) bool

func aText(v any) bool   { _, ok := v.(string); return ok }
func aName(v any) bool   { return text(v) != "" }
func aDate(v any) bool   { return isDate.MatchString(text(v)) }
func aClock(v any) bool  { return isClock.MatchString(text(v)) }
func aNumber(v any) bool { f, ok := v.(float64); return ok && f >= 0 }
func aCount(v any) bool  { f, ok := v.(float64); return ok && f >= 0 && f == math.Trunc(f) }
func aShare(v any) bool  { f, ok := v.(float64); return ok && f >= 0 && f <= 1 }

func aPoint(v any) bool {
	p := list(v)
	if len(p) != 2 {
		return false
	}
	lon, ok := p[0].(float64)
	lat, too := p[1].(float64)
	return ok && too && math.Abs(lon) <= 180 && math.Abs(lat) <= 90
}

func orNull(s shape) shape { return func(v any) bool { return v == nil || s(v) } }

func oneOf(words ...string) shape {
	return func(v any) bool { return slices.Contains(words, text(v)) }
}

func listOf(s shape) shape {
	return func(v any) bool {
		l, ok := v.([]any)
		return ok && !slices.ContainsFunc(l, func(v any) bool { return !s(v) })
	}
}

func mapOf(s shape) shape {
	return func(v any) bool {
		m, ok := v.(object)
		for _, v := range m {
			ok = ok && s(v)
		}
		return ok
	}
}

func aWeekday(v any) bool { return aCount(v) && whole(v) >= 1 && whole(v) <= 7 }

// wantFields reports the fields of an object that are missing or of another
// shape than the contract says.
func wantFields(t *testing.T, where string, v any, fields map[string]shape) {
	t.Helper()
	o, ok := v.(object)
	if !ok {
		t.Errorf("%s is no object: %v", where, v)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, there := o[name]
		if !there {
			t.Errorf("%s has no %s", where, name)
		} else if !fields[name](value) {
			t.Errorf("%s: %s is %v", where, name, clip(fmt.Sprint(value)))
		}
	}
}

func wantSchema(t *testing.T, name string, v object) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "schema", name))
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 2020 {
		t.Errorf("%s is of draft %d", name, s.DraftVersion)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("%s: %v", name, clip(err.Error()))
	}
}

var reasons = []string{
	"absent", "rule_impossible", "no_visitor_in_scope", "skill_missing", "unreachable", "no_visitor_working", "window_closed",
	"no_second_visitor", "visit_too_long", "no_free_time", "search_gap",
}

// wantContract checks what scripts rely on in the files of a demo.
func wantContract(t *testing.T, d *district) {
	t.Helper()
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if info, err := e.Info(); err != nil || info.Size() == 0 {
			t.Errorf("%s is empty: %v", e.Name(), err)
		}
	}
	if want := []string{"coverage.geojson", "plan.json", "problem.json", "report.html", "summary.json", "workbook.xlsx"}; !slices.Equal(names, want) {
		t.Errorf("the folder holds %v, want %v", names, want)
	}
	problem, plan, summary := readJSON(t, d.file("problem.json")), readJSON(t, d.file("plan.json")), readJSON(t, d.file("summary.json"))
	wantSchema(t, "problem.json", problem)
	wantSchema(t, "plan.json", plan)
	wantSchema(t, "summary.json", summary)

	wantFields(t, "problem", problem, map[string]shape{
		"start": oneOf("2026-12-01"), "days": func(v any) bool { return v == 31.0 }, "time_zone": aName,
		"policies": listOf(mapOf(func(any) bool { return true })), "residents": listOf(isObject), "visitors": listOf(isObject),
		"areas": listOf(isObject), "matrices": listOf(isObject),
	})
	for _, p := range list(problem["policies"]) {
		p := p.(object)
		if (p["grade"] == nil) == (p["kind"] == nil) {
			t.Errorf("a policy is for a grade or a kind: %v", p)
		}
		demands := 0
		for _, key := range []string{"every_days", "per_week", "per_month"} {
			if p[key] != nil {
				demands++
				if !aCount(p[key]) || whole(p[key]) < 1 {
					t.Errorf("a policy asks for %s %v", key, p[key])
				}
			}
		}
		if demands != 1 {
			t.Errorf("a policy asks for one thing: %v", p)
		}
	}
	residents, grids := map[string]bool{}, map[string]bool{}
	for _, r := range list(problem["residents"]) {
		id := text(r.(object)["id"])
		if residents[id] {
			t.Errorf("resident %s stands there twice", id)
		}
		residents[id], grids[text(r.(object)["grid"])] = true, true
		wantFields(t, "resident "+id, r, map[string]shape{
			"id": aName, "grade": aName, "kinds": listOf(aName), "location": aPoint, "grid": aName, "minutes": aCount, "last_visit": orNull(aDate),
		})
	}
	for _, v := range list(problem["visitors"]) {
		wantFields(t, "visitor "+text(v.(object)["id"]), v, map[string]shape{
			"id": aName, "kind": aName, "tier": aName, "scope": listOf(aName), "start": aPoint, "days_off": listOf(aDate), "mode": aName, "end": orNull(aPoint),
			"shifts": listOf(func(s any) bool {
				o, ok := s.(object)
				return ok && aWeekday(o["weekday"]) && aClock(o["from"]) && aClock(o["to"]) && text(o["from"]) < text(o["to"])
			}),
		})
	}
	codes := map[string]bool{}
	for _, a := range list(problem["areas"]) {
		a := a.(object)
		wantFields(t, "area", a, map[string]shape{"code": aName, "level": oneOf("district", "town", "community", "grid", "micro-grid"), "parent": aText})
		code, parent := text(a["code"]), text(a["parent"])
		codes[code] = true
		if parent == "" && a["level"] != "district" || parent != "" && (!strings.HasPrefix(code, parent) || code == parent || !codes[parent]) {
			t.Errorf("area %s has the parent %q", code, parent)
		}
	}
	for g := range grids {
		if !codes[g] {
			t.Errorf("residents live in grid %s, which is no area", g)
		}
	}
	placed := map[string]bool{}
	for _, m := range list(problem["matrices"]) {
		m := m.(object)
		wantFields(t, "matrix", m, map[string]shape{"block": aName, "locations": listOf(aName), "seconds": listOf(listOf(func(v any) bool {
			f, ok := v.(float64)
			return ok && f >= -1 && f == math.Trunc(f)
		}))})
		n := len(list(m["locations"]))
		if rows := list(m["seconds"]); len(rows) != n || slices.ContainsFunc(rows, func(r any) bool { return len(list(r)) != n }) {
			t.Errorf("the matrix of block %v is not %d × %d", m["block"], n, n)
		}
		for _, id := range list(m["locations"]) {
			placed[text(id)] = true
		}
	}
	for id := range residents {
		if !placed[id] {
			t.Errorf("resident %s is in no matrix", id)
		}
	}

	wantFields(t, "plan", plan, map[string]shape{"itineraries": listOf(isObject), "unplanned": listOf(isObject)})
	visits, walked := 0, 0
	met, days := map[string]bool{}, map[string]bool{}
	for _, it := range list(plan["itineraries"]) {
		it := it.(object)
		wantFields(t, "itinerary", it, map[string]shape{"visitor": aName, "date": aDate, "stops": listOf(isObject), "return_seconds": aCount})
		days[text(it["visitor"])+text(it["date"])] = true
		walked += whole(it["return_seconds"])
		for _, s := range list(it["stops"]) {
			s := s.(object)
			wantFields(t, "stop", s, map[string]shape{"resident": aName, "arrive": aClock, "leave": aClock, "walk_seconds": aCount})
			visits, walked = visits+1, walked+whole(s["walk_seconds"])
			met[text(s["resident"])] = true
		}
	}
	lapses, byReason := 0, map[string]int{}
	for _, u := range list(plan["unplanned"]) {
		u := u.(object)
		wantFields(t, "unplanned", u, map[string]shape{"resident": aName, "due_by": aDate, "reason": oneOf(reasons...), "detail": aName})
		met[text(u["resident"])] = true
		byReason[text(u["reason"])]++
		if u["owed"] != true {
			lapses++
		}
	}
	// Every resident is asked for at least once a month: whoever is neither
	// visited nor listed has been dropped.
	for id := range residents {
		if !met[id] {
			t.Errorf("resident %s is neither visited nor listed", id)
		}
	}

	wantFields(t, "summary", summary, map[string]shape{
		"residents": mapOf(aCount), "visits_planned": aCount, "owed_at_start": aCount, "owed_cleared_on": orNull(aDate), "lapses": aCount,
		"unplanned": mapOf(aCount), "visitor_days": aCount, "walk_seconds": aCount, "coverage": mapOf(aShare), "seconds": mapOf(aNumber), "peak_memory_mib": aCount,
	})
	for name, want := range map[string]int{"visits_planned": visits, "walk_seconds": walked, "visitor_days": len(days), "lapses": lapses} {
		if got := whole(summary[name]); got != want {
			t.Errorf("summary: %s is %d, the plan has %d", name, got, want)
		}
	}
	enrolled := 0
	for _, n := range summary["residents"].(object) {
		enrolled += whole(n)
	}
	if enrolled != len(residents) {
		t.Errorf("summary: %d residents, the problem has %d", enrolled, len(residents))
	}
	counted := map[string]int{}
	for reason, n := range summary["unplanned"].(object) {
		counted[reason] = whole(n)
	}
	if !maps.Equal(counted, byReason) {
		t.Errorf("summary: unplanned %v, the plan has %v", counted, byReason)
	}
	for _, stage := range []string{"import", "matrices", "plan"} {
		if _, ok := summary["seconds"].(object)[stage]; !ok {
			t.Errorf("summary: no seconds of stage %s", stage)
		}
	}
	if page := readText(t, d.file("report.html")); !strings.Contains(page, "<html") || strings.Contains(page, "src=\"http") || strings.Contains(page, "href=\"http") {
		t.Error("report.html is no self-contained page")
	}
	if fc := readJSON(t, d.file("coverage.geojson")); fc["type"] != "FeatureCollection" || len(list(fc["features"])) == 0 {
		t.Error("coverage.geojson holds no features")
	}
	if !strings.HasPrefix(readText(t, d.file("workbook.xlsx")), "PK") {
		t.Error("workbook.xlsx is no workbook")
	}
}

func isObject(v any) bool { _, ok := v.(object); return ok }

func TestAndorraIsPlannedAsTheContractSays(t *testing.T) {
	d := done(t, andorra)
	wantContract(t, d)
	wantNoFindings(t, d)
	problem, summary := readJSON(t, d.file("problem.json")), readJSON(t, d.file("summary.json"))
	if problem["time_zone"] != "Europe/Andorra" || summary["made_up"] != true {
		t.Errorf("time zone %v, made up %v", problem["time_zone"], summary["made_up"])
	}
	d.says(t, "made up")
}

func TestAnotherSeedIsAnotherDistrict(t *testing.T) {
	one, two := done(t, andorra), done(t, andorraSeed2)
	wantContract(t, two)
	wantNoFindings(t, two)
	if n := len(list(readJSON(t, two.file("problem.json"))["residents"])); n != 60 {
		t.Errorf("%d residents, --residents asked for 60", n)
	}
	for _, name := range []string{"problem.json", "plan.json"} {
		if readText(t, one.file(name)) == readText(t, two.file(name)) {
			t.Errorf("%s is the same for two seeds", name)
		}
	}
}

func TestCheckTellsFilesThatAreNotValid(t *testing.T) {
	d := done(t, andorra)
	dir := t.TempDir()
	problem, plan := d.file("problem.json"), d.file("plan.json")
	sound := readText(t, plan)
	other := readJSON(t, problem)
	other["policies"] = []any{object{"grade": "red", "every_days": 0}}
	for _, c := range []struct{ name, problem, plan string }{
		{"a plan that is cut off", problem, writeText(t, dir+"/cut.json", sound[:len(sound)/2])},
		{"a plan with something behind it", problem, writeText(t, dir+"/more.json", sound+"}")},
		{"a plan that is empty", problem, writeText(t, dir+"/empty.json", "")},
		{"a plan that is not there", problem, dir + "/none.json"},
		{"a problem that is not there", dir + "/none.json", plan},
		{"a folder", dir, plan},
		{"a problem with a policy of 0 days", writeJSON(t, dir+"/zero.json", other), plan},
		{"a date that is none", problem, writeText(t, dir+"/date.json", strings.Replace(sound, "2026-12-0", "2026-13-0", 1))},
		{"the plan in the place of the problem", plan, plan},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := sanse(t.Context(), "check", c.problem, c.plan).want(t, exitInvalid); r.out != "" || r.err == "" {
				t.Errorf("out: %s\nerr: %s", r.out, r.err)
			}
		})
	}
	sanse(t.Context(), "check", problem).want(t, exitInvalid)
	sanse(t.Context(), "check").want(t, exitInvalid)
}

func TestAPlanIsMadeFromAFileAlone(t *testing.T) {
	d := done(t, andorraSeed2)
	out := filepath.Join(t.TempDir(), "plan.json")
	sanse(t.Context(), "--home", t.TempDir()+"/none", "plan", "--problem", d.file("problem.json"), "-o", out, "--seed", "2").want(t, exitDone)
	if readText(t, out) != readText(t, d.file("plan.json")) {
		t.Error("the same problem and seed give another plan than the demo's")
	}
	r := sanse(t.Context(), "plan", "--problem", d.file("problem.json"), "--seed", "2", "--threads", "1").want(t, exitDone)
	if r.out != readText(t, out) {
		t.Error("one thread gives another plan")
	}
	sanse(t.Context(), "check", d.file("problem.json"), out).want(t, exitDone)
	sanse(t.Context(), "plan", "--problem", d.file("problem.json"), "--start", "2026-12-02").want(t, exitInvalid)
	sanse(t.Context(), "plan", "--problem", d.file("plan.json")).want(t, exitInvalid)

	// A resident with no policy cannot be promised anything.
	lawless := readJSON(t, d.file("problem.json"))
	list(lawless["residents"])[0].(object)["grade"], list(lawless["residents"])[0].(object)["kinds"] = "violet", []any{}
	sanse(t.Context(), "plan", "--problem", writeJSON(t, filepath.Join(t.TempDir(), "p.json"), lawless)).want(t, exitInvalid).says(t, "policy")
}

func TestTheReferenceDistrictKeepsEveryPromise(t *testing.T) {
	isLong(t)
	d := done(t, reference)
	wantContract(t, d)
	wantNoFindings(t, d)
	s, p := readJSON(t, d.file("summary.json")), readJSON(t, d.file("problem.json"))
	if whole(s["lapses"]) != 0 || len(s["unplanned"].(object)) != 0 {
		t.Errorf("%v lapses, unplanned %v", s["lapses"], s["unplanned"])
	}
	if cleared := text(s["owed_cleared_on"]); cleared < "2026-12-01" || cleared > "2026-12-07" || whole(s["owed_at_start"]) == 0 {
		t.Errorf("%v owed, cleared on %q", s["owed_at_start"], cleared)
	}
	for grade, n := range map[string]int{"red": 28, "yellow": 506, "blue": 1836} {
		if got := whole(s["residents"].(object)[grade]); got != n {
			t.Errorf("%d residents are %s, want %d", got, grade, n)
		}
	}
	if n := len(list(p["visitors"])); n != 5300 {
		t.Errorf("%d visitors", n)
	}
	levels := map[string]int{}
	for _, a := range list(p["areas"]) {
		levels[text(a.(object)["level"])]++
	}
	if want := (map[string]int{"district": 1, "town": 7, "community": 83, "grid": 358, "micro-grid": 2091}); !maps.Equal(levels, want) {
		t.Errorf("areas %v, want %v", levels, want)
	}
	kinds := map[string]bool{}
	for _, v := range list(p["visitors"]) {
		kinds[text(v.(object)["kind"])] = true
	}
	if len(kinds) != 5 {
		t.Errorf("kinds of visitors: %v", kinds)
	}
	if mib := whole(s["peak_memory_mib"]); mib == 0 || mib >= 1024 {
		t.Errorf("%d MiB", mib)
	}
	if s["made_up"] != true || !strings.Contains(readText(t, d.file("report.html")), "虚构") {
		t.Error("the district does not say that it is made up")
	}
}

func TestTheSameSeedGivesTheSameFiles(t *testing.T) {
	isLong(t)
	one, two := done(t, reference), done(t, referenceAgain)
	for _, name := range []string{"problem.json", "plan.json"} {
		if readText(t, one.file(name)) != readText(t, two.file(name)) {
			t.Errorf("%s is another one the second time", name)
		}
	}
}

func TestTheShortStaffedDistrictSaysWhoLapsesAndWhy(t *testing.T) {
	isLong(t)
	d := done(t, shortStaffed)
	wantContract(t, d)
	wantNoFindings(t, d)
	s, p := readJSON(t, d.file("summary.json")), readJSON(t, d.file("problem.json"))
	if whole(s["lapses"]) == 0 {
		t.Fatal("nothing lapses")
	}
	blocks := map[string]bool{}
	for _, a := range list(p["areas"]) {
		if a := a.(object); a["level"] == "community" {
			blocks[text(a["code"])] = true
		}
	}
	named := 0
	for _, b := range list(s["binding"]) {
		b := b.(object)
		if !blocks[text(b["block"])] || text(b["detail"]) == "" || !slices.Contains(reasons, text(b["reason"])) {
			t.Errorf("binding %v", b)
		}
		named += whole(b["lapses"])
	}
	d.says(t, text(list(s["binding"])[0].(object)["block"]))
	if named != whole(s["lapses"]) {
		t.Errorf("the binding constraints account for %d of %v lapses", named, s["lapses"])
	}
	if mib := whole(s["peak_memory_mib"]); mib == 0 || mib >= 1024 {
		t.Errorf("%d MiB", mib)
	}
}

func TestDemoFailsOnLapsesWhereAsked(t *testing.T) {
	d := done(t, andorraSeed2)
	s := readJSON(t, d.file("summary.json"))
	if whole(s["lapses"]) == 0 {
		t.Fatal("nothing lapses in Andorra")
	}
	again, err := andorraDemo("andorra3", "andorra3", "--seed", "2", "--residents", "60", "--fail-on-lapse")
	if err != nil {
		t.Fatal(err)
	}
	again.want(t, exitNo).says(t, "lapse")
	// The work is done all the same, and the same.
	for _, name := range []string{"problem.json", "plan.json"} {
		if readText(t, again.file(name)) != readText(t, d.file(name)) {
			t.Errorf("%s is another one the second time", name)
		}
	}
}
