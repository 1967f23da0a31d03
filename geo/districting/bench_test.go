package districting_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"sanse/geo/districting"
)

// clock is a budget of seconds.
type clock struct {
	begin time.Time
	limit time.Duration
}

func (c *clock) Spent(int, districting.Cost) float64 {
	return float64(time.Since(c.begin)) / float64(c.limit)
}

// BenchmarkMoves tells what a move costs as a community grows: zones have 80
// cells. An operation is a move; the first drawing is not counted.
func BenchmarkMoves(b *testing.B) {
	for _, side := range [][2]int{{40, 25}, {100, 100}, {400, 250}, {1000, 1000}} {
		n := side[0] * side[1]
		b.Run(fmt.Sprintf("%d-cells", n), func(b *testing.B) {
			p := community(side[0], side[1], n/80, 1)
			var moved bool
			var begin time.Duration
			o := districting.Options{Iterations: max(b.N, 1), Progress: func(districting.Progress) {
				if !moved { // the first drawing is there
					moved, begin = true, b.Elapsed()
				}
			}}
			if _, err := districting.Solve(context.Background(), p, o); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/(b.Elapsed()-begin).Seconds(), "moves/s")
		})
	}
}

// BenchmarkCommunity draws 2,000 cells into 25 grids in a second and in ten.
func BenchmarkCommunity(b *testing.B) {
	for _, c := range []struct {
		limit     time.Duration
		tolerance float64
	}{{time.Second, 0.05}, {10 * time.Second, 0.02}} {
		b.Run(fmt.Sprint(c.limit), func(b *testing.B) {
			for i := range b.N {
				p := community(50, 40, 25, uint64(i)+1)
				p.Weights[0].Tolerance = c.tolerance
				report(b, p, districting.Options{Seed: uint64(i), Threads: 2, Budget: &clock{time.Now(), c.limit}})
			}
		})
	}
}

// BenchmarkDistrict draws 83 communities of 1,000 cells into 2,091 grids.
func BenchmarkDistrict(b *testing.B) {
	for range b.N {
		p := district(83, 2091)
		report(b, p, districting.Options{Threads: 2, Iterations: 30_000_000})
	}
}

// report draws a problem and reports how good the drawing is.
func report(b *testing.B, p *districting.Problem, o districting.Options) {
	b.Helper()
	d, err := districting.Solve(context.Background(), p, o)
	if err != nil {
		b.Fatal(err)
	}
	worst := 0.0
	for _, z := range d.Metrics.Zones {
		for _, x := range z.Off {
			worst = max(worst, x, -x)
		}
	}
	b.ReportMetric(100*worst, "%off")
	b.ReportMetric(d.Metrics.PolsbyPopper, "PP")
	b.ReportMetric(float64(d.Metrics.Parts), "parts")
}

// district is communities of 40 × 25 cells in a row, with grids shared out as
// evenly as can be.
func district(communities, grids int) *districting.Problem {
	p := community(40, 25*communities, 1, 7)
	p.Zones = nil
	p.Parent = make([]int32, p.Units())
	for u := range p.Parent {
		p.Parent[u] = int32(u / 1000)
	}
	for i := range communities {
		p.Zones = append(p.Zones, grids*(i+1)/communities-grids*i/communities)
	}
	p.Weights[0].Tolerance = 0.05
	return p
}
