package topology

import (
	"github.com/paulmach/orb"
)

// Kind is what is wrong with areas.
type Kind string

// The kinds of findings.
const (
	Overlap        Kind = "overlap"         // ground in two areas or more
	OverlapSliver  Kind = "overlap-sliver"  // the same, long and thin: a border drawn twice
	Gap            Kind = "gap"             // ground of a parent in no area, at the parent's border
	Hole           Kind = "hole"            // ground in no area, with areas all around
	GapSliver      Kind = "gap-sliver"      // either, long and thin: a border drawn twice
	OutsideParent  Kind = "outside-parent"  // ground of an area outside its parent
	UndeclaredPart Kind = "undeclared-part" // a part of an area that is declared to have fewer
	SelfCrossing   Kind = "self-crossing"   // ground around which an area's outline runs backward or twice
	DuplicateCode  Kind = "duplicate-code"  // a code that two areas have
	Spike          Kind = "spike"           // a border that turns back on itself
)

// Finding is one fault, and how it could be mended.
type Finding struct {
	Kind Kind
	// Codes are the areas concerned, ascending. Gap: the parent, if there is
	// one. OutsideParent: the area, then its parent.
	Codes  []string
	Place  orb.MultiPolygon // the ground in question; empty for a spike without ground
	At     orb.Point        // a point in the largest piece of it, lon-lat
	AreaM2 float64          // its square metres
	WidthM float64          // its mean width in metres: twice the area by the perimeter
	// Mends are the ways to mend it, the best first; none: it takes a decision.
	Mends   []Mend
	Message string // one sentence in English

	sheet    *Sheet
	cells    []int32
	hairline bool
}

// MendKind is a way to mend a fault.
type MendKind string

// The ways to mend.
const (
	// SnapToNeighbour moves one side of a sliver onto the other: nothing but the
	// sliver changes hands.
	SnapToNeighbour MendKind = "snap-to-neighbour"
	// GiveToLongestBorder gives ground to the area that has the longest border
	// with it, the smaller code of two. Only areas whose parent holds the ground
	// are asked.
	GiveToLongestBorder MendKind = "give-to-longest-border"
	// CutFrom leaves ground in several areas to the one of them that has the
	// longest border with it outside, the smaller code of two, and cuts it from
	// the others; areas whose parent holds the ground come first.
	CutFrom MendKind = "cut-from"
	// Drop takes ground away from an area, and gives it to none.
	Drop MendKind = "drop"
	// CountOnce takes the ground for the area's, however often its outline runs
	// around it.
	CountOnce MendKind = "count-once"
	// Unite makes areas of one code one area.
	Unite MendKind = "unite"
)

// Mend is one way to mend a fault.
type Mend struct {
	Kind MendKind
	To   string // the code of the area that has the ground afterwards; empty: none

	from []int32 // areas that lose the ground
	to   int32   // or none
}
