package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"sanse/planner"
)

// ReleaseBook is what a workbook for outsiders is made from: released counts,
// and nothing else about people in need of care.
type ReleaseBook struct {
	About  About
	Labels Labels
	Day    planner.Date // since when the release holds
	Next   planner.Date // until when
	K      int          // counts below are hidden
	Grades []string     // grades, and several that are counted together, with plus signs between them
	Kinds  []string
	Rows   []ReleaseRow
}

// ReleaseRow is what is told of an area; what is not told is nil or missing.
type ReleaseRow struct {
	Level     string         `json:"level"`
	Code      string         `json:"code"`
	Name      string         `json:"name"`
	Residents *int           `json:"residents"`
	Grades    map[string]int `json:"grades,omitempty"`
	Kinds     map[string]int `json:"kinds,omitempty"`
	Disabled  *int           `json:"disabled"`
	OnTime    *float64       `json:"on_time"` // share of visits made in time, 0 to 1, in steps of 5 %
}

// The sheets of a workbook for outsiders, in order.
const (
	SheetReleased     = "发布数字 Released"
	SheetReleaseNotes = "说明 Notes"
)

// WriteReleaseWorkbook writes released counts by area as an XLSX workbook,
// Chinese first. What is hidden is a dash.
func WriteReleaseWorkbook(w io.Writer, in ReleaseBook) error {
	return writeBook(w, in.About.Name+" 发布数字 Released counts", in.About.Note, Marked{}, &in, []bookSheet[ReleaseBook]{
		{SheetReleased, writeReleased},
		{SheetReleaseNotes, writeReleaseNotes},
	})
}

func writeReleased(b *book, s *sheet, in *ReleaseBook) {
	cols := []column{{"级别", "Level", 12}, {"代码", "Code", 18}, {"名称", "Name", 26}, {"关爱对象", "Residents", 12}}
	for _, g := range in.Grades {
		var zh, en []string
		for one := range strings.SplitSeq(g, "+") {
			label := in.Labels.Of(one)
			zh, en = append(zh, label.Chinese), append(en, label.English)
		}
		cols = append(cols, column{"等级：" + strings.Join(zh, "＋"), strings.Join(en, " + "), 14})
	}
	for _, k := range in.Kinds {
		label := in.Labels.Of(k)
		cols = append(cols, column{"类别：" + label.Chinese, label.English, 16})
	}
	s.table(b, 3, append(cols, column{"残疾人", "Disabled people", 15}, column{"按时率", "On time", 11}))
	told := func(of map[string]int, key string) excelize.Cell {
		if n, ok := of[key]; ok {
			return b.num(n)
		}
		return b.str("–")
	}
	for i := range in.Rows {
		r := &in.Rows[i]
		cells := []any{b.str(in.Labels.Of(r.Level).Chinese), b.str(r.Code), b.str(r.Name), b.numOr(r.Residents)}
		for _, g := range in.Grades {
			cells = append(cells, told(r.Grades, g))
		}
		for _, k := range in.Kinds {
			cells = append(cells, told(r.Kinds, k))
		}
		s.add(0, append(cells, b.numOr(r.Disabled), b.onTime(r.OnTime))...)
	}
}

func writeReleaseNotes(b *book, s *sheet, in *ReleaseBook) {
	s.table(b, 0, []column{{"项目", "Item", 20}, {"说明", "Meaning (Chinese)", 70}, {"Item", "English", 20}, {"Meaning", "Meaning (English)", 80}})
	note := func(zh, meaning, en, means string) { s.add(0, b.str(zh), b.long(meaning), b.str(en), b.long(means)) }
	note("发布日", fmt.Sprintf("%s 发布，有效至 %s；期内同一数字到处一样。", in.Day, in.Next-1), "Release", fmt.Sprintf("Of %s, good to %s; until then a figure is the same everywhere.", in.Day, in.Next-1))
	note("隐藏", fmt.Sprintf("小于 %d 的数不公布；为防相减推出，邻近的数也可能不公布（–）。", in.K), "Hidden", fmt.Sprintf("Counts below %d are not told, and neighbours of theirs are not either where subtraction would tell (–).", in.K))
	note("变动", fmt.Sprintf("与以前发布的数相差不到 %d 的，沿用旧数，所以上下级之和可能不等。", in.K), "Changes", fmt.Sprintf("A figure that has changed by less than %d since it was told stays as it was, so figures may not add up.", in.K))
	note("按时率", "本月与上月已截止窗口中按时走访的比例，按 5% 取整。", "On time", "Share made in time of the visits due in this month and the last, in steps of 5 %.")
	a := in.About
	if a.MadeUp {
		note("虚构", "本区人员均为虚构。", "Made up", "The people of this district are invented.")
	}
	if a.Note != "" {
		note("数据", a.Note, "Data", "")
	}
	note("来源", "三色 Sanse，制表 "+a.Made, "Source", "Sanse, made "+a.Made)
}
