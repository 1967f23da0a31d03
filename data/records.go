package data

import (
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/planner"
)

// District is the record every other one belongs to.
type District struct {
	Code        string // digits; six for a real district
	Name        string
	TimeZone    string // IANA name
	MadeUp      bool   // the people (and, in the demo district, the ground) are invented
	Note        string // what is made up, shown wherever the district is shown
	Attribution string // who is to be named for the map data, "© OpenStreetMap contributors"
	// ReviewNumber is that under which the district's maps were reviewed (审图号);
	// empty: none is set. PutDistrict leaves it as it is: see SetReviewNumber.
	ReviewNumber string
}

// Area is an area with the day its boundary version begins.
type Area struct {
	geo.Area
	ValidFrom planner.Date
	// Cells are the H3 cover of the boundary, ascending, where the area is one
	// that is drawn by cells (a grid, at resolution 11).
	Cells []int64
}

// Building is a footprint where people live.
type Building struct {
	ID       string
	Name     string
	Kind     string // an OpenStreetMap building value: apartments, house, dormitory, yes …
	Address  string
	Units    int
	Floors   int
	Boundary orb.MultiPolygon
}

// Population counts people in a building, or in an H3 cell where buildings are
// not known. Exactly one of Building and Cell is set.
type Population struct {
	Building   string
	Cell       int64 // H3 index
	Households int
	People     int
	Over60     int
	Over80     int
	Under18    int
	Disabled   int
	// Place is the kind of place: town, suburb, village, old_estate,
	// migrants_quarter; empty if not known.
	Place string
	// Location is where these people are counted: the building's or the
	// cell's centre. Set by the importer.
	Location orb.Point
	// Grid and MicroGrid are membership, decided by geo; empty if not decided.
	Grid      string
	MicroGrid string
}

// Spot is the key of the count within its district: b and the building's id, or
// c and the cell.
func (p *Population) Spot() string {
	if p.Building != "" {
		return "b" + p.Building
	}
	return "c" + strconv.FormatInt(p.Cell, 10)
}

// Facility gives a service.
type Facility struct {
	ID       string
	Name     string
	Service  string // a key of Services
	Capacity int    // people at a time or a day (of elder_care: beds); 0: not known
	InUse    int
	Status   string // open, idle, planned
	Address  string
	AreaM2   int // of its service rooms, square metres; 0: not known
	Staff    int // who work there; 0: not known
	// Hours are the times at which it is open, by weekday and time, none of
	// them overlapping. Nil: not known, to be taken for always. Empty and not
	// nil: closed all week.
	Hours    []planner.Shift
	Location orb.Point
	Grid     string // membership, decided by geo; empty if not decided
}

// Person is what only those may read who need to: kept sealed.
type Person struct {
	Name     Sealed
	IDNumber Sealed
	Phone    Sealed
	Address  Sealed
	Note     Sealed
}

// Resident is a resident enrolled for visits.
type Resident struct {
	ID       string // opaque; says nothing of the person
	Grade    string
	Kinds    []string
	Location orb.Point
	Building string // id of the building, if known
	Unit     string
	// Grid and MicroGrid are membership, decided by geo when the record is
	// stored; Declared is the area code that the file itself names, if any.
	Grid      string
	MicroGrid string
	Declared  string
	Minutes   int // length of a visit; 0: by grade
	Enrolled  planner.Date
	Team      []string // visitor ids, best first
	Absent    []planner.DateRange
	Needs     planner.Needs
	Person    Person
}

// Visitor is a person who makes visits.
type Visitor struct {
	planner.Visitor
	Name  Sealed
	Phone Sealed
	// Left is the day from which they no longer visit; 0: they do. Who has left has no
	// areas, no hours and no skills.
	Left planner.Date
}

// Visit is a visit of the past: done or missed.
type Visit struct {
	Resident string
	Visitor  string // may be empty
	Date     planner.Date
	Done     bool // false: somebody was due and did not come, or nobody answered
	// Grid is the resident's on that day; left empty when storing, it is taken
	// from the resident's record.
	Grid string
}

// Task is field work with a place, a duration and rules: a service at a
// resident's home, a patrol point, a door of a sweep.
type Task struct {
	ID   string // opaque; not that of a resident or a visitor
	Kind string // a key of TaskKinds, or the district's own word
	What string // what is done: a key of Skills, or words; nothing personal
	// Resident is whose home it is done at; then Location, Grid and MicroGrid
	// are empty, for they are the resident's.
	Resident  string
	Location  orb.Point
	Grid      string // membership, decided by geo when the record is stored
	MicroGrid string
	Minutes   int
	Rules     []planner.Policy // without grade and kind
	Absent    []planner.DateRange
	Weight    int // what a lapse counts; 0: by the rules
	Needs     planner.Needs
	Address   Sealed
}

// TaskVisit is a task of the past: done or missed.
type TaskVisit struct {
	Task    string
	Visitor string // may be empty
	Date    planner.Date
	Done    bool
}

// Policy is a visit rule with its id.
type Policy = planner.Policy

// Street is one piece of the walking network, kept for drawing.
type Street struct {
	ID    int64
	Class string // highway value, or "water", "waterway" for ground that is drawn with it
	Name  string
	Line  orb.LineString
}

// StreetVersion is a walking network: a base as it was imported, or a base with
// the changes of an overlay that were in force when it was made.
type StreetVersion struct {
	Version     int
	Source      string // base name of the file it came from
	Attribution string
	Imported    time.Time
	Base        int    // the version underneath; 0 for a base
	Overlay     int    // the version of the overlay in it; 0 for none
	InForce     string // a digest of the changes in it; empty for none
}

// StreetOverlay is a district's file of changes to its streets, as imported.
type StreetOverlay struct {
	Version  int
	Source   string // base name of the file
	Imported time.Time
	Changes  []byte // the file
}
