package reports_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"sanse/planner"
	"sanse/reports"
)

func workbook(tb testing.TB, in reports.WorkbookInput) *excelize.File {
	tb.Helper()
	var b bytes.Buffer
	if err := reports.WriteWorkbook(&b, in); err != nil {
		tb.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	})
	return f
}

func rows(tb testing.TB, f *excelize.File, sheet string) [][]string {
	tb.Helper()
	r, err := f.GetRows(sheet)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func bookOf(d *district) reports.WorkbookInput {
	return reports.WorkbookInput{About: d.about, Board: d.board, Problem: d.problem, Plan: d.plan, Coverage: d.coverage}
}

var tables = []string{reports.SheetVisits, reports.SheetCoverage, reports.SheetPlan, reports.SheetUnplanned, reports.SheetNotes}

func TestWorkbookReadsBackAsItWasMade(t *testing.T) {
	d := makeDistrict(t)
	f := workbook(t, bookOf(d))
	want := append([]string{reports.SheetOverview}, tables...)
	if got := f.GetSheetList(); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Fatalf("sheets %q, want %q", got, want)
	}
	for _, s := range tables {
		r := rows(t, f, s)
		if len(r) < 3 || len(r[0]) != len(r[1]) {
			t.Errorf("%s: no two header rows and data", s)
		}
		for i, h := range r[0] {
			if h == "" || r[1][i] == "" {
				t.Errorf("%s: column %d lacks a heading in one language", s, i+1)
			}
		}
		panes, err := f.GetPanes(s)
		if err != nil {
			t.Fatal(err)
		}
		props, err := f.GetSheetProps(s)
		if err != nil {
			t.Fatal(err)
		}
		if props.FitToPage == nil || !*props.FitToPage {
			t.Errorf("%s: does not print on the width of a page", s)
		}
		if w, err := f.GetColWidth(s, "A"); err != nil || w < 10 {
			t.Errorf("%s: the first column is %v wide (%v)", s, w, err)
		}
		if !panes.Freeze || panes.YSplit != 2 {
			t.Errorf("%s: the headings are not frozen", s)
		}
	}
	stops := 0
	for _, it := range d.plan.Itineraries {
		stops += len(it.Stops)
	}
	if got := len(rows(t, f, reports.SheetPlan)) - 2; got != stops {
		t.Errorf("%d stops in the plan's sheet, want %d", got, stops)
	}
	if got := len(rows(t, f, reports.SheetUnplanned)) - 2; got != len(d.plan.Unplanned) {
		t.Errorf("%d unplanned, want %d", got, len(d.plan.Unplanned))
	}
	if got := len(rows(t, f, reports.SheetVisits)) - 2; got != 1+4+16+16 {
		t.Errorf("%d areas, want 37", got)
	}
	if got := len(rows(t, f, reports.SheetCoverage)) - 2; got != (1+4+16+16)*6 {
		t.Errorf("%d lines of coverage, want %d", got, 37*6)
	}
	var all strings.Builder
	for _, r := range rows(t, f, reports.SheetOverview) {
		all.WriteString(strings.Join(r, " ") + "\n")
	}
	for _, w := range []string{"示范区（虚构）", "虚构数据", "2026-12-01", "漏访"} {
		if !strings.Contains(all.String(), w) {
			t.Errorf("the overview does not say %q", w)
		}
	}
	// Excel refuses a sheet whose columns are not in order.
	var raw bytes.Buffer
	if err := reports.WriteWorkbook(&raw, bookOf(d)); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(raw.Bytes()), int64(raw.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.File {
		if !strings.HasPrefix(file.Name, "xl/worksheets/") {
			continue
		}
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		for _, m := range regexp.MustCompile(`<col min="(\d+)"`).FindAllSubmatch(text, -1) {
			n, err := strconv.Atoi(string(m[1]))
			if err != nil || n <= last {
				t.Errorf("%s: column %s comes after %d", file.Name, m[1], last)
			}
			last = n
		}
		if last == 0 {
			t.Errorf("%s: no widths", file.Name)
		}
	}
	first := rows(t, f, reports.SheetPlan)[2]
	if first[0] != "2026-12-01" {
		t.Errorf("the first day of the plan reads %q", first[0])
	}
	number, err := f.GetCellValue(reports.SheetPlan, "A3", excelize.Options{RawCellValue: true})
	if err != nil || number != "46357" {
		t.Errorf("the first day is stored as %q (%v), want the number of 2026-12-01", number, err)
	}
}

func TestWorkbookTextNeverBecomesAFormula(t *testing.T) {
	d := makeDistrict(t)
	d.about.Name, d.about.Note, d.about.Attribution = "=1+1", "@SUM(A1)", "+1"
	for i := range d.problem.Areas {
		d.problem.Areas[i].Name = `=HYPERLINK("http://example.org","x")`
	}
	for i := range d.plan.Unplanned {
		d.plan.Unplanned[i].Detail = "-2+3\x00\x0b\xff"
	}
	board, err := reports.NewBoard(t.Context(), reports.BoardInput{Problem: d.problem, Plan: d.plan})
	if err != nil {
		t.Fatal(err)
	}
	in := bookOf(d)
	in.Board = board
	in.Labels = reports.Labels{"red": {Chinese: "\t=1", English: "=2"}}
	f := workbook(t, in)
	for _, s := range f.GetSheetList() {
		for y, r := range rows(t, f, s) {
			for x, v := range r {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := f.GetCellFormula(s, cell)
				if err != nil {
					t.Fatal(err)
				}
				if formula != "" || v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
					t.Errorf("%s!%s holds %q, formula %q", s, cell, v, formula)
				}
			}
		}
	}
}

func TestWorkbookOfAnEmptyPlanIsStillAWorkbook(t *testing.T) {
	p := &planner.Problem{Start: date(t, "2026-12-01"), Days: 31, TimeZone: "Asia/Shanghai"}
	plan := &planner.Plan{Start: p.Start, Days: 31}
	b, err := reports.NewBoard(t.Context(), reports.BoardInput{Problem: p, Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	f := workbook(t, reports.WorkbookInput{About: reports.About{Name: "空", Start: p.Start, Days: 31, Today: p.Start}, Board: b, Problem: p, Plan: plan})
	if r := rows(t, f, reports.SheetUnplanned); len(r) != 3 || r[2][0] != "无" {
		t.Errorf("nothing is unplanned, and the sheet says %q", r)
	}
	if err := reports.WriteWorkbook(&bytes.Buffer{}, reports.WorkbookInput{}); err == nil {
		t.Error("a workbook of nothing")
	}
}

func BenchmarkWorkbook(b *testing.B) {
	d := makeDistrict(b)
	for b.Loop() {
		if err := reports.WriteWorkbook(&bytes.Buffer{}, bookOf(d)); err != nil {
			b.Fatal(err)
		}
	}
}

func TestATextIsNoFormulaToASpreadsheet(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "R1": "R1", "a=1": "a=1", "'=1": "'=1", "1-2": "1-2", "=1+1": "'=1+1", "+86": "'+86", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠A1": "'＠A1",
	} {
		if got := reports.SpreadsheetText(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
