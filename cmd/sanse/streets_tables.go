package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"sanse/routing"
)

// heldTable returns the table that the graph is prepared for under a profile's
// name where that is another than the one of --profiles or, without it, the
// built-in one: a graph of an older program, or of a district that has changed
// its mind. ok is false where they are one, and where there is but one.
func (st *streets) heldTable(name string) (held routing.Profile, ok bool) {
	named := func(p routing.Profile) bool { return p.Name == name }
	asked, err := findProfile(name, st.own)
	if err != nil {
		return held, false // a name that only the graph knows
	}
	all := st.net.Profiles()
	if slices.ContainsFunc(all, func(p routing.Profile) bool { return named(p) && sameTable(p, asked) }) {
		return held, false
	}
	i := slices.IndexFunc(all, named)
	if i < 0 {
		return held, false
	}
	return all[i], true
}

// sameTable tells whether two tables say the same; a table that was read from a
// file is as one that was not.
func sameTable(a, b routing.Profile) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// tellTable warns of a graph that is prepared for another table of the name, and
// tells whether it is.
func (st *streets) tellTable(name string) bool {
	held, ok := st.heldTable(name)
	if !ok {
		return false
	}
	used := "the table in the graph is used (--profiles names another)"
	if p, err := st.profile(name); err == nil && !sameTable(p, held) {
		used = "what it has prepared is not used"
	}
	fmt.Fprintf(st.err, "sanse: note: %s is %s; %s\n", st.name, otherTable(name), used)
	return true
}

func otherTable(name string) string {
	return fmt.Sprintf("prepared for another table of %s: build it again", name)
}
