package planner_test

import (
	"slices"
	"strings"
	"testing"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

// bare is one with a task at the resident's home, every second day, and nobody
// planned.
func bare() (*planner.Problem, *planner.Plan) {
	p := one()
	p.Policies[0] = planner.Policy{Grade: "red", PerMonth: 1}
	p.Tasks = []planner.Task{{ID: "bath", Kind: "service", Resident: "r", Minutes: 30, Rules: []planner.Policy{{EveryDays: 2}}}}
	p.Tasks[0].Done = dates("2026-11-30")
	return p, &planner.Plan{Start: p.Start, Days: p.Days}
}

func TestATaskSaysWhyItIsNotDone(t *testing.T) {
	second := func(p *planner.Problem) *planner.Visitor {
		w := p.Visitors[0]
		w.ID = "w"
		p.Visitors = append(p.Visitors, w)
		p.Matrices[0] = planner.Matrix{Block: community, Locations: []string{"v", "r", "w"}, Seconds: [][]int32{{0, 600, 0}, {600, 0, 600}, {0, 600, 0}}}
		return &p.Visitors[1]
	}
	tests := []struct {
		name   string
		spoil  func(p *planner.Problem, k *planner.Task)
		reason planner.Reason
		detail string
		mends  []string
	}{
		{
			"nobody has the skill", func(_ *planner.Problem, k *planner.Task) { k.Skills = []string{"bath"} },
			planner.ReasonSkillMissing, "has bath",
			[]string{"with the skill bath"},
		},
		{
			"two skills are missing", func(_ *planner.Problem, k *planner.Task) { k.Skills = []string{"bath", "lift"} },
			planner.ReasonSkillMissing, "has bath and lift", nil,
		},
		{
			"nobody is of the kind", func(_ *planner.Problem, k *planner.Task) { k.VisitorKinds = []string{"nurse"} },
			planner.ReasonSkillMissing, "is a nurse", nil,
		},
		{"the skill is there but in another area", func(p *planner.Problem, k *planner.Task) {
			k.Skills = []string{"bath"}
			w := second(p)
			w.Skills, w.Scope = k.Skills, []string{community + "002"}
		}, planner.ReasonSkillMissing, "nobody in scope (1 visitor) has bath", []string{"visitor w, who has another area", "with the skill bath"}},
		{"the door opens in the afternoon", func(_ *planner.Problem, k *planner.Task) {
			for wd := 1; wd <= 7; wd++ {
				k.Hours = append(k.Hours, planner.Shift{Weekday: wd, From: 620, To: 900})
			}
		}, planner.ReasonWindowClosed, "opens at no time", []string{"60 more minutes for visitor v", "open at 09:20"}},
		{"the door closes before anybody can be there", func(_ *planner.Problem, k *planner.Task) {
			for wd := 1; wd <= 7; wd++ {
				k.Hours = append(k.Hours, planner.Shift{Weekday: wd, From: 480, To: 545})
			}
		}, planner.ReasonWindowClosed, "can be there", []string{"open at 09:10"}},
		{"the door is closed on the days", func(_ *planner.Problem, k *planner.Task) {
			k.Hours = []planner.Shift{{Weekday: 5, From: 540, To: 600}}
		}, planner.ReasonWindowClosed, "opens at no time", []string{"open at 09:10"}},
		{
			"there is no second", func(_ *planner.Problem, k *planner.Task) { k.People = 2 },
			planner.ReasonNoSecondVisitor, "two must come", nil,
		},
		{"the second works at another time", func(p *planner.Problem, k *planner.Task) {
			k.People = 2
			w := second(p)
			w.Shifts = nil
			for wd := 1; wd <= 7; wd++ {
				w.Shifts = append(w.Shifts, planner.Shift{Weekday: wd, From: 600, To: 660})
			}
		}, planner.ReasonNoSecondVisitor, "at the same time", []string{"50 more minutes for visitor v"}},
		{"the second has another area", func(p *planner.Problem, k *planner.Task) {
			k.People = 2
			second(p).Scope = []string{community + "002"}
		}, planner.ReasonNoSecondVisitor, "two must come", []string{"visitor w, who has another area"}},
		{"the second has too little time with the first", func(p *planner.Problem, k *planner.Task) {
			k.People = 2
			w := second(p)
			w.Shifts = nil
			for wd := 1; wd <= 7; wd++ {
				w.Shifts = append(w.Shifts, planner.Shift{Weekday: wd, From: 550, To: 592})
			}
		}, planner.ReasonVisitTooLong, "lacks 8 minutes", []string{"8 more minutes for visitor w"}},
		{"two could come", func(p *planner.Problem, k *planner.Task) {
			k.People = 2
			second(p)
		}, planner.ReasonSearchGap, "visitors", nil},
		{"snow makes the way too long", func(p *planner.Problem, _ *planner.Task) {
			p.Slow = []planner.Slow{{From: p.Start, To: p.Start + 1, Percent: 200}}
		}, planner.ReasonVisitTooLong, "lacks 10 minutes", []string{"10 more minutes for visitor v on 2026-12-02", "late: on 2026-12-03"}},
		{"the streets of these days have no way", func(p *planner.Problem, _ *planner.Task) {
			m := p.Matrices[0]
			m.Seconds = [][]int32{{0, -1}, {-1, 0}}
			m.To = ptr("2026-12-02")
			p.Matrices[0].From = ptr("2026-12-03")
			p.Matrices = append(p.Matrices, m)
		}, planner.ReasonUnreachable, "a way to the door", []string{"late: on 2026-12-03"}},
		{"today is over and tomorrow is off", func(p *planner.Problem, _ *planner.Task) {
			p.Now = &planner.Moment{Date: p.Start, Clock: 600}
			p.Visitors[0].DaysOff = dates("2026-12-02")
		}, planner.ReasonNoVisitorWorking, "works from 2026-12-01", []string{"late: on 2026-12-03"}},
		{"the window was over before", func(p *planner.Problem, _ *planner.Task) {
			p.Now = &planner.Moment{Date: p.Start + 2, Clock: 0}
		}, planner.ReasonNoVisitorWorking, "before this plan begins", []string{"late: on 2026-12-03"}},
		{"too little of the shift is left on the last day", func(p *planner.Problem, _ *planner.Task) {
			p.Now = &planner.Moment{Date: p.Start + 1, Clock: 555}
		}, planner.ReasonVisitTooLong, "lacks 5 minutes", []string{"5 more minutes for visitor v on 2026-12-02", "late"}},
		{"it could be done", func(*planner.Problem, *planner.Task) {}, planner.ReasonSearchGap, "has time", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, plan := bare()
			tt.spoil(p, &p.Tasks[0])
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			got := planner.Explain(p, plan)
			if len(got) != 1 {
				t.Fatalf("%d entries, want 1: %+v", len(got), got)
			}
			u := got[0]
			if u.Resident != "r" || u.Task != "bath" || u.DueBy != date("2026-12-02") || u.Reason != tt.reason || !strings.Contains(u.Detail, tt.detail) {
				t.Errorf("got %+v, want %s with %q", u, tt.reason, tt.detail)
			}
			if len(u.Mends) != len(tt.mends) {
				t.Errorf("mends %v, want %d", u.Mends, len(tt.mends))
			}
			for i := range min(len(u.Mends), len(tt.mends)) {
				if !strings.Contains(u.Mends[i].String(), tt.mends[i]) {
					t.Errorf("mend %q, want %q", u.Mends[i], tt.mends[i])
				}
			}
		})
	}
}

func TestEveryMendMakesRoomInThePlanAsItIs(t *testing.T) {
	kinds := map[planner.MendKind]int{}
	for seed := range uint64(4) {
		for _, c := range []sample.Config{
			{Residents: 60, Visitors: 3, ShiftMinutes: 60},
			{Residents: 30, Visitors: 4, ShiftMinutes: 60, Services: 20, Providers: 1, Hours: 50, Pairs: 20, Snow: 5, Doors: 4},
		} {
			c.Seed = seed
			p := sample.Problem(c)
			for i := range p.Visitors {
				p.Visitors[i].Capacity = 3 - i%2
			}
			plan, _ := solve(t, p, planner.Options{Iterations: 20})
			for n, u := range plan.Unplanned {
				rare := slices.ContainsFunc(u.Mends, func(m planner.Mend) bool { return kinds[m.Kind] < 5 })
				if n%4 > 0 && !rare { // all of them take long
					continue
				}
				for _, m := range u.Mends {
					kinds[m.Kind]++
					if m.Kind == planner.MendLater {
						continue // changes nothing that Explain could see
					}
					q := mended(t, p, u, m)
					for _, now := range planner.Explain(q, plan) {
						if now.Resident == u.Resident && now.Task == u.Task && now.DueBy == u.DueBy && now.Owed == u.Owed && now.Reason != planner.ReasonSearchGap {
							t.Fatalf("%+v\nwith %s: %+v", u, m, now)
						}
					}
				}
			}
		}
	}
	t.Log(kinds)
	if len(kinds) < 4 {
		t.Errorf("only the kinds %v were tried", kinds)
	}
}
