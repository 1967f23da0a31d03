package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
	"sanse/reports/reach"
)

// TryChange is a facility built, moved, closed or opened for a try.
type TryChange struct {
	Op       string // add, move, close, open
	Facility string // which; of a new one the id it goes by, which may be empty
	Service  string // of a new one
	Location orb.Point
	Status   string // of a new one; empty: open
	Capacity int
}

// Tried is what changes would do.
type Tried struct {
	TookMS   int64                      `json:"took_ms"`
	Services map[string]TriedService    `json:"services"`
	Areas    []TriedArea                `json:"areas" doc:"those in which anybody comes into reach or falls out of it, the larger first"`
	Cells    *geojson.FeatureCollection `json:"cells" doc:"cells to which the walk changes, with the seconds before and after, null out of reach"`
	// Unplaced says of the first place that counts for nothing why.
	Unplaced string `json:"unplaced,omitempty" enum:"no_position,outside,too_far,closed_all_week,closed_then,idle,planned"`
	Detail   string `json:"unplaced_detail,omitempty"`
}

// TriedService is who is in reach of a service, before and after.
type TriedService struct {
	Before ReachPeople `json:"before"`
	After  ReachPeople `json:"after"`
	Total  ReachPeople `json:"total"`
}

// TriedArea is who is in reach of a service in one area.
type TriedArea struct {
	Code    string      `json:"code"`
	Name    string      `json:"name"`
	Level   string      `json:"level"`
	Service string      `json:"service"`
	Before  ReachPeople `json:"before"`
	After   ReachPeople `json:"after"`
	Total   ReachPeople `json:"total"`
}

// maxTries is how many changes can be tried at once.
const maxTries = 200

// TryCoverage tells what changes of the facilities would do to the coverage, of
// the services that they concern and those asked for, in an area and below it
// (empty: the district). Nothing is stored.
func (s *Service) TryCoverage(ctx context.Context, district, area string, services []string, changes []TryChange, q ReachQuery) (Tried, error) {
	began := s.now()
	if err := q.checkWalk(); err != nil {
		return Tried{}, err
	}
	if len(changes) > maxTries {
		return Tried{}, invalid("%d changes are too many to try at once: want at most %d", len(changes), maxTries)
	}
	_, within, err := s.frameArea(ctx, district, area)
	if err != nil {
		return Tried{}, err
	}
	before, err := s.reachAt(ctx, district, q.Speed, q.At)
	if err != nil {
		return Tried{}, err
	}
	out := Tried{Services: map[string]TriedService{}, Areas: []TriedArea{}, Cells: geojson.NewFeatureCollection()}
	t := try{before: before, within: within.Code, limit: slices.Max(q.Minutes) * 60, res: q.Res, out: &out, answers: viewerOf(ctx).AnswersFor}
	if a, ok := before.snap.Tree.Area(within.Code); ok {
		t.level = a.Level
	}
	list, err := t.changes(changes)
	if err != nil {
		return Tried{}, err
	}
	for _, name := range services {
		if !slices.ContainsFunc(data.Services, func(t data.Term) bool { return t.Key == name }) {
			return Tried{}, invalid("services: %q is none", name)
		}
		t.services[name] = true
	}
	if t.after, err = before.index.Try(ctx, list); errors.Is(err, reach.ErrNoFacility) {
		return Tried{}, invalidCause(err, "changes: one is of a facility that is not there, or gives another service")
	} else if err != nil {
		return Tried{}, fmt.Errorf("try changes in district %s: %w", within.Code, err)
	}
	for _, name := range t.after.Services() {
		if !t.services[name] {
			continue
		}
		t.people(name)
		if err := t.cells(ctx, name); err != nil {
			return Tried{}, err
		}
	}
	t.unplaced()
	out.TookMS = s.now().Sub(began).Milliseconds()
	return out, nil
}

// try is one TryCoverage.
type try struct {
	before   *districtReach
	after    *reach.Index
	within   string
	level    geo.Level // of within
	limit    int       // seconds
	res      int
	answers  func(area string) bool
	services map[string]bool
	placed   []placed
	out      *Tried
}

// placed is a facility that was put somewhere or opened, and, if it is new, what
// it is to be.
type placed struct{ id, status string }

// changes puts what was asked in reach's terms.
func (t *try) changes(asked []TryChange) ([]reach.Change, error) {
	t.services = map[string]bool{}
	known := make(map[string]string, len(t.before.snap.Facilities)) // services by id
	for i := range t.before.snap.Facilities {
		known[t.before.snap.Facilities[i].ID] = t.before.snap.Facilities[i].Service
	}
	out := make([]reach.Change, len(asked))
	for i, c := range asked {
		op := reach.Op(c.Op)
		out[i] = reach.Change{Op: op, ID: c.Facility, Location: c.Location}
		switch op {
		case reach.Add:
			if !slices.ContainsFunc(data.Services, func(t data.Term) bool { return t.Key == c.Service }) {
				return nil, invalid("change %d: service: %q is none", i+1, c.Service)
			}
			if c.Facility == "" {
				c.Facility = fmt.Sprintf("+%d", i+1)
			}
			if _, taken := known[c.Facility]; taken {
				return nil, invalid("change %d: facility: there is one with the id %q already", i+1, c.Facility)
			}
			known[c.Facility] = c.Service
			out[i].Facility = reach.Facility{
				ID: c.Facility, Service: c.Service, Location: c.Location, Open: c.Status == "" || c.Status == "open", Capacity: c.Capacity,
			}
		case reach.Move, reach.Close, reach.Open:
			if _, ok := known[c.Facility]; !ok {
				return nil, notFound("change %d: facility: there is none with the id %q", i+1, c.Facility)
			}
		default:
			return nil, invalid("change %d: op: %q is none: want add, move, close or open", i+1, c.Op)
		}
		t.services[known[c.Facility]] = true
		if op != reach.Close {
			t.placed = append(t.placed, placed{c.Facility, c.Status})
		}
	}
	return out, nil
}

// people counts who comes into reach of a service and who falls out of it.
func (t *try) people(service string) {
	areas, was, is := t.before.byArea(), t.before.index.Seconds(service), t.after.Seconds(service)
	holds := func(seconds []int32) func(int) bool {
		return func(d int) bool { return seconds[d] >= 0 && int(seconds[d]) <= t.limit }
	}
	before, after := areas.count(holds(was), t.before), areas.count(holds(is), t.before)
	for i := range areas.areas {
		a := &areas.areas[i]
		if a.Code == t.within {
			sees := t.answers(a.Code)
			t.out.Services[service] = TriedService{before[i].shownTo(sees), after[i].shownTo(sees), areas.total[i].shownTo(sees)}
			continue
		}
		if !t.below(a.Code) || before[i] == after[i] || a.Level == geo.LevelMicroGrid && t.level < geo.LevelGrid {
			continue // a district has thousands of micro-grids: they are listed in their grid
		}
		sees := t.answers(a.Code)
		b, n := before[i].shownTo(sees), after[i].shownTo(sees)
		if !sees && b.People == n.People && b.Over60 == n.Over60 {
			continue // that it is listed would tell of those who are hidden
		}
		t.out.Areas = append(t.out.Areas, TriedArea{
			Code: a.Code, Name: a.Name, Level: a.Level.String(), Service: service, Before: b, After: n, Total: areas.total[i].shownTo(sees),
		})
	}
}

func (t *try) below(code string) bool {
	return t.within == t.before.snap.District.Code || len(code) > len(t.within) && code[:len(t.within)] == t.within
}

// cells lists the cells to which the walk changes.
func (t *try) cells(ctx context.Context, service string) error {
	was, err := t.before.index.Cells(ctx, service, t.res, t.limit)
	if err != nil {
		return err
	}
	is, err := t.after.Cells(ctx, service, t.res, t.limit)
	if err != nil {
		return err
	}
	change := func(cell h3.Cell, before, after any) error {
		return appendCell(t.out.Cells, cell, geojson.Properties{"service": service, "before": before, "after": after})
	}
	for len(was)+len(is) > 0 {
		switch {
		case len(is) == 0 || len(was) > 0 && was[0].Cell < is[0].Cell:
			err, was = change(was[0].Cell, was[0].Seconds, nil), was[1:]
		case len(was) == 0 || is[0].Cell < was[0].Cell:
			err, is = change(is[0].Cell, nil, is[0].Seconds), is[1:]
		default:
			if was[0].Seconds != is[0].Seconds {
				err = change(was[0].Cell, was[0].Seconds, is[0].Seconds)
			}
			was, is = was[1:], is[1:]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unplaced says why a place that was tried counts for nothing.
func (t *try) unplaced() {
	for _, p := range t.placed {
		i := slices.IndexFunc(t.after.Facilities(), func(f reach.Facility) bool { return f.ID == p.id })
		if i < 0 {
			continue
		}
		why := t.after.Why(i)
		switch {
		case why == "":
			continue
		case why == reach.NotOpen && i < len(t.before.snap.Facilities):
			status := t.before.snap.Facilities[i].Status
			if status == "open" {
				continue // closed by a later change
			}
			t.out.Unplaced = status
		case why == reach.NotOpen:
			if p.status == "" || p.status == "open" {
				continue // closed by a later change
			}
			t.out.Unplaced = p.status
		default:
			t.out.Unplaced = string(why)
		}
		t.out.Detail = why.Text(coverageMetres)
		return
	}
}
