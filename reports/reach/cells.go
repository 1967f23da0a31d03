package reach

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/routing"
)

// CellTime is an H3 cell with the walk from the nearest facility to the first
// place on a street in it.
type CellTime struct {
	Cell     h3.Cell
	Seconds  int32
	Facility int32
}

// cellCache holds the cells of one service by resolution.
type cellCache struct {
	mu   sync.Mutex
	made map[int][]CellTime
}

// Cells returns the cells of an H3 resolution (0 to 15) with a street within so
// many seconds of a facility of a service, ascending, with the walk to the first
// place on a street in each. Streets are cut where they cross from cell to cell,
// to a metre.
func (x *Index) Cells(ctx context.Context, service string, resolution, seconds int) ([]CellTime, error) {
	r := x.services[service]
	if r == nil {
		return nil, nil
	}
	all, err := r.allCells(ctx, x.ground, resolution)
	if err != nil {
		return nil, fmt.Errorf("cells of %s: %w", service, err)
	}
	var out []CellTime
	for _, c := range all {
		if int(c.Seconds) <= seconds {
			out = append(out, c)
		}
	}
	return out, nil
}

func (r *serviceReach) allCells(ctx context.Context, g *ground, resolution int) ([]CellTime, error) {
	r.cells.mu.Lock()
	defer r.cells.mu.Unlock()
	if made, ok := r.cells.made[resolution]; ok {
		return made, nil
	}
	on, err := g.cut(ctx, resolution)
	if err != nil {
		return nil, err
	}
	best := make([]CellTime, len(on.cells))
	for i, c := range on.cells {
		best[i] = CellTime{c, NoneNear, -1}
	}
	for i := range on.pieces {
		p := &on.pieces[i]
		seconds, facility := r.field.OnPart(p.edge, p.from, p.to)
		if seconds < 0 {
			continue
		}
		facility = r.serving[facility]
		if b := &best[p.cell]; b.Seconds < 0 || seconds < b.Seconds || seconds == b.Seconds && facility < b.Facility {
			b.Seconds, b.Facility = seconds, facility
		}
	}
	best = slices.DeleteFunc(best, func(c CellTime) bool { return c.Seconds < 0 })
	if r.cells.made == nil {
		r.cells.made = make(map[int][]CellTime)
	}
	r.cells.made[resolution] = best
	return best, nil
}

// ground is the streets cut by cells, for each resolution asked for.
type ground struct {
	engine *routing.Engine
	mu     sync.Mutex
	made   map[int]*cutStreets
}

func newGround(e *routing.Engine) *ground {
	return &ground{engine: e, made: make(map[int]*cutStreets)}
}

// cutStreets are the pieces of streets in one cell each.
type cutStreets struct {
	cells  []h3.Cell // ascending
	pieces []piece
}

type piece struct {
	edge, cell int32 // cell is a place in cells
	from, to   float64
}

// cut cuts the streets, once.
func (g *ground) cut(ctx context.Context, resolution int) (*cutStreets, error) {
	if resolution < 0 || resolution > 15 {
		return nil, fmt.Errorf("resolution %d is not one of 0 to 15", resolution)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if made := g.made[resolution]; made != nil {
		return made, nil
	}
	graph := g.engine.Graph()
	k := cutter{resolution: resolution, numbers: make(map[h3.Cell]int32), nodes: make([]h3.Cell, graph.Nodes())}
	for edge := range int32(graph.Edges()) {
		if edge%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if f, b := g.engine.EdgeMillis(edge); f == routing.Unreached && b == routing.Unreached {
			continue
		}
		if err := k.edge(graph, edge); err != nil {
			return nil, err
		}
	}
	made := k.finish()
	g.made[resolution] = made
	return made, nil
}

// cutter cuts one edge after another.
type cutter struct {
	resolution int
	nodes      []h3.Cell // the cell of each node; 0 where nobody has asked yet
	numbers    map[h3.Cell]int32
	cells      []h3.Cell
	pieces     []piece
	line       orb.LineString
	marks      []mark
	last       h3.Cell
	lastNumber int32
}

// mark is where on a line a cell begins, in metres from its tail.
type mark struct {
	metres float64
	cell   h3.Cell
}

// cutMetres is how exactly the place is found where a street leaves a cell.
const cutMetres = 2

func (k *cutter) cellAt(p orb.Point) (h3.Cell, error) {
	c, err := h3.LatLngToCell(h3.LatLng{Lat: p[1], Lng: p[0]}, k.resolution)
	if err != nil {
		return 0, fmt.Errorf("find cell of a street: %w", err)
	}
	return c, nil
}

// cellOf is cellAt for a point that is a node, -1 for none.
func (k *cutter) cellOf(node int32, p orb.Point) (h3.Cell, error) {
	if node >= 0 && k.nodes[node] != 0 {
		return k.nodes[node], nil
	}
	c, err := k.cellAt(p)
	if err == nil && node >= 0 {
		k.nodes[node] = c
	}
	return c, err
}

func (k *cutter) edge(g *routing.Graph, edge int32) error {
	k.line = g.AppendLine(k.line[:0], edge)
	k.marks = k.marks[:0]
	at := 0.0
	a := k.line[0]
	tail, head := g.Ends(edge)
	ca, err := k.cellOf(tail, a)
	if err != nil {
		return err
	}
	k.marks = append(k.marks, mark{0, ca})
	for i, b := range k.line[1:] {
		node := int32(-1)
		if i+2 == len(k.line) {
			node = head
		}
		cb, err := k.cellOf(node, b)
		if err != nil {
			return err
		}
		length := geo.Distance(a, b)
		if err := k.segment(a, b, ca, cb, at, at+length); err != nil {
			return err
		}
		at += length
		a, ca = b, cb
	}
	for i, m := range k.marks {
		from, to := 0.0, 1.0
		if at > 0 {
			from = min(m.metres/at, 1)
			if i+1 < len(k.marks) {
				to = min(k.marks[i+1].metres/at, 1)
			}
		}
		k.pieces = append(k.pieces, piece{edge, k.number(m.cell), from, to})
	}
	return nil
}

// segment marks where a straight piece changes from cell to cell. Cells are
// convex, so a piece with both ends in one cell lies in it.
func (k *cutter) segment(a, b orb.Point, ca, cb h3.Cell, from, to float64) error {
	switch {
	case ca == cb:
		return nil
	case to-from <= cutMetres:
		k.marks = append(k.marks, mark{(from + to) / 2, cb})
		return nil
	}
	m := orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
	cm, err := k.cellAt(m)
	if err != nil {
		return err
	}
	middle := (from + to) / 2
	if err := k.segment(a, m, ca, cm, from, middle); err != nil {
		return err
	}
	return k.segment(m, b, cm, cb, middle, to)
}

func (k *cutter) number(c h3.Cell) int32 {
	if c == k.last {
		return k.lastNumber
	}
	n, ok := k.numbers[c]
	if !ok {
		n = int32(len(k.cells))
		k.numbers[c] = n
		k.cells = append(k.cells, c)
	}
	k.last, k.lastNumber = c, n
	return n
}

// finish puts the cells in order.
func (k *cutter) finish() *cutStreets {
	order := make([]int32, len(k.cells))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(k.cells[a], k.cells[b]) })
	place, cells := make([]int32, len(order)), make([]h3.Cell, len(order))
	for to, from := range order {
		place[from], cells[to] = int32(to), k.cells[from]
	}
	for i := range k.pieces {
		k.pieces[i].cell = place[k.pieces[i].cell]
	}
	return &cutStreets{cells: cells, pieces: k.pieces}
}
