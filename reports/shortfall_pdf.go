package reports

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"sanse/reports/print"
	"sanse/reports/shortfall"
)

// shortfallColors are those of areas that fail no standard, and of the quarters
// of the most that any area fails: light to dark, so that the map can be read in
// grey.
var shortfallColors = [...]print.Color{
	{R: 226, G: 240, B: 226}, {R: 250, G: 228, B: 190}, {R: 240, G: 178, B: 120}, {R: 214, G: 112, B: 74}, {R: 150, G: 44, B: 36},
}

// shortfallClass is the class of an area that fails n standards where the most
// that any fails is most.
func shortfallClass(n, most int) int {
	if n == 0 {
		return 0
	}
	return 1 + (4*n-1)/max(4, most+(4-most%4)%4)
}

var (
	noDataColor = print.Color{R: 214, G: 218, B: 223}
	metColor    = print.Color{R: 46, G: 120, B: 72}
	shortColor  = print.Color{R: 176, G: 44, B: 36}
)

// WriteShortfallPDF writes the shortfall of an area as a PDF of one A4 page, in
// one language, made at a time: in a sentence, standard by standard, on a map of
// the areas below, and who is behind it in numbers. It names nobody.
func WriteShortfallPDF(w io.Writer, in ShortfallInput, font *print.Font, made time.Time) error {
	lang, title := "zh-CN", in.About.Area.Name+" 服务缺口"
	if in.About.English {
		lang, title = "en", in.About.Area.Name+": shortfall of services"
	}
	p, err := print.New(font, print.About{Title: title, Language: lang, Made: made, Mark: in.Mark.print(in.About.English)})
	if err != nil {
		return fmt.Errorf("print the shortfall: %w", err)
	}
	d := &shortfallPrint{Page: p, in: &in, en: in.About.English}
	y := d.head(title)
	y = d.standards(y+2, 182)
	d.ground(y+4, 272)
	d.numbers(y+4, 272)
	d.foot()
	return p.Write(w)
}

// shortfallPrint writes the parts of the page, from top to bottom.
type shortfallPrint struct {
	*print.Page
	in *ShortfallInput
	en bool
}

func (d *shortfallPrint) say(zh, en string) string { return Label{zh, en}.in(d.en) }

func (d *shortfallPrint) head(title string) float64 {
	a := &d.in.About
	d.Text(print.Margin, 11, 140, print.Style{Size: 17, Color: print.Ink, Bold: true}, title)
	day := d.say("截至 ", "as of ") + a.Day.String()
	if a.Kept {
		day += d.say("（存档报告）", " (report kept)")
	}
	d.Text(150, 13.5, 0, print.Style{Size: 9, Color: print.Muted, Align: print.Right}, day)
	path := strings.Join(a.Path, " / ")
	if a.Released {
		path = strings.TrimPrefix(path+" · "+d.say("对外版：涉及等级与状况的人数不列", "for outsiders: no numbers about grades or conditions"), " · ")
	}
	y := 19.5
	if path != "" {
		d.Text(print.Margin, y, 0, print.Style{Size: 8.5, Color: print.Muted}, path)
		y += 5
	}
	for _, s := range d.in.sentences() {
		y = d.Paragraph(print.Margin, y, print.Width-2*print.Margin, print.Style{Size: 10, Color: print.Ink}, 2, s)
	}
	return y
}

func (d *shortfallPrint) standards(y, bottom float64) float64 {
	columns := []print.Column{
		{Head: d.say("标准", "Standard"), Width: 60, Align: print.Left},
		{Head: d.say("目标", "Target"), Width: 18, Align: print.Right},
		{Head: d.say("年", "By"), Width: 8, Align: print.Right},
		{Head: d.say("现有", "Have"), Width: 14, Align: print.Right},
		{Head: d.say("应有", "Need"), Width: 14, Align: print.Right},
		{Head: d.say("达到", "Share"), Width: 14, Align: print.Right},
		{Head: d.say("城", "Urban"), Width: 11, Align: print.Right},
		{Head: d.say("乡", "Rural"), Width: 11, Align: print.Right},
		{Head: d.say("较上期", "Change"), Width: 11, Align: print.Right},
		{Head: d.say("缺", "Short"), Width: 11, Align: print.Right},
		{Head: d.say("状态", "Status"), Width: 14, Align: print.Left},
	}
	var rows [][]print.Cell
	for i := range d.in.Rows {
		r := &d.in.Rows[i]
		if r.Status == shortfall.NotApplicable {
			continue
		}
		c := print.Ink
		bar := metColor
		switch r.Status {
		case shortfall.Short:
			c, bar = shortColor, shortColor
		case shortfall.NoData:
			c = print.Muted
		}
		share := print.Plain(shareOr(r.Share))
		if r.Need != nil && r.Have != nil {
			share.Share, share.Bar = fulfilled(r), bar
		}
		short := print.Plain(countOr(r.Short))
		if r.Status == shortfall.Short {
			short = print.Cell{Text: countOr(r.Short), Color: shortColor, Bold: true, Share: -1}
		}
		rows = append(rows, []print.Cell{
			print.Plain(textIn(r.Name, d.en)), print.Plain(targetText(r.Target)), print.Plain(fmt.Sprint(r.Target.Year)),
			print.Plain(countOr(r.Have)), print.Plain(countOr(r.Need)), share, part(r.Urban), part(r.Rural), print.Plain(d.in.change(r)),
			short,
			{Text: shortfallStatuses[r.Status].in(d.en), Color: c, Share: -1},
		})
	}
	below, left := d.Table(print.Margin, y, bottom, 7.5, columns, rows)
	if left > 0 {
		d.Text(print.Margin, below+.5, 0, print.Style{Size: 7.5, Color: print.Muted}, fmt.Sprintf(d.say("另有 %d 项见工作簿", "%d more are in the workbook"), left))
		below += 4
	}
	return below
}

// part is the share of one ground.
func part(f *shortfall.Figures) print.Cell {
	if f == nil || f.Share == nil {
		return print.Cell{Text: "–", Color: print.Muted, Share: -1}
	}
	return print.Plain(percentText(*f.Share))
}

// ground is the map of the areas right below, by how many standards they fail.
func (d *shortfallPrint) ground(y, bottom float64) {
	const width = 88.0
	a := &d.in.About
	if len(a.Ground) == 0 {
		return
	}
	d.Text(print.Margin, y, width, print.Style{Size: 9.5, Color: print.Ink, Bold: true}, d.say("各区域不足的标准数", "Standards that areas fail"))
	parts := d.parts()
	most, none := 0, 0
	for _, p := range parts {
		most = max(most, p.short)
	}
	classes := make([]int, len(shortfallColors))
	shapes := make([]print.Shape, len(parts))
	for i, p := range parts {
		shapes[i] = print.Shape{Boundary: a.Ground[i].Boundary, Fill: noDataColor, Label: p.name}
		if p.met+p.short == 0 {
			none++
			continue
		}
		k := shortfallClass(p.short, most)
		classes[k]++
		shapes[i].Fill = shortfallColors[k]
	}
	ly := d.Map(print.Margin, y+6, width, min(72, bottom-y-20), shapes, nil) + 2
	x := print.Margin
	for k, color := range shortfallColors {
		from, to := -1, -1
		for n := range most + 1 {
			if shortfallClass(n, most) == k {
				if to = n; from < 0 {
					from = n
				}
			}
		}
		if from < 0 {
			continue
		}
		text := fmt.Sprint(from)
		if to > from {
			text += fmt.Sprintf("–%d", to)
		}
		x = d.legend(x, ly, color, fmt.Sprintf("%s (%d)", text, classes[k]))
	}
	d.legend(x, ly, noDataColor, fmt.Sprintf("%s (%d)", d.say("无数据", "no data"), none))
	d.Text(print.Margin, ly+4.5, width, print.Style{Size: 6.5, Color: print.Muted}, d.legendNote())
	d.most(parts, ly+10, bottom, width)
}

// legendNote is said below the map, with the number of its review.
func (d *shortfallPrint) legendNote() string {
	note := d.say("括号内为区域数；上北下南", "in brackets: how many areas; north is up")
	if r := ReviewText(d.in.About.Review); r != "" {
		note = r + " · " + note
	}
	return note
}

// shortfallOne is an area right below, and how many standards it meets and fails.
type shortfallOne struct {
	name string // empty: nothing is known of it
	shortfallCount
}

// parts are the areas right below, in the order of the map's outlines.
func (d *shortfallPrint) parts() []shortfallOne {
	out := make([]shortfallOne, len(d.in.About.Ground))
	for i, g := range d.in.About.Ground {
		if k := slices.IndexFunc(d.in.Below, func(b ShortfallArea) bool { return b.Area.Code == g.Code }); k >= 0 {
			out[i] = shortfallOne{d.in.Below[k].Area.Name, countRows(d.in.Below[k].Rows)}
		}
	}
	return out
}

// most lists the areas right below that fail most standards.
func (d *shortfallPrint) most(parts []shortfallOne, y, bottom, width float64) {
	lines := slices.DeleteFunc(slices.Clone(parts), func(p shortfallOne) bool { return p.short == 0 })
	slices.SortStableFunc(lines, func(a, b shortfallOne) int { return b.short - a.short })
	var rows [][]print.Cell
	for _, l := range lines {
		rows = append(rows, []print.Cell{print.Plain(l.name), print.Plain(fmt.Sprint(l.short)), print.Plain(fmt.Sprint(l.met)), print.Plain(fmt.Sprint(l.noData))})
	}
	if len(rows) == 0 {
		return
	}
	d.Table(print.Margin, y, bottom, 7.5, []print.Column{
		{Head: d.say("不足最多的区域", "Areas that fail most"), Width: width - 45, Align: print.Left},
		{Head: d.say("不足", "short"), Width: 15, Align: print.Right},
		{Head: d.say("达标", "met"), Width: 15, Align: print.Right},
		{Head: d.say("无数据", "no data"), Width: 15, Align: print.Right},
	}, rows)
}

func (d *shortfallPrint) legend(x, y float64, c print.Color, text string) float64 {
	d.Box(x, y+.4, 3, 2.6, c)
	d.Text(x+3.6, y, 14, print.Style{Size: 7, Color: print.Ink}, text)
	return x + 14
}

// numbers are the small tables on the right, what matters most first. One that
// has no room is left out as a whole, and counted.
func (d *shortfallPrint) numbers(y, bottom float64) {
	const x, size, row, gap = 105.0, 7.0, 4.47, 2.0
	left := 0
	table := func(title string, columns []print.Column, rows [][]print.Cell) {
		if y+4.6+row*float64(len(rows)+1) > bottom-4 {
			left++
			return
		}
		d.Text(x, y, 0, print.Style{Size: 9, Color: print.Ink, Bold: true}, title)
		below, _ := d.Table(x, y+4.6, bottom, size, columns, rows)
		y = below + gap
	}
	if !d.in.About.Released {
		d.uncovered(table)
	}
	d.supply(table)
	if !d.in.About.Released {
		d.unmatched(table)
		d.expected(table)
		d.team(table)
		d.places(table)
	}
	if left > 0 {
		d.Text(x, y, 0, print.Style{Size: 7, Color: print.Muted}, fmt.Sprintf(d.say("另有 %d 张表见工作簿", "tables in the workbook alone: %d"), left))
	}
}

// write writes a table under a title.
type write func(title string, columns []print.Column, rows [][]print.Cell)

func figures(name string, width float64) print.Column {
	return print.Column{Head: name, Width: width, Align: print.Right}
}

func (d *shortfallPrint) uncovered(table write) {
	if len(d.in.Uncovered) == 0 {
		return
	}
	grades := d.grades()
	columns := []print.Column{{Head: d.say("服务", "Service"), Width: 33, Align: print.Left}, figures(d.say("合计", "All"), 14)}
	for _, g := range grades {
		columns = append(columns, figures(d.in.Labels.Of(g).in(d.en), 46/float64(len(grades))))
	}
	var rows [][]print.Cell
	for _, s := range slices.Sorted(maps.Keys(d.in.Uncovered)) {
		u := d.in.Uncovered[s]
		row := []print.Cell{print.Plain(d.in.Labels.Of(s).in(d.en)), print.Plain(showCount(u.Total))}
		for _, g := range grades {
			row = append(row, print.Plain(showCount(u.ByGrade[g])))
		}
		rows = append(rows, row)
	}
	table(d.say("15 分钟内没有该服务的关爱对象", "Residents without the service within 15 minutes"), columns, rows)
}

// unmatched tells missing capacity from what is missing altogether; the reasons one
// by one are in the workbook.
func (d *shortfallPrint) unmatched(table write) {
	var rows [][]print.Cell
	for _, s := range slices.Sorted(maps.Keys(d.in.Unmatched)) {
		u := d.in.Unmatched[s]
		full, open := u.ByReason["full"], u.ByReason["open"]
		row := []print.Cell{print.Plain(d.in.Labels.Of(s).in(d.en))}
		for _, n := range []int{u.Total, full, u.Total - full - open, open} {
			row = append(row, print.Plain(showCount(n)))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return
	}
	table(d.say("没有人承担的需求", "Needs that nobody meets"), []print.Column{
		{Head: d.say("服务", "Service"), Width: 33, Align: print.Left},
		figures(d.say("合计", "All"), 14), figures(d.say("已满", "all full"), 15),
		figures(d.say("其他原因", "else"), 15), figures(d.say("未匹配过", "not proposed"), 16),
	}, rows)
}

func (d *shortfallPrint) supply(table write) {
	s := d.in.Supply
	table(d.say("设施", "Facilities"), []print.Column{
		figures(d.say("开放", "Open"), 18.6), figures(d.say("其中已满", "of them full"), 18.6), figures(d.say("几乎未用", "hardly used"), 18.6),
		figures(d.say("闲置", "Idle"), 18.6), figures(d.say("规划", "Planned"), 18.6),
	}, [][]print.Cell{{print.Plain(showCount(s.Open)), print.Plain(countOr(s.Full)), print.Plain(countOr(s.Unused)), print.Plain(showCount(s.Idle)), print.Plain(showCount(s.Planned))}})
}

// gapRow is a line of those expected and those enrolled.
func gapRow(name string, expected float64, enrolled int, gap float64, few bool) []print.Cell {
	missing := print.Plain(showCount(int(gap + .5)))
	if few {
		missing.Color, missing.Bold = shortColor, true
	}
	return []print.Cell{print.Plain(name), print.Plain(showCount(int(expected + .5))), print.Plain(showCount(enrolled)), missing}
}

func (d *shortfallPrint) gapColumns() []print.Column {
	return []print.Column{{Head: "", Width: 45, Align: print.Left}, figures(d.say("应有", "Expected"), 16), figures(d.say("登记", "Enrolled"), 16), figures(d.say("差", "Gap"), 16)}
}

func (d *shortfallPrint) expected(table write) {
	var rows [][]print.Cell
	for _, e := range d.in.Expected {
		rows = append(rows, gapRow(textIn(e.Name, d.en), e.Expected, e.Enrolled, e.Gap, e.Few))
	}
	if len(rows) > 0 {
		table(d.say("应有与已登记", "Expected and enrolled"), d.gapColumns(), rows)
	}
}

func (d *shortfallPrint) places(table write) {
	var rows [][]print.Cell
	for _, e := range d.in.Places {
		rows = append(rows, gapRow(placeNames[e.Place].in(d.en), e.Expected, e.Enrolled, e.Gap, e.Few))
	}
	if len(rows) > 0 {
		table(d.say("应有与已登记，按地方类型", "Expected and enrolled by kind of place"), d.gapColumns(), rows)
	}
}

func (d *shortfallPrint) team(table write) {
	if d.in.Team.Residents == 0 {
		return
	}
	rows := [][]print.Cell{{print.Plain(d.say("齐全", "complete")), print.Plain(fmt.Sprintf("%s / %s", showCount(d.in.Team.Complete), showCount(d.in.Team.Residents)))}}
	for _, k := range slices.Sorted(maps.Keys(d.in.Team.Lacking)) {
		rows = append(rows, []print.Cell{print.Plain(d.say("缺", "lacking: ") + d.in.Labels.Of(k).in(d.en)), print.Plain(showCount(d.in.Team.Lacking[k]))})
	}
	table(d.say("包联小组（五包一）", "Teams of five"), []print.Column{{Head: "", Width: 65, Align: print.Left}, figures(d.say("人", "Residents"), 28)}, rows)
}

// grades are those of the uncovered, red, yellow and blue first.
func (d *shortfallPrint) grades() []string {
	out := []string{"red", "yellow", "blue"}
	var more []string
	for _, u := range d.in.Uncovered {
		for g := range u.ByGrade {
			if !slices.Contains(out, g) && !slices.Contains(more, g) {
				more = append(more, g)
			}
		}
	}
	slices.Sort(more)
	return append(out, more...)
}

func (d *shortfallPrint) foot() {
	a := &d.in.About
	var parts []string
	if a.Previous != nil {
		parts = append(parts, d.say("较上期：与 ", "Change: against ")+a.Previous.String()+d.say(" 的报告相比", ", in points of the share"))
	}
	parts = append(parts, d.say("缺：离目标还差多少，按整数计", "Short: what is missing to the target, in whole numbers"))
	if a.MadeUp {
		parts = append(parts, d.say("虚构数据。", "Made-up data. ")+a.Note)
	}
	if a.Source != "" {
		parts = append(parts, d.say("地图：", "Map: ")+a.Source)
	}
	use := d.say("真实数字，只供对本区域负责的人使用", "True numbers, for those who answer for this area")
	if a.Released {
		use = d.say("可对外使用", "may be passed on")
	}
	version := ""
	if a.Version > 0 {
		version = fmt.Sprintf(" · v%d", a.Version)
	}
	parts = append(parts, use, d.say("制表 ", "Made ")+a.Made+version)
	d.Line(print.Margin, 275, print.Width-print.Margin, 275, print.Rule)
	d.Paragraph(print.Margin, 276.5, print.Width-2*print.Margin, print.Style{Size: 7, Color: print.Muted}, 3, strings.Join(parts, " · "))
}
