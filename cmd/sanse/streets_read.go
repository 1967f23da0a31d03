package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sanse/data/imports"
	"sanse/geo"
	"sanse/routing"
)

// streetsRead is what came of reading streets.
type streetsRead struct {
	graph *routing.Graph
	notes []string // what was left out, and what is odd
}

// readStreets reads extracts, which are merged, or one file of road lines.
func readStreets(ctx context.Context, paths []string, f linesFlags, show *stages) (streetsRead, error) {
	roads := false
	for _, p := range paths {
		roads = roads || imports.IsRoadLines(p)
	}
	if !roads && f != (linesFlags{}) {
		return streetsRead{}, badInput(nil, "--crs, --layer and --cross are for road lines; an extract is in WGS 84")
	}
	if roads && len(paths) > 1 {
		return streetsRead{}, badInput(nil, "road lines stand in for an extract and are not merged with one or with each other: save them in one file, or lay them over the extract with --overlay")
	}
	o := imports.StreetOptions{
		Layer: f.Layer, Cross: f.Cross,
		Progress: func(read, total int64) { show.step("read streets", read, total) },
	}
	if f.CRS != "" {
		var err error
		if o.CRS, err = geo.ParseCRS(f.CRS); err != nil {
			return streetsRead{}, badInput(err, "--crs")
		}
	}
	x, err := imports.ReadStreets(ctx, paths, o)
	var wrong *imports.InputError
	if errors.As(err, &wrong) {
		return streetsRead{}, badInput(err, "")
	}
	if err != nil {
		return streetsRead{}, err
	}
	out := streetsRead{graph: x.Graph}
	if n := len(x.Refused); n > 0 {
		told := make([]string, 0, shownFaults)
		for _, f := range x.Refused[:min(n, shownFaults)] {
			told = append(told, f.String())
		}
		if n > len(told) {
			told = append(told, fmt.Sprintf("… and %d more", n-len(told)))
		}
		out.notes = append(out.notes, fmt.Sprintf("%d of %d features gave no street: %s", n, x.Read, strings.Join(told, "; ")))
	}
	out.notes = append(out.notes, x.Hints...)
	return out, nil
}
