package data

import (
	"bytes"
	"time"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// VisitRecord is what somebody recorded at a door. Records are only added: one
// that corrects another names it.
type VisitRecord struct {
	ID       string // UUID, made on the phone: stored once however often it is sent
	Resident string
	Grid     string // the resident's on that day, by the boundaries of that day
	Visitor  string // who of the visitors it was; empty: none of them
	Account  string // who recorded it
	Day      planner.Date
	Arrived  time.Time
	Left     time.Time // zero: not said
	Received time.Time
	Skew     int // seconds by which the phone's clock was ahead; Arrived and Left are ours
	Seen     bool
	NotSeen  string // of one who was not seen: why, a code of the form
	How      string // code, card, plate or hand
	Code     string // id of the door code; empty: by hand
	NoCode   string // without a code: why, a code of the form
	Form     string // id of the form
	Answers  map[string]string
	Text     Sealed // what was found, in words; written, and opened at the desk only
	Evidence string // code, place, time or hand
	Metres   *int   // from the door at least, to the nearest 50; nil: not known
	Plan     int64  // in which the visit was; 0: none, or not known
	Corrects string // UUID; empty: nothing
	// Rating is the SHA-256 of the code by which the visit can be rated; nil: none.
	Rating []byte
	// Content is the keyed hash of what was sent (Tx.RecordContent).
	Content []byte
	// Flags are what of it a human should look at, as far as it shows by itself.
	Flags []VisitFlag
}

// VisitFlag is something in a record that a human should look at.
type VisitFlag struct {
	Record string
	Flag   string
	At     time.Time         // when it was raised; given by the store
	Detail map[string]string // nothing personal
	Looks  []FlagLook        // what humans found, the last last; read at the desk only
}

// RecordStub is what there is to know of a stored record before another is stored
// under its id, or as its correction.
type RecordStub struct {
	Resident  string
	Account   string
	Content   []byte
	Corrected bool // by another record already
	// What vouches for it.
	Arrived      time.Time
	How          string
	Code, NoCode string
	Evidence     string
	Metres       *int
}

// Same tells whether a record with the stub's id is the stored one, sent again. Of a
// resident who was erased nothing is kept that could tell: what the same account sends
// about them under that id is taken for it, so that the phone may forget it.
func (s *RecordStub) Same(r *VisitRecord) bool {
	if len(s.Content) == 0 {
		return s.Account == r.Account && s.Resident == r.Resident
	}
	return bytes.Equal(s.Content, r.Content)
}

// RecordHome is where a resident lives, for whoever records a visit there.
type RecordHome struct {
	Location       orb.Point // lon-lat
	Building, Unit string
	Address        *orb.Point // of the building; nil: it is not known
	Grid, Micro    string     // as stored
}

// DoorCode is an opaque token at a door, without the token.
type DoorCode struct {
	ID       string
	Kind     string // home, card or plate
	Resident string // of a home or a card
	Building string // of a plate
	Hash     []byte // SHA-256 of the token
	MadeAt   time.Time
	MadeBy   string
	Retired  time.Time // zero: in force
	Why      string    // it was retired
}

// Kinds of door codes.
const (
	CodeHome  = "home"
	CodeCard  = "card"
	CodePlate = "plate"
)
