// Package evidence says how well a visit record is vouched for, and what in it a
// human should look at. It is care for the record, not a watch on the worker: it
// blocks nothing, ranks nobody, and knows no more than a record holds — when and at
// whose door it was made, how far from the door at least, and by which code.
//
// Values in, values out: a record's grade is told from the record alone (Grade),
// flags from all records of the same hands and the same codes together (Judge),
// and the same records always have the same flags, in whatever order they come.
// What a flag means is for whoever looks to say.
package evidence
