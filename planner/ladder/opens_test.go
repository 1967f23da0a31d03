package ladder_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/ladder"
)

func dates(s string) []planner.Date {
	var out []planner.Date
	for _, f := range strings.Fields(s) {
		out = append(out, date(f))
	}
	return out
}

func away(from, to string) []planner.DateRange {
	return []planner.DateRange{{From: date(from), To: date(to)}}
}

func TestALadderOpensOnTheLastDayThatCanKeepAWindow(t *testing.T) {
	red, week, month := planner.Policy{EveryDays: 2}, planner.Policy{PerWeek: 1}, planner.Policy{PerMonth: 1}
	pauseFrom, pauseTo := date("2026-12-05"), date("2026-12-20")
	pause := planner.Policy{Pause: true, From: &pauseFrom, To: &pauseTo}
	for _, c := range []struct {
		name    string
		rules   []planner.Policy
		history string
		absent  []planner.DateRange
		days    string // on which it opens, of the first two weeks of December 2026
		first   string // of the window of the first of them
	}{
		{"every 2 days, seen on Monday: on Wednesday, and every second day", []planner.Policy{red}, "2026-11-30", nil, "02 04 06 08 10 12 14", "2026-12-01"},
		{"every 2 days, seen in time: two days later", []planner.Policy{red}, "2026-11-30 2026-12-02", nil, "04 06 08 10 12 14", "2026-12-03"},
		{"seen on the last day itself: not then", []planner.Policy{red}, "2026-12-01 2026-12-03", nil, "05 07 09 11 13", "2026-12-04"},
		{"every 2 days, never seen: from the first day of the plan, and the debt by the seventh", []planner.Policy{red}, "", nil, "02 04 06 07 08 10 12 14", "2026-12-01"},
		{"once a week: on Sunday, and the week that is cut opens nothing", []planner.Policy{week}, "2026-11-25", nil, "06 13", "2026-11-30"},
		{"once a week, seen on Tuesday: not that Sunday", []planner.Policy{week}, "2026-11-25 2026-12-01", nil, "13", "2026-12-07"},
		{"once a month: nothing in the middle of one", []planner.Policy{month}, "2026-11-10", nil, "", ""},
		{"once a week, away over the weekend: on Friday", []planner.Policy{week}, "2026-11-25", away("2026-12-05", "2026-12-06"), "04 13", "2026-11-30"},
		{"away: nothing on those days", []planner.Policy{red}, "2026-11-30", away("2026-12-02", "2026-12-07"), "08 10 12 14", "2026-12-01"},
		{"a pause counts as being away", []planner.Policy{week, pause}, "2026-11-25", nil, "04", "2026-11-30"},
		{"two rules: whichever closes", []planner.Policy{week, {EveryDays: 5}}, "2026-11-25 2026-11-28", nil, "03 06 08 13", "2026-11-29"},
	} {
		t.Run(c.name, func(t *testing.T) {
			care := ladder.Care{Rules: c.rules, History: dates(c.history), Absent: c.absent, From: date("2026-12-01"), CatchUpBy: date("2026-12-07")}
			var days []string
			first := ""
			for d := date("2026-12-01"); d <= date("2026-12-14"); d++ {
				if f, opens := ladder.Opens(&care, d); opens {
					if days = append(days, d.String()[8:]); first == "" {
						first = f.String()
					}
				}
			}
			if got := strings.Join(days, " "); got != c.days || first != c.first {
				t.Errorf("opens on %q, the first window from %q; want %q and %q", got, first, c.days, c.first)
			}
		})
	}
}

// A visit on the day ends what was open, and whoever is away has nothing open.
func TestAVisitOnTheDayLeavesNothingOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := date("2026-12-01")
		care := ladder.Care{From: start, CatchUpBy: start + 6}
		switch rapid.IntRange(0, 2).Draw(t, "rule") {
		case 0:
			care.Rules = []planner.Policy{{EveryDays: rapid.IntRange(1, 9).Draw(t, "every")}}
		case 1:
			care.Rules = []planner.Policy{{PerWeek: 1}}
		default:
			care.Rules = []planner.Policy{{PerMonth: 1}, {EveryDays: rapid.IntRange(3, 20).Draw(t, "every")}}
		}
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(-40, 30), 0, 8, rapid.ID).Draw(t, "visits") {
			care.History = append(care.History, start+planner.Date(n))
		}
		slices.Sort(care.History)
		if rapid.Bool().Draw(t, "away") {
			from := start + planner.Date(rapid.IntRange(-5, 30).Draw(t, "from"))
			care.Absent = []planner.DateRange{{From: from, To: from + planner.Date(rapid.IntRange(0, 9).Draw(t, "days"))}}
		}
		today := start + planner.Date(rapid.IntRange(0, 40).Draw(t, "today"))
		first, opens := ladder.Opens(&care, today)
		if !opens {
			return
		}
		if first > today {
			t.Fatalf("the window begins on %s, after %s", first, today)
		}
		for _, r := range care.Absent {
			if r.From <= today && today <= r.To {
				t.Fatalf("it opens on %s, on which nobody is at home", today)
			}
		}
		if slices.Contains(care.History, today) {
			t.Fatalf("it opens on %s, on which somebody came", today)
		}
		n, _ := slices.BinarySearch(care.History, today)
		care.History = slices.Insert(care.History, n, today)
		if _, opens := ladder.Opens(&care, today); opens {
			t.Fatalf("a visit on %s does not end it", today)
		}
	})
}
