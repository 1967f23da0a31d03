package drawing_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/geo/drawing"
	"sanse/geo/topology"
)

// quarter is a community of 60 areas on about 2,000 cells of resolution 11, and
// the places of 800 buildings.
func quarter(t testing.TB) (areas []topology.Area, places []orb.Point) {
	t.Helper()
	const wide, high, metres = 10, 6, 268
	r := rand.New(rand.NewPCG(3, 1))
	corners := make(map[[2]int][2]float64)
	for x := range wide + 1 {
		for y := range high + 1 {
			at := [2]float64{metres * float64(x), metres * float64(y)}
			if x > 0 && x < wide && y > 0 && y < high {
				at[0], at[1] = at[0]+metres*(r.Float64()-0.5)/2, at[1]+metres*(r.Float64()-0.5)/2
			}
			corners[[2]int{x, y}] = at
		}
	}
	for x := range wide {
		for y := range high {
			var ring [][2]float64
			for _, c := range [][2]int{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}} {
				ring = append(ring, corners[c])
			}
			areas = append(areas, topology.Area{Code: fmt.Sprintf("510113001001001%03d", len(areas)+1), Parent: "510113001001", Shape: ground(ring...)})
		}
	}
	for range 800 {
		places = append(places, at(wide*metres*r.Float64(), high*metres*r.Float64()))
	}
	return areas, places
}

// busy reports the processor time of each run: the clock tells little on a
// machine that does other work.
func busy(b *testing.B, f func()) {
	b.Helper()
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := spent()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64((spent()-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

func BenchmarkLay(b *testing.B) {
	areas, _ := quarter(b)
	busy(b, func() {
		l, err := drawing.Lay(areas, 11)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(l.Plots)), "plots")
	})
}

func BenchmarkFacesAndSmooth(b *testing.B) {
	areas, places := quarter(b)
	l, err := drawing.Lay(areas, 11)
	if err != nil {
		b.Fatal(err)
	}
	// 25 areas in rows of five, as a search would draw them.
	box := orb.MultiPoint(places).Bound()
	codes := make([]string, len(l.Plots))
	for i := range codes {
		x := (l.Plots[i].Centre[0] - box.Min[0]) / (box.Max[0] - box.Min[0]) * 5
		y := (l.Plots[i].Centre[1] - box.Min[1]) / (box.Max[1] - box.Min[1]) * 5
		codes[i] = fmt.Sprintf("z%d%d", min(4, max(0, int(x))), min(4, max(0, int(y))))
	}
	b.Run("Faces", func(b *testing.B) {
		busy(b, func() {
			if _, err := l.Faces(codes); err != nil {
				b.Fatal(err)
			}
		})
	})
	raw, err := l.Faces(codes)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Smooth", func(b *testing.B) {
		busy(b, func() {
			if _, err := l.Smooth(raw, places); err != nil {
				b.Fatal(err)
			}
		})
	})
}
