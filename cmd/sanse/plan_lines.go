package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

// isLines tells whether the name is that of a file with a problem a line.
func isLines(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jsonl", ".ndjson":
		return true
	}
	return false
}

// runLines plans a file of JSON Lines, a plan a line.
func (cmd *planCmd) runLines(ctx context.Context, s streams) error {
	if cmd.Out == "" {
		return badInput(nil, "a problem a line makes a plan a line: give them a file with -o")
	}
	in, err := os.Open(cmd.Problem)
	if err != nil {
		return badInput(err, "cannot read")
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return badInput(err, "cannot read")
	}
	read := &counted{r: in}
	show := newStages(s.err)
	var sum planner.LinesStats
	err = writeOut(cmd.Out, s.out, func(w io.Writer) (err error) {
		sum, err = planner.SolveLines(ctx, read, w, planner.Options{
			Seed: cmd.Seed, Iterations: cmd.Iterations, Threads: cmd.Threads,
			Progress: func(planner.Progress) { show.step("plan", read.n.Load(), info.Size()) },
		})
		if errors.Is(err, planner.ErrInvalid) {
			return linesError(err, cmd.Problem) // not the disk's fault
		}
		return err
	})
	show.end()
	if err != nil {
		return linesError(err, cmd.Problem)
	}
	if cmd.JSON {
		return printJSON(s.out, sum)
	}
	if cmd.Out != "-" {
		fmt.Fprintf(s.out, "%s with %s: %s planned, %d left out\n", count(sum.Problems, "problem", "problems"), count(sum.Residents, "resident", "residents"), count(sum.Visits, "visit", "visits"), sum.Unplanned)
	}
	return nil
}

// runLines checks a file with a plan a line.
func (cmd *checkCmd) runLines(ctx context.Context, s streams) error {
	problems, err := os.Open(cmd.Problem)
	if err != nil {
		return badInput(err, "cannot read")
	}
	defer problems.Close()
	plans, err := os.Open(cmd.Plan)
	if err != nil {
		return badInput(err, "cannot read")
	}
	defer plans.Close()
	type finding struct {
		Number int `json:"number"` // of the problem, counted from 1
		planner.Violation
	}
	all := []finding{}
	n, err := planner.CheckLines(ctx, problems, plans, 0, func(number int, found []planner.Violation) error {
		for _, v := range found {
			all = append(all, finding{number, v})
		}
		return nil
	})
	if err != nil {
		return linesError(err, cmd.Problem)
	}
	if err := printJSON(s.out, map[string]any{"problems": n, "violations": all}); err != nil {
		return err
	}
	if len(all) > 0 {
		return answerNo("%s", count(len(all), "violation", "violations"))
	}
	return nil
}

// linesError gives an error of content its exit code.
func linesError(err error, path string) error {
	var known *service.Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, planner.ErrInvalid) {
		return badInput(err, "%s", filepath.Base(path))
	}
	return fmt.Errorf("%s: %w", filepath.Base(path), err)
}

// counted counts the bytes read: one goroutine reads, another asks.
type counted struct {
	r io.Reader
	n atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}
