package audit

import (
	"maps"
	"slices"
	"time"
)

// usual keeps counts of hours or days of the last weeks, and what is high among
// them.
type usual struct {
	queue []count
	times map[int]int // how often each count was
}

type count struct {
	at time.Time
	n  int
}

// add adds a count of an hour or day. The begins of hours that are added late
// may be a little out of order; they are forgotten a little late.
func (u *usual) add(at time.Time, n int) {
	if u.times == nil {
		u.times = make(map[int]int)
	}
	u.forget(at)
	u.queue = append(u.queue, count{at, n})
	u.times[n]++
}

// forget drops what was too long before some time.
func (u *usual) forget(at time.Time) {
	for len(u.queue) > 0 && u.queue[0].at.Before(at.Add(-window)) {
		if u.times[u.queue[0].n]--; u.times[u.queue[0].n] == 0 {
			delete(u.times, u.queue[0].n)
		}
		u.queue = u.queue[1:]
	}
}

// high is the count that nine of ten in the weeks before some time do not pass; 0
// if there are none.
func (u *usual) high(at time.Time) int {
	u.forget(at)
	rank := (len(u.queue)*9 + 9) / 10 // from 1
	for _, n := range slices.Sorted(maps.Keys(u.times)) {
		if rank -= u.times[n]; rank <= 0 {
			return n
		}
	}
	return 0
}
