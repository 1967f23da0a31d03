package routing_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/routing"
)

// asked are places all over a graph's edges, every so many.
func asked(t testing.TB, g *routing.Graph, every int32) []routing.Snap {
	t.Helper()
	var out []routing.Snap
	for e := int32(0); int(e) < g.Edges(); e += every {
		s, err := g.At(e, float64(e%10)/10)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// oneWayGrid is streetGrid with one-ways, rules and busy streets.
func oneWayGrid(t testing.TB) *routing.Graph {
	t.Helper()
	b := streetGrid(t, 16, 4).Builder()
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	again := routing.NewBuilder()
	for n := range int32(g.Nodes()) {
		again.AddNode(g.Node(n))
	}
	g.EachEdge(func(e routing.Edge) bool {
		a := e.EdgeAttr
		a.Drive = []routing.Ways{routing.Both, routing.Forward, routing.Both}[e.ID%3]
		a.Class = []string{"residential", "primary"}[e.ID%2]
		if _, err := again.AddEdge(e.Tail, e.Head, e.Line, a); err != nil {
			t.Fatal(err)
		}
		return true
	})
	for from := range int32(g.Edges()) {
		to := (from*7 + 3) % int32(g.Edges())
		// Most pairs do not meet, which AddTurn says.
		_ = again.AddTurn(routing.TurnRule{From: from, Via: g.Edge(from).Head, To: to, Drive: true})
	}
	if g, err = again.Build(); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAQueryAllocatesNothingOnceItHasGrown(t *testing.T) {
	car := routing.Car()
	car.BusyClasses, car.LeftTurnSeconds = []string{"primary"}, 5
	g := oneWayGrid(t)
	if g.Turns() == 0 {
		t.Fatal("no turn rules to try")
	}
	for _, p := range []routing.Profile{routing.Foot(), car} {
		for _, e := range bothEngines(t, g, p) {
			places := asked(t, g, 17)
			q := e.NewQuery()
			var path routing.Path
			if err := q.SetTargets(places, routing.TableOptions{Metres: true}); err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			all := func() {
				for i, from := range places {
					to := places[len(places)-1-i]
					if _, err := q.Cost(from, to); err != nil {
						t.Fatal(err)
					}
					if err := q.Route(from, to, &path); err != nil && !errors.Is(err, routing.ErrNoWay) {
						t.Fatal(err)
					}
					if _, err := q.Row(ctx, from); err != nil {
						t.Fatal(err)
					}
				}
			}
			all()
			// An error that says where there is no way is made anew each time.
			ways := func() {
				for i, from := range places {
					to := places[len(places)-1-i]
					if c, err := q.Cost(from, to); err != nil || c == routing.Unreached {
						continue
					}
					if err := q.Route(from, to, &path); err != nil {
						t.Fatal(err)
					}
					if _, err := q.Row(ctx, from); err != nil {
						t.Fatal(err)
					}
				}
			}
			if n := testing.AllocsPerRun(3, ways); n != 0 {
				t.Errorf("%s, prepared %v: %v allocations", p.Name, e.Prepared(), n)
			}
		}
	}
}

func TestRowsComeInOrderWhateverTheThreads(t *testing.T) {
	g := streetGrid(t, 20, 7)
	places := asked(t, g, 3)
	for _, e := range bothEngines(t, g, routing.Elderly()) {
		var want [][]uint32
		for threads := range 5 {
			var got [][]uint32
			err := e.TableRows(context.Background(), places, places, routing.TableOptions{Threads: threads}, func(i int, r routing.TableRow) error {
				if i != len(got) {
					t.Fatalf("row %d after %d", i, len(got))
				}
				got = append(got, slices.Clone(r.Millis))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%d threads: %s", threads, d)
			}
		}
	}
}

func TestATableEndsWithItsContextOrItsReader(t *testing.T) {
	g := streetGrid(t, 20, 7)
	places := asked(t, g, 3)
	enough := errors.New("enough")
	for _, e := range bothEngines(t, g, routing.Elderly()) {
		for threads := 1; threads < 4; threads++ {
			rows := 0
			err := e.TableRows(context.Background(), places, places, routing.TableOptions{Threads: threads}, func(i int, _ routing.TableRow) error {
				if rows++; i == 9 {
					return enough
				}
				return nil
			})
			if !errors.Is(err, enough) || rows != 10 {
				t.Errorf("%d threads: %d rows, %v", threads, rows, err)
			}
			// Wherever the context ends, also when all rows are worked out: no
			// further row, and no table that looks whole.
			for _, last := range []int{0, 3, len(places) - 2} {
				ctx, cancel := context.WithCancel(context.Background())
				rows = 0
				err = e.TableRows(ctx, places, places, routing.TableOptions{Threads: threads}, func(i int, _ routing.TableRow) error {
					if rows++; i == last {
						cancel()
					}
					return nil
				})
				if !errors.Is(err, context.Canceled) || rows != last+1 {
					t.Errorf("%d threads: cancelled in row %d gives %d rows, %v", threads, last, rows, err)
				}
			}
		}
	}
}

func TestAnEngineOfNoProfileOrNoGraphIsRefused(t *testing.T) {
	g := streetGrid(t, 3, 1)
	if _, err := routing.NewEngine(g, routing.Profile{Name: "x"}); err == nil {
		t.Error("a profile without speed")
	}
	for _, none := range []*routing.Graph{nil, new(routing.Graph)} {
		if _, err := routing.NewEngine(none, routing.Foot()); !errors.Is(err, routing.ErrEmpty) {
			t.Errorf("no graph: %v", err)
		}
	}
	one, other := engineOf(t, g, routing.Foot()), engineOf(t, streetGrid(t, 3, 1), routing.Foot())
	for _, engines := range [][]*routing.Engine{{other}, {one, one}} {
		if _, err := routing.NewNetwork(g, engines...); err == nil {
			t.Error("a network of engines that do not fit")
		}
	}
}

func TestTheMetresOfATableAreThoseOfItsRoutes(t *testing.T) {
	g := streetGrid(t, 12, 11)
	places := asked(t, g, 13)
	for i := range places {
		places[i].Metres = float64(i)
	}
	for _, e := range bothEngines(t, g, routing.Foot()) {
		err := e.TableRows(context.Background(), places, places, routing.TableOptions{Metres: true}, func(i int, r routing.TableRow) error {
			for j := range places {
				path, err := e.Route(context.Background(), places[i], places[j])
				if errors.Is(err, routing.ErrNoWay) {
					if r.Millimetres[j] != routing.Unreached {
						t.Fatalf("%d mm where there is no way", r.Millimetres[j])
					}
					continue
				}
				if err != nil {
					return err
				}
				if d := float64(r.Millimetres[j])/1000 - path.Metres; d > 0.01 || d < -0.01 {
					t.Fatalf("from %d to %d: %d mm, the route has %.3f m", i, j, r.Millimetres[j], path.Metres)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
