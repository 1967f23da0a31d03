package reports

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"

	"sanse/planner"
)

// Visit is a counted visit that was made, or a task that was done.
type Visit struct {
	Resident string
	Task     string // empty: a care visit
	Date     planner.Date
}

// BoardInput is what a board is made from.
type BoardInput struct {
	// Problem gives residents, rules, areas and the visits before its Start.
	Problem *planner.Problem
	// Plan gives the visits to come and what could not be planned; nil: none.
	Plan *planner.Plan
	// Today is the first day that is not over: a visit before it is done, and
	// what the plan holds before it no longer counts. 0 stands for Start.
	Today planner.Date
	// From is the first day of the past that the board covers; 0 stands for
	// the Monday on or before the first day of the month before Start.
	From planner.Date
	// Done holds the counted visits from Start up to Today; those before Start
	// are in the problem. A visit named twice counts once.
	Done []Visit
}

// Row is one line of the board: what docs/reports.md calls the account of an
// area in a period. All but Residents and Owed are numbers of visits.
type Row struct {
	Residents map[string]int `json:"residents"` // enrolled residents by grade
	Required  int            `json:"required"`  // falling due: asked for by windows that close in the period
	Done      int            `json:"done"`      // made in the period, before today
	Planned   int            `json:"planned"`   // planned in the period, from today on
	Due       int            `json:"due"`       // of Required: still to be made, the window being open
	Late      int            `json:"late"`      // of Required: not made, the window having closed before today
	Owed      int            `json:"owed"`      // residents owed a visit when the period begins
	Lapses    int            `json:"lapses"`    // windows that the plan lets close in the period without a visit
	// OnTime is the share of Required made in time, of the windows closed
	// before today, 0 to 1; nil where none has closed yet.
	OnTime *float64 `json:"on_time"`
}

// Period is a run of days, both ends included.
type Period struct {
	Kind string       `json:"kind"` // day, week, month, horizon, days
	From planner.Date `json:"from"`
	To   planner.Date `json:"to"`
}

// Day returns the period of one day.
func Day(d planner.Date) Period { return Period{Kind: "day", From: d, To: d} }

// Week returns the calendar week, Monday to Sunday, that holds the day.
func Week(d planner.Date) Period {
	return Period{Kind: "week", From: d.WeekStart(), To: d.WeekStart() + 6}
}

// Month returns the calendar month that holds the day.
func Month(d planner.Date) Period {
	return Period{Kind: "month", From: d.MonthStart(), To: d.NextMonth() - 1}
}

// AreaRow is the line of an area.
type AreaRow struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Level string `json:"level"`
	Row
}

// PeriodRow is the line of a period, with a line for each grade.
type PeriodRow struct {
	Period
	Row
	ByGrade map[string]Row `json:"by_grade"`
}

// Board answers for visits by area, period and grade. It is made once from a
// snapshot and never changes: share it between goroutines freely. It keeps no
// reference to what it was made from.
type Board struct {
	start, end, today, from planner.Date
	areas                   []planner.Area // ascending by code
	residents               []boardResident
	byVisitorKind           []KindLoad
	unplanned               []UnplannedRow
	needed                  int
	tasks                   []boardTask
	task                    map[string]int // index in tasks by id
}

// boardResident is what the board keeps of one resident.
type boardResident struct {
	id, grade, grid, microGrid string
	dues                       []due          // ascending by last
	visits                     []planner.Date // done before today, planned from today on; ascending
	lapses                     []planner.Date // due-by of each visit that the plan lets lapse
	owed                       bool           // owed a visit at Start
}

// due asks for need visits from first to last.
type due struct {
	first, last planner.Date
	need        int
}

// KindLoad is what the plan asks of one kind of visitor.
type KindLoad struct {
	Kind        string `json:"kind"`
	Visitors    int    `json:"visitors"` // all of the kind
	Busy        int    `json:"busy"`     // of those: with at least one stop
	Visits      int    `json:"visits"`
	Tasks       int    `json:"tasks,omitempty"` // services, patrol points, doors
	VisitorDays int    `json:"visitor_days"`
	VisitMin    int    `json:"visit_minutes"`
	TaskMin     int    `json:"task_minutes,omitempty"`
	WalkSeconds int    `json:"walk_seconds"`
}

// UnplannedRow is a visit that the plan does not make, with what the reader
// needs to place it.
type UnplannedRow struct {
	Resident string `json:"resident"` // empty for a task with a place of its own
	// Task is the task left out and Kind its kind; empty for a care visit.
	Task   string       `json:"task,omitempty"`
	Kind   string       `json:"kind,omitempty"`
	Grade  string       `json:"grade"`
	Grid   string       `json:"grid"`
	DueBy  planner.Date `json:"due_by"`
	Reason string       `json:"reason"`
	Detail string       `json:"detail"`
	Owed   bool         `json:"owed"`
	// Visitor and Date name the shift that comes nearest to holding the visit,
	// MinutesShort what it lacks; empty where the reason is not about time.
	Visitor      string        `json:"visitor,omitempty"`
	Date         *planner.Date `json:"date,omitempty"`
	MinutesShort int           `json:"minutes_short,omitempty"`
	// Mends are the smallest changes that would free the visit.
	Mends []planner.Mend `json:"mends,omitempty"`

	microGrid string
}

// NewBoard makes the account of every resident: windows from planner.Windows,
// visits from the past and from the plan.
func NewBoard(ctx context.Context, in BoardInput) (*Board, error) {
	p := in.Problem
	if p == nil {
		return nil, fmt.Errorf("make board: no problem given")
	}
	if in.Today == 0 {
		in.Today = p.Start
	}
	if in.From == 0 {
		in.From = (p.Start.MonthStart() - 1).MonthStart().WeekStart()
	}
	if in.From > p.Start {
		return nil, fmt.Errorf("make board: its first day %s lies after the start of the plan, %s", in.From, p.Start)
	}
	b := &Board{start: p.Start, end: p.End(), today: in.Today, from: in.From, areas: slices.Clone(p.Areas)}
	slices.SortFunc(b.areas, func(x, y planner.Area) int { return cmp.Compare(x.Code, y.Code) })

	place := make(map[string]int, len(p.Residents))
	b.residents = make([]boardResident, len(p.Residents))
	for i := range p.Residents {
		r := &p.Residents[i]
		if _, twice := place[r.ID]; twice {
			return nil, fmt.Errorf("make board: resident %s is listed twice", r.ID)
		}
		place[r.ID] = i
		v := slices.Clone(r.Visits)
		if r.LastVisit != nil {
			v = append(v, *r.LastVisit)
		}
		b.residents[i] = boardResident{id: r.ID, grade: r.Grade, grid: r.Grid, microGrid: r.MicroGrid, visits: v}
	}
	if err := b.addTasks(p, place); err != nil {
		return nil, fmt.Errorf("make board: %w", err)
	}
	for _, v := range in.Done {
		if v.Task != "" {
			if i, ok := b.task[v.Task]; ok && v.Date < in.Today { // else a task that has been given up since
				b.tasks[i].days = append(b.tasks[i].days, v.Date)
			}
			continue
		}
		i, ok := place[v.Resident]
		if !ok {
			return nil, fmt.Errorf("make board: a visit of %s names resident %s, who is not enrolled", v.Date, v.Resident)
		}
		if v.Date < in.Today {
			b.residents[i].visits = append(b.residents[i].visits, v.Date)
		}
	}
	if in.Plan != nil {
		if err := b.addPlan(p, in.Plan, place); err != nil {
			return nil, fmt.Errorf("make board: %w", err)
		}
	}
	for i := range b.tasks {
		t := &b.tasks[i]
		slices.Sort(t.days)
		t.days = slices.Compact(t.days) // two visitors do it once
	}
	for i := range b.residents {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("make board: %w", err)
			}
		}
		r := &b.residents[i]
		slices.Sort(r.visits)
		r.visits = slices.Compact(r.visits)
		slices.Sort(r.lapses)
		if err := r.account(p, &p.Residents[i], b.from); err != nil {
			return nil, fmt.Errorf("make board: resident %s: %w", r.id, err)
		}
	}
	plan := in.Plan
	if plan == nil {
		plan = &planner.Plan{Start: p.Start, Days: p.Days}
	}
	b.needed = planner.Account(p, plan).Total.Required
	return b, nil
}

// Needed is the fewest visits of the plan's days that would keep every rule,
// as planner.Account counts them: one visit may meet the windows of several
// rules, and a visit made before the plan begins may have met one already, so
// it differs from the sum of what falls due.
func (b *Board) Needed() int { return b.needed }

func (b *Board) addPlan(p *planner.Problem, plan *planner.Plan, place map[string]int) error {
	kindOf := make(map[string]int, len(p.Visitors))
	kinds := map[string]int{}
	for i := range p.Visitors {
		v := &p.Visitors[i]
		k, ok := kinds[v.Kind]
		if !ok {
			k = len(b.byVisitorKind)
			kinds[v.Kind] = k
			b.byVisitorKind = append(b.byVisitorKind, KindLoad{Kind: v.Kind})
		}
		b.byVisitorKind[k].Visitors++
		kindOf[v.ID] = k
	}
	type visitorDay struct {
		visitor string
		date    planner.Date
	}
	busy, days := map[string]bool{}, map[visitorDay]bool{}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		k, ok := kindOf[it.Visitor]
		if !ok {
			return fmt.Errorf("the plan of %s names visitor %s, who is not in the problem", it.Date, it.Visitor)
		}
		load := &b.byVisitorKind[k]
		if len(it.Stops) > 0 {
			busy[it.Visitor] = true
			days[visitorDay{it.Visitor, it.Date}] = true
		}
		load.WalkSeconds += it.ReturnSeconds
		for _, s := range it.Stops {
			if s.Task != "" {
				if err := b.addTaskStop(load, &s, it.Date); err != nil {
					return err
				}
				continue
			}
			r, ok := place[s.Resident]
			if !ok {
				return fmt.Errorf("the plan of %s names resident %s, who is not in the problem", it.Date, s.Resident)
			}
			load.Visits++
			load.VisitMin += int(s.Leave - s.Arrive)
			load.WalkSeconds += s.WalkSeconds
			if it.Date >= b.today {
				b.residents[r].visits = append(b.residents[r].visits, it.Date)
			}
		}
	}
	for v := range busy {
		b.byVisitorKind[kindOf[v]].Busy++
	}
	for d := range days {
		b.byVisitorKind[kindOf[d.visitor]].VisitorDays++
	}
	slices.SortFunc(b.byVisitorKind, func(x, y KindLoad) int { return cmp.Compare(x.Kind, y.Kind) })
	for _, u := range plan.Unplanned {
		row, err := b.addUnplanned(&u, place)
		if err != nil {
			return err
		}
		row.DueBy, row.Reason, row.Detail, row.Owed = u.DueBy, string(u.Reason), u.Detail, u.Owed
		row.Visitor, row.Date, row.MinutesShort, row.Mends = u.Visitor, u.Date, u.MinutesShort, u.Mends
		b.unplanned = append(b.unplanned, row)
	}
	slices.SortFunc(b.unplanned, func(x, y UnplannedRow) int {
		return cmp.Or(cmp.Compare(x.DueBy, y.DueBy), cmp.Compare(x.Grid, y.Grid), cmp.Compare(x.Resident, y.Resident), cmp.Compare(x.Task, y.Task))
	})
	return nil
}

// addUnplanned counts a visit that the plan leaves out, and says whose it is.
func (b *Board) addUnplanned(u *planner.Unplanned, place map[string]int) (UnplannedRow, error) {
	if u.Task != "" {
		return b.addTaskUnplanned(u)
	}
	i, ok := place[u.Resident]
	if !ok {
		return UnplannedRow{}, fmt.Errorf("the plan leaves out resident %s, who is not in the problem", u.Resident)
	}
	r := &b.residents[i]
	if !u.Owed {
		r.lapses = append(r.lapses, u.DueBy)
	}
	return UnplannedRow{Resident: r.id, Grade: r.grade, Grid: r.grid, microGrid: r.microGrid}, nil
}

// mergeDues gives each last day at most one entry for each run of equal
// windows: what two rules ask of the same resident by the same day is one
// debt, the larger of both.
func mergeDues(d []due) []due {
	slices.SortFunc(d, func(a, b due) int {
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.first, b.first))
	})
	out := d[:0]
	for _, x := range d {
		if n := len(out); n > 0 && out[n-1].last == x.last {
			if x.need > out[n-1].need {
				out[n-1].need = x.need
			}
			continue
		}
		out = append(out, x)
	}
	return out
}

// visitsIn counts visits from first to last.
func (r *boardResident) visitsIn(first, last planner.Date) int {
	lo := sort.Search(len(r.visits), func(i int) bool { return r.visits[i] >= first })
	hi := sort.Search(len(r.visits), func(i int) bool { return r.visits[i] > last })
	return max(0, hi-lo)
}

func (r *boardResident) in(area string) bool {
	p := planner.Resident{Grid: r.grid, MicroGrid: r.microGrid}
	return p.In(area)
}

// tally is a Row in the making.
type tally struct {
	row          Row
	closed, kept int
}

func (t *tally) add(r *boardResident, p Period, b *Board) {
	if t.row.Residents == nil {
		t.row.Residents = map[string]int{}
	}
	t.row.Residents[r.grade]++
	done := r.visitsIn(p.From, min(p.To, b.today-1))
	t.row.Done += done
	t.row.Planned += r.visitsIn(max(p.From, b.today), p.To)
	i := sort.Search(len(r.dues), func(i int) bool { return r.dues[i].last >= p.From })
	for ; i < len(r.dues) && r.dues[i].last <= p.To; i++ {
		d := r.dues[i]
		t.row.Required += d.need
		kept := min(d.need, r.visitsIn(d.first, min(d.last, b.today-1)))
		if d.last < b.today {
			t.closed += d.need
			t.kept += kept
			t.row.Late += d.need - kept
		} else {
			t.row.Due += d.need - kept
		}
	}
	if r.owed && p.To >= b.start && r.visitsIn(b.start, max(p.From, b.start)-1) == 0 {
		t.row.Owed++
	}
	for _, d := range r.lapses {
		if d >= p.From && d <= p.To && d >= b.today {
			t.row.Lapses++
		}
	}
}

func (t *tally) done() Row {
	row := t.row
	if row.Residents == nil {
		row.Residents = map[string]int{}
	}
	if t.closed > 0 {
		share := float64(t.kept) / float64(t.closed)
		row.OnTime = &share
	}
	return row
}

// Horizon is the period of the plan.
func (b *Board) Horizon() Period { return Period{Kind: "horizon", From: b.start, To: b.end} }

// Today is the first day that is not over.
func (b *Board) Today() planner.Date { return b.today }

// Row returns the account of the area of that code; "" is everything.
func (b *Board) Row(area string, p Period) Row {
	var t tally
	for i := range b.residents {
		if r := &b.residents[i]; r.in(area) {
			t.add(r, p, b)
		}
	}
	return t.done()
}

// Grades returns the account of an area for each grade.
func (b *Board) Grades(area string, p Period) map[string]Row {
	ts := map[string]*tally{}
	for i := range b.residents {
		r := &b.residents[i]
		if !r.in(area) {
			continue
		}
		t := ts[r.grade]
		if t == nil {
			t = &tally{}
			ts[r.grade] = t
		}
		t.add(r, p, b)
	}
	out := make(map[string]Row, len(ts))
	for g, t := range ts {
		out[g] = t.done()
	}
	return out
}

// Children returns the account of each area whose parent is the area of that
// code, ascending by code; areas in which nobody lives are there too.
func (b *Board) Children(area string, p Period) []AreaRow {
	return b.rows(p, func(a planner.Area) bool { return a.Parent == area })
}

// Level returns the account of every area of one level ("town", "community",
// "grid" …), ascending by code.
func (b *Board) Level(level string, p Period) []AreaRow {
	return b.rows(p, func(a planner.Area) bool { return a.Level == level })
}

func (b *Board) rows(p Period, want func(planner.Area) bool) []AreaRow {
	var out []AreaRow
	index := map[string]int{}
	lengths := map[int]bool{}
	for _, a := range b.areas {
		if want(a) {
			index[a.Code] = len(out)
			lengths[len(a.Code)] = true
			out = append(out, AreaRow{Code: a.Code, Name: a.Name, Level: a.Level})
		}
	}
	ts := make([]tally, len(out))
	for i := range b.residents {
		r := &b.residents[i]
		for n := range lengths {
			code := ""
			switch {
			case n <= len(r.grid):
				code = r.grid[:n]
			case n <= len(r.microGrid):
				code = r.microGrid[:n]
			}
			if j, ok := index[code]; ok {
				ts[j].add(r, p, b)
			}
		}
	}
	for i := range out {
		out[i].Row = ts[i].done()
	}
	return out
}

// Weeks returns the account of an area for each calendar week that the plan
// touches, with each grade; the first and the last are cut to the plan's days.
func (b *Board) Weeks(area string) []PeriodRow {
	var out []PeriodRow
	for d := b.start.WeekStart(); d <= b.end; d += 7 {
		out = append(out, b.period(area, b.cut(Week(d))))
	}
	return out
}

func (b *Board) cut(p Period) Period {
	p.From, p.To = max(p.From, b.start), min(p.To, b.end)
	return p
}

func (b *Board) period(area string, p Period) PeriodRow {
	return PeriodRow{Period: p, Row: b.Row(area, p), ByGrade: b.Grades(area, p)}
}

// Unplanned returns the visits that the plan does not make in an area, by
// due-by, then grid and resident.
func (b *Board) Unplanned(area string) []UnplannedRow {
	var out []UnplannedRow
	for _, u := range b.unplanned {
		r := boardResident{grid: u.Grid, microGrid: u.microGrid}
		if area == "" || r.in(area) {
			out = append(out, u)
		}
	}
	return out
}

// Loads returns what the plan asks of each kind of visitor, ascending by kind.
func (b *Board) Loads() []KindLoad { return slices.Clone(b.byVisitorKind) }

// GradeNames returns the grades of the enrolled residents as SortGrades puts
// them.
func (b *Board) GradeNames() []string {
	seen := map[string]bool{}
	var out []string
	for i := range b.residents {
		if g := b.residents[i].grade; !seen[g] {
			seen[g] = true
			out = append(out, g)
		}
	}
	return SortGrades(out)
}

// SortGrades sorts grades in place, red, yellow and blue first, then others by
// name, and returns them.
func SortGrades(grades []string) []string {
	rank := func(g string) int {
		switch g {
		case "red":
			return 0
		case "yellow":
			return 1
		case "blue":
			return 2
		}
		return 3
	}
	slices.SortFunc(grades, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return grades
}
