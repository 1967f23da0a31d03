package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/pressly/goose/v3"

	"sanse/geo"
)

// CellResolution is the resolution of the columns cell8.
const CellResolution = 8

// cellBatch is how many rows are given their cells by one statement.
const cellBatch = 50_000

// cells is migration 13. Heatmaps count people by cell in the database, which
// cannot tell the cell of a place: the program stores it with the place. Rows
// that are there already are given theirs here, so that none is ever without.
func cells() *goose.Migration {
	return goose.NewGoMigration(13,
		&goose.GoFunc{RunTx: cellsUp},
		&goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error { return run(ctx, tx, cellsDown) }},
	)
}

var (
	cellsColumns = []string{
		`ALTER TABLE resident ADD COLUMN cell8 bigint`,
		`ALTER TABLE population ADD COLUMN cell8 bigint`,
	}
	cellsRules = []string{
		// The resolution is in bits 52 to 55 of a cell's number.
		`ALTER TABLE resident ALTER COLUMN cell8 SET NOT NULL, ADD CONSTRAINT resident_cell8_check CHECK ((cell8 >> 52) & 15 = 8)`,
		`ALTER TABLE population ALTER COLUMN cell8 SET NOT NULL, ADD CONSTRAINT population_cell8_check CHECK ((cell8 >> 52) & 15 = 8)`,
		`COMMENT ON COLUMN resident.cell8 IS 'The H3 cell of resolution 8 that holds location, stored with it by the program: for counting and drawing, never for membership.'`,
		`COMMENT ON COLUMN population.cell8 IS 'As resident.cell8.'`,
		// Counts by area, cell and grade read this index alone.
		`DROP INDEX resident_grid`,
		`CREATE INDEX resident_place ON resident (district, grid, micro_grid, cell8, grade)`,
		// Which kinds there are is read off this one, from kind to kind.
		`CREATE INDEX resident_kind_kind ON resident_kind (district, kind)`,
	}
	cellsDown = []string{
		`DROP INDEX resident_kind_kind, resident_place`,
		`CREATE INDEX resident_grid ON resident (district, grid)`,
		`ALTER TABLE resident DROP COLUMN cell8`,
		`ALTER TABLE population DROP COLUMN cell8`,
	}
)

func cellsUp(ctx context.Context, tx *sql.Tx) error {
	if err := run(ctx, tx, cellsColumns); err != nil {
		return err
	}
	for _, t := range [...]struct{ table, id string }{{"resident", "id"}, {"population", "spot"}} {
		if err := fillCells(ctx, tx, t.table, t.id); err != nil {
			return fmt.Errorf("find the cells of table %s: %w", t.table, err)
		}
	}
	return run(ctx, tx, cellsRules)
}

func run(ctx context.Context, tx *sql.Tx, steps []string) error {
	for _, s := range steps {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// fillCells gives every row of a table its cell, in the order of the key.
func fillCells(ctx context.Context, tx *sql.Tx, table, id string) error {
	next := `SELECT district, ` + id + `, ST_X(location), ST_Y(location) FROM ` + table + `
		WHERE (district, ` + id + `) > ($1, $2) ORDER BY district, ` + id + ` LIMIT $3`
	give := `UPDATE ` + table + ` t SET cell8 = c.cell FROM unnest($1::text[], $2::text[], $3::bigint[]) AS c (district, id, cell)
		WHERE t.district = c.district AND t.` + id + ` = c.id`
	var district, last string
	for {
		var districts, ids []string
		var cells []int64
		rows, err := tx.QueryContext(ctx, next, district, last, cellBatch)
		if err != nil {
			return err
		}
		for rows.Next() {
			var p orb.Point
			if err := rows.Scan(&district, &last, &p[0], &p[1]); err != nil {
				return errors.Join(err, rows.Close())
			}
			c, err := geo.CellAt(p, CellResolution)
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			districts, ids, cells = append(districts, district), append(ids, last), append(cells, int64(c))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		if len(ids) == 0 {
			return nil
		}
		if _, err := tx.ExecContext(ctx, give, districts, ids, cells); err != nil {
			return err
		}
	}
}
