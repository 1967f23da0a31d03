package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestAReportForThePublicHoldsWhatIsReleasedAndNothingElse(t *testing.T) {
	d := done(t, andorra)
	dir := t.TempDir()
	r := d.bed.sanse(t, "release", "--json").want(t, exitDone)
	if v := parseJSON(t, r.out); whole(v["figures"]) == 0 || whole(v["k"]) != 5 || !aDate(v["day"]) || !aDate(v["next"]) {
		t.Errorf("%s", r.out)
	}
	d.bed.sanse(t, "release").want(t, exitDone).says(t, "nothing below 5")
	d.bed.sanse(t, "report", "--as", "public", "--out", dir).want(t, exitDone).says(t, "release.xlsx", "release.geojson", "shortfall.xlsx").hides(t, secrets(t, d)...)
	features := 0
	for _, f := range list(readJSON(t, filepath.Join(dir, "release.geojson"))["features"]) {
		for name, v := range properties(f) {
			var small func(v any) bool
			small = func(v any) bool {
				switch v := v.(type) {
				case float64:
					return v < 5
				case object:
					for _, n := range v {
						if small(n) {
							return true
						}
					}
				}
				return false
			}
			if name != "on_time" && name != "cells" && small(v) {
				t.Errorf("%s is %v in %v", name, v, properties(f))
			}
		}
		features++
	}
	if features < 20 {
		t.Errorf("%d features", features)
	}
	book, err := excelize.OpenFile(filepath.Join(dir, "release.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) < 5 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows[2:] {
		for i, cell := range row[3:] {
			if len(cell) == 1 && strings.Contains("01234", cell) {
				t.Errorf("%v: column %d tells %s", row[:3], i+4, cell)
			}
		}
	}
}
