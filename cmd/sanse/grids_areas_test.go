package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// quarter is a block of streets, a thousandth of a degree wide, with households.
func quarter(x, y int) string {
	at := func(x, y int) string { return fmt.Sprintf("[%.3f,%.3f]", 104+float64(x)/1000, 30+float64(y)/1000) }
	return fmt.Sprintf(`{"type":"Feature","properties":{"id":"q%d-%d","community":"510113001001","households":%d},"geometry":{"type":"Polygon","coordinates":[[%s,%s,%s,%s,%s]]}}`+"\n",
		x, y, 20+(x*7+y*3)%5, at(x, y), at(x+1, y), at(x+1, y+1), at(x, y+1), at(x, y))
}

func TestBlocksAreDrawnIntoGridsThatTile(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for x := range 6 {
		for y := range 4 {
			b.WriteString(quarter(x, y))
		}
	}
	areas := writeText(t, filepath.Join(dir, "blocks.geojson"), b.String())
	out, plan := filepath.Join(dir, "grids.geojson"), filepath.Join(dir, "plan.csv")
	args := []string{"grids", "draw", "--areas", areas, "--standard", "households=130", "--tolerance", "10%", "--iterations", "20000", "--threads", "1", "-o"}
	sanse(t.Context(), append(args, out)...).want(t, exitDone)
	sanse(t.Context(), append(args, plan)...).want(t, exitDone)
	if zones := zonesOf(t, plan); len(zones) != 4 || zones["510113001001001"] == 0 || zones["510113001001004"] == 0 {
		t.Errorf("grids %v", zones)
	}
	sanse(t.Context(), "grids", "check", plan, "--areas", areas, "--weight", "households=10%").want(t, exitDone)
	// The outlines are areas themselves: they tile, and are what they are.
	sanse(t.Context(), "grids", "check", out).want(t, exitDone).says(t, `"findings": []`)
	if c := comparison(t, out, out, "--weight", "households"); len(c.Zones) != 4 || len(c.Moves) != 0 || c.Zones[0].Before.Weights["households"] == 0 {
		t.Errorf("%+v", c)
	}
}

func TestAreasThatDoNotTileAreANoWithThePlaceAndAMend(t *testing.T) {
	dir := t.TempDir()
	areas := writeText(t, filepath.Join(dir, "areas.geojson"), rectangle("A", 104, 30, 104.012)+rectangle("B", 104.01, 30, 104.02))
	r := sanse(t.Context(), "grids", "check", areas).want(t, exitNo)
	found := list(parseJSON(t, r.out)["findings"])
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	f, ok := found[0].(object)
	if !ok || f["kind"] != "overlap" || len(list(f["mends"])) == 0 || len(list(f["at"])) != 2 {
		t.Errorf("%v", f)
	}
	// A fifth of a square.
	m2, _ := f["area_m2"].(float64)
	if whole := comparison(t, areas, areas).Zones[1].Before.AreaM2; m2 < 0.19*whole || m2 > 0.21*whole {
		t.Errorf("%v m² of %v", m2, whole)
	}
	bow := writeText(t, filepath.Join(dir, "bow.geojson"), bowTie)
	sanse(t.Context(), "grids", "check", bow).want(t, exitNo).says(t, "self-crossing")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{areas, "--weight", "households"}, "checked by themselves"},
		{[]string{writeText(t, filepath.Join(dir, "none.geojson"), `{"type":"FeatureCollection","features":[]}`)}, "no area"},
		{[]string{writeText(t, filepath.Join(dir, "cut.geojson"), square("A", 104, 30)[:80])}, "not a whole"},
	} {
		sanse(t.Context(), append([]string{"grids", "check"}, c.args...)...).want(t, exitInvalid).says(t, c.want)
	}
	sanse(t.Context(), "grids", "draw", "--areas", areas, "--weight", "households", "--zones", "2", "-o", filepath.Join(dir, "o.csv")).want(t, exitInvalid).says(t, "A and B share")
}
