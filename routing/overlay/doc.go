// Package overlay is a district's own changes to the streets: a small file
// (GeoJSON, one feature a change) of ways that are added, closed, gated and
// opened, laid over a network that was read from OpenStreetMap or from the
// district's road lines. See [Properties] for what a feature says.
//
// It leaves reading networks to routing/osm and routing/lines, and keeping
// files and their versions to the caller.
//
// Invariants:
//
//   - A file is its own history: a change that no longer holds gets a last day
//     ("until") and stays. [Overlay.On] gives the changes in force on a day.
//   - A file with anything wrong in it is refused whole, with every problem
//     named ([InvalidError]).
//   - [Apply] never changes the graph it is given. Changes are made in the order
//     of the file, each on the outcome of those before it; the same graph and
//     changes give the same graph. What a change did, or why it did nothing, is
//     in the report: a change that finds nothing to do is no error, since the
//     map below it may have caught up.
//   - Nobody is asked what day it is: the caller says.
package overlay
