package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

type gridsCheckCmd struct {
	unitsFlags
	File      string `arg:"" help:"Areas (GeoJSON), or an assignment (CSV with the columns id and zone)." type:"existingfile"`
	Tolerance string `help:"How far a grid may be above or below the mean of its community." default:"5%" placeholder:"5%"`
}

func (*gridsCheckCmd) Help() string {
	return `Prints {"findings": […]} and exits with 0 if nothing is found, 1 if anything is. Of areas it finds where
they do not tile, level by level: overlaps, gaps, slivers, ground outside the parent (if the file has it), pieces
that are not declared, borders that cross themselves, codes listed twice; each with its place, its size in square
metres and the ways to mend it.

Of an assignment, which is checked against what it divides, it finds units in no grid, grids in two communities,
grids in several pieces (what lies across a barrier is another piece), and for each --weight the grids beyond the
tolerance; beside them stand the metrics of grids draw. It knows nothing of how the grids were drawn.

  sanse grids check areas.geojson
  sanse grids check plan.csv --cells cells.csv --weight households=5% --barriers river.geojson
  sanse grids check plan.csv --graph county05.json --weight TOTPOP=0.5%`
}

// gridFinding is one thing wrong with an assignment.
type gridFinding struct {
	Kind    string   `json:"kind"` // no-grid, two-communities, pieces, balance
	Grid    string   `json:"grid,omitempty"`
	Weight  string   `json:"weight,omitempty"`
	Units   []string `json:"units,omitempty"` // some of them, where they are many
	Message string   `json:"message"`
}

// gridFindings is what grids check prints.
type gridFindings struct {
	Findings []gridFinding `json:"findings"`
	Metrics  *files.Report `json:"metrics,omitempty"`
}

func (cmd *gridsCheckCmd) Run(_ context.Context, s streams) error {
	if areas, err := isGeoJSON(cmd.File); err != nil {
		return err
	} else if areas {
		return cmd.areas(s)
	}
	if !cmd.given() {
		return badInput(nil, "an assignment is checked against what it divides: --cells, --areas or --graph")
	}
	u, err := cmd.read(cmd.Tolerance)
	if err != nil {
		return err
	}
	a, err := readTable(cmd.File, files.ReadAssignment)
	if err != nil {
		return err
	}
	names, err := a.Of(u)
	if err != nil {
		return badInput(err, "%s", filepath.Base(cmd.File))
	}
	out, err := checkAssignment(u, names)
	if err != nil {
		return err
	}
	if err := printJSON(s.out, out); err != nil {
		return err
	}
	if n := len(out.Findings); n > 0 {
		return answerNo("%s", count(n, "finding", "findings"))
	}
	return nil
}

// checkAssignment finds what is wrong with the zones that units are in.
func checkAssignment(u *files.Units, names []string) (*gridFindings, error) {
	out := &gridFindings{Findings: []gridFinding{}}
	var alone []string
	for i, name := range names {
		if name == "" {
			alone = append(alone, u.IDs[i])
		}
	}
	if n := len(alone); n > 0 {
		out.Findings = append(out.Findings, gridFinding{
			Kind: "no-grid", Units: alone[:min(n, shownFaults)],
			Message: fmt.Sprintf("%s in no grid (%s)", count(n, "unit is", "units are"), fewOf(alone)),
		})
	}
	z, err := files.NumberZones(u, names)
	if err != nil {
		out.Findings = append(out.Findings, gridFinding{Kind: "two-communities", Message: err.Error()})
	}
	if len(out.Findings) > 0 {
		return out, nil // measured is what is whole
	}
	p := problem(u)
	p.Zones = z.Zones
	m, err := districting.Measure(p, z.Zone)
	if err != nil {
		return nil, badInput(err, "")
	}
	for i, zm := range m.Zones {
		if zm.Parts > 1 {
			out.Findings = append(out.Findings, gridFinding{
				Kind: "pieces", Grid: z.Names[i],
				Message: fmt.Sprintf("grid %s is in %d pieces", z.Names[i], zm.Parts),
			})
		}
		for k, w := range p.Weights {
			if off := zm.Off[k]; !within(off, w.Tolerance) {
				way := "above"
				if off < 0 {
					way = "below"
				}
				out.Findings = append(out.Findings, gridFinding{
					Kind: "balance", Grid: z.Names[i], Weight: w.Name,
					Message: fmt.Sprintf("grid %s has %d %s, %.2f %% %s the mean, %.2f %% are allowed", z.Names[i], zm.Sums[k], w.Name, 100*max(off, -off), way, 100*w.Tolerance),
				})
			}
		}
	}
	out.Metrics = files.NewReport(u, p, z.Names, m, 0, nil)
	out.Metrics.Goal = "" // whoever drew it may have had another
	return out, nil
}

// within tells whether a share is no larger than a tolerance, but for what
// dividing makes of it.
func within(off, tolerance float64) bool { return max(off, -off) <= tolerance+1e-9 }

// fewOf lists the first of many.
func fewOf(ids []string) string {
	const most = 3
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:most], ", ") + ", …"
}
