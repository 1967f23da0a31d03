// Package districting draws grids: it divides units (hexagonal cells, blocks,
// census tracts) into zones that are contiguous, balanced and compact, near to
// what there is today, and never across a barrier, a lock or the border of a
// parent.
//
// A Problem is plain arrays over unit numbers; who the units are, where they
// lie and in which files they come is for others to know (package files).
// Solve is feasible at any time, and what it has found never gets worse; Check
// knows nothing of it. The same problem, seed, iterations and threads give the
// same drawing.
package districting
