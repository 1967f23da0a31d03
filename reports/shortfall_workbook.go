package reports

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"sanse/reports/shortfall"
)

// The sheets of a shortfall's workbook, in order. Those about who is graded or
// ill are left out of one for outsiders.
const (
	SheetShortfall      = "缺口 Shortfall"
	SheetShortfallAreas = "各区域 Areas"
	SheetUncovered      = "未覆盖 Uncovered"
	SheetUnmatched      = "未匹配需求 Unmatched"
	SheetExpected       = "应有与登记 Expected"
	SheetTeams          = "小组与设施 Teams"
	SheetStandards      = "标准 Standards"
	SheetShortfallNotes = "说明 Notes"
)

// WriteShortfallWorkbook writes the shortfall of an area and of all areas in it
// as an XLSX workbook to write a report from, Chinese first with English beside.
// Numbers are numbers; what nobody knows is a dash, never 0.
func WriteShortfallWorkbook(w io.Writer, in ShortfallInput) error {
	sheets := []bookSheet[ShortfallInput]{{SheetShortfall, writeShortfallRows}, {SheetShortfallAreas, writeShortfallAreas}}
	if !in.About.Released {
		sheets = append(sheets, bookSheet[ShortfallInput]{SheetUncovered, writeUncovered}, bookSheet[ShortfallInput]{SheetUnmatched, writeUnmatched}, bookSheet[ShortfallInput]{SheetExpected, writeExpected})
	}
	sheets = append(sheets, bookSheet[ShortfallInput]{SheetTeams, writeTeams}, bookSheet[ShortfallInput]{SheetStandards, writeStandards},
		bookSheet[ShortfallInput]{SheetShortfallNotes, writeShortfallNotes})
	return writeBook(w, in.About.Area.Name+" 服务缺口 Shortfall of services", in.About.Note, in.Mark, &in, sheets)
}

func (b *book) numOr(n *int) excelize.Cell {
	if n == nil {
		return b.str("–")
	}
	return b.num(*n)
}

// shortfallColumns are those of the figures of a row.
var shortfallColumns = []column{
	{"目标", "Target", 10},
	{"目标单位", "Unit of the target", 11},
	{"目标年份", "By", 9},
	{"现有", "Have", 11},
	{"应有", "Need", 11},
	{"单位", "Counted in", 10},
	{"达到", "Share", 10},
	{"缺", "Short", 11},
	{"状态", "Status", 17},
}

func shortfallCells(b *book, r *shortfall.Row, f *shortfall.Figures) []any {
	share := b.str("–")
	if f.Share != nil {
		share = b.share(*f.Share)
	}
	short := b.numOr(f.Short)
	if f.Short != nil && f.Status == shortfall.Short {
		short = b.alarm(*f.Short)
	}
	status, unit := shortfallStatuses[f.Status], measureUnits[r.Measure]
	return []any{
		excelize.Cell{StyleID: b.cell, Value: r.Target.Value},
		b.str(r.Target.Unit), b.num(r.Target.Year), b.numOr(f.Have), b.numOr(f.Need),
		b.str(unit.Chinese + " " + unit.English), share, short, b.str(status.Chinese + " " + status.English),
	}
}

func writeShortfallRows(b *book, s *sheet, in *ShortfallInput) {
	a := &in.About
	cols := append([]column{{"标准", "Standard", 36}, {"", "", 48}, {"地域", "Ground", 14}}, shortfallColumns...)
	cols = append(cols, column{"上期", "Report before", 12})
	var w []float64
	for _, c := range cols {
		w = append(w, c.width)
	}
	s.widths(w...)
	s.add(28, excelize.Cell{StyleID: b.title, Value: text(strings.Join(append(slices.Clone(a.Path), a.Area.Name), " / ") + " 服务缺口")})
	made := fmt.Sprintf("Shortfall of services as of %s; made %s", a.Day, a.Made)
	if a.Version > 0 {
		made += fmt.Sprintf(", data version %d", a.Version)
	}
	s.add(0, excelize.Cell{Value: text(made)})
	if a.MadeUp || a.Note != "" {
		s.add(0, excelize.Cell{StyleID: b.note, Value: text(strings.TrimSpace("虚构数据 Made-up data. " + a.Note))})
	}
	zh := *in
	zh.About.English = false
	for _, line := range zh.sentences() {
		s.add(0, excelize.Cell{Value: text(line)})
	}
	s.add(0)
	var head, sub []any
	for _, c := range cols {
		head = append(head, excelize.Cell{StyleID: b.head, Value: text(c.chinese)})
		sub = append(sub, excelize.Cell{StyleID: b.subhead, Value: text(c.english)})
	}
	s.add(24, head...)
	s.add(18, sub...)
	for i := range in.Rows {
		r := &in.Rows[i]
		line := func(ground Label, f *shortfall.Figures, was excelize.Cell) {
			cells := []any{b.long(r.Name.Chinese), b.long(r.Name.English), b.str(strings.TrimSpace(ground.Chinese + " " + ground.English))}
			s.add(0, append(append(cells, shortfallCells(b, r, f)...), was)...)
		}
		was := b.str("–")
		if v, ok := in.Was[r.Standard]; ok {
			was = b.share(v)
		}
		line(Label{"全部", "all"}, &r.Figures, was)
		if r.Urban != nil {
			line(Label{"城", "urban"}, r.Urban, b.str(""))
		}
		if r.Rural != nil {
			line(Label{"乡", "rural"}, r.Rural, b.str(""))
		}
	}
}

func writeShortfallAreas(b *book, s *sheet, in *ShortfallInput) {
	s.table(b, 3, append([]column{{"级别", "Level", 11}, {"代码", "Code", 18}, {"名称", "Name", 22}, {"标准", "Standard", 36}, {"", "id", 20}}, shortfallColumns...))
	for i := range in.Below {
		a := &in.Below[i]
		for k := range a.Rows {
			r := &a.Rows[k]
			if r.Status == shortfall.NotApplicable {
				continue
			}
			cells := []any{b.str(in.Labels.Of(a.Area.Level.String()).Chinese), b.str(a.Area.Code), b.str(a.Area.Name), b.str(r.Name.Chinese), b.str(r.Standard)}
			s.add(0, append(cells, shortfallCells(b, r, &r.Figures)...)...)
		}
	}
}

func writeUncovered(b *book, s *sheet, in *ShortfallInput) {
	grades, kinds := map[string]bool{}, map[string]bool{}
	for _, u := range in.Uncovered {
		for g := range u.ByGrade {
			grades[g] = true
		}
		for k := range u.ByKind {
			kinds[k] = true
		}
	}
	cols := []column{{"服务", "Service", 16}, {"", "", 18}, {"合计", "All", 10}}
	gs, ks := slices.Sorted(maps.Keys(grades)), slices.Sorted(maps.Keys(kinds))
	for _, key := range append(slices.Clone(gs), ks...) {
		l := in.Labels.Of(key)
		cols = append(cols, column{l.Chinese, l.English, 15})
	}
	s.table(b, 2, cols)
	for _, key := range slices.Sorted(maps.Keys(in.Uncovered)) {
		u, l := in.Uncovered[key], in.Labels.Of(key)
		cells := []any{b.str(l.Chinese), b.str(l.English), b.alarm(u.Total)}
		for _, g := range gs {
			cells = append(cells, b.num(u.ByGrade[g]))
		}
		for _, k := range ks {
			cells = append(cells, b.num(u.ByKind[k]))
		}
		s.add(0, cells...)
	}
}

// writeUnmatched has a column for every reason, so that two districts' sheets can
// be laid beside each other; a service without such a need has no row.
func writeUnmatched(b *book, s *sheet, in *ShortfallInput) {
	cols := []column{{"服务", "Service", 16}, {"", "", 18}, {"合计", "All", 10}}
	for _, r := range unmetReasons {
		cols = append(cols, column{r.Chinese, r.English, 24})
	}
	s.table(b, 2, cols)
	for _, key := range slices.Sorted(maps.Keys(in.Unmatched)) {
		u, l := in.Unmatched[key], in.Labels.Of(key)
		cells := []any{b.str(l.Chinese), b.str(l.English), b.alarm(u.Total)}
		for _, r := range unmetReasons {
			cells = append(cells, b.num(u.ByReason[r.key]))
		}
		s.add(0, cells...)
	}
}

// placeNames are the kinds of places that people are counted in.
var placeNames = map[string]Label{
	"town": {"城区", "town"}, "suburb": {"郊区", "urban fringe"}, "village": {"村庄", "village"},
	"old_estate": {"老旧小区", "old estate"}, "migrants_quarter": {"流动人口聚居区", "migrants' quarter"}, "": {"未知", "not known"},
}

func writeExpected(b *book, s *sheet, in *ShortfallInput) {
	s.table(b, 2, []column{
		{"人群 / 地方类型", "Whom / kind of place", 34},
		{"", "", 34},
		{"应有", "Expected", 12},
		{"登记", "Enrolled", 12},
		{"差", "Gap", 12},
		{"偏少", "Too few to be chance", 14},
		{"来源", "Source", 44},
		{"年份", "Year", 9},
	})
	few := func(f bool) excelize.Cell {
		if f {
			return b.str("是 yes")
		}
		return b.str("否 no")
	}
	number := func(v float64) excelize.Cell { return excelize.Cell{StyleID: b.minutes, Value: v} }
	for _, e := range in.Expected {
		s.add(0, b.long(e.Name.Chinese), b.long(e.Name.English), number(e.Expected), b.num(e.Enrolled), number(e.Gap), few(e.Few), b.long(e.Source.Title), b.num(e.Source.Year))
	}
	for _, p := range in.Places {
		l := placeNames[p.Place]
		s.add(0, b.str(l.Chinese), b.str(l.English), number(p.Expected), b.num(p.Enrolled), number(p.Gap), few(p.Few), b.str(""), b.str(""))
	}
}

func writeTeams(b *book, s *sheet, in *ShortfallInput) {
	s.table(b, 0, []column{{"指标", "Figure", 34}, {"", "", 44}, {"数值", "Number", 12}})
	if !in.About.Released {
		s.add(0, b.str("关爱对象"), b.str("Residents"), b.num(in.Team.Residents))
		s.add(0, b.str("小组齐全（五包一）"), b.str("with all five of the team"), b.num(in.Team.Complete))
		for _, k := range slices.Sorted(maps.Keys(in.Team.Lacking)) {
			l := in.Labels.Of(k)
			s.add(0, b.str("缺"+l.Chinese), b.str("lacking: "+l.English), b.alarm(in.Team.Lacking[k]))
		}
		s.add(0, b.str("无人有时间的走访分钟（已证明）"), b.str("Minutes of visits nobody has time for, by proof"), b.alarm(in.Minutes))
		s.add(0, b.str("涉及村社区"), b.str("in so many communities"), b.num(in.Blocks))
	}
	for _, f := range []struct {
		zh, en string
		n      *int
	}{
		{"开放设施", "Facilities open", &in.Supply.Open},
		{"其中已满", "of them full", in.Supply.Full},
		{"其中几乎未用（不足一成）", "of them hardly used (less than a tenth)", in.Supply.Unused},
		{"闲置设施", "Facilities idle", &in.Supply.Idle},
		{"规划设施", "Facilities planned", &in.Supply.Planned},
	} {
		s.add(0, b.str(f.zh), b.str(f.en), b.numOr(f.n))
	}
}

func writeStandards(b *book, s *sheet, in *ShortfallInput) {
	s.table(b, 1, []column{
		{"标准", "Standard", 36},
		{"", "", 48},
		{"编号", "id", 20},
		{"衡量", "Measure", 20},
		{"服务或资源", "Service or resource", 20},
		{"对象", "Whom", 18},
		{"分钟", "Minutes", 9},
		{"目标", "Target", 10},
		{"单位", "Unit", 10},
		{"年份", "Year", 9},
		{"来源", "Source", 44},
		{"来源年份", "of the year", 10},
		{"说明", "Note", 60},
	})
	for i := range in.Standards {
		d := &in.Standards[i]
		what := d.Resource
		if what == "" {
			what = in.Labels.Of(d.Service).Chinese
		}
		minutes := b.str("")
		if d.Minutes > 0 {
			minutes = b.num(d.Minutes)
		}
		s.add(0, b.long(d.Name.Chinese), b.long(d.Name.English), b.str(d.ID), b.str(string(d.Measure)), b.str(what), b.str(d.Whom.Chinese), minutes,
			excelize.Cell{StyleID: b.cell, Value: d.Target.Value}, b.str(d.Target.Unit), b.num(d.Target.Year), b.long(d.Source.Title), b.num(d.Source.Year), b.long(d.Source.Note))
	}
}

func writeShortfallNotes(b *book, s *sheet, in *ShortfallInput) {
	s.widths(60, 70)
	s.add(24, excelize.Cell{StyleID: b.head, Value: "说明"}, excelize.Cell{StyleID: b.head, Value: "Notes"})
	notes := []Label{
		{"应有：达到目标所需的整数；缺：应有减现有。闲置类标准中，应有是允许闲置的上限，缺是超出的部分。", "Need is what the target asks for, in whole numbers; short is need less have. Of idle capacity need is the most that may stand idle and short what is above it."},
		{"「–」表示没有数据，不等于 0；无数据既不算达标也不算不足。", "A dash is no data, which is not 0: such a standard is neither met nor missed."},
		{"城乡：村庄为乡，其余为城。", "Rural are villages, all else is urban."},
		{"步行时间：沿路网从设施到门口，只算开放的设施。", "Walks are along the streets from the facility to the door; only open facilities count."},
		{"偏少：如此少的登记人数，在同样大小的地区二十个里偶然出现不到一个。", "Too few to be chance: fewer than one of 20 areas of this size would have so few."},
	}
	if in.About.Released {
		notes = append(notes, Label{"对外版：涉及等级与状况的人数不列。", "For outsiders: no numbers about grades or conditions."})
	} else {
		notes = append(notes, Label{"真实数字（含小于 5 的数），只供对本区域负责的人使用，请勿外传；没有姓名。", "True numbers, small ones included, for those who answer for this area; not to be passed on. No names."})
	}
	if in.About.Source != "" {
		notes = append(notes, Label{"地图：" + in.About.Source, "Map: " + in.About.Source})
	}
	for _, n := range notes {
		s.add(34, b.long(n.Chinese), b.long(n.English))
	}
}
