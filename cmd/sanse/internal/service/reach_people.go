package service

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/reports/reach"
)

// ResidentReach is what a resident reaches.
type ResidentReach struct {
	Services []ReachedService `json:"services"`
	Reason   string           `json:"reason,omitempty" doc:"why nothing is known: no street is near the home"`
	Detail   string           `json:"detail,omitempty"`
}

// ReachedService is how a resident reaches one service.
type ReachedService struct {
	Service  string        `json:"service"`
	Seconds  *int32        `json:"seconds" doc:"walk from the nearest facility that counts; null: none within an hour"`
	Facility string        `json:"facility" doc:"the nearest; empty: none"`
	InReach  []FacilityWay `json:"in_reach" doc:"all within the minutes, nearest first"`
}

// FacilityWay is the walk from one facility.
type FacilityWay struct {
	Facility string `json:"facility"`
	Seconds  int32  `json:"seconds"`
}

// ResidentReach tells how a resident reaches every service. It is for those who
// see the resident's record; who is not told where the door is is told of full
// minutes.
func (s *Service) ResidentReach(ctx context.Context, district, resident string, q ReachQuery) (ResidentReach, error) {
	if err := q.checkWalk(); err != nil {
		return ResidentReach{}, err
	}
	r, err := s.reachAt(ctx, district, q.Speed, q.At)
	if err != nil {
		return ResidentReach{}, err
	}
	// Who does not answer for all is not told whom there is.
	i := slices.IndexFunc(r.snap.Residents, func(p data.Resident) bool { return p.ID == resident })
	if i < 0 {
		return ResidentReach{}, missing(ctx, CapRecords, r.snap.District.Code, "there is no resident %q", resident)
	}
	home := cmp.Or(r.snap.Residents[i].MicroGrid, r.snap.Residents[i].Grid, r.snap.District.Code)
	if err := mustSee(ctx, CapRecords, r.snap.District.Code, []string{home}); err != nil {
		return ResidentReach{}, err
	}
	told := func(seconds int32) int32 { return seconds }
	if !viewerOf(ctx).May(CapNames, home) {
		told = coarseSeconds
	}
	if err := s.shown(ctx, r.snap, []string{resident}, read("resident", home)); err != nil {
		return ResidentReach{}, err
	}
	at := r.resident(i)
	out := ResidentReach{Services: []ReachedService{}}
	if why := r.index.DemandReason(at); why != "" {
		out.Reason, out.Detail = string(why), why.Text(coverageMetres)
	}
	limit := slices.Max(q.Minutes) * 60
	for _, name := range r.index.Services() {
		sr := ReachedService{Service: name, InReach: []FacilityWay{}}
		if seconds := r.index.Seconds(name)[at]; seconds >= 0 {
			seconds = told(seconds)
			sr.Seconds, sr.Facility = &seconds, r.snap.Facilities[r.index.Facility(name)[at]].ID
		}
		facilities, cost, err := r.index.To(ctx, at, name, limit)
		if err != nil {
			return ResidentReach{}, err
		}
		for k, f := range facilities {
			sr.InReach = append(sr.InReach, FacilityWay{r.snap.Facilities[f].ID, told(cost[k])})
		}
		out.Services = append(out.Services, sr)
	}
	return out, nil
}

// UnplacedList is what does not count for reach, with the reason.
type UnplacedList struct {
	// Totals counts items by what they are, people of population spots one by
	// one.
	Totals map[string]int `json:"totals"`
	Items  []UnplacedItem `json:"items"`
}

// UnplacedItem is a resident, a spot of the population or a facility that does
// not count.
type UnplacedItem struct {
	What     string     `json:"what" enum:"resident,population,facility"`
	ID       string     `json:"id,omitempty"`
	Name     string     `json:"name,omitempty" doc:"of a facility"`
	Service  string     `json:"service,omitempty"`
	Count    int        `json:"count" doc:"people"`
	Reason   string     `json:"reason" enum:"no_position,outside,too_far,closed_all_week,closed_then,idle,planned"`
	Detail   string     `json:"detail"`
	Location *orb.Point `json:"location,omitempty"`
}

// Unplaced lists who and what in an area (empty: the district and what belongs to
// it outside) could not be brought to a street, and the facilities that do not
// count. Residents are in it for those who see the records of the area.
func (s *Service) Unplaced(ctx context.Context, district, area string, q ReachQuery) (UnplacedList, error) {
	if err := q.checkWalk(); err != nil {
		return UnplacedList{}, err
	}
	_, a, err := s.frameArea(ctx, district, area)
	if err != nil {
		return UnplacedList{}, err
	}
	r, err := s.reachAt(ctx, district, q.Speed, q.At)
	if err != nil {
		return UnplacedList{}, err
	}
	viewer := viewerOf(ctx)
	records := viewer.May(CapRecords, a.Code)
	out := UnplacedList{Totals: map[string]int{}, Items: []UnplacedItem{}}
	add := func(item UnplacedItem, at orb.Point) {
		if item.Reason != string(reach.NoPosition) {
			item.Location = &at
		}
		out.Totals[item.What] += item.Count
		out.Items = append(out.Items, item)
	}
	var ids []string
	for d := range r.index.Demand() {
		why := r.index.DemandReason(d)
		if why == "" || !r.lies(d, a.Code) {
			continue
		}
		item := UnplacedItem{What: "population", Reason: string(why), Detail: why.Text(coverageMetres)}
		if d < r.spots {
			p := &r.snap.Population[d]
			item.Count = p.People
			add(item, p.Location)
		} else if records {
			p := &r.snap.Residents[d-r.spots]
			item.What, item.ID, item.Count = "resident", p.ID, 1
			ids = append(ids, p.ID)
			at := p.Location
			if item.Reason != string(reach.NoPosition) && !viewer.May(CapNames, cmp.Or(p.MicroGrid, p.Grid, r.snap.District.Code)) {
				at = coarse(at)
			}
			add(item, at)
		}
	}
	for i := range r.snap.Facilities {
		f := &r.snap.Facilities[i]
		why := r.index.Why(i)
		if why == "" || a.Code != r.snap.District.Code && !strings.HasPrefix(r.snap.facilityArea(f, a), a.Code) {
			continue
		}
		add(UnplacedItem{
			What: "facility", ID: f.ID, Name: f.Name, Service: f.Service, Count: 1, Reason: r.why(i, why), Detail: r.whyText(i, why),
		}, f.Location)
	}
	if err := s.shown(ctx, r.snap, ids, read("resident", a.Code)); err != nil {
		return UnplacedList{}, err
	}
	return out, nil
}
