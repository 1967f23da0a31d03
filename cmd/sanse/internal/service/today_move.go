package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/form"
	"sanse/planner/ladder"
)

// MoveOptions are what else may become of a visit of a day: the days on which whoever
// was to come may come instead, and the colleagues who may come on the day.
type MoveOptions struct {
	DueBy      planner.Date // 0: the plan does not have the visit
	Days       []planner.Date
	Colleagues []Colleague
	Ladder     int64 // the open ladder of the day, to be passed on or closed; 0: there is none
	Reasons    []form.Choice
}

// Colleague is somebody else who may make a visit.
type Colleague struct {
	ID          string
	Name        string // empty: not told
	Tier        planner.Tier
	WalkSeconds int // by which their way becomes longer
}

// mayChange finds a visitor whose day who asks may change: their own, or any in whose
// areas they replan.
func (v *view) mayChange(ctx context.Context, visitor string) (*planner.Visitor, error) {
	w, err := v.mayDay(ctx, visitor)
	if err != nil {
		return nil, err
	}
	needs := CapReplan
	if visitor == viewerOf(ctx).Visitor {
		needs = CapVisit
	}
	return w, mustSee(ctx, needs, v.snap.District.Code, w.Scope)
}

// dayChange is a day that somebody is about to change.
type dayChange struct {
	view    *view
	who     *planner.Visitor
	zone    *time.Location
	now     planner.Moment
	day     planner.Date
	form    *form.Form
	resides *planner.Resident
}

// changeDay finds the day of a visitor, who may be whoever asks, and the resident, of
// whom nobody is told who does not see the day.
func (s *Service) changeDay(ctx context.Context, district, visitor string, day planner.Date, resident string) (*dayChange, error) {
	visitor = cmp.Or(visitor, viewerOf(ctx).Visitor)
	if visitor == "" {
		return nil, invalid("visitor: whose day? This account is no visitor's")
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	c := &dayChange{view: v, day: cmp.Or(day, v.today)}
	if c.who, err = v.mayChange(ctx, visitor); err != nil {
		return nil, err
	}
	if c.zone, err = time.LoadLocation(v.snap.District.TimeZone); err != nil {
		return nil, invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	forms, err := s.store.Forms(ctx, v.snap.District.Code)
	if err != nil {
		return nil, err
	}
	c.now, c.form = momentAt(s.now(), c.zone), form.On(forms, c.day)
	if resident == "" {
		return c, nil
	}
	stops, err := s.stopsOn(ctx, v, visitor, c.day)
	if err != nil {
		return nil, err
	}
	c.resides = v.residents[resident]
	if c.resides == nil || !slices.ContainsFunc(stops, func(st TodayStop) bool { return st.Resident == resident && st.Task == "" }) {
		return nil, notFound("there is no such visit on that day")
	}
	return c, nil
}

// MoveOptions tells what else may become of a visit of a day: what the planner finds
// room for without a lapse. An empty visitor is whoever asks, no day is today.
func (s *Service) MoveOptions(ctx context.Context, district, visitor string, day planner.Date, resident string) (MoveOptions, error) {
	if resident == "" {
		return MoveOptions{}, invalid("resident: whose visit?")
	}
	c, err := s.changeDay(ctx, district, visitor, day, resident)
	if err != nil {
		return MoveOptions{}, err
	}
	out, err := s.moveOptions(ctx, c)
	if err != nil {
		return out, err
	}
	code := c.view.snap.District.Code
	if err := s.shown(ctx, c.view.snap, []string{resident}, read("visit", commonArea(c.who.Scope), resident)); err != nil {
		return out, err
	}
	if len(out.Colleagues) == 0 {
		return out, nil
	}
	ids := make([]string, len(out.Colleagues))
	for i := range out.Colleagues {
		ids[i] = out.Colleagues[i].ID
	}
	err = s.atDesk(ctx, func(d *data.Desk) error {
		persons, err := d.VisitorPersons(ctx, code, ids)
		if err != nil {
			return err
		}
		for i := range out.Colleagues {
			out.Colleagues[i].Name = persons[out.Colleagues[i].ID].Name.Reveal()
		}
		return s.recordAt(ctx, d, code, data.Event{Action: data.ActName, Object: "visitor", IDs: ids, Area: commonArea(c.who.Scope)})
	})
	return out, err
}

const (
	maxColleagues = 12 // are offered: those for whom it is the shortest way
	maxOffered    = 10 // are offered, the next ones
)

func (s *Service) moveOptions(ctx context.Context, c *dayChange) (MoveOptions, error) {
	out := MoveOptions{Reasons: c.form.Postpone}
	code := c.view.snap.District.Code
	open, err := s.store.Ladders(ctx, code, data.LadderFilter{Open: true, Day: c.day})
	if err != nil {
		return out, err
	}
	if i := slices.IndexFunc(open, func(l data.Ladder) bool { return l.Resident == c.resides.ID }); i >= 0 {
		out.Ladder = open[i].ID
		if open[i].Holder != "" {
			return out, nil // what came by a ladder goes on by it
		}
	}
	if c.view.plan == nil || c.resides.Needs.People > 1 {
		return out, nil // where two go together whoever plans moves them
	}
	p, err := s.problemOf(ctx, c.view)
	if err != nil {
		return out, err
	}
	given, err := s.givenSince(ctx, code, c.day, c.resides.ID)
	if err != nil {
		return out, err
	}
	ask := planner.Ask{Resident: c.resides.ID, Date: c.day}
	p, plan := aroundBlock(p, withGiven(p, c.view.planned, given), ask)
	a, err := planner.Why(p, plan, ask)
	if errors.Is(err, planner.ErrNotPlanned) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("what else may become of a visit on %s: %w", c.day, err)
	}
	if out.DueBy = c.day; len(a.Windows) > 0 {
		out.DueBy = a.Windows[0].Last
	}
	for i := range a.Days {
		if ch := &a.Days[i]; len(out.Days) < maxOffered && ch.Date > c.day && ch.Date > c.now.Date && ch.Reason == "" && ch.Lapses == 0 && mayOn(p, plan, c.who.ID, ask, ch) {
			out.Days = append(out.Days, ch.Date)
		}
	}
	slices.SortStableFunc(a.OtherVisitors, func(x, y planner.Choice) int {
		return cmp.Or(cmp.Compare(x.Steps, y.Steps), cmp.Compare(x.WalkSeconds, y.WalkSeconds), cmp.Compare(x.Visitor, y.Visitor))
	})
	for i := range a.OtherVisitors {
		ch := &a.OtherVisitors[i]
		w := c.view.visitors[ch.Visitor]
		if ch.Reason != "" || w == nil || len(out.Colleagues) == maxColleagues || c.day == c.now.Date && !stillWorks(w, c.now, c.resides.Minutes) {
			continue
		}
		out.Colleagues = append(out.Colleagues, Colleague{ID: w.ID, Tier: w.Tier, WalkSeconds: coarseSeconds(ch.WalkSeconds)})
	}
	return out, nil
}

// givenSince are the moves that the plan in force does not know yet, but for those of
// one resident.
func (s *Service) givenSince(ctx context.Context, district string, day planner.Date, but string) ([]data.VisitMove, error) {
	ids, err := s.store.MovesToEnter(ctx, district)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	moves, err := s.store.MovesInForce(ctx, district, day)
	return slices.DeleteFunc(moves, func(m data.VisitMove) bool {
		return m.Resident == but || m.ToVisitor == "" || !slices.Contains(ids, m.ID)
	}), err
}

// withGiven is a plan with the visits of these moves in the days into which they were
// given: each takes its time there until the plan is made again, so that nobody is
// given more than they have time for.
func withGiven(p *planner.Problem, plan *planner.Plan, moves []data.VisitMove) *planner.Plan {
	if len(moves) == 0 {
		return plan
	}
	home := make(map[string]*planner.Resident, len(p.Residents))
	for i := range p.Residents {
		home[p.Residents[i].ID] = &p.Residents[i]
	}
	out := *plan
	out.Itineraries = slices.Clone(plan.Itineraries)
	for i := range moves {
		m := &moves[i]
		r := home[m.Resident]
		if r == nil {
			continue // they have gone since
		}
		walk := -1 // in which the visit is made
		for k := range out.Itineraries {
			it := &out.Itineraries[k]
			if it.Visitor == m.Visitor && it.Date == m.Day {
				it.Stops = slices.DeleteFunc(slices.Clone(it.Stops), func(st planner.Stop) bool { return st.Task == "" && st.Resident == m.Resident })
			}
			if it.Visitor == m.ToVisitor && it.Date == m.ToDay && (walk < 0 || it.Block == r.Block) {
				walk = k
			}
		}
		stop := planner.Stop{Resident: m.Resident, DueBy: m.ToDay}
		if walk < 0 {
			out.Itineraries = append(out.Itineraries, planner.Itinerary{Visitor: m.ToVisitor, Date: m.ToDay, Block: r.Block, Depart: firstShift(p, m.ToVisitor, m.ToDay)})
			walk = len(out.Itineraries) - 1
		}
		it := &out.Itineraries[walk]
		stop.Arrive = it.Depart
		if n := len(it.Stops); n > 0 {
			stop.Arrive = it.Stops[n-1].Leave
		}
		stop.Leave = stop.Arrive + planner.Clock(r.Minutes)
		it.Stops = append(slices.Clone(it.Stops), stop)
	}
	out.Itineraries = slices.DeleteFunc(out.Itineraries, func(it planner.Itinerary) bool { return len(it.Stops) == 0 })
	return &out
}

// firstShift is when the first shift of a visitor's day begins, that is not over by now.
func firstShift(p *planner.Problem, visitor string, day planner.Date) planner.Clock {
	for i := range p.Visitors {
		v := &p.Visitors[i]
		if v.ID != visitor {
			continue
		}
		for _, sh := range v.Shifts {
			if sh.Weekday == day.Weekday() && (p.Now == nil || p.Now.Date != day || sh.To > p.Now.Clock) {
				return sh.From
			}
		}
	}
	return 0
}

// mayOn tells whether the visitor has the day of a choice: it names whom the visit
// would cost least there, who may be another.
func mayOn(p *planner.Problem, plan *planner.Plan, visitor string, ask planner.Ask, ch *planner.Choice) bool {
	if ch.Visitor == visitor {
		return true
	}
	// The visit as it would be on that day by whomever it costs least: then the
	// visitor is one of the others of that day.
	moved := *plan
	moved.Itineraries = slices.Clone(plan.Itineraries)
	for i := range moved.Itineraries {
		if it := &moved.Itineraries[i]; it.Date == ask.Date {
			it.Stops = slices.DeleteFunc(slices.Clone(it.Stops), func(st planner.Stop) bool { return st.Task == "" && st.Resident == ask.Resident })
		}
	}
	block := ""
	for i := range p.Residents {
		if p.Residents[i].ID == ask.Resident {
			block = p.Residents[i].Block
		}
	}
	moved.Itineraries = append(moved.Itineraries, planner.Itinerary{
		Visitor: ch.Visitor, Date: ch.Date, Block: block, Stops: []planner.Stop{{Resident: ask.Resident, DueBy: ch.Date}},
	})
	a, err := planner.Why(p, &moved, planner.Ask{Resident: ask.Resident, Date: ch.Date})
	return err == nil && slices.ContainsFunc(a.OtherVisitors, func(o planner.Choice) bool { return o.Visitor == visitor && o.Reason == "" })
}

// stillWorks tells whether somebody works long enough after a moment for a visit.
func stillWorks(w *planner.Visitor, now planner.Moment, minutes int) bool {
	return slices.ContainsFunc(w.Shifts, func(sh planner.Shift) bool {
		return sh.Weekday == now.Date.Weekday() && int(sh.To)-int(max(sh.From, now.Clock)) >= minutes
	})
}

// MoveIn is what somebody wants done with a visit of a day.
type MoveIn struct {
	ID       string // UUID, made on the phone
	Kind     data.MoveKind
	Visitor  string       // empty: whoever asks
	Day      planner.Date // 0: today
	Resident string
	ToDay    planner.Date // of a postponement
	To       string       // the colleague, of a handover
	Why      string       // code of a reason of the form
}

// MoveOut is what became of it.
type MoveOut struct {
	Status string // RecordStored or RecordSame
	Holder string // of one that was passed on: who holds the visit now
	Until  time.Time
}

// Move puts a visit off to another day of its window, hands it to a colleague, or
// passes it on to the next of the ladder, each for a reason; however often it is
// sent, it is done once. The plan in force is made again with it soon after; the days
// of both tell it at once.
func (s *Service) Move(ctx context.Context, district string, in MoveIn) (out MoveOut, err error) {
	c, err := s.changeDay(ctx, district, in.Visitor, in.Day, "")
	if err != nil {
		return MoveOut{}, err
	}
	id, err := uuid.Parse(in.ID)
	if err != nil {
		return MoveOut{}, invalid("id: want a UUID")
	}
	m := data.VisitMove{ID: id.String(), Kind: in.Kind, Resident: in.Resident, Visitor: c.who.ID, Day: c.day, Why: in.Why, Account: viewerOf(ctx).Account, At: s.now()}
	switch {
	case !form.Has(c.form.Postpone, in.Why):
		return MoveOut{}, invalid("why: the form has no such reason")
	case c.day < c.now.Date:
		return MoveOut{}, invalid("date: that day is over")
	}
	switch in.Kind {
	case data.MovePostpone:
		m.ToVisitor, m.ToDay = c.who.ID, in.ToDay
	case data.MoveHandOver:
		m.ToVisitor, m.ToDay = in.To, c.day
	case data.MovePassOn:
	default:
		return MoveOut{}, invalid("kind: want postpone, hand_over or pass_on")
	}
	code := c.view.snap.District.Code
	// The line may have swallowed the answer: then the visit is not of this day any more.
	if sent, err := sentBefore(ctx, &s.store.Reads, code, &m); sent || err != nil {
		return MoveOut{Status: RecordSame}, err
	}
	if in.Kind != data.MovePassOn {
		// What two give away at once is decided on one after the other: each sees the day
		// into which the other has given.
		release, e := s.moveTurn(ctx, code)
		if e != nil {
			return MoveOut{}, e
		}
		defer func() { err = errors.Join(err, release()) }()
	}
	if c, err = s.changeDay(ctx, district, c.who.ID, c.day, cmp.Or(in.Resident, "?")); CodeOf(err) == CodeNotFound {
		// The same move may have been stored between the two looks.
		if sent, e := sentBefore(ctx, &s.store.Reads, code, &m); sent || e != nil {
			return MoveOut{Status: RecordSame}, e
		}
	}
	if err != nil {
		return MoveOut{}, err
	}
	if in.Kind == data.MovePassOn {
		return s.passOn(ctx, c, &m)
	}
	opt, err := s.moveOptions(ctx, c)
	if err != nil {
		return MoveOut{}, err
	}
	switch {
	case in.Kind == data.MovePostpone && len(opt.Days) == 0:
		return MoveOut{}, &Error{Code: CodeNo, Message: "there is no other day for this visit: hand it over, or pass it on"}
	case in.Kind == data.MovePostpone && !slices.Contains(opt.Days, m.ToDay):
		return MoveOut{}, &Error{Code: CodeNo, Message: "to_day: not one of the days that are offered"}
	case in.Kind == data.MoveHandOver && !slices.ContainsFunc(opt.Colleagues, func(o Colleague) bool { return o.ID == in.To }):
		return MoveOut{}, &Error{Code: CodeNo, Message: "to_visitor: not one of the colleagues who are offered"}
	}
	return MoveOut{Status: RecordStored}, s.store.Write(ctx, func(tx *data.Tx) error { return s.putMove(tx, c, &m, viewerOf(ctx).Visitor) })
}

// moveTurn waits until nobody else, in any process, decides on a move in a district.
// One of this process alone waits for the others, so that those who wait here leave
// the connections to who decides.
func (s *Service) moveTurn(ctx context.Context, district string) (release func() error, err error) {
	select {
	case s.moving <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the moves of others: %w", ctx.Err())
	}
	unlock, err := s.store.Lock(ctx, "moves of district "+district)
	if err != nil {
		<-s.moving
		return nil, err
	}
	return func() error {
		defer func() { <-s.moving }()
		return unlock()
	}, nil
}

// sentBefore tells whether a move is stored already. An id that is another's is refused.
func sentBefore(ctx context.Context, r *data.Reads, district string, m *data.VisitMove) (bool, error) {
	old, err := r.VisitMove(ctx, district, m.ID)
	switch {
	case errors.Is(err, data.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case !sameMove(&old, m):
		return false, invalid("id: another move has it")
	}
	return true, nil
}

func sameMove(a, b *data.VisitMove) bool {
	return a.Kind == b.Kind && a.Resident == b.Resident && a.Visitor == b.Visitor && a.Day == b.Day && a.ToVisitor == b.ToVisitor && a.ToDay == b.ToDay && a.Account == b.Account
}

// putMove stores a move that somebody makes who is that visitor, or none.
func (s *Service) putMove(tx *data.Tx, c *dayChange, m *data.VisitMove, by string) error {
	code := c.view.snap.District.Code
	fresh, err := tx.PutVisitMove(code, m)
	if err != nil || !fresh {
		return err
	}
	if err := tx.Tell(code, moveMessages(m, by, c.zone)); err != nil {
		return err
	}
	detail := map[string]string{"kind": string(m.Kind), "visitor": m.Visitor, "date": m.Day.String(), "why": m.Why}
	if m.ToVisitor != "" {
		detail["to_visitor"], detail["to_date"] = m.ToVisitor, m.ToDay.String()
	}
	return tx.Record(code, data.Event{
		Action: data.ActUpdate, Object: "visit_move", IDs: []string{m.Resident}, Area: smallest(c.resides.Grid, c.resides.MicroGrid), Detail: detail,
	})
}

// passOn gives a visit of today to the next of its ladder at once, before the hour
// of that step.
func (s *Service) passOn(ctx context.Context, c *dayChange, m *data.VisitMove) (MoveOut, error) {
	code := c.view.snap.District.Code
	none := &Error{Code: CodeNo, Message: "nobody covers this visit today: put it off, or hand it over"}
	if c.day != c.now.Date {
		return MoveOut{}, none
	}
	rules, err := s.store.LadderRules(ctx, code)
	if err != nil {
		return MoveOut{}, err
	}
	roster, err := s.rosterOf(ctx, code)
	if err != nil {
		return MoveOut{}, err
	}
	out := MoveOut{Status: RecordStored}
	at := s.now()
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		l, err := tx.ClaimLadder(code, m.Resident, c.day)
		if errors.Is(err, data.ErrNotFound) {
			return none
		}
		if err != nil {
			return err
		}
		// It may have been waited for somebody else who passed the visit on, or for this
		// very move, sent twice because the line was slow.
		switch sent, err := sentBefore(ctx, tx.Reads(), code, m); {
		case err != nil:
			return err
		case sent:
			out = MoveOut{Status: RecordSame}
			return nil
		case l.Holder != "" && l.Holder != c.who.ID:
			return &Error{Code: CodeNo, Message: "somebody else has this visit by now: look again"}
		}
		l.Held = append(l.Held, c.who.ID)
		rule, ok := ladder.On(rules, l.RuleFrom)
		if !ok {
			return none
		}
		for n := max(1, l.Taken); n <= len(rule.Steps); n++ {
			when := planner.Moment{Date: l.DueBy, Clock: rule.Steps[n-1].At}
			if ladder.Before(when, c.now) {
				when = c.now
			}
			move, steps, err := stepLadder(&l, rules, roster, when, at, c.zone)
			if err != nil {
				return err
			}
			if move.End != "" {
				break
			}
			if move.Holder == "" {
				continue
			}
			if err := tx.MoveLadders(code, at, []data.LadderMove{move}, steps); err != nil {
				return err
			}
			if err := tx.Tell(code, ladderMessages(&l, steps, at, c.zone)); err != nil {
				return err
			}
			out.Holder, out.Until = move.Holder, move.Deadline.In(c.zone)
			return s.putMove(tx, c, m, viewerOf(ctx).Visitor)
		}
		return &Error{Code: CodeNo, Message: "nobody is left to whom it could be passed on: go, or close it for a reason"}
	})
	if err != nil {
		return MoveOut{}, err
	}
	return out, nil
}

// Moved is a visit that is in a day because somebody gave it there.
type Moved struct {
	Kind data.MoveKind
	From string       // whose it was
	Day  planner.Date // and when
	Why  string
}

// withMoves takes out of a day's stops what was given away, and adds what was given
// into it and the plan does not have yet.
func (s *Service) withMoves(ctx context.Context, v *view, visitor string, day planner.Date, stops []TodayStop) ([]TodayStop, error) {
	moves, err := s.store.MovesOfDay(ctx, v.snap.District.Code, visitor, day)
	if err != nil || len(moves) == 0 {
		return stops, err
	}
	last := make(map[string]*data.VisitMove)
	for i := range moves {
		last[moves[i].Resident] = &moves[i]
	}
	covered, err := s.coveredBy(ctx, v.snap.District.Code, slices.Collect(maps.Keys(last)), day)
	if err != nil {
		return nil, err
	}
	loose := func(resident string) bool {
		m := last[resident]
		return looseMove(m, v.visitors[m.ToVisitor], v.residents[resident]) != ""
	}
	gone := make(map[string]bool) // once given out of this day, until it is given back
	for i := range moves {
		m := &moves[i]
		if loose(m.Resident) {
			continue // the plan says who comes
		}
		if m.Visitor == visitor && m.Day == day {
			gone[m.Resident] = true
		}
		if m.ToVisitor == visitor && m.ToDay == day {
			delete(gone, m.Resident)
		}
	}
	stops = slices.DeleteFunc(stops, func(st TodayStop) bool { return st.Task == "" && st.Covering == nil && gone[st.Resident] })
	for i := range moves {
		m := &moves[i]
		if last[m.Resident] != m || m.ToVisitor != visitor || m.ToDay != day || m.Over || loose(m.Resident) {
			continue
		}
		if by := covered[m.Resident]; by != "" && by != visitor {
			continue // it has gone on by its ladder
		}
		moved := &Moved{Kind: m.Kind, From: m.Visitor, Day: m.Day, Why: m.Why}
		if at := slices.IndexFunc(stops, func(st TodayStop) bool { return st.Resident == m.Resident && st.Task == "" }); at >= 0 {
			stops[at].Moved = moved
			continue
		}
		r := v.residents[m.Resident]
		if r == nil {
			continue // they have gone since
		}
		stop := TodayStop{Key: fmt.Sprintf("m%s.r.%s", m.ID, m.Resident), Resident: m.Resident, Why: "moved", Moved: moved, area: smallest(r.Grid, r.MicroGrid)}
		v.place(&stop)
		stops = append(stops, stop)
	}
	return stops, nil
}

// coveredBy tells who holds the visits of some residents by a ladder of that day.
func (s *Service) coveredBy(ctx context.Context, district string, residents []string, day planner.Date) (map[string]string, error) {
	held, err := s.store.Ladders(ctx, district, data.LadderFilter{Open: true, Day: day, Held: true, Residents: residents})
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(held))
	for i := range held {
		out[held[i].Resident] = held[i].Holder
	}
	return out, nil
}

// Why a move does not hold any more: then the visit is whose it is by the plan.
const (
	looseLeft = "left" // whoever it was given to visits nobody any more
	looseOff  = "off"  // they do not work on the day
	looseArea = "area" // the resident does not live in their area any more, or has gone
)

// looseMove says why a move does not hold any more; empty: it does. Nobody is bound by
// what cannot be: the next plan finds somebody else.
func looseMove(m *data.VisitMove, to *planner.Visitor, r *planner.Resident) string {
	switch {
	case m.ToVisitor == "":
		return "" // the ladder says who
	case to == nil || len(to.Scope) == 0:
		return looseLeft
	case slices.Contains(to.DaysOff, m.ToDay) || !slices.ContainsFunc(to.Shifts, func(sh planner.Shift) bool { return sh.Weekday == m.ToDay.Weekday() }):
		return looseOff
	case r == nil || !slices.ContainsFunc(to.Scope, r.In):
		return looseArea
	}
	return ""
}

// strandedMoves tells whether the plan in force has a visit, still to come, with
// somebody to whom it was given and who cannot make it any more.
func (s *Service) strandedMoves(ctx context.Context, d data.District) (bool, error) {
	now, err := s.moment(d, nil)
	if err != nil {
		return false, err
	}
	moves, err := s.store.MovesInForce(ctx, d.Code, now.Date)
	if err != nil || len(moves) == 0 {
		return false, err
	}
	v, err := s.view(ctx, d.Code)
	if err != nil || v.plan == nil {
		return false, err
	}
	at := make(map[outcome]string)
	for i := range moves {
		m := &moves[i]
		if looseMove(m, v.visitors[m.ToVisitor], v.residents[m.Resident]) != "" {
			at[outcome{m.Resident, m.ToDay}] = m.ToVisitor
		}
	}
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		for k := range it.Stops {
			st := &it.Stops[k]
			if st.Task == "" && at[outcome{st.Resident, it.Date}] == it.Visitor && !ladder.Before(planner.Moment{Date: it.Date, Clock: st.Arrive}, now) {
				return true, nil
			}
		}
	}
	return false, nil
}

// MoveOfDay is a move with what became of it.
type MoveOfDay struct {
	data.VisitMove
	Loose string // why it does not hold any more: left, off, area; empty: it does, or has been followed by another or by a visit
	Told  data.Told
}

// Moves lists what was put off, handed over and passed on in an area on days of the
// past week or to come, the latest first.
func (s *Service) Moves(ctx context.Context, district, area string) ([]MoveOfDay, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return nil, err
	}
	list, err := s.store.Moves(ctx, v.snap.District.Code, a.Code, v.today-7, v.today+31, maxLadders)
	if err != nil {
		return nil, err
	}
	told, err := s.store.ToldOfMoves(ctx, v.snap.District.Code, v.today-7)
	if err != nil {
		return nil, err
	}
	holding, err := s.store.MovesInForce(ctx, v.snap.District.Code, v.today)
	if err != nil {
		return nil, err
	}
	inForce := make(map[string]bool, len(holding))
	for i := range holding {
		inForce[holding[i].ID] = true
	}
	ids, out := make([]string, len(list)), make([]MoveOfDay, len(list))
	for i := range list {
		m := &list[i]
		ids[i], out[i] = m.Resident, MoveOfDay{VisitMove: *m, Told: told[m.ID]}
		if inForce[m.ID] {
			out[i].Loose = looseMove(m, v.visitors[m.ToVisitor], v.residents[m.Resident])
		}
	}
	return out, s.shown(ctx, v.snap, ids, read("visit_move", a.Code))
}

// lockMoves has visits that were put off or handed over made as was said, and tells
// the plan in force from which it is made again without them.
func lockMoves(p *planner.Problem, in *planner.Plan, moves []data.VisitMove) *planner.Plan {
	residents, visitors := make(map[string]*planner.Resident, len(p.Residents)), make(map[string]*planner.Visitor, len(p.Visitors))
	for i := range p.Residents {
		residents[p.Residents[i].ID] = &p.Residents[i]
	}
	for i := range p.Visitors {
		visitors[p.Visitors[i].ID] = &p.Visitors[i]
	}
	type visit struct {
		resident, visitor string
		day               planner.Date
	}
	given := make(map[visit]bool)
	for i := range moves {
		m := &moves[i]
		if m.ToVisitor == "" || m.ToDay < p.Start || m.ToDay > p.End() || looseMove(m, visitors[m.ToVisitor], residents[m.Resident]) != "" {
			continue // of one that was passed on the ladder tells
		}
		given[visit{m.Resident, m.Visitor, m.Day}] = true
		if slices.ContainsFunc(p.Locks, func(l planner.Lock) bool { return l.Resident == m.Resident && l.Date == m.ToDay }) {
			continue // a ladder goes before
		}
		p.Locks = append(p.Locks, planner.Lock{Resident: m.Resident, Date: m.ToDay, Visitor: m.ToVisitor})
	}
	if len(given) == 0 {
		return in
	}
	out := *in
	out.Itineraries = make([]planner.Itinerary, 0, len(in.Itineraries))
	for i := range in.Itineraries {
		it := in.Itineraries[i]
		if slices.ContainsFunc(it.Stops, func(st planner.Stop) bool { return st.Task == "" && given[visit{st.Resident, it.Visitor, it.Date}] }) {
			it.Stops = slices.DeleteFunc(slices.Clone(it.Stops), func(st planner.Stop) bool { return st.Task == "" && given[visit{st.Resident, it.Visitor, it.Date}] })
			if len(it.Stops) == 0 {
				continue
			}
		}
		out.Itineraries = append(out.Itineraries, it)
	}
	return &out
}

// notMadeThen are the visits of today that somebody gave away: they are known not to
// have been made.
func notMadeThen(moves []data.VisitMove, today planner.Date) []data.Visit {
	var out []data.Visit
	for i := range moves {
		if m := &moves[i]; m.Day == today {
			out = append(out, data.Visit{Resident: m.Resident, Visitor: m.Visitor, Date: m.Day})
		}
	}
	return out
}
