package service

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// liveEvery is how often a process looks whether a day that somebody follows has
// changed.
const liveEvery = time.Second

// How many may follow a day at once: of an account the open windows of one person, in
// all what a process can keep connections for.
const (
	maxFollowsEach = 12
	maxFollowsAll  = 1000
)

// lives are the days of districts that are looked at, and who follows them.
type lives struct {
	making chan struct{}         // holds one token while states are read or changed
	states map[string]*liveState // by district: the last one

	mu       sync.Mutex
	watches  map[string]*liveWatch // by district: those that somebody follows
	accounts map[string]int        // who follows how often
	all      int
	ended    chan struct{} // closed: nobody is to follow any more
	over     bool
}

func newLives() lives {
	return lives{
		making: make(chan struct{}, 1), states: make(map[string]*liveState),
		watches: make(map[string]*liveWatch), accounts: make(map[string]int), ended: make(chan struct{}),
	}
}

// liveWatch looks for all who follow a district's day whether it has changed.
type liveWatch struct {
	follows int
	stop    context.CancelFunc
	changed chan struct{} // closed, and made anew, at each change
	last    *liveState
}

// LiveFollow is somebody who follows a day. It is for one goroutine; end it with End.
type LiveFollow struct {
	s        *Service
	district string
	account  string
	watch    *liveWatch
	once     sync.Once
}

// FollowLive has somebody told of each change of a district's day, until End. All who
// follow it in this process share one look at the data a second.
func (s *Service) FollowLive(ctx context.Context, district string) (*LiveFollow, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	account := cmp.Or(viewerOf(ctx).Account, "nobody")
	l := &s.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || l.all >= maxFollowsAll || l.accounts[account] >= maxFollowsEach {
		return nil, ErrManyFollow
	}
	l.all++
	l.accounts[account]++
	w := l.watches[d.Code]
	if w == nil {
		w = &liveWatch{changed: make(chan struct{})}
		l.watches[d.Code] = w
		var watching context.Context
		watching, w.stop = context.WithCancel(context.Background())
		go s.watchLive(watching, d.Code, w)
	}
	w.follows++
	return &LiveFollow{s: s, district: d.Code, account: account, watch: w}, nil
}

// ErrManyFollow says that too many follow already, or that the program ends.
var ErrManyFollow = &Error{Code: CodeNo, Message: "too many windows follow the day at once: close one, or ask again later"}

// Changed is closed at the next change after it was asked for.
func (f *LiveFollow) Changed() <-chan struct{} {
	f.s.live.mu.Lock()
	defer f.s.live.mu.Unlock()
	return f.watch.changed
}

// Live is the day of an area as it was at the last look, at most a second ago: it asks
// nothing of the database.
func (f *LiveFollow) Live(ctx context.Context, area string) (LiveView, error) {
	f.s.live.mu.Lock()
	state := f.watch.last
	f.s.live.mu.Unlock()
	if state == nil {
		return f.s.Live(ctx, f.district, area)
	}
	return state.view(ctx, area)
}

// Ended is closed when the program ends.
func (f *LiveFollow) Ended() <-chan struct{} { return f.s.live.ended }

// End lets go. The last one ends the looks at the data.
func (f *LiveFollow) End() {
	f.once.Do(func() {
		l := &f.s.live
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all--
		if l.accounts[f.account]--; l.accounts[f.account] == 0 {
			delete(l.accounts, f.account)
		}
		if f.watch.follows--; f.watch.follows == 0 {
			f.watch.stop()
			delete(l.watches, f.district)
		}
	})
}

// EndLive ends all that follow, so that a server can stop: each is told and let go.
func (s *Service) EndLive() {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if !s.live.over {
		s.live.over = true
		close(s.live.ended)
	}
}

// watchLive looks until nobody follows. A look that fails is made again: who follows
// keeps what they were told.
func (s *Service) watchLive(ctx context.Context, district string, w *liveWatch) {
	ticks := time.NewTicker(s.liveEvery)
	defer ticks.Stop()
	failed := false
	for {
		state, err := s.liveState(asOperator(ctx, district), district)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failed { // said once
				s.log.Warn("the day that pages follow could not be counted", "district", district, "error", err)
			}
			failed = true
		default:
			failed = false
			s.live.mu.Lock()
			if w.last != state {
				w.last = state
				close(w.changed)
				w.changed = make(chan struct{})
			}
			s.live.mu.Unlock()
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}
