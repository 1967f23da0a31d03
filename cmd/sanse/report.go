package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

type reportCmd struct {
	Out  string `help:"Folder to write to." default:"out" type:"path" placeholder:"DIR"`
	As   string `help:"For whom: public writes what has been released and nothing else." enum:",public" default:"" placeholder:"public"`
	For  string `help:"What the files are for, which stands on them: report, meeting, inspection, daily_work, planning or other." enum:"report,meeting,inspection,daily_work,planning,other" default:"report" placeholder:"WORD"`
	JSON bool   `name:"json" help:"Print the summary as JSON."`
}

func (*reportCmd) Help() string {
	return `Measures who lives within 15 minutes' walk of each service, stores the circles, and writes, from
the plan in force: report.html, workbook.xlsx, coverage.geojson, problem.json, plan.json and
summary.json, and how every area stands against the standards: shortfall.json and shortfall.csv.
They hold true numbers and opaque ids: they are for those who answer for the district. Page, workbook
and map layers say who took them, for what and until when they are good (docs/exports.md).
With --as public it writes what may go to anybody: release.xlsx, release.geojson, shortfall.xlsx and
shortfall.pdf, with small numbers hidden (docs/small-numbers.md).`
}

func (cmd *reportCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if cmd.As == "public" {
			names, err := a.Service.ReleaseReport(ctx, d, cmd.Out)
			if err != nil {
				return err
			}
			if cmd.JSON {
				return printJSON(s.out, map[string]any{"files": names})
			}
			_, err = fmt.Fprintf(s.out, "for anybody: %s\n", strings.Join(names, ", "))
			return err
		}
		viewer := service.ViewerFrom(ctx)
		viewer.Purpose = cmd.For
		summary, err := a.Service.Report(service.WithViewer(ctx, viewer), d, cmd.Out)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return printJSON(s.out, summary)
		}
		printSummary(s.out, summary)
		return nil
	})
}

type exportCmd struct {
	What  string       `arg:"" help:"What to write: ${exports}." enum:"${exports}"`
	Out   string       `short:"o" help:"File to write ('-': standard output)." default:"-" placeholder:"FILE"`
	Start planner.Date `help:"The problem of other days, from this one, as the records are now." placeholder:"YYYY-MM-DD"`
	Days  int          `help:"Days of that problem (default: to the end of next month)." placeholder:"N"`
}

func (*exportCmd) Help() string {
	return `problem and plan are the canonical JSON (docs/schema), itineraries and unplanned are CSV, areas and
facilities are GeoJSON, standards are JSON and standards-table is the same as CSV, to be edited and
imported again. Residents and visitors appear under opaque ids, never by name. The problem is
what the plan in force was made from, as it was then; with --start or --days it is made from the
records as they are now, and no plan is needed.

  sanse export plan -o plan.json
  sanse export problem --start 2026-12-01 --days 31 -o problem.json
  sanse export itineraries -o week.csv`
}

func (cmd *exportCmd) Run(ctx context.Context, c *cli, s streams) error {
	other := cmd.Start != 0 || cmd.Days != 0
	if other && cmd.What != "problem" {
		return badInput(nil, "--start and --days are for export problem")
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		return writeOut(cmd.Out, s.out, func(w io.Writer) error {
			if other {
				return a.Service.ExportProblem(ctx, d, cmd.Start, cmd.Days, w)
			}
			return a.Service.Export(ctx, d, cmd.What, w)
		})
	})
}
