package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"syscall"
)

// reaper is a shell that outlives this process for a moment: when the pipe to
// it closes, because it is told to or because the process is gone, it ends the
// server and removes its folders.
type reaper struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

// The number is killed only while the server's own lock file names it: by then
// it could belong to another process.
const reaperScript = `cat >/dev/null
n=0
while [ "$(head -n 1 "$2/pg/postmaster.pid" 2>/dev/null)" = "$1" ] && kill -QUIT "$1" 2>/dev/null && [ $n -lt 100 ]; do
	sleep 0.05
	n=$((n+1))
done
rm -rf "$2" "$3"`

func startReaper(ctx context.Context, dir, sockets string, pid int) (*reaper, error) {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", reaperScript, "sanse-reaper", strconv.Itoa(pid), dir, sockets)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start reaper: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start reaper: %w", err)
	}
	return &reaper{cmd, pipe}, nil
}

// finish lets the reaper do its work and waits for it.
func (r *reaper) finish() error {
	return errors.Join(r.pipe.Close(), r.cmd.Wait())
}
