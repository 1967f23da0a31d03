package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/app"
	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// process is the program in a process of its own, which is killed.
type process struct {
	cmd  *exec.Cmd
	said string // the line by which it told that it works
	log  *bytes.Buffer
	gone chan struct{}
}

// launch starts the program and waits until it says those words.
func launch(t testing.TB, words string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.CommandContext(t.Context(), os.Args[0], args...), log: new(bytes.Buffer), gone: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), asProgram+"=1", "GOGC=100", "GOMEMLIMIT=off") // as outside of tests
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.end(t, syscall.SIGKILL) })
	lines := bufio.NewReader(out)
	for !strings.Contains(p.said, words) {
		if p.said, err = lines.ReadString('\n'); err != nil {
			p.end(t, syscall.SIGKILL)
			t.Fatalf("%v does not say %q: %s", args, words, clip(p.log.String()))
		}
	}
	go func() { // what is said afterwards must not hold it up
		defer close(p.gone)
		_, _ = io.Copy(io.Discard, lines)
	}()
	return p
}

// end sends a signal and waits for the end; a process that has ended is left alone.
func (p *process) end(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if p.cmd.ProcessState != nil {
		return
	}
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	if strings.HasSuffix(p.said, "\n") {
		select {
		case <-p.gone:
		case <-time.After(time.Minute):
			t.Fatalf("signal %v does not end it", sig)
		}
	}
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && (!errors.As(err, &exit) || sig != syscall.SIGKILL) {
		t.Errorf("ended by signal %v: %v\n%s", sig, err, clip(p.log.String()))
	}
}

// await looks until that is so.
func await(t testing.TB, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); !so(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// crashHome is the home of a private cluster that keeps what is committed, with a
// small district in it.
type crashHome struct {
	dir  string
	code string
}

// openCrashHome opens the database of a home as its owner.
func (h *crashHome) open(t testing.TB) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{Home: h.dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// postmaster is the number of the process that PostgreSQL began with.
func (h *crashHome) postmaster(t testing.TB) int {
	t.Helper()
	line, _, _ := strings.Cut(readText(t, filepath.Join(h.dir, "pg", "postmaster.pid")), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

const (
	crashGrid  = townCode + "001001"
	crashMicro = crashGrid + "001"
)

// newCrashHome stores a district of one micro-grid with so many residents whom
// nobody has visited for long, and visitors of every tier.
func newCrashHome(t testing.TB, zone string, residents int) *crashHome {
	t.Helper()
	h := &crashHome{dir: privateHome(t), code: houseCode}
	a := h.open(t)
	today, err := a.Service.Today(zone)
	if err != nil {
		t.Fatal(err)
	}
	var areas []data.Area
	for i, code := range []string{houseCode, townCode, crashGrid[:12], crashGrid, crashMicro} {
		one := data.Area{Area: geo.Area{Code: code, Level: geo.Level(i + 1), Name: "试", Boundary: plot(104, 30, 0.01)}, ValidFrom: today - 400}
		if i > 0 {
			one.Parent = areas[i-1].Code
		}
		areas = append(areas, one)
	}
	var week []planner.Shift
	for d := 1; d <= 7; d++ {
		week = append(week, planner.Shift{Weekday: d, From: 8 * 60, To: 22 * 60})
	}
	var visitors []data.Visitor
	for i, scope := range []string{crashMicro, crashMicro, crashGrid, crashGrid[:12]} {
		visitors = append(visitors, data.Visitor{Visitor: planner.Visitor{
			ID: fmt.Sprint("v", i), Kind: "grid_worker", Tier: planner.Tier(max(1, i)), Scope: []string{scope}, Start: orb.Point{104.005, 30.005}, Mode: "foot", Shifts: week,
		}})
	}
	var people []data.Resident
	var visits []data.Visit
	for i := range residents {
		id := fmt.Sprintf("r%05d", i)
		people = append(people, data.Resident{
			ID: id, Grade: "red", Location: orb.Point{104.001 + 0.0001*float64(i%80), 30.001 + 0.0001*float64(i/80%80)}, Grid: crashGrid, MicroGrid: crashMicro, Team: []string{"v0"}, Minutes: 5,
		})
		visits = append(visits, data.Visit{Resident: id, Date: today - 2, Done: true, Visitor: "v0", Grid: crashGrid})
	}
	err = a.Store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutDistrict(data.District{Code: houseCode, Name: "清河区", TimeZone: zone}), tx.PutAreas(houseCode, areas),
			tx.PutVisitors(houseCode, visitors), tx.PutResidents(houseCode, people), tx.PutVisits(houseCode, visits),
			tx.PutPolicies(houseCode, []data.Policy{{ID: "red", Grade: "red", EveryDays: 2}}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
