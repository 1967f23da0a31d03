package files

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/geo/districting"
)

// Pins are what is there before a drawing: today's grids and those that units
// are locked into.
type Pins struct {
	// Names of the zones that keep theirs, by zone number; "" for the others.
	Names []string
	// Taken are all names in the files, also of grids that there will be no more:
	// no new grid gets one of them.
	Taken  []string
	Today  []int32 // zone of each unit or None; nil without a file of today
	Locked []int32 // zone of each unit or None; nil without locks
	Closed []bool  // zones that get no other unit; nil: none
}

// Pin numbers the zones of today's and of the locked assignment (either may be
// nil), given the number of zones of each community. Zones with locked units
// have a number first, then the largest of today by the first weight; where
// there are fewer zones than grids today, the units of the rest are in none.
// The grids in keep, by name, stay exactly as they are today.
func Pin(u *Units, zones []int, today, locked *Assignment, keep []string) (*Pins, error) {
	p := &pinner{u: u, home: map[string]int32{}, size: map[string]int64{}, must: map[string]bool{}}
	var (
		now, fixed []string
		err        error
	)
	if today != nil {
		if now, err = today.Of(u); err != nil {
			return nil, fmt.Errorf("today's grids: %w", err)
		}
	}
	fixed = make([]string, u.Len())
	if locked != nil {
		if fixed, err = locked.Of(u); err != nil {
			return nil, fmt.Errorf("locks: %w", err)
		}
	}
	for _, k := range keep {
		if !slices.Contains(now, k) {
			return nil, fmt.Errorf("the grid %q is none of today's, so it cannot be kept", short(k))
		}
		for i, name := range now {
			if name != k {
				continue
			}
			if fixed[i] != "" && fixed[i] != k {
				return nil, fmt.Errorf("unit %q is locked in %q, but %q is to be kept as it is", short(u.IDs[i]), short(fixed[i]), short(k))
			}
			fixed[i] = k
		}
	}
	if err := p.gather(now, false); err != nil {
		return nil, err
	}
	if err := p.gather(fixed, true); err != nil {
		return nil, err
	}
	return p.number(zones, now, fixed, locked != nil || len(keep) > 0, keep)
}

type pinner struct {
	u    *Units
	home map[string]int32 // community of each name
	size map[string]int64 // first weight of each name today
	must map[string]bool  // names with locked units
}

// gather learns in which community each name is.
func (p *pinner) gather(names []string, must bool) error {
	for i, name := range names {
		if name == "" {
			continue
		}
		home, known := p.home[name]
		if known && home != p.u.Parent[i] {
			return inTwo(p.u, name, home, p.u.Parent[i])
		}
		p.home[name] = p.u.Parent[i]
		if must {
			p.must[name] = true
		} else {
			p.size[name]++
			if len(p.u.Weights) > 0 {
				p.size[name] += p.u.Weights[0].Of[i]
			}
		}
	}
	return nil
}

// number gives the names of each community their zones.
func (p *pinner) number(zones []int, now, fixed []string, locks bool, keep []string) (*Pins, error) {
	out := &Pins{}
	for name := range p.home {
		out.Taken = append(out.Taken, name)
	}
	slices.Sort(out.Taken)
	zoneOf := map[string]int32{}
	for c, k := range zones {
		var names []string
		musts := 0
		for _, name := range out.Taken {
			if p.home[name] == int32(c) {
				names = append(names, name)
				if p.must[name] {
					musts++
				}
			}
		}
		if musts > k {
			return nil, fmt.Errorf("community %q gets %d grids, but units are locked in %d", p.u.Communities[c], k, musts)
		}
		slices.SortStableFunc(names, func(a, b string) int {
			if p.must[a] != p.must[b] {
				if p.must[a] {
					return -1
				}
				return 1
			}
			return cmp.Compare(p.size[b], p.size[a])
		})
		names = names[:min(k, len(names))]
		slices.Sort(names)
		for _, name := range names {
			zoneOf[name] = int32(len(out.Names))
			out.Names = append(out.Names, name)
		}
		out.Names = append(out.Names, make([]string, k-len(names))...)
	}
	number := func(names []string) []int32 {
		of := make([]int32, len(names))
		for i, name := range names {
			of[i] = districting.None
			if z, ok := zoneOf[name]; ok {
				of[i] = z
			}
		}
		return of
	}
	if now != nil {
		out.Today = number(now)
	}
	if locks {
		out.Locked = number(fixed)
	}
	if len(keep) > 0 {
		out.Closed = make([]bool, len(out.Names))
		for _, k := range keep {
			out.Closed[zoneOf[k]] = true
		}
	}
	return out, nil
}

// Stay returns what districting.Problem.Stay is for a share of today's border: at
// 1, to move everything is worth as much as the whole border between today's
// grids.
func (p *Pins) Stay(u *Units, goal districting.Goal, share float64) float64 {
	if p.Today == nil {
		return 0
	}
	var border float64
	g := &u.Graph
	for i := range u.Len() {
		for k := g.First[i]; k < g.First[i+1]; k++ {
			a, b := p.Today[i], p.Today[g.To[k]]
			if int(g.To[k]) < i || a == b || a == districting.None || b == districting.None {
				continue
			}
			if goal == districting.Compact && g.Border != nil {
				border += g.Border[k]
			} else {
				border++
			}
		}
	}
	return share * border
}
