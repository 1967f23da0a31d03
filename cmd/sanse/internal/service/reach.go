package service

import (
	"context"
	"fmt"
	"sync"

	"github.com/paulmach/orb"

	"sanse/data"
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
	areas []string // by demand: the deepest area of it; empty if in none

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

// reachKey tells reaches apart.
type reachKey struct {
	district, profile string
	version           int64
	today             planner.Date
	hours             string // who is open at the moment, as openThen has it; empty: any hour
}

// before tells whether a reach is of an earlier state of the district than k.
func (k reachKey) before(other reachKey) bool {
	return other.district == k.district && (other.version < k.version || other.today < k.today)
}

// maxReaches is how many reaches are kept of any hour, and again of moments: these
// share most with the former, and never put one of them out.
const maxReaches = 12

// reachAt is reach at a moment of the week, if one is given: what is closed then
// does not count. Moments at which the same is open have one reach together.
func (s *Service) reachAt(ctx context.Context, district, profile string, at *reach.Moment) (*districtReach, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	if profile == "" {
		profile = usualPace
	}
	if at != nil {
		if err := at.Validate(); err != nil {
			return nil, invalidCause(tellingly(err), "at: no such hour")
		}
	}
	p, err := routing.ProfileByName(profile)
	if err != nil {
		return nil, invalidCause(err, "no such way to walk")
	}
	k := reachKey{district: v.snap.District.Code, profile: profile, version: v.snap.Version, today: v.today}
	usual, err := s.reaches.get(ctx, k, k.before, func() (*districtReach, error) {
		streets, err := s.streets(ctx, k.district, v.today, v.snap.Version)
		if err != nil {
			return nil, err
		}
		engine, err := streets.net.Engine(p)
		if err != nil {
			return nil, invalidCause(err, "no such way to walk")
		}
		return reachOf(ctx, v.snap, engine)
	})
	if err != nil || at == nil {
		return usual, err
	}
	k.hours = openThen(v.snap.Facilities, *at)
	return s.hourReaches.get(ctx, k, k.before, func() (*districtReach, error) {
		index, err := usual.index.At(ctx, at)
		if err != nil {
			return nil, fmt.Errorf("district %s: %w", k.district, err)
		}
		return &districtReach{snap: usual.snap, index: index, spots: usual.spots, areas: usual.areas}, nil
	})
}

// openThen tells for each facility whether its hours hold a moment, whatever its
// state: one that is tried open is so at those hours.
func openThen(facilities []data.Facility, at reach.Moment) string {
	out := make([]byte, len(facilities))
	for i := range facilities {
		if out[i] = '-'; weekOf(facilities[i].Hours).Open(at) {
			out[i] = '+'
		}
	}
	return string(out)
}

// reachOf measures the reach of a snapshot's facilities at any hour.
func reachOf(ctx context.Context, snap *Snapshot, engine *routing.Engine) (*districtReach, error) {
	r := &districtReach{snap: snap, spots: len(snap.Population)}
	demand := make([]orb.Point, 0, r.spots+len(snap.Residents))
	r.areas = make([]string, 0, cap(demand))
	for i := range snap.Population {
		p := &snap.Population[i]
		demand, r.areas = append(demand, p.Location), append(r.areas, snap.deepest(p.Location, p.MicroGrid, p.Grid))
	}
	for i := range snap.Residents {
		p := &snap.Residents[i]
		demand, r.areas = append(demand, p.Location), append(r.areas, snap.deepest(p.Location, p.MicroGrid, p.Grid))
	}
	facilities := make([]reach.Facility, len(snap.Facilities))
	for i := range snap.Facilities {
		f := &snap.Facilities[i]
		facilities[i] = reach.Facility{
			ID: f.ID, Service: f.Service, Location: f.Location, Open: f.Status == "open", Capacity: f.Capacity, Hours: weekOf(f.Hours),
		}
	}
	o := reach.Options{MaxMetres: coverageMetres}
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
