package data_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/data/migrations"
	"sanse/geo"
	"sanse/planner"
)

// readBack reads all that a fixture holds.
func readBack(t *testing.T, s *data.Store, district string) *fixture {
	t.Helper()
	ctx := t.Context()
	f := new(fixture)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	f.district, err = s.District(ctx, district)
	must(err)
	f.areas, err = s.Areas(ctx, district, day("2026-11-21"))
	must(err)
	f.cells, err = s.AreaCells(ctx, district, day("2026-11-21"))
	must(err)
	f.buildings, err = s.Buildings(ctx, district)
	must(err)
	f.population, err = s.Population(ctx, district)
	must(err)
	f.facilities, err = s.Facilities(ctx, district)
	must(err)
	f.visitors, err = s.Visitors(ctx, district)
	must(err)
	f.residents, err = s.Residents(ctx, district)
	must(err)
	f.visits, err = s.Visits(ctx, district, day("2026-01-01"), day("2026-12-31"))
	must(err)
	f.tasks, err = s.Tasks(ctx, district)
	must(err)
	f.taskVisits, err = s.TaskVisits(ctx, district, day("2026-01-01"), day("2026-12-31"))
	must(err)
	addresses, err := s.TaskAddresses(ctx, district, ids(f.tasks, func(v data.Task) string { return v.ID }))
	must(err)
	for i := range f.tasks {
		f.tasks[i].Address = addresses[f.tasks[i].ID]
	}
	f.policies, err = s.Policies(ctx, district)
	must(err)
	f.providers, err = s.Providers(ctx, district)
	must(err)
	f.needs, err = s.Needs(ctx, district)
	must(err)
	f.matches, err = s.NeedMatches(ctx, district)
	must(err)
	f.graph, f.version, err = s.Graph(ctx, district)
	must(err)
	f.streets, err = s.Streets(ctx, district)
	must(err)
	f.plan, err = s.CurrentPlan(ctx, district)
	must(err)
	f.itineraries, err = s.PlanItineraries(ctx, district, f.plan.ID, data.ItineraryFilter{})
	must(err)
	f.unplanned, err = s.Unplanned(ctx, district, f.plan.ID, "")
	must(err)
	f.coverage.CoverageRun, err = s.CurrentCoverage(ctx, district)
	must(err)
	f.coverage.Areas, err = s.CoverageAreas(ctx, district)
	must(err)
	imports, err := s.Imports(ctx, district)
	must(err)
	if len(imports) > 0 {
		f.imported = imports[0]
	}

	persons, err := s.ResidentPersons(ctx, district, ids(f.residents, func(r data.Resident) string { return r.ID }))
	must(err)
	for i := range f.residents {
		f.residents[i].Person = persons[f.residents[i].ID]
	}
	names, err := s.VisitorPersons(ctx, district, ids(f.visitors, func(v data.Visitor) string { return v.ID }))
	must(err)
	for i := range f.visitors {
		p := names[f.visitors[i].ID]
		f.visitors[i].Name, f.visitors[i].Phone = p.Name, p.Phone
	}
	return f
}

func ids[T any](list []T, id func(T) string) []string {
	var out []string
	for _, v := range list {
		out = append(out, id(v))
	}
	return out
}

// compare treats Sealed by what it hides, and times by the instant.
var compare = []cmp.Option{
	cmp.AllowUnexported(fixture{}),
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b data.Sealed) bool { return a.Reveal() == b.Reveal() }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

func TestWhatIsStoredIsReadBack(t *testing.T) {
	s := datatest.New(t)
	want := newFixture()
	write(t, s, want.put)
	if diff := cmp.Diff(want, readBack(t, s, code), compare...); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	t.Run("and once more when all of it is put again", func(t *testing.T) {
		before, err := s.DataVersion(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, newFixture().put)
		again := newFixture()
		again.plan.ID, again.coverage.ID, again.imported.ID = 2, 2, 2
		for i := range again.matches { // no match is ever replaced
			again.matches[i].N = 2
		}
		if diff := cmp.Diff(again, readBack(t, s, code), compare...); diff != "" {
			t.Errorf("want (-), got (+):\n%s", diff)
		}
		after, err := s.DataVersion(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		if after <= before {
			t.Errorf("data version went from %d to %d", before, after)
		}
		if plans, err := s.Plans(t.Context(), code); err != nil || len(plans) != 2 || !plans[0].Current || plans[1].Current {
			t.Errorf("two plans, the later one in force: got %+v, %v", plans, err)
		}
	})
	t.Run("and is gone when the district is dropped, without touching another one", func(t *testing.T) {
		other := newFixture()
		other.district.Code = "510198"
		write(t, s, func(tx *data.Tx) error { return tx.PutDistrict(other.district) })
		before, err := s.DataVersion(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, func(tx *data.Tx) error { return tx.DropDistrict(code) })
		if _, err := s.District(t.Context(), code); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		rest, err := s.Districts(t.Context())
		if err != nil || len(rest) != 1 || rest[0].Code != "510198" {
			t.Errorf("got %v, %v", rest, err)
		}
		for _, table := range growingTables(t, s) {
			if table == "data_key" || strings.HasPrefix(table, "audit") {
				continue // the audit outlives the district, and is sealed with its keys
			}
			var n int
			if err := s.Pool().QueryRow(t.Context(), `SELECT count(*) FROM `+table+` WHERE district = $1`, code).Scan(&n); err != nil || n > 0 {
				t.Errorf("%s keeps %d rows (%v)", table, n, err)
			}
		}
		write(t, s, func(tx *data.Tx) error { return tx.PutDistrict(newFixture().district) })
		if after, err := s.DataVersion(t.Context(), code); err != nil || after <= before {
			t.Errorf("made again, the district went from version %d to %d (%v)", before, after, err)
		}
	})
}

func TestPuttingARecordAgainReplacesItWithItsLists(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	f.residents[0].Kinds, f.residents[0].Team, f.residents[0].Absent = []string{"hardship"}, nil, nil
	f.residents[0].Grade = "yellow"
	f.residents[0].Person.Note = ""
	f.visitors[0].Scope, f.visitors[0].DaysOff, f.visitors[0].End = f.visitors[0].Scope[:1], nil, nil
	write(t, s, func(tx *data.Tx) error {
		if err := tx.PutVisitors(code, f.visitors[:1]); err != nil {
			return err
		}
		return tx.PutResidents(code, f.residents[:1])
	})
	got := readBack(t, s, code)
	if diff := cmp.Diff(f.residents, got.residents, compare...); diff != "" {
		t.Errorf("residents: want (-), got (+):\n%s", diff)
	}
	if diff := cmp.Diff(f.visitors, got.visitors, compare...); diff != "" {
		t.Errorf("visitors: want (-), got (+):\n%s", diff)
	}
}

func TestAVisitWithoutAGridTakesThatOfTheResident(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	write(t, s, func(tx *data.Tx) error {
		return tx.PutVisits(code, []data.Visit{{Resident: "r2", Date: day("2026-11-25"), Done: true}})
	})
	got, err := s.Visits(t.Context(), code, day("2026-11-25"), day("2026-11-25"))
	if err != nil || len(got) != 1 || got[0].Grid != f.residents[1].Grid {
		t.Errorf("got %+v, %v", got, err)
	}
	last, err := s.LastVisits(t.Context(), code, day("2026-11-25"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]planner.Date{"r1": day("2026-11-20"), "r2": day("2026-11-21")}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Errorf("last visits before that day: %s", diff)
	}
}

func TestATransactionStoresAllOrNothing(t *testing.T) {
	s := datatest.New(t)
	boom := errors.New("boom")
	err := s.Write(t.Context(), func(tx *data.Tx) error {
		if err := newFixture().put(tx); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if all, err := s.Districts(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("got %v, %v", all, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = s.Write(ctx, func(tx *data.Tx) error {
		if err := tx.PutDistrict(newFixture().district); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled write: got %v", err)
	}
	if all, err := s.Districts(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("after the cancelled write: %v, %v", all, err)
	}
}

func TestAReaderSeesOneMoment(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	err := s.View(t.Context(), func(r *data.Reads) error {
		before, err := r.Residents(t.Context(), code)
		if err != nil {
			return err
		}
		write(t, s, func(tx *data.Tx) error {
			resident := f.residents[0]
			resident.ID, resident.Person = "r3", data.Person{}
			return tx.PutResidents(code, []data.Resident{resident})
		})
		after, err := r.Residents(t.Context(), code)
		if err != nil {
			return err
		}
		if len(before) != 2 || len(after) != 2 {
			t.Errorf("%d residents, then %d", len(before), len(after))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if now, err := s.Residents(t.Context(), code); err != nil || len(now) != 3 {
		t.Errorf("outside of it: %d residents, %v", len(now), err)
	}
}

func TestWhatIsRefusedSaysWhichRecord(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	for _, test := range []struct {
		name string
		put  func(tx *data.Tx) error
		want error
	}{
		{"a district that does not exist", func(tx *data.Tx) error { return tx.PutFacilities("999999", f.facilities) }, data.ErrNotFound},
		{"a building that does not exist", func(tx *data.Tx) error {
			r := f.residents[1]
			r.Building = "nowhere"
			return tx.PutResidents(code, []data.Resident{r})
		}, &data.MissingError{Table: "resident", ID: "r2", Column: "building", Value: "nowhere", RefTable: "building"}},
		{"a grid that does not exist", func(tx *data.Tx) error {
			r := f.residents[1]
			r.Grid = "510199001001999"
			return tx.PutResidents(code, []data.Resident{r})
		}, &data.MissingError{Table: "resident", ID: "r2", Column: "grid", Value: "510199001001999", RefTable: "area"}},
		{"no grid", func(tx *data.Tx) error {
			r := f.residents[1]
			r.Grid = ""
			return tx.PutResidents(code, []data.Resident{r})
		}, &data.InvalidError{Table: "resident", Rule: "grid"}},
		{"no grade", func(tx *data.Tx) error {
			r := f.residents[1]
			r.Grade = ""
			return tx.PutResidents(code, []data.Resident{r})
		}, &data.InvalidError{Table: "resident", Rule: "grade"}},
		{"a team member who does not exist", func(tx *data.Tx) error {
			r := f.residents[1]
			r.Team = []string{"v9"}
			return tx.PutResidents(code, []data.Resident{r})
		}, &data.MissingError{Table: "team", ID: "r2", Column: "visitor", Value: "v9", RefTable: "visitor"}},
		{"a scope that does not exist", func(tx *data.Tx) error {
			v := f.visitors[0]
			v.Scope = []string{"77"}
			return tx.PutVisitors(code, []data.Visitor{v})
		}, &data.MissingError{Table: "visitor_scope", ID: "v1", Column: "area", Value: "77", RefTable: "area"}},
		{"an end before the start of a shift", func(tx *data.Tx) error {
			v := f.visitors[0]
			v.Shifts = []planner.Shift{{Weekday: 1, From: 600, To: 540}}
			return tx.PutVisitors(code, []data.Visitor{v})
		}, &data.InvalidError{Table: "visitor_shift"}},
		{"a visit to nobody", func(tx *data.Tx) error {
			return tx.PutVisits(code, []data.Visit{{Resident: "r9", Date: day("2026-11-01"), Done: true}})
		}, &data.MissingError{Table: "visit", ID: "r9", Column: "resident", Value: "r9", RefTable: "resident"}},
		{"an id given twice", func(tx *data.Tx) error {
			return tx.PutFacilities(code, []data.Facility{f.facilities[0], f.facilities[0]})
		}, &data.TwiceError{Table: "facility", ID: "f1", Reason: "is given twice"}},
		{"one ID number for two residents", func(tx *data.Tx) error {
			r := f.residents[1]
			r.Person.IDNumber = " 51019919450101001X"
			return tx.PutResidents(code, []data.Resident{r})
		}, &data.TwiceError{Table: "resident", Reason: "two residents have the same ID number"}},
		{"an area whose parent does not exist", func(tx *data.Tx) error {
			return tx.PutAreas(code, []data.Area{{Area: geo.Area{Code: "510199777001", Level: geo.LevelCommunity, Parent: "510199777", Name: "x", Boundary: square(1, 1, 1)}}})
		}, &data.MissingError{Table: "area", Column: "parent", Value: "510199777", RefTable: "area"}},
		{"a code that does not begin with the parent's", func(tx *data.Tx) error {
			return tx.PutAreas(code, []data.Area{{Area: geo.Area{Code: "610199001", Level: geo.LevelTown, Parent: code, Name: "x", Boundary: square(1, 1, 1)}}})
		}, &data.InvalidError{Table: "area", Rule: "parent"}},
		{"a task at the home of nobody", func(tx *data.Tx) error {
			v := f.tasks[0]
			v.Resident = "r9"
			return tx.PutTasks(code, []data.Task{v})
		}, &data.MissingError{Table: "task", ID: "t1", Column: "resident", Value: "r9", RefTable: "resident"}},
		{"a task nowhere", func(tx *data.Tx) error {
			v := f.tasks[1]
			v.Grid = ""
			return tx.PutTasks(code, []data.Task{v})
		}, &data.InvalidError{Table: "task", Rule: "place"}},
		{"a task for a visitor who does not exist", func(tx *data.Tx) error {
			v := f.tasks[0]
			v.Needs.Prefer = []string{"v9"}
			return tx.PutTasks(code, []data.Task{v})
		}, &data.MissingError{Table: "task_prefer", ID: "t1", Column: "visitor", Value: "v9", RefTable: "visitor"}},
		{"a task done that is none", func(tx *data.Tx) error {
			return tx.PutTaskVisits(code, []data.TaskVisit{{Task: "t9", Date: day("2026-11-01")}})
		}, &data.MissingError{Table: "task_visit", ID: "t9", Column: "task", Value: "t9", RefTable: "task"}},
		{"a plan with a stop at nobody", func(tx *data.Tx) error {
			it := f.itineraries[1]
			it.Stops = []planner.Stop{{Resident: "r9", Arrive: 545, Leave: 575}}
			_, err := tx.PutPlan(code, f.plan, []data.ItineraryRecord{it}, nil)
			return err
		}, &data.MissingError{Table: "plan_stop", Column: "resident", Value: "r9", RefTable: "resident"}},
		{"a plan with two visits to one resident on a day", func(tx *data.Tx) error {
			it := f.itineraries[1]
			it.Stops = append(it.Stops[:1:1], it.Stops[0])
			_, err := tx.PutPlan(code, f.plan, []data.ItineraryRecord{it}, nil)
			return err
		}, &data.TwiceError{Table: "plan_stop", Reason: "a visitor visits a resident twice on one day"}},
		{"a plan in which a task is done twice on a day", func(tx *data.Tx) error {
			it := f.itineraries[0]
			it.Stops = append(it.Stops[2:3:3], it.Stops[2])
			_, err := tx.PutPlan(code, f.plan, []data.ItineraryRecord{it}, nil)
			return err
		}, &data.TwiceError{Table: "plan_stop", Reason: "a visitor does a task twice on one day"}},
		{"a policy of 0 days and nothing else", func(tx *data.Tx) error {
			return tx.PutPolicies(code, []data.Policy{{ID: "p", Grade: "red"}})
		}, &data.InvalidError{Table: "policy", Rule: "rule"}},
		{"more people over 60 than people", func(tx *data.Tx) error {
			return tx.PutPopulation(code, []data.Population{{Building: "b1", People: 1, Over60: 2}})
		}, &data.InvalidError{Table: "population"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := s.Write(t.Context(), test.put)
			var (
				missing, wantMissing *data.MissingError
				twice, wantTwice     *data.TwiceError
				invalid, wantInvalid *data.InvalidError
				right                bool
			)
			switch {
			case errors.As(test.want, &wantMissing):
				right = errors.As(err, &missing) && *missing == *wantMissing
			case errors.As(test.want, &wantTwice):
				right = errors.As(err, &twice) && twice.Table == wantTwice.Table && twice.Reason == wantTwice.Reason &&
					(wantTwice.ID == "" || twice.ID == wantTwice.ID)
			case errors.As(test.want, &wantInvalid):
				right = errors.As(err, &invalid) && invalid.Table == wantInvalid.Table && (wantInvalid.Rule == "" || invalid.Rule == wantInvalid.Rule)
			default:
				right = errors.Is(err, test.want)
			}
			if !right {
				t.Errorf("got %v, want %v", err, test.want)
			}
			for _, personal := range []string{"李四光乙", "1945", "19900005678"} {
				if strings.Contains(fmt.Sprintf("%+v %#v", err, err), personal) {
					t.Errorf("the error tells %q: %v", personal, err)
				}
			}
		})
	}
	if diff := cmp.Diff(f, readBack(t, s, code), compare...); diff != "" {
		t.Errorf("something refused left a trace:\n%s", diff)
	}
}

func TestBoundariesHaveAHistory(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	grid := f.areas[3].Code
	put := func(from, name string, b orb.MultiPolygon) {
		t.Helper()
		a := f.areas[3]
		a.ValidFrom, a.Name, a.Boundary = day(from), name, b
		write(t, s, func(tx *data.Tx) error { return tx.PutAreas(code, []data.Area{a}) })
	}
	put("2026-06-01", "六月", square(104.3, 30.8, 0.004))
	put("2026-09-01", "六月", square(104.3, 30.8, 0.004))  // changes nothing
	put("2026-06-01", "六月改", square(104.3, 30.8, 0.003)) // corrects what nobody has used
	put("2026-03-01", "三月", square(104.3, 30.8, 0.002))  // found late
	for _, test := range []struct {
		on, name string
		side     float64
		from     string
	}{
		{"2026-01-01", "第一网格", 0.005, "2026-01-01"},
		{"2026-02-28", "第一网格", 0.005, "2026-01-01"},
		{"2026-03-01", "三月", 0.002, "2026-03-01"},
		{"2026-05-31", "三月", 0.002, "2026-03-01"},
		{"2026-06-01", "六月改", 0.003, "2026-06-01"},
		{"2030-01-01", "六月改", 0.003, "2026-06-01"},
	} {
		t.Run("on "+test.on, func(t *testing.T) {
			areas, err := s.Areas(t.Context(), code, day(test.on))
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range areas {
				if a.Code != grid {
					continue
				}
				if a.Name != test.name || a.ValidFrom != day(test.from) || !orb.Equal(a.Boundary, square(104.3, 30.8, test.side)) {
					t.Errorf("got %s from %s, %v", a.Name, a.ValidFrom, a.Boundary)
				}
				return
			}
			t.Error("the grid does not exist on that day")
		})
	}
	t.Run("before the first version there is nothing", func(t *testing.T) {
		if areas, err := s.Areas(t.Context(), code, day("2025-12-31")); err != nil || len(areas) != 0 {
			t.Errorf("got %v, %v", areas, err)
		}
	})
	t.Run("two versions cannot share a day, whoever writes them", func(t *testing.T) {
		_, err := s.Pool().Exec(t.Context(), `INSERT INTO area_version (district, area, valid_from, valid_to, name, boundary)
			SELECT district, area, '2026-08-01', '2026-08-02', 'x', boundary FROM area_version WHERE area = $1 LIMIT 1`, grid)
		if err == nil || !strings.Contains(err.Error(), "23P01") {
			t.Errorf("got %v", err)
		}
	})
}

func TestItinerariesAreChosenByDayVisitorAndArea(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	for _, test := range []struct {
		name   string
		filter data.ItineraryFilter
		want   []int
	}{
		{"all", data.ItineraryFilter{}, []int{0, 1}},
		{"from a day", data.ItineraryFilter{From: day("2026-12-08")}, []int{1}},
		{"to a day", data.ItineraryFilter{To: day("2026-12-07")}, []int{0}},
		{"of a visitor", data.ItineraryFilter{Visitors: []string{"v1"}}, []int{0, 1}},
		{"of another visitor", data.ItineraryFilter{Visitors: []string{"v2"}}, nil},
		{"in a grid", data.ItineraryFilter{Area: f.residents[1].Grid}, []int{0}},
		{"in a micro-grid", data.ItineraryFilter{Area: f.residents[0].MicroGrid}, []int{0, 1}},
		{"in the district", data.ItineraryFilter{Area: code}, []int{0, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := s.PlanItineraries(t.Context(), code, 1, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var want []data.ItineraryRecord
			for _, i := range test.want {
				want = append(want, f.itineraries[i])
			}
			if diff := cmp.Diff(want, got, compare...); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
	got, err := s.PlanItineraries(t.Context(), code, 1, data.ItineraryFilter{NoRoutes: true})
	if err != nil || got[0].Route != nil {
		t.Errorf("a route that was not asked for: %v, %v", got[0].Route, err)
	}
	for area, want := range map[string]int{"": 3, code: 3, f.residents[1].Grid: 2, f.residents[0].MicroGrid: 1} {
		if u, err := s.Unplanned(t.Context(), code, 1, area); err != nil || len(u) != want {
			t.Errorf("unplanned in %q: %v, %v", area, u, err)
		}
	}
}

func TestAPlanKeepsWhatItWasMadeFrom(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	p := &planner.Problem{
		District: code, Start: f.plan.Start, Days: 2, TimeZone: "Asia/Shanghai",
		Matrices: []planner.Matrix{{Block: code + "001001", Locations: []string{"a", "b"}, Seconds: [][]int32{{0, 7}, {-1, 0}}}},
	}
	write(t, s, func(tx *data.Tx) error { return tx.PutPlanProblem(code, 1, p) })
	var want bytes.Buffer
	if err := planner.WriteProblem(&want, p); err != nil {
		t.Fatal(err)
	}
	got, err := s.PlanProblem(t.Context(), code, 1)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := s.PlanProblem(t.Context(), code, 2); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("a plan that is not there: %v", err)
	}
}

func TestAReleaseIsKeptAsItWas(t *testing.T) {
	s := datatest.New(t)
	made := time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC)
	put := func(on, content string) error {
		return s.Write(t.Context(), func(tx *data.Tx) error {
			return tx.PutRelease("990101", data.ReleaseRecord{Day: day(on), K: 5, MadeAt: made, Content: []byte(content)})
		})
	}
	if err := s.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutDistrict(data.District{Code: "990101", Name: "区", TimeZone: "Asia/Shanghai"})
	}); err != nil {
		t.Fatal(err)
	}
	for _, on := range []string{"2027-01-02", "2026-11-21"} {
		if err := put(on, `{"n": 1}`); err != nil {
			t.Fatal(err)
		}
	}
	var twice *data.TwiceError
	if err := put("2026-11-21", `{"n": 2}`); !errors.As(err, &twice) {
		t.Errorf("a second release of a day: %v", err)
	}
	list, err := s.Releases(t.Context(), "990101")
	if err != nil || len(list) != 2 {
		t.Fatalf("%d releases: %v", len(list), err)
	}
	first := list[0]
	if first.Day != day("2026-11-21") || first.K != 5 || !first.MadeAt.Equal(made) || string(first.Content) != `{"n": 1}` {
		t.Errorf("the first release: %+v", first)
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	s := datatest.New(t)
	ctx := t.Context()
	for name, read := range map[string]func() error{
		"district":     func() error { _, err := s.District(ctx, "1"); return err },
		"data version": func() error { _, err := s.DataVersion(ctx, "1"); return err },
		"graph":        func() error { _, _, err := s.Graph(ctx, "1"); return err },
		"current plan": func() error { _, err := s.CurrentPlan(ctx, "1"); return err },
		"coverage":     func() error { _, err := s.CurrentCoverage(ctx, "1"); return err },
		"tile":         func() error { _, err := s.Tile(ctx, "1", 3, 8, 0, day("2026-11-21")); return err },
	} {
		if err := read(); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTestDatabasesDoNotSeeEachOther(t *testing.T) {
	a, b := datatest.New(t), datatest.New(t)
	write(t, a, newFixture().put)
	if all, err := b.Districts(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("got %v, %v", all, err)
	}
}

// growingTables lists the tables that carry a district.
func growingTables(t *testing.T, s *data.Store) []string {
	t.Helper()
	rows, err := s.Pool().Query(t.Context(), `SELECT table_name FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name = 'district' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) < 25 {
		t.Fatalf("tables %v, %v", names, err)
	}
	return names
}

func TestTheSchemaCanBeSpreadByDistrict(t *testing.T) {
	s := datatest.New(t)
	for _, test := range []struct{ name, sql string }{
		{"the district comes first in every primary key", `
			SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
			WHERE i.indisprimary AND n.nspname = 'public' AND a.attname <> 'district'
				AND c.relname NOT IN ('district', 'key_check', 'goose_db_version', 'spatial_ref_sys')`},
		{"every table has a primary key", `
			SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind = 'r' AND n.nspname = 'public' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)`},
		{"every unique index includes the district", `
			SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_class t ON t.oid = i.indrelid
			WHERE i.indisunique AND n.nspname = 'public' AND t.relname NOT IN ('district', 'key_check', 'goose_db_version', 'spatial_ref_sys')
				AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey) AND a.attname = 'district')`},
		{"every foreign key includes the district on both sides", `
			SELECT k.conname FROM pg_constraint k WHERE k.contype = 'f' AND (
				NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND a.attname = 'district')
				OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attnum = k.confkey[1]
					AND a.attname = CASE WHEN k.confrelid = 'district'::regclass THEN 'code' ELSE 'district' END))`},
		{"every table says what it is for", `
			SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname NOT IN ('goose_db_version', 'spatial_ref_sys')
				AND obj_description(c.oid, 'pg_class') IS NULL`},
		{"every geometry says its system and has an index", `
			SELECT g.f_table_name || '.' || g.f_geometry_column FROM geometry_columns g WHERE g.f_table_schema = 'public' AND (g.srid <> 4326
				OR g.f_table_name NOT IN ('visitor', 'plan_itinerary') AND NOT EXISTS (
				SELECT FROM pg_indexes i WHERE i.tablename = g.f_table_name AND i.indexdef LIKE '%gist (' || g.f_geometry_column || ')%'))`},
		{"everything that names a person is sealed", `
			SELECT table_name || '.' || column_name FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name IN ('resident', 'visitor', 'task')
				AND column_name IN ('name', 'id_number', 'phone', 'address', 'note') AND domain_name IS DISTINCT FROM 'sealed'`},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows, err := s.Pool().Query(t.Context(), test.sql)
			if err != nil {
				t.Fatal(err)
			}
			bad, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			if len(bad) > 0 {
				t.Errorf("not so: %s", strings.Join(bad, ", "))
			}
		})
	}
}

func TestTheSchemaCanBeTakenBackAndBroughtUpAgain(t *testing.T) {
	s := datatest.New(t)
	db := stdlib.OpenDBFromPool(s.Pool())
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	p, err := migrations.New(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	var left int
	err = s.Pool().QueryRow(t.Context(), `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT IN ('goose_db_version', 'spatial_ref_sys')`).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d tables are left (%v)", left, err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, s, newFixture().put)
}

func TestMigratingTwiceAtOnceIsDoneOnce(t *testing.T) {
	_, dsn := datatest.NewDSN(t)
	errs := make(chan error, 2)
	for range cap(errs) {
		go func() {
			s, err := data.Open(context.Background(), dsn, datatest.Keys(t))
			if err != nil {
				errs <- err
				return
			}
			defer s.Close()
			errs <- s.Migrate(context.Background())
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
