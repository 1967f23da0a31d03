package data

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"sanse/geo"
	"sanse/planner"
)

// dayOf is the SQL that reads a date as a planner.Date.
func dayOf(column string) string { return "(" + column + " - DATE '1970-01-01')" }

// collect reads every row of a query into values; scan gets pointers ready for
// one value.
func collect[T any](ctx context.Context, s *Reads, what string, scan func(pgx.Rows, *T) error, sql string, args ...any) ([]T, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, tidy(err))
	}
	defer rows.Close()
	return gather(rows, what, scan)
}

// gather reads all rows of an answer.
func gather[T any](rows pgx.Rows, what string, scan func(pgx.Rows, *T) error) ([]T, error) {
	var out []T
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, fmt.Errorf("read %s: %w", what, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", what, tidy(err))
	}
	return out, nil
}

// one reads the only row of a query; ErrNotFound if there is none.
func one(ctx context.Context, s *Reads, what, sql string, args []any, into ...any) error {
	err := s.db.QueryRow(ctx, sql, args...).Scan(into...)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", what, tidy(err))
	}
	return nil
}

const districtColumns = `code, name, time_zone, made_up, note, attribution, review_number`

// District returns the record of a district; ErrNotFound if there is none.
func (s *Reads) District(ctx context.Context, code string) (District, error) {
	var d District
	err := one(ctx, s, "district "+code, `SELECT `+districtColumns+` FROM district WHERE code = $1`, []any{code},
		&d.Code, &d.Name, &d.TimeZone, &d.MadeUp, &d.Note, &d.Attribution, &d.ReviewNumber)
	return d, err
}

// Districts returns all districts by code.
func (s *Reads) Districts(ctx context.Context) ([]District, error) {
	return collect(ctx, s, "districts", func(r pgx.Rows, d *District) error {
		return r.Scan(&d.Code, &d.Name, &d.TimeZone, &d.MadeUp, &d.Note, &d.Attribution, &d.ReviewNumber)
	}, `SELECT `+districtColumns+` FROM district ORDER BY code`)
}

// DataVersion returns a number that every transaction which writes to the
// district raises. It is never given twice, not even to a district that is
// dropped and made again.
func (s *Reads) DataVersion(ctx context.Context, district string) (int64, error) {
	var v int64
	err := one(ctx, s, "district "+district, `SELECT data_version FROM district WHERE code = $1`, []any{district}, &v)
	return v, err
}

// GroundVersion returns what tells the map of a district's ground on a day from
// any other: the data version of the last transaction that wrote areas,
// buildings or streets, and the last day up to that one on which boundaries
// changed (0 if there are none).
func (s *Reads) GroundVersion(ctx context.Context, district string, on planner.Date) (version int64, since planner.Date, err error) {
	err = one(ctx, s, "district "+district, `SELECT ground_version, COALESCE((
			SELECT max(CASE WHEN valid_to <= $2::date THEN valid_to ELSE valid_from END) FROM area_version
			WHERE district = $1 AND valid_from <= $2::date), DATE '1970-01-01') - DATE '1970-01-01'
		FROM district WHERE code = $1`, []any{district, on.Time()}, &version, &since)
	return version, since, err
}

// Areas returns the areas that hold on a day, with the boundaries of that day,
// by code. Cells are left out; see AreaCells.
func (s *Reads) Areas(ctx context.Context, district string, on planner.Date) ([]Area, error) {
	return s.areas(ctx, `true`, district, on.Time())
}

// AreasAround returns the areas on a day that lie in an area, that area, and
// those in which it lies, by code: for who redraws one community of many.
func (s *Reads) AreasAround(ctx context.Context, district string, on planner.Date, code string) ([]Area, error) {
	return s.areas(ctx, `(starts_with(a.code, $3) OR starts_with($3, a.code))`, district, on.Time(), code)
}

// AreasDownTo returns the areas on a day of a level and those above, by code.
func (s *Reads) AreasDownTo(ctx context.Context, district string, on planner.Date, level geo.Level) ([]Area, error) {
	return s.areas(ctx, `a.level <= $3`, district, on.Time(), int16(level))
}

// AreasNear returns the areas on a day whose bounding box meets one, lon-lat, by
// code.
func (s *Reads) AreasNear(ctx context.Context, district string, on planner.Date, box orb.Bound) ([]Area, error) {
	return s.areas(ctx, `v.boundary && ST_MakeEnvelope($3, $4, $5, $6, 4326)`, district, on.Time(), box.Min[0], box.Min[1], box.Max[0], box.Max[1])
}

func (s *Reads) areas(ctx context.Context, where string, args ...any) ([]Area, error) {
	return collect(ctx, s, "areas", func(r pgx.Rows, a *Area) error {
		return r.Scan(slices.Concat([]any{&a.Code, &a.Level, &a.Parent}, versionFields(&a.Area), []any{&a.ValidFrom})...)
	}, `SELECT a.code, a.level, COALESCE(a.parent, ''), `+versionColumns+`, `+dayOf("v.valid_from")+`
		FROM area a JOIN area_version v ON v.district = a.district AND v.area = a.code
		WHERE a.district = $1 AND v.valid @> $2::date AND `+where+` ORDER BY a.code`, args...)
}

// AreaCells returns the H3 covers of the areas that hold on a day, by code;
// areas without one are left out.
func (s *Reads) AreaCells(ctx context.Context, district string, on planner.Date) (map[string][]int64, error) {
	type row struct {
		code  string
		cells []int64
	}
	rows, err := collect(ctx, s, "area cells", func(r pgx.Rows, v *row) error { return r.Scan(&v.code, &v.cells) },
		`SELECT area, cells FROM area_version WHERE district = $1 AND valid @> $2::date AND cells <> '{}'`, district, on.Time())
	if err != nil {
		return nil, err
	}
	out := make(map[string][]int64, len(rows))
	for _, r := range rows {
		out[r.code] = r.cells
	}
	return out, nil
}

// Buildings returns all buildings by id.
func (s *Reads) Buildings(ctx context.Context, district string) ([]Building, error) {
	return collect(ctx, s, "buildings", func(r pgx.Rows, b *Building) error {
		return r.Scan(&b.ID, &b.Name, &b.Kind, &b.Address, &b.Units, &b.Floors, ewkb.Scanner(&b.Boundary))
	}, `SELECT id, name, kind, address, units, floors, boundary FROM building WHERE district = $1 ORDER BY id`, district)
}

// BuildingPoint is where a building is.
type BuildingPoint struct {
	ID    string
	Point orb.Point // centre of the footprint, lon-lat
}

// BuildingPoints returns the centre of every building, by id: faster than
// Buildings where the footprint does not matter.
func (s *Reads) BuildingPoints(ctx context.Context, district string) ([]BuildingPoint, error) {
	return collect(ctx, s, "buildings", func(r pgx.Rows, b *BuildingPoint) error {
		return r.Scan(&b.ID, &b.Point[0], &b.Point[1])
	}, `SELECT id, ST_X(p), ST_Y(p) FROM (SELECT id, ST_Centroid(boundary) AS p FROM building WHERE district = $1) b ORDER BY id`, district)
}

// BuildingPointsOf returns the centres of the buildings of those ids that are
// stored, by id.
func (s *Reads) BuildingPointsOf(ctx context.Context, district string, ids []string) ([]BuildingPoint, error) {
	return collect(ctx, s, "buildings", func(r pgx.Rows, b *BuildingPoint) error {
		return r.Scan(&b.ID, &b.Point[0], &b.Point[1])
	}, `SELECT id, ST_X(p), ST_Y(p) FROM (SELECT id, ST_Centroid(boundary) AS p FROM building WHERE district = $1 AND id = ANY ($2)) b ORDER BY id`,
		district, orEmpty(ids))
}

// Address is where a resident lives by address and by point, of those who have
// a stored building and a point that is not the building's.
type Address struct {
	Building, Unit string
	Point          orb.Point // of the building, lon-lat
	Own            orb.Point // the resident's
}

// Addresses returns the addresses of residents, without saying whose.
func (s *Reads) Addresses(ctx context.Context, district string) ([]Address, error) {
	return collect(ctx, s, "addresses", func(r pgx.Rows, a *Address) error {
		return r.Scan(&a.Building, &a.Unit, &a.Point[0], &a.Point[1], &a.Own[0], &a.Own[1])
	}, `SELECT building, unit, ST_X(p), ST_Y(p), ST_X(location), ST_Y(location) FROM (
			SELECT r.building, r.unit, ST_Centroid(b.boundary) AS p, r.location FROM resident r
			JOIN building b ON b.district = r.district AND b.id = r.building WHERE r.district = $1) a
		WHERE NOT ST_Equals(p, location)`, district)
}

// Population returns all counts of people, by building and cell.
func (s *Reads) Population(ctx context.Context, district string) ([]Population, error) {
	return collect(ctx, s, "population", func(r pgx.Rows, p *Population) error {
		return r.Scan(&p.Building, &p.Cell, &p.Households, &p.People, &p.Over60, &p.Over80, &p.Under18, &p.Disabled, &p.Place,
			&p.Grid, &p.MicroGrid, &p.Location[0], &p.Location[1])
	}, `SELECT COALESCE(building, ''), COALESCE(cell, 0), households, people, over60, over80, under18, disabled, place,
			COALESCE(grid, ''), COALESCE(micro_grid, ''), ST_X(location), ST_Y(location)
		FROM population WHERE district = $1 ORDER BY spot`, district)
}

// Facilities returns all facilities by id.
func (s *Reads) Facilities(ctx context.Context, district string) ([]Facility, error) {
	return collect(ctx, s, "facilities", func(r pgx.Rows, f *Facility) error {
		return r.Scan(&f.ID, &f.Name, &f.Service, &f.Capacity, &f.InUse, &f.Status, &f.Address, &f.AreaM2, &f.Staff, &f.Hours,
			&f.Grid, &f.Location[0], &f.Location[1])
	}, `SELECT id, name, service, capacity, in_use, status, address, area_m2, staff, hours, COALESCE(grid, ''), ST_X(location), ST_Y(location)
		FROM facility WHERE district = $1 ORDER BY id`, district)
}

const streetVersionColumns = `version, source, attribution, imported, COALESCE(base, 0), COALESCE(overlay, 0), in_force`

func (v *StreetVersion) fields() []any {
	return []any{&v.Version, &v.Source, &v.Attribution, &v.Imported, &v.Base, &v.Overlay, &v.InForce}
}

// Graph returns the walking network in use, in the binary form of package
// routing; ErrNotFound if none is stored.
func (s *Reads) Graph(ctx context.Context, district string) ([]byte, StreetVersion, error) {
	var b []byte
	var v StreetVersion
	err := one(ctx, s, "streets of district "+district,
		`SELECT graph, `+streetVersionColumns+` FROM street_version WHERE district = $1 ORDER BY version DESC LIMIT 1`,
		[]any{district}, append([]any{&b}, v.fields()...)...)
	return b, v, err
}

// BaseGraph returns the walking network last imported, with no change laid
// over it; ErrNotFound if none is stored.
func (s *Reads) BaseGraph(ctx context.Context, district string) ([]byte, StreetVersion, error) {
	var b []byte
	var v StreetVersion
	err := one(ctx, s, "streets of district "+district,
		`SELECT graph, `+streetVersionColumns+` FROM street_version WHERE district = $1 AND base IS NULL ORDER BY version DESC LIMIT 1`,
		[]any{district}, append([]any{&b}, v.fields()...)...)
	return b, v, err
}

// StreetOverlay returns the changes to the streets in use; ErrNotFound if none
// were ever imported.
func (s *Reads) StreetOverlay(ctx context.Context, district string) (StreetOverlay, error) {
	var o StreetOverlay
	err := one(ctx, s, "street overlay of district "+district,
		`SELECT version, source, imported, changes FROM street_overlay WHERE district = $1 ORDER BY version DESC LIMIT 1`,
		[]any{district}, &o.Version, &o.Source, &o.Imported, &o.Changes)
	return o, err
}

// Streets returns the lines to draw of the walking network in use.
func (s *Reads) Streets(ctx context.Context, district string) ([]Street, error) {
	return collect(ctx, s, "streets", func(r pgx.Rows, v *Street) error {
		return r.Scan(&v.ID, &v.Class, &v.Name, ewkb.Scanner(&v.Line))
	}, `SELECT id, class, name, line FROM street
		WHERE district = $1 AND version = (SELECT max(version) FROM street_version WHERE district = $1) ORDER BY n`, district)
}

// Imports returns the log of imports, latest first.
func (s *Reads) Imports(ctx context.Context, district string) ([]ImportRecord, error) {
	return collect(ctx, s, "import log", func(r pgx.Rows, v *ImportRecord) error {
		return r.Scan(&v.ID, &v.Kind, &v.Source, &v.CRS, &v.Read, &v.Stored, &v.Refused, &v.At)
	}, `SELECT id, kind, source, crs, rows_read, rows_stored, rows_refused, at FROM import_log WHERE district = $1 ORDER BY id DESC`, district)
}
