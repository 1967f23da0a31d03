package districting

import (
	"fmt"
	"math"
	"slices"
)

// Validate returns an error that names the first unit, zone or weight that
// makes the problem meaningless; nil: Solve, Check and Measure can work on it.
func (p *Problem) Validate() error {
	for _, check := range []func() error{p.validGraph, p.validParents, p.validWeights, p.validZones, p.validRoom, p.validGoal} {
		if err := check(); err != nil {
			return fmt.Errorf("districting: %w", err)
		}
	}
	return nil
}

func (p *Problem) validGraph() error {
	n := p.Units()
	if n == 0 {
		return fmt.Errorf("there are no units")
	}
	for _, f := range []struct {
		name      string
		got, want int
	}{
		{"Border", len(p.Border), len(p.To)},
		{"Barrier", len(p.Barrier), len(p.To)},
		{"Area", len(p.Area), n},
		{"Outer", len(p.Outer), n},
		{"Parent", len(p.Parent), n},
		{"Locked", len(p.Locked), n},
		{"Today", len(p.Today), n},
	} {
		if f.got != f.want && f.got != 0 {
			return fmt.Errorf("%s has %d entries instead of %d", f.name, f.got, f.want)
		}
	}
	if p.First[0] != 0 || int(p.First[n]) != len(p.To) {
		return fmt.Errorf("rows of neighbours go from %d to %d instead of from 0 to %d", p.First[0], p.First[n], len(p.To))
	}
	for u := range n {
		if p.First[u] > p.First[u+1] || int(p.First[u+1]) > len(p.To) {
			return fmt.Errorf("unit %d: its row of neighbours goes from %d to %d", u, p.First[u], p.First[u+1])
		}
	}
	for u := range int32(n) {
		if err := p.validRow(u); err != nil {
			return fmt.Errorf("unit %d: %w", u, err)
		}
	}
	return nil
}

// validRow looks at the neighbours of a unit.
func (p *Problem) validRow(u int32) error {
	row := p.To[p.First[u]:p.First[u+1]]
	for i, v := range row {
		e := p.First[u] + int32(i)
		switch {
		case v < 0 || int(v) >= p.Units():
			return fmt.Errorf("its neighbour %d is not among %d units", v, p.Units())
		case v == u:
			return fmt.Errorf("it is its own neighbour")
		case i > 0 && row[i-1] >= v:
			return fmt.Errorf("its neighbours %d and %d are not ascending", row[i-1], v)
		case p.Border != nil && !amount(p.Border[e]):
			return fmt.Errorf("its border with unit %d is %v metres long", v, p.Border[e])
		}
		j, ok := slices.BinarySearch(p.To[p.First[v]:p.First[v+1]], u)
		if !ok {
			return fmt.Errorf("unit %d is its neighbour, but not the other way round", v)
		}
		f := p.First[v] + int32(j)
		if p.border(e) != p.border(f) {
			return fmt.Errorf("its border with unit %d is %v metres long, but %v from there", v, p.border(e), p.border(f))
		}
		if p.barred(e) != p.barred(f) {
			return fmt.Errorf("between it and unit %d lies a barrier from one side only", v)
		}
	}
	if p.Area != nil && !amount(p.Area[u]) {
		return fmt.Errorf("its area is %v square metres", p.Area[u])
	}
	if p.Outer != nil && !amount(p.Outer[u]) {
		return fmt.Errorf("its outer border is %v metres long", p.Outer[u])
	}
	return nil
}

// amount tells whether a number is finite and not negative.
func amount(x float64) bool { return x >= 0 && !math.IsInf(x, 1) }

func (p *Problem) validParents() error {
	if len(p.Zones) == 0 {
		return fmt.Errorf("there are no parents: Zones is empty")
	}
	sum := 0
	for i, k := range p.Zones {
		if k < 0 || k > math.MaxInt32-sum {
			return fmt.Errorf("parent %d: %d zones", i, k)
		}
		sum += k
	}
	units := make([]int, len(p.Zones))
	for u := range p.Units() {
		i := p.parent(u)
		if i < 0 || int(i) >= len(p.Zones) {
			return fmt.Errorf("unit %d: parent %d is not among %d", u, i, len(p.Zones))
		}
		units[i]++
	}
	for i, k := range p.Zones {
		if k < 1 && units[i] > 0 {
			return fmt.Errorf("parent %d: %d zones for its %d units", i, k, units[i])
		}
		if k > units[i] {
			return fmt.Errorf("parent %d: %d zones are more than its %d units", i, k, units[i])
		}
	}
	return nil
}

func (p *Problem) validWeights() error {
	if len(p.Weights) > MaxWeights {
		return fmt.Errorf("%d weights are more than %d", len(p.Weights), MaxWeights)
	}
	for _, w := range p.Weights {
		if len(w.Of) != p.Units() {
			return fmt.Errorf("weight %q has %d entries instead of %d", w.Name, len(w.Of), p.Units())
		}
		if !amount(w.Tolerance) {
			return fmt.Errorf("weight %q: tolerance %v is not 0 or more", w.Name, w.Tolerance)
		}
		if w.Least < 0 || w.Most < 0 || w.Most > 0 && w.Least > w.Most || w.Most == 0 && w.Least > 0 {
			return fmt.Errorf("weight %q: from %d to %d is no range", w.Name, w.Least, w.Most)
		}
		sum := int64(0)
		for u, x := range w.Of {
			if x < 0 {
				return fmt.Errorf("weight %q: unit %d has %d", w.Name, u, x)
			}
			// Bounds are worked out in float64, which is exact up to here.
			if sum += x; x > 1<<52 || sum > 1<<52 {
				return fmt.Errorf("weight %q: the sum up to unit %d is more than 2^52", w.Name, u)
			}
		}
	}
	return nil
}

func (p *Problem) validZones() error {
	all := p.zones()
	if p.Closed != nil && len(p.Closed) != all {
		return fmt.Errorf("the list Closed has %d entries instead of %d", len(p.Closed), all)
	}
	owner := p.owners()
	for _, f := range []struct {
		name string
		of   []int32
	}{{"locked in", p.Locked}, {"today in", p.Today}} {
		for u, z := range f.of {
			if z != None && (z < 0 || int(z) >= all) {
				return fmt.Errorf("unit %d is %s zone %d, which is not among %d", u, f.name, z, all)
			}
		}
	}
	for u, z := range p.Locked {
		if z != None && owner[z] != p.parent(u) {
			return fmt.Errorf("unit %d of parent %d is locked in zone %d of parent %d", u, p.parent(u), z, owner[z])
		}
	}
	return nil
}

// validRoom looks whether open zones can have a unit each, and open units a
// zone.
func (p *Problem) validRoom() error {
	open := make([]int, len(p.Zones)) // zones
	bare := make([]int, len(p.Zones)) // zones without locked units
	free := make([]int, len(p.Zones)) // units
	owner := p.owners()
	has := make([]bool, len(owner))
	for u := range p.Units() {
		if z := p.locked(u); z != None {
			has[z] = true
		} else {
			free[p.parent(u)]++
		}
	}
	for z, i := range owner {
		if p.closed(z) {
			continue
		}
		open[i]++
		if !has[z] {
			bare[i]++
		}
	}
	for i := range p.Zones {
		if open[i] == 0 && free[i] > 0 {
			return fmt.Errorf("parent %d: all zones are closed, but %d units are not locked", i, free[i])
		}
		if bare[i] > free[i] {
			return fmt.Errorf("parent %d: %d units that are not locked are too few for %d zones without locked units", i, free[i], bare[i])
		}
	}
	return nil
}

func (p *Problem) validGoal() error {
	if p.Goal != CutEdges && p.Goal != Compact {
		return fmt.Errorf("goal %q is neither %q nor %q", p.Goal, CutEdges, Compact)
	}
	if !amount(p.Stay) {
		return fmt.Errorf("to stay as today costs %v", p.Stay)
	}
	return nil
}

// validDrawing looks whether a drawing gives each unit a zone that there is.
func (p *Problem) validDrawing(zone []int32) error {
	if len(zone) != p.Units() {
		return fmt.Errorf("districting: a drawing of %d units instead of %d", len(zone), p.Units())
	}
	all := int32(p.zones())
	for u, z := range zone {
		if z < 0 || z >= all {
			return fmt.Errorf("districting: unit %d is drawn in zone %d, which is not among %d", u, z, all)
		}
	}
	return nil
}
