package planner

import "fmt"

// String adds the proof up in English.
func (s *Shortage) String() string {
	visits := 0
	for _, n := range s.Needs {
		visits += n.Visits
	}
	where := "the district"
	if s.Block != "" {
		where = "block " + s.Block
	}
	days := ""
	if n := len(s.Days); n > 0 {
		days = fmt.Sprintf("on %d days from %s to %s ", n, s.Days[0], s.Days[n-1])
		if n == 1 {
			days = fmt.Sprintf("on %s ", s.Days[0])
		}
	}
	return fmt.Sprintf("%s: %s%d visits need at least %d minutes, and the %d visitors who may make them have %d: %d are short, whoever plans; it takes %d more minutes at least",
		where, days, visits, s.NeedMinutes, len(s.Visitors), s.HaveMinutes, s.Short, s.MendMinutes)
}
