package geo_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
)

func TestAUnitIsWrittenTheSameHoweverItIsNamed(t *testing.T) {
	for name, want := range map[string]string{
		"2": "2", "2单元": "2", "２ 单元": "2", "二单元": "2", "第2单元": "2", "unit 02": "2", "Unit2": "2", "2单元501号": "2", "002": "2", "2号": "2",
		"十一单元": "11", "二十单元": "20", "九十九": "99", "a座": "A", "Ａ": "A", "东": "东", "0": "0", "": "", "单元": "", "  ": "", "第第二单元": "2",
	} {
		if got := geo.UnitName(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestListsOfUnitsAreReadHoweverTheyAreWritten(t *testing.T) {
	b := func(building string, names ...string) []geo.Unit {
		var out []geo.Unit
		for _, n := range names {
			out = append(out, geo.Unit{Building: building, Name: n})
		}
		return out
	}
	for text, want := range map[string][]geo.Unit{
		"":                nil,
		" ; ":             nil,
		"B12:1":           b("B12", "1"),
		"B12:1-3":         b("B12", "1", "2", "3"),
		"B12：1单元至3单元":     b("B12", "1", "2", "3"),
		"B12: 3，1、2 , 2":  b("B12", "1", "2", "3"),
		"B12:10,9,A":      b("B12", "9", "10", "A"),
		"B2:1\nB1:2；B1:1": append(b("B1", "1", "2"), b("B2", "1")...),
		"至善楼:一单元~二单元":     b("至善楼", "1", "2"),
		"5:102:A座":        b("5:102", "A"),
		"B12:1,,2;;":      b("B12", "1", "2"),
		"B12:03":          b("B12", "3"),
	} {
		got, err := geo.ParseUnits(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for text, words := range map[string]string{
		"B12": "a colon", ":1": "no building", "B12:": "no units", "B12:,": "no units", "B12:3-1": "no range", "B12:1-99999": "no range",
		"B12:A-C": "names no unit", "B12:单元": "names no unit", strings.Repeat("B:1-9999;", 2): "more than",
	} {
		if got, err := geo.ParseUnits(text); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if got := geo.FormatUnits(append(b("B2", "7"), b("B1", "10", "1", "2", "3", "5", "A", "3")...)); got != "B1:1-3,5,10,A;B2:7" {
		t.Errorf("written %q", got)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOf(rapid.Custom(func(t *rapid.T) geo.Unit {
			return geo.Unit{
				Building: rapid.SampledFrom([]string{"B1", "B2", "5:1", "至善楼", "a-b"}).Draw(t, "building"),
				Name:     rapid.SampledFrom([]string{"1", "2", "3", "4", "9", "10", "11", "A", "B", "东"}).Draw(t, "name"),
			}
		})).Draw(t, "units")
		want := geo.JoinUnits(units)
		got, err := geo.ParseUnits(geo.FormatUnits(units))
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v was written %q and read %v: %v", want, geo.FormatUnits(units), got, err)
		}
	})
}

func FuzzParseUnits(f *testing.F) {
	for _, s := range []string{"B12:1-3,5; B13:2", "B12：一单元至三单元", ";;:", "a:-", "B:1-2-3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		units, err := geo.ParseUnits(s)
		if err != nil {
			return
		}
		text := geo.FormatUnits(units)
		again, err := geo.ParseUnits(text)
		if err != nil || !slices.Equal(units, again) {
			t.Fatalf("%q was read %v, written %q and read %v: %v", s, units, text, again, err)
		}
	})
}

// The estate is a district of two grids side by side, each of two micro-grids,
// the border between which runs through a tower: T in the west, U in the east.
func estate(units map[string][]geo.Unit) []geo.Area {
	const code = "510199001001"
	areas := []geo.Area{
		{Code: code[:6], Level: geo.LevelDistrict, Boundary: square(104, 30, 104.04, 30.02)},
		{Code: code[:9], Level: geo.LevelTown, Parent: code[:6], Boundary: square(104, 30, 104.04, 30.02)},
		{Code: code, Level: geo.LevelCommunity, Parent: code[:9], Boundary: square(104, 30, 104.04, 30.02)},
	}
	for g, name := range []string{"001", "002"} {
		west := 104 + 0.02*float64(g)
		grid := code + name
		areas = append(areas, geo.Area{Code: grid, Level: geo.LevelGrid, Parent: code, Boundary: square(west, 30, west+0.02, 30.02)},
			geo.Area{Code: grid + "001", Level: geo.LevelMicroGrid, Parent: grid, Boundary: square(west, 30, west+0.01, 30.02)},
			geo.Area{Code: grid + "002", Level: geo.LevelMicroGrid, Parent: grid, Boundary: square(west+0.01, 30, west+0.02, 30.02)})
	}
	for i := range areas {
		areas[i].Units = units[areas[i].Code]
	}
	return areas
}

var towers = map[string]orb.Point{"T": {104.0099, 30.01}, "U": {104.0301, 30.01}}

func mustUnits(t testing.TB, s string) []geo.Unit {
	t.Helper()
	units, err := geo.ParseUnits(s)
	if err != nil {
		t.Fatal(err)
	}
	return units
}

func TestAnAddressBeatsAPointWithinTheGrid(t *testing.T) {
	const west, east = "510199001001001", "510199001001002"
	tree := mustTree(t, estate(map[string][]geo.Unit{
		west + "001": mustUnits(t, "T:1"),
		west + "002": mustUnits(t, "T:2,3"),
		east + "001": mustUnits(t, "U:1;T:4"), // T does not stand in the grid
		east + "002": mustUnits(t, "U:1,2"),   // U's first unit is listed twice
	}))
	for name, c := range map[string]struct {
		at             orb.Point
		building, unit string
		want           string
		listed         bool
	}{
		"a unit whose ground is the micro-grid's":         {towers["T"], "T", "1", west + "001", true},
		"a unit that another micro-grid lists":            {towers["T"], "T", "2", west + "002", true},
		"however it is written":                           {towers["T"], "T", "三单元", west + "002", true},
		"a unit that nobody lists":                        {towers["T"], "T", "9", west + "001", false},
		"a unit that only another grid lists":             {towers["T"], "T", "4", west + "001", false},
		"no unit":                                         {towers["T"], "T", "", west + "001", false},
		"a building that nobody lists":                    {orb.Point{104.015, 30.01}, "S", "1", west + "002", false},
		"a unit that two list goes to the smaller code":   {towers["U"], "U", "1", east + "001", true},
		"one that is listed by the one beside its ground": {orb.Point{104.0299, 30.01}, "U", "2", east + "002", true},
	} {
		t.Run(name, func(t *testing.T) {
			micro, ok := tree.LocateUnit(c.at, c.building, c.unit, geo.LevelMicroGrid)
			if !ok || micro != c.want {
				t.Errorf("in %q, want %q", micro, c.want)
			}
			if grid, ok := tree.LocateUnit(c.at, c.building, c.unit, geo.LevelGrid); !ok || grid != c.want[:15] {
				t.Errorf("in grid %q", grid)
			}
			if by, ok := tree.Listed(c.at, c.building, c.unit); ok != c.listed || ok && by != c.want {
				t.Errorf("listed by %q, %t", by, ok)
			}
		})
	}
	if code, ok := tree.LocateUnit(orb.Point{105, 30}, "T", "1", geo.LevelMicroGrid); ok {
		t.Errorf("outside the district somebody is in %s", code)
	}

	t.Run("what is wrong with the lists is found", func(t *testing.T) {
		got := tree.CheckUnits(map[string]orb.Point{"T": towers["T"], "U": towers["U"]})
		for i := range got {
			got[i].Message = ""
		}
		want := []geo.UnitFinding{
			{Kind: geo.UnitElsewhere, Codes: []string{east + "001"}, Building: "T", Units: []string{"4"}, At: towers["T"]},
			{Kind: geo.UnitTwice, Codes: []string{east + "001", east + "002"}, Building: "U", Units: []string{"1"}, At: towers["U"]},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		unknown := tree.CheckUnits(map[string]orb.Point{"T": towers["T"]})
		if len(unknown) != 3 || unknown[1].Kind != geo.UnitUnknown || unknown[2].Kind != geo.UnitUnknown || !slices.Equal(unknown[2].Units, []string{"1", "2"}) {
			t.Errorf("%+v", unknown)
		}
	})
}

func TestListsOfUnitsThatCannotBeAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		code  string
		units []geo.Unit
		words string
	}{
		"of a grid":                             {"510199001001001", []geo.Unit{{Building: "T", Name: "1"}}, "only micro-grids"},
		"of no building":                        {"510199001001001001", []geo.Unit{{Name: "1"}}, "no id"},
		"of a building that cuts lists":         {"510199001001001001", []geo.Unit{{Building: "T;U", Name: "1"}}, "no id"},
		"a name that is written in another way": {"510199001001001001", []geo.Unit{{Building: "T", Name: "1单元"}}, "is called"},
		"without a name":                        {"510199001001001001", []geo.Unit{{Building: "T"}}, "is called"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := geo.NewTree(estate(map[string][]geo.Unit{c.code: c.units}))
			if err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whatever the lists say, everybody is in exactly one micro-grid, of the grid
// that the point lies in; and where exactly one of its micro-grids lists the
// unit, in that one.
func TestEverybodyIsInOneMicroGridWhateverTheListsSay(t *testing.T) {
	const community = "510199001001"
	codes := []string{community + "001001", community + "001002", community + "002001", community + "002002"}
	unit := rapid.Custom(func(t *rapid.T) geo.Unit {
		return geo.Unit{Building: rapid.SampledFrom([]string{"T", "U"}).Draw(t, "building"), Name: rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "name")}
	})
	rapid.Check(t, func(rt *rapid.T) {
		lists := make(map[string][]geo.Unit)
		for _, code := range codes {
			lists[code] = geo.JoinUnits(rapid.SliceOfN(unit, 0, 4).Draw(rt, "units"))
		}
		tree, err := geo.NewTree(estate(lists))
		if err != nil {
			rt.Fatal(err)
		}
		u := unit.Draw(rt, "who")
		p := towers[u.Building]
		if rapid.Bool().Draw(rt, "anywhere") {
			p = orb.Point{rapid.Float64Range(104.0001, 104.0399).Draw(rt, "lon"), rapid.Float64Range(30.0001, 30.0199).Draw(rt, "lat")}
		}
		micro, ok := tree.LocateUnit(p, u.Building, u.Name, geo.LevelMicroGrid)
		grid, _ := tree.Locate(p, geo.LevelGrid)
		if !ok || !strings.HasPrefix(micro, grid) || !slices.Contains(codes, micro) {
			rt.Fatalf("in %q of %q", micro, grid)
		}
		var by []string
		for _, code := range codes {
			if strings.HasPrefix(code, grid) && slices.Contains(lists[code], u) {
				by = append(by, code)
			}
		}
		want, _ := tree.Locate(p, geo.LevelMicroGrid)
		if len(by) > 0 {
			want = by[0]
		}
		if micro != want {
			rt.Fatalf("in %s, want %s of %v", micro, want, by)
		}
		twice := slices.ContainsFunc(tree.CheckUnits(towers), func(f geo.UnitFinding) bool {
			return f.Kind == geo.UnitTwice && f.Building == u.Building && slices.Contains(f.Units, u.Name)
		})
		at, _ := tree.Locate(towers[u.Building], geo.LevelGrid)
		if at == grid && twice != (len(by) > 1) {
			rt.Fatalf("listed by %v, found %t", by, twice)
		}
	})
}
