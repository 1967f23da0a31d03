package service

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb/geo"

	"sanse/data"
	"sanse/planner"
	"sanse/reports/supply"
)

// rooms are the places that are left: of each facility of the snapshot in people,
// of each provider in services in four weeks; supply.Unknown where nobody knows
// how many it takes.
type rooms struct {
	facility, provider []int64
}

// fourWeeks is the time over which the services of a provider are counted.
const fourWeeks = 28

// room counts what is left beside the needs that keep their match. One that has
// fallen takes no place.
func (l *ledger) room(keeps func(*data.Need) bool) rooms {
	r := rooms{make([]int64, len(l.snap.Facilities)), make([]int64, len(l.providers))}
	for i := range l.snap.Facilities {
		if f := &l.snap.Facilities[i]; f.Capacity > 0 {
			r.facility[i] = int64(f.Capacity - f.InUse)
		} else {
			r.facility[i] = supply.Unknown
		}
	}
	for i := range l.providers {
		if p := &l.providers[i]; p.Capacity > 0 {
			r.provider[i] = int64(p.Capacity) * fourWeeks / 7
		} else {
			r.provider[i] = supply.Unknown
		}
	}
	for i := range l.needs {
		n := &l.needs[i]
		m := l.holds(n)
		if m == nil || !keeps(n) {
			continue
		}
		if j, ok := l.facility[m.Facility]; ok && l.snap.Facilities[j].Capacity > 0 {
			r.facility[j]--
		}
		if j, ok := l.provider[m.Provider]; ok && l.providers[j].Capacity > 0 {
			r.provider[j] -= timesOf(n.Rules)
		}
	}
	for i := range r.facility { // those forced in take nobody's place twice
		if l.snap.Facilities[i].Capacity > 0 {
			r.facility[i] = max(0, r.facility[i])
		}
	}
	for i := range r.provider {
		if l.providers[i].Capacity > 0 {
			r.provider[i] = max(0, r.provider[i])
		}
	}
	return r
}

// timesOf is how many services in four weeks rules ask for, the strictest of them,
// and at least 1.
func timesOf(rules []planner.Policy) int64 {
	times := 1
	for _, r := range rules {
		switch {
		case r.EveryDays > 0:
			times = max(times, (fourWeeks+r.EveryDays-1)/r.EveryDays)
		case r.PerWeek > 0:
			times = max(times, r.PerWeek*fourWeeks/7)
		case r.PerMonth > 0:
			times = max(times, r.PerMonth)
		}
	}
	return int64(times)
}

// meet tells whether two lists of hours have a time in common; nil is any time.
func meet(a, b []planner.Shift) bool {
	if a == nil {
		return b == nil || len(b) > 0
	}
	if b == nil {
		return len(a) > 0
	}
	for _, x := range a {
		for _, y := range b {
			if x.Weekday == y.Weekday && max(x.From, y.From) < min(x.To, y.To) {
				return true
			}
		}
	}
	return false
}

// option is somewhere a need can be met, but for room.
type option struct {
	at   int32 // facility of the snapshot, or provider
	cost int32 // seconds on foot; metres in a straight line
}

// facilitiesFor are the facilities that can meet a need, nearest first, with the
// seconds of the walk; without any, why not.
func (l *ledger) facilitiesFor(ctx context.Context, n *data.Need) ([]option, string, error) {
	r := l.walks[paceOf(l.who(n).Kinds)]
	if n.Place == data.PlaceHome {
		return nil, WhyNobodyOffers, nil
	}
	there := false
	for i := range l.snap.Facilities {
		there = there || l.snap.Facilities[i].Service == n.Service && l.snap.Facilities[i].Status == "open"
	}
	if !there {
		return nil, WhyNobodyOffers, nil
	}
	d := r.resident(l.resident[n.Resident])
	if r.index.DemandReason(d) != "" {
		return nil, WhyOffStreets, nil
	}
	ways, err := l.waysTo(ctx, r, n.Service)
	if err != nil {
		return nil, "", err
	}
	var out []option
	why := WhyTooFar
	for e := ways.First[d]; e < ways.First[d+1]; e++ {
		if f := &l.snap.Facilities[ways.Facility[e]]; !meet(f.Hours, n.Hours) {
			why = WhyClosed
			continue
		}
		out = append(out, option{ways.Facility[e], ways.Cost[e]})
	}
	if len(out) == 0 && why == WhyTooFar && len(r.index.Serving(n.Service)) == 0 {
		why = WhyClosed // they are there, but none counts
	}
	return out, why, nil
}

// waysTo are the ways of all to a service at one pace.
func (l *ledger) waysTo(ctx context.Context, r *districtReach, service string) (supply.Ways, error) {
	first, facility, cost, err := r.index.Ways(ctx, service, needSeconds)
	return supply.Ways{First: first, Facility: facility, Cost: cost}, err
}

// providersFor are the providers that can meet a need at home, nearest first, with
// the metres from their office, 0 where that is not known; without any, why not.
func (l *ledger) providersFor(n *data.Need) ([]option, string) {
	if n.Place == data.PlaceFacility {
		return nil, WhyNobodyOffers
	}
	var out []option
	whys := []string{WhyNobodyOffers, WhyOutOfScope, WhyClosed, WhyNoSkill} // how near it came
	near := 0
	for i := range l.providers {
		cost, why := l.providerFits(&l.providers[i], n)
		if why == "" {
			out = append(out, option{int32(i), cost})
		}
		near = max(near, slices.Index(whys, why))
	}
	slices.SortStableFunc(out, func(a, b option) int { return cmp.Compare(a.cost, b.cost) })
	return out, whys[near]
}

// providerFits tells why a provider cannot meet a need; empty: it can, but for
// room, so many metres from its office.
func (l *ledger) providerFits(p *data.Provider, n *data.Need) (metres int32, why string) {
	who := l.who(n)
	code := cmp.Or(who.MicroGrid, who.Grid)
	covers := func(scope []string) bool {
		return slices.ContainsFunc(scope, func(c string) bool { return strings.HasPrefix(code, c) || strings.HasPrefix(c, code) })
	}
	if p.Location != nil {
		metres = int32(min(math.Round(geo.DistanceHaversine(*p.Location, who.Location)), 1e6))
	}
	switch {
	case !slices.Contains(p.Services, n.Service):
		return 0, WhyNobodyOffers
	case len(p.Scope) > 0 && !covers(p.Scope), p.Radius > 0 && int(metres) > p.Radius:
		return 0, WhyOutOfScope
	case !meet(p.Hours, n.Hours):
		return 0, WhyClosed
	case len(p.Workers) == 0:
		return metres, "" // it plans its own
	}
	for _, w := range p.Workers {
		if i, ok := l.visitor[w]; ok {
			if v := &l.snap.Visitors[i]; slices.Contains(v.Skills, n.Service) && covers(v.Scope) {
				return metres, ""
			}
		}
	}
	return 0, WhyNoSkill
}
