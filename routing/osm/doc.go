// Package osm reads OpenStreetMap extracts (.osm.pbf, .osm, either of them in
// bzip2 or gzip): the streets as a walking graph, and what the demo district
// and the pages draw, boundaries, buildings, facilities and waters.
//
// It leaves walking times to routing and datums to geo: OpenStreetMap is WGS 84.
// Data read with it is © OpenStreetMap contributors, ODbL; say so where it is
// shown.
//
// A file is read once, in any order of elements. Memory is 16 bytes a node of
// the file and 8 a reference of a way, plus what is kept. No input makes it
// panic: PBF is decoded here because the decoder of paulmach/osm does so on
// plain nodes and on negative sizes, and takes some cut files for whole ones.
package osm
