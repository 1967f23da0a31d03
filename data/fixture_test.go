package data_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

const code = "510199"

func day(s string) planner.Date {
	d, err := planner.ParseDate(s)
	if err != nil {
		panic("test: " + err.Error())
	}
	return d
}

// square is a square of side d degrees with its lower left corner at x, y.
func square(x, y, d float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{x, y}, {x + d, y}, {x + d, y + d}, {x, y + d}, {x, y}}}}
}

// fixture is a small district with one of everything, in the order in which
// the store gives it back.
type fixture struct {
	district    data.District
	areas       []data.Area
	cells       map[string][]int64
	buildings   []data.Building
	population  []data.Population
	facilities  []data.Facility
	visitors    []data.Visitor
	residents   []data.Resident
	visits      []data.Visit
	tasks       []data.Task
	taskVisits  []data.TaskVisit
	policies    []data.Policy
	providers   []data.Provider
	needs       []data.Need
	matches     []data.NeedMatch // that hold
	graph       []byte
	version     data.StreetVersion
	streets     []data.Street
	plan        data.PlanRecord
	itineraries []data.ItineraryRecord
	unplanned   []planner.Unplanned
	coverage    data.CoverageRecord
	imported    data.ImportRecord
}

func newFixture() *fixture {
	const (
		town  = code + "001"
		comm  = town + "001"
		grid  = comm + "001"
		grid2 = comm + "002"
		micro = grid + "001"
	)
	area := func(c string, level geo.Level, parent, name string, b orb.MultiPolygon) data.Area {
		return data.Area{Area: geo.Area{Code: c, Level: level, Parent: parent, Name: name, Boundary: b}, ValidFrom: day("2026-01-01")}
	}
	special := area(grid2, geo.LevelGrid, comm, "学校网格", square(104.305, 30.8, 0.005))
	special.Special, special.Parts = true, 2
	shared := area(micro, geo.LevelMicroGrid, grid, "微网格", square(104.3, 30.8, 0.005))
	shared.Units = []geo.Unit{{Building: "b1", Name: "1"}, {Building: "b1", Name: "2"}, {Building: "b1", Name: "3"}, {Building: "b:2", Name: "A"}}
	from, to := day("2026-12-20"), day("2027-01-10")
	end := orb.Point{104.302, 30.803}
	short := day("2026-12-30")
	walk := int32(420)
	return &fixture{
		district: data.District{
			Code: code, Name: "示范区（虚构）", TimeZone: "Asia/Shanghai", MadeUp: true, Note: "All of it is made up.", Attribution: "© nobody",
		},
		areas: []data.Area{
			area(code, geo.LevelDistrict, "", "示范区", square(104.3, 30.8, 0.01)),
			area(town, geo.LevelTown, code, "一镇", square(104.3, 30.8, 0.01)),
			area(comm, geo.LevelCommunity, town, "一村", square(104.3, 30.8, 0.01)),
			area(grid, geo.LevelGrid, comm, "第一网格", square(104.3, 30.8, 0.005)),
			shared,
			special,
		},
		cells: map[string][]int64{grid: {0x8b2a1072b59ffff, 0x8b2a1072b5affff}, grid2: {0x8b2a1072b5bffff}},
		buildings: []data.Building{
			{ID: "b1", Name: "一号楼", Kind: "apartments", Address: "一路1号", Units: 4, Floors: 6, Boundary: square(104.301, 30.801, 0.0002)},
			{ID: "b2", Kind: "house", Boundary: square(104.303, 30.801, 0.0001)},
		},
		population: []data.Population{
			{Building: "b1", Households: 40, People: 100, Over60: 30, Over80: 5, Under18: 10, Disabled: 3, Place: "town", Location: orb.Point{104.3011, 30.8011}, Grid: grid, MicroGrid: micro},
			{Cell: 0x8a2a1072b59ffff, Households: 1, People: 2, Location: orb.Point{104.306, 30.802}},
		},
		facilities: []data.Facility{
			{
				ID: "f1", Name: "食堂", Service: "meals", Capacity: 50, InUse: 60, Status: "open", Address: "一路2号", AreaM2: 120, Staff: 7,
				Hours: []planner.Shift{{Weekday: 1, From: 510, To: 600}, {Weekday: 2, From: 540, To: 1440}}, Location: orb.Point{104.304, 30.804}, Grid: grid,
			},
			{ID: "f2", Name: "浴室", Service: "bathing", Status: "planned", Location: orb.Point{104.306, 30.804}},
			{ID: "f3", Name: "卫生站", Service: "clinic", Status: "open", Hours: []planner.Shift{}, Location: orb.Point{104.306, 30.804}},
		},
		visitors: []data.Visitor{
			{
				Visitor: planner.Visitor{
					ID: "v1", Kind: "grid_worker", Tier: planner.TierGrid, Scope: []string{grid2, grid}, Start: orb.Point{104.301, 30.802}, End: &end,
					Shifts:  []planner.Shift{{Weekday: 1, From: 510, To: 600}, {Weekday: 1, From: 900, To: 960}, {Weekday: 2, From: 540, To: 1440}},
					DaysOff: []planner.Date{day("2026-12-24"), day("2026-12-25")}, Mode: "foot", Capacity: 6, Skills: []string{"bathing", "会开轮椅车"},
				},
				Name: "张三丰甲", Phone: "19900001234",
			},
			{Visitor: planner.Visitor{ID: "v2", Kind: "volunteer", Tier: planner.TierTaskForce, Scope: []string{town}, Start: orb.Point{104.302, 30.802}, Mode: "foot"}},
		},
		residents: []data.Resident{
			{
				ID: "r1", Grade: "red", Kinds: []string{"lone_elder", "disabled"}, Location: orb.Point{104.3011, 30.8011}, Building: "b1", Unit: "2-301",
				Grid: grid, MicroGrid: micro, Declared: grid, Minutes: 30, Enrolled: day("2026-03-01"), Team: []string{"v2", "v1"},
				Absent: []planner.DateRange{{From: day("2026-12-05"), To: day("2026-12-07")}, {From: day("2026-12-20"), To: day("2026-12-20")}},
				Needs: planner.Needs{
					Hours:  []planner.Shift{{Weekday: 1, From: 540, To: 690}, {Weekday: 3, From: 840, To: 1020}},
					Skills: []string{"nursing"}, VisitorKinds: []string{"volunteer", "grid_worker"}, People: 2, Prefer: []string{"v2", "v1"},
				},
				Person: data.Person{Name: "李四光乙", IDNumber: "51019919450101001x", Phone: "19900005678", Address: "一路1号2单元301", Note: "耳背，敲门要重"},
			},
			{ID: "r2", Grade: "blue", Location: orb.Point{104.306, 30.802}, Grid: grid2},
		},
		visits: []data.Visit{
			{Resident: "r1", Visitor: "v1", Date: day("2026-11-20"), Done: false, Grid: grid},
			{Resident: "r1", Visitor: "v2", Date: day("2026-11-20"), Done: true, Grid: grid},
			{Resident: "r2", Date: day("2026-11-21"), Done: true, Grid: grid},
		},
		tasks: []data.Task{
			{
				ID: "t1", Kind: "service", What: "bathing", Resident: "r1", Minutes: 60, Rules: []planner.Policy{{PerWeek: 1}}, Weight: 3,
				Needs: planner.Needs{Skills: []string{"bathing"}, People: 2, Prefer: []string{"v1"}},
			},
			{
				ID: "t2", Kind: "patrol", What: "配电房", Location: orb.Point{104.3051, 30.8021}, Grid: grid2, Minutes: 15,
				Rules:  []planner.Policy{{EveryDays: 1, Patterns: [][]int{{1, 2, 3, 4, 5}}}},
				Absent: []planner.DateRange{{From: day("2026-12-25"), To: day("2026-12-26")}},
				Needs:  planner.Needs{Hours: []planner.Shift{{Weekday: 1, From: 540, To: 600}}, VisitorKinds: []string{"grid_worker"}}, Address: "一路3号",
			},
			{
				ID: "t3", Kind: "door", Location: orb.Point{104.3012, 30.8012}, Grid: grid, MicroGrid: micro, Minutes: 10,
				Rules: []planner.Policy{{Once: true, From: &from, To: &to}},
			},
		},
		taskVisits: []data.TaskVisit{
			{Task: "t1", Visitor: "v1", Date: day("2026-11-20"), Done: true},
			{Task: "t2", Date: day("2026-11-21"), Done: false},
		},
		policies: []data.Policy{
			{ID: "blue", Grade: "blue", PerMonth: 2},
			{ID: "cold wave", Grade: "red", EveryDays: 1, From: &from, To: &to},
			{ID: "flood", Kind: "hardship", Once: true, From: &from, To: &to},
			{ID: "hospital", Kind: "disabled", Pause: true, From: &from},
			{ID: "week", Kind: "lone_elder", PerWeek: 2, Patterns: [][]int{{1, 4}, {2, 5}}},
		},
		providers: []data.Provider{
			{
				ID: "p1", Name: "安心居家服务社", Services: []string{"bathing", "剪发"}, Capacity: 40, Hours: []planner.Shift{{Weekday: 1, From: 510, To: 600}},
				Scope: []string{town, grid2}, Location: &orb.Point{104.302, 30.803}, Radius: 3000, Workers: []string{"v2", "v1"},
			},
			{ID: "p2", Name: "夕阳红", Services: []string{"cleaning"}, Hours: []planner.Shift{}},
		},
		needs: []data.Need{
			{
				ID: "n1", Resident: "r1", Service: "bathing", Rules: []planner.Policy{{PerMonth: 2}}, Place: "home", Minutes: 60,
				Hours: []planner.Shift{{Weekday: 1, From: 540, To: 690}}, Kind: "disabled", Source: "2026年能力评估", From: day("2026-11-01"), To: &to,
			},
			{ID: "n2", Resident: "r2", Service: "meals", Rules: []planner.Policy{{EveryDays: 1}}, Place: "either", From: day("2026-11-02")},
			{ID: "n3", Resident: "r2", Service: "clinic", Rules: []planner.Policy{{PerMonth: 1}}, Place: "facility", From: day("2026-11-02")},
		},
		matches: []data.NeedMatch{
			{Need: "n1", N: 1, ByHand: true, Provider: "p1", From: day("2026-11-03"), At: time.Date(2026, 11, 3, 1, 2, 3, 0, time.UTC), Reason: "家属要求", Forced: true},
			{Need: "n2", N: 1, Facility: "f1", Seconds: &walk, From: day("2026-11-03"), At: time.Date(2026, 11, 3, 1, 2, 3, 0, time.UTC)},
		},
		graph:   []byte("graph of streets"),
		version: data.StreetVersion{Version: 1, Source: "streets.osm", Attribution: "© OpenStreetMap contributors", Imported: time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC)},
		streets: []data.Street{
			{ID: 7, Class: "residential", Name: "一路", Line: orb.LineString{{104.3, 30.801}, {104.31, 30.801}}},
			{ID: 7, Class: "residential", Name: "一路", Line: orb.LineString{{104.31, 30.801}, {104.31, 30.805}}},
			{ID: 8, Class: "water", Line: orb.LineString{{104.307, 30.806}, {104.309, 30.806}, {104.309, 30.808}, {104.307, 30.806}}},
		},
		plan: data.PlanRecord{
			ID: 1, Start: day("2026-12-01"), Days: 31, Seed: 1<<64 - 1, MadeAt: time.Date(2026, 11, 21, 1, 2, 3, 4000, time.UTC), Current: true,
			Summary: json.RawMessage(`{"lapses": 1}`), Cost: &planner.Cost{Lapses: 1, Seconds: 999},
			Shortages: []planner.Shortage{{
				Block: comm, Days: []planner.Date{day("2026-12-01")}, Visitors: []string{"v1"}, NeedMinutes: 70, HaveMinutes: 60, Short: 10, MendMinutes: 15,
				Needs: []planner.ShortageNeed{{Resident: "r1", Visits: 2, Minutes: 35}},
			}},
			Changes: json.RawMessage(`{"sick": "v2"}`), Moved: json.RawMessage(`{"kept": 2}`),
		},
		itineraries: []data.ItineraryRecord{
			{
				Itinerary: planner.Itinerary{
					Visitor: "v1", Date: day("2026-12-07"), Block: comm, Depart: 510, ReturnSeconds: 240,
					Stops: []planner.Stop{
						{Resident: "r2", Arrive: 515, Leave: 535, WalkSeconds: 241, DueBy: day("2026-12-31")},
						{Resident: "r1", Arrive: 540, Leave: 570, WalkSeconds: 299, DueBy: day("2026-12-02"), Owed: true},
						{Resident: "r1", Task: "t1", Arrive: 570, Leave: 630, DueBy: day("2026-12-13")},
						{Task: "t2", Arrive: 640, Leave: 655, WalkSeconds: 401, DueBy: day("2026-12-08")},
					},
				},
				Route: orb.MultiLineString{{{104.301, 30.802}, {104.306, 30.802}}, {{104.306, 30.802}, {104.3011, 30.8011}}},
			},
			{Itinerary: planner.Itinerary{
				Visitor: "v1", Date: day("2026-12-08"), Block: comm, Depart: 540,
				Stops: []planner.Stop{{Resident: "r1", Arrive: 545, Leave: 575, WalkSeconds: 300, DueBy: day("2026-12-09")}},
			}},
		},
		unplanned: []planner.Unplanned{
			{Resident: "r2", DueBy: day("2026-12-31"), Reason: "no_time", Detail: "another 20 minutes", Visitor: "v1", Date: &short, MinutesShort: 20, Mends: []planner.Mend{
				{Kind: planner.MendMinutes, Visitor: "v1", Date: &short, Minutes: 20}, {Kind: planner.MendSkill, Skill: "bathing", Visitor: "v2"},
			}},
			{Task: "t2", DueBy: day("2026-12-09"), Reason: "window_closed", Detail: "the gate is shut"},
			{Resident: "r1", DueBy: day("2026-12-07"), Reason: "no_time", Detail: "tomorrow", Owed: true},
		},
		coverage: data.CoverageRecord{
			CoverageRun: data.CoverageRun{ID: 1, Date: day("2026-12-01"), Minutes: 15, MetresPerSecond: 1, StreetVersion: 1, MadeAt: time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC)},
			Areas: []data.AreaCoverage{
				{Area: code, Service: "meals", People: 102, PeopleCovered: 100, Over60: 30, Over60Covered: 30, Residents: 2, ResidentsCovered: 1},
				{Area: grid, Service: "meals", People: 100, PeopleCovered: 100, Over60: 30, Over60Covered: 30, Residents: 1, ResidentsCovered: 1},
			},
		},
		imported: data.ImportRecord{ID: 1, Kind: "residents", Source: "residents.csv", CRS: "wgs84", Read: 3, Stored: 2, Refused: 1, At: time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC)},
	}
}

// covered are the areas with their cells, which Areas leaves out.
func (f *fixture) covered() []data.Area {
	areas := slices.Clone(f.areas)
	for i := range areas {
		areas[i].Cells = f.cells[areas[i].Code]
	}
	return areas
}

// put writes all of the fixture.
func (f *fixture) put(tx *data.Tx) error {
	d := f.district.Code
	for _, step := range []func() error{
		func() error { return tx.PutDistrict(f.district) },
		func() error { return tx.PutAreas(d, f.covered()) },
		func() error { return tx.PutBuildings(d, f.buildings) },
		func() error { return tx.PutPopulation(d, f.population) },
		func() error { return tx.PutFacilities(d, f.facilities) },
		func() error { return tx.PutVisitors(d, f.visitors) },
		func() error { return tx.PutResidents(d, f.residents) },
		func() error { return tx.PutVisits(d, f.visits) },
		func() error { return tx.PutTasks(d, f.tasks) },
		func() error { return tx.PutTaskVisits(d, f.taskVisits) },
		func() error { return tx.PutPolicies(d, f.policies) },
		func() error { return tx.PutProviders(d, f.providers) },
		func() error { return tx.PutNeeds(d, f.needs) },
		func() error { return tx.PutNeedMatches(d, f.matches) },
		func() error { _, err := tx.PutStreets(d, f.version, f.graph, f.streets); return err },
		func() error { _, err := tx.PutPlan(d, f.plan, f.itineraries, f.unplanned); return err },
		func() error { _, err := tx.PutCoverage(d, f.coverage); return err },
		func() error { return tx.PutImport(d, f.imported) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// write runs f in a transaction that must succeed.
func write(t testing.TB, s *data.Store, f func(*data.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}
