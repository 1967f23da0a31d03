package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/form"
	"sanse/planner/grading"
)

// TodayView is what a visitor takes along on a day: where to go in which order,
// whom they see there, and what is asked. There is no grade in it: whoever looks
// over a shoulder learns nothing of the kind.
type TodayView struct {
	Date        planner.Date
	Now         time.Time
	Zone        string
	Reordered   bool // by the visitor
	Visitor     string
	VisitorName string
	Plan        int64 // 0: there is none
	Stops       []TodayStop
	Form        *form.Form
	ClosesAt    time.Time // the midnight that ends the day
}

// TodayStop is a door of a day.
type TodayStop struct {
	Key         string // to be given back with the record
	Resident    string // empty: a task at no home
	Task        string
	Service     string // what is done at a task
	Arrive      *planner.Clock
	Minutes     int
	WalkSeconds int           // from the stop before
	DueBy       *planner.Date // nil: nothing is planned here, nor held
	Why         string        // due_today, overdue, newly_listed, owed, covering, moved, planned, unplanned
	Covering    *Covering     // nil: it came to them by no ladder
	Moved       *Moved        // nil: nobody gave it into this day
	Name        string
	Phone       string
	Address     string
	Note        string
	Location    orb.Point
	Last        *data.LastSeen // nil: never
	Codes       []string       // of the codes that open it: SHA-256, base64 for URLs
	Done        string         // id of the record of the day in which they were seen, or data.TheirVisit; of a task at no home its own; empty: none yet

	area   string // where it is
	handed bool   // to whoever asks
}

// Covering is what a visit that came to somebody by a ladder is held to.
type Covering struct {
	Ladder   int64
	Tier     planner.Tier // of who holds it
	Deadline time.Time    // in the district's zone
}

// VisitDay returns what a visitor takes along on a day. An empty visitor is whoever
// asks, no day is today. It is recorded once. Who is no visitor and may record visits
// all the same has a day without stops: the form for whatever a code opens.
func (s *Service) VisitDay(ctx context.Context, district, visitor string, day planner.Date) (TodayView, error) {
	if visitor == "" {
		if visitor = viewerOf(ctx).Visitor; visitor == "" {
			return s.emptyDay(ctx, district, day)
		}
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return TodayView{}, err
	}
	w, err := v.mayDay(ctx, visitor)
	if err != nil {
		return TodayView{}, err
	}
	if day == 0 {
		day = v.today
	}
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return TodayView{}, invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	forms, err := s.store.Forms(ctx, v.snap.District.Code)
	if err != nil {
		return TodayView{}, err
	}
	out := TodayView{
		Date: day, Now: s.now(), Zone: v.snap.District.TimeZone, Visitor: visitor, Form: form.On(forms, day),
		ClosesAt: dayBegins(day+1, zone),
	}
	if out.Stops, err = s.stopsOn(ctx, v, visitor, day); err != nil {
		return out, err
	}
	if v.plan != nil {
		out.Plan = v.plan.ID
	}
	switch _, err := s.store.DayOrder(ctx, v.snap.District.Code, visitor, day); {
	case err == nil:
		out.Reordered = true
	case !errors.Is(err, data.ErrNotFound):
		return out, err
	}
	look := data.Event{Object: "visitor_day", Area: commonArea(w.Scope), Detail: map[string]string{"visitor": visitor, "date": day.String()}}
	var named string
	if mayName(ctx, v, w) {
		named = visitor
	}
	out.VisitorName, err = s.fillStops(ctx, v, out.Stops, day, look, named)
	return out, err
}

// emptyDay is the day of somebody who is no visitor. It tells of nobody.
func (s *Service) emptyDay(ctx context.Context, district string, day planner.Date) (TodayView, error) {
	if !viewerOf(ctx).MaySomewhere(CapVisit) {
		return TodayView{}, invalid("visitor: whose day? This account is no visitor's")
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return TodayView{}, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return TodayView{}, invalid("there is no time zone %q", d.TimeZone)
	}
	if day == 0 {
		day = planner.DateOf(s.now().In(zone))
	}
	forms, err := s.store.Forms(ctx, d.Code)
	return TodayView{Date: day, Now: s.now(), Zone: d.TimeZone, Form: form.On(forms, day), ClosesAt: dayBegins(day+1, zone)}, err
}

// dayBegins is when a day begins.
func dayBegins(day planner.Date, zone *time.Location) time.Time {
	t := day.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// stopsOn are the stops of a visitor's day: first the visits that they hold by a
// ladder and for which the plan has no room before the deadline, by deadline, then
// those of the plan in their order.
func (s *Service) stopsOn(ctx context.Context, v *view, visitor string, day planner.Date) ([]TodayStop, error) {
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return nil, invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	planned, err := s.plannedOn(ctx, v, visitor, day)
	if err != nil {
		return nil, err
	}
	held, err := s.store.LaddersHeld(ctx, v.snap.District.Code, visitor, day)
	if err != nil {
		return nil, err
	}
	var more []TodayStop
	for i := range held {
		l := &held[i]
		cover := &Covering{Ladder: l.ID, Tier: l.Tier, Deadline: l.Deadline.In(zone)}
		if at := slices.IndexFunc(planned, func(p TodayStop) bool { return p.Resident == l.Resident }); at >= 0 {
			st := &planned[at]
			st.Why, st.Covering = "covering", cover
			if st.Arrive != nil && !instant(planner.Moment{Date: day, Clock: *st.Arrive}, zone).Before(l.Deadline) {
				// Who came then would come when somebody else has it.
				st.Arrive, st.WalkSeconds = nil, 0
				more, planned = append(more, *st), slices.Delete(planned, at, at+1)
			}
			continue
		}
		r := v.residents[l.Resident]
		if r == nil {
			continue // they have gone since
		}
		stop := TodayStop{Key: fmt.Sprintf("l%d.r.%s", l.ID, l.Resident), Resident: l.Resident, DueBy: &l.DueBy, Why: "covering", Covering: cover, area: smallest(r.Grid, r.MicroGrid)}
		v.place(&stop)
		more = append(more, stop)
	}
	return s.withMoves(ctx, v, visitor, day, append(more, planned...))
}

// plannedOn are the stops of a visitor's day that the plan tells of.
func (s *Service) plannedOn(ctx context.Context, v *view, visitor string, day planner.Date) ([]TodayStop, error) {
	if v.plan == nil {
		return nil, nil
	}
	walks, err := s.store.PlanItineraries(ctx, v.snap.District.Code, v.plan.ID,
		data.ItineraryFilter{From: day, To: day, Visitors: []string{visitor}, NoRoutes: true})
	if err != nil {
		return nil, err
	}
	ordered, err := s.orderedDay(ctx, v, visitor, day)
	if err != nil {
		return nil, err
	}
	if ordered == nil {
		for i := range walks {
			ordered = append(ordered, walks[i].Itinerary)
		}
	}
	rules, err := s.gradeRulesOn(ctx, v.snap.District.Code, day)
	if err != nil {
		return nil, err
	}
	var out []TodayStop
	for i := range ordered {
		for k := range ordered[i].Stops {
			st := &ordered[i].Stops[k]
			arrive, due := st.Arrive, st.DueBy
			stop := TodayStop{
				Key: stopKey(v.plan.ID, st), Resident: st.Resident, Task: st.Task, Arrive: &arrive, WalkSeconds: st.WalkSeconds,
				DueBy: &due, Why: whyToday(st, day, st.Task == "" && v.newlyListed(st.Resident, rules)), area: v.areaOf(st),
			}
			v.place(&stop)
			out = append(out, stop)
		}
	}
	return out, nil
}

// place fills in where a stop is and how long it takes.
func (v *view) place(stop *TodayStop) {
	if r := v.residents[stop.Resident]; r != nil {
		stop.Location, stop.Minutes = r.Location, r.Minutes
	}
	if t := v.tasks[stop.Task]; t != nil {
		stop.Service, stop.Minutes = t.What, t.Minutes
		if stop.Resident == "" {
			stop.Location = t.Location
		}
	}
}

// newlyListed tells whether somebody came to the strictest grade and nobody has been
// there since: they cannot wait, and the list says so without saying the grade.
func (v *view) newlyListed(resident string, rules *grading.Rules) bool {
	r := v.residents[resident]
	if r == nil {
		return false
	}
	was, _, fresh := r.NewGrade()
	return fresh && rules.ToStrictest(was, r.Grade)
}

// whyToday says in a word why a door is on the list.
func whyToday(st *planner.Stop, day planner.Date, newly bool) string {
	switch {
	case st.Owed:
		return "owed"
	case st.DueBy < day:
		return "overdue"
	case newly:
		return "newly_listed"
	case st.DueBy == day:
		return "due_today"
	}
	return "planned"
}

// fillStops fills in who is behind each door, as far as who asks is told, what was
// there last, by which codes it opens, and what is recorded of the day. The look is
// recorded with it. Of a visitor who is named it returns the name.
func (s *Service) fillStops(ctx context.Context, v *view, stops []TodayStop, day planner.Date, look data.Event, visitor string) (string, error) {
	district, viewer := v.snap.District.Code, viewerOf(ctx)
	var all, named, tasks []string
	before := true // where a walk begins is no secret
	for i := range stops {
		st := &stops[i]
		if st.Resident != "" {
			all, look.IDs = append(all, st.Resident), append(look.IDs, st.Resident)
		} else {
			look.IDs = append(look.IDs, st.Task)
		}
		here := st.handed || viewer.May(CapNames, st.area)
		if !before || !here {
			st.WalkSeconds = coarseSeconds(st.WalkSeconds)
		}
		if before = here; !here {
			st.Location = coarse(st.Location)
			continue
		}
		if st.Resident != "" {
			named = append(named, st.Resident)
		} else {
			tasks = append(tasks, st.Task)
		}
	}
	names := len(named)+len(tasks) > 0 || visitor != ""
	unnamed := data.Event{}
	if look.Action = data.ActName; !names { // otherwise it is recorded with the names, below
		look.Action, unnamed = data.ActRead, look
		unnamed.Action = data.ActRead
	}
	if err := s.shown(ctx, v.snap, slices.Clone(all), unnamed); err != nil {
		return "", err
	}
	if !names {
		look = data.Event{}
	}
	told, lately, err := s.stopsAtDesk(ctx, district, day, all, data.Ask{Persons: named, Visitors: []string{visitor}, Tasks: tasks}, look)
	if err != nil {
		return "", err
	}
	codes, err := s.store.DoorCodesAt(ctx, district, all)
	if err != nil {
		return "", err
	}
	ticked, err := s.store.TasksDoneOn(ctx, district, tasks, day)
	if err != nil {
		return "", err
	}
	for i := range stops {
		st := &stops[i]
		if p, known := told.Persons[st.Resident]; known {
			st.Name, st.Phone, st.Address, st.Note = p.Name.Reveal(), p.Phone.Reveal(), p.Address.Reveal(), p.Note.Reveal()
		} else if st.Resident == "" {
			st.Address = told.Addresses[st.Task].Reveal()
		}
		if st.Done = lately.Recorded[st.Resident]; st.Resident == "" && ticked[st.Task] {
			st.Done = st.Task
		}
		if l, seen := lately.Last[st.Resident]; seen {
			st.Last = &l
		}
		for _, c := range codes[st.Resident] {
			st.Codes = append(st.Codes, codeDigest(c.Hash))
		}
	}
	return told.Visitors[visitor].Name.Reveal(), nil
}

// stopsAtDesk opens the names, and what was lately at the homes of these residents, as
// far as the session sees either. A look at names is recorded as look says; without
// an action there are none.
func (s *Service) stopsAtDesk(ctx context.Context, district string, day planner.Date, residents []string, ask data.Ask, look data.Event) (told data.Answer, lately data.Lately, err error) {
	err = s.atDesk(ctx, func(d *data.Desk) (err error) {
		if look.Action != "" {
			ask.Persons, ask.Visitors, ask.Tasks = eachOnce(ask.Persons), eachOnce(ask.Visitors), eachOnce(ask.Tasks)
			if told, err = d.Look(ctx, district, ask); err != nil {
				return err
			}
		}
		if viewerOf(ctx).unseated() { // without a session there is nothing to decide by
			lately, err = s.store.Lately(ctx, district, residents, day)
		} else {
			lately, err = d.Lately(ctx, district, residents, day)
		}
		if err != nil || look.Action == "" {
			return err
		}
		return s.recordAt(ctx, d, district, look)
	})
	return told, lately, err
}
