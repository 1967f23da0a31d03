package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"sanse/geo/districting/files"
)

// runAll runs what is not in the CSV file yet, one after the other.
func runAll(ctx context.Context, s settings) error {
	instances, err := readKnown(s.dir)
	if err != nil {
		return err
	}
	rows, err := readRows(s.csv)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for _, r := range rows {
		done[r.key()] = true
	}
	var errs []error
	for _, seed := range s.seeds {
		for _, k := range instances {
			r := row{
				File: k.file, Name: k.name, Districts: k.districts, Best: k.best, ReCom: k.recom, Weight: s.weight,
				Tolerance: s.tolerance, Seed: seed, Threads: s.threads, Seconds: s.time.Seconds(), Clock: s.clock(),
			}
			if !s.only.MatchString(k.file) || done[r.key()] {
				continue
			}
			if ctx.Err() != nil {
				return errors.Join(append(errs, ctx.Err())...)
			}
			if err := s.draw(ctx, &r); err != nil {
				errs = append(errs, fmt.Errorf("%s seed %d: %w", k.file, seed, err))
				continue
			}
			if err := appendRow(s.csv, r); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%-14s seed %d  %4d cut edges  best known %4d  ReCom %4d  %6.1f s of processor time  %s\n",
				r.File, r.Seed, r.CutEdges, r.Best, r.ReCom, r.CPU, r.Checked)
		}
	}
	return errors.Join(errs...)
}

// clock says what the time of a run is counted by.
func (s settings) clock() string {
	if s.sanse != "" {
		return "wall"
	}
	return "cpu"
}

// command draws one file: in a process of our own, or by the program.
func (s settings) command(ctx context.Context, r *row, graph, out string) (*exec.Cmd, error) {
	tolerance, seed := strconv.FormatFloat(r.Tolerance, 'g', -1, 64), strconv.FormatUint(r.Seed, 10)
	common := []string{"--time", s.time.String(), "--threads", strconv.Itoa(r.Threads), "-o", out}
	if s.sanse != "" {
		args := []string{"grids", "draw", "--graph", graph, "--goal", "cut-edges", "--weight", r.Weight + "=" + tolerance + "%", "--zones", strconv.Itoa(r.Districts), "--seed", seed}
		return exec.CommandContext(ctx, s.sanse, append(args, common...)...), nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"-run", graph, "-weight", r.Weight, "-tolerance", tolerance, "-districts", strconv.Itoa(r.Districts), "-seeds", seed}
	return exec.CommandContext(ctx, self, append(args, common...)...), nil
}

// draw draws one file and judges what was written.
func (s settings) draw(ctx context.Context, r *row) (err error) {
	dir, err := os.MkdirTemp("", "sanse-grids")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	graph, out := filepath.Join(s.dir, r.File), filepath.Join(dir, "plan.csv")
	cmd, err := s.command(ctx, r, graph, out)
	if err != nil {
		return err
	}
	// More processors than it has threads would be used by the garbage collector.
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(r.Threads))
	var said bytes.Buffer
	cmd.Stderr = &said
	runErr := cmd.Run()
	// 1 is the program's answer where the tolerance is not met: the drawing is there.
	var exit *exec.ExitError
	no := s.sanse != "" && errors.As(runErr, &exit) && exit.ExitCode() == 1
	if runErr != nil && !no {
		return fmt.Errorf("%w: %s", runErr, strings.TrimSpace(said.String()))
	}
	r.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	u, err := readFile(graph, func(f *os.File) (*files.Units, error) { return files.ReadDualGraph(f, r.Weight) })
	if err != nil {
		return err
	}
	a, err := readFile(out, func(f *os.File) (*files.Assignment, error) { return files.ReadAssignment(f) })
	if err != nil {
		return err
	}
	zone, err := a.Of(u)
	if err != nil {
		return err
	}
	r.Units = u.Len()
	judge(u, zone, r)
	return nil
}

func readFile[T any](path string, read func(*os.File) (T, error)) (v T, err error) {
	f, err := os.Open(path)
	if err != nil {
		return v, err
	}
	defer f.Close()
	return read(f)
}
