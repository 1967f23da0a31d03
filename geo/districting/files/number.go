package files

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/geo/districting"
)

// Zoning is an assignment in numbers, as package districting has it.
type Zoning struct {
	Zones []int    // number of zones of each community
	Zone  []int32  // of each unit, or None
	Names []string // of each zone: by community, then by name
}

// NumberZones numbers the zones that the units are in by name, "" for none. A
// zone with units in two communities is an error.
func NumberZones(u *Units, names []string) (*Zoning, error) {
	home := map[string]int32{}
	for i, name := range names {
		h, known := home[name]
		switch {
		case name == "":
		case !known:
			home[name] = u.Parent[i]
		case h != u.Parent[i]:
			return nil, inTwo(u, name, h, u.Parent[i])
		}
	}
	z := &Zoning{Zones: make([]int, len(u.Communities)), Zone: make([]int32, u.Len())}
	for name, h := range home {
		z.Names = append(z.Names, name)
		z.Zones[h]++
	}
	slices.SortFunc(z.Names, func(a, b string) int { return cmp.Or(cmp.Compare(home[a], home[b]), cmp.Compare(a, b)) })
	at := make(map[string]int32, len(z.Names))
	for i, name := range z.Names {
		at[name] = int32(i)
	}
	for i, name := range names {
		z.Zone[i] = districting.None
		if name != "" {
			z.Zone[i] = at[name]
		}
	}
	return z, nil
}

func inTwo(u *Units, zone string, a, b int32) error {
	return fmt.Errorf("grid %q has units in the communities %q and %q: a grid lies in one community", short(zone), u.Communities[a], u.Communities[b])
}

// KeepNumbers renumbers the zones of a drawing, within each community, so that
// as much as possible of the first weight is in the zone of today's number: the
// largest part in common first. Zones with locked units and closed ones keep
// their numbers. Without Today nothing changes.
func KeepNumbers(p *districting.Problem, zone []int32) []int32 {
	if p.Today == nil {
		return zone
	}
	total := 0
	var home []int // community of each zone
	for c, k := range p.Zones {
		total += k
		home = append(home, slices.Repeat([]int{c}, k)...)
	}
	to := make([]int32, total) // the new number of each zone
	free := make([]bool, total)
	for z := range to {
		to[z], free[z] = districting.None, true
	}
	fix := func(z int32) { to[z], free[z] = z, false }
	for z, closed := range p.Closed {
		if closed {
			fix(int32(z))
		}
	}
	for _, z := range p.Locked {
		if z >= 0 {
			fix(z)
		}
	}
	type pair struct{ now, drawn int32 }
	type part struct{ weight, units int64 }
	common := map[pair]part{}
	for i, now := range p.Today {
		if now < 0 {
			continue
		}
		x := common[pair{now, zone[i]}]
		x.units++
		if len(p.Weights) > 0 {
			x.weight += p.Weights[0].Of[i]
		}
		common[pair{now, zone[i]}] = x
	}
	pairs := make([]pair, 0, len(common))
	for x := range common {
		if home[x.now] == home[x.drawn] {
			pairs = append(pairs, x)
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(common[b].weight, common[a].weight), cmp.Compare(common[b].units, common[a].units),
			cmp.Compare(a.now, b.now), cmp.Compare(a.drawn, b.drawn))
	})
	for _, x := range pairs {
		if to[x.drawn] == districting.None && free[x.now] {
			to[x.drawn], free[x.now] = x.now, false
		}
	}
	next := make([]int, len(p.Zones)) // where to look for a free number of each community
	for c := 1; c < len(next); c++ {
		next[c] = next[c-1] + p.Zones[c-1]
	}
	for z := range to {
		if to[z] != districting.None {
			continue
		}
		c := home[z]
		for !free[next[c]] {
			next[c]++
		}
		to[z], free[next[c]] = int32(next[c]), false
	}
	out := make([]int32, len(zone))
	for i, z := range zone {
		out[i] = to[z]
	}
	return out
}
