package worktime

import (
	"time"

	"sanse/planner"
)

// holiday is a run of days off, both ends included, with the weekend days that are
// worked for it.
type holiday struct {
	month  time.Month
	day    int
	days   int
	worked []workday
}

type workday struct {
	month time.Month
	day   int
}

// published are the holidays of the years as the General Office of the State
// Council published them (国务院办公厅关于部分节假日安排的通知).
var published = map[int][]holiday{
	2025: {
		{time.January, 1, 1, nil}, // New Year
		{time.January, 28, 8, []workday{{time.January, 26}, {time.February, 8}}}, // Spring Festival
		{time.April, 4, 3, nil},                       // Qingming
		{time.May, 1, 5, []workday{{time.April, 27}}}, // Labour Day
		{time.May, 31, 3, nil},                        // Dragon Boat Festival
		{time.October, 1, 8, []workday{{time.September, 28}, {time.October, 11}}}, // National Day, Mid-Autumn Festival
	},
	2026: {
		{time.January, 1, 3, []workday{{time.January, 4}}},
		{time.February, 15, 9, []workday{{time.February, 14}, {time.February, 28}}},
		{time.April, 4, 3, nil},
		{time.May, 1, 5, []workday{{time.May, 9}}},
		{time.June, 19, 3, nil},
		{time.September, 25, 3, nil},
		{time.October, 1, 7, []workday{{time.September, 20}, {time.October, 10}}},
	},
}

// China returns the calendar of the years that the State Council has published
// and this program knows: 2025 and 2026.
func China() Calendar {
	days := map[planner.Date]bool{}
	for year, list := range published {
		for _, h := range list {
			first := planner.NewDate(year, h.month, h.day)
			for d := first; d < first+planner.Date(h.days); d++ {
				days[d] = false
			}
			for _, w := range h.worked {
				days[planner.NewDate(year, w.month, w.day)] = true
			}
		}
	}
	return new(Calendar).With(days)
}
