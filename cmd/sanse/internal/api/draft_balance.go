package api

import (
	"context"
	"math"

	"sanse/cmd/sanse/internal/service"
)

// Balance is what each area of a draft holds.
type Balance struct {
	Version int64         `json:"version" doc:"of the draft"`
	Weights []string      `json:"weights" doc:"households, people, residents by grade, minutes of care a week"`
	Areas   []BalanceArea `json:"areas" doc:"towns, communities, grids and micro-grids, by code"`
}

// BalanceArea is an area with its figures.
type BalanceArea struct {
	Code         string    `json:"code"`
	Level        string    `json:"level"`
	Parent       string    `json:"parent"`
	Name         string    `json:"name"`
	Special      bool      `json:"special"`
	Locked       bool      `json:"locked" doc:"by itself or with an area around it"`
	Values       []float64 `json:"values" doc:"beside weights"`
	Visitors     int       `json:"visitors" doc:"whose scope reaches it or lies in it"`
	M2           float64   `json:"m2"`
	PolsbyPopper float64   `json:"polsby_popper" doc:"4π·area/perimeter²: 1 for a circle"`
}

func (s *Server) getBalance(ctx context.Context, in *DraftPath) (*tagged[Balance], error) {
	b, err := s.service.DraftBalance(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return taggedOf(b.Draft.Version, balanceOf(&b)), nil
}

func balanceOf(b *service.Balance) Balance {
	out := Balance{Version: b.Draft.Version, Weights: b.Weights, Areas: make([]BalanceArea, len(b.Areas))}
	for i := range b.Areas {
		a := &b.Areas[i]
		for k, x := range a.Values {
			a.Values[k] = math.Round(10*x) / 10
		}
		out.Areas[i] = BalanceArea{
			Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name, Special: a.Special, Locked: b.Locked(a.Code),
			Values: a.Values, Visitors: a.Visitors, M2: math.Round(a.M2), PolsbyPopper: math.Round(1000*a.PolsbyPopper) / 1000,
		}
	}
	return out
}
