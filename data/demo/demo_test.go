package demo_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/data/demo"
	"sanse/geo"
	"sanse/geo/topology"
	"sanse/planner"
	"sanse/routing"
	"sanse/routing/osm"
)

var start = planner.NewDate(2026, 12, 1)

// made is a district with its files read back.
type made struct {
	demo.Manifest
	dir  string
	tree *geo.Tree

	residents, visitors, visits, population, facilities []map[string]string
}

func generate(t *testing.T, opt demo.Options) made {
	t.Helper()
	if opt.Start == 0 {
		opt.Start = start
	}
	m := made{dir: t.TempDir()}
	var err error
	if m.Manifest, err = demo.Generate(t.Context(), m.dir, opt); err != nil {
		t.Fatal(err)
	}
	m.tree = tree(t, m.Areas)
	m.residents, m.visitors, m.visits = table(t, m.Residents), table(t, m.Visitors), table(t, m.Visits)
	m.population, m.facilities = table(t, m.Population), table(t, m.Facilities)
	return m
}

func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := make(map[string]string)
		for i, k := range rows[0] {
			m[k] = r[i]
		}
		out = append(out, m)
	}
	return out
}

func tree(t *testing.T, path string) *geo.Tree {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fc, err := geojson.UnmarshalFeatureCollection(b)
	if err != nil {
		t.Fatal(err)
	}
	var areas []geo.Area
	for _, f := range fc.Features {
		level, err := geo.ParseLevel(f.Properties.MustString("level"))
		if err != nil {
			t.Fatal(err)
		}
		a := geo.Area{
			Code: f.Properties.MustString("code"), Level: level, Parent: f.Properties.MustString("parent"),
			Name: f.Properties.MustString("name"), Parts: f.Properties.MustInt("parts", 0), Boundary: f.Geometry.(orb.MultiPolygon),
		}
		if a.Units, err = geo.ParseUnits(f.Properties.MustString("units", "")); err != nil {
			t.Errorf("area %s: %v", a.Code, err)
		}
		if err := geo.CheckValid(a.Boundary); err != nil {
			t.Errorf("area %s: %v", a.Code, err)
		}
		areas = append(areas, a)
	}
	tr, err := geo.NewTree(areas)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func point(t *testing.T, r map[string]string) orb.Point {
	t.Helper()
	lon, err1 := strconv.ParseFloat(r["lon"], 64)
	lat, err2 := strconv.ParseFloat(r["lat"], 64)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return orb.Point{lon, lat}
}

func sum(t *testing.T, rows []map[string]string, key string) int {
	t.Helper()
	n := 0
	for _, r := range rows {
		n += number(t, r[key])
	}
	return n
}

// works returns the minutes of the longest shift of a visitor on each weekday.
func works(t *testing.T, shifts string) (longest [8]int) {
	t.Helper()
	for _, entry := range strings.Split(shifts, "; ") {
		days, hours, ok := strings.Cut(entry, " ")
		if !ok {
			t.Fatalf("shifts %q", shifts)
		}
		first, last, ok := strings.Cut(days, "-")
		if !ok {
			last = first
		}
		from, to, _ := strings.Cut(hours, "-")
		a, err1 := planner.ParseClock(from)
		b, err2 := planner.ParseClock(to)
		if err := errors.Join(err1, err2); err != nil || b <= a {
			t.Fatalf("shifts %q: %v", shifts, err)
		}
		for d := number(t, first); d <= number(t, last); d++ {
			longest[d] = max(longest[d], int(b-a))
		}
	}
	return longest
}

// sound checks what must be true of every district.
func (m made) sound(t *testing.T) {
	t.Helper()
	if f, err := topology.CheckTree(m.tree.Areas()); err != nil || len(f) > 0 {
		t.Errorf("%d flaws in the areas, %v, first: %+v", len(f), err, f[:min(1, len(f))])
	}
	if !m.District.MadeUp || m.District.Note == "" || !strings.Contains(m.District.Name, "虚构") {
		t.Errorf("the district does not say that it is made up: %+v", m.District)
	}
	visitors, social := make(map[string]map[string]string), make(map[string]int)
	for _, v := range m.visitors {
		visitors[v["id"]] = v
		works(t, v["shifts"])
		for _, code := range strings.Fields(v["scope"]) {
			if _, ok := m.tree.Area(code); !ok || len(code) > 15 {
				t.Errorf("visitor %s: scope %q", v["id"], code)
			}
		}
		if v["skills"] == "social_work" {
			social[v["scope"]]++
		} else if (v["mode"] != "foot") != (v["skills"] != "") { // those who give services at home go by e-bike
			t.Errorf("visitor %s goes by %s", v["id"], v["mode"])
		}
	}
	for c, n := range social {
		if n != 1 {
			t.Errorf("community %s has %d social workers", c, n)
		}
	}
	numbers := make(map[string]bool)
	for _, r := range m.residents {
		grid, ok := m.tree.Locate(point(t, r), geo.LevelGrid)
		if !ok || grid != r["grid"] {
			t.Errorf("resident %s lies in grid %q, not in %q", r["id"], grid, r["grid"])
		}
		kinds := make(map[string]bool)
		for _, id := range strings.Fields(r["team"]) {
			v, ok := visitors[id]
			if !ok {
				t.Fatalf("resident %s: no visitor %q", r["id"], id)
			}
			kinds[v["kind"]] = true
			in := false
			for _, code := range strings.Fields(v["scope"]) {
				in = in || strings.HasPrefix(grid, code)
			}
			if !in {
				t.Errorf("resident %s: team member %s may not come", r["id"], id)
			}
		}
		if len(kinds) != len(strings.Fields(r["team"])) {
			t.Errorf("resident %s: two of a kind in team %q", r["id"], r["team"])
		}
		if n := r["id_number"]; len(n) != 18 || n[:6] != "510199" || numbers[n] || !checks(n) {
			t.Errorf("resident %s: ID number %q", r["id"], n)
		}
		numbers[r["id_number"]] = true
	}
	type visit struct{ resident, date string }
	seen := make(map[visit]bool)
	for _, v := range m.visits {
		k := visit{v["resident"], v["date"]}
		if seen[k] {
			t.Errorf("two visits to %s on %s", k.resident, k.date)
		}
		seen[k] = true
		if d, err := planner.ParseDate(v["date"]); err != nil || d >= start || d < start-62 {
			t.Errorf("visit on %s: %v", v["date"], err)
		}
	}
	for _, p := range m.population {
		people := number(t, p["people"])
		if number(t, p["over60"])+number(t, p["under18"]) > people || number(t, p["over80"]) > number(t, p["over60"]) ||
			number(t, p["disabled"]) > people || number(t, p["households"]) > people {
			t.Errorf("population does not add up: %v", p)
		}
	}
}

// checks tells whether the last digit of an ID number is right (GB 11643):
// the digits weighted by powers of two modulo 11 come to 1.
func checks(n string) bool {
	s := 0
	for i := range 18 {
		d := int(n[i] - '0')
		if n[i] == 'X' {
			d = 10
		}
		w := 1
		for range 17 - i {
			w = w * 2 % 11
		}
		s += d * w
	}
	return s%11 == 1
}

func TestTheDefaultDistrict(t *testing.T) {
	m := generate(t, demo.Options{})
	t.Run("is sound", m.sound)
	t.Run("has towers that micro-grids share", m.shared)
	t.Run("has the published figures", func(t *testing.T) {
		towns := m.tree.Codes(geo.LevelTown)
		streets := 0
		for _, c := range towns {
			if a, _ := m.tree.Area(c); strings.HasSuffix(a.Name, "街道") {
				streets++
			}
		}
		grades, kinds := make(map[string]int), make(map[string]int)
		for _, r := range m.residents {
			grades[r["grade"]]++
		}
		for _, v := range m.visitors {
			kinds[v["kind"]]++
		}
		for _, c := range []struct {
			what      string
			got, want int
		}{
			{"towns and streets", len(towns), 7},
			{"streets", streets, 2},
			{"communities", len(m.tree.Codes(geo.LevelCommunity)), 83},
			{"grids", len(m.tree.Codes(geo.LevelGrid)), 358},
			{"micro-grids", len(m.tree.Codes(geo.LevelMicroGrid)), 2091},
			{"people", sum(t, m.population, "people"), 616000},
			{"households", sum(t, m.population, "households"), 237000},
			{"over 60", sum(t, m.population, "over60"), 128711},
			{"disabled", sum(t, m.population, "disabled"), 12731},
			{"red", grades["red"], 28},
			{"yellow", grades["yellow"], 506},
			{"blue", grades["blue"], 1836},
			{"visitors", len(m.visitors), 5300},
			{"kinds of visitors", len(kinds), 5},
		} {
			if c.got != c.want {
				t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
			}
		}
		if km2 := geo.AreaM2(m.tree.District().Boundary) / 1e6; km2 < 370 || km2 > 390 {
			t.Errorf("the district has %.1f km²", km2)
		}
	})
	t.Run("has every kind of place", func(t *testing.T) {
		places := make(map[string]int)
		for _, p := range m.population {
			places[p["place"]]++
		}
		for _, p := range []string{"town", "suburb", "village", "old_estate", "migrants_quarter"} {
			if places[p] == 0 {
				t.Errorf("no building of place %s", p)
			}
		}
	})
	t.Run("has a team of five for everyone", func(t *testing.T) {
		for _, r := range m.residents {
			if n := len(strings.Fields(r["team"])); n != 5 {
				t.Errorf("resident %s: team of %d", r["id"], n)
			}
		}
	})
	t.Run("has somebody in every grid on every weekday", func(t *testing.T) {
		staffed := make(map[string][8]int)
		weekday, weekend := 0, 0
		for _, v := range m.visitors {
			longest := works(t, v["shifts"])
			for _, code := range strings.Fields(v["scope"]) {
				s := staffed[code]
				for d := range s {
					s[d] = max(s[d], longest[d])
				}
				staffed[code] = s
			}
			if longest[2] > 0 {
				weekday++
			}
			if longest[7] > 0 {
				weekend++
			}
		}
		for _, grid := range m.tree.Codes(geo.LevelGrid) {
			for d := 1; d <= 7; d++ {
				if best := max(staffed[grid][d], staffed[grid[:12]][d]); best < 60 {
					t.Errorf("grid %s: at most %d minutes on weekday %d", grid, best, d)
				}
			}
		}
		if weekend >= weekday {
			t.Errorf("%d work on Sunday, %d on Tuesday: weekends are for the few", weekend, weekday)
		}
	})
	t.Run("lets everyone be reached on foot", func(t *testing.T) {
		x := read(t, m.Streets)
		walk := walkOn(t, x)
		for _, rows := range [][]map[string]string{m.residents, m.visitors, m.facilities} {
			for _, r := range rows {
				if s, err := walk.Snap(point(t, r), 150); err != nil || s.Component != 0 {
					t.Errorf("%s: %v", r["id"], err)
				}
			}
		}
		if n := x.Counts.Nodes; n < 40000 || n > 60000 {
			t.Errorf("%d nodes", n)
		}
		if x.Counts.ClosedBarriers == 0 || len(x.Waters) == 0 {
			t.Error("no locked gate or no river")
		}
	})
	t.Run("reaches most but not all residents with each service", func(t *testing.T) {
		x := read(t, m.Streets)
		engine, err := routing.NewEngine(x.Graph, routing.Elderly())
		if err != nil {
			t.Fatal(err)
		}
		var homes []orb.Point
		for _, r := range m.residents {
			homes = append(homes, point(t, r))
		}
		targets, _ := engine.SnapAll(homes, 300)
		open := make(map[string][]orb.Point)
		status := make(map[string]int)
		full := 0
		for _, f := range m.facilities {
			status[f["status"]]++
			if f["status"] != "open" {
				continue
			}
			open[f["service"]] = append(open[f["service"]], point(t, f))
			if f["capacity"] == f["in_use"] {
				full++
			}
		}
		if status["idle"] == 0 || status["planned"] == 0 || full == 0 {
			t.Errorf("idle %d, planned %d, full %d", status["idle"], status["planned"], full)
		}
		for service, points := range open {
			from, _ := engine.SnapAll(points, 300)
			seconds, _, err := engine.Nearest(t.Context(), from, targets, 900)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, s := range seconds {
				if s >= 0 {
					n++
				}
			}
			share := float64(n) / float64(len(homes))
			t.Logf("%s: %d open, %.0f %% in reach", service, len(points), 100*share)
			if service == "elder_care" { // one a town, and not in every town
				if len(points) >= len(m.tree.Codes(geo.LevelTown)) {
					t.Errorf("%d centres for %d towns", len(points), len(m.tree.Codes(geo.LevelTown)))
				}
				continue
			}
			if share < .55 || share > .92 {
				t.Errorf("%s reaches %.2f of the residents", service, share)
			}
		}
	})
	t.Run("has a social worker in most communities", func(t *testing.T) {
		social := make(map[string]bool)
		for _, v := range m.visitors {
			if v["skills"] == "social_work" {
				social[v["scope"]] = true
			}
		}
		if n := len(m.tree.Codes(geo.LevelCommunity)); len(social) < n/2 || len(social) >= n {
			t.Errorf("%d of %d communities have a social worker", len(social), n)
		}
	})
	t.Run("opens its facilities at hours of their own", func(t *testing.T) {
		weekend, unknown, rooms := 0, 0, 0
		for _, f := range m.facilities {
			switch {
			case f["status"] == "planned":
				if f["hours"] != "" || f["staff"] != "" {
					t.Errorf("%s is planned, but open %q with %s staff", f["id"], f["hours"], f["staff"])
				}
				continue
			case f["hours"] == "":
				unknown++
				continue
			}
			works(t, f["hours"])
			if regexp.MustCompile(`^1-5 [^;]*(; 1-5 [^;]*)?$`).MatchString(f["hours"]) {
				weekend++
			}
			if f["area_m2"] != "" {
				rooms++
			}
		}
		if n := len(m.facilities); weekend < n/8 || weekend > n*2/3 || unknown == 0 || unknown > n/5 || rooms < n/2 {
			t.Errorf("of %d facilities %d are closed all week-ends, of %d no hours are known, of %d the rooms", n, weekend, unknown, rooms)
		}
	})
	t.Run("left about a quarter of last month undone and some never seen", func(t *testing.T) {
		done, missed := 0, 0
		ever := make(map[string]bool)
		for _, v := range m.visits {
			if v["date"] < "2026-11-01" {
				continue
			}
			if v["result"] == "done" {
				done++
			} else {
				missed++
			}
		}
		for _, v := range m.visits {
			if v["result"] == "done" {
				ever[v["resident"]] = true
			}
		}
		if share := float64(missed) / float64(done+missed); share < .21 || share > .29 {
			t.Errorf("%.3f of last month's visits were missed", share)
		}
		if never := len(m.residents) - len(ever); never < 5 {
			t.Errorf("%d residents were never seen", never)
		}
	})
	t.Run("carries the reference policies", func(t *testing.T) {
		b, err := os.ReadFile(m.Policies)
		if err != nil {
			t.Fatal(err)
		}
		var ps []planner.Policy
		if err := json.Unmarshal(b, &ps); err != nil {
			t.Fatal(err)
		}
		if len(ps) != 5 || ps[0].Grade != "red" || ps[0].EveryDays != 2 {
			t.Errorf("%+v", ps)
		}
	})
}

func walkOn(t *testing.T, x *osm.Extract) *routing.Engine {
	t.Helper()
	e, err := routing.NewEngine(x.Graph, routing.Foot())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func read(t *testing.T, path string) *osm.Extract {
	t.Helper()
	x, err := osm.ReadFile(t.Context(), path, osm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestTheShortStaffedDistrict(t *testing.T) {
	m := generate(t, demo.Options{Tight: true})
	m.sound(t)
	if n := len(m.visitors); n < 1300 || n > 2300 {
		t.Errorf("%d visitors, want about a third of 5,300", n)
	}
	if len(m.residents) != 2370 {
		t.Errorf("%d residents", len(m.residents))
	}
	x := read(t, m.Streets)
	walk, cut := walkOn(t, x), 0
	for _, r := range m.residents {
		if _, err := walk.Snap(point(t, r), 300); err != nil {
			cut++
		}
	}
	if cut != 1 {
		t.Errorf("%d residents are beyond every street, want 1", cut)
	}
	weekend := make(map[string]bool)
	for _, v := range m.visitors {
		if l := works(t, v["shifts"]); l[6]+l[7] > 0 {
			for _, c := range strings.Fields(v["scope"]) {
				if len(c) >= 12 {
					weekend[c[:12]] = true
				}
			}
		}
	}
	quiet := 0
	for _, c := range m.tree.Codes(geo.LevelCommunity) {
		if !weekend[c] {
			quiet++
		}
	}
	if quiet < 5 {
		t.Errorf("%d communities have nobody at weekends", quiet)
	}
}

func TestEqualSeedsGiveEqualFilesAndOthersDoNot(t *testing.T) {
	var dirs [3]string
	var a demo.Manifest
	for i, seed := range []uint64{5, 5, 6} {
		dirs[i] = t.TempDir()
		var err error
		if a, err = demo.Generate(t.Context(), dirs[i], demo.Options{Seed: seed, Start: start}); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{a.Streets, a.Areas, a.Buildings, a.Population, a.Facilities, a.Residents, a.Visitors, a.Visits, a.Policies} {
		name := filepath.Base(path)
		var files [3][]byte
		for i, dir := range dirs {
			var err error
			if files[i], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Errorf("%s differs between equal seeds", name)
		}
		if name != "policies.json" && bytes.Equal(files[0], files[2]) {
			t.Errorf("%s is the same for another seed", name)
		}
	}
}

func TestTheNumberOfResidentsCanBeChosen(t *testing.T) {
	m := generate(t, demo.Options{Residents: 41, Extract: testdata(t, "andorra-latest.osm.bz2"), TimeZone: "Europe/Andorra"})
	if len(m.residents) != 41 || m.District.TimeZone != "Europe/Andorra" {
		t.Errorf("%d residents in %s", len(m.residents), m.District.TimeZone)
	}
	m.sound(t)
}

// testdata returns a file that comes with the module paulmach/osm.
func testdata(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "testdata", name)
}

func TestAnExtractKeepsItsGroundAndSaysWhatIsInvented(t *testing.T) {
	path := testdata(t, "andorra-latest.osm.bz2")
	m := generate(t, demo.Options{Extract: path})
	m.sound(t)
	if m.Streets != path {
		t.Errorf("streets are read from %s", m.Streets)
	}
	if m.District.Attribution != "© OpenStreetMap contributors" || !strings.Contains(m.District.Note, "ODbL") {
		t.Errorf("OpenStreetMap is not named: %+v", m.District)
	}
	names := make(map[string]bool)
	for _, c := range m.tree.Codes(geo.LevelCommunity) {
		a, _ := m.tree.Area(c)
		names[a.Name] = true
	}
	if len(names) != 7 || !names["Canillo"] || !names["Ordino"] {
		t.Errorf("the communities are not the seven parishes: %v", names)
	}
	if len(m.residents) < 100 || len(m.facilities) < 5 {
		t.Errorf("%d residents, %d facilities", len(m.residents), len(m.facilities))
	}
	x := read(t, path)
	walk, cut := walkOn(t, x), 0
	for _, r := range m.residents {
		if s, err := walk.Snap(point(t, r), 300); err != nil || s.Component != 0 {
			cut++
		}
	}
	if cut*20 > len(m.residents) {
		t.Errorf("%d of %d residents live where no street leads", cut, len(m.residents))
	}
}

func TestExtractsOfAllKinds(t *testing.T) {
	shared := os.Getenv("SANSE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	for _, c := range []struct {
		file, why   string
		communities int
		buildings   bool
	}{
		{"porto.osm.pbf", "four parishes and the rest", 5, true},
		{"monaco.osm.pbf", "six quarters", 6, true},
		{"nanjing_xinjiekou.osm", "no boundary: one hull", 1, true},
		{"porto_region.osm.pbf", "roads only: one hull, homes along streets", 1, false},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join(shared, "streets", c.file)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("the extract is not here (SANSE_SHARED names the folder): %v", err)
			}
			m := generate(t, demo.Options{Extract: path})
			m.sound(t)
			if n := len(m.tree.Codes(geo.LevelCommunity)); n != c.communities {
				t.Errorf("%d communities, want %d: %s", n, c.communities, c.why)
			}
			if (m.Buildings != "") != c.buildings {
				t.Errorf("buildings %q", m.Buildings)
			}
			if len(m.residents) < 60 {
				t.Errorf("%d residents", len(m.residents))
			}
		})
	}
}

func TestBadInputIsRefused(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.osm.pbf")
	if err := os.WriteFile(broken, []byte("no map at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx context.Context
		opt demo.Options
		is  error
	}{
		"an extract that is not there":   {t.Context(), demo.Options{Extract: "nowhere.osm.pbf"}, os.ErrNotExist},
		"an extract that is no map":      {t.Context(), demo.Options{Extract: broken}, osm.ErrFormat},
		"a context that has ended":       {gone, demo.Options{}, context.Canceled},
		"a negative number of residents": {t.Context(), demo.Options{Residents: -1}, nil},
		"a negative number of services":  {t.Context(), demo.Options{Services: -1}, nil},
		"days fuller than days are":      {t.Context(), demo.Options{Full: 200}, nil},
		"full days with other patrol":    {t.Context(), demo.Options{Full: 85, Patrol: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.opt.Start = start
			_, err := demo.Generate(c.ctx, t.TempDir(), c.opt)
			if err == nil || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error %v, want %v", err, c.is)
			}
		})
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		if _, err := demo.Generate(b.Context(), b.TempDir(), demo.Options{Start: start}); err != nil {
			b.Fatal(err)
		}
	}
}
