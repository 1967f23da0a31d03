package reports

import (
	"math"
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"sanse/reports/shortfall"
)

// Chart is a picture as options for ECharts. They are data: no function and no
// markup, so that a name in them can hold anything.
type Chart struct {
	ID     string
	Title  string
	Note   string
	Height int // pixels
	Option map[string]any
}

// ShortfallPicture is what the charts of an area's shortfall are drawn from.
type ShortfallPicture struct {
	Rows []shortfall.Row
	// Before are the shares at the report that is looked back at, by standard;
	// nil where there is none.
	Before map[string]float64
	// Children are the areas below with their rows.
	Children []ShortfallPart
	// Uncovered and Places are of people, and nil for those who are not told.
	Uncovered map[string]shortfall.Uncovered // by service
	Places    []shortfall.PlaceRow
	// Services and Grades put what is counted in order; Labels has their words.
	Services []string
	Grades   []string
	Labels   Labels
}

// ShortfallPart is an area below with its rows.
type ShortfallPart struct {
	Name string
	Rows []shortfall.Row
}

// What each state is drawn in; the charts name it as well.
const (
	colourMet     = "#2f7d52"
	colourMissed  = "#c9570f"
	colourNoData  = "#9aa5ac"
	colourBefore  = "#c3ccd1"
	colourGoal    = "#1d2730"
	mostChildren  = 40
	mostNameRunes = 16
)

// ShortfallCharts draws the charts of an area's shortfall: the standards against
// their targets, the areas below by how many they meet, who is not covered, and
// where people slip out of care. A chart that would be empty is left out.
func ShortfallCharts(in *ShortfallPicture, inEnglish bool) []Chart {
	l := lang(inEnglish)
	var out []Chart
	for _, draw := range []func(*ShortfallPicture, lang) (Chart, bool){standardsChart, childrenChart, uncoveredChart, placesChart} {
		if c, ok := draw(in, l); ok {
			out = append(out, c)
		}
	}
	return out
}

// rowsHeight is how high a chart of so many horizontal bars is.
func rowsHeight(n, each int) int { return 76 + each*n }

// brief cuts a name that would leave no room for its bar; the tooltip and the
// table beside the chart have all of it.
func brief(name string) string {
	if r := []rune(name); len(r) > 2*mostNameRunes {
		return string(r[:2*mostNameRunes-1]) + "…"
	}
	return name
}

func nameOf(t shortfall.Text, l lang) string {
	name := l.of(Label{t.Chinese, t.English})
	if name == "" {
		name = t.Chinese + t.English
	}
	return brief(name)
}

// tenths writes a share in per cent with one decimal; one that is not whole is
// never rounded to 100.
func tenths(share float64) float64 {
	v := math.Round(share*1000) / 10
	if share < 1 && v >= 100 {
		return 99.9
	}
	return v
}

// of100 is how much of what is needed there is, in per cent; false where that is
// not known. Of standards that are met by having little (idle capacity) it is
// the other way round, and they are left to the table.
func of100(r *shortfall.Row) (reached, goal float64, ok bool) {
	if r.Share == nil || r.Measure == shortfall.Idle || r.Status != shortfall.Met && r.Status != shortfall.Short {
		return 0, 0, false
	}
	goal = 100
	if r.Unit == "%" {
		goal = r.Target.Value
	}
	return tenths(min(*r.Share, 1)), goal, true
}

// standardsChart shows for every standard the share that is reached, that of the
// report before, and the target.
func standardsChart(in *ShortfallPicture, l lang) (Chart, bool) {
	var names []string
	var now []opts.BarData
	var before []opts.BarData
	var goals []opts.ScatterData
	for i := range in.Rows {
		r := &in.Rows[i]
		reached, goal, ok := of100(r)
		if !ok {
			continue
		}
		colour := colourMet
		if r.Status == shortfall.Short {
			colour = colourMissed
		}
		name := nameOf(r.Name, l)
		names = append(names, name)
		now = append(now, opts.BarData{Value: reached, ItemStyle: &opts.ItemStyle{Color: colour}})
		goals = append(goals, opts.ScatterData{Value: []any{goal, name}, Symbol: "rect", SymbolSize: 9})
		was := opts.BarData{Value: "-"} // what ECharts draws nothing for
		if b, ok := in.Before[r.Standard]; ok {
			was.Value = tenths(min(b, 1))
		}
		before = append(before, was)
	}
	if len(names) == 0 {
		return Chart{}, false
	}
	bar := charts.NewBar()
	barOptions(bar, true)
	bar.SetGlobalOptions(charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLabel: &opts.AxisLabel{Color: colourMuted}}))
	bar.SetXAxis(names)
	shown := charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "insideLeft", Color: "#ffffff"})
	bar.AddSeries(l.of(Label{"现在 %", "Now %"}), now, shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: colourMissed}))
	each := 30
	if len(in.Before) > 0 {
		bar.AddSeries(l.of(Label{"报告时 %", "At the report %"}), before, charts.WithItemStyleOpts(opts.ItemStyle{Color: colourBefore}))
		each = 40
	}
	goal := charts.NewScatter()
	goal.AddSeries(l.of(Label{"目标 %", "Target %"}), goals, charts.WithItemStyleOpts(opts.ItemStyle{Color: colourGoal}))
	bar.Overlap(goal)
	return Chart{
		ID: "standards", Title: l.of(Label{"各项标准达到多少", "How much of each standard is reached"}),
		Note:   l.of(Label{"橙：未达标；绿：达标；黑点：目标。没有数据的不画。", "Orange: short; green: met; black: the target. What has no data is not drawn."}),
		Height: rowsHeight(len(names), each), Option: options(bar),
	}, true
}

// childrenChart stacks for every area below the standards that are short, met,
// and without data; the worst first.
func childrenChart(in *ShortfallPicture, l lang) (Chart, bool) {
	type line struct {
		name              string
		short, met, blank int
	}
	var lines []line
	for _, c := range in.Children {
		x := line{name: brief(c.Name)}
		for i := range c.Rows {
			switch c.Rows[i].Status {
			case shortfall.Short:
				x.short++
			case shortfall.Met:
				x.met++
			case shortfall.NoData:
				x.blank++
			}
		}
		if c.Name != "" && x.short+x.met+x.blank > 0 {
			lines = append(lines, x)
		}
	}
	if len(lines) < 2 {
		return Chart{}, false
	}
	slices.SortStableFunc(lines, func(a, b line) int { return b.short - a.short })
	lines = lines[:min(len(lines), mostChildren)]
	var names []string
	var short, met, blank []int
	for _, x := range lines {
		names, short, met, blank = append(names, x.name), append(short, x.short), append(met, x.met), append(blank, x.blank)
	}
	bar := charts.NewBar()
	barOptions(bar, true)
	bar.SetXAxis(names)
	stack := charts.WithBarChartOpts(opts.BarChart{Stack: "n"})
	add := func(word Label, values []int, colour string) {
		bar.AddSeries(l.of(word), bars(values, colour), stack, charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}))
	}
	add(Label{"有缺口", "Short"}, short, colourMissed)
	add(Label{"达标", "Met"}, met, colourMet)
	add(Label{"无数据", "No data"}, blank, colourNoData)
	return Chart{
		ID: "children", Title: l.of(Label{"各区域的标准项数", "Standards by area"}),
		Note:   l.of(Label{"未达标最多的排在前面。", "Those that miss most come first."}),
		Height: rowsHeight(len(names), 26), Option: options(bar),
	}, true
}

// uncoveredChart stacks by grade the residents in care whom no facility of a
// service covers.
func uncoveredChart(in *ShortfallPicture, l lang) (Chart, bool) {
	var names, services []string
	for _, s := range in.Services {
		if u, ok := in.Uncovered[s]; ok && u.Total > 0 {
			services, names = append(services, s), append(names, l.of(in.Labels.Of(s)))
		}
	}
	if len(services) == 0 {
		return Chart{}, false
	}
	bar := charts.NewBar()
	barOptions(bar, true)
	bar.SetXAxis(names)
	for _, g := range in.Grades {
		values := make([]int, len(services))
		for i, s := range services {
			values[i] = in.Uncovered[s].ByGrade[g]
		}
		bar.AddSeries(l.of(in.Labels.Of(g)), bars(values, gradeColour(g)), charts.WithBarChartOpts(opts.BarChart{Stack: "n"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: gradeColour(g)}))
	}
	return Chart{
		ID: "uncovered", Title: l.of(Label{"没有覆盖到的关爱对象", "Residents in care who are not covered"}),
		Note:   l.of(Label{"步行15分钟内没有该类开放设施的人数，按等级。", "People without an open facility of the kind within 15 minutes on foot, by grade."}),
		Height: rowsHeight(len(names), 32), Option: options(bar),
	}, true
}

// placesChart sets those enrolled beside those to be expected, by kind of place.
func placesChart(in *ShortfallPicture, l lang) (Chart, bool) {
	words := map[string]Label{
		"town": {"城区", "Town"}, "suburb": {"城乡结合部", "Urban fringe"}, "village": {"村庄", "Village"},
		"old_estate": {"老旧小区", "Old estate"}, "migrants_quarter": {"外来人口聚居区", "Migrants’ quarter"}, "": {"未登记", "Not known"},
	}
	var names []string
	var expected, enrolled []int
	for _, p := range in.Places {
		word, ok := words[p.Place]
		if !ok {
			word = in.Labels.Of(p.Place)
		}
		names = append(names, l.of(word))
		expected, enrolled = append(expected, int(math.Round(p.Expected))), append(enrolled, p.Enrolled)
	}
	if len(names) == 0 {
		return Chart{}, false
	}
	bar := charts.NewBar()
	barOptions(bar, true)
	bar.SetXAxis(names)
	shown := charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Color: colourMuted})
	bar.AddSeries(l.of(Label{"应有", "Expected"}), bars(expected, colourBefore), shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: colourBefore}))
	bar.AddSeries(l.of(Label{"在册", "Enrolled"}), bars(enrolled, colourTeal), shown, charts.WithItemStyleOpts(opts.ItemStyle{Color: colourTeal}))
	return Chart{
		ID: "places", Title: l.of(Label{"人在哪里漏掉", "Where people slip out of care"}),
		Note:   l.of(Label{"按人口和已知比例推算的人数，与在册人数。", "Those to be expected from the population, and those enrolled."}),
		Height: rowsHeight(len(names), 44), Option: options(bar),
	}, true
}
