package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
)

func (s *Server) registerShortfallFiles(api huma.API) {
	get(api, "shortfall-page", "/v1/shortfall.pdf", "How an area stands against the standards, as one page to print", s.getShortfallPage, http.StatusServiceUnavailable)
	get(api, "shortfall-workbook", "/v1/shortfall.xlsx", "The same for the area and all areas in it, as a workbook", s.getShortfallWorkbook, http.StatusServiceUnavailable)
}

type shortfallPageInput struct {
	Area     string `query:"area" maxLength:"20" doc:"code; empty: the district"`
	Language string `query:"lang" enum:"zh,en" default:"zh"`
	Report   int    `query:"report" minimum:"0" doc:"the report that is looked back at; 0: the last one of a day before today"`
}

func (s *Server) getShortfallPage(ctx context.Context, in *shortfallPageInput) (*attached, error) {
	var b bytes.Buffer
	err := s.service.ShortfallPDF(ctx, s.district, in.Area, in.Report, in.Language == "en", &b)
	if errors.Is(err, service.ErrNoFont) {
		return nil, huma.NewError(http.StatusServiceUnavailable, service.MessageOf(err))
	}
	if err != nil {
		return nil, s.problem(err)
	}
	return s.shortfallFile(in.Area, "inline", "pdf", "application/pdf", b.Bytes()), nil
}

type shortfallWorkbookInput struct {
	Area   string `query:"area" maxLength:"20" doc:"code; empty: the district"`
	Report int    `query:"report" minimum:"0" doc:"the report that is looked back at; 0: the last one of a day before today"`
}

func (s *Server) getShortfallWorkbook(ctx context.Context, in *shortfallWorkbookInput) (*attached, error) {
	var b bytes.Buffer
	if err := s.service.ShortfallWorkbook(ctx, s.district, in.Area, in.Report, &b); err != nil {
		return nil, s.problem(err)
	}
	return s.shortfallFile(in.Area, "attachment", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes()), nil
}

// shortfallFile names a file by the code of its area, which the service has
// found by now.
func (s *Server) shortfallFile(area, how, ending, contentType string, b []byte) *attached {
	if area == "" {
		area = s.district
	}
	return &attached{
		ContentType: contentType, CacheControl: fresh, Body: b,
		Disposition: fmt.Sprintf(`%s; filename="sanse-shortfall-%s.%s"`, how, area, ending),
		Policy:      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
	}
}
