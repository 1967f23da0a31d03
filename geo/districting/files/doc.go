// Package files reads what grids are drawn from and writes what was drawn:
// tables of cells, areas, dual graphs, barriers, assignments, outlines.
//
// It turns files into the plain arrays of package districting and back; it
// draws nothing itself. Readers take an io.Reader and give values; what is
// wrong with a file comes as one error that names line, column, value and
// reason of each fault (Faults), and a file with a fault gives nothing.
//
// Units keep the order of their file, so that an assignment can be laid beside
// it. Communities are numbered by their codes, ascending. Points are WGS 84,
// lon-lat degrees, lengths metres and areas square metres on the ellipsoid.
// Text is UTF-8, with or without a mark at its beginning.
package files
