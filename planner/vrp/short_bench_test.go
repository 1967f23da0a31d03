package vrp_test

import (
	"math/rand/v2"
	"testing"

	"sanse/planner/vrp"
)

// BenchmarkShort proves what a community's month of 30 clients and 20 workers
// lacks.
func BenchmarkShort(b *testing.B) {
	p := evenBlock(rand.New(rand.NewPCG(1, 1)), 30, 31, 20)
	for k := range p.Shifts {
		p.Shifts[k].To = 25 + p.Shifts[k].To/16
	}
	for b.Loop() {
		if vrp.Short(p).Missing == 0 {
			b.Fatal("nothing is short")
		}
	}
}
