package routing

import (
	"context"
	"fmt"
)

// Nearest returns, for every target, the whole seconds (rounded up) from the
// facility nearest to it and that facility's index; -1 and -1 where none is
// within so many seconds. 0 seconds or fewer set no bound. Of several equally
// near it names one, the same in every run.
func (e *Engine) Nearest(ctx context.Context, facilities, targets []Snap, seconds int) (walk, facility []int32, err error) {
	sources, err := e.places(facilities)
	if err != nil {
		return nil, nil, fmt.Errorf("nearest: %w", err)
	}
	goals, err := e.places(targets)
	if err != nil {
		return nil, nil, fmt.Errorf("nearest: %w", err)
	}
	limit := limitOf(seconds)
	s := e.take()
	defer e.give(s)
	s.nextStamp()
	onEdge := map[int32][]int32{}
	for i, p := range sources {
		if !p.ok {
			continue
		}
		s.seed(p, limit, int32(i))
		onEdge[p.edge] = append(onEdge[p.edge], int32(i))
	}
	if err := e.search(ctx, s, limit, -1, labelInherit); err != nil {
		return nil, nil, fmt.Errorf("nearest: %w", err)
	}
	walk, facility = make([]int32, len(targets)), make([]int32, len(targets))
	for i, p := range goals {
		walk[i], facility[i] = -1, -1
		if !p.ok {
			continue
		}
		best, over := s.arrive(p)
		label := int32(-1)
		if over >= 0 {
			label = s.label[over]
		}
		for _, f := range onEdge[p.edge] {
			if m := e.direct(sources[f], p); m < best {
				best, label = m, f
			}
		}
		if best <= uint64(limit) {
			walk[i], facility[i] = wholeSeconds(best), label
		}
	}
	return walk, facility, nil
}
