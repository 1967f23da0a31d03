package imports_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/data/imports"
	"sanse/planner"
)

func TestRulesAreReadInBothLanguages(t *testing.T) {
	for text, want := range map[string]string{
		"每2天":            `[{"every_days":2}]`,
		"每隔3天一次":         `[{"every_days":3}]`,
		"两天一次":           `[{"every_days":2}]`,
		"每天":             `[{"every_days":1}]`,
		"every 10 days":  `[{"every_days":10}]`,
		"Every day":      `[{"every_days":1}]`,
		"每周1次":           `[{"per_week":1}]`,
		"每周两次":           `[{"per_week":2}]`,
		"weekly":         `[{"per_week":1}]`,
		"2 times a week": `[{"per_week":2}]`,
		"每月2次":           `[{"per_month":2}]`,
		"每个月":            `[{"per_month":1}]`,
		"3 per month":    `[{"per_month":3}]`,
		"工作日":            `[{"per_week":5,"patterns":[[1,2,3,4,5]]}]`,
		"每个工作日":          `[{"per_week":5,"patterns":[[1,2,3,4,5]]}]`,
		"working days":   `[{"per_week":5,"patterns":[[1,2,3,4,5]]}]`,
		"每周2次（周一、周四|周二、周五）": `[{"per_week":2,"patterns":[[1,4],[2,5]]}]`,
		"每周一、四":                          `[{"per_week":2,"patterns":[[1,4]]}]`,
		"每周1次 周一至周五":                     `[{"per_week":1,"patterns":[[1,2,3,4,5]]}]`,
		"一次 2026-12-01..2026-12-15":      `[{"once":true,"from":"2026-12-01","to":"2026-12-15"}]`,
		"一次2026年12月1日至2026年12月15日":       `[{"once":true,"from":"2026-12-01","to":"2026-12-15"}]`,
		"once 2026-12-01 to 2026-12-15":  `[{"once":true,"from":"2026-12-01","to":"2026-12-15"}]`,
		"每天 2026-12-01..2026-12-10；每周1次": `[{"every_days":1,"from":"2026-12-01","to":"2026-12-10"},{"per_week":1}]`,
	} {
		rules, err := imports.ParseRules(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, err := json.Marshal(rules)
		if err != nil || string(got) != want {
			t.Errorf("%q is read as %s, want %s (%v)", text, got, want, err)
		}
	}
	for text, reason := range map[string]string{
		"":                          "not a rule",
		"有空就去":                      "not a rule",
		"每0天":                       "not possible",
		"每周8次":                      "not possible",
		"每月29次":                     "not possible",
		"一次":                        "from which to which",
		"每周3次 周一、四":                 "do not fit",
		"工作日 周一":                    "not a rule",
		"每周1次 周八":                   "not a rule",
		"每周1次 whenever":             "not a rule",
		"一次 2026-12-15..2026-12-01": "ends before",
		"一次 2026-12-01..2026-12-32": "",
	} {
		if rules, err := imports.ParseRules(text); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: %v, %v", text, rules, err)
		}
	}
}

func FuzzRules(f *testing.F) {
	f.Add("每周2次（周一、周四|周二、周五） 2026-12-01..2026-12-10；每月1次")
	f.Add("once 2026-12-01 to 2026-12-15")
	f.Fuzz(func(t *testing.T, s string) {
		rules, err := imports.ParseRules(s)
		if err == nil && len(rules) == 0 {
			t.Error("no rule and no error")
		}
		for i := range rules {
			r := rules[i]
			if r.Grade = "any"; r.Once {
				r.Once, r.EveryDays = false, 1 // the rest must hold all the same
			}
			if err := r.Validate(); err != nil {
				t.Errorf("%q gives a rule that is none: %v", s, err)
			}
		}
	})
}

const taskHeader = "编号,类型,内容,关爱对象,地址,经度,纬度,网格,时长,频次,技能,人员类别,人数,时段,指定人员,暂停日期,权重\n"

func setupTasks(t *testing.T) *bundle {
	b := setup(t)
	b.env.Residents = map[string]struct{}{"R1": {}}
	b.env.Visitors = map[string]struct{}{"V1": {}, "V2": {}}
	return b
}

func TestTaskRowsAreStored(t *testing.T) {
	b := setupTasks(t)
	rep, err := b.run(imports.Tasks, b.file(t, "t.csv", taskHeader+
		"T1,上门服务,助浴,R1,,,,,60分钟,每月2次,助浴、轮椅,,2人,周一 09:00-11:30,V2 V1,2026-12-24,5\n"+
		"T2,巡查,配电房,,东门,104.305,30.805,510199001001001,15,工作日,,网格员/社区干部,1,,,,\n"+
		"D1,door,,,幸福路1号,104.306,30.805,,10,一次 2026-12-01..2026-12-15,,,,,,,\n"))
	mustRun(t, rep, err)
	from, to := planner.NewDate(2026, 12, 1), planner.NewDate(2026, 12, 15)
	off := planner.NewDate(2026, 12, 24)
	want := []data.Task{
		{
			ID: "T1", Kind: "service", What: "bathing", Resident: "R1", Minutes: 60, Rules: []planner.Policy{{PerMonth: 2}}, Weight: 5,
			Absent: []planner.DateRange{{From: off, To: off}},
			Needs: planner.Needs{
				Hours: []planner.Shift{{Weekday: 1, From: clock(t, "09:00"), To: clock(t, "11:30")}}, Skills: []string{"bathing", "轮椅"}, People: 2, Prefer: []string{"V2", "V1"},
			},
		},
		{
			ID: "T2", Kind: "patrol", What: "配电房", Location: orb.Point{104.305, 30.805}, Grid: "510199001001001", MicroGrid: "510199001001001002", Minutes: 15,
			Rules: []planner.Policy{{PerWeek: 5, Patterns: [][]int{{1, 2, 3, 4, 5}}}}, Address: "东门",
			Needs: planner.Needs{VisitorKinds: []string{"grid_worker", "community_cadre"}},
		},
		{
			ID: "D1", Kind: "door", Location: orb.Point{104.306, 30.805}, Grid: "510199001001001", MicroGrid: "510199001001001002", Minutes: 10,
			Rules: []planner.Policy{{Once: true, From: &from, To: &to}}, Address: "幸福路1号",
		},
	}
	if diff := cmp.Diff(want, b.sink.tasks); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if len(rep.Warnings) != 1 || rep.Warnings[0].Line != 2 {
		t.Errorf("of the skill that is the district's own: %+v", rep.Warnings)
	}
}

func TestTasksThatAreWrongSayWhy(t *testing.T) {
	good := []string{"T1", "服务", "", "R1", "", "", "", "", "60", "每月2次", "", "", "", "", "", "", ""}
	at := map[string]int{}
	for i, c := range strings.Split(strings.TrimSpace(taskHeader), ",") {
		at[c] = i
	}
	for _, c := range []struct{ name, column, value, reason string }{
		{"an id of a resident", "编号", "R1", "a resident has this id"},
		{"an id of a visitor", "编号", "V1", "a visitor has this id"},
		{"an id of a need's task", "编号", "need-N1", "follow from needs"},
		{"an id that matrices use", "编号", "T1:end", ":end"},
		{"no kind", "类型", "", "empty"},
		{"the home of nobody", "关爱对象", "R9", "no such resident"},
		{"no place at all", "关爱对象", "", "no place"},
		{"no duration", "时长", "", "empty"},
		{"a duration of nothing", "时长", "0", "at least a minute"},
		{"a day and a night", "时长", "2000", "more than 480"},
		{"no rule", "频次", "", "empty"},
		{"a rule that is none", "频次", "偶尔", "not a rule"},
		{"three people", "人数", "3", "more than 2"},
		{"a kind of visitor that is none", "人员类别", "robot", "not a kind of visitor"},
		{"hours that end before they begin", "时段", "1 11:00-09:00", "before they begin"},
		{"a visitor who is not stored", "指定人员", "V9", "not stored"},
		{"a closed day that is none", "暂停日期", "Christmas", "not a date"},
		{"a weight that is none", "权重", "heavy", "not a whole number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setupTasks(t)
			vals := append([]string(nil), good...)
			vals[at[c.column]] = c.value
			column := c.column
			if c.name == "no place at all" {
				column = "经度"
			}
			rep, err := b.run(imports.Tasks, b.file(t, "t.csv", taskHeader+strings.Join(vals, ",")+"\n"))
			checkRefusals(t, rep, err, []want{{2, column, c.reason}})
		})
	}
	t.Run("a point outside the district", func(t *testing.T) {
		b := setupTasks(t)
		rep, err := b.run(imports.Tasks, b.file(t, "t.csv", taskHeader+"T1,巡查,,,,105.9,30.8,,15,工作日,,,,,,,\n"))
		checkRefusals(t, rep, err, []want{{2, "经度", "from its border"}})
	})
	t.Run("an id twice", func(t *testing.T) {
		b := setupTasks(t)
		line := strings.Join(good, ",") + "\n"
		rep, err := b.run(imports.Tasks, b.file(t, "t.csv", taskHeader+line+line))
		checkRefusals(t, rep, err, []want{{3, "编号", "line 2"}})
	})
}

func TestTasksDoneAreStoredOrRefused(t *testing.T) {
	b := setupTasks(t)
	b.env.Tasks = map[string]struct{}{"T1": {}}
	rep, err := b.run(imports.TaskVisits, b.file(t, "d.csv", "任务编号,日期,执行人员,结果\nT1,2026-11-03,V1,完成\nT1,2026-11-04,,未完成\n"))
	mustRun(t, rep, err)
	want1 := []data.TaskVisit{
		{Task: "T1", Visitor: "V1", Date: planner.NewDate(2026, 11, 3), Done: true},
		{Task: "T1", Date: planner.NewDate(2026, 11, 4)},
	}
	if diff := cmp.Diff(want1, b.sink.taskVisits); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	rep, err = b.run(imports.TaskVisits, b.file(t, "e.csv", "task,date,visitor,result\nT9,2026-11-03,V1,done\nT1,2026-11-03,V9,done\nT1,2027-01-01,V1,done\nT1,2026-11-03,V1,perhaps\nT1,2026-11-03,,done\nT1,2026-11-03,V1,done\n"))
	checkRefusals(t, rep, err, []want{
		{2, "task", "no such task"}, {3, "visitor", "no such visitor"}, {4, "date", "future"}, {5, "result", "not a result"}, {7, "task", "line 6"},
	})
}

func TestNeedsAndSkillsOfPeopleAreStored(t *testing.T) {
	b := setup(t)
	b.env.Visitors = map[string]struct{}{"V1": {}}
	rep, err := b.run(imports.Visitors, b.file(t, "v.csv", strings.TrimSpace(visitorHeader)+",技能\n"+
		"V1,,,网格员,,510199001,104.335,30.835,,每天 09：00至10：00,,,,助浴 / 护理\n"))
	if rep.Refused > 0 || err != nil {
		t.Fatalf("%v %+v", err, rep.Refusals)
	}
	if diff := cmp.Diff([]string{"bathing", "nursing"}, b.sink.visitors[0].Skills); diff != "" {
		t.Error(diff)
	}
	rep, err = b.run(imports.Residents, b.file(t, "r.csv", "编号,等级,经度,纬度,走访时段,走访人数,指定走访人员\nR1,红,104.305,30.805,工作日 09:00-11:30,2,V1\n"))
	mustRun(t, rep, err)
	n := b.sink.residents[0].Needs
	if len(n.Hours) != 5 || n.Hours[0].To != clock(t, "11:30") || n.People != 2 || len(n.Prefer) != 1 || n.Prefer[0] != "V1" {
		t.Errorf("needs are %+v", n)
	}
	rep, err = b.run(imports.Residents, b.file(t, "s.csv", "编号,等级,经度,纬度,走访时段,走访人数,指定走访人员\n"+
		"R1,红,104.305,30.805,九点,1,V1\nR2,红,104.305,30.805,,4,V1\nR3,红,104.305,30.805,,,V9\n"))
	checkRefusals(t, rep, err, []want{{2, "走访时段", "not working hours"}, {3, "走访人数", "more than 2"}, {4, "指定走访人员", "not stored"}})
}
