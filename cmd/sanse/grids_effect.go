package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

type gridsEffectCmd struct {
	File       string       `arg:"" help:"The areas as they are to be: GeoJSON, Shapefile or GeoPackage; those that are not in it stay." type:"existingfile"`
	From       planner.Date `help:"First day of the new boundaries." required:"" placeholder:"YYYY-MM-DD"`
	Days       int          `help:"Days of the plans that are compared, from that day on." default:"28" placeholder:"N"`
	Retire     []string     `help:"Code of an area that ends, with all areas in it." placeholder:"CODE"`
	Follow     []string     `help:"Visitors of area OLD are visitors of NEW from then on: the halves of an area that is split, the one that others are merged into." sep:"none" placeholder:"OLD=NEW,.."`
	Out        []string     `short:"o" help:"Write the effect to this file, by its ending: .json, .xlsx, .html (to print and sign)." placeholder:"FILE"`
	English    bool         `help:"The page to print is in English."`
	CRS        string       `name:"crs" help:"System of the coordinates: wgs84, cgcs2000, gcj02, bd09 or EPSG:code (default: the file's own, else wgs84)." placeholder:"CRS"`
	Layer      string       `help:"Layer of a GeoPackage (default: the only one)." placeholder:"NAME"`
	Whole      bool         `help:"Plan every community anew, not only those that the redraw touches."`
	Anyway     bool         `help:"Go on although the proposal does not tile."`
	Seed       uint64       `help:"Seed of the planner: the same seed gives the same plan." default:"1"`
	Iterations int          `help:"Steps of the local search in each block (0: the planner's own measure)." placeholder:"N"`
	Threads    int          `help:"Blocks planned at the same time (0: one a processor)." placeholder:"N"`
	JSON       bool         `name:"json" help:"Print the effect as JSON."`
}

func (*gridsEffectCmd) Help() string {
	return `Tells what a redraw would do before it is published: who moves, which load each grid has before
and after, and what becomes of the visits, planned both ways. Nothing is stored.

  sanse grids effect areas.geojson --from 2026-12-15 -o effect.json -o effect.xlsx -o effect.html
  sanse grids effect merged.geojson --from 2026-12-15 --retire 510199001001002 \
      --follow 510199001001002=510199001001001

The exit code is 1 where the proposal does not tile, or would leave somebody in no grid, and 2
where its areas cannot be used: rings that cross themselves, areas that overlap, a grid outside its
community, a code twice, coordinates of another system, a day that is past.`
}

func (cmd *gridsEffectCmd) Run(ctx context.Context, c *cli, s streams) error {
	if cmd.Days < 1 || cmd.Iterations < 0 || cmd.Threads < 0 {
		return badInput(nil, "--days is at least 1, --iterations and --threads cannot be below 0")
	}
	for _, path := range cmd.Out {
		if _, known := effectWriters[strings.ToLower(filepath.Ext(path))]; !known {
			return badInput(nil, "%s: an effect is written as .json, .xlsx or .html", filepath.Base(path))
		}
		if err := canWrite(path); err != nil {
			return err
		}
	}
	follow := make(map[string][]string)
	for _, f := range cmd.Follow {
		old, to, ok := strings.Cut(f, "=")
		if !ok || old == "" || to == "" || follow[old] != nil {
			return badInput(nil, "--follow %s: want an area, once, and those in its place, OLD=NEW,NEW", f)
		}
		follow[old] = strings.Split(to, ",")
	}
	read := imports.Options{Path: cmd.File, Layer: cmd.Layer}
	if cmd.CRS != "" {
		var err error
		if read.CRS, err = geo.ParseCRS(cmd.CRS); err != nil {
			return badInput(err, "--crs")
		}
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		return cmd.run(ctx, a.Service, d, read, follow, s)
	})
}

func (cmd *gridsEffectCmd) run(ctx context.Context, sv *service.Service, d data.District, read imports.Options, follow map[string][]string, s streams) error {
	show := newStages(s.err)
	show.step("read "+filepath.Base(cmd.File), 0, 0)
	areas, report, err := sv.ReadProposal(ctx, d, read, cmd.From, cmd.Retire)
	if err != nil {
		show.end()
		if report.Refused > 0 {
			printReport(s.err, report)
		}
		return err
	}
	effect, err := sv.Effect(ctx, d, service.EffectOptions{
		Areas: areas, Retire: cmd.Retire, Follow: follow, From: cmd.From, Days: cmd.Days, Seed: cmd.Seed, Iterations: cmd.Iterations, Threads: cmd.Threads,
		Whole: cmd.Whole, Anyway: cmd.Anyway, Progress: show.ints,
	})
	show.end()
	if err != nil {
		if service.CodeOf(err) == service.CodeNo {
			printFindings(s.out, effect)
		}
		return err
	}
	const kind = "grids effect"
	carry := func(w io.Writer) error { // JSON has no room for a mark
		return sv.CarryBare(ctx, d, kind, w, func(w io.Writer) (int, error) { return effect.Records(), reports.WriteEffectJSON(w, effect) })
	}
	for _, path := range cmd.Out {
		write := effectWriters[strings.ToLower(filepath.Ext(path))]
		if err := writeOut(path, s.out, func(w io.Writer) error {
			if write == nil {
				return carry(w)
			}
			return sv.Carry(ctx, d, kind, effect.Records(), w, func(w io.Writer, m reports.Marked) error {
				return write(w, reports.EffectInput{Effect: effect, Labels: service.Labels(), English: cmd.English, Attribution: d.Attribution, Note: d.Note, Review: d.ReviewNumber, Mark: m})
			})
		}); err != nil {
			return err
		}
	}
	if cmd.JSON {
		return carry(s.out)
	}
	printEffect(s.out, effect)
	return nil
}

// effectWriters write an effect by the ending of the file; JSON is for programs.
var effectWriters = map[string]func(io.Writer, reports.EffectInput) error{
	".json": nil,
	".xlsx": reports.WriteEffectWorkbook,
	".html": reports.WriteEffectHTML,
}

func printFindings(w io.Writer, e *reports.Effect) {
	for _, f := range e.Findings {
		fmt.Fprintf(w, "%s at %.6f,%.6f: %s\n", f.Kind, f.At[0], f.At[1], f.Message)
	}
	for i, id := range e.Moved.Nowhere {
		if i == shownRefusals {
			fmt.Fprintf(w, "… and %d more\n", len(e.Moved.Nowhere)-i)
			break
		}
		fmt.Fprintf(w, "%s would lie in no grid\n", id)
	}
}

// printEffect says in a few lines what a redraw would do.
func printEffect(w io.Writer, e *reports.Effect) {
	printFindings(w, e)
	c := &e.Changes
	fmt.Fprintf(w, "%s (%s): boundaries from %s\n", e.Name, e.District, e.From)
	fmt.Fprintf(w, "  areas       %d created, %d retired, %d reshaped, %d renamed\n", len(c.Created), len(c.Retired), len(c.Reshaped), len(c.Renamed))
	if n := len(c.NoVisitor); n > 0 {
		fmt.Fprintf(w, "              nobody may visit %s\n", strings.Join(c.NoVisitor[:min(n, shownBlocks)], ", "))
	}
	if n := len(c.Stranded); n > 0 {
		fmt.Fprintf(w, "              no area is left to %s\n", strings.Join(c.Stranded[:min(n, shownBlocks)], ", "))
	}
	fmt.Fprintf(w, "  move        %s, %s (%d households), %s\n",
		count(e.Moved.Residents, "resident", "residents"), count(e.Moved.Buildings, "building", "buildings"), e.Moved.Households,
		count(len(e.Moved.Facilities), "facility", "facilities"))
	for _, g := range e.Moved.ByGrade {
		fmt.Fprintf(w, "              %s: %d to another community, %d to another grid, %d to another micro-grid; %d lose a familiar visitor\n",
			g.Grade, g.Community, g.Grid, g.MicroGrid, e.Moved.Familiar[g.Grade])
	}
	if e.InFlight.Plan != 0 {
		fmt.Fprintf(w, "  in flight   %s of theirs, %d by somebody who may not go any more\n", count(e.InFlight.Visits, "planned visit", "planned visits"), e.InFlight.OutOfScope)
	}
	p := &e.Plan
	if p.Planned == 0 {
		fmt.Fprintln(w, "  plan        the same: no resident moves")
		return
	}
	b, a := p.Total.Before, p.Total.After
	fmt.Fprintf(w, "  plan        %d of %d communities, %d days: before → after\n", p.Planned, p.Of, e.Days)
	fmt.Fprintf(w, "              lapses %d → %d, visits %d → %d, visitor days %d → %d\n", b.Lapses+b.TaskLapses, a.Lapses+a.TaskLapses, b.Visits, a.Visits, b.VisitorDays, a.VisitorDays)
	fmt.Fprintf(w, "              hours on the way %.1f → %.1f, minutes a week off the mean %.1f → %.1f\n", float64(b.WalkSeconds)/3600, float64(a.WalkSeconds)/3600, b.Uneven(), a.Uneven())
}
