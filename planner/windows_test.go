package planner_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
)

var update = flag.Bool("update", false, "write the golden files anew")

func date(s string) planner.Date {
	d, err := planner.ParseDate(s)
	if err != nil {
		return 0
	}
	return d
}

func dates(s string) []planner.Date {
	var out []planner.Date
	for _, f := range strings.Fields(s) {
		out = append(out, date(f))
	}
	return out
}

func ptr(s string) *planner.Date { d := date(s); return &d }

func away(from, to string) []planner.DateRange {
	return []planner.DateRange{{From: date(from), To: date(to)}}
}

type windowCase struct {
	name     string
	rules    []planner.Policy
	history  string
	absent   []planner.DateRange
	from, to string
}

func windowCases() []windowCase {
	red := planner.Policy{ID: "red", EveryDays: 2}
	week := planner.Policy{ID: "week", PerWeek: 1}
	month := planner.Policy{ID: "month", PerMonth: 1}
	return []windowCase{
		{"every 2 days, seen Monday: Wednesday still counts", []planner.Policy{red}, "2026-11-30", nil, "2026-12-01", "2026-12-06"},
		{"every 2 days, visits move the window", []planner.Policy{red}, "2026-11-30 2026-12-01 2026-12-03 2026-12-06", nil, "2026-12-01", "2026-12-08"},
		{"every 2 days, never seen: the window opens on the first day", []planner.Policy{red}, "", nil, "2026-12-01", "2026-12-04"},
		{"every 2 days, long unseen: owed, and the chain goes on", []planner.Policy{red}, "2026-11-21", nil, "2026-12-01", "2026-12-04"},
		{"every 10 days, last window closed the day before: owed", []planner.Policy{{EveryDays: 10}}, "2026-11-20", nil, "2026-12-01", "2026-12-12"},
		{"every 10 days, last window closes on the first day: not owed", []planner.Policy{{EveryDays: 10}}, "2026-11-21", nil, "2026-12-01", "2026-12-12"},
		{"every 3 days over the new year", []planner.Policy{{EveryDays: 3}}, "2026-12-29", nil, "2026-12-30", "2027-01-05"},
		{"every 2 days over a leap day", []planner.Policy{red}, "2028-02-27", nil, "2028-02-28", "2028-03-03"},
		{"every 3 days, in hospital for four: the window waits", []planner.Policy{{EveryDays: 3}}, "2026-12-01", away("2026-12-03", "2026-12-06"), "2026-12-02", "2026-12-12"},
		{"every 3 days, away from before to after", []planner.Policy{{EveryDays: 3}}, "2026-11-30", away("2026-11-29", "2026-12-31"), "2026-12-01", "2026-12-10"},
		{"once a week, seen this week before the start", []planner.Policy{week}, "2026-11-24 2026-11-30", nil, "2026-12-02", "2026-12-13"},
		{"once a week, last week missed: owed", []planner.Policy{week}, "2026-11-18", nil, "2026-12-01", "2026-12-13"},
		{"once a week, the week before last missed: not owed", []planner.Policy{week}, "2026-11-10 2026-11-27", nil, "2026-12-01", "2026-12-06"},
		{"once a week over the new year, cut after 3 of 7 days: none", []planner.Policy{week}, "2026-12-25", nil, "2026-12-28", "2027-01-06"},
		{"once a week, cut after 4 of 7 days: one", []planner.Policy{week}, "2026-12-25", nil, "2026-12-28", "2027-01-07"},
		{"three a week, cut after 5 of 7 days: two", []planner.Policy{{PerWeek: 3}}, "2026-11-23 2026-11-25 2026-11-27 2026-11-30", nil, "2026-12-01", "2026-12-04"},
		{"once a month, month begun, seen in it", []planner.Policy{month}, "2026-11-10 2026-12-03", nil, "2026-12-10", "2027-01-31"},
		{"twice a month, once seen in it", []planner.Policy{{PerMonth: 2}}, "2026-11-03 2026-11-20 2026-12-03", nil, "2026-12-10", "2026-12-31"},
		{"twice a month, once seen last month: owed", []planner.Policy{{PerMonth: 2}}, "2026-11-20", nil, "2026-12-01", "2026-12-31"},
		{"twice a month, cut after 8 of 31 days: rounded half up to one", []planner.Policy{{PerMonth: 2}}, "2026-11-03 2026-11-20", nil, "2026-12-01", "2026-12-08"},
		{"once in a leap February", []planner.Policy{month}, "2028-01-15", nil, "2028-02-01", "2028-02-29"},
		{"once in a February of 28 days, cut after 14: half up", []planner.Policy{month}, "2027-01-15", nil, "2027-02-01", "2027-02-14"},
		{"once a month, never seen, begun month", []planner.Policy{month}, "", nil, "2026-11-21", "2026-12-31"},
		{"once a month, 20 of 31 days away: none", []planner.Policy{month}, "2026-11-03", away("2026-12-05", "2026-12-24"), "2026-12-01", "2026-12-31"},
		{"once a month, 15 of 31 days away: one", []planner.Policy{month}, "2026-11-03", away("2026-12-05", "2026-12-19"), "2026-12-01", "2026-12-31"},
		{"a surge of a daily visit for three days", []planner.Policy{month, {ID: "cold", EveryDays: 1, From: ptr("2026-12-05"), To: ptr("2026-12-07")}}, "2026-11-20 2026-12-02", nil, "2026-12-01", "2026-12-31"},
		{"a surge whose last window would end after it", []planner.Policy{{EveryDays: 2, From: ptr("2026-12-05"), To: ptr("2026-12-09")}}, "2026-11-20", nil, "2026-12-01", "2026-12-12"},
		{"a rule that begins in the middle of a week", []planner.Policy{{PerWeek: 2, From: ptr("2026-12-03")}}, "2026-11-20", nil, "2026-11-30", "2026-12-13"},
		{"a rule that ended before: nothing is owed", []planner.Policy{{PerWeek: 2, To: ptr("2026-11-15")}}, "2026-10-20", nil, "2026-12-01", "2026-12-13"},
		{"a pause of ten days", []planner.Policy{red, {Pause: true, From: ptr("2026-12-03"), To: ptr("2026-12-12")}}, "2026-11-30", nil, "2026-12-01", "2026-12-16"},
		{"a pause without an end", []planner.Policy{week, {Pause: true, From: ptr("2026-12-07")}}, "2026-11-25", nil, "2026-12-01", "2026-12-20"},
		{"patterns do not change the windows of a whole week", []planner.Policy{{PerWeek: 2, Patterns: [][]int{{1, 4}, {2, 5}}}}, "2026-11-23 2026-11-26", nil, "2026-11-30", "2026-12-06"},
		{"Monday and Thursday, cut after Tuesday: half of the days that count, one of two", []planner.Policy{{PerWeek: 2, Patterns: [][]int{{1, 4}}}}, "2026-11-23 2026-11-26", nil, "2026-11-30", "2026-12-01"},
		{"Monday and Thursday, cut after Thursday: both", []planner.Policy{{PerWeek: 2, Patterns: [][]int{{1, 4}}}}, "2026-11-23 2026-11-26", nil, "2026-11-30", "2026-12-03"},
		{"workdays alone, a rule that begins on a Saturday: none that week", []planner.Policy{{PerWeek: 2, Patterns: [][]int{{1, 4}, {2, 5}}, From: ptr("2026-12-05")}}, "2026-11-20", nil, "2026-12-01", "2026-12-13"},
		{"four a month on Mondays, away on one of them: three", []planner.Policy{{PerMonth: 4, Patterns: [][]int{{1}}}}, "2026-11-02 2026-11-09 2026-11-16 2026-11-23", away("2026-12-05", "2026-12-09"), "2026-12-01", "2026-12-31"},
		{"four a week on Monday to Thursday or on Friday, away to Wednesday: as many as one pattern has room for", []planner.Policy{{PerWeek: 4, Patterns: [][]int{{1, 2, 3, 4}, {5}}}}, "2026-11-26", away("2026-12-07", "2026-12-09"), "2026-12-07", "2026-12-13"},
		{"once in a sweep, done in it", []planner.Policy{{Once: true, From: ptr("2026-12-03"), To: ptr("2026-12-09")}}, "2026-11-20 2026-12-05", nil, "2026-12-01", "2026-12-20"},
		{"once in a sweep, not done: one lapse", []planner.Policy{{Once: true, From: ptr("2026-12-03"), To: ptr("2026-12-09")}}, "2026-12-02 2026-12-10", nil, "2026-12-01", "2026-12-20"},
		{"once, begun before the start and done then", []planner.Policy{{Once: true, From: ptr("2026-11-25"), To: ptr("2026-12-09")}}, "2026-11-28", nil, "2026-12-01", "2026-12-20"},
		{"once, over before the start and not done: owed", []planner.Policy{{Once: true, From: ptr("2026-11-10"), To: ptr("2026-11-20")}}, "2026-11-05", nil, "2026-12-01", "2026-12-20"},
		{"once, over before the start, done late: nothing owed", []planner.Policy{{Once: true, From: ptr("2026-11-10"), To: ptr("2026-11-20")}}, "2026-11-25", nil, "2026-12-01", "2026-12-20"},
		{"once, over after the days looked at: open", []planner.Policy{{Once: true, From: ptr("2026-12-15"), To: ptr("2027-01-05")}}, "2026-11-20", nil, "2026-12-01", "2026-12-20"},
		{"once, over after the days looked at, but done", []planner.Policy{{Once: true, From: ptr("2026-12-15"), To: ptr("2027-01-05")}}, "2026-11-20 2026-12-16", nil, "2026-12-01", "2026-12-20"},
		{"once, not yet begun", []planner.Policy{{Once: true, From: ptr("2026-12-25"), To: ptr("2027-01-05")}}, "2026-11-20", nil, "2026-12-01", "2026-12-20"},
		{"once, away on all its days: nothing is asked for", []planner.Policy{{Once: true, From: ptr("2026-12-05"), To: ptr("2026-12-09")}}, "2026-11-20", away("2026-12-01", "2026-12-09"), "2026-12-01", "2026-12-20"},
		{"once, away on all its days but the last", []planner.Policy{{Once: true, From: ptr("2026-12-05"), To: ptr("2026-12-09")}}, "2026-11-20", away("2026-12-01", "2026-12-08"), "2026-12-01", "2026-12-20"},
		{"two rules, each with its own windows", []planner.Policy{week, {ID: "child", PerMonth: 2}}, "2026-11-05 2026-11-25 2026-12-02 2026-12-09", nil, "2026-12-01", "2026-12-20"},
	}
}

func describe(c windowCase) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n%s to %s, seen %s", c.name, c.from, c.to, strings.Join(append(strings.Fields(c.history), "."), " "))
	for _, a := range c.absent {
		fmt.Fprintf(&b, " away %s to %s", a.From, a.To)
	}
	h := dates(c.history)
	before, _ := slices.BinarySearch(h, date(c.from))
	fmt.Fprintf(&b, "\nowed %v", planner.Owed(c.rules, h[:before], c.absent, date(c.from)))
	b.WriteString("\n")
	for _, w := range planner.Windows(c.rules, h, c.absent, date(c.from), date(c.to)) {
		fmt.Fprintf(&b, "rule %d: %s to %s needs %d, has %d: %s", w.Rule, w.First, w.Last, w.Need, w.Met, w.State)
		if w.Cut {
			fmt.Fprintf(&b, ", cut, share %d/%d", w.Share, w.Of)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestWindowsAreThoseOfTheGoldenTable(t *testing.T) {
	const file = "testdata/windows.golden"
	var got []string
	for _, c := range windowCases() {
		got = append(got, describe(c))
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(got, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(b), "\n# ")
	if len(want) != len(got) {
		t.Fatalf("%d cases in the golden table, %d here", len(want), len(got))
	}
	for i := range got {
		if w := "# " + strings.TrimPrefix(strings.TrimRight(want[i], "\n"), "# "); strings.TrimRight(got[i], "\n") != w {
			t.Errorf("got\n%s\nwant\n%s", got[i], w)
		}
	}
}

// slowWindows finds lapses day by day, with counters and no arithmetic on
// windows: a second opinion on Windows for rules that hold all the time.
func slowLapses(rule planner.Policy, history []planner.Date, absent []planner.DateRange, from, to planner.Date) map[planner.Date]int {
	out := map[planner.Date]int{}
	off := func(d planner.Date) bool {
		return slices.ContainsFunc(absent, func(r planner.DateRange) bool { return r.From <= d && d <= r.To })
	}
	if rule.EveryDays > 0 {
		begin := from - 1
		for _, d := range history {
			if d < from {
				begin = d
			}
		}
		left := rule.EveryDays
		for d := begin + 1; d <= to; d++ {
			if slices.Contains(history, d) {
				left = rule.EveryDays
				continue
			}
			if off(d) {
				continue
			}
			if left--; left == 0 {
				if d >= from {
					out[d]++
				}
				left = rule.EveryDays
			}
		}
		return out
	}
	k, first, next := rule.PerWeek, planner.Date.WeekStart, func(d planner.Date) planner.Date { return d + 7 }
	if rule.PerMonth > 0 {
		k, first, next = rule.PerMonth, planner.Date.MonthStart, planner.Date.NextMonth
	}
	for s := first(from); s <= to; s = next(s) {
		length, counted, seen := 0, 0, 0
		var last planner.Date
		room := map[planner.Date][]planner.Date{} // by Monday
		for d := s; d < next(s); d++ {
			if allowed(rule, d) {
				length++
			}
			if d > to {
				continue
			}
			last = d
			if !off(d) && allowed(rule, d) {
				counted++
				room[d.WeekStart()] = append(room[d.WeekStart()], d)
			}
			if slices.Contains(history, d) {
				seen++
			}
		}
		most := 0
		for _, week := range room {
			most += widest(rule, week)
		}
		need := min(int(float64(k*counted)/float64(length)+0.5), most)
		if need > seen {
			out[last] += need - seen
		}
	}
	return out
}

// allowed tells whether some pattern has the weekday.
func allowed(rule planner.Policy, d planner.Date) bool { return widest(rule, []planner.Date{d}) == 1 }

// widest is how many of the days of a week a pattern allows at most, by trying
// every set of them.
func widest(rule planner.Policy, days []planner.Date) int {
	best := 0
	for set := range 1 << len(days) {
		var week []int
		for i, d := range days {
			if set>>i&1 == 1 {
				week = append(week, d.Weekday())
			}
		}
		if len(rule.Patterns) == 0 || slices.ContainsFunc(rule.Patterns, func(pattern []int) bool {
			return !slices.ContainsFunc(week, func(w int) bool { return !slices.Contains(pattern, w) })
		}) {
			best = max(best, len(week))
		}
	}
	return best
}

func TestWindowsAgreeWithCountingDayByDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
		from := planner.NewDate(2027, 12, 1) + planner.Date(num("from", 0, 120))
		to := from + planner.Date(num("days", 0, 70))
		var rule planner.Policy
		switch num("kind", 0, 2) {
		case 0:
			rule.EveryDays = num("every", 1, 30)
		case 1:
			rule.PerWeek = num("per week", 1, 7)
		default:
			rule.PerMonth = num("per month", 1, 28)
		}
		if rule.EveryDays == 0 {
			for range num("patterns", 0, 3) {
				pattern := rapid.SliceOfNDistinct(rapid.IntRange(1, 7), 1, 5, rapid.ID).Draw(t, "pattern")
				rule.Patterns = append(rule.Patterns, pattern)
			}
		}
		var history []planner.Date
		for d := from - planner.Date(num("seen", 0, 80)); d <= to; d += planner.Date(num("gap", 1, 20)) {
			history = append(history, d)
		}
		var absent []planner.DateRange
		for range num("absences", 0, 3) {
			a := from + planner.Date(num("away", -20, 60))
			absent = append(absent, planner.DateRange{From: a, To: a + planner.Date(num("for", 0, 15))})
		}
		got := map[planner.Date]int{}
		for _, w := range planner.Windows([]planner.Policy{rule}, history, absent, from, to) {
			if w.State == planner.WindowLapsed {
				got[w.Last] += w.Short()
			}
		}
		want := slowLapses(rule, history, absent, from, to)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("rule %+v, history %v, away %v, %s to %s: lapses %v, want %v", rule, history, absent, from, to, got, want)
		}
	})
}
