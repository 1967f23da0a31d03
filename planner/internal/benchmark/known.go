package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"sanse/planner/formats"
)

// best is the best known solution of an instance.
type best struct {
	cost     float64
	vehicles int
}

// readBest reads the best known costs of a set by instance: a CSV with columns
// instance, best_known_cost or bks_cost, vehicles and, where a file has
// several, objective (distance, vehicles_then_distance).
func readBest(s settings) (map[string]best, error) {
	path := s.best
	if path == "" {
		path = filepath.Join(s.dir, "best_known.csv")
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && s.best == "" {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s is empty", path)
	}
	col := func(names ...string) int {
		return slices.IndexFunc(lines[0], func(c string) bool { return slices.Contains(names, c) })
	}
	name, cost, vehicles, objective := col("instance"), col("best_known_cost", "bks_cost"), col("vehicles"), col("objective")
	if name < 0 || cost < 0 {
		return nil, fmt.Errorf("%s: the columns instance and best_known_cost are missing", path)
	}
	want := "distance"
	if s.objective == formats.ByVehicles {
		want = "vehicles_then_distance"
	}
	known := map[string]best{}
	for i, l := range lines[1:] {
		if objective >= 0 && l[objective] != want {
			continue
		}
		var b best
		if b.cost, err = strconv.ParseFloat(l[cost], 64); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", path, i+2, err)
		}
		if vehicles >= 0 {
			if b.vehicles, err = strconv.Atoi(l[vehicles]); err != nil {
				return nil, fmt.Errorf("%s line %d: %w", path, i+2, err)
			}
		}
		known[l[name]] = b
	}
	return known, nil
}
