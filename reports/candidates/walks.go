package candidates

import (
	"context"
	"fmt"

	"sanse/routing"
)

// Walks returns the seconds of the walks of at most so many from places to
// people, rounded up: of person d those to the places place[first[d]:first[d+1]]
// are in cost. Who or what has no street (OK is false) has none. Memory grows
// with the walks that there are, not with places times people.
func Walks(ctx context.Context, e *routing.Engine, places, people []routing.Snap, seconds, threads int) (first []int, place, cost []int32, err error) {
	type walk struct{ person, cost int32 }
	of := make([][]walk, len(places))
	first = make([]int, len(people)+1)
	most := uint64(max(0, seconds)) * 1000
	err = e.TableRows(ctx, places, people, routing.TableOptions{Threads: threads}, func(i int, r routing.TableRow) error {
		for d, m := range r.Millis {
			if m != routing.Unreached && uint64(m) <= most {
				of[i] = append(of[i], walk{int32(d), int32((uint64(m) + 999) / 1000)})
				first[d+1]++
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("walks of %d people to %d places: %w", len(people), len(places), err)
	}
	for d := range people {
		first[d+1] += first[d]
	}
	next := append([]int(nil), first[:len(people)]...)
	place, cost = make([]int32, first[len(people)]), make([]int32, first[len(people)])
	for i, list := range of {
		for _, w := range list {
			place[next[w.person]], cost[next[w.person]] = int32(i), w.cost
			next[w.person]++
		}
	}
	return first, place, cost, nil
}
