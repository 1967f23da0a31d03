// Package lines makes a street network of a district's own road lines, where
// they are better than OpenStreetMap or stand in for it: GeoJSON (RFC 7946),
// one feature a road, with columns named in Chinese or English.
//
// It leaves other formats and datums to the caller ([Options.Convert]),
// OpenStreetMap to routing/osm, and changes laid over a network to
// routing/overlay.
//
// Invariants:
//
//   - Roads meet where their ends are within [Options.Tolerance] of one
//     another, where an end touches another road within it, and where they
//     share a vertex. Where they only cross they meet if [Options.Cross] says
//     so and neither is a bridge or a tunnel. At a place where two roads run
//     through on two levels, they do not meet.
//   - Nothing is dropped in silence: every feature that gives no street is
//     counted and, up to a limit, named with the reason.
//   - The same file gives the same graph. No input makes it panic.
//   - One call uses one goroutine; nothing is kept between calls.
package lines
