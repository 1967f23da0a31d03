package planner

import (
	"slices"

	"sanse/planner/internal/english"
)

// matrix returns the matrix of the block for the visitor's mode on the day.
func (c *checker) matrix(block, mode string, day Date) *Matrix {
	var best *Matrix
	for _, m := range c.matrices[[2]string{block, modeOf(mode)}] {
		if (m.From == nil || *m.From <= day) && (m.To == nil || day <= *m.To) && (best == nil || m.from() > best.from()) {
			best = m
		}
	}
	return best
}

func (c *checker) place(m *Matrix, name string) int {
	idx := c.places[m]
	if idx == nil {
		idx = make(map[string]int, len(m.Locations))
		for i, l := range m.Locations {
			idx[l] = i
		}
		c.places[m] = idx
	}
	if i, ok := idx[name]; ok && i < len(m.Seconds) {
		return i
	}
	return -1
}

// seconds returns the travel time of the day and reports what is wrong with
// it; ok tells whether there is one. j is whom the walk leads to, nil for the
// way back.
func (c *checker) seconds(m *Matrix, it *Itinerary, v *Visitor, j *job, from, to string) (int, bool) {
	i, k := c.place(m, from), c.place(m, to)
	for n, name := range [2]string{from, to} {
		if [2]int{i, k}[n] < 0 {
			c.add(CodeWrongBlock, it.Visitor, j, &it.Date, "the matrix of block %q does not hold %q", m.Block, name)
		}
	}
	if i < 0 || k < 0 || k >= len(m.Seconds[i]) {
		return 0, false
	}
	s := int(m.Seconds[i][k])
	if s < 0 {
		c.add(CodeNoWay, it.Visitor, j, &it.Date, "no way from %q to %q", from, to)
		return 0, false
	}
	percent := 100
	for n := range c.p.Slow {
		w := &c.p.Slow[n]
		if w.From <= it.Date && it.Date <= w.To && (w.Mode == "" || modeOf(w.Mode) == modeOf(v.Mode)) {
			percent = max(percent, w.Percent)
		}
	}
	return (s*percent + 99) / 100, true
}

// wasMade returns how many of the first stops of the itinerary are of
// Problem.Made, and takes them off the list of those to be found.
func (c *checker) wasMade(it *Itinerary) int {
	if len(c.p.Made) == 0 {
		return 0
	}
	for i := range it.Stops {
		s := &it.Stops[i]
		m := Made{Resident: s.Resident, Visitor: it.Visitor, Date: it.Date, Arrive: s.Arrive, Leave: s.Leave}
		if s.Task != "" {
			m.Resident, m.Task = "", s.Task
		}
		if c.made[m] == 0 {
			return i
		}
		c.made[m]--
	}
	return len(it.Stops)
}

// onTheWay tells whether an itinerary that departs before Now may do so: the
// shift is running, and the visitor has left the place of the last visit made
// that day, or the start, and is on the way to a visit that begins at Now or later.
func (c *checker) onTheWay(it *Itinerary) bool {
	v, now := c.visitors[it.Visitor], c.p.Now
	if v == nil || it.Date != now.Date || len(it.Stops) == 0 || it.Stops[0].Arrive < now.Clock {
		return false
	}
	if last := c.p.lastMadeBy(v.ID, it.Date); last != nil && it.Depart < last.Leave {
		return false
	}
	return slices.ContainsFunc(v.Shifts, func(s Shift) bool {
		return s.Weekday == it.Date.Weekday() && s.From <= it.Depart && it.Depart < s.To && now.Clock < s.To
	})
}

func (c *checker) itinerary(it *Itinerary) {
	day := it.Date
	made := c.wasMade(it)
	begins := it.Depart
	if made > 0 && made < len(it.Stops) {
		begins = it.Stops[made].Arrive // the way there may have begun before now
	}
	if day < c.p.Start || day > c.p.End() {
		c.add(CodeOutsideHorizon, it.Visitor, nil, &day, "the horizon is %s to %s", c.p.Start, c.p.End())
	}
	if now := c.p.Now; now != nil && (made == 0 || made < len(it.Stops)) && c.p.past(day, begins) && (made > 0 || !c.onTheWay(it)) {
		c.add(CodeInThePast, it.Visitor, nil, &day, "begins at %s, before now (%s, %s), and was not made as written", begins, now.Date, now.Clock)
	}
	if len(it.Stops) == 0 {
		c.add(CodeNoStops, it.Visitor, nil, &day, "the itinerary visits nobody")
	}
	v := c.visitors[it.Visitor]
	if v == nil {
		c.add(CodeUnknownVisitor, it.Visitor, nil, &day, "the problem has no such visitor")
	}
	for i := range it.Stops {
		s := &it.Stops[i]
		if c.unknown(s.Resident, s.Task, it.Visitor, &day, "") {
			continue
		}
		c.stop(it, v, c.jobs[jobID(s.Resident, s.Task)], s, i < made)
	}
	if v == nil || made > 0 && made == len(it.Stops) {
		return
	}
	if slices.Contains(v.DaysOff, day) {
		c.add(CodeDayOff, v.ID, nil, &day, "the visitor is off")
	}
	sh := slices.IndexFunc(v.Shifts, func(s Shift) bool {
		return s.Weekday == day.Weekday() && s.From <= begins && begins < s.To
	})
	start := v.ID
	if sh < 0 {
		c.add(CodeOutsideShift, v.ID, nil, &day, "departs at %s, outside every shift of weekday %d", begins, day.Weekday())
	} else if now := c.p.Now; now != nil && now.Date == day && v.Shifts[sh].From < now.Clock {
		if last, ok := c.p.lastMade(v.ID, day); ok {
			start = last // the shift is running
		}
	}
	block := it.Block
	if block == "" {
		block = c.blockOf(it, v, start)
	}
	end := c.walk(it, v, block, start, made)
	if sh < 0 {
		return
	}
	s := &v.Shifts[sh]
	if end > s.To {
		c.add(CodeReturnLate, v.ID, nil, &day, "is done at %s, the shift ends at %s", end, s.To)
	}
	use := shiftUse{visitorDay{v.ID, day}, sh}
	if c.shifts[use] {
		c.add(CodeShiftTwice, v.ID, nil, &day, "a second itinerary in the shift from %s to %s", s.From, s.To)
	}
	c.shifts[use] = true
}

// placeOf names the row of a stop in the matrices; empty for what the problem
// does not have.
func (c *checker) placeOf(s *Stop) string {
	if j := c.jobs[jobID(s.Resident, s.Task)]; j != nil && j.care() == (s.Task == "") {
		return j.place
	}
	return ""
}

// blockOf finds the block of an itinerary that names none: that of its first
// stop, or else the first whose matrix holds all places.
func (c *checker) blockOf(it *Itinerary, v *Visitor, start string) string {
	holdsAll := func(m *Matrix) bool {
		if m == nil || c.place(m, start) < 0 {
			return false
		}
		for i := range it.Stops {
			if c.place(m, c.placeOf(&it.Stops[i])) < 0 {
				return false
			}
		}
		return true
	}
	own := ""
	for i := range it.Stops {
		if j := c.jobs[jobID(it.Stops[i].Resident, it.Stops[i].Task)]; j != nil {
			own = j.block
			break
		}
	}
	if holdsAll(c.matrix(own, v.Mode, it.Date)) {
		return own
	}
	for i := range c.p.Matrices {
		m := &c.p.Matrices[i]
		if modeOf(m.Mode) == modeOf(v.Mode) && c.matrix(m.Block, m.Mode, it.Date) == m && holdsAll(m) {
			return m.Block
		}
	}
	return own
}

func (c *checker) stop(it *Itinerary, v *Visitor, j *job, s *Stop, made bool) {
	day := it.Date
	c.stops[j.id] = append(c.stops[j.id], checkedStop{day, it.Visitor, s.Arrive, made})
	n := c.perDay[visitorDay{it.Visitor, day}]
	n.all++
	if !made {
		n.planned++
	}
	c.perDay[visitorDay{it.Visitor, day}] = n
	if made {
		return
	}
	if v != nil {
		if _, ok := j.inScope(v); !ok {
			c.add(CodeOutOfScope, v.ID, j, &day, "grid %q is in no area of the visitor", j.grid)
		}
		c.skills(v, j, day)
	}
	switch {
	case s.Leave < s.Arrive:
		c.add(CodeOrder, it.Visitor, j, &day, "leaves at %s, before arriving at %s", s.Leave, s.Arrive)
	case int(s.Leave-s.Arrive) < j.minutes:
		c.add(CodeVisitTooShort, it.Visitor, j, &day, "stays %s of %d", english.Count(int(s.Leave-s.Arrive), "minute", "minutes"), j.minutes)
	}
	if len(j.needs.Hours) > 0 && !slices.ContainsFunc(j.needs.Hours, func(h Shift) bool {
		return h.Weekday == day.Weekday() && h.From <= s.Arrive && s.Arrive <= h.To
	}) {
		c.add(CodeOutsideHours, it.Visitor, j, &day, "begins at %s, which lies in no hours of weekday %d", s.Arrive, day.Weekday())
	}
	if s.DueBy != 0 && s.DueBy < day {
		c.add(CodeWrongDueBy, it.Visitor, j, &day, "visited after due_by %s", s.DueBy)
	}
}

func (c *checker) skills(v *Visitor, j *job, day Date) {
	if k := j.needs.VisitorKinds; len(k) > 0 && !slices.Contains(k, v.Kind) {
		c.add(CodeSkillMissing, v.ID, j, &day, "the visitor is %q, asked for is one of %q", v.Kind, k)
	}
	for _, s := range j.needs.Skills {
		if !slices.Contains(v.Skills, s) {
			c.add(CodeSkillMissing, v.ID, j, &day, "the visitor lacks the skill %q", s)
		}
	}
}

// walk checks the times between the places, after the stops that were made, and
// returns the minute at which
// the visitor is back, as the matrix has it where it can tell.
func (c *checker) walk(it *Itinerary, v *Visitor, block, start string, made int) Clock {
	day := it.Date
	m := c.matrix(block, v.Mode, day)
	if m == nil {
		c.add(CodeNoMatrix, v.ID, nil, &day, "block %q has no matrix for mode %q on the day", block, modeOf(v.Mode))
	}
	from, at := start, it.Depart
	if made > 0 {
		from, at = c.placeOf(&it.Stops[made-1]), it.Stops[made-1].Leave
	}
	for i := range it.Stops[made:] {
		s := &it.Stops[made+i]
		to := c.placeOf(s)
		j := c.jobs[jobID(s.Resident, s.Task)]
		if s.Arrive < at {
			c.add(CodeOrder, v.ID, j, &day, "arrives at %s, before leaving the place before at %s", s.Arrive, at)
		}
		if m != nil && from != "" && to != "" {
			if sec, ok := c.seconds(m, it, v, j, from, to); ok {
				if s.WalkSeconds != sec {
					c.add(CodeWrongWalkSeconds, v.ID, j, &day, "walk_seconds is %d, the matrix has %d", s.WalkSeconds, sec)
				}
				if s.Arrive >= at && int(s.Arrive-at)*60 < sec {
					c.add(CodeWalkTooShort, v.ID, j, &day, "%s for a walk of %s", english.Count(int(s.Arrive-at), "minute", "minutes"), english.Count(sec, "second", "seconds"))
				}
			}
		}
		from, at = to, s.Leave
	}
	back := it.ReturnSeconds
	switch {
	case v.End == nil:
		if back != 0 {
			c.add(CodeWrongWalkSeconds, v.ID, nil, &day, "return_seconds is %d, but the day ends at the last door", back)
		}
		back = 0
	case m != nil && from != "" && len(it.Stops) > 0:
		if sec, ok := c.seconds(m, it, v, nil, from, v.endPlace()); ok {
			if back != sec {
				c.add(CodeWrongWalkSeconds, v.ID, nil, &day, "return_seconds is %d, the matrix has %d", back, sec)
			}
			back = sec
		}
	}
	return at + Clock((max(0, back)+59)/60)
}
