package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/tiles"
	"sanse/planner"
)

// GroundTiles is the name of the set that shows areas, streets, water and
// buildings.
const GroundTiles = "ground"

// maxGroundZoom is the deepest zoom at which the ground shows more than before.
const maxGroundZoom = 16

// GroundTileSet describes the tiles of a district's ground as they are now.
func (s *Service) GroundTileSet(ctx context.Context, district string) (TileSet, error) {
	d, stamp, err := s.ground(ctx, district)
	if err != nil {
		return TileSet{}, err
	}
	s.buildGround(d.Code, stamp)
	box, err := s.bounds(ctx, d.Code, stamp.day)
	if err != nil {
		return TileSet{}, err
	}
	name := map[string]string{"kind": "String. The class of the water or of the building in OpenStreetMap's words."}
	return TileSet{
		Name: d.Name, Description: "Areas, streets, water and buildings / 区域、街道、水系与楼栋",
		Version: stamp.version, Attribution: d.Attribution, Bounds: box, MaxZoom: maxGroundZoom,
		Layers: []TileLayer{
			{Name: "water", Description: "Rivers, canals, lakes", MaxZoom: maxGroundZoom, Fields: name},
			{Name: "building", Description: "Buildings (楼栋)", MinZoom: data.BuildingZoom, MaxZoom: maxGroundZoom, Fields: name},
			{Name: "street", Description: "Streets and ways; smaller ones from zooms 11, 12 and 14", MaxZoom: maxGroundZoom, Fields: map[string]string{
				"class": "String. The highway value in OpenStreetMap's words.", "name": "String.",
			}},
			{Name: "area", Description: "Areas: communities from zoom 10, grids from 12, micro-grids from 15", MaxZoom: maxGroundZoom, Fields: map[string]string{
				"code": "String. 6 digits for the district to 18 for a micro-grid.", "name": "String.",
				"level": "String: district, town, community, grid or micro-grid.", "level_number": "Number: 1 to 5.",
			}},
		},
	}, nil
}

// bounds is the box around a district on a day; the world if it has no outline.
func (s *Service) bounds(ctx context.Context, district string, day planner.Date) (orb.Bound, error) {
	box := orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	top, err := s.store.AreasDownTo(ctx, district, day, geo.LevelDistrict)
	if len(top) > 0 {
		box = top[0].Boundary.Bound()
	}
	return box, err
}

// GroundTile returns a tile of a district's ground. Of a version
// that is not the current one there is none (*OldTilesError); LatestTiles is
// always there. Where the set of a new version takes long to build, the database
// makes the tile.
func (s *Service) GroundTile(ctx context.Context, district, version string, z, x, y int) (Tile, error) {
	if z < 0 || z > maxTileZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return Tile{}, notFound("there is no such tile")
	}
	k := tileSetKey{district, GroundTiles}
	// What an address says never changes, so who has that version need not ask.
	if held := s.tiles.held(k); held != nil && held.version == version {
		return s.cut(k, held, z, x, y)
	}
	d, stamp, err := s.ground(ctx, district)
	if err != nil {
		return Tile{}, err
	}
	k.district = d.Code
	if version != LatestTiles && version != stamp.version {
		return Tile{}, &OldTilesError{Version: version, Current: stamp.version}
	}
	if err := await(ctx, s.buildGround(d.Code, stamp).over); err != nil {
		return Tile{}, fmt.Errorf("wait for tiles: %w", err)
	}
	if held := s.tiles.held(k); held != nil && held.version == stamp.version {
		return s.cut(k, held, z, x, y)
	}
	b, err := s.store.Tile(ctx, d.Code, z, x, y, stamp.day)
	if errors.Is(err, data.ErrNotFound) {
		return Tile{}, notFound("there is no such tile")
	}
	if err != nil {
		return Tile{}, err
	}
	return packed(b)
}

// OldTilesError says that a tile was asked for of another version than the
// current one.
type OldTilesError struct{ Version, Current string }

func (e *OldTilesError) Error() string {
	return "there are no tiles of version " + e.Version + " any more: the current one is " + e.Current
}

// buildGround sees to it that the current tiles are ready or under way.
func (s *Service) buildGround(district string, stamp groundStamp) *tileBuild {
	return s.buildTiles(tileSetKey{district, GroundTiles}, stamp.version, func(ctx context.Context) (*tiles.Set, error) {
		return s.groundLayers(ctx, district, stamp.day)
	})
}

// groundLayers reads what the tiles of the ground show.
func (s *Service) groundLayers(ctx context.Context, district string, day planner.Date) (*tiles.Set, error) {
	var areas []data.Area
	var buildings []data.Building
	var streets []data.Street
	err := s.store.View(ctx, func(r *data.Reads) (err error) {
		if areas, err = r.Areas(ctx, district, day); err != nil {
			return err
		}
		if buildings, err = r.Buildings(ctx, district); err != nil {
			return err
		}
		streets, err = r.Streets(ctx, district)
		return err
	})
	if err != nil {
		return nil, err
	}
	return tiles.New(groundFeatures(areas, buildings, streets))
}

// groundFeatures draws the ground: water below, then buildings, streets and
// areas, as data.Reads.Tile does.
func groundFeatures(areas []data.Area, buildings []data.Building, streets []data.Street) []tiles.Layer {
	water, street := tiles.Layer{Name: "water"}, tiles.Layer{Name: "street"}
	for i := range streets {
		v := &streets[i]
		zoom, wet, isArea := v.Drawing()
		f := tiles.Feature{Geometry: v.Line, MinZoom: zoom}
		switch {
		case wet:
			if isArea {
				f.Geometry = orb.Polygon{orb.Ring(v.Line)}
			}
			f.Properties = []tiles.Property{{Key: "kind", Value: v.Class}}
			water.Features = append(water.Features, f)
		default:
			f.Properties = []tiles.Property{{Key: "class", Value: v.Class}, {Key: "name", Value: v.Name}}
			street.Features = append(street.Features, f)
		}
	}
	building := tiles.Layer{Name: "building", Features: make([]tiles.Feature, len(buildings))}
	for i := range buildings {
		b := &buildings[i]
		building.Features[i] = tiles.Feature{Geometry: b.Boundary, Properties: []tiles.Property{{Key: "kind", Value: b.Kind}}, MinZoom: data.BuildingZoom}
	}
	area := tiles.Layer{Name: "area", Features: make([]tiles.Feature, len(areas))}
	for i := range areas {
		a := &areas[i]
		area.Features[i] = tiles.Feature{Geometry: a.Boundary, MinZoom: data.LevelZoom(a.Level), Properties: []tiles.Property{
			{Key: "code", Value: a.Code}, {Key: "name", Value: a.Name}, {Key: "level_number", Value: int(a.Level)}, {Key: "level", Value: a.Level.String()},
		}}
	}
	return []tiles.Layer{water, building, street, area}
}
