package planner_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// clock reads a time of day; 0 if it is none.
func clock(s string) planner.Clock {
	c, err := planner.ParseClock(s)
	if err != nil {
		return 0
	}
	return c
}

// busy is three days from a Tuesday, half an hour after ten on the first: r is to be seen
// every third day and has a bath for which two must come, a point is to be
// passed every second day and was passed this morning, it snows on the last
// day, for which there is another matrix. The plan beside it leaves nothing
// out.
func busy() (*planner.Problem, *planner.Plan) {
	start := date("2026-12-01")
	worker := func(id string) planner.Visitor {
		v := planner.Visitor{ID: id, Kind: "nurse", Tier: planner.TierGrid, Scope: []string{community}, Start: orb.Point{104, 30}, Skills: []string{"bath", "lift"}}
		v.End = &v.Start
		for wd := 1; wd <= 7; wd++ {
			v.Shifts = append(v.Shifts, planner.Shift{Weekday: wd, From: clock("09:00"), To: clock("12:00")})
		}
		return v
	}
	p := &planner.Problem{
		Start: start, Days: 3, TimeZone: "Asia/Shanghai",
		Policies: []planner.Policy{{ID: "red", Grade: "red", EveryDays: 3}},
		Residents: []planner.Resident{
			{ID: "r", Grade: "red", Kinds: []string{}, Grid: community + "001", Block: community, Minutes: 30, LastVisit: ptr("2026-11-30")},
		},
		Visitors: []planner.Visitor{worker("a"), worker("b")},
		Tasks: []planner.Task{
			{
				ID: "bath", Kind: "service", Resident: "r", Minutes: 40,
				Rules: []planner.Policy{{Once: true, From: ptr("2026-12-01"), To: ptr("2026-12-03")}},
				Needs: planner.Needs{Skills: []string{"bath"}, VisitorKinds: []string{"nurse"}, People: 2, Hours: []planner.Shift{{Weekday: 3, From: clock("10:00"), To: clock("10:30")}}},
			},
			{
				ID: "point", Kind: "patrol", Location: orb.Point{104, 30.01}, Grid: community + "002", Block: community, Minutes: 5,
				Rules: []planner.Policy{{EveryDays: 2}}, Done: dates("2026-11-30"),
			},
		},
		Areas: []planner.Area{},
		Matrices: []planner.Matrix{
			{Block: community, Locations: []string{"a", "b", "r", "point"}, Seconds: [][]int32{{0, -1, 600, 300}, {-1, 0, 900, 300}, {600, 900, 0, 120}, {300, 300, 120, 0}}},
			{Block: community, Locations: []string{"a", "point"}, Seconds: [][]int32{{0, 200}, {200, 0}}, From: ptr("2026-12-03")},
		},
		Now:   &planner.Moment{Date: start, Clock: clock("10:00")},
		Made:  []planner.Made{{Task: "point", Visitor: "a", Date: start, Arrive: clock("09:20"), Leave: clock("09:25")}},
		Locks: []planner.Lock{{Task: "bath", Date: start + 1, Visitor: "b", By: clock("10:00")}},
		Slow:  []planner.Slow{{From: start + 2, To: start + 2, Percent: 150}, {From: start + 2, To: start + 2, Mode: "car", Percent: 200}},
	}
	plan := &planner.Plan{Start: start, Days: 3, Unplanned: []planner.Unplanned{}, Itineraries: []planner.Itinerary{
		{Visitor: "a", Date: start, Block: community, Depart: clock("09:20"), Stops: []planner.Stop{
			{Task: "point", Arrive: clock("09:20"), Leave: clock("09:25"), DueBy: start + 1},
		}},
		{Visitor: "a", Date: start, Block: community, Depart: clock("10:00"), ReturnSeconds: 600, Stops: []planner.Stop{
			{Resident: "r", Arrive: clock("10:02"), Leave: clock("10:32"), WalkSeconds: 120, DueBy: start + 2},
		}},
		{Visitor: "a", Date: start + 1, Block: community, Depart: clock("09:50"), ReturnSeconds: 600, Stops: []planner.Stop{
			{Resident: "r", Task: "bath", Arrive: clock("10:00"), Leave: clock("10:40"), WalkSeconds: 600, DueBy: start + 2},
		}},
		{Visitor: "b", Date: start + 1, Block: community, Depart: clock("09:45"), ReturnSeconds: 900, Stops: []planner.Stop{
			{Resident: "r", Task: "bath", Arrive: clock("10:00"), Leave: clock("10:40"), WalkSeconds: 900, DueBy: start + 2},
		}},
		{Visitor: "a", Date: start + 2, Block: community, Depart: clock("09:00"), ReturnSeconds: 300, Stops: []planner.Stop{
			{Task: "point", Arrive: clock("09:05"), Leave: clock("09:10"), WalkSeconds: 300, DueBy: start + 2},
		}},
	}}
	return p, plan
}

func TestCheckOfTasksFindsEveryPlantedError(t *testing.T) {
	p, plan := busy()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Fatalf("the plan to spoil is not clean: %+v", v)
	}
	for _, tt := range plantedInTasks {
		t.Run(tt.name, func(t *testing.T) {
			p, plan := busy()
			tt.do(p, plan)
			found := planner.Check(p, plan)
			if !slices.ContainsFunc(found, func(v planner.Violation) bool { return v.Code == tt.code && v.Detail != "" }) {
				t.Errorf("found %+v, want %s among them", found, tt.code)
			}
		})
	}
}

var plantedInTasks = []struct {
	name string
	code planner.Code
	do   func(p *planner.Problem, plan *planner.Plan)
}{
	{"a task nobody knows", planner.CodeUnknownTask, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[4].Stops[0].Task = "nothing" }},
	{"a task called a resident", planner.CodeUnknownResident, func(_ *planner.Problem, plan *planner.Plan) {
		plan.Itineraries[4].Stops[0].Resident, plan.Itineraries[4].Stops[0].Task = "point", ""
	}},
	{"a resident called a task", planner.CodeUnknownTask, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[1].Stops[0].Task = "r" }},
	{"an unknown task under unplanned", planner.CodeUnknownTask, func(p *planner.Problem, plan *planner.Plan) {
		plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Task: "nothing", DueBy: p.Start, Reason: planner.ReasonAbsent})
	}},
	{"a task at another's home", planner.CodeWrongHome, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[4].Stops[0].Resident = "r" }},
	{"a task at home without the resident", planner.CodeWrongHome, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[2].Stops[0].Resident = "" }},
	{"a visit before now", planner.CodeInThePast, func(_ *planner.Problem, plan *planner.Plan) {
		plan.Itineraries[1].Depart, plan.Itineraries[1].Stops[0].Arrive = clock("09:30"), clock("09:59")
	}},
	{"a departure before now and before the visit made was over", planner.CodeInThePast, func(_ *planner.Problem, plan *planner.Plan) {
		plan.Itineraries[1].Depart = clock("09:24")
	}},
	{"a day before now", planner.CodeInThePast, func(p *planner.Problem, _ *planner.Plan) { p.Now.Date++ }},
	{"a visit made at another time", planner.CodeMadeMissing, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[0].Stops[0].Leave++ }},
	{"a visit made and left out", planner.CodeMadeMissing, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries = plan.Itineraries[1:] }},
	{"a visit made by another", planner.CodeMadeMissing, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[0].Visitor = "b" }},
	{"a start from home in the middle of a shift", planner.CodeWrongWalkSeconds, func(_ *planner.Problem, plan *planner.Plan) {
		it := &plan.Itineraries[1]
		it.Stops[0].WalkSeconds, it.Stops[0].Arrive, it.Stops[0].Leave = 600, clock("10:10"), clock("10:40")
	}},
	{"what was made done again that day", planner.CodeTwiceInADay, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[4].Date -= 2 }},
	{"a door that is closed at the time", planner.CodeOutsideHours, func(p *planner.Problem, _ *planner.Plan) { p.Tasks[0].Hours[0].To = clock("09:59") }},
	{"a door that is closed on the weekday", planner.CodeOutsideHours, func(p *planner.Problem, _ *planner.Plan) { p.Tasks[0].Hours[0].Weekday = 4 }},
	{"a visit to a resident before the door opens", planner.CodeOutsideHours, func(p *planner.Problem, _ *planner.Plan) {
		p.Residents[0].Hours = []planner.Shift{{Weekday: 2, From: clock("10:03"), To: clock("12:00")}}
	}},
	{"the second who does not come", planner.CodeAlone, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries = slices.Delete(plan.Itineraries, 3, 4) }},
	{"the second who comes later", planner.CodeAlone, func(_ *planner.Problem, plan *planner.Plan) {
		plan.Itineraries[3].Stops[0].Arrive++
		plan.Itineraries[3].Stops[0].Leave++
	}},
	{"two visits of one person", planner.CodeAlone, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries[3].Visitor = "a" }},
	{"three who come", planner.CodeTwiceInADay, func(_ *planner.Problem, plan *planner.Plan) {
		plan.Itineraries = append(plan.Itineraries, plan.Itineraries[3])
	}},
	{"two who come where one is asked for", planner.CodeTwiceInADay, func(p *planner.Problem, _ *planner.Plan) { p.Tasks[0].People = 0 }},
	{"a skill that one of them lacks", planner.CodeSkillMissing, func(p *planner.Problem, _ *planner.Plan) { p.Visitors[1].Skills = []string{"lift"} }},
	{"a visitor of another kind", planner.CodeSkillMissing, func(p *planner.Problem, _ *planner.Plan) { p.Visitors[1].Kind = "volunteer" }},
	{"a task outside the scope", planner.CodeOutOfScope, func(p *planner.Problem, _ *planner.Plan) { p.Tasks[1].Grid = "510199002001001" }},
	{"a lock for another day", planner.CodeLockBroken, func(p *planner.Problem, _ *planner.Plan) {
		p.Locks = append(p.Locks, planner.Lock{Resident: "r", Date: p.Start + 1})
	}},
	{"a lock for another visitor", planner.CodeLockBroken, func(p *planner.Problem, _ *planner.Plan) {
		p.Locks = append(p.Locks, planner.Lock{Task: "point", Date: p.Start + 2, Visitor: "b"})
		p.Matrices = p.Matrices[:1]
	}},
	{"a lock that is kept, but not by its hour", planner.CodeLockLate, func(p *planner.Problem, plan *planner.Plan) {
		p.Locks = append(p.Locks, planner.Lock{Resident: "r", Date: p.Start, Visitor: "a", By: clock("10:02")})
		it := &plan.Itineraries[1]
		it.Depart, it.Stops[0].Arrive, it.Stops[0].Leave = it.Depart+1, it.Stops[0].Arrive+1, it.Stops[0].Leave+1
	}},
	{"a walk as fast as without snow", planner.CodeWrongWalkSeconds, func(p *planner.Problem, _ *planner.Plan) { p.Slow[0].Percent = 151 }},
	{"a walk by the matrix of other days", planner.CodeWrongWalkSeconds, func(p *planner.Problem, _ *planner.Plan) { p.Matrices = p.Matrices[:1] }},
	{"a matrix that no longer holds", planner.CodeNoMatrix, func(p *planner.Problem, _ *planner.Plan) {
		p.Matrices = p.Matrices[:1]
		p.Matrices[0].To = ptr("2026-12-02")
	}},
	{"more visits than the capacity, made ones among them", planner.CodeOverCapacity, func(p *planner.Problem, _ *planner.Plan) { p.Visitors[0].Capacity = 1 }},
	{"a task while the resident is away", planner.CodeAbsent, func(p *planner.Problem, _ *planner.Plan) {
		p.Residents[0].Absent = []planner.DateRange{{From: p.Start + 1, To: p.Start + 1}}
	}},
	{"a task on a weekday outside its patterns", planner.CodePatternBroken, func(p *planner.Problem, _ *planner.Plan) { p.Tasks[1].Rules[0].Patterns = [][]int{{1, 5}} }},
	{"a task that lapses", planner.CodeLapseNotListed, func(_ *planner.Problem, plan *planner.Plan) { plan.Itineraries = plan.Itineraries[:4] }},
	{"a door of a sweep that is not knocked at", planner.CodeLapseNotListed, func(_ *planner.Problem, plan *planner.Plan) {
		plan.Itineraries = slices.Delete(plan.Itineraries, 2, 4)
	}},
	{"a task that was owed", planner.CodeOwedNotListed, func(p *planner.Problem, plan *planner.Plan) {
		p.CatchUpDays, p.Tasks[1].Done, p.Made = 2, dates("2026-11-20"), nil
		plan.Itineraries = plan.Itineraries[1:]
	}},
	{"a lapse of a task that is not there", planner.CodeListedButPlanned, func(p *planner.Problem, plan *planner.Plan) {
		plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Task: "point", DueBy: p.Start + 1, Reason: planner.ReasonNoFreeTime})
	}},
	{"a shortage that is none", planner.CodeWrongShortage, func(p *planner.Problem, plan *planner.Plan) {
		plan.Shortages = []planner.Shortage{{Block: community, Days: []planner.Date{p.Start}}}
	}},
}

func TestAnItineraryMayGoOnFromWhatWasMade(t *testing.T) {
	p, plan := busy()
	it := &plan.Itineraries[0] // what was made, and then the rest of the shift, set out for before now
	it.Stops = append(it.Stops, plan.Itineraries[1].Stops...)
	it.ReturnSeconds = 600
	plan.Itineraries = slices.Delete(plan.Itineraries, 1, 2)
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Fatalf("found %+v", v)
	}
	for code, do := range map[planner.Code]func(s *planner.Stop){
		planner.CodeInThePast:        func(s *planner.Stop) { s.Arrive, s.Leave = s.Arrive-3, s.Leave-3 },
		planner.CodeWrongWalkSeconds: func(s *planner.Stop) { s.WalkSeconds++ },
		planner.CodeWalkTooShort:     func(s *planner.Stop) { s.Arrive = clock("09:26") },
	} {
		p, plan := busy()
		it := &plan.Itineraries[0]
		it.Stops = append(it.Stops, plan.Itineraries[1].Stops...)
		it.ReturnSeconds = 600
		plan.Itineraries = slices.Delete(plan.Itineraries, 1, 2)
		do(&plan.Itineraries[0].Stops[1])
		found := planner.Check(p, plan)
		if !slices.ContainsFunc(found, func(v planner.Violation) bool { return v.Code == code }) {
			t.Errorf("found %+v, want %s", found, code)
		}
	}
}

func TestALockThatCannotBeKeptBindsNobody(t *testing.T) {
	for name, do := range map[string]func(p *planner.Problem, l *planner.Lock){
		"a day that is over": func(p *planner.Problem, l *planner.Lock) { l.Date, p.Now.Date = p.Start, p.Start+1 },
		"a day on which the resident is away": func(p *planner.Problem, _ *planner.Lock) {
			p.Residents[0].Absent = []planner.DateRange{{From: p.Start + 2, To: p.Start + 2}}
		},
		"a weekday outside the patterns": func(p *planner.Problem, _ *planner.Lock) { p.Policies[0].Patterns = [][]int{{1}, {2}} },
		"a visitor who is off":           func(p *planner.Problem, _ *planner.Lock) { p.Visitors[1].DaysOff = dates("2026-12-03") },
		"a visitor out of scope":         func(p *planner.Problem, _ *planner.Lock) { p.Visitors[1].Scope = []string{"9"} },
		"a visitor without the skill":    func(p *planner.Problem, _ *planner.Lock) { p.Residents[0].Skills = []string{"song"} },
		"a door that is closed": func(p *planner.Problem, _ *planner.Lock) {
			p.Residents[0].Hours = []planner.Shift{{Weekday: 1, From: 600, To: 700}}
		},
		"a visit longer than the shift": func(p *planner.Problem, _ *planner.Lock) { p.Residents[0].Minutes = 160 },
		"a place out of the day's matrix": func(p *planner.Problem, _ *planner.Lock) {
			p.Matrices = append(p.Matrices, planner.Matrix{Block: community, Locations: []string{"b"}, Seconds: [][]int32{{0}}, From: ptr("2026-12-02")})
		},
		"a second who cannot come": func(p *planner.Problem, _ *planner.Lock) {
			p.Residents[0].People = 2
			p.Visitors[0].DaysOff = dates("2026-12-03")
		},
		"a second who is never there at the time": func(p *planner.Problem, _ *planner.Lock) {
			p.Residents[0].People = 2
			for i := range p.Visitors[0].Shifts {
				p.Visitors[0].Shifts[i] = planner.Shift{Weekday: i + 1, From: clock("13:00"), To: clock("17:00")}
			}
		},
		"anybody, where all are off": func(p *planner.Problem, l *planner.Lock) {
			l.Visitor = ""
			p.Visitors[0].DaysOff, p.Visitors[1].DaysOff = dates("2026-12-03"), dates("2026-12-03")
		},
	} {
		t.Run(name, func(t *testing.T) {
			broken := func(p *planner.Problem, plan *planner.Plan) bool {
				return slices.ContainsFunc(planner.Check(p, plan), func(v planner.Violation) bool { return v.Code == planner.CodeLockBroken })
			}
			p, plan := busy()
			p.Matrices = p.Matrices[:1]
			p.Locks = []planner.Lock{{Resident: "r", Date: p.Start + 2, Visitor: "b"}}
			if !broken(p, plan) {
				t.Fatal("the lock binds nobody to begin with")
			}
			do(p, &p.Locks[0])
			if broken(p, plan) {
				t.Error("the lock is called broken")
			}
			if !strings.Contains(strings.Join(p.Warnings(), "\n"), "lock of resident \"r\"") {
				t.Errorf("no warning of it: %q", p.Warnings())
			}
		})
	}
}

func TestALockWhoseHourCannotBeKeptBindsWithoutIt(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(p *planner.Problem, l *planner.Lock)
		late bool // what is planned is called late
		warn bool
	}{
		{"the hour at which it is planned", func(*planner.Problem, *planner.Lock) {}, false, false},
		{"an hour before, at which somebody else could be there", func(_ *planner.Problem, l *planner.Lock) { l.Visitor, l.By = "", clock("09:57") }, true, false},
		{"an hour before the visitor can be there", func(_ *planner.Problem, l *planner.Lock) { l.By = clock("09:09") }, false, true},
		{"an hour before the door opens", func(p *planner.Problem, l *planner.Lock) {
			p.Tasks[0].Hours[0].From, l.By = clock("10:00"), clock("09:59")
		}, false, true},
		{"an hour that is over", func(p *planner.Problem, l *planner.Lock) { p.Now.Date, l.By = p.Start+1, clock("09:58") }, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, plan := busy()
			p.Tasks[0].Hours[0].From = clock("09:00")
			p.Locks[0].By = clock("10:00")
			c.do(p, &p.Locks[0])
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			if late := slices.ContainsFunc(planner.Check(p, plan), func(v planner.Violation) bool { return v.Code == planner.CodeLockLate }); late != c.late {
				t.Errorf("called late: %t, want %t", late, c.late)
			}
			if warned := strings.Contains(strings.Join(p.Warnings(), "\n"), `lock of task "bath" on 2026-12-02 binds without its hour: nobody who is meant can be there by `); warned != c.warn {
				t.Errorf("warned: %t, want %t: %q", warned, c.warn, p.Warnings())
			}
		})
	}
}

// short is a problem whose first two days, of 90 and of 50 minutes, just hold
// what they must: three visits of 30 minutes and 10 on the way, and 10 home each
// day. The third day is free.
func short() (*planner.Problem, planner.Shortage) {
	p := one()
	p.Policies = append(p.Policies, planner.Policy{ID: "two", Grade: "yellow", EveryDays: 2})
	p.Residents = append(p.Residents, p.Residents[0])
	p.Residents[1].ID, p.Residents[1].Grade = "s", "yellow"
	for i := range p.Visitors[0].Shifts {
		p.Visitors[0].Shifts[i].To += 10
	}
	p.Visitors[0].Shifts[1].To += 20
	p.Visitors[0].Shifts[2].To -= 20
	p.Matrices[0] = planner.Matrix{Block: community, Locations: []string{"v", "r", "s"}, Seconds: [][]int32{{0, 600, 600}, {600, 0, 900}, {600, 900, 0}}}
	return p, planner.Shortage{
		Block: community, Days: dates("2026-12-01 2026-12-02"), Visitors: []string{"v"},
		Needs:       []planner.ShortageNeed{{Resident: "r", Visits: 2, Minutes: 40}, {Resident: "s", Visits: 1, Minutes: 40}},
		NeedMinutes: 120, HaveMinutes: 120,
	}
}

func TestAShortageIsAddedUpAgain(t *testing.T) {
	tighten := func(p *planner.Problem, s *planner.Shortage) { // a shift of 49 minutes on the second day, in which no visit fits
		p.Visitors[0].Shifts[2].To--
		s.HaveMinutes, s.Short, s.MendMinutes = 80, 40, 1
	}
	wrong := func(p *planner.Problem, s planner.Shortage) []planner.Violation {
		plan := &planner.Plan{Start: p.Start, Days: p.Days, Shortages: []planner.Shortage{s}}
		plan.Unplanned = planner.Explain(p, plan)
		return planner.Check(p, plan)
	}
	p, s := short()
	if len(wrong(p, s)) == 0 {
		t.Error("a shortage of nothing is let pass")
	}
	tighten(p, &s)
	if v := wrong(p, s); len(v) > 0 {
		t.Fatalf("a true shortage is refused: %+v", v)
	}
	for name, do := range map[string]func(p *planner.Problem, s *planner.Shortage){
		"no days":                   func(_ *planner.Problem, s *planner.Shortage) { s.Days = nil },
		"no needs":                  func(_ *planner.Problem, s *planner.Shortage) { s.Needs = nil },
		"days that go back":         func(_ *planner.Problem, s *planner.Shortage) { slices.Reverse(s.Days) },
		"a day outside the horizon": func(p *planner.Problem, s *planner.Shortage) { s.Days[0] = p.Start - 1 },
		"a visitor nobody knows":    func(_ *planner.Problem, s *planner.Shortage) { s.Visitors[0] = "w" },
		"a visitor named twice":     func(_ *planner.Problem, s *planner.Shortage) { s.Visitors = []string{"v", "v"} },
		"a visitor left out":        func(_ *planner.Problem, s *planner.Shortage) { s.Visitors, s.HaveMinutes, s.Short = nil, 0, 120 },
		"a resident nobody knows":   func(_ *planner.Problem, s *planner.Shortage) { s.Needs[0].Resident = "q" },
		"a resident named twice":    func(_ *planner.Problem, s *planner.Shortage) { s.Needs[1].Resident = "r" },
		"a visit too many": func(_ *planner.Problem, s *planner.Shortage) {
			s.Needs[1].Visits++
			s.NeedMinutes += 40
			s.Short += 40
			s.MendMinutes += 40
		},
		"a visit too few, not added": func(_ *planner.Problem, s *planner.Shortage) { s.Needs[0].Visits-- },
		"a minute too many": func(_ *planner.Problem, s *planner.Shortage) {
			s.Needs[1].Minutes++
			s.NeedMinutes++
			s.Short++
			s.MendMinutes++
		},
		"needs that do not add up":     func(_ *planner.Problem, s *planner.Shortage) { s.NeedMinutes++ },
		"shifts that do not add up":    func(_ *planner.Problem, s *planner.Shortage) { s.HaveMinutes-- },
		"a difference that is wrong":   func(_ *planner.Problem, s *planner.Shortage) { s.Short = 2; s.MendMinutes = 2 },
		"a mend that is not enough":    func(_ *planner.Problem, s *planner.Shortage) { s.MendMinutes = 0 },
		"a visitor who comes in to it": func(p *planner.Problem, _ *planner.Shortage) { p.Visitors[0].Shifts[2].To++ },
		"a day away that frees a visit": func(p *planner.Problem, _ *planner.Shortage) {
			p.Residents[0].Absent = []planner.DateRange{{From: p.Start, To: p.Start}}
		},
		"a neighbour in the same house": func(p *planner.Problem, _ *planner.Shortage) {
			p.Tasks = []planner.Task{{ID: "t", Kind: "service", Resident: "s", Minutes: 1, Rules: []planner.Policy{{Once: true, From: ptr("2027-01-01"), To: ptr("2027-01-02")}}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, s := short()
			tighten(p, &s)
			do(p, &s)
			found := wrong(p, s)
			if !slices.ContainsFunc(found, func(v planner.Violation) bool { return v.Code == planner.CodeWrongShortage }) {
				t.Errorf("let pass: %+v", found)
			}
		})
	}
}

func TestWhoeverIsOnTheWayNowMayGoOn(t *testing.T) {
	p, plan := busy()
	plan.Itineraries[1].Depart = clock("09:58") // there at 10:02; the visit before was over at 9:25
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Errorf("%+v", v)
	}
}
