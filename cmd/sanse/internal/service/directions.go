package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
	"sanse/routing"
	"sanse/routing/directions"
)

// Leg is the way from one place of a walk to the next.
type Leg struct {
	To      string // the resident, or the task with a place of its own; empty for the end of the walk
	Seconds int
	Metres  float64
	Steps   []LegStep
}

// coarsen leaves of a way what those are told of it who are not told where both
// its ends are: the steps would lead to the door, and so would several ways to
// the metre.
func (l *Leg) coarsen() {
	l.Seconds, l.Metres, l.Steps = coarseSeconds(l.Seconds), math.Ceil(l.Metres/coarseMetres)*coarseMetres, []LegStep{}
}

// LegStep is one thing to do on a way.
type LegStep struct {
	Text    string
	Type    directions.Type
	Turn    directions.Modifier
	Metres  float64
	Seconds int
	At      orb.Point
}

// Directions tells the ways of a visitor's day step by step: one list of legs a
// walk, in the order of the day. A leg whose streets are not there any more has
// no steps, and neither has one from or to a door of which who asks is not told
// where it is; how long that one is they are told coarsely.
func (s *Service) Directions(ctx context.Context, district, visitor string, day planner.Date, lang directions.Language) ([][]Leg, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	w, err := v.mayDay(ctx, visitor)
	if err != nil {
		return nil, err
	}
	if day == 0 {
		day = v.opensOn()
	}
	walks, err := s.walksOn(ctx, v, visitor, day)
	if err != nil {
		return nil, err
	}
	out := [][]Leg{}
	var streets *guided
	for i := range walks {
		it := &walks[i]
		if streets == nil {
			if streets, err = s.streets(ctx, v.snap.District.Code, day, v.snap.Version); err != nil {
				return nil, err
			}
		}
		var ids []string
		for k := range it.Stops {
			ids = append(ids, it.Stops[k].Resident)
		}
		var told []string
		for _, st := range it.Stops {
			told = append(told, cmp.Or(st.Resident, st.Task))
		}
		if err := s.shown(ctx, v.snap, ids, read("directions", commonArea(w.Scope), told...)); err != nil {
			return nil, err
		}
		legs, err := streets.legs(ctx, v, w, it, lang)
		if err != nil {
			return nil, fmt.Errorf("ways of visitor %s on %s: %w", visitor, day, err)
		}
		out = append(out, legs)
	}
	return out, nil
}

// guided is a district's network on a day, with what tells its ways.
type guided struct {
	version int64 // of the district's data
	day     planner.Date
	net     *routing.Network
	guide   *directions.Guide
}

// streets returns a district's network on a day. The last one asked for is kept,
// for a leader asks for one day after another.
func (s *Service) streets(ctx context.Context, district string, day planner.Date, version int64) (*guided, error) {
	select {
	case s.walking <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the streets of district %s: %w", district, ctx.Err())
	}
	defer func() { <-s.walking }()
	if g := s.guides[district]; g != nil && g.version >= version && g.day == day {
		return g, nil
	}
	g := &guided{day: day}
	err := s.store.View(ctx, func(r *data.Reads) (err error) {
		if g.version, err = r.DataVersion(ctx, district); err != nil {
			return err
		}
		packed, stored, err := r.Graph(ctx, district)
		if err != nil {
			return err
		}
		g.net, _, err = streetsOn(ctx, r, district, day, packed, stored)
		return err
	})
	switch {
	case errors.Is(err, data.ErrNotFound):
		return nil, notFound("district %s has no streets", Own(district))
	case err != nil:
		return nil, fmt.Errorf("read the streets of district %s: %w", district, err)
	}
	g.guide = directions.NewGuide(g.net.Graph())
	s.guides[district] = g
	return g, nil
}

// legs tells the ways of one walk, the way home among them where there is one.
func (g *guided) legs(ctx context.Context, v *view, w *planner.Visitor, it *planner.Itinerary, lang directions.Language) ([]Leg, error) {
	viewer := viewerOf(ctx)
	names := func(area string) bool { return viewer.May(CapNames, area) }
	profile, err := routing.ProfileByName(w.Mode)
	if err != nil {
		return nil, err
	}
	engine, err := g.net.Engine(profile)
	if err != nil {
		return nil, err
	}
	at, told := w.Start, true
	var out []Leg
	for i := range it.Stops {
		to, ok := v.placeOf(&it.Stops[i])
		before := told
		told = names(v.areaOf(&it.Stops[i]))
		leg := Leg{Steps: []LegStep{}}
		if ok { // else gone since the plan was made: the next way begins where the last one ended
			if leg, err = g.leg(ctx, engine, at, to, lang); err != nil {
				return nil, err
			}
			at = to
		}
		if !before || !told {
			leg.coarsen()
		}
		leg.To = cmp.Or(it.Stops[i].Resident, it.Stops[i].Task)
		out = append(out, leg)
	}
	if w.End != nil {
		leg, err := g.leg(ctx, engine, at, *w.End, lang)
		if err != nil {
			return nil, err
		}
		if !told {
			leg.coarsen()
		}
		out = append(out, leg)
	}
	return out, nil
}

// placeOf is where a stop is.
func (v *view) placeOf(st *planner.Stop) (orb.Point, bool) {
	if r := v.residents[st.Resident]; r != nil {
		return r.Location, true
	}
	if t := v.tasks[st.Task]; t != nil && t.Resident == "" {
		return t.Location, true
	}
	return orb.Point{}, false
}

func (g *guided) leg(ctx context.Context, e *routing.Engine, from, to orb.Point, lang directions.Language) (Leg, error) {
	leg := Leg{Steps: []LegStep{}}
	if from == to {
		return leg, nil
	}
	ends, faults := e.SnapAll([]orb.Point{from, to}, snapMetres)
	if faults[0] != nil || faults[1] != nil {
		return leg, nil
	}
	path, err := e.Route(ctx, ends[0], ends[1])
	if errors.Is(err, routing.ErrNoWay) {
		return leg, nil
	}
	if err != nil {
		return leg, err
	}
	steps, err := g.guide.Steps(e, path, directions.Options{})
	if err != nil {
		return leg, err
	}
	leg.Seconds, leg.Metres = path.Seconds, path.Metres
	for i, text := range directions.Texts(steps, lang) {
		st := &steps[i]
		leg.Steps = append(leg.Steps, LegStep{
			Text: text, Type: st.Manoeuvre.Type, Turn: st.Manoeuvre.Modifier,
			Metres: st.Metres, Seconds: int((st.Millis + 999) / 1000), At: st.Manoeuvre.Location,
		})
	}
	return leg, nil
}
