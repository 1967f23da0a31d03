package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// standardsOf reads the standards; back brings the reference set back, for the
// tests share the district.
func standardsOf(t *testing.T, c *client) (v object, etag string, back func()) {
	t.Helper()
	v, etag = c.ask("/v1/standards").ok(t)
	return v, etag, func() {
		_, etag := c.ask("/v1/standards").ok(t)
		if v, _ := c.edit(http.MethodDelete, "/v1/standards", etag, nil).ok(t); v["reference"] != true {
			t.Errorf("the reference set is not back: %v", v["reference"])
		}
	}
}

func TestADistrictEditsItsStandards(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	v, etag, back := standardsOf(t, c)
	defer back()
	items := list(v["items"])
	if v["reference"] != true || len(items) != 14 || len(list(v["rates"])) != 2 {
		t.Fatalf("%d standards, %d rates, reference %v", len(items), len(list(v["rates"])), v["reference"])
	}
	need := func(id string) float64 {
		for _, r := range list(c.get("/v1/shortfall")["rows"]) {
			if row := r.(object); row["standard"] == id {
				return number(row["need"])
			}
		}
		return -1
	}
	before := need("elders-meals")
	meals := items[2].(object)
	if meals["id"] != "elders-meals" {
		t.Fatalf("the third standard is %v", meals["id"])
	}
	meals["target"].(object)["value"] = 45
	if a := c.edit(http.MethodPut, "/v1/standards", "", v); a.status != http.StatusPreconditionRequired {
		t.Errorf("without a version: %d %s", a.status, clip(a.body))
	}
	own, next := c.edit(http.MethodPut, "/v1/standards", etag, v).ok(t) // as it came, with one number changed
	if own["reference"] != false || next == etag || len(list(own["rates"])) != 2 {
		t.Errorf("own set: reference %v, ETag %s after %s", own["reference"], next, etag)
	}
	if after := need("elders-meals"); after < before/2-1 || after > before/2+1 {
		t.Errorf("half the target needs %v, the whole %v", after, before)
	}
	if a := c.edit(http.MethodPut, "/v1/standards", etag, v); a.status != http.StatusPreconditionFailed {
		t.Errorf("in place of a set that has gone: %d %s", a.status, clip(a.body))
	}

	// Every fault is told with its field, and nothing is stored.
	meals["target"].(object)["value"], meals["minutes"] = 900, 0
	delete(meals["whom"].(object), "key")
	meals["whom"].(object)["key"] = ""
	a := c.edit(http.MethodPut, "/v1/standards", next, v)
	if a.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d %s", a.status, clip(a.body))
	}
	where := map[string]bool{}
	for _, e := range list(parseJSON(t, a.body)["errors"]) {
		where[text(e.(object)["location"])] = true
	}
	for _, field := range []string{"body.items[2].target.value", "body.items[2].minutes", "body.items[2].whom.key"} {
		if !where[field] {
			t.Errorf("%s is not told: %v", field, where)
		}
	}
	if now, tag := c.ask("/v1/standards").ok(t); tag != next || number(list(now["items"])[2].(object)["target"].(object)["value"]) != 45 {
		t.Error("what was refused has been stored")
	}
	if a := c.edit(http.MethodPut, "/v1/standards", next, object{"items": []any{object{"id": "x", "targt": 1}}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a field that is not known: %d", a.status)
	}
	if a := c.edit(http.MethodPut, "/v1/standards?as=public", next, v); a.status != http.StatusForbidden {
		t.Errorf("the public sets standards: %d", a.status)
	}
}

func TestReportsAreTakenAndLookedBackAt(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	v, etag, back := standardsOf(t, c)
	defer back()
	taken := c.edit(http.MethodPost, "/v1/reports", "", nil)
	if taken.status != http.StatusCreated {
		t.Fatalf("%d %s", taken.status, clip(taken.body))
	}
	report := parseJSON(t, taken.body)
	id := number(report["id"])
	a := c.ask("/v1/reports")
	if a.status != http.StatusOK || !strings.Contains(a.body, fmt.Sprintf(`"id":%g`, id)) {
		t.Errorf("the report is not listed: %s", clip(a.body))
	}
	const mapped = "/v1/shortfall/map?level=town&standard="
	before := c.features(mapped + "elders-meals")
	list(v["items"])[2].(object)["target"].(object)["value"] = 10
	c.edit(http.MethodPut, "/v1/standards", etag, v).ok(t)
	now := c.get(fmt.Sprintf("/v1/shortfall?report=%g", id))
	if now["previous"] != report["day"] || number(now["report"]) != id {
		t.Errorf("previous %v, report %v", now["previous"], now["report"])
	}
	seen := 0
	for _, r := range list(now["rows"]) {
		row := r.(object)
		trend, ok := row["trend"].(object)
		if !ok {
			if row["status"] != "not_applicable" {
				t.Errorf("%s has no trend", row["standard"])
			}
			continue
		}
		seen++
		if trend["day"] != report["day"] || row["share"] != nil && trend["value"] != row["share"] {
			t.Errorf("%s: share %v, then %v", row["standard"], row["share"], trend)
		}
		if row["standard"] == "elders-meals" && number(trend["short"]) <= number(row["short"]) {
			t.Errorf("with a lower target as much is short: %v, then %v", row["short"], trend["short"])
		}
	}
	if seen < 10 {
		t.Errorf("%d rows have a trend", seen)
	}

	// So is the map, to the area; what the report has not kept has no figures.
	after, changed := c.features(mapped+"elders-meals"), 0
	for i, f := range c.features(fmt.Sprintf(mapped+"elders-meals&report=%g", id)) {
		p, want := properties(f), properties(before[i])
		for _, field := range []string{"code", "have", "need", "short", "share", "status"} {
			if want[field] != p[field] && want["status"] != "not_applicable" {
				t.Errorf("%s of %s by the report: %v, was %v", field, p["code"], p[field], want[field])
			}
		}
		if p["short"] != properties(after[i])["short"] {
			changed++
		}
	}
	if changed == 0 {
		t.Error("the standard has not changed what any town is short of: the test would not see today's map")
	}
	for path, status := range map[string]string{"special-care": "no_data", "children-home&as=public": "no_data", "elders-meals&as=public": ""} {
		for _, f := range c.features(fmt.Sprintf(mapped+path+"&report=%g", id)) {
			if p := properties(f); status != "" && (p["status"] != status || p["have"] != nil) || strings.Contains(path, "home") != (p["reason"] == "hidden") {
				t.Errorf("%s on the day of the report: %v", path, p)
			}
		}
	}
	if a := c.ask(mapped + "elders-meals&report=999"); a.status != http.StatusNotFound {
		t.Errorf("the map of a report that there is not: %d", a.status)
	}
	// There is no report of a day before today: what stood then is drawn of the
	// one that is named, and only of that.
	const then = "At the report"
	if a := c.ask("/v1/shortfall/charts?lang=en"); a.status != http.StatusOK || strings.Contains(a.body, then) {
		t.Errorf("charts beside no report: %d %s", a.status, clip(a.body))
	}
	if a := c.ask(fmt.Sprintf("/v1/shortfall/charts?lang=en&report=%g", id)); a.status != http.StatusOK || !strings.Contains(a.body, then) {
		t.Errorf("charts beside report %g: %d %s", id, a.status, clip(a.body))
	}
	for _, path := range []string{"/v1/shortfall", "/v1/shortfall/charts", "/v1/shortfall.pdf", "/v1/shortfall.xlsx"} {
		if a := c.ask(fmt.Sprintf("%s?report=%g", path, id)); a.status != http.StatusOK {
			t.Errorf("%s beside report %g: %d %s", path, id, a.status, clip(a.body))
		}
		if a := c.ask(fmt.Sprintf("%s?report=%g", path, id+1)); a.status != http.StatusNotFound {
			t.Errorf("%s beside a report that was never taken: %d", path, a.status)
		}
	}
	if a := c.edit(http.MethodPost, "/v1/reports?as=public", "", nil); a.status != http.StatusForbidden {
		t.Errorf("the public takes a report: %d", a.status)
	}
}

func TestStandardsGoOutAndComeInAsFiles(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	v, _, back := standardsOf(t, c)
	defer back()
	dir := t.TempDir()
	for _, what := range []string{"standards", "standards-table"} {
		path := filepath.Join(dir, map[string]string{"standards": "s.json", "standards-table": "s.csv"}[what])
		d.bed.sanse(t, "export", what, "-o", path).want(t, exitDone)
		r := d.bed.sanse(t, "import", "standards", path).want(t, exitDone)
		if !strings.Contains(r.out, "14 stored, 0 refused") {
			t.Errorf("%s: %s", what, r.out)
		}
		again, _ := c.ask("/v1/standards").ok(t)
		if again["reference"] != false {
			t.Error("the district has no set of its own")
		}
		for i, item := range list(again["items"]) {
			want, got := list(v["items"])[i].(object), item.(object)
			want["whom"], got["whom"] = want["whom"].(object)["key"], got["whom"].(object)["key"] // words are the program's
			if a, b := fmt.Sprint(want), fmt.Sprint(got); a != b {
				t.Errorf("%s: went out as\n%s\nand came in as\n%s", what, a, b)
			}
			want["whom"] = object{"key": want["whom"]}
		}
	}
	// A name that a spreadsheet would work out goes out as text, and comes in as it was.
	name := text(list(v["items"])[0].(object)["name"].(object)["zh"])
	sums := writeText(t, filepath.Join(dir, "sums.json"), strings.Replace(readText(t, filepath.Join(dir, "s.json")), `"`+name+`"`, `"=1+1"`, 1))
	table := filepath.Join(dir, "sums.csv")
	d.bed.sanse(t, "import", "standards", sums).want(t, exitDone)
	d.bed.sanse(t, "export", "standards-table", "-o", table).want(t, exitDone)
	d.bed.sanse(t, "import", "standards", table).want(t, exitDone)
	again, _ := c.ask("/v1/standards").ok(t)
	if got := list(again["items"])[0].(object)["name"].(object)["zh"]; got != "=1+1" || !strings.Contains(readText(t, table), ",'=1+1,") {
		t.Errorf("=1+1 came in as %v by way of\n%s", got, clip(readText(t, table)))
	}
	header := "编号,名称,指标,服务,对象,分钟,目标,年份,来源,来源年份\n"
	good := "meals,助餐,覆盖率,助餐或日间照料,老年人,15,90,2199,本区规划,2026\n"
	for name, row := range map[string]struct{ row, column, reason string }{
		"a service that is none":    {"a,b,覆盖率,赌场,老年人,15,90,2199,规划,2026\n", "服务", "not a service"},
		"a measure that is none":    {"a,b,幸福度,助餐,老年人,15,90,2199,规划,2026\n", "指标", "not a measure"},
		"nobody":                    {"a,b,覆盖率,助餐,,15,90,2199,规划,2026\n", "对象", "without people"},
		"a share in place of 90":    {"a,b,覆盖率,助餐,老年人,15,0.9,2199,规划,2026\n", "目标", "write 90"},
		"more than all":             {"a,b,覆盖率,助餐,老年人,15,190,2199,规划,2026\n", "目标", "at most 100"},
		"a year gone by":            {"a,b,覆盖率,助餐,老年人,15,90,2001,规划,2026\n", "年份", "gone by"},
		"the same with less":        {"a,b,覆盖率,助餐或日间照料,老年人,15,60,2199,规划,2026\n", "目标", "contradicts items[0]"},
		"an id that is there twice": {"meals,b,覆盖率,医疗,老年人,15,60,2199,规划,2026\n", "编号", "two standards"},
	} {
		path := writeText(t, filepath.Join(dir, "bad.csv"), header+good+row.row)
		r := d.bed.sanse(t, "import", "standards", path).want(t, exitNo)
		if !strings.Contains(r.out, "line 3, "+row.column) || !strings.Contains(r.out, row.reason) {
			t.Errorf("%s: %s", name, r.out)
		}
	}
	r := d.bed.sanse(t, "import", "standards", writeText(t, filepath.Join(dir, "good.csv"), header+good), "--dry-run").want(t, exitDone)
	if !strings.Contains(r.out, "1 would be stored") {
		t.Errorf("tried: %s", r.out)
	}
	if again, _ := c.ask("/v1/standards").ok(t); len(list(again["items"])) != 14 {
		t.Error("what was refused or tried has been stored")
	}
	for _, text := range []string{`{"items": [{"id": "a", "targt": 3}]}`, `[`, `{"items": []}`, ``} {
		d.bed.sanse(t, "import", "standards", writeText(t, filepath.Join(dir, "bad.json"), text)).want(t, exitNo)
	}
}
