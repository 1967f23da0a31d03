package imports

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
)

func importBuildings(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	var chunk []data.Building
	flush := func() error {
		if len(chunk) > 0 && j.storing(s) {
			if err := s.PutBuildings(j.district, chunk); err != nil {
				return fmt.Errorf("store buildings: %w", err)
			}
			j.rep.Stored += len(chunk)
		}
		chunk = chunk[:0]
		return nil
	}
	err := runFeatures(ctx, j, func(r *row, boundary orb.MultiPolygon) error {
		b := checkBuilding(r, boundary, seen)
		if !r.bad {
			chunk = append(chunk, b)
		}
		if len(chunk) < chunkRows {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// buildingReach is how far outside the district a footprint may lie.
const buildingReach = 5e3 // metres

func checkBuilding(r *row, boundary orb.MultiPolygon, seen ids) data.Building {
	b := data.Building{Name: r.get("name"), Kind: r.get("kind"), Address: r.get("address"), Boundary: boundary}
	if b.ID = r.need("id"); b.ID != "" {
		if err := checkID(b.ID); err != nil {
			r.refuse("id", err.Error())
		} else {
			seen.take(r, "id", b.ID)
		}
	}
	b.Units = r.count("units", 1000, "单元", "个")
	b.Floors = r.count("floors", 500, "层")
	if r.bad {
		return b
	}
	if err := geo.CheckValid(boundary); err != nil {
		r.job.refuse(r.line, "geometry", b.ID, err.Error(), public)
		r.bad = true
		return b
	}
	if r.job.place.tree != nil {
		if ok, why := r.job.place.near(boundary[0][0][0], buildingReach); !ok {
			r.job.refuse(r.line, "geometry", b.ID, why, public)
			r.bad = true
		}
	}
	return b
}
