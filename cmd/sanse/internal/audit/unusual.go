package audit

import (
	"cmp"
	"slices"
	"time"

	"sanse/data"
	"sanse/planner"
)

// Kind is the rule by which a look is unusual.
type Kind string

// The kinds.
const (
	Many       Kind = "many"        // many records within an hour
	ManyNames  Kind = "many_names"  // names of many people on a day
	OutOfArea  Kind = "out_of_area" // in an area where the account has not looked before
	Night      Kind = "night"       // at night, or outside the account's shifts
	Refused    Kind = "refused"     // refused again and again
	Database   Kind = "database"    // the database refused what the program would have shown
	BreakGlass Kind = "break_glass"
	NewNetwork Kind = "new_network" // signed in from a network not seen before
	Sequence   Kind = "sequence"    // record after record by the order of their ids
	SameHand   Kind = "same_hand"   // signed in from where an administrator had just made the way in
)

// Kinds are all kinds, the gravest first.
func Kinds() []Kind {
	return []Kind{Database, BreakGlass, SameHand, Sequence, Many, ManyNames, Refused, OutOfArea, NewNetwork, Night}
}

// Look is an unusual look, or several of one kind that belong together.
type Look struct {
	Kind    Kind      `json:"kind"`
	Account string    `json:"account"` // empty: nobody known; Address is then what is known
	Role    string    `json:"role"`
	Address string    `json:"address"`
	Count   int       `json:"count"` // of records told or asked for; of refusals; of looks
	From    time.Time `json:"from"`
	To      time.Time `json:"to"` // of the last one
	Area    string    `json:"area"`
	Purpose string    `json:"purpose"`
	Own     int       `json:"own"`   // what is usual for the account, where the rule asks for it
	Usual   int       `json:"usual"` // what is usual for its role
	First   int64     `json:"first"`
	Last    int64     `json:"last"` // ids of the first and the last row
}

// The bounds of the rules. They are in docs/audit.md.
const (
	window        = 28 * 24 * time.Hour // what is usual is what was in this time before
	timesUsual    = 3
	manyRecords   = 50 // in an hour
	manyNames     = 50 // people in a day
	manyRefusals  = 5  // in an hour
	knownDays     = 5  // an account has usual areas once it has looked on so many days
	strangeCount  = 3  // records in an area that is not usual
	sequenceRun   = 5
	sequencePause = 10 * time.Minute
	nightFrom     = 22 // o'clock
	nightTo       = 6
	shiftSlack    = 60 // minutes before and after a shift
	handTime      = 24 * time.Hour
)

// Options say what a watch is for.
type Options struct {
	From     time.Time // looks that ended before are not told
	Location *time.Location
	// Shifts are the hours of accounts that have any; of the others the night is
	// what is unusual.
	Shifts map[string][]planner.Shift
}

// Watch finds unusual looks in events that come one after another. It is for one
// goroutine.
type Watch struct {
	opt      Options
	accounts map[string]*history
	roles    map[string]*roleHistory
	handed   map[string]data.Event // by account, what an administrator did last that lets somebody in as it
	looks    []Look
}

// NewWatch returns a watch that has seen nothing.
func NewWatch(opt Options) *Watch {
	if opt.Location == nil {
		opt.Location = time.UTC
	}
	return &Watch{opt: opt, accounts: make(map[string]*history), roles: make(map[string]*roleHistory), handed: make(map[string]data.Event)}
}

// Since is the time from which on the watch has to see events, to know what is
// usual.
func (w *Watch) Since() time.Time { return w.opt.From.Add(-window) }

// history is what a watch knows of an account, or of a network that nobody known
// came from.
type history struct {
	account, address, role string

	hours, days usual // of records told in an hour, of people named on a day
	hour        bucket
	names       bucket          // of the day
	people      map[string]bool // of the day, by id
	unnamed     int             // the most of one row of the day beyond the ids that a row holds
	refusals    bucket
	night       bucket
	areas       map[string]*visited
	lookDays    []time.Time
	networks    map[string]time.Time
	run         run
}

// roleHistory is what is usual for a role.
type roleHistory struct{ hours, days usual }

// bucket counts what belongs together.
type bucket struct {
	at   time.Time // begin of the hour or day
	look Look
}

// visited is an area in which an account has looked.
type visited struct {
	last    time.Time
	strange bucket // of the day on which it was new
}

func (w *Watch) history(e *data.Event) *history {
	key := e.Account
	if key == "" {
		key = "from " + e.Address
	}
	h := w.accounts[key]
	if h == nil {
		h = &history{account: e.Account, areas: make(map[string]*visited), networks: make(map[string]time.Time)}
		w.accounts[key] = h
	}
	h.address = e.Address
	if e.Role != "" {
		h.role = e.Role
	}
	return h
}

func (w *Watch) role(name string) *roleHistory {
	r := w.roles[name]
	if r == nil {
		r = new(roleHistory)
		w.roles[name] = r
	}
	return r
}

// Add looks at the next event.
func (w *Watch) Add(e data.Event) {
	h := w.history(&e)
	at := e.At.In(w.opt.Location)
	switch {
	case e.Action == data.ActBreak:
		w.tell(w.one(h, BreakGlass, &e, max(e.N, 1)))
	case e.Outcome == data.OutcomeRefusedByDatabase:
		w.tell(w.one(h, Database, &e, max(e.N, 1)))
	}
	if e.Outcome != data.OutcomeOK {
		w.refused(h, &e, at)
	}
	w.network(h, &e)
	w.sameHand(h, &e)
	if told(e.Action) {
		w.sequence(h, &e)
		if e.Outcome == data.OutcomeOK {
			w.records(h, &e, at)
			w.atNight(h, &e, at)
			w.strange(h, &e, at)
		}
	}
}

// told tells whether an action tells somebody of single people.
func told(a data.Action) bool {
	return a == data.ActRead || a == data.ActName || a == data.ActExport
}

// End closes what is under way and returns the looks, the last first.
func (w *Watch) End() []Look {
	for _, h := range w.accounts {
		w.closeHour(h)
		w.closeNames(h)
		w.closeBucket(&h.refusals, manyRefusals)
		w.closeBucket(&h.night, 1)
		w.closeRun(h)
		for _, v := range h.areas {
			w.closeBucket(&v.strange, strangeCount)
		}
	}
	slices.SortFunc(w.looks, func(a, b Look) int {
		return cmp.Or(b.To.Compare(a.To), cmp.Compare(slices.Index(Kinds(), a.Kind), slices.Index(Kinds(), b.Kind)), cmp.Compare(a.Account, b.Account), cmp.Compare(b.Last, a.Last))
	})
	return w.looks
}

// tell keeps a look that is not too old to be told.
func (w *Watch) tell(l Look) {
	if !l.To.Before(w.opt.From) {
		w.looks = append(w.looks, l)
	}
}

// one is a look of one event.
func (w *Watch) one(h *history, kind Kind, e *data.Event, n int) Look {
	return Look{
		Kind: kind, Account: e.Account, Role: h.role, Address: e.Address, Count: n, From: e.At, To: e.At,
		Area: e.Area, Purpose: e.Purpose, First: e.ID, Last: e.ID,
	}
}

// add counts an event into a bucket that begins at some time; another time
// begins it anew, after close has judged it.
func (w *Watch) add(b *bucket, h *history, kind Kind, e *data.Event, begin time.Time, n int) {
	if b.look.Kind == "" {
		b.at, b.look = begin, w.one(h, kind, e, 0)
	}
	b.look.Count += n
	b.look.To, b.look.Last = e.At, e.ID
}

// closeBucket tells what a bucket holds if it is enough, and empties it.
func (w *Watch) closeBucket(b *bucket, enough int) {
	if b.look.Kind != "" && b.look.Count >= enough {
		w.tell(b.look)
	}
	*b = bucket{}
}

// hourOf and dayOf are the begin of the hour and of the day of a local time.
func hourOf(t time.Time) time.Time { return t.Truncate(time.Hour) }

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
