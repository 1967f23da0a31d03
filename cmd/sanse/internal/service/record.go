package service

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/form"
)

// RecordIn is a visit record as a phone sends it. The times are the phone's.
type RecordIn struct {
	ID       string            `json:"id"` // UUID, made on the phone
	Resident string            `json:"resident"`
	Stop     string            `json:"stop,omitempty"` // Stop.Key; empty: it was in no plan
	Arrived  time.Time         `json:"arrived"`
	Left     time.Time         `json:"left,omitzero"` // zero: not said
	How      string            `json:"how,omitempty"` // what the phone took the code for; the code itself decides
	Token    data.Token        `json:"-"`             // of the door code; empty: none
	NoCode   string            `json:"no_code,omitempty"`
	At       *RecordPlace      `json:"at,omitempty"`
	Result   string            `json:"result"` // seen, not_seen
	NotSeen  string            `json:"not_seen,omitempty"`
	Form     string            `json:"form"`
	Answers  map[string]string `json:"answers,omitempty"`
	Text     string            `json:"text,omitempty"`
	Corrects string            `json:"corrects,omitempty"`
	Rating   string            `json:"rating,omitempty"` // SHA-256 of the code by which the visit can be rated, in base64 for URLs

	// Unread says what of it could not be read; it is refused with that.
	Unread string `json:"-"`
}

// RecordPlace is where a record was made, as far as the phone knew. It is held
// against the door and forgotten.
type RecordPlace struct {
	Lon, Lat float64
	Accuracy float64 // metres by which it may be wrong
}

// What became of a record.
const (
	RecordStored  = "stored"
	RecordSame    = "same"    // it was stored before
	RecordRefused = "refused" // and stays on the phone until somebody has dealt with it
)

// Why a record is refused.
const (
	RefusedInvalid  = "invalid"
	RefusedNotYours = "not_yours" // there may be no such resident as well
	RefusedConflict = "conflict"
	RefusedTooOld   = "too_old"
	RefusedTooLong  = "too_long"
	RefusedCorrects = "corrects"
	RefusedWaiting  = "waiting_for" // what it corrects is not there yet: to be sent again
)

// RecordOut is what became of a record.
type RecordOut struct {
	ID     string
	Status string
	Code   string // of a refused one: why
	Detail string // the same in words
}

// MaxRecords is how many records are sent at once.
const MaxRecords = 50

const (
	maxRecordText = 4000                // characters
	maxRecordAge  = 92 * 24 * time.Hour // a phone may lie in a drawer, and history is history
)

// PutRecords stores visit records and says what became of each, in their order,
// when it is kept for good. One that cannot be stored does not hold up the others,
// and however often a record is sent, in whatever order, it is stored once. Sent is
// what the phone's clock said when it sent them; zero, or before 1970 or after 2199:
// it did not say.
func (s *Service) PutRecords(ctx context.Context, district string, sent time.Time, records []RecordIn) ([]RecordOut, error) {
	viewer := viewerOf(ctx)
	switch {
	case !viewer.MaySomewhere(CapVisit):
		return nil, forbidden("your roles do not make visits")
	case len(records) == 0 || len(records) > MaxRecords:
		return nil, invalid("1 to %d records are sent at once", MaxRecords)
	}
	j := &recordJob{viewer: viewer, received: s.now(), records: records, out: make([]RecordOut, len(records)), done: make(chan struct{})}
	if plausibleTime(sent) {
		j.skew = sent.Sub(j.received)
	}
	for i := range records {
		j.out[i] = checkRecord(&records[i])
	}
	if err := s.records.put(ctx, s, district, j); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(j.unsure, func(b bool) bool { return b }) {
		return j.out, nil
	}
	// Not in their areas, as far as is known: they may have been sent there, or
	// may have had it on that day.
	again, err := s.vouch(ctx, district, j)
	if err != nil {
		return nil, err
	}
	if err := s.records.put(ctx, s, district, again); err != nil {
		return nil, err
	}
	return again.out, nil
}

// refuseRecord is the answer to a record that is not stored.
func refuseRecord(id, code, format string, args ...any) RecordOut {
	return RecordOut{ID: id, Status: RecordRefused, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// plausibleTime tells whether a phone's clock could say that at all, from when clocks
// that have lost the time begin until long after all of this. What is not is not
// counted with: at the edges of what a time can hold it has no text in UTC, and the
// difference from ours no number.
func plausibleTime(t time.Time) bool {
	y := t.UTC().Year()
	return y >= 1970 && y < 2200
}

// reasonCode is what codes of forms look like.
var reasonCode = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// checkRecord refuses what shows by the record alone, and brings it into the one
// shape in which it is stored and compared; an empty status: nothing was found.
func checkRecord(r *RecordIn) RecordOut {
	bad := func(format string, args ...any) RecordOut { return refuseRecord(r.ID, RefusedInvalid, format, args...) }
	if r.Unread != "" {
		return bad("%s", r.Unread)
	}
	id, err := uuid.Parse(r.ID)
	if err != nil || len(r.ID) != len(id.String()) {
		return bad("id: want a UUID")
	}
	r.ID = id.String()
	if r.Corrects != "" {
		old, err := uuid.Parse(r.Corrects)
		if err != nil || old == id {
			return bad("corrects: want the UUID of another record")
		}
		r.Corrects = old.String()
	}
	switch r.Result {
	case "seen":
		if r.NotSeen != "" {
			return bad("not_seen: somebody was seen")
		}
	case "not_seen":
		if !reasonCode.MatchString(r.NotSeen) {
			return bad("not_seen: why was nobody seen?")
		}
	default:
		return bad("result: want seen or not_seen")
	}
	switch {
	case !storable(r.Resident):
		return refuseRecord(r.ID, RefusedNotYours, "%s", notTheirs)
	case r.Arrived.IsZero():
		return bad("arrived: when was it?")
	case !plausibleTime(r.Arrived):
		return bad("arrived: want a time from 1970 to 2199")
	case !r.Left.IsZero() && !plausibleTime(r.Left):
		return bad("left: want a time from 1970 to 2199")
	case r.Token == "" && r.NoCode == "" && r.Corrects == "":
		return bad("no_code: without a code, why?")
	case r.NoCode != "" && !reasonCode.MatchString(r.NoCode):
		return bad("no_code: the form has no such reason")
	case r.At != nil && !onEarth(r.At):
		return bad("at: want lon, lat and accuracy in metres")
	case r.Rating != "" && ratingDigest(r.Rating) == nil:
		return bad("rating: want the SHA-256 of a code, in base64 for URLs without padding")
	case r.Rating != "" && r.Result != "seen":
		return bad("rating: nobody was seen who could rate it")
	case utf8.RuneCountInString(r.Text) > maxRecordText:
		return refuseRecord(r.ID, RefusedTooLong, "text: more than %d characters", maxRecordText)
	}
	r.Text = cleanText(r.Text)
	return RecordOut{ID: r.ID}
}

// checkForm holds a record of a day against its form: the one that the phone names,
// which may be of a day before, for the phone had no signal; else that of the day.
func checkForm(r *RecordIn, rec *data.VisitRecord, forms []form.Form) RecordOut {
	f := form.On(forms, rec.Day)
	if r.Form != "" {
		f = form.ByID(forms, r.Form)
	}
	if f != nil {
		rec.Form = f.ID
	}
	switch {
	case f == nil || f.From > rec.Day+1: // by a clock that is a little off
		return refuseRecord(r.ID, RefusedInvalid, "form: there is no such form")
	case r.NoCode != "" && !form.Has(f.NoCode, r.NoCode):
		return refuseRecord(r.ID, RefusedInvalid, "no_code: the form has no such reason")
	case r.NotSeen != "" && !form.Has(f.NotSeen, r.NotSeen):
		return refuseRecord(r.ID, RefusedInvalid, "not_seen: the form has no such reason")
	}
	if err := f.CheckAnswers(r.Answers); err != nil {
		return refuseRecord(r.ID, RefusedInvalid, "%s", err)
	}
	return RecordOut{ID: r.ID}
}

// storable tells whether text could be the id of a resident at all.
func storable(id string) bool {
	return id != "" && len(id) <= 100 && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

func onEarth(p *RecordPlace) bool {
	return p.Lon >= -180 && p.Lon <= 180 && p.Lat >= -90 && p.Lat <= 90 && p.Accuracy >= 0 && p.Accuracy <= 1e7
}

func (p *RecordPlace) point() orb.Point { return orb.Point{p.Lon, p.Lat} }

// cleanText takes out of what somebody typed or spoke what is no text: control
// characters but for line ends, and what turns the direction of writing round.
func cleanText(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' || r == utf8.RuneError || unicode.Is(unicode.Noncharacter_Code_Point, r):
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	return strings.TrimSpace(text)
}

// visible counts the characters of a text that leave a mark on a screen: a reason of spaces
// without width is none.
func visible(text string) (n int) {
	for _, r := range cleanText(text) {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			n++
		}
	}
	return n
}

// content is what of a record is compared when it is sent again: all that the
// phone made, and not when it was sent.
func (r *RecordIn) content() (string, error) {
	c := *r
	c.Arrived, c.Left = c.Arrived.UTC().Truncate(time.Second), c.Left.UTC().Truncate(time.Second)
	b, err := json.Marshal(struct {
		*RecordIn
		Token string `json:"token"`
	}{&c, c.Token.Reveal()})
	if err != nil {
		return "", fmt.Errorf("compare record %s: %w", r.ID, err)
	}
	return string(b), nil
}

// vouch finds which records that are in none of the areas of who sends them are
// theirs all the same: of residents who were handed to them, to whom a plan sent
// them on that day, or where they had a role at that time.
func (s *Service) vouch(ctx context.Context, district string, j *recordJob) (*recordJob, error) {
	again := &recordJob{
		viewer: j.viewer, received: j.received, skew: j.skew, records: j.records, out: slices.Clone(j.out),
		last: true, theirs: make([]bool, len(j.records)), done: make(chan struct{}),
	}
	var handed []string
	if j.viewer.Handed(CapVisit) {
		err := s.atDesk(ctx, func(d *data.Desk) (err error) {
			handed, err = d.Handed(ctx, district)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var outings []data.Outing
	for i := range j.records {
		if j.unsure[i] {
			outings = append(outings, data.Outing{Resident: j.records[i].Resident, Day: j.days[i]})
		}
	}
	sent := map[data.Outing]bool{}
	var err error
	if j.viewer.Visitor != "" {
		if sent, err = s.store.Sent(ctx, district, j.viewer.Visitor, outings); err != nil {
			return nil, err
		}
	}
	var past []data.Grant
	if j.viewer.Account != "" {
		if past, err = s.store.Gate().Grants(ctx, district, j.viewer.Account); err != nil {
			return nil, err
		}
	}
	for i := range j.records {
		if !j.unsure[i] {
			continue
		}
		again.out[i] = RecordOut{ID: j.records[i].ID}
		again.theirs[i] = slices.Contains(handed, j.records[i].Resident) ||
			sent[data.Outing{Resident: j.records[i].Resident, Day: j.days[i]}] || hadThen(past, j.times[i], j.areas[i])
	}
	return again, nil
}

// hadThen tells whether one of these grants let its holder record visits in an
// area at a time. A worker's areas of then are not kept: the plans of then tell.
func hadThen(grants []data.Grant, at time.Time, area string) bool {
	return slices.ContainsFunc(grants, func(g data.Grant) bool {
		over := g.EndedAt != nil && !g.EndedAt.After(at) || g.To != nil && !g.To.After(at)
		seat := Seat{Role: g.Role, Area: g.Area}
		return g.Area != "" && !g.From.After(at) && !over && seat.inArea(CapVisit) && seat.holds(area)
	})
}

// planOf is the plan that a stop's key names; 0 for none.
func planOf(stop string) int64 {
	var id int64
	if n, err := fmt.Sscanf(stop, "p%d.", &id); n != 1 || err != nil || id < 0 {
		return 0
	}
	return id
}

// stopKey names a stop of a plan, for a record to give back.
func stopKey(plan int64, st *planner.Stop) string {
	if st.Task != "" {
		return fmt.Sprintf("p%d.t.%s", plan, st.Task)
	}
	return fmt.Sprintf("p%d.r.%s", plan, st.Resident)
}
