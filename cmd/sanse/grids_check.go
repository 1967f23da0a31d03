package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

type gridsCheckCmd struct {
	unitsFlags
	File      string   `arg:"" help:"Areas (GeoJSON), or an assignment (CSV with the columns id and zone)." type:"existingfile"`
	Tolerance string   `help:"How far a grid may be above or below the mean of its community." default:"5%" placeholder:"5%"`
	Standard  string   `help:"The district's own rule instead of the mean: so much of a weight to each grid, or from so much to so much; grid and micro-grid stand for the reference rules." placeholder:"RULE"`
	Keep      []string `help:"Grids of an assignment that are kept as they are: they are left out of the mean, and not asked for balance." placeholder:"CODE"`
	Mended    string   `help:"Write the areas (GeoJSON) with what has a way to be mended mended, the best of each." placeholder:"FILE"`
}

func (*gridsCheckCmd) Help() string {
	return `Prints {"findings": […]} and exits with 0 if nothing is found, 1 if anything is. Of areas it finds where
they do not tile, level by level: overlaps, gaps, slivers, ground outside the parent (if the file has it), pieces
that are not declared, borders that cross themselves, codes listed twice; each with its place, its size in square
metres and the ways to mend it. With --mended the first way of each is gone, level by level from the outermost, the
areas are written as they are then, and the findings are those that are left: {"findings": […], "mended": […],
"gone": […]}, the last being areas of which nothing is left.

Of an assignment, which is checked against what it divides, it finds units in no grid, grids in two communities,
grids in several pieces (what lies across a barrier is another piece), and for each --weight the grids beyond the
tolerance, around the mean of their community or by a --standard; beside them stand the metrics of grids draw. Grids
that were kept at the drawing are named by --keep here as well. It knows nothing of how the grids were drawn.

  sanse grids check areas.geojson
  sanse grids check areas.geojson --mended mended.geojson
  sanse grids check plan.csv --cells cells.csv --weight households=5% --barriers river.geojson
  sanse grids check plan.csv --cells cells.csv --standard households=50-120 --keep 510113001001007
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
	if cmd.Mended != "" {
		return badInput(nil, "--mended is for areas: an assignment is mended by drawing it anew")
	}
	u, err := cmd.units()
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
	for _, k := range cmd.Keep {
		if !slices.Contains(names, k) {
			return badInput(nil, "--keep %s: there is no such grid in %s", shorten(k), filepath.Base(cmd.File))
		}
	}
	out, err := checkAssignment(u, names, cmd.Keep)
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

// units reads what was divided, with the weights of --weight and --standard.
func (cmd *gridsCheckCmd) units() (*files.Units, error) {
	if cmd.Standard == "" {
		return cmd.read(cmd.Tolerance)
	}
	standard, err := files.ParseStandard(cmd.Standard)
	if err != nil {
		return nil, badInput(err, "--standard")
	}
	var more []string
	if !cmd.weighs(standard.Weight) {
		more = append(more, standard.Weight)
	}
	u, err := cmd.read(cmd.Tolerance, more...)
	if err != nil {
		return nil, err
	}
	w, _ := u.Weight(standard.Weight)
	standard.Bound(&u.Weights[w])
	return u, nil
}

// checkAssignment finds what is wrong with the zones that units are in. Those in
// keep are not asked for balance, and the others are balanced among themselves.
func checkAssignment(u *files.Units, names, keep []string) (*gridFindings, error) {
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
	if len(keep) > 0 {
		p.Closed, p.Locked = make([]bool, len(z.Names)), slices.Repeat([]int32{districting.None}, len(z.Zone))
		for i, name := range z.Names {
			p.Closed[i] = slices.Contains(keep, name)
		}
		for i, zone := range z.Zone {
			if p.Closed[zone] {
				p.Locked[i] = zone
			}
		}
	}
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
		if p.Closed != nil && p.Closed[i] {
			continue
		}
		for k := range p.Weights {
			if f, ok := balanceFinding(&p.Weights[k], z.Names[i], zm.Sums[k], zm.Off[k]); ok {
				out.Findings = append(out.Findings, f)
			}
		}
	}
	out.Metrics = files.NewReport(u, p, z.Names, m, 0, nil)
	out.Metrics.Goal = "" // whoever drew it may have had another
	return out, nil
}

// balanceFinding tells that a grid has too much or too little of a weight.
func balanceFinding(w *districting.Weight, grid string, sum int64, off float64) (gridFinding, bool) {
	f := gridFinding{Kind: "balance", Grid: grid, Weight: w.Name}
	switch {
	case w.Most > 0 && sum > w.Most:
		f.Message = fmt.Sprintf("grid %s has %d %s, %d are allowed at most", grid, sum, w.Name, w.Most)
	case w.Most > 0 && sum < w.Least:
		f.Message = fmt.Sprintf("grid %s has %d %s, %d are asked for at least", grid, sum, w.Name, w.Least)
	case w.Most > 0 || within(off, w.Tolerance):
		return f, false
	default:
		way := "above"
		if off < 0 {
			way = "below"
		}
		f.Message = fmt.Sprintf("grid %s has %d %s, %.2f %% %s the mean, %.2f %% are allowed", grid, sum, w.Name, 100*max(off, -off), way, 100*w.Tolerance)
	}
	return f, true
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
