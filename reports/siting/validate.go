package siting

import (
	"errors"
	"fmt"
	"math"
)

// maxCost bounds costs so that a way for nobody, twice as long, is one too.
const maxCost = math.MaxInt32/2 - 1

// maxTotal bounds the sum of weights times costs, once for each site to choose,
// and the prices, once for each way: so the sums of a bound have room.
const maxTotal = math.MaxInt64 >> 8

// Validate returns an error that names the first demand, site or setting that
// makes the problem meaningless; nil: Solve and Check can work on it.
func (p *Problem) Validate() error {
	for _, check := range []func() error{p.validDemand, p.validSites, p.validWays, p.validSettings, p.validLeft, p.validCapacity, p.validSize} {
		if err := check(); err != nil {
			return fmt.Errorf("siting: %w", err)
		}
	}
	return nil
}

func (p *Problem) validDemand() error {
	if len(p.Weight) == 0 {
		return errors.New("there is no demand")
	}
	if len(p.Weight) > math.MaxInt32 {
		return fmt.Errorf("%d demands are too many", len(p.Weight))
	}
	any := false
	for d, w := range p.Weight {
		if w < 0 {
			return fmt.Errorf("demand %d: its weight %d is below 0", d, w)
		}
		any = any || w > 0
	}
	if !any {
		return errors.New("there is no demand: every weight is 0")
	}
	return nil
}

func (p *Problem) validSites() error {
	if len(p.Sites) == 0 {
		return errors.New("there are no sites")
	}
	if len(p.Sites) > math.MaxInt32 {
		return fmt.Errorf("%d sites are too many", len(p.Sites))
	}
	var sum int64
	for i, s := range p.Sites {
		switch {
		case s.Status < New || s.Status > Kept:
			return fmt.Errorf("site %d: %d is no status", i, s.Status)
		case s.Place < 0:
			return fmt.Errorf("site %d: its place %d is below 0", i, s.Place)
		case s.Price < 0:
			return fmt.Errorf("site %d: its price %d is below 0", i, s.Price)
		case s.Price > maxTotal-sum:
			return errors.New("the prices of all sites together are too large a number")
		}
		sum += s.Price
	}
	return nil
}

func (p *Problem) validWays() error {
	w, n, m := &p.Ways, len(p.Weight), len(p.Sites)
	if w.Table != nil {
		if w.First != nil || w.Site != nil || w.Cost != nil {
			return errors.New("ways are given as lists and as a table")
		}
		if len(w.Table) != n*m {
			return fmt.Errorf("the table of ways has %d entries instead of %d demands × %d sites", len(w.Table), n, m)
		}
		for i, c := range w.Table {
			if c < -1 || c > maxCost {
				return fmt.Errorf("demand %d: its way to site %d costs %d", i/m, i%m, c)
			}
		}
		return nil
	}
	if len(w.First) != n+1 || w.First[0] != 0 || w.First[n] != len(w.Site) || len(w.Cost) != len(w.Site) {
		return fmt.Errorf("lists of ways do not fit %d demands", n)
	}
	seen := make([]int32, m)
	for d := range n {
		if w.First[d] > w.First[d+1] || w.First[d+1] > len(w.Site) {
			return fmt.Errorf("demand %d: its ways go from %d to %d", d, w.First[d], w.First[d+1])
		}
		for e := w.First[d]; e < w.First[d+1]; e++ {
			s, c := w.Site[e], w.Cost[e]
			switch {
			case s < 0 || int(s) >= m:
				return fmt.Errorf("demand %d: there is no site %d among %d", d, s, m)
			case seen[s] == int32(d)+1:
				return fmt.Errorf("demand %d has two ways to site %d", d, s)
			case c < 0 || c > maxCost:
				return fmt.Errorf("demand %d: its way to site %d costs %d", d, s, c)
			}
			seen[s] = int32(d) + 1
		}
	}
	return nil
}

func (p *Problem) validSettings() error {
	open := len(p.Sites) - len(p.kept())
	switch p.Goal {
	case MostCovered, LeastTotal, LeastWorst:
		if p.Choose < 0 || p.Choose > open {
			return fmt.Errorf("%d sites are to be chosen of %d", p.Choose, open)
		}
		if p.Choose == 0 && p.Budget == 0 {
			return errors.New("neither the number of sites to choose is given nor a budget")
		}
	case AllCovered:
		if p.Choose != 0 || p.Budget != 0 {
			return errors.New("the fewest sites that cover all are asked for, so neither a number nor a budget can be given")
		}
	default:
		return fmt.Errorf("%q is no goal", p.Goal)
	}
	switch {
	case p.Budget < 0:
		return fmt.Errorf("the budget %d is below 0", p.Budget)
	case p.Goal == LeastWorst && p.Choose > 0 && p.Budget > 0:
		return errors.New("the least worst way takes a number of sites or a budget, not both")
	case (p.Goal == MostCovered || p.Goal == AllCovered) && (p.Radius <= 0 || p.Radius > maxCost):
		return fmt.Errorf("the radius is %d: want 1 or more", p.Radius)
	case p.Far < 0 || p.Far > 2*maxCost+1:
		return fmt.Errorf("the cost %d of who is not reached is no cost", p.Far)
	}
	return nil
}

// validLeft looks at what lists leave out.
func (p *Problem) validLeft() error {
	w := &p.Ways
	switch {
	case w.Beyond == nil && w.Left == nil:
		return nil
	case w.Beyond == nil || w.Left == nil || w.Table != nil || len(w.Beyond) != len(p.Weight):
		return fmt.Errorf("what lists of ways leave out does not fit %d demands", len(p.Weight))
	case p.Goal != LeastTotal || p.Far == 0 || p.Capacity != nil:
		return fmt.Errorf("lists may leave out ways for the goal %s alone, with a cost of who is not reached and without capacities", LeastTotal)
	}
	for d, b := range w.Beyond {
		if b < None || b > maxCost {
			return fmt.Errorf("demand %d: what its list leaves out costs %d or more", d, b)
		}
	}
	return nil
}

func (p *Problem) validCapacity() error {
	if p.Capacity == nil {
		return nil
	}
	if p.Goal != MostCovered && p.Goal != LeastTotal {
		return fmt.Errorf("capacities are for the goals %s and %s", MostCovered, LeastTotal)
	}
	if len(p.Capacity) != len(p.Sites) {
		return fmt.Errorf("there are capacities for %d of %d sites", len(p.Capacity), len(p.Sites))
	}
	any := false
	for s, c := range p.Capacity {
		if c < None || c > maxTotal {
			return fmt.Errorf("site %d: its capacity is %d", s, c)
		}
		any = any || c != 0 && p.Sites[s].Status != Kept
	}
	if !any {
		return errors.New("no site to choose from can serve anybody: all have a capacity of 0")
	}
	return nil
}

// validSize refuses numbers whose sums would not fit.
func (p *Problem) validSize() error {
	far, choose := int64(1), int64(p.Choose)
	if p.Goal == LeastTotal {
		far = int64(p.far())
	}
	if choose == 0 {
		choose = int64(len(p.Sites))
	}
	var sum, dearest int64
	for _, w := range p.Weight {
		if w > (maxTotal/choose-sum)/far {
			return errors.New("weights times costs are too large a number")
		}
		sum += w * far
	}
	for _, s := range p.Sites {
		dearest = max(dearest, s.Price)
	}
	if dearest > maxTotal/int64(max(1, p.Ways.Len())) {
		return errors.New("prices are too large a number for so many ways")
	}
	return nil
}
