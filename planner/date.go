package planner

import (
	"fmt"
	"time"
)

// Date is a calendar day, counted in days since 1970-01-01. It has no time
// zone: whoever makes one from an instant has already chosen the district's.
type Date int32

// NewDate returns the calendar day y-m-d.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf returns the calendar day that t shows in its own location.
func DateOf(t time.Time) Date { return NewDate(t.Year(), t.Month(), t.Day()) }

// ParseDate reads an ISO 8601 date, "2006-01-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, &valueError{s, "a date (want YYYY-MM-DD)"}
	}
	return DateOf(t), nil
}

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String writes the date as "2006-01-02".
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// Weekday returns 1 for Monday to 7 for Sunday (ISO 8601).
func (d Date) Weekday() int { return (int(d)%7+7+3)%7 + 1 }

// WeekStart returns the Monday of the date's calendar week.
func (d Date) WeekStart() Date { return d - Date(d.Weekday()-1) }

// MonthStart returns the first day of the date's calendar month.
func (d Date) MonthStart() Date { t := d.Time(); return NewDate(t.Year(), t.Month(), 1) }

// NextMonth returns the first day of the calendar month after the date's.
func (d Date) NextMonth() Date { t := d.Time(); return NewDate(t.Year(), t.Month()+1, 1) }

// MarshalText writes the date as "2006-01-02".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "2006-01-02".
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Clock is a local time of day in whole minutes since midnight, 0 to 1440.
type Clock int32

// ParseClock reads "HH:MM", "00:00" to "24:00".
func ParseClock(s string) (Clock, error) {
	bad := &valueError{s, "a time of day (want HH:MM)"}
	if len(s) != 5 || s[2] != ':' {
		return 0, bad
	}
	for _, i := range [...]int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, bad
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if m > 59 || h*60+m > 1440 {
		return 0, bad
	}
	return Clock(h*60 + m), nil
}

// String writes the time as "HH:MM".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// MarshalText writes "HH:MM".
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads "HH:MM".
func (c *Clock) UnmarshalText(b []byte) error {
	v, err := ParseClock(string(b))
	if err != nil {
		return err
	}
	*c = v
	return nil
}
