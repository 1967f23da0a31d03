package planner

import "slices"

// shortRoom adds up what visitors have for what a Shortage counts. It is used
// by whoever makes a proof and by whoever checks one; the tests hold it against
// trying every order of doors.
type shortRoom struct {
	p       *Problem
	jobs    []job
	inBlock map[string][]int // jobs
	matrix  func(block, mode string, day Date) *Matrix
	place   func(m *Matrix, name string) int // row, -1 if the matrix does not hold it
	open    map[visitorDay][]shortShift
	rounds  map[shortRound][]int32
	each    map[int]int // by job of the proof: what a visit takes
	blocks  []string    // of those jobs
	longest int
	ways    map[shortWay]shortSpent
	fills   map[int]int
}

// shortWay names what the ways of a shift that no visit counts depend on.
type shortWay struct {
	m          *Matrix
	percent    int
	start, end string
	lead       int32
}

// shortSpent is the least time spent on such ways, below 0 where a way began
// before the shift's time counts; ok is false where no visit can be in it.
type shortSpent struct {
	minutes int
	ok      bool
}

func (r *shortRoom) count(each map[int]int) {
	r.each, r.blocks, r.longest, r.ways, r.fills = each, nil, 0, map[shortWay]shortSpent{}, map[int]int{}
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
	for _, left := range r.left(v, day) {
		var least shortSpent
		for _, b := range r.blocks {
			if m := r.matrix(b, v.Mode, day); m != nil {
				n := r.uncounted(b, shortWay{m, r.p.slowPercent(v.Mode, day), left.place, v.homePlace(), left.lead})
				if n.ok && (!least.ok || n.minutes < least.minutes) {
					least = n
				}
			}
		}
		if least.ok {
			total += of(max(0, int(left.to-left.from)-least.minutes))
		}
	}
	return total
}

// uncounted returns the least minutes that a shift in the block spends on ways
// which no visit of the proof counts: home from the last door, and to the first
// what is longer than the way that the visit there counts already. If the first
// stop is at another job, its minutes are in the way that the visit after it
// counts; if the last is, they are not.
func (r *shortRoom) uncounted(block string, w shortWay) shortSpent {
	if n, ok := r.ways[w]; ok {
		return n
	}
	from, end := r.place(w.m, w.start), -1
	if w.end != "" {
		end = r.place(w.m, w.end)
	}
	out, home := shortSpent{}, shortSpent{ok: w.end == ""}
	take := func(best *shortSpent, n int) {
		if !best.ok || n < best.minutes {
			*best = shortSpent{n, true}
		}
	}
	for _, i := range r.inBlock[block] {
		j := &r.jobs[i]
		at := r.place(w.m, j.place)
		each, counted := r.each[i]
		if there := w.m.way(from, at, w.percent); there >= 0 {
			n := int(max(0, there-w.lead))
			if counted {
				n -= each - j.minutes
			}
			take(&out, n)
		}
		if back := w.m.way(at, end, w.percent); w.end != "" && back >= 0 {
			n := int(back)
			if !counted {
				n += j.minutes
			}
			take(&home, n)
		}
	}
	n := shortSpent{out.minutes + home.minutes, out.ok && home.ok}
	r.ways[w] = n
	return n
}
