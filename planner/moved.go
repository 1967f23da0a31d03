package planner

import (
	"cmp"
	"slices"
)

// MoveKind says how a visit of a plan made anew differs from the published one.
type MoveKind string

// The kinds of move.
const (
	MoveTime    MoveKind = "time"    // same day and visitor, begins more than an hour off
	MoveVisitor MoveKind = "visitor" // same day, another visitor
	MoveDay     MoveKind = "day"     // another day
	MoveDropped MoveKind = "dropped" // published, not planned any more
	MoveAdded   MoveKind = "added"   // planned, not published
	MoveMissed  MoveKind = "missed"  // published before Now, not made
	MoveEarly   MoveKind = "early"   // published from Now on, not needed after a visit that was made unplanned
)

// sameTime is how far from its published time a visit may begin and still be
// where it was: nobody is promised a minute.
const sameTime Clock = 60

// MovedCounts counts visits: each of the published plan is in one of Kept, Time,
// Visitor, Day, Dropped, Missed and Early or was made before Now.
type MovedCounts struct {
	Kept    int `json:"kept"` // from Now on: same day, same visitor, same hour
	Time    int `json:"time"`
	Visitor int `json:"visitor"`
	Day     int `json:"day"`
	Dropped int `json:"dropped"`
	Added   int `json:"added"`
	Missed  int `json:"missed"`
	Early   int `json:"early"`
	// OtherPerson is the number of residents and tasks that are visited by
	// somebody from Now on whom the published plan did not send to them then.
	OtherPerson int `json:"other_person"`
}

func (c *MovedCounts) add(o MovedCounts) {
	c.Kept += o.Kept
	c.Time += o.Time
	c.Visitor += o.Visitor
	c.Day += o.Day
	c.Dropped += o.Dropped
	c.Added += o.Added
	c.Missed += o.Missed
	c.Early += o.Early
	c.OtherPerson += o.OtherPerson
}

// count is the counter of a kind.
func (c *MovedCounts) count(k MoveKind) *int {
	switch k {
	case MoveTime:
		return &c.Time
	case MoveVisitor:
		return &c.Visitor
	case MoveDay:
		return &c.Day
	case MoveDropped:
		return &c.Dropped
	case MoveAdded:
		return &c.Added
	case MoveMissed:
		return &c.Missed
	case MoveEarly:
		return &c.Early
	}
	return &c.Kept
}

// MovedBlock counts for one block.
type MovedBlock struct {
	Block string `json:"block"`
	MovedCounts
}

// MovedVisitor counts visits of one visitor from Now on.
type MovedVisitor struct {
	Visitor string `json:"visitor"`
	Kept    int    `json:"kept"` // same day and hour
	Lost    int    `json:"lost"` // not planned any more, given to others or moved to another day or hour
	Gained  int    `json:"gained"`
}

// VisitAt is when a visit is and by whom.
type VisitAt struct {
	Date     Date     `json:"date"`
	Arrive   Clock    `json:"arrive"`
	Visitors []string `json:"visitors"` // two of a visit that needs two
}

// MovedVisit is a visit that is not where the published plan has it.
type MovedVisit struct {
	Resident string   `json:"resident,omitempty"`
	Task     string   `json:"task,omitempty"`
	Block    string   `json:"block"`
	Kind     MoveKind `json:"kind"`
	From     *VisitAt `json:"from,omitempty"` // in the published plan; nil where added
	To       *VisitAt `json:"to,omitempty"`   // in the new plan; nil where dropped, missed or early
}

// Moved reports what a plan made anew changes of the published one.
type Moved struct {
	MovedCounts
	Blocks   []MovedBlock   `json:"blocks"`   // those in which anything is other, by code
	Visitors []MovedVisitor `json:"visitors"` // those for whom anything is other, by id
	Visits   []MovedVisit   `json:"visits"`   // all that is other, by the first of its days
}

// jobVisits are the visits of one job in a plan, by day.
type jobVisits struct {
	resident, task, block string
	at                    []VisitAt
}

// visitsOf collects the stops that keep is true for, by job.
func visitsOf(plan *Plan, keep func(*Itinerary, *Stop) bool) map[string]*jobVisits {
	out := map[string]*jobVisits{}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for k := range it.Stops {
			st := &it.Stops[k]
			if !keep(it, st) {
				continue
			}
			id := jobID(st.Resident, st.Task)
			v := out[id]
			if v == nil {
				v = &jobVisits{resident: st.Resident, task: st.Task, block: it.Block}
				out[id] = v
			}
			v.add(it, st)
		}
	}
	for _, v := range out {
		slices.SortFunc(v.at, func(a, b VisitAt) int { return cmp.Compare(a.Date, b.Date) })
	}
	return out
}

func (v *jobVisits) add(it *Itinerary, st *Stop) {
	for n := range v.at {
		if at := &v.at[n]; at.Date == it.Date { // the second of two visitors
			at.Visitors = append(at.Visitors, it.Visitor)
			slices.Sort(at.Visitors)
			return
		}
	}
	v.at = append(v.at, VisitAt{Date: it.Date, Arrive: st.Arrive, Visitors: []string{it.Visitor}})
}

// Compare tells what a plan for the problem as it is now changes of the one
// published before. Of what lies before p.Now only missed visits are told. It
// knows nothing of how the plan was made.
func Compare(p *Problem, published, plan *Plan) Moved {
	past := func(it *Itinerary, st *Stop) bool { return p.past(it.Date, st.Arrive) }
	open := func(it *Itinerary, st *Stop) bool { return !past(it, st) }
	was, is, before := visitsOf(published, open), visitsOf(plan, open), visitsOf(published, past)
	made := p.madeDays()
	c := comparison{blocks: map[string]*MovedCounts{}, visitors: map[string]*MovedVisitor{}, gone: p.unneeded(published)}
	ids := make([]string, 0, len(was))
	for _, m := range []map[string]*jobVisits{was, is, before} {
		for id := range m {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		c.missed(before[id], made[id])
		c.job(id, was[id], is[id])
	}
	return c.moved()
}

// comparison is the work of Compare.
type comparison struct {
	blocks   map[string]*MovedCounts
	visitors map[string]*MovedVisitor
	visits   []MovedVisit
	gone     map[string]Date // visits of the published plan that were made early, by job
}

func (c *comparison) block(code string) *MovedCounts {
	b := c.blocks[code]
	if b == nil {
		b = &MovedCounts{}
		c.blocks[code] = b
	}
	return b
}

func (c *comparison) visitor(id string) *MovedVisitor {
	v := c.visitors[id]
	if v == nil {
		v = &MovedVisitor{Visitor: id}
		c.visitors[id] = v
	}
	return v
}

func (c *comparison) move(j *jobVisits, kind MoveKind, from, to *VisitAt) {
	*c.block(j.block).count(kind)++
	c.visits = append(c.visits, MovedVisit{Resident: j.resident, Task: j.task, Block: j.block, Kind: kind, From: from, To: to})
	if kind == MoveMissed {
		return
	}
	if from != nil {
		for _, v := range from.Visitors {
			if kind != MoveVisitor || !slices.Contains(to.Visitors, v) {
				c.visitor(v).Lost++
			}
		}
	}
	if to != nil {
		for _, v := range to.Visitors {
			if kind != MoveVisitor || !slices.Contains(from.Visitors, v) {
				c.visitor(v).Gained++
			}
		}
	}
}

// missed tells of visits that were to be made before now and were not.
func (c *comparison) missed(before *jobVisits, made []Date) {
	if before == nil {
		return
	}
	for n := range before.at {
		if from := &before.at[n]; !slices.Contains(made, from.Date) {
			c.move(before, MoveMissed, from, nil)
		}
	}
}

// job compares the visits of one job: those of one day first, the rest in the
// order of their days.
func (c *comparison) job(id string, was, is *jobVisits) {
	if was == nil {
		was = &jobVisits{}
	}
	j := was
	if is == nil {
		is = &jobVisits{}
	} else {
		j = is
	}
	early, isEarly := c.gone[id]
	var left, came []*VisitAt
	for n := range was.at {
		from := &was.at[n]
		k := slices.IndexFunc(is.at, func(v VisitAt) bool { return v.Date == from.Date })
		if k < 0 {
			if isEarly && from.Date == early {
				c.move(was, MoveEarly, from, nil)
			} else {
				left = append(left, from)
			}
			continue
		}
		to := &is.at[k]
		switch {
		case !slices.Equal(from.Visitors, to.Visitors):
			c.move(j, MoveVisitor, from, to)
		case max(from.Arrive-to.Arrive, to.Arrive-from.Arrive) > sameTime:
			c.move(j, MoveTime, from, to)
		default:
			c.block(j.block).Kept++
			for _, v := range to.Visitors {
				c.visitor(v).Kept++
			}
		}
	}
	for n := range is.at {
		to := &is.at[n]
		if !slices.ContainsFunc(was.at, func(v VisitAt) bool { return v.Date == to.Date }) {
			came = append(came, to)
		}
	}
	for n := range max(len(left), len(came)) {
		switch {
		case n >= len(came):
			c.move(was, MoveDropped, left[n], nil)
		case n >= len(left):
			c.move(is, MoveAdded, nil, came[n])
		default:
			c.move(is, MoveDay, left[n], came[n])
		}
	}
	if otherPerson(was, is) {
		c.block(j.block).OtherPerson++
	}
}

// otherPerson tells whether somebody comes who did not before.
func otherPerson(was, is *jobVisits) bool {
	if len(was.at) == 0 {
		return false // nobody was to come
	}
	for _, to := range is.at {
		for _, v := range to.Visitors {
			if !slices.ContainsFunc(was.at, func(from VisitAt) bool { return slices.Contains(from.Visitors, v) }) {
				return true
			}
		}
	}
	return false
}

func (c *comparison) moved() Moved {
	m := Moved{Blocks: []MovedBlock{}, Visitors: []MovedVisitor{}, Visits: c.visits}
	if m.Visits == nil {
		m.Visits = []MovedVisit{}
	}
	for code, b := range c.blocks {
		m.add(*b)
		if *b != (MovedCounts{Kept: b.Kept}) {
			m.Blocks = append(m.Blocks, MovedBlock{code, *b})
		}
	}
	slices.SortFunc(m.Blocks, func(a, b MovedBlock) int { return cmp.Compare(a.Block, b.Block) })
	for _, v := range c.visitors {
		if v.Lost+v.Gained > 0 {
			m.Visitors = append(m.Visitors, *v)
		}
	}
	slices.SortFunc(m.Visitors, func(a, b MovedVisitor) int { return cmp.Compare(a.Visitor, b.Visitor) })
	first := func(v *MovedVisit) *VisitAt {
		if v.From == nil || v.To != nil && v.To.Date < v.From.Date {
			return v.To
		}
		return v.From
	}
	slices.SortStableFunc(m.Visits, func(a, b MovedVisit) int {
		x, y := first(&a), first(&b)
		return cmp.Or(cmp.Compare(x.Date, y.Date), cmp.Compare(x.Arrive, y.Arrive), cmp.Compare(jobID(a.Resident, a.Task), jobID(b.Resident, b.Task)))
	})
	return m
}

// unneeded returns, for each job with a visit made on a day that the published
// plan does not name, the day of the next visit of that plan where all rules hold as
// well without it: the visit was made early.
func (p *Problem) unneeded(published *Plan) map[string]Date {
	if len(p.Made) == 0 {
		return nil
	}
	jobs, err := p.jobs()
	if err != nil {
		return nil // not a valid problem: nothing can be told
	}
	return unneeded(p, jobs, published)
}

func unneeded(p *Problem, jobs []job, published *Plan) map[string]Date {
	days := map[string][]Date{}
	for i := range jobs {
		if len(jobs[i].made) > 0 {
			days[jobs[i].id] = nil
		}
	}
	for i := range published.Itineraries {
		it := &published.Itineraries[i]
		for k := range it.Stops {
			id := jobID(it.Stops[k].Resident, it.Stops[k].Task)
			if d, ok := days[id]; ok {
				days[id] = append(d, it.Date)
			}
		}
	}
	var out map[string]Date
	for i := range jobs {
		j := &jobs[i]
		planned := days[j.id]
		if !slices.ContainsFunc(j.made, func(d Date) bool { return !slices.Contains(planned, d) }) {
			continue
		}
		slices.Sort(planned)
		planned = slices.DeleteFunc(slices.Compact(planned), func(d Date) bool {
			return p.Now != nil && d < p.Now.Date || slices.Contains(j.made, d)
		})
		if len(planned) == 0 {
			continue
		}
		with, without := slices.Concat(j.made, planned), slices.Concat(j.made, planned[1:])
		slices.Sort(with)
		slices.Sort(without)
		if slices.Equal(j.missing(p, with), j.missing(p, without)) {
			if out == nil {
				out = map[string]Date{}
			}
			out[j.id] = planned[0]
		}
	}
	return out
}
