package districting_test

import (
	"context"
	"fmt"
	"syscall"
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
// cells. As many moves are made for each cell, whatever the size, for the first
// of a search change more than the last. An operation is a search of one
// thread; cpu-moves/s are a second of processor time, and the first drawing is
// not counted but told.
func BenchmarkMoves(b *testing.B) {
	const each = 50
	for _, side := range [][2]int{{40, 25}, {100, 100}, {400, 250}, {1000, 1000}} {
		n := side[0] * side[1]
		b.Run(fmt.Sprintf("%d-cells", n), func(b *testing.B) {
			p := community(side[0], side[1], n/80, 1)
			var first, moves time.Duration
			for range b.N {
				begin, drawn := processor(b), time.Duration(0)
				o := districting.Options{Iterations: each * n, Progress: func(districting.Progress) {
					if drawn == 0 { // the first drawing is there
						drawn = processor(b)
					}
				}}
				if _, err := districting.Solve(context.Background(), p, o); err != nil {
					b.Fatal(err)
				}
				first += drawn - begin
				moves += processor(b) - drawn
			}
			b.ReportMetric(each*float64(n)*float64(b.N)/moves.Seconds(), "cpu-moves/s")
			b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "first-cpu-ms")
		})
	}
}

// processor returns the processor time of this process so far.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
