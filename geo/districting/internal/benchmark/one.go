package main

import (
	"context"
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"

	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

// runOne draws one graph with the first seed and writes the district of each
// unit: what a run's own process does.
func runOne(ctx context.Context, s settings, graph string, districts int, out string) (err error) {
	u, err := readFile(graph, func(f *os.File) (*files.Units, error) { return files.ReadDualGraph(f, s.weight) })
	if err != nil {
		return err
	}
	p := &districting.Problem{Graph: u.Graph, Zones: []int{districts}, Weights: u.Weights, Goal: districting.CutEdges}
	p.Weights[0].Tolerance = s.tolerance / 100
	d, err := districting.Solve(ctx, p, districting.Options{
		Seed: s.seeds[0], Threads: s.threads, Budget: budget{s.time * time.Duration(s.threads)},
	})
	if err != nil {
		return err
	}
	names := make([]string, len(d.Zone))
	for i, z := range d.Zone {
		names[i] = strconv.Itoa(int(z) + 1)
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return files.WriteAssignment(f, u, names)
}

// budget is processor time of this process, reading the graph included.
type budget struct{ limit time.Duration }

// Spent implements districting.Budget.
func (b budget) Spent(int, districting.Cost) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 1 // a run without end would be worse
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / float64(b.limit)
}
