package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// warming has ready in the background what the first who asks would wait for.
type warming struct {
	mu     sync.Mutex
	closed bool
	stops  []context.CancelFunc
	work   sync.WaitGroup
}

const (
	warmLook  = 2 * time.Second  // how often it is looked whether the data have changed
	warmPause = time.Minute      // between two times that everybody is read
	warmStart = 10 * time.Second // before everybody is read for the first time
	// warmMost is up to how many residents everybody is read before somebody asks
	// for it: of more it takes minutes and gigabytes, which nobody may want.
	warmMost = 100_000
)

// KeepWarm has ready, until the service is closed, what maps begin with: the frame
// and the counts of a district at once, and when its data have not changed for a
// moment again; then, at most once a minute, the view and the reach at the usual
// pace, so that a first trial of a facility does not wait for them. It holds what
// the first question would have left, and nothing more.
func (s *Service) KeepWarm(district string) {
	w := &s.warm
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stops = append(w.stops, stop)
	w.work.Go(func() {
		ticks := time.NewTicker(warmLook)
		defer ticks.Stop()
		var at warmth
		for {
			if err := s.lookWarm(ctx, district, &at); err != nil && ctx.Err() == nil {
				s.log.Warn("what the pages begin with could not be had ready", "district", district, "err", err)
			}
			select {
			case <-ticks.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// warmth is what has been had ready.
type warmth struct {
	seen   int64     // the data version at the last look
	light  int64     // of which maps can begin
	heavy  int64     // of which the view and the reach are there, or are not wanted
	before time.Time // when everybody was read last
}

// lookWarm is one look of KeepWarm.
func (s *Service) lookWarm(ctx context.Context, district string, at *warmth) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("warm district %s: %v", district, p)
		}
	}()
	version, err := s.store.DataVersion(ctx, district)
	if err != nil {
		return err
	}
	still := at.seen == version || at.seen == 0 // many changes are on their way one by one
	first := at.seen == 0
	at.seen = version
	if !still {
		return nil
	}
	if at.light != version {
		at.light = version // what is wrong with a version is said once
		f, err := s.frame(ctx, district)
		if err != nil {
			return quietly(err)
		}
		if _, err := s.headsOf(ctx, f, district, ""); err != nil {
			return quietly(err)
		}
	}
	if first { // now pages are opened, which want the processors
		at.before = s.now().Add(warmStart - warmPause)
	}
	if at.heavy == version || s.now().Sub(at.before) < warmPause {
		return nil
	}
	at.heavy, at.before = version, s.now()
	f, err := s.frame(ctx, district)
	if err != nil {
		return quietly(err)
	}
	heads, err := s.headsOf(ctx, f, district, "")
	if err != nil {
		return quietly(err)
	}
	n := 0
	for i := range heads.residents {
		n += heads.residents[i].N
	}
	if n > warmMost {
		return nil
	}
	_, err = s.reach(ctx, district, usualPace)
	return quietly(err)
}

// quietly leaves out what is no fault: a district that is not there yet, or has no
// areas or streets.
func quietly(err error) error {
	var e *Error
	if errors.As(err, &e) && (e.Code == CodeInvalid || e.Code == CodeNotFound) {
		return nil
	}
	return err
}

// end ends what is under way, and begins nothing more.
func (w *warming) end() {
	w.mu.Lock()
	w.closed = true
	for _, stop := range w.stops {
		stop()
	}
	w.mu.Unlock()
	w.work.Wait()
}
