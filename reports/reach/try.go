package reach

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// ErrNoFacility says that a change is of a facility that there is not.
var ErrNoFacility = errors.New("no such facility")

// Op is what to change.
type Op string

// Changes of facilities.
const (
	Add   Op = "add"   // Facility is new
	Move  Op = "move"  // ID goes to Location
	Close Op = "close" // ID does not count any more
	Open  Op = "open"  // ID counts, idle or planned though it was
)

// Change is one change of the facilities.
type Change struct {
	Op       Op
	ID       string
	Location orb.Point
	Facility Facility
}

// Try returns the index with some facilities changed, one change after another.
// What does not change is shared with this one: the price is a search for every
// service concerned. It equals what New makes of the changed facilities. It fails
// with ErrNoFacility, for a change that makes no sense, and with the context's
// error. A facility that lands off the streets is no error: Why tells.
func (x *Index) Try(ctx context.Context, changes []Change) (*Index, error) {
	y := *x
	y.facilities, y.snaps = slices.Clone(x.facilities), slices.Clone(x.snaps)
	y.astray, y.ways = slices.Clone(x.astray), slices.Clone(x.ways)
	y.services = maps.Clone(x.services)
	var moved []int
	for i := range changes {
		f, err := y.change(&changes[i])
		if err != nil {
			return nil, fmt.Errorf("try change %d: %w", i+1, err)
		}
		y.services[y.facilities[f].Service] = nil
		if op := changes[i].Op; op == Add || op == Move {
			moved = append(moved, f)
		}
	}
	if err := checkFacilities(y.facilities); err != nil {
		return nil, fmt.Errorf("try changes: %w", err)
	}
	at := make([]orb.Point, len(moved))
	for k, f := range moved {
		at[k] = y.facilities[f].Location
	}
	snaps, why, err := y.snap(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("try changes: %w", err)
	}
	for k, f := range moved {
		y.snaps[f], y.astray[f], y.ways[f] = snaps[k], why[k], &facilityWays{}
	}
	if err := y.measure(ctx); err != nil {
		return nil, fmt.Errorf("try changes: %w", err)
	}
	return &y, nil
}

// change makes one change in an index of its own, and tells of which facility.
func (x *Index) change(c *Change) (int, error) {
	if c.Op == Add {
		if c.Facility.Service == "" {
			return 0, errors.New("add a facility: it gives no service")
		}
		x.facilities = append(x.facilities, c.Facility)
		x.snaps, x.astray, x.ways = append(x.snaps, routing.Snap{}), append(x.astray, ""), append(x.ways, nil)
		return len(x.facilities) - 1, nil
	}
	f := slices.IndexFunc(x.facilities, func(f Facility) bool { return c.ID != "" && f.ID == c.ID })
	if f < 0 {
		return 0, fmt.Errorf("%s facility %q: %w", c.Op, c.ID, ErrNoFacility)
	}
	switch c.Op {
	case Move:
		x.facilities[f].Location = c.Location
	case Close:
		x.facilities[f].Open = false
	case Open:
		x.facilities[f].Open = true
	default:
		return 0, fmt.Errorf("%q is no change: want %s, %s, %s or %s", c.Op, Add, Move, Close, Open)
	}
	return f, nil
}
