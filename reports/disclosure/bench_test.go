package disclosure_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"sanse/planner"
	"sanse/reports/disclosure"
)

// district is one of the demo's size: 7 towns, 84 communities of 8 pieces, 420
// grids, 2,400 residents in three grades, 600,000 people.
func district(seed uint64) disclosure.Input {
	rnd := rand.New(rand.NewPCG(seed, 1))
	in := disclosure.Input{
		Day: 20000, K: 5, Columns: []string{"red", "yellow", "blue", "lone", "people", "disabled"}, Details: details,
		Places: []disclosure.Place{{Key: "D", Parent: -1, Answered: true}},
	}
	for town := range 7 {
		in.Places = append(in.Places, disclosure.Place{Key: fmt.Sprintf("D%d", town), Parent: 0, Answered: true})
		up := len(in.Places) - 1
		for community := range 12 {
			in.Places = append(in.Places, disclosure.Place{Key: fmt.Sprintf("D%d.%d", town, community), Parent: up, Answered: true})
			here := len(in.Places) - 1
			for cell := range 8 {
				in.Places = append(in.Places, disclosure.Place{Key: fmt.Sprintf("D%d.%d/%d", town, community, cell), Parent: here})
				for grid := range 2 {
					blue := rnd.IntN(4)
					in.Rows = append(in.Rows, disclosure.Row{
						Place: len(in.Places) - 1, Insider: fmt.Sprintf("D%d.%d.%d", town, community, (cell+grid)%5),
						Counts: []int{rnd.IntN(50) / 49, rnd.IntN(5) / 3, blue, blue / 2, 450 + rnd.IntN(50), rnd.IntN(20)},
					})
				}
			}
		}
	}
	return in
}

// BenchmarkTake takes the release of a district that has had so many before.
func BenchmarkTake(b *testing.B) {
	for _, before := range []int{0, 1, 8} {
		b.Run(fmt.Sprintf("%d_before", before), func(b *testing.B) {
			var earlier []*disclosure.Release
			var in disclosure.Input
			for quarter := range before + 1 {
				in = district(uint64(quarter))
				in.Day += planner.Date(91 * quarter)
				if quarter == before {
					break
				}
				r, err := disclosure.Take(b.Context(), in, earlier)
				if err != nil {
					b.Fatal(err)
				}
				earlier = append(earlier, r)
			}
			for b.Loop() {
				if _, err := disclosure.Take(b.Context(), in, earlier); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
