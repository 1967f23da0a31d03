// Package message decides what people are told, in which words, when and by which
// ways, from values alone; it knows no account and sends nothing.
//
// A message says how many of what there are, and until when. It never says a name, an
// address or a grade: it may stand on a locked screen, and goes through other houses
// (docs/messages.md).
//
//	ways := message.Ways(rules, choice, message.Holder)        // [push]
//	at := rules.From(message.Plan, now)                        // not before the quiet hours end
//	text := message.Text("zh", message.Content{…}, now)
//
// Invariants: every kind has words in both languages; a kind that has a deadline in
// its words has it in the zone of the time that it is given; what was said to be
// allowed by no district is allowed to nobody.
package message
