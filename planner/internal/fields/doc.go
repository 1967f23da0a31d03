// Package fields finds what a JSON text says that nobody reads: the fields that
// the Go value it is decoded into has no place for. encoding/json can refuse such
// a text, but names neither where the field stands nor more than one.
package fields
