package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// processesOn returns the PostgreSQL processes that work in a data folder:
// the server and its children have it as their working folder. Where there is
// no /proc it finds none, and PostgreSQL's own check remains.
func processesOn(data string) []int {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	var pids []int
	for _, d := range dirs {
		cwd, err := os.Readlink(filepath.Join(d, "cwd"))
		if err != nil || cwd != data {
			continue
		}
		comm, err := os.ReadFile(filepath.Join(d, "comm"))
		if err != nil || strings.TrimSpace(string(comm)) != "postgres" {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(d)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// server is a postgres process that this process started.
type server struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended
	err   error         // how, valid then
}

func (s *server) pid() int { return s.cmd.Process.Pid }

func (s *server) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// start runs the server detached: it lives on for the other users when this
// process ends, and a Ctrl-C in the terminal does not reach it. An ephemeral
// one ends with this process.
func (o owner) start(bin string, c *Cluster) (*server, error) {
	logFile, err := os.OpenFile(c.logPath(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	args := []string{
		"-D", c.data(), "-k", c.sockets, "-p", strconv.Itoa(port),
		"-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "logging_collector=off",
		"-c", "max_connections=100", "-c", "shared_buffers=128MB", "-c", "lc_messages=C", "-c", "jit=off",
	}
	if c.opts.Ephemeral {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
			"-c", "autovacuum_naptime=600", "-c", "max_wal_size=2GB")
	} else {
		// What was written since the last checkpoint is done again after a kill, and
		// its files are synced first: at most half a minute's.
		args = append(args, "-c", "checkpoint_timeout=30s", "-c", "wal_compression=on")
	}
	cmd := o.command(context.Background(), filepath.Join(bin, "postgres"), args...)
	cmd.Dir = c.data()
	cmd.Stdout, cmd.Stderr = logFile, logFile
	if c.opts.Ephemeral {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	}
	if err := detach(cmd); err != nil {
		return nil, errors.Join(err, logFile.Close())
	}
	s := &server{cmd: cmd, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		if c.opts.Ephemeral {
			// Pdeathsig follows the thread that started the child: keep one for
			// it as long as the child lives.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
		}
		err := cmd.Start()
		started <- err
		if err == nil {
			s.err = cmd.Wait()
			close(s.ended)
		}
	}()
	err = <-started
	if err = errors.Join(err, logFile.Close()); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	return s, nil
}

// stop signals the server and waits for its end; if ctx ends first, it is
// made to end at once.
func (s *server) stop(ctx context.Context, sig syscall.Signal) error {
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
	case <-ctx.Done():
		if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		<-s.ended
		if sig != syscall.SIGQUIT {
			return fmt.Errorf("the server did not shut down in time and was ended: %w", ctx.Err())
		}
	}
	var exit *exec.ExitError
	if sig == syscall.SIGQUIT && errors.As(s.err, &exit) {
		return nil // an immediate shutdown is no clean exit, and was asked for
	}
	return s.err
}
