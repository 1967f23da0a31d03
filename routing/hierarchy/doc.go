// Package hierarchy answers shortest-path questions over bare arrays with a
// contraction hierarchy (Geisberger, Sanders, Schultes, Delling 2008).
//
// [Prepare] contracts a [Graph] into an [Index] once; the index never changes
// and is shared by all, while every goroutine asks through a room of its own:
// [Query] (point to point, with the path), [Table] (many to many, row by row)
// and [Sweep] (one, or the nearest of several, to all). In the steady state
// asking allocates nothing.
//
// On amd64 with AVX2 a table's pass down runs in vector registers; the build tag
// purego leaves that out, and the answers are the same.
//
// What the nodes are and what a weight means is the caller's: nothing here
// knows of geography, profiles or files.
//
// Invariants:
//
//   - The nodes of an index are numbered anew, the most important first, so
//     that every arc of the hierarchy joins a node to one with a smaller
//     number. Whatever is asked or answered uses the graph's own numbers.
//   - A search upward needs no queue ordered by cost: it visits the nodes that
//     it reached by falling number, which settles each of them.
//   - The same graph gives the same index, bit by bit, whatever the number of
//     threads.
//   - A graph in which every arc has a like one the other way round keeps one
//     half of the hierarchy, which serves both directions.
//   - Costs and lengths saturate at [Unreached] - 1; no sum wraps round.
//   - No content of the arrays that [FromArrays] accepts makes a later question
//     panic or run without end.
package hierarchy
