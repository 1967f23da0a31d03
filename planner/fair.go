package planner

import "slices"

// weekLoad is the care of one calendar week: minutes at the door of each
// worker of a block who has shifts in the week and may do something in it.
type weekLoad struct {
	minutes map[int]int64 // by worker
	total   int64
}

// loads is the care of a block, by calendar week from the first on.
type loads []weekLoad

// off returns the minutes by which the workers of the week are off their mean,
// in all, rounded down.
func (w *weekLoad) off() int64 {
	n := int64(len(w.minutes))
	if n == 0 {
		return 0
	}
	sum := int64(0)
	for _, m := range w.minutes {
		sum += max(n*m-w.total, w.total-n*m)
	}
	return sum / n
}

// total is Cost.Spread of the block.
func (l loads) total() int64 {
	n := int64(0)
	for i := range l {
		n += l[i].off()
	}
	return n
}

// week returns the number of the calendar week of a day, from 0.
func (b *block) week(day int) int {
	p := b.s.p
	return int((p.Start+Date(day)).WeekStart()-p.Start.WeekStart()) / 7
}

// spread counts the care of each worker and week, of what was made and what is
// planned.
func (b *block) spread() loads {
	out := make(loads, b.week(b.vp.Days-1)+1)
	for w := range out {
		out[w].minutes = map[int]int64{}
	}
	may := make([]bool, len(b.vp.Workers))
	for c := range b.vp.Clients {
		for _, x := range b.vp.Clients[c].Who {
			may[x.Worker] = true
		}
	}
	for i := range b.vp.Shifts {
		if sh := &b.vp.Shifts[i]; may[sh.Worker] {
			out[b.week(sh.Day)].minutes[sh.Worker] += 0
		}
	}
	add := func(day, worker int, minutes int64) {
		w := &out[b.week(day)]
		w.minutes[worker] += minutes
		w.total += minutes
	}
	for i := range b.s.p.Made {
		m := &b.s.p.Made[i]
		j, known := b.s.jobIndex[jobID(m.Resident, m.Task)]
		if w, ok := b.worker[b.s.visitor[m.Visitor]]; ok && known && slices.Contains(b.in.jobs, j) {
			add(int(m.Date-b.s.p.Start), w, int64(m.Leave-m.Arrive))
		}
	}
	for _, r := range b.sol.Routes {
		sh := &b.vp.Shifts[r.Shift]
		for _, st := range r.Stops {
			add(sh.Day, sh.Worker, int64(b.vp.Clients[st.Client].Service))
		}
	}
	return out
}

func (b *block) even() {}
