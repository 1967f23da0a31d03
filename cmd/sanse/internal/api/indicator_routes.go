package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/planner"
	"sanse/planner/indicators"
)

func (s *Server) registerIndicators(api huma.API) {
	get(api, "indicators", "/v1/indicators", "The monthly board of the district's own indicators, of an area and of those right below it", s.getIndicators)
	get(api, "own-rate", "/v1/rate", "How the visits of one's own residents went, this month and last: told to nobody else", s.getOwnRate)
	huma.Register(api, huma.Operation{
		OperationID: "put-indicators", Method: http.MethodPut, Path: "/v1/indicators", Summary: "What the district measures itself by from a month on", DefaultStatus: http.StatusNoContent,
		Errors: []int{http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.putIndicators)
}

// Indicator is a measure under a name of the district's own.
type Indicator struct {
	Code    string   `json:"code" maxLength:"40"`
	ZH      string   `json:"zh" maxLength:"200"`
	EN      string   `json:"en" maxLength:"200"`
	Measure string   `json:"measure" enum:"on_time,missed,owed,covered,reached,answered,satisfaction,coverage"`
	Service string   `json:"service,omitempty" maxLength:"40" doc:"of coverage alone: the key of a service"`
	Target  *float64 `json:"target,omitempty" doc:"a share 0 to 1, a rating 1 to 5, or a count; left out: none"`
}

// IndicatorSet is what a district measures itself by from a month on.
type IndicatorSet struct {
	From       string      `json:"from" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"the first day of a month"`
	Indicators []Indicator `json:"indicators" maxItems:"8"`
}

// IndicatorColumn is an indicator of the board.
type IndicatorColumn struct {
	Indicator
	Unit string `json:"unit" enum:"share,count,rating"`
	Less bool   `json:"less,omitempty" doc:"less of it is better"`
	K    int    `json:"k,omitempty" doc:"of fewer than so many it is not told"`
}

// IndicatorValue is a figure of a month.
type IndicatorValue struct {
	Value *float64 `json:"value" doc:"null: there is nothing that it could be of, or it is of too few"`
	Kept  *bool    `json:"kept" doc:"it is as good as its target; null: without a value or a target"`
}

// IndicatorRow is an area with its figures.
type IndicatorRow struct {
	Area
	Values map[string][]IndicatorValue `json:"values" doc:"by the code of the indicator, month by month"`
}

// IndicatorBoard is the board of an area.
type IndicatorBoard struct {
	Today     string            `json:"today" format:"date"`
	Path      []Area            `json:"path" doc:"from the district down to the area"`
	Months    []string          `json:"months" doc:"their first days; the last may be under way"`
	Own       bool              `json:"own" doc:"the indicators are the district's own, not the reference"`
	Columns   []IndicatorColumn `json:"columns"`
	Area      IndicatorRow      `json:"area"`
	Areas     []IndicatorRow    `json:"areas" doc:"those right below it, by code: there is no other order"`
	Sets      []IndicatorSet    `json:"sets" doc:"the district's own, dated"`
	Reference IndicatorSet      `json:"reference"`
}

type indicatorsInput struct {
	Area   string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	To     string `query:"to" doc:"a day of the last month; empty: today"`
	Months int    `query:"months" minimum:"1" maximum:"13" default:"6"`
}

func indicatorOf(x *indicators.Indicator) Indicator {
	return Indicator{x.Code, x.ZH, x.EN, string(x.Measure), x.Service, x.Target}
}

func indicatorSetOf(set *indicators.Set) IndicatorSet {
	out := IndicatorSet{From: set.From.String(), Indicators: make([]Indicator, len(set.Indicators))}
	for i := range set.Indicators {
		out.Indicators[i] = indicatorOf(&set.Indicators[i])
	}
	return out
}

func (s *Server) getIndicators(ctx context.Context, in *indicatorsInput) (*answer[IndicatorBoard], error) {
	to, err := dayNamed("to", in.To)
	if err != nil {
		return nil, err
	}
	b, err := s.service.Indicators(ctx, s.district, in.Area, to, in.Months)
	if err != nil {
		return nil, s.problem(err)
	}
	sets, today, err := s.service.IndicatorSets(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	reference := indicators.Reference(today)
	out := IndicatorBoard{Today: today.String(), Path: []Area{}, Months: []string{}, Own: b.Own, Columns: []IndicatorColumn{}, Areas: []IndicatorRow{}, Sets: []IndicatorSet{}, Reference: indicatorSetOf(&reference)}
	for i := range sets {
		out.Sets = append(out.Sets, indicatorSetOf(&sets[i]))
	}
	for _, a := range b.Path {
		out.Path = append(out.Path, areaOf(a))
	}
	for _, m := range b.Months {
		out.Months = append(out.Months, m.String())
	}
	for i := range b.Set.Indicators {
		x := &b.Set.Indicators[i]
		kind, _ := indicators.KindOf(x.Measure)
		out.Columns = append(out.Columns, IndicatorColumn{indicatorOf(x), string(kind.Unit), kind.Less, kind.K})
	}
	for i := range b.Areas {
		row := IndicatorRow{Area: areaOf(b.Areas[i]), Values: make(map[string][]IndicatorValue)}
		for k := range b.Set.Indicators {
			row.Values[b.Set.Indicators[k].Code] = indicatorValues(&b.Set.Indicators[k], b.Tallies[i][k])
		}
		if i == 0 {
			out.Area = row
		} else {
			out.Areas = append(out.Areas, row)
		}
	}
	return answerOf(out), nil
}

func indicatorValues(x *indicators.Indicator, tallies []indicators.Tally) []IndicatorValue {
	out := make([]IndicatorValue, len(tallies))
	for n, t := range tallies {
		v := t.Value(x.Measure)
		out[n].Value = v
		if v != nil && x.Target != nil {
			kept := x.Kept(*v)
			out[n].Kept = &kept
		}
	}
	return out
}

func (s *Server) putIndicators(ctx context.Context, in *struct{ Body IndicatorSet }) (*struct{}, error) {
	from, err := planner.ParseDate(in.Body.From)
	if err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, "from: "+wantDay)
	}
	set := indicators.Set{From: from}
	for _, x := range in.Body.Indicators {
		set.Indicators = append(set.Indicators, indicators.Indicator{Code: x.Code, ZH: x.ZH, EN: x.EN, Measure: indicators.Measure(x.Measure), Service: x.Service, Target: x.Target})
	}
	if err := s.service.PutIndicators(ctx, s.district, set); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}

// OwnRates are how the visits of one's own residents went.
type OwnRates struct {
	Months []OwnRate `json:"months" doc:"last month and this one; none: whoever asks visits nobody"`
}

// OwnRate is of one month.
type OwnRate struct {
	First string `json:"first" format:"date"`
	Last  string `json:"last" format:"date" doc:"of this month: today"`
	LedgerTally
	Mine int `json:"mine" doc:"visits that one made oneself, a day once each"`
}

func (s *Server) getOwnRate(ctx context.Context, _ *struct{}) (*answer[OwnRates], error) {
	list, err := s.service.OwnRates(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := OwnRates{Months: []OwnRate{}}
	for i := range list {
		r := &list[i]
		out.Months = append(out.Months, OwnRate{r.First.String(), r.Last.String(), ledgerTally(&r.Tally), r.Mine})
	}
	return answerOf(out), nil
}
