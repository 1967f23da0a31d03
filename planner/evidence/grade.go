package evidence

import (
	"math"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
)

// Grade is what vouches for a record.
type Grade string

// The grades, the best first.
const (
	ByCode  Grade = "code"  // the code at the door, in force and of that door
	ByPlace Grade = "place" // made near the door
	ByTime  Grade = "time"  // came in while it happened
	ByHand  Grade = "hand"  // nothing but the word of who made it
)

// Grades are all grades, the best first.
var Grades = []Grade{ByCode, ByPlace, ByTime, ByHand}

// Rule are the bounds by which records are graded and flagged. A zero bound flags
// nothing.
type Rule struct {
	NearMetres int           // up to here a record is made near the door
	FarMetres  int           // from here on it is far
	Prompt     time.Duration // up to so long after its end a record came in while it happened
	Short      time.Duration // a visit of less is short
	MetresPerS float64       // from one door to the next nobody is faster, by any means of a visitor
	MinMove    int           // metres between two doors under which nobody is too fast
	FirstHour  int           // of the day, local; a visit before is out of hours
	LastHour   int           // and one at or after
	SameMinute int           // so many records of one person in one minute
	SkewedBy   time.Duration // a clock further off is wrong
}

// Reference returns the bounds of districts that have none of their own: near is
// 100 m and far 300 m, a visit takes three minutes, and from door to door nobody
// is faster than 60 km/h.
func Reference() Rule {
	return Rule{
		NearMetres: 100, FarMetres: 300, Prompt: 15 * time.Minute, Short: 3 * time.Minute, MetresPerS: 60 / 3.6, MinMove: 300,
		FirstHour: 6, LastHour: 22, SameMinute: 3, SkewedBy: 10 * time.Minute,
	}
}

// metresStep is to what distances are coarsened, and maxMetres the most that is
// told.
const (
	metresStep = 50
	maxMetres  = 100_000
)

// Metres returns how far from a home a record was made at least, WGS 84 lon-lat,
// by a phone that may be wrong by accuracy metres: to the nearest 50, at most
// 100,000. Where it was made cannot be told from it.
func Metres(home, at orb.Point, accuracy float64) int {
	d := geo.Distance(home, at) - math.Max(0, accuracy)
	if math.IsNaN(d) || d < 0 {
		return 0
	}
	return int(math.Round(math.Min(d, maxMetres)/metresStep)) * metresStep
}

// Grade grades a record: code tells that it was made with a code in force of that
// door, metres how far from it at least (nil: not known), ended when it ended and
// received when it came in.
func (r Rule) Grade(code bool, metres *int, ended, received time.Time) Grade {
	switch {
	case code:
		return ByCode
	case metres != nil && *metres <= r.NearMetres:
		return ByPlace
	case received.Sub(ended) <= r.Prompt:
		return ByTime
	}
	return ByHand
}
