package data

import (
	"errors"
	"time"

	"sanse/geo"
	"sanse/planner"
)

// DraftState tells what has become of a draft.
type DraftState string

// The states of a draft.
const (
	DraftOpen      DraftState = "open"
	DraftPublished DraftState = "published"
	DraftDropped   DraftState = "dropped"
)

// DraftKind tells what a change of a draft does.
type DraftKind string

// The kinds of changes.
const (
	DraftReshape DraftKind = "reshape"
	DraftCreate  DraftKind = "create"
	DraftRetire  DraftKind = "retire"
	DraftMerge   DraftKind = "merge"
	DraftSplit   DraftKind = "split"
	DraftRename  DraftKind = "rename"
	DraftRecode  DraftKind = "recode"
	DraftDraw    DraftKind = "draw" // drawn by a search
	DraftMend    DraftKind = "mend" // findings of a check mended
)

// DraftKinds lists the kinds of changes.
func DraftKinds() []DraftKind {
	return []DraftKind{DraftReshape, DraftCreate, DraftRetire, DraftMerge, DraftSplit, DraftRename, DraftRecode, DraftDraw, DraftMend}
}

// Draft is a named set of changes to boundaries, without the changes.
type Draft struct {
	ID          int64 // numbered from 1 within the district; given by AddDraft
	Name        string
	Note        string
	Base        planner.Date // the day whose boundaries it changes
	BaseVersion int64        // the district's data version when they were taken
	State       DraftState
	Version     int64 // raised by every edit
	Position    int   // how many of the changes hold
	Changes     int   // how many there are, those undone included
	// Locks are the codes of areas that edits leave alone, with all that lies in
	// them, ascending; PutDraftLocks stores them, and nothing else does.
	Locks     []string
	CreatedAt time.Time
	ChangedAt time.Time
}

// DraftArea is an area as it is after a change of a draft.
type DraftArea struct {
	geo.Area
	Retired bool // the area ends; it has no boundary then
}

// Lineage says that one area came from another.
type Lineage struct {
	From string // code
	To   string // code; that of From where it goes on
}

// DraftChange is one change of a draft: the whole boundaries of all the areas
// that it touches, so that a shared border moves for both.
type DraftChange struct {
	Seq     int // its place in the draft, from 1; given by AddDraftChange
	Kind    DraftKind
	Areas   []DraftArea
	Lineage []Lineage
	At      time.Time
}

// Codes returns the codes of the areas that the change touches.
func (c *DraftChange) Codes() []string {
	out := make([]string, len(c.Areas))
	for i := range c.Areas {
		out[i] = c.Areas[i].Code
	}
	return out
}

// DraftEdit tells what made a version of a draft.
type DraftEdit struct {
	Version int64
	Verb    string // the kind of a change, or begin, describe, lock, undo, redo, rebase, drop, publish
	Areas   []string
	At      time.Time
}

// Publication is a set of boundaries that was published.
type Publication struct {
	ID        int64        // numbered from 1 within the district; given by AddPublication
	Draft     int64        // 0: a roll-back
	BackTo    planner.Date // the day whose boundaries a roll-back brings again; 0: a draft
	Effective planner.Date // the first day on which they hold
	At        time.Time
}

// AreaLineage is a lineage with the publication that it is of, given by
// AddPublication.
type AreaLineage struct {
	Lineage
	Heir        bool // who answered for From answers for To since; else To took but a piece
	Publication int64
	Effective   planner.Date
}

// AreaVersion is an area with both ends of a version of its boundary.
type AreaVersion struct {
	Area
	ValidTo planner.Date // the first day on which it no longer holds; 0: it still holds
}

// ErrVersion says that a draft is of another version than its editor believes.
var ErrVersion = errors.New("the draft has been changed meanwhile")
