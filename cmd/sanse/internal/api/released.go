package api

import (
	"context"

	"github.com/paulmach/orb/geojson"

	"sanse/cmd/sanse/internal/service"
	"sanse/reports"
)

// BoardRow is a line of the board. For who does not answer for the area the
// numbers of visits are null, and residents are by grade as far as that is told:
// several grades may be one ("red+yellow"), or all ("all"), or none.
type BoardRow struct {
	Residents map[string]int `json:"residents"`
	Required  *int           `json:"required"`
	Done      *int           `json:"done"`
	Planned   *int           `json:"planned"`
	Due       *int           `json:"due"`
	Late      *int           `json:"late"`
	Owed      *int           `json:"owed"`
	Lapses    *int           `json:"lapses"`
	OnTime    *float64       `json:"on_time" doc:"share 0 to 1; for outsiders as of the release, in steps of 5 %"`
}

// BoardAreaRow is the line of an area.
type BoardAreaRow struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Level string `json:"level"`
	BoardRow
}

// BoardPeriodRow is the line of a period, with a line for each grade.
type BoardPeriodRow struct {
	reports.Period
	BoardRow
	ByGrade map[string]BoardRow `json:"by_grade"`
}

func boardRow(r *reports.Row, told bool) BoardRow {
	out := BoardRow{Residents: r.Residents, OnTime: r.OnTime}
	if told {
		out.Required, out.Done, out.Planned, out.Due = &r.Required, &r.Done, &r.Planned, &r.Due
		out.Late, out.Owed, out.Lapses = &r.Late, &r.Owed, &r.Lapses
	}
	return out
}

func boardRows(rows map[string]reports.Row) map[string]BoardRow {
	out := make(map[string]BoardRow, len(rows))
	for k, r := range rows {
		out[k] = boardRow(&r, true)
	}
	return out
}

// ReleaseTerm says from which release figures are.
type ReleaseTerm struct {
	Day  string `json:"day" format:"date" doc:"since when it holds"`
	Next string `json:"next" format:"date" doc:"from when on there may be another"`
	K    int    `json:"k" doc:"counts below are hidden"`
}

func releasedOf(r *service.Release) *ReleaseTerm {
	if r == nil {
		return nil
	}
	return &ReleaseTerm{r.Day.String(), r.Next.String(), r.K}
}

// Release is all that outsiders are told.
type Release struct {
	ReleaseTerm
	Figures []Figure `json:"figures"`
}

// Figure is a count of a release.
type Figure struct {
	Area   string         `json:"area"`
	Cell   string         `json:"cell,omitempty" doc:"of the part of the area that lies in this H3 cell; none: of all of it"`
	Detail string         `json:"detail" doc:"enrolled, grades (the grade of most, and all others together), grade, disabled, or kind: and a kind"`
	Parts  map[string]int `json:"parts" doc:"the detail's parts; all that are counted are in one of them"`
	Day    string         `json:"day" format:"date" doc:"of which the counts are: older where the change since is too small to be told"`
}

func (s *Server) getRelease(ctx context.Context, in *areaInput) (*answer[Release], error) {
	r, err := s.service.Release(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := Release{ReleaseTerm: *releasedOf(r), Figures: []Figure{}}
	for _, f := range r.Figures(in.Area) {
		out.Figures = append(out.Figures, Figure{f.Area, f.Cell, f.Detail, f.Parts, f.Day.String()})
	}
	return answerOf(out), nil
}

// Heatmap is a map of counts.
type Heatmap struct {
	Res      int                        `json:"res"`
	Layer    string                     `json:"layer"`
	K        int                        `json:"k" doc:"counts below are hidden from outsiders"`
	Total    *int                       `json:"total" doc:"null where it is hidden"`
	Released *ReleaseTerm               `json:"released" doc:"what the counts are from; null: they are true"`
	Cells    *geojson.FeatureCollection `json:"cells" doc:"properties: cell, count, hidden; rolled_up where several cells (their number: cells) have one count together, in the place of; partly where a cell has pieces in such a one; share of visits made in time"`
}

type heatmapInput struct {
	Area  string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Res   int    `query:"res" minimum:"6" maximum:"8" default:"8" doc:"H3 resolution"`
	Layer string `query:"layer" maxLength:"50" default:"residents" doc:"people, over60, under18, residents, disabled, load (visits planned), on_time, a grade or a kind"`
}

func (s *Server) getHeatmap(ctx context.Context, in *heatmapInput) (*answer[Heatmap], error) {
	h, err := s.service.Heatmap(ctx, s.district, in.Layer, in.Area, in.Res)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(Heatmap{Res: h.Resolution, Layer: h.Layer, K: h.K, Total: h.Total, Released: releasedOf(h.Release), Cells: h.Cells}), nil
}
