package service

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sanse/data"
)

// actor is the viewer as the audit names them.
func (v Viewer) actor() data.Actor {
	var roles []string
	for _, s := range v.Seats {
		if !slices.Contains(roles, string(s.Role)) {
			roles = append(roles, string(s.Role))
		}
	}
	return data.Actor{
		Account: v.Account, Session: v.Session, Role: strings.Join(roles, "+"), Address: v.Address, Request: v.Request, Purpose: v.Purpose,
	}
}

// record writes what was told, in a transaction of its own, before it is told:
// what cannot be recorded is not answered. Nothing is recorded of a look that
// tells of nobody. What is written is recorded in its own transaction
// (data.Tx.Record), and what is read at the desk there (data.Desk.Record).
func (s *Service) record(ctx context.Context, district string, e data.Event) error {
	if e.N = max(e.N, len(e.IDs)); e.N == 0 && e.Outcome == "" && (e.Action == data.ActRead || e.Action == data.ActName) {
		return nil
	}
	if err := s.store.Record(ctx, district, e); err != nil {
		return &Error{Code: CodeOutside, Message: "this could not be recorded, so it is not told", Err: err}
	}
	return nil
}

// read is the event of records that are told, each once.
func read(object, area string, ids ...string) data.Event {
	e := data.Event{Action: data.ActRead, Object: object, Area: area}
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			e.IDs = append(e.IDs, id)
		}
	}
	return e
}

// wrote is the event of a numbered record that is written.
func wrote[N ~int | ~int64](action data.Action, object string, id N) data.Event {
	return data.Event{Action: action, Object: object, IDs: []string{strconv.FormatInt(int64(id), 10)}}
}

// stopsOf are the records of the stops of a day.
func stopsOf(itineraries []data.ItineraryRecord) []string {
	var out []string
	for i := range itineraries {
		for _, st := range itineraries[i].Stops {
			out = append(out, cmp.Or(st.Resident, st.Task))
		}
	}
	return out
}

// commonArea is the smallest area that holds all of several.
func commonArea(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	common := codes[0]
	for _, c := range codes[1:] {
		for !strings.HasPrefix(c, common) {
			common = common[:len(common)-1]
		}
	}
	for _, digits := range []int{18, 15, 12, 9, 6} {
		if len(common) >= digits {
			return common[:digits]
		}
	}
	return ""
}

// Refused records that somebody was turned away, before any operation was asked:
// which one it was, and which record it named, if there is such a record (see
// nameable). Of the public, who are refused by the thousand, nothing is kept.
func (s *Service) Refused(ctx context.Context, district, operation, id string) {
	if s.store == nil || viewerOf(ctx).Public() {
		return
	}
	e := data.Event{Action: data.ActRead, Object: operation, Outcome: data.OutcomeRefused}
	many := s.refusals.add(viewerOf(ctx).Account, s.now())
	switch {
	case many <= refusalsAMinute:
	case many%refusalsAMinute == 0: // who is refused all the time fills the audit no faster
		e.N, e.Detail = refusalsAMinute, map[string]string{"more": strconv.Itoa(refusalsAMinute)}
	default:
		return
	}
	ctx = context.WithoutCancel(ctx)
	named, err := s.nameable(ctx, district, id)
	if err != nil { // then without the name
		s.log.Error("what a refusal was of could not be looked up", "error", err)
	}
	if named {
		e.IDs = []string{id}
	}
	if err := s.store.Record(ctx, district, e); err != nil && !errors.Is(err, context.Canceled) {
		s.log.Error("a refusal could not be recorded", "error", err)
	}
}

// refusalsAMinute is how many refusals of an account are recorded one by one
// within a minute; of more, one row for each so many.
const refusalsAMinute = 60

// refusals counts the refusals of this minute by account.
type refusals struct {
	mu     sync.Mutex
	minute int64
	counts map[string]int
}

// add counts one more and tells how many there have been.
func (r *refusals) add(account string, now time.Time) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := now.Unix() / 60; m != r.minute || r.counts == nil {
		r.minute, r.counts = m, make(map[string]int)
	}
	r.counts[account]++
	return r.counts[account]
}

// ownID is what the program's own ids are like: those of accounts, sessions and
// requests, and the numbers of drafts, plans and the like. No telephone or ID
// number is.
var ownID = regexp.MustCompile(`^([a-z][0-9a-f]{16}|[0-9]{1,6})$`)

// nameable tells whether text that came in a request may stand in the audit, from
// which nothing can be taken: an id of the program's own form, or of a record that
// there is. What else people type there may be a name or an ID number.
func (s *Service) nameable(ctx context.Context, district, id string) (bool, error) {
	const longest = 64
	switch {
	case id == "" || len(id) > longest:
		return false, nil
	case ownID.MatchString(id):
		return true, nil
	}
	known, err := s.store.IsRecord(ctx, district, id)
	if err != nil {
		return false, &Error{Code: CodeOutside, Message: "this could not be recorded, so it is not told", Err: err}
	}
	return known, nil
}

// RemoveAudit takes away rows whose time is over, of before that moment, and says
// how many. It is for the operator alone.
func (s *Service) RemoveAudit(ctx context.Context, district string, before time.Time) (int64, error) {
	n, err := s.store.RemoveAudit(ctx, district, before)
	if errors.As(err, new(*data.InvalidError)) {
		return 0, invalid("rows of the audit stay for 180 days at the least")
	}
	return n, err
}
