package routing_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"pgregory.net/rapid"

	"sanse/routing"
)

// half is an edge in one direction.
type half struct {
	edge    int32
	against bool
}

// ruled is a town with turn rules, told in builder's edges, which are the
// graph's where no chain is folded.
type ruled struct {
	graph *routing.Graph
	rules []routing.TurnRule
}

// drawRuled draws a town in which every node lies somewhere else, so that no
// angle is on the border of a turn, and no chain can be folded.
func drawRuled(t *rapid.T) ruled {
	nodes := rapid.IntRange(2, 7).Draw(t, "nodes")
	b := routing.NewBuilder()
	var points []orb.Point
	for i := range nodes {
		points = append(points, at(float64(i%3)+0.13*float64(i), float64(i/3)+0.07*float64(i*i)))
		b.AddNode(points[i])
	}
	type ends struct{ from, to int32 }
	var edges []ends
	count := rapid.IntRange(1, 12).Draw(t, "edges")
	for i := range count {
		e := ends{rapid.Int32Range(0, int32(nodes)-1).Draw(t, "from"), rapid.Int32Range(0, int32(nodes)-1).Draw(t, "to")}
		way := rapid.SampledFrom([]routing.Ways{routing.Both, routing.Both, routing.Both, routing.Forward, routing.Backward}).Draw(t, "way")
		attr := routing.EdgeAttr{
			Class: rapid.SampledFrom([]string{"residential", "primary", "footway"}).Draw(t, "class"),
			Name:  string(rune('a' + i)), // nothing folds
			Walk:  routing.Both, Drive: way,
			Ride:    rapid.SampledFrom([]routing.Ways{routing.Both, way, routing.Neither}).Draw(t, "ride"),
			Steps:   rapid.IntRange(0, 9).Draw(t, "steps") == 0,
			Incline: rapid.Int8Range(-12, 12).Draw(t, "incline"),
			Signals: rapid.Uint8Range(0, 2).Draw(t, "signals"), Gates: rapid.Uint8Range(0, 1).Draw(t, "gates"),
			Surface: rapid.SampledFrom([]routing.Surface{routing.SurfaceUnknown, routing.SurfaceRough, routing.SurfaceSoft}).Draw(t, "surface"),
		}
		var line orb.LineString
		if p := points[e.from]; e.from == e.to { // a loop goes round something
			line = orb.LineString{p, {p[0] + step/3, p[1] + step/5*float64(i+1)}, {p[0] - step/7*float64(i+1), p[1] + step/2}, p}
		}
		if _, err := b.AddEdge(e.from, e.to, line, attr); err != nil {
			t.Fatal(err)
		}
		edges = append(edges, e)
	}
	w := ruled{}
	for range rapid.IntRange(0, 6).Draw(t, "rules") {
		from := rapid.Int32Range(0, int32(count)-1).Draw(t, "rule from")
		rule := routing.TurnRule{
			From: from, Via: edges[from].to, Only: rapid.Bool().Draw(t, "only"),
			Ride: rapid.Bool().Draw(t, "for bikes"), Drive: true,
		}
		if rapid.Bool().Draw(t, "the other end") {
			rule.Via = edges[from].from
		}
		last := rule.Via
		for range rapid.IntRange(0, 2).Draw(t, "via edges") {
			e := rapid.Int32Range(0, int32(count)-1).Draw(t, "via")
			switch last {
			case edges[e].from:
				last = edges[e].to
			case edges[e].to:
				last = edges[e].from
			default:
				continue
			}
			rule.ViaEdges = append(rule.ViaEdges, e)
		}
		rule.To = rapid.Int32Range(0, int32(count)-1).Draw(t, "rule to")
		err := b.AddTurn(rule)
		if fits := edges[rule.To].from == last || edges[rule.To].to == last; fits != (err == nil) {
			t.Fatalf("rule %+v over %v: %v", rule, edges, err)
		}
		if err == nil {
			w.rules = append(w.rules, rule)
		}
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if g.Edges() != count {
		t.Fatalf("%d edges, want %d", g.Edges(), count)
	}
	w.graph = g
	for i := range w.rules { // the graph has its own numbers of nodes
		r := &w.rules[i]
		if edges[r.From].from == r.Via {
			r.Via = g.Edge(r.From).Tail
		} else {
			r.Via = g.Edge(r.From).Head
		}
	}
	return w
}

func TestTurnsAreHeldToAsByAWalkerWhoRemembers(t *testing.T) {
	car := routing.Car()
	car.DriveKmPerHour["footway"] = 5
	bike := routing.EBike()
	bike.TurnRules, bike.BusyClasses = true, []string{"primary"}
	bike.LeftTurnSeconds, bike.RightTurnSeconds, bike.UTurnSeconds = 12, 3, 20
	hilly := routing.Foot()
	hilly.UphillPerPercent, hilly.DownhillPerPercent = 0.05, 0.01
	profiles := []routing.Profile{car, bike, hilly}
	rapid.Check(t, func(t *rapid.T) {
		w := drawRuled(t)
		p := profiles[rapid.IntRange(0, len(profiles)-1).Draw(t, "profile")]
		var places []routing.Snap
		for range rapid.IntRange(1, 4).Draw(t, "places") {
			s, err := w.graph.At(rapid.Int32Range(0, int32(w.graph.Edges())-1).Draw(t, "edge"), rapid.SampledFrom([]float64{0, 1, 0.5, 0.25, 0.9}).Draw(t, "fraction"))
			if err != nil {
				t.Fatal(err)
			}
			s.Asked = orb.Point{float64(len(places)), 1}
			places = append(places, s)
		}
		engines := bothEngines(t, w.graph, p)
		slow := walker{g: w.graph, e: engines[0], p: p, rules: w.rules}
		w.graph.EachEdge(func(e routing.Edge) bool { slow.edges = append(slow.edges, e); return true })
		want := make([][]uint32, len(places))
		for i := range places {
			for j := range places {
				c := uint32(0)
				if i != j {
					c = slow.cost(places[i], places[j])
				} else if slow.cost(places[i], places[j]) == routing.Unreached {
					c = routing.Unreached
				}
				want[i] = append(want[i], c)
			}
		}
		for _, e := range engines {
			checkRows(t, e, places, want)
			checkPaths(t, slow, e, places, want)
		}
	})
}

// Whoever may not turn left at a junction would otherwise go on to the next one,
// turn round there and come back, from which side the turn is a right one.
func TestACarPaysForTurningRoundAtABusyJunction(t *testing.T) {
	//             3
	//             |
	//  0 -------- 1 - 2 -------- 4
	//                 |
	//                 5
	points := [][2]float64{{0, 0}, {3, 0}, {3.5, 0}, {3, 3}, {6, 0}, {3.5, -3}}
	edges := [][2]int32{{0, 1}, {1, 2}, {1, 3}, {2, 4}, {2, 5}}
	for _, c := range []struct {
		name, class string
		deadEnd     bool
		more        uint32 // milliseconds of turning round
	}{
		{"at the next junction of a busy street", "tertiary", false, 20_000},
		{"at the next junction of streets where little goes on", "residential", false, 0},
		{"at a dead end of a busy street", "tertiary", true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := routing.NewBuilder()
			for _, p := range points {
				b.AddNode(at(p[0], p[1]))
			}
			for i, e := range edges {
				if c.deadEnd && i > 2 {
					break
				}
				attr := routing.EdgeAttr{Class: c.class, Drive: routing.Both}
				if _, err := b.AddEdge(e[0], e[1], nil, attr); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.AddTurn(routing.TurnRule{From: 0, Via: 1, To: 2, Drive: true}); err != nil {
				t.Fatal(err)
			}
			g, err := b.Build()
			if err != nil {
				t.Fatal(err)
			}
			locate := func(edge int32, fraction float64) routing.Snap {
				s, err := g.At(edge, fraction)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			for _, e := range bothEngines(t, g, routing.Car()) {
				aside, _ := e.EdgeMillis(1)
				whole, _ := e.EdgeMillis(2)
				// From half of the first street to half of the one that is left of it.
				in, _ := e.EdgeMillis(0)
				got, err := e.NewQuery().Cost(locate(0, 0.5), locate(2, 0.5))
				if err != nil {
					t.Fatal(err)
				}
				want := in/2 + 2*aside + c.more + whole/2
				if got+3 < want || got > want+3 {
					t.Errorf("prepared %v: %d ms, want %d", e.Prepared(), got, want)
				}
			}
		})
	}
}

// checkRows holds tables in all their forms to the truth.
func checkRows(t *rapid.T, e *routing.Engine, places []routing.Snap, want [][]uint32) {
	q := e.NewQuery()
	for _, o := range []routing.TableOptions{{}, {Metres: true}, {OnStreet: true, Threads: 3}, {Metres: true, Threads: 2}} {
		got := make([][]uint32, 0, len(places))
		err := e.TableRows(context.Background(), places, places, o, func(i int, r routing.TableRow) error {
			if i != len(got) || (r.Millimetres != nil) != o.Metres {
				t.Fatalf("row %d after %d rows: %v", i, len(got), r)
			}
			got = append(got, slices.Clone(r.Millis))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("prepared %v, %+v: %s\n%+v", e.Prepared(), o, diff, places)
		}
	}
	if err := q.SetTargets(places, routing.TableOptions{}); err != nil {
		t.Fatal(err)
	}
	for i := range places {
		row, err := q.Row(context.Background(), places[i])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[i], row.Millis); diff != "" {
			t.Fatalf("prepared %v, row %d: %s", e.Prepared(), i, diff)
		}
		for j := range places {
			if c, err := q.Cost(places[i], places[j]); err != nil || c != want[i][j] {
				t.Fatalf("prepared %v: cost %d from %d to %d, want %d (%v)", e.Prepared(), c, i, j, want[i][j], err)
			}
		}
	}
}

// checkPaths holds every route to its own account: pieces that follow each
// other, turns that are allowed, times that add up.
func checkPaths(t *rapid.T, w walker, e *routing.Engine, places []routing.Snap, want [][]uint32) {
	q := e.NewQuery()
	var path routing.Path
	for i := range places {
		for j := range places {
			err := q.Route(places[i], places[j], &path)
			if want[i][j] == routing.Unreached {
				if !errors.Is(err, routing.ErrNoWay) {
					t.Fatalf("route where there is no way: %v", err)
				}
				continue
			}
			if err != nil || path.Millis != want[i][j] {
				t.Fatalf("prepared %v: route takes %d ms, want %d (%v)", e.Prepared(), path.Millis, want[i][j], err)
			}
			sum, metres := uint32(0), path.OffStart+path.OffEnd
			var past []half
			for k, s := range path.Steps {
				sum += s.Millis
				metres += s.Metres
				h := half{s.Edge, s.From > s.To}
				if s.From == s.To {
					continue // at a node
				}
				if s.To != 0 && s.To != 1 && k < len(path.Steps)-1 || s.From != 0 && s.From != 1 && k > 0 {
					t.Fatalf("a piece in the middle is not whole: %+v", path.Steps)
				}
				if len(past) > 0 {
					if w.end(past[len(past)-1]) != w.start(h) {
						t.Fatalf("pieces do not follow each other: %+v", path.Steps)
					}
					if !w.may(past, h) {
						t.Fatalf("a turn that is not allowed: %+v under %+v", path.Steps, w.rules)
					}
				}
				past = append(past, h)
			}
			if sum != path.Millis || math.Abs(metres-path.Metres) > 1e-6 {
				t.Fatalf("pieces take %d ms over %.3f m, the path %d over %.3f: %+v", sum, metres, path.Millis, path.Metres, path.Steps)
			}
			if got := geo.Length(path.Line); len(path.Steps) > 0 && math.Abs(lineOnStreet(path)-(path.Metres-path.OffStart-path.OffEnd)) > 0.05 { // positions are to a centimetre
				t.Fatalf("a line of %.3f m for %.3f m: %+v", got, path.Metres, path.Steps)
			}
		}
	}
}

// lineOnStreet is the length of a path's line without its two ends, by the
// metres of its edges' own straight pieces.
func lineOnStreet(p routing.Path) float64 {
	line := p.Line
	if len(line) > 1 {
		line = line[1:]
	}
	if len(line) > 1 {
		line = line[:len(line)-1]
	}
	b := routing.NewBuilder()
	sum := 0.0
	for i := 1; i < len(line); i++ {
		if line[i] == line[i-1] {
			continue
		}
		if _, err := b.AddEdge(b.AddNode(line[i-1]), b.AddNode(line[i]), nil, both(0)); err != nil {
			return math.NaN()
		}
	}
	g, err := b.Build()
	if err != nil {
		return sum
	}
	g.EachEdge(func(e routing.Edge) bool { sum += e.Metres; return true })
	return sum
}
