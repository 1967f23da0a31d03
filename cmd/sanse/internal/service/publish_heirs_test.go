package service_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
)

// seatedIn lists the areas for which a worker of the lattice is seated by the
// gate, and those that the database's rules show at the desk.
func (b *draftBed) seatedIn(account, visitor string) (seats, desk []string) {
	b.t.Helper()
	ctx, g := b.t.Context(), b.store.Gate()
	token := data.Token("token of " + account)
	if err := g.PutAccount(ctx, lattice, data.Account{ID: account, Login: account, Visitor: visitor}); err != nil {
		b.t.Fatal(err)
	}
	if _, err := g.Give(ctx, lattice, data.Grant{Account: account, Role: data.RoleWorker, GivenBy: "ops"}); err != nil {
		b.t.Fatal(err)
	}
	if err := g.OpenSession(ctx, lattice, token.Hash(), data.Session{
		ID: "s" + account[1:], Account: account, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour),
	}); err != nil {
		b.t.Fatal(err)
	}
	seated := must(g.Seat(ctx, token.Hash()))(b.t)
	for _, v := range seated.Grants {
		seats = append(seats, v.Area)
	}
	tx := must(b.store.Pool().Begin(ctx))(b.t)
	defer func() {
		if err := tx.Rollback(ctx); err != nil {
			b.t.Error(err)
		}
	}()
	if _, err := tx.Exec(ctx, `SELECT set_config('sanse.session', $1, true)`, token.Reveal()); err != nil {
		b.t.Fatal(err)
	}
	if err := tx.QueryRow(ctx, `SELECT array_agg(a) FROM trust.areas('names') a`).Scan(&desk); err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(seats)
	slices.Sort(desk)
	return seats, desk
}

// Whoever answers for an area answers for what was made of it and for what took
// it over, and for no neighbour that got some of its houses: in the plans, where
// they are seated, at the desk, and in what a planner is shown beforehand.
func TestWhoseAreaGivesHousesAwaySeesNothingOfTheNeighbours(t *testing.T) {
	one, two, three, five := west+"001", west+"002", west+"003", west+"005"
	for name, c := range map[string]struct {
		edit   service.Edit
		v1, v2 []string // of 001; of 002 and 003
	}{
		"a few houses go to a neighbour": {
			service.Edit{Op: service.EditGive, Into: two, Level: geo.LevelGrid, Polygon: loop(2, 0, 3, 0, 3, 1, 2, 1)},
			[]string{one},
			[]string{two, three},
		},
		"a new grid is cut out": {
			service.Edit{Op: service.EditGive, Into: "+a", Level: geo.LevelGrid, Polygon: loop(2, 0, 3, 0, 3, 1, 2, 1)},
			[]string{one, five},
			[]string{two, three},
		},
		"a new grid is made of one, with a few houses of another": {
			service.Edit{Op: service.EditGive, Into: "+a", Level: geo.LevelGrid, Polygon: loop(2.6, 0, 6, 0, 6, 1, 2.6, 1)},
			[]string{one},
			[]string{two, three, five},
		},
		"a grid is split": {
			service.Edit{Op: service.EditSplit, Area: one, Line: line(1.5, -1, 1.5, 4)},
			[]string{one, five},
			[]string{two, three},
		},
		"a grid goes into its neighbour": {
			service.Edit{Op: service.EditMerge, Areas: []string{one, two}, Into: two},
			[]string{two},
			[]string{two, three},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newNoticeBed(t)
			made := b.edit(b.begin(), c.edit)
			balance := must(b.DraftBalance(t.Context(), lattice, made.Draft.ID))(t)
			for _, a := range balance.Areas {
				if a.Level != geo.LevelGrid || a.Parent != west {
					continue
				}
				want := 0
				for _, scope := range [][]string{c.v1, c.v2} {
					if slices.Contains(scope, a.Code) {
						want++
					}
				}
				if a.Visitors != want {
					t.Errorf("a planner is told that %s has %d visitors, want %d", a.Code, a.Visitors, want)
				}
			}
			b.publish(made.Draft, b.today+1)
			scopes := b.on(b.today + 1).Scopes
			// The day has come.
			for _, sql := range []string{`UPDATE publication SET effective = effective - 1`, `UPDATE visitor_scope SET given_at = now() - interval '30 days'`} {
				if _, err := b.store.Pool().Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			for n, want := range [][]string{c.v1, c.v2} {
				visitor := fmt.Sprintf("v%d", n+1)
				seats, desk := b.seatedIn(fmt.Sprintf("a%016x", n), visitor)
				planned := scopes[visitor]
				slices.Sort(planned)
				ended := func(code string) bool { return slices.Contains(made.Gone(), code) } // in which nobody is any more
				seats, desk = slices.DeleteFunc(seats, ended), slices.DeleteFunc(desk, ended)
				if !slices.Equal(planned, want) || !slices.Equal(seats, want) || !slices.Equal(desk, want) {
					t.Errorf("%s is planned for %v, seated in %v, shown %v, want %v", visitor, planned, seats, desk, want)
				}
			}
		})
	}
}

// Whatever is redrawn, nobody follows ground to a neighbour who was there before
// while their own area goes on, no area ends without an heir if its ground went
// to anybody, and no new one is without somebody who answers for it.
func TestHeirsOfAnyRedraw(t *testing.T) {
	const squares = 12
	codes := []string{west + "001", west + "002", west + "003", west + "004"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string, of []string) (map[int]string, map[string]geo.Area) {
			at := make(map[int]string)
			areas := make(map[string]geo.Area)
			for s := range squares {
				code := rapid.SampledFrom(of).Draw(t, fmt.Sprint(label, s))
				at[s] = code
				a := areas[code]
				a.Code, a.Level, a.Parent = code, geo.LevelGrid, west
				a.Boundary = append(a.Boundary, ground(2*s, 0, 2*s+1, 1)...) // apart, so that pieces need not be joined
				areas[code] = a
			}
			return at, areas
		}
		was, before := draw("before", codes[:3])
		is, after := draw("after", codes)
		shared := make(map[[2]string]int)
		for s := range squares {
			shared[[2]string{was[s], is[s]}]++
		}
		var lineage []data.AreaLineage
		for pair := range shared {
			lineage = append(lineage, data.AreaLineage{Lineage: data.Lineage{From: pair[0], To: pair[1]}})
		}
		slices.SortFunc(lineage, func(a, b data.AreaLineage) int {
			return slices.Compare([]string{a.From, a.To}, []string{b.From, b.To})
		})
		if err := service.Inherit(lineage, before, after); err != nil {
			t.Fatal(err)
		}
		heirs, givers := make(map[string]bool), make(map[string]bool)
		for _, l := range lineage {
			if !l.Heir {
				continue
			}
			heirs[l.From], givers[l.To] = true, true
			_, goesOn := after[l.From]
			_, wasThere := before[l.To]
			if l.From != l.To && goesOn && wasThere {
				t.Fatalf("%s goes on, and yet %s, who was there before, is its heir", l.From, l.To)
			}
			part := float64(shared[[2]string{l.From, l.To}])
			for _, o := range lineage {
				other := float64(shared[[2]string{o.From, o.To}])
				if o.From == l.From && !goesOn && wasThere && other > 3*part+1 {
					t.Fatalf("%s took %g of %s, %s %g, and yet it is an heir", l.To, part, l.From, o.To, other)
				}
			}
		}
		for _, l := range lineage {
			_, goesOn := after[l.From]
			_, wasThere := before[l.To]
			if !goesOn && !heirs[l.From] {
				t.Fatalf("%s ended and has no heir: %v", l.From, lineage)
			}
			if !wasThere && !givers[l.To] {
				t.Fatalf("%s is new and nobody answers for it: %v", l.To, lineage)
			}
		}
	})
}
