package routing_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"sanse/routing"
)

// BenchmarkIsochrone draws what an adult reaches in 15 minutes from each of the
// thousand places: search, reached edges and polygon.
func BenchmarkIsochrone(b *testing.B) {
	g, points := porto(b)
	e := engineOf(b, g, routing.Foot())
	snaps, _ := e.SnapAll(points, 500)
	for _, bm := range []struct {
		name    string
		seconds []int
		o       routing.IsochroneOptions
	}{
		{"15 minutes", []int{900}, routing.IsochroneOptions{}},
		{"5, 10 and 15 minutes", []int{300, 600, 900}, routing.IsochroneOptions{}},
		{"15 minutes without polygon", []int{900}, routing.IsochroneOptions{NoPolygon: true}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				s := snaps[len(took)%len(snaps)]
				start := time.Now()
				if _, err := e.Isochrones(context.Background(), []routing.Snap{s}, bm.seconds, bm.o); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-µs")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
		})
	}
}
