package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// madeOnce keeps answers that are costly to make. Each is made once, however many
// ask for it, and one at a time, whatever they ask for; who asks for one that is
// there does not wait. Its zero value keeps one.
type madeOnce[K comparable, V any] struct {
	most  int // that are kept; of more the one asked for longest ago goes
	mu    sync.Mutex
	kept  map[K]*making[V]
	asked int
	turn  chan struct{} // holds one token while something is made
}

// making is an answer that is being made, or was. Value and err may be read once
// done is closed.
type making[V any] struct {
	done  chan struct{}
	value V
	err   error
	used  int // a count of questions
}

func (e *making[V]) over() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// get returns the answer to a key, made by work if it is not there. Answers to keys
// that are stale beside this one are dropped once it is made. Errors are not kept;
// those who waited for the same answer get the same error, but for that of a
// question that was given up: then one of them makes it.
func (m *madeOnce[K, V]) get(ctx context.Context, k K, stale func(other K) bool, work func() (V, error)) (V, error) {
	for {
		m.mu.Lock()
		m.asked++
		e, there := m.kept[k]
		if !there {
			e = &making[V]{done: make(chan struct{}), err: errBroken}
			if m.kept == nil {
				m.kept, m.turn = make(map[K]*making[V]), make(chan struct{}, 1)
			}
			m.kept[k] = e
		}
		e.used = m.asked
		m.mu.Unlock()
		if !there {
			m.make(ctx, k, e, stale, work)
			return e.value, e.err
		}
		select {
		case <-e.done:
		case <-ctx.Done():
			var none V
			return none, fmt.Errorf("wait for an answer: %w", ctx.Err())
		}
		givenUp := errors.Is(e.err, context.Canceled) || errors.Is(e.err, context.DeadlineExceeded)
		if !givenUp || ctx.Err() != nil {
			return e.value, e.err
		}
	}
}

// errBroken is the error of an answer whose making broke off.
var errBroken = errors.New("the answer could not be made")

func (m *madeOnce[K, V]) make(ctx context.Context, k K, e *making[V], stale func(other K) bool, work func() (V, error)) {
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		close(e.done)
		if e.err != nil {
			delete(m.kept, k)
			return
		}
		m.drop(k, stale)
	}()
	select {
	case m.turn <- struct{}{}:
	case <-ctx.Done():
		e.err = fmt.Errorf("wait for an answer: %w", ctx.Err())
		return
	}
	defer func() { <-m.turn }()
	e.value, e.err = work()
}

// drop drops what is stale beside k, and what was asked for longest ago where
// there is too much. What is being made stays.
func (m *madeOnce[K, V]) drop(k K, stale func(other K) bool) {
	for other, e := range m.kept {
		if other != k && e.over() && stale(other) {
			delete(m.kept, other)
		}
	}
	for len(m.kept) > max(1, m.most) {
		var oldest *K
		least := 0
		for other, e := range m.kept {
			if other != k && e.over() && (oldest == nil || e.used < least) {
				oldest, least = &other, e.used
			}
		}
		if oldest == nil {
			return
		}
		delete(m.kept, *oldest)
	}
}

// size is how many answers are kept.
func (m *madeOnce[K, V]) size() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.kept)
}
