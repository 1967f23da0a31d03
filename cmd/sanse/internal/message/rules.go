package message

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sanse/planner"
)

// Rules say by which channels a district lets what be told, and when not. The zero
// value is for messages in the app alone.
type Rules struct {
	// Push and Webhook turn a channel on. Both lead out of the house, so they are off
	// until a district decides.
	Push, Webhook bool
	// Kinds are the channels of each kind; one that is not named has none.
	Kinds map[Kind][]Channel
	// Quiet are the hours in which nothing is sent that can wait; nil: there are none.
	Quiet *Quiet
}

// Quiet is a time of day from which to which nobody is disturbed, over midnight where
// From is the later. It is of the district's zone.
type Quiet struct{ From, To planner.Clock }

// Reference is what a district may begin from: everything by both channels once they
// are turned on, but what somebody does not need to know outside the app; quiet from
// nine in the evening until seven.
func Reference() Rules {
	r := Rules{Kinds: map[Kind][]Channel{}, Quiet: &Quiet{From: 21 * 60, To: 7 * 60}}
	for _, k := range Kinds {
		switch k {
		case Passed, Plan, Handed:
			r.Kinds[k] = []Channel{Push}
		default:
			r.Kinds[k] = []Channel{Push, Webhook}
		}
	}
	return r
}

// What is wrong with rules or a choice; the name of what it is about is in front.
var (
	errKind    = errors.New("there is no such kind of message")
	errChannel = errors.New("there is no such channel: want push or webhook")
	errTwice   = errors.New("it is named twice")
	errQuiet   = errors.New("want two different times of day, before 24:00")
)

// Validate says what is wrong with rules, by the name of the field.
func (r *Rules) Validate() error {
	for k, list := range r.Kinds {
		if !k.Valid() {
			return fmt.Errorf("kinds: %w", errKind)
		}
		for i, c := range list {
			switch {
			case !c.Valid():
				return fmt.Errorf("kinds.%s: %w", k, errChannel)
			case slices.Contains(list[:i], c):
				return fmt.Errorf("kinds.%s: %w", k, errTwice)
			}
		}
	}
	if q := r.Quiet; q != nil && (q.From < 0 || q.To < 0 || q.From >= 24*60 || q.To >= 24*60 || q.From == q.To) {
		return fmt.Errorf("quiet: %w", errQuiet)
	}
	return nil
}

// on tells whether a channel is turned on.
func (r *Rules) on(c Channel) bool { return c == Push && r.Push || c == Webhook && r.Webhook }

// Lets are the channels by which a kind may be told. The test takes all that are on.
func (r *Rules) Lets(k Kind) (out []Channel) {
	for _, c := range Channels {
		if r.on(c) && (k == Test || slices.Contains(r.Kinds[k], c)) {
			out = append(out, c)
		}
	}
	return out
}

// urgent tells whether a kind is told whatever the hour: a ladder has hours of its
// own, which the district set, and so have emergencies.
func urgent(k Kind, emergency bool) bool {
	switch k {
	case Reminder, Holder, Passed, Again, Test:
		return true
	case Case, CaseNear, CaseOver:
		return emergency
	default:
		return false
	}
}

// From is the first moment from now on at which a message may be sent: now, or, of
// what can wait, when the quiet hours end. Now is in the zone of the district.
func (r *Rules) From(k Kind, emergency bool, now time.Time) time.Time {
	q := r.Quiet
	if q == nil || urgent(k, emergency) {
		return now
	}
	clock := planner.Clock(now.Hour()*60 + now.Minute())
	over := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 0, int(q.To), 0, 0, now.Location())
	}
	switch {
	case q.From < q.To && clock >= q.From && clock < q.To, q.From > q.To && clock < q.To:
		return over(0)
	case q.From > q.To && clock >= q.From:
		return over(1)
	}
	return now
}

// Choice is what somebody has chosen among what the district lets.
type Choice struct {
	Language string // zh or en; empty: zh
	// Off are the channels that they do not want, by kind.
	Off map[Kind][]Channel
}

// errLanguage is said of any other.
var errLanguage = errors.New("language: want zh or en")

// Validate says what is wrong with a choice, by the name of the field.
func (c *Choice) Validate() error {
	if c.Language != "" && c.Language != "zh" && c.Language != "en" {
		return errLanguage
	}
	for k, list := range c.Off {
		if !k.Valid() {
			return fmt.Errorf("off: %w", errKind)
		}
		for _, ch := range list {
			if !ch.Valid() {
				return fmt.Errorf("off.%s: %w", k, errChannel)
			}
		}
	}
	return nil
}

// Ways are the channels by which somebody is told of a kind: those that the district
// lets and they have not turned off. An emergency comes by all that the district lets.
func Ways(r *Rules, c *Choice, k Kind, emergency bool) []Channel {
	ways := r.Lets(k)
	if emergency {
		return ways
	}
	return slices.DeleteFunc(ways, func(ch Channel) bool { return slices.Contains(c.Off[k], ch) })
}
