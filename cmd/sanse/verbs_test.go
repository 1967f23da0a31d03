package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryVerbHasHelpWorthReading(t *testing.T) {
	for _, verb := range [][]string{
		{}, {"demo"}, {"serve"}, {"import"}, {"export"}, {"plan"}, {"solve"}, {"check"}, {"explain"}, {"sites"}, {"needs"}, {"needs", "match"}, {"needs", "list"}, {"needs", "history"}, {"supply"}, {"report"}, {"audit"}, {"audit", "list"}, {"audit", "verify"}, {"audit", "anchor"}, {"audit", "export"}, {"audit", "mark"}, {"audit", "remove"}, {"db"}, {"db", "status"}, {"db", "district"}, {"db", "drop"},
	} {
		r := sanse(t.Context(), append(verb, "--help")...).want(t, exitDone)
		if len(r.out) < 300 || r.err != "" {
			t.Errorf("%v --help says\n%s%s", verb, r.out, r.err)
		}
	}
	sanse(t.Context()).want(t, exitDone).says(t, "Exit codes", "demo", "serve", "import", "export", "plan", "solve", "check", "explain", "report", "db")
}

func TestWrongUseExitsWithTwo(t *testing.T) {
	file := writeText(t, filepath.Join(t.TempDir(), "f.csv"), "x\n")
	for _, args := range [][]string{
		{"fly"},
		{"demo", "--once", "--colour", "red"},
		{"demo", "--once", "--start", "tomorrow"},
		{"demo", "--once", "--days", "many"},
		{"demo", "--once", "--extract", "/nowhere/at/all.osm.pbf"},
		{"demo", "--addr", "0.0.0.0:1"},
		{"serve", "--addr", "0.0.0.0:1"},
		{"serve", "--addr", ":8080"},
		{"serve", "--addr", "[::]:8080"},
		{"serve", "--addr", "192.168.1.2:8080"},
		{"serve", "--addr", "nonsense"},
		{"import"},
		{"import", "ghosts", file},
		{"import", "residents"},
		{"import", "residents", "/nowhere/at/all.csv"},
		{"import", "residents", file, "--crs", "mars"},
		{"export"},
		{"export", "everything"},
		{"plan", "--problem", "/nowhere/at/all.json"},
		{"plan", "--problem", file},
		{"plan", "--problem", file, "--json"},
		{"plan", "--json", "-o", "-"},
		{"db"},
		{"db", "district", "51019", "短"},
		{"db", "district", "51019x", "字母"},
		{"db", "district", "510198", "区", "--time-zone", "Mars/Olympus"},
		{"db", "drop", "510198"},
	} {
		// Nothing of this may start a database.
		r := sanse(t.Context(), append([]string{"--database-url", "postgres://nobody@127.0.0.1:1/none"}, args...)...)
		if r.code != exitInvalid || r.err == "" || r.out != "" {
			t.Errorf("sanse %v: exit code %d\nout: %s\nerr: %s", args, r.code, clip(r.out), clip(r.err))
		}
	}
}

func TestADemoThatCannotBeMadeSaysSoFirst(t *testing.T) {
	b, dir := setup(t, "no_demo"), t.TempDir()
	file := writeText(t, filepath.Join(dir, "notes.osm"), "no streets at all")
	b.sanse(t, "demo", "--once", "--extract", file).want(t, exitInvalid).says(t, "not OpenStreetMap data")
	b.sanse(t, "demo", "--once", "--extract", file, "--time-zone", "Mars/Olympus").want(t, exitInvalid).says(t, "Mars/Olympus")
	b.sanse(t, "demo", "--once", "--days=-1").want(t, exitInvalid)
	b.sanse(t, "demo", "--once", "--days", "999").want(t, exitInvalid).says(t, "999")
	if r := b.sanse(t, "demo", "--once", "--out", file).want(t, exitOutside); strings.Contains(r.err, "make ground") {
		t.Error("the folder that cannot be made is found after the work")
	}
	b.sanse(t, "db", "status").want(t, exitDone).says(t, "no district yet")
}

func TestADatabaseThatIsDownExitsWithThree(t *testing.T) {
	for _, args := range [][]string{{"db", "status"}, {"plan"}, {"demo", "--once"}, {"serve", "--addr", "127.0.0.1:0"}, {"export", "plan"}} {
		r := sanse(t.Context(), append([]string{"--home", t.TempDir(), "--database-url", "postgres://someone:hush-hush@127.0.0.1:1/none"}, args...)...)
		r.want(t, exitOutside).hides(t, "hush-hush")
		if r.out != "" || r.err == "" {
			t.Errorf("sanse %v: out: %s\nerr: %s", args, r.out, r.err)
		}
	}
}

func TestTheEnvironmentNamesTheDatabase(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://someone@127.0.0.1:1/none")
	t.Setenv("SANSE_HOME", t.TempDir())
	sanse(t.Context(), "db", "status").want(t, exitOutside)
}

func TestThePrivateDatabaseKeepsItsRecords(t *testing.T) {
	t.Setenv("SANSE_HOME", filepath.Join(privateHome(t), "home"))
	sanse(t.Context(), "db", "status").want(t, exitDone).says(t, "no district yet")
	sanse(t.Context(), "plan").want(t, exitInvalid).says(t, "no district")
	sanse(t.Context(), "db", "district", ground, "试验区").want(t, exitDone)
	sanse(t.Context(), "db", "status").want(t, exitDone).says(t, ground, "试验区")
	key, err := os.Stat(filepath.Join(os.Getenv("SANSE_HOME"), "key.json"))
	if err != nil || key.Mode() != 0o600 {
		t.Errorf("the key file: %v %v", key, err)
	}
	// As it is made it is safe, but for the key that lies beside it.
	sanse(t.Context(), "doctor").want(t, exitDone).says(t, "warn   key-file: the key lies in the folder of the database", "ok     database-durable", "ok     audit-chain ("+ground+")").hides(t, "unsafe")
}

func TestTheDatabaseIsLookedAfter(t *testing.T) {
	b := setup(t, "looked_after")
	b.sanse(t, "db", "status").want(t, exitDone).says(t, "no district yet")
	if v := parseJSON(t, b.sanse(t, "db", "status", "--json").want(t, exitDone).out); len(list(v["districts"])) != 0 {
		t.Errorf("status is %v", v)
	}
	b.sanse(t, "export", "plan").want(t, exitInvalid).says(t, "no district")
	b.sanse(t, "db", "district", "510101", "甲区").want(t, exitDone)
	b.sanse(t, "db", "district", "510101", "甲区新名", "--note", "改名").want(t, exitDone)
	b.sanse(t, "db", "status").want(t, exitDone).says(t, "甲区新名")
	b.sanse(t, "plan").want(t, exitInvalid).says(t, "import")
	b.sanse(t, "export", "plan").want(t, exitInvalid).says(t, "no plan")
	b.sanse(t, "report", "--out", filepath.Join(t.TempDir(), "out")).want(t, exitInvalid).says(t, "no plan")
	b.sanse(t, "db", "district", "510102", "乙区").want(t, exitDone)
	b.sanse(t, "plan").want(t, exitInvalid).says(t, "--district")
	b.sanse(t, "--district", "510109", "plan").want(t, exitInvalid).says(t, "510109")
	b.sanse(t, "db", "drop", "510101").want(t, exitInvalid).says(t, "--yes")
	b.sanse(t, "db", "drop", "510109", "--yes").want(t, exitInvalid)
	b.sanse(t, "db", "drop", "510101", "--yes").want(t, exitDone)
	if v := list(parseJSON(t, b.sanse(t, "db", "status", "--json").want(t, exitDone).out)["districts"]); len(v) != 1 || v[0].(object)["code"] != "510102" {
		t.Errorf("districts are %v", v)
	}
}

func TestADistrictOfFilesIsPlannedReportedAndExported(t *testing.T) {
	b, dir := newGround(t, "by_hand")
	horizon := []string{"--start", "2030-12-02", "--days", "28"}
	r := b.sanse(t, append([]string{"plan", "--json", "-o", filepath.Join(dir, "first.json")}, horizon...)...).want(t, exitDone)
	summary := parseJSON(t, r.out)
	wantSchema(t, "summary.json", summary)
	if whole(summary["unreachable"]) != 1 || whole(summary["violations"]) != 0 {
		t.Errorf("%v cannot be reached, %v violations", summary["unreachable"], summary["violations"])
	}

	out := filepath.Join(dir, "out")
	b.sanse(t, "report", "--out", out).want(t, exitDone).says(t, "试验区").hides(t, "李大岛", "王小1")
	d := &district{bed: b, dir: out}
	problem, plan := readJSON(t, d.file("problem.json")), readJSON(t, d.file("plan.json"))
	wantSchema(t, "problem.json", problem)
	wantSchema(t, "plan.json", plan)
	wantSchema(t, "summary.json", readJSON(t, d.file("summary.json")))
	wantNoFindings(t, d)
	// Each leads back to who took it: by its mark, or where there is no room for one by its digest.
	for name, how := range map[string]string{
		"problem.json": "byte for byte", "plan.json": "byte for byte", "summary.json": "byte for byte", "shortfall.json": "byte for byte", "shortfall.csv": "byte for byte",
		"coverage.geojson": "as it was taken", "report.html": "as it was taken", "workbook.xlsx": "as it was taken",
	} {
		b.sanse(t, "audit", "mark", d.file(name)).want(t, exitDone).says(t, "for report", "report "+name, how)
	}
	writeText(t, filepath.Join(dir, "changed.json"), readText(t, d.file("plan.json"))+" ")
	b.sanse(t, "audit", "mark", filepath.Join(dir, "changed.json")).want(t, exitNo).says(t, "no mark")
	b.sanse(t, "audit", "mark", filepath.Join(dir, "first.json")).want(t, exitDone).says(t, "for planning", "it was plan of area")

	// The resident on the island is planned for and reported, not dropped.
	there := slices.ContainsFunc(list(problem["residents"]), func(r any) bool { return r.(object)["id"] == "R9" })
	var why []string
	for _, u := range list(plan["unplanned"]) {
		if u := u.(object); u["resident"] == "R9" {
			why = append(why, text(u["reason"]))
		} else {
			t.Errorf("%v is not planned: %v", u["resident"], u["reason"])
		}
	}
	if !there || len(why) < 4 || slices.ContainsFunc(why, func(s string) bool { return s != "unreachable" }) {
		t.Errorf("the resident on the island: in the problem %t, reasons %v", there, why)
	}

	for _, what := range []string{"problem", "plan", "areas", "facilities"} {
		path := filepath.Join(dir, what+".json")
		if r := b.sanse(t, "export", what, "-o", path).want(t, exitDone); r.out != "" {
			t.Errorf("export -o prints %s", clip(r.out))
		}
		readJSON(t, path)
		if shown := b.sanse(t, "export", what).want(t, exitDone).out; shown != readText(t, path) {
			t.Errorf("export %s prints something else than it writes", what)
		}
	}
	for _, name := range []string{"problem.json", "plan.json"} {
		if readText(t, filepath.Join(dir, name)) != readText(t, d.file(name)) {
			t.Errorf("export and report leave different files %s", name)
		}
	}
	if readText(t, filepath.Join(dir, "plan.json")) != readText(t, filepath.Join(dir, "first.json")) {
		t.Error("the plan that was stored is not the one that was made")
	}
	stops := 0
	for _, it := range list(plan["itineraries"]) {
		stops += len(list(it.(object)["stops"]))
	}
	for what, want := range map[string]int{"itineraries": stops, "unplanned": len(list(plan["unplanned"]))} {
		rows, err := csv.NewReader(strings.NewReader(b.sanse(t, "export", what).want(t, exitDone).out)).ReadAll()
		if err != nil || len(rows) != want+1 {
			t.Errorf("export %s: %d rows, want %d: %v", what, len(rows), want+1, err)
		}
	}
	if n := len(list(readJSON(t, filepath.Join(dir, "areas.json"))["features"])); n != len(groundAreas()) {
		t.Errorf("%d areas are exported", n)
	}
	b.sanse(t, "export", "plan", "-o", filepath.Join(dir, "no", "such", "folder.json")).want(t, exitOutside)
	b.sanse(t, "report", "--out", filepath.Join(dir, "plan.json")).want(t, exitOutside)
	b.sanse(t, "plan", "--start", "2030-12-02", "--days", "-3").want(t, exitInvalid)
	b.sanse(t, "plan", "--start", "2030-12-02", "--days", "4000").want(t, exitInvalid)
	b.sanse(t, "plan", "--start", "1990-01-01", "--days", "3").want(t, exitInvalid).says(t, "areas")

	// What is wrong with a plan by hand is found by both checkers.
	plan["unplanned"] = []any{}
	if found := checkFiles(problem, plan); len(found) == 0 {
		t.Error("a resident who is dropped is not found")
	}
	sanse(t.Context(), "check", d.file("problem.json"), writeJSON(t, filepath.Join(dir, "dropped.json"), plan)).want(t, exitNo).says(t, "lapse_not_listed", "R9")
}

func TestARedrawMovesEverybodyAndLosesNobody(t *testing.T) {
	b, dir := newGround(t, "redrawn")
	gridsOf := func() map[string]string {
		t.Helper()
		b.sanse(t, "plan", "--start", "2050-12-02", "--days", "7").want(t, exitDone)
		grids := map[string]string{}
		for _, r := range list(parseJSON(t, b.sanse(t, "export", "problem").want(t, exitDone).out)["residents"]) {
			grids[text(r.(object)["id"])] = text(r.(object)["grid"])
		}
		return grids
	}
	before := gridsOf()
	for i, p := range homes() {
		if id := fmt.Sprintf("R%d", i+1); before[id] != gridAt(p) {
			t.Fatalf("%s lives in %s, want %s", id, before[id], gridAt(p))
		}
	}
	// In the first community the border between the western and the eastern
	// grids moves west, over the homes at 104.304.
	redrawn := groundAreas()
	for i := range redrawn {
		switch redrawn[i].code {
		case ground + "001001001", ground + "001001003":
			redrawn[i].east = 104.303
		case ground + "001001002", ground + "001001004":
			redrawn[i].west = 104.303
		}
	}
	b.sanse(t, "import", "areas", writeText(t, filepath.Join(dir, "redrawn.geojson"), geoJSON(redrawn))).want(t, exitDone)
	after := gridsOf()
	for id, grid := range before {
		want := grid
		switch grid {
		case ground + "001001001":
			want = ground + "001001002"
		case ground + "001001003":
			want = ground + "001001004"
		}
		if after[id] != want {
			t.Errorf("%s lives in %s after the redraw, want %s", id, after[id], want)
		}
	}
	areas := b.sanse(t, "export", "areas").want(t, exitDone).out

	b.sanse(t, "import", "areas", filepath.Join(dir, "areas.geojson"), "--dry-run").want(t, exitDone).says(t, "12 would be stored")
	if b.sanse(t, "export", "areas").want(t, exitDone).out != areas {
		t.Error("a dry run changed the areas")
	}

	// A district without its eastern half would leave people outside.
	smaller := groundAreas()[:2]
	for _, a := range groundAreas()[2:] {
		if strings.HasPrefix(a.code, ground+"001001") {
			smaller = append(smaller, a)
		} else if a.level == "community" {
			a.west = 104.336
			smaller = append(smaller, a)
		} else {
			a.west, a.east = 104.336+(a.west-104.32)/5, 104.336+(a.east-104.32)/5
			smaller = append(smaller, a)
		}
	}
	path := writeText(t, filepath.Join(dir, "smaller.geojson"), geoJSON(smaller))
	for _, dry := range [][]string{{"--dry-run"}, nil} {
		b.sanse(t, append([]string{"import", "areas", path}, dry...)...).want(t, exitInvalid).says(t, "in no grid", "nothing was stored")
	}
	if b.sanse(t, "export", "areas").want(t, exitDone).out != areas {
		t.Error("the refused redraw changed the areas")
	}
	for id, grid := range gridsOf() {
		if after[id] != grid {
			t.Errorf("the refused redraw moved %s", id)
		}
	}
}

func TestServeAnswersUntilItIsStopped(t *testing.T) {
	d := done(t, andorraSeed2)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	// While somebody else has the address, serving on it fails.
	d.bed.sanse(t, "serve", "--addr", addr).want(t, exitOutside).says(t, "--addr")
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan result, 1)
	go func() { ended <- sanse(ctx, d.bed.all([]string{"serve", "--addr", addr})...) }()
	c := &client{t: t, base: "http://" + addr}
	deadline := time.Now().Add(time.Minute)
	for {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
		if err == nil {
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody answers")
		}
		select {
		case r := <-ended:
			t.Fatalf("serve ended: %+v", r)
		case <-time.After(50 * time.Millisecond):
		}
	}
	for _, page := range []string{"/", "/day", "/board"} {
		if a := c.ask(page); a.status != 200 || !strings.Contains(a.body, "<html") || !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %d %v %s", page, a.status, a.header, clip(a.body))
		}
	}
	if a := c.ask("/v1/sign-in"); a.status != 200 || parseJSON(t, a.body)["district"] == nil {
		t.Errorf("the door says %d %s", a.status, clip(a.body))
	}
	if a := c.ask("/v1/district"); a.status != 401 {
		t.Errorf("who is not signed in is told %d %s", a.status, clip(a.body))
	}
	stop()
	if r := <-ended; r.code != exitDone {
		t.Errorf("exit code %d: %s", r.code, clip(r.err))
	}
}
