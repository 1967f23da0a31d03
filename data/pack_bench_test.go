package data_test

import (
	"os"
	"testing"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// BenchmarkPlanProblem stores what a plan was made from and reads it back. The
// file is named by SANSE_PROBLEM; docs/benchmarks.md says how to make one.
func BenchmarkPlanProblem(b *testing.B) {
	path := os.Getenv("SANSE_PROBLEM")
	if path == "" {
		b.Skip("SANSE_PROBLEM names no problem")
	}
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	p, err := planner.ReadProblem(f)
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	if err != nil {
		b.Fatal(err)
	}
	s := datatest.New(b)
	write(b, s, newFixture().put)
	for b.Loop() {
		write(b, s, func(tx *data.Tx) error { return tx.PutPlanProblem(code, 1, p) })
		text, err := s.PlanProblem(b.Context(), code, 1)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(text))/1e6, "MB")
	}
	var packed int
	if err := s.Pool().QueryRow(b.Context(), `SELECT octet_length(problem) FROM plan_problem WHERE district = $1`, code).Scan(&packed); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(packed)/1e6, "packed-MB")
}
