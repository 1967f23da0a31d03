package drawing_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/drawing"
	"sanse/geo/topology"
)

// at is a point so many metres east and north of a place in Chengdu.
func at(east, north float64) orb.Point {
	e, n := geo.DegreeMetres(30.8)
	p := orb.Point{104.1 + east/e, 30.8 + north/n}
	return orb.Point{math.Round(p[0]*1e9) / 1e9, math.Round(p[1]*1e9) / 1e9}
}

func ground(corners ...[2]float64) orb.MultiPolygon {
	var ring orb.Ring
	for _, c := range corners {
		ring = append(ring, at(c[0], c[1]))
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// village is a community of 900 by 600 m in three areas with crooked borders.
func village() []topology.Area {
	const parent = "510113001001"
	area := func(code string, shape orb.MultiPolygon) topology.Area {
		return topology.Area{Code: parent + code, Parent: parent, Shape: shape}
	}
	return []topology.Area{
		area("001", ground([2]float64{0, 0}, [2]float64{310, 0}, [2]float64{280, 220}, [2]float64{330, 410}, [2]float64{290, 600}, [2]float64{0, 600})),
		area("002", ground([2]float64{310, 0}, [2]float64{900, 0}, [2]float64{900, 333}, [2]float64{600, 280}, [2]float64{330, 410}, [2]float64{280, 220})),
		area("003", ground([2]float64{900, 333}, [2]float64{900, 600}, [2]float64{290, 600}, [2]float64{330, 410}, [2]float64{600, 280})),
	}
}

func lay(t *testing.T, areas []topology.Area, resolution int) *drawing.Land {
	t.Helper()
	l, err := drawing.Lay(areas, resolution)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func faces(t *testing.T, l *drawing.Land, code func(plot int) string) *topology.Topology {
	t.Helper()
	codes := make([]string, len(l.Plots))
	for i := range codes {
		codes[i] = code(i)
	}
	f, err := l.Faces(codes)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPlotsHaveTheGroundOfTheirAreas(t *testing.T) {
	l := lay(t, village(), 11)
	had, has := make([]float64, len(l.Areas)), make([]float64, len(l.Areas))
	for i, a := range l.Areas {
		had[i] = geo.AreaM2(a.Shape)
	}
	for i, p := range l.Plots {
		has[p.Area] += l.Graph.Area[i]
		if l.Graph.Area[i] < 500 {
			t.Errorf("plot %d has %.0f m², less than a quarter of a cell", i, l.Graph.Area[i])
		}
		if len(p.Cells) == 0 {
			t.Errorf("plot %d is made of no cell", i)
		}
	}
	for i := range had {
		if math.Abs(had[i]-has[i]) > 1 {
			t.Errorf("area %d: plots of %.1f m² on %.1f m²", i, has[i], had[i])
		}
	}
	p := districting.Problem{Graph: l.Graph, Zones: []int{3}, Goal: districting.Compact}
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
}

func TestBordersThatStayAreNotTouched(t *testing.T) {
	for name, make := range map[string]func() (*drawing.Land, error){
		"cells":       func() (*drawing.Land, error) { return drawing.Lay(village(), 11) },
		"fine cells":  func() (*drawing.Land, error) { return drawing.Lay(village(), 12) },
		"whole areas": func() (*drawing.Land, error) { return drawing.Whole(village()) },
	} {
		t.Run(name, func(t *testing.T) {
			l, err := make()
			if err != nil {
				t.Fatal(err)
			}
			f := faces(t, l, func(plot int) string { return l.Areas[l.Plots[plot].Area].Code })
			if f, err = l.Smooth(f, nil); err != nil {
				t.Fatal(err)
			}
			for _, a := range l.Areas {
				if got, _ := f.Shape(a.Code); !got.Equal(a.Shape) {
					t.Errorf("area %s:\n%v\nwas\n%v", a.Code, got, a.Shape)
				}
			}
		})
	}
}

// Who lives where the border moves is on the side that was drawn, and the new
// areas tile the ground of the old ones.
func TestSmoothBordersLeaveEverybodyOnTheirSide(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 5))
		l := lay(t, village(), 11)
		var places []orb.Point
		for range 30 * int(seed*seed) {
			places = append(places, at(1+898*r.Float64(), 1+598*r.Float64()))
		}
		// Two slanting lines across everything.
		slope, shift := r.Float64()-0.5, 200+300*r.Float64()
		code := func(p orb.Point) string {
			east, north := geo.DegreeMetres(30.8)
			x, y := (p[0]-104.1)*east, (p[1]-30.8)*north
			switch {
			case x < shift+slope*y:
				return "a"
			case y < 300+slope*x/2:
				return "b"
			}
			return "c"
		}
		raw := faces(t, l, func(plot int) string { return code(l.Plots[plot].Centre) })
		smooth, err := l.Smooth(raw, places)
		if err != nil {
			t.Fatal(err)
		}
		vertices := func(f *topology.Topology) (n int) {
			for _, a := range f.Arcs() {
				n += len(a.Points)
			}
			return n
		}
		if was, is := vertices(raw), vertices(smooth); is > was/2 && seed < 3 {
			t.Errorf("seed %d: %d vertices of %d are left", seed, is, was)
		}
		for _, c := range []string{"a", "b", "c"} {
			was, _ := raw.Shape(c)
			is, _ := smooth.Shape(c)
			for _, p := range places {
				if planar.MultiPolygonContains(was, p) != planar.MultiPolygonContains(is, p) {
					t.Errorf("seed %d: %v changes sides", seed, p)
				}
			}
		}
		all, err := geo.Union(village()[0].Shape, village()[1].Shape, village()[2].Shape)
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := topology.Survey(smooth.Areas(), topology.Options{Parents: []topology.Area{{Code: "510113001001", Shape: all}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range sheet.Check() {
			t.Errorf("seed %d: %s", seed, f.Message)
		}
	}
}

func TestAPointIsInThePlotAroundIt(t *testing.T) {
	l := lay(t, village(), 11)
	r := rand.New(rand.NewPCG(1, 2))
	one := faces(t, l, func(plot int) string { return fmt.Sprintf("p%05d", plot) })
	for range 500 {
		p := at(900*r.Float64(), 600*r.Float64())
		for i, a := range l.Areas {
			if !planar.MultiPolygonContains(a.Shape, p) {
				continue
			}
			plot := l.PlotAt(i, p)
			if shape, ok := one.Shape(fmt.Sprintf("p%05d", plot)); !ok || l.Plots[plot].Area != int32(i) || !planar.MultiPolygonContains(shape, p) {
				t.Errorf("%v is not in plot %d", p, plot)
			}
		}
	}
}

func TestABarrierPartsNeighboursButForItsBridge(t *testing.T) {
	l := lay(t, village(), 11)
	river := orb.LineString{at(450, -50), at(450, 650)}
	bridge := orb.LineString{at(380, 300), at(520, 300)}
	everybody := func(int) bool { return true }
	closed, n := l.Part([]orb.LineString{river}, nil, everybody)
	open, m := l.Part([]orb.LineString{river}, []orb.LineString{bridge}, everybody)
	if n == 0 || m >= n || m < n/2 {
		t.Fatalf("%d pairs are parted, %d with a bridge", n, m)
	}
	for name, c := range map[string]struct {
		graph districting.Graph
		parts int
	}{"without a bridge": {closed, 2}, "with a bridge": {open, 1}} {
		p := districting.Problem{Graph: c.graph, Zones: []int{1}, Goal: districting.Compact}
		got, err := districting.Measure(&p, make([]int32, len(l.Plots)))
		if err != nil || got.Parts != c.parts {
			t.Errorf("%s: %d parts: %v", name, got.Parts, err)
		}
	}
	// The river's own water is nobody's, and encloses nobody.
	banks := []orb.LineString{{at(400, -50), at(400, 650)}, {at(500, -50), at(500, 650)}}
	inWater := func(plot int) bool {
		p := l.Plots[plot].Centre
		return p[0] > at(400, 0)[0] && p[0] < at(500, 0)[0]
	}
	wet, _ := l.Part(banks, nil, func(plot int) bool { return !inWater(plot) })
	p := districting.Problem{Graph: wet, Zones: []int{1}, Goal: districting.Compact}
	if got, err := districting.Measure(&p, make([]int32, len(l.Plots))); err != nil || got.Parts != 2 {
		t.Errorf("water that nobody lives on makes %d parts: %v", got.Parts, err)
	}
}
