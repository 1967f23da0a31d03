// Package sample makes planning problems up from a seed, for tests and
// benchmarks: communities on a plane with straight streets, residents of three
// grades with a history in which some visits were missed, visitors of several
// scopes; on request services at home with the providers for them, patrol
// points, a sweep of doors, hours at the door, visits by two, snow. Nothing in
// it is about real people or places.
package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"sanse/planner"
)

// Config says what to make; zero fields stand for the values named.
type Config struct {
	Seed      uint64
	Start     planner.Date // 2026-12-01
	Days      int          // 31
	Blocks    int          // 1
	Residents int          // per block, 29
	Visitors  int          // per block with a scope in it, 60
	Wide      int          // per twelve blocks (a town), with its whole area; 0: none
	// ShiftMinutes of each working day and visitor; 120.
	ShiftMinutes int
	// Missed is the share of residents whose last window before Start was
	// missed, in percent; 25. Below 0 for none.
	Missed int
	// District is the code that all others begin with; 510199.
	District string

	// What follows is left out where it is 0.

	// Services is the share of residents with a service at home, in percent: a
	// bath (skill bath, two people for every third), a clean-up (clean) or
	// rehabilitation (rehab).
	Services int
	// Providers per twelve blocks do the services, by e-bike, eight hours a day
	// on five days a week; each has two of the three skills, all have their
	// town as scope.
	Providers int
	// Patrols are points in each of a block's four grids, to be passed for five
	// minutes five times a week. The first visitor of each grid then has a
	// shift that is six hours longer.
	Patrols int
	// Doors per block are to be knocked at once from the fifth to the eleventh
	// day.
	Doors int
	// Hours is the share of residents who can be visited from 9:30 to 12:00
	// only, Pairs of those whom two must visit, in percent.
	Hours, Pairs int
	// Snow is the number of days, from the tenth on, on which walking takes
	// half as long again.
	Snow int
}

type point struct{ x, y float64 } // metres

func walk(a, b point) int32 { return int32(math.Abs(a.x-b.x) + math.Abs(a.y-b.y)) }

// Policies returns the reference policy: red every 2 days, yellow once a week,
// blue once a month, lone elders once a week, children twice a month.
func Policies() []planner.Policy {
	return []planner.Policy{
		{ID: "red", Grade: "red", EveryDays: 2},
		{ID: "yellow", Grade: "yellow", PerWeek: 1},
		{ID: "blue", Grade: "blue", PerMonth: 1},
		{ID: "lone", Kind: "lone-elder", PerWeek: 1},
		{ID: "child", Kind: "child", PerMonth: 2},
	}
}

// Problem makes the problem.
func Problem(c Config) *planner.Problem {
	if c.Start == 0 {
		c.Start = planner.NewDate(2026, 12, 1)
	}
	for _, f := range []struct {
		v *int
		d int
	}{{&c.Days, 31}, {&c.Blocks, 1}, {&c.Residents, 29}, {&c.Visitors, 60}, {&c.ShiftMinutes, 120}, {&c.Missed, 25}} {
		if *f.v == 0 {
			*f.v = f.d
		}
	}
	if c.District == "" {
		c.District = "510199"
	}
	p := &planner.Problem{
		District: c.District, Name: "sample", MadeUp: true, Start: c.Start, Days: c.Days, TimeZone: "Asia/Shanghai",
		Policies: Policies(),
	}
	p.Areas = append(p.Areas, planner.Area{Code: c.District, Level: "district"})
	var wide []planner.Visitor
	var providers []planner.Visitor
	town := ""
	for b := range c.Blocks {
		if b%12 == 0 {
			town = fmt.Sprintf("%s%03d", c.District, b/12+1)
			p.Areas = append(p.Areas, planner.Area{Code: town, Level: "town", Parent: c.District})
			wide = nil
			for i := range c.Wide {
				v := planner.Visitor{ID: fmt.Sprintf("w%s-%d", town, i), Kind: "department-cadre", Tier: planner.TierTaskForce, Scope: []string{town}, Mode: "foot"}
				v.Shifts = shifts(c.ShiftMinutes, i)
				wide = append(wide, v)
			}
			p.Visitors = append(p.Visitors, wide...)
			providers = townProviders(c, town)
			p.Visitors = append(p.Visitors, providers...)
		}
		addBlock(p, c, fmt.Sprintf("%s%03d", town, b%12+1), wide, providers)
	}
	if c.Snow > 0 {
		p.Slow = []planner.Slow{{From: c.Start + 9, To: c.Start + 8 + planner.Date(c.Snow), Percent: 150}}
	}
	return p
}

func shifts(minutes, i int) []planner.Shift {
	var out []planner.Shift
	from := planner.Clock(9*60 + i%3*60)
	for wd := 1; wd <= 7; wd++ {
		if wd == i%7+1 || wd == (i+1)%7+1 {
			continue // five days a week
		}
		out = append(out, planner.Shift{Weekday: wd, From: from, To: from + planner.Clock(minutes)})
	}
	return out
}

func addBlock(p *planner.Problem, c Config, code string, wide, providers []planner.Visitor) {
	rng := rand.New(rand.NewPCG(c.Seed, uint64(len(p.Areas))*7919+uint64(len(p.Residents))))
	p.Areas = append(p.Areas, planner.Area{Code: code, Level: "community", Parent: code[:9]})
	spot := func() point { return point{rng.Float64() * 1200, rng.Float64() * 1200} }
	var grids []string
	for g := range 4 {
		grids = append(grids, fmt.Sprintf("%s%03d", code, g+1))
		p.Areas = append(p.Areas, planner.Area{Code: grids[g], Level: "grid", Parent: code})
	}
	var names []string
	var at []point
	firstVisitor := len(p.Visitors)
	for i := range c.Visitors {
		v := planner.Visitor{ID: fmt.Sprintf("v%s-%02d", code, i), Kind: "grid-worker", Tier: planner.TierMicroGrid, Scope: []string{grids[i%4]}, Mode: "foot", Shifts: shifts(c.ShiftMinutes, i)}
		if i%10 == 0 {
			v.Tier = planner.TierGrid
		}
		if i%15 == 0 {
			v.Tier, v.Scope, v.Kind = planner.TierMasterGrid, []string{code}, "community-cadre"
		}
		if c.Patrols > 0 && i < 4 {
			for k := range v.Shifts {
				v.Shifts[k].To += 360
			}
		}
		q := spot()
		v.Start = [2]float64{104.3 + q.x/95000, 30.8 + q.y/111000}
		end := v.Start
		v.End = &end
		p.Visitors = append(p.Visitors, v)
		names, at = append(names, v.ID), append(at, q)
	}
	for _, v := range wide {
		names, at = append(names, v.ID), append(at, spot())
	}
	firstResident := len(p.Residents)
	for i := range c.Residents {
		q := spot()
		grid := gridOf(grids, q)
		r := planner.Resident{ID: fmt.Sprintf("r%s-%03d", code, i), Grid: grid, MicroGrid: grid + "001", Block: code, Minutes: 15, Kinds: []string{}}
		r.Location = [2]float64{104.3 + q.x/95000, 30.8 + q.y/111000}
		every := 30
		switch k := rng.IntN(100); {
		case k < 1:
			r.Grade, every, r.Minutes = "red", 2, 30
		case k < 22:
			r.Grade, every, r.Minutes = "yellow", 7, 20
		default:
			r.Grade = "blue"
		}
		switch k := rng.IntN(100); {
		case k < 12:
			r.Kinds, every = append(r.Kinds, "lone-elder"), min(every, 7)
		case k < 16:
			r.Kinds, every = append(r.Kinds, "child"), min(every, 14)
		}
		history(p, c, &r, every, rng)
		for n, off := 0, rng.IntN(c.Visitors); n < c.Visitors && len(r.Team) < 5; n++ {
			v := &p.Visitors[firstVisitor+(off+n)%c.Visitors]
			if r.In(v.Scope[0]) && !slices.Contains(r.Team, v.ID) {
				r.Team = append(r.Team, v.ID)
			}
		}
		p.Residents = append(p.Residents, r)
		names, at = append(names, r.ID), append(at, q)
	}
	homes := at[len(at)-c.Residents:]
	w := work{p: p, c: c, code: code, grids: grids, rng: rand.New(rand.NewPCG(c.Seed+1, rng.Uint64()))}
	w.needs(firstResident)
	w.patrols()
	w.doors()
	names, at = append(names, w.names...), append(at, w.at...)
	p.Matrices = append(p.Matrices, matrix(code, "", names, at, 1))
	if w.services(firstResident); len(providers) > 0 {
		names, at = nil, nil
		for i := range homes {
			names, at = append(names, p.Residents[firstResident+i].ID), append(at, homes[i])
		}
		for i := range providers {
			names, at = append(names, providers[i].ID), append(at, w.spot())
		}
		p.Matrices = append(p.Matrices, matrix(code, "e-bike", names, at, 3))
	}
}

// gridOf returns which quarter of the block a point lies in.
func gridOf(grids []string, q point) string { return grids[int(q.x/600)%2+int(q.y/600)%2*2] }

// matrix holds the times between points at so many times the pace of walking.
func matrix(code, mode string, names []string, at []point, pace int32) planner.Matrix {
	m := planner.Matrix{Block: code, Mode: mode, Locations: names, Seconds: make([][]int32, len(names))}
	for i := range names {
		m.Seconds[i] = make([]int32, len(names))
		for j := range names {
			m.Seconds[i][j] = walk(at[i], at[j]) / pace
		}
	}
	return m
}

func history(p *planner.Problem, c Config, r *planner.Resident, every int, rng *rand.Rand) {
	if rng.IntN(100) < c.Missed {
		if rng.IntN(4) == 0 {
			return // never seen
		}
		d := c.Start - planner.Date(every*2+rng.IntN(10)+30)
		r.LastVisit, r.Visits = &d, []planner.Date{d}
		return
	}
	for d := (c.Start.MonthStart() - 1).MonthStart() - 7 + planner.Date(rng.IntN(max(1, every/2))); d < c.Start; d += planner.Date(max(1, every-1-rng.IntN(max(1, every/3)))) {
		r.Visits = append(r.Visits, d)
	}
	if n := len(r.Visits); n > 0 {
		last := r.Visits[n-1]
		r.LastVisit = &last
	}
}
