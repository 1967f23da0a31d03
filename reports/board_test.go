package reports_test

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/reports"
)

// oneResident is a problem of one resident from Tuesday 2026-12-01, and a plan
// that visits on the days named.
func oneResident(tb testing.TB, policy planner.Policy, past, planned []string, lapses ...string) reports.BoardInput {
	tb.Helper()
	start := date(tb, "2026-12-01")
	policy.Grade = "red"
	p := &planner.Problem{
		Start: start, Days: 31, TimeZone: "Asia/Shanghai", Policies: []planner.Policy{policy},
		Residents: []planner.Resident{{ID: "r1", Grade: "red", Grid: "510199001001001", MicroGrid: "510199001001001002", Minutes: 20, Block: "510199001001"}},
		Visitors:  []planner.Visitor{{ID: "v1", Kind: "grid_worker"}},
		Areas: []planner.Area{
			{Code: "510199", Level: "district"},
			{Code: "510199001", Level: "town", Parent: "510199"},
			{Code: "510199002", Level: "town", Parent: "510199"},
			{Code: "510199001001001002", Level: "micro-grid", Parent: "510199001001001"},
		},
	}
	for _, s := range past {
		p.Residents[0].Visits = append(p.Residents[0].Visits, date(tb, s))
	}
	if n := len(past); n > 0 {
		last := date(tb, past[n-1])
		p.Residents[0].LastVisit = &last
	}
	plan := &planner.Plan{Start: start, Days: 31}
	for _, s := range planned {
		plan.Itineraries = append(plan.Itineraries, planner.Itinerary{Visitor: "v1", Date: date(tb, s), Stops: []planner.Stop{{Resident: "r1", Arrive: 500, Leave: 520, WalkSeconds: 60}}, ReturnSeconds: 60})
	}
	for _, s := range lapses {
		plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Resident: "r1", DueBy: date(tb, s), Reason: planner.ReasonNoFreeTime})
	}
	return reports.BoardInput{Problem: p, Plan: plan}
}

func share(v float64) *float64 { return &v }

func TestBoardCountsEachVisitWhereItBelongs(t *testing.T) {
	weekly := planner.Policy{PerWeek: 1}
	residents := map[string]int{"red": 1}
	for _, c := range []struct {
		name   string
		in     reports.BoardInput
		today  string
		done   []string
		period reports.Period
		want   reports.Row
	}{
		{
			name: "a week to come has what falls due in it and what is planned",
			in:   oneResident(t, weekly, []string{"2026-11-24"}, []string{"2026-12-09"}), period: reports.Week(date(t, "2026-12-09")),
			want: reports.Row{Residents: residents, Required: 1, Planned: 1, Due: 1},
		},
		{
			name: "a week gone by with its visit was on time",
			in:   oneResident(t, weekly, []string{"2026-11-24"}, nil), period: reports.Week(date(t, "2026-11-23")),
			want: reports.Row{Residents: residents, Required: 1, Done: 1, OnTime: share(1)},
		},
		{
			name: "a week gone by without its visit is late",
			in:   oneResident(t, weekly, []string{"2026-11-10", "2026-11-24"}, nil), period: reports.Week(date(t, "2026-11-18")),
			want: reports.Row{Residents: residents, Required: 1, Late: 1, OnTime: share(0)},
		},
		{
			name: "who was not seen in the last week is owed until the first visit",
			in:   oneResident(t, weekly, []string{"2026-11-16"}, []string{"2026-12-02"}), period: reports.Week(date(t, "2026-12-02")),
			want: reports.Row{Residents: residents, Required: 1, Planned: 1, Due: 1, Owed: 1},
		},
		{
			name: "the week after the first visit owes nothing",
			in:   oneResident(t, weekly, []string{"2026-11-16"}, []string{"2026-12-02", "2026-12-08"}), period: reports.Week(date(t, "2026-12-08")),
			want: reports.Row{Residents: residents, Required: 1, Planned: 1, Due: 1},
		},
		{
			name: "a lapse counts on the day it falls due",
			in:   oneResident(t, weekly, []string{"2026-11-24"}, nil, "2026-12-06", "2026-12-13"), period: reports.Week(date(t, "2026-12-08")),
			want: reports.Row{Residents: residents, Required: 1, Due: 1, Lapses: 1},
		},
		{
			name: "never seen is owed, and judged for no week before",
			in:   oneResident(t, weekly, nil, []string{"2026-12-03"}), period: reports.Week(date(t, "2026-11-18")),
			want: reports.Row{Residents: residents},
		},
		{
			name:  "in the middle of a month what is done and what is planned are told apart",
			in:    oneResident(t, weekly, []string{"2026-11-24"}, []string{"2026-12-02", "2026-12-09", "2026-12-16"}),
			today: "2026-12-10", done: []string{"2026-12-02"}, period: reports.Month(date(t, "2026-12-01")),
			// The weeks close on the 6th (kept) and, to come, on the 13th, 20th,
			// 27th and 31st (4 of 7 days: 1). The visit planned for the 9th was
			// not made, and the week of the 13th is open.
			want: reports.Row{Residents: residents, Required: 5, Done: 1, Planned: 1, Due: 4, OnTime: share(1)},
		},
		{
			name: "every second day: the windows roll with the visits",
			in:   oneResident(t, planner.Policy{EveryDays: 2}, []string{"2026-11-30"}, []string{"2026-12-02", "2026-12-03"}), period: reports.Period{From: date(t, "2026-12-01"), To: date(t, "2026-12-05")},
			want: reports.Row{Residents: residents, Required: 3, Planned: 2, Due: 3},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			if c.today != "" {
				in.Today = date(t, c.today)
			}
			for _, d := range c.done {
				in.Done = append(in.Done, reports.Visit{Resident: "r1", Date: date(t, d)})
			}
			b, err := reports.NewBoard(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			got := b.Row("510199", c.period)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("row (-want +got):\n%s", d)
			}
		})
	}
}

func TestBoardDrillsDownToTheMicroGrid(t *testing.T) {
	b, err := reports.NewBoard(context.Background(), oneResident(t, planner.Policy{PerWeek: 1}, nil, nil, "2026-12-06"))
	if err != nil {
		t.Fatal(err)
	}
	towns := b.Children("510199", b.Horizon())
	if len(towns) != 2 || towns[0].Residents["red"] != 1 || towns[0].Lapses != 1 || len(towns[1].Residents) != 0 {
		t.Errorf("towns: %+v", towns)
	}
	micro := b.Children("510199001001001", b.Horizon())
	if len(micro) != 1 || micro[0].Lapses != 1 || len(b.Unplanned("510199001001001002")) != 1 || len(b.Unplanned("510199002")) != 0 {
		t.Errorf("micro-grids: %+v", micro)
	}
}

func TestBoardAgreesWithTheLedgerOfThePlan(t *testing.T) {
	d := makeDistrict(t)
	ledger := planner.Account(d.problem, d.plan)
	row := d.board.Row("", d.board.Horizon())
	if row.Required != ledger.Total.Due || row.Planned != ledger.Total.Planned || row.Lapses != ledger.Total.Lapses || row.Owed != ledger.Total.Owed {
		t.Errorf("board %+v, ledger %+v", row, ledger.Total)
	}
	if d.board.Needed() != ledger.Total.Required || d.board.OwedAtStart() != ledger.Total.Owed {
		t.Errorf("needed %d, owed %d; ledger %+v", d.board.Needed(), d.board.OwedAtStart(), ledger.Total)
	}
	on, ok := d.board.OwedClearedOn()
	if ok != (ledger.Total.OwedClearedOn != nil) || ok && on != *ledger.Total.OwedClearedOn {
		t.Errorf("cleared on %v (%v), ledger %v", on, ok, ledger.Total.OwedClearedOn)
	}
	weeks := d.board.Weeks("")
	if len(weeks) != len(ledger.Weeks) {
		t.Fatalf("%d weeks, ledger %d", len(weeks), len(ledger.Weeks))
	}
	for i, w := range ledger.Weeks {
		if g := weeks[i]; g.From != w.First || g.To != w.Last || g.Required != w.Due || g.Planned != w.Planned || g.Lapses != w.Lapses {
			t.Errorf("week %+v, ledger %+v", g, w)
		}
	}
}

func TestBoardPartsAddUpToTheWhole(t *testing.T) {
	d := makeDistrict(t)
	rapid.Check(t, func(t *rapid.T) {
		from := d.problem.Start + planner.Date(rapid.IntRange(-28, 30).Draw(t, "from"))
		p := reports.Period{From: from, To: from + planner.Date(rapid.IntRange(0, 40).Draw(t, "days"))}
		today := d.problem.Start + planner.Date(rapid.IntRange(0, 30).Draw(t, "today"))
		b, err := reports.NewBoard(context.Background(), reports.BoardInput{Problem: d.problem, Plan: d.plan, Today: today})
		if err != nil {
			t.Fatal(err)
		}
		whole := b.Row("", p)
		add := func(a *reports.Row, r reports.Row) {
			a.Required, a.Done, a.Planned = a.Required+r.Required, a.Done+r.Done, a.Planned+r.Planned
			a.Due, a.Late, a.Owed, a.Lapses = a.Due+r.Due, a.Late+r.Late, a.Owed+r.Owed, a.Lapses+r.Lapses
		}
		same := func(what string, a reports.Row) {
			a.Residents, a.OnTime = whole.Residents, whole.OnTime
			if d := cmp.Diff(whole, a); d != "" {
				t.Fatalf("%s (-whole +sum):\n%s", what, d)
			}
		}
		for _, level := range []string{"town", "community", "grid"} {
			var sum reports.Row
			for _, r := range b.Level(level, p) {
				add(&sum, r.Row)
			}
			same(level, sum)
		}
		var grades, days reports.Row
		for _, r := range b.Grades("", p) {
			add(&grades, r)
		}
		same("grades", grades)
		for day := p.From; day <= p.To; day++ {
			add(&days, b.Row("", reports.Day(day)))
		}
		days.Owed = whole.Owed // people, who are owed on many days
		same("days", days)
		var accounts reports.Account
		for _, a := range b.Accounts(p) {
			accounts.Due, accounts.Late = accounts.Due+a.Due, accounts.Late+a.Late
		}
		if accounts.Late != whole.Late || (accounts.Due > 0) != (whole.OnTime != nil) ||
			whole.OnTime != nil && math.Abs(*whole.OnTime-float64(accounts.Due-accounts.Late)/float64(accounts.Due)) > 1e-12 {
			t.Fatalf("accounts come to %+v of %+v", accounts, whole)
		}
		if whole.Late+whole.Due > whole.Required {
			t.Fatalf("more is late and due than required: %+v", whole)
		}
	})
}

func TestBoardRefusesWhatDoesNotBelongTogether(t *testing.T) {
	good := func() reports.BoardInput {
		return oneResident(t, planner.Policy{PerWeek: 1}, nil, []string{"2026-12-02"})
	}
	for name, spoil := range map[string]func(*reports.BoardInput){
		"no problem":                func(in *reports.BoardInput) { in.Problem = nil },
		"a plan for somebody else":  func(in *reports.BoardInput) { in.Plan.Itineraries[0].Stops[0].Resident = "x" },
		"a plan by somebody else":   func(in *reports.BoardInput) { in.Plan.Itineraries[0].Visitor = "x" },
		"a visit to somebody else":  func(in *reports.BoardInput) { in.Done = []reports.Visit{{Resident: "x"}} },
		"a lapse of somebody else":  func(in *reports.BoardInput) { in.Plan.Unplanned = []planner.Unplanned{{Resident: "x"}} },
		"a resident without a rule": func(in *reports.BoardInput) { in.Problem.Residents[0].Grade = "green" },
		"a resident listed twice": func(in *reports.BoardInput) {
			in.Problem.Residents = append(in.Problem.Residents, in.Problem.Residents[0])
		},
		"a past that begins too late": func(in *reports.BoardInput) { in.From = in.Problem.Start + 1 },
	} {
		in := good()
		spoil(&in)
		if _, err := reports.NewBoard(context.Background(), in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// BenchmarkBoard makes the board of the made-up district and drills down once.
func BenchmarkBoard(b *testing.B) {
	d := makeDistrict(b)
	for b.Loop() {
		board, err := reports.NewBoard(context.Background(), reports.BoardInput{Problem: d.problem, Plan: d.plan})
		if err != nil {
			b.Fatal(err)
		}
		if len(board.Level("grid", board.Horizon())) == 0 {
			b.Fatal("no grids")
		}
	}
}

func TestBoardKeepsTasksApartFromVisits(t *testing.T) {
	in := oneResident(t, planner.Policy{PerWeek: 1}, []string{"2026-11-24"}, []string{"2026-12-02"}, "2026-12-13")
	day := date(t, "2026-12-03")
	in.Problem.Tasks = []planner.Task{
		{ID: "bath", Kind: "service", Resident: "r1", Minutes: 60},
		{ID: "point", Kind: "patrol", Grid: "510199001001002", Minutes: 5},
	}
	in.Plan.Itineraries = append(in.Plan.Itineraries, planner.Itinerary{Visitor: "v1", Date: day, Stops: []planner.Stop{
		{Resident: "r1", Task: "bath", Arrive: 540, Leave: 600, WalkSeconds: 30}, {Task: "point", Arrive: 601, Leave: 606, WalkSeconds: 10},
	}})
	in.Plan.Unplanned = append(in.Plan.Unplanned,
		planner.Unplanned{Resident: "r1", Task: "bath", DueBy: date(t, "2026-12-12"), Reason: planner.ReasonSkillMissing},
		planner.Unplanned{Task: "point", DueBy: date(t, "2026-12-12"), Reason: planner.ReasonNoFreeTime})
	b, err := reports.NewBoard(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	row := b.Row("510199", reports.Period{From: date(t, "2026-12-01"), To: date(t, "2026-12-31")})
	if row.Planned != 1 || row.Lapses != 1 {
		t.Errorf("%d visits planned and %d lapses, want those of the resident: 1 and 1", row.Planned, row.Lapses)
	}
	want := reports.KindLoad{Kind: "grid_worker", Visitors: 1, Busy: 1, Visits: 1, Tasks: 2, VisitorDays: 2, VisitMin: 20, TaskMin: 65, WalkSeconds: 160}
	if d := cmp.Diff([]reports.KindLoad{want}, b.Loads()); d != "" {
		t.Error(d)
	}
	var left [][4]string
	for _, u := range b.Unplanned("") {
		left = append(left, [4]string{u.Resident, u.Task, u.Kind, u.Grid})
	}
	if d := cmp.Diff([][4]string{
		{"r1", "bath", "service", "510199001001001"}, {"", "point", "patrol", "510199001001002"}, {"r1", "", "", "510199001001001"},
	}, left); d != "" {
		t.Error(d)
	}
	for _, bad := range []func(p *planner.Plan){
		func(p *planner.Plan) { p.Itineraries[0].Stops[0].Task = "nothing" },
		func(p *planner.Plan) { p.Unplanned[0].Task = "nothing" },
	} {
		spoilt := oneResident(t, planner.Policy{PerWeek: 1}, nil, []string{"2026-12-02"}, "2026-12-13")
		bad(spoilt.Plan)
		if _, err := reports.NewBoard(t.Context(), spoilt); err == nil {
			t.Error("a task nobody knows is let pass")
		}
	}
}
