// Package drawing lays H3 cells over areas, so that they can be drawn anew: it
// makes the plots that package districting divides, and from what was drawn the
// borders of the new areas.
//
// A plot is what one cell has of one area of today. So a border that stays is
// not touched: it is not replaced by the edges of cells. Where a border moves
// it follows the edges of cells first, and Smooth straightens it as far as
// nobody changes sides.
//
// All areas lie in one parent, or each in its own; who they are and what is
// counted in them is for others. Coordinates are WGS 84, lon-lat degrees,
// lengths metres and areas square metres on the ellipsoid. Values returned
// belong to the caller, but for what a Land holds, which is not to be changed.
package drawing
