package reports_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"
	"golang.org/x/image/font/gofont/goregular"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/reports/print"
	"sanse/reports/shortfall"
)

// shortTown is a town of six communities held against the reference set: in the
// even ones everything is near, in the odd ones nothing is.
func shortTown(t testing.TB) reports.ShortfallInput {
	t.Helper()
	set, err := shortfall.Reference()
	if err != nil {
		t.Fatal(err)
	}
	const town = "510113100"
	in := &shortfall.Input{
		Year: 2026, Walks: map[shortfall.Walk][]int32{}, Counted: true,
		Services: []string{"meals", "clinic"}, VisitorKinds: []string{"community_cadre", "grid_worker", "volunteer"},
		Areas: []shortfall.Area{{Code: town, Name: "弥牟镇", Level: geo.LevelTown}},
	}
	boundaries := []reports.ShortfallGround{}
	walk := []int32{}
	for i := range 6 {
		code := fmt.Sprintf("%s%03d", town, i+1)
		in.Areas = append(in.Areas, shortfall.Area{Code: code, Name: fmt.Sprintf("社区%c", 'A'+i), Level: geo.LevelCommunity, Parent: town})
		place, seconds := "town", int32(400)
		if i%2 == 1 {
			place, seconds = "village", 2400
		}
		in.Spots = append(in.Spots, shortfall.Spot{Area: code, Place: place, Households: 900, People: 2500, Over60: 600, Over80: 90, Under18: 300, Disabled: 60})
		walk = append(walk, seconds)
		x, y := 104.2+.01*float64(i%3), 30.8+.01*float64(i/3)
		boundaries = append(boundaries, reports.ShortfallGround{Code: code, Boundary: orb.MultiPolygon{{{{x, y}, {x + .01, y}, {x + .01, y + .01}, {x, y + .01}, {x, y}}}}})
		in.Facilities = append(in.Facilities, shortfall.Facility{ID: fmt.Sprint("F", i), Service: "meals", Area: code, Status: []string{"open", "idle", "planned"}[i%3], Capacity: 40, InUse: 40, AreaM2: 120})
	}
	for i := range 30 {
		code := fmt.Sprintf("%s%03d", town, i%6+1)
		in.Residents = append(in.Residents, shortfall.Resident{
			ID: fmt.Sprint("R", i), Area: code, Place: "town", Grade: []string{"red", "yellow", "blue"}[i%3],
			Kinds: []string{"disabled"}, Team: []string{"grid_worker"}, Due: 4, Late: i % 2,
		})
		walk = append(walk, walk[i%6])
	}
	for _, s := range append(in.Services, "bathing", "day_care", "rehabilitation", "children_home", "elder_care") {
		for _, p := range []string{"elderly", "wheelchair", "cane", "foot"} {
			in.Walks[shortfall.Walk{Service: s, Profile: p}] = walk
		}
	}
	table, err := shortfall.New(set, in)
	if err != nil {
		t.Fatal(err)
	}
	before := planner.Date(20700)
	out := reports.ShortfallInput{
		About: reports.Shortfall{
			Area: in.Areas[0], Path: []string{"青白江区"}, Day: before + 31, Previous: &before, Ground: boundaries,
			MadeUp: true, Note: "人口与关爱对象均为虚构。", Source: "© OpenStreetMap contributors", Made: "2026-12-01 08:00", Version: 7,
		},
		Rows: table.Rows(town), Was: map[string]float64{"elders-meals": .42}, Standards: set.Standards, Uncovered: table.Uncovered(town),
		Unmatched: map[string]shortfall.Unmatched{"meals": {Total: 12, ByReason: map[string]int{"full": 7, "too_far": 3, "open": 2}}},
		Expected:  table.Expected(town), Places: table.Places(set.Rates[0].ID, town), Team: table.Team(town), Supply: table.Supply(town), Minutes: 480, Blocks: 2,
		Labels: reports.Labels{
			"meals": {"助餐", "meals"}, "clinic": {"医疗", "clinic"}, "red": {"红", "red"}, "yellow": {"黄", "yellow"}, "blue": {"蓝", "blue"},
			"disabled": {"残疾人", "disabled"}, "community_cadre": {"村社区干部", "community cadre"}, "grid_worker": {"网格员", "grid worker"}, "volunteer": {"志愿者", "volunteer"},
		},
	}
	for _, a := range in.Areas[1:] {
		out.Below = append(out.Below, reports.ShortfallArea{Area: a, Rows: table.Rows(a.Code)})
	}
	return out
}

// pageFont is a font of the machine with Chinese, or else one with Latin letters only.
func pageFont(t testing.TB) *print.Font {
	t.Helper()
	b, err := os.ReadFile("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
	if err != nil {
		b = goregular.TTF
	}
	f, err := print.ReadFont(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAShortfallIsPrintedOnOnePage(t *testing.T) {
	made := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name              string
		english, released bool
	}{{"Chinese", false, false}, {"English", true, false}, {"for outsiders", false, true}} {
		t.Run(test.name, func(t *testing.T) {
			in := shortTown(t)
			in.About.English, in.About.Released = test.english, test.released
			var a, b bytes.Buffer
			for _, w := range []*bytes.Buffer{&a, &b} {
				if err := reports.WriteShortfallPDF(w, in, pageFont(t), made); err != nil {
					t.Fatal(err)
				}
			}
			if n := bytes.Count(a.Bytes(), []byte("/Type /Page\n")); n != 1 {
				t.Errorf("%d pages", n)
			}
			if !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Error("the same shortfall is printed in two ways")
			}
			if to := os.Getenv("SANSE_KEEP"); to != "" {
				if err := os.WriteFile(to+"/"+strings.ReplaceAll(test.name, " ", "-")+".pdf", a.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// open reads a workbook back: the rows of each sheet.
func openBook(t *testing.T, in reports.ShortfallInput) map[string][][]string {
	t.Helper()
	var b bytes.Buffer
	if err := reports.WriteShortfallWorkbook(&b, in); err != nil {
		t.Fatal(err)
	}
	if to := os.Getenv("SANSE_KEEP"); to != "" {
		if err := os.WriteFile(to+"/shortfall.xlsx", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][][]string{}
	for _, s := range f.GetSheetList() {
		if out[s], err = f.GetRows(s, excelize.Options{RawCellValue: true}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestAShortfallWorkbookHoldsTheFiguresOfTheTable(t *testing.T) {
	in := shortTown(t)
	book := openBook(t, in)
	find := func(sheet, column0, column1 string, at int) []string {
		for _, r := range book[sheet] {
			if len(r) > at && strings.Contains(strings.Join(r, "|"), column0) && strings.Contains(strings.Join(r, "|"), column1) {
				return r
			}
		}
		t.Fatalf("sheet %s has no row with %q and %q", sheet, column0, column1)
		return nil
	}
	for i := range in.Rows {
		r := &in.Rows[i]
		row := find(reports.SheetShortfall, r.Name.Chinese, "全部", 11)
		for k, want := range map[int]*int{6: r.Have, 7: r.Need, 10: r.Short} {
			text := "–"
			if want != nil {
				text = fmt.Sprint(*want)
			}
			if row[k] != text {
				t.Errorf("%s: column %d holds %q, want %q", r.Standard, k, row[k], text)
			}
		}
	}
	meals := in.Uncovered["meals"]
	if row := find(reports.SheetUncovered, "助餐", "meals", 4); row[2] != fmt.Sprint(meals.Total) || meals.Total != 15 {
		t.Errorf("uncovered of meals: %v, want %d of 15", row, meals.Total)
	}
	full := find(reports.SheetUnmatched, "满", "步行太远", 11)
	if row := find(reports.SheetUnmatched, "助餐", "meals", 11); row[2] != "12" || row[slices.Index(full, "都满了（只在纸面上有）")] != "7" || row[slices.Index(full, "步行太远")] != "3" || row[11] != "2" {
		t.Errorf("unmatched of meals: %v under %v", row, full)
	}
	below := 0
	for i := range in.Below {
		for k := range in.Below[i].Rows {
			if in.Below[i].Rows[k].Status != shortfall.NotApplicable {
				below++
			}
		}
	}
	if got := len(book[reports.SheetShortfallAreas]) - 2; got != below || below == 0 {
		t.Errorf("%d rows of areas, want %d", got, below)
	}
}

func TestAWorkbookForOutsidersTellsNothingOfGradesAndTeams(t *testing.T) {
	in := shortTown(t)
	in.About.Released = true
	book := openBook(t, in)
	for _, s := range []string{reports.SheetUncovered, reports.SheetUnmatched, reports.SheetExpected} {
		if _, there := book[s]; there {
			t.Errorf("sheet %s is in it", s)
		}
	}
	for _, r := range book[reports.SheetTeams] {
		if strings.Contains(strings.Join(r, "|"), "志愿者") {
			t.Errorf("teams are in it: %v", r)
		}
	}
}

func TestAShortfallWorkbookHoldsNoFormulas(t *testing.T) {
	in := shortTown(t)
	in.About.Area.Name, in.About.Path, in.About.Note, in.About.Source = "=1+1", []string{"@SUM(A1)"}, "=2+2", "+3"
	for i := range in.Below {
		in.Below[i].Area.Name = `=HYPERLINK("http://example.org","x")`
	}
	for i := range in.Standards {
		in.Standards[i].Name.Chinese, in.Standards[i].Source.Title, in.Standards[i].Source.Note = "-2+3", "@x", "\t=1"
	}
	for i := range in.Rows {
		in.Rows[i].Name.Chinese, in.Rows[i].Name.English = "=1+1", "+1"
	}
	var b bytes.Buffer
	if err := reports.WriteShortfallWorkbook(&b, in); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kept := 0
	for _, s := range f.GetSheetList() {
		rows, err := f.GetRows(s, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for y, r := range rows {
			for x, v := range r {
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := f.GetCellFormula(s, at)
				if err != nil {
					t.Fatal(err)
				}
				kind, err := f.GetCellType(s, at)
				if err != nil {
					t.Fatal(err)
				}
				words := kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString
				if formula != "" || kind == excelize.CellTypeFormula || words && v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
					t.Errorf("%s!%s holds %q, formula %q", s, at, v, formula)
				}
				if words && strings.HasPrefix(v, "'") {
					kept++
				}
			}
		}
	}
	if kept < 10 {
		t.Errorf("%d texts were kept from being formulas: the test looks at none", kept)
	}
}
