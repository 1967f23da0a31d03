package service_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/geo"
	"sanse/planner"
	"sanse/planner/ladder"
	"sanse/routing"
)

// ladderBed is a district of one grid with a micro-grid, red residents who were
// seen on Monday 30 November and are due on Wednesday, a visitor of each tier, and a
// plan of December in force. Ladders go on as the roles that serve.
type ladderBed struct {
	t              testing.TB
	owner, serving *data.Store
	dsn            string
	now            time.Time
}

const (
	ladderDistrict = "510196"
	ladderGrid     = ladderDistrict + "001001001"
	ladderMicro    = ladderGrid + "001"
)

// at is a time of the days from 2 December, in the district.
func (b *ladderBed) at(day, hour, minute int) {
	b.now = time.Date(2026, 12, day, hour-8, minute, 0, 0, time.UTC)
}

// program is the program after a restart: it knows nothing but what is stored.
func (b *ladderBed) program() *service.Service { return b.programOn(b.serving) }

func (b *ladderBed) programOn(store *data.Store) *service.Service {
	s := service.New(store, service.Config{Now: func() time.Time { return b.now }, Log: slog.New(slog.NewTextHandler(b.t.Output(), nil))})
	b.t.Cleanup(s.Close)
	return s
}

func newLadderBed(t testing.TB, residents int) *ladderBed {
	t.Helper()
	b := &ladderBed{t: t}
	b.owner, b.dsn = datatest.NewDSN(t)
	b.serving = datatest.Serve(t, b.dsn)
	b.at(2, 7, 0)
	var areas []data.Area
	for i, code := range []string{ladderDistrict, ladderDistrict + "001", ladderDistrict + "001001", ladderGrid, ladderMicro} {
		a := data.Area{Area: geo.Area{Code: code, Level: geo.Level(i + 1), Name: "试", Boundary: ground(0, 0, 6, 6)}, ValidFrom: planner.NewDate(2026, 1, 1)}
		if i > 0 {
			a.Parent = areas[i-1].Code
		}
		areas = append(areas, a)
	}
	var week []planner.Shift
	for d := 1; d <= 7; d++ {
		week = append(week, planner.Shift{Weekday: d, From: 8 * 60, To: 22 * 60})
	}
	visitor := func(id string, tier planner.Tier, scope string) data.Visitor {
		return data.Visitor{Visitor: planner.Visitor{ID: id, Kind: "grid_worker", Tier: tier, Scope: []string{scope}, Start: squareAt(1, 1).Bound().Center(), Mode: "foot", Shifts: week}}
	}
	visitors := []data.Visitor{
		visitor("v0", planner.TierMicroGrid, ladderMicro), visitor("v1", planner.TierMicroGrid, ladderMicro),
		visitor("v2", planner.TierGrid, ladderGrid), visitor("v3", planner.TierMasterGrid, ladderDistrict+"001001"),
	}
	var people []data.Resident
	var visits []data.Visit
	for i := range residents {
		id := fmt.Sprintf("r%05d", i)
		people = append(people, data.Resident{ID: id, Grade: "red", Location: squareAt(i%6, i/6%6).Bound().Center(), Grid: ladderGrid, MicroGrid: ladderMicro, Team: []string{"v0"}, Minutes: 5})
		visits = append(visits, data.Visit{Resident: id, Date: planner.NewDate(2026, 11, 30), Done: true, Visitor: "v0", Grid: ladderGrid})
	}
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutDistrict(data.District{Code: ladderDistrict, Name: "试验区", TimeZone: "Asia/Shanghai", MadeUp: true}), tx.PutAreas(ladderDistrict, areas),
			tx.PutVisitors(ladderDistrict, visitors), tx.PutResidents(ladderDistrict, people), tx.PutVisits(ladderDistrict, visits),
			tx.PutPolicies(ladderDistrict, []data.Policy{{ID: "red", Grade: "red", EveryDays: 2}}),
			tx.PutLadderRule(ladderDistrict, "", ladder.Reference(planner.NewDate(2026, 12, 1))),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// street stores a street through the middle of the district.
func (b *ladderBed) street() {
	b.t.Helper()
	g := routing.NewBuilder()
	one, two := g.AddNode(orb.Point{corner[0], corner[1] + 3*step}), g.AddNode(orb.Point{corner[0] + 6*step, corner[1] + 3*step})
	if _, err := g.AddEdge(one, two, nil, routing.EdgeAttr{Class: "residential", Walk: routing.Both}); err != nil {
		b.t.Fatal(err)
	}
	graph, err := g.Build()
	if err != nil {
		b.t.Fatal(err)
	}
	net, err := routing.NewNetwork(graph)
	if err != nil {
		b.t.Fatal(err)
	}
	var packed bytes.Buffer
	if _, err := net.WriteTo(&packed); err != nil {
		b.t.Fatal(err)
	}
	err = b.owner.Write(b.t.Context(), func(tx *data.Tx) error {
		_, err := tx.PutStreets(ladderDistrict, data.StreetVersion{Source: "test", Imported: b.now}, packed.Bytes(), nil)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// plan puts a plan of five days in force, with all ways a minute long, in which v0
// makes all visits, those of the locks as they say.
func (b *ladderBed) plan(residents int, locks ...planner.Lock) {
	b.t.Helper()
	b.street()
	ctx := b.t.Context()
	p := &planner.Problem{District: ladderDistrict, Start: planner.NewDate(2026, 12, 1), Days: 5, TimeZone: "Asia/Shanghai", Policies: []planner.Policy{{ID: "red", Grade: "red", EveryDays: 2}}}
	m := planner.Matrix{Block: ladderDistrict + "001001", Mode: "foot"}
	last := planner.NewDate(2026, 11, 30)
	for i := range residents {
		r := planner.Resident{ID: fmt.Sprintf("r%05d", i), Grade: "red", Location: squareAt(i%6, i/6%6).Bound().Center(), Grid: ladderGrid, MicroGrid: ladderMicro, Minutes: 5, LastVisit: &last, Visits: []planner.Date{last}, Team: []string{"v0"}, Block: m.Block}
		p.Residents = append(p.Residents, r)
		m.Locations = append(m.Locations, r.ID)
	}
	stored, err := b.owner.Visitors(ctx, ladderDistrict)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range stored {
		p.Visitors = append(p.Visitors, stored[i].Visitor)
		m.Locations = append(m.Locations, stored[i].ID)
	}
	for i := range m.Locations {
		row := make([]int32, len(m.Locations))
		for k := range row {
			if i != k {
				row[k] = 60
			}
		}
		m.Seconds = append(m.Seconds, row)
	}
	p.Matrices = []planner.Matrix{m}
	only := *p
	only.Visitors, only.Locks = p.Visitors[:1], locks
	plan, _, err := planner.Solve(ctx, &only, planner.Options{Seed: 1, Iterations: 50})
	if err != nil {
		b.t.Fatal(err)
	}
	var its []data.ItineraryRecord
	for i := range plan.Itineraries {
		its = append(its, data.ItineraryRecord{Itinerary: plan.Itineraries[i], Route: orb.MultiLineString{}})
	}
	err = b.owner.Write(ctx, func(tx *data.Tx) error {
		id, err := tx.PutPlan(ladderDistrict, data.PlanRecord{Start: p.Start, Days: p.Days, MadeAt: b.now, Current: true, Summary: []byte(`{}`), Cost: plan.Cost}, its, plan.Unplanned)
		if err != nil {
			return err
		}
		return tx.PutPlanProblem(ladderDistrict, id, p)
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// goOn is a pass of a program that has just begun.
func (b *ladderBed) goOn() int {
	b.t.Helper()
	n, err := b.program().RunLadders(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// said writes how the ladders of a day stand: who holds each, and how it ended.
func (b *ladderBed) said(day int) string {
	b.t.Helper()
	list, err := b.serving.Ladders(b.t.Context(), ladderDistrict, data.LadderFilter{Day: planner.NewDate(2026, 12, day)})
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, l := range list {
		out = append(out, strings.TrimLeft(fmt.Sprintf("%s %s", l.Holder, l.How), " "))
	}
	return strings.Join(out, ", ")
}

func (b *ladderBed) visit(resident string, day int) {
	b.t.Helper()
	err := b.owner.Write(b.t.Context(), func(tx *data.Tx) error {
		return tx.PutVisits(ladderDistrict, []data.Visit{{Resident: resident, Date: planner.NewDate(2026, 12, day), Done: true, Visitor: "v0", Grid: ladderGrid}})
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestALadderGoesFromTierToTierUntilSomebodyCame(t *testing.T) {
	b := newLadderBed(t, 4)
	b.plan(4)
	ctx := t.Context()
	want := func(events int, said string) {
		t.Helper()
		if n, got := b.goOn(), b.said(2); n != events || strings.TrimRight(got, " ") != said {
			t.Fatalf("%d events and %q, want %d and %q", n, got, events, said)
		}
		if n := b.goOn(); n != 0 {
			t.Fatalf("a second pass in the same minute takes %d events", n)
		}
	}
	holders := func() (out []string) {
		t.Helper()
		rec, err := b.serving.CurrentPlan(ctx, ladderDistrict)
		if err != nil {
			t.Fatal(err)
		}
		its, err := b.serving.PlanItineraries(ctx, ladderDistrict, rec.ID, data.ItineraryFilter{From: planner.NewDate(2026, 12, 2), To: planner.NewDate(2026, 12, 2)})
		if err != nil {
			t.Fatal(err)
		}
		for i := range its {
			for _, st := range its[i].Stops {
				out = append(out, st.Resident+" "+its[i].Visitor)
			}
		}
		slices.Sort(out)
		return out
	}
	enter := func() {
		t.Helper()
		if err := b.program().EnterLadders(ctx); err != nil {
			t.Fatal(err)
		}
		if waiting, err := b.serving.LaddersToEnter(ctx, ladderDistrict); err != nil || len(waiting) > 0 {
			t.Fatalf("%v are still to be entered (%v)", waiting, err)
		}
	}
	want(0, ", , ,")
	b.at(2, 8, 0)
	want(4, ", , ,")
	b.visit("r00000", 2)
	b.at(2, 13, 59)
	want(0, "visit, , ,")
	b.at(2, 14, 0)
	want(3, "visit, v1 , v1 , v1")
	enter()
	if got := holders(); !slices.Equal(got, []string{"r00000 v0", "r00001 v1", "r00002 v1", "r00003 v1"}) {
		t.Fatalf("the plan says %v", got)
	}
	b.at(2, 13, 0) // the clock is set back
	want(0, "visit, v1 , v1 , v1")
	owner := service.New(b.owner, service.Config{Now: func() time.Time { return b.now }})
	defer owner.Close()
	me := service.WithViewer(ctx, service.Everyone(ladderDistrict))
	list, more, err := owner.Ladders(me, ladderDistrict, service.LadderQuery{Open: true})
	if err != nil || more || len(list) != 3 || len(list[0].Steps) != 2 || list[0].Grid != ladderGrid {
		t.Fatalf("those who see the records are told of %+v (%v)", list, err)
	}
	if err := owner.CloseLadder(me, ladderDistrict, list[0].ID, data.LadderHospital, "in hospital"); err != nil {
		t.Fatal(err)
	}
	if err := owner.CloseLadder(me, ladderDistrict, list[0].ID, data.LadderHospital, "in hospital"); service.CodeOf(err) != service.CodeNo {
		t.Errorf("it is closed twice: %v", err)
	}
	if err := owner.CloseLadder(me, ladderDistrict, list[1].ID, data.LadderVisit, "somebody came"); service.CodeOf(err) != service.CodeInvalid {
		t.Errorf("it is closed by hand as if somebody had come: %v", err)
	}
	b.at(2, 16, 30)
	want(2, "visit, v1 hospital, v2 , v2")
	enter()
	b.at(2, 18, 0)
	want(2, "visit, v1 hospital, v3 , v3")
	enter()
	if got := holders(); !slices.Contains(got, "r00002 v3") || !slices.Contains(got, "r00003 v3") {
		t.Fatalf("the plan says %v", got)
	}
	b.visit("r00002", 2)
	b.at(2, 23, 59)
	want(0, "visit, v1 hospital, v3 visit, v3")
	b.at(3, 0, 0)
	want(1, "visit, v1 hospital, v3 visit, v3 lapsed")
	b.visit("r00003", 2) // a phone had no signal all evening
	want(0, "visit, v1 hospital, v3 visit, v3 visit")
}

func TestADayOfStandstillIsMadeGood(t *testing.T) {
	b := newLadderBed(t, 2)
	b.plan(2)
	b.at(1, 12, 0)
	if n := b.goOn(); n != 0 || b.said(1) != "" {
		t.Fatalf("%d events on a day on which nothing is due", n)
	}
	b.at(3, 12, 0)
	if n := b.goOn(); n != 10 || b.said(2) != "v3 lapsed, v3 lapsed" {
		t.Errorf("after two days of standstill: %d events, %q", n, b.said(2))
	}
}

// Two programs that look at once take each event once, although one of them dies in
// the middle of it.
func TestTwoProgramsTakeEachEventOnceAlthoughOneDies(t *testing.T) {
	newLadderBed(t, 2500).race(2500)
}

// BenchmarkLadders has the steps of 100,000 ladders due in one minute, taken by two
// programs of which one dies.
func BenchmarkLadders(b *testing.B) {
	const residents = 100_000
	bed := newLadderBed(b, residents)
	for b.Loop() {
		b.StopTimer()
		if _, err := bed.owner.Pool().Exec(b.Context(), `DELETE FROM ladder`); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		bed.race(residents)
	}
	b.ReportMetric(float64(residents)*float64(b.N)/b.Elapsed().Seconds(), "ladders/s")
}

// named is a connection string, in either of the two forms, under the name of a program.
func named(dsn, program string) string {
	switch {
	case !strings.HasPrefix(dsn, "postgres"):
		return dsn + " application_name=" + program
	case strings.Contains(dsn, "?"):
		return dsn + "&application_name=" + program
	default:
		return dsn + "?application_name=" + program
	}
}

// race opens all ladders, then has two programs take what is due at 14:00, one of
// which loses all its connections at once, as by a kill, when some of it is done.
func (b *ladderBed) race(residents int) {
	b.t.Helper()
	ctx := b.t.Context()
	b.at(2, 8, 0)
	if n := b.goOn(); n != residents { // the reminders
		b.t.Fatalf("%d reminders, want %d", n, residents)
	}
	b.at(2, 14, 0)
	dying := datatest.Serve(b.t, named(b.dsn, "dying"))
	survivor, dead := b.programOn(b.serving), b.programOn(dying)
	done := make(chan error, 2)
	go func() { _, err := survivor.RunLadders(ctx); done <- err }()
	last, kill := context.WithCancel(ctx)
	defer kill()
	died := make(chan struct{})
	go func() {
		defer close(died)
		_, _ = dead.RunLadders(last) // it is torn down: what it says is no matter
	}()
	steps := func() (all, distinct int) {
		b.t.Helper()
		if err := b.owner.Pool().QueryRow(ctx, `SELECT count(*), count(DISTINCT ladder) FROM ladder_step WHERE district = $1 AND n = 1`, ladderDistrict).Scan(&all, &distinct); err != nil {
			b.t.Fatal(err)
		}
		return all, distinct
	}
	for {
		if all, _ := steps(); all > 0 {
			break
		}
	}
	if _, err := b.owner.Pool().Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dying'`); err != nil {
		b.t.Fatal(err)
	}
	kill()
	<-died
	if err := <-done; err != nil {
		b.t.Fatal(err)
	}
	b.goOn() // what the dead one had claimed while the other looked for the last time
	if all, distinct := steps(); all != residents || distinct != residents {
		b.t.Errorf("%d steps of %d ladders, want %d of each", all, distinct, residents)
	}
}

func TestALadderIsSetFromADayOnThatHasNotBegun(t *testing.T) {
	b := newLadderBed(t, 1)
	s := service.New(b.owner, service.Config{Now: func() time.Time { return b.now }})
	defer s.Close()
	planners, worker := service.Everyone(ladderDistrict), service.Viewer{Account: "a1", Seats: []service.Seat{{Role: data.RoleWorker, Area: ladderGrid}}}
	rule := func(day int) ladder.Rule { return ladder.Reference(planner.NewDate(2026, 12, day)) }
	bad := rule(9)
	bad.Steps = nil
	for _, c := range []struct {
		name string
		who  service.Viewer
		rule ladder.Rule
		want service.Code
	}{
		{"from tomorrow on", planners, rule(3), ""},
		{"from today on, where one holds", planners, rule(2), service.CodeInvalid},
		{"without steps", planners, bad, service.CodeInvalid},
		{"by a worker", worker, rule(9), service.CodeForbidden},
	} {
		if err := s.PutLadderRule(service.WithViewer(t.Context(), c.who), ladderDistrict, c.rule); service.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if rules, err := s.LadderRules(t.Context(), ladderDistrict); err != nil || len(rules) != 2 {
		t.Errorf("the rules are %+v (%v)", rules, err)
	}
}
