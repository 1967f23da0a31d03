package service

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/reports"
)

func TestWhoAsksForTheSameEffectSharesOneComputation(t *testing.T) {
	var c effectCache
	var group sync.WaitGroup
	begun, made := make(chan struct{}, 4), make(chan struct{})
	key := effectKey{draft: 1, version: 2}
	for range 4 {
		group.Go(func() {
			e, err := c.get(t.Context(), key, func(context.Context) (*reports.Effect, error) {
				begun <- struct{}{}
				<-made
				return &reports.Effect{Name: "one"}, nil
			})
			if err != nil || e.Name != "one" {
				t.Errorf("%v %v", e, err)
			}
		})
	}
	<-begun
	close(made)
	group.Wait()
	if len(begun) != 0 {
		t.Errorf("it was made %d times", 1+len(begun))
	}
	if _, err := c.get(t.Context(), key, func(context.Context) (*reports.Effect, error) { return nil, errors.New("made again") }); err != nil {
		t.Error(err)
	}
	key.version++
	if _, err := c.get(t.Context(), key, func(context.Context) (*reports.Effect, error) { return nil, errors.New("made again") }); err == nil {
		t.Error("another version was answered with what was kept")
	}
	if e, err := c.get(t.Context(), key, func(context.Context) (*reports.Effect, error) { return &reports.Effect{}, nil }); err != nil || e == nil {
		t.Errorf("what has failed is kept: %v", err)
	}
}

func TestAnEffectThatNobodyWaitsForAnyMoreIsStopped(t *testing.T) {
	var c effectCache
	begun, stopped := make(chan struct{}), make(chan struct{})
	f := func(ctx context.Context) (*reports.Effect, error) {
		close(begun)
		<-ctx.Done()
		close(stopped)
		return nil, ctx.Err()
	}
	first, leave := context.WithCancel(t.Context())
	second, leaveToo := context.WithCancel(t.Context())
	gone := make(chan error, 2)
	ask := func(ctx context.Context) {
		_, err := c.get(ctx, effectKey{draft: 1}, f)
		gone <- err
	}
	go ask(first)
	<-begun
	c.mu.Lock()
	run := c.making[effectKey{draft: 1}]
	c.mu.Unlock()
	go ask(second)
	for waiting := 0; waiting < 2; {
		c.mu.Lock()
		waiting = run.waiting
		c.mu.Unlock()
	}
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	select {
	case <-stopped:
		t.Fatal("it is stopped while somebody waits")
	default:
	}
	leaveToo()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-stopped
	if e, err := c.get(t.Context(), effectKey{draft: 1}, func(context.Context) (*reports.Effect, error) { return &reports.Effect{}, nil }); err != nil || e == nil {
		t.Errorf("who comes later is answered with %v", err)
	}
}

func TestOnlyTheLastFewEffectsAreKept(t *testing.T) {
	var c effectCache
	ask := func(draft int64, e *reports.Effect) (made bool) {
		if _, err := c.get(t.Context(), effectKey{draft: draft}, func(context.Context) (*reports.Effect, error) {
			made = true
			return e, nil
		}); err != nil {
			t.Fatal(err)
		}
		return made
	}
	for draft := range int64(effectsKept) {
		ask(draft, &reports.Effect{})
	}
	if ask(0, nil) {
		t.Error("the first is forgotten while there is room")
	}
	ask(effectsKept, &reports.Effect{})
	if !ask(1, &reports.Effect{}) {
		t.Error("the one that was asked for longest ago is kept beyond the room there is")
	}
	if ask(0, nil) {
		t.Error("one that was asked for lately is forgotten")
	}
	large := &reports.Effect{After: []geo.Area{{Boundary: orb.MultiPolygon{{make(orb.Ring, effectsKeptBytes/16)}}}}}
	ask(99, large)
	if len(c.kept) != 1 || c.keptAll != c.kept[0].bytes || ask(99, nil) {
		t.Errorf("beside one that fills the room %d are kept", len(c.kept)-1)
	}
}
