package service

import (
	"testing"

	"sanse/planner"
)

// What was done without being planned has no time of its own: each visit takes
// a minute of the day that no other has.
func TestVisitsDoneWithoutAPlanTakeFreeMinutes(t *testing.T) {
	at := func(from, to planner.Clock) planner.Made { return planner.Made{Arrive: from, Leave: to} }
	for _, c := range []struct {
		name string
		made []planner.Made
		last planner.Clock
		want planner.Clock
		ok   bool
	}{
		{"eight o'clock on an empty day", nil, 1439, 480, true},
		{"after what is made at eight", []planner.Made{at(470, 500)}, 1439, 500, true},
		{"the last minute before now", []planner.Made{at(480, 500)}, 500, 500, true},
		{"before eight where the day is full until now", []planner.Made{at(475, 500)}, 499, 474, true},
		{"before now where now is early", nil, 419, 419, true},
		{"another minute where now is early and one is taken", []planner.Made{at(419, 420)}, 419, 418, true},
		{"none at midnight", nil, -1, 0, false},
		{"none where every minute is taken", []planner.Made{at(0, 500)}, 499, 0, false},
	} {
		if got, ok := freeMinute(c.made, c.last); got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}
