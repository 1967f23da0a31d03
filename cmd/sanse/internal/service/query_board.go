package service

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// BoardView is the account of one area and of those right below it.
type BoardView struct {
	Area     planner.Area
	Path     []planner.Area
	Period   reports.Period
	Totals   reports.Row
	Grades   map[string]reports.Row
	Children []reports.AreaRow
	Weeks    []reports.PeriodRow
	Tasks    []reports.TaskRow
	Coverage []data.AreaCoverage
	// Release is what the figures are from, for who does not answer for the area:
	// then rows hold only residents, as far as they are told, and OnTime.
	Release *Release
	// Hidden are the children of which only that is told.
	Hidden map[string]bool
}

// Board returns the account of an area in the day, week or month that holds a
// day (0: the day on which the pages open), or in the plan's whole horizon.
func (s *Service) Board(ctx context.Context, district, area, period string, day planner.Date) (BoardView, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return BoardView{}, err
	}
	if day == 0 {
		day = v.opensOn()
	}
	var p reports.Period
	switch period {
	case "day":
		p = reports.Day(day)
	case "week":
		p = reports.Week(day)
	case "", "month":
		p = reports.Month(day)
	case "horizon":
		p = v.board.Horizon()
	default:
		return BoardView{}, invalid("period: %q is none: want day, week, month or horizon", period)
	}
	release, err := s.released(ctx, &v.boundaries, a.Code)
	if err != nil {
		return BoardView{}, err
	}
	if release != nil {
		return v.releasedBoard(ctx, release, a, p), nil
	}
	return BoardView{
		Area: a, Path: v.path(a), Period: p, Totals: v.board.Row(a.Code, p), Grades: v.board.Grades(a.Code, p),
		Children: v.board.Children(a.Code, p), Weeks: v.board.Weeks(a.Code), Tasks: v.board.Tasks(a.Code, p), Coverage: v.coverage[a.Code],
	}, nil
}

// releasedBoard is the board for who does not answer for the area: what has been
// released, whatever the period, and true rows of the children they answer for.
func (v *view) releasedBoard(ctx context.Context, r *Release, a planner.Area, p reports.Period) BoardView {
	out := BoardView{Area: a, Path: v.path(a), Period: p, Totals: r.row(a.Code), Release: r, Hidden: make(map[string]bool)}
	viewer := viewerOf(ctx)
	for _, row := range v.board.Children(a.Code, p) {
		if !viewer.AnswersFor(row.Code) {
			row.Row, out.Hidden[row.Code] = r.row(row.Code), true
		}
		out.Children = append(out.Children, row)
	}
	for _, c := range v.coverage[a.Code] {
		c.Residents, c.ResidentsCovered = 0, 0 // a circle is a piece of ground like any
		out.Coverage = append(out.Coverage, c)
	}
	return out
}

// row is what a release tells of an area in a line of the board.
func (r *Release) row(area string) reports.Row {
	row := reports.Row{Residents: map[string]int{}, OnTime: r.OnTime(area)}
	if grades := r.Grades(area); grades != nil {
		row.Residents = grades
	} else if n, ok := r.Residents(area); ok {
		row.Residents["all"] = n
	}
	return row
}

// Unplanned returns what the plan does not make in an area, and why.
func (s *Service) Unplanned(ctx context.Context, district, area string) ([]UnplannedView, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return nil, err
	}
	rows := v.board.Unplanned(a.Code)
	out, ids := make([]UnplannedView, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		out[i].UnplannedRow, ids[i] = r, r.Resident
		if t := v.tasks[r.Task]; t != nil {
			out[i].What = t.What
		}
	}
	if err := s.shown(ctx, v.snap, ids, read("unplanned", a.Code)); err != nil {
		return nil, err
	}
	return out, nil
}

// UnplannedView is what a plan leaves out, with what a task consists of.
type UnplannedView struct {
	reports.UnplannedRow
	What string // a key of the vocabulary of skills or words; empty for a care visit
}

// Shortages returns what proves that the plan cannot be without lapses, of the
// blocks that an area holds or lies in; a proof of several blocks together,
// which names none, is of every area. Who answers for a part of a block alone is
// told of none.
func (s *Service) Shortages(ctx context.Context, district, area string) ([]ShortageView, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	if err := mustMay(ctx, CapNumbers, a.Code); err != nil {
		return nil, err
	}
	viewer := viewerOf(ctx)
	var out []ShortageView
	for _, sh := range v.planned.Shortages {
		if !viewer.May(CapNumbers, cmp.Or(sh.Block, v.snap.District.Code)) {
			continue
		}
		if sh.Block == "" || strings.HasPrefix(sh.Block, a.Code) || strings.HasPrefix(a.Code, sh.Block) {
			row := ShortageView{Shortage: sh, Work: v.workOf(sh.Needs)}
			if block, ok := v.snap.Tree.Area(sh.Block); ok {
				row.Name = block.Name
			}
			out = append(out, row)
		}
	}
	return out, nil
}

// ShortageView is a proof with the name of its community.
type ShortageView struct {
	planner.Shortage
	Name string // empty: of several together
	Work []ShortageWork
}

// ShortageWork is how many of a proof's visits are of one sort of work.
type ShortageWork struct {
	Kind   string // of the tasks; empty: care visits
	What   string // a key of the vocabulary of skills, or empty
	Visits int
}

// workOf counts the visits of a proof by what is done there, most first.
func (v *view) workOf(needs []planner.ShortageNeed) []ShortageWork {
	var out []ShortageWork
	for _, n := range needs {
		w := ShortageWork{}
		if t := v.tasks[n.Task]; t != nil {
			w.Kind = t.Kind
			if slices.ContainsFunc(data.Skills, func(term data.Term) bool { return term.Key == t.What }) {
				w.What = t.What
			}
		}
		i := slices.IndexFunc(out, func(o ShortageWork) bool { return o.Kind == w.Kind && o.What == w.What })
		if i < 0 {
			i, out = len(out), append(out, w)
		}
		out[i].Visits += n.Visits
	}
	slices.SortStableFunc(out, func(a, b ShortageWork) int { return b.Visits - a.Visits })
	return out
}
