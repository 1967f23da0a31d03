package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// owner is the user as whom the server runs.
type owner struct {
	uid, gid int
	other    bool // not the user of this process
}

// serverOwner returns postgres for root, who may not run the server, and the
// user of this process otherwise.
func serverOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return owner{}, fmt.Errorf("PostgreSQL is %w: there is no user postgres to run it as (on Debian or Ubuntu: apt-get install postgresql postgresql-postgis)", ErrNotInstalled)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return owner{}, fmt.Errorf("user postgres: %w", err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return owner{}, fmt.Errorf("user postgres: %w", err)
	}
	return owner{uid: uid, gid: gid, other: true}, nil
}

// canReach tells whether the server's user gets into a folder, given without
// symbolic links: each folder above must let others pass.
func (o owner) canReach(dir string) error {
	if !o.other {
		return nil
	}
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return err
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		mine := ok && (int(st.Uid) == o.uid && info.Mode().Perm()&0o100 != 0 || int(st.Gid) == o.gid && info.Mode().Perm()&0o010 != 0)
		if !mine && info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("the user postgres, as whom root runs the server, cannot pass through %s (mode %04o): set SANSE_HOME to a folder that it can reach, /var/lib/sanse for one", d, info.Mode().Perm())
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}

// mkdir makes a folder that the server's user alone can enter.
func (o owner) mkdir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if o.other {
		return os.Chown(dir, o.uid, o.gid)
	}
	return nil
}

// maxSocketPath is the length of sockaddr_un.sun_path less the closing zero.
const maxSocketPath = 107

// socketFolder returns the folder of the socket, which the server's user alone
// can enter: inside dir where the path is short enough, else one in the
// system's folder for temporary files, named after dir.
func (o owner) socketFolder(dir string) (string, error) {
	run := filepath.Join(dir, "run")
	tail := fmt.Sprintf("/.s.PGSQL.%d.lock", port)
	if len(run)+len(tail) > maxSocketPath {
		sum := sha256.Sum256([]byte(dir))
		run = filepath.Join(os.TempDir(), "sanse-"+hex.EncodeToString(sum[:8]))
		if len(run)+len(tail) > maxSocketPath {
			return "", fmt.Errorf("the path of the socket would have more than %d bytes: choose a shorter folder than %s", maxSocketPath, dir)
		}
	}
	if err := os.Mkdir(run, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	// In a shared folder somebody else may have made it first.
	info, err := os.Lstat(run)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(st.Uid) != o.uid && int(st.Uid) != os.Geteuid() {
		return "", fmt.Errorf("the folder %s, where the socket should be, belongs to somebody else", run)
	}
	if err := os.Chmod(run, 0o700); err != nil {
		return "", err
	}
	if o.other {
		return run, os.Chown(run, o.uid, o.gid)
	}
	return run, nil
}

// command runs a program of PostgreSQL as the server's user, with nothing of
// this process's environment that could mislead it.
func (o owner) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if o.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return cmd
}

func environment() []string {
	return []string{"LC_ALL=C.UTF-8", "TZ=UTC", "PATH=/usr/local/bin:/usr/bin:/bin"}
}

// initdb makes a cluster in a folder beside data, which takes the place of data
// when it is whole: a try that was cut short leaves none that looks made. It
// ends with this process.
func (o owner) initdb(ctx context.Context, bin, data string, ephemeral bool) error {
	making := data + ".making"
	for len(processesOn(making)) > 0 { // of a try that was killed: about to notice
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("wait for an earlier try to end: %w", err)
		}
	}
	if err := os.RemoveAll(making); err != nil {
		return err
	}
	if err := o.mkdir(making); err != nil {
		return err
	}
	args := []string{"-D", making, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"}
	if ephemeral {
		args = append(args, "--no-sync")
	}
	cmd := o.command(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.Dir = making
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	runtime.LockOSThread() // Pdeathsig follows the thread
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make cluster: %w: %s", err, out)
	}
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	return os.Rename(making, data)
}
