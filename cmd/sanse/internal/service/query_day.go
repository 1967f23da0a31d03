package service

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
)

// VisitorRow is a visitor with their day in a few figures.
type VisitorRow struct {
	ID     string
	Kind   string
	Tier   planner.Tier
	Scope  []string
	Stops  int
	Depart *planner.Clock // nil: no visit that day
	Back   *planner.Clock
}

// maxVisitors is how many visitors a list holds at most.
const maxVisitors = 200

// Visitors lists those who may visit in an area, the ones with visits on the
// day first, and says how many there are in all.
func (s *Service) Visitors(ctx context.Context, district, area, text string, day planner.Date) ([]VisitorRow, int, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, 0, err
	}
	if day == 0 {
		day = v.opensOn()
	}
	rows := v.visitorRows(day, func(w *planner.Visitor) bool {
		return (text == "" || strings.Contains(strings.ToLower(w.ID), strings.ToLower(text))) &&
			slices.ContainsFunc(w.Scope, func(c string) bool { return strings.HasPrefix(c, a.Code) || strings.HasPrefix(a.Code, c) })
	})
	return rows[:min(len(rows), maxVisitors)], len(rows), nil
}

// visitorRows lists visitors, those with the most stops on the day first.
func (v *view) visitorRows(day planner.Date, want func(*planner.Visitor) bool) []VisitorRow {
	type span struct {
		stops        int
		depart, back planner.Clock
	}
	busy := make(map[string]span)
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		if it.Date != day {
			continue
		}
		b, seen := busy[it.Visitor]
		if !seen || it.Depart < b.depart {
			b.depart = it.Depart
		}
		b.back = max(b.back, back(it))
		b.stops += len(it.Stops)
		busy[it.Visitor] = b
	}
	rows := []VisitorRow{}
	for i := range v.problem.Visitors {
		w := &v.problem.Visitors[i]
		if !want(w) {
			continue
		}
		row := VisitorRow{ID: w.ID, Kind: w.Kind, Tier: w.Tier, Scope: w.Scope}
		if b, ok := busy[w.ID]; ok {
			row.Stops, row.Depart, row.Back = b.stops, &b.depart, &b.back
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b VisitorRow) int { return cmp.Or(cmp.Compare(b.Stops, a.Stops), cmp.Compare(a.ID, b.ID)) })
	return rows
}

// back is the minute in which a walk ends.
func back(it *planner.Itinerary) planner.Clock {
	last := it.Stops[len(it.Stops)-1].Leave
	return last + planner.Clock((it.ReturnSeconds+59)/60)
}

// DayView is a visitor's day.
type DayView struct {
	Visitor     planner.Visitor
	Name        string
	Shifts      []planner.Shift // of the day
	Date        planner.Date
	Previous    *planner.Date // the nearest days with visits
	Next        *planner.Date
	Itineraries []DayItinerary
	// Leads are the visitors of the grid or community that this one leads.
	Leads []VisitorRow
	// LeadNames are the names of Leads by id.
	LeadNames map[string]string
}

// DayItinerary is one walk of a day.
type DayItinerary struct {
	planner.Itinerary
	Back        planner.Clock
	WalkSeconds int
	Route       orb.MultiLineString
	Doors       []Door
}

// Door is a stop with what the visitor has to know of it.
type Door struct {
	planner.Stop
	TaskKind string // empty: a care visit
	What     string // what is done at a task: a key of the vocabulary of skills, or words
	Skills   []string
	Hours    []planner.Shift // of the day, in which the visit may begin; empty: any time
	With     []string        // who else must be there
	Name     string
	Address  string
	Grade    string
	Kinds    []string
	Location orb.Point
	Minutes  int
	Why      string // due_today, due_soon, owed, spread
}

// Day returns the day of a visitor, with the names and addresses that they
// need at the door.
func (s *Service) Day(ctx context.Context, district, visitor string, day planner.Date) (DayView, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return DayView{}, err
	}
	w := v.visitors[visitor]
	if w == nil {
		return DayView{}, notFound("there is no visitor %q", visitor)
	}
	if err := mustAnswerForAll(ctx, w.Scope); err != nil {
		return DayView{}, err
	}
	if day == 0 {
		day = v.opensOn()
	}
	out := DayView{Visitor: *w, Date: day, LeadNames: map[string]string{}}
	for _, sh := range w.Shifts {
		if sh.Weekday == day.Weekday() && !slices.Contains(w.DaysOff, day) {
			out.Shifts = append(out.Shifts, sh)
		}
	}
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		if it.Visitor != visitor {
			continue
		}
		if d := it.Date; d < day && (out.Previous == nil || d > *out.Previous) {
			out.Previous = &d
		} else if d > day && (out.Next == nil || d < *out.Next) {
			out.Next = &d
		}
	}
	if v.plan != nil {
		itineraries, err := s.store.PlanItineraries(ctx, v.snap.District.Code, v.plan.ID, data.ItineraryFilter{From: day, To: day, Visitors: []string{visitor}})
		if err != nil {
			return out, err
		}
		if err := s.doors(ctx, v, itineraries, &out); err != nil {
			return out, err
		}
	}
	out.Leads = v.leads(w, day)
	ids := []string{visitor}
	for _, l := range out.Leads {
		ids = append(ids, l.ID)
	}
	persons, err := s.store.VisitorPersons(ctx, v.snap.District.Code, ids)
	if err != nil {
		return out, err
	}
	out.Name = persons[visitor].Name.Reveal()
	for _, l := range out.Leads {
		out.LeadNames[l.ID] = persons[l.ID].Name.Reveal()
	}
	return out, nil
}

// leads lists the visitors whose days a leader sees: those of their grid for a
// grid leader, of their community for a master-grid leader.
func (v *view) leads(w *planner.Visitor, day planner.Date) []VisitorRow {
	if w.Tier != planner.TierGrid && w.Tier != planner.TierMasterGrid {
		return []VisitorRow{}
	}
	rows := v.visitorRows(day, func(o *planner.Visitor) bool {
		return o.ID != w.ID && o.Tier < w.Tier && slices.ContainsFunc(o.Scope, func(c string) bool {
			return slices.ContainsFunc(w.Scope, func(mine string) bool { return strings.HasPrefix(c, mine) })
		})
	})
	return rows[:min(len(rows), maxVisitors)]
}

// doors fills in the walks of a day.
func (s *Service) doors(ctx context.Context, v *view, itineraries []data.ItineraryRecord, out *DayView) error {
	var ids, tasks []string
	for i := range itineraries {
		for _, st := range itineraries[i].Stops {
			if st.Resident != "" {
				ids = append(ids, st.Resident)
			}
			if st.Task != "" {
				tasks = append(tasks, st.Task)
			}
		}
	}
	addresses, err := s.store.TaskAddresses(ctx, v.snap.District.Code, tasks)
	if err != nil {
		return err
	}
	persons, err := s.store.ResidentPersons(ctx, v.snap.District.Code, ids)
	if err != nil {
		return err
	}
	for i := range itineraries {
		it := &itineraries[i]
		d := DayItinerary{Itinerary: it.Itinerary, Back: back(&it.Itinerary), WalkSeconds: it.ReturnSeconds, Route: it.Route}
		for _, st := range it.Stops {
			d.WalkSeconds += st.WalkSeconds
			door := Door{Stop: st, Name: persons[st.Resident].Name.Reveal(), Address: persons[st.Resident].Address.Reveal(), Why: why(st, it.Date)}
			if r := v.residents[st.Resident]; r != nil {
				door.Grade, door.Kinds, door.Location, door.Minutes = r.Grade, r.Kinds, r.Location, r.Minutes
				door.needs(&r.Needs, it.Date)
			}
			if t := v.tasks[st.Task]; t != nil {
				door.TaskKind, door.What, door.Minutes = t.Kind, t.What, t.Minutes
				if st.Resident == "" {
					door.Location, door.Address = t.Location, addresses[t.ID].Reveal()
				}
				door.needs(&t.Needs, it.Date)
			}
			door.With = v.others(&it.Itinerary, &st)
			d.Doors = append(d.Doors, door)
		}
		out.Itineraries = append(out.Itineraries, d)
	}
	return nil
}

// needs fills in what a visit asks of the day and of who comes.
func (d *Door) needs(n *planner.Needs, day planner.Date) {
	d.Skills, d.Hours = n.Skills, nil
	for _, h := range n.Hours {
		if h.Weekday == day.Weekday() {
			d.Hours = append(d.Hours, h)
		}
	}
}

// others are the visitors who come to the same stop at the same time.
func (v *view) others(it *planner.Itinerary, st *planner.Stop) []string {
	var out []string
	for i := range v.planned.Itineraries {
		o := &v.planned.Itineraries[i]
		if o.Date != it.Date || o.Visitor == it.Visitor || o.Block != it.Block {
			continue
		}
		if slices.ContainsFunc(o.Stops, func(s planner.Stop) bool { return s.Resident == st.Resident && s.Task == st.Task }) {
			out = append(out, o.Visitor)
		}
	}
	return out
}

// why says in a word why a visit is on that day.
func why(st planner.Stop, day planner.Date) string {
	switch {
	case st.Owed:
		return "owed"
	case st.DueBy == day:
		return "due_today"
	case st.DueBy <= day+2:
		return "due_soon"
	default:
		return "on_the_way"
	}
}
