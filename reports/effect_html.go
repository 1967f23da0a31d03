package reports

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/geo"
)

//go:embed effect.html
var effectHTML string

//go:embed effect.css
var effectCSS string

// effectMovesShown bounds the residents that the page lists; the workbook has
// all.
const effectMovesShown = 100

// WriteEffectHTML writes an effect as one page to print on A4 and sign: maps of
// before and after side by side, the areas, the residents who move, the plans
// compared, and lines for who prepares, checks and approves it. The page holds
// no script, asks nothing of any network and says so to the browser. It shows
// true numbers and opaque ids: it is for those who answer for the district.
func WriteEffectHTML(w io.Writer, in EffectInput) error {
	if in.Effect == nil {
		return errors.New("write page: no effect given")
	}
	l := lang(in.English)
	t, err := template.New("effect").Funcs(template.FuncMap{
		"t":      func(zh, en string) string { return l.of(Label{zh, en}) },
		"label":  func(key string) string { return l.of(in.Labels.Of(key)) },
		"count":  showCount,
		"colour": gradeClass,
		"change": func(a *EffectArea) string { return l.of(effectChange(in.Effect, a)) },
		"rows":   func(r EffectPlanRow) []effectWorkRow { return effectWorkRows(&r) },
		"of":     l.of,
		"num":    func(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) },
		"hours":  func(seconds int) string { return strconv.FormatFloat(float64(seconds)/3600, 'f', 1, 64) },
		"coord":  func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) },
	}).Parse(effectHTML)
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	e := in.Effect
	page := struct {
		EffectInput
		Lang       string
		Style      template.CSS
		Grades     []string
		Areas      []*EffectArea
		Moves      []EffectMove
		MoreMoves  int
		Maps       []effectMap
		Signatures []Label
	}{
		EffectInput: in, Lang: "zh-CN", Style: template.CSS(effectCSS), Grades: effectGrades(e),
		Moves: e.Moves[:min(len(e.Moves), effectMovesShown)], MoreMoves: max(0, len(e.Moves)-effectMovesShown),
		Maps: effectMaps(e), Signatures: effectSignatures[:],
	}
	if in.English {
		page.Lang = "en"
	}
	for i := range e.Areas {
		page.Areas = append(page.Areas, &e.Areas[i])
	}
	var out bytes.Buffer
	if err := t.Execute(&out, &page); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// effectMap is one of the two maps: the communities that the redraw touches.
type effectMap struct {
	Title         Label
	Width, Height float64
	Areas         []mapPath
	Lines         []mapPath // of grids that have micro-grids, those that change on top
	Outlines      []string  // of communities
	Labels        []mapLabel
}

// effectMapWidth is that of one map, in pixels of its own: two fit on a page.
const effectMapWidth = 520.0

// effectLabels bounds the labels of a map: more would cover it.
const effectLabels = 80

// effectMaps draws before and after at one scale: the innermost areas, those
// that change in colour, with their names where there is room.
func effectMaps(e *Effect) []effectMap {
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, list := range [][]geo.Area{e.Before, e.After} {
		for i := range list {
			if list[i].Level >= geo.LevelCommunity && len(list[i].Boundary) > 0 {
				bound = bound.Union(list[i].Boundary.Bound())
			}
		}
	}
	if !(bound.Max[0] > bound.Min[0]) || !(bound.Max[1] > bound.Min[1]) {
		return nil
	}
	shrink := math.Cos(bound.Center()[1] * math.Pi / 180)
	scale := effectMapWidth / ((bound.Max[0] - bound.Min[0]) * shrink)
	width, height := effectMapWidth, math.Ceil((bound.Max[1]-bound.Min[1])*scale)
	if height > 1.2*width {
		scale *= 1.2 * width / height
		height = 1.2 * width
		width = math.Ceil((bound.Max[0] - bound.Min[0]) * shrink * scale)
	}
	at := func(p orb.Point) (x, y int) {
		return int(math.Round((p[0] - bound.Min[0]) * shrink * scale * 10)), int(math.Round((bound.Max[1] - p[1]) * scale * 10))
	}
	touched := make(map[string]*EffectArea, len(e.Areas))
	for i := range e.Areas {
		touched[e.Areas[i].Code] = &e.Areas[i]
	}
	draw := func(title Label, list []geo.Area, figures func(*EffectArea) *EffectFigures) effectMap {
		m := effectMap{Title: title, Width: width, Height: height}
		parents := make(map[string]bool)
		for i := range list {
			parents[list[i].Parent] = true
		}
		for i := range list {
			a := &list[i]
			path := svgPath(a.Boundary, at)
			switch {
			case a.Level < geo.LevelCommunity:
				continue
			case a.Level == geo.LevelCommunity:
				m.Outlines = append(m.Outlines, path)
				continue
			case parents[a.Code]:
				line := mapPath{Path: path, Fills: []string{"line"}}
				if touched[a.Code] != nil {
					line.Fills[0] = "line changed"
				}
				m.Lines = append(m.Lines, line)
				continue
			}
			p := mapPath{ID: i, Path: path, Title: Label{a.Name + " " + a.Code, a.Name + " " + a.Code}, Fills: []string{"same"}}
			if t := touched[a.Code]; t != nil {
				p.Fills[0] = "touched"
				if t.Before == nil || t.After == nil {
					p.Fills[0] = "new"
				}
				if f := figures(t); f != nil {
					p.Title.Chinese += fmt.Sprintf("\n对象 %d，户数 %d，每周 %.0f 分钟", f.Residents, f.Households, f.CareMinutes)
					p.Title.English += fmt.Sprintf("\nresidents %d, households %d, %.0f minutes a week", f.Residents, f.Households, f.CareMinutes)
				}
				if x, y, ok := labelPoint(a.Boundary, at); ok && len(m.Labels) < effectLabels {
					m.Labels = append(m.Labels, mapLabel{x, y, a.Code[max(0, len(a.Code)-3):]})
				}
			}
			m.Areas = append(m.Areas, p)
		}
		slices.SortStableFunc(m.Lines, func(a, b mapPath) int { return len(a.Fills[0]) - len(b.Fills[0]) })
		return m
	}
	return []effectMap{
		draw(Label{"调整前", "Before"}, e.Before, func(a *EffectArea) *EffectFigures { return a.Before }),
		draw(Label{"调整后", "After"}, e.After, func(a *EffectArea) *EffectFigures { return a.After }),
	}
}
