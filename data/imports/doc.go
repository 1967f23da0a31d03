// Package imports reads the files that a district brings (residents,
// visitors, facilities, past visits, population, policies, areas, buildings,
// streets), checks every row and stores what is right through a Sink, which
// data.Tx is one of.
//
// It promises four things. Nothing is stored when a row is refused, unless
// Options.SkipRefused says otherwise; then the rest is stored in one
// transaction. Every refused row says line, column, value and why, in full in a file
// beside the input that only its owner can read, and with the value masked in
// the Report. Rows are read and stored in chunks, so memory is bound by the
// ids of a file, not by its size. And a file in another coordinate system than
// the one declared is refused with a hint, not silently taken.
//
// It leaves the tables to package data, the ground (datums, membership) to
// package geo and the streets to package routing/osm. It never opens a
// database, reads no clock and keeps no state between runs. docs/imports.md
// describes the files, column by column.
package imports
