package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func TestPlacesAreReadWhateverTheirFileLooksLike(t *testing.T) {
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("编号,名称,经度,纬度\n甲,一号楼,104.3,30.8\n")
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("id\tlon\tlat\r\n甲\t104.3\t30.8\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a plain file":              "id,lon,lat\n甲,104.3,30.8\n",
		"columns in another order":  "lat,id,lon\n30.8,甲,104.3\n",
		"columns that nobody needs": "name,lat,note,id,lon\nx,30.8,\"a, b\",甲,104.3\n",
		"a byte order mark":         "\xEF\xBB\xBFid,lon,lat\n甲,104.3,30.8\n",
		"Chinese headers":           "编号,经度,纬度\n甲,104.3,30.8\n",
		"another program's words":   "ID,Longitude,Latitude\n甲,104.3,30.8\n",
		"semicolons":                "id;lon;lat\n甲;104.3;30.8\n",
		"tabs and CRLF":             "id\tlon\tlat\r\n甲\t104.3\t30.8\r\n",
		"blanks round the values":   "id, lon , lat\n 甲 , 104.3, 30.8 \n\n",
		"no newline at the end":     "id,lon,lat\n甲,104.3,30.8",
		"a Chinese spreadsheet":     gbk,
		"a spreadsheet's Unicode":   utf16,
		"blank rows at the end":     "id,lon,lat\n甲,104.3,30.8\n,,\n , ,\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parsePlaces(strings.NewReader(text), 10)
			if err != nil {
				t.Fatal(err)
			}
			want := []place{{id: "甲", at: [2]float64{104.3, 30.8}, line: 2}}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(place{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlacesThatCannotBeUsedAreNamed(t *testing.T) {
	many := strings.Repeat("x,1,400\n", 25)
	for name, c := range map[string]struct{ text, want string }{
		"an empty file":           {"", "the file is empty"},
		"a header only":           {"id,lon,lat\n", "no point"},
		"no header":               {"1,104.3,30.8\n", "no column id"},
		"no latitude":             {"id,lon\n1,104.3\n", "no column lat"},
		"a column twice":          {"id,lon,经度,lat\n1,104.3,104.3,30.8\n", `both "lon" and "经度"`},
		"no number":               {"id,lon,lat\n1,east,30.8\n", `line 2, lon "east": is no number`},
		"a decimal comma":         {"id;lon;lat\n1;104,3;30,8\n", `line 2, lon "104,3": is no number: write a point`},
		"NaN":                     {"id,lon,lat\n1,104.3,NaN\n", `line 2, lat "NaN": is no number`},
		"a hexadecimal":           {"id,lon,lat\n1,0x1p3,30.8\n", `line 2, lon "0x1p3": is no number`},
		"infinity":                {"id,lon,lat\n1,-Inf,30.8\n", `line 2, lon "-Inf": is no number`},
		"an empty value":          {"id,lon,lat\n1,,30.8\n", `line 2, lon "": is empty`},
		"no id":                   {"id,lon,lat\n,104.3,30.8\n", `line 2, id "": is empty`},
		"a short row":             {"id,lon,lat\n1,104.3\n", `line 2, lat "": the row has 2 fields`},
		"a duplicate id":          {"id,lon,lat\n7,104.3,30.8\n8,104.3,30.8\n7,104.4,30.8\n", `line 4, id "7": is on line 2 already`},
		"swapped coordinates":     {"id,lon,lat\n1,30.8,104.3\n", `line 2, lon,lat "30.8,104.3": longitude and latitude look swapped`},
		"not on earth":            {"id,lon,lat\n1,204.3,30.8\n", "longitude lies between -180 and 180"},
		"metres":                  {"id,lon,lat\n1,411520.2,3412345.6\n", "looks like metres"},
		"null island":             {"id,lon,lat\n1,0,0\n", "0, 0 is no place"},
		"a quote left open":       {"id,lon,lat\n\"1,104.3,30.8\n", "line 2"},
		"many faults are counted": {"id,lon,lat\n" + many, "… and 15 more"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parsePlaces(strings.NewReader(c.text), 100)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, error %v; want one that says %q", got, err, c.want)
			}
		})
	}
}

func TestMorePlacesThanTheLimitAreCounted(t *testing.T) {
	text := manyPlaces(200_001)
	_, err := parsePlaces(strings.NewReader(text), maxPoints)
	if err == nil || !strings.Contains(err.Error(), "200001 points") || !strings.Contains(err.Error(), "100000") {
		t.Errorf("error %v", err)
	}
	got, err := parsePlaces(strings.NewReader(manyPlaces(maxPoints)), maxPoints)
	if err != nil || len(got) != maxPoints {
		t.Errorf("%d places, error %v", len(got), err)
	}
}

func manyPlaces(n int) string {
	var b strings.Builder
	b.WriteString("id,lon,lat\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,104.3,30.8\n", i)
	}
	return b.String()
}

func TestThePointOfAFlag(t *testing.T) {
	p, err := parseLonLat("--from", "104.06, 30.67")
	if err != nil || p.all[0].at != [2]float64{104.06, 30.67} {
		t.Errorf("%v, error %v", p, err)
	}
	for s, want := range map[string]string{
		"104.06": "want lon,lat", "104.06;30.67": "want lon,lat", "a,30.67": "the longitude is no number",
		"104.06,NaN": "the latitude is no number", "30.67,104.06": "look swapped", "1,2,3": "the latitude is no number",
	} {
		if _, err := parseLonLat("--from", s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one that says %q", s, err, want)
		}
	}
}

func TestAFileOfPointsThatIsNotThereIsNamed(t *testing.T) {
	_, err := readPlaces(filepath.Join(t.TempDir(), "none.csv"), nil)
	if err == nil || !strings.Contains(err.Error(), "none.csv") {
		t.Errorf("error %v", err)
	}
}

// FuzzParsePlaces: whatever the bytes are, what is taken is a place on earth
// under an id of its own, and there are no more than allowed.
func FuzzParsePlaces(f *testing.F) {
	for _, s := range []string{
		"id,lon,lat\n1,104.3,30.8\n", "编号;经度;纬度\n甲;1;2\n乙;3;4\n", "\xEF\xBB\xBFid\tlon\tlat\n1\t2\t3", "id,lon,lat\n\"1\n\",2,3\n", "id,lon,lat\n1,0x1p4,2\n", "\xb1\xe0\xba\xc5,lon,lat\n1,2,3\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 5
		got, err := parsePlaces(strings.NewReader(string(b)), limit)
		if err != nil {
			return
		}
		if len(got) == 0 || len(got) > limit {
			t.Fatalf("%d places without an error", len(got))
		}
		seen := map[string]bool{}
		for _, p := range got {
			if p.id == "" || seen[p.id] || p.line < 2 || !(math.Abs(p.at[0]) <= 180) || !(math.Abs(p.at[1]) <= 90) {
				t.Fatalf("took %+v", p)
			}
			seen[p.id] = true
		}
	})
}
