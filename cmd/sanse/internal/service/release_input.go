package service

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports/disclosure"
)

// The details of a release beside the kinds of resident.
const (
	detailEnrolled = "enrolled" // all residents
	detailGrades   = "grades"   // the grade of most, and all others together
	detailGrade    = "grade"    // each grade
	detailDisabled = "disabled" // of the population
	detailKind     = "kind:"    // before a kind: who is of it, and who is not
)

const (
	columnPeople   = "people"
	columnDisabled = "disabled"
	columnGrade    = "grade:"
	partYes        = "yes"
	partNo         = "no"
)

// The resolutions of the cells into which a release cuts a community.
const (
	coarsestPiece = 6
	finestPiece   = 8
)

// pieceKey names the part of a cell that lies in a community.
func pieceKey(community string, cell h3.Cell) string { return community + "/" + cell.String() }

// pieceOf takes such a name apart; the cell is 0 where it is that of an area.
func pieceOf(key string) (area string, cell h3.Cell) {
	area, text, ok := strings.Cut(key, "/")
	if !ok {
		return area, 0
	}
	return area, h3.CellFromString(text)
}

// releaseInput counts a district as a release needs it.
func releaseInput(v *view, last *disclosure.Release) (disclosure.Input, error) {
	in := disclosure.Input{Day: v.today, K: hiddenBelow}
	places, err := releasePlaces(&in, v.snap.Tree)
	if err != nil {
		return in, err
	}
	grades := v.board.GradeNames()
	kinds := residentKinds(v.problem)
	for _, g := range grades {
		in.Columns = append(in.Columns, columnGrade+g)
	}
	for _, k := range kinds {
		in.Columns = append(in.Columns, detailKind+k)
	}
	in.Columns = append(in.Columns, columnPeople, columnDisabled)
	rows := &releaseRows{rows: make(map[rowKey]map[string]int)}
	for i := range v.problem.Residents {
		r := &v.problem.Residents[i]
		counts := rows.at(places.find(v.snap.Tree, r.Grid, r.Location), r.Grid)
		counts[columnGrade+r.Grade]++
		for _, k := range r.Kinds {
			counts[detailKind+k]++
		}
	}
	for i := range v.snap.Population {
		p := &v.snap.Population[i]
		grid := p.Grid
		if grid == "" {
			grid, _ = v.snap.Tree.Locate(p.Location, min(v.snap.Tree.Deepest(), geo.LevelGrid))
		}
		counts := rows.at(places.find(v.snap.Tree, grid, p.Location), grid)
		counts[columnPeople] += p.People
		counts[columnDisabled] += p.Disabled
	}
	rows.into(&in)
	in.Details = releaseDetails(grades, kinds, totals(&in), last)
	return in, nil
}

// residentKinds are the kinds that residents are of, in order.
func residentKinds(p *planner.Problem) []string {
	var out []string
	for i := range p.Residents {
		for _, k := range p.Residents[i].Kinds {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	slices.Sort(out)
	return out
}

// releaseDetails are the ways in which a release splits people. The grade of
// most people stands alone before all grades do; which one that is does not
// change from release to release while the grades are the same.
func releaseDetails(grades, kinds []string, count map[string]int, last *disclosure.Release) []disclosure.Detail {
	all := make([]string, len(grades))
	for i, g := range grades {
		all[i] = columnGrade + g
	}
	details := []disclosure.Detail{{Name: detailEnrolled, Parts: []disclosure.Part{{Name: "all", Plus: all}}}}
	if len(grades) > 2 {
		most := slices.MaxFunc(grades, func(a, b string) int { return cmp.Compare(count[columnGrade+a], count[columnGrade+b]) })
		if last != nil {
			for _, d := range last.Details {
				if d.Name == detailGrades && slices.Contains(grades, d.Parts[1].Name) {
					most = d.Parts[1].Name
				}
			}
		}
		others := slices.DeleteFunc(slices.Clone(grades), func(g string) bool { return g == most })
		plus := make([]string, len(others))
		for i, g := range others {
			plus[i] = columnGrade + g
		}
		details = append(details, disclosure.Detail{Name: detailGrades, Under: detailEnrolled, Parts: []disclosure.Part{
			{Name: strings.Join(others, "+"), Plus: plus}, {Name: most, Plus: []string{columnGrade + most}},
		}})
	}
	if len(grades) > 1 {
		d := disclosure.Detail{Name: detailGrade, Under: details[len(details)-1].Name}
		for _, g := range grades {
			d.Parts = append(d.Parts, disclosure.Part{Name: g, Plus: []string{columnGrade + g}})
		}
		details = append(details, d)
	}
	for _, k := range kinds {
		details = append(details, disclosure.Detail{Name: detailKind + k, Under: detailEnrolled, Parts: []disclosure.Part{
			{Name: partYes, Plus: []string{detailKind + k}}, {Name: partNo, Plus: all, Minus: []string{detailKind + k}},
		}})
	}
	return append(details, disclosure.Detail{Name: detailDisabled, Parts: []disclosure.Part{
		{Name: partYes, Plus: []string{columnDisabled}}, {Name: partNo, Plus: []string{columnPeople}, Minus: []string{columnDisabled}},
	}})
}

func totals(in *disclosure.Input) map[string]int {
	sum := make(map[string]int)
	for _, r := range in.Rows {
		for c, n := range r.Counts {
			sum[in.Columns[c]] += n
		}
	}
	return sum
}

// pieces finds the place of a release at which somebody lives.
type pieces struct {
	index map[string]int       // by key
	cells map[string][]h3.Cell // the finest, by community
}

// releasePlaces lists the one tree of places: district, towns, communities, and
// what cells of resolutions 6, 7 and 8 have of each community. They are listed
// whether or not anybody lives there, so that the list says nothing.
func releasePlaces(in *disclosure.Input, tree *geo.Tree) (*pieces, error) {
	p := &pieces{index: make(map[string]int), cells: make(map[string][]h3.Cell)}
	add := func(key string, parent int, answered bool) int {
		if i, ok := p.index[key]; ok {
			return i
		}
		p.index[key] = len(in.Places)
		in.Places = append(in.Places, disclosure.Place{Key: key, Parent: parent, Answered: answered})
		return p.index[key]
	}
	add(tree.District().Code, -1, true)
	for _, level := range []geo.Level{geo.LevelTown, geo.LevelCommunity} {
		for _, code := range tree.Codes(level) {
			a, _ := tree.Area(code)
			add(code, p.index[a.Parent], true)
		}
	}
	for _, code := range tree.Codes(geo.LevelCommunity) {
		a, _ := tree.Area(code)
		cells, err := geo.CoverOverlapping(a.Boundary, finestPiece)
		if err != nil {
			return nil, fmt.Errorf("cells of community %s: %w", code, err)
		}
		p.cells[code] = cells
		for _, c := range cells {
			at := p.index[code]
			for res := coarsestPiece; res <= finestPiece; res++ {
				up := c
				if res < finestPiece {
					if up, err = c.Parent(res); err != nil {
						return nil, fmt.Errorf("cells of community %s: %w", code, err)
					}
				}
				at = add(pieceKey(code, up), at, false)
			}
		}
	}
	return p, nil
}

// find is the place of somebody who lives at a point of a grid: the finest piece,
// or the nearest of the community where a home lies outside of it; the area
// itself where it is none of a community.
func (p *pieces) find(tree *geo.Tree, grid string, at orb.Point) int {
	community, ok := tree.Ancestor(grid, geo.LevelCommunity)
	if !ok {
		for _, level := range []geo.Level{geo.LevelTown, geo.LevelDistrict} {
			if up, ok := tree.Ancestor(grid, level); ok {
				return p.index[up]
			}
		}
		return 0
	}
	cell, err := geo.CellAt(at, finestPiece)
	if err == nil {
		if i, ok := p.index[pieceKey(community, cell)]; ok {
			return i
		}
	}
	best, least := p.index[community], math.Inf(1)
	for _, c := range p.cells[community] {
		centre, err := geo.CellCentre(c)
		if err != nil {
			continue
		}
		// Degrees of longitude are shorter than those of latitude.
		east, north := (centre[0]-at[0])*math.Cos(at[1]*math.Pi/180), centre[1]-at[1]
		if d := east*east + north*north; d < least {
			best, least = p.index[pieceKey(community, c)], d
		}
	}
	return best
}

// releaseRows collects counts by place and grid.
type releaseRows struct {
	rows map[rowKey]map[string]int
	keys []rowKey
}

type rowKey struct {
	place int
	grid  string
}

func (r *releaseRows) at(place int, grid string) map[string]int {
	k := rowKey{place, grid}
	if r.rows[k] == nil {
		r.rows[k] = make(map[string]int)
		r.keys = append(r.keys, k)
	}
	return r.rows[k]
}

func (r *releaseRows) into(in *disclosure.Input) {
	slices.SortFunc(r.keys, func(a, b rowKey) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.grid, b.grid)) })
	for _, k := range r.keys {
		row := disclosure.Row{Place: k.place, Insider: k.grid, Counts: make([]int, len(in.Columns))}
		for i, c := range in.Columns {
			row.Counts[i] = r.rows[k][c]
		}
		in.Rows = append(in.Rows, row)
	}
}
