package service

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sanse/geo/districting"
)

// DrawState is how a drawing stands.
type DrawState string

// The states of a drawing.
const (
	DrawRunning DrawState = "running"
	DrawDone    DrawState = "done"
	DrawStopped DrawState = "stopped" // by somebody; what was found is there
	DrawFailed  DrawState = "failed"
)

// How long and how many drawings that are over are kept, and how many of all
// drafts run at once.
const (
	keepDrawing    = time.Hour
	keepDrawings   = 20
	drawingsAtOnce = 2
)

// drawings are those of all drafts that run or are over. They end with the
// program: what they find is nobody's before it is applied.
type drawings struct {
	mu     sync.Mutex
	last   int64
	busy   map[[2]any]bool // drafts for which a drawing is being prepared
	jobs   []*drawing      // in the order in which they were begun
	closed bool
	work   sync.WaitGroup
}

// drawing is one search for a division.
type drawing struct {
	id       int64
	district string
	draft    int64
	ask      DrawRequest
	drawn    // what is drawn, from prepare

	stopped atomic.Bool
	ended   chan struct{} // closed when it is over

	mu       sync.Mutex
	state    DrawState
	message  string
	over     time.Time
	progress districting.Progress // Zone is a copy
	seen     bool                 // progress has a drawing
	forbids  []districting.Obstacle

	showing sync.Mutex // held while result is made
	result  *DrawResult
	of      districting.Cost // of the division that result is about
}

// take reserves a draft for a drawing to come, and returns what gives it free.
func (t *drawings) take(district string, draft int64) (release func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := [2]any{district, draft}
	running, all := t.busy[key], len(t.busy)
	for _, j := range t.jobs {
		if j.running() {
			all++
			running = running || j.district == district && j.draft == draft
		}
	}
	switch {
	case t.closed:
		return nil, draftError(CodeNo, DraftError{Reason: DraftDrawingRuns}, "the program is ending")
	case running:
		return nil, draftError(CodeNo, DraftError{Reason: DraftDrawingRuns}, "draft %d is being drawn already: stop that drawing first", draft)
	case all >= drawingsAtOnce:
		return nil, draftError(CodeNo, DraftError{Reason: DraftDrawingRuns}, "%d drawings of other drafts are running: try again when one is over", all)
	}
	if t.busy == nil {
		t.busy = make(map[[2]any]bool)
	}
	t.busy[key] = true
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.busy, key)
	}, nil
}

// start runs a drawing that is prepared, and forgets those that are long over.
func (t *drawings) start(s *Service, j *drawing) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := s.now()
	t.last = max(t.last+1, now.UnixMilli()) // no number comes twice, after a restart either
	j.id, j.state, j.ended = t.last, DrawRunning, make(chan struct{})
	over := 0
	for _, other := range t.jobs {
		if !other.running() {
			over++
		}
	}
	t.jobs = slices.DeleteFunc(t.jobs, func(old *drawing) bool {
		if old.running() || over <= keepDrawings && now.Sub(old.endedAt()) < keepDrawing {
			return false
		}
		over--
		return true
	})
	t.jobs = append(t.jobs, j)
	t.work.Add(1)
	go func() {
		defer t.work.Done()
		j.run(s)
	}()
	return j.id
}

// find returns a drawing; nil if there is none.
func (t *drawings) find(district string, draft, id int64) *drawing {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, j := range t.jobs {
		if j.district == district && j.draft == draft && j.id == id {
			return j
		}
	}
	return nil
}

// Close ends what runs in the background: drawings, tiles, releases, searches for
// sites and what is had ready. The service answers on, but begins no more of them.
func (s *Service) Close() {
	s.EndLive()
	s.drawings.mu.Lock()
	s.drawings.closed = true
	for _, j := range s.drawings.jobs {
		j.stop()
	}
	s.drawings.mu.Unlock()
	s.drawings.work.Wait()
	s.tiles.end()
	s.releases.end()
	s.warm.end()
	s.sitings.close()
}

func (j *drawing) stop() { j.stopped.Store(true) }

func (j *drawing) running() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state == DrawRunning
}

func (j *drawing) endedAt() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.over
}

// run searches until the time is over or somebody stops it.
func (j *drawing) run(s *Service) {
	defer close(j.ended)
	o := districting.Options{
		Seed: j.ask.Seed, Iterations: j.ask.Iterations, Threads: j.ask.Threads, From: j.from,
		Budget:   &drawBudget{job: j, now: s.now, start: s.now()},
		Progress: j.take,
	}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	d, err := districting.Solve(context.Background(), j.problem, o)
	if err == nil {
		err = j.sound(d)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.over = s.now()
	if err != nil {
		s.log.Error("drawing failed", "draft", j.draft, "error", err)
		j.state, j.message = DrawFailed, "the search failed; the log of the server says why"
		return
	}
	j.state = DrawDone
	if j.stopped.Load() {
		j.state = DrawStopped
	}
	j.progress.Best, j.progress.Zone, j.progress.Spent, j.seen = d.Cost, d.Zone, 1, true
	j.forbids = d.Forbids
}

// sound tells what is wrong with a drawing: no drawing leaves without a check.
// Bounds that are not kept are told by Forbids.
func (j *drawing) sound(d *districting.Drawing) error {
	for _, f := range districting.Check(j.problem, d.Zone) {
		if f.Kind != districting.FaultBalance && f.Kind != districting.FaultParts {
			return errors.New(f.Message)
		}
	}
	return nil
}

// take keeps the best drawing so far.
func (j *drawing) take(p districting.Progress) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.seen && j.progress.Best == p.Best {
		j.progress.Iterations, j.progress.Spent = p.Iterations, p.Spent
		return
	}
	p.Zone = slices.Clone(p.Zone)
	j.progress, j.seen = p, true
}

// drawBudget ends a search by time, or when somebody stops it.
type drawBudget struct {
	job   *drawing
	now   func() time.Time
	start time.Time
}

// Spent implements districting.Budget.
func (b *drawBudget) Spent(int, districting.Cost) float64 {
	if b.job.stopped.Load() {
		return 1
	}
	if b.job.ask.Time <= 0 {
		return 0
	}
	return float64(b.now().Sub(b.start)) / float64(b.job.ask.Time)
}
