package reports

import (
	"fmt"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"sanse/planner"
)

// The palette of the page; grades are never told apart by colour alone.
const (
	colourRed    = "#d64545"
	colourYellow = "#e0a100"
	colourBlue   = "#2f6fde"
	colourOther  = "#7a8699"
	colourInk    = "#17324d"
	colourMuted  = "#5b6b7f"
	colourTeal   = "#168f86"
)

func gradeColour(grade string) string {
	switch grade {
	case "red":
		return colourRed
	case "yellow":
		return colourYellow
	case "blue":
		return colourBlue
	}
	return colourOther
}

// chartSpec is a chart of the page: the same picture in both languages, as
// options for echarts. The options are data: no function and no markup.
type chartSpec struct {
	ID      string
	Title   Label
	Note    Label
	Chinese map[string]any
	English map[string]any
}

// lang picks one of two languages.
type lang bool

const (
	chinese lang = false
	english lang = true
)

func (l lang) of(w Label) string {
	if l == english {
		return w.English
	}
	return w.Chinese
}

// barOptions sets what all charts share. Numbers and labels go in as data, so
// a name can hold anything.
func barOptions(bar *charts.Bar, categoryOnY bool) {
	text := &opts.TextStyle{Color: colourMuted}
	value := &opts.AxisLabel{Color: colourMuted}
	bar.SetGlobalOptions(
		charts.WithAnimation(false),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(true), Top: "0", Left: "left", TextStyle: text, ItemWidth: 14, ItemHeight: 10}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "shadow"}}),
		charts.WithGridOpts(opts.Grid{Left: "8", Right: "24", Top: "36", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{AxisLabel: value}),
		charts.WithYAxisOpts(opts.YAxis{AxisLabel: value}),
	)
	if categoryOnY {
		bar.XYReversal()
		bar.SetGlobalOptions(
			charts.WithXAxisOpts(opts.XAxis{Type: "value", AxisLabel: value}),
			charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true), AxisLabel: &opts.AxisLabel{Color: colourInk}}),
		)
	}
}

func bars(values []int, colour string) []opts.BarData {
	out := make([]opts.BarData, len(values))
	for i, v := range values {
		out[i] = opts.BarData{Value: v, ItemStyle: &opts.ItemStyle{Color: colour}}
	}
	return out
}

// options takes the options out of a chart. Render is never called: it writes
// labels into a script unescaped.
func options(bar *charts.Bar) map[string]any {
	bar.Validate()
	return bar.JSON()
}

func weekName(p PeriodRow) string {
	f, t := p.From.Time(), p.To.Time()
	return fmt.Sprintf("%d/%d–%d/%d", f.Month(), f.Day(), t.Month(), t.Day())
}

// weekChart stacks the visits made and planned in each week by grade, beside
// what the windows that close in it ask for.
func weekChart(in *HTMLInput, weeks []PeriodRow, l lang) map[string]any {
	bar := charts.NewBar()
	barOptions(bar, false)
	var names []string
	for _, w := range weeks {
		names = append(names, weekName(w))
	}
	bar.SetXAxis(names)
	column := func(f func(PeriodRow) int) []int {
		var out []int
		for _, w := range weeks {
			out = append(out, f(w))
		}
		return out
	}
	for _, g := range in.Board.GradeNames() {
		bar.AddSeries(l.of(in.Labels.Of(g)), bars(column(func(w PeriodRow) int { return w.ByGrade[g].Done + w.ByGrade[g].Planned }), gradeColour(g)), charts.WithBarChartOpts(opts.BarChart{Stack: "made"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: gradeColour(g)}))
	}
	line := charts.NewLine()
	add := func(name, colour, kind string, values []int) {
		data := make([]opts.LineData, len(values))
		for i, v := range values {
			data[i] = opts.LineData{Value: v}
		}
		line.AddSeries(name, data, charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Width: 2, Type: kind}), charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}))
	}
	add(l.of(Label{"本周到期", "Falling due"}), colourInk, "solid", column(func(w PeriodRow) int { return w.Required }))
	add(l.of(Label{"周初欠访（人）", "Owed (residents)"}), "#8a3ffc", "dashed", column(func(w PeriodRow) int { return w.Owed }))
	bar.Overlap(line)
	return options(bar)
}

// coverageChart shows the share of residents and of people in reach of each
// service, in per cent.
func coverageChart(in *HTMLInput, l lang) map[string]any {
	bar := charts.NewBar()
	barOptions(bar, true)
	bar.SetGlobalOptions(charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLabel: &opts.AxisLabel{Color: colourMuted}}))
	var names []string
	var residents, people, old []int
	for _, s := range in.Coverage.Supply {
		r := in.Coverage.District[s.Service]
		names = append(names, l.of(in.Labels.Of(s.Service)))
		residents = append(residents, percent(r.Residents.Share()))
		people = append(people, percent(r.People.Share()))
		old = append(old, percent(r.Over60.Share()))
	}
	bar.SetXAxis(names)
	shown := charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Color: colourMuted})
	bar.AddSeries(l.of(Label{"关爱对象 %", "Residents in care %"}), bars(residents, colourTeal), shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: colourTeal}))
	bar.AddSeries(l.of(Label{"全体人口 %", "All people %"}), bars(people, "#7fb8d6"), shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: "#7fb8d6"}))
	bar.AddSeries(l.of(Label{"60岁以上 %", "Over 60 %"}), bars(old, "#c9a86a"), shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: "#c9a86a"}))
	return options(bar)
}

func percent(share float64) int {
	if share < 0 {
		return 0
	}
	return int(math.Floor(share*100 + 0.5))
}

// reasonChart shows what is not planned by reason: lapses and debts apart.
func reasonChart(in *HTMLInput, l lang) map[string]any {
	bar := charts.NewBar()
	barOptions(bar, true)
	lapses, owed := map[string]int{}, map[string]int{}
	for _, u := range in.Board.Unplanned("") {
		if u.Owed {
			owed[u.Reason]++
		} else {
			lapses[u.Reason]++
		}
	}
	var names []string
	var a, b []int
	for _, r := range planner.Reasons() {
		key := string(r)
		if lapses[key]+owed[key] == 0 {
			continue
		}
		names = append(names, l.of(in.Labels.Of(key)))
		a, b = append(a, lapses[key]), append(b, owed[key])
	}
	bar.SetXAxis(names)
	bar.AddSeries(l.of(Label{"漏访", "Lapses"}), bars(a, colourRed), charts.WithBarChartOpts(opts.BarChart{Stack: "n"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: colourRed}))
	bar.AddSeries(l.of(Label{"欠访未清", "Owed, not caught up"}), bars(b, "#8a3ffc"), charts.WithBarChartOpts(opts.BarChart{Stack: "n"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: "#8a3ffc"}))
	return options(bar)
}

// loadChart shows the visits and the visitor days of each kind of visitor.
func loadChart(in *HTMLInput, l lang) map[string]any {
	bar := charts.NewBar()
	barOptions(bar, true)
	var names []string
	var visits, days []int
	for _, k := range in.Board.Loads() {
		names = append(names, l.of(in.Labels.Of(k.Kind)))
		visits, days = append(visits, k.Visits), append(days, k.VisitorDays)
	}
	bar.SetXAxis(names)
	shown := charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Color: colourMuted})
	bar.AddSeries(l.of(Label{"走访次数", "Visits"}), bars(visits, colourBlue), shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: colourBlue}))
	bar.AddSeries(l.of(Label{"出勤人日", "Visitor days"}), bars(days, "#9ab6d8"), shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: "#9ab6d8"}))
	return options(bar)
}

// chartsOf returns the charts of the page in order.
func chartsOf(in *HTMLInput) []chartSpec {
	weeks := in.Board.Weeks("")
	out := []chartSpec{{
		ID: "weeks", Title: Label{"每周走访", "Visits by week"},
		Note:    Label{"柱：当周已走访与已排的次数，按等级。实线：当周截止的窗口所要求的次数。虚线：周初尚欠走访的人数。", "Bars: visits made and planned in the week, by grade. Line: what the windows that close in it ask for. Dashed: residents still owed when it begins."},
		Chinese: weekChart(in, weeks, chinese), English: weekChart(in, weeks, english),
	}}
	if in.Coverage != nil && len(in.Coverage.Supply) > 0 {
		out = append(out, chartSpec{
			ID: "coverage", Title: Label{fmt.Sprintf("%d 分钟步行可达", in.Coverage.Minutes), fmt.Sprintf("Within %d minutes' walk", in.Coverage.Minutes)},
			Note:    Label{fmt.Sprintf("沿步行路网，%.1f 米/秒，到最近一处开放设施。", in.Coverage.MetresPerSecond), fmt.Sprintf("On the walking network at %.1f m/s, to the nearest open facility.", in.Coverage.MetresPerSecond)},
			Chinese: coverageChart(in, chinese), English: coverageChart(in, english),
		})
	}
	if len(in.Board.Loads()) > 0 {
		out = append(out, chartSpec{
			ID: "loads", Title: Label{"各类走访力量的工作量", "Work by kind of visitor"},
			Note:    Label{"按类别汇总，不比较个人。", "By kind; people are not compared."},
			Chinese: loadChart(in, chinese), English: loadChart(in, english),
		})
	}
	if len(in.Board.Unplanned("")) > 0 {
		out = append(out, chartSpec{
			ID: "reasons", Title: Label{"未能安排的原因", "Why visits are not planned"},
			Note:    Label{"漏访与欠访未清分开计。", "Lapses, and debts not caught up, apart."},
			Chinese: reasonChart(in, chinese), English: reasonChart(in, english),
		})
	}
	return out
}
