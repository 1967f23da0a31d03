package reports_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"sanse/reports"
	"sanse/reports/mark"
)

// taken is who took a file, in what it says and in what is hidden in it.
func taken() (mark.Mark, reports.Marked) {
	at := time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)
	m := mark.Mark{District: "990201", Export: "x0123456789abcdef", Account: "a00000000000000aa", At: at, Until: at.AddDate(0, 0, 14), Purpose: "meeting"}
	return m, reports.Marked{
		Number: m.Export, Account: m.Account, At: "2026-11-22 19:00", Until: "2026-12-06", Purpose: reports.Label{Chinese: "会议", English: "a meeting"}, Hidden: m.Blank(),
	}
}

func TestEveryFormOfFileSaysWhoTookItAndCanBeSealed(t *testing.T) {
	m, marked := taken()
	short := shortTown(t)
	short.Mark, short.About.Review = marked, "GS(2026)1234"
	record := reports.ProcessingRecord{Handler: "示范区（虚构）", Made: "2026-11-22", Measures: []string{"措施一"}}
	made := time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		write func(*bytes.Buffer) error
		sight bool // the number can be read in the bytes: a PDF's text is glyphs
	}{
		"the page of a shortfall": {func(b *bytes.Buffer) error { return reports.WriteShortfallPDF(b, short, pageFont(t), made) }, false},
		"its workbook":            {func(b *bytes.Buffer) error { return reports.WriteShortfallWorkbook(b, short) }, false},
		"the processing record":   {func(b *bytes.Buffer) error { return reports.WriteProcessingPDF(b, &record, pageFont(t), made, marked) }, false},
		"a page of the effect": {func(b *bytes.Buffer) error {
			return reports.WriteEffectHTML(b, reports.EffectInput{Effect: &reports.Effect{}, Mark: marked})
		}, true},
		"a workbook of the effect": {func(b *bytes.Buffer) error {
			return reports.WriteEffectWorkbook(b, reports.EffectInput{Effect: &reports.Effect{}, Mark: marked})
		}, false},
		"the coverage": {func(b *bytes.Buffer) error {
			return reports.WriteCoverageGeoJSON(b, reports.GeoJSONInput{Coverage: &reports.Coverage{}, Mark: marked})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := c.write(&b); err != nil {
				t.Fatal(err)
			}
			file, digest, err := mark.Seal(b.Bytes(), m, func(d []byte) ([]byte, error) {
				sum := sha256.Sum256(d)
				return sum[:], nil
			})
			if err != nil {
				t.Fatal(err)
			}
			f, err := mark.Read(file)
			if err != nil || !f.Same() || !bytes.Equal(f.Digest, digest) || f.Mark.Blank() != m.Blank() {
				t.Errorf("%+v %v", f, err)
			}
			if c.sight && !strings.Contains(b.String(), marked.Line(false)) && !strings.Contains(b.String(), marked.Line(true)) {
				t.Error("it does not say who took it")
			}
		})
	}
}

func TestAWorkbookSaysWhoTookItOnASheetAndAtEveryFoot(t *testing.T) {
	_, marked := taken()
	in := shortTown(t)
	in.Mark = marked
	var b bytes.Buffer
	if err := reports.WriteShortfallWorkbook(&b, in); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	sheets := f.GetSheetList()
	if last := sheets[len(sheets)-1]; last != reports.SheetExport {
		t.Errorf("the last sheet is %s", last)
	}
	for _, s := range sheets {
		foot, err := f.GetHeaderFooter(s)
		if err != nil || foot == nil || !strings.Contains(foot.OddFooter, marked.Number) || !strings.Contains(foot.OddFooter, marked.Account) {
			t.Errorf("the foot of %s is %+v (%v)", s, foot, err)
		}
	}
	rows, err := f.GetRows(reports.SheetExport)
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, r := range rows {
		said.WriteString(strings.Join(r, " ") + "\n")
	}
	for _, want := range []string{marked.Number, marked.Account, marked.At, marked.Until, "会议"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the sheet does not say %s", want)
		}
	}
}

func TestWhoTookAFileIsSaidInBothLanguagesAndOfNobodyNothing(t *testing.T) {
	_, marked := taken()
	for english, words := range map[bool][]string{false: {"账号", "会议", "有效至 2026-12-06"}, true: {"account", "a meeting", "good until 2026-12-06"}} {
		for _, w := range append(words, marked.Number, marked.Account) {
			if line := marked.Line(english); !strings.Contains(line, w) {
				t.Errorf("%q does not say %s", line, w)
			}
		}
	}
	var none reports.Marked
	if none.Line(false)+none.Line(true)+none.Across() != "" {
		t.Error("nobody is said to have taken it")
	}
}
