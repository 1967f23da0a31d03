package supply

import (
	"errors"
	"fmt"
	"math"
)

// maxTotal bounds the sum of weights times the cost of who gets no place, and the
// sum of capacities, so that every sum has room.
const maxTotal = math.MaxInt64 >> 4

// Validate returns an error that names the first demand, facility or way that
// makes the problem meaningless; nil: all functions of the package can work on it.
// Nobody asking and no facility are no errors: then nobody is served.
func (p *Problem) Validate() error {
	for _, check := range []func() error{p.validDemand, p.validFacilities, p.validWays, p.validSize} {
		if err := check(); err != nil {
			return fmt.Errorf("supply: %w", err)
		}
	}
	return nil
}

func (p *Problem) validDemand() error {
	if len(p.Weight) > math.MaxInt32 {
		return fmt.Errorf("%d demands are too many", len(p.Weight))
	}
	if p.Class != nil && len(p.Class) != len(p.Weight) {
		return fmt.Errorf("there are %d demands and %d classes", len(p.Weight), len(p.Class))
	}
	for d, w := range p.Weight {
		if w < 0 {
			return fmt.Errorf("demand %d: its weight %d is below 0", d, w)
		}
	}
	return nil
}

func (p *Problem) validFacilities() error {
	if len(p.Capacity) > math.MaxInt32 {
		return fmt.Errorf("%d facilities are too many", len(p.Capacity))
	}
	var sum int64
	for j, c := range p.Capacity {
		if c < 0 && c != Unknown {
			return fmt.Errorf("facility %d: its capacity %d is below 0", j, c)
		}
		if sum += max(c, 0); sum < 0 || sum > maxTotal {
			return errors.New("the capacities are too large together")
		}
	}
	return nil
}

func (p *Problem) validWays() error {
	w := &p.Ways
	if len(w.First) != len(p.Weight)+1 || w.First[0] != 0 || w.First[len(w.First)-1] != len(w.Facility) || len(w.Facility) != len(w.Cost) {
		return fmt.Errorf("the lists of ways do not fit %d demands", len(p.Weight))
	}
	seen := make([]int, len(p.Capacity)) // the demand that last had it, plus 1
	for d := range p.Weight {
		if w.First[d] > w.First[d+1] {
			return fmt.Errorf("demand %d: its list of ways ends before it begins", d)
		}
		for e := w.First[d]; e < w.First[d+1]; e++ {
			j := w.Facility[e]
			switch {
			case j < 0 || int(j) >= len(p.Capacity):
				return fmt.Errorf("demand %d has a way to facility %d, but there are %d", d, j, len(p.Capacity))
			case seen[j] == d+1:
				return fmt.Errorf("demand %d has two ways to facility %d", d, j)
			case w.Cost[e] < 0:
				return fmt.Errorf("demand %d: its way to facility %d costs %d", d, j, w.Cost[e])
			}
			seen[j] = d + 1
		}
	}
	return nil
}

func (p *Problem) validSize() error {
	classes := int64(1)
	for _, c := range p.Class {
		classes = max(classes, int64(c)+1)
	}
	each := float64(classes) * float64(len(p.Capacity)+1) * float64(p.longest()+1)
	sum := 0.0
	for _, w := range p.Weight {
		sum += float64(w)
	}
	if sum*each > maxTotal || each > maxTotal {
		return errors.New("weights and costs are too large together")
	}
	return nil
}
