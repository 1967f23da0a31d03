package imports_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/data/imports"
	"sanse/planner"
)

const needHeader = "需求编号,关爱对象编号,服务项目,频次,服务方式,服务时长,方便时间,类别,评估,开始日期,结束日期\n"

func TestNeedRowsAreStored(t *testing.T) {
	b := setupTasks(t)
	rep, err := b.run(imports.Needs, b.file(t, "n.csv", needHeader+
		"N1,R1,助浴,每月2次,上门,60分钟,周一 09:00-11:30,重度残疾,2026年能力评估,2026-11-01,2027-10-31\n"+
		"N2,R1,长者食堂,每天,,,,,,,\n"+
		"N3,R1,医疗,每月1次,到店,,,,,,\n"+
		"N4,R1,医疗,1 a month,either,,,候鸟老人,,,\n"))
	mustRun(t, rep, err)
	to := planner.NewDate(2027, 10, 31)
	want := []data.Need{
		{
			ID: "N1", Resident: "R1", Service: "bathing", Rules: []planner.Policy{{PerMonth: 2}}, Place: "home", Minutes: 60,
			Hours: []planner.Shift{{Weekday: 1, From: clock(t, "09:00"), To: clock(t, "11:30")}}, Kind: "disabled", Source: "2026年能力评估",
			From: planner.NewDate(2026, 11, 1), To: &to,
		},
		{ID: "N2", Resident: "R1", Service: "长者食堂", Rules: []planner.Policy{{EveryDays: 1}}, Place: "either", From: today},
		{ID: "N3", Resident: "R1", Service: "clinic", Rules: []planner.Policy{{PerMonth: 1}}, Place: "facility", From: today},
		{ID: "N4", Resident: "R1", Service: "clinic", Rules: []planner.Policy{{PerMonth: 1}}, Place: "either", Kind: "候鸟老人", From: today},
	}
	if diff := cmp.Diff(want, b.sink.needs); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	var warned []string
	for _, w := range rep.Warnings {
		warned = append(warned, w.Text)
	}
	if all := strings.Join(warned, "\n"); len(warned) != 3 || !strings.Contains(all, "a service is none of") || !strings.Contains(all, "a kind is none of") || !strings.Contains(all, "both are kept") {
		t.Errorf("warnings are %q", warned)
	}
}

func TestNeedsThatAreWrongSayWhy(t *testing.T) {
	good := []string{"N1", "R1", "助浴", "每月2次", "", "", "", "", "", "2026-11-01", ""}
	at := map[string]int{}
	for i, c := range strings.Split(strings.TrimSpace(needHeader), ",") {
		at[c] = i
	}
	for _, c := range []struct{ name, column, value, reason string }{
		{"no id", "需求编号", "", "empty"},
		{"an id too long for a task", "需求编号", strings.Repeat("N", 49), "48 bytes"},
		{"nobody", "关爱对象编号", "R9", "no such resident"},
		{"no service", "服务项目", "", "empty"},
		{"no frequency", "频次", "", "empty"},
		{"a frequency that is none", "频次", "经常", "not a rule"},
		{"a frequency of never", "频次", "每周0次", "not possible"},
		{"a place that is none", "服务方式", "月球", "not a place"},
		{"a day and a night", "服务时长", "2000", "more than 480"},
		{"hours that end before they begin", "方便时间", "1 11:00-09:00", "before they begin"},
		{"a first day that is none", "开始日期", "昨天", "not a date"},
		{"an end before the beginning", "结束日期", "2026-10-01", "before it begins"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setupTasks(t)
			vals := append([]string(nil), good...)
			vals[at[c.column]] = c.value
			rep, err := b.run(imports.Needs, b.file(t, "n.csv", needHeader+strings.Join(vals, ",")+"\n"))
			checkRefusals(t, rep, err, []want{{2, c.column, c.reason}})
		})
	}
	t.Run("an id twice", func(t *testing.T) {
		b := setupTasks(t)
		line := strings.Join(good, ",") + "\n"
		rep, err := b.run(imports.Needs, b.file(t, "n.csv", needHeader+line+line))
		checkRefusals(t, rep, err, []want{{3, "需求编号", "line 2"}})
	})
}

const providerHeader = "服务商编号,服务商名称,服务项目,每周服务次数,服务时间,服务范围,经度,纬度,服务半径,服务人员\n"

func TestProviderRowsAreStored(t *testing.T) {
	b := setupTasks(t)
	rep, err := b.run(imports.Providers, b.file(t, "p.csv", providerHeader+
		"P1,安心 居家,助浴、保洁/剪发,40次,周一 09:00-11:30,510199001001 510199001,104.305,30.805,3000米,V2 V1\n"+
		"P2,夕阳红,护理,0,不开放,,,,,\n"))
	mustRun(t, rep, err)
	want := []data.Provider{
		{
			ID: "P1", Name: "安心 居家", Services: []string{"bathing", "cleaning", "剪发"}, Capacity: 40,
			Hours: []planner.Shift{{Weekday: 1, From: clock(t, "09:00"), To: clock(t, "11:30")}},
			Scope: []string{"510199001", "510199001001"}, Location: &orb.Point{104.305, 30.805}, Radius: 3000, Workers: []string{"V2", "V1"},
		},
		{ID: "P2", Name: "夕阳红", Services: []string{"nursing"}, Hours: []planner.Shift{}},
	}
	if diff := cmp.Diff(want, b.sink.providers); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if len(rep.Warnings) != 3 { // the own word, the capacity of 0, the closed week
		t.Errorf("warnings are %+v", rep.Warnings)
	}
}

func TestProvidersThatAreWrongSayWhy(t *testing.T) {
	for _, c := range []struct{ row, column, reason string }{
		{",安心,助浴,,,,,,,", "服务商编号", "empty"},
		{"P1,,助浴,,,,,,,", "服务商名称", "empty"},
		{"P1,安心,、,,,,,,,", "服务项目", "no service"},
		{"P1,安心,助浴,许多,,,,,,", "每周服务次数", "not a whole number"},
		{"P1,安心,助浴,-3,,,,,,", "每周服务次数", "negative"},
		{"P1,安心,助浴,,九点,,,,,", "服务时间", "not working hours"},
		{"P1,安心,助浴,,,510199009,,,,", "服务范围", "no area"},
		{"P1,安心,助浴,,,,105.9,30.8,,", "经度", "from its border"},
		{"P1,安心,助浴,,,,104.3,,,", "纬度", "empty"},
		{"P1,安心,助浴,,,,,,500,", "服务半径", "around what"},
		{"P1,安心,助浴,,,,,,,V9", "服务人员", "not stored"},
	} {
		b := setupTasks(t)
		rep, err := b.run(imports.Providers, b.file(t, "p.csv", providerHeader+c.row+"\n"))
		checkRefusals(t, rep, err, []want{{2, c.column, c.reason}})
	}
}
