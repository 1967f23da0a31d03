package service

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// rehome decides anew who is in which grid, after boundaries that hold today
// have changed. A resident whom no grid would hold any more is an error: a
// redraw must not lose anybody.
func rehome(ctx context.Context, tx *data.Tx, district string, today planner.Date) error {
	r := tx.Reads()
	areas, err := r.Areas(ctx, district, today)
	if err != nil || len(areas) == 0 {
		return err
	}
	tree, err := treeOf(areas)
	if err != nil {
		return invalidCause(err, "the areas with those that are stored already")
	}
	residents, err := r.Residents(ctx, district)
	if err != nil {
		return err
	}
	population, err := r.Population(ctx, district)
	if err != nil {
		return err
	}
	facilities, err := r.Facilities(ctx, district)
	if err != nil {
		return err
	}
	points, err := r.BuildingPoints(ctx, district)
	if err != nil {
		return err
	}
	buildings := make(map[string]orb.Point, len(points))
	for _, b := range points {
		buildings[b.ID] = b.Point
	}
	var m data.Membership
	lost := 0
	for i := range residents {
		p := residents[i].Location
		if b, known := buildings[residents[i].Building]; known {
			p = b // an address beats a point
		}
		grid, micro := homeOf(tree, p)
		if grid == "" {
			lost++
			continue
		}
		if grid != residents[i].Grid || micro != residents[i].MicroGrid {
			m.Residents = append(m.Residents, data.Home{ID: residents[i].ID, Grid: grid, MicroGrid: micro})
		}
	}
	if lost > 0 {
		return invalid("%d residents who are stored would lie in no grid under these boundaries; nothing was stored", lost)
	}
	for i := range population {
		p := &population[i]
		grid, micro := homeOf(tree, p.Location)
		if grid != p.Grid || micro != p.MicroGrid {
			m.Population = append(m.Population, data.Home{ID: p.Spot(), Grid: grid, MicroGrid: micro})
		}
	}
	for i := range facilities {
		f := &facilities[i]
		if grid, _ := homeOf(tree, f.Location); grid != f.Grid {
			m.Facilities = append(m.Facilities, data.Home{ID: f.ID, Grid: grid})
		}
	}
	if err := tx.PutMembership(district, m); err != nil {
		return fmt.Errorf("move people to their new grids: %w", err)
	}
	return nil
}

// homeOf finds the grid and, where there is one, the micro-grid of a point.
func homeOf(tree *geo.Tree, p orb.Point) (grid, micro string) {
	grid, _ = tree.Locate(p, geo.LevelGrid)
	micro, _ = tree.Locate(p, geo.LevelMicroGrid)
	return grid, micro
}
