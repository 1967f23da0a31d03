// Package routing is the streets: a graph that never changes once it is built,
// places brought to it, and travelling times, routes, tables and service circles
// over it, for people on foot, in wheelchairs, on e-bikes and in cars.
//
// It leaves reading OpenStreetMap to routing/osm, a district's own lines and
// changes to routing/lines and routing/overlay, telling a way in words to
// routing/directions, areas and membership to geo, and who goes where and when
// to planner. Nothing here does SQL or HTTP.
//
// The parts, in the order in which they are made:
//
//   - A [Builder] takes nodes, edges with their [EdgeAttr], turn rules, walls,
//     buildings and waters, and makes a [Graph].
//   - A [Profile] is a table of what somebody pays for; profiles.json holds those
//     that are built in, and profiles.md where their numbers come from.
//   - An [Engine] answers for one graph and one profile. A plain one searches; a
//     prepared one has a contraction hierarchy and gives the same answers sooner.
//   - A [Network] is a graph with engines prepared for it, which is what a file
//     holds; [Open] maps it into memory and is ready at once.
//   - A [Query] is one goroutine's room for many questions to an engine.
//
// Invariants:
//
//   - Points are WGS 84, lon-lat degrees, kept to 1e-7 degrees, OpenStreetMap's
//     own grid. Lengths are metres on the ellipsoid, kept as whole millimetres an
//     edge; times are whole milliseconds an edge inside and whole seconds, rounded
//     up, outside.
//   - A [Graph], an [Engine] and a [Network] are immutable and safe for concurrent
//     use; the room that a search needs is pooled, or a [Query]'s. Only a Network
//     that came from a file needs closing, and nothing of it may be used then.
//   - An edge is a piece of street between two junctions; chains of nodes with
//     two neighbours are folded into one edge that keeps its geometry. A
//     fraction on an edge runs from 0 at its tail to 1 at its head. At the very
//     end of an edge one is at its node, whatever the directions.
//   - Turn rules and the costs of turns bind from edge to edge. A way may begin
//     and end anywhere, in either direction that the edge has.
//   - A location that could not be snapped (the zero [Snap]) is not an error in
//     a table: its row and column say -1, so nobody is dropped silently.
//   - Bytes of any content give an error or a network; none makes it panic.
package routing
