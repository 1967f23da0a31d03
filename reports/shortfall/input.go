package shortfall

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"sanse/geo"
)

// Area is an area of a tree; the code of a child begins with its parent's.
type Area struct {
	Code   string
	Name   string
	Level  geo.Level
	Parent string // empty: the district
}

// Spot is so many people in one place, a building or a cell.
type Spot struct {
	Area       string // code of the deepest area known; it counts in all above
	Place      string // town, suburb, village, old_estate, migrants_quarter; empty: not known
	Building   string // empty: a cell
	Households int
	People     int
	Over60     int
	Over80     int
	Under18    int
	Disabled   int
}

// Resident is an enrolled resident.
type Resident struct {
	ID       string
	Area     string
	Place    string // of the home; empty: not known
	Building string // of the home; empty: not known
	Grade    string
	Kinds    []string
	Team     []string // kinds of the visitors of the team
	// Due and Late are visits that fell due in the account's days, and those of
	// them that were not made.
	Due, Late int
}

// Facility is a place of one service.
type Facility struct {
	ID       string
	Service  string
	Area     string // empty: outside the district; then it counts for walks alone
	Status   string // open, idle, planned
	Closed   bool   // open, but closed all week: it serves nobody and stands idle
	Capacity int    // 0: not known
	InUse    int
	AreaM2   int // 0: not known
}

// Visitor is a person who makes visits.
type Visitor struct {
	ID     string
	Kind   string
	Skills []string
	Scope  []string // codes of areas
	Days   int      // days of a week with a shift
}

// Walk names a search: the way to the nearest open facility of a service, at a
// walker's pace.
type Walk struct{ Service, Profile string }

// Input is what a set is held against.
type Input struct {
	Areas      []Area
	Spots      []Spot
	Residents  []Resident
	Facilities []Facility
	Visitors   []Visitor
	// Walks are seconds on foot, by spot and then by resident; negative where
	// there is no way, or no street near. Set.Walks lists what is needed.
	Walks map[Walk][]int32
	// VisitorKinds are the kinds of which a team is to have one each (五包一).
	VisitorKinds []string
	// Services are those to list who is not covered of; Promise is the walk, in
	// seconds, and Pace the walker that decide it. 0 and "" stand for 900 and
	// elderly.
	Services []string
	Promise  int
	Pace     string
	// Counted tells that visits were counted: without it there is no data on
	// visits on time, instead of none that fell due.
	Counted bool
	Year    int // whose targets are in force
}

// Walks lists the searches that a set needs; those of Input.Services are not
// among them.
func (s *Set) Walks() []Walk {
	var out []Walk
	for i := range s.Standards {
		if st := &s.Standards[i]; st.Measure == Reach {
			for _, service := range st.Services() {
				if w := (Walk{service, st.Profile()}); !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
		}
	}
	return out
}

// ErrNoWalk says that a search that a standard needs was not given.
var ErrNoWalk = errors.New("the walks to a service are not there")

func (in *Input) check(set *Set) error {
	if in.Promise == 0 {
		in.Promise = 900
	}
	if in.Pace == "" {
		in.Pace = "elderly"
	}
	n := len(in.Spots) + len(in.Residents)
	for w, seconds := range in.Walks {
		if len(seconds) != n {
			return fmt.Errorf("walks to %s at the pace %s: %d for %d spots and residents", w.Service, w.Profile, len(seconds), n)
		}
	}
	need := set.Walks()
	for _, service := range in.Services {
		need = append(need, Walk{service, in.Pace})
	}
	for _, w := range need {
		if in.Walks[w] == nil {
			return fmt.Errorf("%w: %s, %s", ErrNoWalk, w.Service, w.Profile)
		}
	}
	for i := range in.Spots {
		p := &in.Spots[i]
		if min(p.Households, p.People, p.Over60, p.Over80, p.Under18, p.Disabled) < 0 || p.People > math.MaxInt32 {
			return fmt.Errorf("spot %d: a count makes no sense", i)
		}
	}
	return nil
}

// serves tells whether anybody can be served.
func (f *Facility) serves() bool { return f.Status == "open" && !f.Closed }

// of is how many of those of a key live at a spot.
func (p *Spot) of(key string) int {
	switch key {
	case People:
		return p.People
	case Over60:
		return p.Over60
	case Over80:
		return p.Over80
	case Under18:
		return p.Under18
	case Disabled:
		return p.Disabled
	}
	return 0
}

// is tells whether a resident is one of those of a key.
func (r *Resident) is(key string) bool {
	if key == Residents {
		return true
	}
	if len(key) > len(gradePrefix) && key[:len(gradePrefix)] == gradePrefix {
		return r.Grade == key[len(gradePrefix):]
	}
	return len(key) > len(kindPrefix) && key[:len(kindPrefix)] == kindPrefix && slices.Contains(r.Kinds, key[len(kindPrefix):])
}
