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
// day first, and says how many there are in all. Who sees no days but their own
// is listed alone.
func (s *Service) Visitors(ctx context.Context, district, area, text string, day planner.Date) ([]VisitorRow, int, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, 0, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return nil, 0, err
	}
	if day == 0 {
		day = v.opensOn()
	}
	viewer := viewerOf(ctx)
	all := viewer.May(CapDays, a.Code)
	rows := v.visitorRows(day, func(w *planner.Visitor) bool {
		return (all || w.ID == viewer.Visitor) && (text == "" || strings.Contains(strings.ToLower(w.ID), strings.ToLower(text))) &&
			slices.ContainsFunc(w.Scope, func(c string) bool { return strings.HasPrefix(c, a.Code) || strings.HasPrefix(a.Code, c) })
	})
	told := rows[:min(len(rows), maxVisitors)]
	ids := make([]string, len(told))
	for i := range told {
		ids[i] = told[i].ID
	}
	if err := s.record(ctx, v.snap.District.Code, read("visitor", a.Code, ids...)); err != nil {
		return nil, 0, err
	}
	return told, len(rows), nil
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

// mayDay finds a visitor whose day who asks may see: their own, or any in whose
// areas they see days. Of others they are not told whether there are any.
func (v *view) mayDay(ctx context.Context, visitor string) (*planner.Visitor, error) {
	w, district := v.visitors[visitor], v.snap.District.Code
	if w == nil {
		return nil, missing(ctx, CapDays, district, "there is no visitor %q", visitor)
	}
	needs := CapDays
	if visitor == viewerOf(ctx).Visitor {
		needs = CapRecords
	}
	return w, mustSee(ctx, needs, district, w.Scope)
}

// mayName tells whether who asks is told the name of a visitor: it is their own, or
// they are told the names of all whom the visitor sees.
func mayName(ctx context.Context, v *view, w *planner.Visitor) bool {
	return w.ID == viewerOf(ctx).Visitor || mustSee(ctx, CapNames, v.snap.District.Code, w.Scope) == nil
}

// Day returns the day of a visitor. Who is told names gets those of the doors,
// with addresses and where they are; who is not gets ids, and the corner of the
// community in which each lies.
func (s *Service) Day(ctx context.Context, district, visitor string, day planner.Date) (DayView, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return DayView{}, err
	}
	w, err := v.mayDay(ctx, visitor)
	if err != nil {
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
	var itineraries []data.ItineraryRecord
	if v.plan != nil {
		itineraries, err = s.store.PlanItineraries(ctx, v.snap.District.Code, v.plan.ID, data.ItineraryFilter{From: day, To: day, Visitors: []string{visitor}})
		if err != nil {
			return out, err
		}
	}
	out.Leads = v.leads(w, day)
	names, err := s.dayNames(ctx, v, w, itineraries, &out)
	if err != nil {
		return out, err
	}
	v.doors(ctx, itineraries, names, &out)
	out.Name = names.Visitors[visitor].Name.Reveal()
	for _, l := range out.Leads {
		out.LeadNames[l.ID] = names.Visitors[l.ID].Name.Reveal()
	}
	return out, nil
}

// dayNames has the database show whom a day tells of, and opens the names of
// those who are named to who asks, all at once. The look is recorded: of the day,
// as one at names where there are any among its doors, and of the names of visitors.
func (s *Service) dayNames(ctx context.Context, v *view, w *planner.Visitor, itineraries []data.ItineraryRecord, out *DayView) (data.Answer, error) {
	viewer := viewerOf(ctx)
	var ask data.Ask
	for i := range itineraries {
		for k := range itineraries[i].Stops {
			st := &itineraries[i].Stops[k]
			ask.Residents = append(ask.Residents, st.Resident)
			if !viewer.May(CapNames, v.areaOf(st)) {
				continue
			}
			ask.Persons, ask.Tasks = append(ask.Persons, st.Resident), append(ask.Tasks, st.Task)
		}
	}
	if mayName(ctx, v, w) {
		ask.Visitors = append(ask.Visitors, w.ID)
	}
	for _, l := range out.Leads {
		if mayName(ctx, v, v.visitors[l.ID]) {
			ask.Visitors = append(ask.Visitors, l.ID)
		}
	}
	var looks []data.Event
	if stops := stopsOf(itineraries); len(stops) > 0 {
		look := read("visitor_day", commonArea(w.Scope), stops...)
		look.Detail = map[string]string{"visitor": w.ID, "date": out.Date.String()}
		if len(ask.Persons) > 0 {
			look.Action = data.ActName
		}
		looks = append(looks, look)
	}
	if len(ask.Visitors) > 0 {
		looks = append(looks, data.Event{Action: data.ActName, Object: "visitor", IDs: ask.Visitors, Area: commonArea(w.Scope)})
	}
	return s.told(ctx, v.snap, ask, looks...)
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
func (v *view) doors(ctx context.Context, itineraries []data.ItineraryRecord, names data.Answer, out *DayView) {
	viewer := viewerOf(ctx)
	for i := range itineraries {
		it := &itineraries[i]
		d := DayItinerary{Itinerary: it.Itinerary, Back: back(&it.Itinerary), Route: v.routeFor(ctx, it)}
		here := true // where a walk begins is no secret
		for _, st := range it.Stops {
			before := here
			if here = viewer.May(CapNames, v.areaOf(&st)); !before || !here {
				st.WalkSeconds = coarseSeconds(st.WalkSeconds)
			}
			d.WalkSeconds += st.WalkSeconds
			door := Door{Stop: st, Name: names.Persons[st.Resident].Name.Reveal(), Address: names.Persons[st.Resident].Address.Reveal(), Why: why(st, it.Date)}
			if r := v.residents[st.Resident]; r != nil {
				door.Grade, door.Kinds, door.Location, door.Minutes = r.Grade, r.Kinds, r.Location, r.Minutes
				door.needs(&r.Needs, it.Date)
			}
			if t := v.tasks[st.Task]; t != nil {
				door.TaskKind, door.What, door.Minutes = t.Kind, t.What, t.Minutes
				if st.Resident == "" {
					door.Location, door.Address = t.Location, names.Addresses[t.ID].Reveal()
				}
				door.needs(&t.Needs, it.Date)
			}
			if !here {
				door.Location = coarse(door.Location)
			}
			door.With = v.others(&it.Itinerary, &st)
			d.Doors = append(d.Doors, door)
		}
		if !here {
			d.ReturnSeconds = coarseSeconds(d.ReturnSeconds)
		}
		d.WalkSeconds += d.ReturnSeconds
		out.Itineraries = append(out.Itineraries, d)
	}
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
