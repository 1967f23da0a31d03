package service_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/topology"
	"sanse/planner"
	"sanse/routing"
)

// newDrawBed is the lattice with people in cells all over; the western community
// has micro-grids, three upright strips in each grid.
func newDrawBed(t *testing.T) *draftBed {
	t.Helper()
	b := newDraftBed(t)
	t.Cleanup(b.Close)
	var areas []data.Area
	for g := range 4 {
		grid := fmt.Sprintf("%s%03d", west, g+1)
		for m := range 3 {
			x, y := g%2*3+m, g/2*3
			areas = append(areas, data.Area{ValidFrom: b.today - 400, Area: geo.Area{
				Code: fmt.Sprintf("%s%03d", grid, m+1), Level: geo.LevelMicroGrid, Parent: grid, Name: fmt.Sprintf("微网格%d", m+1),
				Boundary: ground(x, y, x+1, y+3),
			}})
		}
	}
	cells, err := geo.Cover(ground(0, 0, 2*side, side), 11)
	if err != nil {
		t.Fatal(err)
	}
	var people []data.Population
	for i, c := range cells {
		at, err := geo.CellCentre(c)
		if err != nil {
			t.Fatal(err)
		}
		// Off the middle, so that borders have somebody near.
		at[0], at[1] = at[0]+0.0001*math.Sin(float64(i)), at[1]+0.0001*math.Cos(float64(3*i))
		n := 1 + i*i%5
		people = append(people, data.Population{Cell: int64(c), Households: n, People: 2*n + i%2, Location: at})
	}
	err = b.store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutAreas(lattice, areas), tx.PutPopulation(lattice, people),
			tx.PutPolicies(lattice, []planner.Policy{{ID: "p1", Grade: "yellow", PerWeek: 1}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// draw draws to the end; the search is the same each time.
func (b *draftBed) draw(d data.Draft, in service.DrawRequest) service.Drawing {
	b.t.Helper()
	if in.Iterations == 0 {
		in.Iterations = 300_000
	}
	in.Threads, in.Seed = 1, 7
	job, err := b.StartDrawing(b.t.Context(), lattice, d.ID, in)
	if err != nil {
		b.t.Fatal(err)
	}
	b.AwaitDrawing(b.t, d.ID, job)
	out := must(b.DrawingOf(b.t.Context(), lattice, d.ID, job))(b.t)
	if out.State != service.DrawDone || out.Result == nil {
		b.t.Fatalf("drawing is %s: %s", out.State, out.Message)
	}
	return out
}

// apply applies a drawing, and checks the draft.
func (b *draftBed) apply(d data.Draft, job int64) (data.Draft, service.Edited) {
	b.t.Helper()
	made := must(b.ApplyDrawing(b.t.Context(), lattice, d.ID, d.Version, job))(b.t)
	c := must(b.CheckDraft(b.t.Context(), lattice, d.ID))(b.t)
	for _, f := range c.Findings {
		b.t.Errorf("finding: %s", f.Message)
	}
	for _, p := range c.Problems {
		b.t.Errorf("problem: %s", p)
	}
	return made.Draft, made
}

// sums adds up who lives where in a draft, by the rules of membership.
func (b *draftBed) sums(d data.Draft, weight string) map[string]float64 {
	b.t.Helper()
	out := make(map[string]float64)
	for _, community := range []string{west, east} {
		g := must(b.DraftGround(service.WithViewer(b.t.Context(), service.Everyone(lattice)), lattice, d.ID, community))(b.t)
		for _, p := range g.Places {
			for code := g.Areas[p.Area].Code; len(code) > len(community); code = code[:len(code)-3] {
				out[code] += p.Values[slices.Index(g.Weights, weight)]
			}
		}
	}
	return out
}

func TestACommunityIsDrawnAndApplied(t *testing.T) {
	b := newDrawBed(t)
	households := []service.DrawWeight{{Name: service.WeightHouseholds, Tolerance: 0.05}}
	for name, c := range map[string]struct {
		ask   service.DrawRequest
		areas int // of the level afterwards
		gone  int // areas of the level that end
	}{
		"more grids":                         {service.DrawRequest{Area: east, Level: geo.LevelGrid, Zones: 6, Weights: households}, 6, 0},
		"fewer grids":                        {service.DrawRequest{Area: east, Level: geo.LevelGrid, Zones: 3, Weights: households}, 3, 1},
		"grids over micro-grids":             {service.DrawRequest{Area: west, Level: geo.LevelGrid, Zones: 5, Weights: households}, 5, 0},
		"grids of whole micro-grids":         {service.DrawRequest{Area: west, Level: geo.LevelGrid, Zones: 3, WholeBlocks: true, Weights: []service.DrawWeight{{Name: service.WeightPeople, Tolerance: 0.3}}}, 3, 1},
		"micro-grids of a grid":              {service.DrawRequest{Area: west + "002", Level: geo.LevelMicroGrid, Zones: 4, Weights: households}, 4, 0},
		"micro-grids of a community":         {service.DrawRequest{Area: west, Level: geo.LevelMicroGrid, Standard: &service.DrawStandard{Weight: service.WeightHouseholds, Least: 100, Most: 160}}, 0, 0},
		"the first micro-grids of grids":     {service.DrawRequest{Area: east, Level: geo.LevelMicroGrid, Zones: 12, Weights: households}, 12, 0},
		"two weights, staying near to today": {service.DrawRequest{Area: east, Level: geo.LevelGrid, Zones: 5, Stay: 1, Weights: append(slices.Clone(households), service.DrawWeight{Name: service.WeightMinutes, Tolerance: 0.2})}, 5, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			d := b.begin()
			all := b.sums(d, service.WeightHouseholds)
			drawing := b.draw(d, c.ask)
			if drawing.Excess > 0 || len(drawing.Result.Forbids) > 0 {
				t.Errorf("bounds are broken by %v: %v", drawing.Excess, drawing.Result.Forbids)
			}
			want := make(map[string]float64)
			n := 0
			for _, a := range drawing.Result.Areas {
				if a.Level == c.ask.Level {
					n++
				}
				want[a.Code] = a.Values[service.WeightHouseholds]
			}
			if c.areas > 0 && n != c.areas || n != drawing.Result.Zones {
				t.Errorf("%d areas of %d, want %d", n, drawing.Result.Zones, c.areas)
			}
			d, made := b.apply(d, drawing.Job)
			if made.Change.Kind != data.DraftDraw {
				t.Errorf("the change is a %s", made.Change.Kind)
			}
			gone := 0
			for _, code := range made.Gone() {
				if len(code) == geo.CodeLength(c.ask.Level) {
					gone++
				}
			}
			if gone != c.gone && c.areas > 0 {
				t.Errorf("gone: %v", made.Gone())
			}
			// The drawing said what there is: by the rules of membership, for every
			// area that keeps its code, and for all together.
			got := b.sums(d, service.WeightHouseholds)
			fresh := make(map[float64]int)
			for code, v := range want {
				if strings.HasPrefix(code, "+") {
					fresh[v]++
				} else if _, moved := got[code]; moved && got[code] != v {
					t.Errorf("%s has %v households, the drawing said %v", code, got[code], v)
				}
			}
			for code, v := range got {
				if _, old := all[code]; !old {
					fresh[v]--
				}
			}
			for v, k := range fresh {
				if k > 0 && !slices.Contains([]string{"grids over micro-grids", "grids of whole micro-grids"}, name) {
					t.Errorf("no new area has the %v households that were drawn", v)
				}
			}
			b.meets(d)
		})
	}
}

// Drawing upon drawing, of either level and by whatever rule: the areas tile,
// nobody is lost, and undo leads back.
func TestHoweverItIsDrawnTheAreasTileAndNobodyIsLost(t *testing.T) {
	b := newDrawBed(t)
	d := b.begin()
	first := b.areas(d)
	total := func() (n float64) {
		for code, v := range b.sums(d, service.WeightPeople) {
			if len(code) == geo.CodeLength(geo.LevelGrid) {
				n += v
			}
		}
		return n
	}
	everybody := total()
	r := rand.New(rand.NewPCG(11, 4))
	applied := 0
	for range 16 {
		in := service.DrawRequest{
			Area: []string{west, east}[r.IntN(2)], Level: geo.LevelGrid, Zones: 2 + r.IntN(6), Iterations: 30_000, Stay: float64(r.IntN(2)) * r.Float64(),
			Weights: []service.DrawWeight{{Name: []string{service.WeightHouseholds, service.WeightPeople, service.WeightMinutes}[r.IntN(3)], Tolerance: 0.5}},
		}
		switch r.IntN(4) {
		case 0:
			in.WholeBlocks = true
		case 1, 2:
			in.Level, in.Zones = geo.LevelMicroGrid, 8+r.IntN(10)
		}
		in.Threads, in.Seed = 1, r.Uint64()
		job, err := b.StartDrawing(t.Context(), lattice, d.ID, in)
		if err != nil {
			wantReason(t, err, service.DraftBadDrawing) // more grids than there are blocks
			continue
		}
		b.AwaitDrawing(t, d.ID, job)
		made, err := b.ApplyDrawing(t.Context(), lattice, d.ID, d.Version, job)
		if err != nil {
			wantReason(t, err, service.DraftNoCut)
			continue
		}
		applied++
		d = made.Draft
		b.meets(d)
		if n := total(); n != everybody {
			t.Fatalf("%+v: %v people of %v", in, n, everybody)
		}
	}
	if applied < 8 {
		t.Errorf("only %d drawings were applied", applied)
	}
	for d.Position > 0 {
		d = must(b.UndoDraft(t.Context(), lattice, d.ID, d.Version))(t)
	}
	last := b.areas(d)
	if len(last) != len(first) {
		t.Errorf("%d areas after undo, %d before", len(last), len(first))
	}
	for code, a := range first {
		if !last[code].Boundary.Equal(a.Boundary) {
			t.Errorf("%s is not what it was", code)
		}
	}
}

func TestWhatCannotBeDrawnIsRefused(t *testing.T) {
	b := newDrawBed(t)
	d := b.begin()
	cell := func(p orb.Point, res int) string {
		return must(geo.CellAt(p, res))(t).String()
	}
	grid := func(f func(*service.DrawRequest)) service.DrawRequest {
		in := service.DrawRequest{Area: east, Level: geo.LevelGrid, Zones: 4, Iterations: 1000}
		f(&in)
		return in
	}
	for name, c := range map[string]struct {
		ask  service.DrawRequest
		want service.DraftReason
		says string
	}{
		"no such area":           {grid(func(in *service.DrawRequest) { in.Area = east + "999" }), service.DraftUnknownArea, "there is no"},
		"a town":                 {grid(func(in *service.DrawRequest) { in.Area = lattice + "001" }), service.DraftUnknownArea, "no community"},
		"grids in a grid":        {grid(func(in *service.DrawRequest) { in.Area = east + "001" }), service.DraftUnknownArea, "is a grid"},
		"no level":               {grid(func(in *service.DrawRequest) { in.Level = geo.LevelTown }), service.DraftBadDrawing, "grids or micro-grids"},
		"no end":                 {grid(func(in *service.DrawRequest) { in.Iterations = 0 }), service.DraftBadDrawing, "needs an end"},
		"more areas than cells":  {grid(func(in *service.DrawRequest) { in.Zones = 5000 }), service.DraftBadDrawing, "each area needs one"},
		"more grids than blocks": {service.DrawRequest{Area: west, Level: geo.LevelGrid, Zones: 13, WholeBlocks: true, Iterations: 1}, service.DraftBadDrawing, "12 micro-grids"},
		"less than a grid each":  {service.DrawRequest{Area: west, Level: geo.LevelMicroGrid, Zones: 3, Iterations: 1}, service.DraftBadDrawing, "too few"},
		"a weight nobody knows":  {grid(func(in *service.DrawRequest) { in.Weights = []service.DrawWeight{{Name: "cats"}} }), service.DraftBadDrawing, "nothing is known of the weight"},
		"a standard nobody knows": {grid(func(in *service.DrawRequest) {
			in.Zones, in.Standard = 0, &service.DrawStandard{Weight: "cats", Target: 9}
		}), service.DraftBadDrawing, "nothing is known of the weight"},
		"a weight twice":        {grid(func(in *service.DrawRequest) { in.Weights = []service.DrawWeight{{Name: "people"}, {Name: "people"}} }), service.DraftBadDrawing, "twice"},
		"a tolerance above all": {grid(func(in *service.DrawRequest) { in.Weights = []service.DrawWeight{{Name: "people", Tolerance: 5}} }), service.DraftBadDrawing, "tolerance"},
		"a tolerance that is none": {grid(func(in *service.DrawRequest) {
			in.Weights = []service.DrawWeight{{Name: "people", Tolerance: math.NaN()}}
		}), service.DraftBadDrawing, "tolerance"},
		"six weights": {grid(func(in *service.DrawRequest) { in.Weights = make([]service.DrawWeight, 6) }), service.DraftBadDrawing, "too many"},
		"a standard upside down": {grid(func(in *service.DrawRequest) {
			in.Standard = &service.DrawStandard{Weight: "people", Least: 9, Most: 3}
		}), service.DraftBadDrawing, "standard"},
		"staying below nothing":       {grid(func(in *service.DrawRequest) { in.Stay = -1 }), service.DraftBadDrawing, "staying"},
		"a cell of another size":      {grid(func(in *service.DrawRequest) { in.LockedCells = []string{cell(ground(7, 1, 8, 2).Bound().Center(), 9)} }), service.DraftBadCells, "resolution 9"},
		"no cell at all":              {grid(func(in *service.DrawRequest) { in.LockedCells = []string{"brick"} }), service.DraftBadCells, "is no H3 cell"},
		"cells and whole blocks":      {service.DrawRequest{Area: west, Level: geo.LevelGrid, Zones: 3, WholeBlocks: true, LockedCells: []string{"x"}, Iterations: 1}, service.DraftBadDrawing, "lock the micro-grids"},
		"micro-grids as whole blocks": {service.DrawRequest{Area: west, Level: geo.LevelMicroGrid, WholeBlocks: true, Iterations: 1}, service.DraftBadDrawing, "only grids"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.StartDrawing(t.Context(), lattice, d.ID, c.ask)
			if e := wantReason(t, err, c.want); !strings.Contains(e.Message, c.says) {
				t.Errorf("it says: %s", e.Message)
			}
		})
	}
	if _, err := b.DrawingOf(t.Context(), lattice, d.ID, 1); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("a drawing that there is not: %v", err)
	}
	if _, err := b.StartDrawing(t.Context(), lattice, d.ID+9, grid(func(*service.DrawRequest) {})); service.CodeOf(err) != service.CodeNotFound {
		t.Errorf("a draft that there is not: %v", err)
	}
}

func TestLockedAndSpecialAreasAreLeftAlone(t *testing.T) {
	b := newDrawBed(t)
	d := b.begin()
	special := true
	d, _ = b.change(d, service.Change{Kind: data.DraftRename, Areas: []service.ChangedArea{{Code: west + "001", Special: &special}}})
	d = must(b.LockDraft(t.Context(), lattice, d.ID, d.Version, []string{west + "004", west + "002003"}))(t)
	before := b.areas(d)
	households := []service.DrawWeight{{Name: service.WeightHouseholds, Tolerance: 0.3}}
	drawing := b.draw(d, service.DrawRequest{Area: west, Level: geo.LevelGrid, Zones: 5, Weights: households})
	if drawing.Result.Zones != 3 {
		t.Errorf("%d grids are drawn beside the two that stay", drawing.Result.Zones)
	}
	d, _ = b.apply(d, drawing.Job)
	after := b.areas(d)
	for _, code := range []string{west + "001", west + "004", west + "001002", west + "004001", west + "002003"} {
		// Where others end on their borders they have another vertex.
		for _, pair := range [][2]geo.Area{{before[code], after[code]}, {after[code], before[code]}} {
			if rest := must(geo.Difference(pair[0].Boundary, pair[1].Boundary))(t); geo.AreaM2(rest) > 1 {
				t.Errorf("%s is not what it was: %.0f m² differ", code, geo.AreaM2(rest))
			}
		}
	}
	b.meets(d)
	// All of what is asked for is locked.
	d = must(b.LockDraft(t.Context(), lattice, d.ID, d.Version, []string{west + "002", west + "003", west + "004", west + "005"}))(t)
	_, err := b.StartDrawing(t.Context(), lattice, d.ID, service.DrawRequest{Area: west, Level: geo.LevelGrid, Zones: 5, Iterations: 1})
	wantReason(t, err, service.DraftLocked)
	_, err = b.StartDrawing(t.Context(), lattice, d.ID, service.DrawRequest{Area: west + "002", Level: geo.LevelMicroGrid, Zones: 2, Iterations: 1})
	wantReason(t, err, service.DraftLocked)
}

func TestLockedCellsStayInTheirArea(t *testing.T) {
	b := newDrawBed(t)
	d := b.begin()
	home := ground(6, 0, 9, 3) // of grid 001
	var cells []string
	for _, c := range must(geo.Cover(home, 11))(t) {
		cells = append(cells, c.String())
	}
	drawing := b.draw(d, service.DrawRequest{
		Area: east, Level: geo.LevelGrid, Zones: 3, LockedCells: cells, Weights: []service.DrawWeight{{Name: service.WeightHouseholds, Tolerance: 0.05}},
	})
	for _, a := range drawing.Result.Areas {
		if a.Code != east+"001" {
			continue
		}
		for _, c := range must(geo.Cover(home, 11))(t) {
			p := must(geo.CellCentre(c))(t)
			if !planar.MultiPolygonContains(a.Boundary, p) && geo.Distance(p, nearest(a.Boundary, p)) > 30 {
				t.Errorf("the cell at %v has gone", p)
			}
		}
		return
	}
	t.Error("the grid of the locked cells is gone")
}

// nearest is the nearest corner of a boundary.
func nearest(mp orb.MultiPolygon, p orb.Point) orb.Point {
	best := mp[0][0][0]
	for _, poly := range mp {
		for _, q := range poly[0] {
			if geo.Distance(p, q) < geo.Distance(p, best) {
				best = q
			}
		}
	}
	return best
}

func TestWhatForbidsATolerance(t *testing.T) {
	b := newDrawBed(t)
	d := b.begin()
	err := b.store.Write(t.Context(), func(tx *data.Tx) error { // a tower with more households than a grid may have
		return tx.PutPopulation(lattice, []data.Population{{Cell: 1, Households: 5000, People: 9000, Location: ground(8, 2, 9, 3).Bound().Center()}})
	})
	if err != nil {
		t.Fatal(err)
	}
	drawing := b.draw(d, service.DrawRequest{Area: east, Level: geo.LevelGrid, Zones: 4, Iterations: 20_000, Weights: []service.DrawWeight{{Name: service.WeightHouseholds, Tolerance: 0.05}}})
	if drawing.Excess == 0 || len(drawing.Result.Forbids) == 0 {
		t.Fatalf("%+v", drawing)
	}
	f := drawing.Result.Forbids[0]
	if f.Kind != districting.ObstacleUnit || f.Weight != service.WeightHouseholds || f.Short < 1000 || f.At == nil || !slices.Equal(f.Areas, []string{east + "001"}) {
		t.Errorf("%+v", f)
	}
	if drawing.Result.Worst[service.WeightHouseholds] < 1 {
		t.Errorf("worst: %v", drawing.Result.Worst)
	}
}

// A river parts the eastern community, and is in nobody's way where there is a
// bridge.
func TestNoAreaCrossesARiverButOverABridge(t *testing.T) {
	river := orb.LineString{{corner[0] + 9*step, corner[1] - step}, {corner[0] + 9*step, corner[1] + 7*step}}
	for name, c := range map[string]struct {
		bridge, barriers bool
		zones            int
		forbids          int
	}{
		"an even number of grids":            {barriers: true, zones: 4},
		"one grid too many for either bank":  {barriers: true, zones: 3, forbids: 2},
		"the same with a bridge":             {bridge: true, barriers: true, zones: 3},
		"the same where it is asked for not": {zones: 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := newDrawBed(t)
			b.streets(river, c.bridge)
			d := b.begin()
			if g := must(b.DraftGround(t.Context(), lattice, d.ID, east))(t); len(g.Barriers) != 1 || g.Barriers[0].Kind != routing.ObstacleWater {
				t.Fatalf("barriers %v", g.Barriers)
			}
			drawing := b.draw(d, service.DrawRequest{
				Area: east, Level: geo.LevelGrid, Zones: c.zones, Barriers: c.barriers, Weights: []service.DrawWeight{{Name: service.WeightHouseholds, Tolerance: 0.05}},
			})
			if n := len(drawing.Result.Forbids); n != c.forbids {
				t.Errorf("%d things forbid it: %+v", n, drawing.Result.Forbids)
			}
			for _, f := range drawing.Result.Forbids {
				if f.Kind != districting.ObstacleBarrier {
					t.Errorf("%+v", f)
				}
			}
			across := 0
			for _, a := range drawing.Result.Areas {
				// A cell on the river belongs to the bank of its middle.
				box := a.Boundary.Bound()
				if box.Min[0] < river[0][0]-0.0005 && box.Max[0] > river[0][0]+0.0005 {
					across++
				}
			}
			if want := !c.barriers || c.bridge; (across > 0) != want && c.forbids == 0 {
				t.Errorf("%d areas lie on both banks", across)
			}
		})
	}
}

// streets stores a network with a river, and a bridge over it.
func (b *draftBed) streets(river orb.LineString, bridge bool) {
	b.t.Helper()
	g := routing.NewBuilder()
	middle := corner[1] + 3.3*step
	street := func(from, to float64) error {
		one, two := g.AddNode(orb.Point{from, middle}), g.AddNode(orb.Point{to, middle})
		_, err := g.AddEdge(one, two, nil, routing.EdgeAttr{Class: "residential", Walk: routing.Both})
		return err
	}
	err := errors.Join(g.AddObstacle(routing.ObstacleWater, river), street(corner[0], corner[0]+8.5*step))
	if bridge {
		err = errors.Join(err, street(corner[0]+8.5*step, corner[0]+9.5*step))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	net := must(routing.NewNetwork(must(g.Build())(b.t)))(b.t)
	var packed bytes.Buffer
	if _, err := net.WriteTo(&packed); err != nil {
		b.t.Fatal(err)
	}
	err = b.store.Write(b.t.Context(), func(tx *data.Tx) error {
		_, err := tx.PutStreets(lattice, data.StreetVersion{Source: "test", Imported: b.now}, packed.Bytes(), nil)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestADrawingIsStoppedAppliedOnceAndGrowsStale(t *testing.T) {
	b := newDrawBed(t)
	d := b.begin()
	ask := service.DrawRequest{Area: east, Level: geo.LevelGrid, Zones: 6, Time: time.Hour, Threads: 1}
	job := must(b.StartDrawing(t.Context(), lattice, d.ID, ask))(t)
	_, err := b.StartDrawing(t.Context(), lattice, d.ID, ask)
	wantReason(t, err, service.DraftDrawingRuns)
	other := b.begin() // another draft has its own
	second := must(b.StartDrawing(t.Context(), lattice, other.ID, ask))(t)
	_, err = b.ApplyDrawing(t.Context(), lattice, d.ID, d.Version, job)
	wantReason(t, err, service.DraftDrawingRuns)
	if got := must(b.DrawingOf(t.Context(), lattice, d.ID, job))(t); got.State != service.DrawRunning {
		t.Errorf("it is %s", got.State)
	}
	stopped := must(b.StopDrawing(t.Context(), lattice, d.ID, job))(t)
	if stopped.State != service.DrawStopped || stopped.Result == nil || stopped.Result.Zones != 6 {
		t.Fatalf("%+v", stopped)
	}
	// Somebody else edits the community: nothing of theirs is lost.
	if _, err := b.ApplyDrawing(t.Context(), lattice, d.ID, d.Version+1, job); err == nil {
		t.Error("a version that there is not was taken")
	}
	edited, _ := b.change(d, service.Change{Kind: data.DraftRename, Areas: []service.ChangedArea{{Code: east + "003", Name: "河边"}}})
	_, err = b.ApplyDrawing(t.Context(), lattice, d.ID, edited.Version, job)
	if e := wantReason(t, err, service.DraftDrawingStale); !slices.Equal(e.Areas, []string{east + "003"}) {
		t.Errorf("stale for %v", e.Areas)
	}
	// Once that is taken back it fits again; what is done elsewhere is no matter.
	back := must(b.UndoDraft(t.Context(), lattice, d.ID, edited.Version))(t)
	back, _ = b.change(back, service.Change{Kind: data.DraftRename, Areas: []service.ChangedArea{{Code: west + "003", Name: "山脚"}}})
	back, _ = b.apply(back, job)
	_, err = b.ApplyDrawing(t.Context(), lattice, d.ID, back.Version, job)
	wantReason(t, err, service.DraftDrawingStale)
	// Closing ends what runs.
	b.Close()
	if got := must(b.DrawingOf(t.Context(), lattice, other.ID, second))(t); got.State != service.DrawStopped {
		t.Errorf("after the end it is %s", got.State)
	}
	_, err = b.StartDrawing(t.Context(), lattice, d.ID, ask)
	wantReason(t, err, service.DraftDrawingRuns)
}

func TestADrawingOfWhatThereIsChangesNothing(t *testing.T) {
	b := newDrawBed(t)
	d := b.begin()
	drawing := b.draw(d, service.DrawRequest{
		Area: east, Level: geo.LevelGrid, Zones: 4, Stay: 100, Weights: []service.DrawWeight{{Name: service.WeightHouseholds, Tolerance: 0.3}},
	})
	if m := drawing.Result.Moved[service.WeightHouseholds]; m != 0 {
		t.Errorf("%v households move", m)
	}
	_, err := b.ApplyDrawing(t.Context(), lattice, d.ID, d.Version, drawing.Job)
	wantReason(t, err, service.DraftNoCut)
}

// meets checks that every level tiles the one above with the very same vertices:
// nothing is left to be healed.
func (b *draftBed) meets(d data.Draft) {
	b.t.Helper()
	var list []geo.Area
	for _, a := range b.areas(d) {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b geo.Area) int { return strings.Compare(a.Code, b.Code) })
	for _, level := range []geo.Level{geo.LevelGrid, geo.LevelMicroGrid} {
		of, parents := topology.Level(list, level)
		// A grid need not have micro-grids.
		parents = slices.DeleteFunc(parents, func(p topology.Area) bool {
			return !slices.ContainsFunc(of, func(a topology.Area) bool { return a.Parent == p.Code })
		})
		sheet, err := topology.Survey(of, topology.Options{Parents: parents})
		if err != nil {
			b.t.Fatal(err)
		}
		for _, f := range sheet.Check() {
			b.t.Errorf("%s: %s", level, f.Message)
		}
		for _, a := range of {
			if len(a.Shape) != 1 {
				b.t.Errorf("%s is in %d pieces", a.Code, len(a.Shape))
			}
		}
	}
}
