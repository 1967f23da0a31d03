// Package service holds the use cases: each is one function that takes plain
// values, opens the transactions it needs, and answers with plain values. It
// leaves SQL to data, HTTP to api, and the arithmetic to geo, routing, planner
// and reports, which it gives one immutable Snapshot to work on.
package service

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"sanse/data"
	"sanse/planner"
	"sanse/reports/print"
)

// Config is what a service needs besides its store.
type Config struct {
	Now func() time.Time // the clock; nil: time.Now
	Log *slog.Logger     // nil: nothing is logged
	// Font is the file of a TrueType font with Chinese to print with; empty: one
	// that the machine has.
	Font string
}

// Service answers for the use cases. It is safe for concurrent use. Close it
// before the store.
type Service struct {
	store *data.Store
	now   func() time.Time
	log   *slog.Logger

	viewing chan struct{}    // holds one token while views are read or changed
	views   map[string]*view // by district: what the pages read, of one data version

	asking  chan struct{}             // holds one token while problems are read or changed
	planned map[string]*storedProblem // by district: what the plan in force was made from

	walking chan struct{}      // holds one token while guides are read or changed
	guides  map[string]*guided // by district: the streets that ways were last told on

	reaching   chan struct{} // holds one token while reaches are read or changed
	reaches    map[reachKey]*keptReach
	reachAsked int

	releasing  chan struct{}                 // holds one token while releases are read or taken
	releases   map[string]*Release           // by district: what outsiders are told
	measuring  chan struct{}                 // holds one token while shortfalls are read or changed
	shortfalls map[string]*districtShortfall // by district: of one data version and set of standards

	drawings drawings
	sitings  sitings

	tiles tileSets // of the map, ready to be cut

	tables featureTables // of collections, the last few

	effects effectCache // of drafts, the last few

	font func() (*print.Font, error) // to print with, read once
}

// New returns a service on an open store, which stays the caller's to close.
func New(store *data.Store, cfg Config) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return &Service{
		store: store, now: cfg.Now, log: cfg.Log,
		font:    sync.OnceValues(func() (*print.Font, error) { return findFont(cfg.Font, fontFolders()) }),
		viewing: make(chan struct{}, 1), views: make(map[string]*view),
		asking: make(chan struct{}, 1), planned: make(map[string]*storedProblem),
		walking: make(chan struct{}, 1), guides: make(map[string]*guided),
		reaching: make(chan struct{}, 1), reaches: make(map[reachKey]*keptReach),
		releasing: make(chan struct{}, 1), releases: make(map[string]*Release),
		measuring: make(chan struct{}, 1), shortfalls: make(map[string]*districtShortfall),
	}
}

// District finds the district of that code. An empty code stands for the only
// district there is.
func (s *Service) District(ctx context.Context, code string) (data.District, error) {
	if code != "" {
		d, err := s.store.District(ctx, code)
		if errors.Is(err, data.ErrNotFound) {
			return d, notFound("there is no district %s here", code)
		}
		return d, err
	}
	all, err := s.store.Districts(ctx)
	if err != nil {
		return data.District{}, err
	}
	switch len(all) {
	case 0:
		return data.District{}, notFound("there is no district here yet: 'sanse demo' makes one, 'sanse db district' a real one")
	case 1:
		return all[0], nil
	default:
		return data.District{}, invalid("there are %d districts here: name one with --district", len(all))
	}
}

// Today returns the calendar day it is in a time zone.
func (s *Service) Today(timeZone string) (planner.Date, error) {
	loc, err := time.LoadLocation(timeZone)
	if err != nil {
		return 0, invalid("there is no time zone %q", timeZone)
	}
	return planner.DateOf(s.now().In(loc)), nil
}
