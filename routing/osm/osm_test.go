package osm_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/routing"
	"sanse/routing/osm"
)

// step is what the testdata call one step: about 100 m at the equator.
const step = 0.0009

func at(x, y float64) orb.Point { return orb.Point{x * step, y * step} }

// engineOf is an engine for a profile that is known to be right.
func engineOf(t testing.TB, g *routing.Graph, p routing.Profile) *routing.Engine {
	t.Helper()
	e, err := routing.NewEngine(g, p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// seconds is the walk between two points at 1 m/s, -1 where there is no way.
func seconds(t *testing.T, g *routing.Graph, from, to orb.Point) int32 {
	t.Helper()
	e := engineOf(t, g, routing.Profile{MetresPerSecond: 1})
	snaps, errs := e.SnapAll([]orb.Point{from, to}, 30)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	table, err := e.Table(context.Background(), snaps[:1], snaps[1:])
	if err != nil {
		t.Fatal(err)
	}
	return table[0][0]
}

func readString(s string) (*osm.Extract, error) {
	return osm.Read(context.Background(), strings.NewReader(s), osm.Options{})
}

// twoStreets is a main street from (0,0) to (10,0) and one that leaves it at
// (5,0) for (5,5); the second has the tags, its node at (5,2) those given.
func twoStreets(wayTags, nodeTags string) string {
	return fmt.Sprintf(`<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="0.0045" lat="0"/><node id="3" lon="0.009" lat="0"/>
<node id="4" lon="0.0045" lat="0.0018">%s</node><node id="5" lon="0.0045" lat="0.0045"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way id="11"><nd ref="2"/><nd ref="4"/><nd ref="5"/>%s</way></osm>`, tagXML(nodeTags), tagXML(wayTags))
}

func tagXML(tags string) string {
	var b strings.Builder
	for _, t := range strings.Fields(tags) {
		k, v, _ := strings.Cut(t, "=")
		fmt.Fprintf(&b, `<tag k=%q v=%q/>`, k, v)
	}
	return b.String()
}

func TestWhoMayWalkWhere(t *testing.T) {
	for _, c := range []struct {
		name, way, node string
		there, back     bool // from the main street to (5,4), and back
	}{
		{"a residential street", "highway=residential", "", true, true},
		{"a footway", "highway=footway", "", true, true},
		{"steps", "highway=steps", "", true, true},
		{"a cycleway without a word on walking", "highway=cycleway", "", true, true},
		{"a cycleway with foot=no", "highway=cycleway foot=no", "", false, false},
		{"a one-way street is walked both ways", "highway=residential oneway=yes", "", true, true},
		{"a way that is one-way on foot", "highway=footway oneway:foot=yes", "", true, false},
		{"a way that is one-way on foot against its line", "highway=footway oneway:foot=-1", "", false, true},
		{"an escalator going up", "highway=steps conveying=forward", "", true, false},
		{"a motorway", "highway=motorway", "", false, false},
		{"a motorway even with a word on walking", "highway=motorway foot=yes", "", false, false},
		{"a trunk road without a pavement", "highway=trunk oneway=yes", "", false, false},
		{"a trunk road with a pavement", "highway=trunk oneway=yes sidewalk=both", "", true, true},
		{"a trunk road for walking", "highway=trunk oneway=yes foot=yes", "", true, true},
		{"a private road", "highway=service access=private", "", false, false},
		{"a private road open to walkers", "highway=service access=private foot=yes", "", true, true},
		{"a road for those who go there", "highway=residential access=destination", "", true, true},
		{"a road that is let be used", "highway=service access=permissive", "", true, true},
		{"a path for customers", "highway=footway access=customers", "", true, true},
		{"a closed road", "highway=residential access=no", "", false, false},
		{"a road whose walkers have a path beside it", "highway=primary foot=use_sidepath", "", false, false},
		{"a road being built", "highway=construction", "", false, false},
		{"a ferry", "route=ferry foot=yes", "", false, false},
		{"a platform", "railway=platform", "", true, true},
		{"a pier", "man_made=pier", "", true, true},
		{"a river", "waterway=river", "", false, false},
		{"an open gate", "highway=residential", "barrier=gate", true, true},
		{"a private gate", "highway=residential", "barrier=gate access=private", false, false},
		{"a closed gate", "highway=residential", "barrier=gate access=no", false, false},
		{"a private gate with a wicket", "highway=residential", "barrier=gate access=private foot=yes", true, true},
		{"a gate that is locked", "highway=residential", "barrier=gate locked=yes", false, false},
		{"bollards", "highway=residential", "barrier=bollard", true, true},
		{"a lift gate for cars", "highway=residential", "barrier=lift_gate access=yes", true, true},
		{"a wall across", "highway=residential", "barrier=wall", false, false},
		{"a crossing without walkers is no barrier", "highway=residential", "highway=traffic_signals foot=no", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(twoStreets(c.way, c.node))
			if err != nil {
				t.Fatal(err)
			}
			reach := func(from, to orb.Point) bool {
				e := engineOf(t, x.Graph, routing.Foot())
				snaps, errs := e.SnapAll([]orb.Point{from, to}, 30)
				if errors.Join(errs...) != nil {
					return false
				}
				s, err := e.Table(context.Background(), snaps[:1], snaps[1:])
				if err != nil {
					t.Fatal(err)
				}
				return s[0][0] >= 0
			}
			if got := reach(at(1, 0), at(5, 4)); got != c.there {
				t.Errorf("there: %v, want %v", got, c.there)
			}
			if got := reach(at(5, 4), at(1, 0)); got != c.back {
				t.Errorf("back: %v, want %v", got, c.back)
			}
		})
	}
}

func TestStepsAndBikes(t *testing.T) {
	for _, c := range []struct {
		name, way      string
		steps, ridable bool
	}{
		{"a residential street is ridden", "highway=residential", false, true},
		{"a footway is not", "highway=footway", false, false},
		{"a footway for bikes is", "highway=footway bicycle=yes", false, true},
		{"steps are neither level nor ridden", "highway=steps bicycle=yes", true, false},
		{"a street where riders get off is not ridden", "highway=residential bicycle=dismount", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(twoStreets(c.way, ""))
			if err != nil {
				t.Fatal(err)
			}
			s, err := engineOf(t, x.Graph, routing.Foot()).Snap(at(5, 4), 30)
			if err != nil {
				t.Fatal(err)
			}
			if e := x.Graph.Edge(s.Edge); e.Steps != c.steps || (e.Ride == routing.Both) != c.ridable || e.Way != 11 {
				t.Errorf("%+v", e)
			}
		})
	}
}

// A river from west to east with one footbridge, a square with a fountain, a
// private estate and a gate: testdata/town.osm.
func TestATownByHand(t *testing.T) {
	x, err := osm.ReadFile(context.Background(), filepath.Join("testdata", "town.osm"), osm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := x.Graph
	for _, c := range []struct {
		name     string
		from, to orb.Point
		metres   float64 // along streets; -1: no way
	}{
		{"over the bridge, not through the river", at(0, 1), at(0, 3), 1600},
		{"a road that passes above another does not meet it", at(9, 1), at(9, -1), 2000},
		{"round the square along its edge", at(2, 0), at(4, -2), 400},
		{"through the open gate", at(6, 0), at(6, -2), 200},
		{"not through the private gate", at(7, 0), at(7, -2), -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := float64(seconds(t, g, c.from, c.to))
			if c.metres < 0 {
				if got >= 0 {
					t.Errorf("%v m, want no way", got)
				}
				return
			}
			if math.Abs(got/c.metres-1) > 0.01 {
				t.Errorf("%v m, want %v", got, c.metres)
			}
		})
	}
	if len(x.Boundaries) != 1 || x.Boundaries[0].AdminLevel != 9 || x.Boundaries[0].ID != "r900" || x.Boundaries[0].Name != "河东村" {
		t.Errorf("boundaries %+v", x.Boundaries)
	}
	if len(x.Boundaries) == 1 {
		b := x.Boundaries[0].Polygon
		if !planar.MultiPolygonContains(b, at(5, 0)) || planar.MultiPolygonContains(b, at(8.5, 4.5)) {
			t.Errorf("the boundary %v has no hole, or not there", b)
		}
	}
	if x.Counts.IncompleteBoundaries != 1 {
		t.Errorf("%d incomplete boundaries, want 1", x.Counts.IncompleteBoundaries)
	}
	if len(x.Buildings) != 1 || x.Buildings[0].Levels != 6 || x.Buildings[0].Kind != "apartments" || x.Buildings[0].ID != "w600" {
		t.Errorf("buildings %+v", x.Buildings)
	}
	var places []string
	for _, p := range x.Places {
		places = append(places, fmt.Sprintf("%s %s %s %s", p.ID, p.Name, p.Tags["amenity"], p.Tags["healthcare"]))
	}
	if d := cmp.Diff([]string{"n700 社区食堂 canteen ", "w601  clinic clinic"}, places); d != "" {
		t.Error(d)
	}
	var waters []string
	for _, w := range x.Waters {
		waters = append(waters, fmt.Sprintf("%s %s %d %d", w.ID, w.Kind, len(w.Area), len(w.Line)))
	}
	if d := cmp.Diff([]string{"w300 river 0 2"}, waters); d != "" {
		t.Error(d)
	}
	if b := x.Bounds; b.Max[1] > 0.01 || b.Min[0] < -0.01 {
		t.Errorf("the extent %v holds the stray", b)
	}
}

func TestAPedestrianAreaThatIsARelationIsWalkedAlongItsRings(t *testing.T) {
	x, err := readString(`<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="0.0009" lat="0"/><node id="3" lon="0.0009" lat="0.0009"/><node id="4" lon="0" lat="0.0009"/>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way><way id="2"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
<relation id="3"><member type="way" ref="1" role="outer"/><member type="way" ref="2" role="outer"/>
<tag k="type" v="multipolygon"/><tag k="highway" v="pedestrian"/></relation></osm>`)
	if err != nil {
		t.Fatal(err)
	}
	if got := seconds(t, x.Graph, at(0, 0), at(1, 1)); got < 198 || got > 202 {
		t.Errorf("%d m across the square, want 200 along its edge", got)
	}
}

func TestAWayIsBrokenOffWhereANodeIsMissing(t *testing.T) {
	x, err := readString(`<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="0.0009" lat="0"/><node id="4" lon="0.0027" lat="0"/><node id="5" lon="0.0036" lat="0"/>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="5"/><tag k="highway" v="path"/></way></osm>`)
	if err != nil {
		t.Fatal(err)
	}
	if x.Counts.MissingNodes != 1 || x.Graph.Edges() != 2 || len(x.Graph.Components()) != 2 {
		t.Errorf("%d edges, %+v, want two pieces with a gap", x.Graph.Edges(), x.Counts)
	}
}

func TestOfElementsWithOneIDTheLastCounts(t *testing.T) {
	x, err := readString(`<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="5" lat="5"/><node id="2" lon="0.0009" lat="0"/>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="motorway"/></way>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`)
	if err != nil {
		t.Fatal(err)
	}
	if x.Counts.DuplicateIDs != 2 || math.Abs(x.Graph.Edge(0).Metres-100) > 1 {
		t.Errorf("%+v, %.1f m", x.Counts, x.Graph.Edge(0).Metres)
	}
}

func TestElementsMayComeInAnyOrder(t *testing.T) {
	x, err := readString(`<osm version="0.6"><way id="1"><nd ref="7"/><nd ref="2"/><tag k="highway" v="path"/></way>
<node id="7" lon="0" lat="0"/><node id="2" lon="0.0009" lat="0"/></osm>`)
	if err != nil || x.Graph.Edges() != 1 {
		t.Errorf("%v", err)
	}
}

func TestInputsThatAreNoExtract(t *testing.T) {
	delaware, err := os.ReadFile(moduleExtract(t, "delaware-latest.osm.pbf"))
	if err != nil {
		t.Fatal(err)
	}
	andorra, err := os.ReadFile(moduleExtract(t, "andorra-latest.osm.bz2"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(delaware[:1<<18])
	flipped[1<<17] ^= 0x40
	path := `<osm version="0.6"><node id="1" lon="0" lat="0"/><node id="2" lon="0.0009" lat="0"/>`
	for _, c := range []struct {
		name string
		data []byte
		err  error
	}{
		{"nothing", nil, osm.ErrFormat},
		{"a workbook", []byte("PK\x03\x04 and so on and so on"), osm.ErrFormat},
		{"GeoJSON", []byte(`{"type":"FeatureCollection","features":[]}`), osm.ErrFormat},
		{"a web page", []byte("<!DOCTYPE html><html><body>404<br></body></html>"), osm.ErrFormat},
		{"XML of something else", []byte("<kml><Placemark/></kml>"), osm.ErrFormat},
		{"PBF cut in a block", delaware[:len(delaware)/2], osm.ErrDamaged},
		{"PBF cut in the size of a block", delaware[:firstBlock(t, delaware)+2], osm.ErrDamaged},
		{"PBF cut behind the size of a block", delaware[:firstBlock(t, delaware)+4], osm.ErrDamaged},
		{"PBF with a bit turned over", flipped, osm.ErrDamaged},
		{"bzip2 cut short", andorra[:len(andorra)/20], osm.ErrDamaged},
		{"XML cut short", []byte(path + `<way id="1"><nd ref="1"/>`), osm.ErrDamaged},
		{"no way that can be walked", []byte(path + `<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="motorway"/></way></osm>`), routing.ErrEmpty},
		{"ways without their nodes", []byte(`<osm><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`), routing.ErrEmpty},
		{"positions off the earth", []byte(`<osm><node id="1" lon="500" lat="0"/><node id="2" lon="0" lat="95"/><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>`), routing.ErrEmpty},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := osm.Read(context.Background(), bytes.NewReader(c.data), osm.Options{})
			if !errors.Is(err, c.err) || x != nil {
				t.Errorf("%v, want %v", err, c.err)
			}
		})
	}
	t.Run("a file that is not there", func(t *testing.T) {
		if _, err := osm.ReadFile(context.Background(), filepath.Join(t.TempDir(), "no.osm"), osm.Options{}); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v", err)
		}
	})
}

// firstBlock is where the second block of a PBF file begins.
func firstBlock(t *testing.T, data []byte) int {
	t.Helper()
	i := bytes.Index(data, []byte("OSMData"))
	if i < 6 {
		t.Fatal("no block of data")
	}
	return i - 6 // size, key and length before it
}

func TestOnlyWhatIsAskedForIsKept(t *testing.T) {
	x, err := osm.ReadFile(context.Background(), filepath.Join("testdata", "town.osm"), osm.Options{Only: osm.Buildings})
	if err != nil {
		t.Fatal(err)
	}
	if x.Graph != nil || len(x.Buildings) != 1 || len(x.Places)+len(x.Waters)+len(x.Boundaries) != 0 {
		t.Errorf("%+v", x)
	}
}

func TestAReadingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := osm.Read(ctx, strings.NewReader(twoStreets("highway=path", "")), osm.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAnErrorOfTheReaderComesThrough(t *testing.T) {
	broken := errors.New("the disk is gone")
	r := io.MultiReader(strings.NewReader(`<osm version="0.6"><node id="1" lon="0" lat="0"/>`), failing{broken})
	if _, err := osm.Read(context.Background(), r, osm.Options{}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestGzipIsUnpacked(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, twoStreets("highway=path", "")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if x, err := osm.Read(context.Background(), &b, osm.Options{}); err != nil || x.Graph.Edges() != 3 {
		t.Errorf("%v", err)
	}
}
