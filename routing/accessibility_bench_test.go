package routing_test

import (
	"context"
	"testing"

	"sanse/routing"
)

// BenchmarkNearestForAll finds, for every vertex of the region of Porto, the
// nearest of fifty facilities, as pandana's nearest_pois does.
func BenchmarkNearestForAll(b *testing.B) {
	g, points := porto(b)
	e := engineOf(b, g, routing.Foot())
	snaps, _ := e.SnapAll(points, 500)
	for _, bm := range []struct {
		name string
		n, k int
	}{{"1 of 50", 50, 1}, {"1 of 1,000", 1000, 1}, {"5 of 50", 50, 5}} {
		b.Run(bm.name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := e.NearestForAll(context.Background(), snaps[:bm.n], bm.k, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// aMetreASecond makes seconds of metres, which is what pandana counts in.
var aMetreASecond = routing.Profile{Name: "a metre a second", MetresPerSecond: 1}

// BenchmarkSums adds up one value at every vertex of the region of Porto within
// 1,250 m of every vertex, from an engine that has nothing prepared, as pandana
// does after its precompute(1250).
func BenchmarkSums(b *testing.B) {
	g, points := porto(b)
	for _, bm := range []struct {
		name    string
		threads int
		all     bool
	}{{"a value a vertex, 1 thread", 1, true}, {"a value a vertex, 2 threads", 2, true}, {"1,000 values, 1 thread", 1, false}} {
		b.Run(bm.name, func(b *testing.B) {
			for b.Loop() {
				e := engineOf(b, g, aMetreASecond)
				b.StopTimer()
				at, _ := e.SnapAll(points, 500)
				if bm.all {
					at = vertexSnaps(e)
				}
				values := make([]float64, len(at))
				for i := range values {
					values[i] = 1
				}
				b.StartTimer()
				if _, err := e.Sums(context.Background(), at, values, 1250, bm.threads); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
