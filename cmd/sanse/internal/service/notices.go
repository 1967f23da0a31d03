package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sanse/data"
	"sanse/planner"
)

// noticeDays is how long boundaries that have come into force are told of.
const noticeDays = 14

// Notices is what pages and devices are to be told without having asked.
type Notices struct {
	DataVersion int64 // what a page shows is of this version, or to be asked for again
	Today       planner.Date
	Items       []Notice // the first to come into force first
}

// Notice tells of boundaries that are to come into force, or have lately.
type Notice struct {
	data.Publication
	Areas []data.AreaChange // by code
	// Mine are those of them in which the visitor may or might go, before or
	// after.
	Mine []data.AreaChange
	// Stale is the plan in force where it reaches into these boundaries and was
	// not made under them; nil where there is none.
	Stale *StalePlan
}

// Notices returns the publications that are to come into force or did so in the
// last two weeks, and which of their areas are a visitor's; an empty visitor
// has none.
func (s *Service) Notices(ctx context.Context, district, visitor string) (Notices, error) {
	f, err := s.frame(ctx, district)
	if err != nil {
		return Notices{}, err
	}
	if visitor == "" {
		return f.noticesFor(viewerOf(ctx)), nil
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return Notices{}, err
	}
	out := v.noticesFor(viewerOf(ctx))
	w, err := v.mayDay(ctx, visitor)
	if err != nil {
		return Notices{}, err
	}
	for i := range out.Items {
		n := &out.Items[i]
		scope := append(v.turns.scope(w, v.snap.Date, n.Effective-1), v.turns.scope(w, v.snap.Date, n.Effective)...)
		// Of a day that is over the scope before is not known any more: it had, of
		// what ended, that whose heirs it has.
		for from, to := range v.turns.heirs[n.ID] {
			if n.Effective <= v.snap.Date && slices.ContainsFunc(to, func(c string) bool { return slices.Contains(scope, c) }) {
				scope = append(scope, from)
			}
		}
		for _, a := range n.Areas {
			if slices.ContainsFunc(scope, func(c string) bool { return strings.HasPrefix(a.Code, c) }) {
				n.Mine = append(n.Mine, a)
			}
		}
	}
	return out, nil
}

// noticesFor are the notices of a district as somebody is told of them.
func (f *frame) noticesFor(viewer Viewer) Notices {
	out := Notices{DataVersion: f.version, Today: f.today, Items: slices.Clone(f.turns.notices)}
	if !viewer.AnswersFor(f.district.Code) {
		for i := range out.Items {
			out.Items[i].Stale = nil // how many walks a plan has somewhere
		}
	}
	return out
}

// turns are the publications that notices tell of, and what it takes to say
// whom they concern.
type turns struct {
	notices   []Notice           // without Mine
	published []data.Publication // by day, those that notices do not tell of among them
	heirs     map[int64]map[string][]string
	given     map[string]planner.Date // when the scope of a visitor was stored
}

// scope is the scope of a visitor on a day, from what it is on another one.
func (t *turns) scope(v *planner.Visitor, is, on planner.Date) []string {
	until := 0
	for until < len(t.published) && t.published[until].Effective <= on {
		until++
	}
	return slices.Clone(followScope(v.Scope, max(is, t.given[v.ID]), t.published[:until], t.heirs))
}

// readTurns reads the publications that notices tell of on a day.
func readTurns(ctx context.Context, r *data.Reads, d data.District, today planner.Date) (t turns, err error) {
	if t.published, err = r.Publications(ctx, d.Code); err != nil || len(t.published) == 0 || t.published[0].Effective < today-noticeDays {
		return turns{}, err
	}
	slices.Reverse(t.published)
	var days []planner.Date
	for i := range t.published {
		if p := &t.published[i]; p.Effective >= today-noticeDays {
			days = append(days, p.Effective)
			t.notices = append(t.notices, Notice{Publication: *p})
		}
	}
	changes, err := r.AreaChanges(ctx, d.Code, days)
	if err != nil {
		return t, err
	}
	for _, c := range changes {
		if c.Was != nil {
			same, err := sameGround(c.Was, c.Is)
			if err != nil {
				return t, fmt.Errorf("compare area %s: %w", c.Code, err)
			}
			if same {
				continue // a vertex more, where a neighbour's border has come to end
			}
			c.Was, c.Is = nil, nil
		}
		i := slices.Index(days, c.On) // no two publications are of one day
		t.notices[i].Areas = append(t.notices[i].Areas, c)
	}
	lineage, err := r.AreaLineage(ctx, d.Code, days[len(days)-1])
	if err != nil {
		return t, err
	}
	t.heirs = heirsByPublication(lineage)
	given, err := r.ScopesGiven(ctx, d.Code)
	if err != nil {
		return t, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return t, invalid("there is no time zone %q", d.TimeZone)
	}
	t.given = make(map[string]planner.Date, len(given))
	for id, at := range given {
		t.given[id] = planner.DateOf(at.In(zone))
	}
	return t, nil
}

// stale marks the notices of boundaries into which the plan in force reaches
// without having been made under them.
func (t *turns) stale(ctx context.Context, r *data.Reads, district string, rec *data.PlanRecord, today planner.Date) error {
	if rec == nil {
		return nil
	}
	for i := range t.notices {
		n := &t.notices[i]
		from := max(n.Effective, rec.Start, today)
		made := rec.Start >= n.Effective && !rec.MadeAt.Before(n.At)
		if made || from >= rec.Start+planner.Date(rec.Days) {
			continue
		}
		walks, err := r.CountItineraries(ctx, district, rec.ID, from)
		if err != nil {
			return err
		}
		n.Stale = &StalePlan{ID: rec.ID, From: from, Itineraries: walks}
	}
	return nil
}
