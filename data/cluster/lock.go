package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lock is a flock on a file, which the system gives back when the process
// ends, however that ends. It is a bare descriptor because an os.File is
// closed when it is forgotten: a Cluster that nobody holds any more, while a
// pool made from its DSN works on, has to keep its lock.
type lock struct {
	fd   int
	path string
}

// takeLock opens a file and waits for the lock, LOCK_SH or LOCK_EX.
func takeLock(ctx context.Context, path string, how int) (*lock, error) {
	fd, err := syscall.Open(path, syscall.O_CREAT|syscall.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	l := &lock{fd, path}
	for {
		ok, err := l.try(how)
		if err == nil && !ok {
			err = pause(ctx, 20*time.Millisecond)
		}
		if err != nil {
			return nil, errors.Join(err, l.release())
		}
		if ok {
			return l, nil
		}
	}
}

// try takes the lock if it is to be had now. A lock of the other kind that was
// held before is lost either way: the system gives it back first.
func (l *lock) try(how int) (bool, error) {
	for {
		err := syscall.Flock(l.fd, how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, fmt.Errorf("lock %s: %w", l.path, err)
		}
	}
}

// release gives the lock back. Closing alone would not do: a child that is
// being started has the descriptor too until it runs its program.
func (l *lock) release() error {
	err := syscall.Flock(l.fd, syscall.LOCK_UN)
	if err = errors.Join(err, syscall.Close(l.fd)); err != nil {
		return fmt.Errorf("give back %s: %w", l.path, err)
	}
	return nil
}
