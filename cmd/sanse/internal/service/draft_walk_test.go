package service_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
	"sanse/planner"
)

// drawing is which grid each square of the lattice is in, and so what a draft
// must hold: whatever edits are made, it tiles.
type drawing map[[2]int]string

func (d drawing) clone() drawing { return maps.Clone(d) }

// grids are the squares of each grid of a community, in order.
func (d drawing) grids(community string) (codes []string, squares map[string][][2]int) {
	squares = make(map[string][][2]int)
	for s, code := range d {
		if code[:12] == community {
			squares[code] = append(squares[code], s)
		}
	}
	for _, list := range squares {
		slices.SortFunc(list, func(a, b [2]int) int { return (a[0]-b[0])*100 + a[1] - b[1] })
	}
	return slices.Sorted(maps.Keys(squares)), squares
}

// outline is the ground of some squares.
func outline(t *testing.T, squares [][2]int) orb.MultiPolygon {
	t.Helper()
	var parts []orb.MultiPolygon
	for _, s := range squares {
		parts = append(parts, squareAt(s[0], s[1]))
	}
	mp, err := geo.Union(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return mp
}

// walk edits one draft after another at random, undoes, redoes and publishes,
// and knows after every step what must be so.
type walk struct {
	*draftBed
	rng     *rand.Rand
	draft   data.Draft
	held    []drawing      // of the draft after each of its changes, the base first
	last    drawing        // published last
	day     planner.Date   // of that
	drawn   []drawing      // published, the first first
	days    []planner.Date // on which they hold
	records map[planner.Date]string
	given   map[string]bool // all codes that grids ever had
}

func TestHoweverBoundariesAreRedrawnTheyTileAndThePastStays(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			b := newDraftBed(t)
			w := &walk{draftBed: b, rng: rand.New(rand.NewPCG(seed, 5)), last: drawing{}, given: map[string]bool{}, records: map[planner.Date]string{}}
			for id, grid := range b.on(b.today).Grids {
				var x, y int
				if _, err := fmt.Sscanf(id, "r%02d%02d", &x, &y); err != nil {
					t.Fatal(err)
				}
				w.last[[2]int{x, y}] = grid
				w.given[grid] = true
			}
			w.day = b.today
			w.remember(w.last, b.today-400)
			w.begin()
			for range 120 {
				w.step(t)
			}
			w.publish(t)
			if len(w.drawn) < 5 {
				t.Errorf("only %d publications", len(w.drawn))
			}
			w.look(t)
		})
	}
}

func (w *walk) begin() {
	w.draft, w.held = w.draftBed.begin(), []drawing{w.last}
}

func (w *walk) remember(d drawing, from planner.Date) {
	w.drawn, w.days = append(w.drawn, d), append(w.days, from)
	for i, day := range w.days {
		if _, ok := w.records[day]; !ok {
			w.records[day] = w.recorded(day)
		}
		if i > 0 {
			w.records[day-1] = w.recorded(day - 1)
		}
	}
}

func (w *walk) step(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	switch k := w.rng.IntN(20); {
	case k < 3 && w.draft.Position > 0:
		w.draft = must(w.UndoDraft(ctx, lattice, w.draft.ID, w.draft.Version))(t)
	case k < 5 && w.draft.Position < w.draft.Changes:
		w.draft = must(w.RedoDraft(ctx, lattice, w.draft.ID, w.draft.Version))(t)
	case k < 7:
		w.publish(t)
	case k == 7 && len(w.drawn) > 2:
		w.rollBack(t)
	default:
		w.edit(t)
	}
	// The draft is what the walk believes, to the square.
	_, squares := w.held[w.draft.Position].grids(west)
	areas := w.areas(w.draft)
	for code, list := range squares {
		a, ok := areas[code]
		if !ok {
			t.Fatalf("the draft has no %s", code)
		}
		if got, want := geo.AreaM2(a.Boundary), geo.AreaM2(outline(t, list)); math.Abs(got-want) > 0.01 {
			t.Fatalf("%s has %.1f m², want %.1f", code, got, want)
		}
	}
}

// edit makes a random change and applies it to the walk's own drawing.
func (w *walk) edit(t *testing.T) {
	t.Helper()
	community := []string{west, east}[w.rng.IntN(2)]
	next := w.held[w.draft.Position].clone()
	codes, squares := next.grids(community)
	from := codes[w.rng.IntN(len(codes))]
	to := codes[w.rng.IntN(len(codes))]
	c := service.Change{}
	reshape := func(code string) {
		_, now := next.grids(community)
		c.Areas = append(c.Areas, service.ChangedArea{Code: code, Boundary: outline(t, now[code])})
	}
	fresh := ""
	switch k := w.rng.IntN(4); {
	case k == 0 && len(squares[from]) > 1: // split
		c.Kind, fresh = data.DraftSplit, "+x"
		for _, s := range squares[from][:len(squares[from])/2] {
			next[s] = fresh
		}
	case k == 1 && from != to: // merge
		c.Kind = data.DraftMerge
		for _, s := range squares[from] {
			next[s] = to
		}
		reshape(to)
		c.Areas = append(c.Areas, service.ChangedArea{Code: from, Retired: true})
	case k == 2:
		c.Kind = data.DraftRename
		c.Areas = append(c.Areas, service.ChangedArea{Code: from, Name: fmt.Sprintf("名%d", w.rng.IntN(1000))})
	case from != to && len(squares[from]) > 1: // a square changes hands
		c.Kind = data.DraftReshape
		next[squares[from][w.rng.IntN(len(squares[from]))]] = to
		reshape(from)
		reshape(to)
	default:
		return
	}
	if fresh != "" {
		var rest, taken [][2]int
		for _, s := range squares[from] {
			if next[s] == fresh {
				taken = append(taken, s)
			} else {
				rest = append(rest, s)
			}
		}
		c.Areas = append(c.Areas, service.ChangedArea{Code: from, Boundary: outline(t, rest)},
			service.ChangedArea{Code: fresh, Parent: community, Name: "新", Boundary: outline(t, taken)})
	}
	for i := range c.Areas { // the squares may lie apart, and that is declared
		if n := len(c.Areas[i].Boundary); n > 0 {
			c.Areas[i].Parts = &n
		}
	}
	d, made := w.change(w.draft, c)
	if fresh != "" {
		code := ""
		for _, a := range made.Codes() {
			if a != from {
				code = a
			}
		}
		if w.given[code] {
			t.Fatalf("%s is given a second time", code)
		}
		for s, is := range next {
			if is == fresh {
				next[s] = code
			}
		}
	}
	w.draft = d
	w.held = append(w.held[:d.Position], next)
}

func (w *walk) publish(t *testing.T) {
	t.Helper()
	if check := must(w.CheckDraft(t.Context(), lattice, w.draft.ID))(t); len(check.Problems)+len(check.Findings)+len(check.Conflicts) != 0 {
		t.Fatalf("%+v", check)
	}
	day := w.day + 1 + planner.Date(w.rng.IntN(3))
	_, err := w.Publish(t.Context(), lattice, w.draft.ID, w.draft.Version, day)
	if err != nil {
		wantReason(t, err, service.DraftEmpty)
		return
	}
	w.published(t, w.held[w.draft.Position], day)
}

func (w *walk) rollBack(t *testing.T) {
	t.Helper()
	to, day := w.rng.IntN(len(w.drawn)), w.day+1
	if _, err := w.RollBack(t.Context(), lattice, w.days[to], day); err != nil {
		wantReason(t, err, service.DraftEmpty)
		return
	}
	w.published(t, w.drawn[to], day)
}

func (w *walk) published(t *testing.T, d drawing, day planner.Date) {
	t.Helper()
	w.last, w.day = d, day
	for _, code := range d {
		w.given[code] = true
	}
	w.remember(d, day)
	w.begin()
}

// look compares everything that was ever recorded with what it was, and asks of
// every day where everybody is.
func (w *walk) look(t *testing.T) {
	t.Helper()
	for day, was := range w.records {
		if now := w.recorded(day); now != was {
			t.Errorf("the boundaries of %s have changed since they were published", day)
		}
	}
	for i, from := range w.days {
		areas := must(w.store.Areas(t.Context(), lattice, from))(t)
		var plain []geo.Area
		for k := range areas {
			plain = append(plain, areas[k].Area)
		}
		tree, err := geo.NewTree(plain)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := topology.CheckTree(tree.Areas()); err != nil || len(found) > 0 {
			t.Errorf("on %s the areas do not tile: %v, %v", from, found, err)
		}
		days := []planner.Date{max(from, w.today)}
		if i+1 < len(w.days) {
			days = append(days, max(w.days[i+1]-1, w.today))
		}
		for _, day := range days {
			for id, grid := range w.draftBed.on(day).Grids {
				var x, y int
				if _, err := fmt.Sscanf(id, "r%02d%02d", &x, &y); err != nil {
					t.Fatal(err)
				}
				if want := w.drawn[i][[2]int{x, y}]; grid != want {
					t.Fatalf("on %s %s is in %s, want %s", day, id, grid, want)
				}
			}
		}
	}
	spells := must(w.History(service.WithViewer(t.Context(), service.Everyone(lattice)), lattice, service.Where{Resident: "r0203"}))(t)
	for i, from := range w.days {
		day := from
		at := slices.IndexFunc(spells, func(s service.Spell) bool { return s.From <= day && (s.To == 0 || day <= s.To) })
		if at < 0 || spells[at].Path[len(spells[at].Path)-1].Code != w.drawn[i][[2]int{2, 3}] {
			text, _ := json.Marshal(spells)
			t.Errorf("history says of %s: %s", day, bytes.TrimSpace(text))
		}
	}
}
