package data_test

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// BenchmarkPut stores many records of a kind at once, each round replacing
// those of the round before; rows/s is what matters.
func BenchmarkPut(b *testing.B) {
	s := datatest.New(b)
	f := newFixture()
	write(b, s, f.put)
	const n = 200_000
	population := make([]data.Population, n)
	visits := make([]data.Visit, n)
	for i := range n {
		at := orb.Point{104.3 + float64(i%1000)*1e-5, 30.8 + float64(i/1000)*1e-5}
		population[i] = data.Population{Cell: int64(i + 1), Households: 2, People: 5, Over60: 1, Location: at}
		// Every day has a visit that was made and one that was missed, of both.
		visits[i] = data.Visit{Resident: f.residents[i%2].ID, Visitor: "v1", Date: planner.Date(i / 4), Done: i%4 < 2}
	}
	residents := make([]data.Resident, n/10)
	for i := range residents {
		residents[i] = f.residents[0]
		residents[i].ID = fmt.Sprintf("x%d", i)
		residents[i].Person.IDNumber = data.Sealed(fmt.Sprintf("x%d", i))
	}
	for _, bench := range []struct {
		name string
		rows int
		put  func(tx *data.Tx) error
	}{
		{"population", n, func(tx *data.Tx) error { return tx.PutPopulation(code, population) }},
		{"visits", n, func(tx *data.Tx) error { return tx.PutVisits(code, visits) }},
		{"residents", len(residents), func(tx *data.Tx) error { return tx.PutResidents(code, residents) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				write(b, s, bench.put)
			}
			b.ReportMetric(float64(bench.rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
