package main

import (
	"fmt"
	"io"

	"github.com/paulmach/orb"

	"sanse/geo/districting/files"
	"sanse/geo/topology"
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

// areas checks a file of areas, and mends it if asked.
func (cmd *gridsCheckCmd) areas(s streams) error {
	if cmd.given() || len(cmd.Weight)+len(cmd.Keep) > 0 || cmd.Barriers+cmd.Standard != "" {
		return badInput(nil, "areas are checked by themselves: --cells, --areas, --graph, --weight, --standard, --keep and --barriers are for assignments")
	}
	if cmd.Mended != "" {
		if err := checkOut(cmd.Mended, cmd.File); err != nil {
			return err
		}
		if err := canWrite(cmd.Mended); err != nil {
			return err
		}
	}
	drawn, err := readFile(cmd.File, files.ReadDrawn)
	if err != nil {
		return err
	}
	if cmd.Mended != "" {
		return cmd.mend(s, drawn)
	}
	found, err := files.CheckDrawn(drawn)
	if err != nil {
		return badInput(err, "")
	}
	if err := printJSON(s.out, map[string]any{"findings": areaFindings(found)}); err != nil {
		return err
	}
	if n := len(found); n > 0 {
		return answerNo("%s", count(n, "finding", "findings"))
	}
	return nil
}

// mend mends areas, writes them and tells what was done and what is left.
func (cmd *gridsCheckCmd) mend(s streams, drawn []files.Drawn) error {
	m, err := files.MendDrawn(drawn)
	if err != nil {
		return badInput(err, "")
	}
	if err := writeOut(cmd.Mended, s.out, func(w io.Writer) error { return files.WriteDrawn(w, m.Areas) }); err != nil {
		return err
	}
	report := s.out
	if cmd.Mended == "-" {
		report = s.err // standard output has the areas
	}
	out := map[string]any{"findings": areaFindings(m.Left), "mended": areaFindings(m.Done), "gone": append([]string{}, m.Gone...)}
	if err := printJSON(report, out); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "sanse: %s mended, %d left\n", count(len(m.Done), "finding", "findings"), len(m.Left))
	if n := len(m.Left); n > 0 {
		return answerNo("%s left", count(n, "finding is", "findings are"))
	}
	return nil
}

func areaFindings(found []topology.Finding) []areaFinding {
	out := make([]areaFinding, 0, len(found))
	for _, f := range found {
		x := areaFinding{Kind: string(f.Kind), Codes: f.Codes, At: f.At, AreaM2: tenths(f.AreaM2), WidthM: tenths(f.WidthM), Message: f.Message, Mends: []areaMend{}}
		for _, m := range f.Mends {
			x.Mends = append(x.Mends, areaMend{string(m.Kind), m.To})
		}
		out = append(out, x)
	}
	return out
}
