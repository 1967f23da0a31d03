package lines_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
	"sanse/routing/lines"
)

// at is the place so many metres east and north of a corner in Sichuan.
func at(east, north float64) orb.Point {
	const lon, lat = 104.3, 30.8
	kx := geo.Distance(orb.Point{lon, lat}, orb.Point{lon + 0.001, lat}) * 1000
	ky := geo.Distance(orb.Point{lon, lat}, orb.Point{lon, lat + 0.001}) * 1000
	round := func(v float64) float64 { return math.Round(v*1e7) / 1e7 }
	return orb.Point{round(lon + east/kx), round(lat + north/ky)}
}

// line is a feature through points given in metres, x and y in turn.
func line(props map[string]any, metres ...float64) map[string]any {
	var coords []orb.Point
	for i := 0; i+1 < len(metres); i += 2 {
		coords = append(coords, at(metres[i], metres[i+1]))
	}
	return feature(props, "LineString", coords)
}

func feature(props map[string]any, kind string, coords any) map[string]any {
	return map[string]any{"type": "Feature", "properties": props, "geometry": map[string]any{"type": kind, "coordinates": coords}}
}

func collection(t fataler, features ...map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func read(t testing.TB, o lines.Options, features ...map[string]any) *lines.Result {
	t.Helper()
	res, err := lines.Read(strings.NewReader(collection(t, features...)), o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

type props = map[string]any

func TestLinesMeetWhereTheyShouldAndNowhereElse(t *testing.T) {
	for _, c := range []struct {
		name       string
		opt        lines.Options
		features   []map[string]any
		components int
		edges      int
		check      func(lines.Counts) bool
	}{
		{
			"ends within the tolerance are one place",
			lines.Options{},
			[]map[string]any{line(props{"name": "A"}, 0, 0, 100, 0), line(props{"name": "B"}, 100.3, 0.2, 200, 0)},
			1, 2, func(c lines.Counts) bool { return c.MovedEnds > 0 && c.DeadEnds == 2 },
		},
		{
			"ends farther apart are two",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(nil, 100.8, 0, 200, 0)},
			2, 2, func(c lines.Counts) bool { return c.Gaps == 2 && c.DeadEnds == 4 },
		},
		{
			"a wider tolerance closes the gap",
			lines.Options{Tolerance: 1},
			[]map[string]any{line(props{"name": "A"}, 0, 0, 100, 0), line(props{"name": "B"}, 100.8, 0, 200, 0)},
			1, 2, func(c lines.Counts) bool { return c.Gaps == 0 },
		},
		{
			"an end that touches another line's inside joins it",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(nil, 50, 0.3, 50, 80)},
			1, 3, func(c lines.Counts) bool { return c.MovedEnds == 1 },
		},
		{
			"an end that runs a little over joins once",
			lines.Options{Cross: true},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(nil, 50, -0.3, 50, 80)},
			1, 3, func(c lines.Counts) bool { return c.Crossings == 0 },
		},
		{
			"an end near a bend joins at the bend",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 50, 0, 100, 50), line(nil, 50.2, -0.3, 50, -80)},
			1, 3, nil,
		},
		{
			"several ends in one place join one line",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(nil, 50, 0.3, 50, 80), line(nil, 50.1, -0.1, 50, -80)},
			1, 4, nil,
		},
		{
			"lines that cross with a vertex in common are joined",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 50, 0, 100, 0), line(nil, 50, -50, 50, 0, 50, 50)},
			1, 4, func(c lines.Counts) bool { return c.SharedVertices == 1 && c.Crossings == 0 },
		},
		{
			"lines that cross without one are only counted",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(nil, 50, -50, 50, 50)},
			2, 2, func(c lines.Counts) bool { return c.Crossings == 1 },
		},
		{
			"lines that cross are joined when asked for",
			lines.Options{Cross: true},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(nil, 50, -50, 50, 50)},
			1, 4, func(c lines.Counts) bool { return c.Crossings == 1 },
		},
		{
			"a vertex drawn on another line joins when asked for",
			lines.Options{Cross: true},
			[]map[string]any{feature(nil, "LineString", [][2]float64{{104, 30}, {104.002, 30}}), feature(nil, "LineString", [][2]float64{{104.001, 29.999}, {104.001, 30}, {104.001, 30.001}})},
			1, 4, func(c lines.Counts) bool { return c.Crossings == 1 },
		},
		{
			"a bridge is not joined to what it crosses",
			lines.Options{Cross: true},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(props{"桥梁": "是"}, 50, -50, 50, 50)},
			2, 2, func(c lines.Counts) bool { return c.Crossings == 0 },
		},
		{
			"a bridge is not joined where the file has cut everything",
			lines.Options{},
			[]map[string]any{
				line(nil, 0, 0, 50, 0), line(nil, 50, 0, 100, 0),
				line(props{"bridge": "yes"}, 50, -50, 50, 0), line(props{"bridge": "yes"}, 50, 0, 50, 50),
			},
			2, 2, func(c lines.Counts) bool { return c.Overpasses == 1 },
		},
		{
			"a bridge goes on as the road at its end, though a street passes there",
			lines.Options{},
			[]map[string]any{
				line(nil, -50, 0, 0, 0), line(props{"layer": 1}, 0, 0, 100, 0), line(nil, 100, 0, 150, 0), line(nil, 100, -50, 100, 0, 100, 50),
			},
			1, 4, func(c lines.Counts) bool { return c.Overpasses == 0 }, // the road and the bridge are alike and become one edge
		},
		{
			"a loop that comes back to its own middle is closed",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 50, 0, 100, 0, 100, 50, 50, 50, 50, 0.2)},
			1, 2, func(c lines.Counts) bool { return c.DeadEnds == 1 },
		},
		{
			"a ring whose ends nearly meet is one loop",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 100, 0, 100, 100, 0.3, 0.3)},
			1, 1, func(c lines.Counts) bool { return c.DeadEnds == 0 },
		},
		{
			"a dead end that comes near its neighbour is a gap, a stub is none",
			lines.Options{},
			[]map[string]any{line(nil, 0, 0, 100, 0), line(nil, 50, 3, 50, 80), line(nil, 20, 0, 20, 4)},
			2, 4, func(c lines.Counts) bool { return c.Gaps == 1 && c.DeadEnds == 5 },
		},
		{
			"a line drawn twice is taken once",
			lines.Options{},
			[]map[string]any{line(props{"id": 1}, 0, 0, 100, 0), line(props{"id": 2}, 0, 0, 100, 0), line(props{"name": "B"}, 0, 0, 100, 0)},
			1, 2, func(c lines.Counts) bool { return c.Repeated == 1 },
		},
		{
			"a line shorter than the tolerance is left out but still joins",
			lines.Options{},
			[]map[string]any{line(props{"name": "A"}, 0, 0, 100, 0), line(nil, 100, 0, 100.4, 0), line(props{"name": "B"}, 100.4, 0, 200, 0)},
			1, 2, func(c lines.Counts) bool { return c.Short == 1 },
		},
		{
			"the parts of a feature are lines of their own",
			lines.Options{},
			[]map[string]any{feature(nil, "MultiLineString", [][]orb.Point{{at(0, 0), at(100, 0)}, {at(0, 50), at(100, 50)}})},
			2, 2, func(c lines.Counts) bool { return c.Features == 1 && c.Lines == 2 },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, c.opt, c.features...)
			if got := len(res.Graph.Components()); got != c.components {
				t.Errorf("%d components, want %d", got, c.components)
			}
			if got := res.Graph.Edges(); got != c.edges {
				t.Errorf("%d edges, want %d", got, c.edges)
			}
			if c.check != nil && !c.check(res.Counts) {
				t.Errorf("counts %+v", res.Counts)
			}
		})
	}
}

func TestALineThatIsPassedStaysAsDrawn(t *testing.T) {
	res := read(t, lines.Options{}, line(nil, 50, 0.3, 50, 80), line(nil, 0, 0, 100, 0))
	res.Graph.EachEdge(func(e routing.Edge) bool {
		for _, p := range e.Line {
			d := geo.Distance(p, at(50, 0))
			if p[1] < at(0, 1)[1] && d > 0.05 && d < 40 {
				t.Errorf("%v is %v m from the junction", p, d)
			}
		}
		return true
	})
}

func TestFeaturesThatAreNoStreetsAreRefusedWithTheReason(t *testing.T) {
	good := line(nil, 0, 0, 100, 0)
	for _, c := range []struct {
		name, want string
		bad        map[string]any
	}{
		{"swapped", "swapped", feature(nil, "LineString", [][2]float64{{30.8, 104.3}, {30.81, 104.3}})},
		{"swapped in the west, where latitude 85 is possible", "swapped", feature(nil, "LineString", [][2]float64{{30.8, 85.3}, {30.81, 85.3}})},
		{"metres", "EPSG:", feature(nil, "LineString", [][2]float64{{433000, 3408000}, {433100, 3408000}})},
		{"web mercator", "EPSG:3857", feature(nil, "LineString", [][2]float64{{11610000, 3600000}, {11610100, 3600000}})},
		{"beyond the earth", "no position", feature(nil, "LineString", [][2]float64{{200, 30}, {201, 30}})},
		{"a point", "LineString or MultiLineString is needed", feature(nil, "Point", at(0, 0))},
		{"a polygon", "LineString or MultiLineString is needed", feature(nil, "Polygon", [][]orb.Point{{at(0, 0), at(9, 0), at(9, 9), at(0, 0)}})},
		{"empty", "no points", feature(nil, "LineString", []orb.Point{})},
		{"one point", "no length", feature(nil, "LineString", []orb.Point{at(0, 0)})},
		{"twice one point", "no length", feature(nil, "LineString", []orb.Point{at(0, 0), at(0, 0)})},
		{"no geometry", "no geometry", map[string]any{"type": "Feature", "geometry": nil}},
		{"not a feature", "Feature is expected", map[string]any{"type": "LineString"}},
		{"text for a number", "cannot be read", feature(nil, "LineString", [][]any{{"a", "b"}, {1, 2}})},
		{"null for a number", "cannot be read", feature(nil, "LineString", [][]any{{nil, nil}, {1, 2}})},
		{"one coordinate", "fewer than two", feature(nil, "LineString", [][]any{{1}, {1, 2}})},
		{"too deep", "cannot be read", feature(nil, "LineString", [][][]any{{{1, 2}, {3, 4}}})},
		{"nobody may use it", "nobody may", line(props{"access": "no"}, 0, 10, 100, 10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, lines.Options{}, good, c.bad)
			if res.Counts.Refused != 1 || len(res.Refused) != 1 || res.Refused[0].Feature != 2 || !strings.Contains(res.Refused[0].String(), c.want) {
				t.Fatalf("refused %v, want %q", res.Refused, c.want)
			}
			if res.Graph.Edges() != 1 {
				t.Errorf("%d edges", res.Graph.Edges())
			}
			res, err := lines.Read(strings.NewReader(collection(t, c.bad)), lines.Options{})
			if !errors.Is(err, routing.ErrEmpty) || !strings.Contains(err.Error(), c.want) || res == nil || res.Counts.Refused != 1 {
				t.Errorf("alone: %v, want %q", err, c.want)
			}
		})
	}
}

func TestFilesThatAreNotGeoJSONAreRefused(t *testing.T) {
	whole := collection(t, line(nil, 0, 0, 100, 0))
	for name, raw := range map[string]string{
		"empty": "", "blank": " \n", "a table": "id,lon,lat", "a list": "[]", "cut off": whole[:len(whole)-2],
		"cut in a feature": whole[:60], "no features": `{"type":"FeatureCollection"}`, "a topology": `{"type":"Topology","features":[]}`,
		"not a number": strings.Replace(whole, "104.3,", "NaN,", 1), "text behind": `{"type":"FeatureCollection","features":[]`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := lines.Read(strings.NewReader(raw), lines.Options{})
			if !errors.Is(err, lines.ErrFormat) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := lines.Read(strings.NewReader(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}},"features":[]}`), lines.Options{}); err == nil || !strings.Contains(err.Error(), "4547") {
		t.Errorf("another system: %v", err)
	}
	if _, err := lines.Read(strings.NewReader(whole), lines.Options{Tolerance: math.NaN()}); err == nil {
		t.Error("a tolerance that is no number is taken")
	}
}

func TestALineAFeatureIsReadAsWell(t *testing.T) {
	var b strings.Builder
	for i, f := range []map[string]any{line(nil, 0, 0, 100, 0), line(nil, 100, 0, 100, 50), feature(nil, "Point", at(0, 0))} {
		raw, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("\x1e", i%2), raw)
	}
	res, err := lines.Read(strings.NewReader("\ufeff"+b.String()), lines.Options{})
	if err != nil || res.Counts.Lines != 2 || res.Refused[0].Line != 3 {
		t.Fatalf("%v %+v", err, res)
	}
}

func TestConvertGivesThePositions(t *testing.T) {
	o := lines.Options{Convert: func(p orb.Point) (orb.Point, error) {
		if p[0] < 0 {
			return p, errors.New("off the sheet")
		}
		return at(p[0], p[1]), nil
	}}
	res := read(t, o, feature(nil, "LineString", [][2]float64{{0, 0}, {100, 0}}), feature(nil, "LineString", [][2]float64{{0, 0}, {-100, 0}}))
	if len(res.Refused) != 1 || !strings.Contains(res.Refused[0].Reason, "off the sheet") {
		t.Errorf("%v", res.Refused)
	}
	if m := res.Graph.Edge(0).Metres; math.Abs(m-100) > 0.1 {
		t.Errorf("%v m", m)
	}
}

func TestHintsSayWhatIsOddAboutTheFile(t *testing.T) {
	res := read(t, lines.Options{}, line(props{"id": 7, "class": "飞行道"}, 0, 0, 100, 0), line(props{"id": 7}, 50, 3, 50, 80), line(nil, 20, -50, 20, 50))
	for _, want := range []string{"飞行道", "have no class", "an id that another has", "cross without", "within 5 m", "2 parts"} {
		if !slices.ContainsFunc(res.Hints, func(h string) bool { return strings.Contains(h, want) }) && want != "2 parts" {
			t.Errorf("%q is not in %q", want, res.Hints)
		}
	}
	if len(res.Gaps) != 1 || res.Gaps[0].Feature != 2 || res.Gaps[0].Other != 1 || math.Abs(res.Gaps[0].Metres-3) > 0.05 || geo.Distance(res.Gaps[0].At, at(50, 3)) > 0.05 {
		t.Errorf("gaps %+v", res.Gaps)
	}
	if res.Columns["class"] != "class" {
		t.Errorf("columns %v", res.Columns)
	}
}

// fataler is what helpers need of a test or a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
}
