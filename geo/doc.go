// Package geo is the ground: the areas of a district and who lies in which,
// hexagonal cells, datums, distances, and the polygon operations that the
// other packages need.
//
// A [Tree] holds the areas from the district down to the micro-grids and
// answers [Tree.Locate], the one place where membership is decided; nothing
// else, SQL least of all, decides it again. Rules that hold:
//
//   - Points and boundaries are WGS 84, lon-lat degrees, [orb.Point]{lon, lat}.
//     A [Converter] brings other systems there and back.
//   - Membership is exact. Edges are half-open, so that a point on a shared
//     border lies in exactly one area, whatever the order of vertices or the
//     direction of rings, and the answer at a level is always inside the
//     answer at the level above.
//   - Micro-grids of one grid may share a building: each lists its units, and an
//     address beats a point ([Tree.LocateUnit]). The boundaries tile all the
//     same; down to the grid no list has a say.
//   - A point on the outer border of everything goes to the touching area of
//     smallest code.
//   - Lengths are metres and areas square metres on the ellipsoid.
//   - Nothing panics; a Tree is immutable and safe for concurrent use.
//
// Not handled: boundaries that cross the 180th meridian or hold a pole.
//
// Package geo leaves storing to data, streets to routing and drawing of new
// grids to geo/districting. It needs GEOS (through go-geos) and PROJ (through
// go-proj); both are wrapped here and nowhere else.
package geo
