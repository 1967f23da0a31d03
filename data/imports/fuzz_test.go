package imports_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"sanse/data/imports"
	"sanse/planner"
)

func TestCSVIsReadAsTheStandardLibraryReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab1 ,;\t\"\n李红")))
		width := rapid.IntRange(2, 5).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 8).Draw(t, "rows")
		delim := rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "separator")
		// The header decides the separator, so it holds no other one.
		head := make([]string, width)
		for i := range head {
			head[i] = "h"
		}
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		w.Comma = delim
		w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		if err := w.WriteAll(append([][]string{head, head, head}, rows...)); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(buf.Bytes()))
		r.Comma = delim
		var truth [][]string
		var truthLines []int
		for {
			rec, err := r.Read()
			if err != nil {
				break
			}
			if slices.ContainsFunc(rec, func(c string) bool { return strings.TrimSpace(c) != "" }) {
				line, _ := r.FieldPos(0)
				truth, truthLines = append(truth, rec), append(truthLines, line)
			}
		}
		got, lines, bad, err := imports.ReadCSV(bytes.NewReader(buf.Bytes()))
		if err != nil || bad != 0 || !slices.EqualFunc(got, truth, slices.Equal[[]string]) || !slices.Equal(lines, truthLines) {
			t.Fatalf("read %q on lines %v (%d bad, %v)\nwant %q on lines %v", got, lines, bad, err, truth, truthLines)
		}
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"id,grade\n1,红\n", "\uFEFFa;b\r\n\"x\"\"y\";\r\n", "sep=\t\na\tb\n", "\"", "a\rb\r", "\xB1\xE0\xBA\xC5,b\n", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, lines, _, err := imports.ReadCSV(bytes.NewReader(raw))
		if err == nil && !slices.IsSorted(lines) {
			t.Errorf("lines run backwards: %v", lines)
		}
	})
}

func FuzzTable(f *testing.F) {
	for _, s := range []string{
		"id,grade,lon,lat\nR1,red,104.305,30.805\n", "\xB1\xE0\xBA\xC5;\xB5\xC8\xBC\xB6\n1;\xBA\xEC\n", "PK\x03\x04", "\xFF\xFEi\x00d\x00", "编号,等级\n,\n",
	} {
		f.Add([]byte(s))
	}
	b := setup(f)
	path := filepath.Join(b.dir, "f.csv")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		rep, err := imports.Run(context.Background(), imports.Options{Kind: imports.Residents, Path: path, District: district, DryRun: true}, b.env)
		var input *imports.InputError
		if err != nil && !errors.Is(err, imports.ErrRefused) && !errors.As(err, &input) {
			t.Errorf("an error of another kind: %v", err)
		}
		if errors.Is(err, imports.ErrRefused) != (rep.Refused > 0) && err == nil {
			t.Errorf("refused %d rows without saying so", rep.Refused)
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add("编号,等级,经度,纬度")
	f.Add("ID , Grade（三色）,ｘ,y")
	f.Add("【】,((,))")
	f.Fuzz(func(t *testing.T, s string) {
		cells := strings.Split(s, ",")
		for _, k := range imports.Kinds() {
			at, err := imports.ReadHeader(k, cells)
			if err != nil {
				continue
			}
			for key, i := range at {
				if i < 0 || i >= len(cells) {
					t.Errorf("column %s is at %d of %d", key, i, len(cells))
				}
			}
		}
	})
}

func FuzzWorkbook(f *testing.F) {
	book := excelize.NewFile()
	row := []any{"编号", "等级", "经度", "纬度"}
	if err := book.SetSheetRow("Sheet1", "A1", &row); err != nil {
		f.Fatal(err)
	}
	var buf bytes.Buffer
	if err := book.Write(&buf); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte("PK\x03\x04"))
	b := setup(f)
	path := filepath.Join(b.dir, "f.xlsx")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := imports.Run(context.Background(), imports.Options{Kind: imports.Residents, Path: path, District: district, DryRun: true}, b.env)
		var input *imports.InputError
		if err != nil && !errors.Is(err, imports.ErrRefused) && !errors.As(err, &input) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}

func FuzzGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"B1"},"geometry":{"type":"Polygon","coordinates":[[[104.301,30.801],[104.302,30.801],[104.302,30.802],[104.301,30.801]]]}}]}`))
	f.Add([]byte(`{"type":"Feature","id":3,"properties":null,"geometry":{"type":"MultiPolygon","coordinates":[]}}`))
	f.Add([]byte(`{"features":[1,null,"x"]}`))
	b := setup(f)
	path := filepath.Join(b.dir, "f.geojson")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := imports.Run(context.Background(), imports.Options{Kind: imports.Buildings, Path: path, District: district, DryRun: true}, b.env)
		var input *imports.InputError
		if err != nil && !errors.Is(err, imports.ErrRefused) && !errors.As(err, &input) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}

func FuzzShifts(f *testing.F) {
	for _, s := range []string{"1-5 08:30-10:30; 6 09:00-11:00", "周一至周五 8：30至10：30", "一三五 08:00-09:00、10:00-11:00", "每天 00:00-24:00", "6-1 1:00-2:00", ";;", "周 1:00-2:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		shifts, err := imports.ParseShifts(s)
		if err != nil {
			return
		}
		for i, x := range shifts {
			if x.Weekday < 1 || x.Weekday > 7 || x.From < 0 || x.From >= x.To || x.To > 1440 {
				t.Errorf("%q gives the shift %+v", s, x)
			}
			if i > 0 && shifts[i-1].Weekday == x.Weekday && shifts[i-1].To > x.From {
				t.Errorf("%q gives shifts that overlap", s)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-11-03", "2026/11/3", "2026年11月3日", "46329", "46329.5", "20261103", "2026.1.1 08:30:00", "２０２６-１１-０３", "1e5", "2026-11-03..2026-11-05 2026-12-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		low, high := planner.NewDate(1900, 1, 1), planner.NewDate(2205, 1, 1)
		if d, err := imports.ParseDate(s); err == nil && (d < low || d > high) {
			t.Errorf("%q is %v", s, d)
		}
		ranges, err := imports.ParseDateRanges(s, false)
		if err != nil {
			return
		}
		for _, r := range ranges {
			if r.To < r.From || r.From < low || r.To > high {
				t.Errorf("%q gives the range %+v", s, r)
			}
		}
	})
}

func FuzzRefusedCell(f *testing.F) {
	for _, s := range []string{"=1+1", "+a", "\t", "\t=1", "\"=1", "a,b", "＝1", " -3", "\x00=", "'=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := imports.CSVCell(s)
		rec, err := csv.NewReader(strings.NewReader("x," + cell + "\r\n")).Read()
		if err != nil || len(rec) != 2 {
			t.Fatalf("%q becomes %q, which reads as %q, %v", s, cell, rec, err)
		}
		if v := strings.TrimLeft(rec[1], " \u00A0\u3000"); v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			t.Errorf("%q becomes %q, which a spreadsheet may run", s, cell)
		}
	})
}
