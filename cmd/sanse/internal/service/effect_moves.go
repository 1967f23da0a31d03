package service

import (
	"cmp"
	"slices"
	"strings"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// moves lists and counts who gets another grid or micro-grid.
func (e *effecting) moves() {
	out := &e.out.Moved
	out.Familiar, out.Flows, out.Facilities = map[string]int{}, []reports.EffectFlow{}, []reports.EffectFacility{}
	e.out.Moves = []reports.EffectMove{}
	seen := e.lastVisitors()
	visitors := make(map[string]int, len(e.before.Visitors))
	for i := range e.before.Visitors {
		visitors[e.before.Visitors[i].ID] = i
	}
	grades := make(map[string]*reports.EffectGradeMove)
	flows := make(map[[2]string]*reports.EffectFlow)
	places := make(map[reports.EffectPlace]int)
	for i := range e.before.Residents {
		was, is := &e.before.Residents[i], &e.after.Residents[i]
		if !movedHome(was, is) {
			continue
		}
		m := reports.EffectMove{
			Resident: was.ID, Grade: was.Grade, FromGrid: was.Grid, ToGrid: is.Grid, FromMicroGrid: was.MicroGrid, ToMicroGrid: is.MicroGrid,
		}
		e.debts(was, &m)
		for _, id := range familiar(was, seen[was.ID]) {
			switch v, known := visitors[id]; {
			case !known || !covers(&e.before.Visitors[v], was):
			case covers(&e.after.Visitors[v], is):
				m.KeepsVisitors++
			default:
				m.LosesVisitors = append(m.LosesVisitors, id)
			}
		}
		g := grades[was.Grade]
		if g == nil {
			g = &reports.EffectGradeMove{Grade: was.Grade}
			grades[was.Grade] = g
		}
		switch {
		case was.Block != is.Block:
			g.Community++
		case was.Grid != is.Grid:
			g.Grid++
		default:
			g.MicroGrid++
		}
		if len(m.LosesVisitors) > 0 {
			out.Familiar[was.Grade]++
		}
		if m.DueBy != nil {
			out.Open++
		}
		if m.Owed {
			out.Owed++
		}
		way := [2]string{cmp.Or(was.MicroGrid, was.Grid), cmp.Or(is.MicroGrid, is.Grid)}
		if flows[way] == nil {
			flows[way] = &reports.EffectFlow{From: way[0], To: way[1], ByGrade: map[string]int{}}
		}
		flows[way].ByGrade[was.Grade]++
		places[reports.EffectPlace{At: was.Location, Grade: was.Grade, From: way[0], To: way[1]}]++
		e.out.Moves = append(e.out.Moves, m)
	}
	out.Residents = len(e.out.Moves)
	slices.SortFunc(e.out.Moves, func(a, b reports.EffectMove) int {
		return cmp.Or(cmp.Compare(gradeRank(a.Grade), gradeRank(b.Grade)), cmp.Compare(a.Grade, b.Grade), cmp.Compare(a.Resident, b.Resident))
	})
	out.ByGrade = []reports.EffectGradeMove{}
	for _, g := range grades {
		out.ByGrade = append(out.ByGrade, *g)
	}
	slices.SortFunc(out.ByGrade, func(a, b reports.EffectGradeMove) int {
		return cmp.Or(cmp.Compare(gradeRank(a.Grade), gradeRank(b.Grade)), cmp.Compare(a.Grade, b.Grade))
	})
	for _, f := range flows {
		out.Flows = append(out.Flows, *f)
	}
	slices.SortFunc(out.Flows, func(a, b reports.EffectFlow) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for p, n := range places {
		p.Count = n
		e.out.Places = append(e.out.Places, p)
	}
	slices.SortFunc(e.out.Places, func(a, b reports.EffectPlace) int {
		return cmp.Or(cmp.Compare(gradeRank(a.Grade), gradeRank(b.Grade)), cmp.Compare(a.Grade, b.Grade), cmp.Compare(a.From, b.From),
			cmp.Compare(a.To, b.To), cmp.Compare(a.At[0], b.At[0]), cmp.Compare(a.At[1], b.At[1]))
	})
	e.others(out)
}

// movedHome tells whether a resident gets another grid or micro-grid.
func movedHome(was, is *planner.Resident) bool {
	return was.Grid != is.Grid || was.MicroGrid != is.MicroGrid
}

// movedTask tells whether a task with a place of its own gets another grid or
// micro-grid. One at somebody's home goes with them.
func movedTask(was, is *planner.Task) bool {
	return was.Resident == "" && (was.Grid != is.Grid || was.MicroGrid != is.MicroGrid)
}

func gradeRank(grade string) int {
	if i := slices.Index([]string{"red", "yellow", "blue"}, grade); i >= 0 {
		return i
	}
	return 3
}

// others counts the tasks, the people of buildings and the facilities that move.
func (e *effecting) others(out *reports.EffectMoved) {
	for i := range e.before.Tasks {
		if movedTask(&e.before.Tasks[i], &e.after.Tasks[i]) {
			out.Tasks++
		}
	}
	for i := range e.base.Population {
		was, is := &e.base.Population[i], &e.next.Population[i]
		if was.Grid != is.Grid || was.MicroGrid != is.MicroGrid {
			out.Buildings++
			out.Households += was.Households
			out.People += was.People
		}
	}
	for i := range e.base.Facilities {
		was, is := &e.base.Facilities[i], &e.next.Facilities[i]
		if was.Grid != is.Grid {
			out.Facilities = append(out.Facilities, reports.EffectFacility{ID: was.ID, From: was.Grid, To: is.Grid})
		}
	}
}

// debts says what of a resident who moves stands open on the first day.
func (e *effecting) debts(r *planner.Resident, m *reports.EffectMove) {
	rules, err := planner.RulesFor(e.before, r)
	if err != nil {
		return // nobody asks for a visit
	}
	history, from := r.History(), e.opt.From
	m.Owed = planner.Owed(rules, history, r.Absent, from)
	for _, w := range planner.Windows(rules, history, r.Absent, from, e.before.End()) {
		if w.First <= from && from <= w.Last && w.Short() > 0 {
			due := w.Last
			m.DueBy = &due
			return // they come by their last days
		}
	}
}

// covers tells whether the scope of a visitor holds a resident's home.
func covers(v *planner.Visitor, r *planner.Resident) bool {
	return slices.ContainsFunc(v.Scope, r.In)
}

// lastVisitors returns the visitors of the last visits of each resident, the
// latest first.
func (e *effecting) lastVisitors() map[string][]string {
	visits := slices.Clone(e.base.Visits)
	slices.SortStableFunc(visits, func(a, b data.Visit) int { return cmp.Compare(b.Date, a.Date) })
	out := make(map[string][]string)
	for i := range visits {
		v := &visits[i]
		if v.Done && v.Visitor != "" && len(out[v.Resident]) < familiarVisits {
			out[v.Resident] = append(out[v.Resident], v.Visitor)
		}
	}
	return out
}

// familiar lists whom a resident knows: the team, and who came lately.
func familiar(r *planner.Resident, seen []string) []string {
	out := slices.Clone(r.Team)
	for _, id := range seen {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// inFlight finds what of the plan in force belongs to whom the redraw moves.
func (e *effecting) inFlight() {
	out := &e.out.InFlight
	out.ByGrade, out.List = map[string]int{}, []reports.EffectVisit{}
	if e.record == nil {
		return
	}
	out.Plan = e.record.ID
	type end struct {
		was, is, micro string
		grade          string
	}
	ends := make(map[string]end)
	for i := range e.before.Residents {
		was, is := &e.before.Residents[i], &e.after.Residents[i]
		if movedHome(was, is) {
			ends[was.ID] = end{was.Grid, is.Grid, is.MicroGrid, was.Grade}
		}
	}
	for i := range e.before.Tasks {
		was, is := &e.before.Tasks[i], &e.after.Tasks[i]
		if movedTask(was, is) {
			ends[was.ID] = end{was.Grid, is.Grid, is.MicroGrid, ""}
		}
	}
	scopes := make(map[string][]string, len(e.after.Visitors))
	for i := range e.after.Visitors {
		scopes[e.after.Visitors[i].ID] = e.after.Visitors[i].Scope
	}
	for i := range e.plan.Itineraries {
		it := &e.plan.Itineraries[i]
		if it.Date < e.opt.From {
			continue
		}
		for k := range it.Stops {
			st := &it.Stops[k]
			m, moves := ends[cmp.Or(st.Resident, st.Task)]
			if !moves {
				continue
			}
			v := reports.EffectVisit{Resident: st.Resident, Task: st.Task, Date: it.Date, Visitor: it.Visitor, From: m.was, To: m.is}
			v.InScope = slices.ContainsFunc(scopes[it.Visitor], func(c string) bool {
				return strings.HasPrefix(m.is, c) || strings.HasPrefix(m.micro, c)
			})
			out.Visits++
			if !v.InScope {
				out.OutOfScope++
			}
			if m.grade != "" {
				out.ByGrade[m.grade]++
			}
			out.List = append(out.List, v)
		}
	}
	slices.SortFunc(out.List, func(a, b reports.EffectVisit) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.Task, b.Task))
	})
}
