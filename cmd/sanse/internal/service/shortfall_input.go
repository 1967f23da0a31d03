package service

import (
	"cmp"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/reports/shortfall"
)

// onTimeDays is how many days before today are looked at for visits on time.
const onTimeDays = 28

// shortfallInput is what of a snapshot standards are held against. Walks and
// visits are not in it yet.
func shortfallInput(snap *Snapshot) *shortfall.Input {
	in := &shortfall.Input{Year: snap.Date.Time().Year(), Promise: 60 * coverageMinutes, Pace: usualPace}
	for _, a := range snap.areas() {
		in.Areas = append(in.Areas, shortfall.Area{Code: a.Code, Name: a.Name, Level: a.Level, Parent: a.Parent})
	}
	place := make(map[string]string) // by building
	for i := range snap.Population {
		p := &snap.Population[i]
		place[p.Building] = p.Place
		in.Spots = append(in.Spots, shortfall.Spot{
			Area: snap.deepest(p.Location, p.MicroGrid, p.Grid), Place: p.Place, Building: p.Building,
			Households: p.Households, People: p.People, Over60: p.Over60, Over80: p.Over80, Under18: p.Under18, Disabled: p.Disabled,
		})
	}
	kinds := make(map[string]string, len(snap.Visitors)) // of visitors
	for i := range snap.Visitors {
		v := &snap.Visitors[i]
		kinds[v.ID] = v.Kind
		days := map[int]bool{}
		for _, s := range v.Shifts {
			days[s.Weekday] = true
		}
		in.Visitors = append(in.Visitors, shortfall.Visitor{ID: v.ID, Kind: v.Kind, Skills: v.Skills, Scope: v.Scope, Days: len(days)})
	}
	usual := usualPlaces(in.Spots, snap.Tree)
	for i := range snap.Residents {
		r := &snap.Residents[i]
		out := shortfall.Resident{
			ID: r.ID, Area: snap.deepest(r.Location, r.MicroGrid, r.Grid), Building: r.Building, Grade: r.Grade, Kinds: r.Kinds,
		}
		if r.Building != "" {
			out.Place = place[r.Building]
		}
		for code := out.Area; out.Place == "" && code != ""; {
			out.Place = usual[code]
			a, _ := snap.Tree.Area(code)
			code = a.Parent
		}
		for _, id := range r.Team {
			if k := kinds[id]; k != "" && !slices.Contains(out.Team, k) {
				out.Team = append(out.Team, k)
			}
		}
		in.Residents = append(in.Residents, out)
	}
	for i := range snap.Facilities {
		f := &snap.Facilities[i]
		in.Facilities = append(in.Facilities, shortfall.Facility{
			ID: f.ID, Service: f.Service, Area: snap.deepest(f.Location, f.Grid), Status: f.Status, Closed: f.Hours != nil && len(f.Hours) == 0,
			Capacity: f.Capacity, InUse: f.InUse, AreaM2: f.AreaM2,
		})
	}
	for _, k := range data.VisitorKinds {
		in.VisitorKinds = append(in.VisitorKinds, k.Key)
	}
	for _, t := range data.Services {
		in.Services = append(in.Services, t.Key)
	}
	return in
}

// deepest is the first of the codes that is an area, else the deepest area that
// holds the point; empty: it lies in none.
func (s *Snapshot) deepest(p orb.Point, codes ...string) string {
	for _, c := range codes {
		if _, ok := s.Tree.Area(c); ok && c != "" {
			return c
		}
	}
	if a, ok := s.Tree.Find(p); ok {
		return a.Code
	}
	return ""
}

// facilityArea is the code by which to tell whether a facility lies in an area: that
// of its grid, which is stored, or, to tell micro-grids apart, of where it stands.
func (s *Snapshot) facilityArea(f *data.Facility, in planner.Area) string {
	if in.Level == geo.LevelMicroGrid.String() {
		return s.deepest(f.Location)
	}
	return f.Grid
}

// usualPlaces tells for every area in what kind of place most of its people live.
func usualPlaces(spots []shortfall.Spot, tree *geo.Tree) map[string]string {
	people := make(map[string]map[string]int)
	for i := range spots {
		p := &spots[i]
		for code := p.Area; code != "" && p.Place != ""; {
			if people[code] == nil {
				people[code] = make(map[string]int)
			}
			people[code][p.Place] += p.People
			a, _ := tree.Area(code)
			code = a.Parent
		}
	}
	out := make(map[string]string, len(people))
	for code, by := range people {
		out[code] = slices.MaxFunc(slices.Collect(maps.Keys(by)), func(a, b string) int {
			return cmp.Or(cmp.Compare(by[a], by[b]), cmp.Compare(b, a))
		})
	}
	return out
}

// countVisits puts down what fell due in the days before today.
func countVisits(in *shortfall.Input, board *reports.Board, today planner.Date) {
	accounts := board.Accounts(reports.Period{Kind: "days", From: today - onTimeDays, To: today - 1})
	for i := range in.Residents {
		a := accounts[in.Residents[i].ID]
		in.Residents[i].Due, in.Residents[i].Late = a.Due, a.Late
	}
	in.Counted = true
}
