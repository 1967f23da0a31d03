package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

type demoCmd struct {
	Once        bool         `help:"Do the job and stop; without it the pages are served afterwards."`
	Out         string       `help:"Folder for problem.json, plan.json, summary.json, coverage.geojson, report.html and workbook.xlsx." type:"path" placeholder:"DIR"`
	Extract     string       `help:"OpenStreetMap extract (.osm.pbf, .osm, .osm.bz2) to take streets, boundaries and facilities from, instead of the made-up district." type:"existingfile" placeholder:"FILE"`
	Residents   int          `help:"How many residents to make up for an extract (0: by its size)." placeholder:"N"`
	TimeZone    string       `help:"Time zone of the extract's district." default:"Asia/Shanghai" placeholder:"ZONE"`
	Seed        uint64       `help:"Seed of everything that is made up, and of the planner." default:"1"`
	Tight       bool         `help:"A short-staffed district that cannot keep every promise."`
	Services    int          `help:"Services a year given at residents' homes, and providers for them (33000: a pilot's)." placeholder:"N"`
	Patrol      bool         `help:"Whole working days for the leaders of grids, with six hours of patrol points in each."`
	Full        int          `help:"Cut the visitors until their days are so many percent full, patrol points among their stops (85: six to eight a day)." placeholder:"PERCENT"`
	Start       planner.Date `help:"First day of the plan (default: today in the district's time zone)." placeholder:"YYYY-MM-DD"`
	Days        int          `help:"Days to plan (default: to the end of next month)." placeholder:"N"`
	Inputs      string       `help:"Keep the made-up input files in this folder: examples of what 'sanse import' takes." type:"path" placeholder:"DIR"`
	FailOnLapse bool         `help:"Exit with 1 if a visit lapses."`
	JSON        bool         `name:"json" help:"Print the summary as JSON."`
	Addr        string       `help:"Address to serve on; only this machine is let in." default:"127.0.0.1:8080"`
}

func (*demoCmd) Help() string {
	return `Makes a district's files, imports them like anybody's, plans every visit to the end of next
month, checks the plan, computes the coverage of services, and stores it all. The default
district is invented and says so; with --extract the ground is real and the people are not.

  sanse demo                                   the whole job, then the pages
  sanse demo --once --out out --start 2026-12-01 --days 31
  sanse demo --extract andorra-latest.osm.bz2 --time-zone Europe/Andorra
  sanse demo --tight                           too few visitors: who lapses, and why
  sanse demo --services 33000 --patrol         services at home and patrol in the same days
  sanse demo --full 85                         few visitors, with their days full`
}

func (cmd *demoCmd) Run(ctx context.Context, c *cli, s streams) error {
	var listener net.Listener
	if !cmd.Once {
		var err error
		if listener, err = listen(ctx, cmd.Addr, false); err != nil {
			return err
		}
		defer listener.Close()
	}
	return c.withApp(ctx, s, func(a *app.App) error {
		show := newStages(s.err)
		began := time.Now()
		result, err := a.Service.Demo(ctx, service.DemoOptions{
			Seed: cmd.Seed, Tight: cmd.Tight, Start: cmd.Start, Days: cmd.Days, Out: cmd.Out, Inputs: cmd.Inputs,
			Extract: cmd.Extract, Residents: cmd.Residents, Services: cmd.Services, Patrol: cmd.Patrol, Full: cmd.Full, TimeZone: cmd.TimeZone, UnderWay: !cmd.Once, Progress: show.step,
		})
		show.end()
		if err != nil {
			return err
		}
		if cmd.JSON {
			if err := printJSON(s.out, result.Summary); err != nil {
				return err
			}
		} else {
			printSummary(s.out, result.Summary)
		}
		fmt.Fprintf(s.err, "sanse: done in %.1f s, %d MiB at most\n", time.Since(began).Seconds(), result.Summary.PeakMemoryMiB)
		if cmd.FailOnLapse && result.Summary.Lapses+result.Summary.TaskLapses > 0 {
			return answerNo("%s will lapse", count(result.Summary.Lapses+result.Summary.TaskLapses, "visit or task", "visits and tasks"))
		}
		if cmd.Once {
			return nil
		}
		d, err := a.Service.District(ctx, result.Summary.District)
		if err != nil {
			return err
		}
		return serve(ctx, a, d, serveSettings{}, listener, s)
	})
}
