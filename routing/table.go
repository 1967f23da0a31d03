package routing

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"sanse/routing/hierarchy"
)

// TableOptions says what rows of a table hold.
type TableOptions struct {
	Metres bool // lengths as well as times
	// OnStreet leaves out the straight walks between locations and streets.
	OnStreet bool
	Threads  int // 0 is 1
}

// TableRow is the way from one location to every other. Unreached stands where
// there is no way.
type TableRow struct {
	Millis      []uint32
	Millimetres []uint32 // nil unless asked for
}

// Table returns the whole seconds, rounded up, from every from to every to,
// -1 where there is no way or a location has no street: one row a from. It uses
// one goroutine. Without a hierarchy, where every street can be used both ways
// and from and to are the same locations, only one half is searched.
func (e *Engine) Table(ctx context.Context, from, to []Snap) ([][]int32, error) {
	cells := make([]int32, len(from)*len(to))
	table := make([][]int32, len(from))
	for i := range table {
		table[i] = cells[i*len(to) : (i+1)*len(to) : (i+1)*len(to)]
	}
	if e.index == nil && e.symmetric && slices.Equal(from, to) {
		if err := e.halfTable(ctx, from, table); err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		return table, nil
	}
	err := e.TableRows(ctx, from, to, TableOptions{}, func(i int, r TableRow) error {
		for j, m := range r.Millis {
			table[i][j] = secondsOf(m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return table, nil
}

// secondsOf rounds up; Unreached is -1.
func secondsOf(millis uint32) int32 {
	if millis == Unreached {
		return -1
	}
	return int32((uint64(millis) + 999) / 1000)
}

// halfTable searches one half of a symmetric table.
func (e *Engine) halfTable(ctx context.Context, at []Snap, table [][]int32) error {
	t, err := e.newTargets(at, TableOptions{})
	if err != nil {
		return err
	}
	r := e.newRower(t)
	defer e.letRower(r)
	millis := make([]uint32, len(at))
	for i := range at {
		if err := r.plainRow(ctx, &t.places[i], i, millis, nil); err != nil {
			return err
		}
		for j := i; j < len(at); j++ {
			table[i][j] = secondsOf(millis[j])
			table[j][i] = table[i][j]
		}
	}
	return nil
}

// maxCells is about how many cells of a table one goroutine holds at once.
const maxCells = 1 << 18

// TableRows calls row with one row of the table after another, in the order of
// from and from this goroutine. What row is given is valid during the call only;
// an error that it returns ends the table and is returned, as does the end of the
// context: without an error, row has seen every row. Memory does not grow with the
// number of from.
func (e *Engine) TableRows(ctx context.Context, from, to []Snap, o TableOptions, row func(i int, r TableRow) error) error {
	sources, err := e.places(from)
	if err != nil {
		return fmt.Errorf("table: %w", err)
	}
	if o.OnStreet {
		for i := range sources {
			sources[i].off, sources[i].offMillimetres = 0, 0
		}
	}
	t, err := e.newTargets(to, o)
	if err != nil {
		return fmt.Errorf("table: %w", err)
	}
	size := hierarchy.Lanes
	for size < 8*hierarchy.Lanes && 2*size*len(to) <= maxCells {
		size *= 2
	}
	blocks := (len(from) + size - 1) / size
	threads := max(1, min(o.Threads, blocks))
	if e.index == nil {
		size, blocks = 1, len(from)
	}
	work := tableWork{e: e, t: t, from: sources, size: size, blocks: blocks, threads: threads}
	if threads == 1 {
		return work.alone(ctx, row)
	}
	return work.together(ctx, row)
}

// tableWork is a table cut into blocks of rows.
type tableWork struct {
	e                     *Engine
	t                     *targets
	from                  []place
	size, blocks, threads int
}

// block is some rows that are done, the first of them number at.
type block struct {
	at, rows       int
	millis, length []uint32
}

func (w *tableWork) newBlock() *block {
	b := &block{millis: make([]uint32, w.size*len(w.t.places))}
	if w.t.o.Metres {
		b.length = make([]uint32, len(b.millis))
	}
	return b
}

// fill works out block number k.
func (w *tableWork) fill(ctx context.Context, r *rower, k int, b *block) error {
	b.at = k * w.size
	b.rows = min(w.size, len(w.from)-b.at)
	return r.rows(ctx, w.from[b.at:b.at+b.rows], b.millis, b.length)
}

// hand gives the rows of a block out, until the context ends.
func (w *tableWork) hand(ctx context.Context, b *block, row func(i int, r TableRow) error) error {
	n := len(w.t.places)
	for i := range b.rows {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("table: %w", err)
		}
		r := TableRow{Millis: b.millis[i*n : (i+1)*n : (i+1)*n]}
		if b.length != nil {
			r.Millimetres = b.length[i*n : (i+1)*n : (i+1)*n]
		}
		if err := row(b.at+i, r); err != nil {
			return err
		}
	}
	return nil
}

func (w *tableWork) alone(ctx context.Context, row func(i int, r TableRow) error) error {
	r, b := w.e.newRower(w.t), w.newBlock()
	defer w.e.letRower(r)
	for k := range w.blocks {
		if err := w.fill(ctx, r, k, b); err != nil {
			return fmt.Errorf("table: %w", err)
		}
		if err := w.hand(ctx, b, row); err != nil {
			return err
		}
	}
	return nil
}

// together has worker k fill the blocks k, k+threads, k+2·threads and so on;
// each has two, so that it works on one while the other is handed out.
func (w *tableWork) together(ctx context.Context, row func(i int, r TableRow) error) error {
	group, working := errgroup.WithContext(ctx)
	done, free := make([]chan *block, w.threads), make([]chan *block, w.threads)
	for k := range w.threads {
		done[k], free[k] = make(chan *block, 2), make(chan *block, 2)
		free[k] <- w.newBlock()
		free[k] <- w.newBlock()
		group.Go(func() error {
			r := w.e.newRower(w.t)
			defer w.e.letRower(r)
			for i := k; i < w.blocks; i += w.threads {
				select {
				case <-working.Done():
					return working.Err()
				case b := <-free[k]:
					if err := w.fill(working, r, i, b); err != nil {
						return err
					}
					done[k] <- b
				}
			}
			return nil
		})
	}
	var handed error
	stop := make(chan struct{})
	group.Go(func() error { // ends the others when row fails
		select {
		case <-stop:
			return handed
		case <-working.Done():
			return nil
		}
	})
	left := w.blocks
	for i := range w.blocks {
		select {
		case <-working.Done():
		case b := <-done[i%w.threads]:
			if handed = w.hand(ctx, b, row); handed == nil {
				free[i%w.threads] <- b
				left--
				continue
			}
		}
		break
	}
	close(stop)
	err := group.Wait()
	switch {
	case handed != nil:
		return handed
	case err != nil:
		return fmt.Errorf("table: %w", err)
	case left > 0: // the workers were done before the context ended
		return fmt.Errorf("table: %w", ctx.Err())
	}
	return nil
}
