package message

import (
	"slices"
	"time"
)

// Kind is what a message is about.
type Kind string

// The kinds of messages.
const (
	Reminder Kind = "reminder"  // the last day of a window: somebody must come today
	Holder   Kind = "holder"    // a visit that is not made is yours now
	Passed   Kind = "passed"    // a visit that was yours is somebody else's now
	Again    Kind = "again"     // a visit that is yours is due soon
	Case     Kind = "case"      // a case is yours
	CaseNear Kind = "case_near" // its deadline is near
	CaseOver Kind = "case_over" // its deadline is over
	Plan     Kind = "plan"      // the plan of today or tomorrow has changed
	Handed   Kind = "handed"    // somebody was handed to you
	Test     Kind = "test"      // an administrator tries whether messages arrive
)

// Kinds are all kinds but the test, in the order in which people are told of them.
var Kinds = []Kind{Reminder, Holder, Passed, Again, Case, CaseNear, CaseOver, Plan, Handed}

// Channel is a way to somebody beside the list of messages in the app, where all of
// them stand.
type Channel string

// The channels.
const (
	Push    Channel = "push"    // web push: through the house that made the browser
	Webhook Channel = "webhook" // the district's own gateway for SMS or WeCom
)

// Channels are all of them.
var Channels = []Channel{Push, Webhook}

// near is how long before a deadline somebody is told again, of a clock that runs for
// so long: of hours half an hour, of days on the day itself, of minutes a third.
func near(span time.Duration) time.Duration {
	switch {
	case span >= 24*time.Hour:
		return 8 * time.Hour
	case span > time.Hour:
		return 30 * time.Minute
	default:
		return span / 3
	}
}

// NearAt is when somebody is told that a deadline is near, of a clock that was set
// at a time.
func NearAt(set, deadline time.Time) time.Time { return deadline.Add(-near(deadline.Sub(set))) }

// MaxNear is the longest that somebody is told before a deadline.
const MaxNear = 8 * time.Hour

// Backoff is how long it is waited after the n-th try, from 1, that was in vain: half a
// minute, twice as long each time, an hour at most.
func Backoff(n int) time.Duration {
	return min(30*time.Second<<min(max(n-1, 0), 10), time.Hour)
}

// MaxTries is after how many tries in vain a message is given up; at the pace of
// Backoff that is half a day, which few messages last.
const MaxTries = 16

// Valid tells whether it is one of Kinds.
func (k Kind) Valid() bool { return slices.Contains(Kinds, k) }

// Valid tells whether it is one of Channels.
func (c Channel) Valid() bool { return slices.Contains(Channels, c) }
