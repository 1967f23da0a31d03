package service

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

// division is what a drawing comes to, in codes.
type division struct {
	zone  []int32           // of each plot, with the numbers of today's areas where they go on
	names []string          // of each zone: the code that it keeps, or + and a number
	face  []string          // of each plot: a code of the bench, or + and a word
	grid  map[string]string // the grid of each face
}

// divide puts the zones of a search into codes. An area goes on in the zone that
// has the most of what it had.
func (j *drawing) divide(zone []int32) division {
	d := division{zone: files.KeepNumbers(j.problem, zone), grid: make(map[string]string)}
	d.names = slices.Clone(j.pins.Names)
	n := 0
	for z := range d.names {
		if d.names[z] == "" {
			n++
			d.names[z] = fmt.Sprintf("+%d", n)
		}
	}
	plots := j.land.Plots
	d.face = make([]string, len(plots))
	blocks := j.ask.Level == geo.LevelGrid && j.hasMicroGrids()
	for i, plot := range plots {
		name := d.names[d.zone[i]]
		face := j.land.Areas[plot.Area].Code
		switch {
		case blocks:
			d.face[i] = face // for now: see cutBlocks
		case j.ask.Level == geo.LevelGrid:
			d.face[i], d.grid[name] = name, name
		default:
			d.face[i], d.grid[name] = name, j.bench.grid[face]
		}
	}
	if blocks {
		j.cutBlocks(&d)
	}
	return d
}

// hasMicroGrids tells whether any of the grids that are drawn has micro-grids.
func (j *drawing) hasMicroGrids() bool {
	for _, a := range j.land.Areas {
		if j.bench.grid[a.Code] != a.Code {
			return true
		}
	}
	return false
}

// block is ground of one micro-grid in one new grid that hangs together.
type block struct {
	plots []int32
	was   string // the micro-grid, or grid without any, that it is of
	zone  int32
	worth float64
	face  string // that it is part of; empty: not known yet
}

// cutBlocks divides the micro-grids among new grids. A micro-grid goes on, in
// the grid that has the most of it, in its largest piece there; every other
// piece joins the micro-grid of its own grid with which it has the longest
// border. Where there is none it becomes one.
func (j *drawing) cutBlocks(d *division) {
	blocks, of := j.blocks(d)
	whole := make(map[string]map[int32]float64) // by micro-grid and grid
	for i := range blocks {
		b := &blocks[i]
		if whole[b.was] == nil {
			whole[b.was] = make(map[int32]float64)
		}
		whole[b.was][b.zone] += b.worth
	}
	largest := make(map[string]int)
	for i := range blocks {
		b := &blocks[i]
		if k, ok := largest[b.was]; ok {
			o := &blocks[k]
			if cmp.Or(cmp.Compare(whole[b.was][o.zone], whole[b.was][b.zone]), cmp.Compare(b.zone, o.zone), cmp.Compare(o.worth, b.worth)) >= 0 {
				continue
			}
		}
		largest[b.was] = i
	}
	for _, i := range largest {
		blocks[i].face = blocks[i].was
	}
	n := 0
	for {
		i, face := j.nextBlock(blocks, of)
		if i < 0 {
			break
		}
		if face == "" {
			n++
			face = fmt.Sprintf("+m%d", n)
		}
		blocks[i].face = face
	}
	for i := range blocks {
		b := &blocks[i]
		d.grid[b.face] = d.names[b.zone]
		for _, p := range b.plots {
			d.face[p] = b.face
		}
	}
}

// nextBlock is the block that is decided next, with the face that it joins: that
// with the longest border of all; empty where no more have a neighbour.
func (j *drawing) nextBlock(blocks []block, of []int32) (int, string) {
	g, best, face, most := &j.land.Graph, -1, "", 0.0
	locked := j.bench.ground.locked
	for i := range blocks {
		b := &blocks[i]
		if b.face != "" {
			continue
		}
		if best < 0 {
			best = i
		}
		border := make(map[string]float64)
		for _, p := range b.plots {
			for k := g.First[p]; k < g.First[p+1]; k++ {
				o := &blocks[of[g.To[k]]]
				if o.face != "" && o.zone == b.zone && !locked(o.face) {
					border[o.face] += g.Border[k]
				}
			}
		}
		if f, ok := longest(border, func(string) bool { return true }); ok && border[f] > most {
			best, face, most = i, f, border[f]
		}
	}
	return best, face
}

// blocks are the pieces of micro-grids in new grids, and the number of that in
// which each plot lies.
func (j *drawing) blocks(d *division) (out []block, of []int32) {
	g := &j.land.Graph
	of = slices.Repeat([]int32{districting.None}, len(j.land.Plots))
	var stack []int32
	for u := range of {
		if of[u] != districting.None {
			continue
		}
		b := block{was: j.land.Areas[j.land.Plots[u].Area].Code, zone: d.zone[u]}
		n := int32(len(out))
		of[u] = n
		stack = append(stack[:0], int32(u))
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			b.plots = append(b.plots, v)
			b.worth += j.worth(v)
			for k := g.First[v]; k < g.First[v+1]; k++ {
				w := g.To[k]
				if of[w] == districting.None && d.zone[w] == b.zone && j.land.Plots[w].Area == j.land.Plots[v].Area {
					of[w] = n
					stack = append(stack, w)
				}
			}
		}
		out = append(out, b)
	}
	return out, of
}

// worth is how much of a plot's first weight counts, and its ground where there
// is none of that.
func (j *drawing) worth(plot int32) float64 {
	const ground = 1e-9 // of a unit, for a square metre
	return float64(j.units.Weights[0].Of[plot]) + ground*j.land.Graph.Area[plot]
}

// least is the share of an area's ground that another must have for the one to
// have come from the other.
const leastLineage = 0.01

// lineage says which of the areas, of the level that is drawn, that end or are
// divided with new ones came to be which.
func (j *drawing) lineage(d *division) map[[2]string]bool {
	had := make(map[string]float64)
	common := make(map[[2]string]float64) // ground of today's area in a drawn one
	for i := range d.zone {
		was := j.zoneOf(j.land.Areas[j.land.Plots[i].Area].Code, j.ask.Level)
		if was == "" {
			continue
		}
		m := j.land.Graph.Area[i]
		had[was] += m
		common[[2]string{was, d.names[d.zone[i]]}] += m
	}
	out := make(map[[2]string]bool)
	for _, x := range slices.SortedFunc(maps.Keys(common), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		was, is := x[0], x[1]
		if was == is || common[x] < leastLineage*had[was] {
			continue
		}
		stays := slices.Contains(d.names, was)
		isNew := is[0] == '+'
		if isNew || !stays {
			out[x] = true
			if stays {
				out[[2]string{was, was}] = true
			}
		}
	}
	return out
}
