package reach

import (
	"errors"
	"fmt"

	"sanse/routing"
)

// Reason says why something does not count. The empty one is that it does.
type Reason string

// Reasons. The first three are of anything that has a place, the others of
// facilities.
const (
	NoPosition    Reason = "no_position"     // no longitude and latitude
	Outside       Reason = "outside"         // off the street map
	TooFar        Reason = "too_far"         // on the map, but no street is near enough
	NotOpen       Reason = "not_open"        // idle or planned
	ClosedAllWeek Reason = "closed_all_week" // its hours hold no time at all
	ClosedThen    Reason = "closed_then"     // not at the moment asked for
)

// Text is the reason in a sentence, for streets looked for within so many
// metres.
func (r Reason) Text(maxMetres float64) string {
	switch r {
	case "":
		return ""
	case NoPosition:
		return "no position in degrees of longitude and latitude"
	case Outside:
		return fmt.Sprintf("outside the street map, more than %.0f m from its edge", maxMetres)
	case TooFar:
		return fmt.Sprintf("no street within %.0f m", maxMetres)
	case NotOpen:
		return "idle or planned"
	case ClosedAllWeek:
		return "closed all week"
	case ClosedThen:
		return "closed at the moment asked for"
	}
	return string(r)
}

// reasonOf tells why a place could not be snapped.
func reasonOf(err error) Reason {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, routing.ErrOutside):
		return Outside
	case errors.Is(err, routing.ErrTooFar):
		return TooFar
	}
	return NoPosition
}

// Unplaced is what does not count though it should: a place of demand that no
// street is near, or an open facility that nobody can walk to or that is closed
// all week.
type Unplaced struct {
	Facility bool // else a place of demand
	Index    int  // in what New was given; facilities that Try added come behind
	Reason   Reason
}

// Unplaced lists what does not count though it should, demand first, each in the
// order of the input. Idle and planned facilities are not in it, nor those closed
// at the moment asked for: Why tells of them.
func (x *Index) Unplaced() []Unplaced {
	var out []Unplaced
	for i, why := range x.lost {
		if why != "" {
			out = append(out, Unplaced{Index: i, Reason: why})
		}
	}
	for i := range x.facilities {
		switch why := x.Why(i); why {
		case NoPosition, Outside, TooFar, ClosedAllWeek:
			out = append(out, Unplaced{Facility: true, Index: i, Reason: why})
		}
	}
	return out
}

// Why tells why a facility does not count; it is empty for one that does.
func (x *Index) Why(facility int) Reason {
	f := &x.facilities[facility]
	switch {
	case !f.Open:
		return NotOpen
	case x.astray[facility] != "":
		return x.astray[facility]
	case f.Hours.ClosedAllWeek():
		return ClosedAllWeek
	case x.o.At != nil && !f.Hours.Open(*x.o.At):
		return ClosedThen
	}
	return ""
}

// DemandReason tells why a place of demand is on no street; it is empty for one
// that is on a street.
func (x *Index) DemandReason(i int) Reason { return x.lost[i] }
