package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sanse/data"
	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
)

// boundaries are the areas of a district on a day.
type boundaries struct {
	district data.District
	version  int64 // of the district's data
	date     planner.Date
	tree     *geo.Tree
	// newer tells that some have come into force since the records were given
	// their grids: who is in which area is to be found anew.
	newer bool
}

// readBoundaries reads the areas of a day.
func readBoundaries(ctx context.Context, r *data.Reads, district string, on planner.Date) (boundaries, error) {
	b := boundaries{date: on}
	var areas []data.Area
	var err error
	if b.district, err = r.District(ctx, district); err == nil {
		if b.version, err = r.DataVersion(ctx, district); err == nil {
			areas, err = r.Areas(ctx, district, on)
		}
	}
	switch {
	case errors.Is(err, data.ErrNotFound):
		return b, notFound("there is no district %s here", Own(district))
	case err != nil:
		return b, fmt.Errorf("read district %s: %w", district, err)
	case len(areas) == 0:
		return b, invalid("district %s has no areas valid on %s: import areas first", Own(district), on)
	}
	if b.tree, err = treeOf(areas); err != nil {
		return b, invalidCause(tellingly(err), "the areas of district %s", Own(district))
	}
	var latest planner.Date
	for i := range areas {
		latest = max(latest, areas[i].ValidFrom)
	}
	if b.newer, err = isNewer(ctx, r, b.district, on, latest); err != nil {
		return b, fmt.Errorf("read district %s: %w", district, err)
	}
	return b, nil
}

// isNewer tells whether boundaries have come into force, by a day whose latest
// area begins then, since the records were given theirs: when areas were last
// imported.
func isNewer(ctx context.Context, r *data.Reads, d data.District, on, latest planner.Date) (bool, error) {
	log, err := r.Imports(ctx, d.Code) // the latest first
	if err != nil {
		return false, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return false, invalid("there is no time zone %q", d.TimeZone)
	}
	var decided planner.Date
	for _, i := range log {
		if i.Kind == string(imports.Areas) {
			decided = planner.DateOf(i.At.In(zone))
			break
		}
	}
	published, err := r.LastPublished(ctx, d.Code, on)
	if err != nil {
		return false, err
	}
	latest = max(latest, published) // which may have ended areas without beginning one
	return (published != 0 || decided != 0) && latest > decided, nil
}
