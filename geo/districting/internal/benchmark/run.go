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
				Tolerance: s.tolerance, Seed: seed, Threads: s.threads, Seconds: s.time.Seconds(),
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

// draw runs the program on one file and judges what it wrote.
func (s settings) draw(ctx context.Context, r *row) (err error) {
	dir, err := os.MkdirTemp("", "sanse-grids")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	graph, out := filepath.Join(s.dir, r.File), filepath.Join(dir, "plan.csv")
	cmd := exec.CommandContext(ctx, s.sanse, "grids", "draw", "--graph", graph, "--goal", "cut-edges",
		"--weight", fmt.Sprintf("%s=%s%%", r.Weight, strconv.FormatFloat(r.Tolerance, 'g', -1, 64)), "--zones", strconv.Itoa(r.Districts),
		"--time", s.time.String(), "--threads", strconv.Itoa(r.Threads), "--seed", strconv.FormatUint(r.Seed, 10), "-o", out)
	// More processors than it has threads would be used by the garbage collector.
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(r.Threads))
	var said bytes.Buffer
	cmd.Stderr = &said
	runErr := cmd.Run()
	// 1 is its answer where the tolerance is not met: the drawing is there.
	var exit *exec.ExitError
	no := errors.As(runErr, &exit) && exit.ExitCode() == 1
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
