package routing

import (
	"context"
	"fmt"
	"slices"
)

// TableOptions says what rows of a table hold.
type TableOptions struct {
	Metres bool // lengths as well as times
	// OnStreet leaves out the straight walks between locations and streets.
	OnStreet bool
	Threads  int // 0 is 1
}

// TableRow is the way from one location to every other. Unreached stands where
// there is no way.
type TableRow struct {
	Millis      []uint32
	Millimetres []uint32 // nil unless asked for
}

// Table returns the whole seconds, rounded up, from every from to every to,
// -1 where there is no way or a location has no street: one row a from. Where
// every street can be used both ways and from and to are the same locations,
// only one half is searched.
func (e *Engine) Table(ctx context.Context, from, to []Snap) ([][]int32, error) {
	sources, err := e.places(from)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	targets, err := e.places(to)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	half := e.symmetric && slices.Equal(from, to)
	cells := make([]int32, len(from)*len(to))
	for i := range cells {
		cells[i] = -1
	}
	table := make([][]int32, len(from))
	for i := range table {
		table[i] = cells[i*len(to) : (i+1)*len(to) : (i+1)*len(to)]
	}
	s := e.take()
	defer e.give(s)
	for i, src := range sources {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		if !src.ok {
			continue
		}
		first := 0
		if half {
			first = i
		}
		s.reset()
		wanted := s.want(src, targets[first:])
		s.seed(src, unreached-1, -1)
		if err := e.search(ctx, s, unreached-1, wanted, labelInherit); err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		for j := first; j < len(targets); j++ {
			if !targets[j].ok || targets[j].component != src.component {
				continue
			}
			over, _ := s.arrive(targets[j])
			table[i][j] = wholeSeconds(min(e.direct(src, targets[j]), over))
			if half {
				table[j][i] = table[i][j]
			}
		}
	}
	return table, nil
}

// TableRows calls row with one row of the table after another, in the order of
// from. What row is given is valid during the call only; an error that it
// returns ends the table and is returned.
func (e *Engine) TableRows(ctx context.Context, from, to []Snap, o TableOptions, row func(i int, r TableRow) error) error {
	q := e.NewQuery()
	if err := q.SetTargets(to, o); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	for i := range from {
		r, err := q.Row(ctx, from[i])
		if err != nil {
			return fmt.Errorf("table: %w", err)
		}
		if err := row(i, r); err != nil {
			return err
		}
	}
	return nil
}
