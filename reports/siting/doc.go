// Package siting answers where to build next: which sites to open so that the
// most people are within a walk (MCLP), all with the fewest sites (LSCP), all
// people together walk the least (p-median), or the one who walks farthest
// walks the least (p-center), and how far from the best possible the answer
// can be at most.
//
// A Problem is plain arrays over the numbers of demands and sites, with the
// costs (seconds on foot, metres) of the pairs that matter; who they are, where
// they lie and how the way was measured is for others to know. Facilities that
// stay serve in every answer; of sites in one place those with an idle building
// come before new ones.
//
// Sites may have capacities: then who is served where is part of the answer, at
// the least cost that the chosen sites allow.
//
// Solve has an answer at any time and never forgets its best. Each has a bound
// that no answer can beat, computed in whole numbers, so it holds exactly. The
// same problem, seed and iterations give the same answer on any number of
// threads. Check knows nothing of Solve.
//
// p-median and MCLP are one search: covering the most is walking the least
// where a walk is 0 or 1. It has swaps with the fast evaluation of Whitaker
// (1983) as Hansen and Mladenović (1997) use it, a Lagrangian bound by
// subgradients (Cornuéjols, Fisher and Nemhauser 1977; Beasley 1985), sites put
// in or out by their reduced costs, and branching over what is left. Where there are
// many rows, good choices are crossed on the way by swaps from one to another
// (Resende and Werneck 2004, 2007). With capacities a choice is judged by its
// transportation problem, and each site of the relaxation is filled by those who
// would pay most for it. LSCP is a set cover: rows and sites that others make needless are dropped, rows weigh
// more the longer they stay uncovered (Gao, Weise and Li 2015), and the bound is
// Lagrangian again. p-center is a set cover with a limit for each cost that is
// tried, found by halving.
package siting
