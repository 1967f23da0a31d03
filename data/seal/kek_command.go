package seal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Command is a KEK that a program holds: it is run with the word wrap or unwrap
// as its last argument, reads base64 on its standard input and answers base64 on
// its standard output. No shell is between, and no key is ever on its command
// line or in its environment.
type Command struct {
	args    []string
	timeout time.Duration
}

// Limits of a key command.
const (
	commandTimeout = 20 * time.Second
	commandAnswer  = 1 << 20 // bytes
)

// NewCommand takes a program and its arguments, parted by spaces. timeout 0
// stands for 20 seconds an answer.
func NewCommand(line string, timeout time.Duration) (*Command, error) {
	args := strings.Fields(line)
	if len(args) == 0 {
		return nil, errors.New("the key command is empty")
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, fmt.Errorf("find the key command: %w", err)
	}
	args[0] = path
	if timeout <= 0 {
		timeout = commandTimeout
	}
	return &Command{args: args, timeout: timeout}, nil
}

// Name is "command", the name of the program, and the beginning of the hash of
// the whole line, which names the key.
func (c *Command) Name() string {
	sum := sha256.Sum256([]byte(strings.Join(c.args, "\x00")))
	return "command " + filepath.Base(c.args[0]) + " " + hex.EncodeToString(sum[:4])
}

// Wrap has the program encrypt a key.
func (c *Command) Wrap(ctx context.Context, key []byte) ([]byte, error) {
	out, err := c.run(ctx, "wrap", key)
	if err == nil && bytes.Contains(out, key) {
		err = errors.New("the key command answers with the key in the clear")
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Unwrap has it decrypt one. Why it cannot only the program knows: its first
// line on standard error is passed on.
func (c *Command) Unwrap(ctx context.Context, wrapped []byte) ([]byte, error) {
	return c.run(ctx, "unwrap", wrapped)
}

func (c *Command) run(ctx context.Context, verb string, in []byte) ([]byte, error) {
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	cmd := exec.CommandContext(within, c.args[0], append(append([]string{}, c.args[1:]...), verb)...)
	cmd.Stdin = strings.NewReader(base64.StdEncoding.EncodeToString(in) + "\n")
	out, said := &limited{max: commandAnswer}, &limited{max: 4096}
	cmd.Stdout, cmd.Stderr = out, said
	// What the program started goes with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // mostly nobody is left
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &exit) && exit.Exited():
		line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("the key command could not %s (%w): %.200s", verb, err, line)
	case within.Err() != nil:
		return nil, fmt.Errorf("the key command did not %s within %s", verb, c.timeout)
	case err != nil:
		return nil, fmt.Errorf("the key command could not %s: %w", verb, err)
	case out.over:
		return nil, fmt.Errorf("the key command answers %s with more than %d bytes", verb, commandAnswer)
	}
	answer, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(out.String()), ""))
	if err != nil || len(answer) == 0 {
		return nil, fmt.Errorf("the key command answers %s with something that is not base64", verb) // never quoted: it may be a key
	}
	return answer, nil
}

// limited keeps the first max bytes and swallows the rest.
type limited struct {
	kept bytes.Buffer
	max  int
	over bool
}

func (l *limited) String() string { return l.kept.String() }

func (l *limited) Write(p []byte) (int, error) {
	n := len(p)
	if room := l.max - l.kept.Len(); n > room {
		l.over = true
		p = p[:room]
	}
	_, err := l.kept.Write(p)
	return n, err
}
