// Package ledger keeps the account of what visit rules asked for and what was done,
// by period, area and grade: required, in time, missed, still open, done, owed.
//
// What is required comes from planner.Windows and from nothing else; what was done are
// visits. It leaves to others where people live, who may see what, and files. It
// looks back as well as ahead, whereas planner.Account and reports.Board are about a
// plan.
//
// Everybody counts where they live by the areas that are given, on all days of the
// account, and a window or a visit for the grade of its day. So the rows of areas side
// by side, of grades and of periods add up to the row above them, but for Residents and
// Owed of periods, which are how things stand at its end.
package ledger
