package tiles_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sanse/geo/tiles"
)

// home is where the shapes of the tests are.
var home = orb.Point{104.3013, 30.8012}

func build(t testing.TB, features ...tiles.Feature) *tiles.Set {
	t.Helper()
	s, err := tiles.New([]tiles.Layer{{Name: "all", Features: features}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read decodes a tile with another's decoder.
func read(t rapid.TB, b []byte) mvt.Layers {
	t.Helper()
	layers, err := mvt.Unmarshal(b)
	if err != nil {
		t.Fatalf("the tile cannot be read: %v", err)
	}
	for _, l := range layers {
		if l.Version != 2 || l.Extent != tiles.Extent {
			t.Errorf("layer %s: version %d, extent %d", l.Name, l.Version, l.Extent)
		}
	}
	return layers
}

func at(p orb.Point, z int) maptile.Tile { return maptile.At(p, maptile.Zoom(z)) }

func tileOf(s *tiles.Set, m maptile.Tile) []byte { return s.Tile(int(m.Z), int(m.X), int(m.Y)) }

func square(p orb.Point, half float64) orb.Ring {
	return orb.Ring{{p[0] - half, p[1] - half}, {p[0] + half, p[1] - half}, {p[0] + half, p[1] + half}, {p[0] - half, p[1] + half}, {p[0] - half, p[1] - half}}
}

func TestATileHoldsWhatItWasGiven(t *testing.T) {
	s, err := tiles.New([]tiles.Layer{
		{Name: "area", Features: []tiles.Feature{
			{ID: 7, Geometry: orb.Polygon{square(home, 0.0004), square(home, 0.0001)}, Properties: []tiles.Property{
				{Key: "name", Value: "一号"}, {Key: "count", Value: -3}, {Key: "share", Value: 0.25}, {Key: "open", Value: true}, {Key: "none", Value: nil}, {Key: "big", Value: int64(1) << 40},
			}},
			{Geometry: orb.Polygon{square(home, 0.0002)}, Properties: []tiles.Property{{Key: "name", Value: "一号"}}, MinZoom: 16},
		}},
		{Name: "street", Features: []tiles.Feature{{Geometry: orb.LineString{{home[0], home[1]}, {home[0] + 0.0003, home[1] + 0.0002}}, MaxZoom: 15}}},
		{Name: "far", Features: []tiles.Feature{{Geometry: orb.Point{10, 10}}}},
		{Name: "place", Features: []tiles.Feature{{Geometry: home, Properties: []tiles.Property{{Key: "count", Value: 1}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		zoom int
		want string
	}{
		{15, "area:1 street:1 place:1"},
		{16, "area:2 place:1"},
	} {
		m := at(home, test.zoom)
		layers := read(t, tileOf(s, m))
		var got []string
		for _, l := range layers {
			got = append(got, fmt.Sprintf("%s:%d", l.Name, len(l.Features)))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("zoom %d: %v, want %s", test.zoom, got, test.want)
		}
	}
	m := at(home, 16)
	layers := read(t, tileOf(s, m))
	f := layers[0].Features[0]
	if len(f.Properties) != 5 || f.Properties["name"] != "一号" || fmt.Sprint(f.Properties["count"], f.Properties["share"], f.Properties["open"], f.Properties["big"]) != "-3 0.25 true 1.099511627776e+12" {
		t.Errorf("properties %v", f.Properties)
	}
	if fmt.Sprint(f.ID) != "7" {
		t.Errorf("id %v", f.ID)
	}
	layers.ProjectToWGS84(m)
	p := layers[0].Features[0].Geometry.(orb.Polygon)
	if len(p) != 2 || len(p[0]) != 5 {
		t.Fatalf("%d rings: %v", len(p), p)
	}
	for _, c := range p[0] {
		if d := math.Max(math.Abs(math.Abs(c[0]-home[0])-0.0004), math.Abs(math.Abs(c[1]-home[1])-0.0004)); d > 360.0/(1<<16)/4096 {
			t.Errorf("corner %v is off by %g degrees", c, d)
		}
	}
}

func TestRingsRunAsTheSpecificationWants(t *testing.T) {
	for name, outer := range map[string]orb.Ring{"anticlockwise": square(home, 0.01), "clockwise": reversed(square(home, 0.01))} {
		s := build(t, tiles.Feature{Geometry: orb.Polygon{outer, square(home, 0.002)}})
		p := read(t, tileOf(s, at(home, 11)))[0].Features[0].Geometry.(orb.Polygon)
		// y runs down in a tile: what is clockwise on the screen has a positive
		// area there, which orb calls counter-clockwise.
		if len(p) != 2 || p[0].Orientation() != orb.CCW || p[1].Orientation() != orb.CW {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func reversed(r orb.Ring) orb.Ring {
	r = r.Clone()
	r.Reverse()
	return r
}

func TestATileInsideAHoleIsEmpty(t *testing.T) {
	s := build(t, tiles.Feature{Geometry: orb.Polygon{square(home, 0.5), square(home, 0.2)}})
	if b := tileOf(s, at(home, 14)); len(b) != 0 {
		t.Errorf("%v", read(t, b)[0].Features[0].Geometry)
	}
	if b := tileOf(s, at(orb.Point{home[0] + 0.3, home[1]}, 14)); len(b) == 0 {
		t.Error("beside the hole there is nothing")
	}
}

func TestWhatIsLessThanADotIsNotDrawn(t *testing.T) {
	s := build(t, tiles.Feature{Geometry: orb.Polygon{square(home, 0.00001)}}, tiles.Feature{Geometry: orb.LineString{home, {home[0] + 1e-7, home[1]}}})
	if b := tileOf(s, at(home, 3)); len(b) != 0 {
		t.Errorf("%d bytes", len(b))
	}
}

func TestThereAreNoTilesOutsideTheWorld(t *testing.T) {
	s := build(t, tiles.Feature{Geometry: orb.Polygon{square(home, 1)}})
	for _, m := range [][3]int{{-1, 0, 0}, {25, 0, 0}, {2, 4, 0}, {2, 0, 4}, {2, -1, 0}, {2, 0, -1}} {
		if b := s.Tile(m[0], m[1], m[2]); b != nil {
			t.Errorf("tile %v: %d bytes", m, len(b))
		}
	}
	if b := s.Tile(0, 0, 0); len(b) == 0 {
		t.Error("the world is empty")
	}
}

func TestWhatTheFormatCannotHoldIsRefused(t *testing.T) {
	for name, f := range map[string]tiles.Feature{
		"a collection":     {Geometry: orb.Collection{home}},
		"no geometry":      {},
		"no number":        {Geometry: orb.Point{math.NaN(), 1}},
		"another system":   {Geometry: orb.Point{500000, 3400000}},
		"a list":           {Geometry: home, Properties: []tiles.Property{{Key: "k", Value: []int{1}}}},
		"infinity":         {Geometry: home, Properties: []tiles.Property{{Key: "k", Value: math.Inf(1)}}},
		"zooms reversed":   {Geometry: home, MinZoom: 5, MaxZoom: 4},
		"a zoom too deep":  {Geometry: home, MaxZoom: 25},
		"a negative zoom":  {Geometry: home, MinZoom: -1},
		"a bad inner ring": {Geometry: orb.Polygon{square(home, 1), {{200, 0}, {201, 0}, {201, 1}, {200, 0}}}},
	} {
		if _, err := tiles.New([]tiles.Layer{{Name: "l", Features: []tiles.Feature{f}}}); err == nil || !strings.Contains(err.Error(), "layer l") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := build(t, tiles.Feature{Geometry: orb.Polygon{{{1, 1}, {2, 2}}}}, tiles.Feature{Geometry: orb.LineString{{1, 1}}}, tiles.Feature{Geometry: orb.MultiPolygon{}}); len(s.Tile(0, 0, 0)) != 0 {
		t.Error("shapes without points are drawn")
	}
}

// star draws a ring that does not cross itself: corners around a centre.
func star(t *rapid.T, label string) orb.Ring {
	n := rapid.IntRange(3, 30).Draw(t, label+" corners")
	size := rapid.Float64Range(0.0005, 0.02).Draw(t, label+" size")
	c := orb.Point{home[0] + rapid.Float64Range(-0.02, 0.02).Draw(t, label+" x"), home[1] + rapid.Float64Range(-0.02, 0.02).Draw(t, label+" y")}
	var r orb.Ring
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		d := size * rapid.Float64Range(0.2, 1).Draw(t, label)
		r = append(r, orb.Point{c[0] + d*math.Cos(a), c[1] + d*math.Sin(a)})
	}
	return append(r, r[0])
}

// around lists the tiles of a zoom that may hold any of the shapes drawn.
func around(z int) []maptile.Tile {
	a, b := at(orb.Point{home[0] - 0.05, home[1] + 0.05}, z), at(orb.Point{home[0] + 0.05, home[1] - 0.05}, z)
	var list []maptile.Tile
	for x := a.X; x <= b.X; x++ {
		for y := a.Y; y <= b.Y; y++ {
			list = append(list, maptile.Tile{X: x, Y: y, Z: maptile.Zoom(z)})
		}
	}
	return list
}

var exact = orb.Bound{Max: orb.Point{tiles.Extent, tiles.Extent}}

// inUnits brings a ring into units of a zoom's grid.
func inUnits(points []orb.Point, z int) orb.LineString {
	out := make(orb.LineString, len(points))
	for i, p := range points {
		f := maptile.Fraction(p, maptile.Zoom(z))
		out[i] = orb.Point{f[0] * tiles.Extent, f[1] * tiles.Extent}
	}
	return out
}

func TestTilesTogetherHoldAllOfAShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(11, 15).Draw(t, "zoom")
		ring := star(t, "ring")
		line := orb.LineString(star(t, "line"))
		point := star(t, "point")[0]
		s, err := tiles.New([]tiles.Layer{
			{Name: "ring", Features: []tiles.Feature{{Geometry: orb.Polygon{ring}}}},
			{Name: "line", Features: []tiles.Feature{{Geometry: line}}},
			{Name: "point", Features: []tiles.Feature{{Geometry: point}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		area, length, points := 0.0, 0.0, 0
		for _, m := range around(z) {
			for _, l := range read(t, tileOf(s, m)) {
				for _, f := range l.Features {
					switch l.Name {
					case "ring":
						area += planar.Area(clip.Geometry(exact, f.Geometry))
					case "line":
						length += planar.Length(clip.Geometry(exact, f.Geometry))
					default:
						points++
					}
				}
			}
		}
		ringUnits, lineUnits := inUnits(ring, z), inUnits(line, z)
		// A border may be off by rounding and thinning.
		if want := math.Abs(planar.Area(orb.Ring(ringUnits))); math.Abs(area-want) > 3*planar.Length(ringUnits)+10 {
			t.Errorf("zoom %d: an area of %.0f units is drawn as %.0f", z, want, area)
		}
		if want := planar.Length(lineUnits); math.Abs(length-want) > 0.02*want+10*float64(len(line)) {
			t.Errorf("zoom %d: a line of %.0f units is drawn with %.0f", z, want, length)
		}
		if points != 1 {
			t.Errorf("a point is in %d tiles", points)
		}
	})
}

func TestThinningMovesALineByTwoUnitsAtMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(4, 14).Draw(t, "zoom")
		ring := star(t, "ring")
		closed := rapid.Bool().Draw(t, "closed")
		var g orb.Geometry = orb.LineString(ring)
		if closed {
			g = orb.Polygon{ring}
		}
		s, err := tiles.New([]tiles.Layer{{Name: "all", Features: []tiles.Feature{{Geometry: g}}}})
		if err != nil {
			t.Fatal(err)
		}
		// Where the tile holds all of it, every corner is near what is drawn.
		m := at(ring[0], z)
		units := inUnits(ring, z)
		for i := range units {
			units[i][0] -= float64(m.X) * tiles.Extent
			units[i][1] -= float64(m.Y) * tiles.Extent
			if !exact.Contains(units[i]) {
				t.Skip("it leaves the tile")
			}
		}
		b := tileOf(s, m)
		if len(b) == 0 {
			// Less than a dot, or thinned to the stretch between two of its corners.
			far := slices.MaxFunc(units, func(a, b orb.Point) int {
				return cmp.Compare(planar.Distance(units[0], a), planar.Distance(units[0], b))
			})
			for _, c := range units {
				if d := planar.DistanceFromSegment(units[0], far, c); d > 5 || !closed && planar.Distance(units[0], c) > 5*math.Sqrt2 {
					t.Fatalf("zoom %d: nothing is drawn of %v", z, units)
				}
			}
			return
		}
		drawn := read(t, b)[0].Features[0].Geometry
		if p, ok := drawn.(orb.Polygon); ok {
			if closest(units) <= math.Sqrt2 {
				return // two corners may become one, and a needle between them nothing
			}
			drawn = orb.LineString(p[0])
		}
		for _, c := range units {
			if d := planar.DistanceFrom(drawn, c); d > 2+1 {
				t.Errorf("zoom %d: a corner is %.1f units from what is drawn", z, d)
			}
		}
	})
}

// closest is the least distance between two corners of a closed ring.
func closest(ring orb.LineString) float64 {
	least := math.Inf(1)
	for i, a := range ring[1:] {
		for _, b := range ring[1 : i+1] {
			least = min(least, planar.Distance(a, b))
		}
	}
	return least
}

func TestANeedleNarrowerThanAUnitIsNoPartOfARing(t *testing.T) {
	const z = 14
	unit := 360.0 / math.Exp2(z) / tiles.Extent
	m := at(home, z)
	corner := orb.Point{m.Bound().Min[0] + 1000*unit, m.Bound().Min[1] + 500*unit}
	by := func(x, y float64) orb.Point { return orb.Point{corner[0] + x*unit, corner[1] + y*unit} }
	s := build(t, tiles.Feature{Geometry: orb.Polygon{{by(0, 0), by(100, 0), by(100, 40), by(300, 40), by(100, 40.2), by(100, 80), by(0, 80), by(0, 0)}}})
	drawn := read(t, tileOf(s, m))[0].Features[0].Geometry.Bound()
	if wide := drawn.Right() - drawn.Left(); math.Abs(wide-100) > 1 {
		t.Errorf("a square of 100 units with a needle is drawn %.1f units wide", wide)
	}
}

func TestTilesCanBeMadeAtTheSameTime(t *testing.T) {
	s := build(t, city(400)...)
	want := map[maptile.Tile]string{}
	for _, m := range around(13) {
		want[m] = string(tileOf(s, m))
	}
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for m, w := range want {
				if string(tileOf(s, m)) != w {
					t.Errorf("tile %v differs", m)
				}
			}
		})
	}
	work.Wait()
}

// city is n by n houses with a street before each row.
func city(n int) []tiles.Feature {
	var list []tiles.Feature
	for i := range n {
		y := home[1] + (float64(i)/float64(n)-0.5)*0.1
		for k := range n {
			p := orb.Point{home[0] + (float64(k)/float64(n)-0.5)*0.1, y}
			list = append(list, tiles.Feature{Geometry: orb.Polygon{square(p, 0.03/float64(n))}, Properties: []tiles.Property{{Key: "kind", Value: "house"}}, MinZoom: 13})
		}
		list = append(list, tiles.Feature{Geometry: orb.LineString{{home[0] - 0.05, y}, {home[0] + 0.05, y}}, Properties: []tiles.Property{{Key: "name", Value: fmt.Sprint(i)}}})
	}
	return list
}

// BenchmarkTile makes the tiles of a city of 90,000 houses.
func BenchmarkTile(b *testing.B) {
	s := build(b, city(300)...)
	for _, z := range []int{11, 13, 14, 16} {
		list := around(z)
		b.Run(fmt.Sprintf("zoom=%d", z), func(b *testing.B) {
			n := 0
			for i := 0; b.Loop(); i++ {
				n += len(tileOf(s, list[i%len(list)]))
			}
			b.ReportMetric(float64(n)/float64(b.N), "bytes/tile")
		})
	}
}

// BenchmarkNew reads a city of 90,000 houses.
func BenchmarkNew(b *testing.B) {
	list := city(300)
	for b.Loop() {
		build(b, list...)
	}
}
