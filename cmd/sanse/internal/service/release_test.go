package service_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// newReleaseBed is the lattice with a rule for its residents.
func newReleaseBed(t *testing.T) *draftBed {
	t.Helper()
	b := newDraftBed(t)
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutPolicies(lattice, []data.Policy{{ID: "weekly", Grade: "yellow", PerWeek: 1}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAReleaseHoldsForAQuarterAndThenTellsOfLargeChangesOnly(t *testing.T) {
	b := newReleaseBed(t)
	b.now = time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC)
	outside := service.WithViewer(t.Context(), service.Viewer{})
	inside := service.WithViewer(t.Context(), service.Everyone(lattice))
	first := must(b.Release(outside, lattice))(t)
	if n, ok := first.Residents(lattice); !ok || n != 72 || first.Day.String() != "2027-02-03" || first.Next.String() != "2027-04-01" {
		t.Fatalf("the district has %d (%v), from %s to %s", n, ok, first.Day, first.Next)
	}
	if n, ok := first.Residents(west); !ok || n != 36 {
		t.Errorf("the western community has %d (%v)", n, ok)
	}
	if _, ok := first.Residents(west + "001"); ok {
		t.Error("a grid is told")
	}
	come := func(n int) {
		t.Helper()
		var list []data.Resident
		for i := range n {
			x, y := i*5%(2*side), i%side
			list = append(list, data.Resident{
				ID: string(rune('a'+i)) + "x", Grade: "yellow", Location: squareAt(x, y).Bound().Center(),
				Grid: fmt.Sprintf("%s%03d", []string{west, east}[x/side], 1+x%side/3+y/3*2),
			})
		}
		if err := b.store.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(lattice, list) }); err != nil {
			t.Fatal(err)
		}
	}
	seen := func(ctx context.Context, area string) int {
		t.Helper()
		v := must(b.Board(ctx, lattice, area, "horizon", 0))(t)
		sum := 0
		for _, n := range v.Totals.Residents {
			sum += n
		}
		return sum
	}
	come(3)
	if in, out := seen(inside, lattice), seen(outside, lattice); in != 75 || out != 72 {
		t.Errorf("three have come: those who answer for them see %d, outsiders %d", in, out)
	}
	b.now = time.Date(2027, 4, 1, 12, 0, 0, 0, time.UTC)
	second := must(b.TakeRelease(inside, data.District{Code: lattice}))(t)
	if n, ok := second.Residents(lattice); !ok || n != 72 || second.Day.String() != "2027-04-01" {
		t.Errorf("after a quarter outsiders are told of the three: %d (%v), release of %s", n, ok, second.Day)
	}
	come(20)
	b.now = time.Date(2027, 7, 20, 12, 0, 0, 0, time.UTC)
	third := must(b.TakeRelease(inside, data.District{Code: lattice}))(t)
	if n, ok := third.Residents(lattice); !ok || n != 92 {
		t.Errorf("after twenty have come the district has %d (%v)", n, ok)
	}
	for _, later := range []*service.Release{second, third} {
		for _, f := range later.Figures("") {
			for part, n := range f.Parts {
				if n < 5 {
					t.Errorf("%s of %s %s: %d %s are told", f.Detail, f.Area, f.Cell, n, part)
				}
			}
		}
	}
	// Another process reads the same.
	other := service.New(b.store, service.Config{Now: func() time.Time { return b.now }})
	again := must(other.Release(outside, lattice))(t)
	if n, ok := again.Residents(lattice); !ok || n != 92 || again.Day != third.Day {
		t.Errorf("another process tells %d (%v) of %s", n, ok, again.Day)
	}
}

func TestNobodyWaitsForTheReleaseOfANewQuarter(t *testing.T) {
	b := newReleaseBed(t)
	t.Cleanup(b.Close)
	b.now = time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC)
	outside := service.WithViewer(t.Context(), service.Viewer{})
	if wait, err := b.LookAtRelease(t.Context(), lattice); err != nil || wait <= 0 {
		t.Fatal(wait, err)
	}
	if n := len(must(b.store.Releases(t.Context(), lattice))(t)); n != 0 {
		t.Fatalf("%d releases are taken before anybody asks: the records may still be coming in", n)
	}
	first := must(b.Release(outside, lattice))(t)
	b.now = time.Date(2027, 3, 31, 15, 59, 30, 0, time.UTC) // half a minute before midnight there
	if wait := must(b.LookAtRelease(t.Context(), lattice))(t); wait != 31*time.Second {
		t.Errorf("it waits %s for the quarter to turn", wait)
	}
	b.now = b.now.Add(31 * time.Second)

	// Whoever stores has the district to itself: while somebody else has it, a
	// release cannot be stored, and outsiders are answered from the one before.
	held, err := b.store.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), `LOCK TABLE release IN SHARE MODE`); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if r := must(b.Release(outside, lattice))(t); r.Day != first.Day {
			t.Fatalf("before the next is stored outsiders are told of %s", r.Day)
		}
		if v := must(b.Board(outside, lattice, "", "month", 0))(t); v.Release.Day != first.Day {
			t.Fatalf("before the next is stored the board is of %s", v.Release.Day)
		}
	}
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.LookAtRelease(t.Context(), lattice); err != nil {
		t.Fatal(err)
	}
	for name, day := range map[string]planner.Date{
		"the release": must(b.Release(outside, lattice))(t).Day, "the board": must(b.Board(outside, lattice, "", "month", 0))(t).Release.Day,
	} {
		if day.String() != "2027-04-01" {
			t.Errorf("once the next is stored %s is of %s", name, day)
		}
	}
	if n := len(must(b.store.Releases(t.Context(), lattice))(t)); n != 2 {
		t.Errorf("%d releases are stored, want 2", n)
	}

	// A program that ends takes no more of them, and still answers.
	b.now = time.Date(2027, 7, 1, 12, 0, 0, 0, time.UTC)
	b.Close()
	if r := must(b.Release(outside, lattice))(t); r.Day.String() != "2027-04-01" {
		t.Errorf("at the end outsiders are told of %s", r.Day)
	}
	if _, err := b.TakeRelease(service.WithViewer(t.Context(), service.Everyone(lattice)), data.District{Code: lattice}); err == nil {
		t.Error("a release is taken after the end")
	}
}

func TestOutsidersSeeTheReleaseAndWhoAnswersSeesTheTruth(t *testing.T) {
	b := newReleaseBed(t)
	outside := service.WithViewer(t.Context(), service.Viewer{})
	inside := service.WithViewer(t.Context(), service.Everyone(lattice))
	neighbour := service.WithViewer(t.Context(), service.Everyone(west))
	for name, ctx := range map[string]context.Context{"the public": outside, "a neighbour": neighbour, "nobody named": t.Context()} {
		v := must(b.Board(ctx, lattice, east, "month", 0))(t)
		if v.Release == nil || v.Totals.Required != 0 || len(v.Weeks)+len(v.Grades)+len(v.Tasks) != 0 {
			t.Errorf("%s sees the true board of the east: %+v", name, v.Totals)
		}
		h := must(b.Heatmap(ctx, lattice, "residents", east, 8))(t)
		if h.Release == nil {
			t.Errorf("%s sees the true map of the east", name)
		}
		if _, err := b.Heatmap(ctx, lattice, "load", east, 8); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s sees the load of the east: %v", name, err)
		}
		if _, err := b.Heatmap(ctx, lattice, "residents", east+"001", 8); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s sees a map of one grid: %v", name, err)
		}
		if _, err := b.Day(ctx, lattice, "v3", 0); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s sees the day of a visitor of the east: %v", name, err)
		}
		if _, err := b.TakeRelease(ctx, data.District{Code: lattice}); service.CodeOf(err) != service.CodeForbidden {
			t.Errorf("%s takes a release: %v", name, err)
		}
		for _, f := range must(b.Areas(ctx, lattice, geo.LevelGrid, ""))(t).Features {
			code := f.Properties["code"].(string)
			if mine := ctx == neighbour && code[:len(west)] == west; mine != (f.Properties["residents"] != nil) {
				t.Errorf("%s sees %v residents in grid %s", name, f.Properties["residents"], code)
			}
		}
	}
	if v := must(b.Board(neighbour, lattice, lattice+"001", "horizon", 0))(t); v.Hidden[west] || !v.Hidden[east] {
		t.Errorf("a neighbour sees the rows %v of the town as released", v.Hidden)
	}
	if h := must(b.Heatmap(inside, lattice, "residents", "", 8))(t); h.Release != nil || h.Total == nil || *h.Total != 72 {
		t.Errorf("who answers for the district sees %v", h.Total)
	}
	if _, err := b.Day(neighbour, lattice, "v1", planner.Date(0)); err != nil {
		t.Errorf("a visitor of one's own: %v", err)
	}
}

func TestNobodyHearsOfAKindBeforeTheReleaseButWhoAnswersForThem(t *testing.T) {
	b := newReleaseBed(t)
	kind := func(id, grid string, at int, kind string) {
		t.Helper()
		r := data.Resident{ID: id, Grade: "yellow", Kinds: []string{kind}, Location: squareAt(at, 0).Bound().Center(), Grid: grid}
		if err := b.store.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(lattice, []data.Resident{r}) }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 12 { // a kind that is told
		kind(fmt.Sprintf("k%d", i), []string{west, east}[i%2]+"001", i%2*side, "lone_elder")
	}
	as := func(areas ...string) context.Context {
		return service.WithViewer(t.Context(), service.Viewer{Areas: areas})
	}
	refused, unknown, heard := service.CodeForbidden, service.CodeInvalid, service.CodeOf(nil)
	ask := func(when string, grown bool) {
		t.Helper()
		now := unknown
		if grown {
			now = heard
		}
		for _, c := range []struct {
			who  string
			ctx  context.Context
			area string
			kind string
			want service.Code
		}{
			{"the public", as(), "", "child_in_difficulty", refused},
			{"the public", as(), "", "nonsense", refused},
			{"the public", as(), "", "lone_elder", heard},
			{"a neighbour", as(west), east, "child_in_difficulty", refused},
			{"a neighbour of their own", as(west), west, "child_in_difficulty", unknown},
			{"a neighbour of their own", as(west), west, "lone_elder", heard},
			{"who answers for them", as(east), east, "child_in_difficulty", now},
			{"who answers for them, of others", as(east), west, "child_in_difficulty", refused},
			{"who answers for all", as(lattice), west, "child_in_difficulty", now},
			{"who answers for all", as(lattice), "", "nonsense", unknown},
		} {
			if _, err := b.Heatmap(c.ctx, lattice, c.kind, c.area, 8); service.CodeOf(err) != c.want {
				t.Errorf("%s: %s asks %q for %s: %v", when, c.who, c.area, c.kind, err)
			}
		}
	}
	ask("before", false)
	kind("child", east+"001", side, "child_in_difficulty")
	ask("when there is one", true)
}
