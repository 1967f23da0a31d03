package vrp

import (
	"cmp"
	"slices"
)

// Proof says what no solution of a problem can do.
type Proof struct {
	// Shortfalls each prove that no solution is without missing visits, the
	// largest first; no client is in two. None: nothing is proven
	// in this form.
	Shortfalls []Shortfall
	// Mend is the least additional working time, over all days, without which
	// no solution is free of missing visits, whoever works it, travelling as
	// those do who may do the visits now. Above 0 it is a proof too; it can be 0
	// beside Shortfalls where there is time, but in pieces that visits do not
	// fill. Clients whose rule cannot be kept by any days count nothing.
	Mend int64
	// Missing is the least sum of what is missing in any solution, in multiples
	// of Unserved, rounded down a step of a rule at a time.
	Missing int64
}

// Unit says what a Shortfall counts.
type Unit string

// The units.
const (
	UnitTime   Unit = "time"   // of the problem
	UnitVisits Unit = "visits" // as many as a shift has time for, or MaxTasks
)

// Shortfall is a set of clients and days on which their rules need more than
// there is, whoever plans. It can be added up by hand: Need is the sum of
// Visits times Each of Needs; Have is what the Shifts can give.
type Shortfall struct {
	Unit   Unit
	Days   []int // ascending
	Shifts []int // all on these days that can visit anybody of Needs, ascending
	// Workers are those of Shifts, and those who may visit but have no shift on
	// these days that could, ascending.
	Workers []int
	// Need is more than Have. In time, a shift has its length (cut by MaxTime
	// and to the hours From to To) less its breaks, the shortest way home, and
	// what the shortest way out takes beyond the way that is in Each already;
	// of that, what whole visits can fill. In visits it has as many as fit into
	// that.
	Need, Have int64
	Needs      []ClientNeed // by ascending client
	// From and To, where To is not 0, bound the times at which all visits of
	// Needs have to begin.
	From, To int32
}

// ClientNeed is what a client asks of the days of a Shortfall, in every
// solution in which none of its visits is missing.
type ClientNeed struct {
	Client int
	Visits int   // on the days; times its crew
	Each   int64 // what one of them takes at least: the service and the shortest way there
}

// Short looks for proofs that no solution of a valid problem is free of missing
// visits (those that cost Unserved or more), by a relaxation: a visit takes its
// service and the shortest way to it from anywhere out of the time of some
// shift that could do it. Clients choose their days at prices for the time of
// each shift; any prices prove how much is short, and those that prove most are
// looked for by subgradients (Held, Wolfe, Crowder 1974). Where the prices are
// nothing but 0 and 1 the proof is a Shortfall. It claims nothing that is not
// proven, and may miss a proof: routing is finer than the relaxation.
func Short(p *Problem) Proof {
	if p.Unserved <= 0 || len(p.Clients) == 0 {
		return Proof{}
	}
	var proof Proof
	rules := newSparing(p)
	ways := newShortWays(p)
	for _, view := range shortViews(p) {
		m := newShortModel(p, view, rules, ways)
		proof.add(m)
	}
	slices.SortStableFunc(proof.Shortfalls, func(a, b Shortfall) int {
		return cmp.Compare(b.Need-b.Have, a.Need-a.Have)
	})
	return proof
}

// add puts what a view of the problem proves to what is proven already.
func (f *Proof) add(m *shortModel) {
	prices := newShortPrices(m)
	strict := prices.strict()
	hall := newShortHall(m, prices, strict)
	for {
		s, ok := hall.next()
		if !ok {
			break
		}
		prices.proven = true
		if !f.covers(s) {
			f.Shortfalls = append(f.Shortfalls, s)
		}
	}
	if m.view.unit == UnitTime && prices.proven {
		f.Mend = max(f.Mend, prices.mend(strict, hall.marked))
	}
	f.Missing = max(f.Missing, prices.missing(strict))
}

// covers tells whether a client of s is in a shortfall already.
func (f *Proof) covers(s Shortfall) bool {
	for _, old := range f.Shortfalls {
		for _, n := range s.Needs {
			if slices.ContainsFunc(old.Needs, func(o ClientNeed) bool { return o.Client == n.Client }) {
				return true
			}
		}
	}
	return false
}

// shortView is a way to look at a problem as resources: all time, the time of
// some hours, or the number of visits.
type shortView struct {
	unit     Unit
	from, to int32 // hours; to is 0: all
}

// maxShortHours bounds the hours that are looked at on their own.
const maxShortHours = 4

// shortViews returns the views worth a look.
func shortViews(p *Problem) []shortView {
	views := []shortView{{unit: UnitTime}}
	// Hours by how many visits they bind.
	count := map[[2]int32]int{}
	for i := range p.Clients {
		for _, windows := range p.Clients[i].Windows {
			if len(windows) > 0 {
				count[[2]int32{windows[0].From, windows[len(windows)-1].To}]++
			}
		}
	}
	hours := make([][2]int32, 0, len(count))
	for h := range count {
		if h[1] > 0 {
			hours = append(hours, h)
		}
	}
	slices.SortFunc(hours, func(a, b [2]int32) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), slices.Compare(a[:], b[:]))
	})
	for _, h := range hours[:min(len(hours), maxShortHours)] {
		views = append(views, shortView{UnitTime, h[0], h[1]})
	}
	views = append(views, shortView{unit: UnitVisits})
	return views
}
