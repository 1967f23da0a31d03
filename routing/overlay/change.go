package overlay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// Kind is what a change does.
type Kind string

// The kinds of changes.
const (
	Add   Kind = "add"   // a way that the map lacks
	Close Kind = "close" // a stretch that cannot be used
	Gate  Kind = "gate"  // a place on a way that cannot be passed
	Open  Kind = "open"  // what the map, or an earlier change, holds shut
)

// Modes is a set of ways to move.
type Modes uint8

// The modes; AllModes is everybody.
const (
	Walk Modes = 1 << iota
	Ride
	Drive
	AllModes = Walk | Ride | Drive
)

// String names the modes, as a file does.
func (m Modes) String() string {
	var names []string
	for _, x := range modeNames() {
		if m&x.mode != 0 {
			names = append(names, x.name)
		}
	}
	return strings.Join(names, ", ")
}

type modeName struct {
	mode Modes
	name string
}

func modeNames() []modeName {
	return []modeName{{Walk, "walk"}, {Ride, "ride"}, {Drive, "drive"}}
}

// Day is a calendar day as YYYY-MM-DD; empty for none. Days compare as text.
type Day string

// ParseDay reads a day that exists.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("%q is no day: want YYYY-MM-DD", s)
	}
	return Day(s), nil
}

// Change is one change of a file. Where a field is empty the property was not
// given.
type Change struct {
	Feature int    // its place in the file, from 1
	ID      string // unique in its file
	Kind    Kind
	From    Day   // the first day in force; empty for always
	Until   Day   // the last day in force; empty for no end
	Modes   Modes // 0 where the file does not say: see Properties
	// Oneway is the direction along the line in which wheels may go; Neither
	// where the file does not say.
	Oneway      routing.Ways
	Class, Name string
	Steps       bool
	Alone       bool   // an added way may meet no street
	Keys        string // who has keys to a gate
	Note        string
	Source      string
	// Line is where the change is, in WGS 84 lon-lat: one point for a place,
	// more for a stretch.
	Line orb.LineString
}

// InForce tells whether the change holds on a day.
func (c Change) InForce(d Day) bool {
	return (c.From == "" || c.From <= d) && (c.Until == "" || d <= c.Until)
}

// Overlay is a file of changes. It is not changed once it is read.
type Overlay struct {
	changes []Change
}

// Changes returns all changes, past and future ones too, in the order of the
// file. The lines are the overlay's own.
func (o *Overlay) Changes() []Change { return append([]Change(nil), o.changes...) }

// On returns the changes in force on a day, in the order of the file.
func (o *Overlay) On(d Day) []Change {
	var out []Change
	for _, c := range o.changes {
		if c.InForce(d) {
			out = append(out, c)
		}
	}
	return out
}

// NextDay returns the first day after d on which other changes are in force
// than on d; false if there is none.
func (o *Overlay) NextDay(d Day) (Day, bool) {
	var best Day
	consider := func(x Day) {
		if x > d && (best == "" || x < best) {
			best = x
		}
	}
	for _, c := range o.changes {
		consider(c.From)
		if c.Until == "" {
			continue
		}
		if t, err := time.Parse(time.DateOnly, string(c.Until)); err == nil {
			consider(Day(t.AddDate(0, 0, 1).Format(time.DateOnly)))
		}
	}
	return best, best != ""
}

// Digest is a short text that differs when Apply might do something else: it
// covers what changes do and their order, not their notes, sources and days. It
// is empty for no changes.
func Digest(changes []Change) string {
	if len(changes) == 0 {
		return ""
	}
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, c := range changes {
		c.Feature, c.From, c.Until, c.Note, c.Source, c.Keys = 0, "", "", "", "", ""
		if err := enc.Encode(c); err != nil { // a hash takes everything and a change holds finite numbers only
			return "unencodable: " + err.Error()
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
