// Package nearby says who is near a place and able to come now: where each visitor
// is at a moment of their day by the plan, whether they work then, and in which order
// they are asked.
//
// How long the way is comes from the caller, who knows the streets; there is no clock,
// and nothing here knows where anybody really is: no position is asked for or kept.
//
// docs/cases.md describes the rules.
package nearby
