package main

import (
	"path/filepath"
	"testing"
)

// groundChanges closes the street past the first home for a week.
const groundChanges = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"1","change":"close","from":"2050-12-05","until":"2050-12-11","note":"水管"},"geometry":{"type":"LineString","coordinates":[[104.3045,30.8040],[104.3050,30.8040]]}}]}`

func TestAPlanWalksOnTheStreetsOfItsDay(t *testing.T) {
	b, dir := newGround(t, "street_changes")
	// walk is the seconds from the first visitor's place to the first home.
	walk := func() float64 {
		t.Helper()
		for _, m := range list(parseJSON(t, b.sanse(t, "export", "problem").want(t, exitDone).out)["matrices"]) {
			at := map[string]int{}
			for i, id := range list(m.(object)["locations"]) {
				at[text(id)] = i
			}
			from, ok := at["V1"]
			to, ok2 := at["R1"]
			if ok && ok2 {
				return list(list(m.(object)["seconds"])[from])[to].(float64)
			}
		}
		t.Fatal("no matrix has V1 and R1")
		return 0
	}
	plan := func(start, days string) object {
		t.Helper()
		return parseJSON(t, b.sanse(t, "plan", "--start", start, "--days", days, "--json").want(t, exitDone).out)
	}
	plan("2050-12-01", "14")
	open := walk()
	b.sanse(t, "import", "street-changes", writeText(t, filepath.Join(dir, "changes.geojson"), groundChanges)).want(t, exitDone)

	if s := plan("2050-12-01", "4"); s["streets_change_on"] != nil || walk() != open {
		t.Errorf("before the street is closed: %v, %v s to walk, want %v", s["streets_change_on"], walk(), open)
	}
	if s := plan("2050-12-01", "14"); s["streets_change_on"] != "2050-12-05" || walk() != open {
		t.Errorf("a plan that begins before: %v, %v s to walk, want %v", s["streets_change_on"], walk(), open)
	}
	b.sanse(t, "plan", "--start", "2050-12-01", "--days", "14").want(t, exitDone).says(t, "2050-12-05")
	if s := plan("2050-12-05", "7"); s["streets_change_on"] != nil || walk() <= open {
		t.Errorf("while it is closed: %v, %v s to walk, more than %v", s["streets_change_on"], walk(), open)
	}
	if s := plan("2050-12-12", "7"); s["streets_change_on"] != nil || walk() != open {
		t.Errorf("afterwards: %v, %v s to walk, want %v", s["streets_change_on"], walk(), open)
	}
	// The streets that are imported next have the changes laid over them, too.
	b.sanse(t, "import", "streets", writeText(t, filepath.Join(dir, "again.osm"), groundStreets())).want(t, exitDone)
	if plan("2050-12-05", "7"); walk() <= open {
		t.Errorf("closed and imported again: %v s to walk, more than %v", walk(), open)
	}
}
