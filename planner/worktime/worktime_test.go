package worktime_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/worktime"
)

func at(s string) planner.Moment {
	d, err := planner.ParseDate(s[:10])
	if err != nil {
		panic(err)
	}
	c, err := planner.ParseClock(s[11:])
	if err != nil {
		panic(err)
	}
	return planner.Moment{Date: d, Clock: c}
}

func text(m planner.Moment) string { return m.Date.String() + " " + m.Clock.String() }

// The General Office of the State Council publishes the days of a month that are
// worked and are not; counted here by month as its calendar shows them.
func TestTheYearsHaveTheWorkingDaysThatWerePublished(t *testing.T) {
	c := worktime.China()
	for _, year := range []struct {
		year int
		want string // working days from January to December
	}{
		{2025, "19 19 21 22 19 20 23 21 23 18 20 23"},
		{2026, "21 16 22 21 19 21 23 21 22 18 21 23"},
	} {
		var months [13]int
		for d := planner.NewDate(year.year, 1, 1); d <= planner.NewDate(year.year, 12, 31); d++ {
			if c.Works(d) {
				months[d.Time().Month()]++
			}
		}
		got := strings.Trim(fmt.Sprint(months[1:]), "[]")
		if got != year.want {
			t.Errorf("%d has %s working days, want %s", year.year, got, year.want)
		}
	}
}

func TestPeriodsInWorkingDaysEndAsTheCivilCodeSays(t *testing.T) {
	china := worktime.China()
	office := china
	office.Close = 17*60 + 30
	for _, c := range []struct {
		name     string
		calendar worktime.Calendar
		from     string
		days     int
		want     string
	}{
		{"three days in a plain week", china, "2026-03-02 09:15", 3, "2026-03-06 00:00"},
		{"business ends in the afternoon", office, "2026-03-02 09:15", 3, "2026-03-05 17:30"},
		{"over a weekend", china, "2026-03-05 09:00", 3, "2026-03-11 00:00"},
		{"begun on a Saturday", china, "2026-03-07 09:00", 1, "2026-03-10 00:00"},
		{"over the Spring Festival, whose Saturdays before and after are worked", china, "2026-02-13 16:00", 3, "2026-02-26 00:00"},
		{"the Saturday after it is worked", china, "2026-02-26 10:00", 2, "2026-03-01 00:00"},
		{"over National Day", china, "2026-09-30 10:00", 3, "2026-10-11 00:00"},
		{"Sunday 20 September is worked", china, "2026-09-18 10:00", 1, "2026-09-21 00:00"},
		{"Sunday 4 January is worked", china, "2025-12-31 10:00", 1, "2026-01-05 00:00"},
		{"none: the end of the day", china, "2026-03-02 09:15", 0, "2026-03-03 00:00"},
		{"none, on a Sunday: the end of the next that is worked", china, "2026-03-01 09:15", 0, "2026-03-03 00:00"},
		{"a year that nobody has published", china, "2031-10-01 09:00", 2, "2031-10-04 00:00"},
		{"no calendar: Monday to Friday", worktime.Calendar{}, "2026-09-30 10:00", 2, "2026-10-03 00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := text(c.calendar.Add(at(c.from), c.days)); got != c.want {
				t.Errorf("ends at %s, want %s", got, c.want)
			}
		})
	}
}

func TestADistrictsOwnDaysComeFirst(t *testing.T) {
	c := worktime.China()
	flood, fair := planner.NewDate(2026, 7, 15), planner.NewDate(2026, 10, 3)
	own := c.With(map[planner.Date]bool{flood: false, fair: true})
	if own.Works(flood) || !own.Works(fair) {
		t.Error("the district's own days do not count")
	}
	if !c.Works(flood) || c.Works(fair) {
		t.Error("the calendar that it was made from has changed")
	}
	for _, year := range []struct {
		year  int
		known bool
	}{{2025, true}, {2026, true}, {2027, false}} {
		if got := c.Knows(planner.NewDate(year.year, 6, 1)); got != year.known {
			t.Errorf("%d is known: %v", year.year, got)
		}
	}
}

func TestALimitEndsWhereItShould(t *testing.T) {
	c := worktime.China()
	for _, l := range []struct {
		limit worktime.Limit
		from  string
		want  string
	}{
		{worktime.Limit{Minutes: 15}, "2026-02-17 23:50", "2026-02-18 00:05"}, // an emergency knows no holiday
		{worktime.Limit{Minutes: 120}, "2026-03-02 09:00", "2026-03-02 11:00"},
		{worktime.Limit{Minutes: 3 * 1440}, "2026-03-02 09:00", "2026-03-05 09:00"},
		{worktime.Limit{WorkDays: 3}, "2026-03-02 09:00", "2026-03-06 00:00"},
	} {
		if got := text(c.By(at(l.from), l.limit)); got != l.want {
			t.Errorf("%+v from %s ends at %s, want %s", l.limit, l.from, got, l.want)
		}
	}
	for _, bad := range []worktime.Limit{{}, {Minutes: 1, WorkDays: 1}, {Minutes: -1}, {WorkDays: -1}, {Minutes: 1 << 20}, {WorkDays: 1000}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is taken for a limit", bad)
		}
	}
}

// Whatever the days, a longer period ends later, and n working days are n.
func TestAPeriodHasAsManyWorkingDaysAsItSays(t *testing.T) {
	c := worktime.China()
	rapid.Check(t, func(t *rapid.T) {
		from := planner.Moment{Date: planner.NewDate(2024, 12, 1) + planner.Date(rapid.IntRange(0, 900).Draw(t, "day")), Clock: 600}
		n := rapid.IntRange(1, 40).Draw(t, "days")
		end := c.Add(from, n)
		worked := 0
		for d := from.Date + 1; d < end.Date; d++ {
			if c.Works(d) {
				worked++
			}
		}
		if worked != n || !c.Works(end.Date-1) {
			t.Fatalf("%d working days from %s end at %s, with %d between", n, text(from), text(end), worked)
		}
	})
}
