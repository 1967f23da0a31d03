package osm

import (
	"slices"
	"strings"

	"sanse/routing"
)

// restriction is one rule of a relation type=restriction
// (wiki.openstreetmap.org/wiki/Relation:restriction).
type restriction struct {
	from, to    int64 // ways
	node        int64 // via node, or
	ways        []int64
	only        bool
	ride, drive bool
}

// turnRules are the rules of a file and the pieces of the ways that they name.
type turnRules struct {
	all    []restriction
	pieces map[int64][]piece
}

func (r *turnRules) names(way int64) bool {
	_, ok := r.pieces[way]
	return ok
}

func (r *turnRules) addPiece(way int64, p piece) { r.pieces[way] = append(r.pieces[way], p) }

// turnRules reads the relations.
func (c *collector) turnRules() *turnRules {
	out := &turnRules{pieces: map[int64][]piece{}}
	for i := range c.relations.all {
		r := &c.relations.all[i]
		if r.tags.get("type") != "restriction" {
			continue
		}
		if r.tags.get("restriction:conditional") != "" {
			c.counts.Conditional++
		}
		rules, ok := restrictionsOf(r)
		if !ok {
			c.counts.IgnoredTurns++
			continue
		}
		for _, rule := range rules {
			for _, w := range append([]int64{rule.from, rule.to}, rule.ways...) {
				out.pieces[w] = nil
			}
		}
		out.all = append(out.all, rules...)
	}
	return out
}

// restrictionsOf reads one relation: a rule for each pair of from and to (no_entry
// and no_exit have several). It is not ok where it says nothing that is
// understood for bikes or cars.
func restrictionsOf(r *relation) (rules []restriction, ok bool) {
	var from, to, via []int64
	node, nodes := int64(0), 0
	for _, m := range r.members {
		switch {
		case m.role == "from" && m.kind == wayMember:
			from = append(from, m.ref)
		case m.role == "to" && m.kind == wayMember:
			to = append(to, m.ref)
		case m.role == "via" && m.kind == wayMember:
			via = append(via, m.ref)
		case m.role == "via" && m.kind == nodeMember:
			node = m.ref
			nodes++
		}
	}
	if len(from) == 0 || len(to) == 0 || nodes+len(via) == 0 || nodes > 1 || nodes == 1 && len(via) > 0 {
		return nil, false
	}
	// What each mode is told; the rule for all vehicles, except for some, comes
	// last.
	all := r.tags.get("restriction")
	except := strings.Split(r.tags.get("except"), ";")
	told := func(mode []string, own ...string) string {
		for _, key := range own {
			if v := r.tags.get("restriction:" + key); v != "" {
				return v
			}
		}
		for _, e := range except {
			if slices.Contains(mode, strings.TrimSpace(e)) {
				return ""
			}
		}
		return all
	}
	ride := told([]string{"bicycle", "vehicle"}, "bicycle")
	drive := told([]string{"motorcar", "motor_vehicle", "vehicle"}, "motorcar", "motor_vehicle")
	for _, x := range []struct {
		value       string
		ride, drive bool
	}{{drive, ride == drive, true}, {ride, true, false}} {
		if !x.drive && ride == drive {
			continue
		}
		only := strings.HasPrefix(x.value, "only_")
		if !only && !strings.HasPrefix(x.value, "no_") {
			continue
		}
		for _, f := range from {
			for _, t := range to {
				rules = append(rules, restriction{from: f, to: t, node: node, ways: via, only: only, ride: x.ride, drive: x.drive})
			}
		}
	}
	return rules, len(rules) > 0
}

// addTurns finds the edges that the rules mean. A rule whose ways are not all
// there (the edge of an extract) or do not follow one another is counted.
func (n *network) addTurns(rules *turnRules) {
	for _, r := range rules.all {
		rule, ok := n.turnRule(rules, r)
		if ok && n.builder.AddTurn(rule) == nil {
			n.c.counts.Turns++
		} else {
			n.c.counts.IgnoredTurns++
		}
	}
}

func (n *network) turnRule(rules *turnRules, r restriction) (routing.TurnRule, bool) {
	out := routing.TurnRule{Only: r.only, Ride: r.ride, Drive: r.drive}
	if len(r.ways) > 0 {
		return n.viaWays(rules, r, out)
	}
	p := n.c.nodes.find(r.node)
	from, okFrom := endingAt(rules.pieces[r.from], p, false)
	to, okTo := endingAt(rules.pieces[r.to], p, true)
	if p < 0 || !okFrom || !okTo {
		return out, false
	}
	at, leaves := from.at(p), to.at(p)
	out.From, out.Via, out.To = from.edge, at, to.edge
	return out, at == leaves // else a barrier stands there
}

// viaWays follows a rule over the ways in its middle, in the order in which the
// relation names them.
func (n *network) viaWays(rules *turnRules, r restriction, out routing.TurnRule) (routing.TurnRule, bool) {
	for _, start := range rules.ends(r.from) {
		at, edges, ok := start, []int32(nil), true
		for _, w := range r.ways {
			var run []int32
			if at, run, ok = follow(rules.pieces[w], at); !ok {
				break
			}
			edges = append(edges, run...)
		}
		if !ok {
			continue
		}
		from, okFrom := endingAt(rules.pieces[r.from], start, false)
		to, okTo := endingAt(rules.pieces[r.to], at, true)
		if okFrom && okTo {
			out.From, out.Via, out.ViaEdges, out.To = from.edge, from.at(start), edges, to.edge
			return out, true
		}
	}
	return out, false
}

// ends returns the two end nodes of a way, in the store.
func (r *turnRules) ends(way int64) []int32 {
	p := r.pieces[way]
	if len(p) == 0 {
		return nil
	}
	return []int32{p[0].a, p[len(p)-1].z}
}

// endingAt returns the one piece of a way that ends at a node and that vehicles
// come along it to there, or leave there by it. A way that passes the node has
// two; unless it is one-way, nobody can know which is meant.
func endingAt(pieces []piece, node int32, leaving bool) (piece, bool) {
	var found piece
	n := 0
	for _, p := range pieces {
		use := routing.Neither
		if p.z == node {
			use |= routing.Forward
		}
		if p.a == node {
			use |= routing.Backward
		}
		if leaving { // the other way round
			use = use&routing.Forward<<1 | use&routing.Backward>>1
		}
		if p.ways&use != 0 {
			found = p
			n++
		}
	}
	return found, n == 1
}

func (p piece) at(node int32) int32 {
	if p.a == node {
		return p.from
	}
	return p.to
}

// follow goes along a whole way from one of its ends to the other.
func follow(pieces []piece, at int32) (end int32, edges []int32, ok bool) {
	if len(pieces) == 0 {
		return 0, nil, false
	}
	switch at {
	case pieces[0].a:
		for _, p := range pieces {
			if p.a != at {
				return 0, nil, false // a node is missing in it
			}
			edges, at = append(edges, p.edge), p.z
		}
	case pieces[len(pieces)-1].z:
		for _, p := range slices.Backward(pieces) {
			if p.z != at {
				return 0, nil, false
			}
			edges, at = append(edges, p.edge), p.a
		}
	default:
		return 0, nil, false
	}
	return at, edges, true
}
