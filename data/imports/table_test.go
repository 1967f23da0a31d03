package imports_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sanse/data/imports"
	"sanse/planner"
)

// workbook writes rows to a sheet, behind an empty first one if others is set.
func workbook(t testing.TB, path, sheet string, rows [][]any) string {
	t.Helper()
	f := excelize.NewFile()
	if sheet != "Sheet1" {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAWorkbookIsReadLikeATable(t *testing.T) {
	b := setup(t)
	rows := [][]any{
		{"示范区关爱对象台账"},
		{},
		{"编号", "姓名", "身份证号", "手机", "等级", "类别", "经度", "纬度", "走访时长", "纳入日期"},
		{"R1", "李小花", "51019919400106001X", 19900000001, "红色", "独居老人、残疾人", 104.305, 30.805, 30, 46329},
		{"R2", "张三", "", "", "蓝", "", 104.335, 30.835, 20, "2026年3月1日"},
	}
	rep, err := b.run(imports.Residents, workbook(t, filepath.Join(b.dir, "r.xlsx"), "Sheet1", rows))
	mustRun(t, rep, err)
	if rep.Sheet != "Sheet1" || len(b.sink.residents) != 2 {
		t.Fatalf("report %+v", rep)
	}
	r := b.sink.residents[0]
	if r.Person.Phone.Reveal() != "19900000001" || r.Minutes != 30 || r.Enrolled != planner.NewDate(2026, 11, 3) || r.Grade != "red" || len(r.Kinds) != 2 {
		t.Errorf("first resident is %+v", r)
	}

	named := workbook(t, filepath.Join(b.dir, "n.xlsx"), "对象", rows[2:])
	rep, err = b.run(imports.Residents, named, func(o *imports.Options) { o.Sheet = "对象" })
	mustRun(t, rep, err)
	var input *imports.InputError
	if _, err := b.run(imports.Residents, named, func(o *imports.Options) { o.Sheet = "人员" }); !errors.As(err, &input) || !strings.Contains(err.Error(), "“对象”") {
		t.Errorf("a sheet that is not there: %v", err)
	}
	if _, err := b.run(imports.Residents, named); !errors.As(err, &input) {
		t.Errorf("an empty first sheet: %v", err)
	}
	if _, err := b.run(imports.Residents, b.file(t, "x.xlsx", "id,grade\n")); !errors.As(err, &input) || !strings.Contains(err.Error(), "no workbook") {
		t.Errorf("a CSV file called .xlsx: %v", err)
	}
	if _, err := b.run(imports.Residents, b.file(t, "x.csv", "PK\x03\x04 and no more")); !errors.As(err, &input) {
		t.Errorf("a broken workbook: %v", err)
	}
	if _, err := b.run(imports.Residents, b.file(t, "x.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")); !errors.As(err, &input) || !strings.Contains(err.Error(), ".xlsx") {
		t.Errorf("an old workbook: %v", err)
	}
}

func TestIDNumbersThatASpreadsheetTurnedIntoFloatsAreRefused(t *testing.T) {
	b := setup(t)
	rows := [][]any{
		{"编号", "身份证号", "等级", "经度", "纬度"},
		{"R1", 5.1019919400106001e17, "红", 104.305, 30.805},
		{"R2", int64(510199194001060000), "红", 104.305, 30.805},
		{"R3", "51019919400106001X", "红", 104.305, 30.805},
	}
	rep, err := b.run(imports.Residents, workbook(t, filepath.Join(b.dir, "r.xlsx"), "Sheet1", rows))
	checkRefusals(t, rep, err, []want{{2, "身份证号", "format the column as text"}, {3, "身份证号", "format the column as text"}})
}

func TestEveryUsualCSVIsReadAlike(t *testing.T) {
	plain := "id,grade,lon,lat,note\nR1,red,104.305,30.805,\"a,b\nc\"\nR2,红,104.335,30.835,\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(plain, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	// The comma inside the quoted note follows the separator there.
	for name, text := range map[string]string{
		"commas": plain, "CRLF": strings.ReplaceAll(plain, "\n", "\r\n"), "CR": strings.ReplaceAll(plain, "\n", "\r"),
		"semicolons": strings.ReplaceAll(plain, ",", ";"), "tabs": strings.ReplaceAll(plain, ",", "\t"), "GBK": gbk, "UTF-16": utf16,
		"a directive": "sep=;\r\n" + strings.ReplaceAll(plain, ",", ";"), "blank lines": strings.Replace(plain, "R2", "\n,,,,\n\nR2", 1),
		"no newline at the end": strings.TrimSuffix(plain, "\n"), "every cell quoted": strings.Replace(plain, "R1,red", `"R1","red"`, 1),
		"blanks around": strings.Replace(plain, "R1,red", " R1 ,\u3000red\u00A0", 1),
	} {
		b := setup(t)
		rep, err := b.run(imports.Residents, b.file(t, "r.csv", text))
		if err != nil || len(b.sink.residents) != 2 {
			t.Errorf("%s: %v, stored %d, %+v", name, err, len(b.sink.residents), rep)
			continue
		}
		note := strings.NewReplacer("\r", "", "\n", "", ",", "", ";", "", "\t", "").Replace(b.sink.residents[0].Person.Note.Reveal())
		if r := b.sink.residents[0]; r.ID != "R1" || r.Grade != "red" || note != "abc" || b.sink.residents[1].Grade != "red" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestLinesThatAreBrokenAreNamed(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("编号,等级,经度,纬度,备注\nR1,红,104.305,30.805,怕狗\nR2,红,104.305,30.805,耳背听不清\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       []want
	}{
		{"broken UTF-8 among Chinese", "id,grade,lon,lat,note\nR1,red,104.305,30.805,怕狗\nR2,red,104.305,30.805,怕\xE7\x8B\nR3,red,104.305,30.805,\"二\n三\"\nR4,red,104.305,30.805,\xFF\n", []want{{3, "", "not UTF-8"}, {6, "", "not UTF-8"}}},
		{"one broken byte in plain text", "id,grade,lon,lat\nR\xE9,red,104.305,30.805\n", []want{{2, "", "not UTF-8"}}},
		{"a broken byte in GBK", strings.Replace(gbk, "R2", "R2\xFF", 1), []want{{3, "", "lost"}}},
		{"a broken byte behind a mark", "\uFEFFid,grade,lon,lat\nR\xC4\xE3\xBA\xC3,red,104.305,30.805\n", []want{{2, "", "not UTF-8"}}},
		{"zero bytes", "id,grade,lon,lat\nR\x00,red,104.305,30.805\n", []want{{2, "", "zero bytes"}}},
		{"text behind a quote", "id,grade,lon,lat\n\"R\"1,red,104.305,30.805\n", []want{{2, "", "closing quote"}}},
		{"a quote never closed", "id,grade,lon,lat\nR1,\"red,104.305,30.805\n", []want{{2, "", "never closed"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			rep, err := b.run(imports.Residents, b.file(t, "r.csv", c.text))
			checkRefusals(t, rep, err, c.want)
		})
	}
	b := setup(t)
	var input *imports.InputError
	long := "id,grade,lon,lat\nR1,\"red" + strings.Repeat("\nR,red,104.305,30.805", 5000)
	if _, err := b.run(imports.Residents, b.file(t, "r.csv", long)); !errors.As(err, &input) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a quote that swallows the file: %v", err)
	}
}

func TestColumnsThatNothingIsKnownOfAreSaid(t *testing.T) {
	b := setup(t)
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", "id,grade,lon,lat,星座\nR1,red,104.305,30.805,狮子\n"))
	mustRun(t, rep, err)
	if diff := cmp.Diff([]string{"columns left out, as nothing is known of them: “星座”"}, rep.Hints); diff != "" {
		t.Error(diff)
	}
}
