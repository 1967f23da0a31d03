package main

import (
	"github.com/paulmach/orb"

	"sanse/geo/districting/files"
)

// areaFinding is one place where areas do not tile.
type areaFinding struct {
	Kind    string     `json:"kind"`
	Codes   []string   `json:"codes"` // of the areas concerned
	At      orb.Point  `json:"at"`    // lon, lat in the largest piece
	AreaM2  float64    `json:"area_m2"`
	WidthM  float64    `json:"width_m"` // mean
	Message string     `json:"message"`
	Mends   []areaMend `json:"mends"` // the best first
}

// areaMend is a way to mend a finding.
type areaMend struct {
	Kind string `json:"kind"`
	To   string `json:"to,omitempty"` // the area that has the ground afterwards
}

// areas checks a file of areas.
func (cmd *gridsCheckCmd) areas(s streams) error {
	if cmd.given() || len(cmd.Weight) > 0 || cmd.Barriers != "" {
		return badInput(nil, "areas are checked by themselves: --cells, --areas, --graph, --weight and --barriers are for assignments")
	}
	drawn, err := readFile(cmd.File, files.ReadDrawn)
	if err != nil {
		return err
	}
	found, err := files.CheckDrawn(drawn)
	if err != nil {
		return badInput(err, "")
	}
	out := make([]areaFinding, 0, len(found))
	for _, f := range found {
		x := areaFinding{Kind: string(f.Kind), Codes: f.Codes, At: f.At, AreaM2: tenths(f.AreaM2), WidthM: tenths(f.WidthM), Message: f.Message, Mends: []areaMend{}}
		for _, m := range f.Mends {
			x.Mends = append(x.Mends, areaMend{string(m.Kind), m.To})
		}
		out = append(out, x)
	}
	if err := printJSON(s.out, map[string]any{"findings": out}); err != nil {
		return err
	}
	if n := len(out); n > 0 {
		return answerNo("%s", count(n, "finding", "findings"))
	}
	return nil
}
