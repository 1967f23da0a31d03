package data

import "fmt"

// Membership says who moves to another grid; whoever is not named stays.
type Membership struct {
	Residents  []Home
	Population []Home // by Population.Spot
	Facilities []Home // MicroGrid is not kept
	Tasks      []Home // those with a place of their own
}

// Home is the grid and, where there is one, the micro-grid of a record; empty
// where there is none.
type Home struct {
	ID        string
	Grid      string
	MicroGrid string
}

// PutMembership moves records to the grids that package geo has found for
// them. Past visits stay with the grid of their day.
func (tx *Tx) PutMembership(district string, m Membership) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	for _, move := range [...]struct {
		homes []Home
		sql   string
	}{
		{m.Residents, `UPDATE resident t SET grid = h.grid, micro_grid = NULLIF(h.micro, '')
			FROM unnest($2::text[], $3::text[], $4::text[]) AS h (id, grid, micro) WHERE t.district = $1 AND t.id = h.id`},
		{m.Population, `UPDATE population t SET grid = NULLIF(h.grid, ''), micro_grid = NULLIF(h.micro, '')
			FROM unnest($2::text[], $3::text[], $4::text[]) AS h (id, grid, micro) WHERE t.district = $1 AND t.spot = h.id`},
		{m.Facilities, `UPDATE facility t SET grid = NULLIF(h.grid, '')
			FROM unnest($2::text[], $3::text[], $4::text[]) AS h (id, grid, micro) WHERE t.district = $1 AND t.id = h.id`},
		{m.Tasks, `UPDATE task t SET grid = h.grid, micro_grid = NULLIF(h.micro, '')
			FROM unnest($2::text[], $3::text[], $4::text[]) AS h (id, grid, micro) WHERE t.district = $1 AND t.id = h.id`},
	} {
		if len(move.homes) == 0 {
			continue
		}
		ids, grids, micros := make([]string, len(move.homes)), make([]string, len(move.homes)), make([]string, len(move.homes))
		for i, h := range move.homes {
			ids[i], grids[i], micros[i] = h.ID, h.Grid, h.MicroGrid
		}
		if _, err := tx.tx.Exec(tx.ctx, move.sql, district, ids, grids, micros); err != nil {
			return fmt.Errorf("store membership: %w", tidy(err))
		}
	}
	return nil
}
