package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
)

func (s *Server) registerNeeds(api huma.API) {
	get(api, "needs", "/v1/needs", "The ledger of needs, and what each is matched to", s.getNeeds)
	get(api, "need-history", "/v1/needs/{id}/history", "All that a need was ever matched to", s.getNeedHistory)
	get(api, "need-options", "/v1/needs/{id}/options", "Who could meet a need, and who could not and why", s.getNeedOptions)
	get(api, "providers", "/v1/providers", "Who gives services at home", s.getProviders)
	write := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary,
			Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("match-needs", http.MethodPost, "/v1/needs/match", "Who is to meet each need, proposed and stored"), s.postMatch)
	huma.Register(api, write("set-need-match", http.MethodPut, "/v1/needs/{id}/match", "Who is to meet a need, by hand"), s.putNeedMatch)
}

type needsInput struct {
	Area     string `query:"area" doc:"code; empty: the district"`
	Service  string `query:"service" maxLength:"64"`
	Status   string `query:"status" enum:"open,matched,unmatched"`
	Resident string `query:"resident" maxLength:"100"`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Offset   int    `query:"offset" minimum:"0"`
}

func (s *Server) getNeeds(ctx context.Context, in *needsInput) (*answer[NeedList], error) {
	list, total, err := s.service.Needs(ctx, s.district, service.NeedFilter{
		Area: in.Area, Service: in.Service, Status: in.Status, Resident: in.Resident, Limit: in.Limit, Offset: in.Offset,
	})
	if err != nil {
		return nil, s.problem(err)
	}
	out := NeedList{Total: total, Items: make([]Need, len(list))}
	for i := range list {
		out.Items[i] = needOf(&list[i])
	}
	return answerOf(out), nil
}

// NeedPath names a need.
type NeedPath struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *Server) getNeedHistory(ctx context.Context, in *NeedPath) (*answer[NeedHistory], error) {
	n, rows, err := s.service.NeedHistory(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	out := NeedHistory{Need: needOf(&n), Items: make([]NeedMatch, len(rows))}
	for i := range rows {
		out.Items[i] = needMatchOf(&rows[i])
	}
	return answerOf(out), nil
}

func (s *Server) getNeedOptions(ctx context.Context, in *NeedPath) (*answer[NeedOptions], error) {
	list, err := s.service.NeedOptions(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	out := NeedOptions{Items: make([]NeedOption, len(list))}
	for i, o := range list {
		out.Items[i] = NeedOption{
			Facility: o.Facility, Provider: o.Provider, Name: o.Name, Seconds: o.Seconds, Room: o.Room, Fits: o.Reason == "", Reason: o.Reason,
		}
	}
	return answerOf(out), nil
}

func (s *Server) getProviders(ctx context.Context, _ *struct{}) (*answer[ProviderList], error) {
	list, err := s.service.Providers(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := ProviderList{Items: make([]Provider, len(list))}
	for i := range list {
		p := &list[i]
		out.Items[i] = Provider{
			ID: p.ID, Name: p.Name, Services: p.Services, Scope: orEmpty(p.Scope), Location: (*[2]float64)(p.Location), Radius: p.Radius, Planned: len(p.Workers) > 0,
		}
		if p.Capacity > 0 {
			out.Items[i].Capacity = &p.Capacity
		}
	}
	return answerOf(out), nil
}

type matchInput struct{ Body MatchInput }

func (s *Server) postMatch(ctx context.Context, in *matchInput) (*answer[MatchResult], error) {
	r, err := s.service.MatchNeeds(ctx, s.district, service.MatchOptions{
		Services: in.Body.Services, Area: in.Body.Area,
		FreeHand: in.Body.KeepHand != nil && !*in.Body.KeepHand, Alike: in.Body.Priority != nil && !*in.Body.Priority,
	})
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(MatchResult{
		Needs: r.Needs, Proposed: r.Needs - r.KeptByHand, Matched: r.Matched, Unmatched: r.Unmatched, Changed: r.Changed, KeptByHand: r.KeptByHand,
		ByReason: r.ByReason, NoData: MatchNoData{r.NoDataFacilities, r.NoDataProviders, r.NoDataNeeds},
	}), nil
}

type putNeedMatchInput struct {
	NeedPath
	Body NeedMatchInput
}

func (s *Server) putNeedMatch(ctx context.Context, in *putNeedMatchInput) (*answer[Need], error) {
	n, err := s.service.SetNeedMatch(ctx, s.district, in.ID, service.NeedChoice(in.Body))
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(needOf(&n)), nil
}
