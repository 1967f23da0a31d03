package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sanse/data"
)

// releaseSet are the releases in use by district, and those that are being taken:
// at most one of a district at a time, in the background. Until it is stored all
// are answered from the one before, so that the same question has the same answer
// on every path, and nobody waits for the turn of a quarter.
type releaseSet struct {
	mu     sync.Mutex
	used   map[string]*Release
	taking map[string]*releaseTaking
	stop   context.CancelFunc // ends what runs in the background
	ctx    context.Context
	closed bool
	work   sync.WaitGroup
}

// releaseTaking is a release in the making. What it came to may be read once done
// is closed.
type releaseTaking struct {
	done    chan struct{}
	release *Release
	err     error
}

// errClosed says that the service begins nothing more.
var errClosed = errors.New("the program is about to end")

// Release returns the release in use. A release holds for a calendar quarter. The
// first question after it has the next one taken and does not wait for it; only
// where there is none yet the answer is that of the first.
func (s *Service) Release(ctx context.Context, district string) (*Release, error) {
	r, t, err := s.releaseOf(ctx, district)
	if err != nil || r != nil {
		return r, err
	}
	return t.wait(ctx)
}

// TakeRelease takes the release of this quarter, if it has not been taken, and
// returns it.
func (s *Service) TakeRelease(ctx context.Context, d data.District) (*Release, error) {
	if err := mustAnswerFor(ctx, d.Code); err != nil {
		return nil, err
	}
	return s.newestRelease(ctx, d.Code)
}

// newestRelease is the release of this quarter, and waits where it is being taken.
func (s *Service) newestRelease(ctx context.Context, district string) (*Release, error) {
	r, t, err := s.releaseOf(ctx, district)
	if err != nil || t == nil {
		return r, err
	}
	return t.wait(ctx)
}

// releaseOf returns the release in use, nil where there is none yet, and the one
// that is being taken, nil where none is due.
func (s *Service) releaseOf(ctx context.Context, district string) (*Release, *releaseTaking, error) {
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, nil, err
	}
	code := f.district.Code
	r := s.releases.of(code)
	if r == nil { // the last that was stored, by whomever
		stored, err := s.readReleases(ctx, code)
		if err != nil {
			return nil, nil, err
		}
		if n := len(stored); n > 0 {
			r = s.releases.use(code, stored[n-1])
		}
	}
	if r != nil && f.today < r.Next {
		return r, nil, nil
	}
	return r, s.beginRelease(code), nil
}

// of is the release in use.
func (l *releaseSet) of(district string) *Release {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used[district]
}

// use has a release be the one in use, unless a later one is, and returns that.
func (l *releaseSet) use(district string, stored *storedRelease) *Release {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.used[district]; r != nil && r.Day >= stored.Day {
		return r
	}
	if l.used == nil {
		l.used = make(map[string]*Release)
	}
	r := &Release{Day: stored.Day, Next: nextQuarter(stored.Day), K: stored.K, stored: stored}
	l.used[district] = r
	return r
}

// background is the context of what runs until the service is closed; not ok: it
// is. The caller holds mu, and counts itself in work.
func (l *releaseSet) background() (context.Context, bool) {
	if l.ctx == nil {
		l.ctx, l.stop = context.WithCancel(context.Background())
	}
	return l.ctx, !l.closed
}

func (l *releaseSet) end() {
	l.mu.Lock()
	l.closed = true
	if l.stop != nil {
		l.stop()
	}
	l.mu.Unlock()
	l.work.Wait()
}

// wait waits for a release to be taken.
func (t *releaseTaking) wait(ctx context.Context) (*Release, error) {
	select {
	case <-t.done:
		return t.release, t.err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a release: %w", ctx.Err())
	}
}

// beginRelease has the release of this quarter taken, unless it is being taken.
func (s *Service) beginRelease(district string) *releaseTaking {
	l := &s.releases
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.taking[district]; t != nil {
		return t
	}
	t := &releaseTaking{done: make(chan struct{})}
	ctx, ok := l.background()
	if !ok {
		t.err = errClosed
		close(t.done)
		return t
	}
	if l.taking == nil {
		l.taking = make(map[string]*releaseTaking)
	}
	l.taking[district] = t
	l.work.Go(func() {
		t.release, t.err = s.renewRelease(ctx, district)
		if t.err != nil && !errors.Is(t.err, context.Canceled) {
			s.log.Error("the release of the quarter could not be taken; outsiders are told the one before", "district", district, "err", t.err)
		}
		l.mu.Lock()
		delete(l.taking, district)
		l.mu.Unlock()
		close(t.done)
	})
	return t
}

// renewRelease takes and stores the release of this quarter, if no other process
// has, and has it be the one in use.
func (s *Service) renewRelease(ctx context.Context, district string) (r *Release, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("take the release of district %s: %v", district, p)
		}
	}()
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	earlier, err := s.readReleases(ctx, district)
	if err != nil {
		return nil, err
	}
	if n := len(earlier); n == 0 || v.today >= nextQuarter(earlier[n-1].Day) {
		taken, err := s.takeRelease(ctx, v, earlier)
		var twice *data.TwiceError
		switch {
		case errors.As(err, &twice): // another process was quicker
			if earlier, err = s.readReleases(ctx, district); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		default:
			earlier = append(earlier, taken)
		}
	}
	return s.releases.use(district, earlier[len(earlier)-1]), nil
}

// releaseLook is how often at least it is looked whether a quarter has begun, for
// clocks are set and machines sleep.
const releaseLook = time.Hour

// KeepRelease has the release of each quarter taken when it begins, until the
// service is closed, so that it is there before anybody asks. The first ever is
// left to the first question, or to TakeRelease: who begins to serve may still be
// bringing in the records.
func (s *Service) KeepRelease(district string) {
	l := &s.releases
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, ok := l.background()
	if !ok {
		return
	}
	l.work.Go(func() {
		for {
			wait, err := s.lookAtRelease(ctx, district)
			if err != nil && !errors.Is(err, context.Canceled) {
				s.log.Error("it could not be seen whether a release is due", "district", district, "err", err)
			}
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return
			}
		}
	})
}

// lookAtRelease takes the release that is due, if there was one before, and tells
// how long to wait until it is worth looking again.
func (s *Service) lookAtRelease(ctx context.Context, district string) (time.Duration, error) {
	f, err := s.frame(ctx, district)
	if err != nil {
		return releaseLook, err
	}
	code := f.district.Code
	stored, err := s.readReleases(ctx, code)
	if err != nil || len(stored) == 0 {
		return releaseLook, err
	}
	next := nextQuarter(stored[len(stored)-1].Day)
	if f.today >= next {
		_, err := s.beginRelease(code).wait(ctx)
		return releaseLook, err
	}
	zone, err := time.LoadLocation(f.district.TimeZone)
	if err != nil {
		return releaseLook, fmt.Errorf("time zone of district %s: %w", code, err)
	}
	day := next.Time()
	begins := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 1, 0, zone)
	return min(releaseLook, max(time.Second, begins.Sub(s.now()))), nil
}
