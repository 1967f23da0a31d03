package reports_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

func effectDate(t *testing.T, day string) planner.Date {
	t.Helper()
	var d planner.Date
	if err := d.UnmarshalText([]byte(day)); err != nil {
		t.Fatal(err)
	}
	return d
}

// splitGrid is the effect of a grid that is cut in two, one half of which gets
// a name that a spreadsheet and a page must not take for their own.
func splitGrid(t *testing.T) *reports.Effect {
	t.Helper()
	due := effectDate(t, "2026-12-16")
	box := func(code, name string, level geo.Level, west, east float64) geo.Area {
		return geo.Area{Code: code, Name: name, Level: level, Parent: code[:len(code)-3], Boundary: orb.MultiPolygon{{{{west, 30}, {east, 30}, {east, 30.01}, {west, 30.01}, {west, 30}}}}}
	}
	community, first, second := "510198001001", "510198001001001", "510198001001002"
	return &reports.Effect{
		District: "510198", Name: "试验区", MadeUp: true, From: effectDate(t, "2026-12-15"), Days: 28, Made: "2026-12-01 09:00", DataVersion: 7,
		Draft:    &reports.EffectDraft{ID: 3, Name: "春季", Version: 5},
		Findings: []reports.EffectFinding{},
		Changes: reports.EffectChanges{
			Created: []string{second}, Retired: []string{}, Renamed: []string{first}, Reshaped: []string{first}, NoVisitor: []string{second}, NoOwnVisitor: []string{}, Stranded: []string{"V9"},
		},
		Areas: []reports.EffectArea{
			{
				Code: first, Level: geo.LevelGrid, Name: "=1+1", Was: "一",
				Before: &reports.EffectFigures{Residents: 3, ByGrade: map[string]int{"red": 1, "blue": 2}, Households: 1234, People: 3000, CareMinutes: 114.2, AreaKM2: 1.07, PolsbyPopper: 0.79, Visitors: 2, OwnVisitors: 1},
				After:  &reports.EffectFigures{Residents: 2, ByGrade: map[string]int{"blue": 2}, Households: 600, People: 1500, CareMinutes: 9.2, AreaKM2: 0.53, PolsbyPopper: 0.7, Visitors: 2, OwnVisitors: 1},
			},
			{
				Code: second, Level: geo.LevelGrid, Name: "<script>alert(1)</script>",
				After: &reports.EffectFigures{Residents: 1, ByGrade: map[string]int{"red": 1}, Households: 634, People: 1500, CareMinutes: 105, AreaKM2: 0.54, PolsbyPopper: 0.7},
			},
		},
		Moved: reports.EffectMoved{
			Residents: 1, ByGrade: []reports.EffectGradeMove{{Grade: "red", Grid: 1}}, Familiar: map[string]int{"red": 1}, Open: 1,
			Flows: []reports.EffectFlow{{From: first, To: second, ByGrade: map[string]int{"red": 1}}}, Facilities: []reports.EffectFacility{}, Nowhere: []string{},
		},
		Moves:    []reports.EffectMove{{Resident: "R1", Grade: "red", FromGrid: first, ToGrid: second, DueBy: &due, LosesVisitors: []string{"V3"}, KeepsVisitors: 1}},
		InFlight: reports.EffectInFlight{Plan: 4, Visits: 1, OutOfScope: 1, ByGrade: map[string]int{"red": 1}, List: []reports.EffectVisit{{Resident: "R1", Date: due, Visitor: "V3", From: first, To: second}}},
		Plan: reports.EffectPlan{
			Planned: 1, Of: 2, Seed: 1,
			Total:       reports.EffectPlanRow{Before: reports.EffectWork{Visits: 20, WalkSeconds: 36000}, After: reports.EffectWork{Visits: 18, Lapses: 2, WalkSeconds: 18000}},
			Communities: []reports.EffectPlanRow{{Code: community, Name: "社区1", Before: reports.EffectWork{Visits: 20, WalkSeconds: 36000}, After: reports.EffectWork{Visits: 18, Lapses: 2, WalkSeconds: 18000}}},
		},
		Before: []geo.Area{box(community, "社区1", geo.LevelCommunity, 104, 104.01), box(first, "一", geo.LevelGrid, 104, 104.01)},
		After:  []geo.Area{box(community, "社区1", geo.LevelCommunity, 104, 104.01), box(first, "=1+1", geo.LevelGrid, 104, 104.005), box(second, "<script>alert(1)</script>", geo.LevelGrid, 104.005, 104.01)},
	}
}

func TestThePageOfAnEffectCanBePrintedAndSigned(t *testing.T) {
	labels := reports.Labels{"red": {Chinese: "红", English: "Red"}}
	for _, c := range []struct {
		name    string
		english bool
		want    []string
		not     []string
	}{
		{"in Chinese", false, []string{`lang="zh-CN"`, "编制：", "审核：", "批准：", "调整前", "调整后", "红", "虚构数据", "1,234", "510198001001002", "更名，原 一", "新建", "草案 <b>春季</b>", "第 5 版", "0 → 2"}, []string{"Approved by", "Red"}},
		{"in English", true, []string{`lang="en"`, "Prepared by:", "Checked by:", "Approved by:", "Before", "After", "Red", "Made-up data", "renamed, was 一", "created"}, []string{"批准"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			in := reports.EffectInput{Effect: splitGrid(t), Labels: labels, English: c.english, Attribution: "© OpenStreetMap contributors"}
			if err := reports.WriteEffectHTML(&out, in); err != nil {
				t.Fatal(err)
			}
			page := out.String()
			for _, w := range append(c.want, "R1", "V3", "V9", "2026-12-16", "© OpenStreetMap contributors", "&lt;script&gt;", "default-src 'none'") {
				if !strings.Contains(page, w) {
					t.Errorf("the page lacks %q", w)
				}
			}
			for _, w := range append(c.not, "<script") {
				if strings.Contains(page, w) {
					t.Errorf("the page holds %q", w)
				}
			}
			if n := strings.Count(page, "<svg"); n != 2 {
				t.Errorf("%d maps, want before and after", n)
			}
			for class, maps := range map[string]int{"g0 moved": 2, "g1 moved": 1} {
				if n := strings.Count(page, `class="`+class+`"`); n != maps {
					t.Errorf("%d areas are drawn as %q, want %d: a grid has a colour of its own, the same on both maps", n, class, maps)
				}
			}
		})
	}
}

func TestTheWorkbookOfAnEffectHoldsWhatItSays(t *testing.T) {
	var out bytes.Buffer
	if err := reports.WriteEffectWorkbook(&out, reports.EffectInput{Effect: splitGrid(t), Labels: reports.Labels{"red": {Chinese: "红", English: "Red"}}}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, c := range []struct {
		sheet string
		row   int
		want  []string
	}{
		{reports.SheetEffectAreas, 3, []string{"一般网格", "510198001001001", "'=1+1", "调整边界；更名，原 一", "1", "0"}},
		{reports.SheetEffectAreas, 4, []string{"一般网格", "510198001001002", "<script>alert(1)</script>", "新建", "–", "1"}},
		{reports.SheetEffectMoves, 3, []string{"R1", "红", "510198001001001", "510198001001002", "", "", "2026-12-16", "", "V3", "1"}},
		{reports.SheetEffectInFlight, 3, []string{"2026-12-16", "V3", "R1", "", "510198001001001", "510198001001002", "否 no"}},
		{reports.SheetEffectPlan, 3, []string{"510198001001", "社区1", "0", "2"}},
		{reports.SheetEffectPlan, 4, []string{"", "合计 In all", "0", "2"}},
	} {
		rows, err := f.GetRows(c.sheet)
		if err != nil || len(rows) < c.row {
			t.Fatalf("sheet %s has %d rows (%v)", c.sheet, len(rows), err)
		}
		for i, w := range c.want {
			if got := rows[c.row-1]; i >= len(got) || got[i] != w {
				t.Errorf("sheet %s row %d: %q, want %q", c.sheet, c.row, got, c.want)
				break
			}
		}
	}
	rows, err := f.GetRows(reports.SheetEffect)
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, r := range rows {
		all += strings.Join(r, "|") + "\n"
	}
	for _, w := range []string{"编制：|Prepared by:", "审核：", "批准：", "失去熟人", "草案 Draft: 春季（编号 no. 3，版本 version 5）", "漏访|Lapses|0|2", "须换人的在途走访|of them by somebody who may not go any more|1"} {
		if !strings.Contains(all, w) {
			t.Errorf("the first sheet lacks %q in\n%s", w, all)
		}
	}
}

func TestTheFileOfAnEffectHasListsAndNoBoundaries(t *testing.T) {
	var out bytes.Buffer
	if err := reports.WriteEffectJSON(&out, splitGrid(t)); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out.Bytes(), []byte("null")) {
		t.Error("a list is null")
	}
	if bytes.Contains(out.Bytes(), []byte("Boundary")) {
		t.Error("boundaries are in the file")
	}
	var back reports.Effect
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if back.Moves[0].Resident != "R1" || back.Areas[1].Before != nil || back.Areas[1].Level != geo.LevelGrid {
		t.Errorf("read back: %+v", back)
	}
}
