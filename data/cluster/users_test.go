package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data/cluster"
)

// watchers returns the processes that watch the cluster of a folder.
func watchers(t *testing.T, dir string) []int {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, path := range lines {
		b, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(b), "\x00sanse-watcher\x00"+filepath.Join(dir, "pg")+"\x00") {
			continue // ended meanwhile, or another process
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// oneWatcher waits for a child of this process to become the watcher.
func oneWatcher(t *testing.T, dir string) int {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); poll(t) {
		if pids := watchers(t, dir); len(pids) == 1 {
			return pids[0]
		}
	}
	t.Fatalf("watchers: %v, want one", watchers(t, dir))
	return 0
}

// stoppedCleanly fails unless the server has shut down by itself.
func stoppedCleanly(t *testing.T, dir string) {
	t.Helper()
	if b, err := os.ReadFile(filepath.Join(dir, "postgres.log")); err != nil || !strings.Contains(string(b), "database system is shut down") {
		t.Errorf("no clean shutdown in the log (%v): %s", err, b)
	}
	if _, err := os.Stat(filepath.Join(dir, "pg", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock file of the server: %v, want none", err)
	}
}

func TestTheLastOneOutStopsTheServer(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(*process, *testing.T)
	}{
		{"when the starter leaves first", (*process).leave},
		{"when the starter is killed first", (*process).kill},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder(t)
			starter := startChild(t, dir, false)
			if starter.said != "started true" {
				t.Fatalf("the first process said %q", starter.said)
			}
			pid := serverPid(t, dir)
			c := open(t, dir)
			if c.Started() {
				t.Error("the second process started a server of its own")
			}
			conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
			if err != nil {
				t.Fatal(err)
			}
			test.end(starter, t)
			// The connection lives on, and so does the server.
			if _, err := conn.Exec(t.Context(), "CREATE TABLE kept (v text)"); err != nil {
				t.Errorf("after the starter has gone: %v", err)
			}
			query(t, c, "INSERT INTO kept VALUES ('here')")
			if got := serverPid(t, dir); got != pid {
				t.Errorf("another server: %d, was %d", got, pid)
			}
			if err := conn.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			if !isGone(pid) {
				t.Error("Close of the last one returned before the server was down")
			}
			stoppedCleanly(t, dir)
			for _, w := range watchers(t, dir) {
				gone(t, w)
			}
			if c = open(t, dir); !c.Started() {
				t.Error("not started afresh")
			}
			if got := query(t, c, "SELECT v FROM kept"); got != "here" {
				t.Errorf("after a restart: %q", got)
			}
		})
	}
}

func TestNothingLingersWhenAllUsersWereKilled(t *testing.T) {
	dir := folder(t)
	first, second := startChild(t, dir, false), startChild(t, dir, false)
	if second.said != "started false" {
		t.Errorf("the second process said %q", second.said)
	}
	server, watcher := serverPid(t, dir), oneWatcher(t, dir)
	first.kill(t)
	second.kill(t)
	gone(t, server)
	gone(t, watcher)
	stoppedCleanly(t, dir)
}

func TestAServerThatLostItsWatcherIsStoppedAllTheSame(t *testing.T) {
	t.Run("by the last one out", func(t *testing.T) {
		dir := folder(t)
		c := open(t, dir)
		server, watcher := serverPid(t, dir), oneWatcher(t, dir)
		if err := syscall.Kill(watcher, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		gone(t, watcher)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if !isGone(server) {
			t.Error("the server is still there")
		}
	})
	t.Run("by the watcher of the next to join", func(t *testing.T) {
		dir := folder(t)
		first := startChild(t, dir, false)
		server, watcher := serverPid(t, dir), oneWatcher(t, dir)
		if err := syscall.Kill(watcher, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		gone(t, watcher)
		second := startChild(t, dir, false)
		if second.said != "started false" {
			t.Errorf("the second process said %q", second.said)
		}
		first.kill(t)
		second.kill(t)
		gone(t, server)
	})
}

// Each round of each goroutine finds the server in another state: away,
// starting, running for others, stopping. Whoever has it open can work.
func TestOpeningAndClosingMeetInEveryOrder(t *testing.T) {
	dir := folder(t)
	round := func() (err error) {
		c, err := cluster.Open(t.Context(), dir, cluster.Options{})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.Close()) }()
		conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
		if err != nil {
			return err
		}
		_, err = conn.Exec(t.Context(), "SELECT 1")
		return errors.Join(err, conn.Close(t.Context()))
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for i := range 5 {
				if err := round(); err != nil {
					t.Errorf("round %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	stoppedCleanly(t, dir)
	for _, w := range watchers(t, dir) {
		gone(t, w)
	}
}

func TestOpeningRightAfterAKillFindsAServerThatStays(t *testing.T) {
	dir := folder(t)
	for i := range 3 {
		p := startChild(t, dir, false)
		if p.said != "started true" {
			t.Fatalf("the child said %q", p.said)
		}
		p.kill(t)
		// No wait: the watcher is about to stop the server, or at it, or comes
		// too late and lets it be.
		c := open(t, dir)
		if got := query(t, c, "SELECT 'alive'"); got != "alive" {
			t.Errorf("round %d: got %q", i, got)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpeningWaitsUntilTheServerHasBeenStopped(t *testing.T) {
	dir := folder(t)
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	// What the watcher holds while it stops the server.
	stopping, err := os.OpenFile(filepath.Join(dir, "users.lock"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(stopping.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.Open(t.Context(), dir, cluster.Options{StartTimeout: time.Millisecond}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("opening while the server is being stopped: %v", err)
	}
	opened := make(chan error)
	go func() {
		c, err := cluster.Open(t.Context(), dir, cluster.Options{})
		if err == nil {
			err = c.Close()
		}
		opened <- err
	}()
	if err := stopping.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

func TestAUserBringsBackTheServerThatWasKilledUnderAnother(t *testing.T) {
	dir := folder(t)
	c := open(t, dir)
	pid := serverPid(t, dir)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p := startChild(t, dir, false)
	if p.said != "started true" {
		t.Errorf("the second process said %q", p.said)
	}
	p.leave(t)
	if got := query(t, c, "SELECT 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
	second := serverPid(t, dir)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if !isGone(second) {
		t.Error("the second server is still there")
	}
}

func TestAStopOutOfTimeEndsTheServerAtOnceAndSaysSo(t *testing.T) {
	dir := folder(t)
	c := open(t, dir)
	pid := serverPid(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !isGone(pid) {
		t.Error("the server is still there")
	}
	c = open(t, dir)
	if got := query(t, c, "SELECT 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestAnEphemeralClusterBelongsToWhoeverStartedIt(t *testing.T) {
	dir := folder(t)
	owner, err := cluster.Open(t.Context(), dir, cluster.Options{Ephemeral: true})
	if err != nil {
		t.Fatal(err)
	}
	early, late := open(t, dir), open(t, dir)
	if err := early.Close(); err != nil {
		t.Fatal(err)
	}
	if got := query(t, owner, "SELECT 'alive'"); got != "alive" {
		t.Errorf("after another user has left: %q", got)
	}
	pid := serverPid(t, dir)
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	if !isGone(pid) {
		t.Error("the server is still there")
	}
	if err := late.Close(); err != nil {
		t.Errorf("leaving after the folder has gone: %v", err)
	}
	for _, w := range watchers(t, dir) {
		gone(t, w)
	}
}

func TestTheServerKeepsNothingOfTheProcessThatStartedIt(t *testing.T) {
	dir := folder(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := startChild(t, dir, false, func(cmd *exec.Cmd) { cmd.ExtraFiles = []*os.File{w} })
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c := open(t, dir)
	p.leave(t)
	if err := r.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the pipe of the starter, which has ended: %v, want its end", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	// Nor its terminal: a session of its own, with the server at its head.
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", serverPid(t, dir)))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	if f := strings.Fields(rest); f[3] != strconv.Itoa(serverPid(t, dir)) {
		t.Errorf("the server is in session %s", f[3])
	}
	if got := query(t, c, "SELECT 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestAnOrdinaryUserRunsTheServerAsItself(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("every other test does, unless run by root")
	}
	const nobody = 65534
	dir := folder(t)
	program := filepath.Join(dir, "program") // the test binary lies where nobody else gets
	b, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, b, 0o755); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	asNobody := func(cmd *exec.Cmd) {
		cmd.Path, cmd.Dir = program, dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	starter, other := startChild(t, home, false, asNobody), startChild(t, home, false, asNobody)
	if starter.said != "started true" || other.said != "started false" {
		t.Fatalf("they said %q and %q", starter.said, other.said)
	}
	pid := serverPid(t, home)
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		t.Fatal(err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || st.Uid != nobody {
		t.Errorf("the server runs as %v", info.Sys())
	}
	starter.leave(t)
	if isGone(pid) {
		t.Error("the server went with its starter")
	}
	other.leave(t)
	if !isGone(pid) {
		t.Error("the last one left before the server was down")
	}
	stoppedCleanly(t, home)
	// And with the watcher, which is nobody's too.
	killed := startChild(t, home, false, asNobody)
	pid = serverPid(t, home)
	killed.kill(t)
	gone(t, pid)
	for _, w := range watchers(t, home) {
		gone(t, w)
	}
}
