package topology_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/topology"
)

// A town of two communities, the western one of two grids, of which the second
// has two micro-grids; nothing is drawn in the eastern one.
func small() []geo.Area {
	a := func(code string, on orb.MultiPolygon) geo.Area {
		out := geo.Area{Code: code, Level: geo.Level(len(code)/3 - 1), Boundary: on}
		if out.Level > geo.LevelDistrict {
			out.Parent = code[:len(code)-3]
		}
		return out
	}
	return []geo.Area{
		a("510199", rect(0, 0, 4000, 2000)), a("510199001", rect(0, 0, 4000, 2000)),
		a("510199001001", rect(0, 0, 2000, 2000)), a("510199001002", rect(2000, 0, 4000, 2000)),
		a("510199001001001", rect(0, 0, 1000, 2000)), a("510199001001002", rect(1000, 0, 2000, 2000)),
		a("510199001001002001", rect(1000, 0, 2000, 1000)), a("510199001001002002", rect(1000, 1000, 2000, 2000)),
	}
}

func TestATreeIsCheckedLevelByLevel(t *testing.T) {
	for name, c := range map[string]struct {
		code  string
		on    orb.MultiPolygon
		kinds []topology.Kind
		codes [][]string
	}{
		"areas that tile":                   {"510199", rect(0, 0, 4000, 2000), nil, nil},
		"a gap between communities":         {"510199001002", rect(2500, 0, 4000, 2000), []topology.Kind{topology.Gap}, [][]string{{"510199001"}}},
		"micro-grids that leave ground out": {"510199001001002002", rect(1000, 1000, 2000, 1900), []topology.Kind{topology.Gap}, [][]string{{"510199001001002"}}},
		"a micro-grid that reaches out":     {"510199001001002002", rect(900, 1000, 2000, 2000), []topology.Kind{topology.OutsideParent}, [][]string{{"510199001001002002", "510199001001002"}}},
		"a grid that another one lies under": {
			"510199001001001", rect(0, 0, 1200, 2000), []topology.Kind{topology.Overlap}, [][]string{{"510199001001001", "510199001001002"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			areas := small()
			i := slices.IndexFunc(areas, func(a geo.Area) bool { return a.Code == c.code })
			areas[i].Boundary = c.on
			found, err := topology.CheckTree(areas)
			if err != nil {
				t.Fatal(err)
			}
			var kinds []topology.Kind
			var codes [][]string
			for _, f := range found {
				kinds, codes = append(kinds, f.Kind), append(codes, f.Codes)
			}
			if !slices.Equal(kinds, c.kinds) || !reflect.DeepEqual(codes, c.codes) {
				t.Errorf("found %v of %v", kinds, codes)
			}
		})
	}
}

func TestASheetThatIsMendedGivesItsAreasBack(t *testing.T) {
	parents := []topology.Area{{Code: "P", Shape: rect(0, 0, 2000, 2000)}}
	sheet := mustSurvey(t, redrawn("se", rect(900, 0, 2000, 800)), topology.Options{Parents: parents})
	was := sheet.Areas()
	mended, left, err := sheet.Mend(sheet.Check())
	if err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	is := mended.Areas()
	var differ []string
	for i := range is {
		if is[i].Code != was[i].Code {
			t.Fatalf("%s is in the place of %s", is[i].Code, was[i].Code)
		}
		if !is[i].Shape.Equal(was[i].Shape) {
			differ = append(differ, is[i].Code)
		}
	}
	// Of the strip that they share sw has the longer border, and of the gap se.
	if want := []string{"se"}; !slices.Equal(differ, want) {
		t.Errorf("other shapes have %v, want %v", differ, want)
	}
	if again := mustSurvey(t, is, topology.Options{Parents: parents}).Check(); len(again) > 0 {
		t.Errorf("surveyed again: %s", again[0].Message)
	}
	unmended := mustSurvey(t, was, topology.Options{Parents: parents}).Check()
	if len(unmended) != len(sheet.Check()) {
		t.Errorf("faults are kept: %d were %d", len(unmended), len(sheet.Check()))
	}
}

func TestAFaultThatHasNotGrownLiesWithinTheOldOne(t *testing.T) {
	parents := []topology.Area{{Code: "P", Shape: rect(0, 0, 2000, 2000)}}
	gap := func(x0, y0, x1, y1 int) []topology.Finding {
		hole := orb.MultiPolygon{{loop(0, 0, 2000, 0, 2000, 2000, 0, 2000), loop(x0, y0, x0, y1, x1, y1, x1, y0)}}
		return mustSurvey(t, []topology.Area{area("a", hole)}, topology.Options{Parents: parents}).Check()
	}
	overlap := mustSurvey(t, redrawn("se", rect(900, 0, 2000, 1000)), topology.Options{Parents: parents}).Check()
	old := gap(500, 500, 900, 900)
	for name, c := range map[string]struct {
		now   []topology.Finding
		known []topology.Finding
		want  bool
	}{
		"the same place":            {gap(500, 500, 900, 900), old, true},
		"a part of it":              {gap(500, 500, 700, 900), old, true},
		"it has grown":              {gap(500, 500, 1000, 900), old, false},
		"a smaller one elsewhere":   {gap(1200, 1200, 1300, 1300), old, false},
		"a sliver of it":            {gap(500, 500, 501, 900), old, true},
		"an overlap is no gap":      {overlap, gap(901, 1, 999, 999), false},
		"nothing was wrong":         {old, nil, false},
		"two old ones side by side": {gap(500, 500, 900, 900), append(gap(400, 400, 700, 900), gap(700, 500, 900, 900)...), true},
	} {
		t.Run(name, func(t *testing.T) {
			if len(c.now) != 1 {
				t.Fatalf("%d findings", len(c.now))
			}
			got, err := c.now[0].Within(c.known)
			if err != nil || got != c.want {
				t.Errorf("got %t, %v", got, err)
			}
		})
	}
}
