// Package formats reads and writes the files of benchmarks and of other
// solvers: Cordeau's periodic and multi-depot instances, Solomon's and
// Gehring and Homberger's instances with time windows, and VROOM's JSON. Each
// is read into a type of its own, compiled to a vrp.Problem, and a
// vrp.Solution is turned back into the solution format of the same family.
//
// Every family has a checker that works on the two files alone, in floating
// point where the format does, and shares no arithmetic with package vrp: it
// judges the solutions of anybody.
//
// docs/formats.md says what is read, what is refused and what is added. There
// is no file and no clock here: readers take an io.Reader. Content that is not
// valid is an error that wraps planner.ErrInvalid and names the line or the
// JSON path; nothing panics whatever the content.
package formats
