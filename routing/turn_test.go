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

// walker goes over a town one edge after another and remembers the last four:
// the slow truth about turns.
type walker struct {
	g     *routing.Graph
	e     *routing.Engine
	p     routing.Profile
	edges []routing.Edge
	rules []routing.TurnRule
}

func (w walker) millis(h half) uint32 {
	forward, backward := w.e.EdgeMillis(h.edge)
	if h.against {
		return backward
	}
	return forward
}

func (w walker) start(h half) int32 {
	if h.against {
		return w.edges[h.edge].Head
	}
	return w.edges[h.edge].Tail
}

func (w walker) end(h half) int32 { return w.start(half{h.edge, !h.against}) }

func (w walker) uses(h half) bool {
	if w.millis(h) == routing.Unreached {
		return false
	}
	return w.p.DriveKmPerHour != nil || w.rides(h)
}

func (w walker) rides(h half) bool {
	e := w.edges[h.edge]
	way := routing.Forward
	if h.against {
		way = routing.Backward
	}
	return w.p.RideMetresPerSecond > 0 && e.Ride&way != 0 && !e.Steps
}

// may tells whether somebody who came over past (the last one last) may go into
// next.
func (w walker) may(past []half, next half) bool {
	if !w.p.TurnRules {
		return true
	}
	only, allowed := false, false
	lengths := map[int][2]bool{}
	for _, r := range w.rules {
		row := append([]int32{r.From}, r.ViaEdges...)
		if len(past) < len(row) {
			continue
		}
		came := past[len(past)-len(row):]
		fits := w.end(came[0]) == r.Via
		for i, h := range came {
			fits = fits && h.edge == row[i] && w.uses(h)
		}
		obeys := w.p.DriveKmPerHour != nil && r.Drive
		if w.p.RideMetresPerSecond > 0 {
			obeys = r.Ride
		}
		if !fits || !obeys {
			continue
		}
		// Each direction of the last edge that leaves the node is a rule.
		for _, to := range []half{{r.To, false}, {r.To, true}} {
			if w.start(to) != w.end(past[len(past)-1]) || !w.uses(to) {
				continue
			}
			if !r.Only {
				if to == next {
					return false
				}
				continue
			}
			l := lengths[len(row)]
			l[0] = true
			l[1] = l[1] || to == next
			lengths[len(row)] = l
		}
	}
	for _, l := range lengths {
		only, allowed = l[0], l[1]
		if only && !allowed {
			return false
		}
	}
	return true
}

func (w walker) turn(in, out half) uint32 {
	if len(w.p.BusyClasses) == 0 {
		return 0
	}
	node, usable, busy := w.end(in), 0, false
	for _, e := range w.edges {
		for _, h := range []half{{e.ID, false}, {e.ID, true}} {
			if w.start(h) != node {
				continue
			}
			if w.millis(h) != routing.Unreached || w.millis(half{h.edge, !h.against}) != routing.Unreached {
				usable++
			}
			busy = busy || slices.Contains(w.p.BusyClasses, e.Class)
		}
	}
	if !busy || usable < 3 {
		return 0
	}
	if in.edge == out.edge && in.against != out.against {
		return uint32(w.p.UTurnSeconds * 1000)
	}
	bearing := func(h half) float64 {
		line := w.edges[h.edge].Line
		if h.against {
			return geo.Bearing(line[len(line)-1], line[len(line)-2])
		}
		return geo.Bearing(line[0], line[1])
	}
	right := math.Mod(bearing(out)-(bearing(half{in.edge, !in.against})+180)+1080, 360)
	switch { // clockwise
	case right > 45 && right <= 170:
		return uint32(w.p.RightTurnSeconds * 1000)
	case right > 170 && right < 190:
		return uint32(w.p.UTurnSeconds * 1000)
	case right >= 190 && right < 315:
		return uint32(w.p.LeftTurnSeconds * 1000)
	}
	return 0
}

// cost is the least time between two places on streets.
func (w walker) cost(from, to routing.Snap) uint32 {
	if !from.OK || !to.OK {
		return routing.Unreached
	}
	usable := func(s routing.Snap) bool {
		return w.millis(half{s.Edge, false}) != routing.Unreached || w.millis(half{s.Edge, true}) != routing.Unreached
	}
	if !usable(from) || !usable(to) {
		return routing.Unreached
	}
	part := func(h half, s routing.Snap) (before, behind uint32) {
		m := w.millis(h)
		b := uint32(math.Round(s.Fraction * float64(m)))
		if h.against {
			return m - b, b
		}
		return b, m - b
	}
	best := uint32(routing.Unreached)
	times := map[string]uint32{}
	pasts := map[string][]half{}
	nodes := map[string]int32{}
	var open []string
	memory := min(len(w.p.BusyClasses), 1)
	for _, r := range w.rules {
		memory = max(memory, 1+len(r.ViaEdges))
	}
	key := func(past []half, node int32) string {
		out := []byte{byte(node)}
		for _, h := range past {
			out = append(out, byte(h.edge), 0)
			if h.against {
				out[len(out)-1] = 1
			}
		}
		return string(out)
	}
	reach := func(past []half, node int32, millis uint32) {
		past = past[max(0, len(past)-memory):]
		k := key(past, node)
		if old, ok := times[k]; ok && old <= millis {
			return
		}
		times[k], pasts[k], nodes[k] = millis, slices.Clone(past), node
		open = append(open, k)
	}
	for _, h := range []half{{from.Edge, false}, {from.Edge, true}} {
		if w.millis(h) == routing.Unreached {
			continue
		}
		before, behind := part(h, from)
		if from.Edge == to.Edge {
			if b, _ := part(h, to); b >= before {
				best = min(best, b-before)
			}
		}
		if behind > 0 {
			reach([]half{h}, w.end(h), behind)
		} else {
			reach(nil, w.end(h), 0)
		}
		if before == 0 {
			reach(nil, w.start(h), 0)
		}
	}
	for len(open) > 0 {
		k := open[0]
		open = open[1:]
		past, node, millis := pasts[k], nodes[k], times[k]
		// At the very end of an edge one is at its node.
		for _, h := range []half{{to.Edge, false}, {to.Edge, true}} {
			if w.millis(h) == routing.Unreached {
				continue
			}
			before, behind := part(h, to)
			if before == 0 && w.start(h) == node || behind == 0 && w.end(h) == node {
				best = min(best, millis)
			}
		}
		for _, e := range w.edges {
			for _, h := range []half{{e.ID, false}, {e.ID, true}} {
				if w.start(h) != node || w.millis(h) == routing.Unreached || len(past) > 0 && !w.may(past, h) {
					continue
				}
				turn := uint32(0)
				if len(past) > 0 {
					turn = w.turn(past[len(past)-1], h)
				}
				if h.edge == to.Edge {
					before, _ := part(h, to)
					best = min(best, millis+turn+before)
				}
				reach(append(slices.Clone(past), h), w.end(h), millis+turn+w.millis(h))
			}
		}
	}
	return best
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
