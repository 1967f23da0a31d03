package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/jobs"
	"sanse/data/datatest"
)

// work tells of every call.
type work struct {
	ladders, entered, told, pushed, pulled, grades chan struct{}
	fails                                          error
}

func newWork() *work {
	return &work{ladders: make(chan struct{}, 100), entered: make(chan struct{}, 100), told: make(chan struct{}, 100), pushed: make(chan struct{}, 100), pulled: make(chan struct{}, 100), grades: make(chan struct{}, 100)}
}

func (w *work) RunLadders(context.Context) (int, error) {
	w.ladders <- struct{}{}
	return 0, w.fails
}

func (w *work) EnterLadders(context.Context) error {
	w.entered <- struct{}{}
	return nil
}

func (w *work) RunConnect(context.Context) error {
	w.pushed <- struct{}{}
	return nil
}

func (w *work) RunPulls(context.Context) (int, error) {
	w.pulled <- struct{}{}
	return 1, nil
}

func (w *work) RunMessages(context.Context) (int, error) {
	w.told <- struct{}{}
	return 0, nil
}

func (w *work) SuggestGrades(context.Context) (int, error) {
	w.grades <- struct{}{}
	return 0, nil
}

// soon waits for a call.
func soon(t *testing.T, what string, calls <-chan struct{}) {
	t.Helper()
	select {
	case <-calls:
	case <-time.After(time.Minute):
		t.Fatalf("%s: not within a minute", what)
	}
}

// The queue is worked as the role that serves, which owns nothing: first by two
// runners, then by the one that is left, a failing job and all.
func TestJobsGoOnWhoeverIsLeft(t *testing.T) {
	_, serving := datatest.NewServing(t)
	ctx := t.Context()
	start := func(w *work) func() {
		t.Helper()
		r, err := jobs.Start(ctx, jobs.Config{Pool: serving.Pool(), Work: w, Every: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		stop := sync.OnceFunc(func() {
			if err := r.Stop(context.WithoutCancel(ctx)); err != nil {
				t.Errorf("stop: %v", err)
			}
		})
		t.Cleanup(stop)
		return stop
	}
	one := newWork()
	one.fails = errors.New("a pass that fails")
	stop := start(one)
	soon(t, "the first pass", one.ladders)
	soon(t, "a pass after one that failed", one.ladders)
	soon(t, "steps entered", one.entered)
	soon(t, "a look at what is known", one.grades)
	soon(t, "messages told", one.told)
	soon(t, "tasks pushed", one.pushed)
	soon(t, "platforms asked", one.pulled)
	two := newWork()
	start(two)
	stop()
	soon(t, "a pass of the runner that is left, which leads now", two.ladders)
	soon(t, "steps entered by it", two.entered)
	var kinds string
	if err := serving.Pool().QueryRow(ctx, `SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM river.river_job`).Scan(&kinds); err != nil || !strings.Contains(kinds, "ladder") {
		t.Errorf("the queue holds jobs of kind %q (%v)", kinds, err)
	}
}
