package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"sanse/planner"
)

// WorkbookInput is what a workbook is made from. Coverage may be nil: its
// sheet then says so.
type WorkbookInput struct {
	About    About
	Labels   Labels
	Board    *Board
	Problem  *planner.Problem
	Plan     *planner.Plan
	Coverage *Coverage
	Mark     Marked
}

// The sheets of a workbook, in order.
const (
	SheetOverview  = "概览 Overview"
	SheetVisits    = "各区域走访 Visits by area"
	SheetCoverage  = "覆盖 Coverage"
	SheetPlan      = "排班计划 Plan by day"
	SheetUnplanned = "未能安排 Unplanned"
	SheetNotes     = "说明 Notes"
)

// WriteWorkbook writes an XLSX workbook of six sheets, Chinese first with a
// second header row in English: the account of the district, the visits by
// area, the coverage, the plan by day, what could not be planned, and notes
// that say what each figure means. It holds the true numbers, small ones
// included, and opaque ids only, never a name: it is for those who answer for
// the district, and its notes say so. Text never becomes a formula: a cell
// that begins like one (= + - @, tab, return) is written with an apostrophe
// before it, so that it stays text through CSV as well.
func WriteWorkbook(w io.Writer, in WorkbookInput) error {
	if in.Board == nil || in.Problem == nil || in.Plan == nil {
		return fmt.Errorf("write workbook: board, problem and plan are needed")
	}
	return writeBook(w, in.About.Name+" 走访与覆盖 Visits and coverage", in.About.Note, in.Mark, &in, []bookSheet[WorkbookInput]{
		{SheetOverview, writeOverview},
		{SheetVisits, writeVisits},
		{SheetCoverage, writeCoverage},
		{SheetPlan, writePlan},
		{SheetUnplanned, writeUnplanned},
		{SheetNotes, writeNotes},
	})
}

// bookSheet is a sheet of a workbook: its name, and what writes it.
type bookSheet[T any] struct {
	name  string
	write func(*book, *sheet, *T)
}

// writeBook writes a workbook of sheets made from one input, and one that says who
// took it.
func writeBook[T any](w io.Writer, title, note string, marked Marked, in *T, sheets []bookSheet[T]) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); e != nil && err == nil {
			err = fmt.Errorf("write workbook: close: %w", e)
		}
	}()
	b, err := newBook(f)
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if marked.Number != "" {
		sheets = append(sheets, bookSheet[T]{SheetExport, func(b *book, s *sheet, _ *T) { writeMarked(b, s, &marked) }})
	}
	for i, s := range sheets {
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.name)
		} else {
			_, err = f.NewSheet(s.name)
		}
		if err != nil {
			return fmt.Errorf("write workbook: add sheet %s: %w", s.name, err)
		}
		// What is set before the rows are streamed need not be read back.
		if err := f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Orientation: ptr("landscape"), Size: ptr(9), FitToWidth: ptr(1), FitToHeight: ptr(0)}); err != nil {
			return fmt.Errorf("write workbook: page of sheet %s: %w", s.name, err)
		}
		if err := marked.foot(f, s.name); err != nil {
			return fmt.Errorf("write workbook: foot of sheet %s: %w", s.name, err)
		}
		sh := &sheet{f: f, name: s.name}
		s.write(b, sh, in)
		if err := sh.close(); err != nil {
			return fmt.Errorf("write workbook: sheet %s: %w", s.name, err)
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: text(title), Creator: "Sanse 三色", Description: text(note), Keywords: marked.Hidden}); err != nil {
		return fmt.Errorf("write workbook: title: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// text keeps a string from being read as a formula, and from holding what XML
// cannot.
func text(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	return SpreadsheetText(s)
}

// SpreadsheetText keeps a spreadsheet from taking a text for a formula: one that begins
// like one gets an apostrophe in front.
func SpreadsheetText(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", first) {
		return "'" + s
	}
	return s
}

// book holds the styles of a workbook.
type book struct {
	title, note, head, subhead, cell, wrap, number, percent, date, minutes, bad int
}

func newBook(f *excelize.File) (*book, error) {
	b := &book{}
	thin := []excelize.Border{{Type: "bottom", Color: "D9DEE5", Style: 1}}
	top := &excelize.Alignment{Vertical: "top"}
	mid := &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}
	right := &excelize.Alignment{Vertical: "top", Horizontal: "right"}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Color: "17324D"}}},
		{&b.note, excelize.Style{Font: &excelize.Font{Italic: true, Color: "8A4B00"}}},
		{&b.head, excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}}, Alignment: mid}},
		{&b.subhead, excelize.Style{Font: &excelize.Font{Color: "44546A", Size: 9}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF5"}}, Alignment: mid}},
		{&b.cell, excelize.Style{Border: thin, Alignment: top}},
		{&b.wrap, excelize.Style{Border: thin, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&b.number, excelize.Style{Border: thin, NumFmt: 3, Alignment: right}},
		{&b.percent, excelize.Style{Border: thin, CustomNumFmt: ptr("0.0%"), Alignment: right}},
		{&b.date, excelize.Style{Border: thin, CustomNumFmt: ptr("yyyy-mm-dd"), Alignment: top}},
		{&b.minutes, excelize.Style{Border: thin, CustomNumFmt: ptr("#,##0.0"), Alignment: right}},
		{&b.bad, excelize.Style{Border: thin, NumFmt: 3, Font: &excelize.Font{Bold: true, Color: "B42318"}, Alignment: right}},
	} {
		id, err := f.NewStyle(&s.style)
		if err != nil {
			return nil, fmt.Errorf("make style: %w", err)
		}
		*s.id = id
	}
	return b, nil
}

// sheet writes rows one after the other and keeps the first error.
type sheet struct {
	f    *excelize.File
	name string
	w    *excelize.StreamWriter
	row  int
	err  error
}

// stream begins the rows and tells whether all is well.
func (s *sheet) stream() bool {
	if s.err == nil && s.w == nil {
		// After the filter, which sets all properties anew.
		s.err = s.f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: ptr(true)})
		if s.err == nil {
			s.w, s.err = s.f.NewStreamWriter(s.name)
		}
	}
	return s.err == nil
}

func (s *sheet) close() error {
	if s.stream() {
		s.err = s.w.Flush()
	}
	return s.err
}

func (s *sheet) add(height float64, cells ...any) {
	s.row++
	if !s.stream() {
		return
	}
	ref, err := excelize.CoordinatesToCellName(1, s.row)
	if err != nil {
		s.err = err
		return
	}
	var opts []excelize.RowOpts
	if height > 0 {
		opts = append(opts, excelize.RowOpts{Height: height})
	}
	s.err = s.w.SetRow(ref, cells, opts...)
}

// widths sets the widths of the columns, last first: the stream puts each
// before those it has, and the format wants them ascending.
func (s *sheet) widths(w ...float64) {
	for i, x := range slices.Backward(w) {
		if s.stream() {
			s.err = s.w.SetColWidth(i+1, i+1, x)
		}
	}
}

// freeze keeps the rows above and the columns left of a cell in sight. It must
// come before the first row.
func (s *sheet) freeze(columns, rows int) {
	if !s.stream() {
		return
	}
	cell, err := excelize.CoordinatesToCellName(columns+1, rows+1)
	if err != nil {
		s.err = err
		return
	}
	pane := "bottomLeft"
	if columns > 0 {
		pane = "bottomRight"
	}
	s.err = s.w.SetPanes(&excelize.Panes{Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: cell, ActivePane: pane})
}

// column is a heading in both languages with the width of its column.
type column struct {
	chinese, english string
	width            float64
}

// table begins a sheet with two frozen header rows; readers can filter by the
// second.
func (s *sheet) table(b *book, frozen int, cols []column) {
	var w []float64
	var zh, en []any
	for _, c := range cols {
		w = append(w, c.width)
		zh = append(zh, excelize.Cell{StyleID: b.head, Value: text(c.chinese)})
		en = append(en, excelize.Cell{StyleID: b.subhead, Value: text(c.english)})
	}
	end, err := excelize.CoordinatesToCellName(len(cols), lastRow)
	if err == nil {
		err = s.f.AutoFilter(s.name, "A2:"+end, nil)
	}
	if err != nil {
		s.err = err
		return
	}
	s.widths(w...)
	s.freeze(frozen, 2)
	s.add(24, zh...)
	s.add(18, en...)
}

// lastRow is the last that a sheet of XLSX can have.
const lastRow = 1048576

func (b *book) str(s string) excelize.Cell { return excelize.Cell{StyleID: b.cell, Value: text(s)} }

func (b *book) long(s string) excelize.Cell { return excelize.Cell{StyleID: b.wrap, Value: text(s)} }
func (b *book) num(n int) excelize.Cell     { return excelize.Cell{StyleID: b.number, Value: n} }

// alarm is a number that should be 0.
func (b *book) alarm(n int) excelize.Cell {
	if n > 0 {
		return excelize.Cell{StyleID: b.bad, Value: n}
	}
	return b.num(n)
}

func (b *book) share(v float64) excelize.Cell {
	if v < 0 {
		return b.str("–")
	}
	return excelize.Cell{StyleID: b.percent, Value: v}
}

func (b *book) onTime(v *float64) excelize.Cell {
	if v == nil {
		return b.str("–")
	}
	return b.share(*v)
}

func (b *book) day(d planner.Date) excelize.Cell {
	return excelize.Cell{StyleID: b.date, Value: d.Time()}
}

func writeOverview(b *book, s *sheet, in *WorkbookInput) {
	a := in.About
	s.widths(30, 30, 16, 16, 16, 16, 16, 16, 16, 16, 16)
	s.add(28, excelize.Cell{StyleID: b.title, Value: text(a.Name + " 走访与服务覆盖")})
	s.add(0, excelize.Cell{Value: text(fmt.Sprintf("Visits and coverage, %s to %s (as of %s)", a.Start, a.End(), a.Today))})
	if a.MadeUp || a.Note != "" {
		note := a.Note
		if a.MadeUp {
			note = strings.TrimSpace("虚构数据 Made-up data. " + note)
		}
		s.add(0, excelize.Cell{StyleID: b.note, Value: text(note)})
	}
	s.add(0)
	h := in.Board.Horizon()
	row := in.Board.Row("", h)
	head := func(zh ...string) {
		var cells []any
		for i := 0; i < len(zh); i++ {
			cells = append(cells, excelize.Cell{StyleID: b.head, Value: text(zh[i])})
		}
		s.add(20, cells...)
	}
	head("指标", "Figure", "数值")
	residents := 0
	for _, g := range in.Board.GradeNames() {
		w := in.Labels.Of(g)
		s.add(0, b.str("关爱对象："+w.Chinese), b.str("Residents: "+w.English), b.num(row.Residents[g]))
		residents += row.Residents[g]
	}
	s.add(0, b.str("关爱对象合计"), b.str("Residents in all"), b.num(residents))
	s.add(0, b.str("需走访"), b.str("Visits needed"), b.num(in.Board.Needed()))
	s.add(0, b.str("到期应走访"), b.str("Falling due"), b.num(row.Required))
	s.add(0, b.str("已走访"), b.str("Done"), b.num(row.Done))
	s.add(0, b.str("已排走访"), b.str("Planned"), b.num(row.Planned))
	s.add(0, b.str("期初欠访（人）"), b.str("Owed at the start (residents)"), b.num(row.Owed))
	s.add(0, b.str("漏访"), b.str("Lapses"), b.alarm(row.Lapses))
	days, walk := 0, 0
	for _, l := range in.Board.Loads() {
		days += l.VisitorDays
		walk += l.WalkSeconds
	}
	s.add(0, b.str("出勤人日"), b.str("Visitor days"), b.num(days))
	s.add(0, b.str("步行小时"), b.str("Hours of walking"), excelize.Cell{StyleID: b.minutes, Value: float64(walk) / 3600})
	s.add(0)
	head("周", "Week", "到期应走访 Due in the week", "已走访 Done", "已排 Planned", "欠访 Owed", "漏访 Lapses")
	for _, p := range in.Board.Weeks("") {
		s.add(0, b.str(fmt.Sprintf("%s 至 %s", p.From, p.To)), b.str(fmt.Sprintf("%s to %s", p.From, p.To)), b.num(p.Required), b.num(p.Done), b.num(p.Planned), b.num(p.Owed), b.alarm(p.Lapses))
	}
	s.add(0)
	head("走访力量", "Visitors", "人数 People", "有走访 Busy", "走访 Visits", "人日 Days", "走访分钟 Minutes", "步行分钟 Walking")
	for _, l := range in.Board.Loads() {
		w := in.Labels.Of(l.Kind)
		s.add(0, b.str(w.Chinese), b.str(w.English), b.num(l.Visitors), b.num(l.Busy), b.num(l.Visits), b.num(l.VisitorDays), b.num(l.VisitMin), b.num((l.WalkSeconds+30)/60))
	}
}

func writeVisits(b *book, s *sheet, in *WorkbookInput) {
	grades := in.Board.GradeNames()
	cols := []column{{"级别", "Level", 12}, {"代码", "Code", 18}, {"名称", "Name", 26}}
	for _, g := range grades {
		w := in.Labels.Of(g)
		cols = append(cols, column{"对象：" + w.Chinese, w.English, 11})
	}
	cols = append(cols, []column{
		{"到期应走访", "Falling due", 13},
		{"已走访", "Done", 11},
		{"已排", "Planned", 11},
		{"待走访", "Due", 11},
		{"逾期", "Late", 11},
		{"欠访（人）", "Owed", 11},
		{"漏访", "Lapses", 11},
		{"按时率", "On time", 11},
	}...)
	s.table(b, 3, cols)
	h := in.Board.Horizon()
	for _, level := range []string{"district", "town", "community", "grid"} {
		for _, r := range in.Board.Level(level, h) {
			cells := []any{b.str(in.Labels.Of(level).Chinese), b.str(r.Code), b.str(r.Name)}
			for _, g := range grades {
				cells = append(cells, b.num(r.Residents[g]))
			}
			s.add(0, append(cells, b.num(r.Required), b.num(r.Done), b.num(r.Planned), b.num(r.Due), b.alarm(r.Late), b.num(r.Owed), b.alarm(r.Lapses), b.onTime(r.OnTime))...)
		}
	}
}

func writeCoverage(b *book, s *sheet, in *WorkbookInput) {
	cols := []column{
		{"级别", "Level", 12},
		{"代码", "Code", 18},
		{"名称", "Name", 26},
		{"服务", "Service", 14},
		{"关爱对象", "Residents", 12},
		{"可达", "In reach", 12},
		{"可达率", "Share", 10},
		{"未定位", "Off the streets", 14},
		{"人口", "People", 12},
		{"可达", "In reach", 12},
		{"可达率", "Share", 10},
		{"60岁以上", "Over 60", 12},
		{"可达", "In reach", 12},
		{"可达率", "Share", 10},
		{"最近设施步行（分，中位）", "Median walk, min", 16},
	}
	s.table(b, 4, cols)
	c := in.Coverage
	if c == nil {
		s.add(0, b.str("未计算覆盖"), b.str("Coverage was not computed"))
		return
	}
	for _, level := range []string{"district", "town", "community", "grid"} {
		for i := range c.Areas {
			a := &c.Areas[i]
			if a.Level != level {
				continue
			}
			for _, sup := range c.Supply {
				r := a.Services[sup.Service]
				cells := []any{
					b.str(in.Labels.Of(level).Chinese), b.str(a.Code), b.str(a.Name), b.str(in.Labels.Of(sup.Service).Chinese),
					b.num(r.Residents.Total), b.num(r.Residents.Reached), b.share(r.Residents.Share()), b.num(r.Residents.Unplaced),
					b.num(r.People.Total), b.num(r.People.Reached), b.share(r.People.Share()),
					b.num(r.Over60.Total), b.num(r.Over60.Reached), b.share(r.Over60.Share()),
				}
				if r.MedianSeconds < 0 {
					cells = append(cells, b.str("–"))
				} else {
					cells = append(cells, excelize.Cell{StyleID: b.minutes, Value: float64(r.MedianSeconds) / 60})
				}
				s.add(0, cells...)
			}
		}
	}
}

func writePlan(b *book, s *sheet, in *WorkbookInput) {
	cols := []column{
		{"日期", "Date", 13},
		{"规划单元", "Block", 16},
		{"走访力量", "Visitor", 18},
		{"类别", "Kind", 16},
		{"层级", "Tier", 14},
		{"顺序", "Stop", 8},
		{"关爱对象", "Resident", 18},
		{"任务", "Task", 14},
		{"等级或类型", "Grade or kind", 12},
		{"到达", "Arrive", 9},
		{"离开", "Leave", 9},
		{"步行（分）", "Walk, min", 11},
		{"最迟日期", "Due by", 13},
		{"欠访", "Owed", 8},
	}
	s.table(b, 3, cols)
	visitors := make(map[string]*planner.Visitor, len(in.Problem.Visitors))
	for i := range in.Problem.Visitors {
		visitors[in.Problem.Visitors[i].ID] = &in.Problem.Visitors[i]
	}
	grades := make(map[string]string, len(in.Problem.Residents))
	for i := range in.Problem.Residents {
		grades[in.Problem.Residents[i].ID] = in.Problem.Residents[i].Grade
	}
	kinds := make(map[string]string, len(in.Problem.Tasks))
	for i := range in.Problem.Tasks {
		kinds[in.Problem.Tasks[i].ID] = in.Problem.Tasks[i].Kind
	}
	order := make([]int, len(in.Plan.Itineraries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		a, c := &in.Plan.Itineraries[x], &in.Plan.Itineraries[y]
		if a.Date != c.Date {
			return int(a.Date - c.Date)
		}
		if n := strings.Compare(a.Block, c.Block); n != 0 {
			return n
		}
		if n := strings.Compare(a.Visitor, c.Visitor); n != 0 {
			return n
		}
		return int(a.Depart - c.Depart)
	})
	for _, i := range order {
		it := &in.Plan.Itineraries[i]
		kind, tier := "", ""
		if v := visitors[it.Visitor]; v != nil {
			kind = in.Labels.Of(v.Kind).Chinese
			tier = in.Labels.Of(tierKey(v.Tier)).Chinese
		}
		for n, st := range it.Stops {
			if s.row >= lastRow-1 {
				s.add(0, b.str("表格已满，其余见 plan.json"), b.str("The sheet is full; the rest is in plan.json"))
				return
			}
			what := in.Labels.Of(cmp.Or(kinds[st.Task], grades[st.Resident])).Chinese
			owed := ""
			if st.Owed {
				owed = "是"
			}
			s.add(0, b.day(it.Date), b.str(it.Block), b.str(it.Visitor), b.str(kind), b.str(tier), b.num(n+1), b.str(st.Resident), b.str(st.Task), b.str(what),
				b.str(st.Arrive.String()), b.str(st.Leave.String()), excelize.Cell{StyleID: b.minutes, Value: float64(st.WalkSeconds) / 60}, b.day(st.DueBy), b.str(owed))
		}
	}
}

func tierKey(t planner.Tier) string {
	switch t {
	case planner.TierMicroGrid:
		return "micro-grid"
	case planner.TierGrid:
		return "grid"
	case planner.TierMasterGrid:
		return "master-grid"
	case planner.TierTaskForce:
		return "task-force"
	}
	return ""
}

func writeUnplanned(b *book, s *sheet, in *WorkbookInput) {
	cols := []column{
		{"关爱对象", "Resident", 18},
		{"任务", "Task", 14},
		{"等级或类型", "Grade or kind", 12},
		{"网格", "Grid", 18},
		{"最迟日期", "Due by", 13},
		{"类别", "Kind", 14},
		{"原因", "Reason", 24},
		{"代码", "Code", 20},
		{"说明", "Detail", 80},
	}
	s.table(b, 1, cols)
	list := in.Board.Unplanned("")
	for _, u := range list {
		kind := "漏访"
		if u.Owed {
			kind = "欠访未清"
		}
		s.add(0, b.str(u.Resident), b.str(u.Task), b.str(in.Labels.Of(cmp.Or(u.Kind, u.Grade)).Chinese), b.str(u.Grid), b.day(u.DueBy), b.str(kind), b.str(in.Labels.Of(u.Reason).Chinese), b.str(u.Reason), b.long(u.Detail))
	}
	if len(list) == 0 {
		s.add(0, b.str("无"), b.str("None"))
		return
	}
}

// definition is a figure and what it means.
type definition struct{ Chinese, English, Meaning, Means string }

// definitions are the short form of docs/reports.md, shown in the workbook and
// on the page.
func definitions(a About, c *Coverage) []definition {
	minutes, speed := 15, 1.0
	if c != nil {
		minutes, speed = c.Minutes, c.MetresPerSecond
	}
	return []definition{
		{"需走访", "Visits needed", "计划期内守住全部规则所需的最少走访次数；一次走访可同时满足几条规则。", "The fewest visits of the plan's days that keep every rule; one visit may meet several rules."},
		{"到期应走访", "Falling due", "走访窗口在本期内截止的次数；同一人同一天截止的多条规则取最大者。", "Visits asked for by windows that close in the period; several rules that close on the same day for one resident count once, the largest."},
		{"已走访", "Done", "本期内、统计日之前已完成的走访。", "Visits made in the period before the day of the report."},
		{"已排", "Planned", "本期内、自统计日起计划中的走访。", "Visits in the plan from the day of the report on."},
		{"待走访", "Due", "到期应走访中窗口尚未截止、还没走的次数。", "Of what falls due: not made yet, the window still being open."},
		{"逾期", "Late", "到期应走访中窗口已截止而未走的次数。", "Of what falls due: not made, the window having closed."},
		{"欠访", "Owed", "计划开始前窗口已截止而未走、或从未走访的人数；优先补访，与漏访分开计。", "Residents whose window closed unmet before the plan began, or who were never seen; caught up first and counted apart from lapses."},
		{"漏访", "Lapses", "计划内窗口截止而没有安排走访的次数，逐一列出原因。", "Windows that the plan lets close without a visit; each is listed with its reason."},
		{"按时率", "On time", "已截止窗口中按时完成的比例；尚无窗口截止时为空。", "Share made in time of the windows that have closed; empty while none has."},
		{"可达率", "In reach", fmt.Sprintf("沿步行路网（%.1f 米/秒）%d 分钟内能走到最近一处开放设施的比例；离路网太远的计入分母、不计入可达，并单列。", speed, minutes), fmt.Sprintf("Share within %d minutes' walk of the nearest open facility on the street network at %.1f m/s; those too far from any street stay in the total, are not counted as reached, and are shown apart.", minutes, speed)},
	}
}

func writeNotes(b *book, s *sheet, in *WorkbookInput) {
	s.table(b, 0, []column{{"项目", "Item", 20}, {"说明", "Meaning (Chinese)", 70}, {"Item", "English", 20}, {"Meaning", "Meaning (English)", 80}})
	for _, d := range definitions(in.About, in.Coverage) {
		s.add(0, b.str(d.Chinese), b.long(d.Meaning), b.str(d.English), b.long(d.Means))
	}
	a := in.About
	s.add(0, b.str("保密"), b.long("本表为真实数字（含小于 5 的数），只供对本区负责的人使用，请勿外传；只有编号，没有姓名。"), b.str("Privacy"), b.long("True numbers, those under 5 included: for those who answer for the district, not to be passed on. Ids only, no names."))
	if a.MadeUp {
		s.add(0, b.str("虚构"), b.long("本区人员均为虚构。"), b.str("Made up"), b.long("The people of this district are invented."))
	}
	if a.Note != "" {
		s.add(0, b.str("数据"), b.long(a.Note), b.str("Data"), b.str(""))
	}
	if a.Attribution != "" {
		s.add(0, b.str("地图数据"), b.long(a.Attribution), b.str("Map data"), b.long(a.Attribution))
	}
	made := a.Made
	if made == "" {
		made = a.Today.String()
	}
	s.add(0, b.str("来源"), b.long("三色 Sanse，制表 "+made), b.str("Source"), b.long("Sanse, made "+made))
}
