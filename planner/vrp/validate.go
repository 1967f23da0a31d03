package vrp

import (
	"errors"
	"fmt"
	"math"
)

// maxTime is what every time, and every sum of setup and service, stays below,
// so that a time and a duration can be added in 32 bits.
const maxTime = 1 << 30

// maxFindings is how many findings Validate spells out.
const maxFindings = 20

// Validate returns nil if Solve, Check and the bounds can work on the problem,
// or else its findings joined, the first 20 spelled out. It looks at shape,
// indices and ranges: matrices are square and of one size, times lie in 30
// bits and are not negative but for -1, windows ascend, automata lead from
// each day to the next, and no solution can cost 2^61 or more. Problems that
// merely have no good solution (no shift, nobody who may, windows never open)
// are valid.
func (p *Problem) Validate() error {
	v := validator{p: p, rules: map[*Automaton]int64{}}
	v.run()
	if v.count > maxFindings {
		v.found = append(v.found, fmt.Errorf("and %d more", v.count-maxFindings))
	}
	return errors.Join(v.found...)
}

type validator struct {
	p     *Problem
	found []error
	count int
	// places is the size of the matrices; dims that of capacities, None where
	// there are none.
	places, dims int
	// total bounds the absolute cost of any solution.
	total int64
	rules map[*Automaton]int64 // the bound of each automaton seen
}

func (v *validator) addf(format string, args ...any) {
	if v.count++; v.count <= maxFindings {
		v.found = append(v.found, fmt.Errorf(format, args...))
	}
}

// spend adds up to n times cost to the bound of the total, without overflow.
func (v *validator) spend(cost int64, n int) {
	f := math.Abs(float64(cost)) * float64(n)
	if f >= float64(Never) {
		v.total = Never
		return
	}
	v.total = min(v.total+int64(f), Never)
}

func (v *validator) run() {
	p := v.p
	if p.Days < 1 {
		v.addf("days: %d, want at least 1", p.Days)
	}
	if p.WaitCost < 0 {
		v.addf("wait cost: %d is negative", p.WaitCost)
	}
	if p.Unserved < 0 {
		v.addf("unserved: %d is negative", p.Unserved)
	}
	dearest := v.profiles()
	for i, w := range p.Workers {
		if w.MaxTasks < 0 {
			v.addf("worker %d: max tasks %d is negative", i, w.MaxTasks)
		}
	}
	v.dims = None
	for i := range p.Shifts {
		v.shift(i, dearest)
	}
	for i := range p.Clients {
		v.client(i, dearest)
	}
	if v.count == 0 && v.total >= Never {
		v.addf("costs: a solution could cost 2^61 or more")
	}
}

// profiles returns the dearest way of all.
func (v *validator) profiles() (dearest int64) {
	v.places = None
	for i, f := range v.p.Profiles {
		if v.places == None {
			v.places = len(f.Time)
		}
		if len(f.Time) != v.places {
			v.addf("profile %d: times of %d places, profile 0 has %d", i, len(f.Time), v.places)
		}
		if f.Cost != nil && len(f.Cost) != len(f.Time) {
			v.addf("profile %d: costs of %d places, times of %d", i, len(f.Cost), len(f.Time))
			f.Cost = nil
		}
		for j, row := range f.Time {
			if len(row) != len(f.Time) {
				v.addf("profile %d: row %d of the times has %d entries, want %d", i, j, len(row), len(f.Time))
			}
			for k, t := range row {
				if t < -1 || t >= maxTime {
					v.addf("profile %d: the time from place %d to place %d is %d, want -1 (no way) or 0 to 2^30-1", i, j, k, t)
				}
				if f.Cost == nil {
					dearest = max(dearest, int64(t))
				}
			}
		}
		for j, row := range f.Cost {
			if len(row) != len(f.Cost) {
				v.addf("profile %d: row %d of the costs has %d entries, want %d", i, j, len(row), len(f.Cost))
			}
			for k, c := range row {
				if c < 0 && k < len(f.Time[j]) && f.Time[j][k] >= 0 {
					v.addf("profile %d: the cost from place %d to place %d is %d, below 0", i, j, k, c)
				}
				dearest = max(dearest, int64(c))
			}
		}
	}
	return dearest
}

func (v *validator) place(what string, place int) {
	if v.places != None && (place < 0 || place >= v.places) {
		v.addf("%s: place %d, there are %d", what, place, v.places)
	}
}

// ranged finds an index that is not one of n.
func (v *validator) ranged(what, of string, i, n int) {
	if i < 0 || i >= n {
		v.addf("%s: %s %d, there are %d", what, of, i, n)
	}
}

func (v *validator) duration(what string, t int32) {
	if t < 0 || t >= maxTime {
		v.addf("%s is %d, want 0 to 2^30-1", what, t)
	}
}

// windows finds what is wrong with a list of windows; what is only built where
// something is.
func (v *validator) windows(what func() string, windows []Window) {
	for k, w := range windows {
		switch {
		case w.From < 0 || w.To >= maxTime:
			v.addf("%s: window %d is %d to %d, want 0 to 2^30-1", what(), k, w.From, w.To)
		case w.To < w.From:
			v.addf("%s: window %d ends (%d) before it begins (%d)", what(), k, w.To, w.From)
		case k > 0 && w.From <= windows[k-1].To:
			v.addf("%s: window %d begins (%d) before the one before it ends (%d)", what(), k, w.From, windows[k-1].To)
		}
	}
}

func (v *validator) shift(i int, dearest int64) {
	p, s := v.p, &v.p.Shifts[i]
	what := fmt.Sprintf("shift %d", i)
	v.ranged(what, "worker", s.Worker, len(p.Workers))
	v.ranged(what, "day", s.Day, p.Days)
	v.ranged(what, "profile", s.Profile, len(p.Profiles))
	if s.Start != None {
		v.place(what+" start", s.Start)
	}
	if s.End != None {
		v.place(what+" end", s.End)
	}
	switch {
	case s.From < 0 || s.To >= maxTime:
		v.addf("%s: from %d to %d, want 0 to 2^30-1", what, s.From, s.To)
	case s.To < s.From:
		v.addf("%s: ends (%d) before it begins (%d)", what, s.To, s.From)
	}
	v.duration(what+": max time", s.MaxTime)
	v.duration(what+": max travel", s.MaxTravel)
	if s.MaxTasks < 0 {
		v.addf("%s: max tasks %d is negative", what, s.MaxTasks)
	}
	if s.Capacity != nil {
		if v.dims == None {
			v.dims = len(s.Capacity)
		}
		if len(s.Capacity) != v.dims {
			v.addf("%s: a capacity of %d dimensions, others have %d", what, len(s.Capacity), v.dims)
		}
		v.loads(what+": capacity", s.Capacity)
	}
	if s.Fixed < 0 {
		v.addf("%s: fixed cost %d is negative", what, s.Fixed)
	}
	for k, b := range s.Breaks {
		of := func() string { return fmt.Sprintf("shift %d: break %d", i, k) }
		if b.Service < 0 || b.Service >= maxTime {
			v.duration(of(), b.Service)
		}
		if b.Windows != nil && len(b.Windows) == 0 {
			v.addf("%s: no window", of())
		}
		v.windows(of, b.Windows)
	}
	v.spend(s.Fixed, 1)
	v.spend(dearest, 1) // the way to the end
	v.spend(p.WaitCost, max(0, int(s.To)-int(s.From)))
}

func (v *validator) loads(what string, loads []int32) {
	for k, l := range loads {
		if l < 0 || l >= maxTime {
			v.addf("%s: %d in dimension %d, want 0 to 2^30-1", what, l, k)
		}
	}
}

func (v *validator) client(i int, dearest int64) {
	p, c := v.p, &v.p.Clients[i]
	what := fmt.Sprintf("client %d", i)
	v.place(what, c.Place)
	v.duration(what+": service", c.Service)
	v.duration(what+": setup", c.Setup)
	if int64(c.Service)+int64(c.Setup) >= maxTime {
		v.addf("%s: setup and service come to 2^30 or more", what)
	}
	for _, l := range []struct {
		name  string
		loads []int32
	}{{"deliver", c.Deliver}, {"pickup", c.Pickup}} {
		if v.dims != None && len(l.loads) > v.dims {
			v.addf("%s: %s has %d dimensions, capacities have %d", what, l.name, len(l.loads), v.dims)
		}
		v.loads(what+": "+l.name, l.loads)
	}
	if c.Windows != nil && len(c.Windows) != p.Days {
		v.addf("%s: windows of %d days, want %d", what, len(c.Windows), p.Days)
	}
	for d, windows := range c.Windows {
		v.windows(func() string { return fmt.Sprintf("client %d: day %d", i, d) }, windows)
	}
	if c.DayCost != nil && len(c.DayCost) != p.Days {
		v.addf("%s: costs of %d days, want %d", what, len(c.DayCost), p.Days)
	}
	for _, cost := range c.DayCost {
		v.spend(cost, 1)
	}
	if c.Crew < 0 || c.Crew > 2 {
		v.addf("%s: a crew of %d, want 1 or 2", what, c.Crew)
	}
	visits := p.Days * max(1, c.Crew)
	v.spend(dearest, visits)
	v.who(what, c, visits)
	for k, kept := range c.Kept {
		if kept.Day < 0 || kept.Day >= p.Days || kept.Worker < None || kept.Worker >= len(p.Workers) {
			v.addf("%s: kept %d is of day %d and worker %d, there are %d and %d", what, k, kept.Day, kept.Worker, p.Days, len(p.Workers))
		}
		v.spend(kept.Cost, 1)
	}
	v.spend(v.rule(what, c.Rule), 1)
}

func (v *validator) who(what string, c *Client, visits int) {
	seen := make(map[int]bool, len(c.Who))
	dearest := int64(0)
	for k, w := range c.Who {
		v.ranged(what+": who", "worker", w.Worker, len(v.p.Workers))
		if seen[w.Worker] {
			v.addf("%s: worker %d twice under who", what, w.Worker)
		}
		seen[w.Worker] = true
		if k > 0 && w.Cost < c.Who[k-1].Cost {
			v.addf("%s: who is not by ascending cost at %d", what, k)
		}
		dearest = max(dearest, w.Cost, -max(w.Cost, -Never)) // no int64 is the opposite of the least
	}
	v.spend(dearest, visits)
}

// rule returns what a rule can cost at most, either way.
func (v *validator) rule(what string, r Rule) int64 {
	what += ": rule"
	switch r := r.(type) {
	case nil:
		v.addf("%s: none", what)
	case Once:
		v.set(what, r.Days)
		return r.Missing
	case *Once:
		if r == nil {
			v.addf("%s: none", what)
			return 0
		}
		v.set(what, r.Days)
		return r.Missing
	case Patterns:
		v.sets(what, r.Sets)
		return r.Missing
	case *Patterns:
		if r == nil {
			v.addf("%s: none", what)
			return 0
		}
		v.sets(what, r.Sets)
		return r.Missing
	case *Automaton:
		if r == nil {
			v.addf("%s: none", what)
			return 0
		}
		most, ok := v.rules[r]
		if !ok {
			most = v.automaton(what, r)
			v.rules[r] = most
		}
		return most
	}
	return 0
}

func (v *validator) sets(what string, sets [][]int) {
	for k, set := range sets {
		if len(set) == 0 {
			v.addf("%s: set %d has no days", what, k)
		}
		v.set(what, set)
	}
}

func (v *validator) set(what string, days []int) {
	for k, d := range days {
		switch {
		case d < 0 || d >= v.p.Days:
			v.addf("%s: day %d, there are %d", what, d, v.p.Days)
		case k > 0 && d <= days[k-1]:
			v.addf("%s: day %d after day %d, want ascending", what, d, days[k-1])
		}
	}
}

// automaton finds steps that do not lead into the next day, and returns the
// most that a path can cost, either way.
func (v *validator) automaton(what string, a *Automaton) int64 {
	days := v.p.Days
	switch {
	case len(a.Layer) != days+1:
		v.addf("%s: %d layers, want one more than the %d days", what, len(a.Layer), days)
		return 0
	case days < 1:
		return 0
	case a.Layer[0] != 0 || int(a.Layer[days]) != len(a.Steps):
		v.addf("%s: layers from %d to %d, want 0 to the %d states", what, a.Layer[0], a.Layer[days], len(a.Steps))
		return 0
	}
	for d := range days {
		if a.Layer[d+1] <= a.Layer[d] || int(a.Layer[d+1]) > len(a.Steps) {
			v.addf("%s: layer %d begins at state %d, the one after at %d", what, d, a.Layer[d], a.Layer[d+1])
			return 0
		}
	}
	// Floats, since no sum of them can overflow; the bound is far from tight.
	most := make([]float64, len(a.Steps)+1)
	for d := days - 1; d >= 0; d-- {
		from, to := a.Layer[d+1], int32(len(a.Steps)+1)
		if d+1 < days {
			to = a.Layer[d+2]
		}
		for i := a.Layer[d]; i < a.Layer[d+1]; i++ {
			e := &a.Steps[i]
			if e.Skip < from || e.Skip >= to || e.Visit >= to || e.Visit >= 0 && e.Visit < from {
				v.addf("%s: state %d of day %d leads to %d and %d, want %d to %d", what, i, d, e.Skip, e.Visit, from, to-1)
				return 0
			}
			most[i] = math.Abs(float64(e.SkipCost)) + most[e.Skip]
			if e.Visit >= 0 {
				most[i] = max(most[i], math.Abs(float64(e.VisitCost))+most[e.Visit])
			}
		}
	}
	if most[0] >= float64(Never) {
		return Never
	}
	return int64(most[0])
}
