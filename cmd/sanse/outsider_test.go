package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"
)

// attacked is a district of whose people the records are changed under the eyes
// of outsiders.
var attacked = sync.OnceValues(func() (*district, error) {
	return andorraDemo("attacked", "attacked", "--residents", "600")
})

// newKind is a kind of which nobody is when outsiders ask first.
const newKind = "new_here"

// operation is what the API's own description says of one.
type operation struct {
	method, path, id, audience string
	parameters                 []any
}

func (c *client) operations() []operation {
	c.t.Helper()
	var out []operation
	doc := parseJSON(c.t, c.ask("/v1/openapi.json").body)
	for path, methods := range doc["paths"].(object) {
		for method, v := range methods.(object) {
			op := v.(object)
			out = append(out, operation{strings.ToUpper(method), path, text(op["operationId"]), text(op["x-audience"]), list(op["parameters"])})
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// everything lists addresses of all that outsiders may fetch, each parameter with
// every value that is worth trying, and what they may send.
func (c *client) everything(values map[string][]string) []string {
	c.t.Helper()
	var out []string
	for _, op := range c.operations() {
		if op.method != http.MethodGet || op.audience != "open" && op.audience != "released" {
			continue
		}
		paths := []string{op.path}
		needed, others := "", [][]string{}
		for _, p := range op.parameters {
			name, in := text(p.(object)["name"]), text(p.(object)["in"])
			some := values[op.id+"."+name]
			if some == nil {
				some = values[name]
			}
			if some == nil {
				some = enumerated(p.(object)["schema"].(object))
			}
			switch {
			case name == "as" || in == "header":
			case in == "path":
				if len(some) == 0 {
					c.t.Fatalf("%s: what is there to try for {%s}?", op.path, name)
				}
				var more []string
				for _, path := range paths {
					for _, v := range some {
						more = append(more, strings.ReplaceAll(path, "{"+name+"}", v))
					}
				}
				paths = more
			case len(some) == 0:
				c.t.Errorf("%s: what is there to try for %s?", op.path, name)
			case p.(object)["required"] == true:
				needed += "&" + name + "=" + some[0]
				fallthrough
			default:
				var more []string
				for _, v := range some {
					more = append(more, "&"+name+"="+v)
				}
				others = append(others, more)
			}
		}
		for _, path := range paths {
			out = append(out, path+"?"+needed)
			for i, one := range others {
				for _, v := range one {
					out = append(out, path+"?"+v+needed)
					for _, two := range others[:i] { // and in pairs, a few
						for _, w := range two[:min(2, len(two))] {
							out = append(out, path+"?"+v+w+needed)
						}
					}
				}
			}
		}
	}
	return out
}

// enumerated are the values that a schema names, or the numbers that it allows
// where they are few.
func enumerated(schema object) []string {
	var out []string
	for _, v := range list(schema["enum"]) {
		out = append(out, fmt.Sprint(v))
	}
	if schema["type"] == "boolean" {
		return []string{"true", "false"}
	}
	low, ok1 := schema["minimum"].(float64)
	high, ok2 := schema["maximum"].(float64)
	if len(out) == 0 && ok1 && ok2 && high-low < 5 {
		for n := low; n <= high; n++ {
			out = append(out, strconv.Itoa(int(n)))
		}
	}
	return out
}

// fetch asks for addresses as somebody, and returns what was answered, without
// the number that every change of the data raises.
func (c *client) fetch(addresses []string, as string) map[string]string {
	c.t.Helper()
	out := make(map[string]string, len(addresses))
	for _, a := range addresses {
		got := c.ask(a + "&as=" + as)
		body := got.body
		switch {
		case strings.Contains(a, ".xlsx"):
			body = bookText(c.t, body)
		case strings.Contains(a, ".pdf") && as != "public": // of their own area it says the minute
			body = ""
		}
		out[a] = fmt.Sprint(got.status, " ", withoutVersions(body))
	}
	out["POST /v1/coverage/try"] = c.try(as)
	return out
}

// versions are numbers that change with the data alone. Each begins with what is
// searched for much faster than all of them at once.
var versions = []*regexp.Regexp{
	regexp.MustCompile(`"data_version": *[0-9]+`), regexp.MustCompile(`"took_ms": *[0-9]+`),
	regexp.MustCompile(`"version":"1\.0\.0\+[0-9]+`), regexp.MustCompile(`数据版本 *[0-9]+`), regexp.MustCompile(`data version *[0-9]+`),
}

var (
	tilesOf = regexp.MustCompile(`/[0-9]+(?:\.[0-9a-z-]+)?/\{z\}`)
	minute  = regexp.MustCompile(`^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\dZ)?`)
)

// withoutVersions is a text without what changes with the data or the clock alone.
func withoutVersions(s string) string {
	for _, v := range versions {
		s = v.ReplaceAllString(s, "#")
	}
	if strings.Contains(s, "/{z}") {
		s = tilesOf.ReplaceAllString(s, "#")
	}
	// A minute is found by its colon, which stands behind 13 others.
	var out strings.Builder
	for from := 0; ; {
		k := strings.IndexByte(s[from:], ':')
		if k < 0 {
			return out.String() + s
		}
		at := from + k - len("2006-01-02 15")
		if at < 0 {
			from += k + 1
			continue
		}
		if n := len(minute.FindString(s[at:min(at+len("2006-01-02T15:04:05Z"), len(s))])); n > 0 {
			out.WriteString(s[:at] + "#")
			s, from = s[at+n:], 0
			continue
		}
		from += k + 1
	}
}

// bookText is what the sheets of a workbook say.
func bookText(t *testing.T, body string) string {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var out strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			fmt.Fprintln(&out, sheet, row)
		}
	}
	return out.String()
}

// try has a facility closed and another one opened.
func (c *client) try(as string) string {
	c.t.Helper()
	fs := c.features("/v1/facilities?as=" + as)
	first := fs[0].(object)
	body, err := json.Marshal(object{"changes": []object{
		{"op": "close", "facility": properties(first)["id"]},
		{"op": "add", "service": "meals", "location": first["geometry"].(object)["coordinates"]},
	}})
	if err != nil {
		c.t.Fatal(err)
	}
	got := c.ask("/v1/coverage/try?as="+as, func(r *http.Request) {
		r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Type", "application/json")
	})
	if got.status != http.StatusOK {
		c.t.Fatalf("try: %d %s", got.status, clip(got.body))
	}
	return withoutVersions(got.body)
}

// rewriteCSV gives every record of a file of the district to change, and returns
// the file of those that it changed.
func rewriteCSV(t *testing.T, from string, change func(n int, rec map[string]string) bool) string {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := [][]string{rows[0]}
	for n, row := range rows[1:] {
		rec := make(map[string]string, len(row))
		for i, h := range rows[0] {
			rec[strings.TrimPrefix(h, "\ufeff")] = row[i]
		}
		if !change(n, rec) {
			continue
		}
		for i, h := range rows[0] {
			row[i] = rec[strings.TrimPrefix(h, "\ufeff")]
		}
		out = append(out, row)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(out); err != nil {
		t.Fatal(err)
	}
	return writeText(t, filepath.Join(t.TempDir(), filepath.Base(from)), b.String())
}

func TestWhatOutsidersAreAnsweredDoesNotDependOnWhatTheyAreNotTold(t *testing.T) {
	isLong(t)
	d := done(t, attacked)
	c := serveDistrict(t, d)
	problem := readJSON(t, d.file("problem.json"))
	codes := codesByLevel(problem)
	home := codes["community"][0] // whose people one of the outsiders does answer for
	of := make(map[string]string)
	for _, r := range list(problem["residents"]) {
		of[text(r.(object)["id"])] = text(r.(object)["grid"])
	}
	var facilities []string
	for _, f := range c.features("/v1/facilities")[:3] {
		facilities = append(facilities, text(properties(f)["id"]))
	}
	addresses := c.everything(outsiderValues(c, codes, facilities))
	if len(addresses) < 200 {
		t.Errorf("only %d addresses are tried", len(addresses))
	}
	t.Logf("%d addresses", len(addresses))
	asked := func(as string) map[string]string {
		all := c.fetch(addresses, as)
		for a, got := range all {
			if strings.HasPrefix(got, "5") {
				t.Errorf("%s as %s: %s", a, as, clip(got))
			}
		}
		return all
	}
	same := func(as string, before map[string]string) {
		after := asked(as)
		for _, a := range slices.Sorted(maps.Keys(after)) {
			if after[a] != before[a] {
				t.Errorf("%s as %s tells what has not been released:\n%s", a, as, firstDifference(before[a], after[a]))
			}
		}
	}
	public, neighbour, truth := asked("public"), asked(home), asked(codes["district"][0])

	// Residents of other communities change their grades and kinds.
	changed := 0
	residents := rewriteCSV(t, filepath.Join(d.inputs, "residents.csv"), func(n int, rec map[string]string) bool {
		if strings.HasPrefix(of[rec["id"]], home) || n%3 != 0 {
			return false
		}
		changed++
		rec["grade"] = []string{"red", "yellow", "blue"}[n/3%3]
		rec["kinds"] = []string{"lone_elder", "disabled", newKind}[n/3%3]
		return true
	})
	if changed < 50 {
		t.Fatalf("%d residents are changed", changed)
	}
	d.bed.sanse(t, "import", "residents", residents, "--made-up").want(t, exitDone)
	same(home, neighbour)

	// Others come to the facilities of the neighbours, or nobody.
	uses := rewriteCSV(t, filepath.Join(d.inputs, "facilities.csv"), func(n int, rec map[string]string) bool {
		capacity, err := strconv.Atoi(rec["capacity"])
		rec["in_use"] = strconv.Itoa(capacity * (n % 2))
		return err == nil
	})
	d.bed.sanse(t, "import", "facilities", uses).want(t, exitDone)
	same("public", public)

	// Everywhere there turn out to be other disabled people.
	population := rewriteCSV(t, filepath.Join(d.inputs, "population.csv"), func(n int, rec map[string]string) bool {
		people, err := strconv.Atoi(rec["people"])
		rec["disabled"] = strconv.Itoa(people / 2)
		return err == nil && n%2 == 0
	})
	d.bed.sanse(t, "import", "population", population).want(t, exitDone)
	same("public", public)
	// Who answers for the district is told of the changes: the test would see a leak.
	moved := 0
	for some := range slices.Chunk(addresses, 50) {
		now := c.fetch(some, codes["district"][0])
		for _, a := range some {
			if now[a] != truth[a] {
				moved++
			}
		}
		if moved >= 20 {
			break
		}
	}
	if moved < 20 {
		t.Errorf("only %d answers to who answers for the district have changed: the test would not see a leak", moved)
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, i-120):min(len(s), i+80)] }
	return "  was " + cut(a) + "\n  is  " + cut(b)
}

func codesByLevel(problem object) map[string][]string {
	out := make(map[string][]string)
	for _, a := range list(problem["areas"]) {
		out[text(a.(object)["level"])] = append(out[text(a.(object)["level"])], text(a.(object)["code"]))
	}
	return out
}

// outsiderValues are what outsiders try for parameters, by name, or by operation
// and name.
func outsiderValues(c *client, codes map[string][]string, facilities []string) map[string][]string {
	areas := slices.Concat(codes["district"], codes["town"], codes["community"], codes["grid"][:2], codes["micro-grid"][:min(2, len(codes["micro-grid"]))])
	var words []string
	v := c.get("/v1/district")
	for _, name := range []string{"grades", "kinds"} {
		for _, w := range list(v[name]) {
			words = append(words, text(w.(object)["key"]))
		}
	}
	var standards []string
	set := c.get("/v1/standards")
	for _, name := range []string{"items", "rates"} {
		for _, v := range list(set[name]) {
			standards = append(standards, text(v.(object)["id"]))
		}
	}
	return map[string][]string{
		"standard": standards, "report": {"0"},
		"area": areas, "parent": areas[:3], "q": {"1", codes["grid"][0]}, "from": {"2026-11-20", "2026-12-01", "2026-12-15"}, "date": {"2026-12-02"},
		"layer":   slices.Concat([]string{"people", "over60", "under18", "residents", "disabled", "load", "on_time", newKind}, words),
		"service": {"meals", "clinic", "rehabilitation"}, "minutes": {"5", "5,10,15", "15"}, "speed": {"elderly", "cane"}, "at": {"1T10:00"},
		"circle.id": facilities, "visitor": {"V00001"},
		"set": {"ground.json", "cells.json"}, "tile.set": {"ground", "cells"}, "version": {"latest"}, "z": {"12"}, "x": {"2067"}, "y": {"1512.mvt"}, "v": {"0"},
		"collection": {"areas-community", "areas-grid", "cells-6", "cells-8", "cells-9", "facilities"}, "feature": {codes["community"][0], facilities[0]},
		"ogc-items.collection": {"areas-town", "areas-micro-grid", "cells-6", "cells-8", "facilities"}, "ogc-items.limit": {"1000"}, "ogc-items.offset": {"1"},
		"bbox": {"0,0,90,90"}, "datetime": {"2026-12-15"}, "filter": {"residents > 0", "people < 5", "in_use >= 0", "S_INTERSECTS(geometry, BBOX(0,0,90,90))"},
		"filter-lang": {"cql2-text"}, "filter-crs": {"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}, "properties": {"residents", "name"},
		"limit": {"2", "100"}, "offset": {"0", "3"}, "If-None-Match": {"x"},
	}
}
