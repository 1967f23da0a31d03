package service

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"sanse/reports/siting"
)

// SitingState is how a search for sites stands.
type SitingState string

// The states of a search for sites.
const (
	SitingRunning SitingState = "running"
	SitingDone    SitingState = "done"
	SitingStopped SitingState = "stopped" // by somebody; what was found is there
	SitingFailed  SitingState = "failed"
)

// How long and how many searches that are over are kept, and how many run at
// once.
const (
	keepSiting    = time.Hour
	keepSitings   = 20
	sitingsAtOnce = 2
)

// sitings are the searches for sites that run or are over. They end with the
// program.
type sitings struct {
	mu     sync.Mutex
	last   int64
	begins int // searches that are being prepared
	jobs   []*sitingJob
	closed bool
	work   sync.WaitGroup
}

// sitingJob is one search.
type sitingJob struct {
	id       int64
	district string
	scope    string // the area whose people it is about
	ask      SiteRequest
	sited    // while it runs: what a search is about can be a good part of a gigabyte

	halt  context.CancelFunc
	ctx   context.Context //nolint:containedctx // ends the search, which outlives the request that began it
	ended chan struct{}   // closed when it is over

	mu       sync.Mutex
	state    SitingState
	message  string
	begun    time.Time // the search, after the walks were measured
	over     time.Time
	progress siting.Progress // Chosen is a copy
	seen     bool            // progress has an answer
	spent    float64

	showing sync.Mutex // held, before mu, by who needs what it is about to stay
	shown   *siting.Solution
	outcome *SitingResult // when it is over
}

// take reserves a search to come, and returns what gives it free.
func (t *sitings) take() (release func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, &Error{Code: CodeNo, Message: "the program is ending"}
	}
	running := t.begins
	for _, j := range t.jobs {
		if j.running() {
			running++
		}
	}
	if running >= sitingsAtOnce {
		return nil, &Error{Code: CodeNo, Message: Tell("%d searches for sites are running: try again when one is over", running)}
	}
	t.begins++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.begins--
	}, nil
}

// start runs a search that is prepared, and forgets those that are long over.
func (t *sitings) start(s *Service, j *sitingJob) (int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return 0, &Error{Code: CodeNo, Message: "the program is ending"}
	}
	now := s.now()
	t.last = max(t.last+1, now.UnixMilli()) // no number comes twice, after a restart either
	j.id, j.state, j.ended = t.last, SitingRunning, make(chan struct{})
	j.ctx, j.halt = context.WithCancel(context.Background())
	over := 0
	for _, other := range t.jobs {
		if !other.running() {
			over++
		}
	}
	t.jobs = slices.DeleteFunc(t.jobs, func(old *sitingJob) bool {
		if old.running() || over <= keepSitings && now.Sub(old.endedAt()) < keepSiting {
			return false
		}
		over--
		return true
	})
	t.jobs = append(t.jobs, j)
	t.work.Add(1)
	go func() {
		defer t.work.Done()
		defer close(j.ended)
		defer j.halt()
		j.end(s, j.run(s))
	}()
	return j.id, nil
}

// find returns a search; nil if there is none.
func (t *sitings) find(district string, id int64) *sitingJob {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, j := range t.jobs {
		if j.district == district && j.id == id {
			return j
		}
	}
	return nil
}

// close ends all searches and begins no more.
func (t *sitings) close() {
	t.mu.Lock()
	t.closed = true
	for _, j := range t.jobs {
		j.stop()
	}
	t.mu.Unlock()
	t.work.Wait()
}

func (j *sitingJob) stop() { j.halt() }

func (j *sitingJob) running() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state == SitingRunning
}

func (j *sitingJob) endedAt() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.over
}

// run measures the walks and searches. What breaks in it breaks no more than it.
func (j *sitingJob) run(s *Service) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("search for sites: %v\n%s", p, debug.Stack())
		}
	}()
	threads := runtime.GOMAXPROCS(0)
	if err := j.measure(j.ctx, threads); err != nil {
		if j.ctx.Err() != nil {
			return nil
		}
		return err
	}
	j.mu.Lock()
	j.begun = s.now()
	j.mu.Unlock()
	solution, err := siting.Solve(context.WithoutCancel(j.ctx), j.problem, siting.Options{
		Seed: j.ask.Seed, Iterations: j.ask.Iterations, Threads: threads, Progress: j.take, Budget: &siteBudget{job: j, now: s.now},
	})
	if err != nil {
		return err
	}
	// No answer leaves without a check.
	if wrong := siting.Check(j.problem, solution); len(wrong) > 0 {
		return errors.New(wrong[0])
	}
	outcome := j.result(solution)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.outcome = outcome
	return nil
}

// end says how it ended, and keeps no more of it than the answer.
func (j *sitingJob) end(s *Service, err error) {
	j.showing.Lock()
	defer j.showing.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.over = s.now()
	j.sited, j.shown, j.progress, j.seen = sited{}, nil, siting.Progress{}, false
	var wrong *Error
	switch {
	case errors.As(err, &wrong):
		j.state, j.message = SitingFailed, wrong.Message
	case err != nil:
		s.log.Error("search for sites failed", "job", j.id, "error", err)
		j.state, j.message = SitingFailed, "the search failed; the log of the server says why"
	case j.ctx.Err() != nil:
		j.state = SitingStopped
	default:
		j.state = SitingDone
	}
}

// take keeps the best answer so far.
func (j *sitingJob) take(p siting.Progress) {
	p.Chosen = slices.Clone(p.Chosen)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.progress, j.seen = p, true
}

// siteBudget ends a search by time, or when somebody stops it.
type siteBudget struct {
	job *sitingJob
	now func() time.Time
}

// Spent implements siting.Budget.
func (b *siteBudget) Spent(int) float64 {
	j := b.job
	if j.ctx.Err() != nil {
		return 1
	}
	if j.ask.Time <= 0 {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.spent = float64(b.now().Sub(j.begun)) / float64(j.ask.Time)
	return j.spent
}
