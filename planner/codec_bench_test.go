package planner_test

import (
	"bytes"
	"testing"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

func BenchmarkReadProblem(b *testing.B) {
	var w bytes.Buffer
	if err := planner.WriteProblem(&w, sample.Problem(sample.Config{Visitors: 60})); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(w.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := planner.ReadProblem(bytes.NewReader(w.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteProblem(b *testing.B) {
	p := sample.Problem(sample.Config{Visitors: 60})
	var w bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		w.Reset()
		if err := planner.WriteProblem(&w, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	p := sample.Problem(sample.Config{Visitors: 60})
	plan, _ := solve(b, p, planner.Options{Iterations: 5})
	b.ReportAllocs()
	for b.Loop() {
		if v := planner.Check(p, plan); len(v) > 0 {
			b.Fatal(v)
		}
	}
}

func BenchmarkAccount(b *testing.B) {
	p := sample.Problem(sample.Config{Visitors: 60})
	plan, _ := solve(b, p, planner.Options{Iterations: 5})
	b.ReportAllocs()
	for b.Loop() {
		planner.Account(p, plan)
	}
}
