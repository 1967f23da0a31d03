package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
)

// row is what is kept of a run.
type row struct {
	Set       string  `json:"set"`
	Objective string  `json:"objective"`
	Instance  string  `json:"instance"`
	Seed      uint64  `json:"seed"`
	Threads   int     `json:"threads"`
	Budget    float64 `json:"budget"` // seconds, of all threads together
	Clock     string  `json:"clock"`  // what the budget counts: cpu or wall
	// CPU and Wall are what the run took.
	CPU  float64 `json:"cpu"`
	Wall float64 `json:"wall"`
	// Cost and Vehicles are those that the checker found.
	Cost         float64 `json:"cost"`
	Vehicles     int     `json:"vehicles"`
	BestKnown    float64 `json:"best_known"`
	BestVehicles int     `json:"best_vehicles"`
	Gap          float64 `json:"gap"`  // percent
	Half         float64 `json:"half"` // cost of the best solution at half of the budget
	HalfVehicles int     `json:"half_vehicles"`
	Iterations   int     `json:"iterations"`
	Checked      string  `json:"checked"` // ok, or what is wrong
}

var columns = []string{
	"set", "objective", "instance", "seed", "threads", "budget_seconds", "clock", "cpu_seconds", "wall_seconds", "cost", "vehicles",
	"best_known", "best_known_vehicles", "gap_percent", "cost_at_half", "vehicles_at_half", "iterations", "checked",
}

func (r row) fields() []string {
	f := func(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }
	return []string{
		r.Set, r.Objective, r.Instance, strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Threads), f(r.Budget, 3), r.Clock, f(r.CPU, 2), f(r.Wall, 2),
		f(r.Cost, 4), strconv.Itoa(r.Vehicles), f(r.BestKnown, 2), strconv.Itoa(r.BestVehicles), f(r.Gap, 4), f(r.Half, 4),
		strconv.Itoa(r.HalfVehicles), strconv.Itoa(r.Iterations), r.Checked,
	}
}

// key tells runs apart.
func (r row) key() string {
	return fmt.Sprintf("%s %s %s %d %d %.3f %s", r.Set, r.Objective, r.Instance, r.Seed, r.Threads, r.Budget, r.Clock)
}

// readRows reads a file of rows; one that is not there has none.
func readRows(path string) ([]row, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var rows []row
	for i, l := range lines {
		if i == 0 {
			continue
		}
		if len(l) != len(columns) {
			return nil, fmt.Errorf("%s line %d: %d columns, want %d", path, i+1, len(l), len(columns))
		}
		r := row{Set: l[0], Objective: l[1], Instance: l[2], Clock: l[6], Checked: l[17]}
		var errs []error
		number := func(s string) float64 {
			v, err := strconv.ParseFloat(s, 64)
			errs = append(errs, err)
			return v
		}
		r.Seed, r.Threads, r.Budget, r.CPU, r.Wall = uint64(number(l[3])), int(number(l[4])), number(l[5]), number(l[7]), number(l[8])
		r.Cost, r.Vehicles, r.BestKnown, r.BestVehicles = number(l[9]), int(number(l[10])), number(l[11]), int(number(l[12]))
		r.Gap, r.Half, r.HalfVehicles, r.Iterations = number(l[13]), number(l[14]), int(number(l[15])), int(number(l[16]))
		if err := errors.Join(errs...); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", path, i+1, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// appendRow adds a row at once, so that a run that ended is never lost.
func appendRow(path string, r row) (err error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	at, err := file.Seek(0, 2)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	if at == 0 {
		if err := w.Write(columns); err != nil {
			return err
		}
	}
	if err := w.Write(r.fields()); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
