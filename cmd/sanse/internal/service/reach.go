package service

import (
	"context"
	"fmt"
	"sync"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports/reach"
	"sanse/routing"
)

// coverageMetres is how far from a walkable street a home or a facility may lie
// and still count for coverage. Farther ones are listed, never guessed.
const coverageMetres = 300

// usualPace is the profile that circles are promised for where nobody asks for
// another.
const usualPace = "elderly"

// districtReach is who reaches what in a district: the index of one state of its
// data. Its demand is the spots of the population, then the residents; facility i
// of the index is facility i of the snapshot.
type districtReach struct {
	snap  *Snapshot
	index *reach.Index
	spots int      // of the population: demand i is snap.Population[i]
	areas []string // by demand: the deepest area of it down to the grid; empty if in none

	sorting sync.Once
	sorted  *reachAreas
}

// resident is the place of demand that resident i of the snapshot is.
func (r *districtReach) resident(i int) int { return r.spots + i }

// reach returns who reaches what at the pace of a profile (empty: an older
// person's), at any hour. It is kept until the data change or a new day begins.
func (s *Service) reach(ctx context.Context, district, profile string) (*districtReach, error) {
	return s.reachAt(ctx, district, profile, nil)
}

// reachKey tells reaches of one state of the data apart.
type reachKey struct {
	district, profile, at string
}

// keptReach is a reach with the state that it is of.
type keptReach struct {
	version int64
	today   planner.Date
	used    int // a count of questions: the least was asked for longest ago
	reach   *districtReach
}

// maxReaches is how many reaches are kept.
const maxReaches = 12

// reachAt is reach at a moment of the week, if one is given: what is closed then
// does not count.
func (s *Service) reachAt(ctx context.Context, district, profile string, at *reach.Moment) (*districtReach, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	if profile == "" {
		profile = usualPace
	}
	k := reachKey{district: v.snap.District.Code, profile: profile}
	if at != nil {
		if err := at.Validate(); err != nil {
			return nil, invalidCause(err, "no such hour")
		}
		k.at = at.String()
	}
	p, err := routing.ProfileByName(profile)
	if err != nil {
		return nil, invalidCause(err, "no such way to walk")
	}
	// Held while a reach is made, as for views.
	select {
	case s.reaching <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the reach of district %s: %w", k.district, ctx.Err())
	}
	defer func() { <-s.reaching }()
	s.reachAsked++
	if kept := s.reaches[k]; kept != nil && kept.version >= v.snap.Version && kept.today == v.today {
		kept.used = s.reachAsked
		return kept.reach, nil
	}
	streets, err := s.streets(ctx, k.district, v.today, v.snap.Version)
	if err != nil {
		return nil, err
	}
	engine, err := streets.net.Engine(p)
	if err != nil {
		return nil, invalidCause(err, "no such way to walk")
	}
	made, err := reachOf(ctx, v.snap, engine, at)
	if err != nil {
		return nil, err
	}
	s.keepReach(k, &keptReach{version: v.snap.Version, today: v.today, used: s.reachAsked, reach: made})
	return made, nil
}

// keepReach keeps a reach in place of older ones: those of the district as it
// was, and the one asked for longest ago where there are too many.
func (s *Service) keepReach(k reachKey, kept *keptReach) {
	for other, r := range s.reaches {
		if other.district == k.district && (r.version < kept.version || r.today != kept.today) {
			delete(s.reaches, other)
		}
	}
	for len(s.reaches) >= maxReaches {
		var oldest reachKey
		least := kept.used
		for other, r := range s.reaches {
			if r.used < least {
				oldest, least = other, r.used
			}
		}
		delete(s.reaches, oldest)
	}
	s.reaches[k] = kept
}

// reachOf measures the reach of a snapshot's facilities.
func reachOf(ctx context.Context, snap *Snapshot, engine *routing.Engine, at *reach.Moment) (*districtReach, error) {
	r := &districtReach{snap: snap, spots: len(snap.Population)}
	demand := make([]orb.Point, 0, r.spots+len(snap.Residents))
	r.areas = make([]string, 0, cap(demand))
	deepest := min(snap.Tree.Deepest(), geo.LevelGrid)
	for i := range snap.Population {
		p := &snap.Population[i]
		code, _ := snap.Tree.Locate(p.Location, deepest)
		demand, r.areas = append(demand, p.Location), append(r.areas, code)
	}
	for i := range snap.Residents {
		demand, r.areas = append(demand, snap.Residents[i].Location), append(r.areas, snap.Residents[i].Grid)
	}
	facilities := make([]reach.Facility, len(snap.Facilities))
	for i := range snap.Facilities {
		f := &snap.Facilities[i]
		facilities[i] = reach.Facility{
			ID: f.ID, Service: f.Service, Location: f.Location, Open: f.Status == "open", Capacity: f.Capacity, Hours: weekOf(f.Hours),
		}
	}
	o := reach.Options{MaxMetres: coverageMetres, At: at}
	for _, t := range data.Services {
		o.Services = append(o.Services, t.Key)
	}
	var err error
	if r.index, err = reach.New(ctx, engine, demand, facilities, o); err != nil {
		return nil, fmt.Errorf("district %s: %w", snap.District.Code, err)
	}
	return r, nil
}

// weekOf is a facility's hours as reach has them; hours not known stay so.
func weekOf(hours []planner.Shift) reach.Hours {
	if hours == nil {
		return nil
	}
	out := make(reach.Hours, len(hours))
	for i, h := range hours {
		out[i] = reach.Span{Weekday: h.Weekday, From: int(h.From), To: int(h.To)}
	}
	return out
}
