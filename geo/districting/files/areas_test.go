package files_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/districting/files"
	"sanse/geo/topology"
)

// box is an area of thousandths of a degree.
func box(properties string, x0, y0, x1, y1 float64) string {
	at := func(x, y float64) string { return fmt.Sprintf("[%.6f,%.6f]", 104+x/1000, 30+y/1000) }
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":"Polygon","coordinates":[[%s,%s,%s,%s,%s]]}}`+"\n",
		properties, at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0))
}

func code(s string) string { return fmt.Sprintf("%q:%q", "code", s) }

func TestAreasAreAGraph(t *testing.T) {
	// Out of order: b lies between c in the west and a in the east; d touches b in
	// a corner and a along half a side.
	text := box(`"id":"b","community":"2","people":5`, 1, 0, 2, 1) + box(`"id":"a","community":"1","people":7`, 2, 0, 3, 1) +
		box(`"id":"c","community":"2","people":"6"`, 0, 0, 1, 1) + box(`"id":"d","community":"1","people":0`, 2, 1, 2.5, 2)
	u, err := files.ReadAreas(strings.NewReader(text), "people")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(u.IDs, []string{"b", "a", "c", "d"}) || !slices.Equal(u.Parent, []int32{1, 0, 1, 0}) || !slices.Equal(u.Weights[0].Of, []int64{5, 7, 6, 0}) {
		t.Errorf("%q %v %v", u.IDs, u.Parent, u.Weights)
	}
	g := u.Graph
	if !slices.Equal(g.First, []int32{0, 2, 4, 5, 6}) || !slices.Equal(g.To, []int32{1, 2, 0, 3, 0, 1}) {
		t.Fatalf("neighbours %v %v", g.First, g.To)
	}
	side := geo.Distance([2]float64{104.001, 30}, [2]float64{104.001, 30.001})
	half := geo.Distance([2]float64{104.002, 30.001}, [2]float64{104.0025, 30.001})
	for k, want := range []float64{side, side, side, half, side, half} {
		if math.Abs(g.Border[k]-want) > 1e-6 {
			t.Errorf("border %d is %v m, want %v", k, g.Border[k], want)
		}
	}
	for i, shape := range u.Shapes {
		around := g.Outer[i]
		for k := g.First[i]; k < g.First[i+1]; k++ {
			around += g.Border[k]
		}
		if want := geo.Length(orb.LineString(shape[0][0])); math.Abs(around-want) > 1e-6 || math.Abs(g.Area[i]-geo.AreaM2(shape)) > 1e-6 {
			t.Errorf("area %s: %v m around, want %v", u.IDs[i], around, want)
		}
	}
	if c := u.Centres[0]; math.Abs(c[0]-104.0015) > 1e-9 || math.Abs(c[1]-30.0005) > 1e-9 {
		t.Errorf("the middle of b is %v", c)
	}
}

func TestBadAreasAreTold(t *testing.T) {
	good := box(`"id":"a","people":7`, 0, 0, 1, 1)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"no file":        {"", []string{"not a whole"}},
		"no area":        {`{"type":"FeatureCollection","features":[]}`, []string{"no area"}},
		"no id":          {box(`"people":7`, 0, 0, 1, 1), []string{"line 1", "column id", "missing"}},
		"an id twice":    {good + box(`"id":"a","people":7`, 1, 0, 2, 1), []string{"line 2", `"a"`, "on line 1 already"}},
		"no weight":      {box(`"id":"a"`, 0, 0, 1, 1), []string{"line 1", "column people", "empty"}},
		"a weight below": {box(`"id":"a","people":-7`, 0, 0, 1, 1), []string{`"-7"`, "below 0"}},
		"an overlap":     {good + box(`"id":"b","people":7`, 0.5, 0, 1.5, 1), []string{"a", "b", "m²"}},
		"a bow tie": {
			`{"type":"Feature","properties":{"id":"a","people":1},"geometry":{"type":"Polygon","coordinates":[[[104,30],[104.01,30.01],[104.01,30],[104,30.01],[104,30]]]}}`,
			[]string{"line 1", "Self-intersection"},
		},
		"a line":  {line("[104,30],[104,31]"), []string{"line 1", "LineString"}},
		"metres":  {strings.NewReplacer("104.", "404000.", "30.", "3400000.").Replace(good), []string{"not in degrees"}},
		"GCJ-02":  {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"gcj02"}},"features":[` + good + `]}`, []string{"gcj02"}},
		"cut off": {`{"type":"FeatureCollection","features":[` + good, []string{"not a whole"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := files.ReadAreas(strings.NewReader(c.text), "people")
			wantFault(t, err, c.want...)
		})
	}
}

func findings(t *testing.T, text string) (out []topology.Finding) {
	t.Helper()
	areas, err := files.ReadDrawn(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if out, err = files.CheckDrawn(areas); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAreasAreCheckedLevelByLevel(t *testing.T) {
	const town, community = "510113001", "510113001001"
	// A town of one community of two grids.
	above := box(code(town), 0, 0, 4, 2) + box(code(community), 0, 0, 4, 2)
	west := box(code(community+"001"), 0, 0, 2, 2)
	for name, c := range map[string]struct {
		text string
		want []topology.Kind
	}{
		"all is well":               {above + west + box(code(community+"002"), 2, 0, 4, 2), nil},
		"grids overlap":             {above + west + box(code(community+"002"), 1.5, 0, 4, 2), []topology.Kind{topology.Overlap}},
		"a gap in the community":    {above + west + box(code(community+"002"), 2, 0, 4, 1), []topology.Kind{topology.Gap}},
		"a grid beyond it":          {above + west + box(code(community+"002"), 2, 0, 5, 2), []topology.Kind{topology.OutsideParent}},
		"twice the same":            {above + west + west + box(code(community+"002"), 2, 0, 4, 2), []topology.Kind{topology.DuplicateCode}},
		"no parents in the file":    {west + box(code(community+"002"), 2, 0, 5, 2), nil},
		"overlaps without levels":   {box(code("a"), 0, 0, 2, 2) + box(code("b"), 1, 0, 3, 2), []topology.Kind{topology.Overlap}},
		"levels by their own words": {box(code("a")+`,"level":"community"`, 0, 0, 4, 2) + box(code("b")+`,"level":"grid","parent":"a"`, 0, 0, 4, 1), []topology.Kind{topology.Gap}},
	} {
		t.Run(name, func(t *testing.T) {
			var kinds []topology.Kind
			for _, f := range findings(t, c.text) {
				kinds = append(kinds, f.Kind)
			}
			slices.Sort(kinds)
			if !slices.Equal(kinds, c.want) {
				t.Errorf("found %q, want %q", kinds, c.want)
			}
		})
	}
	two := `{"type":"Feature","properties":{"code":"a"%s},"geometry":{"type":"MultiPolygon","coordinates":[[[[104,30],[104.001,30],[104.001,30.001],[104,30]]],[[[104.01,30],[104.011,30],[104.011,30.001],[104.01,30]]]]}}`
	if f := findings(t, fmt.Sprintf(two, "")); len(f) != 1 || f[0].Kind != topology.UndeclaredPart {
		t.Errorf("two parts, none declared: %v", f)
	}
	if f := findings(t, fmt.Sprintf(two, `,"parts":2`)); len(f) != 0 {
		t.Errorf("two parts, declared: %v", f)
	}
	for text, want := range map[string]string{
		box(code("a")+`,"level":"planet"`, 0, 0, 1, 1): "planet",
		box(code("a")+`,"parts":"some"`, 0, 0, 1, 1):   "no number of parts",
		box("", 0, 0, 1, 1):                            "column id",
	} {
		_, err := files.ReadDrawn(strings.NewReader(text))
		wantFault(t, err, "line 1", want)
	}
}

func TestShapesAreCompared(t *testing.T) {
	read := func(text string) *files.Units {
		u, err := files.ReadShapes(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	// The border of a and b moves by a hair, which is nothing.
	a := read(box(code("a"), 0, 0, 2, 2) + box(code("b"), 2, 0, 4, 2))
	b := read(box(code("a"), 0, 0, 2.0002, 2) + box(code("b"), 2.0002, 0, 4, 2))
	if c, err := files.CompareShapes(a, b); err != nil || len(c.Moves) != 0 {
		t.Errorf("%+v %v", c.Moves, err)
	}
	// a is divided.
	b = read(box(code("a1"), 0, 0, 2, 1) + box(code("a2"), 0, 1, 2, 2) + box(code("b"), 2, 0, 4, 2))
	c, err := files.CompareShapes(a, b)
	if err != nil || len(c.Moves) != 2 || c.Moves[0].From != "a" || c.Moves[1].To != "a2" || !slices.Equal(c.Retired, []string{"a"}) {
		t.Errorf("%+v %v", c, err)
	}
}
