package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sanse/planner/formats"
	"sanse/planner/vrp"
)

// runOne solves one instance with the first seed and prints its row as JSON.
func runOne(ctx context.Context, s settings, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	known, err := readBest(s)
	if err != nil {
		return err
	}
	r := s.expect(path, s.seeds[0])
	limit := time.Duration(r.Budget * float64(time.Second))
	in, err := formats.Read(content, formats.Options{Format: formats.Format(s.set), Objective: s.objective})
	if err != nil {
		return err
	}
	k := known[r.Instance]
	r.BestKnown, r.BestVehicles = k.cost, k.vehicles
	b := &budget{limit: limit, start: time.Now(), wall: s.wall, figure: in.Figure, trace: s.trace, last: math.MaxInt64}
	if s.target {
		b.goal = k.cost
		if s.objective == formats.ByVehicles {
			b.goalVehicles = k.vehicles
		}
	}
	problem, err := in.Problem()
	if err != nil {
		return err
	}
	sol, stats, err := vrp.Solve(ctx, problem, vrp.Options{Seed: r.Seed, Threads: s.threads, Budget: b})
	if err != nil {
		return err
	}
	r.CPU, r.Wall = cpuTime().Seconds(), time.Since(b.start).Seconds()
	r.Iterations = stats.Iterations
	r.Half, r.HalfVehicles = b.half.Cost, b.half.Vehicles

	var file bytes.Buffer
	if err := in.Write(&file, sol); err != nil {
		return err
	}
	if s.keep != "" {
		name := fmt.Sprintf("%s-%s-%d.sol", r.Instance, r.Objective, r.Seed)
		if err := os.WriteFile(filepath.Join(s.keep, name), file.Bytes(), 0o600); err != nil {
			return err
		}
	}
	verdict, err := in.Check(&file)
	if err != nil {
		return fmt.Errorf("the solution cannot be read again: %w", err)
	}
	r.Cost, r.Vehicles = verdict.Cost, verdict.Vehicles
	if k.cost > 0 {
		r.Gap = 100 * (verdict.Cost/k.cost - 1)
	}
	r.Checked = "ok"
	if len(verdict.Wrong) > 0 {
		w := verdict.Wrong[0]
		r.Checked = fmt.Sprintf("%d violations: %s %s %s", len(verdict.Wrong), w.Code, w.Route, w.Detail)
	} else if f := in.Figure(stats.Cost.Total); f.Complete && math.Abs(f.Cost-r.Cost) > 1e-4*r.Cost+0.05 {
		r.Checked = fmt.Sprintf("the solver counts %.4f, the checker %.4f", f.Cost, r.Cost)
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

func instanceName(path string) string {
	name := filepath.Base(path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
