package formats

import (
	"fmt"
	"slices"

	"sanse/planner/internal/english"
	"sanse/planner/vrp"
)

// VROOMRule says how often a job is visited: EveryDays, PerWeek and MinDays
// hold together, Sets alone. It is Sanse's own.
type VROOMRule struct {
	// EveryDays is the most days from a visit to the next. A window that closes
	// without a visit is missed once, and the next one opens at once.
	EveryDays int `json:"every_days"`
	// MinDays is the fewest days from a visit to the next; 0 stands for 1.
	MinDays int `json:"min_days"`
	// PerWeek is the fewest visits in each week from Monday to Sunday, in the
	// weeks that the horizon cuts its share, rounded half up.
	PerWeek int `json:"per_week"`
	// LastVisit is the day of the last visit before the horizon, 0 or below; 0
	// is the eve of day 1. Left out: the eve too, and MinDays asks for nothing.
	LastVisit *int `json:"last_visit"`
	// Sets are sets of days of which exactly one is to be visited, as in
	// Cordeau's instances.
	Sets [][]int `json:"sets"`
}

func (in *VROOM) validateRule(path string, j *VROOMJob) error {
	r := j.Rule
	for _, n := range []struct {
		key  string
		v    int
		most int
	}{{"every_days", r.EveryDays, maxVROOMDays}, {"min_days", r.MinDays, maxVROOMDays}, {"per_week", r.PerWeek, 7}} {
		if n.v < 0 || n.v > n.most {
			return errorf("%s.%s is %d, want 1 to %d", path, n.key, n.v, n.most)
		}
	}
	for i, set := range r.Sets {
		p := fmt.Sprintf("%s.sets[%d]", path, i)
		if len(set) == 0 {
			return errorf("%s is empty", p)
		}
		if err := in.validateDays(p, set); err != nil {
			return err
		}
		slices.Sort(set)
		if len(slices.Compact(slices.Clone(set))) < len(set) {
			return errorf("%s names a day twice", p)
		}
	}
	spans := r.EveryDays > 0 || r.PerWeek > 0
	switch {
	case r.Sets != nil && len(r.Sets) == 0:
		return errorf("%s.sets is empty", path)
	case r.Sets != nil && (spans || r.MinDays > 0 || r.LastVisit != nil || j.Days != nil):
		return errorf("%s.sets say all of the days: nothing else can stand beside them", path)
	case r.Sets == nil && !spans:
		return errorf("%s asks for no visit: give every_days, per_week or sets", path)
	case r.LastVisit != nil && *r.LastVisit > 0:
		return errorf("%s.last_visit is %d, want a day before day 1: 0 or below", path, *r.LastVisit)
	case r.EveryDays > 0 && r.MinDays > r.EveryDays:
		return errorf("%s: at least %s apart (min_days) and at most %d (every_days) cannot both hold", path, english.Count(r.MinDays, "day", "days"), r.EveryDays)
	}
	return nil
}

// weekEnd tells whether a week ends with the day (from 0), and how many of its
// days lie in the horizon.
func (in *VROOM) weekEnd(day int) (ends bool, days int) {
	weekday := (in.FirstWeekday - 1 + day) % 7 // 0 is Monday
	if weekday < 6 && day < in.Days-1 {
		return false, 0
	}
	return true, min(day, weekday) + 1
}

// share is what a quota of k a week asks for in so many days of it.
func share(k, days int) int { return (2*k*days + 7) / 14 }

// rule compiles how often a job is visited, missed being the cost of a visit
// that is missed. Of a rule's own cost nothing but multiples of it come.
func (in *VROOM) rule(j *VROOMJob, missed int64) vrp.Rule {
	var days []int
	for _, d := range j.Days {
		days = append(days, d-1)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	switch {
	case j.Rule == nil:
		return vrp.Once{Days: days, Missing: missed}
	case j.Rule.Sets != nil:
		sets := make([][]int, len(j.Rule.Sets))
		for i, set := range j.Rule.Sets {
			for _, d := range set {
				sets[i] = append(sets[i], d-1)
			}
		}
		return vrp.Patterns{Sets: sets, Missing: missed}
	}
	return in.automaton(j.Rule, days, missed)
}

// due is the state of a rule before a day: since is how many days ago the
// interval began (a visit, or the end of a window without one), apart how many
// days ago the last visit was, in the week how many visits there were; each
// counted no further than it matters.
type due struct{ since, apart, week int }

// automaton unrolls the rule over the days, in each the states that can be
// reached. The states of a day follow those of the day before.
func (in *VROOM) automaton(r *VROOMRule, days []int, missed int64) vrp.Rule {
	a := &vrp.Automaton{Layer: []int32{0}}
	layer := []due{in.begin(r)}
	for d := range in.Days {
		first := int32(len(a.Steps) + len(layer)) // of the next day
		index := map[due]int32{}
		var next []due
		to := func(s due) int32 {
			if d == in.Days-1 {
				return first // the final state is one, whatever the rule says then
			}
			if _, ok := index[s]; !ok {
				index[s] = first + int32(len(next))
				next = append(next, s)
			}
			return index[s]
		}
		open := days == nil || slices.Contains(days, d)
		for _, s := range layer {
			step := vrp.Step{Visit: vrp.None}
			after, lapses := in.after(r, s, d, false)
			step.Skip, step.SkipCost = to(after), int64(lapses)*missed
			if open && s.apart+1 >= r.MinDays {
				after, lapses := in.after(r, s, d, true)
				step.Visit, step.VisitCost = to(after), int64(lapses)*missed
			}
			a.Steps = append(a.Steps, step)
		}
		a.Layer = append(a.Layer, first)
		layer = next
	}
	return a
}

// begin is the state before day 1.
func (in *VROOM) begin(r *VROOMRule) due {
	s := due{apart: r.MinDays}
	if r.LastVisit != nil {
		s.since, s.apart = -*r.LastVisit, -*r.LastVisit
	}
	return r.cut(s)
}

// cut keeps the counts no greater than they matter, so that states are few.
func (r *VROOMRule) cut(s due) due {
	s.since = min(s.since, max(0, r.EveryDays-1))
	s.apart = min(s.apart, max(0, r.MinDays-1))
	s.week = min(s.week, r.PerWeek)
	return s
}

// after is the state after a day, with or without a visit, and the visits that
// are missed by the end of it.
func (in *VROOM) after(r *VROOMRule, s due, day int, visit bool) (due, int) {
	missed := 0
	s.since++
	s.apart++
	if visit {
		s.since, s.apart = 0, 0
		s.week++
	}
	if r.EveryDays > 0 && s.since >= r.EveryDays {
		missed++
		s.since = 0
	}
	if ends, n := in.weekEnd(day); ends && r.PerWeek > 0 {
		missed += max(0, share(r.PerWeek, n)-s.week)
		s.week = 0
	}
	return r.cut(s), missed
}
