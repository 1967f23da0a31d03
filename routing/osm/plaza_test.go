package osm_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sanse/routing"
)

// star is a ring of random radii round a point, in metres of ground.
func star(r *rapid.T, name string, corners int, least, most float64) orb.Ring {
	var out orb.Ring
	for i := range corners {
		radius := rapid.Float64Range(least, most).Draw(r, name)
		angle := 2 * math.Pi * float64(i) / float64(corners)
		out = append(out, orb.Point{radius * math.Cos(angle), radius * math.Sin(angle)})
	}
	return append(out, out[0])
}

// seen tells whether the straight line between two points stays in a plaza, by
// looking at many points of it; kindly, points a little outside count.
func seen(plaza orb.Polygon, a, b orb.Point, kindly bool) bool {
	const looks = 120
	for i := 1; i < looks; i++ {
		f := float64(i) / looks
		p := orb.Point{a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f}
		if planar.PolygonContains(plaza, p) || kindly && nearRing(plaza, p, 0.05) {
			continue
		}
		return false
	}
	return true
}

func nearRing(plaza orb.Polygon, p orb.Point, metres float64) bool {
	for _, r := range plaza {
		if planar.DistanceFrom(orb.LineString(r), p) <= metres {
			return true
		}
	}
	return false
}

// shortest is the length of the shortest way between any two corners, by Floyd
// and Warshall over all lines that are seen.
func shortest(plaza orb.Polygon, kindly bool) ([]orb.Point, [][]float64) {
	var points []orb.Point
	for _, r := range plaza {
		points = append(points, r[:len(r)-1]...)
	}
	d := make([][]float64, len(points))
	for i := range d {
		d[i] = make([]float64, len(points))
		for k := range d[i] {
			if d[i][k] = math.Inf(1); i == k {
				d[i][k] = 0
			} else if seen(plaza, points[i], points[k], kindly) {
				d[i][k] = planar.Distance(points[i], points[k])
			}
		}
	}
	first := 0
	for _, r := range plaza {
		n := len(r) - 1
		for i := range n { // along the rings
			a, b := first+i, first+(i+1)%n
			d[a][b] = planar.Distance(points[a], points[b])
			d[b][a] = d[a][b]
		}
		first += n
	}
	for m := range points {
		for i := range points {
			for k := range points {
				d[i][k] = min(d[i][k], d[i][m]+d[m][k])
			}
		}
	}
	return points, d
}

// A plaza of any shape with a hole of any shape: between any two streets that
// lead onto it, the way is never shorter than the shortest and never longer by
// more than the twentieth part.
func TestAcrossAnyPlazaTheWayIsNearlyTheShortest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		plaza := orb.Polygon{
			star(r, "outer", rapid.IntRange(4, 14).Draw(r, "corners"), 40, 150),
			star(r, "hole", rapid.IntRange(3, 7).Draw(r, "corners of the hole"), 5, 35),
		}
		var text strings.Builder
		node := func(id int, p orb.Point) {
			g := ground(p[0], p[1])
			fmt.Fprintf(&text, `<node id="%d" lon="%.7f" lat="%.7f"/>`, id, g[0], g[1])
		}
		id, ways := 0, 0
		var entries []int
		var rings [2]string
		text.WriteString(`<osm version="0.6">`)
		var tail strings.Builder
		for k, ring := range plaza {
			var refs strings.Builder
			for i, p := range ring[:len(ring)-1] {
				id++
				node(id, p)
				fmt.Fprintf(&refs, `<nd ref="%d"/>`, id)
				if k == 0 && (i < 2 || rapid.Bool().Draw(r, "entry")) {
					entries = append(entries, id-1)
					node(id+100, orb.Point{p[0] * 1.5, p[1] * 1.5})
					ways++
					fmt.Fprintf(&tail, `<way id="%d"><nd ref="%d"/><nd ref="%d"/><tag k="highway" v="footway"/></way>`, ways+10, id, id+100)
				}
			}
			rings[k] = fmt.Sprintf(`<way id="%d">%s<nd ref="%d"/></way>`, k+1, refs.String(), id-len(ring)+2)
		}
		text.WriteString(rings[0] + rings[1] + tail.String() + `<relation id="1"><member type="way" ref="1" role="outer"/><member type="way" ref="2" role="inner"/>` + tagXML("type=multipolygon highway=pedestrian") + `</relation></osm>`)
		x, err := readString(text.String())
		if err != nil {
			t.Fatal(err)
		}
		e := engineOf(t, x.Graph, routing.Foot())
		points, most := shortest(plaza, false)
		_, least := shortest(plaza, true)
		var at []orb.Point
		for _, i := range entries {
			at = append(at, ground(points[i][0], points[i][1]))
		}
		snaps, errs := e.SnapAll(at, 1)
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for a := range entries {
			for b := range a {
				path, err := e.Route(context.Background(), snaps[a], snaps[b])
				if err != nil {
					t.Fatal(err)
				}
				low, high := least[entries[a]][entries[b]], most[entries[a]][entries[b]]
				if path.Metres < low*0.995-0.2 || path.Metres > high*1.055+0.2 {
					r.Fatalf("from %v to %v: %.2f m, the shortest is %.2f to %.2f", points[entries[a]], points[entries[b]], path.Metres, low, high)
				}
			}
		}
	})
}
