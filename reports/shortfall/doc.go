// Package shortfall says where the promises of a district hold, where they do
// not, and by how much.
//
// A Standard is data: a service or a resource, whom it is for, a measure, a
// target with its year, and the source of the figure. Reference returns the set
// that ships with the program; a district edits its own, and Set.Validate finds
// what makes no sense in it.
//
// A Table holds a set against the people, places and visitors of a district and
// has a Row for every standard in every area: what there is, what is needed,
// what is short, in whole people, places, beds or square metres, with urban and
// rural ground apart. Rows are exact sums over what was given, so each can be
// added up again; Behind lists what stands behind one.
//
// Who walks how long to what is for others to find out (reports/reach): it
// comes in as seconds. There is no chance, no clock and no store in here.
package shortfall
