package service

import (
	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// crowd is people who are weighed: residents with what care they ask for, and
// those counted in buildings and cells, each with the grids that they are in.
type crowd struct {
	residents  []data.Resident
	population []data.Population
	problem    *planner.Problem // to find rules in; without residents
}

// crowd returns the people of the view, as they are on a day: those whom take
// is said to. What is returned may be changed.
func (v *view) crowd(on planner.Date, take func(p orb.Point, grid, micro string) bool) crowd {
	c := crowd{problem: &planner.Problem{
		District: v.snap.District.Code, TimeZone: v.snap.District.TimeZone, Start: on, Days: 1, Policies: v.snap.Policies,
	}}
	for i := range v.snap.Residents {
		if r := &v.snap.Residents[i]; take(v.homeAt(r), r.Grid, r.MicroGrid) {
			c.residents = append(c.residents, *r)
		}
	}
	for i := range v.snap.Population {
		if n := &v.snap.Population[i]; take(n.Location, n.Grid, n.MicroGrid) {
			c.population = append(c.population, *n)
		}
	}
	return c
}

// homeAt is where a resident is taken to live: an address beats a point.
func (v *view) homeAt(r *data.Resident) orb.Point {
	if b, known := v.buildings[r.Building]; known {
		return b
	}
	return r.Location
}

// settle puts the people into the grids of a tree, by the same rules as a
// publication does. Whom no grid holds is in none.
func (c *crowd) settle(v *view, tree *geo.Tree) {
	here := homes{residents: c.residents, population: c.population, buildings: v.buildings}
	for i := range c.residents {
		c.residents[i].Grid, c.residents[i].MicroGrid = "", ""
	}
	m, _ := here.moves(tree)
	s := Snapshot{Residents: c.residents, Population: c.population}
	s.take(m)
}

// care is what the rules ask for of resident i, minutes a week.
func (c *crowd) care(i int) float64 {
	r := &c.residents[i]
	p := planner.Resident{ID: r.ID, Grade: r.Grade, Kinds: r.Kinds, Minutes: r.Minutes, Grid: r.Grid, MicroGrid: r.MicroGrid, Needs: r.Needs}
	if p.Minutes == 0 {
		p.Minutes = defaultMinutes(r.Grade)
	}
	return careMinutes(c.problem, &p)
}

// The weights that an area is judged by, beside the residents of each grade.
const (
	WeightHouseholds = "households"
	WeightPeople     = "people"
	WeightMinutes    = "minutes" // of care that the rules ask for, a week
)

// weights are the names of what is weighed in a district: households, people,
// residents by grade, minutes of care a week.
func (v *view) weights() []string {
	grades := v.board.GradeNames()
	if len(grades) == 0 {
		for _, g := range data.Grades {
			grades = append(grades, g.Key)
		}
	}
	return append(append([]string{WeightHouseholds, WeightPeople}, grades...), WeightMinutes)
}

// each calls f with every one of the crowd: where they are, in which areas, what
// each of the weights of a district is, and of residents who they are.
func (c *crowd) each(v *view, f func(at orb.Point, grid, micro string, values []float64, who *data.Resident)) {
	names := v.weights()
	values := make([]float64, len(names))
	for i := range c.population {
		n := &c.population[i]
		clear(values)
		values[0], values[1] = float64(n.Households), float64(n.People)
		f(n.Location, n.Grid, n.MicroGrid, values, nil)
	}
	for i := range c.residents {
		r := &c.residents[i]
		clear(values)
		for k := 2; k < len(names)-1; k++ {
			if names[k] == r.Grade {
				values[k] = 1
			}
		}
		values[len(values)-1] = c.care(i)
		f(v.homeAt(r), r.Grid, r.MicroGrid, values, r)
	}
}
