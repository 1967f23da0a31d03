// Package planner plans the field work of a district: who knocks on which door
// on which day, so that every window that the rules open is met.
//
// A Problem holds residents, the policies that say how often each must be
// seen, tasks with rules of their own (services at home, patrol points, the
// doors of a sweep), visitors with their shifts, skills and scopes, and matrices
// of travel times for each block. Solve makes a Plan of it, Replan one that
// goes on from a published plan, Check says what is wrong with any plan whoever
// made it, Explain gives the reason for every visit left out and what would
// free it, Why the reason for a visit's place, and Account counts what is
// required, planned, owed and lapsed. Windows is the one source of due dates.
//
// A block is compiled into a problem of package vrp and solved there; residents
// and tasks are then one thing, a job.
//
// Travel times are given: streets are the business of package routing. There
// is no clock, no file and no database here.
//
// Invariants: dates are calendar days, clock times whole minutes, durations
// whole seconds unless the name says otherwise, points [lon, lat] in WGS 84
// degrees. Nothing here changes a Problem. All functions may be called from
// several goroutines at once. Nothing panics on a valid Problem.
//
// docs/planning.md describes the rules, the objective and the codes.
package planner
