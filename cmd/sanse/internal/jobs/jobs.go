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
)

type ladderArgs struct{}

// Kind names the job in the queue.
func (ladderArgs) Kind() string { return "ladder" }

type enterArgs struct{}

// Kind names the job in the queue.
func (enterArgs) Kind() string { return "enter_ladders" }

type connectArgs struct{}

// Kind names the job in the queue.
func (connectArgs) Kind() string { return "connect" }

type connectWorker struct {
	river.WorkerDefaults[connectArgs]

	work Work
}

// Timeout bounds a pass.
func (*connectWorker) Timeout(*river.Job[connectArgs]) time.Duration { return enterTimeout }

// Work is a pass over what is pushed to platforms.
func (w *connectWorker) Work(ctx context.Context, _ *river.Job[connectArgs]) error {
	return w.work.RunConnect(ctx)
}

type messageArgs struct{}

// Kind names the job in the queue.
func (messageArgs) Kind() string { return "message" }

type gradeArgs struct{}

// Kind names the job in the queue.
func (gradeArgs) Kind() string { return "suggest_grades" }

type ladderWorker struct {
	river.WorkerDefaults[ladderArgs]

	work Work
	log  *slog.Logger
}

// Timeout bounds a pass.
func (*ladderWorker) Timeout(*river.Job[ladderArgs]) time.Duration { return passTimeout }

// Work is a pass over the ladders.
func (w *ladderWorker) Work(ctx context.Context, _ *river.Job[ladderArgs]) error {
	n, err := w.work.RunLadders(ctx)
	if n > 0 {
		w.log.Info("ladders went on", "events", n)
	}
	return err
}

type enterWorker struct {
	river.WorkerDefaults[enterArgs]

	work Work
}

// Timeout bounds a plan.
func (*enterWorker) Timeout(*river.Job[enterArgs]) time.Duration { return enterTimeout }

// Work enters steps in the plan.
func (w *enterWorker) Work(ctx context.Context, _ *river.Job[enterArgs]) error {
	return w.work.EnterLadders(ctx)
}

type messageWorker struct {
	river.WorkerDefaults[messageArgs]

	work Work
	log  *slog.Logger
}

// Timeout bounds a pass.
func (*messageWorker) Timeout(*river.Job[messageArgs]) time.Duration { return passTimeout }

// Work is a pass over messages.
func (w *messageWorker) Work(ctx context.Context, _ *river.Job[messageArgs]) error {
	n, err := w.work.RunMessages(ctx)
	if n > 0 {
		w.log.Info("messages went on", "messages", n)
	}
	return err
}

type gradeWorker struct {
	river.WorkerDefaults[gradeArgs]

	work Work
	log  *slog.Logger
}

// Timeout bounds a look.
func (*gradeWorker) Timeout(*river.Job[gradeArgs]) time.Duration { return passTimeout }

// Work is a look at what is known.
func (w *gradeWorker) Work(ctx context.Context, _ *river.Job[gradeArgs]) error {
	n, err := w.work.SuggestGrades(ctx)
	if n > 0 {
		w.log.Info("grades are suggested", "new", n)
	}
	return err
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
	river.AddWorker(workers, &ladderWorker{work: cfg.Work, log: log})
	river.AddWorker(workers, &enterWorker{work: cfg.Work})
	river.AddWorker(workers, &gradeWorker{work: cfg.Work, log: log})
	river.AddWorker(workers, &connectWorker{work: cfg.Work})
	river.AddWorker(workers, &messageWorker{work: cfg.Work, log: log})
	once := func(queue string) *river.InsertOpts { return &river.InsertOpts{Queue: queue, MaxAttempts: 1} }
	client, err := river.NewClient(riverpgxv5.New(cfg.Pool), &river.Config{
		Schema: data.QueueSchema,
		// A connection that only listens would be one of the few that answer pages.
		PollOnly: true,
		Logger:   slog.New(&quiet{log.Handler()}),
		Queues:   map[string]river.QueueConfig{ladderQueue: {MaxWorkers: 1}, enterQueue: {MaxWorkers: 1}, gradeQueue: {MaxWorkers: 1}, messageQueue: {MaxWorkers: 1}, connectQueue: {MaxWorkers: 1}},
		Workers:  workers,
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
				return ladderArgs{}, once(ladderQueue)
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(enterEvery*every), func() (river.JobArgs, *river.InsertOpts) {
				return enterArgs{}, once(enterQueue)
			}, nil),
			river.NewPeriodicJob(river.PeriodicInterval(gradeEvery*every), func() (river.JobArgs, *river.InsertOpts) {
				return gradeArgs{}, once(gradeQueue)
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(enterEvery*every), func() (river.JobArgs, *river.InsertOpts) {
				return connectArgs{}, once(connectQueue)
			}, nil),
			river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
				return messageArgs{}, once(messageQueue)
			}, &river.PeriodicJobOpts{RunOnStart: true}),
		},
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
