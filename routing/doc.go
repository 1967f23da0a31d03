// Package routing is the streets: a walking graph that never changes once it
// is built, points snapped to it, and walking times, routes and service circles
// over it.
//
// It leaves reading OpenStreetMap to routing/osm, areas and membership to geo,
// and who walks where and when to planner. Nothing here does SQL or HTTP.
//
// Invariants:
//
//   - Points are WGS 84, lon-lat degrees. Lengths are metres on the ellipsoid,
//     kept as whole millimetres an edge; times are whole milliseconds an edge
//     inside and whole seconds, rounded up, outside.
//   - A [Graph] and an [Engine] are immutable and safe for concurrent use; the
//     room that a search needs is pooled. Nothing needs closing.
//   - An edge is a piece of street between two junctions; chains of nodes with
//     two neighbours are folded into one edge that keeps its geometry. A
//     fraction on an edge runs from 0 at its tail to 1 at its head.
//   - A location that could not be snapped (the zero [Snap]) is not an error in
//     a table: its row and column say -1, so nobody is dropped silently.
//
// [Engine] is what the rest of the program sees; [NewDijkstra] is the plain
// one.
package routing
