// Package tiles makes vector tiles (Mapbox Vector Tile specification 2.1) from
// shapes that are held in memory.
//
// A [Set] is built once from layers of features and never changes; any number of
// goroutines may ask it for tiles. A tile is made when it is asked for: what is
// near is looked up in a tree of boxes, thinned for the zoom, clipped by the
// tile with a margin of [Margin] units, rounded to the tile's grid of [Extent]
// units and written.
//
// What a tile promises: layers of version 2 in the order given, features in the
// order given; outer rings clockwise on the screen and inner rings the other
// way; no ring or line that is less than a dot. Thinning (Douglas and Peucker)
// moves no line by more than 2 units, which is a quarter of a pixel where a tile
// is drawn 512 pixels wide, so neighbours that share a border may part by as
// little; from zoom 16 on nothing is thinned. What of a ring has no area in the grid
// is not drawn: a needle narrower than a unit, a ring thinned to a stretch.
//
// Not handled: shapes across the 180th meridian; latitudes beyond 85.05°, where
// Web Mercator ends, are drawn at its edge.
package tiles
