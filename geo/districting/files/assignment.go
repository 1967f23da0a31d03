package files

import (
	"encoding/csv"
	"fmt"
	"io"
)

// Assignment says in which zone each unit is, in the order of its file.
type Assignment struct {
	IDs   []string // of units, each once
	Zones []string // names of zones; "": in none
	Lines []int    // of the file; nil if it does not come from one
}

// ReadAssignment reads a table with the columns id and zone. A zone that is left
// empty is none.
func ReadAssignment(r io.Reader) (*Assignment, error) {
	t, err := newTable(r)
	if err != nil {
		return nil, err
	}
	id, err := t.needed(idNames)
	if err != nil {
		return nil, err
	}
	zone, err := t.needed(zoneNames)
	if err != nil {
		return nil, err
	}
	var (
		a    Assignment
		bad  Faults
		seen = map[string]int{}
	)
	for {
		more, err := t.next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		unit := t.cell(id)
		first, twice := seen[unit]
		switch {
		case unit == "":
			bad.add(t.line, t.header[id], "", "is empty")
			continue
		case twice:
			bad.add(t.line, t.header[id], unit, "is on line %d already", first)
			continue
		}
		seen[unit] = t.line
		a.IDs = append(a.IDs, unit)
		a.Zones = append(a.Zones, t.cell(zone))
		a.Lines = append(a.Lines, t.line)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if len(a.IDs) == 0 {
		return nil, fmt.Errorf("there is a header but no unit")
	}
	return &a, nil
}

// Of returns the name of the zone of each unit, "" for none. A unit that the
// assignment does not name is in none; one that it names and u does not have is
// a fault.
func (a *Assignment) Of(u *Units) ([]string, error) {
	var bad Faults
	at := u.index()
	out := make([]string, u.Len())
	for i, id := range a.IDs {
		j, ok := at[id]
		if !ok {
			line := 0
			if a.Lines != nil {
				line = a.Lines[i]
			}
			bad.add(line, "id", id, "is none of the units that are drawn")
			continue
		}
		out[j] = a.Zones[i]
	}
	return out, bad.err()
}

// WriteAssignment writes a table with the columns id and zone, the units in
// their order, zone being the name of each unit's zone.
func WriteAssignment(w io.Writer, u *Units, zone []string) error {
	if len(zone) != u.Len() {
		return fmt.Errorf("write assignment: %d zones for %d units", len(zone), u.Len())
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"id", "zone"}); err != nil {
		return fmt.Errorf("write assignment: %w", err)
	}
	for i, id := range u.IDs {
		if err := out.Write([]string{id, zone[i]}); err != nil {
			return fmt.Errorf("write assignment: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write assignment: %w", err)
	}
	return nil
}
