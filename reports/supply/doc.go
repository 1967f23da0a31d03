// Package supply says how far the places of facilities go round: who gets one,
// who has a facility within a walk but no place there, and how many places there
// are for each head.
//
// A Problem is plain arrays over the numbers of demands and facilities, with the
// seconds of the ways that are short enough to count; who they are, where they
// lie and how the way was walked is for others to know. A demand is one person,
// or the people of a building or a cell; its weight is how many.
//
// There are three measures. Floating is the two-step floating catchment area
// (2SFCA, Luo and Wang 2003) and its enhanced form (E2SFCA, Luo and Qi 2009):
// each facility shares its places among all in reach, each demand adds up the
// shares of the facilities in its reach. Nearest sends everybody to the nearest
// facility, full or not, and shows where the crowd would be. Assign gives as many
// people a place as can have one, those of a better class first, and of all ways
// to do that takes the one with the least walk: exactly, by successive shortest
// paths, with prices that prove it. Check takes the proof apart and knows nothing
// of Assign.
//
// A facility whose capacity is not known (Unknown) limits nobody and counts as no
// supply: Assign lets anybody go there, Floating leaves it out, and both say how
// many it concerns. One with a capacity of 0 has a place for nobody.
package supply
