package formats

import (
	"math"
	"slices"
)

// loads says how demands and limits, which may have decimals, become integers.
type loads struct {
	scale float64 // a power of ten
	sum   float64 // of all demands
	n     int
}

// newLoads finds the least scale, up to 1,000, that makes all numbers whole.
// Demands are rounded up and limits down where it is not enough.
func newLoads(demands, limits []float64) loads {
	l := loads{scale: 1, n: len(demands)}
	for _, q := range demands {
		l.sum += q
	}
	broken := func(v float64) bool { return math.Abs(v*l.scale-math.Round(v*l.scale)) > noise }
	for l.scale < 1000 && (slices.ContainsFunc(demands, broken) || slices.ContainsFunc(limits, broken)) {
		l.scale *= 10
	}
	return l
}

func (l loads) fits() error {
	if l.sum*l.scale > horizon {
		return errorf("the demands sum up to %g, too much to be planned exactly", l.sum)
	}
	return nil
}

func (l loads) demand(q float64) int32 { return int32(ceil(q * l.scale)) }

// capacity is a limit scaled; more than all demands together bounds nothing.
func (l loads) capacity(q float64) int32 {
	return int32(min(floor(q*l.scale), ceil(l.sum*l.scale)+float64(l.n)))
}
