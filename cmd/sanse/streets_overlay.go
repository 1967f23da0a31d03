package main

import (
	"errors"
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
		return read, overlayError(err, filepath.Base(path))
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

// overlayError names everything that is wrong with a file of changes.
func overlayError(err error, name string) error {
	wrong := new(overlay.InvalidError)
	if !errors.As(err, &wrong) {
		return err
	}
	told := make([]string, len(wrong.Problems))
	for i, p := range wrong.Problems {
		told[i] = p.String()
	}
	if more := wrong.Count - len(told); more > 0 {
		told = append(told, fmt.Sprintf("… and %d more", more))
	}
	return badInput(nil, "%s is refused whole:\n  %s", name, strings.Join(told, "\n  "))
}
