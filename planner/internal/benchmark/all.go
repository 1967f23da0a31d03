package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// instances lists the files of a set.
func instances(s settings) ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		name := e.Name()
		switch ext := filepath.Ext(name); {
		case e.IsDir(), strings.HasPrefix(name, "."), ext == ".csv", ext == ".md", ext == ".res", ext == ".sol":
			continue
		}
		if s.only.MatchString(instanceName(name)) {
			files = append(files, filepath.Join(s.dir, name))
		}
	}
	slices.Sort(files)
	return files, nil
}

// runAll runs what is not in the CSV file yet, each in a process of its own.
func runAll(ctx context.Context, s settings) error {
	files, err := instances(s)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s holds no instance", s.dir)
	}
	rows, err := readRows(s.csv)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for _, r := range rows {
		done[r.key()] = true
	}
	type job struct {
		file string
		seed uint64
	}
	var jobs []job
	for _, seed := range s.seeds {
		for _, f := range files {
			if !done[s.expect(f, seed).key()] {
				jobs = append(jobs, job{f, seed})
			}
		}
	}
	fmt.Fprintf(os.Stderr, "%d runs to do, %d are done\n", len(jobs), len(files)*len(s.seeds)-len(jobs))

	var mu sync.Mutex
	var errs []error
	next := make(chan job)
	var wg sync.WaitGroup
	for range s.parallel {
		wg.Go(func() {
			for j := range next {
				r, err := child(ctx, s, j.file, j.seed)
				mu.Lock()
				if err == nil {
					err = appendRow(s.csv, r)
				}
				if err != nil {
					errs = append(errs, fmt.Errorf("%s seed %d: %w", instanceName(j.file), j.seed, err))
				} else {
					fmt.Fprintf(os.Stderr, "%-8s seed %d  %12.2f  %3d  gap %7.3f %%  at half %12.2f  %9d iterations  %6.1f s  %s\n",
						r.Instance, r.Seed, r.Cost, r.Vehicles, r.Gap, r.Half, r.Iterations, r.CPU, r.Checked)
				}
				mu.Unlock()
			}
		})
	}
	for _, j := range jobs {
		if ctx.Err() != nil {
			break
		}
		next <- j
	}
	close(next)
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// expect is the row of a run but for its result.
func (s settings) expect(file string, seed uint64) row {
	r := row{
		Set: s.set, Objective: string(s.objective), Instance: instanceName(file), Seed: seed, Threads: s.threads,
		Budget: s.seconds.Seconds() * float64(s.threads), Clock: "cpu",
	}
	if s.wall {
		r.Clock, r.Budget = "wall", s.seconds.Seconds()
	}
	return r
}

// child runs one instance in a process of its own.
func child(ctx context.Context, s settings, file string, seed uint64) (r row, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self,
		"-run", file, "-set", s.set, "-dir", s.dir, "-best", s.best, "-objective", string(s.objective), "-seeds", strconv.FormatUint(seed, 10),
		"-threads", strconv.Itoa(s.threads), "-time", s.seconds.String(), "-wall="+strconv.FormatBool(s.wall),
		"-target="+strconv.FormatBool(s.target), "-trace="+strconv.FormatBool(s.trace), "-keep", s.keep)
	// More threads than the run has would be used by the garbage collector.
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(s.threads))
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if s.trace {
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Run(); err != nil {
		return r, fmt.Errorf("%w: %s", err, strings.TrimSpace(errOut.String()))
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return r, fmt.Errorf("its row: %w", err)
	}
	return r, nil
}
