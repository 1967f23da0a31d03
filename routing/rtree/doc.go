// Package rtree finds straight segments on a plane of whole numbers: a packed
// tree of boxes in the order of a Hilbert curve (Kamel and Faloutsos, "On
// Packing R-trees", 1993), built once, in flat arrays that a file can hold and
// a process can map.
//
// It knows nothing of streets. What it finds are segments: pieces of [Lines],
// each between two points that follow each other. The lines stay with the
// caller, who says where a segment lies; the tree keeps their numbers and boxes.
//
// Invariants:
//
//   - A [Tree] never changes and may be used by any number of goroutines; a
//     [Walk] belongs to one. Neither needs closing. Searching allocates nothing
//     once a Walk has grown to its size.
//   - Whether two segments meet is decided on whole numbers, exactly, for any
//     coordinates an int32 can hold. Distances are floating point.
//   - The same lines give the same arrays, and answers come in the same order.
//   - [FromArrays] checks what it is given, so that no content makes a search
//     panic or run off; boxes that lie can only make it miss segments.
//
// The tree takes ten and a half bytes a segment.
package rtree
