package planner

import "slices"

// shiftLeft is what is left of a visitor's shift on a day.
type shiftLeft struct {
	from, to Clock
	// place is the name in the matrices of where it begins: the visitor's id,
	// or, in the shift that is running at Now, the place last worked at.
	place string
}

// past tells whether the moment lies before Now.
func (p *Problem) past(day Date, at Clock) bool {
	return p.Now != nil && (day < p.Now.Date || day == p.Now.Date && at < p.Now.Clock)
}

// shiftLeft returns what is left of the visitor's shift on the day; false where
// it is another weekday's, the visitor is off or the shift is over. A shift that
// began before Now goes on at Now from the place of the visitor's last Made of
// that day, the start if there is none. Of such a shift only the blocks whose
// matrix holds that place can be served.
func (p *Problem) shiftLeft(v *Visitor, shift int, day Date) (shiftLeft, bool) {
	s := &v.Shifts[shift]
	if s.Weekday != day.Weekday() || day < p.Start || day > p.End() || slices.Contains(v.DaysOff, day) {
		return shiftLeft{}, false
	}
	o := shiftLeft{s.From, s.To, v.ID}
	if p.past(day, s.From) {
		if p.past(day, s.To-1) {
			return shiftLeft{}, false
		}
		o.from = p.Now.Clock
		if place, ok := p.lastMade(v.ID, day); ok {
			o.place = place
		}
	}
	return o, true
}

// lastMade returns the place of the visitor's last Made of the day, by its
// name in the matrices.
func (p *Problem) lastMade(visitor string, day Date) (place string, ok bool) {
	last := p.lastMadeBy(visitor, day)
	if last == nil {
		return "", false
	}
	if last.Task == "" {
		return last.Resident, true
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.ID == last.Task && t.Resident != "" {
			return t.Resident, true
		}
	}
	return last.Task, true
}

// lastMadeBy returns the visitor's last Made of the day; nil: there is none.
func (p *Problem) lastMadeBy(visitor string, day Date) *Made {
	var last *Made
	for i := range p.Made {
		m := &p.Made[i]
		if m.Visitor == visitor && m.Date == day && (last == nil || m.Arrive >= last.Arrive) {
			last = m
		}
	}
	return last
}
