package service_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/secondcheck"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/geo"
	"sanse/planner"
)

// The second checker must agree with planner.Check, on districts where both find
// nothing and on plans that were spoiled, where both must find something. Whole
// districts are held against it where they are made: in the tests of the program.

//go:embed testdata/second_check_errors.sql
var plantedErrors string

// begin opens a transaction that is rolled back when the test ends.
func begin(t *testing.T, store *data.Store) pgx.Tx {
	t.Helper()
	tx, err := store.Pool().Begin(t.Context())
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	t.Cleanup(func() {
		if err := tx.Rollback(context.Background()); err != nil {
			t.Errorf("roll back: %v", err)
		}
	})
	return tx
}

func execute(t *testing.T, tx pgx.Tx, sql string) int64 {
	t.Helper()
	tag, err := tx.Exec(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return tag.RowsAffected()
}

// loadTravel puts the travel times of the problem where the SQL finds them.
func loadTravel(t *testing.T, tx pgx.Tx, p *planner.Problem) {
	t.Helper()
	if err := secondcheck.Load(t.Context(), tx, p); err != nil {
		t.Fatal(err)
	}
}

// secondOpinion runs the second checker.
func secondOpinion(t *testing.T, tx pgx.Tx, district string) []secondcheck.Finding {
	t.Helper()
	return must(secondcheck.Findings(t.Context(), tx, district))(t)
}

// expectNone reports what was found, the first rows of it.
func expectNone(t *testing.T, found []secondcheck.Finding) {
	t.Helper()
	for i, f := range found {
		if i == 20 {
			t.Errorf("… and %d more", len(found)-i)
			break
		}
		t.Error(f)
	}
}

// code of the made-up district of the tests below, its block and its grids.
const (
	madeUp  = "510199"
	block   = madeUp + "001001"
	gridOne = block + "001"
	gridTwo = block + "002"
	microA  = gridOne + "001"
)

// randomProblem makes a small block in which every kind of rule, absences,
// pauses and surges meet too few visitors.
func randomProblem(seed uint64) *planner.Problem {
	r := rand.New(rand.NewPCG(seed, 3))
	start := planner.NewDate(2026, time.November, 20) + planner.Date(r.IntN(45))
	p := &planner.Problem{
		District: madeUp, Name: "made up", MadeUp: true, TimeZone: "Asia/Shanghai",
		Start: start, Days: 8 + r.IntN(30),
		Areas: []planner.Area{
			{Code: madeUp, Level: "district"},
			{Code: madeUp + "001", Level: "town", Parent: madeUp},
			{Code: block, Level: "community", Parent: madeUp + "001"},
			{Code: madeUp + "001002", Level: "community", Parent: madeUp + "001"},
			{Code: gridOne, Level: "grid", Parent: block},
			{Code: gridTwo, Level: "grid", Parent: block},
			{Code: microA, Level: "micro-grid", Parent: gridOne},
		},
		Policies: []planner.Policy{
			{ID: "red", Grade: "red", EveryDays: 2 + r.IntN(3)},
			{ID: "yellow", Grade: "yellow", PerWeek: 1 + r.IntN(2)},
			{ID: "blue", Grade: "blue", PerMonth: 1 + r.IntN(3)},
			{ID: "alone", Kind: "lone_elder", PerWeek: 1},
			{ID: "child", Kind: "child_in_difficulty", PerMonth: 2},
		},
	}
	day := func(from, span int) *planner.Date { d := start + planner.Date(from+r.IntN(span)); return &d }
	if r.IntN(2) == 0 {
		p.Policies = append(p.Policies, planner.Policy{ID: "pause", Kind: "disabled", Pause: true, From: day(-10, 20), To: day(10, 10)})
	}
	if r.IntN(3) == 0 {
		p.Policies[1].Patterns = [][]int{{1, 4}, {2, 5}, {3, 6}}
	}
	if r.IntN(2) == 0 {
		p.Policies = append(p.Policies, planner.Policy{ID: "surge", Grade: "yellow", EveryDays: 1 + r.IntN(4), From: day(-5, 15), To: day(10, 15)})
	}
	if r.IntN(2) == 0 {
		p.Policies = append(p.Policies, planner.Policy{ID: "surge 2", Grade: "blue", PerWeek: 1 + r.IntN(2), From: day(-15, 20), To: day(5, 15)})
	}
	if r.IntN(2) == 0 {
		p.Policies = append(p.Policies, planner.Policy{ID: "new rule", Kind: "disabled", EveryDays: 3 + r.IntN(4), From: day(-15, 20)})
	}
	return fillProblem(r, p)
}

// fillProblem adds people and travel times.
func fillProblem(r *rand.Rand, p *planner.Problem) *planner.Problem {
	point := func() orb.Point { return orb.Point{104.3 + r.Float64()/100, 30.8 + r.Float64()/100} }
	kinds := []string{"lone_elder", "disabled", "child_in_difficulty"}
	m := planner.Matrix{Block: block, Mode: "foot"}
	for i := range 3 + r.IntN(8) {
		res := planner.Resident{
			ID: fmt.Sprintf("r%d", i), Grade: []string{"red", "yellow", "blue"}[r.IntN(3)], Kinds: []string{}, Location: point(),
			Grid: gridOne, Minutes: 10 + r.IntN(40), Block: block,
		}
		if r.IntN(2) == 0 {
			res.Kinds = append(res.Kinds, kinds[r.IntN(len(kinds))])
		}
		switch r.IntN(3) {
		case 0:
			res.Grid = gridTwo
		case 1:
			res.MicroGrid = microA
		}
		var dates []planner.Date
		for range r.IntN(7) {
			dates = append(dates, p.Start-1-planner.Date(r.IntN(45)))
		}
		if len(dates) > 0 {
			slices.Sort(dates)
			res.Visits = slices.Compact(dates)
			res.LastVisit = &res.Visits[len(res.Visits)-1]
		}
		if r.IntN(4) == 0 {
			from := p.Start + planner.Date(r.IntN(p.Days+10)-10)
			res.Absent = []planner.DateRange{{From: from, To: from + planner.Date(r.IntN(12))}}
		}
		p.Residents = append(p.Residents, res)
		m.Locations = append(m.Locations, res.ID)
	}
	for i := range 1 + r.IntN(3) {
		v := planner.Visitor{
			ID: fmt.Sprintf("v%d", i), Kind: "grid_worker", Tier: planner.Tier(1 + r.IntN(4)), Start: point(), Mode: "foot",
			Scope: [][]string{{block}, {gridOne}, {gridTwo, microA}, {madeUp}}[r.IntN(4)], DaysOff: []planner.Date{},
		}
		m.Locations = append(m.Locations, v.ID)
		switch r.IntN(3) {
		case 0:
			v.End = &v.Start
		case 1:
			end := point()
			v.End = &end
			m.Locations = append(m.Locations, v.ID+":end")
		}
		for w := 1; w <= 7; w++ {
			if r.IntN(3) > 0 {
				from := planner.Clock(8*60 + r.IntN(120))
				v.Shifts = append(v.Shifts, planner.Shift{Weekday: w, From: from, To: from + 60 + planner.Clock(r.IntN(120))})
			}
			if r.IntN(3) == 0 {
				from := planner.Clock(14*60 + r.IntN(120))
				v.Shifts = append(v.Shifts, planner.Shift{Weekday: w, From: from, To: from + 45 + planner.Clock(r.IntN(120))})
			}
		}
		for range r.IntN(3) {
			v.DaysOff = append(v.DaysOff, p.Start+planner.Date(r.IntN(p.Days)))
		}
		slices.Sort(v.DaysOff)
		v.DaysOff = slices.Compact(v.DaysOff)
		if r.IntN(3) == 0 {
			v.Capacity = 1 + r.IntN(4)
		}
		p.Visitors = append(p.Visitors, v)
	}
	m.Seconds = make([][]int32, len(m.Locations))
	cutOff := r.IntN(4 * len(m.Locations)) // mostly nobody
	for i := range m.Seconds {
		m.Seconds[i] = make([]int32, len(m.Locations))
		for j := range m.Seconds[i] {
			switch {
			case i == j:
			case i == cutOff || j == cutOff:
				m.Seconds[i][j] = -1
			default:
				m.Seconds[i][j] = int32(60 + r.IntN(900))
			}
		}
	}
	p.Matrices = []planner.Matrix{m}
	return p
}

// storeProblem stores the people and rules of a problem.
func storeProblem(t *testing.T, store *data.Store, p *planner.Problem) {
	t.Helper()
	levels := map[string]geo.Level{
		"district": geo.LevelDistrict, "town": geo.LevelTown, "community": geo.LevelCommunity, "grid": geo.LevelGrid, "micro-grid": geo.LevelMicroGrid,
	}
	boundary := orb.MultiPolygon{{{{104, 30}, {105, 30}, {105, 31}, {104, 31}, {104, 30}}}}
	areas := make([]data.Area, len(p.Areas))
	for i, a := range p.Areas {
		areas[i] = data.Area{
			Area:      geo.Area{Code: a.Code, Level: levels[a.Level], Parent: a.Parent, Name: a.Code, Boundary: boundary},
			ValidFrom: p.Start - 400,
		}
	}
	visitors := make([]data.Visitor, len(p.Visitors))
	for i := range p.Visitors {
		visitors[i] = data.Visitor{Visitor: p.Visitors[i]}
	}
	residents := make([]data.Resident, len(p.Residents))
	var visits []data.Visit
	for i := range p.Residents {
		r := &p.Residents[i]
		residents[i] = data.Resident{
			ID: r.ID, Grade: r.Grade, Kinds: r.Kinds, Location: r.Location, Grid: r.Grid, MicroGrid: r.MicroGrid,
			Minutes: r.Minutes, Team: r.Team, Absent: r.Absent,
		}
		for _, d := range r.Visits {
			visits = append(visits, data.Visit{Resident: r.ID, Date: d, Done: true})
		}
		// A visit that was missed counts for nothing.
		visits = append(visits, data.Visit{Resident: r.ID, Date: p.Start - 1, Done: false})
	}
	err := store.Write(t.Context(), func(tx *data.Tx) error {
		if err := tx.DropDistrict(p.District); err != nil {
			return err
		}
		if err := tx.PutDistrict(data.District{Code: p.District, Name: p.Name, TimeZone: p.TimeZone, MadeUp: true}); err != nil {
			return err
		}
		if err := tx.PutAreas(p.District, areas); err != nil {
			return err
		}
		if err := tx.PutPolicies(p.District, p.Policies); err != nil {
			return err
		}
		if err := tx.PutVisitors(p.District, visitors); err != nil {
			return err
		}
		if err := tx.PutResidents(p.District, residents); err != nil {
			return err
		}
		return tx.PutVisits(p.District, visits)
	})
	if err != nil {
		t.Fatalf("store the problem: %v", err)
	}
}

// storePlan stores a plan with the summary that its own account gives.
func storePlan(t *testing.T, store *data.Store, p *planner.Problem, plan *planner.Plan) {
	t.Helper()
	account := planner.Account(p, plan)
	grades, reasons, lapses := map[string]int{}, map[string]int{}, 0
	for i := range p.Residents {
		grades[p.Residents[i].Grade]++
	}
	for _, u := range plan.Unplanned {
		reasons[string(u.Reason)]++
		if !u.Owed {
			lapses++
		}
	}
	summary, err := json.Marshal(service.Summary{
		Residents: grades, VisitsPlanned: account.Total.Planned, OwedAtStart: account.Total.Owed, OwedClearedOn: account.Total.OwedClearedOn,
		Lapses: lapses, Unplanned: reasons, VisitorDays: account.VisitorDays, WalkSeconds: account.WalkSeconds,
	})
	if err != nil {
		t.Fatalf("write the summary: %v", err)
	}
	itineraries := make([]data.ItineraryRecord, len(plan.Itineraries))
	for i := range plan.Itineraries {
		itineraries[i] = data.ItineraryRecord{Itinerary: plan.Itineraries[i]}
	}
	record := data.PlanRecord{Start: plan.Start, Days: plan.Days, MadeAt: time.Unix(0, 0), Current: true, Summary: summary}
	err = store.Write(t.Context(), func(tx *data.Tx) error {
		_, err := tx.PutPlan(p.District, record, itineraries, plan.Unplanned)
		return err
	})
	if err != nil {
		t.Fatalf("store the plan: %v", err)
	}
}

// solved makes, plans and stores a small district.
func solved(t *testing.T, store *data.Store, seed uint64) (*planner.Problem, *planner.Plan) {
	t.Helper()
	p := randomProblem(seed)
	if err := p.Validate(); err != nil {
		t.Fatalf("the problem: %v", err)
	}
	plan, _, err := planner.Solve(t.Context(), p, planner.Options{Seed: seed, Iterations: 50, Threads: 1})
	if err != nil {
		t.Fatalf("solve: %v", err)
	}
	storeProblem(t, store, p)
	storePlan(t, store, p, plan)
	return p, plan
}

func TestSecondCheckerAgreesOnSmallDistrictsWithPausesAndAbsences(t *testing.T) {
	store := datatest.New(t)
	seeds := uint64(60)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			p, plan := solved(t, store, seed)
			for _, v := range planner.Check(p, plan) {
				t.Errorf("first checker: %s: %s", v.Code, v.Detail)
			}
			tx := begin(t, store)
			loadTravel(t, tx, p)
			expectNone(t, secondOpinion(t, tx, p.District))
		})
	}
}

// plantedError is a way to spoil a stored plan and the code that must answer it.
type plantedError struct{ name, code, sql string }

func readPlantedErrors(t *testing.T) []plantedError {
	t.Helper()
	var list []plantedError
	for _, c := range strings.Split(plantedErrors, "\n-- error: ")[1:] {
		head, sql, _ := strings.Cut(c, "\n")
		name, code, ok := strings.Cut(head, " => ")
		if !ok {
			t.Fatalf("%q names no code", head)
		}
		list = append(list, plantedError{name, code, sql})
	}
	return list
}

// plant spoils the stored plan, looks for the code and undoes the error. It
// tells whether the plan gave occasion for it.
func plant(t *testing.T, tx pgx.Tx, district string, e plantedError) bool {
	t.Helper()
	nested, err := tx.Begin(t.Context())
	if err != nil {
		t.Fatalf("set savepoint: %v", err)
	}
	defer func() {
		if err := nested.Rollback(context.Background()); err != nil {
			t.Errorf("roll back: %v", err)
		}
	}()
	if execute(t, nested, e.sql) == 0 {
		return false
	}
	found := secondOpinion(t, nested, district)
	if !slices.ContainsFunc(found, func(f secondcheck.Finding) bool { return f.Code == e.code }) {
		t.Errorf("%s: %s is not among the %d findings", e.name, e.code, len(found))
		expectNone(t, found)
	}
	return true
}

func TestSecondCheckerFindsPlantedErrors(t *testing.T) {
	store := datatest.New(t)
	left := readPlantedErrors(t)
	// The first districts are rich in occasions; the others are there for the
	// day on which the planner leaves none in them.
	for _, seed := range []uint64{36, 54, 39, 0, 11, 1, 2, 3, 4, 5} {
		if len(left) == 0 {
			break
		}
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			p, _ := solved(t, store, seed)
			tx := begin(t, store)
			loadTravel(t, tx, p)
			expectNone(t, secondOpinion(t, tx, p.District))
			left = slices.DeleteFunc(left, func(e plantedError) bool { return plant(t, tx, p.District, e) })
		})
	}
	for _, e := range left {
		t.Errorf("%s: no plan gave occasion for this error", e.name)
	}
}

// spoil changes a plan at random in one way that can still be stored; it tells
// what it did, "" if there was nothing to do it to.
func spoil(r *rand.Rand, p *planner.Problem, plan *planner.Plan) string {
	copied := make([]planner.Itinerary, len(plan.Itineraries))
	for i, it := range plan.Itineraries {
		it.Stops = slices.Clone(it.Stops)
		copied[i] = it
	}
	plan.Itineraries, plan.Unplanned = copied, slices.Clone(plan.Unplanned)
	if len(plan.Itineraries) == 0 {
		return ""
	}
	i := r.IntN(len(plan.Itineraries))
	it := &plan.Itineraries[i]
	stop := &it.Stops[r.IntN(len(it.Stops))]
	switch r.IntN(8) {
	case 0:
		plan.Itineraries = slices.Delete(plan.Itineraries, i, i+1)
		return "an itinerary is deleted"
	case 1:
		n := len(it.Stops) - 1
		if n == 0 {
			return ""
		}
		it.Stops = it.Stops[:n]
		return "the last stop of a walk is deleted"
	case 2:
		it.Date = p.Start + planner.Date(r.IntN(p.Days))
		for j := range plan.Itineraries {
			other := &plan.Itineraries[j]
			if j != i && other.Date == it.Date && (other.Visitor == it.Visitor || sameResident(other, it)) {
				return ""
			}
		}
		return "a walk is moved to another day"
	case 3:
		it.Visitor = p.Visitors[r.IntN(len(p.Visitors))].ID
		for j := range plan.Itineraries {
			if j != i && plan.Itineraries[j].Date == it.Date && plan.Itineraries[j].Visitor == it.Visitor {
				return ""
			}
		}
		return "somebody else goes"
	case 4:
		if len(plan.Unplanned) == 0 {
			return ""
		}
		n := r.IntN(len(plan.Unplanned))
		plan.Unplanned = slices.Delete(plan.Unplanned, n, n+1)
		return "a lapse is hushed up"
	case 5:
		plan.Unplanned = append(plan.Unplanned, planner.Unplanned{
			Resident: stop.Resident, DueBy: stop.DueBy, Reason: planner.ReasonNoFreeTime, Owed: r.IntN(2) == 0,
		})
		return "a lapse is made up"
	case 6:
		if stop.Leave == 1440 {
			return ""
		}
		stop.Leave++
		return "a visit lasts a minute longer"
	default:
		stop.WalkSeconds++
		return "a walk lasts a second longer"
	}
}

func sameResident(a, b *planner.Itinerary) bool {
	return slices.ContainsFunc(a.Stops, func(s planner.Stop) bool {
		return slices.ContainsFunc(b.Stops, func(o planner.Stop) bool { return o.Resident == s.Resident })
	})
}

func TestBothCheckersAgreeOnSpoiledPlans(t *testing.T) {
	store := datatest.New(t)
	districts, each := uint64(30), 6
	if testing.Short() {
		districts = 5
	}
	sound, spoiled := 0, 0
	for seed := range districts {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			p, plan := solved(t, store, seed)
			r := rand.New(rand.NewPCG(seed, 7))
			for range each {
				bad := *plan
				what := spoil(r, p, &bad)
				if what == "" {
					continue
				}
				storePlan(t, store, p, &bad)
				first := planner.Check(p, &bad)
				tx, err := store.Pool().Begin(t.Context())
				if err != nil {
					t.Fatalf("begin: %v", err)
				}
				loadTravel(t, tx, p)
				second := secondOpinion(t, tx, p.District)
				if err := tx.Rollback(t.Context()); err != nil {
					t.Fatalf("roll back: %v", err)
				}
				// The first checker knows no summary and leaves the mark of a
				// debt to the planner.
				second = slices.DeleteFunc(second, func(f secondcheck.Finding) bool { return f.Code == "wrong_summary" || f.Code == "wrong_owed" })
				if len(first) == 0 {
					sound++
				} else {
					spoiled++
				}
				if (len(first) == 0) != (len(second) == 0) {
					t.Errorf("%s: the first checker finds %d violations, the second %d", what, len(first), len(second))
					for _, v := range first {
						t.Errorf("first: %s, resident %s: %s", v.Code, v.Resident, v.Detail)
					}
					expectNone(t, second)
				}
			}
		})
	}
	if sound == 0 || spoiled == 0 {
		t.Errorf("%d plans were still sound, %d were not: want some of both", sound, spoiled)
	}
}
