package service

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/form"
)

// OrderIn is the order in which somebody walks a day.
type OrderIn struct {
	Visitor string       // empty: whoever asks
	Day     planner.Date // 0: today
	Doors   []string     // ids of tasks, and of residents at visits; none: as planned
	Why     string       // code of a reason of the form, where the order breaks something that may be broken for one
	Try     bool         // nothing is kept
}

// OrderOut is what comes of it.
type OrderOut struct {
	Kept   bool
	Stops  []OrderedStop
	Breaks []OrderBreak
}

// OrderedStop is when a door is reached.
type OrderedStop struct {
	Door        string
	Arrive      planner.Clock
	WalkSeconds int
}

// OrderBreak is what an order breaks. One that is firm is a promise: with it the order
// is not kept. Others are kept with a reason.
type OrderBreak struct {
	Code string // of planner.Check, or deadline
	Door string // empty: the day as a whole
	Firm bool
}

// breakDeadline is an order in which a visit that is held by a ladder comes after its
// deadline.
const breakDeadline = "deadline"

// maxDoors is how many doors a day has at most.
const maxDoors = 200

// OrderDay keeps the order in which a visitor walks a day, and says when each door is
// reached and what the order breaks. It holds for that day whatever the plan in force
// becomes: who comes in addition stands where the plan has them.
func (s *Service) OrderDay(ctx context.Context, district string, in OrderIn) (OrderOut, error) {
	c, err := s.changeDay(ctx, district, in.Visitor, in.Day, "")
	if err != nil {
		return OrderOut{}, err
	}
	switch {
	case len(in.Doors) > maxDoors:
		return OrderOut{}, invalid("doors: more than %d", maxDoors)
	case in.Why != "" && !form.Has(c.form.Postpone, in.Why):
		return OrderOut{}, invalid("why: the form has no such reason")
	case c.day < c.now.Date:
		return OrderOut{}, invalid("date: that day is over")
	}
	v := c.view
	code := v.snap.District.Code
	out := OrderOut{Stops: []OrderedStop{}, Breaks: []OrderBreak{}}
	walks := v.walks(c.who.ID, c.day)
	if len(walks) == 0 {
		return out, &Error{Code: CodeNo, Message: "nothing is planned on that day"}
	}
	if len(in.Doors) > 0 {
		p, err := s.problemOf(ctx, v)
		if err != nil {
			return out, err
		}
		first := walks[0].Stops[0]
		p, plan := aroundBlock(p, v.planned, planner.Ask{Resident: first.Resident, Task: first.Task, Date: c.day})
		if walks, err = planner.Reorder(p, plan, c.who.ID, c.day, in.Doors); err != nil {
			return out, invalidCause(err, "this order cannot be walked")
		}
		for _, b := range planner.Breaks(p, plan, c.who.ID, c.day, walks) {
			if b.Code == planner.CodeLockLate {
				continue // by the deadlines of now, below
			}
			out.Breaks = append(out.Breaks, OrderBreak{
				Code: string(b.Code), Door: cmp.Or(b.Task, b.Resident), Firm: b.Code != planner.CodeOutsideHours && b.Code != planner.CodeReturnLate,
			})
		}
	}
	held, err := s.store.LaddersHeld(ctx, code, c.who.ID, c.day)
	if err != nil {
		return out, err
	}
	for i := range walks {
		for k := range walks[i].Stops {
			st := &walks[i].Stops[k]
			out.Stops = append(out.Stops, OrderedStop{Door: cmp.Or(st.Task, st.Resident), Arrive: st.Arrive, WalkSeconds: st.WalkSeconds})
			late := func(l data.Ladder) bool {
				return st.Task == "" && l.Resident == st.Resident && !instant(planner.Moment{Date: c.day, Clock: st.Arrive}, c.zone).Before(l.Deadline)
			}
			if slices.ContainsFunc(held, late) && len(in.Doors) > 0 {
				out.Breaks = append(out.Breaks, OrderBreak{Code: breakDeadline, Door: st.Resident, Firm: true})
			}
		}
	}
	// Whoever tries an order is told whom the day leads to, kept or not.
	if err := s.shownDay(ctx, c, walks); err != nil {
		return OrderOut{}, err
	}
	firm := slices.ContainsFunc(out.Breaks, func(b OrderBreak) bool { return b.Firm })
	if out.Kept = !in.Try && !firm && (len(out.Breaks) == 0 || in.Why != ""); !out.Kept {
		return out, nil
	}
	o := data.DayOrder{Visitor: c.who.ID, Day: c.day, Doors: in.Doors, Why: in.Why, Account: viewerOf(ctx).Account, At: s.now()}
	if len(out.Breaks) == 0 {
		o.Why = ""
	}
	return out, s.store.Write(ctx, func(tx *data.Tx) error {
		if err := tx.PutDayOrder(code, &o); err != nil {
			return err
		}
		return tx.Record(code, data.Event{
			Action: data.ActUpdate, Object: "day_order", IDs: []string{c.who.ID}, Area: commonArea(c.who.Scope), Detail: map[string]string{"date": c.day.String(), "why": o.Why},
		})
	})
}

// shownDay has the database decide whether who asks may be told of those to whom a day
// leads, and records the look.
func (s *Service) shownDay(ctx context.Context, c *dayChange, walks []planner.Itinerary) error {
	var residents, all []string
	for i := range walks {
		for k := range walks[i].Stops {
			st := &walks[i].Stops[k]
			residents, all = append(residents, st.Resident), append(all, cmp.Or(st.Resident, st.Task))
		}
	}
	look := read("visitor_day", commonArea(c.who.Scope), all...)
	look.Detail = map[string]string{"visitor": c.who.ID, "date": c.day.String()}
	return s.shown(ctx, c.view.snap, residents, look)
}

// walks are those of a visitor's day as they are planned, in the order of the day.
func (v *view) walks(visitor string, day planner.Date) []planner.Itinerary {
	var out []planner.Itinerary
	for i := range v.planned.Itineraries {
		if it := &v.planned.Itineraries[i]; it.Visitor == visitor && it.Date == day && len(it.Stops) > 0 {
			out = append(out, *it)
		}
	}
	slices.SortStableFunc(out, func(a, b planner.Itinerary) int { return cmp.Compare(a.Depart, b.Depart) })
	return out
}

// walksOn are the walks of a visitor's day in the order in which they are walked.
func (s *Service) walksOn(ctx context.Context, v *view, visitor string, day planner.Date) ([]planner.Itinerary, error) {
	ordered, err := s.orderedDay(ctx, v, visitor, day)
	if err != nil || ordered != nil {
		return ordered, err
	}
	return v.walks(visitor, day), nil
}

// orderedDay are the walks of a visitor's day that is walked in another order than
// the plan's; nil: it is not. An order that cannot be walked any more is none.
func (s *Service) orderedDay(ctx context.Context, v *view, visitor string, day planner.Date) ([]planner.Itinerary, error) {
	if v.plan == nil {
		return nil, nil
	}
	o, err := s.store.DayOrder(ctx, v.snap.District.Code, visitor, day)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := s.problemOf(ctx, v)
	if err != nil {
		return nil, err
	}
	walks, err := planner.Reorder(p, v.planned, visitor, day, o.Doors)
	if err != nil {
		s.log.Warn("an order of a day cannot be walked any more", "district", v.snap.District.Code)
		return nil, nil
	}
	return walks, nil
}
