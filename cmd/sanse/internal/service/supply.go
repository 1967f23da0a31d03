package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports/supply"
)

// The ways in which supply is measured.
const (
	MethodTwoStep  = "2sfca"    // places a head, every way of the promise alike
	MethodEnhanced = "e2sfca"   // places a head, short ways counting more
	MethodNearest  = "nearest"  // all go to the nearest, full or not
	MethodAssigned = "assigned" // as many as can be get a place, with the least walk
)

// whoPeople are the people whom supply can be measured for, by the column of the
// population; they are open to all but the disabled.
var whoPeople = map[string]func(*data.Population) int{
	"people":   func(p *data.Population) int { return p.People },
	"over60":   func(p *data.Population) int { return p.Over60 },
	"under18":  func(p *data.Population) int { return p.Under18 },
	"disabled": func(p *data.Population) int { return p.Disabled },
}

// The people of the ledger: needs of a service, or all residents.
const (
	whoNeeds     = "needs"
	whoResidents = "residents"
)

// SupplyQuery says what to measure.
type SupplyQuery struct {
	Service string
	Area    string // code; empty: the district
	Method  string // empty: assigned
	// Who asks for places: needs, residents, people, over60, under18 or disabled.
	// Empty: needs for those who answer for the district, over60 for all others.
	// Residents and the disabled of the whole district come to the same places, so
	// only those who answer for all of them may measure it for them.
	Who string
}

// SupplyRow is how far the places go for the people of an area.
type SupplyRow struct {
	Area    planner.Area
	People  int64
	InReach int64 // with a facility within the walk
	// Covered are those with a place; by 2sfca and e2sfca those with a share in
	// one. OnPaper have a facility in reach and no place, Beyond have none.
	Covered, OnPaper, Beyond int64
	// Ratio is the places for each head by 2sfca and e2sfca, the share of people
	// with a place by the others; nil where there is nobody.
	Ratio *float64
	// NoData are the people whose place, or all facilities in reach, are of unknown
	// capacity: of those nobody knows whether they are covered.
	NoData int64
}

// SupplyFacility is how full a facility becomes.
type SupplyFacility struct {
	ID       string
	Name     string
	Capacity int   // 0: not known
	InUse    *int  // today; nil to those who do not answer for where it stands
	Places   int64 // that are given out here; 0 where not known
	Assigned int64 // by nearest and assigned
	// Load is what is taken of the capacity, with those who come today where only
	// needs are placed; nil where it is not known.
	Load *float64
	// Ratio is the places for each person in reach, by 2sfca and e2sfca.
	Ratio *float64
}

// Supply is how far the places of a service go.
type Supply struct {
	Service, Method, Who string
	Minutes              int
	Areas                []SupplyRow      // the area, then those directly in it
	Facilities           []SupplyFacility // of the service that lie in the area
	NoDataFacilities     int              // in use, of unknown capacity
	NoDataPeople         int64
	OffStreets           int64 // people whom no street leads to; they are beyond reach

	demand *supplyDemand
}

// supplyDemand is who asks for places, with what was found for each.
type supplyDemand struct {
	problem *supply.Problem
	serving []int32 // facilities of the snapshot, by facility of the problem
	code    []string
	cell    []h3.Cell
	off     []bool // no street leads there

	covered []float64 // people of each demand
	onPaper []float64
	noData  []float64
	share   []float64 // places of each demand together
}

// Supply measures how far the places of a service go, for the people of an area.
func (s *Service) Supply(ctx context.Context, district string, q SupplyQuery) (*Supply, error) {
	for range maxReads {
		out, err := s.supply(ctx, district, q)
		if !errors.Is(err, errMoved) {
			return out, err
		}
	}
	return nil, fmt.Errorf("measure supply: %w", errMoved)
}

func (s *Service) supply(ctx context.Context, district string, q SupplyQuery) (*Supply, error) {
	v, area, err := s.viewArea(ctx, district, q.Area)
	if err != nil {
		return nil, err
	}
	if area.Level == geo.LevelMicroGrid.String() {
		return nil, invalid("supply is measured down to the grid")
	}
	if q, err = q.checked(ctx, v.snap.District.Code); err != nil {
		return nil, err
	}
	whole, err := s.supplyOf(ctx, v, q)
	if err != nil {
		return nil, err
	}
	made := *whole
	out, d := &made, whole.demand
	list := []planner.Area{area}
	if a, ok := v.snap.Tree.Area(area.Code); ok && a.Level < geo.LevelGrid {
		for _, code := range v.snap.Tree.Codes(a.Level + 1) {
			if strings.HasPrefix(code, area.Code) {
				child, err := v.area(code)
				if err != nil {
					return nil, err
				}
				list = append(list, child)
			}
		}
	}
	for _, a := range list {
		out.Areas = append(out.Areas, d.row(a, q.Method))
	}
	for i := range d.code {
		if d.off[i] && (area.Parent == "" || strings.HasPrefix(d.code[i], area.Code)) {
			out.OffStreets += d.problem.Weight[i]
		}
	}
	out.NoDataPeople = out.Areas[0].NoData
	// A facility's load tells of all who come there: those who answer for the
	// ground that it stands on may know it.
	viewer := viewerOf(ctx)
	here := make([]SupplyFacility, 0, len(out.Facilities))
	for j, i := range d.serving {
		f := &v.snap.Facilities[i]
		if area.Parent != "" && !strings.HasPrefix(f.Grid, area.Code) {
			continue
		}
		here = append(here, out.Facilities[j])
		if !viewer.AnswersFor(cmp.Or(f.Grid, v.snap.District.Code)) {
			here[len(here)-1].InUse = nil
		}
		if f.Capacity == 0 {
			out.NoDataFacilities++
		}
	}
	out.Facilities = here
	return out, nil
}

// supplyKey tells apart what is measured of whole districts; an area is a part of
// it.
type supplyKey struct {
	district, service, method, who string
	version                        int64
	today                          planner.Date
}

// maxSupplies is how many are kept: the assignment of a large district takes
// seconds, and anybody may ask for it.
const maxSupplies = 12

// supplyOf measures the supply of a whole district, once. What it returns is not to
// be changed.
func (s *Service) supplyOf(ctx context.Context, v *view, q SupplyQuery) (*Supply, error) {
	k := supplyKey{district: v.snap.District.Code, service: q.Service, method: q.Method, who: q.Who, version: v.snap.Version, today: v.today}
	before := func(o supplyKey) bool {
		return o.district == k.district && (o.version < k.version || o.today < k.today)
	}
	return s.supplies.get(ctx, k, before, func() (*Supply, error) {
		out := &Supply{Service: q.Service, Method: q.Method, Who: q.Who, Minutes: coverageMinutes}
		var err error
		if out.demand, err = s.supplyDemand(ctx, v, q); err != nil {
			return nil, err
		}
		return out, out.measure(ctx, v.snap)
	})
}

// checked fills in what is left open, and refuses what there is not.
func (q SupplyQuery) checked(ctx context.Context, district string) (SupplyQuery, error) {
	if !slices.ContainsFunc(data.Services, func(t data.Term) bool { return t.Key == q.Service }) {
		return q, invalid("service: %q is none of facilities", q.Service)
	}
	switch q.Method {
	case "":
		q.Method = MethodAssigned
	case MethodTwoStep, MethodEnhanced, MethodNearest, MethodAssigned:
	default:
		return q, invalid("method: %q is none: want 2sfca, e2sfca, nearest or assigned", q.Method)
	}
	duty := viewerOf(ctx).AnswersFor(district)
	if q.Who == "" {
		if q.Who = "over60"; duty {
			q.Who = whoNeeds
		}
	}
	switch q.Who {
	case "people", "over60", "under18":
		return q, nil
	case whoNeeds, whoResidents, "disabled":
		return q, mustAnswerFor(ctx, district)
	}
	return q, invalid("who: %q are none: want needs, residents, people, over60, under18 or disabled", q.Who)
}

// supplyDemand finds who asks for the places of a service, and their ways there.
// All of the district ask, for they come to an area's facilities from outside it.
func (s *Service) supplyDemand(ctx context.Context, v *view, q SupplyQuery) (*supplyDemand, error) {
	d := &supplyDemand{problem: &supply.Problem{Ways: supply.Ways{First: []int{0}}}}
	local := make(map[int32]int32)
	for i := range v.snap.Facilities {
		f := &v.snap.Facilities[i]
		if f.Service != q.Service || f.Status != "open" {
			continue
		}
		places := int64(supply.Unknown)
		if f.Capacity > 0 {
			if places = int64(f.Capacity); q.Who == whoNeeds {
				places = int64(max(0, f.Capacity-f.InUse)) // those who come today have theirs
			}
		}
		local[int32(i)] = int32(len(d.serving))
		d.serving = append(d.serving, int32(i))
		d.problem.Capacity = append(d.problem.Capacity, places)
	}
	walks := make(map[string]supply.Ways)
	reaches := make(map[string]*districtReach)
	add := func(pace string, at func(*districtReach) int, weight int64, class uint8, place orb.Point) error {
		r := reaches[pace]
		if r == nil {
			var err error
			if r, err = s.reach(ctx, v.snap.District.Code, pace); err != nil {
				return err
			}
			if r.snap != v.snap {
				return errMoved
			}
			first, facility, cost, err := r.index.Ways(ctx, q.Service, needSeconds)
			if err != nil {
				return err
			}
			reaches[pace], walks[pace] = r, supply.Ways{First: first, Facility: facility, Cost: cost}
		}
		w, i := walks[pace], at(r)
		for e := w.First[i]; e < w.First[i+1]; e++ {
			d.problem.Ways.Facility = append(d.problem.Ways.Facility, local[w.Facility[e]])
			d.problem.Ways.Cost = append(d.problem.Ways.Cost, w.Cost[e])
		}
		d.problem.Ways.First = append(d.problem.Ways.First, len(d.problem.Ways.Facility))
		d.problem.Weight, d.problem.Class = append(d.problem.Weight, weight), append(d.problem.Class, class)
		cell, err := h3.LatLngToCell(h3.NewLatLng(place.Lat(), place.Lon()), supplyResolution)
		if err != nil {
			return fmt.Errorf("cell of a place: %w", err)
		}
		d.code, d.cell, d.off = append(d.code, r.areas[i]), append(d.cell, cell), append(d.off, r.index.DemandReason(i) != "")
		return nil
	}
	if count, ok := whoPeople[q.Who]; ok {
		for i := range v.snap.Population {
			p := &v.snap.Population[i]
			n := count(p)
			if n == 0 {
				continue
			}
			pace := usualPace
			if q.Who == "disabled" {
				pace = paceOf([]string{"disabled"})
			}
			if err := add(pace, func(*districtReach) int { return i }, int64(n), 0, p.Location); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
	needed := make(map[string]int)
	if q.Who == whoNeeds {
		l, err := s.ledger(ctx, v.snap.District.Code)
		if err != nil {
			return nil, err
		}
		for i := range l.needs {
			if n := &l.needs[i]; n.Service == q.Service && n.Place != data.PlaceHome {
				needed[n.Resident]++
			}
		}
	}
	for i := range v.snap.Residents {
		who := &v.snap.Residents[i]
		n := 1
		if q.Who == whoNeeds {
			n = needed[who.ID]
		}
		if n == 0 {
			continue
		}
		err := add(paceOf(who.Kinds), func(r *districtReach) int { return r.resident(i) }, int64(n), classOf(who.Grade), who.Location)
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// measure finds who has a place.
func (out *Supply) measure(ctx context.Context, snap *Snapshot) error {
	d := out.demand
	p := d.problem
	d.covered, d.onPaper = make([]float64, len(p.Weight)), make([]float64, len(p.Weight))
	d.noData, d.share = make([]float64, len(p.Weight)), make([]float64, len(p.Weight))
	facilities := make([]SupplyFacility, len(d.serving))
	for j, i := range d.serving {
		f := &snap.Facilities[i]
		facilities[j] = SupplyFacility{ID: f.ID, Name: f.Name, Capacity: f.Capacity, InUse: &f.InUse, Places: max(0, p.Capacity[j])}
	}
	out.Facilities = facilities
	switch out.Method {
	case MethodTwoStep, MethodEnhanced:
		bands := supply.TwoStep(needSeconds)
		if out.Method == MethodEnhanced {
			bands = supply.Enhanced(needSeconds)
		}
		a, err := supply.Floating(p, bands)
		if err != nil {
			return err
		}
		for j := range facilities {
			if !math.IsNaN(a.Ratio[j]) {
				facilities[j].Ratio = &a.Ratio[j]
			}
		}
		d.floated(a)
		return nil
	case MethodNearest:
		a, err := supply.Nearest(p)
		if err != nil {
			return err
		}
		out.loads(a)
		d.placed(a)
		return nil
	default:
		a, err := supply.Assign(ctx, p)
		if err != nil {
			return err
		}
		// No answer leaves without a check.
		if wrong := supply.Check(p, a); len(wrong) > 0 {
			return fmt.Errorf("the assignment does not pass its check: %s", wrong[0])
		}
		out.loads(a)
		d.placed(a)
		return nil
	}
}

// floated counts by shares: who has any is covered.
func (d *supplyDemand) floated(a *supply.Access) {
	p := d.problem
	for i, n := range p.Weight {
		w := float64(n)
		d.share[i] = w * a.PerHead[i]
		known, unknown := false, false
		for e := p.Ways.First[i]; e < p.Ways.First[i+1]; e++ {
			known = known || p.Capacity[p.Ways.Facility[e]] != supply.Unknown
			unknown = unknown || p.Capacity[p.Ways.Facility[e]] == supply.Unknown
		}
		switch {
		case a.PerHead[i] > 0:
			d.covered[i] = w
		case known && !unknown:
			d.onPaper[i] = w
		case unknown:
			d.noData[i] = w
		}
	}
}

// placed counts by places. Where a facility has more comers than places, each of
// them has the same chance of one.
func (d *supplyDemand) placed(a *supply.Assignment) {
	p := d.problem
	for i := range p.Weight {
		first, end := p.Ways.First[i], p.Ways.First[i+1]
		for e := first; e < end; e++ {
			n, j := float64(a.Flow[e]), p.Ways.Facility[e]
			switch c := p.Capacity[j]; {
			case c == supply.Unknown:
				d.noData[i] += n
			case a.Taken[j] > c:
				served := n * float64(c) / float64(a.Taken[j])
				d.covered[i] += served
				d.onPaper[i] += n - served
			default:
				d.covered[i] += n
			}
		}
		if first < end {
			d.onPaper[i] += float64(a.Left[i])
		}
	}
}

// loads tells how full the facilities become.
func (out *Supply) loads(a *supply.Assignment) {
	for j := range out.Facilities {
		f := &out.Facilities[j]
		f.Assigned = a.Taken[j]
		if f.Capacity > 0 {
			taken := float64(f.Assigned)
			if out.Who == whoNeeds {
				taken += float64(*f.InUse)
			}
			load := taken / float64(f.Capacity)
			f.Load = &load
		}
	}
}

// row adds up the demand of an area.
func (d *supplyDemand) row(area planner.Area, method string) SupplyRow {
	r := SupplyRow{Area: area}
	var covered, onPaper, noData, share float64
	for i, n := range d.problem.Weight {
		if area.Parent != "" && !strings.HasPrefix(d.code[i], area.Code) {
			continue
		}
		r.People += n
		if d.problem.Ways.First[i] == d.problem.Ways.First[i+1] {
			r.Beyond += n
		}
		covered, onPaper, noData, share = covered+d.covered[i], onPaper+d.onPaper[i], noData+d.noData[i], share+d.share[i]
	}
	r.InReach = r.People - r.Beyond
	r.NoData = int64(math.Round(noData))
	r.OnPaper = int64(math.Round(onPaper))
	r.Covered = r.InReach - r.OnPaper - r.NoData // so that the parts are the whole
	if r.People > 0 {
		ratio := covered / float64(r.People)
		if method == MethodTwoStep || method == MethodEnhanced {
			ratio = share / float64(r.People)
		}
		r.Ratio = &ratio
	}
	return r
}
