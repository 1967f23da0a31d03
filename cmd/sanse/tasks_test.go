package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanse/planner"
)

const (
	groundTasks = "编号,类型,内容,关爱对象,经度,纬度,时长,频次,技能,人数,时段\n" +
		"S1,服务,助浴,R1,,,40,每周1次,助浴,2,工作日 09:00-11:30\n" +
		"S2,服务,理疗,R2,,,30,每月1次,康复,,\n" + // nobody can
		"P1,巡查,配电房,,104.3060,30.8045,15,每2天,,,\n"
	groundHelpers = "id,name,kind,tier,scope,lon,lat,end,shifts,技能\n" +
		"V3,孙三,life_service_worker,,510198001001,104.3050,30.8065,same,1-7 09:00-12:00,助浴\n" +
		"V4,李四,life_service_worker,,510198001001,104.3150,30.8065,same,1-7 09:00-12:00,助浴\n"
)

// newTasks is a ground with tasks and those who can do most of them.
func newTasks(t *testing.T, database string) *bed {
	t.Helper()
	b, dir := newGround(t, database)
	b.sanse(t, "import", "visitors", writeText(t, filepath.Join(dir, "helpers.csv"), groundHelpers)).want(t, exitDone)
	b.sanse(t, "import", "tasks", writeText(t, filepath.Join(dir, "tasks.csv"), groundTasks)).want(t, exitDone)
	return b
}

// pair exports what was planned and the plan, and has them checked.
func (b *bed) pair(t *testing.T) (problem, plan object) {
	t.Helper()
	p, q := filepath.Join(t.TempDir(), "problem.json"), filepath.Join(t.TempDir(), "plan.json")
	b.sanse(t, "export", "problem", "-o", p).want(t, exitDone)
	b.sanse(t, "export", "plan", "-o", q).want(t, exitDone)
	sanse(t.Context(), "check", p, q).want(t, exitDone)
	return readJSON(t, p), readJSON(t, q)
}

// stopsAt lists the stops of a plan at a resident's care visits or at a task,
// as day, visitor and hour.
func stopsAt(plan object, resident, task string) (out []string) {
	for _, it := range list(plan["itineraries"]) {
		for _, st := range list(it.(object)["stops"]) {
			s := st.(object)
			if text(s["task"]) == task && (task != "" || text(s["resident"]) == resident) {
				out = append(out, text(it.(object)["date"])+" "+text(it.(object)["visitor"])+" "+text(s["arrive"]))
			}
		}
	}
	return out
}

func TestTasksAreImportedPlannedAndTold(t *testing.T) {
	b := newTasks(t, "tasks")
	r := b.sanse(t, "plan", "--start", "2050-12-05", "--days", "14", "--json")
	summary := parseJSON(t, r.want(t, exitDone).out)
	_, plan := b.pair(t)
	bath := stopsAt(plan, "R1", "S1")
	if len(bath) != 4 { // twice in two weeks, by two
		t.Fatalf("the bath is at %v", bath)
	}
	if a, c := bath[0], bath[1]; a[:10] != c[:10] || a[len(a)-5:] != c[len(c)-5:] || a == c {
		t.Errorf("the bath takes two at once, not %v", bath[:2])
	}
	if n := len(stopsAt(plan, "", "P1")); n < 7 {
		t.Errorf("the point is seen %d times in 14 days, want every second one", n)
	}
	kinds := summary["tasks"].(object)
	if s := kinds["service"].(object); whole(s["tasks"]) != 2 || whole(s["planned"]) != 2 {
		t.Errorf("services are told as %v", s)
	}
	missing := list(plan["unplanned"])
	for _, u := range missing {
		if text(u.(object)["task"]) == "S2" && text(u.(object)["reason"]) != "skill_missing" {
			t.Errorf("the rehabilitation that nobody can give: %v", u)
		}
	}

	// What was planned stays what was planned, whatever the records become.
	before := b.sanse(t, "export", "problem").want(t, exitDone).out
	file := writeText(t, filepath.Join(t.TempDir(), "tasks.csv"), strings.ReplaceAll(groundTasks, "配电房,,104.3060,30.8045,15", "配电房,,104.3060,30.8045,25"))
	b.sanse(t, "import", "tasks", file).want(t, exitDone)
	if b.sanse(t, "export", "problem").want(t, exitDone).out != before {
		t.Error("the problem of the plan changes with the records")
	}
	now := b.sanse(t, "export", "problem", "--start", "2050-12-05", "--days", "14").want(t, exitDone).out
	if now == before || !strings.Contains(now, `"minutes":25`) {
		t.Error("the problem of the records is not as they are now")
	}
	b.sanse(t, "export", "plan", "--days", "14").want(t, exitInvalid).says(t, "export problem")
}

// send posts JSON.
func (c *client) send(path string, body object, change ...func(*http.Request)) answer {
	c.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.ask(path, append([]func(*http.Request){func(r *http.Request) {
		r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(bytes.NewReader(b)), int64(len(b))
		r.Header.Set("Content-Type", "application/json")
	}}, change...)...)
}

func TestAPlanIsMadeAgainWhenSomebodyIsOff(t *testing.T) {
	b := newTasks(t, "off")
	today := planner.DateOf(time.Now().In(time.FixedZone("CST", 8*3600)))
	start := today - 3
	b.sanse(t, "plan", "--start", start.String(), "--days", "21").want(t, exitDone)
	problem, plan := b.pair(t)

	// Yesterday's visits were made; one that was not planned, too.
	made := "resident,date,visitor,result\n"
	done := map[string]bool{}
	for _, id := range []string{"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"} {
		for _, s := range stopsAt(plan, id, "") {
			if s[:10] < today.String() {
				made += id + "," + s[:10] + "," + strings.Fields(s)[1] + ",done\n"
				done[id] = true
			}
		}
	}
	for _, id := range []string{"R1", "R5"} {
		if !done[id] {
			made += id + "," + (today - 1).String() + ",V1,done\n"
		}
	}
	b.sanse(t, "import", "visits", writeText(t, filepath.Join(t.TempDir(), "v.csv"), made)).want(t, exitDone)

	d := &district{bed: b, dir: t.TempDir()}
	writeText(t, d.file("problem.json"), `{"district":"`+text(problem["district"])+`"}`)
	c := serveDistrict(t, d)
	day := (today + 1).String()
	off := []any{object{"visitor": "V1", "from": day, "to": (today + 4).String()}}

	for _, bad := range []struct {
		name   string
		body   object
		status int
	}{
		{"nobody", object{"off": []any{}}, http.StatusUnprocessableEntity},
		{"somebody who is not there", object{"off": []any{object{"visitor": "V9", "from": day, "to": day}}}, http.StatusNotFound},
		{"days that end before they begin", object{"off": []any{object{"visitor": "V1", "from": day, "to": today.String()}}}, http.StatusUnprocessableEntity},
		{"days outside the plan", object{"off": []any{object{"visitor": "V1", "from": "2050-01-01", "to": "2050-01-02"}}}, http.StatusUnprocessableEntity},
		{"another plan than the one in force", object{"off": off, "publish": true, "replaces": 7}, http.StatusConflict},
		{"a moment that is none", object{"off": off, "now": "soon"}, http.StatusUnprocessableEntity},
	} {
		if a := c.send("/v1/plans/replan", bad.body); a.status != bad.status {
			t.Errorf("%s: %d %s", bad.name, a.status, clip(a.body))
		}
	}
	elsewhere := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	if a := c.send("/v1/plans/replan", object{"off": off, "publish": true}, elsewhere); a.status != http.StatusForbidden {
		t.Errorf("a page from elsewhere: %d %s", a.status, clip(a.body))
	}

	a := c.send("/v1/plans/replan", object{"off": off})
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, clip(a.body))
	}
	seen := parseJSON(t, a.body)
	if whole(seen["plan"]) != 0 || whole(seen["replaces"]) != 1 || !strings.HasPrefix(text(seen["now"]), today.String()) {
		t.Errorf("a look says %v", clip(a.body))
	}
	if len(list(seen["moved"].(object)["visits"])) == 0 {
		t.Error("nothing moves")
	}
	if _, still := b.pair(t); len(stopsAt(still, "", "P1")) != len(stopsAt(plan, "", "P1")) {
		t.Error("a look has changed the plan in force")
	}
	a = c.send("/v1/plans/replan", object{"off": off, "publish": true, "now": seen["now"], "replaces": 1})
	if a.status != http.StatusOK || whole(parseJSON(t, a.body)["plan"]) != 2 {
		t.Fatalf("published: %d %s\n%s", a.status, clip(a.body), c.log)
	}
	problem, again := b.pair(t)
	for _, it := range list(again["itineraries"]) {
		if it := it.(object); text(it["visitor"]) == "V1" && text(it["date"]) >= day && text(it["date"]) <= (today+4).String() {
			t.Errorf("V1 is off, and walks on %s", text(it["date"]))
		}
	}
	for _, v := range list(problem["visitors"]) {
		if v := v.(object); text(v["id"]) == "V1" && len(list(v["days_off"])) != 4 {
			t.Errorf("V1 has the days off %v", v["days_off"])
		}
	}
	if n := len(list(problem["made"])); n != strings.Count(made, "\n")-1 {
		t.Logf("made by now: %v", problem["made"]) // what was planned for today may be among them
		if n < strings.Count(made, "\n")-1 {
			t.Errorf("%d visits count as made, %d are recorded", n, strings.Count(made, "\n")-1)
		}
	}
	if v := c.get("/v1/district")["plan"].(object); whole(v["id"]) != 2 {
		t.Errorf("in force is %v", v)
	}

	// Who answers for a community says of its own that they are off, and of nobody
	// else; what would move somebody else's visit is refused.
	later := []any{object{"visitor": "V1", "from": (today + 6).String(), "to": (today + 7).String()}}
	own := c.send("/v1/plans/replan?as="+ground+"001001", object{"off": later})
	if own.status != http.StatusOK {
		t.Fatalf("the leader of V1: %d %s", own.status, clip(own.body))
	}
	grids := map[string]string{}
	for _, r := range list(problem["residents"]) {
		grids[text(r.(object)["id"])] = text(r.(object)["grid"])
	}
	visits := list(parseJSON(t, own.body)["moved"].(object)["visits"])
	for _, v := range visits {
		if r := text(v.(object)["resident"]); r != "" && !strings.HasPrefix(grids[r], ground+"001001") {
			t.Errorf("a visit at %s in %s moves", r, grids[r])
		}
	}
	if len(visits) == 0 {
		t.Error("V1 is off, and nothing moves")
	}
	theirs, nobodys := c.send("/v1/plans/replan?as="+ground+"001002", object{"off": later}),
		c.send("/v1/plans/replan?as="+ground+"001002", object{"off": []any{object{"visitor": "V9", "from": day, "to": day}}})
	if theirs.status != http.StatusForbidden || theirs.body != nobodys.body {
		t.Errorf("the leader of others: %d %s, of nobody %d %s", theirs.status, clip(theirs.body), nobodys.status, clip(nobodys.body))
	}
	// One of V2's is seen today who would have been seen on another day.
	more := "resident,date,visitor,result\n"
	for _, it := range list(again["itineraries"]) {
		it := it.(object)
		for _, st := range list(it["stops"]) {
			if r := text(st.(object)["resident"]); text(it["visitor"]) == "V2" && text(it["date"]) > today.String() && !strings.Contains(more, r+",") {
				more += r + "," + today.String() + ",V2,done\n"
			}
		}
	}
	b.sanse(t, "import", "visits", writeText(t, filepath.Join(t.TempDir(), "more.csv"), more)).want(t, exitDone)
	if a := c.send("/v1/plans/replan?as="+ground+"001001", object{"off": later}); a.status != http.StatusConflict {
		t.Errorf("something has happened elsewhere: %d %s", a.status, clip(a.body))
	}

	// Why a stop is where it is; a stop that is not there has no answer.
	for _, it := range list(again["itineraries"]) {
		it := it.(object)
		if text(it["date"]) <= today.String() {
			continue
		}
		s := list(it["stops"])[0].(object)
		q := "/v1/visitors/" + text(it["visitor"]) + "/why?date=" + text(it["date"]) + "&resident=" + text(s["resident"]) + "&task=" + text(s["task"])
		if w := c.get(q); text(w["date"]) != text(it["date"]) || text(w["text"]) == "" || len(list(w["windows"]))+len(list(w["without"])) == 0 {
			t.Errorf("%s says %v", q, w)
		}
		if a := c.ask("/v1/visitors/" + text(it["visitor"]) + "/why?date=2050-01-01&resident=" + text(s["resident"])); a.status != http.StatusNotFound {
			t.Errorf("a visit that is not: %d", a.status)
		}
		break
	}
	if got := c.ask("/v1/shortages"); got.status != http.StatusOK || !strings.HasPrefix(got.body, "[") {
		t.Errorf("shortages: %d %s", got.status, clip(got.body))
	}
}
