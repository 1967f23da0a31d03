package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo/tiles"
	"sanse/planner"
)

// Tile is a vector tile, compressed once and for all. It is empty where there
// is nothing.
type Tile struct {
	Gzip []byte // nil for an empty tile
	ETag string // with its quotes
	// Version is what the tile shows; empty if it was made while the set of that
	// version is not ready yet, and should not be kept.
	Version string
}

// Open tells whether all that the tile shows is told to everybody. One that tells
// more is not to stay in a browser in which somebody else may sign in.
func (t Tile) Open() bool { return !strings.HasSuffix(t.Version, "-"+dutyCells) }

// Plain returns the tile as it is before it is compressed.
func (t *Tile) Plain() ([]byte, error) {
	if t.Gzip == nil {
		return nil, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(t.Gzip))
	if err != nil {
		return nil, fmt.Errorf("read tile: %w", err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return nil, fmt.Errorf("read tile: %w", err)
	}
	return b.Bytes(), nil
}

// TileSet tells what a set of tiles is: what TileJSON is made of.
type TileSet struct {
	Name        string
	Description string
	Version     string
	Attribution string
	Bounds      orb.Bound // lon-lat
	MinZoom     int
	MaxZoom     int
	Layers      []TileLayer
}

// TileLayer is a layer of a set with its fields and what they mean.
type TileLayer struct {
	Name        string
	Description string
	MinZoom     int
	MaxZoom     int
	Fields      map[string]string
}

// LatestTiles stands for whatever version is the latest in the address of a tile.
const LatestTiles = "latest"

// maxTileZoom is the deepest zoom of which there are tiles.
const maxTileZoom = 22

// tileSets holds the sets of tiles of the districts that are asked for: of each
// kind the one that is newest. They are built off the path of requests.
type tileSets struct {
	mu       sync.Mutex
	sets     map[tileSetKey]*tileSet   // the newest that is ready
	building map[tileSetKey]*tileBuild // versions under way
	stamps   map[string]groundStamp
	cache    tileCache
	closed   bool
	work     sync.WaitGroup
}

// tileSetKey names a set of a district: "ground", ….
type tileSetKey struct{ district, set string }

// tileSet is one version of a set.
type tileSet struct {
	version string
	set     *tiles.Set
}

// tileBuild is a version of a set under way.
type tileBuild struct {
	version string
	halt    context.CancelFunc
	over    chan struct{} // closed when it is ready or has failed
	err     error         // when it is over: why it has failed
}

// errEnding says that nothing more is begun.
var errEnding = errors.New("the program is ending")

// tilePatience is how long a request for a tile waits for its set. A district's
// ground is ready in about half a second; the database, which answers where
// nobody will wait longer, needs most of the machine for the tiles of one page.
const tilePatience = time.Second

// held returns the newest set that is ready; nil if there is none.
func (t *tileSets) held(k tileSetKey) *tileSet {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sets[k]
}

// buildTiles makes a version of a set in the background, once, and one version
// at a time. It returns that under way, which may be an older one: then nothing
// is begun, and who still wants the new one asks again when that is over. So
// there is always one that gets ready, however often the data change.
func (s *Service) buildTiles(k tileSetKey, version string, build func(context.Context) (*tiles.Set, error)) *tileBuild {
	t := &s.tiles
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := t.building[k]; b != nil {
		return b
	}
	b := &tileBuild{version: version, over: make(chan struct{})}
	held := t.sets[k]
	if t.closed {
		b.err = errEnding
	}
	if t.closed || held != nil && held.version == version {
		close(b.over)
		return b
	}
	if t.building == nil {
		t.building, t.sets = make(map[tileSetKey]*tileBuild), make(map[tileSetKey]*tileSet)
	}
	t.building[k] = b
	ctx, halt := context.WithCancel(context.Background())
	b.halt = halt
	t.work.Go(func() {
		defer close(b.over)
		defer halt()
		set, err := unbroken(ctx, build)
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.building, k)
		switch {
		case err != nil && t.closed:
			b.err = errEnding
		case err != nil:
			s.log.Error("build tiles", "set", k.set, "error", err)
			b.err = fmt.Errorf("the tiles of %s could not be made; the log says why", k.set)
		default:
			t.sets[k] = &tileSet{version: version, set: set}
			t.cache.forget(k)
		}
	})
	return b
}

// unbroken makes an error of what breaks in a build.
func unbroken(ctx context.Context, build func(context.Context) (*tiles.Set, error)) (set *tiles.Set, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("build tiles: %v\n%s", p, debug.Stack())
		}
	}()
	return build(ctx)
}

// await waits for a set as long as a request may.
func await(ctx context.Context, over <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, tilePatience)
	defer cancel()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil
		}
		return ctx.Err()
	}
}

// end lets nothing more be built, and ends what is.
func (t *tileSets) end() {
	t.mu.Lock()
	t.closed = true
	for _, b := range t.building {
		b.halt()
	}
	t.mu.Unlock()
	t.work.Wait()
}

// cut returns a tile of a set that is held, from the cache where it is there.
func (s *Service) cut(k tileSetKey, held *tileSet, z, x, y int) (Tile, error) {
	at := tileKey{k, held.version, z, x, y}
	if t, ok := s.tiles.cache.get(at); ok {
		return t, nil
	}
	t, err := packed(held.set.Tile(z, x, y))
	if err != nil {
		return Tile{}, err
	}
	t.Version = held.version
	s.tiles.cache.put(at, t)
	return t, nil
}

// packed compresses a tile.
func packed(b []byte) (Tile, error) {
	sum := sha256.Sum256(b)
	t := Tile{ETag: `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	if len(b) == 0 {
		return t, nil
	}
	var out bytes.Buffer
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&out)
	_, err := w.Write(b)
	if err := errors.Join(err, w.Close()); err != nil {
		return t, fmt.Errorf("compress tile: %w", err)
	}
	t.Gzip = out.Bytes()
	return t, nil
}

// gzipWriters are used again, for each takes a good part of a megabyte.
var gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// groundStamp is the version of a district's ground, as of a state of its data
// and a day.
type groundStamp struct {
	data    int64
	today   planner.Date
	day     planner.Date // of the boundaries that are drawn
	version string
}

// ground returns the current version of a district's ground: of the day for
// which the pages show it.
func (s *Service) ground(ctx context.Context, district string) (data.District, groundStamp, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return d, groundStamp{}, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return d, groundStamp{}, err
	}
	now := groundStamp{today: today, day: today}
	if now.data, err = s.store.DataVersion(ctx, d.Code); err != nil {
		return d, now, err
	}
	s.tiles.mu.Lock()
	known, ok := s.tiles.stamps[d.Code]
	s.tiles.mu.Unlock()
	if ok && known.data == now.data && known.today == today {
		return d, known, nil
	}
	err = s.store.View(ctx, func(r *data.Reads) error {
		if now.data, err = r.DataVersion(ctx, d.Code); err != nil {
			return err
		}
		plan, err := r.CurrentPlan(ctx, d.Code)
		if err == nil {
			now.day = plan.Start
		} else if !errors.Is(err, data.ErrNotFound) {
			return err
		}
		version, since, err := r.GroundVersion(ctx, d.Code, now.day)
		now.version = fmt.Sprintf("%d.%s", version, since.Time().Format("20060102"))
		return err
	})
	if err != nil {
		return d, now, err
	}
	s.tiles.mu.Lock()
	defer s.tiles.mu.Unlock()
	if s.tiles.stamps == nil {
		s.tiles.stamps = make(map[string]groundStamp)
	}
	s.tiles.stamps[d.Code] = now
	return d, now, nil
}

// WarmTiles has the tiles of a district's ground ready for the first who ask.
func (s *Service) WarmTiles(ctx context.Context, district string) error {
	d, stamp, err := s.ground(ctx, district)
	if err != nil {
		return err
	}
	s.buildGround(d.Code, stamp)
	return nil
}
