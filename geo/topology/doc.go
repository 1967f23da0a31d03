// Package topology keeps the areas of one level as arcs and nodes: every
// stretch of border is stored once, with the area on its left and on its
// right, so that a border that is moved moves for both.
//
// Survey lays areas over each other as they are drawn, faults and all; Check
// finds gaps, overlaps, slivers and the rest, each with the place, the size
// and a way to mend it; Mend mends. Build, or Sheet.Topology, returns a
// Topology: no ground in two areas, by construction. Edits (MoveVertex, Redraw,
// Split, Give, Merge, Retire, Recode) keep it so: each returns a new Topology
// and the Change that led to it, whose Inverse undoes it, or refuses with an
// *EditError. A Topology is immutable, and the old one stays good.
//
// Coordinates are WGS 84, lon-lat degrees, rounded to a billionth of a degree
// (0.1 mm): on that lattice every question about sides and crossings has an
// exact answer in whole numbers. Coordinates of up to nine decimals come out as
// they went in. A border that gets a vertex where another ends on it or crosses
// it is bent there by less than a step, the border of a parent too.
//
// Which areas there are, since when and who may change them is for others.
// Nothing here panics; the values returned belong to the caller.
package topology
