package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// Chart is a picture as options for ECharts. The options are data alone: no
// function, no markup.
type Chart struct {
	ID     string         `json:"id"`
	Title  string         `json:"title"`
	Note   string         `json:"note,omitempty" doc:"how to read it"`
	Height int            `json:"height" doc:"pixels"`
	Option map[string]any `json:"option" doc:"for setOption of ECharts 6"`
}

func (s *Server) registerCharts(api huma.API) {
	get(api, "shortfall-charts", "/v1/shortfall/charts", "Charts of how an area stands against the standards, as options for ECharts", s.getShortfallCharts)
}

type chartsInput struct {
	Area   string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Lang   string `query:"lang" enum:"zh,en" default:"zh"`
	Report int    `query:"report" minimum:"0" doc:"the report that is looked back at; 0: the last one of a day before today"`
}

func (s *Server) getShortfallCharts(ctx context.Context, in *chartsInput) (*answer[[]Chart], error) {
	list, err := s.service.ShortfallCharts(ctx, s.district, in.Area, in.Report, in.Lang == "en")
	if err != nil {
		return nil, s.problem(err)
	}
	out := make([]Chart, len(list))
	for i, c := range list {
		out[i] = Chart(c)
	}
	return answerOf(out), nil
}
