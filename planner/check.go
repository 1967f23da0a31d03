package planner

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// Code says what is wrong in a plan. The list is closed; docs/planning.md
// describes each.
type Code string

// The codes of Check.
const (
	CodeWrongHorizon      Code = "wrong_horizon"         // the plan names other days than the problem
	CodeUnknownVisitor    Code = "unknown_visitor"       // no such visitor
	CodeUnknownResident   Code = "unknown_resident"      // no such resident
	CodeUnknownTask       Code = "unknown_task"          // no such task
	CodeWrongHome         Code = "wrong_home"            // a task's stop or entry names another resident than whose home it is done at
	CodeOutsideHorizon    Code = "outside_horizon"       // a day before start or after the last day
	CodeInThePast         Code = "in_the_past"           // an itinerary that departs before now and was not made
	CodeMadeMissing       Code = "made_missing"          // a visit made that the plan does not hold as made
	CodeNoStops           Code = "no_stops"              // an itinerary that visits nobody
	CodeDayOff            Code = "day_off"               // the visitor is off
	CodeOutsideShift      Code = "outside_shift"         // departs outside every shift of the weekday
	CodeReturnLate        Code = "return_late"           // is back after the shift ends
	CodeShiftTwice        Code = "shift_twice"           // a second itinerary in one shift
	CodeNoMatrix          Code = "no_matrix"             // no matrix for the block, the visitor's mode and the day
	CodeWrongBlock        Code = "wrong_block"           // the matrix of the block does not hold a place used
	CodeNoWay             Code = "no_way"                // the matrix has no way (-1)
	CodeOrder             Code = "order"                 // arrives before departing, or leaves before arriving
	CodeWalkTooShort      Code = "walk_too_short"        // less time between two places than the walk takes
	CodeWrongWalkSeconds  Code = "wrong_walk_seconds"    // walk_seconds or return_seconds is not the matrix's
	CodeVisitTooShort     Code = "visit_too_short"       // stays less than the minutes of the visit
	CodeOutsideHours      Code = "outside_hours"         // begins when the door is not open
	CodeTwiceInADay       Code = "twice_in_a_day"        // a resident visited, or a task done, twice on a day
	CodeAlone             Code = "alone"                 // two must come together, and the second does not
	CodeOutOfScope        Code = "out_of_scope"          // the place is in no area of the visitor
	CodeSkillMissing      Code = "skill_missing"         // the visitor lacks a skill or is not of the kind asked for
	CodeOverCapacity      Code = "over_capacity"         // more visits on a day than the visitor's capacity
	CodeAbsent            Code = "absent"                // the resident is away, or the rules are paused
	CodePatternBroken     Code = "pattern_broken"        // the week's days lie in no allowed pattern
	CodeLockBroken        Code = "lock_broken"           // a lock that could be kept is not
	CodeLockLate          Code = "lock_late"             // it is, but begins after the hour by which it could
	CodeWrongDueBy        Code = "wrong_due_by"          // due_by of a stop is before the visit
	CodeUnknownReason     Code = "unknown_reason"        // a reason that is not on the list
	CodeLapseNotListed    Code = "lapse_not_listed"      // a lapse that is not under unplanned
	CodeListedButPlanned  Code = "listed_but_planned"    // an entry under unplanned that is no lapse
	CodeOwedNotListed     Code = "owed_not_listed"       // a debt not caught up that is not under unplanned
	CodeWrongShortage     Code = "wrong_shortage"        // a shortage that does not add up
	CodeUnpolicedResident Code = "resident_has_no_rules" // no policy matches the resident
)

// Codes returns the closed list of codes.
func Codes() []Code {
	return []Code{
		CodeWrongHorizon, CodeUnknownVisitor, CodeUnknownResident, CodeUnknownTask, CodeWrongHome,
		CodeOutsideHorizon, CodeInThePast, CodeMadeMissing, CodeNoStops, CodeDayOff, CodeOutsideShift,
		CodeReturnLate, CodeShiftTwice, CodeNoMatrix, CodeWrongBlock, CodeNoWay, CodeOrder, CodeWalkTooShort,
		CodeWrongWalkSeconds, CodeVisitTooShort, CodeOutsideHours, CodeTwiceInADay, CodeAlone, CodeOutOfScope,
		CodeSkillMissing, CodeOverCapacity, CodeAbsent, CodePatternBroken, CodeLockBroken, CodeLockLate,
		CodeWrongDueBy, CodeUnknownReason, CodeLapseNotListed, CodeListedButPlanned, CodeOwedNotListed, CodeWrongShortage,
		CodeUnpolicedResident,
	}
}

// Violation is one finding of Check.
type Violation struct {
	Code     Code   `json:"code"`
	Visitor  string `json:"visitor,omitempty"`
	Resident string `json:"resident,omitempty"`
	Task     string `json:"task,omitempty"`
	Date     *Date  `json:"date,omitempty"`
	Detail   string `json:"detail"`
}

type checker struct {
	p        *Problem
	jobs     map[string]*job // residents and tasks by id
	order    []*job
	visitors map[string]*Visitor
	matrices map[[2]string][]*Matrix // by block and mode
	places   map[*Matrix]map[string]int
	stops    map[string][]checkedStop // by job
	perDay   map[visitorDay]dayCount
	shifts   map[shiftUse]bool
	made     map[Made]int   // not yet found in the plan
	room     *shortRoom     // of proofs; nil until asked for
	at       map[string]int // its jobs by id
	out      []Violation
}

type visitorDay struct {
	visitor string
	day     Date
}

// dayCount counts the stops of a visitor on a day: all, and those not made
// before now.
type dayCount struct{ all, planned int }

type shiftUse struct {
	visitorDay
	shift int
}

// checkedStop is a stop of a job.
type checkedStop struct {
	day     Date
	visitor string
	arrive  Clock
	made    bool
}

// Check returns every way in which the plan breaks the problem; none means
// that the plan can be walked as written, that it hides no lapse and that its
// proofs add up. It knows nothing of the solver: it has its own arithmetic and
// takes due dates from Windows; only what shifts have for the visits of a proof
// is added up by what makes proofs. Of visits made before Now it asks only that the
// plan has them as they were. The problem must be valid. The result is sorted
// by day, visitor, resident, task and code.
func Check(p *Problem, plan *Plan) []Violation {
	c := &checker{
		p:        p,
		jobs:     make(map[string]*job, len(p.Residents)+len(p.Tasks)),
		visitors: make(map[string]*Visitor, len(p.Visitors)),
		matrices: make(map[[2]string][]*Matrix, len(p.Matrices)),
		places:   map[*Matrix]map[string]int{},
		stops:    map[string][]checkedStop{},
		perDay:   map[visitorDay]dayCount{},
		shifts:   map[shiftUse]bool{},
		made:     make(map[Made]int, len(p.Made)),
	}
	c.readProblem()
	if plan.Days != 0 && (plan.Start != p.Start || plan.Days != p.Days) {
		c.add(CodeWrongHorizon, "", nil, nil, "the plan is for %s from %s, the problem for %s from %s", english.Count(plan.Days, "day", "days"), plan.Start, english.Count(p.Days, "day", "days"), p.Start)
	}
	for i := range plan.Itineraries {
		c.itinerary(&plan.Itineraries[i])
	}
	for k, n := range c.perDay {
		if v := c.visitors[k.visitor]; v != nil && v.Capacity > 0 && n.planned > 0 && n.all > v.Capacity {
			c.add(CodeOverCapacity, k.visitor, nil, &k.day, "%s, capacity is %d", english.Count(n.all, "visit", "visits"), v.Capacity)
		}
	}
	for m, n := range c.made {
		if n > 0 {
			c.add(CodeMadeMissing, m.Visitor, c.jobs[jobID(m.Resident, m.Task)], &m.Date, "made from %s to %s, which the plan does not hold", m.Arrive, m.Leave)
		}
	}
	for _, j := range c.order {
		c.calendar(j)
	}
	c.locks()
	c.unplanned(plan.Unplanned)
	for i := range plan.Shortages {
		c.shortage(&plan.Shortages[i])
	}
	slices.SortFunc(c.out, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(dateOr0(a.Date), dateOr0(b.Date)), cmp.Compare(a.Visitor, b.Visitor),
			cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Detail, b.Detail))
	})
	return c.out
}

// readProblem looks everything up by name. A resident without rules is a
// finding here, so that the rest of the plan is still checked.
func (c *checker) readProblem() {
	p := c.p
	made := p.madeDays()
	book := ruleBook{p: p, rules: map[string][]Policy{}}
	home := make(map[string]int, len(p.Residents))
	put := func(j job) {
		c.order = append(c.order, &j)
		c.jobs[j.id] = &j
	}
	for i := range p.Residents {
		r := &p.Residents[i]
		home[r.ID] = i
		rules, err := book.of(r)
		put(p.careJob(i, rules, made[r.ID]))
		if err != nil {
			c.add(CodeUnpolicedResident, "", c.jobs[r.ID], nil, "%v", err)
		}
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		r, ok := home[t.Resident]
		if !ok {
			r = -1
		}
		put(p.taskJob(i, r, made[t.ID]))
	}
	for i := range p.Visitors {
		c.visitors[p.Visitors[i].ID] = &p.Visitors[i]
	}
	for i := range p.Matrices {
		m := &p.Matrices[i]
		key := [2]string{m.Block, modeOf(m.Mode)}
		c.matrices[key] = append(c.matrices[key], m)
	}
	for _, m := range p.Made {
		c.made[m]++
	}
}

func dateOr0(d *Date) Date {
	if d == nil {
		return 0
	}
	return *d
}

// add records a finding about the job, nil if it is about none.
func (c *checker) add(code Code, visitor string, j *job, day *Date, format string, a ...any) {
	v := Violation{Code: code, Visitor: visitor, Detail: fmt.Sprintf(format, a...)}
	if j != nil {
		v.Resident, v.Task = c.p.names(j)
	}
	if day != nil {
		d := *day
		v.Date = &d
	}
	c.out = append(c.out, v)
}

// unknown records that a stop or entry names nobody; false if it names a job.
func (c *checker) unknown(resident, task, visitor string, day *Date, where string) bool {
	j := c.jobs[jobID(resident, task)]
	code, what := CodeUnknownResident, "resident"
	if task != "" {
		code, what = CodeUnknownTask, "task"
	}
	if j == nil || j.care() != (task == "") {
		c.add(code, visitor, nil, day, "%sthe problem has no such %s", where, what)
		v := &c.out[len(c.out)-1]
		v.Resident, v.Task = resident, task
		return true
	}
	if r, _ := c.p.names(j); r != resident {
		c.add(CodeWrongHome, visitor, j, day, "%sit is done at the home of %q, not %q", where, r, resident)
	}
	return false
}
