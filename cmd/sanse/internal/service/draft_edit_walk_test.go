package service_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
	"sanse/planner"
)

// redraw is two planners who edit a draft each at random, undo, redo, lock and
// publish, with roll-backs between, and what must be so after every step.
type redraw struct {
	*draftBed
	t       *testing.T
	rng     *rand.Rand
	drafts  [2]*planned
	day     planner.Date // of the last publication
	days    []planner.Date
	records map[planner.Date]string
	given   map[string]bool // codes that areas ever had
	done    map[service.EditOp]int
	refused map[service.DraftReason]int
	counts  map[string]int
}

// planned is a draft, and what it was after each of its changes.
type planned struct {
	data.Draft
	held []map[string]geo.Area // by position; nil: not known
}

func TestThousandsOfEditsAndPublicationsKeepTheTilingThePeopleAndThePast(t *testing.T) {
	const seeds, steps = 4, 1100
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := &redraw{
				draftBed: newEditBed(t), t: t, rng: rand.New(rand.NewPCG(seed, 6)), records: map[planner.Date]string{}, given: map[string]bool{},
				done: map[service.EditOp]int{}, refused: map[service.DraftReason]int{}, counts: map[string]int{},
			}
			w.day = w.today
			w.remember(w.today - 400)
			for i := range w.drafts {
				w.begin(i)
			}
			for range steps {
				w.step()
			}
			w.publish(0)
			w.look()
			t.Logf("made %v; refused %v; %v", w.done, w.refused, w.counts)
			for _, op := range []service.EditOp{
				service.EditVertex, service.EditBorder, service.EditPaint, service.EditGive, service.EditAssign,
				service.EditSplit, service.EditMerge, service.EditRetire, service.EditRename,
			} {
				if w.done[op] == 0 {
					t.Errorf("no %s at all was made", op)
				}
			}
			for _, what := range []string{"published", "rolled back", "undone", "redone", "rebased", "locked", "too late"} {
				if w.counts[what] == 0 {
					t.Errorf("nothing was %s", what)
				}
			}
		})
	}
}

func (w *redraw) begin(i int) {
	d := w.draftBed.begin()
	w.drafts[i] = &planned{Draft: d, held: []map[string]geo.Area{w.areas(d)}}
}

// remember keeps what is recorded of the days up to a publication.
func (w *redraw) remember(from planner.Date) {
	w.days = append(w.days, from)
	for _, day := range []planner.Date{from - 1, from} {
		if _, ok := w.records[day]; !ok {
			w.records[day] = w.recorded(day)
		}
	}
	for _, a := range must(w.store.Areas(w.t.Context(), lattice, from))(w.t) {
		w.given[a.Code] = true
	}
}

func (w *redraw) step() {
	w.t.Helper()
	i := w.rng.IntN(len(w.drafts))
	d := w.drafts[i]
	ctx := w.t.Context()
	switch k := w.rng.IntN(100); {
	case k < 12 && d.Position > 0:
		d.Draft = must(w.UndoDraft(ctx, lattice, d.ID, d.Version))(w.t)
		w.counts["undone"]++
		w.same(d)
	case k < 20 && d.Position < d.Changes:
		d.Draft = must(w.RedoDraft(ctx, lattice, d.ID, d.Version))(w.t)
		w.counts["redone"]++
		w.same(d)
	case k < 24:
		w.publish(i)
	case k < 25 && len(w.days) > 2:
		w.rollBack()
	case k < 28:
		w.lock(d)
	case k < 31:
		w.tooLate(d)
	default:
		w.edit(d)
	}
}

// same looks whether a draft is, to the last digit, what it was at its position.
func (w *redraw) same(d *planned) {
	w.t.Helper()
	is := w.areas(d.Draft)
	was := d.held[d.Position]
	if was == nil {
		d.held[d.Position] = is
		return
	}
	if len(is) != len(was) {
		w.t.Fatalf("%d areas, not %d as before", len(is), len(was))
	}
	for code, a := range was {
		if b := is[code]; !b.Boundary.Equal(a.Boundary) || b.Name != a.Name || b.Special != a.Special {
			w.t.Fatalf("%s is not what it was", code)
		}
	}
}

// edit makes an edit at random; one that is refused must change nothing.
func (w *redraw) edit(d *planned) {
	w.t.Helper()
	before := d.held[d.Position]
	if before == nil {
		before = w.areas(d.Draft)
	}
	in := w.random(before)
	made, err := w.EditDraft(w.t.Context(), lattice, d.ID, d.Version, in)
	if err != nil {
		var e *service.DraftError
		if !errors.As(err, &e) {
			w.t.Fatalf("%+v: %v", in, err)
		}
		w.refused[e.Reason]++
		if now := must(first(w.Draft(w.t.Context(), lattice, d.ID)))(w.t); now.Version != d.Version {
			w.t.Fatalf("%s was refused, and yet made version %d of %d", in.Op, now.Version, d.Version)
		}
		return
	}
	w.done[in.Op]++
	d.Draft = made.Draft
	after := w.areas(d.Draft)
	d.held = append(d.held[:d.Position], after)
	for _, a := range made.Areas {
		if _, old := before[a.Code]; old {
			continue
		}
		if w.given[a.Code] || w.drafts[0].has(a.Code) && w.drafts[1].has(a.Code) {
			w.t.Fatalf("%s is given a second time", a.Code)
		}
	}
	for code, a := range before {
		for _, lock := range d.Locks {
			if strings.HasPrefix(code, lock) && math.Abs(geo.AreaM2(after[code].Boundary)-geo.AreaM2(a.Boundary)) > 0.1 {
				w.t.Fatalf("%s changed %s, which is locked", in.Op, code)
			}
		}
	}
	w.sound(string(in.Op), after)
}

// has tells whether a draft has an area now.
func (d *planned) has(code string) bool {
	_, ok := d.held[d.Position][code]
	return ok
}

func first[A, B any](a A, _ B, err error) (A, error) { return a, err }

// sound looks whether areas tile, each in one piece, and everybody is in one of
// each level.
func (w *redraw) sound(what string, areas map[string]geo.Area) {
	w.t.Helper()
	found, err := topology.CheckTree(slices.Collect(maps.Values(areas)))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range found {
		if f.Kind != topology.Spike { // a planner may draw one
			w.t.Fatalf("after %s: %s", what, f.Message)
		}
	}
	m2 := make(map[string]float64) // of the children of each area
	for _, a := range areas {
		m2[a.Parent] += geo.AreaM2(a.Boundary)
	}
	for code, sum := range m2 {
		// A line that ends on a community's border bends it by 0.1 mm.
		if a, ok := areas[code]; ok && math.Abs(sum-geo.AreaM2(a.Boundary)) > 1 {
			w.t.Fatalf("after %s: %s has %.2f m², what lies in it %.2f", what, code, geo.AreaM2(a.Boundary), sum)
		}
	}
	for x := range 2 * side {
		for y := range side {
			w.home(what, areas, squareAt(x, y).Bound().Center())
		}
	}
}

// home is the grid that holds a point, and the only one, found by counting how
// often a ray meets borders.
func (w *redraw) home(what string, areas map[string]geo.Area, p orb.Point) (grid string) {
	w.t.Helper()
	micro, drawn := "", false
	for code, a := range areas {
		if a.Level < geo.LevelGrid || !a.Boundary.Bound().Contains(p) || !holds(a.Boundary, p) {
			continue
		}
		to := &grid
		if a.Level == geo.LevelMicroGrid {
			to = &micro
		}
		if *to != "" {
			w.t.Fatalf("after %s: %v is in %s and in %s", what, p, *to, code)
		}
		*to = code
	}
	for _, a := range areas {
		drawn = drawn || a.Parent == grid
	}
	if grid == "" || drawn != (micro != "") || !strings.HasPrefix(micro+grid, grid) {
		w.t.Fatalf("after %s: %v is in grid %q and micro-grid %q", what, p, grid, micro)
	}
	return grid
}

func holds(mp orb.MultiPolygon, p orb.Point) bool {
	in := false
	for _, poly := range mp {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				a, b := r[i-1], r[i]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] > a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
					in = !in
				}
			}
		}
	}
	return in
}

func (w *redraw) lock(d *planned) {
	codes := slices.Sorted(maps.Keys(w.areas(d.Draft)))
	var locks []string
	if len(d.Locks) == 0 {
		code := codes[w.rng.IntN(len(codes))]
		if len(code) > len(west) {
			locks = []string{code}
			w.counts["locked"]++
		}
	}
	d.Draft = must(w.LockDraft(w.t.Context(), lattice, d.ID, d.Version, locks))(w.t)
}

// tooLate is an edit of a version that is no more: it is told what was done, and
// nothing is lost.
func (w *redraw) tooLate(d *planned) {
	if d.Version < 2 {
		return
	}
	_, err := w.EditDraft(w.t.Context(), lattice, d.ID, d.Version-1, service.Edit{Op: service.EditRename, Area: west + "001", Name: "晚了"})
	if e := wantReason(w.t, err, service.DraftChanged); e.Version != d.Version || len(e.Meanwhile) != 1 {
		w.t.Fatalf("%+v", e)
	}
	w.counts["too late"]++
}

// publish publishes a draft. Where the other planner was first it is carried
// over, or dropped where both have changed the same.
func (w *redraw) publish(i int) {
	w.t.Helper()
	ctx, d := w.t.Context(), w.drafts[i]
	day := w.day + 1 + planner.Date(w.rng.IntN(3))
	_, err := w.Publish(ctx, lattice, d.ID, d.Version, day)
	var e *service.DraftError
	switch {
	case err == nil:
		w.counts["published"]++
		w.day = day
		w.remember(day)
		w.begin(i)
	case !errors.As(err, &e):
		w.t.Fatal(err)
	case e.Reason == service.DraftBaseChanged:
		w.counts["in conflict"]++
		must(w.DropDraft(ctx, lattice, d.ID, d.Version))(w.t)
		w.begin(i)
	case e.Reason == service.DraftNotTiling:
		// Each has changed other areas, which no longer fit together.
		w.counts["not tiling together"]++
		if d.held[d.Position] != nil && w.latest(d) {
			w.t.Fatalf("on the latest boundaries: %v", err)
		}
		must(w.DropDraft(ctx, lattice, d.ID, d.Version))(w.t)
		w.begin(i)
	case e.Reason != service.DraftEmpty:
		w.t.Fatal(err)
	}
	// The other one goes on from there, if it can.
	other := w.drafts[1-i]
	if w.latest(other) || w.rng.IntN(2) == 0 {
		return
	}
	now, err := w.RebaseDraft(ctx, lattice, other.ID, other.Version)
	if err != nil {
		wantReason(w.t, err, service.DraftBaseChanged)
		return
	}
	w.counts["rebased"]++
	other.Draft = now
	other.held = make([]map[string]geo.Area, now.Position+1)
}

// latest tells whether a draft is on the boundaries that were published last.
func (w *redraw) latest(d *planned) bool { return d.Base >= w.day }

func (w *redraw) rollBack() {
	w.t.Helper()
	day := w.day + 1
	if _, err := w.RollBack(w.t.Context(), lattice, w.days[w.rng.IntN(len(w.days))], day); err != nil {
		wantReason(w.t, err, service.DraftEmpty)
		return
	}
	w.counts["rolled back"]++
	w.day = day
	w.remember(day)
}

// look compares everything that was ever recorded with what it was, and asks of
// every day where everybody is.
func (w *redraw) look() {
	w.t.Helper()
	for day, was := range w.records {
		if w.recorded(day) != was {
			w.t.Errorf("the boundaries of %s have changed since they were published", day)
		}
	}
	for i, from := range w.days {
		areas := make(map[string]geo.Area)
		for _, a := range must(w.store.Areas(w.t.Context(), lattice, from))(w.t) {
			areas[a.Code] = a.Area
		}
		what := fmt.Sprintf("the publication of %s", from)
		w.sound(what, areas)
		days := []planner.Date{max(from, w.today)}
		if i+1 < len(w.days) {
			days = append(days, max(w.days[i+1]-1, w.today))
		}
		for _, day := range slices.Compact(days) {
			for id, grid := range w.on(day).Grids {
				var x, y int
				if _, err := fmt.Sscanf(id, "r%02d%02d", &x, &y); err != nil {
					w.t.Fatal(err)
				}
				if want := w.home(what, areas, squareAt(x, y).Bound().Center()); grid != want {
					w.t.Fatalf("on %s %s is in %s, want %s", day, id, grid, want)
				}
			}
		}
	}
}

// random is an edit that may make sense.
func (w *redraw) random(areas map[string]geo.Area) service.Edit {
	byLevel := make(map[geo.Level][]string)
	for _, code := range slices.Sorted(maps.Keys(areas)) {
		byLevel[areas[code].Level] = append(byLevel[areas[code].Level], code)
	}
	pick := func(codes []string) string { return codes[w.rng.IntN(len(codes))] }
	grids, micros := byLevel[geo.LevelGrid], byLevel[geo.LevelMicroGrid]
	level, codes := geo.LevelGrid, grids
	if w.rng.IntN(3) > 0 && len(micros) > 0 {
		level, codes = geo.LevelMicroGrid, micros
	}
	code := pick(codes)
	ring := areas[code].Boundary[0][0]
	vertex := 1 + w.rng.IntN(len(ring)-1)
	for range 5 { // rather not on a community's border, which is fixed
		if !outer(ring[vertex]) {
			break
		}
		vertex = 1 + w.rng.IntN(len(ring)-1)
	}
	p := ring[vertex]
	beside := func(code string, of []string) string {
		var near []string
		for _, other := range of {
			if other != code && other[:len(west)] == code[:len(west)] && areas[other].Boundary.Bound().Intersects(areas[code].Boundary.Bound()) {
				near = append(near, other)
			}
		}
		if len(near) == 0 {
			return pick(of)
		}
		return pick(near)
	}
	near := func(p orb.Point, squares float64) orb.Point {
		return orb.Point{p[0] + step*squares*(2*w.rng.Float64()-1), p[1] + step*squares*(2*w.rng.Float64()-1)}
	}
	switch k := w.rng.IntN(20); {
	case k < 4:
		return service.Edit{Op: service.EditVertex, At: p, To: near(p, 0.3)}
	case k < 6:
		next := ring[(vertex+1)%len(ring)]
		if vertex == len(ring)-1 {
			next = ring[1]
		}
		return service.Edit{Op: service.EditBorder, Old: orb.LineString{p, next}, New: orb.LineString{p, near(p, 0.2), next}}
	case k < 9:
		c, err := geo.CellAt(near(p, 0.3), w.resolution(areas[code[:len(west)]]))
		if err != nil {
			w.t.Fatal(err)
		}
		disk, err := h3.GridDisk(c, w.rng.IntN(3))
		if err != nil {
			w.t.Fatal(err)
		}
		in := service.Edit{Op: service.EditPaint, Into: code, Level: level}
		for _, c := range disk {
			in.Cells = append(in.Cells, c.String())
		}
		return in
	case k < 12:
		in := service.Edit{Op: service.EditGive, Into: code, Level: level}
		if w.rng.IntN(3) == 0 && len(codes) < 24 {
			in.Into, in.Name = "+x", "新"
		}
		a, b := near(p, 0.8), near(p, 0.8)
		in.Polygon = orb.Polygon{{a, {b[0], a[1]}, b, {a[0], b[1]}, a}}
		return in
	case k < 13 && len(micros) > 0:
		micro := pick(micros)
		return service.Edit{Op: service.EditAssign, Areas: []string{micro}, Into: beside(micro, grids)}
	case k < 16 && len(codes) < 24:
		box := areas[code].Boundary.Bound()
		x := box.Min[0] + w.rng.Float64()*(box.Max[0]-box.Min[0])
		return service.Edit{Op: service.EditSplit, Area: code, Line: orb.LineString{{x, box.Min[1] - step}, {near(orb.Point{x}, 0.5)[0], box.Max[1] + step}}}
	case k < 18:
		return service.Edit{Op: service.EditMerge, Areas: []string{code, beside(code, codes)}, Into: code}
	case k < 19:
		return service.Edit{Op: service.EditRetire, Area: code}
	default:
		return service.Edit{Op: service.EditRename, Area: code, Name: fmt.Sprintf("名%d", w.rng.IntN(1000))}
	}
}

// outer tells whether a point lies on the border of a community.
func outer(p orb.Point) bool {
	x, y := (p[0]-corner[0])/step, (p[1]-corner[1])/step
	for _, v := range []float64{x, x - side, x - 2*side, y, y - side} {
		if math.Abs(v) < 1e-6 {
			return true
		}
	}
	return false
}

// resolution is the one that a community is painted with.
func (w *redraw) resolution(community geo.Area) int {
	for res := 13; ; res-- {
		mean, err := h3.HexagonAreaAvgM2(res)
		if err != nil {
			w.t.Fatal(err)
		}
		if geo.AreaM2(community.Boundary)/mean <= 2000 {
			return res
		}
	}
}
