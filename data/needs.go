package data

import (
	"time"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// The places where a need is met.
const (
	PlaceEither   = "either"
	PlaceHome     = "home"
	PlaceFacility = "facility"
)

// Provider gives services at people's homes.
type Provider struct {
	ID       string
	Name     string
	Services []string // keys of Skills or Services, or the district's own words
	Capacity int      // services a week; 0: not known
	// Hours are when it works, as those of a facility.
	Hours []planner.Shift
	// Scope are the codes of the areas in which it works; none: the whole
	// district.
	Scope []string
	// Location is where its people start from; nil: not known.
	Location *orb.Point
	Radius   int // metres in a straight line from Location; 0: no bound
	// Workers are visitors who work for it, best first: their days are planned
	// here. None: the provider plans its own.
	Workers []string
}

// Need is a service that a resident needs, and how often.
type Need struct {
	ID       string // opaque
	Resident string
	Service  string           // a key of Services or Skills, or the district's own word
	Rules    []planner.Policy // how often: without grade and kind
	Place    string           // either, home, facility; empty is either
	Minutes  int              // of one service at home; 0: what is usual
	Hours    []planner.Shift  // when the resident can; nil: at any time
	Kind     string           // the kind of resident that it follows from; may be empty
	Source   string           // the assessment; nothing personal
	From     planner.Date
	To       *planner.Date // the last day; nil: for good
}

// HoldsOn tells whether the resident needs it on a day.
func (n *Need) HoldsOn(d planner.Date) bool { return n.From <= d && (n.To == nil || d <= *n.To) }

// NeedMatch is what a need was matched to from a day on, until the next match of
// the same need. With neither facility nor provider it is unmatched from then on.
type NeedMatch struct {
	Need     string
	N        int // 1 the first; set by PutNeedMatches
	ByHand   bool
	Facility string
	Provider string
	Seconds  *int32 // of the walk to the facility; nil: at home, or not on foot
	From     planner.Date
	At       time.Time
	// Reason is why, in words, by hand; of a proposal the code of why it is
	// unmatched, empty where it is matched.
	Reason string
	Forced bool // by hand, although it did not fit
}

// Matched tells whether there is a facility or a provider.
func (m *NeedMatch) Matched() bool { return m.Facility != "" || m.Provider != "" }
