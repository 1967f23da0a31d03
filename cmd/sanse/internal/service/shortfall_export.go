package service

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/reports/shortfall"
)

// writeShortfall leaves in a folder how every area stands against the standards:
// shortfall.json with everything down to the community, shortfall.csv with a row
// an area and standard down to the grid. They hold true numbers.
func (s *Service) writeShortfall(ctx context.Context, d data.District, dir string, take taking) error {
	if err := mustAnswerFor(ctx, d.Code); err != nil {
		return err
	}
	k, err := s.shortfall(ctx, d.Code)
	if err != nil {
		return err
	}
	err = s.leaveIn(ctx, dir, "shortfall.json", take, func(w io.Writer) (int, error) {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return 0, e.Encode(k.document())
	})
	if err != nil {
		return err
	}
	return s.leaveIn(ctx, dir, "shortfall.csv", take, func(w io.Writer) (int, error) { return 0, k.writeTable(w) })
}

// shortfallDocument is the form of shortfall.json.
type shortfallDocument struct {
	District  string         `json:"district"`
	Name      string         `json:"name"`
	Day       planner.Date   `json:"day"`
	Version   int            `json:"standards"` // version of the set
	Reference bool           `json:"reference"`
	Set       *shortfall.Set `json:"set"`
	Areas     []documentArea `json:"areas"`
}

type documentArea struct {
	planner.Area
	Rows       []shortfall.Row                `json:"rows"`
	Uncovered  map[string]shortfall.Uncovered `json:"uncovered"`
	Unmatched  map[string]shortfall.Unmatched `json:"unmatched"`
	Expected   []shortfall.Expectation        `json:"expected"`
	Places     []shortfall.PlaceRow           `json:"places"`
	Team       shortfall.Team                 `json:"team"`
	Facilities shortfall.Supply               `json:"facilities"`
	Minutes    *VisitorMinutes                `json:"visitor_minutes"`
}

func (k *districtShortfall) document() shortfallDocument {
	d := k.snap.District
	out := shortfallDocument{District: d.Code, Name: d.Name, Day: k.today, Version: k.standards.Version, Reference: k.standards.Reference, Set: k.standards.Set}
	for level := geo.LevelDistrict; level <= geo.LevelCommunity; level++ {
		for _, code := range k.snap.Tree.Codes(level) {
			a, _ := k.snap.Tree.Area(code)
			out.Areas = append(out.Areas, documentArea{
				Area: plannerArea(a), Rows: k.table.Rows(code), Uncovered: k.table.Uncovered(code), Unmatched: k.unmatchedIn(code), Expected: k.table.Expected(code),
				Places: k.places(code), Team: k.table.Team(code), Facilities: k.table.Supply(code), Minutes: visitorMinutes(k.shortages, code, d.Code),
			})
		}
	}
	return out
}

// places tells by kind of place who is expected and who is there.
func (k *districtShortfall) places(area string) []shortfall.PlaceRow {
	rates := k.standards.Set.Rates
	if len(rates) == 0 {
		return nil
	}
	if rows := k.table.Places(specialCare, area); rows != nil {
		return rows
	}
	return k.table.Places(rates[0].ID, area)
}

var stateWords = map[shortfall.Status]string{
	shortfall.Met: "达标", shortfall.Short: "有缺口", shortfall.NoData: "无数据", shortfall.NotApplicable: "不适用",
}

var levelWords = map[geo.Level]string{
	geo.LevelDistrict: "区", geo.LevelTown: "镇街", geo.LevelCommunity: "村社区", geo.LevelGrid: "一般网格",
}

// writeTable writes a row an area and standard; where a standard is not asked of
// an area there is none.
func (k *districtShortfall) writeTable(w io.Writer) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil { // spreadsheets read UTF-8 by it
		return err
	}
	out := csv.NewWriter(w)
	rows := [][]string{{
		"区域编码 area", "区域 name", "层级 level", "地区 ground", "标准 standard", "名称 title", "现有 have", "需要 need", "缺口 short", "总数 total",
		"指标值 value", "目标 target", "单位 unit", "年份 year", "状态 status", "原因 reason",
	}}
	for level := geo.LevelDistrict; level <= min(k.snap.Tree.Deepest(), geo.LevelGrid); level++ {
		for _, code := range k.snap.Tree.Codes(level) {
			a, _ := k.snap.Tree.Area(code)
			for _, r := range k.table.Rows(code) {
				for _, part := range []struct {
					ground string
					f      *shortfall.Figures
				}{{"", &r.Figures}, {"城镇", r.Urban}, {"农村", r.Rural}} {
					if part.f == nil || part.f.Status == shortfall.NotApplicable {
						continue
					}
					rows = append(rows, []string{
						code, reports.SpreadsheetText(a.Name), levelWords[level], part.ground, r.Standard, reports.SpreadsheetText(r.Name.Chinese), cell(part.f.Have), cell(part.f.Need),
						cell(part.f.Short), cell(part.f.Total), decimal(part.f.Value), decimal(&r.Target.Value), r.Unit, strconv.Itoa(r.Target.Year),
						stateWords[part.f.Status], part.f.Reason,
					})
				}
			}
		}
	}
	return out.WriteAll(rows)
}

// typedText is what reports.SpreadsheetText was made of, or was never given to it.
func typedText(s string) string {
	if bare, marked := strings.CutPrefix(s, "'"); marked && reports.SpreadsheetText(bare) != bare {
		return bare
	}
	return s
}

func cell(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// decimal writes two decimals at most.
func decimal(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(math.Round(*f*100)/100, 'f', -1, 64)
}
