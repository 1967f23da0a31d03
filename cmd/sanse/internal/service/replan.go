package service

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"sanse/data"
	"sanse/planner"
)

// Off says that a visitor does not work from one day to another, both included.
type Off struct {
	Visitor string       `json:"visitor"`
	From    planner.Date `json:"from"`
	To      planner.Date `json:"to"`
}

// ReplanOptions say what has happened, and whether the new plan is to be the one
// in force.
type ReplanOptions struct {
	Off []Off
	// Now is the moment from which on anything may move; nil: this one.
	Now *planner.Moment
	// Publish stores the new plan in the place of the one in force, and the days
	// off with their visitors; without it nothing is kept.
	Publish bool
	// Replaces is the plan that was looked at, so that one published by
	// somebody else meanwhile is not thrown over; 0: whichever is in force.
	Replaces int64
	Seed     uint64
}

// ReplanResult is a plan made again, and what it moves.
type ReplanResult struct {
	ID       int64 // of the new plan; 0 where it was not published
	Replaces int64
	Now      *planner.Moment // nil: the plan has not begun
	Moved    planner.Moved
	// LapsesBefore and Lapses count the windows that the plan in force and the
	// new one let close.
	LapsesBefore int
	Lapses       int
	// Missing is what the new plan leaves out and the one in force did not.
	Missing []planner.Unplanned
}

// residents are those whom the result tells of.
func (r *ReplanResult) residents() (ids []string) {
	for i := range r.Missing {
		ids = append(ids, r.Missing[i].Resident)
	}
	for i := range r.Moved.Visits {
		ids = append(ids, r.Moved.Visits[i].Resident)
	}
	return ids
}

// Replan makes the plan in force anew from now on: what is done stays, those
// whom nothing touches keep their days to the letter. The people are as the
// records have them now. Visits of today that nobody has recorded yet count as
// made as planned, but for those that somebody else was asked to make, who are
// held to it (see EnterLadders); those of earlier days only if they are recorded.
//
// Who does not replan the whole district may say of those whose areas are theirs
// that they do not work. A plan that would move anybody else's visit is refused.
func (s *Service) Replan(ctx context.Context, d data.District, opt ReplanOptions) (_ *ReplanResult, err error) {
	if opt.Publish {
		var release func() error
		if release, err = s.store.Lock(ctx, "plan of district "+d.Code); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, release()) }()
	}
	now, err := s.moment(d, opt.Now)
	if err != nil {
		return nil, err
	}
	r, err := s.readReplan(ctx, d, now, opt)
	if err != nil {
		return nil, err
	}
	if err := mayTakeOff(ctx, r.problem, opt.Off); err != nil {
		return nil, err
	}
	if err := r.problem.Validate(); err != nil {
		return nil, invalidCause(err, "the visits of district %s cannot be planned again", Own(d.Code))
	}
	lowered, err := s.lowered(ctx, d.Code, now.Date, r.grades)
	if err != nil {
		return nil, err
	}
	published := withoutVisits(r.begin, r.problem.Now, lowered)
	problem, plan, moved, _, loose, err := planner.ReplanLoosely(ctx, r.problem, published, planner.Options{Seed: opt.Seed})
	if err != nil {
		return nil, fmt.Errorf("plan the visits of district %s again: %w", d.Code, err)
	}
	if r.problem, r.loose = problem, loose; len(loose) > 0 {
		s.log.Info("more visits were promised than the days have room for", "district", d.Code, "loosened", len(loose))
	}
	if len(lowered) > 0 || r.begin != r.stored.plan {
		moved = planner.Compare(r.problem, r.stored.plan, plan)
	}
	if found := planner.Check(r.problem, plan); len(found) > 0 {
		return nil, fmt.Errorf("the plan breaks %d rules (the first: %s: %s) and is not kept; this is a fault of the program", len(found), found[0].Code, found[0].Detail)
	}
	theirs := notReplanned(ctx, r.problem)
	if movesElsewhere(theirs, r.stored.plan, plan) {
		return nil, &Error{Code: CodeNo, Message: "the new plan would move visits outside your area too: ask who plans for the district"}
	}
	out := &ReplanResult{
		Replaces: r.stored.record.ID, Now: r.problem.Now, Moved: moved,
		LapsesBefore: lapses(r.stored.plan, theirs), Lapses: lapses(plan, theirs), Missing: newlyMissing(r.stored.plan, plan),
	}
	if err := s.shown(ctx, r.stored.snap, out.residents(), read("plan", d.Code)); err != nil {
		return nil, err
	}
	if opt.Publish {
		out.ID, err = s.publish(ctx, d, r, plan, opt, moved)
	}
	return out, err
}

// moment is now in the district's time zone.
func (s *Service) moment(d data.District, given *planner.Moment) (planner.Moment, error) {
	if given != nil {
		return *given, nil
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return planner.Moment{}, invalid("there is no time zone %q", d.TimeZone)
	}
	at := s.now().In(zone)
	return planner.Moment{Date: planner.DateOf(at), Clock: planner.Clock(at.Hour()*60 + at.Minute())}, nil
}

// lapses counts the windows that a plan lets close, but for somebody else's.
func lapses(p *planner.Plan, theirs map[string]bool) int {
	n := 0
	for i := range p.Unplanned {
		if u := &p.Unplanned[i]; !u.Owed && !theirs[cmp.Or(u.Task, u.Resident)] {
			n++
		}
	}
	return n
}

// newlyMissing lists what a plan leaves out and another did not.
func newlyMissing(before, after *planner.Plan) []planner.Unplanned {
	type key struct {
		resident, task string
		due            planner.Date
		owed           bool
	}
	left := make(map[key]int)
	for _, u := range before.Unplanned {
		left[key{u.Resident, u.Task, u.DueBy, u.Owed}]++
	}
	out := []planner.Unplanned{}
	for _, u := range after.Unplanned {
		k := key{u.Resident, u.Task, u.DueBy, u.Owed}
		if left[k] > 0 {
			left[k]--
			continue
		}
		out = append(out, u)
	}
	return out
}

// replanning is what a replan starts from.
type replanning struct {
	stored  inForce
	problem *planner.Problem
	begin   *planner.Plan      // the plan in force, without the visits that were given away
	held    []data.Ladder      // of today, which somebody has taken over
	grades  []data.GradeChange // that no plan was made with yet
	moves   []data.VisitMove   // put off, handed over
	given   []string           // of moves, those that no plan was made with yet, by id
	loose   []planner.Loosened // locks for which the days have no room
}

// readReplan reads the plan in force and the problem as it is now.
func (s *Service) readReplan(ctx context.Context, d data.District, now planner.Moment, opt ReplanOptions) (*replanning, error) {
	r := &replanning{}
	var was *planner.Problem
	var visits []data.Visit
	var tasks []data.TaskVisit
	err := s.store.View(ctx, func(reads *data.Reads) error {
		rec, err := reads.CurrentPlan(ctx, d.Code)
		switch {
		case errors.Is(err, data.ErrNotFound):
			return noPlan(d)
		case err != nil:
			return err
		case opt.Replaces != 0 && rec.ID != opt.Replaces:
			return &Error{Code: CodeNo, Message: Tell("plan %d has come into force meanwhile: look again before publishing", rec.ID)}
		case now.Date > rec.Start+planner.Date(rec.Days)-1:
			return invalid("the plan in force ended on %s: make a new one", rec.Start+planner.Date(rec.Days)-1)
		}
		if was, err = readProblem(ctx, reads, d.Code, rec.ID); err != nil {
			return err
		}
		if r.stored, err = readInForce(ctx, reads, d.Code, now.Date, opt.Publish || was == nil); err != nil {
			return err
		}
		if visits, err = reads.Visits(ctx, d.Code, rec.Start, now.Date); err != nil {
			return err
		}
		if tasks, err = reads.TaskVisits(ctx, d.Code, rec.Start, now.Date); err != nil {
			return err
		}
		if r.moves, err = reads.MovesInForce(ctx, d.Code, now.Date); err != nil {
			return err
		}
		if r.given, err = reads.MovesToEnter(ctx, d.Code); err != nil {
			return err
		}
		if r.held, err = reads.Ladders(ctx, d.Code, data.LadderFilter{Open: true, Day: now.Date, Held: true}); err != nil {
			return err
		}
		r.grades, err = reads.GradesToEnter(ctx, d.Code)
		return err
	})
	if err != nil {
		return nil, err
	}
	rec := r.stored.record
	r.problem = r.stored.snap.people(rec.Start, rec.Days)
	if err := s.travelTimes(ctx, d, r, was); err != nil {
		return nil, err
	}
	if now.Date >= rec.Start {
		r.problem.Now = &now
		visits = slices.Concat(visits, notMade(r.held), notMadeThen(r.moves, now.Date))
		r.problem.Made = madeSoFar(r.problem, r.stored.plan, visits, tasks)
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			return nil, invalid("there is no time zone %q", d.TimeZone)
		}
		holdTo(r.problem, r.held, zone)
	}
	r.begin = lockMoves(r.problem, r.stored.plan, r.moves)
	return r, nil
}

// travelTimes takes the travel times that the plan was made with where all are
// where they were, and asks the streets where somebody has come or moved.
func (s *Service) travelTimes(ctx context.Context, d data.District, r *replanning, was *planner.Problem) error {
	if was != nil && maps.Equal(whereabouts(was), whereabouts(r.problem)) {
		r.problem.Matrices = was.Matrices
		return nil
	}
	if r.stored.snap.Network == nil {
		var err error
		if r.stored.snap, err = s.Snapshot(ctx, d, r.stored.record.Start); err != nil {
			return err
		}
	}
	_, err := r.stored.snap.matrices(ctx, r.problem)
	return err
}

// whereabouts tells where everything is that a matrix may name, and who goes
// there in which way.
func whereabouts(p *planner.Problem) map[string]string {
	out := make(map[string]string, len(p.Residents)+len(p.Tasks)+len(p.Visitors))
	for i := range p.Residents {
		out["r "+p.Residents[i].ID] = fmt.Sprint(p.Residents[i].Location, p.Residents[i].Block)
	}
	for i := range p.Tasks {
		out["t "+p.Tasks[i].ID] = fmt.Sprint(p.Tasks[i].Resident, p.Tasks[i].Location, p.Tasks[i].Block)
	}
	for i := range p.Visitors {
		v := &p.Visitors[i]
		out["v "+v.ID] = fmt.Sprint(v.Start, v.Mode, v.Scope)
		if v.End != nil {
			out["e "+v.ID] = fmt.Sprint(*v.End)
		}
	}
	return out
}

// takeOff gives a visitor days off.
func takeOff(v *planner.Visitor, p *planner.Problem, off Off) error {
	switch {
	case off.To < off.From:
		return invalid("days off end on %s, before they begin on %s", off.To, off.From)
	case off.To < p.Start || off.From > p.End():
		return invalid("none of the days off lies in the plan, %s to %s", p.Start, p.End())
	}
	v.DaysOff = slices.Clone(v.DaysOff)
	for d := max(off.From, p.Start); d <= min(off.To, p.End()); d++ {
		if !slices.Contains(v.DaysOff, d) {
			v.DaysOff = append(v.DaysOff, d)
		}
	}
	slices.Sort(v.DaysOff)
	return nil
}

// outcome names something done or missed on a day.
type outcome struct {
	id   string // of the resident or the task
	date planner.Date
}

// madeSoFar tells what was made between the plan's first day and now: what is
// recorded as done, and, today, what was planned by now and is not recorded as
// missed. Times are the plan's; what was done without being planned has none,
// and takes the first minutes of the visitor's day that are free.
func madeSoFar(p *planner.Problem, plan *planner.Plan, visits []data.Visit, tasks []data.TaskVisit) []planner.Made {
	done, missed := make(map[outcome]string), make(map[outcome]bool)
	note := func(id string, date planner.Date, visitor string, ok bool) {
		if ok {
			done[outcome{id, date}] = visitor
		} else {
			missed[outcome{id, date}] = true
		}
	}
	for _, v := range visits {
		note(v.Resident, v.Date, v.Visitor, v.Done)
	}
	for _, v := range tasks {
		note(v.Task, v.Date, v.Visitor, v.Done)
	}
	var out []planner.Made
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for _, st := range it.Stops {
			if it.Date > p.Now.Date || it.Date == p.Now.Date && st.Arrive >= p.Now.Clock {
				continue
			}
			key := outcome{cmp.Or(st.Task, st.Resident), it.Date}
			by, ok := done[key]
			switch {
			case ok && (by == "" || by == it.Visitor):
				delete(done, key)
			case ok || missed[key] || it.Date < p.Now.Date:
				continue
			}
			m := planner.Made{Task: st.Task, Visitor: it.Visitor, Date: it.Date, Arrive: st.Arrive, Leave: st.Leave}
			if st.Task == "" {
				m.Resident = st.Resident
			}
			if m.Date == p.Now.Date {
				m.Leave = min(m.Leave, p.Now.Clock)
			}
			out = append(out, m)
		}
	}
	return sortMade(append(out, unplannedMade(p, plan, done, out)...))
}

// unplannedMade are visits done that the plan did not have, or had with
// somebody else.
func unplannedMade(p *planner.Problem, plan *planner.Plan, done map[outcome]string, made []planner.Made) []planner.Made {
	type day struct {
		visitor string
		date    planner.Date
	}
	busy := make(map[day][]planner.Made)
	for _, m := range made {
		busy[day{m.Visitor, m.Date}] = append(busy[day{m.Visitor, m.Date}], m)
	}
	tasks := make(map[string]bool, len(p.Tasks))
	for i := range p.Tasks {
		tasks[p.Tasks[i].ID] = true
	}
	team := make(map[string][]string, len(p.Residents))
	for i := range p.Residents {
		team[p.Residents[i].ID] = p.Residents[i].Team
	}
	var out []planner.Made
	keys := slices.SortedFunc(maps.Keys(done), func(a, b outcome) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.id, b.id))
	})
	for _, k := range keys {
		m := planner.Made{Visitor: done[k], Date: k.date}
		if tasks[k.id] {
			m.Task = k.id
		} else if m.Resident = k.id; m.Visitor == "" && len(team[k.id]) > 0 {
			m.Visitor = team[k.id][0] // nobody wrote down who
		}
		if m.Visitor == "" {
			continue // a task that nobody is known to have done cannot be part of a plan
		}
		last := planner.Clock(24*60 - 1)
		if m.Date == p.Now.Date {
			last = p.Now.Clock - 1
		}
		at := day{m.Visitor, m.Date}
		var ok bool
		if m.Arrive, ok = freeMinute(busy[at], last); !ok {
			continue // not a minute of the day is left: the record stays, the plan does without
		}
		m.Leave = m.Arrive + 1
		busy[at] = append(busy[at], m)
		out = append(out, m)
	}
	return out
}

// freeMinute returns the first minute from eight o'clock to last in which
// nothing was made, or, if there is none, the latest before; false if every
// minute is taken.
func freeMinute(made []planner.Made, last planner.Clock) (planner.Clock, bool) {
	const morning = planner.Clock(8 * 60)
	free := func(at planner.Clock) bool {
		return !slices.ContainsFunc(made, func(o planner.Made) bool {
			return o.Arrive <= at && at < max(o.Leave, o.Arrive+1)
		})
	}
	for at := morning; at <= last; at++ {
		if free(at) {
			return at, true
		}
	}
	for at := min(morning-1, last); at >= 0; at-- {
		if free(at) {
			return at, true
		}
	}
	return 0, false
}

func sortMade(made []planner.Made) []planner.Made {
	slices.SortStableFunc(made, func(a, b planner.Made) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Arrive, b.Arrive), cmp.Compare(a.Visitor, b.Visitor))
	})
	return made
}

// publish stores the new plan as the one in force, and the days off.
func (s *Service) publish(ctx context.Context, d data.District, r *replanning, plan *planner.Plan, opt ReplanOptions, moved planner.Moved) (int64, error) {
	result := &PlanResult{Snapshot: r.stored.snap, Problem: r.problem, Plan: plan}
	in := r.stored
	in.plan = plan
	var err error
	if result.Board, err = in.board(ctx, r.problem); err != nil {
		return 0, fmt.Errorf("count the visits of district %s: %w", d.Code, err)
	}
	result.Summary = summarize(result, result.Board)
	var was Summary
	if err := json.Unmarshal(r.stored.record.Summary, &was); err != nil {
		return 0, fmt.Errorf("read the summary of the plan of district %s: %w", d.Code, err)
	}
	result.Summary.Coverage = was.Coverage // it is not of the plan
	itineraries, err := s.waysAgain(ctx, d, r, plan)
	if err != nil {
		return 0, err
	}
	rec := data.PlanRecord{
		Start: plan.Start, Days: plan.Days, Seed: opt.Seed, MadeAt: s.now(), Current: true,
		Cost: plan.Cost, Shortages: plan.Shortages, Replaces: r.stored.record.ID,
	}
	for _, part := range []struct {
		into *json.RawMessage
		v    any
	}{
		{&rec.Summary, result.Summary},
		{&rec.Changes, changesOf(opt.Off, r)},
		{&rec.Moved, moved},
	} {
		if *part.into, err = json.Marshal(part.v); err != nil {
			return 0, fmt.Errorf("store the plan of district %s: %w", d.Code, err)
		}
	}
	var id int64
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		for _, off := range opt.Off {
			if err := tx.PutDaysOff(d.Code, off.Visitor, off.From, off.To); err != nil {
				return err
			}
		}
		if id, err = tx.PutPlan(d.Code, rec, itineraries, plan.Unplanned); err != nil {
			return err
		}
		if err := tx.PutPlanProblem(d.Code, id, r.problem); err != nil {
			return err
		}
		if err := tx.LaddersEntered(d.Code, holdersOf(r.held)); err != nil {
			return err
		}
		if err := tx.GradesEntered(d.Code, r.grades); err != nil {
			return err
		}
		if err := tx.MovesEntered(d.Code, r.given); err != nil {
			return err
		}
		if err := tx.Tell(d.Code, s.planChanged(ctx, d, id, r, &moved)); err != nil {
			return err
		}
		return tx.Record(d.Code, wrote(data.ActUpdate, "plan", id))
	})
	if err != nil {
		return 0, fmt.Errorf("store the plan of district %s: %w", d.Code, err)
	}
	return id, nil
}

// changesOf is what a plan that was made again was made for, as it is stored with it.
func changesOf(off []Off, r *replanning) map[string]any {
	out := map[string]any{"off": off, "now": r.problem.Now}
	if len(r.loose) > 0 {
		out["loosened"] = r.loose
	}
	return out
}

// planChanged is what those are told whose day a new plan has changed.
func (s *Service) planChanged(ctx context.Context, d data.District, id int64, r *replanning, moved *planner.Moved) []data.Outgoing {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil || r.problem.Now == nil { // a plan that has not begun is nobody's day yet
		return nil
	}
	at := s.now()
	if today := momentAt(at, zone).Date; today == r.problem.Now.Date {
		known := residentsHeld(r.held)
		for i := range r.moves {
			if slices.Contains(r.given, r.moves[i].ID) {
				known[r.moves[i].Resident] = true // they were told when it was given
			}
		}
		return planMessages(id, moved, today, known, viewerOf(ctx).Visitor, at, zone)
	}
	return nil // made as of another day
}

// waysAgain returns the itineraries with their ways: those that have not changed
// keep the way that is stored.
func (s *Service) waysAgain(ctx context.Context, d data.District, r *replanning, plan *planner.Plan) ([]data.ItineraryRecord, error) {
	stored, err := s.store.PlanItineraries(ctx, d.Code, r.stored.record.ID, data.ItineraryFilter{})
	if err != nil {
		return nil, err
	}
	known := make(map[string]*data.ItineraryRecord, len(stored))
	for i := range stored {
		known[wayKey(&stored[i].Itinerary)] = &stored[i]
	}
	visitors := make(map[string]*planner.Visitor, len(r.problem.Visitors))
	for i := range r.problem.Visitors {
		visitors[r.problem.Visitors[i].ID] = &r.problem.Visitors[i]
	}
	at, err := r.stored.snap.whereOf(ctx, r.problem, plan, func(it *planner.Itinerary) bool { return known[wayKey(it)] == nil }, visitors)
	if err != nil {
		return nil, err
	}
	result := &PlanResult{Snapshot: r.stored.snap, Problem: r.problem, Plan: plan, places: at}
	out := make([]data.ItineraryRecord, len(plan.Itineraries))
	group, ctx := errgroup.WithContext(ctx)
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		out[i] = data.ItineraryRecord{Itinerary: *it}
		if same := known[wayKey(it)]; same != nil {
			out[i].Route = same.Route
			continue
		}
		v := visitors[it.Visitor]
		engine, err := r.stored.snap.engine(ctx, v.Mode, 0)
		if err != nil {
			return nil, err
		}
		group.Go(func() error {
			route, err := result.route(ctx, it, v, engine)
			out[i].Route = route
			return err
		})
	}
	return out, group.Wait()
}

// wayKey names the way of a walk: who goes, and from door to door.
func wayKey(it *planner.Itinerary) string {
	key := it.Visitor
	for i := range it.Stops {
		key += "\x00" + it.Stops[i].Resident + "\x00" + it.Stops[i].Task
	}
	return key
}

// whereOf finds the places of the itineraries that want is true for on the
// streets.
func (s *Snapshot) whereOf(ctx context.Context, p *planner.Problem, plan *planner.Plan, want func(*planner.Itinerary) bool, visitors map[string]*planner.Visitor) (places, error) {
	homes := make(map[string]*planner.Resident, len(p.Residents))
	for i := range p.Residents {
		homes[p.Residents[i].ID] = &p.Residents[i]
	}
	tasks := make(map[string]*planner.Task, len(p.Tasks))
	for i := range p.Tasks {
		tasks[p.Tasks[i].ID] = &p.Tasks[i]
	}
	out := make(places)
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		if !want(it) {
			continue
		}
		v := visitors[it.Visitor]
		engine, err := s.engine(ctx, v.Mode, 0)
		if err != nil {
			return nil, err
		}
		put := func(id string, at place) {
			if snap, err := engine.Snap(at.point, snapMetres); err == nil {
				at.snap, at.ok = snap, true
			}
			out[placeKey{v.Mode, it.Block, id}] = at
		}
		put(v.ID, place{point: v.Start})
		if v.End != nil && *v.End != v.Start {
			put(endID(v.ID), place{point: *v.End})
		}
		for k := range it.Stops {
			if r := homes[it.Stops[k].Resident]; r != nil {
				put(r.ID, place{point: r.Location})
			} else if t := tasks[it.Stops[k].Task]; t != nil {
				put(t.ID, place{point: t.Location})
			}
		}
	}
	return out, nil
}
