package main

import (
	"bufio"
	"errors"
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
	return service.WriteFile(path, buffered)
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
