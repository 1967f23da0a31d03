package worktime

import (
	"slices"

	"sanse/planner"
)

// Calendar says which days are worked. Its zero value is Monday to Friday.
type Calendar struct {
	// Holidays are days off, and WorkDays days that are worked whatever the
	// weekday; a day in both is worked. Ascending.
	Holidays []planner.Date
	WorkDays []planner.Date
	// Close is when business ends, and with it a period that ends on the day; 0
	// stands for 24:00.
	Close planner.Clock
}

// Works tells whether a day is worked.
func (c *Calendar) Works(d planner.Date) bool {
	if in(c.WorkDays, d) {
		return true
	}
	return d.Weekday() <= 5 && !in(c.Holidays, d)
}

// Knows tells whether the calendar names a holiday of the year of a day, so that a
// period that reaches it is counted as it was published.
func (c *Calendar) Knows(d planner.Date) bool {
	year := d.Time().Year()
	return slices.ContainsFunc(c.Holidays, func(h planner.Date) bool { return h.Time().Year() == year })
}

// Add returns the end of the n-th working day after that of m, which is not
// counted itself; for n of 0 or less it is the end of the day of m, or of the next that is
// worked. This is how the Civil Code of the PRC counts periods in days (articles 201 to
// 203): the first day is left out, and the last one ends at 24:00, or when
// business does.
func (c *Calendar) Add(m planner.Moment, n int) planner.Moment {
	d := m.Date
	for n <= 0 && !c.Works(d) {
		d++
	}
	for n > 0 {
		if d++; c.Works(d) {
			n--
		}
	}
	if c.Close == 0 {
		return planner.Moment{Date: d + 1}
	}
	return planner.Moment{Date: d, Clock: c.Close}
}

// With returns the calendar with days of the district's own, which come before
// those that are published.
func (c *Calendar) With(days map[planner.Date]bool) Calendar {
	out := Calendar{Close: c.Close}
	own := func(d planner.Date) bool { _, there := days[d]; return there }
	out.Holidays = slices.DeleteFunc(slices.Clone(c.Holidays), own)
	out.WorkDays = slices.DeleteFunc(slices.Clone(c.WorkDays), own)
	for d, works := range days {
		if works {
			out.WorkDays = append(out.WorkDays, d)
		} else {
			out.Holidays = append(out.Holidays, d)
		}
	}
	slices.Sort(out.Holidays)
	slices.Sort(out.WorkDays)
	return out
}

func in(list []planner.Date, d planner.Date) bool {
	_, there := slices.BinarySearch(list, d)
	return there
}
