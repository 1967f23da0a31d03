// Package disclosure decides what outsiders are told of counts of people by
// place: a release, in which counts under k are hidden so that neither
// subtraction nor the knowledge of one who answers for a part brings them back.
//
// Places form one tree. People at a place are split in several ways, each a
// Detail: all of them together, by grade, of a kind or not. A detail is shown at
// a place as a whole or not at all. It is shown only if
//
//  1. every part of it is k or more (nobody is fewer than k),
//  2. it is shown at the place above, and the coarser detail is shown here,
//  3. what is hidden under the place above is nothing, or k or more in each part,
//  4. 1 and 3 hold as well for what is left without the people of any one
//     insider: whoever answers for a place of the tree, or for a part of several.
//
// Where 3 fails, siblings are hidden too, the smallest first; where that does
// not help, the place above is hidden.
//
// A later release tells a new figure only if the change since each earlier
// release obeys the same rule: it, what is left of it, and what is left without
// an insider's, are k or more. Otherwise the old figure stands.
//
// docs/small-numbers.md has the argument. The package knows no store, no HTTP
// and no clock. Nothing in it is safe to show but what Release.Figure tells: a
// release carries the true counts as well, for the next one to be judged by.
package disclosure
