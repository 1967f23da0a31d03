// Package outward asks servers of other houses: the addresses that a district sets
// for its messages, and those of push services that browsers name. Whoever can set
// an address must not be able to look into the network behind the program with it,
// so a Client goes to https alone, follows nobody elsewhere, connects only to
// addresses that are public (or, where the operator says so, to those of the house's
// own network), and waits and reads for so long and no longer.
//
//	c := outward.New(outward.Options{})
//	status, err := c.Post(ctx, address, header, body)
//
// Invariants: no error repeats an address, which may hold a secret; an address is
// judged by what its name stands for at the moment of connecting, so that a name
// that changes meanwhile gains nothing.
package outward
