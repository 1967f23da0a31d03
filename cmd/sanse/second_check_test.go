package main

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"sanse/cmd/sanse/internal/secondcheck"
	"sanse/planner"
)

// TestSecondCheckerAgreesOnDistricts holds the plans of whole districts against both
// checkers: each as it is stored, by one that reads nothing but the records.
func TestSecondCheckerAgreesOnDistricts(t *testing.T) {
	for _, c := range []struct {
		name string
		of   func() (*district, error)
		long bool
	}{
		{"the default demo", reference, true},
		{"the short-staffed demo", shortStaffed, true},
		{"Andorra", andorra, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long {
				isLong(t)
			}
			d := done(t, c.of)
			p, err := readFile(d.file("problem.json"), planner.ReadProblem)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := readFile(d.file("plan.json"), planner.ReadPlan)
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Itineraries) == 0 {
				t.Fatal("the plan has no itineraries: nothing was checked")
			}
			for _, v := range planner.Check(p, plan) {
				t.Errorf("first checker: %s: %s", v.Code, v.Detail)
			}
			ctx := context.WithoutCancel(t.Context())
			conn, err := pgx.Connect(ctx, d.bed.dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { // with what it began, for others use the district
				if err := conn.Close(ctx); err != nil {
					t.Error(err)
				}
			})
			tx, err := conn.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := secondcheck.Load(ctx, tx, p); err != nil {
				t.Fatal(err)
			}
			found, err := secondcheck.Findings(ctx, tx, p.District)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found[:min(len(found), 20)] {
				t.Errorf("second checker: %s (%d in all)", f, len(found))
			}
		})
	}
}
