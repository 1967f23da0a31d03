package files

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/geo/districting"
)

// ReadCells reads a table of H3 cells: the columns cell (hexadecimal, of one
// resolution, each once), community (may be missing) and weights, whole numbers
// from 0 up, in any order, under English or Chinese names. Weights are the
// columns asked for, or with none asked for every other column of the file.
//
// Neighbours share an edge; Border is its length, Area the cell's, Outer what of
// its outline it shares with no cell of the file.
func ReadCells(r io.Reader, weights ...string) (*Units, error) {
	if err := checkNames(weights); err != nil {
		return nil, err
	}
	t, err := newTable(r)
	if err != nil {
		return nil, err
	}
	cell, err := t.needed(cellNames)
	if err != nil {
		return nil, err
	}
	community, err := t.column(communityNames)
	if err != nil {
		return nil, err
	}
	u := &Units{}
	columns, err := weightColumns(t, weights, cell, community)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		u.Weights = append(u.Weights, districting.Weight{Name: t.header[c]})
	}
	if err := readCellRows(t, u, cell, community, columns); err != nil {
		return nil, err
	}
	if err := cellGraph(u); err != nil {
		return nil, err
	}
	return u, nil
}

// weightColumns are the places of the weights in the header.
func weightColumns(t *table, names []string, except ...int) ([]int, error) {
	var columns []int
	if len(names) == 0 {
		for i, h := range t.header {
			if h != "" && !slices.Contains(except, i) {
				columns = append(columns, i)
				names = append(names, h)
			}
		}
		if len(columns) == 0 {
			return nil, errNoWeights
		}
		if err := checkNames(names); err != nil {
			return nil, fmt.Errorf("line 1: %w: name those to balance", err)
		}
		return columns, nil
	}
	for _, n := range names {
		at := slices.Index(t.header, n)
		if at < 0 || slices.Contains(except, at) {
			return nil, fmt.Errorf("line 1: there is no weight %q, only %q", short(n), short(strings.Join(t.header, ",")))
		}
		if slices.Contains(t.header[at+1:], n) {
			return nil, fmt.Errorf("line 1: there are two columns %q", short(n))
		}
		columns = append(columns, at)
	}
	return columns, nil
}

// readCellRows reads the rows and numbers the communities.
func readCellRows(t *table, u *Units, cell, community int, columns []int) error {
	var (
		bad   Faults
		codes []string
		seen  = map[h3.Cell]int{} // the line of each
	)
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		id := t.cell(cell)
		c, why := parseCell(id)
		if first, twice := seen[c]; why == "" && twice {
			why = fmt.Sprintf("is on line %d already", first)
		}
		if why == "" && len(u.Cells) > 0 && c.Resolution() != u.Cells[0].Resolution() {
			why = fmt.Sprintf("is of resolution %d, those before of %d: all must be of one", c.Resolution(), u.Cells[0].Resolution())
		}
		if why != "" {
			bad.add(t.line, t.header[cell], id, "%s", why)
			continue
		}
		seen[c] = t.line
		code := t.cell(community)
		if community >= 0 && code == "" {
			bad.add(t.line, t.header[community], "", "is empty")
		}
		for i, column := range columns {
			v, why := parseWeight(t.cell(column))
			if why != "" {
				bad.add(t.line, t.header[column], t.cell(column), "%s", why)
			}
			u.Weights[i].Of = append(u.Weights[i].Of, v)
		}
		u.IDs = append(u.IDs, id)
		u.Cells = append(u.Cells, c)
		codes = append(codes, code)
	}
	if err := bad.err(); err != nil {
		return err
	}
	if len(u.Cells) == 0 {
		return fmt.Errorf("there is a header but no cell")
	}
	if len(u.Cells) > maxUnits {
		return tooMany(len(u.Cells))
	}
	u.setParents(codes)
	return nil
}

// parseCell reads a cell as H3 writes it, or says why it is none.
func parseCell(s string) (h3.Cell, string) {
	if s == "" {
		return 0, "is empty"
	}
	v, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return 0, "is no H3 cell: 15 hexadecimal digits are expected"
	}
	c := h3.Cell(v)
	if !c.IsValid() {
		return 0, "is no H3 cell"
	}
	return c, ""
}

// cellGraph finds neighbours, measures cells and what they share.
func cellGraph(u *Units) error {
	at := make(map[h3.Cell]int32, len(u.Cells))
	for i, c := range u.Cells {
		at[c] = int32(i)
	}
	links := make([][]link, len(u.Cells))
	u.Graph.Area = make([]float64, len(u.Cells))
	u.Graph.Outer = make([]float64, len(u.Cells))
	for i, c := range u.Cells {
		centre, err := geo.CellCentre(c)
		if err != nil {
			return err
		}
		u.Centres = append(u.Centres, centre)
		shape, err := geo.CellBoundary(c)
		if err != nil {
			return err
		}
		u.Graph.Area[i] = geo.AreaM2(orb.MultiPolygon{shape})
		rest := 0.0
		for k := range shape[0][1:] {
			rest += geo.Distance(shape[0][k], shape[0][k+1])
		}
		near, err := c.GridDisk(1)
		if err != nil {
			return fmt.Errorf("find neighbours of cell %s: %w", c, err)
		}
		for _, d := range near {
			j, ok := at[d]
			if !ok || d == c {
				continue
			}
			// Measured once, from the smaller side, so that both list the same length.
			border, err := sharedEdge(min(c, d), max(c, d))
			if err != nil {
				return err
			}
			links[i] = append(links[i], link{j, border})
			rest -= border
		}
		// What is left of the rounding is no border.
		if len(links[i]) < edges(c) {
			u.Graph.Outer[i] = max(0, rest)
		}
		slices.SortFunc(links[i], func(a, b link) int { return int(a.to) - int(b.to) })
	}
	setLinks(&u.Graph, links, true)
	return nil
}

// edges is the number of neighbours that a cell has on the whole earth.
func edges(c h3.Cell) int {
	if c.IsPentagon() {
		return 5
	}
	return 6
}

// sharedEdge is the length in metres of the edge between neighbours.
func sharedEdge(a, b h3.Cell) (float64, error) {
	e, err := a.DirectedEdge(b)
	if err != nil {
		return 0, fmt.Errorf("find edge between cells %s and %s: %w", a, b, err)
	}
	line, err := e.Boundary()
	if err != nil {
		return 0, fmt.Errorf("find edge between cells %s and %s: %w", a, b, err)
	}
	var length float64
	for i := range line[1:] {
		length += geo.Distance(orb.Point{line[i].Lng, line[i].Lat}, orb.Point{line[i+1].Lng, line[i+1].Lat})
	}
	return length, nil
}
