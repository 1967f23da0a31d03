package planner_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sanse/planner"
)

// full is busy with every field of the model set, in a plan that is not checked.
func full() (*planner.Problem, *planner.Plan) {
	p, plan := busy()
	p.FairnessPercent = -1
	p.Residents[0].Hours = []planner.Shift{{Weekday: 2, From: 600, To: 600}}
	p.Residents[0].Prefer = []string{"b"}
	p.Tasks[1].MicroGrid, p.Tasks[1].Weight = p.Tasks[1].Grid+"001", 9
	p.Tasks[1].Absent = []planner.DateRange{{From: p.Start, To: p.Start}}
	p.Matrices[0].To = ptr("2027-01-01")
	p.Made = append(p.Made, planner.Made{Resident: "r", Visitor: "b", Date: p.Start, Arrive: 550, Leave: 560})
	plan.Unplanned = []planner.Unplanned{{
		Task: "point", DueBy: p.Start, Reason: planner.ReasonSkillMissing, Detail: "why", Visitor: "a", Date: ptr("2026-12-02"), MinutesShort: 3,
		Mends: []planner.Mend{{Kind: planner.MendLater, Visitor: "a", Date: ptr("2026-12-05"), Minutes: 5, Skill: "song"}},
	}}
	plan.Cost = &planner.Cost{Lapses: 1, LateDays: 2, Spare: 3, Preference: 4, Deviation: 5, Seconds: 6, Spread: 7}
	plan.Shortages = []planner.Shortage{{
		Block: community, Days: dates("2026-12-01"), Visitors: []string{"a"}, NeedMinutes: 200, HaveMinutes: 180, Short: 20, MendMinutes: 30,
		Needs: []planner.ShortageNeed{{Resident: "r", Visits: 4, Minutes: 40}, {Task: "point", Visits: 8, Minutes: 5}},
	}}
	return p, plan
}

func TestTasksAndAllThatGoesWithThemSurviveTheirFile(t *testing.T) {
	p, plan := full()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	a, b := written(t, p, plan)
	if err := validate(schema(t, "problem.json"), a); err != nil {
		t.Errorf("problem: %v", err)
	}
	if err := validate(schema(t, "plan.json"), b); err != nil {
		t.Errorf("plan: %v", err)
	}
	p2, err := planner.ReadProblem(strings.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	plan2, err := planner.ReadPlan(strings.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, p2); d != "" {
		t.Errorf("problem: %s", d)
	}
	if d := cmp.Diff(plan, plan2); d != "" {
		t.Errorf("plan: %s", d)
	}
	a2, b2 := written(t, p2, plan2)
	if a != a2 || b != b2 {
		t.Error("written twice, the bytes differ")
	}
}

func TestABadTaskIsRefusedWithWhatIsWrong(t *testing.T) {
	day := func(n int) planner.Date { return date("2026-12-01") + planner.Date(n) }
	moment := planner.Moment{Date: day(0), Clock: 600}
	tests := []struct {
		name string
		do   func(p *planner.Problem)
		want string
	}{
		{"no id", func(p *planner.Problem) { p.Tasks[0].ID = "" }, "task number 1 has no id"},
		{"no kind", func(p *planner.Problem) { p.Tasks[0].Kind = "" }, `task "bath" has no kind`},
		{"an id twice", func(p *planner.Problem) { p.Tasks[0].ID = "point" }, `task "point" is there twice`},
		{"the id of a resident", func(p *planner.Problem) { p.Tasks[0].ID = "r" }, `task "r" has the id of a resident`},
		{"the id of a visitor", func(p *planner.Problem) { p.Tasks[0].ID = "a" }, `visitor "a" has the id of a task`},
		{"the name of where a visitor ends", func(p *planner.Problem) { p.Tasks[0].ID = "a:end" }, `task "a:end" has the name that stands for where visitor "a" ends`},
		{"the home of nobody", func(p *planner.Problem) { p.Tasks[0].Resident = "q" }, `at the home of "q", who is not among the residents`},
		{"the home of a task", func(p *planner.Problem) { p.Tasks[1].Resident = "bath" }, `at the home of "bath", who is not`},
		{"a home and a place", func(p *planner.Problem) { p.Tasks[0].Grid = "1" }, "must leave location, grid, micro_grid and block out"},
		{"no place", func(p *planner.Problem) { p.Tasks[1].Location = orb.Point{} }, "neither a resident nor a location"},
		{"a place off the earth", func(p *planner.Problem) { p.Tasks[1].Location = orb.Point{30, 104} }, "not [longitude, latitude]"},
		{"no grid", func(p *planner.Problem) { p.Tasks[1].Grid = "" }, `task "point" has no grid`},
		{"a micro-grid elsewhere", func(p *planner.Problem) { p.Tasks[1].MicroGrid = "9" }, "does not begin with grid"},
		{"no block", func(p *planner.Problem) {
			p.Tasks[1].ID, p.Tasks[1].Grid, p.Tasks[1].Block, p.Made = "far", "g", "", nil
		}, `task "far" has no block`},
		{"no minutes", func(p *planner.Problem) { p.Tasks[1].Minutes = 0 }, "takes 0 minutes"},
		{"a weight below 0", func(p *planner.Problem) { p.Tasks[1].Weight = -1 }, "weight is -1"},
		{"a weight beyond counting", func(p *planner.Problem) { p.Tasks[1].Weight = 1001 }, "weight is 1001"},
		{"done on the day of the start", func(p *planner.Problem) { p.Tasks[1].Done = []planner.Date{day(0)} }, "not before start"},
		{"done in disorder", func(p *planner.Problem) { p.Tasks[1].Done = []planner.Date{day(-2), day(-3)} }, "done is not ascending"},
		{"away backwards", func(p *planner.Problem) { p.Tasks[1].Absent = []planner.DateRange{{From: day(1), To: day(0)}} }, "before it begins"},
		{"no rule", func(p *planner.Problem) { p.Tasks[1].Rules = nil }, "no rule that asks for it"},
		{"nothing but a pause", func(p *planner.Problem) { p.Tasks[1].Rules = []planner.Policy{{Pause: true}} }, "no rule that asks for it"},
		{"a rule with a grade", func(p *planner.Problem) { p.Tasks[1].Rules[0].Grade = "red" }, `task "point", rule 1: names a grade or a kind`},
		{"a rule of nothing", func(p *planner.Problem) { p.Tasks[1].Rules[0].EveryDays = 0 }, "asks for 0 visits"},
		{"once and every day", func(p *planner.Problem) { p.Tasks[0].Rules[0].EveryDays = 1 }, "sets more than one of"},
		{"once without an end", func(p *planner.Problem) { p.Tasks[0].Rules[0].To = nil }, "needs both from and to"},
		{"once without a beginning", func(p *planner.Problem) { p.Tasks[0].Rules[0].From = nil }, "needs both from and to"},
		{"once backwards", func(p *planner.Problem) { p.Tasks[0].Rules[0].To = ptr("2026-11-30") }, "before it begins"},
		{"eleven rules", func(p *planner.Problem) {
			for range 10 {
				p.Tasks[1].Rules = append(p.Tasks[1].Rules, p.Tasks[1].Rules[0])
			}
		}, "11 rules hold inside the horizon"},

		{"hours of weekday 8", func(p *planner.Problem) { p.Tasks[0].Hours[0].Weekday = 8 }, `task "bath": hours 1 have weekday 8`},
		{"hours that end before they begin", func(p *planner.Problem) { p.Tasks[0].Hours[0].To = 1 }, "hours 1 end at 00:01, before they begin at 10:00"},
		{"hours beyond midnight", func(p *planner.Problem) { p.Tasks[0].Hours[0].To = 1441 }, "hours 1 run from"},
		{"hours of a resident that overlap", func(p *planner.Problem) {
			p.Residents[0].Hours = []planner.Shift{{Weekday: 1, From: 1, To: 5}, {Weekday: 1, From: 5, To: 9}}
		}, `resident "r": two hours of weekday 1 overlap`},
		{"three people", func(p *planner.Problem) { p.Residents[0].People = 3 }, "people is 3"},
		{"fewer than no people", func(p *planner.Problem) { p.Residents[0].People = -1 }, "people is -1"},
		{"a skill without a name", func(p *planner.Problem) { p.Tasks[0].Skills = []string{""} }, "empty entry in skills"},
		{"a kind without a name", func(p *planner.Problem) { p.Tasks[0].VisitorKinds = []string{""} }, "empty entry in visitor_kinds"},
		{"a friend without a name", func(p *planner.Problem) { p.Tasks[0].Prefer = []string{""} }, "empty entry in prefer"},
		{"a visitor's skill without a name", func(p *planner.Problem) { p.Visitors[0].Skills = []string{""} }, `visitor "a" has an empty skill`},

		{"snow that ends before it begins", func(p *planner.Problem) { p.Slow[0].To-- }, "slow number 1 ends on"},
		{"snow that makes quick", func(p *planner.Problem) { p.Slow[1].Percent = 99 }, "slow number 2: percent is 99"},
		{"snow that stops everything", func(p *planner.Problem) { p.Slow[0].Percent = 1001 }, "percent is 1001"},
		{"now before the start", func(p *planner.Problem) { p.Now.Date = day(-1) }, "now is on 2026-11-30, outside the horizon"},
		{"now after the end", func(p *planner.Problem) { p.Now.Date = day(3) }, "now is on 2026-12-04"},
		{"now at no time", func(p *planner.Problem) { p.Now.Clock = 1441 }, "no time of a day"},
		{"made without now", func(p *planner.Problem) { p.Now = nil }, "there is no now"},
		{"made of nothing", func(p *planner.Problem) { p.Made[0].Task = "" }, "must name a resident or a task"},
		{"made of both", func(p *planner.Problem) { p.Made[0].Resident = "r" }, "must name a resident or a task"},
		{"made of a task nobody knows", func(p *planner.Problem) { p.Made[0].Task = "q" }, `made visit of task "q": there is no such task`},
		{"made of a resident nobody knows", func(p *planner.Problem) {
			p.Made[0] = planner.Made{Resident: "point", Visitor: "a", Date: day(0), Arrive: 560, Leave: 565}
		}, "no such resident"},
		{"made by nobody", func(p *planner.Problem) { p.Made[0].Visitor = "r" }, `there is no visitor "r"`},
		{"made before the start", func(p *planner.Problem) { p.Made[0].Date = day(-1) }, "is not between start"},
		{"made after now", func(p *planner.Problem) { p.Now = &moment; p.Made[0].Leave = 601 }, "is not between start"},
		{"made on a later day", func(p *planner.Problem) { p.Made[0].Date = day(1) }, "is not between start"},
		{"made backwards", func(p *planner.Problem) { p.Made[0].Leave = 10 }, "runs from 09:20 to 00:10"},
		{"two made at once", func(p *planner.Problem) {
			p.Made = append(p.Made, planner.Made{Resident: "r", Visitor: "a", Date: day(0), Arrive: 564, Leave: 570})
		}, "before leaving the visit before at 09:25"},
		{"made in disorder", func(p *planner.Problem) {
			p.Made = append(p.Made, planner.Made{Resident: "r", Visitor: "a", Date: day(0), Arrive: 544, Leave: 550})
		}, "in order of time"},
		{"a lock of nothing", func(p *planner.Problem) { p.Locks[0].Task = "" }, "must name a resident or a task"},
		{"a lock of a task nobody knows", func(p *planner.Problem) { p.Locks[0].Task = "q" }, `lock of task "q": there is no such task`},
		{"a lock for a visitor nobody knows", func(p *planner.Problem) { p.Locks[0].Visitor = "q" }, `there is no visitor "q"`},
		{"a lock to an hour that no day has", func(p *planner.Problem) { p.Locks[0].By = 1441 }, `lock of task "bath": by 24:01, which is no time of a day`},
		{"a lock out of the horizon", func(p *planner.Problem) { p.Locks[0].Date = day(3) }, "2026-12-04 is outside the horizon"},
		{"more visitors locked than can come", func(p *planner.Problem) {
			p.Locks = append(p.Locks, planner.Lock{Resident: "r", Date: day(2), Visitor: "a"}, planner.Lock{Task: "bath", Date: day(1), Visitor: "a"}, planner.Lock{Resident: "r", Date: day(2), Visitor: "b"})
		}, `lock of resident "r": on 2026-12-03 2 visitors are named`},
		{"a matrix that ends before it begins", func(p *planner.Problem) { p.Matrices[1].To = ptr("2026-12-02") }, "ends on 2026-12-02, before it begins"},
		{"two matrices from one day on", func(p *planner.Problem) { p.Matrices[0].From = ptr("2026-12-03") }, "from 2026-12-03 is there twice"},
		{"all time spent on fairness", func(p *planner.Problem) { p.FairnessPercent = 101 }, "fairness_percent is 101"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := busy()
			tt.do(p)
			if err := p.Validate(); !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			var b bytes.Buffer
			if err := planner.WriteProblem(&b, p); err != nil {
				t.Skip("cannot be written: ", err)
			}
			if _, err := planner.ReadProblem(&b); !errors.Is(err, planner.ErrInvalid) {
				t.Errorf("read: %v, want ErrInvalid", err)
			}
		})
	}
}

func TestWhatAFileOfTasksLeavesOutIsNotTakenForZero(t *testing.T) {
	p, plan := full()
	text, _ := written(t, p, plan)
	for _, tt := range []struct{ name, old, new, want string }{
		{"hours of a resident without a beginning", `"hours":[{"weekday":2,"from":"10:00","to":"10:00"}]`, `"hours":[{"weekday":2,"to":"10:00"}]`, `resident "r": hours 1 lack`},
		{"hours of a task without an end", `"from":"10:00","to":"10:30"`, `"from":"10:00"`, `task "bath": hours 1 lack`},
		{"a place of one number", `[104,30.01]`, `[104]`, `task "point": location`},
		{"now without a time", `"clock":"10:00"`, `"colour":"red"`, "now lacks date or clock"},
		{"a visit made at no time", `"arrive":"09:20",`, ``, "made visit number 1 lacks"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Count(text, tt.old) != 1 {
				t.Fatalf("%s is there %d times", tt.old, strings.Count(text, tt.old))
			}
			_, err := planner.ReadProblem(strings.NewReader(strings.Replace(text, tt.old, tt.new, 1)))
			if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want ErrInvalid with %q", err, tt.want)
			}
		})
	}
}

func TestATaskWithoutABlockIsInTheMatrixThatHoldsIt(t *testing.T) {
	p, _ := busy()
	p.Tasks[1].Block = ""
	p.Matrices[0].Block, p.Matrices[1].Block, p.Residents[0].Block = "east", "east", "east"
	if got := reread(t, p).Tasks[1].Block; got != "east" {
		t.Errorf("block is %q, want east", got)
	}
}

func TestNobodyAtAllIsAProblem(t *testing.T) {
	p := &planner.Problem{Start: date("2027-12-30"), Days: 70, TimeZone: "Asia/Shanghai"} // a new year and a leap day
	p = reread(t, p)
	plan, _ := solve(t, p, planner.Options{})
	if len(plan.Itineraries) != 0 || len(plan.Unplanned) != 0 {
		t.Errorf("got %+v", plan)
	}
}

func TestWhatNobodyCanDoIsAWarning(t *testing.T) {
	p, _ := busy()
	p.Residents[0].Prefer = []string{"z"}
	p.Tasks[0].Skills = []string{"song", "bath"}
	p.Tasks[0].VisitorKinds = []string{"singer"}
	p.Tasks[1].Skills = []string{"song"}
	p.Locks[0].Date = p.Start
	p.Tasks[1].ID, p.Made = "elsewhere", nil
	got := strings.Join(p.Warnings(), "\n")
	for _, want := range []string{
		`resident "r" prefers visitor "z", who does not exist`,
		`task "bath" needs the skill "song", which no visitor has`,
		`task "bath" asks for visitors of kind "singer", of which there are none`,
		`lock of task "bath" on 2026-12-01 binds nobody: visitor "b" cannot come on the day`,
		`task "elsewhere" is in no matrix of block`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not among\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 5 {
		t.Errorf("%d warnings:\n%s", n, got)
	}
}
