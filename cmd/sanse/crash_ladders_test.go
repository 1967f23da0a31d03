package main

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"sanse/data"
	"sanse/planner/ladder"
)

// noonZone is a time zone in which it is about noon now, so that no day ends while a
// test runs.
func noonZone(t *testing.T) string {
	t.Helper()
	name := "Etc/GMT"
	if off := time.Now().UTC().Hour() - 12; off != 0 { // the sign is the other way round in these names
		name = fmt.Sprintf("Etc/GMT%+d", off)
	}
	if _, err := time.LoadLocation(name); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestEveryStepIsTakenOnceAlthoughAWorkerIsKilled has two workers take the steps of
// ladders that are due, and kills the one that took the first of them.
func TestEveryStepIsTakenOnceAlthoughAWorkerIsKilled(t *testing.T) {
	isLong(t)
	t.Parallel() // it waits most of the time
	const residents = 3000
	zone := noonZone(t)
	h := newCrashHome(t, zone, residents)
	a := h.open(t)
	today, err := a.Service.Today(zone)
	if err != nil {
		t.Fatal(err)
	}
	// The reminder and the first step are due, whatever minute of about noon it is.
	rule := ladder.Reference(today)
	rule.Remind, rule.Steps[0].At = 8*60, 9*60
	if err := a.Store.Write(t.Context(), func(tx *data.Tx) error { return tx.PutLadderRule(h.code, "", rule) }); err != nil {
		t.Fatal(err)
	}
	taken := func() (steps, once, residents int) {
		t.Helper()
		if err := a.Store.Pool().QueryRow(t.Context(), `SELECT count(*), count(DISTINCT (ladder, n)), count(DISTINCT ladder) FROM ladder_step`).Scan(&steps, &once, &residents); err != nil {
			t.Fatal(err)
		}
		return steps, once, residents
	}
	const due = 2 * residents
	first := launch(t, "working", "--home", h.dir, "worker")
	second := launch(t, "working", "--home", h.dir, "worker")
	await(t, "the first steps", func() bool { n, _, _ := taken(); return n > 0 })
	first.end(t, syscall.SIGKILL)
	killed := time.Now()
	early, _, _ := taken()
	await(t, fmt.Sprintf("all %d steps", due), func() bool { n, _, _ := taken(); return n >= due })
	t.Logf("killed after %d of %d steps; all are taken %s later", early, due, time.Since(killed).Round(time.Millisecond))
	if early >= due {
		t.Errorf("all %d steps were taken before anything was killed", early)
	}
	second.end(t, syscall.SIGINT)
	if steps, once, ladders := taken(); steps != due || once != due || ladders != residents {
		t.Errorf("%d steps of %d ladders, %d of them different; want %d of %d", steps, ladders, once, due, residents)
	}
	var at int
	if err := a.Store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM ladder WHERE taken = 2 AND closed_at IS NULL`).Scan(&at); err != nil {
		t.Fatal(err)
	}
	if at != residents {
		t.Errorf("%d ladders stand after their first step, want %d", at, residents)
	}
}
