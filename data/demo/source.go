package demo

import (
	"hash/fnv"
	"math/rand/v2"
)

// source is a stream of chance for one stage of the work. Every stage has its
// own, so that a change in one leaves the others as they were. The numbers are
// drawn from PCG by hand: the helpers of math/rand may change between releases,
// and the files must not.
type source struct{ pcg *rand.PCG }

func newSource(seed uint64, stage string) *source {
	h := fnv.New64a()
	h.Write([]byte(stage))
	s := &source{rand.NewPCG(seed, h.Sum64())}
	s.pcg.Uint64()
	return s
}

// float returns a number in [0, 1).
func (s *source) float() float64 { return float64(s.pcg.Uint64()>>11) / (1 << 53) }

// between returns a number in [a, b).
func (s *source) between(a, b float64) float64 { return a + (b-a)*s.float() }

// intn returns a number in [0, n); n must be positive.
func (s *source) intn(n int) int { return int(s.pcg.Uint64() % uint64(n)) }

// chance is true with probability p.
func (s *source) chance(p float64) bool { return s.float() < p }

// perm returns the numbers below n in random order.
func (s *source) perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := s.intn(i + 1)
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// pick returns one of list, which must not be empty.
func pick[T any](s *source, list []T) T { return list[s.intn(len(list))] }
