package planner

import (
	"fmt"
	"strings"

	"sanse/planner/internal/english"
)

// told is how many other days and visitors the text names.
const told = 3

var weekdays = [...]string{"", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

func dayText(d Date) string { return weekdays[d.Weekday()] + " " + d.String() }

// text says the answer in English: why this day and this visitor, what would be
// missing without, and what the nearest other choices come to.
func (a *Answer) text() string {
	var s []string
	s = append(s, fmt.Sprintf("%s at %s by %s", dayText(a.Date), a.Arrive, strings.Join(a.Visitors, " and ")))
	switch {
	case a.Made:
		s[0] += ": it is done"
	case a.LockedBy > 0:
		s[0] += fmt.Sprintf(": it is locked, to begin by %s", a.LockedBy)
	case a.Locked:
		s[0] += ": it is locked"
	case a.Near != "":
		s[0] += fmt.Sprintf(", who is at %s %s away (%s more on the way)", a.Near, minutesText(a.NearSeconds), minutesText(a.Here.WalkSeconds))
	case a.Here.SetsOut:
		s[0] += fmt.Sprintf(", who sets out for it (%s on the way)", minutesText(a.Here.WalkSeconds))
	}
	if a.Here.Steps == 0 && !a.Made {
		s[0] += ", one of those who should come"
	}
	for _, w := range a.Windows {
		s = append(s, fmt.Sprintf("it counts for %s, %s to %s (%d of %d)", w.Rule, w.First, w.Last, w.Met, w.Need))
	}
	if a.Owed {
		s = append(s, "it clears what was owed")
	}
	if a.GradeSince != nil {
		s = append(s, fmt.Sprintf("the grade is another one since %s, and nobody has been there since", *a.GradeSince))
	}
	switch {
	case len(a.Without) == 0:
		s = append(s, "nothing would lapse without it")
	case a.Without[0].Owed:
		s = append(s, fmt.Sprintf("without it the debt would not be cleared by %s", a.Without[0].DueBy))
	default:
		s = append(s, fmt.Sprintf("without it the window to %s would lapse", a.Without[0].DueBy))
	}
	for i, x := range nearestDays(a.Date, a.Days) {
		if i == told {
			break
		}
		s = append(s, dayText(x.Date)+" "+x.text(&a.Here))
	}
	for i := range a.OtherVisitors {
		if i == told {
			break
		}
		x := &a.OtherVisitors[i]
		s = append(s, x.Visitor+" "+x.text(&a.Here))
	}
	return strings.Join(s, "; ") + "."
}

// nearestDays orders days by how far they are from one, earlier ones first.
func nearestDays(from Date, days []Choice) []*Choice {
	var out []*Choice
	for off := Date(1); len(out) < len(days); off++ {
		for i := range days {
			if days[i].Date == from-off || days[i].Date == from+off {
				out = append(out, &days[i])
			}
		}
	}
	return out
}

func minutesText(seconds int) string { return fmt.Sprintf("%d min", (max(0, seconds)+59)/60) }

// text compares the choice with the one of the plan.
func (x *Choice) text(here *Choice) string {
	if x.Reason != "" {
		if x.Visitor != "" && x.Date != here.Date {
			return fmt.Sprintf("cannot be: %s (nearest: %s)", x.Detail, x.Visitor)
		}
		return "cannot be: " + x.Detail
	}
	var s []string
	if x.Lapses > 0 {
		s = append(s, fmt.Sprintf("would let %d lapse", x.Lapses))
	}
	if x.Steps != here.Steps {
		s = append(s, fmt.Sprintf("is %s %s those who should come", english.Count(abs(x.Steps-here.Steps), "step", "steps"), map[bool]string{true: "farther from", false: "nearer to"}[x.Steps > here.Steps]))
	}
	switch more := x.WalkSeconds - here.WalkSeconds; {
	case more > 0:
		s = append(s, "costs "+minutesText(more)+" more on the way")
	case more < 0:
		s = append(s, "saves "+minutesText(-more)+" on the way")
	default:
		s = append(s, "costs the same way")
	}
	if x.SetsOut && !here.SetsOut {
		s = append(s, "and a walk of its own")
	}
	who := ""
	if x.Visitor != "" && x.Date != here.Date && x.Visitor != here.Visitor {
		who = " (" + x.Visitor + ")"
	}
	return strings.Join(s, ", ") + who
}

func abs(n int) int { return max(n, -n) }
