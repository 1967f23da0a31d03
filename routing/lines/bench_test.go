package lines_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"sanse/routing/lines"
)

// town writes the GeoJSON of about so many lines: streets of a wavy grid, cut at
// their crossings as surveyors do, of some eight points each.
func town(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	side := int(math.Sqrt(float64(n) / 2))
	place := func(x, y float64) (float64, float64) {
		return 104.3 + 0.0011*x + 0.0001*math.Sin(y*1.3), 30.8 + 0.0009*y + 0.0001*math.Sin(x*1.7)
	}
	for i := range 2 * side * side {
		x, y := float64(i/2%side), float64(i/2/side)
		dx, dy := float64(i%2), float64(1-i%2)
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n")
		fmt.Fprintf(&b, `{"type":"Feature","id":%d,"properties":{"道路名称":"路%d","道路类型":"支路","单行":"否","宽度":7.5},"geometry":{"type":"LineString","coordinates":[`, i, i/40)
		for k := range 8 {
			f := float64(k) / 7
			px, py := place(x+f*dx, y+f*dy)
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "[%.7f,%.7f]", px, py)
		}
		b.WriteString("]}}")
	}
	b.WriteString("]}")
	return b.Bytes()
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{20_000, 200_000} {
		raw := town(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				res, err := lines.Read(bytes.NewReader(raw), lines.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if len(res.Graph.Components()) != 1 {
					b.Fatalf("%+v", res.Counts)
				}
			}
		})
	}
}
