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
	// Tasks are field work beside the care visits: services at home, patrol
	// points, the doors of a sweep.
	Tasks []Task `json:"tasks,omitempty"`
	// Slow are days on which travel takes longer.
	Slow []Slow `json:"slow,omitempty"`
	// Now, if set, is a moment inside the horizon: what lies before it is past.
	// Only visits in Made happened; only shifts, or what is left of them, from
	// Now on can be planned. A plan may hold that somebody is on the way at Now:
	// who left the last place before, to a visit that begins at Now or later.
	// nil: the whole horizon is open.
	Now *Moment `json:"now,omitempty"`
	// Made are the visits made between Start and Now, those of one visitor and
	// day in order of time. They are part of every plan, as they are written
	// here: an itinerary a visitor and day, or the first stops of one.
	Made []Made `json:"made,omitempty"`
	// Locks are visits that must be planned as they say. One that cannot be
	// kept, whatever else is planned, binds nobody, or without its hour, and is
	// among Warnings.
	Locks []Lock `json:"locks,omitempty"`
	// FairnessPercent is the share of working and walking time that may be
	// spent on evening out the minutes of care per week among the visitors of
	// a block: 0 stands for 3, below 0 for none.
	FairnessPercent int `json:"fairness_percent,omitempty"`
}

// End returns the last day of the horizon.
func (p *Problem) End() Date { return p.Start + Date(p.Days) - 1 }

// Policy is one visit rule. It holds for every resident of its Grade or Kind;
// all rules that match a resident must hold. Exactly one of Grade and Kind is
// set (none where it is a rule of a Task), and exactly one of EveryDays,
// PerWeek, PerMonth, Once and Pause.
type Policy struct {
	ID        string `json:"id,omitempty"`
	Grade     string `json:"grade,omitempty"`
	Kind      string `json:"kind,omitempty"`
	EveryDays int    `json:"every_days,omitempty"` // at most so many days from a visit to the next
	PerWeek   int    `json:"per_week,omitempty"`   // at least so many visits in each calendar week, Monday to Sunday
	PerMonth  int    `json:"per_month,omitempty"`  // at least so many visits in each calendar month
	// Once asks for one visit between From and To, which it needs both: a door
	// of a sweep, a service that was promised.
	Once bool `json:"once,omitempty"`
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
	ID    string `json:"id"`
	Grade string `json:"grade"`
	// Before are the grades that held until Grade did, ascending: the rules of each
	// hold to its last day, those of Grade from the day after the last one on.
	Before    []Graded  `json:"before,omitempty"`
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
	Needs
}

// Graded is a grade that held to a day, that day included.
type Graded struct {
	Grade string `json:"grade"`
	To    Date   `json:"to"`
}

// NewGrade tells since when a resident's grade holds in the place of which other one,
// if nobody has been there since; fresh is false where the grade is that of always, or
// somebody has.
func (r *Resident) NewGrade() (was string, since Date, fresh bool) {
	n := len(r.Before)
	if n == 0 {
		return "", 0, false
	}
	last := r.Before[n-1]
	return last.Grade, last.To + 1, r.LastVisit == nil || *r.LastVisit <= last.To
}

// Needs say what a visit asks of the day and of the visitor beyond scope.
type Needs struct {
	// Hours are the times in which a visit may begin, both ends included, by
	// weekday; a visit may end after them. Empty: any time. A weekday that is
	// not named is closed.
	Hours []Shift `json:"hours,omitempty"`
	// Skills are all needed of every visitor who comes.
	Skills []string `json:"skills,omitempty"`
	// VisitorKinds are the kinds of visitor who may come; empty: any.
	VisitorKinds []string `json:"visitor_kinds,omitempty"`
	// People is the number of visitors who must be there together: 0 stands
	// for 1, 2 is the most.
	People int `json:"people,omitempty"`
	// Prefer are visitors who are to come rather than anybody of the team.
	Prefer []string `json:"prefer,omitempty"`
}

// Task is field work with a place, a duration and rules: a service at a
// resident's home (Kind "service"), a patrol point ("patrol"), a door of a
// sweep ("door") or a kind of the district's own. Whoever may do it is told by
// scope, as for residents, and Needs.
type Task struct {
	ID   string `json:"id"` // not that of a resident, visitor or other task
	Kind string `json:"kind"`
	// Resident is whose home it is done at: Location, Grid, MicroGrid and
	// Block are then the resident's and left empty, and the resident's absent
	// days count. Empty: a place of its own.
	Resident  string    `json:"resident,omitempty"`
	Location  orb.Point `json:"location,omitzero"`
	Grid      string    `json:"grid,omitempty"`
	MicroGrid string    `json:"micro_grid,omitempty"`
	Block     string    `json:"block,omitempty"`
	Minutes   int       `json:"minutes"`
	// Rules are its own, without grade and kind; all of them hold.
	Rules []Policy `json:"rules"`
	// Done are the days before Start on which it was done, ascending. A task
	// that was never done is not owed: its first interval opens on Start.
	Done   []Date      `json:"done,omitempty"`
	Absent []DateRange `json:"absent,omitempty"`
	// Weight is what a lapse counts, 1000 at most; 0: as for a resident, the
	// visits that the strictest rule asks for in four weeks.
	Weight int `json:"weight,omitempty"`
	Needs
}

// Slow lengthens travel on some days: snow, heat, a flood.
type Slow struct {
	From    Date   `json:"from"`
	To      Date   `json:"to"`
	Mode    string `json:"mode,omitempty"` // of travel; empty: every mode
	Percent int    `json:"percent"`        // of the usual time, 100 to 1000; seconds are rounded up
}

// Moment is a time of a day.
type Moment struct {
	Date  Date  `json:"date"`
	Clock Clock `json:"clock"`
}

// Made is a visit, or a task done, between Start and Now.
type Made struct {
	Resident string `json:"resident,omitempty"` // one of Resident and Task
	Task     string `json:"task,omitempty"`
	Visitor  string `json:"visitor"`
	Date     Date   `json:"date"`
	Arrive   Clock  `json:"arrive"`
	Leave    Clock  `json:"leave"`
}

// Lock is a visit that must be planned on a day, by a visitor where one is
// named.
type Lock struct {
	Resident string `json:"resident,omitempty"` // one of Resident and Task
	Task     string `json:"task,omitempty"`
	Date     Date   `json:"date"`
	Visitor  string `json:"visitor,omitempty"`
	// By is when the visit begins at the latest; 0: at any time of the day. Where
	// nobody who is meant can be there by then, whatever else is planned, the lock
	// binds without it.
	By Clock `json:"by,omitempty"`
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
	Skills   []string   `json:"skills,omitempty"`
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
// by the id of the resident, of the task with a place of its own or of the
// visitor who starts there; the end of a visitor that is another place than the
// start is "<visitor>:end".
type Matrix struct {
	Block     string    `json:"block"`
	Mode      string    `json:"mode,omitempty"` // empty: foot
	Locations []string  `json:"locations"`
	Seconds   [][]int32 `json:"seconds"`
	// From and To bound the days on which it holds, both included; nil is
	// open. Of the matrices of a block and mode that hold on a day the one with
	// the latest From counts.
	From *Date `json:"from,omitempty"`
	To   *Date `json:"to,omitempty"`
}
