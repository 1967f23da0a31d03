package planner

import (
	"maps"
	"slices"

	"sanse/planner/vrp"
)

// add adds the proof up for jobs and days; false where nothing is short.
func (w *prover) add(jobs []int, days []Date) (Shortage, bool) {
	s := Shortage{Days: days, Visitors: []string{}}
	var needed []int
	visits := map[int]int{}
	for _, i := range jobs {
		if n := w.fewest(i, days); n > 0 {
			visits[i] = n
			needed = append(needed, i)
		}
	}
	who := map[int]bool{}
	for _, i := range needed {
		for _, v := range w.job(i).able {
			if !who[v] && slices.ContainsFunc(days, func(d Date) bool { return w.could(i, v, d) }) {
				who[v] = true
			}
		}
	}
	var visitors []int
	for v := range who {
		visitors = append(visitors, v)
	}
	slices.Sort(visitors)
	each := map[int]int{}
	from := map[string][]reached{}
	for _, i := range needed {
		j := &w.e.jobs[i]
		ways, ok := from[j.block]
		if !ok {
			ways = w.reach(j.block, days, visitors)
			from[j.block] = ways
		}
		each[i] = j.minutes + w.way(i, visits, ways)
		n := ShortageNeed{Visits: visits[i] * j.needs.people(), Minutes: each[i]}
		n.Resident, n.Task = w.e.p.names(j)
		s.Needs = append(s.Needs, n)
		s.NeedMinutes += n.Visits * n.Minutes
	}
	w.room.count(each)
	for _, v := range visitors {
		s.Visitors = append(s.Visitors, w.e.p.Visitors[v].ID)
		for _, d := range days {
			s.HaveMinutes += w.room.minutes(&w.e.p.Visitors[v], d)
		}
	}
	s.Short = s.NeedMinutes - s.HaveMinutes
	if s.Short <= 0 {
		return s, false
	}
	// A shift that is too short for a visit could be made long enough, a
	// capacity raised: then they count.
	could := 0
	for _, v := range w.whoMay(needed, days) {
		for _, d := range days {
			could += w.room.length(&w.e.p.Visitors[v], d)
		}
	}
	s.MendMinutes = max(1, s.NeedMinutes-could)
	return s, true
}

// whoMay returns the visitors who may do one of the jobs and have a way to it on
// one of the days, whether or not they have the time.
func (w *prover) whoMay(jobs []int, days []Date) []int {
	who := map[int]bool{}
	for _, i := range jobs {
		for _, v := range w.job(i).able {
			if !who[v] && slices.ContainsFunc(days, func(d Date) bool { return w.hasWay(i, v, d) }) {
				who[v] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(who))
}

func (w *prover) job(i int) *explainedJob {
	c := w.jobs[i]
	if c == nil {
		c = w.e.job(i)
		w.jobs[i] = c
	}
	return c
}

// could is shortRoom.could, asked once for each job, visitor and day.
func (w *prover) could(i, v int, day Date) bool {
	key := couldKey{i, v}
	known, ok := w.coulds[key]
	if !ok {
		known = make([]int8, w.e.p.Days)
		w.coulds[key] = known
	}
	at := &known[day-w.e.p.Start]
	if *at == 0 {
		*at = -1
		if w.room.could(&w.e.jobs[i], &w.e.p.Visitors[v], day) {
			*at = 1
		}
	}
	return *at > 0
}

// fewest returns the fewest visits that must fall on the days. On the other
// days there are none where nobody could come.
func (w *prover) fewest(i int, days []Date) int {
	p, j := w.e.p, &w.e.jobs[i]
	rule := w.rules[i]
	if rule == nil {
		spec := j.spec(p)
		spec.weight, spec.count = 1, true
		rule = newCalendar(spec)
		w.rules[i] = rule
		could := make([]bool, p.Days)
		for d := range could {
			day := p.Start + Date(d)
			could[d] = slices.ContainsFunc(w.job(i).able, func(v int) bool { return w.could(i, v, day) })
		}
		w.days[i] = could
	}
	price := make([]int64, p.Days)
	for d := range price {
		if !w.days[i][d] {
			price[d] = vrp.Never
		}
	}
	for _, d := range days {
		price[d-p.Start] = 1
	}
	picked, _, _ := rule.Cheapest(price, nil, nil)
	n := 0
	for _, d := range picked {
		n += int(min(price[d], 1))
	}
	return n
}

// reached is a matrix on days of the same percentage, and the places from which
// visitors of a proof set out on them.
type reached struct {
	travel
	rows   *matrixRows
	starts []int32
}

// reach returns the ways of travelling that visitors have in a block on days.
func (w *prover) reach(block string, days []Date, visitors []int) []reached {
	type how struct {
		m       *Matrix
		percent int
	}
	index := map[how]int{}
	var out []reached
	for _, d := range days {
		for _, v := range visitors {
			who := &w.e.p.Visitors[v]
			m := w.e.matrix(block, who.Mode, d)
			if m == nil {
				continue
			}
			t := w.e.travel(&caller{m: m, v: who}, d)
			n, ok := index[how{m.m, t.percent}]
			if !ok {
				n = len(out)
				index[how{m.m, t.percent}] = n
				out = append(out, reached{travel: t, rows: m})
			}
			left := w.e.shifts(v, d)
			for q := range left {
				from := left[q].start
				if from == "" {
					from = who.ID
				}
				if row, ok := m.rows[from]; ok && !slices.Contains(out[n].starts, row) {
					out[n].starts = append(out[n].starts, row)
				}
			}
		}
	}
	return out
}

// way returns the shortest way to a job, in minutes, from where one of the
// visitors begins or from another door of the block.
func (w *prover) way(i int, counted map[int]int, from []reached) int {
	j := &w.e.jobs[i]
	best := int32(-1)
	for _, r := range from {
		to, ok := r.rows.rows[j.place]
		if !ok {
			continue
		}
		least := w.doorway(i, counted, &r, to)
		for _, s := range r.starts {
			if n := r.minutes(s, to); n >= 0 && (least < 0 || n < least) {
				least = n
			}
		}
		if least >= 0 && (best < 0 || least < best) {
			best = least
		}
	}
	return int(max(0, best))
}

// doorway returns the shortest way to a job from another door of the block;
// below 0: none. Whoever comes from a job that the proof does not count has
// spent its minutes too.
func (w *prover) doorway(i int, counted map[int]int, r *reached, to int32) int32 {
	best := int32(-1)
	for _, o := range w.inBlock[w.e.jobs[i].block] {
		if o == i {
			continue
		}
		j := &w.e.jobs[o]
		row, ok := r.rows.rows[j.place]
		if !ok {
			continue
		}
		n := r.minutes(row, to)
		if j.place == w.e.jobs[i].place {
			n = 0
		}
		if n < 0 {
			continue
		}
		if counted[o] == 0 {
			n += int32(j.minutes)
		}
		if best < 0 || n < best {
			best = n
		}
	}
	return best
}
