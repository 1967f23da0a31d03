package service

import (
	"context"

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
		Children: v.board.Children(a.Code, p), Weeks: v.board.Weeks(a.Code), Coverage: v.coverage[a.Code],
	}, nil
}

// Unplanned returns what the plan does not make in an area, and why.
func (s *Service) Unplanned(ctx context.Context, district, area string) ([]reports.UnplannedRow, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	return v.board.Unplanned(a.Code), nil
}
