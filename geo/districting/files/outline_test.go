package files_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

func TestOutlinesCoverTheCommunityOnce(t *testing.T) {
	cells := disk(t, 3, 11)
	u := readCells(t, table(cells, "510113001001", 2))
	zone := make([]int32, u.Len())
	m := districting.Metrics{Zones: make([]districting.ZoneMetrics, 3)}
	for i := range zone {
		// The middle, and what is west and east of it.
		switch {
		case i < 7:
			zone[i] = 0
		case u.Centres[i][0] < u.Centres[0][0]:
			zone[i] = 1
		default:
			zone[i] = 2
		}
		z := &m.Zones[zone[i]]
		z.Units++
		if z.Sums == nil {
			z.Sums, z.Off, z.Parts, z.PolsbyPopper = []int64{0}, []float64{math.Inf(1)}, 1, 0.5
		}
		z.Sums[0] += 2
	}
	var b strings.Builder
	if err := files.WriteOutlines(&b, u, zone, []string{"x", "y", "z"}, m); err != nil {
		t.Fatal(err)
	}
	fc, err := geojson.UnmarshalFeatureCollection([]byte(b.String()))
	if err != nil || len(fc.Features) != 3 {
		t.Fatalf("%v: %s", err, b.String())
	}
	area, corners := 0.0, map[orb.Point]int{}
	for i, f := range fc.Features {
		poly, ok := f.Geometry.(orb.Polygon)
		if !ok {
			t.Fatalf("zone %d is a %s", i, f.Geometry.GeoJSONType())
		}
		area += geo.AreaM2(orb.MultiPolygon{poly})
		for _, ring := range poly {
			for _, p := range ring[1:] {
				corners[p]++
			}
		}
		p := f.Properties
		if p["zone"] != []string{"x", "y", "z"}[i] || p["community"] != "510113001001" || p.MustFloat64("households") != float64(m.Zones[i].Sums[0]) ||
			p.MustInt("units") != m.Zones[i].Units || p.MustFloat64("households_off") != 0 {
			t.Errorf("zone %d: %v", i, p)
		}
	}
	whole := 0.0
	for _, a := range u.Graph.Area {
		whole += a
	}
	// Rounded to a centimetre.
	if math.Abs(area-whole) > 1e-4*whole {
		t.Errorf("the outlines hold %v m², the cells %v", area, whole)
	}
	shared := 0
	for _, n := range corners {
		if n > 1 {
			shared++
		}
	}
	if shared < 20 {
		t.Errorf("neighbours share %d corners: they do not meet exactly", shared)
	}
}

func TestADualGraphHasNoOutlines(t *testing.T) {
	u, err := files.ReadDualGraph(strings.NewReader(path3), "TOTPOP")
	if err != nil {
		t.Fatal(err)
	}
	err = files.WriteOutlines(new(strings.Builder), u, []int32{0, 0, 0}, []string{"1"}, districting.Metrics{Zones: make([]districting.ZoneMetrics, 1)})
	wantFault(t, err, "no shapes")
}

func TestTheReportNamesZonesUnitsAndObstacles(t *testing.T) {
	u := twoCommunities(t)
	p := &districting.Problem{Graph: u.Graph, Parent: u.Parent, Zones: []int{1, 2}, Weights: u.Weights, Goal: districting.CutEdges}
	p.Weights[0].Tolerance = 0.05
	m := districting.Metrics{CutEdges: 9, Parts: 3, Zones: []districting.ZoneMetrics{
		{Parent: 0, Units: 7, Parts: 1, Sums: []int64{7}, Off: []float64{0}},
		{Parent: 1, Units: 5, Parts: 1, Sums: []int64{5}, Off: []float64{-1.0 / 6}},
		{Parent: 1, Units: 7, Parts: 1, Sums: []int64{7}, Off: []float64{1.0 / 6}},
	}}
	obstacles := []districting.Obstacle{
		{Kind: districting.ObstacleUnit, Parent: 0, Zone: districting.None, Units: []int32{3}, Short: 12},
		{Kind: districting.ObstacleBarrier, Parent: 1, Zone: districting.None, Units: []int32{8, 9}},
		{Kind: districting.ObstacleLock, Parent: 1, Zone: 2, Units: []int32{8}},
		{Kind: districting.ObstacleSum, Parent: 1, Zone: districting.None},
		{Kind: districting.ObstacleSearch, Parent: 1, Zone: 1},
	}
	var b strings.Builder
	if err := files.NewReport(u, p, []string{"a-1", "b-1", "b-2"}, m, 0.23, obstacles).Write(&b); err != nil {
		t.Fatal(err)
	}
	var r files.Report
	if err := json.Unmarshal([]byte(b.String()), &r); err != nil {
		t.Fatal(err)
	}
	w := r.Weights[0]
	if w.Sum != 19 || w.WorstZone != "b-1" || w.WorstOff != -0.166667 || w.MeanOff != 0.111111 || w.Tolerance != 0.05 {
		t.Errorf("%+v", w)
	}
	if z := r.PerZone[2]; z.Zone != "b-2" || z.Community != "b" || z.Sums["households"] != 7 || r.Zones != 3 || r.CutEdges != 9 || r.Excess != 0.23 {
		t.Errorf("%+v", r)
	}
	for i, want := range [][]string{
		{"community a: unit " + u.IDs[3], "more households", "by 12 at least"},
		{"community b: 2 units (" + u.IDs[8], "enclosed by barriers"},
		{"grid b-2: unit " + u.IDs[8], "locked"},
		{"community b: all households together", "number of grids"},
		{"grid b-1: households is not within its bounds", "more time"},
	} {
		for _, words := range want {
			if !strings.Contains(r.Forbids[i].Message, words) {
				t.Errorf("%q is not in %q", words, r.Forbids[i].Message)
			}
		}
	}
}
