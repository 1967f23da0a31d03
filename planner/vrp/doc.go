// Package vrp routes visits over days: the periodic vehicle routing problem
// with rules instead of given days, time windows, several depots, loads, crews
// of two and workers who may or may not do a task.
//
// A Problem holds clients, each with a Rule that prices sets of days, and
// shifts, each of which can hold one route on its day. Solve chooses the days
// of each client and the routes of each shift so that the sum of all costs is
// least. Check costs a solution without knowing anything of the solver, Lower
// proves how cheap no solution can be.
//
// The search is in state.go (what a solution is and how it is taken back),
// ruin.go and its family ruin_*.go (what is taken out), recreate.go with price.go,
// insert.go and crew.go (where it is put back, on which days), anneal.go (what is
// accepted), schedule.go (how hot, how long), threads.go, fleet.go. A new operator
// is a file ruin_*.go with a function that takes visits out by remove or drop,
// and a share of the draws in ruin.
//
// Package planner compiles the care of a district into such problems, block by
// block; planner/formats reads the files of benchmarks and of other solvers
// into them.
//
// Invariants: times and costs are integers in units of the caller's choice
// (nothing here knows minutes, dates or metres); times fit in 30 bits, costs of
// whole solutions in 62; indices count from 0; nothing here changes a Problem;
// all functions may be called from several goroutines at once; nothing panics
// on a valid Problem. There is no clock and no file here: a Budget brings
// the time.
package vrp
