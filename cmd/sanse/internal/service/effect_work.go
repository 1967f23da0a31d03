package service

import (
	"slices"

	"sanse/planner"
	"sanse/reports"
)

// workOf counts what a plan comes to in each block.
func workOf(p *planner.Problem, plan *planner.Plan) map[string]reports.EffectWork {
	out := make(map[string]reports.EffectWork)
	home := make(map[string]string, len(p.Residents)+len(p.Tasks)) // block by resident or task
	for i := range p.Residents {
		home[p.Residents[i].ID] = p.Residents[i].Block
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.Resident == "" {
			home[t.ID] = t.Block
		}
	}
	type day struct {
		block, who string
		date       planner.Date
	}
	days, visits := make(map[day]bool), make(map[day]bool)
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		w := out[it.Block]
		w.WalkSeconds += it.ReturnSeconds
		if on := (day{it.Block, it.Visitor, it.Date}); !days[on] {
			days[on] = true
			w.VisitorDays++
		}
		for k := range it.Stops {
			st := &it.Stops[k]
			w.WalkSeconds += st.WalkSeconds
			w.CareMinutes += int(st.Leave - st.Arrive)
			if on := (day{it.Block, st.Resident, it.Date}); st.Task == "" && !visits[on] {
				visits[on] = true
				w.Visits++
			}
		}
		out[it.Block] = w
	}
	for i := range plan.Unplanned {
		u := &plan.Unplanned[i]
		b := home[u.Resident]
		if u.Resident == "" {
			b = home[u.Task]
		}
		w := out[b]
		switch {
		case u.Owed:
			w.OwedLeft++
		case u.Task != "":
			w.TaskLapses++
		default:
			w.Lapses++
		}
		out[b] = w
	}
	for b, s := range spreads(p, plan) {
		w := out[b]
		w.Spread, w.VisitorWeeks = s.minutes, s.of
		out[b] = w
	}
	return out
}

// spread is minutes off the mean, summed over so many visitors and weeks.
type spread struct{ minutes, of int }

// spreads tells of each block how unevenly its care lies on those who may give
// it and work in a calendar week.
func spreads(p *planner.Problem, plan *planner.Plan) map[string]spread {
	type week struct {
		block  string
		monday planner.Date
	}
	minutes := make(map[week]map[string]int)
	put := func(w week, visitor string, n int) {
		if minutes[w] == nil {
			minutes[w] = make(map[string]int)
		}
		minutes[w][visitor] += n
	}
	grids := make(map[[3]string]*planner.Resident) // somebody of each
	for i := range p.Residents {
		r := &p.Residents[i]
		grids[[3]string{r.Block, r.Grid, r.MicroGrid}] = r
	}
	for i := range p.Visitors {
		v := &p.Visitors[i]
		blocks := make(map[string]bool)
		for at, r := range grids {
			if !blocks[at[0]] && covers(v, r) {
				blocks[at[0]] = true
			}
		}
		if len(blocks) == 0 {
			continue
		}
		for d := p.Start; d <= p.End(); d++ {
			if slices.Contains(v.DaysOff, d) || !slices.ContainsFunc(v.Shifts, func(s planner.Shift) bool { return s.Weekday == d.Weekday() }) {
				continue
			}
			for b := range blocks {
				put(week{b, d.WeekStart()}, v.ID, 0)
			}
		}
	}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for k := range it.Stops {
			if st := &it.Stops[k]; st.Resident != "" {
				put(week{it.Block, it.Date.WeekStart()}, it.Visitor, int(st.Leave-st.Arrive))
			}
		}
	}
	out := make(map[string]spread)
	for w, of := range minutes {
		total, off, n := 0, 0, len(of)
		for _, m := range of {
			total += m
		}
		for _, m := range of {
			off += max(n*m-total, total-n*m)
		}
		s := out[w.block]
		out[w.block] = spread{s.minutes + off/n, s.of + n}
	}
	return out
}
