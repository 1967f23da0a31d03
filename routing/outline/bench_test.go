package outline_test

import (
	"math/rand/v2"
	"testing"

	"sanse/routing/outline"
)

// crookedStreets is a town of n × n blocks of 100 m, each street of five
// segments, reached in three bands from the middle.
func crookedStreets(n int) []outline.Segment {
	r := rand.New(rand.NewPCG(1, 2))
	var out []outline.Segment
	street := func(x, y, dx, dy float64) {
		band := int(max(abs(x-float64(n)*50), abs(y-float64(n)*50)) / (float64(n) * 50) * 2.99)
		last := [2]float64{x, y}
		for k := 1.0; k <= 5; k++ {
			next := [2]float64{x + dx*k/5, y + dy*k/5}
			if k < 5 {
				next[0], next[1] = next[0]+r.Float64()*6, next[1]+r.Float64()*6
			}
			out = append(out, outline.Segment{Line: line(last[0], last[1], next[0], next[1]), Band: band})
			last = next
		}
	}
	for y := range n {
		for x := range n {
			street(float64(x)*100, float64(y)*100, 100, 0)
			street(float64(x)*100, float64(y)*100, 0, 100)
		}
	}
	return out
}

func abs(v float64) float64 { return max(v, -v) }

func TestADrawerThatHasGrownAllocatesOnlyWhatItReturns(t *testing.T) {
	s := crookedStreets(12)
	var d outline.Drawer
	allocs := testing.AllocsPerRun(20, func() {
		if _, err := d.Draw(s, outline.Ground{}, outline.Options{Bands: 3, Buffer: 25}); err != nil {
			t.Fatal(err)
		}
	})
	out, err := d.Draw(s, outline.Ground{}, outline.Options{Bands: 3, Buffer: 25})
	if err != nil {
		t.Fatal(err)
	}
	polygons := 0.0
	for _, mp := range out {
		for _, p := range mp {
			polygons += 1 + float64(len(p))
		}
	}
	// The slice of bands, and for each its points, polygons and their numbers.
	if allocs > 1+3*3+polygons {
		t.Errorf("%v allocations for %v rings", allocs, polygons)
	}
}

// BenchmarkDraw draws about what 15 minutes on foot reach in a dense town.
func BenchmarkDraw(b *testing.B) {
	s := crookedStreets(18)
	var d outline.Drawer
	for _, bands := range []int{3, 1} { // bands only get fewer
		b.Run(map[int]string{1: "one band", 3: "three bands"}[bands], func(b *testing.B) {
			b.ReportAllocs()
			for i := range s {
				s[i].Band = min(s[i].Band, bands-1)
			}
			for b.Loop() {
				if _, err := d.Draw(s, outline.Ground{}, outline.Options{Bands: bands, Buffer: 25}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
