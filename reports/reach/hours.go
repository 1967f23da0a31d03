package reach

import "fmt"

// minutesADay is the length of a day.
const minutesADay = 24 * 60

// Span is a time of the week at which a facility is open: on a weekday, 1 for
// Monday to 7 for Sunday, from a minute of the day up to, not including, another.
// A span that goes on past midnight ends at more than 1440.
type Span struct {
	Weekday  int
	From, To int
}

// Hours are the weekly opening hours of a facility. Nil are not known, and stand
// for any hour; not nil without a span, or with empty ones only, is closed all
// week.
type Hours []Span

// Moment is a weekday, 1 for Monday to 7 for Sunday, and a minute of the day.
type Moment struct {
	Weekday int
	Minute  int
}

// Validate refuses what is no moment of a week.
func (m Moment) Validate() error {
	if m.Weekday < 1 || m.Weekday > 7 || m.Minute < 0 || m.Minute >= minutesADay {
		return fmt.Errorf("weekday %d (1 is Monday, 7 Sunday), minute %d of the day (0 to %d): no such moment", m.Weekday, m.Minute, minutesADay-1)
	}
	return nil
}

// String is the moment as ParseMoment reads it: 1T10:00 for Monday at ten.
func (m Moment) String() string {
	return fmt.Sprintf("%dT%02d:%02d", m.Weekday, m.Minute/60, m.Minute%60)
}

// ParseMoment reads a weekday and a time of the day: 1T10:00 is Monday at ten.
func ParseMoment(s string) (Moment, error) {
	if len(s) == 7 && s[1] == 'T' && s[4] == ':' {
		number := func(s string) int {
			n := 0
			for _, c := range s {
				if c < '0' || c > '9' {
					return -1
				}
				n = 10*n + int(c-'0')
			}
			return n
		}
		day, hour, minute := number(s[:1]), number(s[2:4]), number(s[5:])
		m := Moment{Weekday: day, Minute: 60*hour + minute}
		if hour >= 0 && minute >= 0 && minute < 60 && m.Validate() == nil {
			return m, nil
		}
	}
	return Moment{}, fmt.Errorf("%q is no weekday with a time of day: want 1T10:00 for Monday at ten, 7 being Sunday", s)
}

// Open tells whether one is open at a moment.
func (h Hours) Open(m Moment) bool {
	if h == nil {
		return true
	}
	for _, s := range h {
		if s.Weekday == m.Weekday && s.From <= m.Minute && m.Minute < s.To {
			return true
		}
		next := s.Weekday%7 + 1
		if next == m.Weekday && m.Minute+minutesADay < s.To {
			return true
		}
	}
	return false
}

// ClosedAllWeek tells of hours that are known and hold no time at all.
func (h Hours) ClosedAllWeek() bool {
	if h == nil {
		return false
	}
	for _, s := range h {
		if s.From < s.To {
			return false
		}
	}
	return true
}

// validate refuses spans that are of no week.
func (h Hours) validate() error {
	for _, s := range h {
		if s.Weekday < 1 || s.Weekday > 7 || s.From < 0 || s.From > minutesADay || s.To < s.From || s.To > 2*minutesADay {
			return fmt.Errorf("open on weekday %d from minute %d to %d: no such time", s.Weekday, s.From, s.To)
		}
	}
	return nil
}
