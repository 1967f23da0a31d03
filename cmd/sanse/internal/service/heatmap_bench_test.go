package service

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/data"
	"sanse/planner"
)

// BenchmarkHeatmap counts 1,000,000 residents, made up around 400 places of a
// district 30 km wide, who are in memory already: the first map after the data
// have changed, and those that follow, with the GeoJSON that is sent.
func BenchmarkHeatmap(b *testing.B) {
	const n = 1_000_000
	rng := rand.New(rand.NewPCG(1, 2))
	places := make([]orb.Point, 400)
	for i := range places {
		places[i] = orb.Point{104.15 + 0.3*rng.Float64(), 30.65 + 0.3*rng.Float64()}
	}
	residents := make([]planner.Resident, n)
	for i := range residents {
		at := places[rng.IntN(len(places))]
		residents[i] = planner.Resident{
			ID: fmt.Sprint(i), Grade: "blue", Grid: "510199001001001", Location: orb.Point{at[0] + 0.004*rng.NormFloat64(), at[1] + 0.004*rng.NormFloat64()},
		}
	}
	fresh := func() *view {
		return &view{snap: &Snapshot{District: data.District{Code: "510199"}}, problem: &planner.Problem{Residents: residents}}
	}
	draw := func(b *testing.B, v *view, res int) {
		count, _, err := v.heat("residents", "510199")
		if err != nil {
			b.Fatal(err)
		}
		h := Heatmap{Resolution: res, Layer: "residents", Cells: geojson.NewFeatureCollection()}
		if err := h.exact(count); err != nil {
			b.Fatal(err)
		}
		text, err := json.Marshal(h.Cells)
		if err != nil || *h.Total != n {
			b.Fatal(*h.Total, err)
		}
		b.ReportMetric(float64(len(text)), "bytes")
		b.ReportMetric(float64(len(h.Cells.Features)), "cells")
	}
	// cpu is processor time, which a busy machine leaves alone.
	cpu := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
	}
	timed := func(b *testing.B, f func()) {
		began := cpu()
		for b.Loop() {
			f()
		}
		b.ReportMetric((cpu()-began)/float64(b.N), "cpu-ms/op")
	}
	b.Run("the first", func(b *testing.B) { timed(b, func() { draw(b, fresh(), 8) }) })
	for _, res := range []int{8, 7, 6} {
		v := fresh()
		draw(b, v, res)
		b.Run(fmt.Sprintf("the next of resolution %d", res), func(b *testing.B) { timed(b, func() { draw(b, v, res) }) })
	}
}
