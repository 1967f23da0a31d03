package formats_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"sanse/planner/formats"
)

func TestTheDocumentNamesEveryCodeAndItsExampleIsSolved(t *testing.T) {
	b, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, c := range formats.Codes() {
		if !strings.Contains(text, "`"+string(c)+"`") {
			t.Errorf("docs/formats.md does not name %s", c)
		}
	}
	examples := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(examples) == 0 {
		t.Fatal("docs/formats.md has no example")
	}
	for _, e := range examples {
		in := readInstance(t, e[1])
		file, _ := solved(t, in)
		if v := checked(t, in, file); len(v.Wrong) > 0 || v.Missed > 0 {
			t.Errorf("%+v\n%s", v, e[1])
		}
	}
}

func TestTheFormatIsToldByTheContent(t *testing.T) {
	for _, c := range []struct {
		text string
		want formats.Format
	}{
		{smallPVRP, formats.FormatPVRP},
		{smallSolomon, formats.FormatSolomon},
		{smallVROOM, formats.FormatVROOM},
		{"\xef\xbb\xbf " + smallVROOM, formats.FormatVROOM},
		{`{"matrices": [], "jobs": []}`, formats.FormatVROOM},
		{`{"start": "2026-12-01", "days": 31, "policies": []}`, formats.FormatSanse},
		{"2 200\n0 40 50 0 0 240 0\n1 45 68 10 0 100 10\n", formats.FormatSolomon},
		{"BARE\n\n2 200\n0 40 50 0 0 240 0\n", formats.FormatSolomon},
	} {
		if got, err := formats.Sniff([]byte(c.text)); err != nil || got != c.want {
			t.Errorf("%.40q is %q (%v), want %q", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "  \n", "prose", "{", `{"a": 1}`, `[1]`, "null", "1 2 3\n", "2 200\n", "2 200\n1 2 3\n"} {
		if got, err := formats.Sniff([]byte(text)); err == nil {
			t.Errorf("%.40q is taken for %q", text, got)
		}
	}
}
