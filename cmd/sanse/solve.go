package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"sanse/planner"
	"sanse/planner/formats"
	"sanse/planner/vrp"
)

type solveCmd struct {
	File       string        `arg:"" help:"The problem." type:"existingfile"`
	Out        string        `short:"o" help:"Write the solution to this file ('-': standard output)." default:"-" placeholder:"FILE"`
	Format     string        `help:"Format of the problem: auto (by its content), sanse, vroom, pvrp, solomon." enum:"auto,sanse,vroom,pvrp,solomon" default:"auto"`
	Objective  string        `help:"Of a Solomon problem: distance alone, or vehicles first." enum:"distance,vehicles" default:"distance"`
	Time       time.Duration `help:"Search for so long." placeholder:"60s"`
	Iterations int           `help:"Search for so many steps in each thread (0: the planner's own measure)." placeholder:"N"`
	Target     float64       `help:"End at a solution of this cost or less; not for Sanse's own problems." placeholder:"COST"`
	Seed       uint64        `help:"Seed of the search: the same seed, steps and threads give the same solution." default:"1"`
	Threads    int           `help:"Threads that search side by side (0: one a processor)." placeholder:"N"`
	JSON       bool          `name:"json" help:"Tell the progress on standard error as a line of JSON each."`
}

func (*solveCmd) Help() string {
	return `Solves a problem of another program's format and writes the solution in the format of the same family:
VROOM's JSON (jobs and vehicles with the matrices given), Cordeau's periodic and multi-depot instances, Solomon's
and Gehring and Homberger's instances with time windows. Sanse's own problems give a plan, as with sanse plan
--problem. docs/formats.md says what is read, what is refused and what is added. Every solution is checked
before it is written; one of an instance that must serve everybody and does not ends with exit code 1. With --time
an interrupt (Ctrl-C) ends the search as its time would, and the best until then is written; a second one ends all.

  sanse solve problem.json -o solution.json --time 10s
  sanse solve p01 -o p01.res --time 60s --threads 2
  sanse solve C101.txt -o C101.sol --objective vehicles --iterations 20000`
}

func (cmd *solveCmd) Run(ctx context.Context, s streams) error {
	switch {
	case cmd.Time < 0 || cmd.Iterations < 0 || cmd.Target < 0 || cmd.Threads < 0:
		return badInput(nil, "--time, --iterations, --target and --threads cannot be below 0")
	case cmd.Target > 0 && cmd.Time == 0 && cmd.Iterations == 0:
		return badInput(nil, "--target alone may never end: give --time or --iterations too")
	}
	if err := canWrite(cmd.Out); err != nil {
		return err
	}
	if isLines(cmd.File) {
		if cmd.Time > 0 || cmd.Target > 0 {
			return badInput(nil, "a problem a line is bounded by --iterations alone")
		}
		return (&planCmd{Problem: cmd.File, Out: cmd.Out, Seed: cmd.Seed, Iterations: cmd.Iterations, Threads: cmd.Threads}).runLines(ctx, s)
	}
	content, format, err := readSniffed(cmd.File, cmd.Format)
	if err != nil {
		return err
	}
	if cmd.Objective != string(formats.ByDistance) && format != formats.FormatSolomon {
		return badInput(nil, "--objective is for Solomon's format, %s is %s", filepath.Base(cmd.File), format)
	}
	if format == formats.FormatSanse {
		return cmd.runSanse(ctx, s)
	}
	in, err := formats.Read(content, formats.Options{Format: format, Objective: formats.Objective(cmd.Objective)})
	if err != nil {
		return badInput(err, "%s", filepath.Base(cmd.File))
	}
	tellOdd(s.err, in.Warnings())
	return cmd.runFormat(ctx, s, in, format)
}

// threads are those to search with.
func (cmd *solveCmd) threads() int {
	if cmd.Threads == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return cmd.Threads
}

func (cmd *solveCmd) runFormat(ctx context.Context, s streams, in formats.Instance, format formats.Format) error {
	problem, err := in.Problem()
	if err != nil {
		return badInput(err, "%s", filepath.Base(cmd.File))
	}
	show := &searching{out: s.err, json: cmd.JSON, start: time.Now()}
	o := vrp.Options{
		Seed: cmd.Seed, Iterations: cmd.Iterations, Threads: cmd.threads(), From: in.From(),
		Progress: func(p vrp.Progress) {
			f := in.Figure(p.Best.Total)
			show.tell(searchReport{Iterations: p.Iterations, Cost: f.Cost, Missing: p.Best.Missed, Spent: p.Spent})
		},
	}
	work := ctx
	if cmd.Time > 0 || cmd.Target > 0 {
		o.Budget = &bounds{cmd: cmd, in: in, start: show.start, ctx: ctx}
		work = context.WithoutCancel(ctx) // what is found by then is not lost
	}
	solution, stats, err := vrp.Solve(work, problem, o)
	if err != nil {
		return err
	}
	show.elapsed()
	tellInterrupted(ctx, s.err)

	var file bytes.Buffer
	if err := in.Write(&file, solution); err != nil {
		return err
	}
	// No solution leaves without a check.
	verdict, err := in.Check(bytes.NewReader(file.Bytes()))
	if err != nil {
		return fmt.Errorf("the solution cannot be read again: %w", err)
	}
	for _, w := range verdict.Wrong {
		if w.Code != formats.CodeNotVisited {
			return fmt.Errorf("the solution does not pass its check: %s %s: %s", w.Code, w.Route, w.Detail)
		}
	}
	if err := writeOut(cmd.Out, s.out, func(w io.Writer) error {
		_, err := w.Write(file.Bytes())
		return err
	}); err != nil {
		return err
	}
	show.tell(searchReport{Iterations: stats.Iterations, Cost: verdict.Cost, Missing: verdict.Missed, Spent: 1, Routes: verdict.Vehicles, last: true})
	if err := show.leftOut(in.LeftOut(solution)); err != nil {
		return err
	}
	if verdict.Missed > 0 && format != formats.FormatVROOM {
		return answerNo("%s not visited as the instance asks", count(verdict.Missed, "customer is", "customers are"))
	}
	return nil
}

// bounds end a search by time, by target and when it is interrupted.
type bounds struct {
	cmd   *solveCmd
	in    formats.Instance
	start time.Time
	ctx   context.Context //nolint:containedctx // asked through vrp.Budget, which knows none
}

// Spent implements vrp.Budget.
func (b *bounds) Spent(iterations int, best int64) float64 {
	spent := 0.0
	if b.ctx.Err() != nil {
		return 1
	}
	if b.cmd.Time > 0 {
		spent = float64(time.Since(b.start)) / float64(b.cmd.Time)
	}
	if n := b.cmd.Iterations * b.cmd.threads(); n > 0 {
		spent = max(spent, float64(iterations)/float64(n))
	}
	if f := b.in.Figure(best); b.cmd.Target > 0 && f.Complete && f.Cost <= b.cmd.Target {
		return max(spent, 1)
	}
	return spent
}

func (cmd *solveCmd) runSanse(ctx context.Context, s streams) error {
	if cmd.Target > 0 {
		return badInput(nil, "--target is one number, the cost of a plan is several in strict order: give --time or --iterations")
	}
	p, err := readProblem(cmd.File, s.err)
	if err != nil {
		return err
	}
	show := &searching{out: s.err, json: cmd.JSON, start: time.Now()}
	work, elapsed := timed(ctx, cmd.Time)
	plan, stats, err := planner.Solve(work, p, planner.Options{
		Seed: cmd.Seed, Iterations: cmd.Iterations, Threads: cmd.Threads, Time: cmd.Time, Elapsed: elapsed,
		Progress: func(p planner.Progress) {
			show.tell(searchReport{Iterations: p.Iterations, Cost: float64(p.Cost.Seconds), Missing: p.Lapses, Pass: p.Pass, Done: p.Done, Blocks: p.Blocks})
		},
	})
	if err != nil {
		return err
	}
	show.elapsed()
	tellInterrupted(ctx, s.err)
	if wrong := planner.Check(p, plan); len(wrong) > 0 {
		return fmt.Errorf("the plan does not pass its check: %s: %s", wrong[0].Code, wrong[0].Detail)
	}
	if err := writeOut(cmd.Out, s.out, func(w io.Writer) error { return planner.WritePlan(w, plan) }); err != nil {
		return err
	}
	show.tell(searchReport{Iterations: stats.Iterations, Cost: float64(stats.Cost.Seconds), Missing: len(plan.Unplanned), Blocks: stats.Blocks, Routes: len(plan.Itineraries), last: true})
	if n := len(plan.Unplanned); n > 0 && !cmd.JSON && cmd.Out != "-" {
		fmt.Fprintf(s.err, "sanse: %s not in the plan; why, and what would help: sanse explain %s %s\n", count(n, "visit is", "visits are"), cmd.File, cmd.Out)
	}
	return nil
}

// timed is the clock of a search of so long. An interrupt is the end of its
// time, so that what is found by then is not lost: the search itself is not
// cancelled. Without a time the work ends with ctx.
func timed(ctx context.Context, bound time.Duration) (work context.Context, elapsed func() time.Duration) {
	start := time.Now()
	if bound <= 0 {
		return ctx, func() time.Duration { return time.Since(start) }
	}
	return context.WithoutCancel(ctx), func() time.Duration {
		d := time.Since(start)
		if ctx.Err() != nil {
			d += bound
		}
		return d
	}
}

// tellInterrupted says that a search bounded by time ended before its time.
func tellInterrupted(ctx context.Context, out io.Writer) {
	if ctx.Err() != nil {
		fmt.Fprintln(out, "sanse: interrupted: what follows is the best until then")
	}
}

// searchReport is one report of a search. Cost is in the words of the format; of
// Sanse's own problems it is the seconds of work and way of the blocks planned
// so far.
type searchReport struct {
	Seconds    float64 `json:"seconds"`
	Iterations int     `json:"iterations"`
	Cost       float64 `json:"cost"`
	Missing    int     `json:"missing"` // customers not visited; lapses and debts left
	Spent      float64 `json:"spent,omitempty"`
	Pass       int     `json:"pass,omitempty"`
	Done       int     `json:"done,omitempty"` // blocks in this pass
	Blocks     int     `json:"blocks,omitempty"`
	Routes     int     `json:"routes,omitempty"`
	last       bool
}

// searching tells how a search goes, on standard error: at most a line a
// second for people, ten for programs, and the last one always.
type searching struct {
	out   io.Writer
	json  bool
	start time.Time
	took  time.Duration // of the search, once it is over
	next  time.Time
	err   error
}

// elapsed ends the search's time.
func (s *searching) elapsed() { s.took = time.Since(s.start) }

// shownLeftOut is how many customers who are left out people are told of.
const shownLeftOut = 20

// leftOut tells who is left out and why, to programs a line of JSON each.
func (s *searching) leftOut(list []formats.LeftOut) error {
	for i, l := range list {
		switch {
		case s.json:
			if err := json.NewEncoder(s.out).Encode(l); err != nil {
				return err
			}
			continue
		case i == shownLeftOut:
			fmt.Fprintf(s.out, "sanse: … and %d more: --json has them all\n", len(list)-i)
			return nil
		case l.Reason == "":
			fmt.Fprintf(s.out, "sanse: customer %d is not visited\n", l.Customer)
		default:
			fmt.Fprintf(s.out, "sanse: customer %d is not visited: %s: %s\n", l.Customer, l.Reason, l.Detail)
		}
	}
	return nil
}

func (s *searching) tell(t searchReport) {
	seconds, due := s.due(t.last)
	if !due {
		return
	}
	t.Seconds = seconds
	text := fmt.Sprintf("sanse: %6.1f s  cost %.2f  missing %d  %d iterations", t.Seconds, t.Cost, t.Missing, t.Iterations)
	switch {
	case t.last:
		text += fmt.Sprintf("  %d routes  checked", t.Routes)
	case t.Blocks > 0:
		text += fmt.Sprintf("  block %d of %d, pass %d", t.Done, t.Blocks, t.Pass)
	}
	s.put(t, text)
}

// due tells whether it is time for a report, and how many seconds the search
// has taken.
func (s *searching) due(last bool) (seconds float64, due bool) {
	now := time.Now()
	if !last && now.Before(s.next) || s.err != nil {
		return 0, false
	}
	every := time.Second
	if s.json {
		every = time.Second / 10
	}
	s.next = now.Add(every)
	if s.took > 0 {
		return s.took.Seconds(), true
	}
	return now.Sub(s.start).Seconds(), true
}

// put writes a report, as JSON for programs and as text for people. A progress
// that cannot be told must not stop the work.
func (s *searching) put(report any, text string) {
	if s.json {
		s.err = json.NewEncoder(s.out).Encode(report)
		return
	}
	_, s.err = fmt.Fprintln(s.out, text)
}
