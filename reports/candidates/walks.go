package candidates

import (
	"context"
	"errors"
	"fmt"

	"sanse/routing"
)

// ErrTooMany says that there are more walks than were to be held.
var ErrTooMany = errors.New("there are too many walks to hold")

// WalkOptions say which walks Walks looks for.
type WalkOptions struct {
	Seconds int // that a walk takes at most
	Most    int // walks in all, or it is ErrTooMany; 0: any number
	Threads int // 0: one
}

// Walks returns the seconds of the walks from places to people, rounded up: of
// person d those to the places place[first[d]:first[d+1]] are in cost. Who or
// what has no street (OK is false) has none. Memory grows with the walks that
// there are, not with places times people: some 32 bytes for each.
func Walks(ctx context.Context, e *routing.Engine, places, people []routing.Snap, o WalkOptions) (first []int, place, cost []int32, err error) {
	type walk struct{ person, cost int32 }
	of := make([][]walk, len(places))
	first = make([]int, len(people)+1)
	most, held := uint64(max(0, o.Seconds))*1000, 0
	err = e.TableRows(ctx, places, people, routing.TableOptions{Threads: o.Threads}, func(i int, r routing.TableRow) error {
		for d, m := range r.Millis {
			if m != routing.Unreached && uint64(m) <= most {
				of[i] = append(of[i], walk{int32(d), int32((uint64(m) + 999) / 1000)})
				first[d+1]++
				held++
			}
		}
		if o.Most > 0 && held > o.Most {
			return ErrTooMany
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
