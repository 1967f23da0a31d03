package osm

import (
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// relationRings joins the members of a multipolygon; ok is false if a member is
// not there or a ring does not close.
func (c *collector) relationRings(r *relation) (outers, inners []orb.Ring, ok bool) {
	var outer, inner [][]int64
	for _, m := range r.members {
		if m.kind != wayMember || m.role != "outer" && m.role != "" && m.role != "inner" {
			continue
		}
		i := c.ways.find(m.ref)
		if i < 0 {
			return nil, nil, false
		}
		ids := slices.Clone(c.references(i))
		if m.role == "inner" {
			inner = append(inner, ids)
		} else {
			outer = append(outer, ids)
		}
	}
	outers, ok = c.rings(outer)
	inners, okInner := c.rings(inner)
	return outers, inners, ok && okInner && len(outers) > 0
}

// runs turns references into lines, broken where a node is missing.
func (c *collector) runs(refs []int64) []orb.LineString {
	var out []orb.LineString
	var run orb.LineString
	for _, id := range refs {
		i := c.nodes.find(id)
		if i < 0 {
			if len(run) > 1 {
				out = append(out, run)
			}
			run = nil
			continue
		}
		run = append(run, c.nodes.point(i))
	}
	if len(run) > 1 {
		out = append(out, run)
	}
	return out
}

// rings joins ways end to end into closed rings; ok is false if some do not
// close or a node is missing.
func (c *collector) rings(ways [][]int64) (rings []orb.Ring, ok bool) {
	joined, ok := joinRings(ways)
	if !ok {
		return nil, false
	}
	for _, ids := range joined {
		r := make(orb.Ring, 0, len(ids))
		last := int32(-2)
		for _, id := range ids {
			n := c.nodes.findNear(id, last)
			if n < 0 {
				return nil, false
			}
			last = n
			p := c.nodes.point(n)
			if k := len(r); k == 0 || r[k-1] != p {
				r = append(r, p)
			}
		}
		if len(r) < 4 || planar.Area(r) == 0 {
			return nil, false
		}
		rings = append(rings, r)
	}
	return rings, true
}

// joinRings joins ways, as node ids, end to end; ok is false if some do not
// close.
func joinRings(ways [][]int64) (rings [][]int64, ok bool) {
	used := make([]bool, len(ways))
	ends := map[int64][]int{}
	for i, w := range ways {
		if len(w) < 2 {
			return nil, false
		}
		if w[0] != w[len(w)-1] {
			ends[w[0]] = append(ends[w[0]], i)
			ends[w[len(w)-1]] = append(ends[w[len(w)-1]], i)
		}
	}
	for i, w := range ways {
		if used[i] {
			continue
		}
		used[i] = true
		ids := slices.Clone(w)
		for ids[0] != ids[len(ids)-1] {
			next := -1
			for _, k := range ends[ids[len(ids)-1]] {
				if !used[k] {
					next = k
					break
				}
			}
			if next < 0 {
				return nil, false
			}
			used[next] = true
			more := slices.Clone(ways[next])
			if more[0] != ids[len(ids)-1] {
				slices.Reverse(more)
			}
			ids = append(ids, more[1:]...)
		}
		rings = append(rings, ids)
	}
	return rings, true
}

// assemble turns the rings round and puts every hole into the smallest outer
// ring around it; a hole in none is dropped.
func assemble(outers, inners []orb.Ring) orb.MultiPolygon {
	out := make(orb.MultiPolygon, len(outers))
	sizes := make([]float64, len(outers))
	for i, r := range outers {
		if r.Orientation() != orb.CCW {
			r.Reverse()
		}
		out[i] = orb.Polygon{r}
		sizes[i] = planar.Area(r)
	}
	for _, r := range inners {
		if r.Orientation() != orb.CW {
			r.Reverse()
		}
		best := -1
		for i, o := range outers {
			if planar.RingContains(o, r[0]) && (best < 0 || sizes[i] < sizes[best]) {
				best = i
			}
		}
		if best >= 0 {
			out[best] = append(out[best], r)
		}
	}
	return out
}
