// Package planner plans the visits of a district: who knocks on which door on
// which day, so that every window that the rules open is met.
//
// A Problem holds residents, the policies that say how often each must be
// seen, visitors with their shifts and scopes, and a matrix of travel times for
// each block. Solve makes a Plan of it, Check says what is wrong with any plan
// whoever made it, Explain gives the reason for every visit left out and
// Account counts what is required, planned, owed and lapsed. Windows is the
// one source of due dates.
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
