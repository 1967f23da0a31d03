package imports_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/data/imports"
	"sanse/geo"
)

const (
	unitGrid  = district + "001001001"
	unitMicro = unitGrid + "001"
)

// with gives areas of the file properties, by code.
func with(properties map[string]geojson.Properties) func(*geojson.Feature) {
	return func(f *geojson.Feature) {
		code, _ := f.Properties["code"].(string)
		for k, v := range properties[code] {
			f.Properties[k] = v
		}
	}
}

func texts(rep imports.Report) []string {
	var out []string
	for _, w := range rep.Warnings {
		out = append(out, w.Text)
	}
	return out
}

func TestAreasSayTheirUnitsAndTheirParts(t *testing.T) {
	b := setup(t)
	b.env.Areas = nil
	rep, err := b.run(imports.Areas, b.file(t, "a.geojson", collection(t, groundAreas(), with(map[string]geojson.Properties{
		unitMicro:           {"单元": "B1：1单元至3单元；B2:A", "块数": 2},
		unitGrid + "002":    {"units": "B1:4", "parts": "1"},
		district + "001001": {"units": ""},
	}))))
	mustRun(t, rep, err)
	if len(rep.Warnings) > 0 {
		t.Errorf("warned: %+v", rep.Warnings)
	}
	for _, a := range b.sink.areas {
		switch a.Code {
		case unitMicro:
			if got := geo.FormatUnits(a.Units); got != "B1:1-3;B2:A" || a.Parts != 2 {
				t.Errorf("%q, %d parts", got, a.Parts)
			}
		case unitGrid + "002":
			if got := geo.FormatUnits(a.Units); got != "B1:4" || a.Parts != 0 {
				t.Errorf("%q, %d parts", got, a.Parts)
			}
		default:
			if a.Units != nil || a.Parts != 0 {
				t.Errorf("%s: %v, %d parts", a.Code, a.Units, a.Parts)
			}
		}
	}
}

func TestUnitsThatCannotBeAreRefusedOrWarnedOf(t *testing.T) {
	inGrid, elsewhere := orb.Point{104.302, 30.805}, orb.Point{104.335, 30.835}
	for name, c := range map[string]struct {
		properties map[string]geojson.Properties
		refused    string // reason
		warned     string
	}{
		"no colon":                   {map[string]geojson.Properties{unitMicro: {"units": "B1 1-3"}}, "a colon", ""},
		"a range that runs back":     {map[string]geojson.Properties{unitMicro: {"units": "B1:3-1"}}, "no range", ""},
		"of a grid":                  {map[string]geojson.Properties{unitGrid: {"units": "B1:1"}}, "only micro-grids", ""},
		"parts that are no number":   {map[string]geojson.Properties{unitMicro: {"parts": "two"}}, "whole number", ""},
		"a unit that two list":       {map[string]geojson.Properties{unitMicro: {"units": "B1:1"}, unitGrid + "002": {"units": "B1:1-2"}}, "", "listed by two"},
		"of a building far away":     {map[string]geojson.Properties{unitMicro: {"units": "B9:1"}}, "", "stands in another grid"},
		"of a building not stored":   {map[string]geojson.Properties{unitMicro: {"units": "B7:1"}}, "", "not stored"},
		"each its own, as it should": {map[string]geojson.Properties{unitMicro: {"units": "B1:1"}, unitGrid + "002": {"units": "B1:2"}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			b.env.Areas = nil
			b.env.Buildings = map[string]orb.Point{"B1": inGrid, "B9": elsewhere}
			rep, err := b.run(imports.Areas, b.file(t, "a.geojson", collection(t, groundAreas(), with(c.properties))))
			if c.refused != "" {
				if err == nil || len(rep.Refusals) == 0 || !strings.Contains(rep.Refusals[0].Reason, c.refused) {
					t.Errorf("refused %+v", rep.Refusals)
				}
				return
			}
			mustRun(t, rep, err)
			got := texts(rep)
			if c.warned == "" && len(got) > 0 || c.warned != "" && !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.warned) }) {
				t.Errorf("warned %q", got)
			}
		})
	}
}

func TestMorePartsThanDeclaredAreWarnedOf(t *testing.T) {
	b := setup(t)
	b.env.Areas = nil
	areas := groundAreas()
	grid := func(code string) *geo.Area {
		return &areas[slices.IndexFunc(areas, func(a geo.Area) bool { return a.Code == code })]
	}
	// Two micro-grids that lie apart become one, in the place of the first.
	far := grid(district + "001001008")
	near := grid(unitGrid)
	far.Boundary, near.Boundary = nil, append(near.Boundary, far.Boundary...)
	areas = slices.DeleteFunc(areas, func(a geo.Area) bool {
		return strings.HasPrefix(a.Code, district+"001001008") || len(a.Code) == 18 && strings.HasPrefix(a.Code, unitGrid)
	})
	for parts, want := range map[string]int{"": 1, "2": 0} {
		rep, err := b.run(imports.Areas, b.file(t, "a"+parts+".geojson", collection(t, areas, with(map[string]geojson.Properties{unitGrid: {"parts": parts}}))))
		mustRun(t, rep, err)
		if got := texts(rep); len(got) != want || want > 0 && !strings.Contains(got[0], "more parts") {
			t.Errorf("parts %q: warned %q", parts, got)
		}
	}
}

func TestAResidentOfATowerIsWhereTheUnitIsListed(t *testing.T) {
	b := setup(t)
	areas := groundAreas()
	for i := range areas {
		switch areas[i].Code {
		case unitMicro:
			areas[i].Units = []geo.Unit{{Building: "T", Name: "1"}}
		case unitGrid + "002":
			areas[i].Units = []geo.Unit{{Building: "T", Name: "2"}}
		}
	}
	tree, err := geo.NewTree(areas)
	if err != nil {
		t.Fatal(err)
	}
	b.env.Areas, b.env.Buildings = tree, map[string]orb.Point{"T": {104.302, 30.805}}
	rep, err := b.run(imports.Residents, b.file(t, "r.csv", `id,grade,lon,lat,building,unit
R1,red,104.302,30.805,T,1单元
R2,red,104.302,30.805,T,二单元
R3,red,104.302,30.805,T,
R4,red,,,T,2
R5,red,104.3055,30.8001,T,1
`))
	mustRun(t, rep, err)
	want := []string{unitMicro, unitGrid + "002", unitMicro, unitGrid + "002", unitMicro}
	for i, r := range b.sink.residents {
		if r.MicroGrid != want[i] || r.Grid != unitGrid {
			t.Errorf("%s is in %s", r.ID, r.MicroGrid)
		}
	}
	// Only the last one's point is neither on the tower's ground nor where the unit is listed.
	got := texts(rep)
	if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "the address is of one micro-grid") }) || len(b.sink.residents) != 5 {
		t.Errorf("warned %q", got)
	}
	for _, w := range rep.Warnings {
		if strings.Contains(w.Text, "the address is of one") && w.Count != 1 {
			t.Errorf("counted %d", w.Count)
		}
	}
}
