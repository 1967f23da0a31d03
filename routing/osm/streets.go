package osm

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// street is a run of nodes along which the same holds.
type street struct {
	attr routing.EdgeAttr
	// nodes are places in the node store, at least two, no two alike in a row.
	nodes []int32
	way   int32 // in the way store
	ring  bool  // round an area, where nobody drives on the line in one direction
}

// streets builds the graph and the extent.
func (c *collector) streets(ctx context.Context, x *Extract) error {
	n := &network{c: c, builder: routing.NewBuilder()}
	n.collectStreets()
	n.collectPlazas()
	if n.walkable == 0 {
		return c.nothingToWalk()
	}
	n.meetings()
	if err := n.findCrossings(ctx); err != nil {
		return err
	}
	rules := c.turnRules()
	if err := n.edges(ctx, rules); err != nil {
		return err
	}
	if err := n.addCrossings(); err != nil {
		return err
	}
	n.addTurns(rules)
	if c.only&Obstacles != 0 {
		if err := c.obstacles(ctx, n.builder); err != nil {
			return err
		}
	}
	x.Bounds = c.extent(n.streets)
	g, err := n.builder.Build()
	if err != nil {
		return err
	}
	x.Graph = g
	return nil
}

// nothingToWalk says as well as it can why there are no streets.
func (c *collector) nothingToWalk() error {
	switch n := &c.counts; {
	case n.BadNodes > 0 && n.BadNodes >= n.Nodes/2:
		return fmt.Errorf("%w: %d of %d nodes have no position on earth; longitude and latitude may be swapped", routing.ErrEmpty, n.BadNodes, n.Nodes)
	case n.MissingNodes > 0:
		return fmt.Errorf("%w: %d nodes that its ways refer to are not there", routing.ErrEmpty, n.MissingNodes)
	}
	return fmt.Errorf("%w among %d ways", routing.ErrEmpty, c.counts.Ways)
}

// network turns streets into nodes and edges.
type network struct {
	c         *collector
	builder   *routing.Builder
	streets   []street
	plazas    []plaza
	crossings []crossing
	walkable  int // streets on which anybody may walk

	room []int32 // nodes of many streets share an array

	// uses counts by node how many streets pass or end there; those with two or
	// more become junctions.
	uses []uint8
	// modes is who comes by, at nodes that stop some.
	modes map[int32]mark
	// vertex is the builder's node + 1 by node; where some are stopped, that of
	// the hub in the middle.
	vertex []int32
	line   orb.LineString
}

// collectStreets lists the ways that anybody may use.
func (n *network) collectStreets() {
	c := n.c
	tagged := 0
	for _, t := range c.ways.tags {
		if classOf(t) != "" {
			tagged++
		}
	}
	n.streets = make([]street, 0, tagged)
	for i, t := range c.ways.tags {
		if t == nil {
			continue
		}
		area := isStreetArea(t)
		a, ok := streetOf(t, area)
		if !ok {
			continue
		}
		way := int32(i)
		a.Way = c.ways.ids[i]
		if a.Walk != routing.Neither {
			c.counts.WalkableWays++
		}
		from := len(n.streets)
		n.addStreet(way, a, area)
		if area && len(n.streets) == from+1 {
			if nodes := n.streets[from].nodes; len(nodes) >= 4 && nodes[0] == nodes[len(nodes)-1] {
				n.plazas = append(n.plazas, plaza{attr: a, outer: [][]int32{nodes}, members: []int32{int32(from)}})
			}
		}
	}
}

// addStreet appends a way, in pieces where nodes are missing.
func (n *network) addStreet(way int32, a routing.EdgeAttr, ring bool) {
	c := n.c
	refs := c.references(way)
	if cap(n.room)-len(n.room) < len(refs) {
		const nodesAtOnce = 1 << 14
		n.room = make([]int32, 0, max(nodesAtOnce, len(refs)))
	}
	from := len(n.room)
	flush := func() {
		if to := len(n.room); to-from > 1 {
			n.streets = append(n.streets, street{attr: a, nodes: n.room[from:to:to], way: way, ring: ring})
			if a.Walk != routing.Neither {
				n.walkable++
			}
		}
		from = len(n.room)
	}
	last := int32(-2)
	for _, id := range refs {
		p := c.nodes.findNear(id, last)
		if p < 0 {
			c.counts.MissingNodes++
			flush()
			last = -2
			continue
		}
		if len(n.room) == from || p != last {
			n.room = append(n.room, p)
		}
		last = p
	}
	flush()
}

// onceEach is the nodes, without the one at which a ring closes again.
func (s *street) onceEach() []int32 {
	if s.ring && s.nodes[0] == s.nodes[len(s.nodes)-1] {
		return s.nodes[1:]
	}
	return s.nodes
}

// modesOf is the modes of a street as the marks that stop them.
func modesOf(a *routing.EdgeAttr) mark {
	var m mark
	if a.Walk != routing.Neither {
		m |= stopsWalk
	}
	if a.Ride != routing.Neither {
		m |= stopsRide
	}
	if a.Drive != routing.Neither {
		m |= stopsDrive
	}
	return m
}

// meetings finds where streets meet and who meets there. A node becomes a
// junction where streets meet or end, and where something stands that stops
// some of those who come by.
func (n *network) meetings() {
	c := n.c
	n.uses = make([]uint8, len(c.nodes.ids))
	n.modes = map[int32]mark{}
	for i := range n.streets {
		s := &n.streets[i]
		modes := modesOf(&s.attr)
		for _, p := range s.onceEach() {
			if n.uses[p] < math.MaxUint8 {
				n.uses[p]++
			}
			if c.nodes.marks[p]&(stopsAll|wheelMarks) != 0 {
				n.modes[p] |= modes
			}
		}
	}
	for p, modes := range n.modes {
		if n.stops(p) == 0 {
			continue
		}
		n.uses[p] = max(n.uses[p], 2)
		switch stopped := c.nodes.marks[p] & stopsAll & modes; {
		case stopped&stopsWalk != 0:
			c.counts.ClosedBarriers++
		case stopped != 0:
			c.counts.PartBarriers++
		}
	}
}

// stops is what a node does to those who come by: the modes it stops, and what
// it means for wheels.
func (n *network) stops(p int32) mark {
	m := n.c.nodes.marks[p] & (stopsAll | wheelMarks)
	if m == 0 {
		return 0
	}
	modes := n.modes[p]
	if modes&stopsWalk == 0 || m&stopsWalk != 0 {
		m &^= wheelMarks
	}
	return m & (modes | wheelMarks)
}

// end returns the builder's node where a street that comes to node p ends. At a
// barrier every street ends at a node of its own; an edge without length leads
// from it to a hub in the middle for those who may pass.
func (n *network) end(p int32, a *routing.EdgeAttr) (int32, error) {
	stop := n.stops(p)
	hub := n.vertex[p] - 1
	if stop == 0 {
		if hub < 0 {
			hub = n.builder.AddNode(n.c.nodes.point(p))
			n.vertex[p] = hub + 1
		}
		return hub, nil
	}
	v := n.builder.AddNode(n.c.nodes.point(p))
	if hub < 0 {
		n.vertex[p] = v + 1 // the first street ends at the hub itself
		return v, nil
	}
	pass := modesOf(a) &^ stop
	if pass == 0 {
		return v, nil
	}
	door := routing.EdgeAttr{Class: a.Class, Name: a.Name, Way: a.Way}
	for _, m := range [...]struct {
		mode mark
		ways *routing.Ways
	}{{stopsWalk, &door.Walk}, {stopsRide, &door.Ride}, {stopsDrive, &door.Drive}} {
		if pass&m.mode != 0 {
			*m.ways = routing.Both
		}
	}
	switch {
	case stop&wheelsNo != 0:
		door.Wheels = routing.WheelsNo
	case stop&wheelsLimited != 0:
		door.Wheels = routing.WheelsLimited
	}
	if _, err := n.builder.AddEdge(hub, v, nil, door); err != nil {
		return 0, fmt.Errorf("build streets: %w", err)
	}
	return v, nil
}

// piece is an edge of the builder that a turn rule may name.
type piece struct {
	edge     int32
	from, to int32        // builder's nodes
	a, z     int32        // places in the node store
	ways     routing.Ways // of vehicles
}

// edges cuts the streets where they meet and gives them to the builder.
func (n *network) edges(ctx context.Context, rules *turnRules) error {
	c := n.c
	n.vertex = make([]int32, len(c.nodes.ids))
	for k := range n.streets {
		if k%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		s := &n.streets[k]
		named := rules.names(s.attr.Way)
		whole := wholeMarks(c.ways.tags[s.way], c.nodes.marks, s.nodes)
		start := 0
		for i := 1; i < len(s.nodes); i++ {
			if i+1 < len(s.nodes) && n.uses[s.nodes[i]] < 2 {
				continue
			}
			a := s.attr
			countHalves(&a, c.nodes.marks, s.nodes[start:i+1])
			if start == 0 {
				addHalves(&a, whole, 2)
			}
			from, err := n.end(s.nodes[start], &a)
			if err != nil {
				return err
			}
			to, err := n.end(s.nodes[i], &a)
			if err != nil {
				return err
			}
			n.line = n.line[:0]
			for _, p := range s.nodes[start : i+1] {
				n.line = append(n.line, c.nodes.point(p))
			}
			edge, err := n.builder.AddEdge(from, to, n.line, a)
			if err != nil {
				return fmt.Errorf("build streets: %w", err)
			}
			if named {
				rules.addPiece(s.attr.Way, piece{edge, from, to, s.nodes[start], s.nodes[i], a.Ride | a.Drive})
			}
			start = i
		}
	}
	return nil
}

// countHalves adds what costs time at the nodes of a piece: two halves for one
// within it, one for one at its end, where the next piece has the other.
func countHalves(a *routing.EdgeAttr, marks []mark, nodes []int32) {
	for i, p := range nodes {
		m := marks[p] & costMarks
		if m == 0 {
			continue
		}
		halves := uint8(2)
		if i == 0 || i == len(nodes)-1 {
			halves = 1
		}
		addHalves(a, m, halves)
	}
}

// addHalves adds marks that matter to a street: crossings to paths, lights of
// the traffic to roads, gates and lifts to both.
func addHalves(a *routing.EdgeAttr, m mark, halves uint8) {
	add := func(to *uint8) { *to = uint8(min(int(*to)+int(halves), 255)) }
	if m&hasGate != 0 {
		add(&a.Gates)
	}
	if m&hasLift != 0 {
		add(&a.Lifts)
	}
	road := a.Drive != routing.Neither
	switch {
	case road && m&hasSignal != 0, !road && m&hasFootSignal != 0:
		add(&a.Signals)
	case !road && m&hasCrossing != 0:
		add(&a.Crossings)
	}
}

// wholeMarks is the crossing that a way is by its own tags, where none of its
// nodes says so.
func wholeMarks(t tags, marks []mark, nodes []int32) mark {
	if t.get("footway") != "crossing" && t.get("path") != "crossing" && t.get("cycleway") != "crossing" {
		return 0
	}
	for _, p := range nodes {
		if marks[p]&(hasCrossing|hasFootSignal|hasSignal) != 0 {
			return 0
		}
	}
	return crossingMark(t)
}
