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
	ID       string `json:"id"`
	Kind     string `json:"kind" enum:"emergency,general,missed"`
	Source   string `json:"source" enum:"found,missed,resident,device,above"`
	Resident string `json:"resident,omitempty" doc:"left out: it is of nobody"`
	Area     string `json:"area" doc:"where it is: a micro-grid or a grid"`
	Ladder   int64  `json:"ladder,omitempty" doc:"whose lapse it is"`
	Level    string `json:"level" enum:"grid,departments,task_force" doc:"who holds it"`
	Body     string `json:"body,omitempty" doc:"the department that leads"`
	Stage    string `json:"stage" enum:"call,arrival,handling,feedback,rating,closed"`
	Opened   string `json:"opened"`
	Deadline string `json:"deadline" doc:"to answer while the stage is call, afterwards to solve it"`
	Closed   string `json:"closed,omitempty"`
}

func caseOf(c *data.Case) Case {
	return Case{
		ID: c.ID, Kind: c.Kind, Source: c.Source, Resident: c.Resident, Area: c.Area, Ladder: c.Ladder, Level: string(c.Level), Body: c.Body,
		Stage: string(c.Stage), Opened: timeText(c.Opened), Deadline: timeText(c.Deadline), Closed: timeText(c.Closed),
	}
}

// CaseList is a list of cases.
type CaseList struct {
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
	out := CaseList{Items: make([]Case, len(list)), More: more}
	for i := range list {
		out.Items[i] = caseOf(&list[i])
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
	out := CaseFile{Case: caseOf(&c), Steps: make([]CaseStep, len(steps))}
	for i, st := range steps {
		out.Steps[i] = CaseStep{
			N: st.N, At: timeText(st.At), By: st.By, Stage: string(st.Stage), Level: string(st.Level), Body: st.Body, Deadline: timeText(st.Deadline), Text: st.Text.Reveal(),
		}
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
