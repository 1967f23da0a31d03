// Package grading suggests a grade from facts (定级建议): what is known of a resident
// is held against the district's Rules, and where they speak for another grade than
// the present one there is a Suggestion with its reasons. It decides nothing: a human
// does.
//
// The rules are data with a first day. Each gives a grade, or points that add up to
// one, where all its conditions hold; the strictest grade wins. So another fact never
// suggests a lower grade, unless a rule says so with a condition that must not hold,
// or with points below zero.
//
// It leaves to others where facts come from and are kept, and who decides.
//
// Invariants: the same facts give the same suggestion in whatever order they come; a
// grade that the rules do not name is left alone. Values in, values out; nothing here
// changes what it is given.
//
// docs/grades.md describes the rules.
package grading
