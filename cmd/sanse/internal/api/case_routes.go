package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func (s *Server) registerCases(api huma.API) {
	get(api, "cases", "/v1/cases", "Cases of an area: open ones first, the nearest deadline first", s.getCases)
	get(api, "case", "/v1/cases/{id}", "A case with all that became of it", s.getCase)
	get(api, "case-helpers", "/v1/cases/{id}/helpers", "Who is near a case and able to come now", s.getCaseHelpers)
	write := func(id, path, summary string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, DefaultStatus: status,
			Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("open-case", "/v1/cases", "A case opened", http.StatusCreated), s.postCase)
	huma.Register(api, write("step-case", "/v1/cases/{id}/steps", "A case taken a stage further, or written about", http.StatusOK), s.postCaseStep)
	huma.Register(api, write("pass-case", "/v1/cases/{id}/pass", "A case passed on to others", http.StatusOK), s.postCasePass)
}

// Case is a case as it stands.
type Case struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind" enum:"emergency,general,missed"`
	Source   string   `json:"source" enum:"found,missed,resident,device,above"`
	Resident string   `json:"resident,omitempty" doc:"left out: it is of nobody"`
	Area     string   `json:"area" doc:"where it is: a micro-grid or a grid"`
	Where    []string `json:"where,omitempty" doc:"names of the areas from the town down to it"`
	Ladder   int64    `json:"ladder,omitempty" doc:"whose lapse it is"`
	Level    string   `json:"level" enum:"grid,departments,task_force" doc:"who holds it"`
	Body     string   `json:"body,omitempty" doc:"the department that leads"`
	Stage    string   `json:"stage" enum:"call,arrival,handling,feedback,rating,closed"`
	Opened   string   `json:"opened"`
	Deadline string   `json:"deadline" doc:"to answer while the stage is call, afterwards to solve it"`
	Closed   string   `json:"closed,omitempty"`
}

func caseOf(c *data.Case) Case {
	return Case{
		ID: c.ID, Kind: c.Kind, Source: c.Source, Resident: c.Resident, Area: c.Area, Ladder: c.Ladder, Level: string(c.Level), Body: c.Body,
		Stage: string(c.Stage), Opened: timeText(c.Opened), Deadline: timeText(c.Deadline), Closed: timeText(c.Closed),
	}
}

// CaseList is a list of cases.
type CaseList struct {
	At    string `json:"at" format:"date-time" doc:"the time of the server: clocks of pages go by that"`
	Items []Case `json:"items"`
	More  bool   `json:"more,omitempty" doc:"there are others: ask for a smaller area"`
}

// CaseStep is what became of a case.
type CaseStep struct {
	N        int    `json:"n"`
	At       string `json:"at"`
	By       string `json:"by,omitempty" doc:"the account; left out: the program"`
	Stage    string `json:"stage"`
	Level    string `json:"level"`
	Body     string `json:"body,omitempty"`
	Deadline string `json:"deadline"`
	Text     string `json:"text,omitempty"`
}

// CaseFile is a case with all that became of it.
type CaseFile struct {
	Case  Case       `json:"case"`
	Steps []CaseStep `json:"steps"`
}

type casesInput struct {
	Area string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Open bool   `query:"open" doc:"those alone that are not closed"`
}

func (s *Server) getCases(ctx context.Context, in *casesInput) (*answer[CaseList], error) {
	list, more, err := s.service.Cases(ctx, s.district, in.Area, in.Open)
	if err != nil {
		return nil, s.problem(err)
	}
	codes := make([]string, len(list))
	for i := range list {
		codes[i] = list[i].Area
	}
	where, err := s.service.AreaPaths(ctx, s.district, codes...)
	if err != nil {
		return nil, s.problem(err)
	}
	out := CaseList{At: timeText(s.service.Now()), Items: make([]Case, len(list)), More: more}
	for i := range list {
		out.Items[i] = caseOf(&list[i])
		out.Items[i].Where = where[list[i].Area]
	}
	return answerOf(out), nil
}

// CasePath names a case.
type CasePath struct {
	ID string `path:"id" maxLength:"20"`
}

func (s *Server) getCase(ctx context.Context, in *CasePath) (*answer[CaseFile], error) {
	c, steps, err := s.service.Case(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	where, err := s.service.AreaPaths(ctx, s.district, c.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	out := CaseFile{Case: caseOf(&c), Steps: make([]CaseStep, len(steps))}
	out.Case.Where = where[c.Area]
	for i, st := range steps {
		out.Steps[i] = CaseStep{
			N: st.N, At: timeText(st.At), By: st.By, Stage: string(st.Stage), Level: string(st.Level), Body: st.Body, Deadline: timeText(st.Deadline), Text: st.Text.Reveal(),
		}
	}
	return answerOf(out), nil
}

// CaseHelper is a visitor who could come to a case.
type CaseHelper struct {
	Visitor string `json:"visitor"`
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Kind    string `json:"kind"`
	Tier    string `json:"tier,omitempty"`
	Mode    string `json:"mode" enum:"foot,e-bike,car"`
	Duty    string `json:"duty" enum:"working,later" doc:"now, or at another hour of the day"`
	Seconds int    `json:"seconds" doc:"of the way along the streets"`
	Planned bool   `json:"planned" doc:"from where the plan has them now; else from where their day begins"`
	Busy    bool   `json:"busy" doc:"at a door now, by the plan"`
}

// CaseBase is a place from which somebody comes by car.
type CaseBase struct {
	Facility string `json:"facility"`
	Name     string `json:"name"`
	Service  string `json:"service"`
	Seconds  int    `json:"seconds"`
}

// CaseHelpers are who could come to a case, those who work now and are nearest first.
type CaseHelpers struct {
	At       string       `json:"at"`
	Visitors []CaseHelper `json:"visitors"`
	Bases    []CaseBase   `json:"bases"`
	Off      bool         `json:"off_streets,omitempty" doc:"no street is near: how far anybody is cannot be told"`
}

func (s *Server) getCaseHelpers(ctx context.Context, in *CasePath) (*answer[CaseHelpers], error) {
	h, err := s.service.CaseHelpers(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	out := CaseHelpers{At: timeText(h.At), Visitors: make([]CaseHelper, len(h.Visitors)), Bases: make([]CaseBase, len(h.Bases)), Off: h.Off}
	for i := range h.Visitors {
		v := &h.Visitors[i]
		out.Visitors[i] = CaseHelper{v.ID, v.Name, v.Phone, v.Kind, tierText(v.Tier), v.Mode, v.Duty.String(), v.Seconds, v.Planned, v.Busy}
	}
	for i, b := range h.Bases {
		out.Bases[i] = CaseBase(b)
	}
	return answerOf(out), nil
}

// CaseInput is what somebody reports.
type CaseInput struct {
	Kind     string `json:"kind" maxLength:"40" doc:"emergency, general"`
	Source   string `json:"source" enum:"found,resident,device,above"`
	Resident string `json:"resident,omitempty" maxLength:"100" doc:"whom it is about, or else"`
	Area     string `json:"area,omitempty" maxLength:"30" doc:"where it is: a grid or a micro-grid"`
	Text     string `json:"text" minLength:"1" maxLength:"2000" doc:"in words; kept sealed"`
}

type postCaseInput struct{ Body CaseInput }

func (s *Server) postCase(ctx context.Context, in *postCaseInput) (*answer[Case], error) {
	c, err := s.service.OpenCase(ctx, s.district, service.NewCase(in.Body))
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(caseOf(&c)), nil
}

type postCaseStepInput struct {
	CasePath
	Body struct {
		Stage string `json:"stage" enum:"call,arrival,handling,feedback,rating,closed" doc:"the stage it comes to; the one it is at: something is written about it"`
		Text  string `json:"text,omitempty" maxLength:"2000" doc:"kept sealed"`
	}
}

func (s *Server) postCaseStep(ctx context.Context, in *postCaseStepInput) (*answer[Case], error) {
	c, err := s.service.StepCase(ctx, s.district, in.ID, data.CaseStage(in.Body.Stage), in.Body.Text)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(caseOf(&c)), nil
}

type postCasePassInput struct {
	CasePath
	Body struct {
		To   string `json:"to" enum:"grid,departments,task_force"`
		Body string `json:"body,omitempty" maxLength:"64" doc:"the department that leads"`
		Text string `json:"text,omitempty" maxLength:"2000" doc:"kept sealed"`
	}
}

func (s *Server) postCasePass(ctx context.Context, in *postCasePassInput) (*answer[Case], error) {
	c, err := s.service.PassCase(ctx, s.district, in.ID, data.CaseLevel(in.Body.To), in.Body.Body, in.Body.Text)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(caseOf(&c)), nil
}
