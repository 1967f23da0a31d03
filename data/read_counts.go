package data

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/uber/h3-go/v4"
)

// ResidentCount is how many residents, of one grade or one kind, have one home:
// the same deepest area and the same H3 cell of resolution 8.
type ResidentCount struct {
	Area  string // a micro-grid, or a grid where the records name none below it
	Cell  h3.Cell
	Grade string // empty in counts of a kind
	N     int
}

// ResidentCounts counts residents by home and grade, in no order. It reads one
// index, so that a million are counted in a fraction of a second. Inside View,
// see RoomToCount.
func (s *Reads) ResidentCounts(ctx context.Context, district string) ([]ResidentCount, error) {
	return collect(ctx, s, "counts of residents", func(r pgx.Rows, v *ResidentCount) error {
		return r.Scan(&v.Area, &v.Cell, &v.Grade, &v.N)
	}, `SELECT COALESCE(micro_grid, grid), cell8, grade, count(*) FROM resident WHERE district = $1
		GROUP BY district, grid, micro_grid, cell8, grade`, district)
}

// KindCounts counts the residents of a kind by home, in no order.
func (s *Reads) KindCounts(ctx context.Context, district, kind string) ([]ResidentCount, error) {
	return collect(ctx, s, "counts of residents of a kind", func(r pgx.Rows, v *ResidentCount) error {
		return r.Scan(&v.Area, &v.Cell, &v.N)
	}, `SELECT COALESCE(r.micro_grid, r.grid), r.cell8, count(*)
		FROM resident r JOIN resident_kind k ON k.district = r.district AND k.resident = r.id
		WHERE r.district = $1 AND k.kind = $2 GROUP BY r.grid, r.micro_grid, r.cell8`, district, kind)
}

// Kinds returns the kinds of which there are residents, in order. It goes from
// kind to kind in an index, however many residents there are.
func (s *Reads) Kinds(ctx context.Context, district string) ([]string, error) {
	return collect(ctx, s, "kinds of residents", func(r pgx.Rows, v *string) error { return r.Scan(v) },
		`WITH RECURSIVE found AS (
			SELECT min(kind) AS kind FROM resident_kind WHERE district = $1
			UNION ALL
			SELECT (SELECT min(k.kind) FROM resident_kind k WHERE k.district = $1 AND k.kind > f.kind) FROM found f WHERE f.kind IS NOT NULL
		) SELECT kind FROM found WHERE kind IS NOT NULL ORDER BY kind COLLATE "C"`, district)
}

// PeopleCount is how many people have one home.
type PeopleCount struct {
	Area       string // empty: not decided
	Cell       h3.Cell
	Households int
	People     int
	Over60     int
	Under18    int
	Disabled   int
}

// PeopleCounts sums up the population by home, in no order.
func (s *Reads) PeopleCounts(ctx context.Context, district string) ([]PeopleCount, error) {
	return collect(ctx, s, "counts of people", func(r pgx.Rows, v *PeopleCount) error {
		return r.Scan(&v.Area, &v.Cell, &v.Households, &v.People, &v.Over60, &v.Under18, &v.Disabled)
	}, `SELECT COALESCE(micro_grid, grid, ''), cell8, sum(households), sum(people), sum(over60), sum(under18), sum(disabled)
		FROM population WHERE district = $1 GROUP BY grid, micro_grid, cell8`, district)
}

// RoomToCount lets what is asked next in the same View hold up to 64 MB a step in
// memory: while much has just been written and the index does not say of every
// page that all may see it, counting goes through the table and would sort on
// disk.
func (s *Reads) RoomToCount(ctx context.Context) error {
	var set string
	if err := s.db.QueryRow(ctx, `SELECT set_config('work_mem', '64MB', true)`).Scan(&set); err != nil {
		return fmt.Errorf("make room to count: %w", tidy(err))
	}
	return nil
}
