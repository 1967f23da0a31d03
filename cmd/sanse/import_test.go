package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"sanse/geo"
)

// converted returns a point of WGS 84 in another system.
func converted(t *testing.T, crs geo.CRS, p [2]float64) [2]float64 {
	t.Helper()
	c, err := geo.NewConverter(crs)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	q, err := c.FromWGS84(orb.Point(p))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// crowd is n residents spread over the district, 40 m inside the borders of
// their grids, at the points that place makes of theirs.
func crowd(n int, place func([2]float64) [2]float64) string {
	var b strings.Builder
	b.WriteString(residentHeader)
	for i := range n {
		p := [2]float64{104.3005 + 0.01*float64(i%4) + 0.009*float64(i%7)/7, 30.8005 + 0.01*float64(i/4%2) + 0.009*float64(i%5)/5}
		q := place(p)
		fmt.Fprintf(&b, "C%d,陈小%d,,,,蓝,,%.6f,%.6f,%s\n", i, i, q[0], q[1], gridAt(p))
	}
	return b.String()
}

func refusedFile(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Lstat(path + ".refused.csv")
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the refused file has the mode %v", info.Mode())
	}
	return readText(t, path+".refused.csv")
}

func TestBadInputIsRefusedWithItsReason(t *testing.T) {
	b, dir := newGround(t, "bad_input")
	const name, number, phone = "欧阳修远", "110105194912310021", "13912345678"
	row := func(change ...string) string {
		cells := []string{"X1", name, "", "", "", "黄", "", "104.304", "30.804", ""}
		for i := 0; i+1 < len(change); i += 2 {
			for j, h := range strings.Split(strings.TrimSpace(residentHeader), ",") {
				if h == change[i] {
					cells[j] = change[i+1]
				}
			}
		}
		return residentHeader + strings.Join(cells, ",") + "\n"
	}
	twoCommunities := groundAreas()
	twoCommunities = append(twoCommunities, areaSpec{ground + "001002001", "grid", "网格", box{104.30, 30.80, 104.31, 30.81}})
	across := groundAreas()
	for i := range across {
		if across[i].code == ground+"001001002" {
			across[i].east += 0.004
		}
	}
	gk := converted(t, "EPSG:4543", [2]float64{104.304, 30.804})
	extract, err := moduleFile(t.Context(), "github.com/paulmach/osm", "testdata", "delaware-latest.osm.pbf")
	if err != nil {
		t.Fatal(err)
	}
	pbf := readText(t, extract)
	book := excelize.NewFile()
	for cell, v := range map[string]any{
		"A1": "编号", "B1": "姓名", "C1": "身份证号", "D1": "等级", "E1": "经度", "F1": "纬度",
		"A2": "X1", "B2": name, "C2": 110105194912310021.0, "D2": "黄", "E2": 104.304, "F2": 30.804,
	} {
		if err := book.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var sheet bytes.Buffer
	if err := book.Write(&sheet); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name, kind, file, content string
		args                      []string
		code                      int
		says                      []string
	}{
		{"broken UTF-8", "residents", "r.csv", strings.Replace(row(), "欧阳", "\xe6\xac", 1), nil, exitNo, []string{"line 2", "UTF-8"}},
		{"a missing column", "residents", "r.csv", "编号,姓名,经度,纬度\nX1," + name + ",104.304,30.804\n", nil, exitInvalid, []string{"missing column grade", "等级"}},
		{"longitude and latitude swapped", "residents", "r.csv", row("经度", "30.804", "纬度", "104.304"), nil, exitNo, []string{"line 2", "swapped"}},
		{"GCJ-02 declared as WGS 84", "residents", "r.csv", crowd(60, func(p [2]float64) [2]float64 { return converted(t, geo.GCJ02, p) }), []string{"--crs", "wgs84"}, exitNo, []string{"gcj02"}},
		{"Gauss–Krüger declared as degrees", "residents", "r.csv", row("经度", fmt.Sprintf("%.2f", gk[0]), "纬度", fmt.Sprintf("%.2f", gk[1])), nil, exitNo, []string{"line 2", "Gauss–Krüger", "EPSG"}},
		{"a grid in two communities", "areas", "a.geojson", geoJSON(twoCommunities), nil, exitNo, []string{ground + "001002001", "twice"}},
		{"a grid whose ground lies in two communities", "areas", "a.geojson", geoJSON(across), nil, exitNo, []string{ground + "001001002"}},
		{"a truncated PBF", "streets", "s.osm.pbf", pbf[:len(pbf)/3], nil, exitInvalid, []string{"s.osm.pbf"}},
		{"a policy of 0 days", "policies", "p.json", `[{"grade":"red","every_days":0}]`, nil, exitNo, []string{"every_days is 0"}},
		{"a quota larger than the days of its week", "policies", "p.json", `[{"grade":"red","per_week":8}]`, nil, exitNo, []string{"more than 7"}},
		{"an ID number that a spreadsheet made a float", "residents", "r.xlsx", sheet.String(), nil, exitNo, []string{"身份证号", "text"}},
		{"the same in a CSV", "residents", "r.csv", row("身份证号", "1.10105E+17"), nil, exitNo, []string{"身份证号", "text"}},
		{"an ID number with a wrong check digit", "residents", "r.csv", row("身份证号", "110105194912310022"), nil, exitNo, []string{"身份证号"}},
		{"a visitor with no hours", "visitors", "v.csv", visitorHeader + "X1," + name + ",grid_worker,grid," + ground + "001001,104.305,30.8065,same,\n", nil, exitNo, []string{"shifts", "no hours"}},
		{"a date that is none", "visits", "w.csv", "resident,date,visitor,result\nR1,2020-02-30,V1,done\n", nil, exitNo, []string{"line 2", "date"}},
		{"a visit to nobody", "visits", "w.csv", "resident,date,visitor,result\nR99,2020-02-03,V1,done\n", nil, exitNo, []string{"no such resident"}},
		{"an empty file", "residents", "r.csv", "", nil, exitInvalid, []string{"empty"}},
		{"no JSON", "areas", "a.geojson", `{"type":`, nil, exitInvalid, []string{"cut off"}},
		{"a system that nobody knows", "residents", "r.csv", row(), []string{"--crs", "mars"}, exitInvalid, []string{"mars"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := b.stored(t, "residents")
			path := writeText(t, filepath.Join(dir, c.file), c.content)
			b.sanse(t, append([]string{"import", c.kind, path}, c.args...)...).want(t, c.code).says(t, c.says...).
				hides(t, name, number, number[:17], "欧阳", "陈小7")
			if n := b.stored(t, "residents"); n != before {
				t.Errorf("%d residents are stored, %d were", n, before)
			}
			if c.code == exitNo {
				refusedFile(t, path)
			}
			if err := os.RemoveAll(path + ".refused.csv"); err != nil {
				t.Fatal(err)
			}
		})
	}

	t.Run("values on the screen are masked and stand in full in the refused file", func(t *testing.T) {
		path := writeText(t, filepath.Join(dir, "masked.csv"), row("身份证号", number, "电话", phone+"x", "等级", ""))
		b.sanse(t, "import", "residents", path).want(t, exitNo).says(t, "电话").hides(t, name, number, phone)
		if !strings.Contains(refusedFile(t, path), phone) {
			t.Error("the refused file does not hold the value")
		}
		r := b.sanse(t, "import", "residents", path, "--json").want(t, exitNo).hides(t, name, number, phone)
		wantFields(t, "report", parseJSON(t, r.out), map[string]shape{"kind": oneOf("residents"), "read": aCount, "stored": aCount, "refused": aCount, "refusals": listOf(isObject)})
	})
	t.Run("a CSV in GBK is read right", func(t *testing.T) {
		content, err := simplifiedchinese.GBK.NewEncoder().String(row("编号", "G1"))
		if err != nil {
			t.Fatal(err)
		}
		path := writeText(t, filepath.Join(dir, "gbk.csv"), content)
		before := b.stored(t, "residents")
		r := b.sanse(t, "import", "residents", path, "--dry-run", "--json").want(t, exitDone).hides(t, name)
		if v := parseJSON(t, r.out); !strings.Contains(strings.ToLower(text(v["encoding"])), "gb") || whole(v["read"]) != 1 {
			t.Errorf("the report is %s", r.out)
		}
		if n := b.stored(t, "residents"); n != before {
			t.Error("a dry run stores")
		}
		b.sanse(t, "import", "residents", path).want(t, exitDone).says(t, "1 read, 1 stored, 0 refused").hides(t, name)
		if n := b.stored(t, "residents"); n != before+1 {
			t.Errorf("%d residents, %d were", n, before)
		}
	})
	t.Run("GCJ-02 declared as such is taken", func(t *testing.T) {
		path := writeText(t, filepath.Join(dir, "gcj.csv"), crowd(60, func(p [2]float64) [2]float64 { return converted(t, geo.GCJ02, p) }))
		b.sanse(t, "import", "residents", path, "--crs", "gcj02", "--dry-run").want(t, exitDone).says(t, "60 read", "dry run").hides(t, "note:", "陈小")
	})
	t.Run("Gauss–Krüger declared as such is taken", func(t *testing.T) {
		path := writeText(t, filepath.Join(dir, "gk.csv"), crowd(20, func(p [2]float64) [2]float64 { return converted(t, "EPSG:4543", p) }))
		b.sanse(t, "import", "residents", path, "--crs", "EPSG:4543", "--dry-run").want(t, exitDone).says(t, "20 read").hides(t, "note:")
	})
	t.Run("a resident with no policy", func(t *testing.T) {
		path := writeText(t, filepath.Join(dir, "lawless.csv"), row("编号", "L1", "等级", "紫"))
		b.sanse(t, "import", "residents", path).want(t, exitDone).hides(t, name)
		b.sanse(t, "plan", "--start", "2030-12-01", "--days", "7").want(t, exitInvalid).says(t, "L1", "policy").hides(t, name)
	})
}

func TestAHundredThousandRowsOfWhichThreeAreWrong(t *testing.T) {
	b, dir := newGround(t, "many_rows")
	const rows = 100_000
	var text strings.Builder
	text.WriteString(residentHeader)
	for i := range rows {
		lon, grade := 104.3001+0.0398*float64(i%997)/997, "蓝"
		switch i {
		case 11:
			lon = 116.4
		case 50_000:
			grade = ""
		case 99_999:
			lon = 30.8
		}
		fmt.Fprintf(&text, "M%06d,张无名%d,,,,%s,,%.6f,%.6f,\n", i, i, grade, lon, 30.8001+0.0198*float64(i%499)/499)
	}
	path := writeText(t, filepath.Join(dir, "many.csv"), text.String())
	before := b.stored(t, "residents")
	b.sanse(t, "import", "residents", path).want(t, exitNo).says(t, "line 13", "line 50002", "line 100001", "3 of 100000").hides(t, "张无名")
	if n := b.stored(t, "residents"); n != before {
		t.Errorf("%d residents are stored, %d were", n, before)
	}
	if lines := strings.Count(strings.TrimSpace(refusedFile(t, path)), "\n"); lines < 3 {
		t.Errorf("the refused file has %d lines", lines+1)
	}
	b.sanse(t, "import", "residents", path, "--skip-refused").want(t, exitDone).says(t, "99997 stored", "3 refused").hides(t, "张无名")
	if n := b.stored(t, "residents"); n != before+rows-3 {
		t.Errorf("%d residents are stored, want %d", n, before+rows-3)
	}
	refusedFile(t, path)
}
