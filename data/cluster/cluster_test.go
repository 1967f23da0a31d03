package cluster_test

import (
	"bufio"
	"context"
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

	"github.com/jackc/pgx/v5"

	"sanse/data/cluster"
)

// A test binary started with this variable opens the cluster of that folder,
// says so and waits to be killed: the second process of the tests below.
const childDir = "SANSE_CLUSTER_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

func child(dir string) int {
	c, err := cluster.Open(context.Background(), dir, cluster.Options{Ephemeral: os.Getenv(childDir+"_EPHEMERAL") != ""})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("started", c.Started())
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil { // until the parent closes it
		return 1
	}
	if err := c.Close(); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

// process is a child of this test binary that holds a cluster open.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	said  string // its first line
}

func startChild(t *testing.T, dir string, ephemeral bool, changes ...func(*exec.Cmd)) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	for _, change := range changes {
		change(cmd)
	}
	if ephemeral {
		cmd.Env = append(cmd.Env, childDir+"_EPHEMERAL=1")
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("child said nothing: %v", err)
	}
	return &process{cmd, stdin, strings.TrimSpace(line)}
}

// leave lets the process close the cluster and waits for its end.
func (p *process) leave(t *testing.T) {
	t.Helper()
	if err := p.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the process that leaves: %v", err)
	}
}

// kill ends the process without a chance to close anything.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := p.cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the process that was killed ended with %v", err)
	}
}

func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t *testing.T, dir string) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Open(t.Context(), dir, cluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func query(t *testing.T, c *cluster.Cluster, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ",")
}

func serverPid(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// gone waits until nothing has that number any more, or is a zombie.
func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if isGone(pid) {
			return
		}
		poll(t)
	}
	t.Fatalf("process %d is still there", pid)
}

func isGone(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(b), ") Z ")
}

// poll lets others run for a moment without waiting for a time to pass.
func poll(t *testing.T) {
	t.Helper()
	if err := exec.CommandContext(t.Context(), "true").Run(); err != nil {
		t.Fatal(err)
	}
}

func TestACleanStopKeepsTheDataForTheNextStart(t *testing.T) {
	dir := folder(t)
	c := open(t, dir)
	if !c.Started() {
		t.Error("the first to open a cluster starts it")
	}
	query(t, c, "CREATE TABLE kept (v text)")
	query(t, c, "INSERT INTO kept VALUES ('here')")
	if err := c.CreateDatabase(t.Context(), "it's a name"); err != nil {
		t.Fatal(err)
	}
	if err := c.CreateDatabase(t.Context(), "it's a name"); err != nil {
		t.Errorf("making a database that is there: %v", err)
	}
	pid := serverPid(t, dir)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
	gone(t, pid)
	if b, err := os.ReadFile(filepath.Join(dir, "postgres.log")); err != nil || !strings.Contains(string(b), "database system is shut down") {
		t.Errorf("no clean shutdown in the log (%v): %s", err, b)
	}
	c = open(t, dir)
	if got := query(t, c, "SELECT v FROM kept"); got != "here" {
		t.Errorf("after a restart: %q", got)
	}
	conn, err := pgx.Connect(t.Context(), c.DSN("it's a name"))
	if err != nil {
		t.Fatalf("a name that needs quotes: %v", err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, setting := range []struct{ name, want string }{{"fsync", "on"}, {"listen_addresses", ""}, {"synchronous_commit", "on"}} {
		if got := query(t, c, "SHOW "+setting.name); got != setting.want {
			t.Errorf("%s = %q, want %q", setting.name, got, setting.want)
		}
	}
}

func TestNobodyElseCanEnterTheFoldersOfTheServer(t *testing.T) {
	dir := folder(t)
	open(t, dir)
	for _, sub := range []string{"pg", "run"} {
		info, err := os.Stat(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %04o", sub, info.Mode().Perm())
		}
	}
}

func TestAServerThatWasKilledComesBackWithItsData(t *testing.T) {
	dir := folder(t)
	c := open(t, dir)
	query(t, c, "CREATE TABLE kept (v text)")
	query(t, c, "INSERT INTO kept VALUES ('here')")
	if err := syscall.Kill(serverPid(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err == nil {
		t.Error("stopping a server that was killed tells nobody")
	}
	if _, err := os.Stat(filepath.Join(dir, "pg", "postmaster.pid")); err != nil {
		t.Fatalf("the test needs a stale lock file: %v", err)
	}
	c = open(t, dir)
	if got := query(t, c, "SELECT v FROM kept"); got != "here" {
		t.Errorf("after the recovery: %q", got)
	}
}

func TestAServerThatIsKeptIsStartedAgainWheneverItIsKilled(t *testing.T) {
	dir := folder(t)
	c := open(t, dir)
	ctx, end := context.WithCancel(t.Context())
	kept := make(chan struct{})
	go func() { c.Keep(ctx); close(kept) }()
	query(t, c, "CREATE TABLE kept (n int)")
	for n := range 2 {
		query(t, c, fmt.Sprintf("INSERT INTO kept VALUES (%d)", n))
		pid := serverPid(t, dir)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		gone(t, pid)
		for deadline := time.Now().Add(time.Minute); ; poll(t) {
			conn, err := pgx.Connect(t.Context(), c.DSN("postgres"))
			if err == nil {
				if err := conn.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the server does not come back: %v", err)
			}
		}
	}
	if got := query(t, c, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM kept"); got != "0 1" {
		t.Errorf("after two recoveries: %q", got)
	}
	end()
	<-kept
	if err := c.Close(); err != nil {
		t.Errorf("closed in the end: %v", err)
	}
}

func TestALockFileWithTheNumberOfAnotherProcessIsStale(t *testing.T) {
	dir := folder(t)
	c := open(t, dir)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	// The number of this test, which lives and is no PostgreSQL.
	stale := fmt.Sprintf("%d\n%s\n0\n5432\n%s\n\n", os.Getpid(), filepath.Join(dir, "pg"), filepath.Join(dir, "run"))
	if err := os.WriteFile(filepath.Join(dir, "pg", "postmaster.pid"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	if c = open(t, dir); !c.Started() {
		t.Error("not started")
	}
}

func TestASecondProcessUsesTheServerAndLeavesItRunning(t *testing.T) {
	dir := folder(t)
	c := open(t, dir)
	p := startChild(t, dir, false)
	if p.said != "started false" {
		t.Errorf("the second process said %q", p.said)
	}
	p.leave(t)
	if got := query(t, c, "SELECT 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestAnEphemeralServerEndsWithTheProcessThatWasKilled(t *testing.T) {
	dir := folder(t)
	p := startChild(t, dir, true)
	if p.said != "started true" {
		t.Fatalf("the child said %q", p.said)
	}
	pid := serverPid(t, dir)
	p.kill(t)
	gone(t, pid)
	for deadline := time.Now().Add(30 * time.Second); ; poll(t) {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the folder of an ephemeral cluster is still there")
		}
	}
}

func TestTwoStartsAtOnceMakeOneServer(t *testing.T) {
	dir := folder(t)
	type result struct {
		c   *cluster.Cluster
		err error
	}
	results := make(chan result, 3)
	for range cap(results) {
		go func() {
			c, err := cluster.Open(context.Background(), dir, cluster.Options{})
			results <- result{c, err}
		}()
	}
	started := 0
	for range cap(results) {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
			continue
		}
		if r.c.Started() {
			started++
		}
		defer func() {
			if err := r.c.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	if started != 1 {
		t.Errorf("%d of them started a server", started)
	}
}

func TestAFolderWithALongNameKeepsItsSocketElsewhere(t *testing.T) {
	dir := filepath.Join(folder(t), strings.Repeat("long", 25))
	c := open(t, dir)
	if got := query(t, c, "SELECT 'here'"); got != "here" {
		t.Errorf("got %q", got)
	}
	cfg, err := pgx.ParseConfig(c.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	noSocketFolder := func(after string) {
		if _, err := os.Stat(cfg.Host); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the folder of the socket: %v, want none", after, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	noSocketFolder("after Close")
	p := startChild(t, dir, false)
	server, watcher := serverPid(t, dir), oneWatcher(t, dir)
	p.kill(t)
	gone(t, server)
	gone(t, watcher)
	noSocketFolder("after a kill")
}

func TestWhatCannotRunSaysWhy(t *testing.T) {
	t.Run("data of another major version", func(t *testing.T) {
		dir := folder(t)
		if err := os.Mkdir(filepath.Join(dir, "pg"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pg", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := cluster.Open(t.Context(), dir, cluster.Options{})
		if !errors.Is(err, cluster.ErrOtherVersion) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no PostgreSQL", func(t *testing.T) {
		_, err := cluster.Open(t.Context(), folder(t), cluster.Options{BinDir: t.TempDir()})
		if !errors.Is(err, cluster.ErrNotInstalled) || !strings.Contains(err.Error(), "apt-get install") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("root, and a folder that postgres cannot reach", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("only root runs the server as somebody else")
		}
		dir := folder(t)
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		_, err := cluster.Open(t.Context(), dir, cluster.Options{})
		if err == nil || !strings.Contains(err.Error(), "cannot pass through") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a context that has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := cluster.Open(ctx, folder(t), cluster.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
