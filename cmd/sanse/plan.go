package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/formats"
)

type planCmd struct {
	Problem    string        `help:"Plan this problem file instead of the database's district; no database is used." type:"existingfile" placeholder:"FILE"`
	Out        string        `short:"o" help:"Write the plan to this file ('-': standard output)." placeholder:"FILE"`
	Start      planner.Date  `help:"First day (default: today in the district's time zone)." placeholder:"YYYY-MM-DD"`
	Days       int           `help:"Days to plan (default: to the end of next month)." placeholder:"N"`
	Seed       uint64        `help:"Seed of the planner: the same seed gives the same plan." default:"1"`
	Iterations int           `help:"Steps of the local search in each block (0: the planner's own measure)." placeholder:"N"`
	Time       time.Duration `help:"Search for so long (30s, 5m), whatever the steps." placeholder:"60s"`
	Threads    int           `help:"Blocks planned at the same time (0: one a processor)." placeholder:"N"`
	JSON       bool          `name:"json" help:"Print the summary (with --problem: the account of the plan) as JSON."`
}

func (*planCmd) Help() string {
	return `From the database it reads the district as of the first day, makes the travel times, plans,
checks and stores the plan, and prints its summary. With --problem it works on files alone:

  sanse plan --start 2026-12-01 --days 31
  sanse plan --problem problem.json -o plan.json

A file that ends in .jsonl holds a problem a line, of a community, a town or a district each, and
makes a plan a line. Problems are read, planned and written one after the other (--threads of them
at a time), so that memory does not grow with their number:

  sanse plan --problem city.jsonl -o plans.jsonl`
}

func (cmd *planCmd) Run(ctx context.Context, c *cli, s streams) error {
	if cmd.JSON && cmd.Out == "-" {
		return badInput(nil, "--json and -o - both write to standard output")
	}
	if cmd.Time < 0 || cmd.Iterations < 0 || cmd.Threads < 0 || cmd.Days < 0 {
		return badInput(nil, "--time, --iterations, --threads and --days cannot be below 0")
	}
	if err := canWrite(cmd.Out); err != nil {
		return err
	}
	if cmd.Problem != "" {
		return cmd.runFile(ctx, s)
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		show := newStages(s.err)
		r, err := a.Service.Plan(ctx, d, service.PlanOptions{
			Start: cmd.Start, Days: cmd.Days, Seed: cmd.Seed, Iterations: cmd.Iterations, Time: cmd.Time, Threads: cmd.Threads, Progress: show.ints,
		})
		show.end()
		if err != nil {
			return err
		}
		if cmd.Out != "" {
			if err := writeOut(cmd.Out, s.out, func(w io.Writer) error { return a.Service.CarryPlan(ctx, d, "plan", r.Plan, w) }); err != nil {
				return err
			}
		}
		if cmd.JSON {
			return printJSON(s.out, r.Summary)
		}
		if cmd.Out != "-" {
			printSummary(s.out, r.Summary)
		}
		return nil
	})
}

func (cmd *planCmd) runFile(ctx context.Context, s streams) error {
	if cmd.Start != 0 || cmd.Days != 0 {
		return badInput(nil, "--start and --days are in the problem file")
	}
	if isLines(cmd.Problem) {
		if cmd.Time > 0 {
			return badInput(nil, "--time is for one problem, a file of lines takes --iterations")
		}
		return cmd.runLines(ctx, s)
	}
	if cmd.JSON && (cmd.Out == "" || cmd.Out == "-") {
		return badInput(nil, "--json prints the account of the plan, and the plan goes there too: give it a file with -o")
	}
	p, err := readProblem(cmd.Problem, s.err)
	if err != nil {
		return err
	}
	show := newStages(s.err)
	work, elapsed := timed(ctx, cmd.Time)
	plan, _, err := planner.Solve(work, p, planner.Options{
		Seed: cmd.Seed, Iterations: cmd.Iterations, Time: cmd.Time, Threads: cmd.Threads, Elapsed: elapsed,
		Progress: func(p planner.Progress) { show.ints(p.Stage(), p.Done, p.Blocks) },
	})
	show.end()
	if err != nil {
		return err
	}
	tellInterrupted(ctx, s.err)
	out := cmd.Out
	if out == "" {
		out = "-"
	}
	if err := writeOut(out, s.out, func(w io.Writer) error { return planner.WritePlan(w, plan) }); err != nil {
		return err
	}
	if cmd.JSON {
		return printJSON(s.out, planner.Account(p, plan))
	}
	return nil
}

// shownWarnings is how many oddities of a problem file are told.
const shownWarnings = 10

// readProblem reads a problem and tells what is odd in it, though valid.
func readProblem(path string, odd io.Writer) (*planner.Problem, error) {
	p, err := readFile(path, planner.ReadProblem)
	if errors.Is(err, planner.ErrInvalid) {
		if _, format, other := readSniffed(path, "auto"); other == nil && format != formats.FormatSanse {
			return nil, badInput(nil, "%s is a problem of format %s: sanse solve and sanse check read it, this takes Sanse's own", filepath.Base(path), format)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := p.Validate(); err != nil {
		return nil, badInput(err, "%s is not a valid problem", filepath.Base(path))
	}
	tellOdd(odd, p.Warnings())
	return p, nil
}

// tellOdd tells what is odd in a file, though valid, the first of it.
func tellOdd(out io.Writer, warnings []string) {
	for i, w := range warnings {
		if i == shownWarnings {
			fmt.Fprintln(out, "sanse: … and more of the kind")
			return
		}
		fmt.Fprintln(out, "sanse: note:", w)
	}
}

func readFile[T any](path string, read func(io.Reader) (T, error)) (v T, err error) {
	f, err := os.Open(path)
	if err != nil {
		return v, badInput(err, "cannot read")
	}
	defer f.Close()
	if v, err = read(f); err != nil {
		return v, badInput(err, "%s", filepath.Base(path))
	}
	return v, nil
}

// canWrite finds out before the work, which may take long, whether there is a
// place for its result.
func canWrite(path string) error {
	if path == "" || path == "-" {
		return nil
	}
	trouble := func(err error) error {
		return &service.Error{Code: service.CodeOutside, Message: "cannot write " + filepath.Base(path), Err: err}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil {
		return trouble(err)
	} else if !info.IsDir() {
		return trouble(fmt.Errorf("%s is no folder", filepath.Base(filepath.Dir(path))))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return trouble(errors.New("it is a folder"))
	}
	return nil
}

// writeOut writes a file as a whole or not at all; "-" is standard output.
func writeOut(path string, out io.Writer, write func(io.Writer) error) error {
	if path == "-" {
		return write(out)
	}
	return service.WriteFile(path, write)
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// shownBlocks is how many blocks with lapses the screen shows.
const shownBlocks = 10

// printSummary says in a few lines what a plan comes to.
func printSummary(w io.Writer, s service.Summary) {
	made := ""
	if s.MadeUp {
		made = ", made up"
	}
	fmt.Fprintf(w, "%s (%s%s), %s to %s\n", s.Name, s.District, made, s.Start, s.Start+planner.Date(s.Days)-1)
	total := 0
	var grades []string
	for _, g := range slices.Sorted(maps.Keys(s.Residents)) {
		total += s.Residents[g]
		grades = append(grades, fmt.Sprintf("%d %s", s.Residents[g], g))
	}
	fmt.Fprintf(w, "  residents   %d (%s), visitors %d\n", total, strings.Join(grades, ", "), s.Visitors)
	fmt.Fprintf(w, "  visits      %d required, %d planned\n", s.VisitsRequired, s.VisitsPlanned)
	for _, kind := range slices.Sorted(maps.Keys(s.Tasks)) {
		t := s.Tasks[kind]
		fmt.Fprintf(w, "  %-11s %d, done %s, %s\n", kind, t.Tasks, count(t.Planned, "time", "times"), count(t.Lapses, "lapse", "lapses"))
	}
	switch {
	case s.OwedAtStart == 0:
		fmt.Fprintln(w, "  owed        nothing from before")
	case s.OwedClearedOn != nil:
		fmt.Fprintf(w, "  owed        %s from before, all seen by %s\n", count(s.OwedAtStart, "resident", "residents"), s.OwedClearedOn)
	default:
		fmt.Fprintf(w, "  owed        %s from before, not all of whom can be seen\n", count(s.OwedAtStart, "resident", "residents"))
	}
	fmt.Fprintf(w, "  lapses      %d\n", s.Lapses)
	for _, reason := range slices.Sorted(maps.Keys(s.Unplanned)) {
		fmt.Fprintf(w, "              %d %s\n", s.Unplanned[reason], reason)
	}
	for i, b := range s.Binding {
		if i == shownBlocks {
			fmt.Fprintf(w, "              … and %s: summary.json has them all\n", count(len(s.Binding)-i, "more block", "more blocks"))
			break
		}
		fmt.Fprintf(w, "              block %s: %s\n", b.Block, b.Detail)
	}
	if day := s.StreetsChangeOn; day != nil {
		fmt.Fprintf(w, "  streets     other changes come into force on %s: plan the days from then on apart, this plan walks as on %s\n", day, s.Start)
	}
	fmt.Fprintf(w, "  work        %d visitor days, %.0f hours on the way\n", s.VisitorDays, float64(s.WalkSeconds)/3600)
	if len(s.Coverage) > 0 {
		var shares []string
		for _, k := range slices.Sorted(maps.Keys(s.Coverage)) {
			shares = append(shares, fmt.Sprintf("%s %.0f %%", k, 100*s.Coverage[k]))
		}
		fmt.Fprintf(w, "  in 15 min   %s\n", strings.Join(shares, ", "))
	}
}
