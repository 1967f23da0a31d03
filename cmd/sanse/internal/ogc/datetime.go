package ogc

import (
	"errors"
	"strings"
	"time"
)

// Span is a time or a span of time, both ends included; a zero end is open.
type Span struct{ From, To time.Time }

// ParseTime reads the parameter datetime: a date or a time (RFC 3339), or two of
// them with a slash between, of which one may be ".." or nothing. A date is the
// beginning of that day in the time zone, and times are given in it; nil is UTC.
func ParseTime(text string, zone *time.Location) (Span, error) {
	if zone == nil {
		zone = time.UTC
	}
	from, to, isSpan := strings.Cut(text, "/")
	var s Span
	var err error
	if s.From, err = instantOf(from, isSpan, zone); err != nil {
		return s, err
	}
	if !isSpan {
		s.To = s.From
		return s, nil
	}
	if s.To, err = instantOf(to, true, zone); err != nil {
		return s, err
	}
	if s.From.IsZero() && s.To.IsZero() {
		return s, errors.New("it is open at both ends")
	}
	if !s.From.IsZero() && !s.To.IsZero() && s.To.Before(s.From) {
		return s, errors.New("it ends before it begins")
	}
	return s, nil
}

func instantOf(text string, open bool, zone *time.Location) (time.Time, error) {
	if open && (text == ".." || text == "") {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.In(zone), nil
		}
	}
	return time.Time{}, errors.New("want a date (2026-12-01) or a time (2026-12-01T08:00:00Z)")
}
