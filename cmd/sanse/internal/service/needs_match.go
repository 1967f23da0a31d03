package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"sanse/data"
	"sanse/planner"
	"sanse/reports/supply"
)

// MatchOptions say which needs to match, and how.
type MatchOptions struct {
	Services []string // none: all
	Area     string   // code; empty: the district
	// FreeHand lets a proposal take the place of what was matched by hand.
	FreeHand bool
	// Alike has all grades wait alike; else red goes before yellow, yellow before
	// blue, blue before all others.
	Alike bool

	need string // only this one
}

// MatchResult is what a proposal came to.
type MatchResult struct {
	Needs      int // looked at
	Matched    int
	Unmatched  int
	Changed    int // of those: matched otherwise than before, or no more
	KeptByHand int // left as somebody decided
	ByReason   map[string]int
	// NoData are the facilities and providers in use whose capacity nobody knows,
	// and the needs that were matched to them.
	NoDataFacilities, NoDataProviders, NoDataNeeds int

	unknown map[string]bool // those facilities and providers
}

// MatchNeeds proposes who is to meet each need and stores that as the next match
// of those for which it is another than before. As many needs are met as can be,
// in the order of the grades, and of all ways to do so the one with the least
// walk; a facility in reach goes before a provider who comes home. Only those who
// match needs in the area may ask.
func (s *Service) MatchNeeds(ctx context.Context, district string, o MatchOptions) (*MatchResult, error) {
	for range maxReads {
		l, err := s.ledger(ctx, district)
		if err != nil {
			return nil, err
		}
		code := l.snap.District.Code
		if o.Area != "" {
			code = o.Area
		}
		a, ok := l.snap.Tree.Area(code)
		if !ok {
			return nil, notFound("there is no area %q", code)
		}
		if err := mustMay(ctx, CapMatch, a.Code); err != nil {
			return nil, err
		}
		r, err := s.matchNeeds(ctx, l, planner.Area{Code: a.Code, Parent: a.Parent}, o)
		if !errors.Is(err, errMoved) {
			return r, err
		}
	}
	return nil, fmt.Errorf("match the needs of district %s: %w", district, errMoved)
}

func (s *Service) matchNeeds(ctx context.Context, l *ledger, area planner.Area, o MatchOptions) (*MatchResult, error) {
	if err := s.walk(ctx, l); err != nil {
		return nil, err
	}
	result := &MatchResult{ByReason: map[string]int{}, unknown: map[string]bool{}}
	m := &matching{ledger: l, o: o, to: make(map[int]data.NeedMatch)}
	chosen := func(n *data.Need) bool {
		return (len(o.Services) == 0 || slices.Contains(o.Services, n.Service)) && l.in(n, area) && (o.need == "" || o.need == n.ID)
	}
	open := func(n *data.Need) bool {
		held := l.matches[n.ID]
		return chosen(n) && (o.FreeHand || held == nil || !held.ByHand)
	}
	m.left = l.room(func(n *data.Need) bool { return !open(n) })
	for i := range l.needs {
		n := &l.needs[i]
		switch {
		case open(n):
			m.open = append(m.open, i)
		case chosen(n):
			result.KeptByHand++
			result.count(l, n, l.matches[n.ID])
		}
	}
	if err := m.facilities(ctx); err != nil {
		return nil, err
	}
	if err := m.providers(ctx); err != nil {
		return nil, err
	}
	var rows []data.NeedMatch
	for _, i := range m.open {
		n, row := &l.needs[i], m.to[i]
		held := l.matches[n.ID]
		if held == nil || held.ByHand || held.Facility != row.Facility || held.Provider != row.Provider || !row.Matched() && held.Reason != row.Reason {
			row.Need, row.From, row.At = n.ID, l.day, s.now()
			rows = append(rows, row)
		}
		result.count(l, n, &row)
	}
	result.Changed = len(rows)
	return result, s.storeMatches(ctx, l, rows)
}

// count counts a need by its match.
func (r *MatchResult) count(l *ledger, n *data.Need, m *data.NeedMatch) {
	r.Needs++
	reason := ""
	switch {
	case m.Matched():
		reason = l.fallen(n, m)
	case m.ByHand:
		reason = WhyByHand
	default:
		reason = m.Reason
	}
	if reason != "" {
		r.Unmatched++
		r.ByReason[reason]++
		return
	}
	r.Matched++
	note := func(key string, count *int) {
		r.NoDataNeeds++
		if !r.unknown[key] {
			r.unknown[key] = true
			*count++
		}
	}
	if j, ok := l.facility[m.Facility]; ok && l.snap.Facilities[j].Capacity == 0 {
		note("f"+m.Facility, &r.NoDataFacilities)
	}
	if j, ok := l.provider[m.Provider]; ok && l.providers[j].Capacity == 0 {
		note("p"+m.Provider, &r.NoDataProviders)
	}
}

// matching is a proposal in the making.
type matching struct {
	*ledger
	o    MatchOptions
	left rooms
	open []int                  // needs to be matched
	to   map[int]data.NeedMatch // what they are matched to, by need
	rest []int                  // needs for which there is no facility
	why  map[int]string
}

// class is the place of a need in the order in which they are met.
func (m *matching) class(n *data.Need) uint8 {
	if m.o.Alike {
		return 0
	}
	return classOf(m.who(n).Grade)
}

// classOf is the place of a grade in the order of who goes first.
func classOf(grade string) uint8 {
	order := []string{"red", "yellow", "blue"}
	if i := slices.Index(order, grade); i >= 0 {
		return uint8(i)
	}
	return uint8(len(order))
}

// problem puts needs and where each can be met into the form of an assignment. Of
// two ways that are equally long the one that is gone now is taken, so nobody is
// sent elsewhere for nothing: each costs twice its length, and one more if new.
func (m *matching) problem(needs []int, options [][]option, room []int64, weight func(*data.Need) int64, held func(*data.NeedMatch) (int, bool)) *supply.Problem {
	p := &supply.Problem{Capacity: room, Ways: supply.Ways{First: []int{0}}}
	for k, i := range needs {
		n := &m.needs[i]
		p.Weight, p.Class = append(p.Weight, weight(n)), append(p.Class, m.class(n))
		now := -1
		if h := m.matches[n.ID]; h != nil {
			if j, ok := held(h); ok {
				now = j
			}
		}
		for _, o := range options[k] {
			cost := 2*o.cost + 1
			if int(o.at) == now {
				cost--
			}
			p.Ways.Facility, p.Ways.Cost = append(p.Ways.Facility, o.at), append(p.Ways.Cost, cost)
		}
		p.Ways.First = append(p.Ways.First, len(p.Ways.Facility))
	}
	return p
}

// facilities gives as many needs as can be a place at a facility.
func (m *matching) facilities(ctx context.Context) error {
	m.why = make(map[int]string, len(m.open))
	options := make([][]option, len(m.open))
	for k, i := range m.open {
		n := &m.needs[i]
		var err error
		if options[k], m.why[i], err = m.facilitiesFor(ctx, n); err != nil {
			return err
		}
	}
	p := m.problem(m.open, options, m.left.facility, func(*data.Need) int64 { return 1 }, func(h *data.NeedMatch) (int, bool) {
		j, ok := m.facility[h.Facility]
		return j, ok
	})
	a, err := supply.Assign(ctx, p)
	if err != nil {
		return err
	}
	for k, i := range m.open {
		if len(options[k]) > 0 {
			m.why[i] = WhyFull
		}
		for e := p.Ways.First[k]; e < p.Ways.First[k+1]; e++ {
			if a.Flow[e] > 0 {
				seconds := options[k][e-p.Ways.First[k]].cost
				m.to[i] = data.NeedMatch{Facility: m.snap.Facilities[p.Ways.Facility[e]].ID, Seconds: &seconds}
			}
		}
		if _, ok := m.to[i]; !ok {
			m.rest = append(m.rest, i)
		}
	}
	return nil
}

// nearness orders reasons: the later, the less is missing, and the rather it is
// what is told.
var nearness = []string{WhyNobodyOffers, WhyOffStreets, WhyTooFar, WhyOutOfScope, WhyClosed, WhyNoSkill, WhyFull}

// providers gives those who have no facility a provider who comes home. A provider
// has room for so many services in four weeks, and a need takes as many as it asks
// for; the assignment may split one between two providers, and then one of them
// takes it whole if it can.
func (m *matching) providers(ctx context.Context) error {
	options := make([][]option, len(m.rest))
	for k, i := range m.rest {
		n := &m.needs[i]
		var why string
		options[k], why = m.providersFor(n)
		if len(options[k]) > 0 {
			why = WhyFull
		}
		if slices.Index(nearness, why) > slices.Index(nearness, m.why[i]) {
			m.why[i] = why
		}
	}
	p := m.problem(m.rest, options, m.left.provider, func(n *data.Need) int64 { return timesOf(n.Rules) }, func(h *data.NeedMatch) (int, bool) {
		j, ok := m.provider[h.Provider]
		return j, ok
	})
	a, err := supply.Assign(ctx, p)
	if err != nil {
		return err
	}
	room := slices.Clone(m.left.provider)
	take := func(k int, j int32) bool {
		need := p.Weight[k]
		if room[j] != supply.Unknown {
			if room[j] < need {
				return false
			}
			room[j] -= need
		}
		m.to[m.rest[k]] = data.NeedMatch{Provider: m.ledger.providers[j].ID}
		return true
	}
	var rest []int
	for k := range m.rest {
		whole := false
		for e := p.Ways.First[k]; e < p.Ways.First[k+1] && !whole; e++ {
			whole = a.Flow[e] == p.Weight[k] && take(k, p.Ways.Facility[e])
		}
		if !whole {
			rest = append(rest, k)
		}
	}
	// Those that were split, and those for whom a little room may be left.
	slices.SortStableFunc(rest, func(x, y int) int {
		return cmp.Or(cmp.Compare(p.Class[x], p.Class[y]), cmp.Compare(a.Left[x], a.Left[y]), cmp.Compare(p.Weight[x], p.Weight[y]))
	})
	for _, k := range rest {
		for _, o := range options[k] {
			if take(k, o.at) {
				break
			}
		}
	}
	for _, i := range m.rest {
		if _, ok := m.to[i]; !ok {
			m.to[i] = data.NeedMatch{Reason: m.why[i]}
		}
	}
	return nil
}

// storeMatches adds matches to the history, and has the tasks follow. It fails with
// errMoved where the data are no more those of the ledger.
func (s *Service) storeMatches(ctx context.Context, l *ledger, rows []data.NeedMatch) error {
	tasks := l.tasks(rows)
	if len(rows)+len(tasks) == 0 {
		return nil
	}
	district := l.snap.District.Code
	return s.store.Write(ctx, func(tx *data.Tx) error {
		if err := tx.LockDistrict(district); err != nil {
			return err
		}
		version, err := tx.Reads().DataVersion(ctx, district)
		switch {
		case err != nil:
			return err
		case version != l.snap.Version:
			return errMoved
		}
		matched := data.Event{Action: data.ActUpdate, Object: "need_match", N: len(rows)}
		for i := range rows {
			matched.IDs = append(matched.IDs, rows[i].Need)
		}
		return errors.Join(tx.PutNeedMatches(district, rows), tx.PutTasks(district, tasks), tx.Record(district, matched))
	})
}
