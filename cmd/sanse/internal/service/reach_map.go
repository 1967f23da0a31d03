package service

import (
	"context"
	"slices"

	"github.com/paulmach/orb/geojson"

	"sanse/data"
	"sanse/reports/reach"
)

// maxMinutes is the longest walk that can be asked for: no farther is looked for
// the nearest facility.
const maxMinutes = 60

// ReachQuery says how to walk.
type ReachQuery struct {
	Service string
	Minutes []int         // bands, 1 to 60 each; nil: 15
	Speed   string        // a walking profile; empty: elderly
	At      *reach.Moment // only what is open then counts; nil: any hour
	Res     int           // H3 resolution of cells, 9 or 10; 0: 10
}

// Speeds are the profiles on foot that circles can be drawn for, the slowest
// first.
var Speeds = []string{"wheelchair", "cane", "elderly", "foot"}

func (q *ReachQuery) check() error {
	if !slices.ContainsFunc(data.Services, func(t data.Term) bool { return t.Key == q.Service }) {
		return invalid("service: %q is none", q.Service)
	}
	return q.checkWalk()
}

func (q *ReachQuery) checkWalk() error {
	if q.Minutes == nil {
		q.Minutes = []int{coverageMinutes}
	}
	for _, m := range q.Minutes {
		if m < 1 || m > maxMinutes {
			return invalid("%d minutes cannot be asked for: want 1 to %d", m, maxMinutes)
		}
	}
	if q.Speed == "" {
		q.Speed = usualPace
	}
	if !slices.Contains(Speeds, q.Speed) {
		return invalid("speed: %q is no way to walk: want one of %s", q.Speed, OwnList(Speeds))
	}
	if q.Res == 0 {
		q.Res = 10
	}
	if q.Res != 9 && q.Res != 10 {
		return invalid("resolution %d is not shown: want 9 or 10", q.Res)
	}
	return nil
}

// CoverageCells returns the cells that a walk from a facility of a service gets
// to within the longest of the minutes, with the seconds of the walk to the first
// street in each, and the first of the minutes that hold it.
func (s *Service) CoverageCells(ctx context.Context, district string, q ReachQuery) (*geojson.FeatureCollection, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	r, err := s.reachAt(ctx, district, q.Speed, q.At)
	if err != nil {
		return nil, err
	}
	bands := slices.Sorted(slices.Values(q.Minutes))
	cells, err := r.index.Cells(ctx, q.Service, q.Res, bands[len(bands)-1]*60)
	if err != nil {
		return nil, err
	}
	fc := geojson.NewFeatureCollection()
	for _, c := range cells {
		band, _ := slices.BinarySearchFunc(bands, int(c.Seconds), func(m, s int) int { return m*60 - s })
		if err := appendCell(fc, c.Cell, geojson.Properties{"seconds": c.Seconds, "minutes": bands[band]}); err != nil {
			return nil, err
		}
	}
	return fc, nil
}

// ReachOutlines draws what all facilities of a service reach together, one
// feature a band, with who lives there.
func (s *Service) ReachOutlines(ctx context.Context, district string, q ReachQuery) (*geojson.FeatureCollection, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	r, err := s.reachAt(ctx, district, q.Speed, q.At)
	if err != nil {
		return nil, err
	}
	bands, err := r.index.Outline(ctx, q.Service, q.Minutes)
	if err != nil {
		return nil, err
	}
	fc := geojson.NewFeatureCollection()
	seconds, answers := r.index.Seconds(q.Service), r.answersFor(ctx)
	for _, b := range bands {
		f := r.bandFeature(b, q, r.within(seconds, b.Minutes*60).shownTo(answers))
		f.Properties["service"] = q.Service
		fc.Append(f)
	}
	return fc, nil
}

// bandFeature is one band as the map has it.
func (r *districtReach) bandFeature(b reach.Band, q ReachQuery, people ReachPeople) *geojson.Feature {
	f := geojson.NewFeature(b.Outline)
	f.Properties = geojson.Properties{
		"minutes": b.Minutes, "profile": q.Speed, "speed": r.index.Engine().Profile().MetresPerSecond, "area_km2": b.AreaKM2,
		"people": people.People, "over60": people.Over60, "disabled": people.Disabled, "residents": people.Residents,
	}
	if q.At != nil {
		f.Properties["at"] = q.At.String()
	}
	return f
}

// Circle draws what one facility reaches: one feature a band, with who lives
// there. A facility that does not count has no circle, and the error says why.
func (s *Service) Circle(ctx context.Context, district, facility string, q ReachQuery) ([]*geojson.Feature, error) {
	if err := q.checkWalk(); err != nil {
		return nil, err
	}
	r, err := s.reachAt(ctx, district, q.Speed, q.At)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(r.snap.Facilities, func(f data.Facility) bool { return f.ID == facility })
	if i < 0 {
		return nil, notFound("there is no facility %q", facility)
	}
	if why := r.index.Why(i); why != "" {
		return nil, notFound("facility %q has no service circle: %s", Own(facility), Own(r.whyText(i, why)))
	}
	bands, err := r.index.Circle(ctx, i, q.Minutes)
	if err != nil {
		return nil, err
	}
	demand, cost, err := r.index.From(ctx, i, slices.Max(q.Minutes)*60)
	if err != nil {
		return nil, err
	}
	answers := r.answersFor(ctx)
	out := make([]*geojson.Feature, len(bands))
	for k, b := range bands {
		var people reached
		for n, d := range demand {
			if int(cost[n]) <= b.Minutes*60 {
				people.add(r.weight(int(d)))
			}
		}
		out[k] = r.bandFeature(b, q, people.shownTo(answers))
		out[k].Properties["facility"], out[k].Properties["date"] = facility, r.snap.Date.String()
	}
	return out, nil
}

// why is the reason as people are told it: what is not open is idle or planned.
func (r *districtReach) why(facility int, why reach.Reason) string {
	if why == reach.NotOpen {
		return r.snap.Facilities[facility].Status
	}
	return string(why)
}

func (r *districtReach) whyText(facility int, why reach.Reason) string {
	if why == reach.NotOpen {
		return "it is " + r.snap.Facilities[facility].Status
	}
	return why.Text(coverageMetres)
}
