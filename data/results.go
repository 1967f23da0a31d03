package data

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// PlanRecord is a plan without its itineraries.
type PlanRecord struct {
	ID      int64 // numbered from 1 within the district; given by PutPlan
	Start   planner.Date
	Days    int
	Seed    uint64
	MadeAt  time.Time
	Current bool            // the plan in force; PutPlan takes the mark from the one before
	Summary json.RawMessage // the canonical summary.json; nil is stored as {}
	// Cost and Shortages are the plan's; see planner.Plan.
	Cost      *planner.Cost
	Shortages []planner.Shortage
	// Replaces is the plan that this one was made from when something had
	// happened, Changes what that was and Moved what moved, both in JSON; 0 and
	// nil for a plan made from the beginning.
	Replaces int64
	Changes  json.RawMessage
	Moved    json.RawMessage
}

// ItineraryRecord is an itinerary with the way it takes.
type ItineraryRecord struct {
	planner.Itinerary
	// Route follows the streets from the start over the stops to the end, one
	// line a leg, WGS 84 lon-lat; nil where it is not known.
	Route orb.MultiLineString
}

// ItineraryFilter chooses itineraries; the zero value chooses all.
type ItineraryFilter struct {
	From, To planner.Date // both included; 0: open
	Visitors []string     // ids; empty: every visitor
	Area     string       // only walks with a stop in the area of this code
	NoRoutes bool         // leave Route nil, which is faster
}

// CoverageRun says what a computation of coverage was made for.
type CoverageRun struct {
	ID              int64        // numbered from 1 within the district; given by PutCoverage
	Date            planner.Date // the day whose facilities and streets were taken
	Minutes         int          // on foot
	MetresPerSecond float64
	StreetVersion   int
	MadeAt          time.Time
}

// CoverageRecord is a coverage run with all that it found.
type CoverageRecord struct {
	CoverageRun
	Areas []AreaCoverage
}

// AreaCoverage counts those in an area who can reach a service in the minutes
// of the run.
type AreaCoverage struct {
	Area             string // code
	Service          string
	People           int
	PeopleCovered    int
	Over60           int
	Over60Covered    int
	Residents        int // enrolled
	ResidentsCovered int
}

// ImportRecord is the trace that an import leaves.
type ImportRecord struct {
	ID      int64     // numbered from 1 within the district; given by PutImport
	Kind    string    // residents, visitors, streets, …
	Source  string    // base name of the file
	CRS     string    // as declared
	Read    int64     // rows
	Stored  int64     // rows
	Refused int64     // rows
	At      time.Time // when it was stored
}
