package service

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// effectKey is what an effect of a draft depends on. Versions only grow, so a
// kept effect is never that of another state.
type effectKey struct {
	district      string
	draft         int64
	version, data int64 // of the draft and of the district's data
	today         planner.Date
	opt           DraftEffectOptions
}

// How much is kept of effects that were asked for lately.
const (
	effectsKept      = 8
	effectsKeptBytes = 48 << 20 // the effect of a whole district has about 8 MB
)

// effectCache shares effects among those who ask for the same one, while it is
// made and for a while after. The zero value is ready; it is safe for
// concurrent use.
type effectCache struct {
	mu      sync.Mutex
	making  map[effectKey]*effectRun
	kept    []keptEffect // the one that was asked for last at the end
	keptAll int          // bytes
}

type keptEffect struct {
	key    effectKey
	effect *reports.Effect
	bytes  int
}

// effectRun is an effect in the making.
type effectRun struct {
	waiting int // who wants it still
	stop    context.CancelFunc
	done    chan struct{} // closed when effect and err are there
	effect  *reports.Effect
	err     error
}

// get returns the effect of a key, made by f unless it is kept or on its way.
// What f is given is cancelled once the last of those who wait has gone; an
// effect that fails is not kept.
func (c *effectCache) get(ctx context.Context, key effectKey, f func(context.Context) (*reports.Effect, error)) (*reports.Effect, error) {
	c.mu.Lock()
	if e := c.find(key); e != nil {
		c.mu.Unlock()
		return e, nil
	}
	run := c.making[key]
	if run == nil {
		free, stop := context.WithCancel(context.WithoutCancel(ctx))
		run = &effectRun{stop: stop, done: make(chan struct{})}
		if c.making == nil {
			c.making = make(map[effectKey]*effectRun)
		}
		c.making[key] = run
		go func() {
			defer stop()
			var effect *reports.Effect
			var err error
			defer func() { // as in a request, a panic ends this one and not the program
				if r := recover(); r != nil {
					err = fmt.Errorf("the effect of draft %d: panic: %v", key.draft, r)
				}
				c.finish(key, run, effect, err)
			}()
			effect, err = f(free)
		}()
	}
	run.waiting++
	c.mu.Unlock()
	select {
	case <-run.done:
		return run.effect, run.err
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		if run.waiting--; run.waiting == 0 {
			run.stop()
			if c.making[key] == run {
				delete(c.making, key) // who comes now must not wait for what is being stopped
			}
		}
		return nil, fmt.Errorf("wait for the effect of draft %d: %w", key.draft, ctx.Err())
	}
}

func (c *effectCache) finish(key effectKey, run *effectRun, effect *reports.Effect, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(run.done)
	run.effect, run.err = effect, err
	if c.making[key] == run {
		delete(c.making, key)
	}
	if err != nil || c.find(key) != nil {
		return
	}
	k := keptEffect{key, effect, bytesOf(effect)}
	c.kept, c.keptAll = append(c.kept, k), c.keptAll+k.bytes
	for len(c.kept) > 1 && (len(c.kept) > effectsKept || c.keptAll > effectsKeptBytes) {
		c.keptAll -= c.kept[0].bytes
		c.kept = slices.Delete(c.kept, 0, 1)
	}
}

// find returns a kept effect, and remembers that it was asked for.
func (c *effectCache) find(key effectKey) *reports.Effect {
	i := slices.IndexFunc(c.kept, func(k keptEffect) bool { return k.key == key })
	if i < 0 {
		return nil
	}
	k := c.kept[i]
	c.kept = append(slices.Delete(c.kept, i, i+1), k)
	return k.effect
}

// bytesOf is about what an effect takes in memory: most of it are boundaries.
func bytesOf(e *reports.Effect) int {
	const point, row = 16, 300
	n := row * (len(e.Areas) + len(e.Moves) + len(e.InFlight.List) + len(e.Moved.Flows) + len(e.Plan.Communities))
	for _, list := range [][]geo.Area{e.Before, e.After} {
		for i := range list {
			n += row
			for _, poly := range list[i].Boundary {
				for _, ring := range poly {
					n += point * len(ring)
				}
			}
		}
	}
	return n
}
