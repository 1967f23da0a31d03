package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

// unitsFlags name what is divided into grids.
type unitsFlags struct {
	Cells    string   `help:"H3 cells: CSV with the columns cell, community and weights." type:"existingfile" xor:"units" placeholder:"FILE"`
	Areas    string   `help:"Areas: GeoJSON of polygons with the properties id, community and weights." type:"existingfile" xor:"units" placeholder:"FILE"`
	Graph    string   `help:"A dual graph: networkx' adjacency JSON." type:"existingfile" xor:"units" placeholder:"FILE"`
	Weight   []string `help:"What grids should have the same amount of, and within which tolerance: a column, and the share that a grid may be above or below its target. The most important first." sep:"none" placeholder:"NAME[=5%]"`
	Barriers string   `help:"GeoJSON of what no grid may cross: rivers, railways, motorways, walls." type:"existingfile" placeholder:"FILE"`
}

// given tells whether any units are named.
func (f *unitsFlags) given() bool { return f.path() != "" }

func (f *unitsFlags) path() string { return f.Cells + f.Areas + f.Graph }

// read reads the units, with the weights of --weight and those in more, and
// marks barriers. Tolerances are those of --weight, else the one given.
func (f *unitsFlags) read(tolerance string, more ...string) (*files.Units, error) {
	standard, err := parseShare("--tolerance", tolerance)
	if err != nil {
		return nil, err
	}
	var names []string
	var within []float64
	for _, w := range f.Weight {
		name, share := w, standard
		if i := strings.LastIndex(w, "="); i >= 0 {
			name = w[:i]
			if share, err = parseShare("--weight "+name, w[i+1:]); err != nil {
				return nil, err
			}
		}
		names, within = append(names, name), append(within, share)
	}
	for _, m := range more {
		names, within = append(names, m), append(within, standard)
	}
	var u *files.Units
	switch {
	case f.Graph != "":
		u, err = readFile(f.Graph, func(r io.Reader) (*files.Units, error) { return files.ReadDualGraph(r, names...) })
	case f.Cells != "":
		u, err = readTable(f.Cells, func(r io.Reader) (*files.Units, error) { return files.ReadCells(r, names...) })
	case f.Areas != "":
		u, err = readFile(f.Areas, func(r io.Reader) (*files.Units, error) { return files.ReadAreas(r, names...) })
	default:
		return nil, badInput(nil, "name what is divided into grids: --cells, --areas or --graph")
	}
	if err != nil {
		return nil, err
	}
	for i := range within {
		u.Weights[i].Tolerance = within[i]
	}
	if f.Barriers != "" {
		b, err := readFile(f.Barriers, files.ReadBarriers)
		if err != nil {
			return nil, err
		}
		if _, err := b.Mark(u); err != nil {
			return nil, badInput(err, "--barriers %s", filepath.Base(f.Barriers))
		}
	}
	return u, nil
}

// weighs tells whether --weight names a weight.
func (f *unitsFlags) weighs(name string) bool {
	for _, w := range f.Weight {
		if w == name || strings.HasPrefix(w, name+"=") {
			return true
		}
	}
	return false
}

// readTable is readFile for a table in any of the encodings of spreadsheets.
func readTable[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	return readFile(path, func(r io.Reader) (v T, err error) {
		text, err := readText8(r)
		if err != nil {
			return v, err
		}
		return read(bytes.NewReader(text))
	})
}

// parseShare reads a share in per cent.
func parseShare(flag, s string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(number, 64)
	if !percent || err != nil || !(v >= 0 && v <= 100) {
		return 0, badInput(nil, "%s %q: want a share such as 5%% or 0.5%%", flag, shorten(s))
	}
	return v / 100, nil
}

// problem is the units as the engine takes them, without zones.
func problem(u *files.Units) *districting.Problem {
	return &districting.Problem{Graph: u.Graph, Parent: u.Parent, Weights: u.Weights, Goal: districting.Compact}
}
