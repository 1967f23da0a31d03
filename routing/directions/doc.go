// Package directions turns a way over the streets into what a walker is told: a
// list of steps, each with a manoeuvre, the stretch that follows it and what is
// met on it, and a sentence for each in Chinese or English.
//
// Types and modifiers of manoeuvres, bearings and intersections are those of
// OSRM's HTTP API, version 1, so that its clients draw them; what a walker cares
// for and OSRM does not say (stairs, crossings, gates, lifts, bridges) is in the
// sentence.
//
// It leaves finding the way to routing, and the shape of answers to whoever
// sends them.
//
// Invariants:
//
//   - There are two steps at least: the first is Depart, the last is Arrive and
//     has no length.
//   - Metres and Millis of all steps add up to those of the path; their lines,
//     one after the other, are the path's line; their pieces are the path's, in
//     order, none left out and none twice.
//   - A street that bends, or passes a side street, is one step. So is a short
//     jog, over a crossing say, after which one goes on as before. Under 5 m
//     before a turn are one with it.
//   - A walker is told the way round a roundabout, and into the street after it,
//     as one step of type Roundabout; who rides or drives has an ExitRoundabout too.
//   - Each crossing, signal, gate and lift on the way is counted in one step.
//
// A [Guide] is immutable and safe for concurrent use.
package directions
