package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sanse/planner/internal/english"
)

// Explain lists what the plan's visits leave out, a lapse or a debt an entry,
// each with the first of Reasons that fits, and with the smallest changes that
// would free it, found by trying the visit on every day of its window with
// everybody who may come. What the plan itself lists is not read. The result is
// ordered by due-by, then resident, then task. A problem whose residents have
// no rules is explained as far as it goes: not at all.
func Explain(p *Problem, plan *Plan) []Unplanned {
	out := []Unplanned{}
	e, err := newExplainer(p, plan)
	if err != nil {
		return out
	}
	for i := range e.jobs {
		out = append(out, e.explain(i)...)
	}
	slices.SortStableFunc(out, func(a, b Unplanned) int {
		return cmp.Or(cmp.Compare(a.DueBy, b.DueBy), cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.Task, b.Task), btoi(b.Owed)-btoi(a.Owed))
	})
	return out
}

// explain lists what is left out of one job.
func (e *explainer) explain(i int) []Unplanned {
	var out []Unplanned
	lost := e.jobs[i].missing(e.p, e.days[i])
	if len(lost) == 0 {
		return nil
	}
	c := e.job(i)
	for _, m := range lost {
		u := c.explain(m)
		u.DueBy, u.Owed = m.due, m.owed
		u.Resident, u.Task = e.p.names(c.j)
		for range m.count {
			out = append(out, u)
		}
	}
	return out
}

// explainedJob is a job with those who may do it.
type explainedJob struct {
	*explainer
	j       *job
	visits  []Date
	off     []DateRange
	scope   []int // visitors whose scope holds the place
	able    []int // of those, who are of the kind and have the skills
	prefs   []int32
	row     bool // some matrix of the block holds the door
	callers map[int][]caller
	alone   map[Date]*nearest // with empty shifts
	asIs    map[Date]*trial   // as things stand
	free    []missing         // what the rules leave undone even if everybody had time
	tried   bool
	undone  int // visits missing with those that are planned; below 0: not counted yet
	moves   int // visits added to see where a lapse goes
}

func (e *explainer) job(i int) *explainedJob {
	j := &e.jobs[i]
	c := &explainedJob{
		explainer: e, j: j, visits: e.days[i], off: pausedDays(j.rules, j.absent), scope: e.inScope(j),
		callers: map[int][]caller{}, alone: map[Date]*nearest{}, asIs: map[Date]*trial{}, undone: -1,
	}
	for _, v := range c.scope {
		if pref, ok := j.may(&e.p.Visitors[v]); ok {
			c.able = append(c.able, v)
			c.prefs = append(c.prefs, pref)
		}
	}
	return c
}

// callersOn returns who of those who may come has a way to the door and back
// on the day.
func (c *explainedJob) callersOn(day Date) []caller {
	era := c.era(day)
	if out, ok := c.callers[era]; ok {
		return out
	}
	var out []caller
	for n, v := range c.able {
		k, row, ok := c.caller(c.j, v, day)
		c.row = c.row || row
		if ok {
			k.pref = c.prefs[n]
			out = append(out, k)
		}
	}
	c.callers[era] = out
	return out
}

// mayAdd tells whether the rules allow one more visit on the day beside those
// planned.
func (c *explainedJob) mayAdd(d Date) bool {
	if inRanges(c.off, d) || slices.Contains(c.visits, d) {
		return false
	}
	return c.fitsPatterns(d, c.visits)
}

// fitsPatterns tells whether the week of d keeps to a pattern of every policy
// with the visits given and one on d.
func (c *explainedJob) fitsPatterns(d Date, visits []Date) bool {
	for i := range c.j.rules {
		if p := &c.j.rules[i]; p.HoldsOn(d) && !p.fitsWeek(d, c.j.history, visits) {
			return false
		}
	}
	return true
}

// impossible tells whether the visit is missing even where everybody has time
// every day.
func (c *explainedJob) impossible(m missing) bool {
	days := 0
	for d := max(m.first, c.p.Start); d <= m.due; d++ {
		if !inRanges(c.off, d) && c.fitsPatterns(d, nil) {
			days++
		}
	}
	if days < m.count {
		return true
	}
	if !c.tried {
		c.tried = true
		c.free = c.j.missing(c.p, c.j.idealDays(c.p))
	}
	return slices.ContainsFunc(c.free, func(f missing) bool {
		return f.due == m.due && f.owed == m.owed && f.count >= m.count
	})
}

// idealDays returns the fewest days of visits that keep the rules as well as
// any calendar can.
func (j *job) idealDays(p *Problem) []Date {
	s := j.spec(p)
	s.made, s.open = nil, p.Start
	return s.fewest()
}

func (c *explainedJob) explain(m missing) Unplanned {
	first := max(m.first, c.p.Start)
	today := c.today()
	from := max(first, today)
	if countDays(first, m.due, c.off) == 0 || from <= m.due && countDays(from, m.due, c.off) == 0 {
		return Unplanned{
			Reason: ReasonAbsent, Detail: fmt.Sprintf("away or paused on every day from %s to %s", min(from, m.due), m.due),
			Mends: c.mends(m, from),
		}
	}
	if c.impossible(m) {
		return Unplanned{Reason: ReasonRuleImpossible, Detail: fmt.Sprintf("the rules cannot all be kept from %s to %s, whoever has time: change the quota, the patterns or the day", first, m.due)}
	}
	if len(c.scope) == 0 {
		return Unplanned{
			Reason: ReasonNoVisitorInScope, Detail: fmt.Sprintf("no visitor has an area that holds grid %s", c.j.grid),
			Mends: c.mends(m, from),
		}
	}
	if len(c.able) == 0 {
		return Unplanned{
			Reason: ReasonSkillMissing, Detail: fmt.Sprintf("nobody in scope (%s) %s", english.Count(len(c.scope), "visitor", "visitors"), c.j.needs.wanted()),
			Mends: c.mends(m, from),
		}
	}
	reached := false
	for d := min(from, m.due); d <= m.due && !reached; d++ {
		reached = len(c.callersOn(d)) > 0
		if len(c.eras) == 0 {
			break // every day is the same
		}
	}
	if !reached {
		d := fmt.Sprintf("nobody who may come (%s) has a way to the door and back", english.Count(len(c.able), "visitor", "visitors"))
		if !c.row {
			d = fmt.Sprintf("the door has no travel times for anybody who may come (%s)", english.Count(len(c.able), "visitor", "visitors"))
		}
		return Unplanned{Reason: ReasonUnreachable, Detail: d, Mends: c.mends(m, from)}
	}
	return c.explainTime(m, from)
}

// wanted says in English whom a visit needs.
func (n *Needs) wanted() string {
	var s []string
	if len(n.VisitorKinds) > 0 {
		s = append(s, "is a "+strings.Join(n.VisitorKinds, " or "))
	}
	if len(n.Skills) > 0 {
		s = append(s, "has "+strings.Join(n.Skills, " and "))
	}
	return strings.Join(s, " and ")
}

// maxMoves bounds how far Explain follows a lapse that one more visit would
// only move.
const maxMoves = 6

// helps tells whether one more visit on the day would leave less undone; if
// not it would only move the lapse, and next is where to.
func (c *explainedJob) helps(m missing, day Date) (next missing, yes bool) {
	if m.owed {
		return next, true
	}
	if c.undone < 0 {
		c.undone = 0
		for _, x := range c.j.missing(c.p, c.visits) {
			c.undone += x.count
		}
	}
	after := 0
	for _, x := range c.j.missing(c.p, c.with(day)) {
		after += x.count
		if next.count == 0 && !x.owed && x.due >= m.due {
			next = x
		}
	}
	return next, after < c.undone || next.count == 0 || c.moves >= maxMoves
}

// with returns the planned visits and one on the day.
func (c *explainedJob) with(day Date) []Date {
	at, _ := slices.BinarySearch(c.visits, day)
	return slices.Insert(slices.Clone(c.visits), at, day)
}
