package drawing

import (
	"cmp"
	"slices"

	"sanse/geo/topology"
)

// joiner puts pieces together.
type joiner struct {
	into   []int32 // the piece that one has gone to; itself if it is the first of its plot
	area   []int32
	m2     []float64
	outer  []float64
	border []map[int32]float64 // metres, between firsts
}

func newJoiner(pieces []piece, near *topology.Neighbours) *joiner {
	n := len(pieces)
	j := &joiner{
		into: make([]int32, n), area: make([]int32, n), m2: slices.Clone(near.AreaM2), outer: slices.Clone(near.OuterM),
		border: make([]map[int32]float64, n),
	}
	for i := range pieces {
		j.into[i], j.area[i] = int32(i), pieces[i].area
		j.border[i] = make(map[int32]float64)
		for k := near.First[i]; k < near.First[i+1]; k++ {
			j.border[i][near.To[k]] = near.BorderM[k]
		}
	}
	return j
}

func (j *joiner) root(i int32) int32 {
	for j.into[i] != i {
		j.into[i] = j.into[j.into[i]]
		i = j.into[i]
	}
	return i
}

// joinSmall puts what has less ground than that to the piece of the same area
// with which it has the longest border, the smallest first.
func (j *joiner) joinSmall(least float64) {
	order := make([]int32, len(j.into))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(j.m2[a], j.m2[b]) })
	for _, i := range order {
		a := j.root(i)
		if j.m2[a] >= least {
			continue
		}
		best, most := int32(-1), 0.0
		for b, m := range j.border[a] {
			if j.area[b] == j.area[a] && (m > most || m == most && b < best) {
				best, most = b, m
			}
		}
		if best >= 0 {
			j.join(a, best)
		}
	}
}

// join puts the plot of first piece a to that of first piece b.
func (j *joiner) join(a, b int32) {
	j.into[a] = b
	j.m2[b] += j.m2[a]
	j.outer[b] += j.outer[a]
	for c, m := range j.border[a] {
		delete(j.border[c], a)
		if c != b {
			j.border[b][c] += m
			// The same number on both sides, whatever the order of adding.
			j.border[c][b] = j.border[b][c]
		}
	}
	j.border[a] = nil
}
