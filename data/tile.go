package data

import (
	"context"
	"fmt"

	"sanse/planner"
)

// tileSQL makes a Mapbox Vector Tile (version 2) of the ground. Each layer is
// clipped by the tile itself and looked up by the tile with its buffer, turned
// into the layer's own system so that the index on it is used.
const tileSQL = `
WITH tile AS (
	SELECT ST_TileEnvelope($2, $3, $4) AS exact,
		ST_Transform(ST_TileEnvelope($2, $3, $4, margin => 64.0 / 4096), 4326) AS wide
), ways AS (
	SELECT s.class, s.name, s.line, s.class IN ('water', 'waterway', 'riverbank', 'river', 'stream', 'canal') AS wet FROM street s, tile
	WHERE s.district = $1 AND s.version = (SELECT max(version) FROM street_version WHERE district = $1)
		AND s.line && tile.wide
		AND ($2 >= 14 OR s.class = ANY ($6))
), water AS (
	SELECT class AS kind, ST_AsMVTGeom(ST_Transform(
		CASE WHEN class IN ('water', 'riverbank') AND ST_IsClosed(line) AND ST_NPoints(line) > 3 THEN ST_MakePolygon(line) ELSE line END, 3857),
		tile.exact, 4096, 64) AS geom
	FROM ways, tile WHERE wet
), street AS (
	SELECT class, name, ST_AsMVTGeom(ST_Transform(line, 3857), tile.exact, 4096, 64) AS geom
	FROM ways, tile WHERE NOT wet
), building AS (
	SELECT b.kind, ST_AsMVTGeom(ST_Transform(b.boundary, 3857), tile.exact, 4096, 64) AS geom
	FROM building b, tile WHERE $2 >= 14 AND b.district = $1 AND b.boundary && tile.wide
), area AS (
	SELECT a.code, v.name, a.level AS level_number, (ARRAY['district', 'town', 'community', 'grid', 'micro-grid'])[a.level] AS level,
		ST_AsMVTGeom(ST_Transform(v.boundary, 3857), tile.exact, 4096, 64) AS geom
	FROM area_version v JOIN area a ON a.district = v.district AND a.code = v.area, tile
	WHERE v.district = $1 AND v.valid @> $5::date AND v.boundary && tile.wide
		AND a.level <= CASE WHEN $2 >= 15 THEN 5 WHEN $2 >= 12 THEN 4 WHEN $2 >= 10 THEN 3 ELSE 2 END
)
SELECT COALESCE((SELECT ST_AsMVT(water, 'water', 4096, 'geom') FROM water WHERE geom IS NOT NULL), '')
	|| COALESCE((SELECT ST_AsMVT(building, 'building', 4096, 'geom') FROM building WHERE geom IS NOT NULL), '')
	|| COALESCE((SELECT ST_AsMVT(street, 'street', 4096, 'geom') FROM street WHERE geom IS NOT NULL), '')
	|| COALESCE((SELECT ST_AsMVT(area, 'area', 4096, 'geom') FROM area WHERE geom IS NOT NULL), '')`

// streetClasses lists what is drawn of the streets table below zoom 14, where
// all of it is.
func streetClasses(zoom int) []string {
	classes := []string{"water", "waterway", "riverbank", "river", "canal", "motorway", "trunk", "primary", "secondary"}
	if zoom >= 11 {
		classes = append(classes, "stream", "tertiary")
	}
	if zoom >= 12 {
		classes = append(classes, "residential", "unclassified", "living_street", "pedestrian")
	}
	return classes
}

// Tile returns the Mapbox Vector Tile z/x/y (XYZ numbering) of a district's
// ground with the boundaries of a day: layers water (kind), building (kind,
// from zoom 14), street (class, name) and area (code, name, level,
// level_number; deeper levels from zooms 10, 12 and 15). A tile with nothing in
// it is empty.
func (s *Reads) Tile(ctx context.Context, district string, z, x, y int, on planner.Date) ([]byte, error) {
	if z < 0 || z > 24 || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil, fmt.Errorf("tile %d/%d/%d: %w", z, x, y, ErrNotFound)
	}
	var b []byte
	if err := s.db.QueryRow(ctx, tileSQL, district, z, x, y, on.Time(), streetClasses(z)).Scan(&b); err != nil {
		return nil, fmt.Errorf("read tile %d/%d/%d: %w", z, x, y, tidy(err))
	}
	return b, nil
}
