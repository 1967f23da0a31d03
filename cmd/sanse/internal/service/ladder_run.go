package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
)

const (
	// ladderBatch is how many ladders are taken in one transaction: enough that a
	// hundred thousand that are due in one minute are taken within it, few enough that
	// what a crash leaves undone is soon done again.
	ladderBatch = 1000
	// ladderLook is how often it is looked whose window closes today, for records
	// change by day as well.
	ladderLook = 5 * time.Minute
	// ladderBack is how many days of standstill are made good.
	ladderBack = 7
)

// ladderKept is what a process knows of the ladders of a district, all of which it
// could read again.
type ladderKept struct {
	day     planner.Date // whose ladders were opened last, at that moment, as of that data version
	at      time.Time
	version int64

	rosterOf int64 // data version
	roster   *ladder.Roster

	enterAt time.Time // before which no plan is made again: the last time it failed
}

// laddersKept is ladderKept by district. Its zero value is ready.
type laddersKept struct {
	mu        sync.Mutex
	districts map[string]*ladderKept
}

// of returns what is known of a district; mu is held, and while it is written too.
func (l *laddersKept) of(district string) *ladderKept {
	if l.districts == nil {
		l.districts = make(map[string]*ladderKept)
	}
	k := l.districts[district]
	if k == nil {
		k = new(ladderKept)
		l.districts[district] = k
	}
	return k
}

// RunLadders is one pass over the ladders of all districts: those of today are
// opened, and what is due on them is done, until nothing is or the context ends. Any number
// of processes may run it at once; it says how many events this one took. It is
// asked for over and over; what one pass leaves undone, by an error or by a
// crash, the next does.
func (s *Service) RunLadders(ctx context.Context) (int, error) {
	all, err := s.store.Districts(ctx)
	if err != nil {
		return 0, err
	}
	taken := 0
	for _, d := range all {
		n, e := s.runLadders(asOperator(ctx, d.Code), d)
		taken += n
		if e != nil {
			err = errors.Join(err, fmt.Errorf("ladders of district %s: %w", d.Code, e))
		}
	}
	return taken, err
}

func (s *Service) runLadders(ctx context.Context, d data.District) (int, error) {
	rules, err := s.store.LadderRules(ctx, d.Code)
	if err != nil || len(rules) == 0 {
		return 0, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return 0, invalid("there is no time zone %q", d.TimeZone)
	}
	// What is open goes on, whatever hinders that more is opened.
	opening := s.openLadders(ctx, d, zone, rules)
	taken := 0
	var looked planner.Date
	for ctx.Err() == nil {
		at := s.now()
		if today := momentAt(at, zone).Date; today != looked {
			if err := s.endRegraded(ctx, d, today, at); err != nil {
				return taken, errors.Join(opening, err)
			}
			looked = today
		}
		claimed, n, err := s.stepLadders(ctx, d, zone, rules, at)
		taken += n
		if err != nil {
			return taken, errors.Join(opening, err)
		}
		if claimed < ladderBatch {
			break
		}
	}
	return taken, errors.Join(opening, ctx.Err())
}

// instant is a moment of a district as a time: of one that comes twice, because the
// clocks are set back, the first, and of one that they leave out the first after it.
func instant(m planner.Moment, zone *time.Location) time.Time {
	day := m.Date.Time()
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, int(m.Clock), 0, 0, zone)
	for _, back := range []time.Duration{time.Hour, 30 * time.Minute} {
		if before := t.Add(-back); momentAt(before, zone) == m {
			return before
		}
	}
	for ladder.Before(momentAt(t, zone), m) {
		t = t.Add(time.Minute)
	}
	for ladder.Before(m, momentAt(t, zone)) && !ladder.Before(momentAt(t.Add(-time.Minute), zone), m) {
		t = t.Add(-time.Minute)
	}
	return t
}

// momentAt is the moment that it is in a zone.
func momentAt(t time.Time, zone *time.Location) planner.Moment {
	t = t.In(zone)
	return planner.Moment{Date: planner.DateOf(t), Clock: planner.Clock(t.Hour()*60 + t.Minute())}
}

// openLadders opens the ladders of today, and of days since the last on which it was done.
func (s *Service) openLadders(ctx context.Context, d data.District, zone *time.Location, rules []ladder.Rule) error {
	now := s.now()
	today := momentAt(now, zone).Date
	version, err := s.store.DataVersion(ctx, d.Code)
	if err != nil {
		return err
	}
	s.ladders.mu.Lock()
	kept := s.ladders.of(d.Code)
	soon := kept.day == today && (kept.version == version || now.Sub(kept.at).Abs() < ladderLook)
	s.ladders.mu.Unlock()
	if soon {
		return nil
	}
	last, err := s.store.LastLadderDay(ctx, d.Code)
	if errors.Is(err, data.ErrNotFound) {
		last, err = today-1, nil
	}
	if err != nil {
		return err
	}
	// Before the view, which then knows these grades.
	regraded, err := s.store.LaddersRegraded(ctx, d.Code, today)
	if err != nil {
		return err
	}
	v, err := s.view(ctx, d.Code)
	if err != nil {
		return err
	}
	// The last day once more: a grade or an absence may have changed it since.
	for day := max(last, today-ladderBack); day < today; day++ {
		if err := s.openDay(ctx, v, zone, rules, day, now, nil); err != nil {
			return err
		}
	}
	if err := s.openDay(ctx, v, zone, rules, today, now, regraded); err != nil {
		return err
	}
	s.ladders.mu.Lock()
	defer s.ladders.mu.Unlock()
	kept.day, kept.at, kept.version = today, now, version
	return nil
}

// openDay opens the ladders of those whose window closes on a day and whose visit
// is not there, and ends those of whoever of regraded has nothing due on it any more.
func (s *Service) openDay(ctx context.Context, v *view, zone *time.Location, rules []ladder.Rule, day planner.Date, now time.Time, regraded []string) error {
	rule, ok := ladder.On(rules, day)
	if !ok {
		return nil
	}
	district := v.snap.District.Code
	list, err := s.dueOn(ctx, v, day)
	if err != nil {
		return err
	}
	regraded = withoutDue(regraded, list)
	_, next := ladder.Due(&rule, day, 0, planner.Moment{Date: day - 1})
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		if err := tx.EndRegraded(district, day, now, regraded); err != nil {
			return err
		}
		_, err := tx.OpenLadders(district, day, rule.From, now, instant(*next, zone), list)
		return err
	})
	if err != nil {
		return fmt.Errorf("open the ladders of %s: %w", day, err)
	}
	return nil
}

// withoutDue are those of some residents to whom nothing is due.
func withoutDue(residents []string, due []data.Ladder) []string {
	return slices.DeleteFunc(residents, func(id string) bool {
		return slices.ContainsFunc(due, func(l data.Ladder) bool { return l.Resident == id })
	})
}

// endRegraded ends the ladders of days that are over of those to whom nothing was due
// then by the grade that held when the day ended: it may have been decided on in its
// last minutes, after everybody was looked at. They do not lapse.
func (s *Service) endRegraded(ctx context.Context, d data.District, today planner.Date, now time.Time) error {
	days, err := s.store.LaddersRegradedBefore(ctx, d.Code, today)
	if err != nil || len(days) == 0 {
		return err
	}
	v, err := s.view(ctx, d.Code)
	if err != nil {
		return err
	}
	for _, day := range days {
		regraded, err := s.store.LaddersRegraded(ctx, d.Code, day)
		if err != nil {
			return err
		}
		due, err := s.dueOn(ctx, v, day)
		if err != nil {
			return err
		}
		if regraded = withoutDue(regraded, due); len(regraded) == 0 {
			continue
		}
		if err := s.store.Write(ctx, func(tx *data.Tx) error { return tx.EndRegraded(d.Code, day, now, regraded) }); err != nil {
			return fmt.Errorf("end the ladders of %s: %w", day, err)
		}
	}
	return nil
}

// dueOn are those whose window closes on a day and whose visit is not there, with the
// first day of it and who was to come.
func (s *Service) dueOn(ctx context.Context, v *view, day planner.Date) ([]data.Ladder, error) {
	district := v.snap.District.Code
	done, err := s.store.Visits(ctx, district, v.problem.Start, max(day, v.problem.Start))
	if err != nil {
		return nil, err
	}
	since := make(map[string][]planner.Date)
	for i := range done {
		if done[i].Done {
			since[done[i].Resident] = append(since[done[i].Resident], done[i].Date)
		}
	}
	comes := make(map[string]string)
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		for k := range it.Stops {
			if st := &it.Stops[k]; it.Date == day && st.Task == "" {
				comes[st.Resident] = it.Visitor
			}
		}
	}
	var list []data.Ladder
	for i := range v.problem.Residents {
		r := &v.problem.Residents[i]
		matching, err := planner.RulesFor(v.problem, r)
		if errors.Is(err, planner.ErrNoPolicy) {
			continue // nothing is due to them; the import has said so
		}
		if err != nil {
			return nil, err
		}
		care := ladder.Care{
			Rules: matching, History: append(r.History(), since[r.ID]...), Absent: r.Absent, From: v.problem.Start, CatchUpBy: v.problem.CatchUpBy(),
		}
		first, opens := ladder.Opens(&care, day)
		if !opens {
			continue
		}
		visitor := comes[r.ID]
		if visitor == "" && len(r.Team) > 0 {
			visitor = r.Team[0]
		}
		list = append(list, data.Ladder{Resident: r.ID, First: first, Visitor: visitor})
	}
	return list, nil
}

// rosterOf returns who may take a step in a district.
func (s *Service) rosterOf(ctx context.Context, district string) (*ladder.Roster, error) {
	version, err := s.store.DataVersion(ctx, district)
	if err != nil {
		return nil, err
	}
	s.ladders.mu.Lock()
	kept := s.ladders.of(district)
	if kept.roster != nil && kept.rosterOf == version {
		defer s.ladders.mu.Unlock()
		return kept.roster, nil
	}
	s.ladders.mu.Unlock()
	stored, err := s.store.Visitors(ctx, district)
	if err != nil {
		return nil, err
	}
	visitors := make([]planner.Visitor, len(stored))
	for i := range stored {
		visitors[i] = stored[i].Visitor
	}
	s.ladders.mu.Lock()
	defer s.ladders.mu.Unlock()
	kept.rosterOf, kept.roster = version, ladder.NewRoster(visitors)
	return kept.roster, nil
}

// stepLadders does what is due on some ladders of a district by a moment, all in one transaction,
// and says how many it claimed and how many events were taken.
func (s *Service) stepLadders(ctx context.Context, d data.District, zone *time.Location, rules []ladder.Rule, at time.Time) (claimed, taken int, err error) {
	roster, err := s.rosterOf(ctx, d.Code)
	if err != nil {
		return 0, 0, err
	}
	now := momentAt(at, zone)
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		due, err := tx.ClaimLadders(d.Code, at, ladderBatch)
		if err != nil || len(due) == 0 {
			return err
		}
		claimed = len(due)
		moves, steps := make([]data.LadderMove, 0, len(due)), make([]data.LadderStep, 0, len(due))
		var told []data.Outgoing
		for i := range due {
			m, list, err := stepLadder(&due[i], rules, roster, now, at, zone)
			if err != nil {
				return err
			}
			moves, steps = append(moves, m), append(steps, list...)
			told = append(told, ladderMessages(&due[i], list, at, zone)...)
		}
		taken = len(steps)
		if err := tx.MoveLadders(d.Code, at, moves, steps); err != nil {
			return err
		}
		var cases []data.Case
		for i := range due {
			if moves[i].End != data.LadderLapsed {
				continue
			}
			c, err := lapseCase(&due[i], at, zone)
			if err != nil {
				return err
			}
			cases, told = append(cases, c), append(told, caseCame(&c, "", at))
		}
		if err := tx.OpenCases(d.Code, cases); err != nil {
			return err
		}
		return tx.Tell(d.Code, told)
	})
	if err != nil {
		return claimed, 0, fmt.Errorf("step ladders: %w", err)
	}
	return claimed, taken, nil
}

// stepLadder decides what happens on a ladder by now.
func stepLadder(l *data.DueLadder, rules []ladder.Rule, roster *ladder.Roster, now planner.Moment, at time.Time, zone *time.Location) (data.LadderMove, []data.LadderStep, error) {
	move := data.LadderMove{ID: l.ID, Taken: l.Taken}
	switch {
	case l.Met:
		move.End = data.LadderVisit
		return move, nil, nil
	case l.Away:
		move.End = data.LadderAway
		return move, nil, nil
	}
	rule, ok := ladder.On(rules, l.RuleFrom)
	if !ok || rule.From != l.RuleFrom {
		return move, nil, fmt.Errorf("ladder %d goes by a rule of %s, which is not there", l.ID, l.RuleFrom)
	}
	events, next := ladder.Due(&rule, l.DueBy, l.Taken, now)
	held := l.Held
	held = append(held[:len(held):len(held)], l.Given...)
	if l.Visitor != "" {
		held = append(held, l.Visitor)
	}
	var steps []data.LadderStep
	for i := range events {
		e := &events[i]
		step := data.LadderStep{Ladder: l.ID, N: e.N, Kind: e.Kind, Due: instant(e.At, zone), Taken: at}
		switch e.Kind {
		case ladder.Cover:
			step.Tier, step.Deadline = e.Tier, instant(e.Deadline, zone)
			move.Holding, move.Tier, move.Holder, move.Deadline = true, e.Tier, "", step.Deadline
			if v := roster.Holder(ladder.Home{Grid: l.Grid, MicroGrid: l.MicroGrid}, e, held); v != nil {
				step.Holder, move.Tier, move.Holder = v.ID, v.Tier, v.ID
				held = append(held, v.ID)
			}
		case ladder.Lapse:
			move.End = data.LadderLapsed
		case ladder.Remind:
			step.Holder = l.ToCome()
		}
		steps = append(steps, step)
	}
	move.Taken += len(events)
	if next != nil {
		move.Next = instant(*next, zone)
	}
	return move, steps, nil
}
