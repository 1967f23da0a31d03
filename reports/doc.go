// Package reports turns a district's values into pictures of it: who is within
// a walk of which service (coverage), where people live (a heatmap that cannot
// be turned back into a person), which visits were due, made, planned and late
// (the board), and the files that carry all this to people: an XLSX workbook,
// one self-contained HTML page and GeoJSON.
//
// Values in, values out: nothing here reads a database, a file or the clock.
// Walking times come from routing, due dates from planner.Windows alone, and
// what every figure means is written in docs/reports.md. Nothing in the package
// keeps what it is given beyond the call unless its comment says so; no value
// is changed by reading it, so all may be shared between goroutines.
//
// Nothing that leaves through this package names a person: residents appear by
// their opaque ids only.
package reports
