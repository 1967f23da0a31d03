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
)

type importCmd struct {
	Kind        string       `arg:"" help:"What the file holds: ${kinds}." enum:"${kinds}"`
	File        string       `arg:"" help:"CSV or XLSX; GeoJSON, Shapefile or GeoPackage; .osm.pbf, .osm or .osm.bz2, road lines or a built graph, for streets; JSON for policies." type:"existingfile"`
	CRS         string       `name:"crs" help:"System of the coordinates: wgs84, cgcs2000, gcj02, bd09 or EPSG:code (default: the file's own, else wgs84)." placeholder:"CRS"`
	DryRun      bool         `help:"Check everything, store nothing."`
	SkipRefused bool         `help:"Store the good rows although others are refused."`
	Sheet       string       `help:"Sheet of a workbook (default: the first)." placeholder:"NAME"`
	Layer       string       `help:"Layer of a GeoPackage (default: the only one)." placeholder:"NAME"`
	Cross       bool         `help:"Join road lines where they cross without a vertex in common."`
	ValidFrom   planner.Date `help:"First day on which imported boundaries hold (default: today)." placeholder:"YYYY-MM-DD"`
	MadeUp      bool         `help:"The people of the file are made up, as those of the district are."`
	JSON        bool         `name:"json" help:"Print the report as JSON."`
}

func (*importCmd) Help() string {
	return `Every row is checked first. If one is refused nothing is stored and the exit code is 1, unless
--skip-refused is given. What was refused stands in FILE.refused.csv, which only you can read.
docs/imports.md lists the columns, in Chinese and English.

  sanse import areas grids.geojson --crs cgcs2000
  sanse import residents 关爱对象.xlsx --dry-run
  sanse import visitors visitors.csv --skip-refused`
}

func (cmd *importCmd) Run(ctx context.Context, c *cli, s streams) error {
	kind, err := imports.ParseKind(cmd.Kind)
	if err != nil {
		return badInput(err, "")
	}
	opt := imports.Options{
		Kind: kind, Path: cmd.File, DryRun: cmd.DryRun, SkipRefused: cmd.SkipRefused,
		Sheet: cmd.Sheet, Layer: cmd.Layer, Cross: cmd.Cross, ValidFrom: cmd.ValidFrom,
	}
	if cmd.CRS != "" {
		if opt.CRS, err = geo.ParseCRS(cmd.CRS); err != nil {
			return badInput(err, "--crs")
		}
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		show := newStages(s.err)
		opt.Progress = func(done, total int64) { show.step("import "+filepath.Base(cmd.File), done, total) }
		report, err := a.Service.Import(ctx, d, opt, cmd.MadeUp)
		show.end()
		if err != nil && service.CodeOf(err) != service.CodeNo {
			return err
		}
		if cmd.JSON {
			if e := printJSON(s.out, report); e != nil {
				return e
			}
			return err
		}
		printReport(s.out, report)
		return err
	})
}

// shownRefusals is how many refusals the screen shows; the file has all.
const shownRefusals = 20

func printReport(w io.Writer, r imports.Report) {
	verb := "stored"
	if r.DryRun {
		verb = "would be stored (dry run)"
		r.Stored = r.Read - r.Refused
	}
	fmt.Fprintf(w, "%s: %d read, %d %s, %d refused\n", filepath.Base(r.Path), r.Read, r.Stored, verb, r.Refused)
	for i, f := range r.Refusals {
		if i == shownRefusals {
			fmt.Fprintf(w, "  … and more\n")
			break
		}
		where := fmt.Sprintf("line %d", f.Line)
		if f.Line == 0 {
			where = "the file"
		}
		if f.Column != "" {
			where += ", " + f.Column
		}
		if f.Value != "" {
			where += fmt.Sprintf(" %q", f.Value)
		}
		fmt.Fprintf(w, "  %s: %s\n", where, f.Reason)
	}
	if r.RefusedFile != "" {
		fmt.Fprintf(w, "  all of it, unmasked, in %s (readable by you alone)\n", r.RefusedFile)
	}
	for _, n := range r.Warnings {
		fmt.Fprintf(w, "  note: %s (%d rows, first in line %d)\n", n.Text, n.Count, n.Line)
	}
	for _, h := range r.Hints {
		fmt.Fprintf(w, "  hint: %s\n", h)
	}
}

// kindList names what can be imported, for the help.
func kindList() string {
	words := make([]string, 0, len(imports.Kinds()))
	for _, k := range imports.Kinds() {
		words = append(words, string(k))
	}
	return strings.Join(words, ",")
}
