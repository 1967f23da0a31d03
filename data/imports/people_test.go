package imports_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/data/imports"
	"sanse/planner"
)

const visitorHeader = "id,name,phone,kind,tier,scope,lon,lat,end,shifts,days_off,mode,capacity\n"

func clock(t *testing.T, s string) planner.Clock {
	t.Helper()
	c, err := planner.ParseClock(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAVisitorRowIsStored(t *testing.T) {
	b := setup(t)
	rep, err := b.run(imports.Visitors, b.file(t, "v.csv", visitorHeader+
		"V1,王芳,19900000002,grid_worker,grid,510199001001001 510199001001002,104.305,30.805,same,1-2 08:30-10:30; 6 09:00-11:00,2026-12-07 2026-12-24..2026-12-25,foot,4\n"+
		"V2,赵六,,志愿者,,510199001002,104.335,30.835,none,周末 9:00-11:00、14:00-16:00,,步行,\n"+
		"V3,,,网格员,微网格长,510199001,104.335,30.835,104.33 30.83,每天 09：00至10：00,,,\n"))
	mustRun(t, rep, err)
	start := orb.Point{104.305, 30.805}
	want := data.Visitor{Name: "王芳", Phone: "19900000002"}
	want.Visitor = planner.Visitor{
		ID: "V1", Kind: "grid_worker", Tier: planner.TierGrid, Scope: []string{"510199001001001", "510199001001002"},
		Start: start, End: &start, Mode: "foot", Capacity: 4,
		Shifts: []planner.Shift{
			{Weekday: 1, From: clock(t, "08:30"), To: clock(t, "10:30")},
			{Weekday: 2, From: clock(t, "08:30"), To: clock(t, "10:30")},
			{Weekday: 6, From: clock(t, "09:00"), To: clock(t, "11:00")},
		},
		DaysOff: []planner.Date{planner.NewDate(2026, 12, 7), planner.NewDate(2026, 12, 24), planner.NewDate(2026, 12, 25)},
	}
	if diff := cmp.Diff(want, b.sink.visitors[0]); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	second, third := b.sink.visitors[1], b.sink.visitors[2]
	if second.End != nil || second.Kind != "volunteer" || second.Tier != planner.TierMasterGrid || len(second.Shifts) != 4 {
		t.Errorf("second visitor is %+v", second.Visitor)
	}
	if third.End == nil || *third.End != (orb.Point{104.33, 30.83}) || third.Tier != planner.TierMicroGrid || len(third.Shifts) != 7 {
		t.Errorf("third visitor is %+v", third.Visitor)
	}
}

func TestAVisitorWhoHasLeftNeedsNoHours(t *testing.T) {
	b := setup(t)
	header := strings.TrimSpace(visitorHeader) + ",离岗日期\n"
	rep, err := b.run(imports.Visitors, b.file(t, "v.csv", header+"V1,王芳,19900000002,grid_worker,grid,,104.305,30.805,same,,,foot,4,2026-11-20\n"))
	mustRun(t, rep, err)
	if v := b.sink.visitors[0]; v.Left != planner.NewDate(2026, 11, 20) || len(v.Shifts)+len(v.Scope) != 0 {
		t.Errorf("stored %+v", v.Visitor)
	}
	for _, bad := range []string{"2126-01-01", "soon"} {
		rep, _ := b.run(imports.Visitors, b.file(t, "v.csv", header+"V1,,,grid_worker,grid,510199001001001,104.305,30.805,same,1-5 08:30-10:30,,foot,4,"+bad+"\n"))
		if len(rep.Refusals) != 1 || rep.Refusals[0].Column != "离岗日期" {
			t.Errorf("%s: %+v", bad, rep.Refusals)
		}
	}
}

func TestVisitorsThatAreWrongSayWhy(t *testing.T) {
	good := []string{"V1", "王芳", "", "grid_worker", "grid", "510199001001001", "104.305", "30.805", "same", "1-5 08:30-10:30", "", "foot", ""}
	at := map[string]int{}
	for i, c := range strings.Split(strings.TrimSpace(visitorHeader), ",") {
		at[c] = i
	}
	for _, c := range []struct{ name, column, value, reason string }{
		{"no hours", "shifts", "", "no hours"},
		{"hours without a weekday", "shifts", "08:30-10:30", "weekday"},
		{"hours that end before they begin", "shifts", "1-5 10:30-08:30", "before they begin"},
		{"hours that overlap", "shifts", "1-5 08:00-10:00; 3 09:00-11:00", "overlap"},
		{"hours of a day that is none", "shifts", "8 08:00-10:00", "not working hours"},
		{"a kind that is none", "kind", "robot", "not a kind of visitor"},
		{"a tier that is none", "tier", "boss", "not a tier"},
		{"an area that is none", "scope", "510199009", "510199009"},
		{"no area", "scope", "", "can visit nobody"},
		{"an end that is none", "end", "home", "same, none"},
		{"an end beyond the district", "end", "116.4 39.9", "outside"},
		{"a day off that is none", "days_off", "Christmas", "not a date"},
		{"a start far away", "lon", "105.9", "outside"},
		{"a way to travel that is none", "mode", "rocket", "not a way to travel"},
		{"a negative capacity", "capacity", "-1", "negative"},
		{"an id that matrices use", "id", "V1:end", ":end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			vals := append([]string(nil), good...)
			vals[at[c.column]] = c.value
			rep, err := b.run(imports.Visitors, b.file(t, "v.csv", visitorHeader+strings.Join(vals, ",")+"\n"))
			checkRefusals(t, rep, err, []want{{2, c.column, c.reason}})
		})
	}
}

func TestFacilitiesAreStoredOrRefused(t *testing.T) {
	b := setup(t)
	header := "id,name,service,capacity,in_use,status,address,lon,lat\n"
	rep, err := b.run(imports.Facilities, b.file(t, "f.csv", header+
		"F1,一食堂,助餐,40,40,open,幸福路,104.305,30.805\nF2,卫生站,clinic,,,规划,,104.345,30.805\n"))
	mustRun(t, rep, err)
	stored := []data.Facility{
		{ID: "F1", Name: "一食堂", Service: "meals", Capacity: 40, InUse: 40, Status: "open", Address: "幸福路", Location: orb.Point{104.305, 30.805}, Grid: "510199001001001"},
		{ID: "F2", Name: "卫生站", Service: "clinic", Status: "planned", Location: orb.Point{104.345, 30.805}},
	}
	if diff := cmp.Diff(stored, b.sink.facilities); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if len(rep.Warnings) != 1 || rep.Warnings[0].Line != 3 {
		t.Errorf("warnings: %+v", rep.Warnings)
	}
	rep, err = b.run(imports.Facilities, b.file(t, "g.csv", header+
		"F1,a,casino,40,40,open,,104.305,30.805\nF2,b,meals,-4,,open,,104.305,30.805\nF3,c,meals,4,,broken,,104.305,30.805\nF4,d,meals,,,,,105,30.805\n"))
	checkRefusals(t, rep, err, []want{{2, "service", "not a service"}, {3, "capacity", "negative"}, {4, "status", "not a state"}, {5, "lon", "from its border"}})
}

func TestFacilitiesHaveRoomsStaffAndHours(t *testing.T) {
	b := setup(t)
	header := "编号,名称,服务,面积（平方米）,工作人员,开放时间,经度,纬度\n"
	rep, err := b.run(imports.Facilities, b.file(t, "f.csv", header+
		"F1,一食堂,助餐,120㎡,5人,周一至周五 8：30至17：00,104.305,30.805\nF2,二食堂,助餐,,,,104.305,30.805\nF3,三食堂,助餐,80,2,不开放,104.305,30.805\n"))
	mustRun(t, rep, err)
	var office []planner.Shift
	for d := 1; d <= 5; d++ {
		office = append(office, planner.Shift{Weekday: d, From: 510, To: 1020})
	}
	stored := []data.Facility{{AreaM2: 120, Staff: 5, Hours: office}, {}, {AreaM2: 80, Staff: 2, Hours: []planner.Shift{}}}
	for i, f := range b.sink.facilities {
		if got := (data.Facility{AreaM2: f.AreaM2, Staff: f.Staff, Hours: f.Hours}); !cmp.Equal(stored[i], got) {
			t.Errorf("%s (-want +got):\n%s", f.ID, cmp.Diff(stored[i], got))
		}
	}
	if len(rep.Warnings) != 1 || rep.Warnings[0].Line != 4 {
		t.Errorf("only being closed all week is worth a warning: %+v", rep.Warnings)
	}
	rep, err = b.run(imports.Facilities, b.file(t, "g.csv", header+
		"F1,a,meals,-3,,,104.305,30.805\nF2,b,meals,,some,,104.305,30.805\nF3,c,meals,,,1-5 17:00-08:30,104.305,30.805\nF4,d,meals,,,08:30-17:00,104.305,30.805\nF5,e,meals,,,whenever,104.305,30.805\n"))
	checkRefusals(t, rep, err, []want{{2, "面积（平方米）", "negative"}, {3, "工作人员", "number"}, {4, "开放时间", "before they begin"}, {5, "开放时间", "weekday"}, {6, "开放时间", "hours"}})
}

func TestPastVisitsAreStoredOrRefused(t *testing.T) {
	b := setup(t)
	b.env.Residents = map[string]struct{}{"R1": {}}
	b.env.Visitors = map[string]struct{}{"V1": {}}
	rep, err := b.run(imports.Visits, b.file(t, "v.csv", "resident,date,visitor,result\nR1,2026-11-03,V1,done\nR1,2026/11/4,,missed\n"))
	mustRun(t, rep, err)
	stored := []data.Visit{
		{Resident: "R1", Visitor: "V1", Date: planner.NewDate(2026, 11, 3), Done: true},
		{Resident: "R1", Date: planner.NewDate(2026, 11, 4)},
	}
	if diff := cmp.Diff(stored, b.sink.visits); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	rep, err = b.run(imports.Visits, b.file(t, "w.csv", "对象编号,走访日期,走访人员,走访结果\nR9,2026-11-03,V1,完成\nR1,2026-11-03,V9,完成\nR1,2027-01-01,V1,完成\nR1,2026-11-03,V1,也许\nR1,2026年11月3日,V1,完成\nR1,46329,V1,完成\n"))
	checkRefusals(t, rep, err, []want{
		{2, "对象编号", "no such resident"}, {3, "走访人员", "no such visitor"}, {4, "走访日期", "future"}, {5, "走访结果", "not a result"}, {7, "对象编号", "line 6"},
	})
}

func TestPopulationIsCountedByBuildingOrCell(t *testing.T) {
	b := setup(t)
	b.env.Buildings = map[string]orb.Point{"B1": {104.305, 30.805}}
	cell, err := h3.LatLngToCell(h3.LatLng{Lat: 30.815, Lng: 104.315}, 10)
	if err != nil {
		t.Fatal(err)
	}
	header := "building,cell,households,people,over60,over80,under18,disabled,place\n"
	rep, err := b.run(imports.Population, b.file(t, "p.csv", header+
		"B1,,10,25,6,1,4,1,old_estate\n,"+cell.String()+",3,9,2,,1,,村庄\n"))
	mustRun(t, rep, err)
	if got := b.sink.population; len(got) != 2 || got[0].Building != "B1" || got[0].Grid != "510199001001001" || got[0].Place != "old_estate" ||
		got[1].Cell != int64(cell) || got[1].Place != "village" || got[1].Location == (orb.Point{}) || got[1].Grid == "" {
		t.Errorf("stored %+v", got)
	}
	rep, err = b.run(imports.Population, b.file(t, "d.csv", fmt.Sprintf("六边形,人数\n%d,9\n", int64(cell))))
	mustRun(t, rep, err)
	if got := b.sink.population[0].Cell; got != int64(cell) {
		t.Errorf("a decimal cell was read as %x", got)
	}
	far, err := h3.LatLngToCell(h3.LatLng{Lat: 39.9, Lng: 116.4}, 10)
	if err != nil {
		t.Fatal(err)
	}
	rep, err = b.run(imports.Population, b.file(t, "q.csv", header+
		"B1,"+cell.String()+",1,2,,,,,\n,,1,2,,,,,\nB9,,1,2,,,,,\n,8zz,1,2,,,,,\n,6.22236E+17,1,2,,,,,\nB1,,1,2,3,,,,\n,"+far.String()+",1,2,,,,,\n"+
		"B1,,1,,,,,,\n"))
	checkRefusals(t, rep, err, []want{
		{2, "cell", "not in both"},
		{3, "building", "neither"},
		{4, "building", "no such building"},
		{5, "cell", "not an H3 cell"},
		{6, "cell", "as text"},
		{7, "people", "over 60"},
		{8, "cell", "from its border"},
		{9, "building", "twice"},
		{9, "people", "empty"},
	})
}

func TestPoliciesComeAsJSONOrAsATable(t *testing.T) {
	b := setup(t)
	rep, err := b.run(imports.Policies, b.file(t, "p.json", `[
	{"grade": "red", "every_days": 2},
	{"id": "cold", "kind": "独居老人", "per_week": 2, "patterns": [[1,4],[2,5]], "from": "2026-12-01", "to": "2026-12-31"},
	{"grade": "blue", "pause": true, "from": "2027-02-05", "to": "2027-02-12"}
]`))
	mustRun(t, rep, err)
	if got := b.sink.policies; len(got) != 3 || got[0].EveryDays != 2 || got[1].Kind != "lone_elder" || len(got[1].Patterns) != 2 || !got[2].Pause {
		t.Errorf("stored %+v", got)
	}
	fromJSON := b.sink.policies
	rep, err = b.run(imports.Policies, b.file(t, "p.csv", "编号,等级,类别,间隔天数,每周次数,允许星期,暂停,开始日期,结束日期\n"+
		",红,,2,,,,,\ncold,,独居老人,,2,\"1,4|2,5\",,2026-12-01,2026-12-31\n,蓝,,,,,是,2027-02-05,2027-02-12\n"))
	mustRun(t, rep, err)
	if diff := cmp.Diff(fromJSON, b.sink.policies); diff != "" {
		t.Errorf("the table gives other rules (-json +csv):\n%s", diff)
	}
}

func TestPoliciesThatAreWrongSayWhy(t *testing.T) {
	for _, c := range []struct{ name, rule, reason string }{
		{"every 0 days", `{"grade": "red", "every_days": 0}`, "every_days is 0"},
		{"a negative interval", `{"grade": "red", "every_days": -1}`, "must be at least 1"},
		{"more visits than the week has days", `{"grade": "red", "per_week": 8}`, "more than 7"},
		{"more visits than a pattern has days", `{"grade": "red", "per_week": 3, "patterns": [[1,4]]}`, "widest pattern"},
		{"nobody whom it matches", `{"per_week": 1}`, "neither a grade nor a kind"},
		{"nothing that it asks", `{"grade": "red"}`, "set one of"},
		{"two things that it asks", `{"grade": "red", "per_week": 1, "per_month": 5}`, "more than one"},
		{"a misspelt field", `{"grade": "red", "perweek": 1}`, "perweek"},
		{"a date that is none", `{"grade": "red", "per_week": 1, "from": "soon"}`, "not a rule"},
		{"an end before the beginning", `{"grade": "red", "per_week": 1, "from": "2026-12-02", "to": "2026-12-01"}`, "before it begins"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			rep, err := b.run(imports.Policies, b.file(t, "p.json", "[\n"+c.rule+"\n]"))
			checkRefusals(t, rep, err, []want{{2, "", c.reason}})
		})
	}
	b := setup(t)
	rep, err := b.run(imports.Policies, b.file(t, "p.csv", "grade,every_days\nred,0\n"))
	checkRefusals(t, rep, err, []want{{2, "every_days", "every_days is 0"}})
	var input *imports.InputError
	for _, text := range []string{`{"grade": "red"}`, `[{"grade": "red", "every_days": 2}`, `[{]`, ``} {
		if _, err := b.run(imports.Policies, b.file(t, "q.json", text)); !errors.As(err, &input) {
			t.Errorf("%q: error is %v", text, err)
		}
	}
}

func TestKindsAreParsed(t *testing.T) {
	for _, k := range imports.Kinds() {
		if got, err := imports.ParseKind(string(k)); err != nil || got != k {
			t.Errorf("%s: %v, %v", k, got, err)
		}
	}
	if _, err := imports.ParseKind("ghosts"); err == nil {
		t.Error("ghosts can be imported")
	}
}
