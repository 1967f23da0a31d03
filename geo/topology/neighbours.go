package topology

import (
	"cmp"
	"slices"

	"sanse/geo"
)

// Neighbours is who borders on whom, in compressed rows. Faces are numbered in
// the order of their codes.
type Neighbours struct {
	Codes   []string
	Parents []string // code of the parent, by face
	// The neighbours of face u are To[First[u]:First[u+1]], ascending, each pair
	// listed from both sides. Faces that meet in points only are no neighbours.
	First []int32
	To    []int32
	// BorderM is the metres of border shared with each neighbour, beside To.
	BorderM []float64
	// OuterM is the metres of each face's border that no face shares.
	OuterM []float64
	// AreaM2 is each face's square metres.
	AreaM2 []float64
}

// Neighbours measures the borders, on the ellipsoid.
func (t *Topology) Neighbours() *Neighbours {
	n := len(t.order)
	number := make([]int32, len(t.faces))
	out := &Neighbours{First: make([]int32, n+1), OuterM: make([]float64, n), AreaM2: make([]float64, n)}
	for i, slot := range t.order {
		f := t.faces[slot]
		number[slot] = int32(i)
		out.Codes = append(out.Codes, f.code)
		out.Parents = append(out.Parents, f.parent)
		out.AreaM2[i] = geo.AreaM2(t.shape(f))
	}
	type border struct {
		u, v int32
		m    float64
	}
	var all []border
	for _, a := range t.arcs {
		if a == nil {
			continue
		}
		m := a.metres()
		switch {
		case a.left == none:
			out.OuterM[number[a.right]] += m
		case a.right == none:
			out.OuterM[number[a.left]] += m
		default:
			u, v := number[a.left], number[a.right]
			all = append(all, border{u, v, m}, border{v, u, m})
		}
	}
	// Stable, so that lengths are always added up in the order of arcs.
	slices.SortStableFunc(all, func(a, b border) int { return cmp.Or(cmp.Compare(a.u, b.u), cmp.Compare(a.v, b.v)) })
	for i, b := range all {
		if i > 0 && all[i-1].u == b.u && all[i-1].v == b.v {
			out.BorderM[len(out.BorderM)-1] += b.m
			continue
		}
		out.First[b.u+1]++
		out.To = append(out.To, b.v)
		out.BorderM = append(out.BorderM, b.m)
	}
	for i := range n {
		out.First[i+1] += out.First[i]
	}
	return out
}

// metres is the length of an arc.
func (a *arc) metres() float64 {
	var sum float64
	for i := 1; i < len(a.pts); i++ {
		sum += geo.Distance(a.pts[i-1].lonLat(), a.pts[i].lonLat())
	}
	return sum
}
