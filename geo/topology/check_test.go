package topology_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/topology"
)

// A square parent of four quarters, in millionths of a degree.
func quarters() []topology.Area {
	return []topology.Area{
		area("sw", rect(0, 0, 1000, 1000)), area("se", rect(1000, 0, 2000, 1000)),
		area("nw", rect(0, 1000, 1000, 2000)), area("ne", rect(1000, 1000, 2000, 2000)),
	}
}

func redrawn(code string, shape orb.MultiPolygon) []topology.Area {
	areas := quarters()
	for i := range areas {
		if areas[i].Code == code {
			areas[i].Shape = shape
		}
	}
	return areas
}

func TestEachPlantedFaultIsFoundMeasuredAndMended(t *testing.T) {
	parents := []topology.Area{{Code: "P", Shape: rect(0, 0, 2000, 2000)}}
	two := []topology.Area{{Code: "P", Shape: rect(0, 0, 2000, 2000)}, {Code: "Q", Shape: rect(2000, 0, 4000, 2000)}}
	inQ := topology.Area{Code: "q", Parent: "Q", Shape: rect(2000, 0, 4000, 2000)}
	for name, c := range map[string]struct {
		areas   []topology.Area
		parents []topology.Area
		kind    topology.Kind
		codes   []string
		place   orb.MultiPolygon
		mend    topology.MendKind
		to      string
		words   string
		left    int // findings after mending
	}{
		"ground in two areas": {
			redrawn("se", rect(900, 0, 2000, 1000)), parents,
			topology.Overlap,
			[]string{"se", "sw"},
			rect(900, 0, 1000, 1000),
			topology.CutFrom, "se", "share 1", 0, // equal borders: the smaller code
		},
		"a corner in two areas": {
			redrawn("sw", polygon(0, 0, 1000, 0, 1000, 500, 1100, 500, 1100, 900, 1000, 900, 1000, 1000, 0, 1000)), parents,
			topology.Overlap,
			[]string{"se", "sw"},
			rect(1000, 500, 1100, 900),
			topology.CutFrom, "se", "share", 0,
		},
		"a gap at the parent's border": {
			redrawn("sw", rect(0, 100, 1000, 1000)), parents,
			topology.Gap,
			[]string{"P"},
			rect(0, 0, 1000, 100),
			topology.GiveToLongestBorder, "sw", "in no area", 0,
		},
		"a hole between areas": {
			redrawn("ne", polygon(1000, 1200, 1300, 1200, 1300, 1000, 2000, 1000, 2000, 2000, 1000, 2000)), parents,
			topology.Hole,
			[]string{"P"},
			rect(1000, 1000, 1300, 1200),
			topology.GiveToLongestBorder, "ne", "in no area", 0,
		},
		"a hole between areas, no parents known": {
			redrawn("ne", polygon(1000, 1200, 1300, 1200, 1300, 1000, 2000, 1000, 2000, 2000, 1000, 2000)), nil,
			topology.Hole, nil,
			rect(1000, 1000, 1300, 1200),
			topology.GiveToLongestBorder, "ne", "in no area", 0,
		},
		"a border drawn twice, apart": {
			redrawn("sw", rect(0, 0, 994, 1000)), parents,
			topology.GapSliver,
			[]string{"P"},
			rect(994, 0, 1000, 1000),
			topology.SnapToNeighbour, "se", "drawn twice", 0,
		},
		"a border drawn twice, across": {
			redrawn("se", rect(994, 0, 2000, 1000)), parents,
			topology.OverlapSliver,
			[]string{"se", "sw"},
			rect(994, 0, 1000, 1000),
			topology.SnapToNeighbour, "se", "drawn twice", 0,
		},
		"an area that leaves its parent": {
			redrawn("se", rect(1000, 0, 2100, 1000)), parents,
			topology.OutsideParent,
			[]string{"se", "P"},
			rect(2000, 0, 2100, 1000),
			topology.Drop, "", "outside its parent P", 0,
		},
		"an area that reaches into another parent": {
			append(redrawn("se", rect(1000, 0, 2100, 1000)), topology.Area{
				Code: "q", Parent: "Q",
				Shape: polygon(2100, 0, 4000, 0, 4000, 2000, 2000, 2000, 2000, 1000, 2100, 1000),
			}), two,
			topology.OutsideParent,
			[]string{"se", "P"},
			rect(2000, 0, 2100, 1000),
			topology.GiveToLongestBorder, "q", "in Q", 0,
		},
		"an area whose parent is not there": {
			append(quarters(), inQ), parents,
			topology.OutsideParent,
			[]string{"q", "Q"},
			rect(2000, 0, 4000, 2000), "", "", "outside its parent Q", 1,
		},
		"a part nobody declared": {
			[]topology.Area{
				area("a", append(rect(0, 0, 1000, 2000), rect(1900, 1900, 2000, 2000)...)),
				area("b", polygon(1000, 0, 2000, 0, 2000, 1900, 1900, 1900, 1900, 2000, 1000, 2000)),
			},
			parents,
			topology.UndeclaredPart,
			[]string{"a"},
			rect(1900, 1900, 2000, 2000),
			topology.GiveToLongestBorder, "b", "2 parts, 1 declared", 0,
		},
		"a part that only a far street joins": {
			append(quarters()[:3], area("ne", rect(1000, 1000, 2000, 2000)), area("z", append(rect(3000, 0, 4000, 1000), rect(5000, 0, 5100, 100)...))), nil,
			topology.UndeclaredPart,
			[]string{"z"},
			rect(5000, 0, 5100, 100),
			topology.Drop, "", "apart from the rest", 0,
		},
		"an outline that crosses itself": {
			[]topology.Area{area("x", polygon(0, 0, 2000, 0, 2000, 1000, 1000, 1000, 1000, 400, 1500, 400, 1500, 1200, 0, 1200))},
			nil,
			topology.SelfCrossing,
			[]string{"x"},
			rect(1000, 400, 1500, 1000),
			topology.CountOnce, "x", "crosses itself", 0,
		},
		"a code that two areas have": {
			append(quarters()[1:], area("se", rect(0, 0, 1000, 1000))), parents,
			topology.DuplicateCode,
			[]string{"se"},
			rect(0, 0, 1000, 1000),
			topology.Unite, "se", "more than once", 0,
		},
		"an area listed twice": {
			append(quarters(), quarters()[0]), parents,
			topology.DuplicateCode,
			[]string{"sw"},
			rect(0, 0, 1000, 1000),
			topology.Unite, "sw", "more than once", 0,
		},
		"a spike into the neighbour": {
			[]topology.Area{
				area("sw", polygon(0, 0, 1000, 0, 1000, 500, 1800, 504, 1000, 508, 1000, 1000, 0, 1000)),
				area("se", polygon(1000, 0, 2000, 0, 2000, 1000, 1000, 1000, 1000, 508, 1800, 504, 1000, 500)),
				quarters()[2], quarters()[3],
			},
			parents,
			topology.Spike,
			[]string{"sw"},
			polygon(1000, 500, 1800, 504, 1000, 508),
			topology.GiveToLongestBorder, "se", "turns back", 0,
		},
		"a spike out and back on one line": {
			redrawn("sw", polygon(0, 0, 1000, 0, 1000, 500, 1800, 500, 1000, 500, 1000, 1000, 0, 1000)), parents,
			topology.Spike,
			[]string{"sw"},
			nil,
			topology.Drop, "", "out and back", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			sheet := mustSurvey(t, c.areas, topology.Options{Parents: c.parents})
			got := sheet.Check()
			if len(got) != 1 {
				t.Fatalf("%d findings: %v", len(got), messages(got))
			}
			f := got[0]
			if f.Kind != c.kind || !slices.Equal(f.Codes, c.codes) || !strings.Contains(f.Message, c.words) {
				t.Errorf("found %s of %v: %s", f.Kind, f.Codes, f.Message)
			}
			if c.place != nil {
				if want := m2(c.place); math.Abs(f.AreaM2-want) > 0.001*want {
					t.Errorf("it has %g m², planted were %g", f.AreaM2, want)
				}
				if rest, err := geo.Difference(f.Place, c.place); err != nil || m2(rest) > 0.01 {
					t.Errorf("it is not where it was planted: %v, %v", f.Place, err)
				}
				if !holds(t, c.place, f.At) {
					t.Errorf("%v is not in it", f.At)
				}
				var around float64
				for _, r := range c.place[0] {
					around += geo.Length(orb.LineString(r))
				}
				if want := 2 * m2(c.place) / around; math.Abs(f.WidthM-want) > 0.001*want {
					t.Errorf("it is %g m wide, planted were %g", f.WidthM, want)
				}
			}
			if c.mend == "" {
				if len(f.Mends) > 0 {
					t.Errorf("a mend is offered: %v", f.Mends)
				}
			} else if len(f.Mends) == 0 || f.Mends[0].Kind != c.mend || f.Mends[0].To != c.to {
				t.Fatalf("mends: %+v, want %s to %q", f.Mends, c.mend, c.to)
			}
			mended, left, err := sheet.Mend(got)
			if err != nil {
				t.Fatal(err)
			}
			if len(left) != c.left {
				t.Fatalf("left: %v", messages(left))
			}
			if len(sheet.Check()) != 1 {
				t.Error("the sheet itself was changed")
			}
			top, err := mended.Topology()
			if err != nil {
				t.Fatal(err)
			}
			tiles(t, top.Areas(), 0.1)
			if c.left == 0 {
				again := mustSurvey(t, top.Areas(), topology.Options{Parents: c.parents}).Check()
				if len(again) > 0 {
					t.Errorf("drawn again: %v", messages(again))
				}
			}
		})
	}
}

func messages(fs []topology.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, string(f.Kind)+": "+f.Message)
	}
	return out
}

func holds(t *testing.T, mp orb.MultiPolygon, p orb.Point) bool {
	t.Helper()
	const e = 1e-10
	dot := orb.MultiPolygon{{{{p[0] - e, p[1] - e}, {p[0] + e, p[1] - e}, {p[0] + e, p[1] + e}, {p[0] - e, p[1] + e}, {p[0] - e, p[1] - e}}}}
	rest, err := geo.Difference(dot, mp)
	if err != nil {
		t.Fatal(err)
	}
	return len(rest) == 0
}

func TestATilingHasNoFindings(t *testing.T) {
	areas, parents := honeycomb(12, 10, 5)
	if got := mustSurvey(t, areas, topology.Options{Parents: parents}).Check(); len(got) > 0 {
		t.Errorf("found %v", messages(got))
	}
	if got := mustSurvey(t, blocks(60, 9), topology.Options{}).Check(); len(got) > 0 {
		t.Errorf("found %v", messages(got))
	}
}

func TestABowTieIsACrossingAndTwoParts(t *testing.T) {
	sheet := mustSurvey(t, []topology.Area{area("x", polygon(0, 0, 2000, 2000, 2000, 0, 0, 1000))}, topology.Options{})
	got := sheet.Check()
	if len(got) != 2 || got[0].Kind != topology.SelfCrossing || got[1].Kind != topology.UndeclaredPart {
		t.Fatalf("found %v", messages(got))
	}
	if _, err := sheet.Topology(); err == nil {
		t.Error("a crossing became a topology")
	}
	mended, left, err := sheet.Mend(got)
	if err != nil || len(left) > 0 {
		t.Fatalf("left %v, %v", messages(left), err)
	}
	top, err := mended.Topology()
	if err != nil {
		t.Fatal(err)
	}
	if mp, _ := top.Shape("x"); len(mp) != 1 || len(mp[0][0]) != 4 {
		t.Errorf("mended it is %v", mp)
	}
}

func TestDeclaredPartsAreNoFault(t *testing.T) {
	shape := append(rect(0, 0, 1000, 1000), rect(3000, 0, 4000, 1000)...)
	a := topology.Area{Code: "1", Parts: 2, Shape: shape}
	if got := mustSurvey(t, []topology.Area{a}, topology.Options{}).Check(); len(got) > 0 {
		t.Errorf("found %v", messages(got))
	}
	a.Shape = append(a.Shape, rect(5000, 0, 5100, 100)...)
	got := mustSurvey(t, []topology.Area{a}, topology.Options{}).Check()
	if len(got) != 1 || got[0].Kind != topology.UndeclaredPart || math.Abs(got[0].AreaM2-m2(rect(5000, 0, 5100, 100))) > 0.1 {
		t.Errorf("found %v: want the third and smallest part", messages(got))
	}
}

func TestManyFaultsAreMendedTogether(t *testing.T) {
	// A honeycomb of which every fifth area is drawn on its own, apart or across.
	areas, parents := honeycomb(12, 10, 3)
	for i := 0; i < len(areas); i += 5 {
		r := slices.Clone(areas[i].Shape[0][0])
		for k := 1; k < 3; k++ {
			r[k][0] = seven(r[k][0] + 0.00002)
			r[k][1] = seven(r[k][1] - 0.00001)
		}
		areas[i].Shape = orb.MultiPolygon{{r}}
	}
	opt := topology.Options{Parents: parents}
	sheet := mustSurvey(t, areas, opt)
	got := sheet.Check()
	if len(got) < 30 {
		t.Fatalf("only %d findings", len(got))
	}
	for round := 0; len(got) > 0; round++ {
		if round == 3 {
			t.Fatalf("left after three rounds: %v", messages(got))
		}
		var err error
		if sheet, got, err = sheet.Mend(got); err != nil {
			t.Fatal(err)
		}
	}
	top, err := sheet.Topology()
	if err != nil {
		t.Fatal(err)
	}
	tiles(t, top.Areas(), 0.01)
	var all, of float64
	for _, a := range top.Areas() {
		all += m2(a.Shape)
	}
	for _, p := range parents {
		of += m2(p.Shape)
	}
	if math.Abs(all-of) > 1 {
		t.Errorf("the areas have %g m², their parents %g", all, of)
	}
	if _, _, err := sheet.Mend(mustSurvey(t, blocks(3, 1), topology.Options{}).Check()); err != nil {
		t.Errorf("no findings at all: %v", err)
	}
	bad := mustSurvey(t, redrawn("se", rect(900, 0, 2000, 1000)), topology.Options{}).Check()
	if _, _, err := sheet.Mend(bad); err == nil {
		t.Error("a finding of another sheet was taken")
	}
}
