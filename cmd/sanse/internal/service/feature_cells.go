package service

import (
	"context"
	"fmt"

	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
)

// The resolutions of H3 at which people are counted, and at which walks are
// told.
const (
	minPeopleResolution = 6
	maxPeopleResolution = 8
	maxWalkResolution   = 10
)

// maxCellWalk is the longest walk that cells tell of, in seconds.
const maxCellWalk = 3600

// peopleRows fills in cells with those who live there. A place counts in the
// cell of resolution 8 that holds it and in the parents of that cell, so that
// the counts of the resolutions add up.
func (s *Service) peopleRows(ctx context.Context, v *view, t *FeatureTable) error {
	t.Columns = []FeatureColumn{
		{"cell", ColumnString, "H3 编号 / H3 index"},
		{"resolution", ColumnInteger, "级别 / Resolution"},
		{"households", ColumnInteger, "户数 / Households"},
		{"people", ColumnInteger, "人口 / People"},
		{"over60", ColumnInteger, "60岁以上 / People over 60"},
		{"over80", ColumnInteger, "80岁以上 / People over 80"},
		{"under18", ColumnInteger, "18岁以下 / People under 18"},
	}
	// Who needs care, and of which grade, is not in the tables of outsiders: what
	// they are told of cells is in the heatmap, with what is too small rolled up.
	duty := viewerOf(ctx).AnswersFor(v.snap.District.Code)
	var grades []string
	if duty {
		grades = v.board.GradeNames()
		t.Columns = append(t.Columns,
			FeatureColumn{"disabled", ColumnInteger, "残疾人 / People with a disability"},
			FeatureColumn{"residents", ColumnInteger, "关爱对象 / Residents to be visited"})
	}
	for _, g := range grades {
		title := g
		for _, term := range data.Grades {
			if term.Key == g {
				title = term.Chinese + " / Residents of grade " + g
			}
		}
		t.Columns = append(t.Columns, FeatureColumn{g, ColumnInteger, title})
	}
	counts, err := v.countCells(t.Collection.resolution)
	if err != nil {
		return err
	}
	var visits map[h3.Cell]*visitCount
	if duty {
		t.Columns = append(t.Columns,
			FeatureColumn{"visits", ColumnInteger, "计划走访次数 / Visits that are planned"},
			FeatureColumn{"visits_due", ColumnInteger, "上月以来到期走访次数 / Visits that were due, this month and the last"},
			FeatureColumn{"visits_in_time", ColumnInteger, "其中按时次数 / Of them in time"})
		if visits, err = v.visitCells(t.Collection.resolution); err != nil {
			return err
		}
	}
	for cell, n := range counts {
		outline, err := geo.CellBoundary(cell)
		if err != nil {
			return fmt.Errorf("outline of cell %s: %w", cell, err)
		}
		r := FeatureRow{ID: cell.String(), Shape: outline, Values: make([]any, len(t.Columns))}
		copy(r.Values, []any{cell.String(), t.Collection.resolution, n.households, n.people, n.over60, n.over80, n.under18})
		if duty {
			r.Values[7], r.Values[8] = n.disabled, n.residents
			for i, g := range grades {
				r.Values[9+i] = n.grades[g]
			}
			of := visits[cell]
			if of == nil {
				of = &visitCount{}
			}
			copy(r.Values[9+len(grades):], []any{of.planned, of.due, of.inTime})
		} else if n.households+n.people == 0 {
			continue // that somebody enrolled lives there, where nobody is counted, is not for outsiders
		}
		t.Rows = append(t.Rows, r)
	}
	return nil
}

// countCells counts who lives in each cell of a resolution.
func (v *view) countCells(res int) (map[h3.Cell]*peopleCount, error) {
	out := make(map[h3.Cell]*peopleCount)
	spots, homes, err := v.cellsOf()
	if err != nil {
		return nil, err
	}
	at := func(fine h3.Cell) (*peopleCount, error) {
		cell, err := fine.Parent(res)
		if err != nil {
			return nil, fmt.Errorf("parent of cell %s: %w", fine, err)
		}
		n := out[cell]
		if n == nil {
			n = &peopleCount{}
			out[cell] = n
		}
		return n, nil
	}
	for i := range v.snap.Population {
		n, err := at(spots[i])
		if err != nil {
			return nil, err
		}
		n.add(&v.snap.Population[i])
	}
	for i := range v.problem.Residents {
		n, err := at(homes[i])
		if err != nil {
			return nil, err
		}
		n.enrol(v.problem.Residents[i].Grade)
	}
	return out, nil
}

// visitCount are the visits of those who live in a cell.
type visitCount struct{ planned, due, inTime int }

// visitCells counts the visits of those who live in each cell of a resolution, as
// the maps of load and of visits in time do.
func (v *view) visitCells(res int) (map[h3.Cell]*visitCount, error) {
	out := make(map[h3.Cell]*visitCount)
	for _, layer := range []string{"load", "on_time"} {
		points, err := v.heat(layer, v.snap.District.Code)
		if err != nil {
			return nil, err
		}
		for _, p := range points {
			cell, err := p.cell.Parent(res)
			if err != nil {
				return nil, fmt.Errorf("parent of cell %s: %w", p.cell, err)
			}
			n := out[cell]
			if n == nil {
				n = &visitCount{}
				out[cell] = n
			}
			if layer == "load" {
				n.planned += p.count
			} else {
				n.due, n.inTime = n.due+p.count, n.inTime+p.kept
			}
		}
	}
	return out, nil
}

// walkRows fills in cells with the walk from the nearest facility of each
// service.
func (s *Service) walkRows(ctx context.Context, v *view, t *FeatureTable) error {
	r, err := s.reach(ctx, v.snap.District.Code, usualPace)
	if err != nil {
		return err
	}
	t.Columns = []FeatureColumn{{"cell", ColumnString, "H3 编号 / H3 index"}, {"resolution", ColumnInteger, "级别 / Resolution"}}
	services := r.index.Services()
	rows := make(map[h3.Cell][]any)
	for i, service := range services {
		title := "到最近的" + service + "设施的步行秒数 / Seconds from the nearest " + service
		for _, term := range data.Services {
			if term.Key == service {
				title = "到最近" + term.Chinese + "的步行秒数 / Seconds on foot: " + term.English
			}
		}
		t.Columns = append(t.Columns, FeatureColumn{"seconds_" + service, ColumnInteger, title})
		cells, err := r.index.Cells(ctx, service, t.Collection.resolution, maxCellWalk)
		if err != nil {
			return err
		}
		for _, c := range cells {
			values := rows[c.Cell]
			if values == nil {
				values = make([]any, 2+len(services))
				values[0], values[1] = c.Cell.String(), t.Collection.resolution
				rows[c.Cell] = values
			}
			values[2+i] = int(c.Seconds)
		}
	}
	t.Rows = make([]FeatureRow, 0, len(rows))
	for cell, values := range rows {
		outline, err := geo.CellBoundary(cell)
		if err != nil {
			return fmt.Errorf("outline of cell %s: %w", cell, err)
		}
		t.Rows = append(t.Rows, FeatureRow{ID: cell.String(), Shape: outline, Values: values})
	}
	return nil
}
