package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"sanse/planner"
	"sanse/routing/overlay"
)

// layOver lays the changes in force on a day (0: today) over streets.
func layOver(read streetsRead, path string, day planner.Date) (streetsRead, error) {
	o, err := readFile(path, overlay.Read)
	if err != nil {
		return read, err
	}
	if day == 0 {
		day = planner.DateOf(time.Now()) // where the program runs
	}
	name := filepath.Base(path)
	changes := o.On(overlay.Day(day.String()))
	graph, report, err := overlay.Apply(read.graph, changes)
	if err != nil {
		return read, badInput(err, "lay %s over the streets", name)
	}
	read.graph = graph
	read.notes = append(read.notes, fmt.Sprintf("of %d changes in %s %d are in force on %s, and %d of them did something", len(o.Changes()), name, len(changes), day, report.Done))
	for _, c := range report.Outcomes {
		if len(c.Findings) > 0 {
			read.notes = append(read.notes, fmt.Sprintf("change %q (%s): %s", c.ID, c.Kind, strings.Join(c.Findings, "; ")))
		}
	}
	return read, nil
}
