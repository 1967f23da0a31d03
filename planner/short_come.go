package planner

// shortShift is what is left of a shift for a proof: whoever is on the way at
// Now may have left up to lead minutes before.
type shortShift struct {
	from, to, lead int32
	place          string
}

// shortRound names the least times from a row of a matrix to every door of its
// block, or back to it from each.
type shortRound struct {
	m       *Matrix
	percent int
	row     int
	back    bool
}

// left returns what is left of the visitor's shifts on the day.
func (r *shortRoom) left(v *Visitor, day Date) []shortShift {
	key := visitorDay{v.ID, day}
	if out, ok := r.open[key]; ok {
		return out
	}
	var out []shortShift
	for si := range v.Shifts {
		left, ok := r.p.shiftLeft(v, si, day)
		if !ok {
			continue
		}
		s := shortShift{from: int32(left.from), to: int32(left.to), place: left.place}
		if from := v.Shifts[si].From; from < left.from { // it is running
			if last := r.p.lastMadeBy(v.ID, day); last != nil {
				from = max(from, last.Leave)
			}
			s.lead = int32(max(0, left.from-from))
		}
		out = append(out, s)
	}
	if r.open == nil {
		r.open = map[visitorDay][]shortShift{}
	}
	r.open[key] = out
	return out
}

// could tells whether the visitor, who may come, could do the job on the day
// with nothing else to do than to pass other doors of the block: a way round may
// be shorter than the way itself, or the only one.
func (r *shortRoom) could(j *job, v *Visitor, day Date) bool {
	m := r.matrix(j.block, v.Mode, day)
	if m == nil {
		return false
	}
	open := j.needs.hoursOn(day.Weekday())
	for _, s := range r.left(v, day) {
		out, home, ok := r.there(j, v, m, day, s.place)
		if !ok {
			continue
		}
		first, last := int64(s.from)+int64(max(0, out-s.lead)), int64(s.to)-int64(home)-int64(j.minutes)
		for _, o := range open {
			if max(first, int64(o.from)) <= min(last, int64(o.to)) {
				return true
			}
		}
	}
	return false
}

// hasWay tells whether there is a way for the visitor on the day, whether or not
// a shift is left that is long enough.
func (r *shortRoom) hasWay(j *job, v *Visitor, day Date) bool {
	m := r.matrix(j.block, v.Mode, day)
	if m == nil {
		return false
	}
	if _, _, ok := r.there(j, v, m, day, v.ID); ok {
		return true
	}
	for _, s := range r.left(v, day) {
		if _, _, ok := r.there(j, v, m, day, s.place); ok {
			return true
		}
	}
	return false
}

// there returns the least minutes from a place to the job, and home from there
// if the visitor goes home; false where there is no way.
func (r *shortRoom) there(j *job, v *Visitor, m *Matrix, day Date, from string) (out, home int32, ok bool) {
	percent := r.p.slowPercent(v.Mode, day)
	at, start := r.place(m, j.place), r.place(m, from)
	if at < 0 || start < 0 {
		return 0, 0, false
	}
	out = r.round(j.block, shortRound{m, percent, start, false})[at]
	if end := v.homePlace(); end != "" {
		row := r.place(m, end)
		if row < 0 {
			return 0, 0, false
		}
		home = r.round(j.block, shortRound{m, percent, row, true})[at]
	}
	return out, home, out >= 0 && home >= 0
}

// round returns the least minutes between a row and each row by way of doors of
// the block, at each of which the shortest job is done; below 0 where there is
// no way (Dijkstra 1959).
func (r *shortRoom) round(block string, k shortRound) []int32 {
	if best, ok := r.rounds[k]; ok {
		return best
	}
	stay := make([]int32, len(k.m.Seconds)) // by row; 0: no door
	for _, i := range r.inBlock[block] {
		j := &r.jobs[i]
		if at := r.place(k.m, j.place); at >= 0 && (stay[at] == 0 || int32(j.minutes) < stay[at]) {
			stay[at] = int32(j.minutes)
		}
	}
	leg := func(a, b int) int32 {
		if k.back {
			a, b = b, a
		}
		return k.m.way(a, b, k.percent)
	}
	best, done := make([]int32, len(stay)), make([]bool, len(stay))
	for b := range best {
		best[b] = leg(k.row, b)
	}
	for {
		next := -1
		for a := range best {
			if stay[a] > 0 && !done[a] && best[a] >= 0 && (next < 0 || best[a] < best[next]) {
				next = a
			}
		}
		if next < 0 || best[next] > dayMinutes {
			break
		}
		done[next] = true
		for b := range best {
			if n := leg(next, b); stay[b] > 0 && n >= 0 && n <= dayMinutes {
				if n += best[next] + stay[next]; best[b] < 0 || n < best[b] {
					best[b] = n
				}
			}
		}
	}
	if r.rounds == nil {
		r.rounds = map[shortRound][]int32{}
	}
	r.rounds[k] = best
	return best
}

// way returns the whole minutes from row a to row b on a day of that
// percentage; below 0: there is no way.
func (m *Matrix) way(a, b, percent int) int32 {
	if a < 0 || b < 0 || m.Seconds[a][b] < 0 {
		return -1
	}
	return minutesOf(slowed(m.Seconds[a][b], percent))
}

// homePlace is the name in the matrices of where the visitor goes home to;
// empty where the day ends at the last door.
func (v *Visitor) homePlace() string {
	if v.End == nil {
		return ""
	}
	return v.endPlace()
}
