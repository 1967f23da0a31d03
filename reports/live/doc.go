// Package live counts a day that is under way: who is to be seen today, who has been,
// who is late, who is covered by others, and which cases are open, for an area and
// all that it lies in.
//
// Whoever counts says of each resident to be seen what is known of them (a Visit), and
// of each open case what runs on it (a Case); Count adds them up for every area above
// them. There is no name and no id in any of it, and no clock: the moment is an
// argument, and Counts says when time alone will change them next.
//
// Invariants: each visit counts once in every area that holds it; who is done is not
// late; Due is what is done and what is not. The counts of an area are the sums of
// those of the areas right below it and of what lies in no smaller one.
package live
