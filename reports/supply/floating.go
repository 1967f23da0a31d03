package supply

import (
	"errors"
	"fmt"
	"math"
)

// Band says how much a way of at most so many seconds counts.
type Band struct {
	Seconds int32   // the longest way of the band, itself included
	Weight  float64 // > 0
}

// TwoStep is the one band of 2SFCA (Luo and Wang 2003): every way of at most so
// many seconds counts fully.
func TwoStep(seconds int32) []Band { return []Band{{seconds, 1}} }

// Enhanced are the three bands of E2SFCA, thirds of the longest way: 5, 10 and 15
// minutes of 15. They weigh 1, 0.68 and 0.22, the slower of the two decays that
// Luo and Qi (2009) take from the Gaussian function.
func Enhanced(seconds int32) []Band {
	return []Band{{seconds / 3, 1}, {2 * seconds / 3, .68}, {seconds, .22}}
}

// Steep are the bands of Enhanced with the faster decay of Luo and Qi: 1, 0.42 and
// 0.09.
func Steep(seconds int32) []Band {
	return []Band{{seconds / 3, 1}, {2 * seconds / 3, .42}, {seconds, .09}}
}

// Access is what Floating finds.
type Access struct {
	// PerHead is the accessibility of each demand: the places for each of its
	// people; 0 where no facility is in reach, or none of known capacity.
	PerHead []float64
	// Ratio is each facility's places for each person in reach, the people counted
	// by the weight of their band; NaN where nobody is in reach or the capacity is
	// not known.
	Ratio []float64
	// Asking are the people in reach of each facility, counted by the weight of
	// their band.
	Asking []float64
	// Places is what is shared out: the capacity of the facilities that somebody
	// is in reach of. The sum of weight × PerHead over all demands is the same.
	Places int64
	// NoData counts the facilities of unknown capacity that somebody is in reach
	// of, and NoDataPeople the people in whose reach there is no other.
	NoData       int
	NoDataPeople int64
}

// Floating computes the two-step floating catchment area over bands of ascending
// seconds. In the first step each facility j divides its places S among the people
// of the demands in reach, R(j) = S(j) / Σ weight(d) f(d, j), in the second each
// demand adds up, A(d) = Σ R(j) f(d, j), where f is the weight of the band that
// the way is in, 0 beyond the last.
func Floating(p *Problem, bands []Band) (*Access, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := validBands(bands); err != nil {
		return nil, fmt.Errorf("supply: %w", err)
	}
	decay := func(seconds int32) float64 {
		for _, b := range bands {
			if seconds <= b.Seconds {
				return b.Weight
			}
		}
		return 0
	}
	a := &Access{
		PerHead: make([]float64, len(p.Weight)), Ratio: make([]float64, len(p.Capacity)), Asking: make([]float64, len(p.Capacity)),
	}
	w := &p.Ways
	for d, people := range p.Weight {
		for e := w.First[d]; e < w.First[d+1]; e++ {
			a.Asking[w.Facility[e]] += float64(people) * decay(w.Cost[e])
		}
	}
	for j, c := range p.Capacity {
		switch {
		case a.Asking[j] == 0:
			a.Ratio[j] = math.NaN()
		case c == Unknown:
			a.Ratio[j] = math.NaN()
			a.NoData++
		default:
			a.Ratio[j] = float64(c) / a.Asking[j]
			a.Places += c
		}
	}
	for d, people := range p.Weight {
		known, unknown := false, false
		for e := w.First[d]; e < w.First[d+1]; e++ {
			j, f := w.Facility[e], decay(w.Cost[e])
			switch {
			case f == 0:
			case p.Capacity[j] == Unknown:
				unknown = true
			case a.Asking[j] > 0:
				known = true
				a.PerHead[d] += a.Ratio[j] * f
			default: // nobody asks for its places
				known = true
			}
		}
		if unknown && !known {
			a.NoDataPeople += people
		}
	}
	return a, nil
}

func validBands(bands []Band) error {
	if len(bands) == 0 {
		return errors.New("there are no bands")
	}
	for i, b := range bands {
		switch {
		case b.Seconds < 0 || i > 0 && b.Seconds < bands[i-1].Seconds:
			return fmt.Errorf("band %d: %d seconds are fewer than before", i, b.Seconds)
		case !(b.Weight > 0) || math.IsInf(b.Weight, 1):
			return fmt.Errorf("band %d: a weight of %g is not above 0", i, b.Weight)
		}
	}
	return nil
}
