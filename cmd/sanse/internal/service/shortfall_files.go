package service

import (
	"context"
	"io"
	"strings"
	"time"

	"sanse/geo"
	"sanse/reports"
	"sanse/reports/shortfall"
)

// ShortfallPDF writes how an area (empty: the district) stands against the
// standards as one page to print, and stood at a report (0: the last one of a day
// before today), in Chinese or English. ErrNoFont says that the machine has
// nothing to print with.
func (s *Service) ShortfallPDF(ctx context.Context, district, area string, report int, english bool, w io.Writer) error {
	font, err := s.font()
	if err != nil {
		return err
	}
	in, made, err := s.shortfallFile(ctx, district, area, report)
	if err != nil {
		return err
	}
	in.About.English = english
	return s.leaveShortfall(ctx, &in, w, func(w io.Writer) error { return reports.WriteShortfallPDF(w, in, font, made) })
}

// leaveShortfall writes a file of a shortfall with its mark. What everybody gets is
// the same for all.
func (s *Service) leaveShortfall(ctx context.Context, in *reports.ShortfallInput, w io.Writer, write func(io.Writer) error) error {
	if in.About.Released {
		return write(w)
	}
	return s.Leave(ctx, 0, w, func(w io.Writer, m reports.Marked) error {
		in.Mark = m
		return write(w)
	})
}

// ShortfallWorkbook writes how an area (empty: the district) and all areas down
// to the grids stand against the standards as a workbook, beside a report as
// ShortfallPDF does.
func (s *Service) ShortfallWorkbook(ctx context.Context, district, area string, report int, w io.Writer) error {
	in, _, err := s.shortfallFile(ctx, district, area, report)
	if err != nil {
		return err
	}
	return s.leaveShortfall(ctx, &in, w, func(w io.Writer) error { return reports.WriteShortfallWorkbook(w, in) })
}

// shortfallFile gathers what the files are made from, as the viewer may take it
// out of the house, and the time it is made, in the district's time zone.
func (s *Service) shortfallFile(ctx context.Context, district, area string, report int) (in reports.ShortfallInput, made time.Time, err error) {
	ctx = exporting(ctx)
	view, err := s.Shortfall(ctx, district, area, report)
	if err != nil {
		return in, made, err
	}
	k, a, err := s.shortfallOf(ctx, district, view.Area.Code)
	if err != nil {
		return in, made, err
	}
	zone, err := time.LoadLocation(k.snap.District.TimeZone)
	if err != nil {
		return in, made, invalid("there is no time zone %q", k.snap.District.TimeZone)
	}
	viewer := viewerOf(ctx)
	at, version := s.now().In(zone), k.snap.Version
	made, moment := at, at.Format("2006-01-02 15:04")
	if !viewer.AnswersFor(a.Code) {
		// The same file on every look at a day, whatever else has changed.
		made, moment, version = view.Day.Time(), view.Day.String(), 0
	}
	in = reports.ShortfallInput{
		About: reports.Shortfall{
			Area: shortfallArea(k.snap.Tree, a.Code), Day: view.Day, Released: !viewer.AnswersFor(a.Code),
			MadeUp: k.snap.District.MadeUp, Note: k.snap.District.Note, Source: k.snap.District.Attribution, Review: k.snap.District.ReviewNumber,
			Made: moment, Version: version,
		},
		Was: make(map[string]float64), Standards: k.standards.Set.Standards, Uncovered: view.Uncovered, Unmatched: view.Unmatched, Expected: view.Expected, Places: view.Places,
		Supply: view.Facilities, Labels: Labels(),
	}
	for _, up := range view.Path[:len(view.Path)-1] {
		in.About.Path = append(in.About.Path, up.Name)
	}
	if view.Previous != nil {
		in.About.Previous = &view.Previous.Day
	}
	for i := range view.Rows {
		r := &view.Rows[i]
		if r.Reason == Hidden {
			continue
		}
		in.Rows = append(in.Rows, r.Row)
		if r.Trend != nil && r.Trend.Share != nil {
			in.Was[r.Standard] = *r.Trend.Share
		}
	}
	if view.Team != nil {
		in.Team = *view.Team
	}
	if view.VisitorMinutes != nil {
		in.Minutes, in.Blocks = view.VisitorMinutes.Short, view.VisitorMinutes.Blocks
	}
	for level := geo.LevelDistrict; level <= min(geo.LevelGrid, k.snap.Tree.Deepest()); level++ {
		for _, code := range k.snap.Tree.Codes(level) {
			if code == a.Code || !strings.HasPrefix(code, a.Code) {
				continue
			}
			in.Below = append(in.Below, reports.ShortfallArea{Area: shortfallArea(k.snap.Tree, code), Rows: told(k.disclosed(viewer, code, k.table.Rows(code)))})
		}
	}
	for _, code := range k.snap.Tree.Children(a.Code) {
		child, _ := k.snap.Tree.Area(code)
		in.About.Ground = append(in.About.Ground, reports.ShortfallGround{Code: code, Boundary: child.Boundary})
	}
	return in, made, nil
}

func shortfallArea(tree *geo.Tree, code string) shortfall.Area {
	a, _ := tree.Area(code)
	return shortfall.Area{Code: a.Code, Name: a.Name, Level: a.Level, Parent: a.Parent}
}
