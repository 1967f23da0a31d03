package osm

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Limits of the format (wiki.openstreetmap.org/wiki/PBF_Format).
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
	maxBlock      = 64 << 20
)

// readPBF reads blocks until the file ends between two of them. The blocks are
// decoded side by side and put together in their order, so that the result, and
// the first error, are those of one thread.
func readPBF(ctx context.Context, r io.Reader, c *collector, threads int) error {
	work := make(chan *pbfJob)
	var workers sync.WaitGroup
	for range threads {
		workers.Go(func() {
			d := &pbfDecoder{}
			for j := range work {
				j.err = d.decode(j)
				j.done <- struct{}{}
			}
		})
	}
	defer workers.Wait()
	defer close(work)

	var free, pending []*pbfJob // pending in the order of the file
	first := func() error {
		j := pending[0]
		pending = pending[1:]
		<-j.done
		if j.err != nil {
			return fmt.Errorf("block %d: %w", j.number, j.err)
		}
		c.add(&j.batch)
		free = append(free, j)
		return nil
	}
	var readErr error
	for number := 0; readErr == nil && ctx.Err() == nil; number++ {
		for len(pending) > threads {
			if err := first(); err != nil {
				drain(pending)
				return err
			}
		}
		var j *pbfJob
		if len(free) > 0 {
			j, free = free[len(free)-1], free[:len(free)-1]
		} else {
			j = &pbfJob{done: make(chan struct{}, 1)}
		}
		j.number = number
		if readErr = j.read(r); readErr != nil {
			break
		}
		j.batch.reset(c.only, c.versioned)
		pending = append(pending, j)
		work <- j
	}
	for len(pending) > 0 {
		if err := first(); err != nil {
			drain(pending)
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if errors.Is(readErr, io.EOF) && !errors.Is(readErr, ErrDamaged) {
		return nil
	}
	return readErr
}

// drain waits for the jobs that nobody asks for any more.
func drain(pending []*pbfJob) {
	for _, j := range pending {
		<-j.done
	}
}

func bad(what string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: cut short in the %s", ErrDamaged, what)
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, what, err)
}

// pbfJob is one block on its way from the file to the collector.
type pbfJob struct {
	number int
	kind   string
	blob   []byte
	batch  batch
	err    error
	done   chan struct{}
}

// read takes one block from the file, still packed; a clean end is io.EOF.
func (j *pbfJob) read(r io.Reader) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, ErrDamaged) || !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		return fmt.Errorf("block %d: %w", j.number, bad("size of a block", err))
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxBlobHeader {
		return fmt.Errorf("block %d: %w: a block header of %d bytes", j.number, ErrDamaged, n)
	}
	length, err := j.header(r, int(n))
	if err == nil {
		err = j.fill(r, length, "block")
	}
	if err != nil {
		return fmt.Errorf("block %d: %w", j.number, err)
	}
	return nil
}

func (j *pbfJob) fill(r io.Reader, n int, what string) error {
	if cap(j.blob) < n {
		j.blob = make([]byte, n)
	}
	j.blob = j.blob[:n]
	if _, err := io.ReadFull(r, j.blob); err != nil {
		if errors.Is(err, ErrDamaged) {
			return err
		}
		return bad(what, err)
	}
	return nil
}

func (j *pbfJob) header(r io.Reader, n int) (length int, err error) {
	if err := j.fill(r, n, "header of a block"); err != nil {
		return 0, err
	}
	length = -1
	j.kind = ""
	m := message(j.blob)
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return 0, bad("header of a block", err)
		}
		switch f.number {
		case 1:
			j.kind = string(f.data)
		case 3:
			if f.value > maxBlob {
				return 0, fmt.Errorf("%w: a block of %d bytes", ErrDamaged, f.value)
			}
			length = int(f.value)
		}
	}
	if length < 0 {
		return 0, fmt.Errorf("%w: a block without a size", ErrDamaged)
	}
	return length, nil
}
