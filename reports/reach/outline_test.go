package reach_test

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/reports/reach"
	"sanse/routing"
)

// park is a town of 20 by 20 blocks of 100 m with a lake of 400 m in it, whose
// shore the streets go round, and a river along its northern edge with one bridge
// at the eastern end and a street on the far bank.
func park(t *testing.T) *routing.Engine {
	t.Helper()
	b := routing.NewBuilder()
	const n, step = 21, 100.0
	inLake := func(x, y int) bool { return x > 8 && x < 12 && y > 8 && y < 12 }
	nodes := map[[2]int]int32{}
	for y := range n {
		for x := range n {
			if !inLake(x, y) {
				nodes[[2]int{x, y}] = b.AddNode(at(float64(x)*step, float64(y)*step))
			}
		}
	}
	street := func(from, to int32) {
		if _, err := b.AddEdge(from, to, nil, routing.EdgeAttr{Class: "residential", Walk: routing.Both}); err != nil {
			t.Fatal(err)
		}
	}
	for y := range n {
		for x := range n {
			here, ok := nodes[[2]int{x, y}]
			if !ok {
				continue
			}
			if east, ok := nodes[[2]int{x + 1, y}]; ok {
				street(here, east)
			}
			if north, ok := nodes[[2]int{x, y + 1}]; ok {
				street(here, north)
			}
		}
	}
	bank := b.AddNode(at(2000, 2100))
	street(nodes[[2]int{20, 20}], bank)
	for x := 19; x >= 0; x-- {
		next := b.AddNode(at(float64(x)*step, 2100))
		street(bank, next)
		bank = next
	}
	water := func(west, south, east, north float64) {
		p := orb.Polygon{{at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)}}
		if err := b.AddWater(p); err != nil {
			t.Fatal(err)
		}
	}
	water(815, 815, 1185, 1185)
	water(-500, 2020, 2500, 2080)
	return engineOf(t, b, aMetreASecond)
}

func TestOutlinesDoNotCoverALakeOrTheFarBank(t *testing.T) {
	e := park(t)
	x := newIndex(t, e, nil, []reach.Facility{
		{ID: "shore", Service: "meals", Location: at(800, 1000), Open: true},
		{ID: "bank", Service: "meals", Location: at(0, 1990), Open: true},
	}, reach.Options{})
	minutes := []int{5, 10, 15, 60}
	bands, err := x.Outline(t.Context(), "meals", minutes)
	if err != nil {
		t.Fatal(err)
	}
	holds := func(i int, east, north float64) bool {
		return planar.MultiPolygonContains(bands[i].Outline, at(east, north))
	}
	for i, b := range bands {
		if err := geo.CheckValid(b.Outline); err != nil {
			t.Errorf("%d minutes: %v", b.Minutes, err)
		}
		for _, lake := range [][2]float64{{1000, 1000}, {850, 1000}, {1000, 1150}, {1100, 900}} {
			if holds(i, lake[0], lake[1]) {
				t.Errorf("%d minutes cover the lake at %v", b.Minutes, lake)
			}
		}
		if holds(i, 500, 2050) {
			t.Errorf("%d minutes cover the river", b.Minutes)
		}
		// From the bank it is 57 minutes over the bridge to the door across.
		if far := holds(i, 700, 2105); far != (b.Minutes == 60) {
			t.Errorf("%d minutes cover the far bank: %v", b.Minutes, far)
		}
		if !holds(i, 780, 1000) || !holds(i, 100, 1990) {
			t.Errorf("%d minutes leave out what is beside the facilities", b.Minutes)
		}
		if i > 0 && b.AreaKM2 <= bands[i-1].AreaKM2 {
			t.Errorf("%d minutes cover %.3f km², fewer %.3f", b.Minutes, b.AreaKM2, bands[i-1].AreaKM2)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 4000 { // bands nest
		p := at(r.Float64()*2100, r.Float64()*2200)
		in := false
		for _, b := range bands {
			now := planar.MultiPolygonContains(b.Outline, p)
			if in && !now {
				t.Fatalf("%v is within fewer minutes than %d and not within them", p, b.Minutes)
			}
			in = now
		}
	}
	// Together they are what each is.
	one, err := x.Circle(t.Context(), 0, []int{5})
	if err != nil {
		t.Fatal(err)
	}
	two, err := x.Circle(t.Context(), 1, []int{5})
	if err != nil {
		t.Fatal(err)
	}
	if d := one[0].AreaKM2 + two[0].AreaKM2 - bands[0].AreaKM2; d > 0.001 || d < -0.001 {
		t.Errorf("apart they are %.3f km² larger", d)
	}
	closed, err := x.Try(t.Context(), []reach.Change{{Op: reach.Close, ID: "shore"}})
	if err != nil {
		t.Fatal(err)
	}
	none, err := closed.Circle(t.Context(), 0, []int{5})
	if err != nil || len(none[0].Outline) != 0 || none[0].AreaKM2 != 0 {
		t.Errorf("a closed one has a circle: %v %v", none, err)
	}
}

func TestCellsAreReachedWhenTheirFirstStreetIs(t *testing.T) {
	const n, step = 14, 130.0
	r := rand.New(rand.NewPCG(6, 6))
	e := engineOf(t, gridTown(t, n, step, r), routing.Elderly())
	var facilities []reach.Facility
	var from []routing.Snap
	for _, p := range pointsIn(6, n*step, r) {
		facilities = append(facilities, reach.Facility{Service: "meals", Location: p, Open: true})
		if s, err := e.Snap(p, 300); err == nil {
			from = append(from, s)
		}
	}
	x := newIndex(t, e, nil, facilities, reach.Options{})
	g := e.Graph()
	for _, resolution := range []int{9, 10} {
		// The slow truth: a look every 2 m.
		var looks []routing.Snap
		for edge := range int32(g.Edges()) {
			parts := int(g.Edge(edge).Metres/2) + 1
			for k := range parts + 1 {
				s, err := g.At(edge, float64(k)/float64(parts))
				if err != nil {
					t.Fatal(err)
				}
				looks = append(looks, s)
			}
		}
		walk, _, err := e.Nearest(t.Context(), from, looks, 3600)
		if err != nil {
			t.Fatal(err)
		}
		want := map[h3.Cell]int32{}
		for i, s := range looks {
			if walk[i] < 0 {
				continue
			}
			cell, err := h3.LatLngToCell(h3.NewLatLng(s.Point[1], s.Point[0]), resolution)
			if err != nil {
				t.Fatal(err)
			}
			if old, ok := want[cell]; !ok || walk[i] < old {
				want[cell] = walk[i]
			}
		}
		cells, err := x.Cells(t.Context(), "meals", resolution, 3600)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for i, c := range cells {
			if i > 0 && c.Cell <= cells[i-1].Cell {
				t.Fatal("cells are not ascending")
			}
			s, ok := want[c.Cell]
			if !ok {
				continue // a corner that no look fell in
			}
			found++
			if d := s - c.Seconds; d > 3 || d < -3 {
				t.Errorf("cell %s: %d s, looking every 2 m %d", c.Cell, c.Seconds, s)
			}
		}
		if found < len(want)-1 || len(cells) > len(want)+2 {
			t.Errorf("resolution %d: %d cells, %d by looking, %d in common", resolution, len(cells), len(want), found)
		}
		near, err := x.Cells(t.Context(), "meals", resolution, 300)
		if err != nil || len(near) == 0 || len(near) >= len(cells) {
			t.Errorf("within 5 minutes %d of %d cells (%v)", len(near), len(cells), err)
		}
	}
	if _, err := x.Cells(t.Context(), "meals", 16, 900); err == nil {
		t.Error("there is no resolution 16")
	}
}
