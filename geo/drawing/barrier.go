package drawing

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

// Part returns the graph of the plots with barriers in it. Neighbours are parted
// if a line of barriers lies between their centres and no street leads from one
// to the other; streets are what people walk on, the bridges and the gates among
// them. Ground that barriers enclose and on which nobody is counted (the water
// of a river) goes with the neighbour of its longest border: it is nobody's way
// and in nobody's way. It also returns the number of pairs that are parted.
func (l *Land) Part(barriers, streets []orb.LineString, peopled func(plot int) bool) (districting.Graph, int) {
	g := l.Graph
	g.Barrier = make([]bool, len(g.To))
	between := files.NewBarriers(barriers...)
	n := 0
	for u := range l.Plots {
		for k := g.First[u]; k < g.First[u+1]; k++ {
			if v := int(g.To[k]); u < v && between.Between(l.Plots[u].Centre, l.Plots[v].Centre) {
				l.mark(&g, u, v, true)
				n++
			}
		}
	}
	if n == 0 {
		g.Barrier = nil
		return g, 0
	}
	for _, way := range streets {
		n -= l.bridge(&g, way)
	}
	n -= l.yield(&g, peopled)
	return g, n
}

// mark writes whether a barrier lies between neighbours, for both.
func (l *Land) mark(g *districting.Graph, u, v int, barred bool) {
	for _, x := range [2][2]int{{u, v}, {v, u}} {
		if k, ok := slices.BinarySearch(g.To[g.First[x[0]]:g.First[x[0]+1]], int32(x[1])); ok {
			g.Barrier[int(g.First[x[0]])+k] = barred
		}
	}
}

// barred tells whether two plots are neighbours with a barrier between them.
func (l *Land) barred(g *districting.Graph, u, v int) bool {
	k, ok := slices.BinarySearch(g.To[g.First[u]:g.First[u+1]], int32(v))
	return ok && g.Barrier[int(g.First[u])+k]
}

// wholeStepM is at how many metres a street is looked at where plots are whole
// areas.
const wholeStepM = 5

// bridge lifts the barriers across which a street leads, and returns how many.
func (l *Land) bridge(g *districting.Graph, way orb.LineString) int {
	step := l.cellM / 8
	if step == 0 { // whole areas
		step = wholeStepM
	}
	n, last := 0, -1
	for i := 1; i < len(way); i++ {
		steps := max(1, int(math.Ceil(geo.Distance(way[i-1], way[i])/step)))
		for k := range steps + 1 {
			t := float64(k) / float64(steps)
			at, ok := l.find(orb.Point{way[i-1][0] + t*(way[i][0]-way[i-1][0]), way[i-1][1] + t*(way[i][1]-way[i-1][1])})
			if !ok {
				last = -1
				continue
			}
			if last >= 0 && at != last && l.barred(g, last, at) {
				l.mark(g, last, at, false)
				n++
			}
			last = at
		}
	}
	return n
}

// yield lifts the barriers on one side of ground that is nobody's.
func (l *Land) yield(g *districting.Graph, peopled func(plot int) bool) int {
	lifted := 0
	for {
		part, parts := l.parts(g)
		empty := slices.Repeat([]bool{true}, parts)
		for u := range l.Plots {
			if empty[part[u]] && peopled(u) {
				empty[part[u]] = false
			}
		}
		border := make([]map[int32]float64, parts)
		for u := range l.Plots {
			a := part[u]
			for k := g.First[u]; k < g.First[u+1]; k++ {
				if b := part[g.To[k]]; empty[a] && b != a {
					if border[a] == nil {
						border[a] = make(map[int32]float64)
					}
					border[a][b] += g.Border[k]
				}
			}
		}
		// One at a time: two that lie side by side may go together or apart.
		from, to := int32(-1), int32(-1)
		for a := range border {
			for b, m := range border[a] {
				if to < 0 || m > border[a][to] || m == border[a][to] && b < to {
					from, to = int32(a), b
				}
			}
			if to >= 0 {
				break
			}
		}
		if to < 0 {
			return lifted
		}
		for u := range l.Plots {
			for k := g.First[u]; k < g.First[u+1]; k++ {
				if v := int(g.To[k]); part[u] == from && part[v] == to {
					l.mark(g, u, v, false)
					lifted++
				}
			}
		}
	}
}

// parts numbers what hangs together without passing a barrier.
func (l *Land) parts(g *districting.Graph) (part []int32, n int) {
	part = slices.Repeat([]int32{-1}, len(l.Plots))
	var stack []int32
	for u := range part {
		if part[u] >= 0 {
			continue
		}
		part[u] = int32(n)
		stack = append(stack[:0], int32(u))
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for k := g.First[v]; k < g.First[v+1]; k++ {
				if w := g.To[k]; part[w] < 0 && !g.Barrier[k] {
					part[w] = int32(n)
					stack = append(stack, w)
				}
			}
		}
		n++
	}
	return part, n
}
