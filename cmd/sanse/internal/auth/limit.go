package auth

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often something may be done: so many at once, and one more each
// time Every has passed.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limiter holds everybody to a rate, each key apart. It remembers the keys that
// were used last, so that strangers with many addresses cannot fill the memory;
// who is forgotten begins anew. It is safe for concurrent use.
type Limiter struct {
	rate Rate
	size int

	mu   sync.Mutex
	last *list.List // of *bucket, the one used last in front
	keys map[string]*list.Element
}

type bucket struct {
	key     string
	limiter *rate.Limiter
}

// NewLimiter returns a limiter that remembers so many keys.
func NewLimiter(r Rate, size int) *Limiter {
	return &Limiter{rate: r, size: max(1, size), last: list.New(), keys: map[string]*list.Element{}}
}

// Take counts one more of a key, or says how long to wait before it is counted.
// What was refused is not counted.
func (l *Limiter) Take(key string, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key)
	r := b.limiter.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}

// Forget begins a key anew: whoever got in need not wait for their slips.
func (l *Limiter) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.keys[key]; ok {
		l.last.Remove(e)
		delete(l.keys, key)
	}
}

func (l *Limiter) bucket(key string) *bucket {
	if e, ok := l.keys[key]; ok {
		l.last.MoveToFront(e)
		return e.Value.(*bucket)
	}
	for l.last.Len() >= l.size {
		old := l.last.Back()
		delete(l.keys, old.Value.(*bucket).key)
		l.last.Remove(old)
	}
	b := &bucket{key: key, limiter: rate.NewLimiter(rate.Every(l.rate.Every), l.rate.Burst)}
	l.keys[key] = l.last.PushFront(b)
	return b
}
