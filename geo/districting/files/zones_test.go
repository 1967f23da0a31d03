package files_test

import (
	"slices"
	"strings"
	"testing"

	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

func TestAStandardGivesTheNumberOfGrids(t *testing.T) {
	for _, c := range []struct {
		text  string
		sum   int64
		units int
		want  int
	}{
		{"households=300", 3000, 99, 10},
		{"households=300", 3149, 99, 10},
		{"households=300", 3151, 99, 11},
		{"households=300", 40, 99, 1},
		{"households=300", 0, 99, 1},
		{"households=300", 30000, 7, 7},
		{"households=50-120", 850, 99, 10},
		{"households=50-120", 130, 99, 2}, // 1.5 of the middle; one would hold more than 120
		{"households=100-120", 230, 99, 2},
		{"households=100-110", 130, 99, 1}, // neither one nor two fit: the nearest
		{"households=100-110", 309, 99, 3},
		{"households=0-120", 250, 99, 4},
	} {
		s, err := files.ParseStandard(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Zones(c.sum, c.units); got != c.want {
			t.Errorf("%s of %d: %d grids, want %d", c.text, c.sum, got, c.want)
		}
	}
	for _, bad := range []string{"", "households", "households=", "=300", "households=many", "households=-5", "households=0", "households=120-50", "households=50-120-300", "households=1.5"} {
		if s, err := files.ParseStandard(bad); err == nil {
			t.Errorf("%q is taken for %+v", bad, s)
		}
	}
}

func TestNumbersOfGridsComeByCommunity(t *testing.T) {
	cells := disk(t, 2, 11)
	u := readCells(t, table(cells[:7], "b", 1)+strings.TrimPrefix(table(cells[7:], "a", 1), "cell,community,households\n"))
	k, err := files.ReadZones(strings.NewReader("社区,网格数\nb,2\na,3\n"), u)
	if err != nil || !slices.Equal(k, []int{3, 2}) {
		t.Errorf("%v, %v", k, err)
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a community missing":   {"community,zones\nb,2\n", []string{`"a"`, "no number"}},
		"an unknown community":  {"community,zones\nb,2\na,3\nc,1\n", []string{"line 4", `"c"`, "no unit"}},
		"a community twice":     {"community,zones\nb,2\na,3\nb,2\n", []string{"line 4", "twice"}},
		"more grids than cells": {"community,zones\nb,8\na,3\n", []string{"line 2", `"8"`, "7 units"}},
		"no grid":               {"community,zones\nb,0\na,3\n", []string{"line 2", `"0"`}},
		"no column":             {"community,cells\n", []string{"no column zones"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := files.ReadZones(strings.NewReader(c.text), u)
			wantFault(t, err, c.want...)
		})
	}
}

func TestAssignmentsAreReadAndWritten(t *testing.T) {
	cells := disk(t, 1, 11)
	u := readCells(t, table(cells, "1", 1))
	zone := []string{"a", "a", "b", "", "b", "c,d", "c,d"}
	var b strings.Builder
	if err := files.WriteAssignment(&b, u, zone); err != nil {
		t.Fatal(err)
	}
	a, err := files.ReadAssignment(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := a.Of(u); err != nil || !slices.Equal(again, zone) {
		t.Errorf("%q: %v", again, err)
	}
	if err := files.WriteAssignment(&b, u, zone[:3]); err == nil {
		t.Error("three zones for seven units are written")
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"empty":          {"", []string{"empty"}},
		"a header alone": {"id,zone\n", []string{"no unit"}},
		"no zones":       {"id,x\n1,2\n", []string{"no column zone"}},
		"a unit twice":   {"id,zone\nx,1\nx,2\n", []string{"line 3", `"x"`, "on line 2"}},
		"no unit":        {"id,zone\n,1\n", []string{"line 2", "column id"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := files.ReadAssignment(strings.NewReader(c.text))
			wantFault(t, err, c.want...)
		})
	}
	a, err = files.ReadAssignment(strings.NewReader("编号,网格\n8b0000000000fff,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Of(u)
	wantFault(t, err, "line 2", "8b0000000000fff", "none of the units")
}

// twoCommunities has seven cells in "a" and twelve around them in "b".
func twoCommunities(t *testing.T) *files.Units {
	cells := disk(t, 2, 11)
	return readCells(t, table(cells[:7], "a", 1)+strings.TrimPrefix(table(cells[7:], "b", 1), "cell,community,households\n"))
}

// assigned puts each unit into the zone that f names.
func assigned(u *files.Units, f func(i int) string) *files.Assignment {
	a := &files.Assignment{IDs: u.IDs}
	for i := range u.IDs {
		a.Zones = append(a.Zones, f(i))
	}
	return a
}

func TestTodaysGridsAndLocksGetTheirNumbers(t *testing.T) {
	u := twoCommunities(t)
	today := assigned(u, func(i int) string {
		return []string{"a-1", "a-2", "a-2", "a-2", "a-3", "a-3", "a-3", "b-1", "b-1"}[min(i, 8)]
	})
	locked := assigned(u, func(i int) string { return map[int]string{0: "a-9", 1: "a-2"}[i] })
	p, err := files.Pin(u, []int{3, 2}, today, locked, []string{"b-1"})
	if err != nil {
		t.Fatal(err)
	}
	// Three places in a: the two with locks, then the larger of what is left.
	if !slices.Equal(p.Names, []string{"a-2", "a-3", "a-9", "b-1", ""}) {
		t.Errorf("names %q", p.Names)
	}
	none := int32(districting.None)
	if !slices.Equal(p.Today[:8], []int32{none, 0, 0, 0, 1, 1, 1, 3}) || !slices.Equal(p.Locked[:8], []int32{2, 0, none, none, none, none, none, 3}) {
		t.Errorf("today %v, locked %v", p.Today, p.Locked)
	}
	if !slices.Equal(p.Closed, []bool{false, false, false, true, false}) || !slices.Equal(p.Taken, []string{"a-1", "a-2", "a-3", "a-9", "b-1"}) {
		t.Errorf("closed %v, taken %q", p.Closed, p.Taken)
	}
	p, err = files.Pin(u, []int{2, 1}, nil, nil, nil)
	if err != nil || p.Today != nil || p.Locked != nil || p.Closed != nil || !slices.Equal(p.Names, make([]string, 3)) {
		t.Errorf("with nothing there: %+v %v", p, err)
	}

	for name, c := range map[string]struct {
		today, locked func(i int) string
		keep          []string
		want          []string
	}{
		"a grid in two communities": {func(int) string { return "x" }, nil, nil, []string{`"x"`, `"a" and "b"`}},
		"more locked than there are": {
			nil, func(i int) string { return map[int]string{0: "x", 1: "y", 2: "z", 3: "w"}[i] }, nil,
			[]string{`"a" gets 3 grids`, "in 4"},
		},
		"a kept grid that is none":   {func(int) string { return "" }, nil, []string{"x"}, []string{`"x"`, "none of today's"}},
		"kept, and locked elsewhere": {func(i int) string { return map[int]string{0: "x"}[i] }, func(i int) string { return map[int]string{0: "y"}[i] }, []string{"x"}, []string{`locked in "y"`}},
	} {
		t.Run(name, func(t *testing.T) {
			var today, locked *files.Assignment
			if c.today != nil {
				today = assigned(u, c.today)
			}
			if c.locked != nil {
				locked = assigned(u, c.locked)
			}
			_, err := files.Pin(u, []int{3, 2}, today, locked, c.keep)
			wantFault(t, err, c.want...)
		})
	}
}
