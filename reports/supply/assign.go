package supply

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// Assignment says who gets a place where.
type Assignment struct {
	// Flow is how many of each way's demand get a place at its facility, beside
	// Ways.Facility.
	Flow []int64
	// Left are how many of each demand get no place.
	Left []int64
	// Taken are the places taken at each facility.
	Taken []int64
	// Price of a place at each facility, ≥ 0, and 0 where places are left: one more
	// there would save no more than that. Prices prove that the assignment is best;
	// see Check. Of Nearest, nil.
	Price []int64

	Served  int64 // people with a place
	OnPaper int64 // people with a facility in reach and no place
	Beyond  int64 // people with no facility in reach
	Cost    int64 // of all ways that are taken together
	// NoData are the people whose place is at a facility of unknown capacity.
	NoData int64
}

// count fills in Left, Taken and the figures from Flow.
func (a *Assignment) count(p *Problem) {
	a.Left, a.Taken = make([]int64, len(p.Weight)), make([]int64, len(p.Capacity))
	for d, people := range p.Weight {
		first, end := p.Ways.First[d], p.Ways.First[d+1]
		left := people
		for e := first; e < end; e++ {
			j, n := p.Ways.Facility[e], a.Flow[e]
			left -= n
			a.Taken[j] += n
			a.Cost += n * int64(p.Ways.Cost[e])
			if p.Capacity[j] == Unknown {
				a.NoData += n
			}
		}
		a.Left[d] = left
		a.Served += people - left
		if first == end {
			a.Beyond += left
		} else {
			a.OnPaper += left
		}
	}
}

// Nearest sends everybody to the nearest facility in reach, the first of those as
// near, whether or not there is a place. Taken may exceed the capacity: those too
// many are covered on paper only, so OnPaper counts them, and Served does not. Left
// has only those with no facility in reach, for which of the others go away again
// is not said.
func Nearest(p *Problem) (*Assignment, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	a := &Assignment{Flow: make([]int64, len(p.Ways.Facility))}
	for d, people := range p.Weight {
		best := None
		for e := p.Ways.First[d]; e < p.Ways.First[d+1]; e++ {
			if best == None || p.Ways.Cost[e] < p.Ways.Cost[best] {
				best = e
			}
		}
		if best != None {
			a.Flow[best] = people
		}
	}
	a.count(p)
	for j, c := range p.Capacity {
		if c != Unknown {
			over := max(0, a.Taken[j]-c)
			a.OnPaper += over
			a.Served -= over
		}
	}
	return a, nil
}

// Assign gives as many people a place as can have one within the capacities, those
// of lower class first, and among all ways to do so takes one with the least walk
// together. A demand may be split between facilities; one of weight 1 is not. Equal
// problems have equal answers. It stops when ctx ends.
//
// It inserts one demand after the other by shortest augmenting paths (Jewell 1958;
// Busacker and Gowen 1960) with the potentials of Edmonds and Karp (1972), over a
// network of facilities only: moving on from facility j to k costs what the one at
// j loses by it who loses least.
func Assign(ctx context.Context, p *Problem) (*Assignment, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	f := newFlow(p)
	for i, d := range p.order() {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("supply: assign places: %w", ctx.Err())
		}
		for left := p.Weight[d]; left > 0; {
			left -= f.push(int(d), left)
		}
	}
	a := &Assignment{Flow: f.taken, Price: f.price[:f.nowhere]}
	a.count(p)
	return a, nil
}

// order is one in which to insert the demands: any gives a best assignment, but in
// this one few have to make way for others later.
func (p *Problem) order() []int32 {
	order, nearest := make([]int32, len(p.Weight)), make([]int32, len(p.Weight))
	for d := range order {
		order[d], nearest[d] = int32(d), math.MaxInt32
		for e := p.Ways.First[d]; e < p.Ways.First[d+1]; e++ {
			nearest[d] = min(nearest[d], p.Ways.Cost[e])
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.class(int(a)), p.class(int(b))), cmp.Compare(nearest[a], nearest[b]))
	})
	return order
}
