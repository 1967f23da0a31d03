package service

import (
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
		return BoardView{}, invalid("%q is no period: want day, week, month or horizon", period)
	}
	return BoardView{
		Area: a, Path: v.path(a), Period: p, Totals: v.board.Row(a.Code, p), Grades: v.board.Grades(a.Code, p),
		Children: v.board.Children(a.Code, p), Weeks: v.board.Weeks(a.Code), Tasks: v.board.Tasks(a.Code, p), Coverage: v.coverage[a.Code],
	}, nil
}

// Unplanned returns what the plan does not make in an area, and why.
func (s *Service) Unplanned(ctx context.Context, district, area string) ([]UnplannedView, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	rows := v.board.Unplanned(a.Code)
	out := make([]UnplannedView, len(rows))
	for i, r := range rows {
		out[i].UnplannedRow = r
		if t := v.tasks[r.Task]; t != nil {
			out[i].What = t.What
		}
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
// which names none, is of every area.
func (s *Service) Shortages(ctx context.Context, district, area string) ([]ShortageView, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	var out []ShortageView
	for _, sh := range v.planned.Shortages {
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
