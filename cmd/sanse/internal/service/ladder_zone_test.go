package service

import (
	"testing"
	"time"

	"sanse/planner"
	"sanse/planner/ladder"
)

// On days on which the clocks are changed, and on others, each event happens once, at
// the first minute that the district's clock shows its hour or a later one, wherever
// the server stands.
func TestTheClocksMayChangeUnderALadder(t *testing.T) {
	rule := ladder.Rule{Remind: 30, Steps: []ladder.Step{
		{Tier: planner.TierMicroGrid, At: 90, Deadline: 135}, {Tier: planner.TierGrid, At: 150, Deadline: 170}, {Tier: planner.TierMasterGrid, At: 180, Deadline: 1440},
	}}
	if err := rule.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, zone string
		day        planner.Date
	}{
		{"a day of 24 hours", "Asia/Shanghai", planner.NewDate(2026, 12, 2)},
		{"set forward at two", "Europe/Berlin", planner.NewDate(2026, 3, 29)},
		{"set back at three", "Europe/Berlin", planner.NewDate(2026, 10, 25)},
		{"set back at two, by half an hour", "Australia/Lord_Howe", planner.NewDate(2026, 4, 5)},
		{"set forward at midnight", "Africa/Cairo", planner.NewDate(2026, 4, 24)},
		{"set forward when China did", "Asia/Shanghai", planner.NewDate(1988, 4, 17)},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Date(c.day.Time().Year(), c.day.Time().Month(), c.day.Time().Day(), 12, 0, 0, 0, time.UTC).Add(-36 * time.Hour)
			taken, shown := 0, planner.Moment{} // the latest that the clock has shown
			_, first := ladder.Due(&rule, c.day, 0, planner.Moment{Date: c.day - 3})
			next := instant(*first, zone)
			for now := begin; now.Before(begin.Add(84*time.Hour)) && taken < rule.Events(); now = now.Add(time.Minute) {
				wall := momentAt(now, zone)
				if ladder.Before(shown, wall) {
					shown = wall
				}
				all, _ := ladder.Due(&rule, c.day, 0, shown)
				if !next.After(now) {
					due, after := ladder.Due(&rule, c.day, taken, wall)
					if len(due) == 0 {
						t.Fatalf("at %s it is looked for event %d, and there is none", now.In(zone), taken)
					}
					if taken += len(due); after != nil {
						next = instant(*after, zone)
					}
				}
				if taken != len(all) {
					t.Fatalf("at %s %d events have happened, and %d should have", now.In(zone), taken, len(all))
				}
			}
			if taken != rule.Events() {
				t.Errorf("%d of %d events happened", taken, rule.Events())
			}
		})
	}
}
