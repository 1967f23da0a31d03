package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/planner"
	"sanse/planner/form"
)

func (s *Server) registerForms(api huma.API) {
	get(api, "form", "/v1/form", "What is asked and looked at on a visit, and since when that holds", s.getForm)
	huma.Register(api, huma.Operation{
		OperationID: "put-form", Method: http.MethodPut, Path: "/v1/form", Summary: "The form that holds from a day on",
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.putForm)
}

// DistrictForm is what is asked and looked at on a visit from a day on.
type DistrictForm struct {
	ID      string       `json:"id" readOnly:"true" doc:"by which records name it"`
	From    string       `json:"from" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"of the reference empty" example:"2026-12-01"`
	Items   []FormItem   `json:"items" minItems:"1" maxItems:"40"`
	Reasons VisitReasons `json:"reasons"`
}

// DistrictForms are the forms of a district, and the one to begin with.
type DistrictForms struct {
	Items     []DistrictForm `json:"items" doc:"dated, the first first; of equal days the last holds; none: the reference does"`
	Reference DistrictForm   `json:"reference"`
}

func itemsOf(list []form.Item) []FormItem {
	out := make([]FormItem, len(list))
	for i := range list {
		it := &list[i]
		out[i] = FormItem{ID: it.ID, Group: string(it.Group), ZH: it.ZH, EN: it.EN, Answers: choicesOf(it.Answers)}
	}
	return out
}

func reasonsOf(f *form.Form) VisitReasons {
	return VisitReasons{choicesOf(f.NoCode), choicesOf(f.NotSeen), choicesOf(f.Postpone)}
}

func districtFormOf(f *form.Form) DistrictForm {
	out := DistrictForm{ID: f.ID, Items: itemsOf(f.Items), Reasons: reasonsOf(f)}
	if f.From != 0 {
		out.From = f.From.String()
	}
	return out
}

func (s *Server) getForm(ctx context.Context, _ *struct{}) (*answer[DistrictForms], error) {
	forms, err := s.service.Forms(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := DistrictForms{Items: make([]DistrictForm, len(forms)), Reference: districtFormOf(form.Reference())}
	for i := range forms {
		out.Items[i] = districtFormOf(&forms[i])
	}
	return answerOf(out), nil
}

// FormInput is a form to be set.
type FormInput struct {
	From    string       `json:"from" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"the first day on which it holds: tomorrow at the earliest"`
	Items   []FormItem   `json:"items" minItems:"1" maxItems:"40"`
	Reasons VisitReasons `json:"reasons"`
}

type putFormInput struct{ Body FormInput }

func (s *Server) putForm(ctx context.Context, in *putFormInput) (*answer[DistrictForm], error) {
	choices := func(list []FormChoice) []form.Choice {
		out := make([]form.Choice, len(list))
		for i, c := range list {
			out[i] = form.Choice(c)
		}
		return out
	}
	r := &in.Body.Reasons
	f := form.Form{NoCode: choices(r.NoCode), NotSeen: choices(r.NotSeen), Postpone: choices(r.Postpone)}
	var err error
	if f.From, err = planner.ParseDate(in.Body.From); err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, "this is no form", &huma.ErrorDetail{Location: "body.from", Message: "want a day, such as 2026-12-01"})
	}
	for i := range in.Body.Items {
		it := &in.Body.Items[i]
		f.Items = append(f.Items, form.Item{ID: it.ID, Group: form.Group(it.Group), ZH: it.ZH, EN: it.EN, Answers: choices(it.Answers)})
	}
	set, err := s.service.PutForm(ctx, s.district, f)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(districtFormOf(&set)), nil
}
