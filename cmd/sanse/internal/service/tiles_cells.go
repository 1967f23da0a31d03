package service

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sanse/data"
	"sanse/geo/tiles"
)

// CellTiles is the name of the set that shows H3 cells: who lives there, and how
// far it is to each service.
const CellTiles = "cells"

// cellLayers are the layers of the set and the collections that they show, each
// from a zoom to a zoom.
var cellLayers = []struct {
	name, about string
	resolutions []struct{ res, from, to int }
}{
	{"people", "People by H3 cell: of resolution 6 to zoom 9, 7 to 11, 8 from 12", []struct{ res, from, to int }{{6, 0, 9}, {7, 10, 11}, {8, 12, maxCellZoom}}},
	{"walk", "Seconds on foot from the nearest open facility of each service by H3 cell: of resolution 9 to zoom 12, 10 from 13", []struct{ res, from, to int }{{9, 0, 12}, {10, 13, maxCellZoom}}},
}

// maxCellZoom is the deepest zoom at which cells show more than before.
const maxCellZoom = 14

// dutyCells ends the version of cells as those see them who answer for the district.
const dutyCells = "duty"

// cellVersion returns the version of the cells for whoever asks, and the key of
// their set. Who answers for the district sees more than all others do, so the
// two have sets of their own.
func (s *Service) cellVersion(ctx context.Context, district string) (data.District, tileSetKey, groundStamp, error) {
	d, stamp, err := s.ground(ctx, district)
	who := "open"
	if viewerOf(ctx).AnswersFor(d.Code) {
		who = dutyCells
	}
	stamp.version = fmt.Sprintf("%d.%s-%s", stamp.data, stamp.today.Time().Format("20060102"), who)
	return d, tileSetKey{d.Code, CellTiles + "-" + who}, stamp, err
}

// CellTileSet describes the tiles of a district's cells as they are now, for
// whoever asks.
func (s *Service) CellTileSet(ctx context.Context, district string) (TileSet, error) {
	d, k, stamp, err := s.cellVersion(ctx, district)
	if err != nil {
		return TileSet{}, err
	}
	s.buildCells(ctx, k, stamp)
	out := TileSet{
		Name: d.Name, Description: "H3 cells: people, and minutes on foot / 六边形：人口与步行时间",
		Version: stamp.version, Attribution: d.Attribution, MaxZoom: maxCellZoom,
	}
	if out.Bounds, err = s.bounds(ctx, d.Code, stamp.day); err != nil {
		return out, err
	}
	for _, l := range cellLayers {
		t, err := s.FeatureTable(ctx, d.Code, cellCollection(l.resolutions[0].res), nil)
		if err != nil {
			return out, err
		}
		layer := TileLayer{Name: l.name, Description: l.about, MaxZoom: maxCellZoom, Fields: make(map[string]string)}
		for _, c := range t.Columns {
			kind := string(c.Type)
			if c.Type == ColumnInteger {
				kind = "number"
			}
			layer.Fields[c.Name] = strings.ToUpper(kind[:1]) + kind[1:] + ". " + c.Title
		}
		out.Layers = append(out.Layers, layer)
	}
	return out, nil
}

func cellCollection(res int) string { return fmt.Sprintf("cells-%d", res) }

// CellTile returns a tile of a district's cells for whoever asks. Of a version
// that is not theirs and current there is none (*OldTilesError); LatestTiles is
// always there, of the version before where the data change while it is asked for.
func (s *Service) CellTile(ctx context.Context, district, version string, z, x, y int) (Tile, error) {
	if z < 0 || z > maxTileZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return Tile{}, notFound("there is no such tile")
	}
	for {
		_, k, stamp, err := s.cellVersion(ctx, district)
		if err != nil {
			return Tile{}, err
		}
		if version != LatestTiles && version != stamp.version {
			return Tile{}, &OldTilesError{Version: version, Current: stamp.version}
		}
		b := s.buildCells(ctx, k, stamp)
		select {
		case <-b.over: // nothing else can make them
		case <-ctx.Done():
			return Tile{}, fmt.Errorf("wait for tiles: %w", ctx.Err())
		}
		held := s.tiles.held(k)
		switch {
		case held != nil && (held.version == stamp.version || version == LatestTiles && b.version != stamp.version):
			return s.cut(k, held, z, x, y)
		case b.err != nil && (b.version == stamp.version || errors.Is(b.err, errEnding)):
			return Tile{}, b.err
		}
		// Another version was under way: now this one's turn has come.
	}
}

// buildCells sees to it that the current tiles for whoever asks are ready or
// under way.
func (s *Service) buildCells(ctx context.Context, k tileSetKey, stamp groundStamp) *tileBuild {
	viewer := viewerOf(ctx)
	return s.buildTiles(k, stamp.version, func(ctx context.Context) (*tiles.Set, error) {
		ctx = WithViewer(ctx, viewer)
		var layers []tiles.Layer
		for _, l := range cellLayers {
			layer := tiles.Layer{Name: l.name}
			for _, r := range l.resolutions {
				t, err := s.FeatureTable(ctx, k.district, cellCollection(r.res), nil)
				if err != nil {
					return nil, err
				}
				for i := range t.Rows {
					f := tiles.Feature{Geometry: t.Rows[i].Shape, MinZoom: r.from, MaxZoom: r.to}
					if r.to == maxCellZoom {
						f.MaxZoom = 0 // and all that are deeper
					}
					for n, c := range t.Columns {
						f.Properties = append(f.Properties, tiles.Property{Key: c.Name, Value: t.Rows[i].Values[n]})
					}
					layer.Features = append(layer.Features, f)
				}
			}
			layers = append(layers, layer)
		}
		return tiles.New(layers)
	})
}
