package data

import (
	"context"
	"fmt"
	"slices"

	"sanse/geo"
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
	SELECT s.class, s.name, s.line, s.class = ANY ($8) AS wet FROM street s, tile
	WHERE s.district = $1 AND s.version = (SELECT max(version) FROM street_version WHERE district = $1)
		AND s.line && tile.wide
		AND ($2 >= 14 OR s.class = ANY ($6))
), water AS (
	SELECT class AS kind, ST_AsMVTGeom(ST_Transform(
		CASE WHEN class = ANY ($9) AND ST_IsClosed(line) AND ST_NPoints(line) > 3 THEN ST_MakePolygon(line) ELSE line END, 3857),
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
		AND a.level <= $7
)
SELECT COALESCE((SELECT ST_AsMVT(water, 'water', 4096, 'geom') FROM water WHERE geom IS NOT NULL), '')
	|| COALESCE((SELECT ST_AsMVT(building, 'building', 4096, 'geom') FROM building WHERE geom IS NOT NULL), '')
	|| COALESCE((SELECT ST_AsMVT(street, 'street', 4096, 'geom') FROM street WHERE geom IS NOT NULL), '')
	|| COALESCE((SELECT ST_AsMVT(area, 'area', 4096, 'geom') FROM area WHERE geom IS NOT NULL), '')`

// Wet classes of the streets table are drawn as water; of those that are areas,
// a closed line is a polygon.
var (
	wetClasses  = []string{"water", "waterway", "riverbank", "river", "stream", "canal"}
	areaClasses = []string{"water", "riverbank"}
)

// Zooms from which on a class of the streets table is drawn; any other is from
// streetsZoom on.
const streetsZoom = 14

var classZooms = map[string]int{
	"water": 0, "waterway": 0, "riverbank": 0, "river": 0, "canal": 0, "motorway": 0, "trunk": 0, "primary": 0, "secondary": 0,
	"stream": 11, "tertiary": 11,
	"residential": 12, "unclassified": 12, "living_street": 12, "pedestrian": 12,
}

// BuildingZoom is the zoom from which on buildings are drawn.
const BuildingZoom = 14

// Drawing says how a line of the streets table is drawn: from which zoom on,
// and whether as water and as an area.
func (v *Street) Drawing() (zoom int, water, area bool) {
	zoom, ok := classZooms[v.Class]
	if !ok {
		zoom = streetsZoom
	}
	n := len(v.Line)
	area = slices.Contains(areaClasses, v.Class) && n > 3 && v.Line[0] == v.Line[n-1]
	return zoom, slices.Contains(wetClasses, v.Class), area
}

// LevelZoom is the zoom from which on areas of a level are drawn.
func LevelZoom(l geo.Level) int {
	switch l {
	case geo.LevelDistrict, geo.LevelTown:
		return 0
	case geo.LevelCommunity:
		return 10
	case geo.LevelGrid:
		return 12
	default:
		return 15
	}
}

// streetClasses lists what is drawn of the streets table at a zoom below 14,
// where all of it is.
func streetClasses(zoom int) []string {
	var classes []string
	for c, from := range classZooms {
		if from <= zoom {
			classes = append(classes, c)
		}
	}
	slices.Sort(classes)
	return classes
}

// deepestLevel is the deepest level of which areas are drawn at a zoom.
func deepestLevel(zoom int) geo.Level {
	deepest := geo.LevelDistrict
	for l := geo.LevelDistrict; l <= geo.LevelMicroGrid; l++ {
		if LevelZoom(l) <= zoom {
			deepest = l
		}
	}
	return deepest
}

// tileArgs are the arguments of tileSQL.
func tileArgs(district string, z, x, y int, on planner.Date) []any {
	return []any{district, z, x, y, on.Time(), streetClasses(z), int16(deepestLevel(z)), wetClasses, areaClasses}
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
	if err := s.db.QueryRow(ctx, tileSQL, tileArgs(district, z, x, y, on)...).Scan(&b); err != nil {
		return nil, fmt.Errorf("read tile %d/%d/%d: %w", z, x, y, tidy(err))
	}
	return b, nil
}
