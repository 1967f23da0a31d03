package reports

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strconv"

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
		"rows":   func(r EffectPlanRow) []effectWorkRow { return effectWorkRows(&r) },
		"of":     l.of,
		"review": ReviewText,
		"across": in.Mark.acrossPage,
		"taken":  func() string { return in.Mark.Line(in.English) },
		"uneven": func(w EffectWork) string { return strconv.FormatFloat(w.Uneven(), 'f', 1, 64) },
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
		ByGrade    []EffectGradeMove
		Lose       int // residents who lose a familiar visitor
		Tables     []effectTable
		Changed    []EffectPlanRow // communities whose plan is another
		Others     []EffectVisit   // visits in flight for which somebody else must go
		MoreOthers int
		Moves      []EffectMove
		MoreMoves  int
		Maps       []effectMap
		Signatures []Label
	}{
		EffectInput: in, Lang: "zh-CN", Style: template.CSS(effectCSS), Grades: effectGrades(e), ByGrade: effectByGrade(e),
		Moves: e.Moves[:min(len(e.Moves), effectMovesShown)], MoreMoves: max(0, len(e.Moves)-effectMovesShown),
		Maps: effectMaps(e), Signatures: effectSignatures[:],
	}
	if in.English {
		page.Lang = "en"
	}
	for _, n := range e.Moved.Familiar {
		page.Lose += n
	}
	for _, r := range e.Plan.Communities {
		if r.Before != r.After {
			page.Changed = append(page.Changed, r)
		}
	}
	for _, v := range e.InFlight.List {
		if !v.InScope {
			page.Others = append(page.Others, v)
		}
	}
	page.MoreOthers = max(0, len(page.Others)-effectMovesShown)
	page.Others = page.Others[:len(page.Others)-page.MoreOthers]
	for _, t := range []effectTable{
		{Title: Label{"网格", "Grids"}, Rows: effectRows(e, page.Grades, geo.LevelGrid)},
		{Title: Label{"微网格", "Micro-grids"}, Rows: effectRows(e, page.Grades, geo.LevelMicroGrid)},
	} {
		if len(t.Rows) > 0 {
			page.Tables = append(page.Tables, t)
		}
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
