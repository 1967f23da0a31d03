package reports

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/topology"
	"sanse/planner"
)

// Effect is what a redraw of grids would do, told before it is published: who
// moves, what becomes of each area, and what becomes of the visits. It holds
// the true numbers and opaque ids, never a name: it is for those who answer for
// the district. docs/effect.md says what each figure means.
type Effect struct {
	District    string       `json:"district"` // code
	Name        string       `json:"name"`
	MadeUp      bool         `json:"made_up"`
	From        planner.Date `json:"from"`            // the first day of the new boundaries
	Days        int          `json:"days"`            // of the plans that are compared, from From on
	Made        string       `json:"made,omitempty"`  // local time, as it is to be shown
	Draft       *EffectDraft `json:"draft,omitempty"` // what it is the effect of; nil: of a file
	DataVersion int64        `json:"data_version"`    // of the records that it was made from
	// Findings are the places where the proposal does not tile and the areas of
	// today do; none where all is well.
	Findings []EffectFinding `json:"findings"`
	Changes  EffectChanges   `json:"changes"`
	Areas    []EffectArea    `json:"areas"` // grids and micro-grids that change or whose people do, by code
	Moved    EffectMoved     `json:"moved"`
	Moves    []EffectMove    `json:"moves"` // residents who get another grid or micro-grid: red first, then by id
	InFlight EffectInFlight  `json:"in_flight"`
	Plan     EffectPlan      `json:"plan"`

	// Places are where the residents who move live, for the map of those who
	// answer for the area; not part of the file.
	Places []EffectPlace `json:"-"`
	// Before and After are the areas of the communities that the redraw
	// touches, with their boundaries, for the maps; not part of the file.
	Before []geo.Area `json:"-"`
	After  []geo.Area `json:"-"`
}

// EffectDraft names a draft and the state of it that was looked at.
type EffectDraft struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Version int64  `json:"version"`
}

// EffectPlace is one point where residents of one grade live who all move from
// one area to another, as in EffectFlow.
type EffectPlace struct {
	At    orb.Point // lon-lat
	Grade string
	From  string
	To    string
	Count int
}

// EffectFinding is one place where areas do not tile.
type EffectFinding struct {
	Kind    topology.Kind `json:"kind"`
	Codes   []string      `json:"codes"`
	AreaM2  float64       `json:"area_m2"`
	At      orb.Point     `json:"at"` // lon-lat
	Message string        `json:"message"`
}

// EffectChanges lists the areas by what becomes of them, by code. An area that
// is reshaped and renamed is in both lists.
type EffectChanges struct {
	Created  []string `json:"created"`
	Retired  []string `json:"retired"`
	Renamed  []string `json:"renamed"`
	Reshaped []string `json:"reshaped"`
	// NoVisitor are areas of the proposal, of those told of, that nobody may
	// visit; NoOwnVisitor those created that somebody of a wider area may
	// visit, but nobody of their own.
	NoVisitor    []string `json:"no_visitor"`
	NoOwnVisitor []string `json:"no_own_visitor"`
	// Stranded are visitors whose every area is retired: they may visit nobody
	// until they are given another.
	Stranded []string `json:"stranded_visitors"`
}

// EffectArea is a grid or micro-grid before and after.
type EffectArea struct {
	Code   string         `json:"code"`
	Level  geo.Level      `json:"level"`
	Name   string         `json:"name"`             // as it will be; of a retired area as it was
	Was    string         `json:"was,omitempty"`    // the name before, where it is another
	Before *EffectFigures `json:"before,omitempty"` // nil: the area is created
	After  *EffectFigures `json:"after,omitempty"`  // nil: the area is retired
}

// EffectFigures are what an area holds.
type EffectFigures struct {
	Residents  int            `json:"residents"`
	ByGrade    map[string]int `json:"by_grade"`
	Households int            `json:"households"` // as recorded for buildings and cells
	People     int            `json:"people"`
	// CareMinutes a week that the visit rules ask for: of each resident the
	// visits a week of the strictest rule, times the minutes of a visit, times
	// the visitors who come.
	CareMinutes  float64 `json:"care_minutes_per_week"`
	AreaKM2      float64 `json:"area_km2"`
	PolsbyPopper float64 `json:"polsby_popper"` // 4π·area/perimeter², 1 for a circle
	Visitors     int     `json:"visitors"`      // whose scope holds the area or a part of it
	OwnVisitors  int     `json:"own_visitors"`  // of those, who are named for it or for a part of it
}

// EffectMoved counts what moves.
type EffectMoved struct {
	Residents int               `json:"residents"`
	ByGrade   []EffectGradeMove `json:"by_grade"` // red, yellow, blue, then others by name
	Flows     []EffectFlow      `json:"flows"`    // by where from, then where to
	// Familiar counts the residents who would lose a familiar visitor, by grade.
	Familiar map[string]int `json:"lose_familiar_visitor"`
	// Open counts the moved residents with a window open on From, Owed those in
	// debt on that day: somebody else answers for them from then on.
	Open       int              `json:"windows_open"`
	Owed       int              `json:"owed"`
	Tasks      int              `json:"tasks"`     // with a place of their own that move
	Buildings  int              `json:"buildings"` // or cells, with people counted in them
	Households int              `json:"households"`
	People     int              `json:"people"`
	Facilities []EffectFacility `json:"facilities"`
	// Nowhere are residents and tasks whom no grid of the proposal would hold:
	// they are taken to stay where they are.
	Nowhere []string `json:"nowhere"`
}

// EffectGradeMove counts the residents of one grade who move, each once, by the
// widest area that changes.
type EffectGradeMove struct {
	Grade     string `json:"grade"`
	Community int    `json:"community"`
	Grid      int    `json:"grid"`
	MicroGrid int    `json:"micro_grid"` // within their grid
}

// EffectFlow counts the residents who move from one area to another: from
// micro-grid to micro-grid, from grid to grid where there is none.
type EffectFlow struct {
	From    string         `json:"from"`
	To      string         `json:"to"`
	ByGrade map[string]int `json:"by_grade"`
}

// EffectFacility is a facility that another grid would hold.
type EffectFacility struct {
	ID   string `json:"id"`
	From string `json:"from"` // empty: none
	To   string `json:"to"`
}

// EffectMove is a resident who gets another grid or micro-grid.
type EffectMove struct {
	Resident      string `json:"resident"`
	Grade         string `json:"grade"`
	FromGrid      string `json:"from_grid"`
	ToGrid        string `json:"to_grid"`
	FromMicroGrid string `json:"from_micro_grid,omitempty"`
	ToMicroGrid   string `json:"to_micro_grid,omitempty"`
	// DueBy is the last day of the first window that is open on From and short
	// of visits; nil: none is.
	DueBy *planner.Date `json:"due_by,omitempty"`
	Owed  bool          `json:"owed,omitempty"`
	// LosesVisitors are the familiar visitors, of the team or who came lately,
	// who may visit the resident today and could not any more; KeepsVisitors
	// counts those who still can.
	LosesVisitors []string `json:"loses_visitors,omitempty"`
	KeepsVisitors int      `json:"keeps_visitors"`
}

// EffectInFlight is what of the plan in force, from From on, belongs to
// residents who move.
type EffectInFlight struct {
	Plan   int64 `json:"plan,omitempty"` // its id; 0: no plan in force reaches From
	Visits int   `json:"visits"`
	// OutOfScope are those whose visitor may not visit the resident any more:
	// somebody else must go.
	OutOfScope int            `json:"out_of_scope"`
	ByGrade    map[string]int `json:"by_grade"`
	List       []EffectVisit  `json:"list"` // by date, then visitor and resident
}

// EffectVisit is a planned visit to somebody who moves.
type EffectVisit struct {
	Resident string       `json:"resident,omitempty"`
	Task     string       `json:"task,omitempty"`
	Date     planner.Date `json:"date"`
	Visitor  string       `json:"visitor"`
	From     string       `json:"from"` // grid
	To       string       `json:"to"`
	InScope  bool         `json:"in_scope"` // the visitor may still go
}

// EffectPlan compares the plan of the communities that the redraw touches, made
// under the areas of today and made under the proposal.
type EffectPlan struct {
	// Communities planned, of all that have residents. The plan of the others
	// is the same before and after: nobody in them moves, and none of their
	// visitors works where somebody does.
	Planned     int             `json:"planned"`
	Of          int             `json:"of"`
	Seed        uint64          `json:"seed"`
	Total       EffectPlanRow   `json:"total"`
	Communities []EffectPlanRow `json:"communities"` // those planned, by code
}

// EffectPlanRow is what a plan comes to before and after.
type EffectPlanRow struct {
	Code   string     `json:"code,omitempty"` // of the community; empty: all of them
	Name   string     `json:"name,omitempty"`
	Before EffectWork `json:"before"`
	After  EffectWork `json:"after"`
}

// EffectWork are the figures of a plan.
type EffectWork struct {
	Visits      int `json:"visits"` // to residents; two who come together make one
	Lapses      int `json:"lapses"`
	TaskLapses  int `json:"task_lapses"`
	OwedLeft    int `json:"owed_left"` // debts not caught up in time
	VisitorDays int `json:"visitor_days"`
	CareMinutes int `json:"care_minutes"` // at doors and places, tasks among them
	WalkSeconds int `json:"walk_seconds"` // on the way, the ways back included
	// Spread is fairness: the minutes of care by which the visitors of a
	// community who work in a calendar week are off their mean, summed over
	// weeks and visitors. Small is even.
	Spread int `json:"spread_minutes"`
	// VisitorWeeks is of how many visitors and weeks Spread is the sum: divided
	// by it, it is by how many minutes a week a visitor is off the mean.
	VisitorWeeks int `json:"visitor_weeks"`
}

// Add adds the figures of another community.
func (w *EffectWork) Add(o EffectWork) {
	w.Visits += o.Visits
	w.Lapses += o.Lapses
	w.TaskLapses += o.TaskLapses
	w.OwedLeft += o.OwedLeft
	w.VisitorDays += o.VisitorDays
	w.CareMinutes += o.CareMinutes
	w.WalkSeconds += o.WalkSeconds
	w.Spread += o.Spread
	w.VisitorWeeks += o.VisitorWeeks
}

// Uneven is by how many minutes of care a visitor is off the mean of the
// community in a week, on average; 0 where nobody works.
func (w *EffectWork) Uneven() float64 {
	return float64(w.Spread) / float64(max(1, w.VisitorWeeks))
}

// Records is of how many single residents and tasks an effect tells.
func (e *Effect) Records() int {
	told := make(map[string]bool, len(e.Moves))
	for i := range e.Moves {
		told["resident "+e.Moves[i].Resident] = true
	}
	for i := range e.InFlight.List {
		if v := &e.InFlight.List[i]; v.Resident != "" {
			told["resident "+v.Resident] = true
		} else {
			told["task "+v.Task] = true
		}
	}
	return len(told)
}

// WriteEffectJSON writes an effect as JSON, indented, with a newline at the end.
func WriteEffectJSON(w io.Writer, e *Effect) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(e); err != nil {
		return fmt.Errorf("write effect: %w", err)
	}
	return nil
}
