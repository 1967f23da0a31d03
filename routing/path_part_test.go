package routing_test

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/routing"
)

func TestAPartOfAnEdgeIsAsLongAsItsFractionsSay(t *testing.T) {
	line := orb.LineString{{104.3, 30.8}, {104.301, 30.8}, {104.301, 30.8}, {104.301, 30.8012}, {104.3025, 30.8008}}
	b := routing.NewBuilder()
	if _, err := b.AddEdge(b.AddNode(line[0]), b.AddNode(line[4]), line, routing.EdgeAttr{Walk: routing.Both}); err != nil {
		t.Fatal(err)
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	whole := geo.Length(line)
	rapid.Check(t, func(t *rapid.T) {
		fraction := rapid.OneOf(rapid.SampledFrom([]float64{0, 1}), rapid.Float64Range(0, 1))
		from, to := fraction.Draw(t, "from"), fraction.Draw(t, "to")
		part, back := g.Part(0, from, to), g.Part(0, to, from)
		if len(part) < 2 {
			t.Fatalf("%d points", len(part))
		}
		// A piece cut in two has two middle latitudes: micrometres.
		if got, want := geo.Length(part), math.Abs(to-from)*whole; math.Abs(got-want) > 1e-4 {
			t.Fatalf("%.7f m, want %.7f of %.7f", got, want, whole)
		}
		slices.Reverse(back)
		for i, end := range []orb.Point{part[0], part[len(part)-1]} {
			if d := geo.Distance(end, []orb.Point{back[0], back[len(back)-1]}[i]); d > 1e-6 {
				t.Fatalf("against the line, end %d is %g m off", i, d)
			}
			at, err := g.At(0, []float64{from, to}[i])
			if err != nil {
				t.Fatal(err)
			}
			if d := geo.Distance(end, at.Point); d > 1e-6 {
				t.Fatalf("end %d is %g m from where the fraction is", i, d)
			}
		}
	})
}
