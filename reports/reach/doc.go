// Package reach answers who reaches which service on foot in how long: for
// every place of demand (a home, a spot with so many people, a cell) the walk to
// the nearest facility of each service and the facilities in reach, for every
// cell of the ground the same, and the outlines of what a facility or a service
// reaches. Beside every answer stands what could not be brought to a street,
// with the reason.
//
// What the numbers mean:
//
//   - The walk is from the facility to the door, in whole seconds, rounded up,
//     the straight way from the door to its street included at both ends. On
//     foot the way back is the same, but for streets that are one way to walkers
//     and for hills in profiles that mind them.
//   - In reach within t seconds is whoever walks at most t.
//   - Only facilities that are open count: idle and planned ones do not, nor
//     those that are closed all week, nor, where a moment is given, those closed
//     then. Where hours are not known a facility counts at any hour. Capacity
//     does not limit reach; that is for package supply.
//   - A facility counts wherever it lies, in the district or not, if it can be
//     walked to. Off the streets it reaches nobody.
//
// An Index is made once for streets, demand and facilities; Try makes another
// with a few facilities changed, at the price of the services that change. It
// leaves to others how many people a place of demand stands for, in which area
// it lies, what a standard asks, and where people, facilities and streets come
// from.
package reach
