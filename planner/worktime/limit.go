package worktime

import (
	"errors"
	"fmt"

	"sanse/planner"
)

// Limit is how long somebody has: minutes, which run day and night, or working
// days; one of the two.
type Limit struct {
	Minutes  int `json:"minutes,omitempty"`
	WorkDays int `json:"work_days,omitempty"`
}

// maxMinutes is the longest limit in minutes, 31 days; longer ones are days.
const maxMinutes = 31 * 24 * 60

// Validate tells what is wrong with a limit.
func (l Limit) Validate() error {
	switch {
	case (l.Minutes != 0) == (l.WorkDays != 0):
		return errors.New("a limit is in minutes or in working days: name one of them")
	case l.Minutes < 0 || l.WorkDays < 0:
		return errors.New("a limit is at least 1")
	case l.Minutes > maxMinutes:
		return fmt.Errorf("a limit of %d minutes is longer than 31 days: name working days", l.Minutes)
	case l.WorkDays > 366:
		return fmt.Errorf("a limit of %d working days is longer than a year", l.WorkDays)
	}
	return nil
}

// By returns the moment at which a limit that began at m is over.
func (c *Calendar) By(m planner.Moment, l Limit) planner.Moment {
	if l.WorkDays > 0 {
		return c.Add(m, l.WorkDays)
	}
	const day = 24 * 60
	minutes := int(m.Clock) + l.Minutes
	return planner.Moment{Date: m.Date + planner.Date(minutes/day), Clock: planner.Clock(minutes % day)}
}
