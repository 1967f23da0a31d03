// Package ladder says who covers a visit that is not made in time (三级补位):
// on the last day of a window the visitor is reminded, then the visit goes from
// tier to tier, each with a deadline that lies inside the day, and what is not
// done at midnight is a lapse.
//
// A ladder is one resident and one day. Its events are numbered: 0 is the
// reminder, 1 to n the steps of the district's Rule, n+1 the lapse. Due tells
// which of them are to happen by now, given how many have happened; Opens tells
// on which days a resident has a ladder, and a Roster who takes a step.
//
// There is no clock and no timer here. Whoever keeps ladders stores the number of
// events that happened and asks again whenever Due said, or later, or twice:
//
//	events, next := ladder.Due(&rule, day, taken, now)
//	// store events, taken += len(events), ask again at next
//
// Invariants: events happen in order, each once, none before its time, whatever
// the moments at which Due is asked, a clock that is set back among them. Values
// in, values out; nothing here changes what it is given.
//
// docs/ladder.md describes the rules.
package ladder
