package osm

import (
	"context"
	"fmt"
	"slices"

	"sanse/routing"
)

// plaza is an area that people walk about on: its rings as places in the node
// store, closed. Its rings are streets by themselves.
type plaza struct {
	attr         routing.EdgeAttr
	outer, inner [][]int32
	members      []int32 // the streets that its rings are
}

// isStreetArea tells whether a closed way with these tags is an area rather
// than a street that comes back to where it began.
func isStreetArea(t tags) bool {
	switch t.get("area") {
	case "yes":
		return true
	case "no":
		return false
	}
	class := classOf(t)
	return class == "platform" && t.get("highway") == ""
}

// collectPlazas adds the areas that are relations. Their members are streets
// too, the inner ones, round flower beds and houses, like the outer ones.
func (n *network) collectPlazas() {
	c := n.c
	var byWay map[int32][]int32 // streets
	for i := range c.relations.all {
		r := &c.relations.all[i]
		if r.tags.get("type") != "multipolygon" {
			continue
		}
		a, ok := streetOf(r.tags, true)
		if !ok {
			continue
		}
		if byWay == nil {
			byWay = map[int32][]int32{}
			for i := range n.streets {
				byWay[n.streets[i].way] = append(byWay[n.streets[i].way], int32(i))
			}
		}
		var outer, inner [][]int64
		var members []int32
		whole := true
		for _, m := range r.members {
			if m.kind != wayMember || m.role != "outer" && m.role != "" && m.role != "inner" {
				continue
			}
			way := c.ways.find(m.ref)
			if way < 0 {
				whole = false
				continue
			}
			ids := slices.Clone(c.references(way))
			if m.role == "inner" {
				inner = append(inner, ids)
			} else {
				outer = append(outer, ids)
			}
			if of, own := byWay[way]; own { // it is a street by itself
				members = append(members, of...)
				continue
			}
			from := int32(len(n.streets))
			a.Way = c.ways.ids[way]
			if a.Walk != routing.Neither {
				c.counts.WalkableWays++
			}
			n.addStreet(way, a, true)
			for k := from; k < int32(len(n.streets)); k++ {
				byWay[way] = append(byWay[way], k)
			}
			members = append(members, byWay[way]...)
		}
		outers, ok := joinRings(outer)
		inners, okInner := joinRings(inner)
		if !whole || !ok || !okInner || len(outers) == 0 {
			continue
		}
		a.Way = r.id
		if p, ok := c.plaza(a, outers, inners); ok {
			p.members = members
			n.plazas = append(n.plazas, p)
		}
	}
}

// plaza finds the nodes of rings; it is not ok if some are missing.
func (c *collector) plaza(a routing.EdgeAttr, outers, inners [][]int64) (plaza, bool) {
	p := plaza{attr: a}
	for _, x := range []struct {
		from [][]int64
		to   *[][]int32
	}{{outers, &p.outer}, {inners, &p.inner}} {
		for _, ids := range x.from {
			ring := make([]int32, 0, len(ids))
			for _, id := range ids {
				i := c.nodes.find(id)
				if i < 0 {
					return p, false
				}
				if len(ring) == 0 || ring[len(ring)-1] != i {
					ring = append(ring, i)
				}
			}
			if len(ring) < 4 {
				return p, false
			}
			*x.to = append(*x.to, ring)
		}
	}
	return p, true
}

// crossing is a straight way across a plaza between two nodes.
type crossing struct {
	plaza    int32
	from, to int32 // places in the node store
}

// findCrossings looks for the straight ways across the plazas, between the
// nodes where streets and doors lead onto them and round the corners in between,
// and makes their ends junctions.
func (n *network) findCrossings(ctx context.Context) error {
	for i := range n.plazas {
		if err := ctx.Err(); err != nil {
			return err
		}
		p := &n.plazas[i]
		if p.attr.Walk == routing.Neither {
			continue
		}
		for _, pair := range n.sightLines(p) {
			n.crossings = append(n.crossings, crossing{int32(i), pair[0], pair[1]})
		}
	}
	for _, x := range n.crossings {
		n.uses[x.from], n.uses[x.to] = max(n.uses[x.from], 2), max(n.uses[x.to], 2)
	}
	return nil
}

// addCrossings gives them to the builder.
func (n *network) addCrossings() error {
	for _, x := range n.crossings {
		a := n.plazas[x.plaza].attr
		a.Drive = routing.Neither
		from, err := n.end(x.from, &a)
		if err != nil {
			return err
		}
		to, err := n.end(x.to, &a)
		if err != nil {
			return err
		}
		if _, err := n.builder.AddEdge(from, to, nil, a); err != nil {
			return fmt.Errorf("build plaza %d: %w", a.Way, err)
		}
	}
	n.c.counts.PlazaLines += len(n.crossings)
	return nil
}
