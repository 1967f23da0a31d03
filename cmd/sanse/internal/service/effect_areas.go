package service

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// areas tells of each grid and micro-grid that changes, or whose people do,
// what it holds before and after.
func (e *effecting) areas() {
	touched := make(map[string]bool)
	for code := range e.changed {
		if len(code) > communityDigits {
			touched[code] = true
		}
	}
	touch := func(codes ...string) {
		for _, c := range codes {
			if c != "" {
				touched[c] = true
			}
		}
	}
	for i := range e.before.Residents {
		if was, is := &e.before.Residents[i], &e.after.Residents[i]; movedHome(was, is) {
			touch(was.Grid, was.MicroGrid, is.Grid, is.MicroGrid)
		}
	}
	for i := range e.base.Population {
		was, is := &e.base.Population[i], &e.next.Population[i]
		if was.Grid != is.Grid || was.MicroGrid != is.MicroGrid {
			touch(was.Grid, was.MicroGrid, is.Grid, is.MicroGrid)
		}
	}
	before, after := figuresOf(e.base, e.before, touched), figuresOf(e.next, e.after, touched)
	e.out.Areas = []reports.EffectArea{}
	c := &e.out.Changes
	c.NoVisitor, c.NoOwnVisitor = []string{}, []string{}
	for _, code := range slices.Sorted(maps.Keys(touched)) {
		a := reports.EffectArea{Code: code, Before: before[code], After: after[code]}
		was, _ := e.base.Tree.Area(code)
		is, stays := e.next.Tree.Area(code)
		a.Level, a.Name = cmp.Or(is.Level, was.Level), cmp.Or(is.Name, was.Name)
		if stays && a.Before != nil && was.Name != is.Name {
			a.Was = was.Name
		}
		if stays && a.After.Visitors == 0 {
			c.NoVisitor = append(c.NoVisitor, code)
		} else if a.Before == nil && a.After.OwnVisitors == 0 {
			c.NoOwnVisitor = append(c.NoOwnVisitor, code)
		}
		e.out.Areas = append(e.out.Areas, a)
	}
	c.Stranded = []string{}
	for i := range e.after.Visitors {
		v := &e.after.Visitors[i]
		if len(v.Scope) > 0 && !slices.ContainsFunc(v.Scope, func(code string) bool { return !e.retired(code) }) {
			c.Stranded = append(c.Stranded, v.ID)
		}
	}
}

// retired tells whether an area of today ends.
func (e *effecting) retired(code string) bool {
	_, retired := slices.BinarySearch(e.out.Changes.Retired, code)
	return retired
}

// figuresOf counts what the areas of some codes hold; there is none for a code
// that the tree does not have.
func figuresOf(s *Snapshot, p *planner.Problem, codes map[string]bool) map[string]*reports.EffectFigures {
	out := make(map[string]*reports.EffectFigures, len(codes))
	for code := range codes {
		a, known := s.Tree.Area(code)
		if !known {
			continue
		}
		f := &reports.EffectFigures{ByGrade: map[string]int{}}
		f.AreaKM2, f.PolsbyPopper = math.Round(geo.AreaM2(a.Boundary))/1e6, math.Round(1000*polsbyPopper(a.Boundary))/1000
		f.Visitors, f.OwnVisitors = visitorsOf(p.Visitors, code)
		out[code] = f
	}
	of := func(grid, micro string, add func(*reports.EffectFigures)) {
		for _, code := range [...]string{grid, micro} {
			if f := out[code]; f != nil {
				add(f)
			}
		}
	}
	for i := range p.Residents {
		r := &p.Residents[i]
		of(r.Grid, r.MicroGrid, func(f *reports.EffectFigures) {
			f.Residents++
			f.ByGrade[r.Grade]++
			f.CareMinutes += careMinutes(p, r)
		})
	}
	for i := range s.Population {
		n := &s.Population[i]
		of(n.Grid, n.MicroGrid, func(f *reports.EffectFigures) {
			f.Households += n.Households
			f.People += n.People
		})
	}
	for _, f := range out {
		f.CareMinutes = round1(f.CareMinutes)
	}
	return out
}

// visitorsOf counts whose scope reaches an area or lies in it, and of those
// whose lies in it.
func visitorsOf(visitors []planner.Visitor, code string) (all, own int) {
	for i := range visitors {
		inIt, reaches := false, false
		for _, c := range visitors[i].Scope {
			inIt = inIt || strings.HasPrefix(c, code)
			reaches = reaches || strings.HasPrefix(code, c)
		}
		if inIt || reaches {
			all++
		}
		if inIt {
			own++
		}
	}
	return all, own
}

// careMinutes is what the rules ask for of a resident in a week, in minutes at
// the door.
func careMinutes(p *planner.Problem, r *planner.Resident) float64 {
	rules, err := planner.RulesFor(p, r)
	if err != nil {
		return 0
	}
	return visitsPerWeek(rules, p.Start) * float64(r.Minutes*max(1, r.Needs.People))
}

// visitsPerWeek is what the strictest of the rules in force on a day asks for.
// Pauses and single visits are of some days and no load of every week.
func visitsPerWeek(rules []planner.Policy, on planner.Date) float64 {
	const month = 365.2425 / 12 // days
	most := 0.0
	for i := range rules {
		r := &rules[i]
		if r.Pause || r.Once || r.From != nil && *r.From > on || r.To != nil && *r.To < on {
			continue
		}
		if r.EveryDays > 0 {
			most = max(most, 7/float64(r.EveryDays))
		}
		most = max(most, float64(r.PerWeek), float64(r.PerMonth)*7/month)
	}
	return most
}

// polsbyPopper is 4π·area/perimeter², the rims of holes among the perimeter
// (Polsby and Popper 1991): 1 for a circle, near 0 for what is long or ragged.
func polsbyPopper(mp orb.MultiPolygon) float64 {
	_, round := shapeOf(mp)
	return round
}

// shapeOf is the square metres of an area, and how round it is: see
// polsbyPopper.
func shapeOf(mp orb.MultiPolygon) (m2, round float64) {
	rim := 0.0
	for _, poly := range mp {
		for _, ring := range poly {
			rim += geo.Length(orb.LineString(ring))
		}
	}
	m2 = geo.AreaM2(mp)
	if rim == 0 {
		return m2, 0
	}
	return m2, 4 * math.Pi * m2 / (rim * rim)
}

func round1(x float64) float64 { return math.Round(10*x) / 10 }
