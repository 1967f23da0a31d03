package files_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo/districting/files"
)

func line(coords string) string {
	return `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[` + coords + `]}}`
}

func TestABarrierLiesBetweenWhatItCrosses(t *testing.T) {
	b, err := files.ReadBarriers(strings.NewReader(line("[1,0],[1,2],[3,2]")))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		p, q orb.Point
		want bool
	}{
		"across":               {orb.Point{0, 1}, orb.Point{2, 1}, true},
		"across, back":         {orb.Point{2, 1}, orb.Point{0, 1}, true},
		"beside":               {orb.Point{0, 0}, orb.Point{0.9, 2}, false},
		"past the end":         {orb.Point{0, -0.1}, orb.Point{2, -0.1}, false},
		"at the end":           {orb.Point{0, 0}, orb.Point{2, 0}, true},
		"through the corner":   {orb.Point{0, 3}, orb.Point{2, 1}, true},
		"by the corner":        {orb.Point{0, 1.9}, orb.Point{0.9, 2.8}, false},
		"up to it":             {orb.Point{0, 1}, orb.Point{1, 1}, true},
		"on its line, outside": {orb.Point{1, -2}, orb.Point{1, -1}, false},
		"along it":             {orb.Point{1, -2}, orb.Point{1, 1}, true},
		"boxes meet only":      {orb.Point{2, 0}, orb.Point{3, 1.9}, false},
	} {
		if got := b.Between(c.p, c.q); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestARiverMarksTheNeighboursAcross(t *testing.T) {
	cells := disk(t, 3, 11)
	u := readCells(t, table(cells, "1", 1))
	// A little west of the middle, from far south to far north.
	x := u.Centres[0][0] - 0.0001
	b, err := files.ReadBarriers(strings.NewReader(line(fmt.Sprintf("[%v,30.7],[%v,30.9]", x, x))))
	if err != nil {
		t.Fatal(err)
	}
	n, err := b.Mark(u)
	if err != nil || n == 0 {
		t.Fatalf("%d pairs: %v", n, err)
	}
	both := 0
	for i := range u.Len() {
		for k := u.Graph.First[i]; k < u.Graph.First[i+1]; k++ {
			j := u.Graph.To[k]
			want := (u.Centres[i][0] < x) != (u.Centres[j][0] < x)
			if u.Graph.Barrier[k] != want {
				t.Errorf("%v to %v: %v", u.Centres[i], u.Centres[j], u.Graph.Barrier[k])
			}
			if want {
				both++
			}
		}
	}
	if both != 2*n {
		t.Errorf("%d pairs are told, %d are marked from either side", n, both)
	}
	dual, err := files.ReadDualGraph(strings.NewReader(strings.Replace(path3, `"C_X": -68.5, `, "", 1)), "TOTPOP")
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Mark(dual)
	wantFault(t, err, "does not say where")
}

func TestBarriersAreLinesAndOutlines(t *testing.T) {
	feature := func(kind, coords string) string {
		return fmt.Sprintf(`{"type":"Feature","properties":null,"geometry":{"type":%q,"coordinates":%s}}`, kind, coords)
	}
	for kind, coords := range map[string]string{
		"MultiLineString": "[[[9,9],[8,9]],[[1,0,17],[1,2,17]]]",
		"Polygon":         "[[[1,0],[1,2],[1.5,1],[1,0]]]",
		"MultiPolygon":    "[[[[1,0],[1,2],[1.5,1],[1,0]]]]",
	} {
		b, err := files.ReadBarriers(strings.NewReader(feature(kind, coords)))
		if err != nil || !b.Between(orb.Point{0, 1}, orb.Point{1.2, 1}) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a point":             {feature("Point", "[1,2]"), []string{"line 1", "Point", "no line"}},
		"metres":              {line("[500000,3400000],[500100,3400000]"), []string{"line 1", "not in degrees"}},
		"off the earth":       {line("[104,30],[104,91]"), []string{"latitude"}},
		"a line of one point": {line("[104,30]"), []string{"fewer than two"}},
		"words":               {line(`"here"`), []string{"cannot be read"}},
		"none":                {`{"type":"FeatureCollection","features":[]}`, []string{"no line"}},
		"cut off":             {`{"type":"FeatureCollection","features":[`, []string{"not a whole"}},
		"GCJ-02":              {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"gcj02"}},"features":[` + line("[104,30],[104,31]") + `]}`, []string{"gcj02", "WGS 84"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := files.ReadBarriers(strings.NewReader(c.text))
			wantFault(t, err, c.want...)
		})
	}
}
