package planner

import (
	"cmp"
	"slices"
)

// span is a run of minutes in which a visit may begin, both ends included.
type span struct{ from, to int32 }

// anyTime is a door that is always open; far beyond midnight, so that a way of
// many days is too long and not too late.
var anyTime = []span{{0, 1 << 30}}

// hoursOn returns when a visit may begin on a weekday, ascending.
func (n *Needs) hoursOn(weekday int) []span {
	if len(n.Hours) == 0 {
		return anyTime
	}
	var out []span
	for _, h := range n.Hours {
		if h.Weekday == weekday {
			out = append(out, span{int32(h.From), int32(h.To)})
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

// meets tells whether a span has a minute of the shift.
func (s *openShift) meets(open []span) bool {
	return slices.ContainsFunc(open, func(o span) bool { return o.from <= s.to && o.to >= s.from })
}

// firstIn returns the first minute from at on that lies in a span.
func firstIn(open []span, at int32) (int32, bool) {
	for _, s := range open { // may overlap
		if at <= s.to {
			return max(at, s.from), true
		}
	}
	return 0, false
}

// lastIn returns the last minute up to at that lies in a span.
func lastIn(open []span, at int32) (int32, bool) {
	best, ok := int32(0), false
	for _, s := range open {
		if s.from <= at {
			best, ok = max(best, min(at, s.to)), true
		}
	}
	return best, ok
}

// timedRound is an itinerary on the clock: how early each of its visits can
// begin and how late each may. Place 0 is the start, then come the stops, then
// the end if there is one.
type timedRound struct {
	travel
	places  []int32
	minutes []int32  // at each stop; entry 0 is 0
	open    [][]span // when each stop may begin
	ready   []int32  // when each stop can be left at the earliest
	latest  []int32  // when each stop may begin at the latest
	plain   []bool   // from the stop on, doors are always open
	stops   int
	end     bool
	to      int32
}

// round puts the itinerary of the shift on the clock with the travel times of
// the caller; without is a job that is left out, -1: none. It is nil where the
// itinerary is spent in another block or does not hang together.
func (e *explainer) round(c *caller, s *openShift, day Date, block string, without int) *timedRound {
	if without < 0 && s.timed != nil && s.timed.m == c.m.m {
		return s.timed
	}
	r := &timedRound{travel: e.travel(c, day), to: s.to, end: c.end >= 0}
	start := c.start
	if s.start != "" {
		var ok bool
		if start, ok = c.m.rows[s.start]; !ok {
			return nil
		}
	}
	r.places, r.minutes, r.open, r.ready = []int32{start}, []int32{0}, [][]span{nil}, []int32{s.from}
	if s.it != nil {
		if s.it.Block != "" && s.it.Block != block {
			return nil
		}
		for i := range s.it.Stops {
			st := &s.it.Stops[i]
			n, ok := e.byID[jobID(st.Resident, st.Task)]
			if !ok || n == without {
				continue
			}
			j := &e.jobs[n]
			row, ok := c.m.rows[j.place]
			if !ok {
				return nil
			}
			open := e.hoursOn(j, day)
			if n := len(open); n == 0 || int32(st.Arrive) > open[n-1].to { // late already
				open = j.needs.hoursOn(day.Weekday())
			}
			if j.needs.people() > 1 { // the other does not wait
				open = []span{{int32(st.Arrive), int32(st.Arrive)}}
			}
			r.places, r.minutes, r.open = append(r.places, row), append(r.minutes, int32(j.minutes)), append(r.open, open)
		}
	}
	r.stops = len(r.places) - 1
	if r.end {
		r.places = append(r.places, c.end)
	}
	if !r.time() {
		return nil
	}
	if without < 0 {
		s.timed = r
	}
	return r
}

// time fills ready, latest and plain; false where a visit cannot be made.
func (r *timedRound) time() bool {
	for k := 1; k <= r.stops; k++ {
		t := r.travel.minutes(r.places[k-1], r.places[k])
		begin, ok := firstIn(r.open[k], r.ready[k-1]+max(0, t))
		if t < 0 || !ok {
			return false
		}
		r.ready = append(r.ready, begin+r.minutes[k])
	}
	r.latest, r.plain = make([]int32, r.stops+2), make([]bool, r.stops+2)
	r.latest[r.stops+1], r.plain[r.stops+1] = r.to, true
	for k := r.stops; k >= 1; k-- {
		t := int32(0)
		if k < r.stops || r.end {
			if t = r.travel.minutes(r.places[k], r.places[k+1]); t < 0 {
				return false
			}
		}
		// A plan of others may be late already; then nothing fits after it.
		at, ok := lastIn(r.open[k], r.latest[k+1]-t-r.minutes[k])
		if !ok {
			at = -1
		}
		r.latest[k] = at
		r.plain[k] = r.plain[k+1] && len(r.open[k]) == 1 && r.open[k][0] == anyTime[0]
	}
	return true
}

// fitting is a visit put at one place of a round.
type fitting struct {
	pos    int   // of the stop before
	begin  int32 // at the earliest
	latest int32 // at the latest, where it fits
	short  int32 // minutes by which the round then ends after the shift; below 1: it fits
	walk   int32 // seconds more on the way
}

// insert puts a visit of so many minutes at row x after place pos; false where
// there is no way, no open door, or another visit of the round would miss its
// hours.
func (r *timedRound) insert(pos int, x, minutes int32, open []span) (f fitting, ok bool) {
	last := pos == r.stops && !r.end
	in := r.travel.minutes(r.places[pos], x)
	if in < 0 {
		return f, false
	}
	f.pos, f.walk = pos, r.travel.seconds(r.places[pos], x)
	out := int32(0)
	if !last {
		if out = r.travel.minutes(x, r.places[pos+1]); out < 0 {
			return f, false
		}
		f.walk += r.travel.seconds(x, r.places[pos+1]) - max(0, r.travel.seconds(r.places[pos], r.places[pos+1]))
	}
	if pos == 0 && r.stops == 0 && !last {
		// An empty shift stays at home: the whole way is more.
		f.walk = r.travel.seconds(r.places[0], x) + r.travel.seconds(x, r.places[1])
	}
	if f.begin, ok = firstIn(open, r.ready[pos]+in); !ok {
		return f, false
	}
	leave := f.begin + minutes
	if f.latest, ok = lastIn(open, r.latest[pos+1]-out-minutes); ok && f.latest >= f.begin {
		f.short = min(0, leave+out-r.latest[pos+1])
		return f, true
	}
	// It does not fit: what would the shift lack?
	finish := leave + out
	for k := pos + 1; k <= r.stops; k++ {
		begin, ok := firstIn(r.open[k], finish)
		if !ok {
			return f, false
		}
		finish = begin + r.minutes[k]
		if k < r.stops || r.end {
			finish += r.travel.minutes(r.places[k], r.places[k+1])
		}
	}
	f.short = finish - r.to
	return f, f.short > 0
}

// best puts the visit at the best place of the round: where least is short,
// then least is walked.
func (r *timedRound) best(x, minutes int32, open []span) (best fitting, ok bool) {
	for pos := 0; pos <= r.stops; pos++ {
		f, can := r.insert(pos, x, minutes, open)
		if can && (!ok || cmp.Or(max(0, f.short)-max(0, best.short), f.walk-best.walk) < 0) {
			best, ok = f, true
		}
	}
	return best, ok
}

// begins returns the times at which the visit could begin as things stand.
func (r *timedRound) begins(x, minutes int32, open []span) []span {
	var out []span
	for pos := 0; pos <= r.stops; pos++ {
		f, ok := r.insert(pos, x, minutes, open)
		if !ok || f.short > 0 {
			continue
		}
		for _, s := range open {
			if from, to := max(s.from, f.begin), min(s.to, f.latest); from <= to {
				out = append(out, span{from, to})
			}
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}
