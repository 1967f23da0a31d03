package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestBoundariesOfALaterDayMoveNobodyBeforeIt(t *testing.T) {
	b, dir := newGround(t, "redrawn_later")
	gridOf := func(start string) map[string]string {
		t.Helper()
		b.sanse(t, "plan", "--start", start, "--days", "7").want(t, exitDone)
		grids := map[string]string{}
		for _, r := range list(parseJSON(t, b.sanse(t, "export", "problem").want(t, exitDone).out)["residents"]) {
			grids[text(r.(object)["id"])] = text(r.(object)["grid"])
		}
		return grids
	}
	before := gridOf("2050-12-02")
	later := groundAreas()
	for i := range later {
		switch later[i].code {
		case ground + "001001001", ground + "001001003":
			later[i].east = 104.303
		case ground + "001001002", ground + "001001004":
			later[i].west = 104.303
		}
	}
	b.sanse(t, "import", "areas", "--valid-from", "2051-01-01", writeText(t, filepath.Join(dir, "later.geojson"), geoJSON(later))).want(t, exitDone)
	for id, grid := range gridOf("2050-12-02") {
		if before[id] != grid {
			t.Errorf("%s has moved to %s before the boundaries hold", id, grid)
		}
	}
	moved := 0
	for id, grid := range gridOf("2051-01-03") {
		want := before[id]
		switch want {
		case ground + "001001001":
			want = ground + "001001002"
		case ground + "001001003":
			want = ground + "001001004"
		}
		if grid != want {
			t.Errorf("%s lives in %s once the boundaries hold, want %s", id, grid, want)
		}
		if grid != before[id] {
			moved++
		}
	}
	if moved == 0 {
		t.Error("nobody has moved")
	}

	// Boundaries of a later day that would lose somebody are refused today.
	var smaller []areaSpec
	for _, a := range groundAreas() {
		if a.level != "district" && strings.HasPrefix(a.code, ground+"001002") {
			if a.level == "community" {
				a.west = 104.336
			} else {
				a.west, a.east = 104.336+(a.west-104.32)/5, 104.336+(a.east-104.32)/5
			}
		}
		smaller = append(smaller, a)
	}
	path := writeText(t, filepath.Join(dir, "smaller.geojson"), geoJSON(smaller))
	b.sanse(t, "import", "areas", "--valid-from", "2052-01-01", path).want(t, exitInvalid).says(t, "in no grid", "nothing was stored")
}
