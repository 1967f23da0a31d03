package siting_test

import (
	"reflect"
	"strings"
	"testing"

	"sanse/reports/siting"
)

func TestPmedFilesAreReadAsTheirMakerSays(t *testing.T) {
	// The edge of 1 and 2 is written twice: the last holds. 4 is on its own.
	p, err := siting.ReadPmed(strings.NewReader(" 4 4 2\n 1 2 9\r\n 2 3 4\n 2 1 3\n 1 3 8 \n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []int32{0, 3, 7, -1, 3, 0, 4, -1, 7, 4, 0, -1, -1, -1, -1, 0}
	if !reflect.DeepEqual(p.Ways.Table, want) || p.Choose != 2 || p.Goal != siting.LeastTotal {
		t.Errorf("read %+v", p)
	}
	if s := solve(t, p, siting.Options{}); s.Objective != 7 || !s.Proven() {
		t.Errorf("objective %d, bound %d; want the 3 + 4 of 2 and 4", s.Objective, s.Bound)
	}
}

func TestABadPmedFileIsRefusedByLineAndValue(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "line 1: the file ends before the number of vertices",
		"4 4":                        "line 1: the file ends before the number of sites",
		"0 0 1":                      `line 1: the number of vertices is "0"`,
		"4 4 5":                      `line 1: the number of sites to choose is "5": want a whole number from 1 to 4`,
		"4 4 0":                      `line 1: the number of sites to choose is "0"`,
		"4 1 2\n\n1 5 3":             `line 3: the second end of edge 1 is "5"`,
		"4 1 2\n1 2 -3":              `line 2: the length of edge 1 is "-3"`,
		"4 2 2\n1 2 3\n1 x 3":        `line 3: the second end of edge 2 is "x"`,
		"4 2 2\n1 2 3\n":             "the file ends before the first end of edge 2",
		"4 1 2\n1 2 3\n1 3 4":        `line 3: "1" comes after the last of 1 edges`,
		"4 1 2\n1 2 99999999999999":  "the length of edge 1",
		"id,weight\n1,2":             `the number of vertices is "id,weight"`,
		strings.Repeat("9", 100_000): "",
	} {
		_, err := siting.ReadPmed(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func FuzzReadPmed(f *testing.F) {
	f.Add("4 4 2\n1 2 9\n2 3 4\n2 1 3\n1 3 8\n")
	f.Add("1 0 1")
	f.Fuzz(func(t *testing.T, text string) {
		if words := strings.Fields(text); len(words) > 0 && len(words[0]) > 2 {
			return // large tables take long and tell nothing
		}
		p, err := siting.ReadPmed(strings.NewReader(text))
		if err != nil {
			return
		}
		if err := p.Validate(); err != nil {
			t.Errorf("%q was read, but: %v", text, err)
		}
	})
}
