package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"

	"sanse/planner"
)

// runProblem plans one of Sanse's own problems and tells how its plan gets
// better: a row of CSV whenever a pass over the blocks ends and whenever the
// cost falls, at most fifty a second, and a summary.
func runProblem(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("benchmark problem", flag.ContinueOnError)
	seconds := f.Duration("time", 10*time.Second, "processor time of each thread")
	wall := f.Bool("wall", false, "bound the wall time instead")
	iterations := f.Int("iterations", 0, "bound the steps in a block instead")
	threads := f.Int("threads", 2, "threads")
	seed := f.Uint64("seed", 1, "seed")
	path := f.String("csv", "", "`file` of the rows, written anew")
	plan := f.String("o", "", "`file` to write the plan to")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New("problem: want the file of one problem")
	}
	if *threads < 1 || *seconds <= 0 && *iterations == 0 {
		return errors.New("problem: -threads and -time must be above 0")
	}
	file, err := os.Open(f.Arg(0))
	if err != nil {
		return err
	}
	p, err := planner.ReadProblem(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	rows := io.Discard
	if *path != "" {
		out, err := os.Create(*path)
		if err != nil {
			return err
		}
		defer out.Close() // rows are flushed and their errors told below
		rows = out
	}
	c := &curve{w: csv.NewWriter(rows), start: time.Now(), cpu: cpuTime(), threads: *threads, wall: *wall}
	if err := c.w.Write(curveColumns); err != nil {
		return err
	}
	o := planner.Options{Seed: *seed, Iterations: *iterations, Threads: *threads, Elapsed: c.elapsed, Progress: c.add}
	if *iterations == 0 {
		o.Time = *seconds
	}
	made, stats, err := planner.Solve(ctx, p, o)
	if err != nil {
		return err
	}
	took, cpu := time.Since(c.start), cpuTime()-c.cpu
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return err
	}
	if *plan != "" {
		out, err := os.Create(*plan)
		if err != nil {
			return err
		}
		if err := errors.Join(planner.WritePlan(out, made), out.Close()); err != nil {
			return err
		}
	}
	return c.sum(p, made, stats, took, cpu)
}

var curveColumns = []string{
	"cpu_seconds", "wall_seconds", "pass", "done", "blocks", "iterations", "lapses", "cost_lapses", "cost_late_days", "cost_spare", "cost_preference", "cost_seconds",
}

// curve is the cost over time.
type curve struct {
	w       *csv.Writer
	start   time.Time
	cpu     time.Duration
	threads int
	wall    bool
	last    time.Time
	// first is when the first pass was over: the first plan of all blocks.
	first, firstCPU time.Duration
	firstLapses     int
	firstCost       planner.Cost
	// free is when the plan was first without lapses, 0 never.
	free time.Duration
}

// elapsed tells the time as the budget counts it: that of each thread.
func (c *curve) elapsed() time.Duration {
	if c.wall {
		return time.Since(c.start)
	}
	return (cpuTime() - c.cpu) / time.Duration(c.threads)
}

func (c *curve) add(p planner.Progress) {
	now := time.Now()
	whole := p.Pass > 1 || p.Done == p.Blocks
	if whole && c.first == 0 {
		c.first, c.firstCPU, c.firstLapses, c.firstCost = now.Sub(c.start), cpuTime()-c.cpu, p.Lapses, p.Cost
	}
	if whole && p.Lapses == 0 && c.free == 0 {
		c.free = now.Sub(c.start)
	}
	if p.Done < p.Blocks && now.Sub(c.last) < time.Second/50 {
		return
	}
	c.last = now
	f := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	// The writer keeps its error for the end.
	_ = c.w.Write([]string{
		f(cpuTime() - c.cpu), f(now.Sub(c.start)), strconv.Itoa(p.Pass), strconv.Itoa(p.Done), strconv.Itoa(p.Blocks), strconv.Itoa(p.Iterations),
		strconv.Itoa(p.Lapses), n(p.Cost.Lapses), n(p.Cost.LateDays), n(p.Cost.Spare), n(p.Cost.Preference), n(p.Cost.Seconds),
	})
}

func (c *curve) sum(p *planner.Problem, plan *planner.Plan, stats planner.Stats, took, cpu time.Duration) error {
	fmt.Printf("%d residents, %d tasks, %d visitors, %d days, %d blocks; %d threads\n",
		len(p.Residents), len(p.Tasks), len(p.Visitors), p.Days, stats.Blocks, c.threads)
	fmt.Printf("first plan of all blocks   %.3f s (%.3f s of processor), %d lapses, %d s\n", c.first.Seconds(), c.firstCPU.Seconds(), c.firstLapses, c.firstCost.Seconds)
	if c.free > 0 {
		fmt.Printf("first without lapses       %.3f s\n", c.free.Seconds())
	}
	fmt.Printf("end                        %.3f s (%.3f s of processor), %d iterations\n", took.Seconds(), cpu.Seconds(), stats.Iterations)
	fmt.Printf("cost                       %+v\n", stats.Cost)
	visits := 0
	for _, it := range plan.Itineraries {
		visits += len(it.Stops)
	}
	fmt.Printf("plan                       %d itineraries, %d stops, %d unplanned, %d shortages proven\n", len(plan.Itineraries), visits, len(plan.Unplanned), len(plan.Shortages))
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err == nil {
		fmt.Printf("most memory                %d MiB\n", u.Maxrss/1024)
	}
	if wrong := planner.Check(p, plan); len(wrong) > 0 {
		return fmt.Errorf("the plan does not pass its check: %d violations, the first %s %s", len(wrong), wrong[0].Code, wrong[0].Detail)
	}
	fmt.Println("check                      ok")
	return nil
}
