package sample

import (
	"fmt"
	"iter"

	"sanse/planner"
)

// City makes a city of so many residents up, one problem of c at a time, each
// a district of its own (codes from 100001 on) with a seed of its own, so that
// no more than one is in memory. The last blocks may hold fewer residents.
func City(c Config, residents int) iter.Seq2[*planner.Problem, error] {
	return func(yield func(*planner.Problem, error) bool) {
		for n := 1; residents > 0; n++ {
			d := c
			d.Seed, d.District = c.Seed+uint64(n)<<20, fmt.Sprintf("%06d", 100000+n%900000)
			if d.Residents == 0 {
				d.Residents = 29
			}
			d.Blocks = max(1, d.Blocks)
			if residents < d.Residents*d.Blocks {
				d.Blocks = (residents + d.Residents - 1) / d.Residents
				d.Residents = (residents + d.Blocks - 1) / d.Blocks
			}
			p := Problem(d)
			residents -= len(p.Residents)
			if !yield(p, nil) {
				return
			}
		}
	}
}
