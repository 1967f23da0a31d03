package districting

import (
	"cmp"
	"fmt"
	"slices"
)

// FaultKind is what is wrong with a drawing.
type FaultKind string

// The kinds of faults.
const (
	FaultProblem FaultKind = "problem" // the problem itself, or the drawing's shape
	FaultParent  FaultKind = "parent"  // a unit lies in a zone of another parent
	FaultLock    FaultKind = "lock"    // a unit lies elsewhere than it is locked
	FaultClosed  FaultKind = "closed"  // a closed zone got a unit
	FaultEmpty   FaultKind = "empty"   // an open zone has no units
	FaultParts   FaultKind = "parts"   // a zone does not hang together
	FaultBalance FaultKind = "balance" // a zone breaks a bound
)

// Fault is one thing that is wrong with a drawing.
type Fault struct {
	Kind    FaultKind
	Zone    int32 // or None
	Unit    int32 // an example, or None
	Weight  int   // the weight out of balance, or None
	Message string
}

// Check returns everything that is wrong with a drawing, by kind, zone and
// unit; nothing: it keeps all rules. It knows nothing of Solve. The parts of a
// closed zone are the lock's affair.
func Check(p *Problem, zone []int32) []Fault {
	err := p.Validate()
	if err == nil {
		err = p.validDrawing(zone)
	}
	if err != nil {
		return []Fault{{Kind: FaultProblem, Zone: None, Unit: None, Weight: None, Message: err.Error()}}
	}
	var out []Fault
	add := func(kind FaultKind, z, u int32, format string, args ...any) {
		out = append(out, Fault{Kind: kind, Zone: z, Unit: u, Weight: None, Message: fmt.Sprintf(format, args...)})
	}
	owner := p.owners()
	for u := range int32(p.Units()) {
		z, l := zone[u], p.locked(int(u))
		if i := p.parent(int(u)); owner[z] != i {
			add(FaultParent, z, u, "unit %d of parent %d lies in zone %d of parent %d", u, i, z, owner[z])
		}
		if l != None && l != z {
			add(FaultLock, z, u, "unit %d is locked in zone %d, but lies in zone %d", u, l, z)
		}
		if p.closed(int(z)) && l != z {
			add(FaultClosed, z, u, "zone %d is closed, but has unit %d", z, u)
		}
	}
	count := make([]int, len(owner))
	for _, units := range p.parts(zone) {
		z := zone[units[0]]
		if count[z]++; count[z] == 2 && !p.closed(int(z)) {
			add(FaultParts, z, units[0], "zone %d does not hang together: there is no way to unit %d", z, units[0])
		}
	}
	m := p.measure(zone)
	bounds := p.Bounds()
	for z := range owner {
		if p.closed(z) {
			continue
		}
		if count[z] == 0 {
			add(FaultEmpty, int32(z), None, "zone %d has no units", z)
		}
		for w, sum := range m.Zones[z].Sums {
			if b := bounds[owner[z]][w]; sum < b.Least || sum > b.Most {
				add(FaultBalance, int32(z), None, "zone %d has %d of %s, not %d to %d", z, sum, p.Weights[w].Name, b.Least, b.Most)
				out[len(out)-1].Weight = w
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Unit, b.Unit))
	})
	return out
}
