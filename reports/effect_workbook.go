package reports

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// EffectInput is what the files of an effect are made from.
type EffectInput struct {
	Effect      *Effect
	Labels      Labels
	English     bool   // the page to print is in English, else in Chinese; workbooks are in both
	Attribution string // who is to be named for the map
	Note        string // what is made up, in whole sentences
	Review      string // the review number (审图号) of the maps; empty: none
	Mark        Marked
}

// The sheets of an effect's workbook, in order.
const (
	SheetEffect         = "调整影响 Effect"
	SheetEffectAreas    = "网格前后 Areas"
	SheetEffectMoves    = "调整人员 Residents"
	SheetEffectInFlight = "在途走访 In flight"
	SheetEffectPlan     = "计划对比 Plans"
)

// WriteEffectWorkbook writes an effect as an XLSX workbook of five sheets,
// Chinese first with English beside or below: the account with the lines to
// sign, the areas before and after, the residents who move, the planned visits
// to them, and the plans compared. True numbers and opaque ids, as in
// WriteWorkbook.
func WriteEffectWorkbook(w io.Writer, in EffectInput) error {
	if in.Effect == nil {
		return errors.New("write workbook: no effect given")
	}
	return writeBook(w, in.Effect.Name+" 网格调整影响 Effect of a redraw", in.Note, in.Mark, &in, []bookSheet[EffectInput]{
		{SheetEffect, writeEffectOverview},
		{SheetEffectAreas, writeEffectAreas},
		{SheetEffectMoves, writeEffectMoves},
		{SheetEffectInFlight, writeEffectInFlight},
		{SheetEffectPlan, writeEffectPlan},
	})
}

func writeEffectOverview(b *book, s *sheet, in *EffectInput) {
	e := in.Effect
	// One page to sign, unlike the lists.
	s.err = s.f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Orientation: ptr("portrait"), FitToWidth: ptr(1), FitToHeight: ptr(1)})
	s.widths(28, 44, 13, 13, 13, 13)
	s.add(28, excelize.Cell{StyleID: b.title, Value: text(e.Name + " 网格调整影响")})
	s.add(0, excelize.Cell{Value: text(fmt.Sprintf("Effect of a redraw of grids from %s; plans of %d days from then on; made %s, data version %d", e.From, e.Days, e.Made, e.DataVersion))})
	if d := e.Draft; d != nil {
		s.add(0, excelize.Cell{Value: text(fmt.Sprintf("草案 Draft: %s（编号 no. %d，版本 version %d）", d.Name, d.ID, d.Version))})
	}
	s.add(0, excelize.Cell{Value: text(fmt.Sprintf("新边界自 %s 起；走访计划按两种边界各排 %d 天", e.From, e.Days))})
	if e.MadeUp || in.Note != "" {
		note := in.Note
		if e.MadeUp {
			note = strings.TrimSpace("虚构数据 Made-up data. " + note)
		}
		s.add(0, excelize.Cell{StyleID: b.note, Value: text(note)})
	}
	s.add(0)
	head := func(cells ...string) {
		var row []any
		for _, c := range cells {
			row = append(row, excelize.Cell{StyleID: b.head, Value: text(c)})
		}
		s.add(32, row...)
	}
	head("指标", "Figure", "数值")
	c, m := &e.Changes, &e.Moved
	for _, r := range []struct {
		zh, en string
		n      int
		bad    bool
	}{
		{"新建区域", "Areas created", len(c.Created), false},
		{"撤销区域", "Areas retired", len(c.Retired), false},
		{"调整边界", "Areas reshaped", len(c.Reshaped), false},
		{"更名", "Areas renamed", len(c.Renamed), false},
		{"无人可走访的区域", "Areas nobody may visit", len(c.NoVisitor), true},
		{"新建而无专属走访力量的区域", "New areas without visitors of their own", len(c.NoOwnVisitor), false},
		{"责任区域全部撤销的走访力量", "Visitors whose every area is retired", len(c.Stranded), true},
		{"边界问题", "Places that do not tile", len(e.Findings), true},
		{"调整网格的关爱对象", "Residents who move", m.Residents, false},
		{"其中走访窗口未完成", "of them with a window open", m.Open, false},
		{"其中欠访", "of them owed a visit", m.Owed, false},
		{"调整的任务点", "Tasks that move", m.Tasks, false},
		{"调整的楼栋", "Buildings that move", m.Buildings, false},
		{"调整的户数", "Households that move", m.Households, false},
		{"调整的人口", "People that move", m.People, false},
		{"调整的设施", "Facilities that move", len(m.Facilities), false},
		{"在途走访", "Planned visits to those who move", e.InFlight.Visits, false},
		{"须换人的在途走访", "of them by somebody who may not go any more", e.InFlight.OutOfScope, true},
	} {
		n := b.num(r.n)
		if r.bad {
			n = b.alarm(r.n)
		}
		s.add(0, b.str(r.zh), b.str(r.en), n)
	}
	s.add(0)
	head("等级", "Grade", "换社区 Community", "换网格 Grid", "换微网格 Micro-grid", "失去熟人 Lose a visitor")
	for _, g := range effectByGrade(e) {
		w := in.Labels.Of(g.Grade)
		s.add(0, b.str(w.Chinese), b.str(w.English), b.num(g.Community), b.num(g.Grid), b.num(g.MicroGrid), b.alarm(m.Familiar[g.Grade]))
	}
	s.add(0)
	head("走访计划", "Plan", "调整前 Before", "调整后 After")
	total := effectWorkCells(b, &e.Plan.Total)
	for i, r := range effectWorkRows(&e.Plan.Total) {
		s.add(0, b.str(r.Name.Chinese), b.str(r.Name.English), total[2*i], total[2*i+1])
	}
	s.add(30, b.long(fmt.Sprintf("%d 个村社区重排，共 %d 个；其余不变", e.Plan.Planned, e.Plan.Of)), b.long(fmt.Sprintf("%d of %d communities planned; the others do not change", e.Plan.Planned, e.Plan.Of)))
	for _, f := range e.Findings {
		s.add(0, b.str("边界问题"), b.long(f.Message))
	}
	s.add(0)
	for _, l := range effectSignatures {
		s.add(34, b.str(l.Chinese+"："), b.str(l.English+":"), b.str("日期 Date："))
	}
	s.add(0)
	s.add(62, b.long("本表为真实数字（含小于 5 的数），只供对本区负责的人使用，请勿外传；只有编号，没有姓名。"), b.long("True numbers, for those who answer for the district; not to be passed on. Ids only, no names."))
}

// effectSignatures are the lines to sign.
var effectSignatures = [...]Label{{"编制", "Prepared by"}, {"审核", "Checked by"}, {"批准", "Approved by"}}

// effectWorkRow is a figure of a plan before and after, as it is shown.
type effectWorkRow struct {
	Name          Label
	Before, After string
	Worse         bool
}

func effectWorkRows(r *EffectPlanRow) []effectWorkRow {
	b, a := &r.Before, &r.After
	whole := func(zh, en string, x, y int, alarm bool) effectWorkRow {
		return effectWorkRow{Label{zh, en}, showCount(x), showCount(y), alarm && y > x}
	}
	return []effectWorkRow{
		whole("漏访", "Lapses", b.Lapses, a.Lapses, true),
		whole("任务漏做", "Lapses of tasks", b.TaskLapses, a.TaskLapses, true),
		whole("未补的欠访", "Debts not caught up", b.OwedLeft, a.OwedLeft, true),
		whole("走访次数", "Visits", b.Visits, a.Visits, false),
		whole("出勤人日", "Visitor days", b.VisitorDays, a.VisitorDays, false),
		whole("走访分钟", "Minutes of care", b.CareMinutes, a.CareMinutes, false),
		{Label{"路上小时", "Hours on the way"}, fmt.Sprintf("%.1f", float64(b.WalkSeconds)/3600), fmt.Sprintf("%.1f", float64(a.WalkSeconds)/3600), false},
		{Label{"忙闲不均：每人每周与平均相差的分钟", "Unevenness: minutes a visitor is off the mean of the week"}, fmt.Sprintf("%.1f", b.Uneven()), fmt.Sprintf("%.1f", a.Uneven()), false},
	}
}

// effectWorkCells are the figures of effectWorkRows as numbers, before and after
// in turn.
func effectWorkCells(b *book, r *EffectPlanRow) []any {
	var cells []any
	for _, of := range []func(*EffectWork) excelize.Cell{
		func(w *EffectWork) excelize.Cell { return b.alarm(w.Lapses) },
		func(w *EffectWork) excelize.Cell { return b.alarm(w.TaskLapses) },
		func(w *EffectWork) excelize.Cell { return b.alarm(w.OwedLeft) },
		func(w *EffectWork) excelize.Cell { return b.num(w.Visits) },
		func(w *EffectWork) excelize.Cell { return b.num(w.VisitorDays) },
		func(w *EffectWork) excelize.Cell { return b.num(w.CareMinutes) },
		func(w *EffectWork) excelize.Cell {
			return excelize.Cell{StyleID: b.minutes, Value: float64(w.WalkSeconds) / 3600}
		},
		func(w *EffectWork) excelize.Cell { return excelize.Cell{StyleID: b.minutes, Value: w.Uneven()} },
	} {
		cells = append(cells, of(&r.Before), of(&r.After))
	}
	return cells
}

// effectGrades lists the grades of an effect, red, yellow and blue first.
func effectGrades(e *Effect) []string {
	out := []string{"red", "yellow", "blue"}
	var more []string
	for _, a := range e.Areas {
		for _, f := range []*EffectFigures{a.Before, a.After} {
			if f == nil {
				continue
			}
			for g := range f.ByGrade {
				if !slices.Contains(out, g) && !slices.Contains(more, g) {
					more = append(more, g)
				}
			}
		}
	}
	slices.Sort(more)
	return append(out, more...)
}

func writeEffectAreas(b *book, s *sheet, in *EffectInput) {
	e := in.Effect
	grades := effectGrades(e)
	cols := []column{{"级别", "Level", 12}, {"代码", "Code", 22}, {"名称", "Name", 24}, {"变化", "Change", 16}}
	pair := func(zh, en string) {
		cols = append(cols, column{zh + "（前）", en + ", before", 12}, column{zh + "（后）", en + ", after", 12})
	}
	for _, g := range grades {
		w := in.Labels.Of(g)
		pair(w.Chinese, w.English)
	}
	pair("户数", "Households")
	pair("人口", "People")
	pair("每周走访分钟", "Care-minutes a week")
	pair("面积（平方公里）", "Area, km²")
	pair("紧凑度", "Polsby–Popper")
	pair("走访力量", "Visitors")
	pair("专属走访力量", "Visitors of its own")
	s.table(b, 3, cols)
	for i := range e.Areas {
		a := &e.Areas[i]
		cells := []any{b.str(in.Labels.Of(a.Level.String()).Chinese), b.str(a.Code), b.str(a.Name), b.str(effectChange(e, a).Chinese)}
		both := func(cell func(*EffectFigures) excelize.Cell) {
			for _, f := range []*EffectFigures{a.Before, a.After} {
				if f == nil {
					cells = append(cells, b.str("–"))
				} else {
					cells = append(cells, cell(f))
				}
			}
		}
		for _, g := range grades {
			both(func(f *EffectFigures) excelize.Cell { return b.num(f.ByGrade[g]) })
		}
		both(func(f *EffectFigures) excelize.Cell { return b.num(f.Households) })
		both(func(f *EffectFigures) excelize.Cell { return b.num(f.People) })
		both(func(f *EffectFigures) excelize.Cell { return excelize.Cell{StyleID: b.minutes, Value: f.CareMinutes} })
		both(func(f *EffectFigures) excelize.Cell { return excelize.Cell{StyleID: b.cell, Value: f.AreaKM2} })
		both(func(f *EffectFigures) excelize.Cell { return excelize.Cell{StyleID: b.cell, Value: f.PolsbyPopper} })
		both(func(f *EffectFigures) excelize.Cell { return b.num(f.Visitors) })
		both(func(f *EffectFigures) excelize.Cell { return b.num(f.OwnVisitors) })
		s.add(0, cells...)
	}
	if len(e.Areas) == 0 {
		s.add(0, b.str("无变化"), b.str("No change"))
	}
}

// effectChange says in words what becomes of an area.
func effectChange(e *Effect, a *EffectArea) Label {
	switch {
	case a.Before == nil:
		return Label{"新建", "created"}
	case a.After == nil:
		return Label{"撤销", "retired"}
	}
	var zh, en []string
	if _, in := slices.BinarySearch(e.Changes.Reshaped, a.Code); in {
		zh, en = append(zh, "调整边界"), append(en, "reshaped")
	}
	if a.Was != "" {
		zh, en = append(zh, "更名，原 "+a.Was), append(en, "renamed, was "+a.Was)
	}
	if len(zh) == 0 {
		return Label{"人员变化", "its people"}
	}
	return Label{strings.Join(zh, "；"), strings.Join(en, "; ")}
}

func writeEffectMoves(b *book, s *sheet, in *EffectInput) {
	s.table(b, 2, []column{
		{"关爱对象", "Resident", 18},
		{"等级", "Grade", 10},
		{"原网格", "Grid before", 18},
		{"新网格", "Grid after", 18},
		{"原微网格", "Micro-grid before", 22},
		{"新微网格", "Micro-grid after", 22},
		{"最迟日期", "Due by", 13},
		{"欠访", "Owed", 8},
		{"失去的熟人", "Loses", 40},
		{"保留的熟人", "Keeps", 12},
	})
	for i := range in.Effect.Moves {
		m := &in.Effect.Moves[i]
		due, owed := b.str("–"), ""
		if m.DueBy != nil {
			due = b.day(*m.DueBy)
		}
		if m.Owed {
			owed = "是"
		}
		s.add(0, b.str(m.Resident), b.str(in.Labels.Of(m.Grade).Chinese), b.str(m.FromGrid), b.str(m.ToGrid), b.str(m.FromMicroGrid), b.str(m.ToMicroGrid),
			due, b.str(owed), b.long(strings.Join(m.LosesVisitors, " ")), b.num(m.KeepsVisitors))
	}
	if len(in.Effect.Moves) == 0 {
		s.add(0, b.str("无"), b.str("None"))
	}
}

func writeEffectInFlight(b *book, s *sheet, in *EffectInput) {
	s.table(b, 2, []column{
		{"日期", "Date", 13},
		{"走访力量", "Visitor", 18},
		{"关爱对象", "Resident", 18},
		{"任务", "Task", 14},
		{"原网格", "Grid before", 18},
		{"新网格", "Grid after", 18},
		{"仍可由其走访", "May still go", 14},
	})
	for i := range in.Effect.InFlight.List {
		v := &in.Effect.InFlight.List[i]
		may := "是 yes"
		if !v.InScope {
			may = "否 no"
		}
		s.add(0, b.day(v.Date), b.str(v.Visitor), b.str(v.Resident), b.str(v.Task), b.str(v.From), b.str(v.To), b.str(may))
	}
	if len(in.Effect.InFlight.List) == 0 {
		s.add(0, b.str("无"), b.str("None"))
	}
}

func writeEffectPlan(b *book, s *sheet, in *EffectInput) {
	cols := []column{{"代码", "Code", 16}, {"村社区", "Community", 24}}
	rows := effectWorkRows(&EffectPlanRow{})
	for i := range rows {
		cols = append(cols, column{rows[i].Name.Chinese + "（前）", rows[i].Name.English + ", before", 14}, column{rows[i].Name.Chinese + "（后）", rows[i].Name.English + ", after", 14})
	}
	s.table(b, 2, cols)
	line := func(code, name string, r *EffectPlanRow) {
		s.add(0, append([]any{b.str(code), b.str(name)}, effectWorkCells(b, r)...)...)
	}
	for i := range in.Effect.Plan.Communities {
		r := &in.Effect.Plan.Communities[i]
		line(r.Code, r.Name, r)
	}
	line("", "合计 In all", &in.Effect.Plan.Total)
}
