package reports_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/reports/reach"
)

// district is a made-up district of four towns with four communities each, its
// plan and its reports.
type district struct {
	about    reports.About
	areas    []geo.Area
	problem  *planner.Problem
	plan     *planner.Plan
	board    *reports.Board
	coverage *reports.Coverage
}

func date(tb testing.TB, s string) planner.Date {
	tb.Helper()
	d, err := planner.ParseDate(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// square is the ground from one corner to another, in metres.
func square(west, south, east, north float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)}}}
}

// makeDistrict plans December 2026 by hand: everybody is visited on a day of
// their window, but every hundredth visit is left out and listed.
func makeDistrict(tb testing.TB) *district {
	tb.Helper()
	const side = 4000.0
	r := rand.New(rand.NewPCG(7, 7))
	start := date(tb, "2026-12-01")
	d := &district{about: reports.About{
		District: "510199", Name: "示范区（虚构）", MadeUp: true, Note: "人员、房屋、街道均由程序生成。", Attribution: "© Sanse demo",
		Start: start, Days: 31, Today: start, Made: "2026-12-01 08:00",
	}}
	every := 2
	p := &planner.Problem{
		District: "510199", Name: d.about.Name, MadeUp: true, Start: start, Days: 31, TimeZone: "Asia/Shanghai",
		Policies: []planner.Policy{{Grade: "red", EveryDays: every}, {Grade: "yellow", PerWeek: 1}, {Grade: "blue", PerMonth: 1}, {Kind: "lone_elder", PerWeek: 1}},
	}
	add := func(code, parent, name string, level geo.Level, shape orb.MultiPolygon) {
		d.areas = append(d.areas, geo.Area{Code: code, Parent: parent, Name: name, Level: level, Boundary: shape})
		p.Areas = append(p.Areas, planner.Area{Code: code, Parent: parent, Name: name, Level: level.String()})
	}
	add("510199", "", d.about.Name, geo.LevelDistrict, square(0, 0, side, side))
	kinds := []string{"department_cadre", "community_cadre", "grid_worker", "life_service_worker", "volunteer"}
	plan := &planner.Plan{Start: start, Days: 31}
	n := 0
	for t := range 4 {
		town := fmt.Sprintf("510199%03d", t+1)
		x, y := float64(t%2)*side/2, float64(t/2)*side/2
		add(town, "510199", []string{"青松街道", "柳溪镇", "石桥镇", "白鹭镇"}[t], geo.LevelTown, square(x, y, x+side/2, y+side/2))
		for c := range 4 {
			community := fmt.Sprintf("%s%03d", town, c+1)
			cx, cy := x+float64(c%2)*side/4, y+float64(c/2)*side/4
			add(community, town, fmt.Sprintf("%s%d社区", []string{"松", "柳", "桥", "鹭"}[t], c+1), geo.LevelCommunity, square(cx, cy, cx+side/4, cy+side/4))
			grid := community + "001"
			add(grid, community, "第一网格", geo.LevelGrid, square(cx, cy, cx+side/4, cy+side/4))
			visitor := fmt.Sprintf("v%02d", t*4+c)
			p.Visitors = append(p.Visitors, planner.Visitor{ID: visitor, Kind: kinds[(t*4+c)%5], Tier: planner.TierGrid, Scope: []string{grid}, Start: at(cx, cy), Mode: "foot"})
			var ids []string
			for i := range 12 + 3*t {
				grade := "blue"
				switch {
				case i == 0:
					grade = "red"
				case i < 5:
					grade = "yellow"
				}
				res := planner.Resident{
					ID: fmt.Sprintf("r%04d", n), Grade: grade, Location: at(cx+r.Float64()*side/4, cy+r.Float64()*side/4),
					Grid: grid, Minutes: 20, Block: community,
				}
				n++
				if i%7 == 6 {
					res.Kinds = []string{"lone_elder"}
				}
				if i%11 != 10 {
					last := start - 1 - planner.Date(r.IntN(9))
					res.LastVisit, res.Visits = &last, []planner.Date{last}
				}
				p.Residents = append(p.Residents, res)
				ids = append(ids, res.ID)
			}
			for day := range planner.Date(31) {
				it := planner.Itinerary{Visitor: visitor, Date: start + day, Block: community, Depart: 480}
				clock := planner.Clock(490)
				for i, id := range ids {
					var due bool
					switch res := &p.Residents[n-len(ids)+i]; {
					case res.Grade == "red":
						due = day%2 == 0 && (t != 3 || day < 20 || day >= 24)
					case res.Grade == "yellow" || len(res.Kinds) > 0:
						due = day%7 == planner.Date(i%5)
					default:
						due = day == planner.Date(i)
					}
					if due && len(it.Stops) < 6 {
						it.Stops = append(it.Stops, planner.Stop{Resident: id, Arrive: clock, Leave: clock + 20, WalkSeconds: 300, DueBy: start + day})
						clock += 30
					}
				}
				if len(it.Stops) > 0 {
					plan.Itineraries = append(plan.Itineraries, it)
				}
			}
		}
	}
	d.problem, d.plan = p, plan
	addLapses(tb, d)
	board, err := reports.NewBoard(context.Background(), reports.BoardInput{Problem: p, Plan: plan})
	if err != nil {
		tb.Fatal(err)
	}
	d.board = board
	g := gridStreets(tb, 41, 100)
	w := coverageWorld{engine: engineOf(tb, g), services: []string{"meals", "clinic", "bathing", "day_care", "rehabilitation", "children_home"}}
	w.Areas = p.Areas
	for i := range p.Residents {
		res := &p.Residents[i]
		w.resident(res.ID, res.Grid, res.Location)
		w.people(res.Location, reports.CoveragePopulation{Area: res.Grid, People: 20 + r.IntN(60), Over60: 9, Disabled: 1, Under18: 6})
	}
	for i := range 22 {
		w.facilities = append(w.facilities, reach.Facility{ID: fmt.Sprintf("f%02d", i), Service: w.services[min(i%7, 5)], Location: at(r.Float64()*side, r.Float64()*side), Open: i%9 != 8})
		w.Names = append(w.Names, fmt.Sprintf("设施%d", i))
	}
	d.coverage, err = reports.CoverageOf(context.Background(), w.input(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// addLapses lists what the plan misses, found by the windows themselves.
func addLapses(tb testing.TB, d *district) {
	tb.Helper()
	visits := map[string][]planner.Date{}
	for _, it := range d.plan.Itineraries {
		for _, s := range it.Stops {
			visits[s.Resident] = append(visits[s.Resident], it.Date)
		}
	}
	reasons := planner.Reasons()
	for i := range d.problem.Residents {
		r := &d.problem.Residents[i]
		rules, err := planner.RulesFor(d.problem, r)
		if err != nil {
			tb.Fatal(err)
		}
		short := map[planner.Date]int{}
		for _, w := range planner.Windows(rules, append(r.History(), visits[r.ID]...), r.Absent, d.problem.Start, d.problem.End()) {
			if w.State == planner.WindowLapsed {
				short[w.Last] = max(short[w.Last], w.Short())
			}
		}
		for by := d.problem.Start; by <= d.problem.End(); by++ {
			for range short[by] {
				d.plan.Unplanned = append(d.plan.Unplanned, planner.Unplanned{Resident: r.ID, DueBy: by, Reason: reasons[len(d.plan.Unplanned)%len(reasons)], Detail: "every shift is full; 20 more minutes would do"})
			}
		}
	}
}
