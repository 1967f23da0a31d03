package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// fileCheck is a second checker, on the files alone: written from the words of
// the contract over generic JSON, it shares no code and no type with planner.
// It knows what the demos use (intervals, weekly and monthly quotas by grade
// and kind) and says so when it meets something else.
type fileCheck struct {
	found     []string
	start     int // days since 1970
	end       int
	policies  []object
	residents map[string]object
	visitors  map[string]object
	seconds   map[string]map[string][]any // block, from → row
	column    map[string]map[string]int   // block, id → column
	seen      map[string][]int            // resident → days of the plan
	spans     map[string][][2]int         // visitor and date → spans in minutes
}

func (c *fileCheck) report(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func dayOf(v any) int {
	t, err := time.Parse(time.DateOnly, v.(string))
	if err != nil {
		return math.MinInt32
	}
	return int(t.Unix() / 86400)
}

func minuteOf(v any) int {
	t, err := time.Parse("15:04", v.(string))
	if err != nil {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

func isoWeekday(day int) int { return (day+3)%7 + 1 }

func list(v any) []any { l, _ := v.([]any); return l }

func text(v any) string { s, _ := v.(string); return s }

func whole(v any) int { f, _ := v.(float64); return int(f) }

// checkFiles returns what is wrong with a plan, as sentences.
func checkFiles(problem, plan object) []string {
	c := &fileCheck{
		start: dayOf(problem["start"]), residents: map[string]object{}, visitors: map[string]object{},
		seconds: map[string]map[string][]any{}, column: map[string]map[string]int{}, seen: map[string][]int{}, spans: map[string][][2]int{},
	}
	c.end = c.start + whole(problem["days"]) - 1
	for _, p := range list(problem["policies"]) {
		p := p.(object)
		for _, key := range []string{"patterns", "pause", "from", "to"} {
			if p[key] != nil {
				c.report("this checker knows no policy with %s", key)
			}
		}
		c.policies = append(c.policies, p)
	}
	for _, r := range list(problem["residents"]) {
		c.residents[text(r.(object)["id"])] = r.(object)
	}
	for _, v := range list(problem["visitors"]) {
		c.visitors[text(v.(object)["id"])] = v.(object)
	}
	for _, m := range list(problem["matrices"]) {
		m := m.(object)
		block, rows := text(m["block"]), list(m["seconds"])
		c.seconds[block], c.column[block] = map[string][]any{}, map[string]int{}
		for i, id := range list(m["locations"]) {
			c.seconds[block][text(id)], c.column[block][text(id)] = list(rows[i]), i
		}
	}
	for _, it := range list(plan["itineraries"]) {
		c.itinerary(it.(object))
	}
	for key, spans := range c.spans {
		slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
		for i := 1; i < len(spans); i++ {
			if spans[i][0] < spans[i-1][1] {
				c.report("%s: in two places at once", key)
			}
		}
	}
	c.promises(plan)
	slices.Sort(c.found)
	return c.found
}

func (c *fileCheck) walk(block, from, to string) int {
	row, ok := c.seconds[block][from]
	column, known := c.column[block][to]
	if !ok || !known || column >= len(row) {
		return -1
	}
	return whole(row[column])
}

func (c *fileCheck) itinerary(it object) {
	visitor, day := text(it["visitor"]), dayOf(it["date"])
	where := visitor + " on " + text(it["date"])
	v := c.visitors[visitor]
	stops := list(it["stops"])
	if v == nil || len(stops) == 0 || day < c.start || day > c.end {
		c.report("%s: no such visitor, no stop or no such day", where)
		return
	}
	if slices.Contains(list(v["days_off"]), it["date"]) {
		c.report("%s: a day off", where)
	}
	block, from, leave := "", visitor, -1
	var begin, last int
	for _, s := range stops {
		s := s.(object)
		id := text(s["resident"])
		r := c.residents[id]
		if r == nil {
			c.report("%s: no resident %s", where, id)
			return
		}
		grid := text(r["grid"])
		if block == "" {
			block = grid[:12]
		}
		if !slices.ContainsFunc(list(v["scope"]), func(code any) bool { return strings.HasPrefix(grid, text(code)) }) {
			c.report("%s: %s is out of scope", where, id)
		}
		walk, arrive := c.walk(block, from, id), minuteOf(s["arrive"])
		if walk < 0 || walk != whole(s["walk_seconds"]) {
			c.report("%s: the walk to %s takes %d seconds, the plan says %v", where, id, walk, s["walk_seconds"])
		}
		needs := (max(walk, 0) + 59) / 60
		if leave < 0 {
			begin = arrive - needs
		} else if arrive < leave+needs {
			c.report("%s: arrives at %s too early", where, id)
		}
		if leave = minuteOf(s["leave"]); leave-arrive < whole(r["minutes"]) {
			c.report("%s: stays too short at %s", where, id)
		}
		if slices.Contains(c.seen[id], day) {
			c.report("%s: %s is seen twice that day", where, id)
		}
		c.seen[id] = append(c.seen[id], day)
		from = id
	}
	last = leave
	if v["end"] != nil {
		to := visitor
		if fmt.Sprint(v["end"]) != fmt.Sprint(v["start"]) {
			to += ":end"
		}
		back := c.walk(block, from, to)
		if back < 0 || back != whole(it["return_seconds"]) {
			c.report("%s: the way back takes %d seconds, the plan says %v", where, back, it["return_seconds"])
		}
		last += (max(back, 0) + 59) / 60
	}
	if !slices.ContainsFunc(list(v["shifts"]), func(s any) bool {
		shift := s.(object)
		return whole(shift["weekday"]) == isoWeekday(day) && minuteOf(shift["from"]) <= begin && last <= minuteOf(shift["to"])
	}) {
		c.report("%s: from minute %d to %d is in no shift", where, begin, last)
	}
	c.spans[where] = append(c.spans[where], [2]int{begin, last})
}

// promises compares the windows that the visits leave unmet with those that
// the plan lists.
func (c *fileCheck) promises(plan object) {
	listed, owed := map[string]map[int]int{}, map[string]bool{}
	for _, u := range list(plan["unplanned"]) {
		u := u.(object)
		id := text(u["resident"])
		if c.residents[id] == nil {
			c.report("unplanned names no resident: %s", id)
		}
		if u["owed"] == true {
			owed[id] = true
			continue
		}
		if listed[id] == nil {
			listed[id] = map[int]int{}
		}
		listed[id][dayOf(u["due_by"])]++
	}
	for id, r := range c.residents {
		if r["absent"] != nil {
			c.report("this checker knows no absences")
		}
		days := slices.Clone(c.seen[id])
		slices.Sort(days)
		lapses := map[int]int{}
		debt := r["last_visit"] == nil
		rules := 0
		for _, p := range c.policies {
			if p["grade"] != nil && p["grade"] != r["grade"] || p["kind"] != nil && !slices.Contains(list(r["kinds"]), p["kind"]) {
				continue
			}
			rules++
			missing, before := c.missing(p, r, days)
			debt = debt || before
			for due, n := range missing {
				lapses[due] = max(lapses[due], n)
			}
		}
		if rules == 0 {
			c.report("%s has no policy", id)
		}
		if got := listed[id]; !maps.Equal(got, lapses) {
			c.report("%s: the visits leave %v unmet, the plan lists %v (days since 1970: windows)", id, lapses, got)
		}
		late := debt && (len(days) == 0 || days[0] >= c.start+7)
		if late != owed[id] {
			c.report("%s: owed and not seen in a week is %t, the plan says %t", id, late, owed[id])
		}
	}
}

// missing returns the windows of one policy that close unmet inside the
// horizon, by last day, and whether one that closed before it was unmet.
func (c *fileCheck) missing(p, r object, days []int) (map[int]int, bool) {
	out, debt := map[int]int{}, false
	if every := whole(p["every_days"]); every > 0 {
		last := c.start - 1
		if r["last_visit"] != nil {
			last = dayOf(r["last_visit"])
		}
		for last+every < c.start {
			last, debt = last+every, true
		}
		for _, d := range append(slices.Clone(days), c.end+1) {
			for last+every < d {
				last += every
				out[last] = 1
			}
			last = d
		}
		return out, debt
	}
	all := slices.Clone(days)
	for _, d := range list(r["visits"]) {
		all = append(all, dayOf(d))
	}
	period, quota := week, whole(p["per_week"])
	if quota == 0 {
		period, quota = month, whole(p["per_month"])
	}
	made := func(from, to int) (n int) {
		for _, d := range all {
			if d >= from && d <= to {
				n++
			}
		}
		return n
	}
	first, _ := period(c.start)
	previous, before := period(first - 1)
	debt = made(previous, before) < quota
	for from := first; from <= c.end; {
		_, to := period(from)
		need := quota
		if to > c.end { // cut: its share, halves up
			inside, length := c.end-from+1, to-from+1
			need = (2*quota*inside + length) / (2 * length)
		}
		if short := need - made(from, to); short > 0 {
			out[min(to, c.end)] += short
		}
		from = to + 1
	}
	return out, debt
}

// week and month return the first and last day of the period of a day.
func week(day int) (int, int) {
	monday := day - (isoWeekday(day) - 1)
	return monday, monday + 6
}

func month(day int) (int, int) {
	t := time.Unix(int64(day)*86400, 0).UTC()
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return int(first.Unix() / 86400), int(first.AddDate(0, 1, 0).Unix()/86400) - 1
}

// wantNoFindings runs both checkers over the files of a district.
func wantNoFindings(t *testing.T, d *district) {
	t.Helper()
	found := checkFiles(readJSON(t, d.file("problem.json")), readJSON(t, d.file("plan.json")))
	for i, f := range found {
		if i == 20 {
			t.Errorf("… and %d more", len(found)-i)
			break
		}
		t.Error(f)
	}
	r := sanse(t.Context(), "check", d.file("problem.json"), d.file("plan.json")).want(t, exitDone)
	if v := parseJSON(t, r.out); len(v) != 1 || v["violations"] == nil || len(list(v["violations"])) != 0 {
		t.Errorf("check prints %s", clip(r.out))
	}
}

// A checker that finds nothing in a spoiled plan checks nothing: each way to
// spoil one must be found by both.
func TestBothCheckersFindWhatIsSpoiled(t *testing.T) {
	d := done(t, andorra)
	wantNoFindings(t, d)
	problemFile := d.file("problem.json")
	problem := readJSON(t, problemFile)
	visitors := map[string]object{}
	for _, v := range list(problem["visitors"]) {
		visitors[text(v.(object)["id"])] = v.(object)
	}
	first := func(plan object) object { return list(plan["itineraries"])[0].(object) }
	stop := func(plan object) object { return list(first(plan)["stops"])[0].(object) }
	for _, c := range []struct {
		name  string
		spoil func(plan object)
	}{
		{"a walk that is shorter than the streets", func(p object) { stop(p)["walk_seconds"] = 1.0 }},
		{"a way back that is none", func(p object) {
			its := list(p["itineraries"])
			i := slices.IndexFunc(its, func(it any) bool { return whole(it.(object)["return_seconds"]) > 0 })
			if i < 0 {
				t.Fatal("nobody walks back")
			}
			its[i].(object)["return_seconds"] = 0.0
		}},
		{"a visit of no length", func(p object) { stop(p)["leave"] = stop(p)["arrive"] }},
		{"a day before the plan", func(p object) { first(p)["date"] = "2026-11-30" }},
		{"a night visit", func(p object) { stop(p)["arrive"], stop(p)["leave"], first(p)["depart"] = "03:00", "04:00", "02:30" }},
		{"another's resident", func(p object) {
			for _, v := range list(problem["visitors"]) {
				v := v.(object)
				if !slices.ContainsFunc(list(v["scope"]), func(code any) bool {
					return slices.ContainsFunc(list(problem["residents"]), func(r any) bool {
						return r.(object)["id"] == stop(p)["resident"] && strings.HasPrefix(text(r.(object)["grid"]), text(code))
					})
				}) {
					first(p)["visitor"] = v["id"]
					return
				}
			}
			t.Fatal("everybody may visit everybody")
		}},
		{"the same day twice over", func(p object) { p["itineraries"] = append(list(p["itineraries"]), first(p)) }},
		{"half of the visits forgotten", func(p object) { p["itineraries"] = list(p["itineraries"])[:len(list(p["itineraries"]))/2] }},
		{"a lapse that is none", func(p object) {
			p["unplanned"] = append(list(p["unplanned"]), object{"resident": stop(p)["resident"], "due_by": "2026-12-15", "reason": "no_free_time", "detail": "made up"})
		}},
		{"a resident who is nobody", func(p object) { stop(p)["resident"] = "nobody" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := readJSON(t, d.file("plan.json"))
			c.spoil(plan)
			if found := checkFiles(problem, plan); len(found) == 0 {
				t.Error("the checker of the files finds nothing")
			}
			r := sanse(t.Context(), "check", problemFile, writeJSON(t, t.TempDir()+"/plan.json", plan)).want(t, exitNo)
			if len(list(parseJSON(t, r.out)["violations"])) == 0 {
				t.Errorf("check prints %s", clip(r.out))
			}
		})
	}
}
