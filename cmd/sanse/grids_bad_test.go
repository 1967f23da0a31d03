package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestBadGridsExitWithTwoAndSayWhy(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	one := hexagon(t, "510113001001", 104.1, 30.8, 2)
	cells := file("cells.csv", cellHeader+one)
	both := file("both.csv", cellHeader+one+hexagon(t, "510113001002", 104.2, 30.8, 2))
	first, _, _ := strings.Cut(one, ",")
	graph := file("g.json", squares(t, ten))
	coarse := file("coarse.csv", cellHeader+one+"892a1072b5bffff,510113001001,1,1\n")
	twice := file("twice.csv", cellHeader+one+first+",510113001001,1,1\n")
	below := file("below.csv", cellHeader+strings.Replace(one, ",8,", ",-1,", 1))
	stray := file("stray.csv", "id,zone\nnobody,1\n")
	now := file("now.csv", "id,zone\n"+first+",A\n")
	across := file("across.csv", "id,zone\n"+first+",A\n"+strings.SplitN(hexagon(t, "", 104.2, 30.8, 0), ",", 2)[0]+",A\n")
	metres := file("metres.geojson", `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[404000,3400000],[404000,3500000]]}}`)
	k := file("k.csv", "community,zones\n510113001001,99\n")
	draw := func(args ...string) []string {
		return append([]string{"grids", "draw", "-o", filepath.Join(dir, "out.csv")}, args...)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{draw("--weight", "households", "--zones", "2"), "--cells, --areas or --graph"},
		{draw("--cells", cells, "--graph", graph, "--weight", "households", "--zones", "2"), "can't be used together"},
		{draw("--cells", filepath.Join(dir, "nowhere"), "--weight", "households", "--zones", "2"), "nowhere"},
		{draw("--cells", cells, "--zones", "2"), "give --weight NAME"},
		{draw("--cells", cells, "--weight", "households"), "how many grids"},
		{draw("--cells", cells, "--weight", "households", "--zones", "20"), "there are 19 units"},
		{draw("--cells", cells, "--weight", "households", "--zones=-2"), "--zones -2"},
		{draw("--cells", both, "--weight", "households", "--zones", "2"), "has 2"},
		{draw("--cells", cells, "--weight", "households", "--zones-by", k), `line 2, column zones "99": is more than the 19 units`},
		{draw("--cells", cells, "--weight", "people", "--zones", "2"), `no weight "people"`},
		{draw("--cells", cells, "--weight", "households=5", "--zones", "2"), "want a share such as 5%"},
		{draw("--cells", cells, "--weight", "households", "--tolerance=-5%", "--zones", "2"), "want a share"},
		{draw("--cells", cells, "--standard", "households"), "no standard"},
		{draw("--cells", cells, "--standard", "people=300"), `no weight "people"`},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--seeds", "0"), "--seeds 0"},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--stay=-1"), "--stay -1"},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--iterations=-1"), "below 0"},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--keep", "A"), "--today"},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--today", now, "--keep", "B"), `"B" is none of today's`},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--today", stray), `line 2, column id "nobody"`},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--lock", stray), "none of the units"},
		{draw("--cells", both, "--weight", "households", "--standard", "households=90", "--today", across), "a grid lies in one community"},
		{draw("--cells", cells, "--weight", "households", "--zones", "2", "--barriers", metres), "not in degrees"},
		{draw("--graph", graph, "--weight", "TOTPOP", "--zones", "2", "--barriers", metres), "not in degrees"},
		{draw("--cells", coarse, "--weight", "households", "--zones", "2"), `line 21, column cell "892a1072b5bffff": is of resolution 9`},
		{draw("--cells", twice, "--weight", "households", "--zones", "2"), "is on line 2 already"},
		{draw("--cells", below, "--weight", "households", "--zones", "2"), `column households "-1": is below 0`},
		{draw("--graph", graph, "--weight", "PEOPLE", "--zones", "2"), `node 0 has no "PEOPLE"`},
		{draw("--graph", cells, "--weight", "TOTPOP", "--zones", "2"), "dual graph"},
		{[]string{"grids", "draw", "--cells", cells, "--weight", "households", "--zones", "2", "-o", filepath.Join(dir, "out.shp")}, ".csv (an assignment)"},
		{[]string{"grids", "draw", "--graph", graph, "--weight", "TOTPOP", "--zones", "2", "-o", filepath.Join(dir, "out.geojson")}, "no shapes"},
		{[]string{"grids", "draw", "--cells", cells, "--weight", "households", "--zones", "2", "-o", cells}, "is read as well"},
		{[]string{"grids", "check", now}, "--cells, --areas or --graph"},
		{[]string{"grids", "check", stray, "--cells", cells}, "nobody"},
		{[]string{"grids", "check", cells, "--cells", cells}, "no column zone"},
	} {
		r := sanse(t.Context(), c.args...).want(t, exitInvalid)
		if !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%v: out: %s\nerr: %s", c.args, r.out, r.err)
		}
	}
	nowhere := filepath.Join(dir, "no", "out.csv")
	sanse(t.Context(), "grids", "draw", "--cells", cells, "--weight", "households", "--zones", "2", "-o", nowhere).want(t, exitOutside).says(t, "cannot write")
}

func TestAnAssignmentIsCheckedForWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	one, two := hexagon(t, "510113001001", 104.1, 30.8, 2), hexagon(t, "510113001002", 104.2, 30.8, 2)
	cells := writeText(t, filepath.Join(dir, "cells.csv"), cellHeader+one+two)
	assign := func(f func(i int) string) string {
		var b strings.Builder
		b.WriteString("id,zone\n")
		for i, l := range strings.Split(strings.TrimSpace(one+two), "\n") {
			id, _, _ := strings.Cut(l, ",")
			b.WriteString(id + "," + f(i) + "\n")
		}
		return writeText(t, filepath.Join(dir, "plan.csv"), b.String())
	}
	for name, c := range map[string]struct {
		zone func(i int) string
		want []string
	}{
		"one across two communities": {func(int) string { return "x" }, []string{`"two-communities"`, "510113001001"}},
		"some in none":               {func(i int) string { return map[bool]string{true: "x"}[i > 4 && i < 19] }, []string{`"no-grid"`, "24 units are in no grid"}},
		"far from balanced":          {func(i int) string { return []string{"a", "b", "c"}[min(i/16, 1)+i/19] }, []string{`"balance"`, "are allowed"}},
	} {
		t.Run(name, func(t *testing.T) {
			sanse(t.Context(), "grids", "check", assign(c.zone), "--cells", cells, "--weight", "households").want(t, exitNo).says(t, c.want...)
		})
	}
}
