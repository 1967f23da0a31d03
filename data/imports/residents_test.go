package imports_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"sanse/data"
	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
)

const residentHeader = "id,name,id_number,phone,address,grade,kinds,lon,lat,building,unit,grid,minutes,enrolled,team,note\n"

const goodResident = "R1,李小花,51019919400106001X,19900000001,幸福路1号,red,lone_elder;disabled,104.305,30.805,,2,510199001001001,30,2026-03-01,V1 V2,怕狗\n"

func TestAResidentRowIsStoredWithTheMembershipThatGeoDecides(t *testing.T) {
	b := setup(t)
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", residentHeader+goodResident))
	mustRun(t, rep, err)
	if rep.Read != 1 || rep.Stored != 1 || rep.Refused != 0 || rep.RefusedFile != "" {
		t.Errorf("report is %+v", rep)
	}
	want := data.Resident{
		ID: "R1", Grade: "red", Kinds: []string{"lone_elder", "disabled"}, Location: orb.Point{104.305, 30.805}, Unit: "2",
		Grid: "510199001001001", MicroGrid: "510199001001001002", Declared: "510199001001001", Minutes: 30,
		Enrolled: planner.NewDate(2026, time.March, 1), Team: []string{"V1", "V2"},
		Person: data.Person{Name: "李小花", IDNumber: "51019919400106001X", Phone: "19900000001", Address: "幸福路1号", Note: "怕狗"},
	}
	if diff := cmp.Diff([]data.Resident{want}, b.sink.residents); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if len(b.sink.log) != 1 || b.sink.log[0].Source != "r.csv" || b.sink.log[0].Stored != 1 {
		t.Errorf("import log is %+v", b.sink.log)
	}
}

func TestChineseHeadersInGBKAreReadRight(t *testing.T) {
	text := "某社区关爱对象台账;;;;;\r\n编号;姓名;等级（三色）;人员类别;经度;纬度\r\n" +
		"甲1;张三;红色;独居老人、残疾人;１０４．３０５;30.805\r\n乙2;\"欧阳\n\"\"老四\"\"\";黄;困境儿童;104.335;30.835\r\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"GB18030": gbk, "UTF-8": text, "UTF-8 with BOM": "\uFEFF" + text} {
		b := setup(t)
		rep, err := b.run(imports.Residents, b.file(t, "r.csv", content))
		mustRun(t, rep, err)
		if rep.Encoding != name {
			t.Errorf("read as %s, want %s", rep.Encoding, name)
		}
		if len(b.sink.residents) != 2 {
			t.Fatalf("%s: stored %d residents", name, len(b.sink.residents))
		}
		r, q := b.sink.residents[0], b.sink.residents[1]
		if r.ID != "甲1" || r.Grade != "red" || r.Person.Name.Reveal() != "张三" || !cmp.Equal(r.Kinds, []string{"lone_elder", "disabled"}) {
			t.Errorf("%s: first resident is %+v", name, r)
		}
		if q.Person.Name.Reveal() != "欧阳\n\"老四\"" || q.Grade != "yellow" || q.Grid != "510199001002008" {
			t.Errorf("%s: second resident is %+v, %q", name, q, q.Person.Name.Reveal())
		}
	}
}

func TestRowsThatAreWrongSayLineColumnAndWhy(t *testing.T) {
	row := func(change map[string]string) string {
		cols := strings.Split(strings.TrimSpace(residentHeader), ",")
		vals := strings.Split(strings.TrimSpace(goodResident), ",")
		for i, c := range cols {
			if v, ok := change[c]; ok {
				vals[i] = v
			}
		}
		return strings.Join(vals, ",") + "\n"
	}
	// A valid row of another person comes first, so the bad one is on line 3.
	first := row(map[string]string{"id": "R0", "id_number": "", "phone": ""})
	cases := []struct {
		name   string
		change map[string]string
		want   []want
	}{
		{"no id", map[string]string{"id": " "}, []want{{3, "id", "empty"}}},
		{"the id of another row", map[string]string{"id": "R0"}, []want{{3, "id", "line 2"}}},
		{"an ID number as id", map[string]string{"id": "51019919400106001X"}, []want{{3, "id", "say nothing of the person"}}},
		{"no grade", map[string]string{"grade": ""}, []want{{3, "grade", "empty"}}},
		{"an ID number that a spreadsheet turned into a decimal", map[string]string{"id_number": "5.10199E+17"}, []want{{3, "id_number", "format the column as text"}}},
		{"an ID number whose last digits are zeros by rounding", map[string]string{"id_number": "510199194001010000"}, []want{{3, "id_number", "format the column as text"}}},
		{"an ID number with a wrong check character", map[string]string{"id_number": "510199194001010022"}, []want{{3, "id_number", "last character"}}},
		{"an ID number born on a day that is none", map[string]string{"id_number": "510199194002300011"}, []want{{3, "id_number", "ID number"}}},
		{"a phone of letters", map[string]string{"phone": "call me"}, []want{{3, "phone", "phone number"}}},
		{"swapped lon and lat", map[string]string{"lon": "30.805", "lat": "104.305"}, []want{{3, "lon", "swapped"}}},
		{"Gauss–Krüger metres declared as degrees", map[string]string{"lon": "433600.5", "lat": "3409000.2"}, []want{{3, "lon", "Gauss–Krüger"}}},
		{"Gauss–Krüger metres with a zone number", map[string]string{"lon": "35433600.5", "lat": "3409000.2"}, []want{{3, "lon", "EPSG:4523"}}},
		{"a point outside the district", map[string]string{"lon": "104.40"}, []want{{3, "lon", "5.7 km from its border"}}},
		{"a point at 0, 0", map[string]string{"lon": "0", "lat": "0"}, []want{{3, "lon", "no place"}}},
		{"no point", map[string]string{"lon": "", "lat": ""}, []want{{3, "lon", "no place"}}},
		{"half a point", map[string]string{"lat": ""}, []want{{3, "lat", "empty"}}},
		{"not a number for a point", map[string]string{"lon": "NaN"}, []want{{3, "lon", "not a number"}}},
		{"negative minutes", map[string]string{"minutes": "-5"}, []want{{3, "minutes", "negative"}}},
		{"half a minute", map[string]string{"minutes": "7.5"}, []want{{3, "minutes", "whole number"}}},
		{"a date that is none", map[string]string{"enrolled": "2026-02-30"}, []want{{3, "enrolled", "no such day"}}},
		{"a date day first", map[string]string{"enrolled": "11/3/2026"}, []want{{3, "enrolled", "not a date"}}},
		{"a spreadsheet error", map[string]string{"minutes": "#REF!"}, []want{{3, "minutes", "#REF!"}}},
		{"a grid code that lost its digits", map[string]string{"grid": "5.10199E+14"}, []want{{3, "grid", "format the column as text"}}},
		{"two faults in one row", map[string]string{"grade": "", "minutes": "x"}, []want{{3, "grade", "empty"}, {3, "minutes", "whole number"}}},
		{"a comma too many", map[string]string{"note": "a,b"}, []want{{3, "", "more than the 16 cells"}}},
		{"broken UTF-8", map[string]string{"name": "李\xE5\x8F"}, []want{{3, "", "not UTF-8"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			rep, err := b.run(imports.Residents, b.file(t, "r.csv", residentHeader+first+row(c.change)))
			checkRefusals(t, rep, err, c.want)
			if rep.Refused != 1 || rep.Read != 2 || rep.Stored != 0 || len(b.sink.residents) != 0 {
				t.Errorf("report %+v, stored %d", rep, len(b.sink.residents))
			}
		})
	}
}

func TestSkippingRefusedRowsStoresTheRest(t *testing.T) {
	b := setup(t)
	content := residentHeader + goodResident + "R2,,,,,,,104.305,30.805,,,,,,,\nR3,,,,,blue,,104.305,30.805,,,,,,,\n"
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", content), skipRefused)
	mustRun(t, rep, err)
	if rep.Stored != 2 || rep.Refused != 1 || len(b.sink.residents) != 2 || rep.RefusedFile == "" {
		t.Errorf("report %+v, stored %d", rep, len(b.sink.residents))
	}
	if got := b.sink.residents[1].Enrolled; got != today {
		t.Errorf("enrolled on %v where nothing is said, want today", got)
	}
}

func TestADryRunStoresNothingAndStillExplains(t *testing.T) {
	b := setup(t)
	b.env.Write = nil
	rep, err := b.run(imports.Residents, b.file(t, "good.csv", residentHeader+goodResident), dryRun)
	mustRun(t, rep, err)
	if rep.Stored != 0 || rep.Read != 1 || rep.RefusedFile != "" {
		t.Errorf("report %+v", rep)
	}
	rep, err = b.run(imports.Residents, b.file(t, "bad.csv", residentHeader+strings.Replace(goodResident, "red", "", 1)), dryRun)
	checkRefusals(t, rep, err, []want{{2, "grade", "empty"}})
	if rep.RefusedFile != filepath.Join(b.dir, "bad.csv.refused.csv") {
		t.Errorf("refused file %q", rep.RefusedFile)
	}
	rep, err = b.run(imports.Residents, b.file(t, "bad.csv", residentHeader+goodResident), dryRun)
	mustRun(t, rep, err)
	if len(rep.Hints) != 1 || !strings.Contains(rep.Hints[0], "bad.csv.refused.csv is of an earlier import") {
		t.Errorf("hints after the mending: %q", rep.Hints)
	}
}

func TestAMissingColumnIsNamedWithTheHeadersFound(t *testing.T) {
	b := setup(t)
	_, err := b.run(imports.Residents, b.file(t, "r.csv", "编号,姓名,经度,纬度\n1,张三,104.305,30.805\n"))
	var input *imports.InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "missing column grade") || !strings.Contains(err.Error(), "“经度”") {
		t.Errorf("error is %v", err)
	}
	_, err = b.run(imports.Residents, b.file(t, "r2.csv", "编号,等级,id\n"))
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "both give id") {
		t.Errorf("two columns of one meaning: error is %v", err)
	}
	_, err = b.run(imports.Residents, b.file(t, "r4.csv", goodResident))
	if !errors.As(err, &input) || strings.Contains(err.Error(), "李小花") || strings.Contains(err.Error(), "51019919400106001X") {
		t.Errorf("a file without a header: error is %v", err)
	}
	_, err = b.run(imports.Residents, b.file(t, "r3.csv", ""))
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty file: error is %v", err)
	}
	_, err = b.run(imports.Residents, filepath.Join(b.dir, "none.csv"))
	if !errors.As(err, &input) {
		t.Errorf("a file that is not there: error is %v", err)
	}
}

func TestRefusedRowsLieInAFileThatOnlyItsOwnerCanRead(t *testing.T) {
	b := setup(t)
	victim := b.file(t, "victim", "keep me")
	bad := residentHeader +
		"R1,=HYPERLINK(\"http://x\"),51019919400106001X,19900000001,幸福路1号,red,,104.305,30.805,,,,,,,\n" +
		"R2,李小花,510199194001010022,abc,\"@SUM(1,2)\",red,,\"+1+cmd|' /C calc'!A0\",30.805,,,,=1+1,,,\n"
	path := b.file(t, "r.csv", bad)
	if err := os.Symlink(victim, path+".refused.csv"); err != nil {
		t.Fatal(err)
	}
	rep, err := b.run(imports.Residents, path)
	if !errors.Is(err, imports.ErrRefused) {
		t.Fatal(err)
	}
	info, err := os.Lstat(rep.RefusedFile)
	if err != nil {
		t.Fatal(err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 {
		t.Errorf("refused file has mode %v", info.Mode())
	}
	if kept, err := os.ReadFile(victim); err != nil || string(kept) != "keep me" {
		t.Errorf("the file behind a link was written: %q, %v", kept, err)
	}
	raw, err := os.ReadFile(rep.RefusedFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if !strings.Contains(text, "510199194001010022") {
		t.Error("the file lacks the full value")
	}
	for _, line := range strings.Split(text, "\r\n") {
		for _, cell := range strings.Split(line, ",") {
			if c := strings.TrimLeft(strings.Trim(cell, "\uFEFF"), `"`); c != "" && strings.ContainsRune("=+-@", rune(c[0])) {
				t.Errorf("a cell would run as a formula: %q", cell)
			}
		}
	}
	screen := fmt.Sprintf("%+v", rep.Refusals)
	for _, secret := range []string{"510199194001010022", "李小花", "abc"} {
		if strings.Contains(screen, secret) {
			t.Errorf("the screen shows %q: %s", secret, screen)
		}
	}
	if !strings.Contains(screen, "5101************22") {
		t.Errorf("the screen lacks the masked value: %s", screen)
	}
}

func TestValuesAreMaskedByWhatTheirColumnHolds(t *testing.T) {
	b := setup(t)
	content := residentHeader +
		"R2,李小花,51019919400106001X,19900000001,幸福路1号,red,,104.3054321,95.1234567,,,,,,,\n" +
		"19900000001199,,,,,,,104.305,30.805,,,,,,,\n" +
		"R2,,,,,red,,104.305,30.805,,,,欧阳小花,,,\n" +
		"R4,王五,,,,red,,104.305,30.805,,,,,,,\"没有,逗号\",x\n"
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", content))
	checkRefusals(t, rep, err, []want{
		{2, "lon", "not degrees"}, {3, "grade", "empty"}, {4, "id", "twice"}, {4, "minutes", "whole number"}, {5, "", "more than"},
	})
	wants := []string{"104.3…", "", "R2", "欧***", "*"}
	for i, r := range rep.Refusals {
		if i < len(wants) && r.Value != wants[i] {
			t.Errorf("refusal %d shows %q, want %q", i, r.Value, wants[i])
		}
	}
}

func TestAFileInAnotherDatumThanDeclaredIsRefusedAsAWhole(t *testing.T) {
	for _, crs := range []geo.CRS{geo.GCJ02, geo.BD09} {
		conv, err := geo.NewConverter(crs)
		if err != nil {
			t.Fatal(err)
		}
		defer conv.Close()
		var text strings.Builder
		text.WriteString("id,grade,lon,lat,grid\n")
		for i := range 200 {
			p := orb.Point{104.3005 + 0.0395*float64(i%20)/20, 30.8005 + 0.0395*float64(i/20)/10}
			code, ok := setup(t).env.Areas.Locate(p, geo.LevelGrid)
			if !ok {
				t.Fatal("a point of the test lies in no grid")
			}
			q, err := conv.FromWGS84(p)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "R%d,blue,%.7f,%.7f,%s\n", i, q[0], q[1], code)
		}
		b := setup(t)
		path := b.file(t, "r.csv", text.String())
		for _, skip := range []func(*imports.Options){in(""), skipRefused} {
			rep, err := b.run(imports.Residents, path, skip)
			if !errors.Is(err, imports.ErrRefused) || len(b.sink.residents) != 0 || rep.Stored != 0 {
				t.Fatalf("%s taken as WGS 84: %v, stored %d", crs, err, len(b.sink.residents))
			}
			if hints := strings.Join(rep.Hints, "\n"); !strings.Contains(hints, "--crs "+string(crs)) {
				t.Errorf("hints do not name %s: %s", crs, hints)
			}
		}
		rep, err := b.run(imports.Residents, path, in(crs))
		mustRun(t, rep, err)
		if len(rep.Warnings) != 0 || len(b.sink.residents) != 200 {
			t.Errorf("declared as %s: %d residents, warnings %v", crs, len(b.sink.residents), rep.Warnings)
		}
	}
}

func TestProjectedCoordinatesAreConvertedWhenDeclared(t *testing.T) {
	conv, err := geo.NewConverter("EPSG:4543") // CGCS2000 / 3-degree Gauss–Krüger, 102°E
	if err != nil {
		t.Fatal(err)
	}
	defer conv.Close()
	m, err := conv.FromWGS84(orb.Point{104.305, 30.805})
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t)
	path := b.file(t, "r.csv", fmt.Sprintf("编号,等级,x坐标,y坐标\nR1,红,%.3f,%.3f\n", m[0], m[1]))
	rep, err := b.run(imports.Residents, path, in("EPSG:4543"))
	mustRun(t, rep, err)
	if got := b.sink.residents[0].Location; geo.Distance(got, orb.Point{104.305, 30.805}) > 0.01 {
		t.Errorf("converted to %v", got)
	}
	rep, err = b.run(imports.Residents, b.file(t, "d.csv", "id,grade,lon,lat\nR1,red,104.305,30.805\n"), in("EPSG:4543"))
	checkRefusals(t, rep, err, []want{{2, "lon", "looks like degrees"}})
}

func TestABuildingThatIsKnownDecidesTheGrid(t *testing.T) {
	b := setup(t)
	b.env.Buildings = map[string]orb.Point{"B1": {104.3095, 30.805}}
	text := "id,grade,lon,lat,building,grid\n" +
		"R1,red,104.3101,30.805,B1,\n" + // the point is over the border, its building is not
		"R2,red,,,B1,\n" +
		"R3,red,104.335,30.835,B1,510199001002008\n"
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", text))
	mustRun(t, rep, err)
	for _, r := range b.sink.residents {
		if r.Grid != "510199001001001" {
			t.Errorf("%s is in grid %s", r.ID, r.Grid)
		}
	}
	if p := b.sink.residents[1].Location; p != (orb.Point{104.3095, 30.805}) {
		t.Errorf("a resident without a point is at %v", p)
	}
	// R1 and R3 lie elsewhere than they live; R3 also far from there, and not in the declared grid.
	if w := rep.Warnings; len(w) != 3 || w[0].Line != 2 || w[0].Count != 2 || w[1].Line != 4 || w[2].Line != 4 {
		t.Errorf("warnings: %+v", rep.Warnings)
	}
	rep, err = b.run(imports.Residents, b.file(t, "u.csv", "id,grade,lon,lat,building\nR1,red,104.305,30.805,B9\n"))
	checkRefusals(t, rep, err, []want{{2, "building", "no such building"}})
}

func TestATeamNamesVisitorsWhoAreStored(t *testing.T) {
	b := setup(t)
	b.env.Visitors = map[string]struct{}{"V1": {}}
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", residentHeader+goodResident))
	checkRefusals(t, rep, err, []want{{2, "team", "not stored"}})
}

func TestResidentsNeedAreas(t *testing.T) {
	b := setup(t)
	b.env.Areas = nil
	_, err := b.run(imports.Residents, b.file(t, "r.csv", residentHeader+goodResident))
	var input *imports.InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "import areas before") {
		t.Errorf("error is %v", err)
	}
}

func TestTheSamePersonUnderTwoIDsIsRefused(t *testing.T) {
	b := setup(t)
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", residentHeader+goodResident+strings.Replace(goodResident, "R1", "R2", 1)))
	checkRefusals(t, rep, err, []want{{3, "id_number", "line 2 is the same person"}})
}

func TestAnErrorOfTheStoreIsPassedOn(t *testing.T) {
	b := setup(t)
	broken := errors.New("disk full")
	b.env.Write = func(_ context.Context, f func(imports.Sink) error) error { return f(&memory{fail: broken}) }
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", residentHeader+goodResident))
	if !errors.Is(err, broken) || errors.Is(err, imports.ErrRefused) || rep.Stored != 0 {
		t.Errorf("error is %v, report %+v", err, rep)
	}
}

func BenchmarkResidents(b *testing.B) {
	s := setup(b)
	s.env.Write = nil
	path := s.file(b, "r.csv", manyResidents(100_000, nil))
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		if rep, err := s.run(imports.Residents, path, dryRun); err != nil || rep.Read != 100_000 {
			b.Fatal(err, rep.Refusals)
		}
	}
}

// manyResidents writes n rows; wrong maps row numbers, 1 the first, to rows
// that replace them.
func manyResidents(n int, wrong map[int]string) string {
	var text strings.Builder
	text.WriteString(residentHeader)
	for i := 1; i <= n; i++ {
		if w, ok := wrong[i]; ok {
			text.WriteString(w)
			continue
		}
		fmt.Fprintf(&text, "R%06d,居民%d,,1990000%04d,幸福路%d号,blue,lone_elder,104.3%03d,30.8%03d,,%d,,20,2026-03-01,V1 V2 V3 V4 V5,\n",
			i, i, i%10000, i, i%399, (i/400)%399, i%4)
	}
	return text.String()
}

func TestThreeWrongRowsAmongAHundredThousandAreNamed(t *testing.T) {
	b := setup(t)
	path := b.file(t, "r.csv", manyResidents(100_000, map[int]string{
		17:      "R17,,5.10199E+17,,,red,,104.305,30.805,,,,,,,\n",
		50_000:  "R50000,,,,,red,,30.805,104.305,,,,,,,\n",
		100_000: "R000001,,,,,red,,104.305,30.805,,,,,,,\n",
	}))
	var calls int
	var last int64
	rep, err := b.run(imports.Residents, path, func(o *imports.Options) {
		o.Progress = func(done, total int64) {
			if done < last || done > total {
				t.Errorf("progress went from %d to %d of %d", last, done, total)
			}
			calls, last = calls+1, done
		}
	})
	checkRefusals(t, rep, err, []want{{18, "id_number", "as text"}, {50_001, "lon", "swapped"}, {100_001, "id", "line 2"}})
	if rep.Read != 100_000 || rep.Refused != 3 || len(b.sink.residents) != 0 {
		t.Errorf("read %d, refused %d, stored %d", rep.Read, rep.Refused, len(b.sink.residents))
	}
	if info, err := os.Stat(path); err != nil || last != info.Size() || calls < 10 {
		t.Errorf("progress called %d times, up to %d", calls, last)
	}
	rep, err = b.run(imports.Residents, path, skipRefused)
	mustRun(t, rep, err)
	if rep.Stored != 99_997 || len(b.sink.residents) != 99_997 {
		t.Errorf("stored %d", rep.Stored)
	}
}
