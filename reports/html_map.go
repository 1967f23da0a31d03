package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// The map is drawn as inline SVG: one path an area, filled by a class; the
// outlines of towns on top. Coordinates are rounded to a tenth of a pixel, so
// that a border shared by two areas stays shared.
const mapWidth = 760.0

// mapPath is one area on the map.
type mapPath struct {
	ID    int
	Path  string
	Title Label
	// Fills is the class of the fill for each layer, by index.
	Fills []string
}

type mapLabel struct {
	X, Y float64
	Text string
}

// mapLayer is one figure shown on the map.
type mapLayer struct {
	Key    string
	Title  Label
	Legend []mapLegend
}

type mapLegend struct {
	Class string
	Text  Label
}

type svgMap struct {
	Width, Height float64
	Areas         []mapPath
	Outlines      []string
	Labels        []mapLabel
	Layers        []mapLayer
}

// steps of a share, in per cent; and the classes of their fills.
var shareSteps = [...]int{40, 60, 75, 90}

func shareClass(share float64) string {
	if share < 0 {
		return "none"
	}
	p := share * 100
	for i, s := range shareSteps {
		if p < float64(s) {
			return fmt.Sprintf("s%d", i)
		}
	}
	return fmt.Sprintf("s%d", len(shareSteps))
}

func shareLegend() []mapLegend {
	var out []mapLegend
	low := 0
	for i, s := range shareSteps {
		t := fmt.Sprintf("%d–%d%%", low, s)
		out = append(out, mapLegend{fmt.Sprintf("s%d", i), Label{t, t}})
		low = s
	}
	t := fmt.Sprintf("≥ %d%%", low)
	out = append(out, mapLegend{fmt.Sprintf("s%d", len(shareSteps)), Label{t, t}})
	return append(out, mapLegend{"none", Label{"无关爱对象", "nobody in care"}})
}

// countSteps cuts counts into five classes of about equal size.
func countSteps(values []int) []int {
	var v []int
	for _, x := range values {
		if x > 0 {
			v = append(v, x)
		}
	}
	slices.Sort(v)
	var cuts []int
	for k := 1; k < 5 && len(v) > 0; k++ {
		c := v[len(v)*k/5]
		if c > v[0] && (len(cuts) == 0 || c > cuts[len(cuts)-1]) {
			cuts = append(cuts, c)
		}
	}
	return cuts
}

func countClass(n int, cuts []int) string {
	if n == 0 {
		return "none"
	}
	i := 0
	for i < len(cuts) && n >= cuts[i] {
		i++
	}
	return fmt.Sprintf("c%d", i)
}

func countLegend(cuts []int) []mapLegend {
	out := []mapLegend{{"none", Label{"0", "0"}}}
	low := 1
	for i, c := range cuts { // the first class holds the smallest count: every class is in use
		if c > low {
			t := fmt.Sprintf("%d–%d", low, c-1)
			if c-1 == low {
				t = fmt.Sprint(low)
			}
			out = append(out, mapLegend{fmt.Sprintf("c%d", i), Label{t, t}})
		}
		low = c
	}
	t := fmt.Sprintf("≥ %d", low)
	return append(out, mapLegend{fmt.Sprintf("c%d", len(cuts)), Label{t, t}})
}

// mapOf draws the communities (or, where there are none, the deepest level
// that has boundaries) with the figures of the board and of coverage.
func mapOf(in *HTMLInput) *svgMap {
	level := geo.LevelDistrict
	for _, a := range in.Areas {
		if len(a.Boundary) > 0 && a.Level > level && a.Level <= geo.LevelCommunity {
			level = a.Level
		}
	}
	var drawn, outer []*geo.Area
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for i := range in.Areas {
		a := &in.Areas[i]
		if len(a.Boundary) == 0 {
			continue
		}
		switch a.Level {
		case level:
			drawn = append(drawn, a)
			bound = bound.Union(a.Boundary.Bound())
		case geo.LevelTown:
			outer = append(outer, a)
		}
	}
	if len(drawn) == 0 || !(bound.Max[0] > bound.Min[0]) || !(bound.Max[1] > bound.Min[1]) {
		return nil
	}
	byCode := func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) }
	slices.SortFunc(drawn, byCode)
	slices.SortFunc(outer, byCode)
	shrink := math.Cos(bound.Center()[1] * math.Pi / 180)
	scale := mapWidth / ((bound.Max[0] - bound.Min[0]) * shrink)
	m := &svgMap{Width: mapWidth, Height: math.Ceil((bound.Max[1] - bound.Min[1]) * scale)}
	if m.Height > 1.4*mapWidth { // a tall district: fit it by height
		scale *= 1.4 * mapWidth / m.Height
		m.Height = 1.4 * mapWidth
		m.Width = math.Ceil((bound.Max[0] - bound.Min[0]) * shrink * scale)
	}
	at := func(p orb.Point) (x, y int) {
		return int(math.Round((p[0] - bound.Min[0]) * shrink * scale * 10)), int(math.Round((bound.Max[1] - p[1]) * scale * 10))
	}
	rows := map[string]Row{}
	h := in.Board.Horizon()
	var required []int
	for _, r := range in.Board.Level(level.String(), h) {
		rows[r.Code] = r.Row
	}
	for _, a := range drawn {
		required = append(required, rows[a.Code].Required)
	}
	cuts := countSteps(required)
	m.Layers = append(m.Layers, mapLayer{"required", Label{"到期应走访次数", "Visits falling due"}, countLegend(cuts)})
	var services []string
	if in.Coverage != nil {
		for _, s := range in.Coverage.Supply {
			services = append(services, s.Service)
			w := in.Labels.Of(s.Service)
			m.Layers = append(m.Layers, mapLayer{"s-" + s.Service, Label{"可达率：" + w.Chinese, "In reach of " + w.English}, shareLegend()})
		}
	}
	for i, a := range drawn {
		row := rows[a.Code]
		p := mapPath{ID: i, Path: svgPath(a.Boundary, at)}
		zh := []string{a.Name, fmt.Sprintf("到期 %d，已排 %d，漏访 %d", row.Required, row.Planned, row.Lapses)}
		en := []string{a.Name, fmt.Sprintf("due %d, planned %d, lapses %d", row.Required, row.Planned, row.Lapses)}
		p.Fills = append(p.Fills, countClass(row.Required, cuts))
		for _, s := range services {
			share := -1.0
			if c, ok := in.Coverage.Area(a.Code); ok {
				share = c.Services[s].Residents.Share()
			}
			p.Fills = append(p.Fills, shareClass(share))
			if share >= 0 {
				w := in.Labels.Of(s)
				zh = append(zh, fmt.Sprintf("%s %d%%", w.Chinese, percent(share)))
				en = append(en, fmt.Sprintf("%s %d%%", w.English, percent(share)))
			}
		}
		p.Title = Label{strings.Join(zh, "\n"), strings.Join(en, "\n")}
		m.Areas = append(m.Areas, p)
	}
	if level > geo.LevelTown {
		for _, a := range outer {
			m.Outlines = append(m.Outlines, svgPath(a.Boundary, at))
			if x, y, ok := labelPoint(a.Boundary, at); ok {
				m.Labels = append(m.Labels, mapLabel{x, y, a.Name})
			}
		}
	}
	return m
}

// svgPath writes rings as an SVG path; points that fall together are one.
func svgPath(mp orb.MultiPolygon, at func(orb.Point) (x, y int)) string {
	var b strings.Builder
	for _, poly := range mp {
		for _, ring := range poly {
			lastX, lastY, n := 0, 0, 0
			for _, p := range ring {
				x, y := at(p)
				switch {
				case n == 0:
					fmt.Fprintf(&b, "M%.1f %.1f", float64(x)/10, float64(y)/10)
				case x == lastX && y == lastY:
					continue
				default:
					fmt.Fprintf(&b, "L%.1f %.1f", float64(x)/10, float64(y)/10)
				}
				lastX, lastY, n = x, y, n+1
			}
			if n > 0 {
				b.WriteByte('Z')
			}
		}
	}
	return b.String()
}

// labelPoint is the centre of the largest ring, weighted by area.
func labelPoint(mp orb.MultiPolygon, at func(orb.Point) (x, y int)) (cx, cy float64, ok bool) {
	best := 0.0
	for _, poly := range mp {
		if len(poly) == 0 || len(poly[0]) < 4 {
			continue
		}
		area, sx, sy := 0.0, 0.0, 0.0
		for i := 1; i < len(poly[0]); i++ {
			ax, ay := at(poly[0][i-1])
			bx, by := at(poly[0][i])
			c := float64(ax*by - bx*ay)
			area += c
			sx += float64(ax+bx) * c
			sy += float64(ay+by) * c
		}
		if math.Abs(area) > best {
			best = math.Abs(area)
			cx, cy, ok = sx/(3*area)/10, sy/(3*area)/10, true
		}
	}
	return cx, cy, ok
}
