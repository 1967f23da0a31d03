package vrp

import (
	"math"
	"math/bits"
)

// never is a number of routes that nobody looks at.
const never = math.MaxInt

// rng is wyrand (Wang Yi, 2019): quick, small and good enough for a search.
type rng uint64

func newRNG(seed uint64) rng {
	r := rng(seed*0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03)
	r.next()
	return r
}

func (r *rng) next() uint64 {
	*r += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(uint64(*r), uint64(*r)^0xe7037ed1a0b428db)
	return hi ^ lo
}

// below returns a number from 0 to n-1.
func (r *rng) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// float returns a number from 0 to less than 1.
func (r *rng) float() float64 { return float64(r.next()>>11) * 0x1p-53 }

// gap returns how many tries with one success in mean come before the success.
func (r *rng) gap(mean float64) int {
	if mean <= 1 {
		return 0
	}
	return int(math.Log(1-r.float()) / math.Log1p(-1/mean))
}
