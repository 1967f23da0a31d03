package planner

import (
	"strings"

	"github.com/paulmach/orb"
)

// Problem is all that a plan is made from and checked against: plain values,
// the canonical JSON of docs/schema/problem.json. Dates are calendar days in
// TimeZone, clock times are local, durations are whole seconds unless the name
// says otherwise, points are [lon, lat] in WGS 84 degrees.
type Problem struct {
	District  string     `json:"district,omitempty"`
	Name      string     `json:"name,omitempty"`
	MadeUp    bool       `json:"made_up,omitempty"` // the people are invented
	Start     Date       `json:"start"`
	Days      int        `json:"days"`
	TimeZone  string     `json:"time_zone"`
	Policies  []Policy   `json:"policies"`
	Residents []Resident `json:"residents"`
	Visitors  []Visitor  `json:"visitors"`
	Areas     []Area     `json:"areas"`
	Matrices  []Matrix   `json:"matrices"`
	// CatchUpDays is the number of days from Start within which what is owed
	// is to be caught up; 0 stands for 7.
	CatchUpDays int `json:"catch_up_days,omitempty"`
}

// End returns the last day of the horizon.
func (p *Problem) End() Date { return p.Start + Date(p.Days) - 1 }

// Policy is one visit rule. It holds for every resident of its Grade or Kind;
// all rules that match a resident must hold. Exactly one of Grade and Kind is
// set, and exactly one of EveryDays, PerWeek, PerMonth and Pause.
type Policy struct {
	ID        string `json:"id,omitempty"`
	Grade     string `json:"grade,omitempty"`
	Kind      string `json:"kind,omitempty"`
	EveryDays int    `json:"every_days,omitempty"` // at most so many days from a visit to the next
	PerWeek   int    `json:"per_week,omitempty"`   // at least so many visits in each calendar week, Monday to Sunday
	PerMonth  int    `json:"per_month,omitempty"`  // at least so many visits in each calendar month
	// Patterns, when set, allows visits in a calendar week only on weekdays
	// that all lie in one of the patterns: [[1,4],[2,5]] is Monday and
	// Thursday, or Tuesday and Friday. 1 is Monday.
	Patterns [][]int `json:"patterns,omitempty"`
	// Pause suspends every rule for those whom it matches, from From to To.
	Pause bool `json:"pause,omitempty"`
	// From and To bound the days on which the rule holds, both included; nil
	// is open. A surge is a rule with both.
	From *Date `json:"from,omitempty"`
	To   *Date `json:"to,omitempty"`
}

// DateRange is a run of days, both ends included.
type DateRange struct {
	From Date `json:"from"`
	To   Date `json:"to"`
}

// Resident is a person to be visited. Nothing in it says who the person is.
type Resident struct {
	ID        string    `json:"id"`
	Grade     string    `json:"grade"`
	Kinds     []string  `json:"kinds"`
	Location  orb.Point `json:"location"`
	Grid      string    `json:"grid"`                 // code of the grid
	MicroGrid string    `json:"micro_grid,omitempty"` // code of the micro-grid, where there is one
	Minutes   int       `json:"minutes"`              // length of a visit
	LastVisit *Date     `json:"last_visit"`           // last counted visit before Start, nil if never seen
	// Visits are all counted visits before Start that a window may still need
	// (at least those since the first day of the month before Start and of
	// the week before it), ascending, LastVisit the last of them.
	Visits []Date `json:"visits,omitempty"`
	// Team is the five named visitors (五包一), best first. They are preferred;
	// scope alone decides who may.
	Team []string `json:"team,omitempty"`
	// Absent are days on which the resident is away (in hospital): no visit
	// is planned and no rule runs.
	Absent []DateRange `json:"absent,omitempty"`
	// Block is the planning block: the code of the community.
	Block string `json:"block"`
}

// In tells whether the resident lives in the area of that code.
func (r *Resident) In(area string) bool {
	return strings.HasPrefix(r.Grid, area) || r.MicroGrid != "" && strings.HasPrefix(r.MicroGrid, area)
}

// Tier is the rank of a visitor in the ladder that covers a missed visit
// (三级补位), first to last. A smaller value goes first.
type Tier uint8

// The tiers.
const (
	TierMicroGrid  Tier = iota + 1 // micro-grid leader 微网格长 and whoever works beside them
	TierGrid                       // grid leader 一般网格长
	TierMasterGrid                 // master-grid leader 总网格长
	TierTaskForce                  // task force 工作专班 and departments
)

// Visitor is a person who makes visits.
type Visitor struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"`
	Tier     Tier       `json:"tier"`  // as text: micro-grid, grid, master-grid, task-force; read as 1 to 4 and in Chinese too
	Scope    []string   `json:"scope"` // may visit residents of these areas
	Start    orb.Point  `json:"start"` // where a working day begins
	End      *orb.Point `json:"end"`   // where it ends; nil: at the last door
	Shifts   []Shift    `json:"shifts"`
	DaysOff  []Date     `json:"days_off"`
	Mode     string     `json:"mode"`               // "foot", "e-bike"
	Capacity int        `json:"capacity,omitempty"` // visits a day at most; 0: no bound
}

// Shift is a span of a weekday in which a visitor can make visits; patrol is
// already taken out. A visitor makes at most one itinerary in a shift, from
// Start back to End inside it.
type Shift struct {
	Weekday int   `json:"weekday"` // 1 = Monday
	From    Clock `json:"from"`
	To      Clock `json:"to"`
}

// Area is the part of geo.Area that a plan needs.
type Area struct {
	Code   string `json:"code"`
	Level  string `json:"level"`
	Parent string `json:"parent"`
	Name   string `json:"name,omitempty"`
}

// Matrix holds the travel times of one block for one mode. Seconds[i][j] is
// the time from Locations[i] to Locations[j]; -1: no way, or, between the places
// of two visitors, where nobody walks, not asked for. A location is named
// by the id of the resident or of the visitor who starts there; the end of a
// visitor that is another place than the start is "<visitor>:end".
type Matrix struct {
	Block     string    `json:"block"`
	Mode      string    `json:"mode,omitempty"` // empty: foot
	Locations []string  `json:"locations"`
	Seconds   [][]int32 `json:"seconds"`
}
