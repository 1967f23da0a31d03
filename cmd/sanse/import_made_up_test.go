package main

import (
	"path/filepath"
	"testing"

	"sanse/data"
	"sanse/data/imports"
)

// Whoever is at the machine of a made-up district looks as anybody in it, without
// a password: nobody who lives is to come in there unawares.
func TestNobodyWhoLivesComesIntoAMadeUpDistrict(t *testing.T) {
	ctx := t.Context()
	fictions, b := makeHouse(t, "import_made_up", true)
	homes, lived := makeHouse(t, "import_lived", false)
	file := writeText(t, filepath.Join(t.TempDir(), "visitors.csv"), visitorHeader+"V1,陈小明,grid_worker,grid,"+townCode+",104.05,30.05,same,1-5 09:00-17:00\n")
	stored := func(s *data.Store) int {
		visitors, err := s.Visitors(ctx, houseCode)
		if err != nil {
			t.Fatal(err)
		}
		return len(visitors)
	}
	for _, args := range [][]string{{}, {"--dry-run"}, {"--skip-refused"}} {
		b.sanse(t, append([]string{"import", "visitors", file}, args...)...).want(t, exitInvalid).
			says(t, "made up", "nothing was stored", "sanse db district", "--made-up").hides(t, "陈小明")
	}
	if n := stored(fictions.Store); n != 0 {
		t.Errorf("%d visitors came in", n)
	}
	if d, err := fictions.Store.District(ctx, houseCode); err != nil || !d.MadeUp {
		t.Errorf("the district is %+v, %v", d, err)
	}
	b.sanse(t, "import", "visitors", file, "--made-up").want(t, exitDone)
	if n := stored(fictions.Store); n != 1 {
		t.Errorf("%d visitors who are made up came in, want 1", n)
	}

	lived.sanse(t, "import", "visitors", file, "--made-up").want(t, exitInvalid).says(t, "not made up", "nothing was stored")
	lived.sanse(t, "import", "visitors", file).want(t, exitDone)
	if n := stored(homes.Store); n != 1 {
		t.Errorf("%d visitors who live came in, want 1", n)
	}
}

func TestFilesOfPeopleAreKnown(t *testing.T) {
	ground := map[imports.Kind]bool{
		imports.Areas: true, imports.Streets: true, imports.Overlay: true, imports.Buildings: true, imports.Population: true,
		imports.Facilities: true, imports.Policies: true, imports.Standards: true,
	}
	for _, k := range imports.Kinds() {
		if k.OfPeople() == ground[k] {
			t.Errorf("%s: of people %v", k, k.OfPeople())
		}
	}
}
