package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// keepEvery is how often Keep looks whether the server is there: what asks it
// meanwhile fails.
const keepEvery = 500 * time.Millisecond

// Keep starts the server again whenever it has ended while this process has the
// cluster open, as when the system killed it for want of memory, until the context
// ends. What was committed is there again; connections are lost. Of several that
// keep one cluster the first to see it starts the server, and the others join it.
func (c *Cluster) Keep(ctx context.Context) {
	said := ""
	for pause(ctx, keepEvery) == nil {
		if c.opts.Ephemeral || c.there() {
			continue
		}
		err := c.again(ctx)
		if err != nil && ctx.Err() == nil && err.Error() != said { // it is tried again: once is enough to say why not
			said = err.Error()
			c.opts.Log.Error("the private PostgreSQL ended and cannot be started again", "dir", c.dir, "error", err)
		}
	}
}

// there tells whether the process of the lock file works on the data. A closed
// cluster is nobody's matter any more.
func (c *Cluster) there() bool {
	c.stop.Lock()
	defer c.stop.Unlock()
	if c.users == nil {
		return true
	}
	b, err := os.ReadFile(c.pidFile())
	if err != nil {
		return false
	}
	pid, _, _ := strings.Cut(string(b), "\n")
	cwd, err := os.Readlink("/proc/" + pid + "/cwd") // nowhere, of one that is dead and not yet buried
	return err == nil && cwd == c.data()
}

// again starts the server, unless somebody else has been quicker.
func (c *Cluster) again(ctx context.Context) error {
	c.stop.Lock()
	defer c.stop.Unlock()
	if c.users == nil {
		return nil
	}
	turn, err := takeLock(ctx, c.startLock(), syscall.LOCK_EX)
	if err != nil {
		return fmt.Errorf("wait for another start: %w", err)
	}
	defer func() { _ = turn.release() }() // it goes with the process at the latest
	if running, err := c.join(ctx); running || err != nil {
		return err
	}
	if err := c.clearStale(); err != nil {
		return err
	}
	owner, err := serverOwner()
	if err != nil {
		return err
	}
	bin, _, err := findPostgres(ctx, c.opts.BinDir, c.version)
	if err != nil {
		return err
	}
	if c.server, err = owner.start(bin, c); err != nil {
		return err
	}
	if err := c.awaitAnswer(ctx); err != nil {
		err = errors.Join(err, c.server.stop(context.WithoutCancel(ctx), syscall.SIGQUIT))
		c.server = nil
		return err
	}
	c.opts.Log.Warn("the private PostgreSQL had ended and was started again", "dir", c.dir)
	return nil
}
