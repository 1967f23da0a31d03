package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"sanse/geo"
)

// HTMLInput is what a page is made from.
type HTMLInput struct {
	About    About
	Labels   Labels
	Board    *Board
	Coverage *Coverage // nil: the page says nothing of coverage
	// Areas with boundaries are drawn on the map: communities, and towns as
	// outlines; without any the page has no map. Those of deeper levels may be
	// among them.
	Areas []geo.Area
	// EChartsJS is the text of echarts.min.js (version 5 or 6), put into the
	// page so that it needs nothing else.
	EChartsJS []byte
	Mark      Marked
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// unplannedShown bounds the table of what is not planned; the workbook has all.
const unplannedShown = 300

// WriteHTML writes one self-contained page: Chinese first, English by a switch;
// readable on a phone, on paper and with scripts off. It asks nothing of any
// network, and says so to the browser: its Content-Security-Policy allows the
// scripts of the page by their hashes and no address at all. Every name in it
// is data: names go through html/template, and chart options are JSON in a
// block that is never executed, so that no label can become a script. The page
// shows true numbers and opaque ids: it is for those who answer for the
// district.
func WriteHTML(w io.Writer, in HTMLInput) error {
	if in.Board == nil {
		return errors.New("write page: no board given")
	}
	if len(in.EChartsJS) == 0 {
		return errors.New("write page: the script of echarts is missing")
	}
	// These would end the script, or keep its end from being seen.
	lower := bytes.ToLower(in.EChartsJS)
	for _, bad := range []string{"</script", "<script", "<!--"} {
		if bytes.Contains(lower, []byte(bad)) {
			return fmt.Errorf("write page: the script of echarts holds %q and cannot stand in a page", bad)
		}
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"label":   in.Labels.Of,
		"words":   func(zh, en string) Label { return Label{zh, en} },
		"percent": showShare,
		"review":  ReviewText,
		"across":  in.Mark.acrossPage,
		"taken":   func() Label { return Label{in.Mark.Line(false), in.Mark.Line(true)} },
		"onTime":  showOnTime,
		"count":   showCount,
		"colour":  func(g string) string { return gradeClass(g) },
		"join":    strings.Join,
		"coord":   func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) },
	}).Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	// A browser reads \r\n as \n before it takes the hash.
	echarts := strings.ToValidUTF8(strings.ReplaceAll(strings.ReplaceAll(string(in.EChartsJS), "\r\n", "\n"), "\r", "\n"), "�")
	echarts = strings.ReplaceAll(echarts, "\x00", "�")
	charts := chartsOf(&in)
	data := map[string]map[string]any{}
	for _, c := range charts {
		data[c.ID] = map[string]any{"zh": c.Chinese, "en": c.English}
	}
	page := pageData{
		About:   in.About,
		Mark:    in.Mark,
		CSP:     "default-src 'none'; script-src '" + hash(echarts) + "' '" + hash(pageJS) + "'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
		ECharts: template.JS(echarts), //nolint:gosec // checked above; the caller's own file, not user data
		Script:  template.JS(pageJS),  //nolint:gosec // embedded
		Style:   template.CSS(pageCSS),
		Charts:  charts,
		Data:    data,
		Map:     mapOf(&in),
		Grades:  in.Board.GradeNames(),
		Notes:   definitions(in.About, in.Coverage),
	}
	page.fill(&in)
	var out bytes.Buffer
	if err := t.Execute(&out, &page); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

func hash(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// pageData is what the template sees.
type pageData struct {
	About       About
	Mark        Marked
	CSP         string
	ECharts     template.JS
	Script      template.JS
	Style       template.CSS
	Charts      []chartSpec
	Data        map[string]map[string]any
	Map         *svgMap
	Grades      []string
	Notes       []definition
	Total       Row
	Residents   int
	Needed      int
	OwedAtStart int
	OwedBy      string // the day on which what is owed is made good; empty: not in this plan
	Past        *float64
	Towns       []townRows
	Coverage    *Coverage
	Unplanned   []UnplannedRow
	More        int // of the unplanned, not shown
}

type townRows struct {
	AreaRow
	Communities []AreaRow
}

func (p *pageData) fill(in *HTMLInput) {
	b := in.Board
	h := b.Horizon()
	p.Total = b.Row("", h)
	for _, n := range p.Total.Residents {
		p.Residents += n
	}
	p.Needed = b.Needed()
	p.OwedAtStart = b.OwedAtStart()
	if d, ok := b.OwedClearedOn(); ok {
		p.OwedBy = d.String()
	}
	p.Past = b.Row("", Period{Kind: "days", From: b.from, To: b.today - 1}).OnTime
	towns := b.Level("town", h)
	if len(towns) == 0 {
		towns = b.Level("community", h)
	}
	for _, t := range towns {
		p.Towns = append(p.Towns, townRows{t, b.Children(t.Code, h)})
	}
	p.Coverage = in.Coverage
	all := b.Unplanned("")
	p.Unplanned = all[:min(len(all), unplannedShown)]
	p.More = len(all) - len(p.Unplanned)
}

// gradeClass keeps class names to the three that the style sheet has.
func gradeClass(g string) string {
	switch g {
	case "red", "yellow", "blue":
		return g
	}
	return "other"
}

func showShare(v float64) string {
	if v < 0 {
		return "–"
	}
	return strconv.FormatFloat(v*100, 'f', 1, 64) + "%"
}

func showOnTime(v *float64) string {
	if v == nil {
		return "–"
	}
	return showShare(*v)
}

// showCount writes 12345 as 12,345.
func showCount(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
