package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
)

func (s *Server) registerSupply(api huma.API) {
	get(api, "supply", "/v1/supply", "How far the places of a service go, by area and facility", s.getSupply)
	get(api, "supply-cells", "/v1/supply/cells", "How far the places of a service go, by H3 cell (GeoJSON)", s.getSupplyCells)
}

type supplyInput struct {
	Service string `query:"service" required:"true" maxLength:"64"`
	Area    string `query:"area" doc:"code; empty: the district"`
	Method  string `query:"method" enum:"2sfca,e2sfca,nearest,assigned" default:"assigned"`
	Who     string `query:"who" enum:"needs,residents,people,over60,under18,disabled" doc:"needs, residents and disabled are for those who answer for the district; left out: needs for them, over60 for all others"`
}

func (in *supplyInput) query() service.SupplyQuery {
	return service.SupplyQuery{Service: in.Service, Area: in.Area, Method: in.Method, Who: in.Who}
}

// PlaceSupply is how far the places of a service go.
type PlaceSupply struct {
	Service    string           `json:"service"`
	Method     string           `json:"method"`
	Who        string           `json:"who"`
	Minutes    int              `json:"minutes"`
	Areas      []SupplyArea     `json:"areas" doc:"the area, then those directly in it"`
	Facilities []SupplyFacility `json:"facilities" doc:"of the service that are open and lie in the area"`
	NoData     SupplyNoData     `json:"no_data"`
}

// SupplyArea is how far the places go for the people of an area.
type SupplyArea struct {
	Code        string   `json:"code"`
	Name        string   `json:"name"`
	Level       string   `json:"level"`
	People      int64    `json:"people"`
	InReach     int64    `json:"in_reach" doc:"with a facility within the walk"`
	Covered     int64    `json:"covered" doc:"with a place; by 2sfca and e2sfca with a share in one"`
	OnPaperOnly int64    `json:"on_paper_only" doc:"with a facility within the walk and no place"`
	Beyond      int64    `json:"beyond" doc:"without a facility within the walk"`
	NoData      int64    `json:"no_data" doc:"of whom nobody knows, for the capacity is not known"`
	Ratio       *float64 `json:"ratio" doc:"places a head by 2sfca and e2sfca, else the share of people with a place; null: nobody lives there"`
}

// SupplyFacility is how full a facility becomes.
type SupplyFacility struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Capacity *int     `json:"capacity" doc:"null: not known"`
	InUse    *int     `json:"in_use" doc:"null to those who do not answer for where it stands"`
	Assigned int64    `json:"assigned" doc:"by nearest and assigned"`
	Load     *float64 `json:"load" doc:"what is taken of the capacity, with those in use where needs are placed; null: not known"`
	Ratio    *float64 `json:"ratio,omitempty" doc:"places for each person in reach, by 2sfca and e2sfca"`
}

// SupplyNoData counts what could not be counted.
type SupplyNoData struct {
	Facilities int   `json:"facilities" doc:"of unknown capacity"`
	People     int64 `json:"people" doc:"whose facilities are all of unknown capacity, or who were placed at one"`
	OffStreets int64 `json:"off_streets" doc:"people whom no street leads to: they are beyond"`
}

func (s *Server) getSupply(ctx context.Context, in *supplyInput) (*answer[PlaceSupply], error) {
	m, err := s.service.Supply(ctx, s.district, in.query())
	if err != nil {
		return nil, s.problem(err)
	}
	out := PlaceSupply{
		Service: m.Service, Method: m.Method, Who: m.Who, Minutes: m.Minutes, Areas: make([]SupplyArea, len(m.Areas)), Facilities: make([]SupplyFacility, len(m.Facilities)),
		NoData: SupplyNoData{m.NoDataFacilities, m.NoDataPeople, m.OffStreets},
	}
	for i, r := range m.Areas {
		out.Areas[i] = SupplyArea{
			Code: r.Area.Code, Name: r.Area.Name, Level: r.Area.Level, People: r.People, InReach: r.InReach, Covered: r.Covered,
			OnPaperOnly: r.OnPaper, Beyond: r.Beyond, NoData: r.NoData, Ratio: r.Ratio,
		}
	}
	for i := range m.Facilities {
		f := &m.Facilities[i]
		out.Facilities[i] = SupplyFacility{ID: f.ID, Name: f.Name, InUse: f.InUse, Assigned: f.Assigned, Load: f.Load, Ratio: f.Ratio}
		if f.Capacity > 0 {
			out.Facilities[i].Capacity = &f.Capacity
		}
	}
	return answerOf(out), nil
}

func (s *Server) getSupplyCells(ctx context.Context, in *supplyInput) (*document, error) {
	fc, err := s.service.SupplyCells(ctx, s.district, in.query())
	if err != nil {
		return nil, s.problem(err)
	}
	return geo(fc)
}
