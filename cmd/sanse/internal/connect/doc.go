// Package connect is what it takes to work behind a platform that a district has
// already: what is to be done is told as changes to tasks (Diff), rows in the
// platform's words are read into ours (Mapping), alarms of devices are judged
// (DeviceRules), and what is sent is signed (Sign). docs/connect.md has the words.
//
// It leaves storing to package data and who may do it to package service. It reads
// no clock and keeps nothing between calls.
//
// Invariants: a row is read the same whatever else is sent with it; what cannot be
// read is refused by the name of our field, with nothing of what stood in it.
package connect
