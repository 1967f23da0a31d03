package planner

import "slices"

// shortRoom adds up what visitors have for what a Shortage counts. It is used
// by whoever makes a proof and by whoever checks one.
type shortRoom struct {
	p       *Problem
	jobs    []job
	inBlock map[string][]int // jobs
	matrix  func(block, mode string, day Date) *Matrix
	place   func(m *Matrix, name string) int // row, -1 if the matrix does not hold it
	each    map[int]int                      // by job of the proof: what a visit takes
	blocks  []string                         // of those jobs
	longest int
	ways    map[shortWay]int
	fills   map[int]int
}

// shortWay names what the ways of a shift that no visit counts depend on.
type shortWay struct {
	m          *Matrix
	percent    int
	start, end string
}

func (r *shortRoom) count(each map[int]int) {
	r.each, r.blocks, r.longest, r.ways, r.fills = each, nil, 0, map[shortWay]int{}, map[int]int{}
	for i, n := range each {
		r.longest = max(r.longest, n)
		if b := r.jobs[i].block; !slices.Contains(r.blocks, b) {
			r.blocks = append(r.blocks, b)
		}
	}
}

// minutes returns what the visitor has on the day: of each shift what whole
// visits can fill of its length less the ways that no visit counts, with a
// capacity no more than so many of the longest visits.
func (r *shortRoom) minutes(v *Visitor, day Date) int {
	total := r.shifts(v, day, r.fill)
	if v.Capacity > 0 {
		made := 0
		for i := range r.p.Made {
			made += btoi(r.p.Made[i].Visitor == v.ID && r.p.Made[i].Date == day)
		}
		total = min(total, max(0, v.Capacity-made)*r.longest)
	}
	return total
}

// length is minutes without the capacity and whether visits fill them.
func (r *shortRoom) length(v *Visitor, day Date) int {
	return r.shifts(v, day, func(minutes int) int { return minutes })
}

// fill returns how many of so many minutes some visits of the proof, one of
// each job, come to at most: of 35 minutes visits of 20 fill 20.
func (r *shortRoom) fill(minutes int) int {
	if n, ok := r.fills[minutes]; ok {
		return n
	}
	come := make([]bool, minutes+1)
	come[0] = true
	for _, n := range r.each {
		for t := minutes; t >= n && n > 0; t-- {
			come[t] = come[t] || come[t-n]
		}
	}
	n := minutes
	for !come[n] {
		n--
	}
	r.fills[minutes] = n
	return n
}

// shifts adds up what the visitor's shifts of the day have, each as of says.
func (r *shortRoom) shifts(v *Visitor, day Date, of func(minutes int) int) int {
	total := 0
	for si := range v.Shifts {
		left, ok := r.p.shiftLeft(v, si, day)
		if !ok {
			continue
		}
		least := -1
		for _, b := range r.blocks {
			if m := r.matrix(b, v.Mode, day); m != nil {
				end := ""
				if v.End != nil {
					end = v.endPlace()
				}
				if n := r.uncounted(b, shortWay{m, r.p.slowPercent(v.Mode, day), left.place, end}); n >= 0 && (least < 0 || n < least) {
					least = n
				}
			}
		}
		if least >= 0 { // else no visit can be in it
			total += of(max(0, int(left.to-left.from)-least))
		}
	}
	return total
}

// uncounted returns the least minutes that a shift in the block spends on ways
// which no visit of the proof counts: home from the last door, and to the first
// what is longer than the way that the visit there counts already. If the first
// stop is at another job, its minutes are in the way that the visit after it
// counts; if the last is, they are not. Below 0: there is no way.
func (r *shortRoom) uncounted(block string, w shortWay) int {
	if n, ok := r.ways[w]; ok {
		return n
	}
	way := func(a, b int) int {
		if a < 0 || b < 0 || w.m.Seconds[a][b] < 0 {
			return -1
		}
		return int(minutesOf(slowed(w.m.Seconds[a][b], w.percent)))
	}
	from, end := r.place(w.m, w.start), -1
	if w.end != "" {
		end = r.place(w.m, w.end)
	}
	out, home := -1, -1
	take := func(best *int, n int) {
		if *best < 0 || n < *best {
			*best = n
		}
	}
	for _, i := range r.inBlock[block] {
		j := &r.jobs[i]
		at := r.place(w.m, j.place)
		each, counted := r.each[i]
		if there := way(from, at); there >= 0 {
			if counted {
				there = max(0, there-(each-j.minutes))
			}
			take(&out, there)
		}
		if back := way(at, end); back >= 0 {
			if !counted {
				back += j.minutes
			}
			take(&home, back)
		}
	}
	if w.end == "" {
		home = 0
	}
	n := out + home
	if out < 0 || home < 0 {
		n = -1
	}
	r.ways[w] = n
	return n
}
