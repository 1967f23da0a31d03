package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sanse/reports/siting"
)

// table reads the rows below the header of a CSV.
func table(path string, columns int) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if len(rows) < 2 || len(rows[0]) < columns {
		return nil, fmt.Errorf("%s has no rows of %d columns", filepath.Base(path), columns)
	}
	return rows[1:], nil
}

// pmed runs the files of the OR-Library as p-medians and as p-centers.
func (b *bench) pmed(dir string, asked func(siting.Goal) bool) error {
	if !asked(siting.LeastTotal) && !asked(siting.LeastWorst) {
		return nil
	}
	rows, err := table(filepath.Join(dir, "pmed", "optimal.csv"), 5)
	if err != nil {
		return err
	}
	for k, goal := range []siting.Goal{siting.LeastTotal, siting.LeastWorst} {
		if !asked(goal) {
			continue
		}
		for _, row := range rows {
			best, err := strconv.ParseInt(row[3+k], 10, 64)
			if err != nil {
				return fmt.Errorf("optimal.csv: %s: %w", row[0], err)
			}
			f, err := os.Open(filepath.Join(dir, "pmed", row[0]+".txt"))
			if err != nil {
				return err
			}
			p, err := siting.ReadPmed(f)
			if err = errors.Join(err, f.Close()); err != nil {
				return fmt.Errorf("%s: %w", row[0], err)
			}
			p.Goal = goal
			if err := b.one(row[0], p, best, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// cover runs the points of São José dos Campos: the most covered by so many
// sites, and the fewest that cover all.
func (b *bench) cover(dir string, asked func(siting.Goal) bool) error {
	if !asked(siting.MostCovered) && !asked(siting.AllCovered) {
		return nil
	}
	rows, err := table(filepath.Join(dir, "mclp", "optimal.csv"), 10)
	if err != nil {
		return err
	}
	fewest := map[string]bool{}
	for _, row := range rows {
		var number [4]int64
		for k, c := range []int{2, 3, 4, 5} {
			if number[k], err = strconv.ParseInt(row[c], 10, 64); err != nil {
				return fmt.Errorf("optimal.csv: %s: %w", row[0], err)
			}
		}
		p, err := points(filepath.Join(dir, "mclp", row[0]+".txt"))
		if err != nil {
			return err
		}
		p.Radius = int32(number[1])
		if asked(siting.MostCovered) {
			p.Goal, p.Choose = siting.MostCovered, int(number[0])
			if err := b.one(row[0], p, number[2], row[9]); err != nil {
				return err
			}
		}
		// The first number of sites that covers all is the fewest.
		if asked(siting.AllCovered) && number[2] == number[3] && !fewest[row[0]] {
			fewest[row[0]] = true
			p.Goal, p.Choose = siting.AllCovered, 0
			if err := b.one(row[0], p, number[0], ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// points reads a file of points: a header, then x, y and weight a line. Each is
// a demand and a site.
func points(path string) (*siting.Problem, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &siting.Problem{}
	var at [][2]float64
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if i == 0 {
			continue
		}
		var x, y float64
		var weight int64
		if _, err := fmt.Sscan(line, &x, &y, &weight); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", filepath.Base(path), i+1, err)
		}
		at = append(at, [2]float64{x, y})
		p.Weight = append(p.Weight, weight)
	}
	p.Sites = make([]siting.Site, len(at))
	for _, a := range at {
		for _, b := range at {
			p.Ways.Table = append(p.Ways.Table, int32(math.Ceil(math.Hypot(a[0]-b[0], a[1]-b[1]))))
		}
	}
	return p, nil
}
