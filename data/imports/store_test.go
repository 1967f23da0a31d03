package imports_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/data/demo"
	"sanse/data/imports"
	"sanse/planner"
)

func TestADistrictOfFilesIsImportedIntoTheStore(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a whole district")
	}
	ctx := context.Background()
	store := datatest.New(t)
	start := planner.NewDate(2026, time.December, 1)
	begun := time.Now()
	man, err := demo.Generate(ctx, t.TempDir(), demo.Options{Seed: 1, Start: start, Services: 2000, Patrol: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("generate: %v", time.Since(begun))
	if err := store.Write(ctx, func(tx *data.Tx) error { return tx.PutDistrict(man.District) }); err != nil {
		t.Fatal(err)
	}
	files := map[imports.Kind]string{
		imports.Areas: man.Areas, imports.Streets: man.Streets, imports.Buildings: man.Buildings, imports.Population: man.Population,
		imports.Facilities: man.Facilities, imports.Policies: man.Policies, imports.Visitors: man.Visitors,
		imports.Residents: man.Residents, imports.Visits: man.Visits, imports.Needs: man.Needs, imports.Providers: man.Providers,
		imports.Tasks: man.Tasks, imports.TaskVisits: man.TaskVisits,
	}
	for _, kind := range imports.Kinds() {
		if kind == imports.Overlay || kind == imports.Standards || kind == imports.Devices {
			continue // the demo's streets are as they should be, it goes by the reference set, and nobody there has a device
		}
		begun := time.Now()
		env, err := imports.EnvOf(ctx, store, man.District.Code, kind, start, start.Time())
		if err != nil {
			t.Fatal(err)
		}
		read := time.Since(begun)
		rep, err := imports.Run(ctx, imports.Options{Kind: kind, Path: files[kind], District: man.District.Code}, env)
		if err != nil {
			t.Fatalf("%s: %v\n%+v", kind, err, rep.Refusals[:min(5, len(rep.Refusals))])
		}
		t.Logf("%-10s stored %6d, environment %v, import %v, warnings %v, hints %v", kind, rep.Stored, read, time.Since(begun)-read, rep.Warnings, rep.Hints)
		if rep.Stored == 0 || rep.Refused != 0 || rep.Stored != rep.Read {
			t.Errorf("%s: %+v", kind, rep)
		}
		if len(rep.Warnings) != 0 {
			t.Errorf("%s: the district's own files warn: %+v", kind, rep.Warnings)
		}
	}
	residents, err := store.Residents(ctx, man.District.Code)
	if err != nil {
		t.Fatal(err)
	}
	for i := range residents {
		if r := &residents[i]; r.Grid == "" || r.Grid != r.Declared && !strings.HasPrefix(r.MicroGrid, r.Declared) {
			t.Fatalf("resident %s is in %q, the file says %q", r.ID, r.Grid, r.Declared)
		}
	}
	imported, err := store.Imports(ctx, man.District.Code)
	if err != nil || len(imported) != len(files) {
		t.Errorf("%d imports logged, %v", len(imported), err)
	}

	// A row refused at the very end takes back all that was put before.
	b := setup(t)
	env, err := imports.EnvOf(ctx, store, man.District.Code, imports.Visits, start, start.Time())
	if err != nil {
		t.Fatal(err)
	}
	before, err := store.Visits(ctx, man.District.Code, 0, start)
	if err != nil {
		t.Fatal(err)
	}
	text := "resident,date,result\n" + residents[0].ID + ",2026-01-05,done\nnobody,2026-01-05,done\n"
	opt := imports.Options{Kind: imports.Visits, Path: b.file(t, "v.csv", text), District: man.District.Code}
	if _, err := imports.Run(ctx, opt, env); !errors.Is(err, imports.ErrRefused) {
		t.Fatalf("error is %v", err)
	}
	// What the importer cannot know the store finds out; nothing is kept.
	env.Residents = nil
	var missing *data.MissingError
	if _, err := imports.Run(ctx, opt, env); !errors.As(err, &missing) || missing.Value != "nobody" {
		t.Fatalf("error is %v", err)
	}
	after, err := store.Visits(ctx, man.District.Code, 0, start)
	if err != nil || len(after) != len(before) {
		t.Errorf("%d visits before, %d after, %v", len(before), len(after), err)
	}
	if left, err := filepath.Glob(filepath.Join(b.dir, ".refused-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
