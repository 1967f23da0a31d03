package routing

import (
	"errors"
	"fmt"
	"slices"
)

// TurnRule forbids going from edge From over node Via into edge To, or, with
// Only, every other way to go on. Where the rule runs over a way, ViaEdges are
// that way's edges in order, and To leaves the node at their end; such a rule
// holds at that end. Ride and Drive say who obeys it; whoever walks never does.
type TurnRule struct {
	From        int32
	Via         int32
	ViaEdges    []int32
	To          int32
	Only        bool
	Ride, Drive bool
}

// turn is a rule in halves of edges (edge<<1, +1 against its line): the last of
// them is forbidden, or, with only, the one thing allowed, to whoever came over
// all the others one after another. There are at least two.
type turn struct {
	halves            []int32
	only, ride, drive bool
}

// AddTurn adds a turn rule over edges and a node of this builder. It is refused
// when the edges do not follow each other. Where an edge is a loop at the node,
// the rule holds for both of its directions.
func (b *Builder) AddTurn(r TurnRule) error {
	for _, e := range append([]int32{r.From, r.To}, r.ViaEdges...) {
		if e < 0 || int(e) >= len(b.edges) {
			return fmt.Errorf("add turn: edge %d does not exist", e)
		}
	}
	if !r.Ride && !r.Drive {
		return errors.New("add turn: nobody obeys it")
	}
	var before [][]int32 // the halves before the last, one row for each direction of From
	for against := range int32(2) {
		if h := r.From<<1 | against; b.end(halfOf(h)) == r.Via {
			before = append(before, []int32{h})
		}
	}
	if len(before) == 0 {
		return fmt.Errorf("add turn: edge %d does not end at node %d", r.From, r.Via)
	}
	at := r.Via
	for _, e := range r.ViaEdges {
		h := e << 1
		if b.edges[e].from != at {
			h |= 1
		}
		if b.start(halfOf(h)) != at {
			return fmt.Errorf("add turn: edge %d does not begin at node %d", e, at)
		}
		for i := range before {
			before[i] = append(before[i], h)
		}
		at = b.end(halfOf(h))
	}
	found := false
	for against := range int32(2) {
		h := r.To<<1 | against
		if b.start(halfOf(h)) != at {
			continue
		}
		found = true
		for _, halves := range before {
			b.turns = append(b.turns, turn{append(slices.Clone(halves), h), r.Only, r.Ride, r.Drive})
		}
	}
	if !found {
		return fmt.Errorf("add turn: edge %d does not begin at node %d", r.To, at)
	}
	return nil
}

func halfOf(h int32) halfEdge { return halfEdge{h >> 1, h&1 == 1} }

// keepTurns tells the nodes that turn rules need.
func (b *Builder) keepTurns(keep func(node int32)) {
	for _, t := range b.turns {
		for _, h := range t.halves[:len(t.halves)-1] {
			keep(b.end(halfOf(h)))
		}
	}
}

// builtTurns says the rules in the graph's own edges; became is, by edge of the
// builder, edge<<1, +1 where the graph has it the other way round.
func (b *Builder) builtTurns(became []int32) []turn {
	out := make([]turn, len(b.turns))
	for i, t := range b.turns {
		out[i] = t
		out[i].halves = make([]int32, len(t.halves))
		for k, h := range t.halves {
			out[i].halves[k] = became[h>>1] ^ h&1
		}
	}
	return out
}

// checkTurn refuses a rule whose halves do not follow each other.
func (g *Graph) checkTurn(t turn) error {
	if len(t.halves) < 2 {
		return errors.New("a turn rule without edges")
	}
	for i, h := range t.halves {
		if h < 0 || int(h>>1) >= g.Edges() {
			return fmt.Errorf("a turn rule of edge %d", h>>1)
		}
		if i > 0 && g.halfEnd(t.halves[i-1]) != g.halfStart(h) {
			return fmt.Errorf("a turn rule of edges %d and %d, which do not meet", t.halves[i-1]>>1, h>>1)
		}
	}
	return nil
}

// halfStart is the node from which half an edge leaves, halfEnd where it leads.
func (g *Graph) halfStart(h int32) int32 {
	if h&1 == 1 {
		return g.head[h>>1]
	}
	return g.tail[h>>1]
}

func (g *Graph) halfEnd(h int32) int32 { return g.halfStart(h ^ 1) }

// Turns returns the number of turn rules.
func (g *Graph) Turns() int { return len(g.turns) }
