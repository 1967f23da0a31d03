package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/schollz/progressbar/v3"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/cluster"
)

// withApp runs a verb on the open program and closes it again, whatever the
// verb answers.
func (c *cli) withApp(ctx context.Context, s streams, f func(*app.App) error) (err error) {
	log := slog.New(slog.NewTextHandler(s.err, nil))
	a, err := app.Open(ctx, app.Config{
		Home: c.Home, DatabaseURL: c.DatabaseURL, KeyFile: c.KeyFile, KeyCommand: c.KeyCommand, Font: c.Font, PrivateHooks: c.PrivateHooks,
		Serving: data.DSNs{Engine: c.EngineURL, Desk: c.DeskURL, Gate: c.GateURL},
		Log:     log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	err = f(a)
	// What the verb did is done and recorded; the next one chains what this
	// cannot.
	if e := a.Service.LinkAudits(context.WithoutCancel(ctx)); e != nil {
		log.Warn("the audit could not be chained", "error", e)
	}
	return err
}

// withDistrict is withApp with the district that the command line names.
func (c *cli) withDistrict(ctx context.Context, s streams, f func(*app.App, data.District) error) error {
	return c.withApp(ctx, s, func(a *app.App) error {
		d, err := a.Service.District(ctx, c.District)
		if err != nil {
			return err
		}
		return f(a, d)
	})
}

// homeFolder is where the key and what belongs to it lie.
func (c *cli) homeFolder() (string, error) {
	if c.Home != "" {
		return c.Home, nil
	}
	return cluster.DefaultDir()
}

// stages shows the progress of a job on a terminal: a bar for a stage that
// counts, a word for one that does not. Elsewhere it writes a line a stage.
type stages struct {
	out      io.Writer
	terminal bool
	stage    string
	bar      *progressbar.ProgressBar
}

func newStages(out io.Writer) *stages {
	s := &stages{out: out}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			s.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return s
}

// step reports that so much of a stage is done; total 0 is not known.
func (s *stages) step(stage string, done, total int64) {
	if stage != s.stage {
		s.end()
		s.stage = stage
		if !s.terminal {
			fmt.Fprintf(s.out, "sanse: %s\n", stage)
			return
		}
		if total <= 0 {
			total = -1
		}
		s.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(s.out), progressbar.OptionSetDescription(fmt.Sprintf("%-22s", stage)),
			progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false))
	}
	if s.bar == nil {
		return
	}
	if total > 0 && s.bar.GetMax64() != total {
		s.bar.ChangeMax64(total)
	}
	// A bar that cannot be drawn must not stop the work it tells of.
	_ = s.bar.Set64(done)
}

// end clears the bar under way.
func (s *stages) end() {
	if s.bar != nil {
		_ = s.bar.Finish() // as above
		s.bar = nil
	}
	s.stage = ""
}

// ints fits step to callbacks that count in int.
func (s *stages) ints(stage string, done, total int) { s.step(stage, int64(done), int64(total)) }

// count is a number with its word.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// answerNo ends a verb whose answer is no with exit code 1.
func answerNo(format string, args ...any) error {
	return &service.Error{Code: service.CodeNo, Message: fmt.Sprintf(format, args...)}
}

// badInput ends a verb with exit code 2.
func badInput(err error, format string, args ...any) error {
	return &service.Error{Code: service.CodeInvalid, Message: fmt.Sprintf(format, args...), Err: err}
}
