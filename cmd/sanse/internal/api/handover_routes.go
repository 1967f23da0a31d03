package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/data"
)

func (s *Server) registerHandovers(api huma.API) {
	get(api, "handed", "/v1/handed", "Residents who were handed to whoever asks, or to their department", s.getHanded)
	get(api, "handovers", "/v1/residents/{id}/handovers", "To whom a resident was handed, and can be", s.getHandovers)
	write := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary,
			Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("hand-over", http.MethodPost, "/v1/residents/{id}/handovers", "A resident handed to somebody, or to a department, for a time"), s.postHandover)
	huma.Register(api, write("end-handover", http.MethodDelete, "/v1/residents/{id}/handovers/{n}", "A handover ended before its time, or a broken glass closed"), s.deleteHandover)
}

// Handed is who was handed to whoever asks.
type Handed struct {
	Items []HandedResident `json:"items" doc:"those whose time ends first in front"`
}

// HandedResident is a resident who was handed to whoever asks, or to their
// department.
type HandedResident struct {
	Resident string `json:"resident"`
	N        int    `json:"n" doc:"numbers the handovers of a resident"`
	Body     string `json:"body,omitempty" doc:"the department; empty: to the account itself"`
	Kind     string `json:"kind" enum:"case,help,break_glass"`
	From     string `json:"from"`
	To       string `json:"to" doc:"the moment from which it no longer holds"`
	By       string `json:"by" doc:"who handed the resident over, by name; empty: at the command line"`
	Reason   string `json:"reason"`
	Grade    string `json:"grade"`
	Area     string `json:"area" doc:"code of the community"`
	AreaName string `json:"area_name"`
}

func (s *Server) getHanded(ctx context.Context, _ *struct{}) (*answer[Handed], error) {
	list, err := s.service.Handed(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := Handed{Items: make([]HandedResident, len(list))}
	for i := range list {
		h := &list[i]
		out.Items[i] = HandedResident{
			Resident: h.Resident, N: h.N, Body: h.Body, Kind: string(h.Kind), From: clock(h.From), To: clock(h.To), By: h.By.Reveal(),
			Reason: h.Reason.Reveal(), Grade: h.Grade, Area: h.Area, AreaName: h.AreaName,
		}
	}
	return answerOf(out), nil
}

// Handovers is to whom a resident was handed, and can be.
type Handovers struct {
	Items       []Handover `json:"items" doc:"past ones included, by number"`
	Departments []string   `json:"departments" doc:"for which somebody signs in"`
	People      []Taker    `json:"people" doc:"of the resident's town, or of all of it"`
}

// Handover is a resident in somebody's hands for a time.
type Handover struct {
	N         int    `json:"n"`
	Account   string `json:"account,omitempty"`
	Name      string `json:"name,omitempty" doc:"of the account"`
	Body      string `json:"body,omitempty" doc:"a department"`
	Kind      string `json:"kind" enum:"case,help,break_glass"`
	From      string `json:"from"`
	To        string `json:"to" doc:"the moment from which it no longer holds"`
	GivenBy   string `json:"given_by"`
	GivenName string `json:"given_name,omitempty"`
	Reason    string `json:"reason"`
	InForce   bool   `json:"in_force"`
}

// Taker is somebody to whom a resident can be handed.
type Taker struct {
	Account  string `json:"account"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Area     string `json:"area"`
	AreaName string `json:"area_name"`
}

func (s *Server) getHandovers(ctx context.Context, in *ResidentPath) (*answer[Handovers], error) {
	h, err := s.service.Handovers(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	out := Handovers{Items: make([]Handover, len(h.Items)), Departments: h.Departments, People: make([]Taker, len(h.People))}
	for i := range h.Items {
		v := &h.Items[i]
		out.Items[i] = Handover{
			N: v.N, Account: v.Account, Name: v.Name.Reveal(), Body: v.Body, Kind: string(v.Kind), From: clock(v.From), To: clock(v.To),
			GivenBy: v.GivenBy, GivenName: v.By.Reveal(), Reason: v.Reason.Reveal(), InForce: v.InForce,
		}
	}
	for i, t := range h.People {
		out.People[i] = Taker{t.Account, t.Name.Reveal(), string(t.Role), t.Area, t.AreaName}
	}
	return answerOf(out), nil
}

// HandoverInput says to whom a resident is handed, for how long and why.
type HandoverInput struct {
	Account string     `json:"account,omitempty" maxLength:"64" doc:"to somebody; or"`
	Body    string     `json:"body,omitempty" maxLength:"64" doc:"to a department"`
	Kind    string     `json:"kind" enum:"case,help"`
	From    *time.Time `json:"from,omitempty" doc:"absent: now"`
	To      time.Time  `json:"to" doc:"the moment from which it no longer holds, within a year"`
	Reason  string     `json:"reason" maxLength:"2000" doc:"sealed; read by those to whom the resident is handed, and by auditors"`
}

// HandoverMade is the number of a handover.
type HandoverMade struct {
	N int `json:"n"`
}

func (s *Server) postHandover(ctx context.Context, in *struct {
	ResidentPath
	Body HandoverInput
},
) (*made[HandoverMade], error) {
	h := data.Handover{Account: in.Body.Account, Body: in.Body.Body, Kind: data.HandoverKind(in.Body.Kind), To: in.Body.To, Reason: data.Sealed(in.Body.Reason)}
	if in.Body.From != nil {
		h.From = *in.Body.From
	}
	n, err := s.service.HandOver(ctx, s.district, in.ID, h)
	if err != nil {
		return nil, s.problem(err)
	}
	return &made[HandoverMade]{http.StatusCreated, fresh, HandoverMade{n}}, nil
}

func (s *Server) deleteHandover(ctx context.Context, in *struct {
	ResidentPath
	N int `path:"n" minimum:"1" maximum:"1000000"`
},
) (*struct{}, error) {
	return nil, s.problem(s.service.EndHandover(ctx, s.district, in.ID, in.N))
}
