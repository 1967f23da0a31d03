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
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	sanse     string
	dir       string
	weight    string
	tolerance float64 // per cent
	seeds     []uint64
	threads   int
	time      time.Duration // of each thread
	only      *regexp.Regexp
	csv       string
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "cells" {
		return runCells(args[1:])
	}
	f := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	var s settings
	var summary, seeds, only, one, out string
	var districts int
	f.StringVar(&s.sanse, "sanse", "", "a `program` to measure by the clock instead (sanse, or what takes its flags)")
	f.StringVar(&s.dir, "dir", "", "`folder` of the dual graphs and best_known.csv")
	f.StringVar(&s.weight, "weight", "TOTPOP", "`key` of the population")
	f.Float64Var(&s.tolerance, "tolerance", 0.5, "`per cent` that a district may be off the mean")
	f.StringVar(&seeds, "seeds", "1,2,3", "seeds, one run each")
	f.IntVar(&s.threads, "threads", 2, "threads of a run")
	f.DurationVar(&s.time, "time", time.Minute, "processor time of each thread")
	f.StringVar(&only, "only", "", "`pattern` of the files to run")
	f.StringVar(&s.csv, "csv", "", "`file` that rows are added to; runs that it has are not repeated")
	f.StringVar(&summary, "summary", "", "print the table of this CSV `file` and end")
	f.StringVar(&one, "run", "", "draw this one `graph` (what a run's own process does, with -districts and -o)")
	f.IntVar(&districts, "districts", 0, "with -run: how many")
	f.StringVar(&out, "o", "", "with -run: `file` for the district of each unit")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("what is %q?", f.Arg(0))
	}
	if summary != "" {
		return printSummary(os.Stdout, summary)
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
	if s.threads < 1 || s.time <= 0 || !(s.tolerance >= 0) {
		return errors.New("-threads and -time must be above 0, -tolerance 0 or more")
	}
	if one != "" {
		return runOne(ctx, s, one, districts, out)
	}
	if s.dir == "" || s.csv == "" {
		return errors.New("-dir and -csv are needed")
	}
	return runAll(ctx, s)
}
