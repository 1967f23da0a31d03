package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func (s *Server) registerPaper(api huma.API) {
	fails := []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError}
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Errors: fails, MaxBodyBytes: maxMoveBytes}
	}
	huma.Register(api, op("day-sheet", http.MethodGet, "/v1/today/sheet.pdf", "A visitor's day to be printed, with names"), s.getSheet)
	huma.Register(api, op("day-walk", http.MethodGet, "/v1/today/walk.gpx", "The way of a visitor's day along the streets, without names"), s.getWalk)
	huma.Register(api, op("day-slips", http.MethodGet, "/v1/today/slips.pdf", "Slips to leave at the doors of a visitor's day, by which the visits are rated; without names"), s.getSlips)
	huma.Register(api, op("calendar", http.MethodGet, "/v1/calendar/{secret}", "When somebody walks, for a calendar: by a secret in the address, and without names"), s.getCalendar)
	huma.Register(api, op("my-calendar", http.MethodGet, "/v1/today/calendar", "Since when one has an address of a calendar"), s.getMyCalendar)
	huma.Register(api, op("make-calendar", http.MethodPost, "/v1/today/calendar", "A new address of a calendar, told once; the one before it is revoked"), s.postCalendar)
	end := op("end-calendar", http.MethodDelete, "/v1/today/calendar", "The address of a calendar revoked")
	end.DefaultStatus = http.StatusNoContent
	huma.Register(api, end, s.deleteCalendar)
	huma.Register(api, op("tick-tasks", http.MethodPost, "/v1/ticks", "Patrol points and other tasks at no home ticked off, once however often they are sent"), s.postTicks)
}

type paperInput struct {
	Visitor  string `query:"visitor" maxLength:"100" doc:"empty: who asks"`
	Date     string `query:"date" doc:"empty: today"`
	Language string `query:"lang" enum:"zh,en" default:"zh"`
}

func (s *Server) getSheet(ctx context.Context, in *paperInput) (*attached, error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = s.service.DaySheet(ctx, s.district, in.Visitor, on, in.Language == "en", &b)
	if errors.Is(err, service.ErrNoFont) {
		return nil, huma.NewError(http.StatusServiceUnavailable, service.MessageOf(err))
	}
	if err != nil {
		return nil, s.problem(err)
	}
	return paper("inline", "day.pdf", "application/pdf", b.Bytes()), nil
}

func (s *Server) getWalk(ctx context.Context, in *paperInput) (*attached, error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.service.DayWalk(ctx, s.district, in.Visitor, on, &b); err != nil {
		return nil, s.problem(err)
	}
	return paper("attachment", "walk.gpx", "application/gpx+xml", b.Bytes()), nil
}

// slipsInput is a day for which slips are made, and under which name this server was
// asked: that is what the paper will say.
type slipsInput struct {
	Visitor  string `query:"visitor" maxLength:"100" doc:"empty: who asks"`
	Date     string `query:"date" doc:"empty: today"`
	Language string `query:"lang" enum:"zh,en" default:"zh"`
	host     string
	tls      bool
}

// Resolve notes the name.
func (in *slipsInput) Resolve(ctx huma.Context) []error {
	in.host, in.tls = ctx.Host(), ctx.TLS() != nil
	return nil
}

func (s *Server) getSlips(ctx context.Context, in *slipsInput) (*attached, error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = s.service.DaySlips(ctx, s.district, in.Visitor, on, in.Language == "en", s.site(in.host, in.tls), &b)
	if errors.Is(err, service.ErrNoFont) {
		return nil, huma.NewError(http.StatusServiceUnavailable, service.MessageOf(err))
	}
	if err != nil {
		return nil, s.problem(err)
	}
	return paper("inline", "slips.pdf", "application/pdf", b.Bytes()), nil
}

// paper is a file whose name tells nothing of whose it is.
func paper(how, name, contentType string, b []byte) *attached {
	return &attached{
		ContentType: contentType, CacheControl: fresh, Body: b, Disposition: fmt.Sprintf(`%s; filename="sanse-%s"`, how, name),
		Policy: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
	}
}

func (s *Server) getCalendar(ctx context.Context, in *struct {
	Secret   string `path:"secret" maxLength:"64"`
	Language string `query:"lang" enum:"zh,en" default:"zh"`
},
) (*document, error) {
	var b bytes.Buffer
	if err := s.service.WriteCalendar(ctx, s.district, data.Token(in.Secret), in.Language == "en", &b); err != nil {
		return nil, s.problem(err)
	}
	return &document{ContentType: "text/calendar; charset=utf-8", CacheControl: fresh, Body: b.Bytes()}, nil
}

// MyCalendar tells of the address of one's calendar, never the address itself.
type MyCalendar struct {
	MadeAt *string `json:"made_at" format:"date-time" doc:"null: there is none"`
}

func (s *Server) getMyCalendar(ctx context.Context, _ *struct{}) (*answer[MyCalendar], error) {
	at, err := s.service.Calendar(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(MyCalendar{stamp(at)}), nil
}

// CalendarMade is the address of a calendar, which is told this once.
type CalendarMade struct {
	Path string `json:"path" doc:"on this server; whoever has it sees when one walks"`
}

func (s *Server) postCalendar(ctx context.Context, _ *struct{}) (*answer[CalendarMade], error) {
	secret, err := s.service.MakeCalendar(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(CalendarMade{"/v1/calendar/" + secret.Reveal()}), nil
}

func (s *Server) deleteCalendar(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.problem(s.service.RevokeCalendar(ctx, s.district))
}

// TicksBody are tasks at no home that were done.
type TicksBody struct {
	Ticks []TickBody `json:"ticks" minItems:"1" maxItems:"200"`
}

// TickBody is a task that was done on a day.
type TickBody struct {
	Task string `json:"task" maxLength:"100"`
	Date string `json:"date" maxLength:"10"`
}

// TicksAnswer says what became of each, in their order.
type TicksAnswer struct {
	Ticks []string `json:"ticks" doc:"stored, same (it was there), or refused"`
}

func (s *Server) postTicks(ctx context.Context, in *struct{ Body TicksBody }) (*answer[TicksAnswer], error) {
	ticks := make([]service.Tick, len(in.Body.Ticks))
	for i, t := range in.Body.Ticks {
		on, err := day(t.Date)
		if err != nil {
			return nil, err
		}
		ticks[i] = service.Tick{Task: t.Task, Day: on}
	}
	list, err := s.service.TickTasks(ctx, s.district, ticks)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(TicksAnswer{list}), nil
}
