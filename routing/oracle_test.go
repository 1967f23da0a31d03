package routing_test

import (
	"math"

	"sanse/routing"
)

const far = math.MaxInt64 / 8

// oracle is the slow truth: every place is a vertex on its edge, and Floyd and
// Warshall's algorithm finds all times in milliseconds.
type oracle struct {
	edges   []routing.Edge
	weights []int64 // -1: shut
	profile routing.Profile
	nodes   int
}

func newOracle(g *routing.Graph, p routing.Profile) oracle {
	o := oracle{profile: p, nodes: g.Nodes()}
	g.EachEdge(func(e routing.Edge) bool {
		speed, factor := p.MetresPerSecond, 1.0
		switch {
		case e.Steps && p.NoSteps:
			speed = 0
		case e.Steps:
			factor = p.StepsFactor
		case e.Ride == routing.Both && p.RideMetresPerSecond > 0:
			speed = p.RideMetresPerSecond
		}
		w := int64(-1)
		if speed > 0 {
			w = int64(math.Round(math.Round(e.Metres*1000) / speed * factor))
			if e.Metres > 0 {
				w = max(w, 1)
			}
		}
		o.edges, o.weights = append(o.edges, e), append(o.weights, w)
		return true
	})
	return o
}

func (o oracle) offset(s routing.Snap) int64 {
	return int64(math.Round(s.Fraction * float64(o.weights[s.Edge])))
}

func (o oracle) walk(s routing.Snap) int64 {
	return int64(math.Round(s.Metres / o.profile.MetresPerSecond * 1000))
}

// times returns the milliseconds between all nodes and places, the places
// behind the nodes, without what is walked off the graph.
func (o oracle) times(places []routing.Snap) [][]int64 {
	n := o.nodes + len(places)
	d := make([][]int64, n)
	for i := range d {
		d[i] = make([]int64, n)
		for j := range d[i] {
			d[i][j] = far
		}
		d[i][i] = 0
	}
	for e, edge := range o.edges {
		if o.weights[e] < 0 {
			continue
		}
		if edge.Walk&routing.Forward != 0 {
			d[edge.Tail][edge.Head] = min(d[edge.Tail][edge.Head], o.weights[e])
		}
		if edge.Walk&routing.Backward != 0 {
			d[edge.Head][edge.Tail] = min(d[edge.Head][edge.Tail], o.weights[e])
		}
	}
	for k := range o.nodes {
		for i := range o.nodes {
			for j := range o.nodes {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	// A place is left and entered over the ends of its edge, and at the very
	// end of an edge it is at the node.
	leave := func(s routing.Snap) (tail, head int64) {
		tail, head = far, far
		edge, w, at := o.edges[s.Edge], o.weights[s.Edge], o.offset(s)
		if edge.Walk&routing.Backward != 0 || at == 0 {
			tail = at
		}
		if edge.Walk&routing.Forward != 0 || at == w {
			head = w - at
		}
		return tail, head
	}
	enter := func(s routing.Snap) (tail, head int64) {
		tail, head = far, far
		edge, w, at := o.edges[s.Edge], o.weights[s.Edge], o.offset(s)
		if edge.Walk&routing.Forward != 0 || at == 0 {
			tail = at
		}
		if edge.Walk&routing.Backward != 0 || at == w {
			head = w - at
		}
		return tail, head
	}
	for i, s := range places {
		if !s.OK || o.weights[s.Edge] < 0 {
			continue
		}
		edge := o.edges[s.Edge]
		tail, head := leave(s)
		row := d[o.nodes+i]
		for n := range o.nodes {
			row[n] = min(far, tail+d[edge.Tail][n], head+d[edge.Head][n])
		}
		for j, to := range places {
			if !to.OK || o.weights[to.Edge] < 0 {
				continue
			}
			last := o.edges[to.Edge]
			tail, head := enter(to)
			best := min(row[last.Tail]+tail, row[last.Head]+head)
			if s.Edge == to.Edge {
				a, b := o.offset(s), o.offset(to)
				if edge.Walk&routing.Forward != 0 && a <= b {
					best = min(best, b-a)
				}
				if edge.Walk&routing.Backward != 0 && a >= b {
					best = min(best, a-b)
				}
			}
			row[o.nodes+j] = best
		}
	}
	return d
}

// millis returns the time from place to place, -1 where there is no way.
func (o oracle) millis(d [][]int64, places []routing.Snap, i, j int) int64 {
	a, b := places[i], places[j]
	if !a.OK || !b.OK || o.weights[a.Edge] < 0 || o.weights[b.Edge] < 0 {
		return -1
	}
	if a.Edge == b.Edge && a.Asked == b.Asked {
		return 0
	}
	t := d[o.nodes+i][o.nodes+j]
	if t = o.walk(a) + t + o.walk(b); t >= math.MaxUint32-1 { // 49 days
		return -1
	}
	return t
}

func seconds(millis int64) int32 {
	if millis < 0 {
		return -1
	}
	return int32((millis + 999) / 1000)
}
