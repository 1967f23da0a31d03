package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// interrupting cancels at the first report of a search.
type interrupting struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (w *interrupting) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "iterations") || strings.Contains(string(b), "improve") {
		w.cancel()
	}
	return w.Buffer.Write(b)
}

func TestAnInterruptedSearchWritesTheBestUntilThen(t *testing.T) {
	own, _ := explainFiles(t)
	dir := t.TempDir()
	periodic := writeText(t, filepath.Join(dir, "p00"), periodicFile)
	for name, args := range map[string][]string{
		"another format":  {"solve", periodic},
		"Sanse's own":     {"solve", own},
		"the plan's verb": {"plan", "--problem", own},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := filepath.Join(t.TempDir(), "out")
			errOut := &interrupting{cancel: cancel}
			code := run(ctx, append(args, "--time", "10m", "--threads", "1", "-o", out), strings.NewReader(""), new(bytes.Buffer), errOut)
			if code != exitDone || !strings.Contains(errOut.String(), "best until then") {
				t.Fatalf("exit code %d: %s", code, errOut.String())
			}
			sanse(t.Context(), "check", args[len(args)-1], out).want(t, exitDone)
		})
	}
	t.Run("without a time it ends with nothing", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		out := filepath.Join(t.TempDir(), "out")
		if r := sanse(ctx, "solve", periodic, "-o", out).want(t, exitOutside); !strings.Contains(r.err, "interrupted") {
			t.Errorf("says %s", r.err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Error("something is written")
		}
	})
}

func TestWhatCannotBeIsToldBeforeTheWork(t *testing.T) {
	own, plan := explainFiles(t)
	dir := t.TempDir()
	vroom := writeText(t, filepath.Join(dir, "vroom.json"), vroomFile)
	other := writeText(t, filepath.Join(dir, "other.json"), `{"start":"2026-11-07","days":2,"itineraries":[],"unplanned":[]}`)
	nowhere := filepath.Join(dir, "no", "out")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"solve", own, "-o", nowhere, "--time", "1h"}, exitOutside, "cannot write out"},
		{[]string{"solve", own, "-o", dir, "--time", "1h"}, exitOutside, "it is a folder"},
		{[]string{"plan", "--problem", own, "-o", nowhere, "--time", "1h"}, exitOutside, "cannot write out"},
		{[]string{"replan", "--problem", own, "--plan", plan, "-o", nowhere}, exitOutside, "cannot write out"},
		{[]string{"plan", "--problem", vroom, "-o", "-"}, exitInvalid, "vroom.json is a problem of format vroom"},
		{[]string{"plan", "--problem", own, "--threads=-1"}, exitInvalid, "below 0"},
		{[]string{"plan", "--problem", own, "--iterations=-1"}, exitInvalid, "below 0"},
		{[]string{"explain", own, other}, exitInvalid, "is for 2 days from 2026-11-07, problem.json for 2 days from 2026-12-07"},
		{[]string{"explain", own, plan, "--resident", "x9"}, exitInvalid, `the problem has no resident "x9"`},
		{[]string{"explain", own, plan, "--task", "x9"}, exitInvalid, "no such task"},
		{[]string{"replan", "--problem", own, "--plan", plan, "-o", "-", "--sick", "v=2027-12-07"}, exitInvalid, "none of the days is in the horizon from 2026-12-07 to 2026-12-08"},
		{[]string{"replan", "--problem", own, "--plan", plan, "-o", "-", "--away", "r1=2025-12-07"}, exitInvalid, "none of the days"},
		{[]string{"replan", "--problem", own, "--plan", plan, "-o", "-", "--slow", "150@2025-12-07"}, exitInvalid, "none of the days"},
	} {
		if r := sanse(t.Context(), c.args...).want(t, c.code); !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%v: %s%s", c.args, r.err, clip(r.out))
		}
	}
}
