package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"sanse/cmd/sanse/internal/service"
)

// writeBuffer is how much of a result is gathered before it is written.
const writeBuffer = 1 << 20

// publicMode lets everybody read a graph: streets are no secret, unlike all else
// that the program writes.
const publicMode = 0o644

// writeResult writes a file as a whole or not at all, for its owner alone; "-"
// is standard output, and what is there and no file (a pipe, a device) is
// written into, not replaced.
func writeResult(path string, out io.Writer, write func(io.Writer) error) (err error) {
	buffered := func(w io.Writer) error {
		b := bufio.NewWriterSize(w, writeBuffer)
		if err := write(b); err != nil {
			return err
		}
		return b.Flush()
	}
	if path == "-" {
		return buffered(out)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return cannotWrite(path, err)
		}
		return errors.Join(buffered(f), f.Close())
	}
	err = service.WriteFile(path, buffered)
	if errors.Is(err, context.Canceled) {
		// The disk is not to blame.
		return fmt.Errorf("stopped before %s was whole, so it is not written: %w", filepath.Base(path), context.Canceled)
	}
	return err
}

// checkOut refuses, before any work is done, to write over what is read, and
// into a folder that is not there. "-" is standard output or input.
func checkOut(out string, inputs ...string) error {
	if out == "-" {
		return nil
	}
	if info, err := os.Stat(filepath.Dir(out)); err != nil || !info.IsDir() {
		return &service.Error{Code: service.CodeOutside, Message: fmt.Sprintf("cannot write %s: there is no folder %q", filepath.Base(out), shorten(filepath.Dir(out)))}
	}
	target, err := os.Stat(out)
	if err != nil || !target.Mode().IsRegular() {
		return nil // nothing is lost there
	}
	for _, in := range inputs {
		if in == "" || in == "-" {
			continue
		}
		if source, err := os.Stat(in); err == nil && os.SameFile(source, target) {
			return badInput(nil, "-o %s is a file that is read as well: it would be lost, so choose another name", filepath.Base(out))
		}
	}
	return nil
}

// writeGraphFile puts a graph in the place of what was there only when all of
// it is on the disk.
func writeGraphFile(path string, write func(io.Writer) (int64, error)) (size int64, err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return 0, badInput(nil, "-o %s is no file that could be replaced", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, cannotWrite(path, err)
	}
	b := bufio.NewWriterSize(f, writeBuffer)
	if size, err = write(b); err == nil {
		err = errors.Join(b.Flush(), f.Chmod(publicMode), f.Sync())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return 0, errors.Join(cannotWrite(path, err), os.Remove(f.Name()))
	}
	return size, nil
}

func cannotWrite(path string, err error) error {
	return &service.Error{Code: service.CodeOutside, Message: "cannot write " + filepath.Base(path), Err: err}
}
