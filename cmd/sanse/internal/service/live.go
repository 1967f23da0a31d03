package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
	"sanse/reports/live"
)

// maxClocks is how many deadlines of open cases are told with a day.
const maxClocks = 12

// LiveView is a day under way in an area: totals, without any id.
type LiveView struct {
	Area     planner.Area
	Path     []planner.Area
	Date     planner.Date
	At       time.Time // as of when
	Plan     bool      // there is a plan for the day
	Ladder   bool      // visits that are not made in time are covered by others
	Totals   live.Counts
	Children []LiveRow  // of the areas right below, by code
	Kinds    []LiveKind // in the order of CaseKinds, those that are open
	Clocks   []LiveClock
}

// LiveRow are the counts of an area.
type LiveRow struct {
	planner.Area
	live.Counts
}

// LiveKind is how many cases of a kind are open.
type LiveKind struct {
	Code string
	live.Kind
	Next time.Time // the nearest deadline
}

// LiveClock is the deadline of an open case, one of the nearest.
type LiveClock struct {
	live.Case
	In planner.Area // the area right below the one that is told of, or itself
}

// liveState is a district's day as of one sign; it never changes once made.
type liveState struct {
	sign   string
	at     time.Time
	on     *boundaries
	date   planner.Date
	plan   bool
	ladder bool
	cases  []live.Case // the nearest deadline first
	day    *live.Day
}

// old tells whether a state is not that of a sign, a day and a moment any more.
func (l *liveState) old(sign string, today planner.Date, now time.Time) bool {
	return l == nil || l.sign != sign || l.date != today || !l.day.Next.IsZero() && !l.day.Next.After(now) || now.Before(l.at)
}

// Live returns the day of an area that is under way; who asks answers for it.
func (s *Service) Live(ctx context.Context, district, area string) (LiveView, error) {
	state, err := s.liveState(ctx, district)
	if err != nil {
		return LiveView{}, err
	}
	return state.view(ctx, area)
}

// view is what is told of an area to who asks.
func (l *liveState) view(ctx context.Context, area string) (LiveView, error) {
	a, err := l.on.area(area)
	if err != nil {
		return LiveView{}, err
	}
	if err := mustMay(ctx, CapNumbers, a.Code); err != nil {
		return LiveView{}, err
	}
	out := LiveView{Area: a, Path: l.on.path(a), Date: l.date, At: l.at, Plan: l.plan, Ladder: l.ladder, Totals: *l.day.Of(a.Code), Children: []LiveRow{}}
	for _, code := range l.on.tree.Children(a.Code) {
		child, err := l.on.area(code)
		if err != nil {
			return out, err
		}
		out.Children = append(out.Children, LiveRow{child, *l.day.Of(code)})
	}
	within := func(code string) bool { return strings.HasPrefix(code, a.Code) }
	for i := range CaseKinds {
		code := CaseKinds[i].Code
		if k, open := out.Totals.Kinds[code]; open {
			first := slices.IndexFunc(l.cases, func(c live.Case) bool { return c.Kind == code && within(c.Area) })
			out.Kinds = append(out.Kinds, LiveKind{code, k, l.cases[first].Deadline})
		}
	}
	for _, c := range live.Nearest(l.cases, within, maxClocks) {
		out.Clocks = append(out.Clocks, LiveClock{c, l.below(a, c.Area)})
	}
	return out, nil
}

// below is the area right below another in which a third lies; that other itself where
// it is the third.
func (l *liveState) below(up planner.Area, code string) planner.Area {
	for {
		a, ok := l.on.tree.Area(code)
		if !ok || a.Code == up.Code {
			return up
		}
		if a.Parent == up.Code {
			return planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name}
		}
		code = a.Parent
	}
}

// liveState returns the day of a district as it is now. The last one is kept, and
// whoever asks next looks by one small question whether it still is: however many
// look on, what has changed is counted once.
func (s *Service) liveState(ctx context.Context, district string) (*liveState, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return nil, err
	}
	select {
	case s.live.making <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the day of district %s: %w", d.Code, ctx.Err())
	}
	defer func() { <-s.live.making }()
	sign, err := s.store.LiveSign(ctx, d.Code, today)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if l := s.live.states[d.Code]; !l.old(sign, today, now) {
		return l, nil
	}
	l, err := s.makeLive(ctx, d.Code, sign, today, now)
	if err != nil {
		return nil, fmt.Errorf("count the day of district %s: %w", d.Code, err)
	}
	s.live.states[d.Code] = l
	return l, nil
}

// makeLive counts a day. What changes while it is read changes the sign as well, so
// that it is counted again.
func (s *Service) makeLive(ctx context.Context, district, sign string, today planner.Date, now time.Time) (*liveState, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	var seen []string
	var ladders []data.Ladder
	var cases []data.Case
	var rules []ladder.Rule
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		if seen, err = r.SeenOn(ctx, district, today); err != nil {
			return err
		}
		if ladders, err = r.Ladders(ctx, district, data.LadderFilter{Day: today}); err != nil {
			return err
		}
		if rules, err = r.LadderRules(ctx, district); err != nil {
			return err
		}
		cases, err = r.Cases(ctx, district, data.CaseFilter{Open: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	l := &liveState{sign: sign, at: now, on: &v.boundaries, date: today}
	l.plan = v.plan != nil && v.plan.Start <= today && today < v.plan.Start+planner.Date(v.plan.Days)
	_, l.ladder = ladder.On(rules, today)
	for i := range cases {
		c := &cases[i]
		l.cases = append(l.cases, live.Case{Area: c.Area, Kind: c.Kind, Level: string(c.Level), Deadline: c.Deadline, Waiting: c.Stage == data.CaseCall})
	}
	parent := func(code string) string {
		a, _ := v.tree.Area(code)
		return a.Parent
	}
	l.day = live.Count(v.liveVisits(today, seen, ladders), l.cases, parent, now)
	return l, nil
}

// liveVisits says of everybody who is to be seen on a day what is known: those to whom
// the plan sends somebody, and those whose window closes. Who is not to be
// seen any more, for a reason that somebody gave, is left out.
func (v *view) liveVisits(day planner.Date, seen []string, ladders []data.Ladder) []live.Visit {
	at := make(map[string]int)
	var out []live.Visit
	visit := func(resident string) *live.Visit {
		i, there := at[resident]
		if !there {
			r := v.residents[resident]
			if r == nil {
				return nil // they have gone
			}
			i = len(out)
			at[resident], out = i, append(out, live.Visit{Area: smallest(r.Grid, r.MicroGrid)})
		}
		return &out[i]
	}
	excused := make(map[string]bool)
	for i := range ladders {
		excused[ladders[i].Resident] = slices.Contains(data.LadderReasons, ladders[i].How) || ladders[i].How == data.LadderRegraded
	}
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		if it.Date != day {
			continue
		}
		for k := range it.Stops {
			if st := &it.Stops[k]; st.Task == "" && !excused[st.Resident] {
				if to := visit(st.Resident); to != nil {
					to.Late = to.Late || st.DueBy < day
				}
			}
		}
	}
	for i := range ladders {
		l := &ladders[i]
		if excused[l.Resident] {
			continue
		}
		if to := visit(l.Resident); to != nil {
			stepped := l.Taken > 1 // after the reminder
			to.Late, to.Covered, to.Done = to.Late || stepped, stepped && l.Holder != "", l.How == data.LadderVisit
		}
	}
	for _, r := range seen {
		if i, due := at[r]; due {
			out[i].Done = true
		}
	}
	return out
}
