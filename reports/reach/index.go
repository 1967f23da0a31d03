package reach

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"sanse/routing"
)

// What Seconds says of demand that reaches nothing.
const (
	NoneNear  = -1 // no facility of the service within the bound
	OffStreet = -2 // the place itself is on no street
)

// Facility gives one service at one place. A house with two services is two.
type Facility struct {
	ID       string // its own, or empty: Try cannot name it then
	Service  string
	Location orb.Point // lon-lat, WGS 84
	Open     bool      // not idle, not only planned
	Capacity int       // does not limit reach; carried for others
	Hours    Hours
}

// Options says how to walk. The zero value of each stands for the default named
// beside it.
type Options struct {
	MaxMetres float64  // farther from any street is unplaced; 300
	Seconds   int      // how far to look for the nearest facility; 3600
	Threads   int      // runtime.GOMAXPROCS
	At        *Moment  // only what is open then counts; nil: any hour
	Services  []string // those to know even if no facility gives them
	// BufferMetres is the ground on both sides of a street that counts to an
	// outline; 40.
	BufferMetres float64
}

func (o *Options) defaults() {
	if o.MaxMetres == 0 {
		o.MaxMetres = 300
	}
	if o.Seconds == 0 {
		o.Seconds = 3600
	}
	if o.BufferMetres == 0 {
		o.BufferMetres = 40
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
}

func (o *Options) check() error {
	if !(o.MaxMetres > 0) || math.IsInf(o.MaxMetres, 0) || !(o.BufferMetres > 0) || math.IsInf(o.BufferMetres, 0) {
		return fmt.Errorf("%v m to a street, %v m beside it: no such distance", o.MaxMetres, o.BufferMetres)
	}
	if o.Seconds < 0 {
		return fmt.Errorf("look for facilities within %d seconds: no such time", o.Seconds)
	}
	if o.At != nil {
		return o.At.Validate()
	}
	return nil
}

// Index is who reaches what. It never changes once made and is safe for
// concurrent use; what it returns is its own, to be read only.
type Index struct {
	engine     *routing.Engine
	o          Options
	demand     []orb.Point
	doors      *routing.Doors // of the demand
	lost       []Reason       // by demand
	facilities []Facility
	snaps      []routing.Snap // by facility
	astray     []Reason       // by facility: why it has no snap
	ways       []*facilityWays
	names      []string // of services, ascending
	services   map[string]*serviceReach
	nowhere    []int32 // by demand: Seconds of a service that nobody gives
	ground     *ground
}

// serviceReach is the reach of one service.
type serviceReach struct {
	serving []int32 // facilities, ascending
	field   *routing.Field
	seconds []int32 // by demand
	nearest []int32
	cells   cellCache
}

// New measures the reach of all facilities: one search a service, on Threads
// goroutines; the answer does not depend on their number. It fails for an engine
// that is none, options or hours that make no sense, two facilities of one id,
// and with the context's error.
func New(ctx context.Context, engine *routing.Engine, demand []orb.Point, facilities []Facility, o Options) (*Index, error) {
	o.defaults()
	if engine == nil {
		return nil, errors.New("measure reach: no streets given")
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("measure reach: %w", err)
	}
	if err := checkFacilities(facilities); err != nil {
		return nil, fmt.Errorf("measure reach: %w", err)
	}
	x := &Index{engine: engine, o: o, demand: slices.Clone(demand), facilities: slices.Clone(facilities), ground: newGround(engine)}
	snaps, lost, err := x.snap(ctx, demand)
	if err != nil {
		return nil, fmt.Errorf("measure reach: %w", err)
	}
	x.lost = lost
	if x.doors, err = engine.NewDoors(snaps); err != nil {
		return nil, fmt.Errorf("measure reach: %w", err)
	}
	at := make([]orb.Point, len(facilities))
	for i := range facilities {
		at[i] = facilities[i].Location
	}
	if x.snaps, x.astray, err = x.snap(ctx, at); err != nil {
		return nil, fmt.Errorf("measure reach: %w", err)
	}
	x.ways = make([]*facilityWays, len(facilities))
	for i := range x.ways {
		x.ways[i] = &facilityWays{}
	}
	x.nowhere = make([]int32, len(demand))
	for i, why := range lost {
		if x.nowhere[i] = NoneNear; why != "" {
			x.nowhere[i] = OffStreet
		}
	}
	x.services = make(map[string]*serviceReach)
	for _, s := range o.Services {
		x.services[s] = nil
	}
	for i := range facilities {
		x.services[facilities[i].Service] = nil
	}
	if err := x.measure(ctx); err != nil {
		return nil, fmt.Errorf("measure reach: %w", err)
	}
	return x, nil
}

func checkFacilities(facilities []Facility) error {
	seen := make(map[string]struct{}, len(facilities))
	for i := range facilities {
		f := &facilities[i]
		if _, twice := seen[f.ID]; twice {
			return fmt.Errorf("there are two facilities %q", f.ID)
		}
		if f.ID != "" {
			seen[f.ID] = struct{}{}
		}
		if err := f.Hours.validate(); err != nil {
			return fmt.Errorf("facility %q: %w", f.ID, err)
		}
	}
	return nil
}

// snap brings places to the streets on all threads.
func (x *Index) snap(ctx context.Context, at []orb.Point) ([]routing.Snap, []Reason, error) {
	snaps, why := make([]routing.Snap, len(at)), make([]Reason, len(at))
	const part = 256
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(x.o.Threads)
	for from := 0; from < len(at); from += part {
		group.Go(func() error {
			to := min(from+part, len(at))
			found, errs := x.engine.SnapAll(at[from:to], x.o.MaxMetres)
			copy(snaps[from:to], found)
			for i, err := range errs {
				why[from+i] = reasonOf(err)
			}
			return ctx.Err()
		})
	}
	return snaps, why, group.Wait()
}

// measure searches for every service that has no reach yet.
func (x *Index) measure(ctx context.Context) error {
	x.names = x.names[:0:0]
	for s := range x.services {
		x.names = append(x.names, s)
	}
	slices.Sort(x.names)
	found := make([]*serviceReach, len(x.names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(x.o.Threads)
	for k, name := range x.names {
		if found[k] = x.services[name]; found[k] != nil {
			continue
		}
		group.Go(func() (err error) {
			if found[k], err = x.measureOne(ctx, name); err != nil {
				return fmt.Errorf("walk from the facilities of %s: %w", name, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for k, name := range x.names {
		x.services[name] = found[k]
	}
	return nil
}

func (x *Index) measureOne(ctx context.Context, service string) (*serviceReach, error) {
	r := &serviceReach{serving: x.counting(service)}
	sources := make([]routing.Snap, len(r.serving))
	for k, i := range r.serving {
		sources[k] = x.snaps[i]
	}
	var err error
	if r.field, err = x.engine.Field(ctx, sources, x.o.Seconds); err != nil {
		return nil, err
	}
	if r.seconds, r.nearest, err = r.field.Nearest(x.doors); err != nil {
		return nil, err
	}
	for i, f := range r.nearest {
		if f >= 0 {
			r.nearest[i] = r.serving[f]
		} else {
			r.seconds[i] = x.nowhere[i]
		}
	}
	return r, nil
}

// Engine is what the index walks on.
func (x *Index) Engine() *routing.Engine { return x.engine }

// Options are those that the index was made with, the defaults filled in.
func (x *Index) Options() Options { return x.o }

// Demand is how many places of demand there are.
func (x *Index) Demand() int { return len(x.lost) }

// Facilities are all facilities, also those that do not count; those that Try
// added are the last.
func (x *Index) Facilities() []Facility { return x.facilities }

// Services are the services known, ascending.
func (x *Index) Services() []string { return x.names }

// Serving are the facilities that count for a service, ascending.
func (x *Index) Serving(service string) []int32 {
	if r := x.services[service]; r != nil {
		return r.serving
	}
	return nil
}

// Seconds is the walk from the nearest facility of a service, by demand:
// NoneNear where none is within the bound, OffStreet where the demand is on no
// street. Of a service that nobody gives it is one of the two everywhere.
func (x *Index) Seconds(service string) []int32 {
	if r := x.services[service]; r != nil {
		return r.seconds
	}
	return x.nowhere
}

// Facility is which facility is nearest, by demand; -1 for none. Of several
// equally near, to the millisecond, it is the first.
func (x *Index) Facility(service string) []int32 {
	if r := x.services[service]; r != nil {
		return r.nearest
	}
	return slices.Repeat([]int32{-1}, len(x.lost))
}
