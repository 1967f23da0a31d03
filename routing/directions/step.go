package directions

import (
	"github.com/paulmach/orb"
)

// Type is what happens at the beginning of a step, in OSRM's words.
type Type string

// The types that a guide gives. A client that does not know one takes it as a
// turn.
const (
	Depart         Type = "depart"
	Arrive         Type = "arrive"
	Turn           Type = "turn"
	Continue       Type = "continue" // a turn to stay on the same street
	NewName        Type = "new name" // the same way on, under another name
	Fork           Type = "fork"
	EndOfRoad      Type = "end of road"
	Roundabout     Type = "roundabout"
	ExitRoundabout Type = "exit roundabout"
	Notification   Type = "notification" // no turn: stairs begin or end, a bicycle is pushed or ridden again
)

// Modifier is the direction of a change, in OSRM's words. For Depart and Arrive
// it is the side of the street on which the place lies; "" where the place is
// on the street itself.
type Modifier string

// The modifiers, clockwise from straight.
const (
	Straight    Modifier = "straight"
	SlightRight Modifier = "slight right"
	Right       Modifier = "right"
	SharpRight  Modifier = "sharp right"
	UTurn       Modifier = "uturn"
	SharpLeft   Modifier = "sharp left"
	Left        Modifier = "left"
	SlightLeft  Modifier = "slight left"
)

// Mode is how a stretch is passed, in OSRM's words.
type Mode string

// The modes.
const (
	Walking Mode = "walking"
	Pushing Mode = "pushing bike"
	Cycling Mode = "cycling"
	Driving Mode = "driving"
)

// Manoeuvre is what is to be done at the beginning of a step.
type Manoeuvre struct {
	Type     Type
	Modifier Modifier
	Location orb.Point // lon-lat
	// Directions of travel just before and just after, degrees clockwise from
	// north, 0 to 359; 0 where there is none (before Depart, after Arrive).
	BearingBefore, BearingAfter int
	// Exit is which way out of a roundabout is taken, from 1; 0 elsewhere and
	// when the way ends inside.
	Exit int
}

// Intersection is a place where a choice of ways is passed; the first of a step
// is that of its manoeuvre.
type Intersection struct {
	Location orb.Point
	// Bearings are those of all ways that leave here, ascending, 0 to 359, and
	// Entry tells which of them may be entered.
	Bearings []int
	Entry    []bool
	// In and Out are indices of Bearings; -1 where there is none. In is the way
	// back to where one comes from.
	In, Out int
}

// Stairs tells how stairs are walked.
type Stairs uint8

// Up and down are known where the street map has an incline.
const (
	NoStairs Stairs = iota
	StairsUp
	StairsDown
	StairsEither
)

// Step is one manoeuvre and the stretch that follows it.
type Step struct {
	Manoeuvre Manoeuvre
	Name      string // of the street; "" where it has none
	Class     string // of the street, where it has no name to go by
	Mode      Mode
	Stairs    Stairs
	// Alike tells that this street has the name of the one before, or that neither
	// has one and they are of one kind: then it is not told as if it were new.
	Alike bool
	// Metres and Millis of the stretch; over all steps they add up to the
	// path's.
	Metres float64
	Millis uint32
	// Line is the stretch, lon-lat; of Arrive it is the last point twice.
	Line          orb.LineString
	Intersections []Intersection
	// What is passed on the stretch. Each is counted in one step only.
	Signals, Crossings, Gates, Lifts int
	// OffStreet is how many metres the place lies off the street: at the
	// beginning in Depart, at the end in Arrive. They are in Metres of the
	// first and the last stretch, unless the path itself leaves them out.
	OffStreet float64
	// OffMetres is how much of Metres is walked off the street and told by itself
	// (20 m or more): what is told of the stretch leaves it out.
	OffMetres float64
	// First and Past are the pieces of the path that belong to the step:
	// Path.Steps[First:Past].
	First, Past int
}

// along is how many metres are told of the stretch.
func (s *Step) along() float64 { return max(0, s.Metres-s.OffMetres) }
