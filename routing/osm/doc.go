// Package osm reads OpenStreetMap extracts (.osm.pbf, .osm, either of them in
// bzip2 or gzip; several at once) into the streets for walking, riding and
// driving with what lies between them, and into what the demo district and the
// pages draw: boundaries, buildings, facilities and waters.
//
// It leaves walking times to routing and datums to geo: OpenStreetMap is WGS 84.
// Data read with it is © OpenStreetMap contributors, ODbL; say so where it is
// shown.
//
// # Who may go where
//
// Access follows the hierarchy of wiki.openstreetmap.org/wiki/Key:access: a
// mode's own key speaks first (foot; bicycle; motorcar, motor_vehicle), then
// vehicle, then access, then what the class of street implies. A mode's own key
// opens a class that is shut by default (a bridleway with foot=yes); the wider
// keys only shut. Nobody walks on a motorway whatever its tags say. Ferries,
// building sites, plans and what is disused or abandoned are no streets.
//
//   - A trunk road is walked and ridden on if it is two-way (China's national
//     roads through villages are trunk), unless it has motorroad=yes or a limit
//     over 80 km/h; a carriageway of an expressway is not.
//   - What is private, or for residents, permit holders, staff, deliveries or
//     farming only, is shut: a graph cannot tell those who live there from those
//     who pass through. A district that visits people on such land opens its
//     gates and adds its ways in a file of its own (routing/overlay). Roads for
//     destination, customers or by permission stay open to all.
//   - A busy road (tertiary and up) with sidewalk=separate is not walked, nor is
//     anything with foot=use_sidepath: its pavements are ways of their own. On
//     smaller streets people walk and cross where they like.
//   - oneway=* is for vehicles; walkers obey oneway:foot and escalators only.
//     Bikes may have lanes against the traffic (oneway:bicycle, cycleway=opposite).
//   - Rules for some hours (*:conditional) are counted, not obeyed.
//
// A barrier node stops those whom its tags or its kind stop: a gate nobody
// unless it says so, bollards cars, a stile wheels, a wall all. Every street
// ends there at a node of its own, and edges without length join those nodes for
// whoever may pass, so that a junction with bollards is exact for each mode. A
// raised kerb is such a barrier for wheelchairs. Gates, lifts, lights and
// crossings that let pass are counted on the edges, in halves, one to each of
// the two edges of whoever goes over them.
//
// An area for walking (area=yes, a multipolygon, a platform) is walked along all
// of its rings and straight across: lines join the nodes where streets and doors
// lead onto it, round the corners and holes in between, so that no way across is
// more than 5 % longer than the shortest (a thinned visibility graph; in areas
// with more than 60 such points, of the nearest 16 each).
//
// Turn restrictions (type=restriction, over a node or ways) become turn rules
// for cars and, unless excepted, bikes.
//
// With [Obstacles] the graph also gets what nobody walks across: walls, fences
// and hedges of at least 0.6 m, open water, rivers and canals, railways,
// motorways, and buildings with their entrances; on the ground only, not what
// lies on bridges, in tunnels or on another layer.
//
// # Invariants
//
// A file is read once, in any order of elements. The order of files and of the
// elements in them, and the number of goroutines, change nothing in the result;
// elements in several files count once, the later version of two. Memory is 18
// bytes a node of the file and about 3 a reference of a way, plus what is kept.
// No input makes it panic: PBF is decoded here because the decoder of
// paulmach/osm does so on plain nodes and on negative sizes, and takes some cut
// files for whole ones. What is missing or not understood is in [Counts].
package osm
