package disclosure

import (
	"fmt"

	"sanse/planner"
)

// Input is what is counted on a day.
type Input struct {
	Day planner.Date
	K   int // counts under K are hidden; at least 1
	// Columns name what is counted, and each row has a count for each.
	Columns []string
	Places  []Place
	Details []Detail
	Rows    []Row
}

// Place is a node of the tree of places.
type Place struct {
	Key    string `json:"key"` // unique, and the same in every release
	Parent int    `json:"up"`  // index of the place above, which comes before it; -1: the first, which holds all
	// Answered says that somebody answers for just the people of this place, and
	// knows their counts.
	Answered bool `json:"answered,omitempty"`
}

// Detail splits people into parts.
type Detail struct {
	Name string `json:"name"`
	// Under is the coarser detail without which this one is not shown, and which
	// comes before it; empty: none.
	Under string `json:"under,omitempty"`
	Parts []Part `json:"parts"`
}

// Part is one part of a detail: the columns of Plus added up, less those of Minus.
type Part struct {
	Name  string   `json:"name"`
	Plus  []string `json:"plus"`
	Minus []string `json:"minus,omitempty"`
}

// Row is so many people at one place, all of whom one insider knows.
type Row struct {
	Place   int    `json:"at"` // index of a place, a leaf as a rule
	Insider string `json:"in"` // who answers for them without being a place: a grid; empty: nobody
	Counts  []int  `json:"n"`  // by column
}

func (in *Input) check() error {
	if in.K < 1 {
		return fmt.Errorf("the threshold is %d", in.K)
	}
	keys := make(map[string]bool, len(in.Places))
	for i, p := range in.Places {
		switch {
		case keys[p.Key]:
			return fmt.Errorf("there are two places %q", p.Key)
		case i == 0 && p.Parent != -1, i > 0 && (p.Parent < 0 || p.Parent >= i):
			return fmt.Errorf("place %q: the place above must come before it, and only the first has none", p.Key)
		}
		keys[p.Key] = true
	}
	columns := make(map[string]bool, len(in.Columns))
	for _, c := range in.Columns {
		columns[c] = true
	}
	seen := map[string]bool{"": true}
	for _, d := range in.Details {
		if seen[d.Name] || !seen[d.Under] || len(d.Parts) == 0 {
			return fmt.Errorf("detail %q: it must have a name of its own, parts, and come after the one it is under", d.Name)
		}
		seen[d.Name] = true
		for _, p := range d.Parts {
			for _, list := range [][]string{p.Plus, p.Minus} {
				for _, c := range list {
					if !columns[c] {
						return fmt.Errorf("detail %q, part %q: there is no column %q", d.Name, p.Name, c)
					}
				}
			}
		}
	}
	for i, r := range in.Rows {
		if r.Place < 0 || r.Place >= len(in.Places) || len(r.Counts) != len(in.Columns) {
			return fmt.Errorf("row %d: it must be at one of %d places and have %d counts", i, len(in.Places), len(in.Columns))
		}
		for _, n := range r.Counts {
			if n < 0 {
				return fmt.Errorf("row %d: a count is negative", i)
			}
		}
	}
	return nil
}
