// Package service holds the use cases: each is one function that takes plain
// values, opens the transactions it needs, and answers with plain values. It
// leaves SQL to data, HTTP to api, and the arithmetic to geo, routing, planner
// and reports, which it gives one immutable Snapshot to work on.
package service

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"sanse/data"
	"sanse/geo"
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
	// Outward carries messages out of the house; nil: they stand in the app alone.
	Outward Outward
	// LiveEvery is how often it is looked whether a day that somebody follows has
	// changed; 0: each second.
	LiveEvery time.Duration
}

// Service answers for the use cases. It is safe for concurrent use. Close it
// before the store.
type Service struct {
	store *data.Store
	now   func() time.Time
	log   *slog.Logger

	outward Outward // nil: messages stay in the house

	framing chan struct{}     // holds one token while frames are read or changed
	frames  map[string]*frame // by district: what maps begin with, of one data version

	heads madeOnce[headsKey, *heads] // who lives where, as maps of counts need it

	viewing chan struct{}    // holds one token while views are read or changed
	moving  chan struct{}    // holds one token while a move of a visit is decided on
	views   map[string]*view // by district: what the pages read, of one data version

	asking  chan struct{}             // holds one token while problems are read or changed
	planned map[string]*storedProblem // by district: what the plan in force was made from

	walking chan struct{}      // holds one token while guides are read or changed
	guides  map[string]*guided // by district: the streets that ways were last told on

	reaches     madeOnce[reachKey, *districtReach] // at any hour
	hourReaches madeOnce[reachKey, *districtReach] // at a moment of the week
	supplies    madeOnce[supplyKey, *Supply]       // of whole districts

	releases releaseSet // what outsiders are told

	measuring  chan struct{}                 // holds one token while shortfalls are read or changed
	shortfalls map[string]*districtShortfall // by district: of one data version and set of standards

	drawings drawings
	sitings  sitings

	tiles tileSets // of the map, ready to be cut
	warm  warming  // what the first who asks would wait for

	tables featureTables // of collections, the last few

	effects effectCache // of drafts, the last few

	refusals refusals      // of this minute
	auditing chan struct{} // holds one token while the audit is read

	font func() (*print.Font, error) // to print with, read once

	records recordQueue                  // visit records to be stored
	trees   madeOnce[treeKey, *geo.Tree] // of the days of records

	lifeDue chan struct{} // something was decided that is to be carried out

	ladders laddersKept // of each district, what was read last
	grades  gradesKept  // of each district, when it was looked last
	ticked  ticked      // since views were made

	synced sync.Map // by district: what tasks for platforms were last brought up to

	live      lives // days under way, and who follows them
	liveEvery time.Duration
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
		store: store, now: cfg.Now, log: cfg.Log, outward: cfg.Outward, lifeDue: make(chan struct{}, 1),
		font:    sync.OnceValues(func() (*print.Font, error) { return findFont(cfg.Font, fontFolders()) }),
		framing: make(chan struct{}, 1), frames: make(map[string]*frame),
		heads:   madeOnce[headsKey, *heads]{most: maxHeads},
		trees:   madeOnce[treeKey, *geo.Tree]{most: maxTrees},
		viewing: make(chan struct{}, 1), moving: make(chan struct{}, 1), views: make(map[string]*view),
		auditing: make(chan struct{}, 1),
		asking:   make(chan struct{}, 1), planned: make(map[string]*storedProblem),
		walking: make(chan struct{}, 1), guides: make(map[string]*guided),
		reaches: madeOnce[reachKey, *districtReach]{most: maxReaches}, hourReaches: madeOnce[reachKey, *districtReach]{most: maxReaches},
		supplies:  madeOnce[supplyKey, *Supply]{most: maxSupplies},
		measuring: make(chan struct{}, 1), shortfalls: make(map[string]*districtShortfall),
		live: newLives(), liveEvery: cmp.Or(cfg.LiveEvery, liveEvery),
	}
}

// Now is the time by the clock of the service.
func (s *Service) Now() time.Time { return s.now() }

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
