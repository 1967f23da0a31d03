package jobs

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"sanse/data"
)

// Work is what jobs do.
type Work interface {
	// RunLadders opens the ladders of today and does what is due on them.
	RunLadders(context.Context) (int, error)
	// EnterLadders brings the steps that were taken, and grades that were changed, into
	// the plan.
	EnterLadders(context.Context) error
	// SuggestGrades holds what is known of residents against the rules for grades.
	SuggestGrades(context.Context) (int, error)
	// RunConnect pushes to platforms what has changed.
	RunConnect(context.Context) error
	// RunPulls asks platforms for what they tell of.
	RunPulls(context.Context) (int, error)
	// RunMessages tells people what they are to be told.
	RunMessages(context.Context) (int, error)
}

// Config is what a runner needs. Times are zero for the usual ones.
type Config struct {
	Pool *pgxpool.Pool // as the role that may use the queue; stays the caller's
	Work Work
	Log  *slog.Logger // nil: nothing is logged
	// Every is how often it is looked whether something is due, at least a second;
	// usually 5 seconds. It bounds how late a step is.
	Every time.Duration
}

const (
	usualEvery = 5 * time.Second
	// enterEvery is how many looks there are to one at the plan: steps that were taken
	// meanwhile are entered together.
	enterEvery = 4
	// gradeEvery is how many looks there are to one at what is known of residents.
	gradeEvery = 12
	// passTimeout ends a pass that hangs, so that the next one is tried.
	passTimeout  = 2 * time.Minute
	enterTimeout = 10 * time.Minute
	stopTimeout  = 10 * time.Second
	keptFor      = 10 * time.Minute // a job that is done
)

// The queues, one for each kind of job, so that a long one holds no other up.
const (
	ladderQueue  = "ladder"
	enterQueue   = "enter"
	gradeQueue   = "grade"
	messageQueue = "message"
	connectQueue = "connect"
	pullQueue    = "pull"
)

// The kinds of job; Kind names them in the queue. None says more than "look".
type (
	ladderArgs  struct{}
	enterArgs   struct{}
	gradeArgs   struct{}
	messageArgs struct{}
	connectArgs struct{}
	pullArgs    struct{}
)

func (ladderArgs) Kind() string  { return "ladder" }
func (enterArgs) Kind() string   { return "enter_ladders" }
func (gradeArgs) Kind() string   { return "suggest_grades" }
func (messageArgs) Kind() string { return "message" }
func (connectArgs) Kind() string { return "connect" }
func (pullArgs) Kind() string    { return "pull" }

// pass works jobs of a kind.
type pass[A river.JobArgs] struct {
	river.WorkerDefaults[A]

	run     func(context.Context) (int, error) // tells how many it did something for
	timeout time.Duration
	log     *slog.Logger
	did     string // what is logged of a pass that did something
}

// Timeout ends a pass that hangs, so that the next one is tried.
func (p *pass[A]) Timeout(*river.Job[A]) time.Duration { return p.timeout }

// Work is one pass.
func (p *pass[A]) Work(ctx context.Context, _ *river.Job[A]) error {
	n, err := p.run(ctx)
	if n > 0 {
		p.log.Info(p.did, "n", n)
	}
	return err
}

// unsaid is a pass of which nobody is told how many it did something for.
func unsaid(run func(context.Context) error) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return 0, run(ctx) }
}

// Runner works jobs until it is stopped.
type Runner struct {
	client *river.Client[pgx.Tx]
}

// Start begins to work jobs, with other processes that do. It ends when Stop is
// called.
func Start(ctx context.Context, cfg Config) (*Runner, error) {
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	every := cmp.Or(cfg.Every, usualEvery)
	workers := river.NewWorkers()
	river.AddWorker(workers, &pass[ladderArgs]{run: cfg.Work.RunLadders, timeout: passTimeout, log: log, did: "ladders went on"})
	river.AddWorker(workers, &pass[enterArgs]{run: unsaid(cfg.Work.EnterLadders), timeout: enterTimeout})
	river.AddWorker(workers, &pass[gradeArgs]{run: cfg.Work.SuggestGrades, timeout: passTimeout, log: log, did: "grades are suggested"})
	river.AddWorker(workers, &pass[messageArgs]{run: cfg.Work.RunMessages, timeout: passTimeout, log: log, did: "messages went on"})
	river.AddWorker(workers, &pass[connectArgs]{run: unsaid(cfg.Work.RunConnect), timeout: enterTimeout})
	river.AddWorker(workers, &pass[pullArgs]{run: cfg.Work.RunPulls, timeout: enterTimeout, log: log, did: "rows of platforms were pulled"})
	queues := map[string]river.QueueConfig{}
	var periodic []*river.PeriodicJob
	look := func(args river.JobArgs, queue string, looks time.Duration, atOnce bool) {
		queues[queue] = river.QueueConfig{MaxWorkers: 1}
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(looks*every), func() (river.JobArgs, *river.InsertOpts) {
			return args, &river.InsertOpts{Queue: queue, MaxAttempts: 1}
		}, &river.PeriodicJobOpts{RunOnStart: atOnce}))
	}
	look(ladderArgs{}, ladderQueue, 1, true)
	look(enterArgs{}, enterQueue, enterEvery, false)
	look(gradeArgs{}, gradeQueue, gradeEvery, true)
	look(messageArgs{}, messageQueue, 1, true)
	look(connectArgs{}, connectQueue, enterEvery, false)
	look(pullArgs{}, pullQueue, enterEvery, false)
	client, err := river.NewClient(riverpgxv5.New(cfg.Pool), &river.Config{
		Schema: data.QueueSchema,
		// A connection that only listens would be one of the few that answer pages.
		PollOnly:                    true,
		Logger:                      slog.New(&quiet{log.Handler()}),
		Queues:                      queues,
		Workers:                     workers,
		PeriodicJobs:                periodic,
		CompletedJobRetentionPeriod: keptFor,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
		SoftStopTimeout:             stopTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("begin to work jobs: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("begin to work jobs: %w", err)
	}
	return &Runner{client: client}, nil
}

// Stop lets the jobs under way end, for ten seconds at most, and works no more.
func (r *Runner) Stop(ctx context.Context) error {
	if err := r.client.Stop(ctx); err != nil {
		return fmt.Errorf("end the work of jobs: %w", err)
	}
	return nil
}
