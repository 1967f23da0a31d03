package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Everybody who has a cluster open holds users.lock shared; who holds it
// exclusively is alone and may stop the server. Starts, joins and leaves take
// turns by cluster.lock, so that the only one to meet at users.lock is the
// watcher, which does what a user that was killed cannot do.

// leave stops the server unless others use it.
func (c *Cluster) leave(ctx context.Context) (err error) {
	turn, err := takeLock(ctx, c.startLock(), syscall.LOCK_EX)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the folder was an ephemeral one of another process
	}
	if err != nil {
		return fmt.Errorf("wait for another start: %w", err)
	}
	defer func() { err = errors.Join(err, turn.release()) }()
	// Nobody may stop the server yet: this process is a user.
	mine := c.server != nil && !c.server.hasEnded()
	died := !mine && len(processesOn(c.data())) == 0

	last, err := c.alone(ctx)
	if err != nil {
		return err
	}
	if !last {
		c.opts.Log.Info("private PostgreSQL left to its other users", "dir", c.dir)
		return nil
	}
	if err := c.shutDown(ctx); err != nil {
		return err
	}
	if mine {
		<-c.server.ended
		err = c.server.err
	}
	if died {
		err = errors.New("the server had ended by itself")
		if c.server != nil && c.server.err != nil {
			err = fmt.Errorf("the server had ended by itself: %w", c.server.err)
		}
	}
	if err = errors.Join(err, c.removeSockets()); err == nil {
		c.opts.Log.Info("private PostgreSQL stopped", "dir", c.dir)
	}
	return err
}

// alone takes users.lock exclusively, or tells that others have the cluster
// open. The watcher may be quicker to see that the last user has gone: then
// alone waits until it has stopped the server, or until ctx ends; then too
// nobody has the cluster open.
func (c *Cluster) alone(ctx context.Context) (bool, error) {
	for {
		if ok, err := c.users.try(syscall.LOCK_EX); ok || err != nil {
			return ok, err
		}
		if others, err := c.users.try(syscall.LOCK_SH); others || err != nil {
			return false, err
		}
		if pause(ctx, 10*time.Millisecond) != nil {
			return true, nil // no time left for the watcher's way
		}
	}
}

// shutDown stops whatever server works on the data and waits for its end; if
// ctx ends first, it is made to end at once. Nobody else may have the cluster
// open.
func (c *Cluster) shutDown(ctx context.Context) error {
	sig := syscall.SIGINT // fast
	var late error
	for {
		pids := processesOn(c.data())
		if len(pids) == 0 {
			return late
		}
		if late == nil && ctx.Err() != nil {
			sig = syscall.SIGQUIT // immediate
			late = fmt.Errorf("the server did not shut down in time and was ended: %w", ctx.Err())
		}
		to, err := c.toSignal(pids)
		if err != nil {
			return err
		}
		if to == nil { // children of a server that was killed, which notice sooner or later
			to, sig = pids, syscall.SIGQUIT
		}
		for _, pid := range to {
			if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("stop process %d: %w", pid, err)
			}
		}
		if err := pause(context.WithoutCancel(ctx), 10*time.Millisecond); err != nil {
			return err
		}
	}
}

// toSignal picks the server from the processes on the data; its children are
// its own affair. Without a lock file it has only begun and has no children.
func (c *Cluster) toSignal(pids []int) ([]int, error) {
	b, err := os.ReadFile(c.pidFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if line == "" {
		return pids, nil
	}
	main, err := strconv.Atoi(line)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", c.pidFile(), err)
	}
	for _, pid := range pids {
		if pid == main {
			return []int{pid}, nil
		}
	}
	return nil, nil
}

// watcherScript waits until nobody has the cluster open and stops the server
// as shutDown does. Descriptor 3 holds watch.lock, 4 is users.lock. It lets go
// of watch.lock first: whoever has users.lock and finds watch.lock taken has a
// watcher that still waits. What it starts does not inherit 3, so that a
// watcher that is killed is missed.
const watcherScript = `data=$1 sockets=$2 flock=$3
"$flock" 4 3>&- || exit 1
servers() {
	for p in /proc/[0-9]*; do
		[ "$p/cwd" -ef "$data" ] && read -r name <"$p/comm" && [ "$name" = postgres ] && echo "${p#/proc/}"
	done 2>/dev/null 3>&-
}
n=0
while all=$(echo $(servers)) && [ -n "$all" ]; do
	read -r main <"$data/postmaster.pid" || main=
	case " $all " in
	*" ${main:-none} "*) if [ $n -lt 1200 ]; then kill -INT "$main"; else kill -QUIT "$main"; fi ;;
	*) if [ -z "$main" ]; then kill -INT $all; else kill -QUIT $all; fi ;;
	esac
	n=$((n + 1))
	sleep 0.05 3>&-
done 2>/dev/null
[ -z "$sockets" ] || rmdir "$sockets" 2>/dev/null
exec 3>&-`

// watch starts a watcher unless one is at work. It outlives this process, and
// belongs to the cluster rather than to a server.
func (c *Cluster) watch(ctx context.Context) (err error) {
	flock, err := exec.LookPath("flock")
	if err != nil {
		return fmt.Errorf("flock is %w (on Debian or Ubuntu: apt-get install util-linux)", ErrNotInstalled)
	}
	guard, err := os.OpenFile(c.watchLock(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guard.Close()) }()
	if ok, err := (&lock{int(guard.Fd()), c.watchLock()}).try(syscall.LOCK_EX); !ok || err != nil {
		return err
	}
	users, err := os.OpenFile(c.usersLock(), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, users.Close()) }()
	sockets := ""
	if c.socketsElsewhere() {
		sockets = c.sockets
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", watcherScript, "sanse-watcher", c.data(), sockets, flock)
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.ExtraFiles = []*os.File{guard, users}
	if err := detach(cmd); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start watcher: %w", err)
	}
	go func() {
		if err := cmd.Wait(); err != nil {
			c.opts.Log.Warn("the watcher of the private PostgreSQL ended", "dir", c.dir, "error", err)
		}
	}()
	return nil
}

// detach lets a command outlive this process: away from its terminal, and from
// the descriptors that somebody passed on to it without asking, such as the
// lock of a script around it.
func detach(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return fmt.Errorf("list open files: %w", err)
	}
	for _, f := range open {
		fd, err := strconv.Atoi(f.Name())
		if err != nil {
			return fmt.Errorf("list open files: %w", err)
		}
		if fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}
