package reports

import (
	"fmt"
	"io"
	"time"

	ics "github.com/arran4/golang-ical"
)

// WalkEvent is a walk as a calendar tells of it: when, how many doors, in which area.
type WalkEvent struct {
	UID        string
	Begin, End time.Time
	Doors      int
	Area       string // name of a community; empty: not told
}

// WriteWalkCalendar writes walks as iCalendar (RFC 5545), made at a time. A calendar
// lies on other people's servers and is shown on locked screens: so nobody is named in
// it, no door and no grade.
func WriteWalkCalendar(w io.Writer, walks []WalkEvent, english bool, made time.Time) error {
	cal := ics.NewCalendarFor("Sanse")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(Label{"走访", "Visits"}.in(english))
	for i := range walks {
		e := cal.AddEvent(walks[i].UID)
		e.SetDtStampTime(made)
		e.SetStartAt(walks[i].Begin)
		e.SetEndAt(walks[i].End)
		text := fmt.Sprintf("走访 %d 处", walks[i].Doors)
		if english {
			text = fmt.Sprintf("Visits: %d", walks[i].Doors)
		}
		e.SetSummary(text)
		if walks[i].Area != "" {
			e.SetLocation(walks[i].Area)
		}
	}
	if err := cal.SerializeTo(w); err != nil {
		return fmt.Errorf("write a calendar: %w", err)
	}
	return nil
}
