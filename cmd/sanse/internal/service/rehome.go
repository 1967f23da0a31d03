package service

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// rehome decides anew who is in which grid, after boundaries have changed.
// Those of today move the records at once; those of a later day, from, move
// nobody before it, but are tried: it returns who moves then. A resident whom no
// grid would hold any more is an error: a redraw must not lose anybody.
func rehome(ctx context.Context, tx *data.Tx, district string, today, from planner.Date) (then data.Membership, err error) {
	r := tx.Reads()
	here, err := readHomes(ctx, r, district)
	if err != nil {
		return then, err
	}
	if from > today {
		if then, err = here.under(ctx, r, district, from); err != nil {
			return then, err
		}
	}
	m, err := here.under(ctx, r, district, today)
	if err != nil {
		return then, err
	}
	if err := tx.PutMembership(district, m); err != nil {
		return then, fmt.Errorf("move people to their new grids: %w", err)
	}
	return then, nil
}

// homes are the records that have a grid, with the buildings that decide it.
type homes struct {
	residents  []data.Resident
	population []data.Population
	facilities []data.Facility
	tasks      []data.Task
	buildings  map[string]orb.Point
}

func readHomes(ctx context.Context, r *data.Reads, district string) (h homes, err error) {
	if h.residents, err = r.Residents(ctx, district); err != nil {
		return h, err
	}
	if h.population, err = r.Population(ctx, district); err != nil {
		return h, err
	}
	if h.facilities, err = r.Facilities(ctx, district); err != nil {
		return h, err
	}
	if h.tasks, err = r.Tasks(ctx, district); err != nil {
		return h, err
	}
	h.buildings, err = readBuildings(ctx, r, district)
	return h, err
}

func readBuildings(ctx context.Context, r *data.Reads, district string) (map[string]orb.Point, error) {
	points, err := r.BuildingPoints(ctx, district)
	if err != nil {
		return nil, err
	}
	return buildingsByID(points), nil
}

func buildingsByID(points []data.BuildingPoint) map[string]orb.Point {
	buildings := make(map[string]orb.Point, len(points))
	for _, b := range points {
		buildings[b.ID] = b.Point
	}
	return buildings
}

// under tells who moves under the boundaries of a day; nobody where there are
// none.
func (h *homes) under(ctx context.Context, r *data.Reads, district string, on planner.Date) (data.Membership, error) {
	areas, err := r.Areas(ctx, district, on)
	if err != nil || len(areas) == 0 {
		return data.Membership{}, err
	}
	tree, err := treeOf(areas)
	if err != nil {
		return data.Membership{}, invalidCause(err, "the areas with those that are stored already")
	}
	m, lost := h.moves(tree)
	if lost > 0 {
		return m, invalid("%d residents or tasks that are stored would lie in no grid under these boundaries; nothing was stored", lost)
	}
	return m, nil
}

// moves tells who lies in another grid of the tree than the records say, and
// how many residents and tasks lie in none.
func (h *homes) moves(tree *geo.Tree) (m data.Membership, lost int) {
	for i := range h.residents {
		grid, micro := homeOf(&h.residents[i], h.buildings).in(tree)
		if grid == "" {
			lost++
			continue
		}
		if grid != h.residents[i].Grid || micro != h.residents[i].MicroGrid {
			m.Residents = append(m.Residents, data.Home{ID: h.residents[i].ID, Grid: grid, MicroGrid: micro})
		}
	}
	for i := range h.tasks {
		t := &h.tasks[i]
		if t.Resident != "" {
			continue // they move with the resident
		}
		grid, micro := home{point: t.Location}.in(tree)
		if grid == "" {
			lost++
			continue
		}
		if grid != t.Grid || micro != t.MicroGrid {
			m.Tasks = append(m.Tasks, data.Home{ID: t.ID, Grid: grid, MicroGrid: micro})
		}
	}
	for i := range h.population {
		p := &h.population[i]
		grid, micro := home{point: p.Location}.in(tree)
		if grid != p.Grid || micro != p.MicroGrid {
			m.Population = append(m.Population, data.Home{ID: p.Spot(), Grid: grid, MicroGrid: micro})
		}
	}
	for i := range h.facilities {
		f := &h.facilities[i]
		if grid, _ := (home{point: f.Location}).in(tree); grid != f.Grid {
			m.Facilities = append(m.Facilities, data.Home{ID: f.ID, Grid: grid})
		}
	}
	return m, lost
}

// home is where somebody lives, as membership takes it: an address beats a point.
type home struct {
	point          orb.Point // of the building where that is known
	building, unit string    // empty: not known
}

// homeOf is where a resident lives, given where the buildings are.
func homeOf(r *data.Resident, buildings map[string]orb.Point) home {
	h := home{point: r.Location, building: r.Building, unit: r.Unit}
	if p, known := buildings[r.Building]; known {
		h.point = p
	}
	return h
}

// in finds the grid and, where there is one, the micro-grid of a home.
func (h home) in(tree *geo.Tree) (grid, micro string) {
	grid, _ = tree.LocateUnit(h.point, h.building, h.unit, geo.LevelGrid)
	micro, _ = tree.LocateUnit(h.point, h.building, h.unit, geo.LevelMicroGrid)
	return grid, micro
}

// settle gives the people of a snapshot the grids of its day, where boundaries
// have come into force since the records were given theirs. The records
// themselves follow with the next import of areas.
func (s *Snapshot) settle(ctx context.Context, r *data.Reads) (err error) {
	here := homes{residents: s.Residents, population: s.Population, facilities: s.Facilities, tasks: s.Tasks}
	if here.buildings, err = readBuildings(ctx, r, s.District.Code); err != nil {
		return err
	}
	m, _ := here.moves(s.Tree) // whom no grid holds stays where they were
	s.take(m)
	return nil
}

// take gives the records of the snapshot, which are its own, other grids.
func (s *Snapshot) take(m data.Membership) {
	to := make(map[string]data.Home)
	for _, h := range m.Residents {
		to[h.ID] = h
	}
	for i := range s.Residents {
		if h, ok := to[s.Residents[i].ID]; ok {
			s.Residents[i].Grid, s.Residents[i].MicroGrid = h.Grid, h.MicroGrid
		}
	}
	clear(to)
	for _, h := range m.Tasks {
		to[h.ID] = h
	}
	for i := range s.Tasks {
		if h, ok := to[s.Tasks[i].ID]; ok {
			s.Tasks[i].Grid, s.Tasks[i].MicroGrid = h.Grid, h.MicroGrid
		}
	}
	clear(to)
	for _, h := range m.Population {
		to[h.ID] = h
	}
	for i := range s.Population {
		if h, ok := to[s.Population[i].Spot()]; ok {
			s.Population[i].Grid, s.Population[i].MicroGrid = h.Grid, h.MicroGrid
		}
	}
	clear(to)
	for _, h := range m.Facilities {
		to[h.ID] = h
	}
	for i := range s.Facilities {
		if h, ok := to[s.Facilities[i].ID]; ok {
			s.Facilities[i].Grid = h.Grid
		}
	}
}
