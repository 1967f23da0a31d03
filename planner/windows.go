package planner

import (
	"fmt"
	"slices"
)

// WindowState says how a window stands at the end of the days looked at.
type WindowState uint8

// The states of a window.
const (
	WindowOpen   WindowState = iota // closes after the last day looked at, still short of visits
	WindowMet                       // has the visits it needs
	WindowLapsed                    // closed short of visits inside the days looked at
	WindowOwed                      // closed short of visits before the first day looked at
)

var windowStates = [...]string{"open", "met", "lapsed", "owed"}

// String writes the state: open, met, lapsed or owed.
func (s WindowState) String() string {
	if int(s) < len(windowStates) {
		return windowStates[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// MarshalText writes the state as String does.
func (s WindowState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Window is a run of days, both ends included, in which a rule needs visits.
type Window struct {
	Rule  int  `json:"rule"`  // index of the rule
	First Date `json:"first"` // may lie before the first day looked at
	Last  Date `json:"last"`  // the due-by
	Need  int  `json:"need"`  // visits that must fall in it
	Met   int  `json:"met"`   // visits that do
	// Cut is set for a quota whose period goes on after the last day looked
	// at: Last is then that day and Need is Share/Of rounded half up.
	Cut bool `json:"cut,omitempty"`
	// Share/Of is the exact share of the quota: visits asked for times days
	// that count, over the days of the period, both without days on which no
	// pattern allows a visit. An interval has 1/1.
	Share int         `json:"share"`
	Of    int         `json:"of"`
	State WindowState `json:"state"`
}

// Short is the number of visits missing, never below 0.
func (w *Window) Short() int { return max(0, w.Need-w.Met) }

// Windows returns the windows of the rules that end or are open on a day of
// [from, to], and of each rule the latest one before from if it closed short
// (state owed). It is the one source of due dates.
//
// History holds the counted visits, ascending, those before from and those
// from it on alike; absent are the days on which nobody can be visited, to
// which the pauses among the rules are added. Rules and days are independent
// of each other: a visit counts for every rule.
//
// An interval of n days: the n-th day after the last visit that is not paused
// is the last day of its window; a window that closes without a visit is
// followed at once by the next. Whoever was never seen before from has the
// window open on from. A quota: the calendar week or month; a period in which
// not every day counts (rule not yet or no longer in force, paused, beyond to)
// needs its share, rounded half up; days on which none of the rule's patterns
// allows a visit are neither of the share nor of the whole, and no more is needed
// than one pattern a week leaves room for. Once: the days from From to To, which need
// one visit as long as anybody is there on one of them; beyond to it is open
// and asks for nothing, and a visit after its end clears what it left owed.
//
// The result is ordered by Last, then First, then Rule.
func Windows(rules []Policy, history []Date, absent []DateRange, from, to Date) []Window {
	var out []Window
	if to < from {
		return nil
	}
	off := pausedDays(rules, absent)
	for i := range rules {
		p := &rules[i]
		switch {
		case p.Pause:
		case p.EveryDays > 0:
			out = intervalWindows(out, i, p, history, off, from, to)
		case p.PerWeek > 0:
			out = quotaWindows(out, i, p, p.PerWeek, false, history, off, from, to)
		case p.PerMonth > 0:
			out = quotaWindows(out, i, p, p.PerMonth, true, history, off, from, to)
		case p.Once:
			out = onceWindow(out, i, p, history, off, from, to)
		}
	}
	slices.SortFunc(out, func(a, b Window) int {
		if a.Last != b.Last {
			return int(a.Last - b.Last)
		}
		if a.First != b.First {
			return int(a.First - b.First)
		}
		return a.Rule - b.Rule
	})
	return out
}

const (
	dateMin Date = -1 << 30
	dateMax Date = 1 << 30
)

func (p *Policy) bounds() (from, to Date) {
	from, to = dateMin, dateMax
	if p.From != nil {
		from = *p.From
	}
	if p.To != nil {
		to = *p.To
	}
	return from, to
}

// pausedDays returns absences and pauses as ranges, ascending and disjoint.
func pausedDays(rules []Policy, absent []DateRange) []DateRange {
	all := make([]DateRange, 0, len(absent)+2)
	for _, r := range absent {
		if r.From <= r.To {
			all = append(all, r)
		}
	}
	for i := range rules {
		if rules[i].Pause {
			from, to := rules[i].bounds()
			all = append(all, DateRange{from, to})
		}
	}
	slices.SortFunc(all, func(a, b DateRange) int { return int(a.From) - int(b.From) })
	out := all[:0]
	for _, r := range all {
		if n := len(out); n > 0 && r.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, r.To)
		} else {
			out = append(out, r)
		}
	}
	return out
}

func inRanges(rs []DateRange, d Date) bool {
	for _, r := range rs {
		if r.From <= d && d <= r.To {
			return true
		}
	}
	return false
}

// nthDay returns the n-th day after a that is in no range of off.
func nthDay(a Date, n int, off []DateRange) Date {
	d := a + Date(n)
	for _, r := range off { // ascending, disjoint
		if r.To <= a {
			continue
		}
		if r.From > d {
			break
		}
		if r.To == dateMax {
			return dateMax
		}
		d += r.To - max(r.From, a+1) + 1
	}
	return d
}

func countDays(first, last Date, off []DateRange) int {
	n := int(last-first) + 1
	for _, r := range off {
		if f, l := max(first, r.From), min(last, r.To); f <= l {
			n -= int(l-f) + 1
		}
	}
	return max(0, n)
}

// visitsIn counts the visits in [first, last]; h is ascending.
func visitsIn(h []Date, first, last Date) int {
	lo, _ := slices.BinarySearch(h, first)
	hi, _ := slices.BinarySearch(h, last+1)
	return hi - lo
}

func intervalWindows(out []Window, rule int, p *Policy, h []Date, off []DateRange, from, to Date) []Window {
	start, end := p.bounds()
	next, _ := slices.BinarySearch(h, from)
	last := from - 1
	if next > 0 {
		last = h[next-1]
	}
	a := max(last, start-1)
	// Skip the windows before the latest one that closed before from.
	if before := min(from-1, end); a < before {
		if closed := countDays(a+1, before, off) / p.EveryDays; closed > 1 {
			a = nthDay(a, (closed-1)*p.EveryDays, off)
		}
	}
	for a < to {
		due := nthDay(a, p.EveryDays, off)
		if due > end {
			return out // the rule ends before the window does
		}
		w := Window{Rule: rule, First: a + 1, Last: due, Need: 1, Share: 1, Of: 1}
		for next < len(h) && h[next] <= a {
			next++
		}
		switch {
		case due < from:
			w.State = WindowOwed // the latest one
			a = due
		case next < len(h) && h[next] <= min(due, to):
			w.State, w.Met = WindowMet, 1
			a = h[next]
		case due <= to:
			w.State = WindowLapsed
			a = due
		default:
			return append(out, w) // open
		}
		out = append(out, w)
	}
	return out
}

func quotaWindows(out []Window, rule int, p *Policy, k int, month bool, h []Date, off []DateRange, from, to Date) []Window {
	start, end := p.bounds()
	masks := p.masks()
	s := from.WeekStart() - 7
	if month {
		s = (from.MonthStart() - 1).MonthStart()
	}
	for s <= to {
		e := s + 6
		if month {
			e = s.NextMonth() - 1
		}
		first, last := max(s, start), min(e, end)
		w := Window{Rule: rule, First: first, Last: min(last, to), Cut: last > to}
		days, most := 0, k
		if masks == nil {
			w.Of, days = int(e-s)+1, countDays(w.First, w.Last, off)
		} else {
			w.Of, _ = patternDays(masks, s, e, nil)
			days, most = patternDays(masks, w.First, w.Last, off)
		}
		s = e + 1
		if w.First > w.Last || w.Of == 0 {
			continue
		}
		w.Share = min(k*days, most*w.Of)
		w.Need = (2*w.Share + w.Of) / (2 * w.Of)
		w.Met = visitsIn(h, w.First, w.Last)
		if w.Need == 0 && !w.Cut {
			continue
		}
		switch {
		case w.Last < from:
			if w.Met >= w.Need {
				continue
			}
			w.State = WindowOwed
		case w.Met >= w.Need:
			w.State = WindowMet
		default:
			w.State = WindowLapsed
		}
		out = append(out, w)
	}
	return out
}

// onceWindow adds the window of a rule that asks for one visit in its days.
func onceWindow(out []Window, rule int, p *Policy, h []Date, off []DateRange, from, to Date) []Window {
	first, last := p.bounds()
	if first > to || countDays(first, last, off) == 0 {
		return out
	}
	w := Window{Rule: rule, First: first, Last: last, Need: 1, Share: 1, Of: 1, Met: min(1, visitsIn(h, first, min(last, to)))}
	switch {
	case last < from:
		if visitsIn(h, first, from-1) > 0 {
			return out
		}
		w.State = WindowOwed
	case w.Met > 0:
		w.State = WindowMet
	case last <= to:
		w.State = WindowLapsed
	}
	return append(out, w)
}

// History returns the counted visits before the horizon, ascending: Visits
// and LastVisit together.
func (r *Resident) History() []Date {
	h := slices.Clone(r.Visits)
	if r.LastVisit != nil && !slices.Contains(h, *r.LastVisit) {
		h = append(h, *r.LastVisit)
	}
	slices.Sort(h)
	return slices.Compact(h)
}

// Owed tells whether the resident begins the day from in debt: never seen, or
// with a rule whose latest closed window had too few visits. History may go
// beyond from.
func Owed(rules []Policy, history []Date, absent []DateRange, from Date) bool {
	for _, w := range Windows(rules, history, absent, from, from) {
		if w.State == WindowOwed {
			return true
		}
	}
	n, _ := slices.BinarySearch(history, from)
	return n == 0 && slices.ContainsFunc(rules, func(p Policy) bool { return !p.Pause })
}

// CatchUpBy returns the last day by which what is owed is to be caught up; not
// after the horizon's end.
func (p *Problem) CatchUpBy() Date {
	n := p.CatchUpDays
	if n <= 0 {
		n = 7
	}
	return min(p.Start+Date(n)-1, p.End())
}

// missing is one visit that a calendar of visits does not make.
type missing struct {
	due   Date
	owed  bool
	count int
	first Date // first day of the window, of several the latest
}

// missing lists what lapses or stays owed with the given visits (those of the
// horizon, ascending, made ones among them), ordered by due day, owed last. The
// windows of several rules that end on the same day are one entry.
func (j *job) missing(p *Problem, visits []Date) []missing {
	var out []missing
	for _, w := range Windows(j.rules, slices.Concat(j.history, visits), j.absent, p.Start, p.End()) {
		if w.State != WindowLapsed {
			continue
		}
		if n := len(out); n > 0 && out[n-1].due == w.Last {
			out[n-1].count = max(out[n-1].count, w.Short())
			out[n-1].first = max(out[n-1].first, w.First)
		} else {
			out = append(out, missing{due: w.Last, count: w.Short(), first: w.First})
		}
	}
	if by := p.CatchUpBy(); j.owed && (len(visits) == 0 || visits[0] > by) {
		i := 0
		for i < len(out) && out[i].due <= by {
			i++
		}
		out = slices.Insert(out, i, missing{due: by, owed: true, count: 1, first: p.Start})
	}
	return out
}
