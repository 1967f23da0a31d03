package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong with areas is a finding where they are checked, and an error
// where they are to be divided or compared.
func TestBadAreasAreFoundOrRefused(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	whole := rectangle("A", 104, 30, 104.01) + rectangle("B", 104.01, 30, 104.02)
	for name, c := range map[string]struct {
		text  string
		check int    // exit code of grids check
		found string // what it says
		draw  string // what grids draw says; empty: it draws
	}{
		"areas that tile":              {whole, exitDone, `"findings": []`, ""},
		"a ring that crosses itself":   {bowTie + "\n" + rectangle("B", 104.01, 30, 104.02), exitNo, `"self-crossing"`, "Self-intersection"},
		"areas that overlap":           {rectangle("A", 104, 30, 104.012) + rectangle("B", 104.01, 30, 104.02), exitNo, `"overlap"`, "share"},
		"a code twice":                 {rectangle("A", 104, 30, 104.01) + rectangle("A", 104.01, 30, 104.02), exitNo, `"duplicate-code"`, "is on line 1 already"},
		"a grid outside its community": {strings.ReplaceAll(faulty(), "104.0301", "104.0401"), exitNo, `"outside-parent"`, "faults"},
		"metres":                       {strings.ReplaceAll(whole, "104", "404000"), exitInvalid, "not in degrees", "not in degrees"},
		"latitude first":               {strings.NewReplacer("104.01", "30.01", "104.02", "30.02", "[104,", "[30,", ",30", ",104").Replace(whole), exitInvalid, "", "latitude"},
		"a ring that is open is shut":  {strings.Replace(whole, ",[104,30]]]", "]]", 1), exitDone, `"findings": []`, ""},
		"a ring of two points":         {strings.Replace(whole, ",[104.01,30.01],[104,30.01]", "", 1), exitInvalid, "fewer than three corners", "fewer than three corners"},
		"no area":                      {`{"type":"FeatureCollection","features":[]}`, exitInvalid, "no area", "no area"},
		"a point":                      {`{"type":"Feature","properties":{"id":"A"},"geometry":{"type":"Point","coordinates":[104,30]}}`, exitInvalid, "", "Polygon"},
		"a file that was cut off":      {whole[:len(whole)/2], exitInvalid, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			areas := file("areas.geojson", c.text)
			r := sanse(t.Context(), "grids", "check", areas).want(t, c.check)
			if !strings.Contains(r.out+r.err, c.found) {
				t.Errorf("check: out: %s\nerr: %s", r.out, r.err)
			}
			args := []string{"grids", "draw", "--areas", areas, "--weight", "households=100%", "--zones", "2", "--iterations", "10", "-o", filepath.Join(dir, "out.csv")}
			if c.check == exitDone {
				sanse(t.Context(), args...).want(t, exitDone)
				return
			}
			if r := sanse(t.Context(), args...).want(t, exitInvalid); !strings.Contains(r.err, c.draw) {
				t.Errorf("draw: %s", r.err)
			}
		})
	}
}
