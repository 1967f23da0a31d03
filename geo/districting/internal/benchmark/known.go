package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// known is what has been published of an instance; 0 where nothing has.
type known struct {
	file      string
	name      string // state and level
	districts int
	best      int // fewest cut edges
	recom     int // what 10,000 steps of GerryChain's ReCom found
}

// readKnown reads best_known.csv in a folder.
func readKnown(dir string) ([]known, error) {
	path := filepath.Join(dir, "best_known.csv")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []known
	for i, l := range lines {
		if i == 0 {
			continue
		}
		text := func(column string) string {
			if at := slices.Index(lines[0], column); at >= 0 {
				return l[at]
			}
			return ""
		}
		number := func(column string) int {
			s := text(column)
			if s == "" || err != nil {
				return 0
			}
			var n int
			if n, err = strconv.Atoi(s); err != nil {
				err = fmt.Errorf("%s line %d, %s: %w", path, i+1, column, err)
			}
			return n
		}
		k := known{
			file: text("file"), name: text("state") + " " + text("level"),
			districts: number("districts"), best: number("best_known_cut_edges"), recom: number("gerrychain_10000_steps"),
		}
		if err != nil {
			return nil, err
		}
		if k.file == "" || k.districts < 1 {
			return nil, fmt.Errorf("%s line %d: the file or the number of districts is missing", path, i+1)
		}
		out = append(out, k)
	}
	return out, nil
}
