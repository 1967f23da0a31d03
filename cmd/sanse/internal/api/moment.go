package api

import (
	"errors"
	"strings"

	"sanse/planner"
)

// momentOf reads YYYY-MM-DDTHH:MM.
func momentOf(text string) (planner.Moment, error) {
	date, clock, ok := strings.Cut(text, "T")
	if !ok {
		return planner.Moment{}, errors.New(wantMoment)
	}
	d, err1 := planner.ParseDate(date)
	c, err2 := planner.ParseClock(clock)
	return planner.Moment{Date: d, Clock: c}, errors.Join(err1, err2)
}

// momentText writes what momentOf reads; empty for none.
func momentText(m *planner.Moment) string {
	if m == nil {
		return ""
	}
	return m.Date.String() + "T" + m.Clock.String()
}
