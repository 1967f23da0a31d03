package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
)

// row is one run.
type row struct {
	File      string
	Name      string
	Units     int
	Districts int
	Weight    string
	Tolerance float64 // per cent
	Seed      uint64
	Threads   int
	Seconds   float64 // asked for, of each thread
	Clock     string  // what Seconds are counted by: cpu or wall
	CPU       float64 // seconds of processor time, all threads and the reading
	CutEdges  int
	Best      int    // published; 0: nothing is
	ReCom     int    // likewise
	Checked   string // "ok", or what is wrong
}

var header = []string{"file", "name", "units", "districts", "weight", "tolerance", "seed", "threads", "seconds", "clock", "cpu", "cut_edges", "best_known", "recom", "checked"}

// key tells runs apart that need not be repeated.
func (r row) key() string {
	return fmt.Sprint(r.File, r.Districts, r.Weight, r.Tolerance, r.Seed, r.Threads, r.Seconds, r.Clock)
}

func (r row) fields() []string {
	f := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return []string{
		r.File, r.Name, strconv.Itoa(r.Units), strconv.Itoa(r.Districts), r.Weight, f(r.Tolerance), strconv.FormatUint(r.Seed, 10),
		strconv.Itoa(r.Threads), f(r.Seconds), r.Clock, strconv.FormatFloat(r.CPU, 'f', 2, 64), strconv.Itoa(r.CutEdges), strconv.Itoa(r.Best), strconv.Itoa(r.ReCom), r.Checked,
	}
}

// readRows reads the rows of a file; none if it is not there.
func readRows(path string) ([]row, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	if !slices.Equal(lines[0], header) {
		return nil, fmt.Errorf("%s has other columns: take another file", path)
	}
	var rows []row
	for i, l := range lines[1:] {
		r := row{File: l[0], Name: l[1], Weight: l[4], Clock: l[9], Checked: l[14]}
		for column, into := range map[int]any{
			2: &r.Units, 3: &r.Districts, 5: &r.Tolerance, 6: &r.Seed, 7: &r.Threads, 8: &r.Seconds, 10: &r.CPU, 11: &r.CutEdges, 12: &r.Best, 13: &r.ReCom,
		} {
			if _, err := fmt.Sscan(l[column], into); err != nil {
				return nil, fmt.Errorf("%s line %d, %s: %w", path, i+2, header[column], err)
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// appendRow adds a row to a file, with the header if it is new.
func appendRow(path string, r row) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	if info.Size() == 0 {
		if err := w.Write(header); err != nil {
			return err
		}
	}
	if err := w.Write(r.fields()); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
