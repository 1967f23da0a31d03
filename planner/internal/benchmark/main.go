package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sanse/planner/formats"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		stop()
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	set       string
	dir       string
	best      string
	objective formats.Objective
	seeds     []uint64
	threads   int
	seconds   time.Duration // of each thread
	wall      bool
	target    bool
	parallel  int
	only      *regexp.Regexp
	csv       string
	trace     bool
	keep      string
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "city":
			return runCity(args[1:])
		case "problem":
			return runProblem(ctx, args[1:])
		}
	}
	f := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	var s settings
	var one, summary, seeds, only, objective string
	f.StringVar(&s.set, "set", "pvrp", "`kind` of instances: pvrp or solomon")
	f.StringVar(&s.dir, "dir", "", "`folder` of the instances")
	f.StringVar(&s.best, "best", "", "`file` of best known costs (default: best_known.csv in the folder)")
	f.StringVar(&objective, "objective", "distance", "of a solomon set: distance or vehicles")
	f.StringVar(&seeds, "seeds", "1,2", "seeds, one run each")
	f.IntVar(&s.threads, "threads", 2, "threads of a run")
	f.DurationVar(&s.seconds, "time", time.Minute, "processor time of each thread")
	f.BoolVar(&s.wall, "wall", false, "bound the wall time instead")
	f.BoolVar(&s.target, "target", true, "end a run that comes within 0.001 % of the best known cost")
	f.IntVar(&s.parallel, "parallel", 1, "runs at the same time")
	f.StringVar(&only, "only", "", "`pattern` of the instances to run")
	f.StringVar(&s.csv, "csv", "", "`file` that rows are added to; runs that it has are not repeated")
	f.BoolVar(&s.trace, "trace", false, "tell each improvement on standard error: processor seconds, cost")
	f.StringVar(&s.keep, "keep", "", "`folder` to write each solution to")
	f.StringVar(&summary, "summary", "", "print the table of this CSV `file` and end")
	f.StringVar(&one, "run", "", "solve this one `file` and print its row as JSON (what a run's own process does)")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("what is %q?", f.Arg(0))
	}
	if summary != "" {
		return printSummary(os.Stdout, summary)
	}
	s.objective = formats.Objective(objective)
	if s.objective != formats.ByDistance && s.objective != formats.ByVehicles {
		return fmt.Errorf("-objective %s: want distance or vehicles", objective)
	}
	for _, t := range strings.Split(seeds, ",") {
		seed, err := strconv.ParseUint(strings.TrimSpace(t), 10, 64)
		if err != nil {
			return fmt.Errorf("-seeds: %q is not a number", t)
		}
		s.seeds = append(s.seeds, seed)
	}
	var err error
	if s.only, err = regexp.Compile(only); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if s.threads < 1 || s.parallel < 1 || s.seconds <= 0 {
		return errors.New("-threads, -parallel and -time must be above 0")
	}
	if one != "" {
		return runOne(ctx, s, one)
	}
	if s.dir == "" || s.csv == "" {
		return errors.New("-dir and -csv are needed")
	}
	return runAll(ctx, s)
}
