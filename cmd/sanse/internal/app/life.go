package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sanse/data"
	"sanse/planner"
)

// lifeEvery is how often what is due is done while pages are served.
const lifeEvery = 24 * time.Hour

// RunLife does what is due in a district (see data.Store.RunLife), as the owner
// of the database, which who serves is not. Who was erased is kept beside the
// database too, in a file of opaque ids in the home folder, so that a copy of the
// database that is restored is brought up to it.
func (a *App) RunLife(ctx context.Context, code string) (gone map[string]int64, err error) {
	if a.owner == "" {
		return nil, outside(errors.New("the way in as the owner was forgotten"), "do what is due: sanse life run does")
	}
	district, err := a.Service.District(ctx, code)
	if err != nil {
		return nil, err
	}
	today, err := a.Service.Today(district.TimeZone)
	if err != nil {
		return nil, err
	}
	owner, err := data.Open(ctx, a.owner, a.keys)
	if err != nil {
		return nil, outside(err, "open the database")
	}
	defer owner.Close()
	return runLife(ctx, owner, district.Code, today, filepath.Join(a.home, "erased-"+district.Code+".txt"))
}

func runLife(ctx context.Context, owner *data.Store, district string, today planner.Date, list string) (map[string]int64, error) {
	before, err := readErased(list)
	if err != nil {
		return nil, outside(err, "read who was erased")
	}
	gone, failed := owner.RunLife(ctx, district, today, before)
	now, err := owner.Erased(ctx, district)
	// What is on the list stays there: the database may be an older copy, and the
	// run may have failed.
	now = append(now, before...)
	slices.Sort(now)
	if now = slices.Compact(now); err == nil && !slices.Equal(before, now) {
		if err = writeErased(list, now); err != nil {
			err = outside(err, "keep who was erased")
		}
	}
	return gone, errors.Join(failed, err)
}

// ForgetOwner has the process forget the way into the database as its owner, for a
// house in which something else runs `sanse life run`.
func (a *App) ForgetOwner() { a.owner = "" }

// KeepLife does what is due at once, every day, and when something was decided,
// until the context ends.
func (a *App) KeepLife(ctx context.Context, district string) {
	for ctx.Err() == nil {
		gone, err := a.RunLife(ctx, district)
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			a.log.Error("what is due could not all be done: sanse life run tells why", "err", err)
		case len(gone) > 0:
			a.log.Info("what was due is done", "gone", gone)
		}
		timer := time.NewTimer(lifeEvery)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-a.Service.LifeDue():
		}
		timer.Stop()
	}
}

func readErased(path string) ([]string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var ids []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if id := lines.Text(); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, lines.Err()
}

// writeErased replaces the file as a whole, so that a crash leaves one or the other.
func writeErased(path string, ids []string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil { // of a database elsewhere there may be none
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = fmt.Fprintln(f, strings.Join(ids, "\n"))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
