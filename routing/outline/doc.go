// Package outline draws what lies around lines: segments on a plane in metres,
// each with the band in which it is reached, become one set of polygons a band.
// It knows nothing of streets; package routing makes service circles with it.
//
// The outline is the contour of the distance to the segments on a square grid
// (marching squares; Maple 2003) at the distance Options.Buffer. The grid is
// aligned to the origin of the plane, so what is drawn does not depend on what
// else is drawn.
//
// # Invariants
//
//   - Every point of a segment lies inside the polygons of its band and of all
//     later bands.
//   - Bands nest: the polygons of a band hold those of the band before it. The
//     raw contours nest because the distance falls from band to band and so does
//     every crossing of the grid move outward; straightening keeps that, since
//     stretches where contours of different bands differ but share cells are not
//     straightened, and elsewhere the straightened line passes all grid points
//     on the same side (see straighten).
//   - Rings are closed, do not touch or cross one another or themselves; outer
//     rings run counter-clockwise, holes clockwise.
//   - Water is left out up to its shore, walls are not passed, each as far as the
//     grid can tell: a cell that a segment passes through is inside where that is
//     needed to hold the segment, so a bridge keeps a strip of one or two cells.
//
// A [Drawer] keeps its room between drawings and belongs to one goroutine.
package outline
