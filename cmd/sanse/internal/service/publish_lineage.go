package service

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

func samePolygon(a, b orb.Polygon) bool { return a.Equal(b) }

// lineageOf tells of every area that ends or is divided who takes its place:
// as the changes say, or, where they say nothing of one that ends, those of its
// level on whose ground it lay, or else the area around it that goes on. The
// heirs among them are marked (see inherit).
func lineageOf(before, after map[string]geo.Area, changes []data.DraftChange) ([]data.AreaLineage, error) {
	// from are, for each area that there is after so many changes, those of
	// before that it came from.
	from := make(map[string]map[string]bool)
	of := func(code string) map[string]bool {
		if set, ok := from[code]; ok {
			return set
		}
		if _, ok := before[code]; ok {
			return map[string]bool{code: true}
		}
		return nil
	}
	for i := range changes {
		next := make(map[string]map[string]bool)
		for _, l := range changes[i].Lineage {
			if next[l.To] == nil {
				next[l.To] = make(map[string]bool)
			}
			maps.Copy(next[l.To], of(l.From))
		}
		maps.Copy(from, next)
	}
	to := make(map[string][]string)
	for _, code := range slices.Sorted(maps.Keys(after)) {
		for origin := range of(code) {
			to[origin] = append(to[origin], code)
		}
	}
	var out []data.AreaLineage
	for _, code := range slices.Sorted(maps.Keys(before)) {
		takers := to[code]
		_, goesOn := after[code]
		if len(takers) == 0 && !goesOn {
			var err error
			if takers, err = takersOf(before[code], before, after); err != nil {
				return nil, err
			}
		}
		if len(takers) == 0 || goesOn && len(takers) == 1 && takers[0] == code {
			continue
		}
		if goesOn && !slices.Contains(takers, code) {
			takers = append(takers, code)
		}
		slices.Sort(takers)
		for _, taker := range takers {
			out = append(out, data.AreaLineage{Lineage: data.Lineage{From: code, To: taker}})
		}
	}
	return out, inherit(out, before, after)
}

// groundShare is the share of an area that ends which makes another one come
// from it.
const groundShare = 0.01

// takersOf returns the areas that take the ground of one that ends.
func takersOf(gone geo.Area, before, after map[string]geo.Area) ([]string, error) {
	var takers []string
	box, whole := gone.Boundary.Bound(), geo.AreaM2(gone.Boundary)
	for _, a := range after {
		if a.Level != gone.Level || !box.Intersects(a.Boundary.Bound()) {
			continue
		}
		shared, err := geo.Intersection(gone.Boundary, a.Boundary)
		if err != nil {
			return nil, err
		}
		if geo.AreaM2(shared) >= groundShare*whole {
			takers = append(takers, a.Code)
		}
	}
	for up := gone.Parent; len(takers) == 0 && up != ""; up = before[up].Parent {
		if _, ok := after[up]; ok {
			takers = append(takers, up)
		}
	}
	return takers, nil
}

// settleScopes gives the visitors of a snapshot the areas that those of their
// scope have become by its day: their heirs. What is stored stays as it is. A
// scope that was given on the first day of a publication or later is meant as it
// stands.
func (s *Snapshot) settleScopes(ctx context.Context, r *data.Reads) error {
	code := s.District.Code
	published, err := r.Publications(ctx, code)
	if err != nil || len(published) == 0 {
		return err
	}
	slices.Reverse(published) // the first first
	published = slices.DeleteFunc(published, func(p data.Publication) bool { return p.Effective > s.Date })
	lineage, err := r.AreaLineage(ctx, code, s.Date)
	if err != nil {
		return err
	}
	given, err := r.ScopesGiven(ctx, code)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(s.District.TimeZone)
	if err != nil {
		return invalid("there is no time zone %q", s.District.TimeZone)
	}
	passed := heirsByPublication(lineage)
	for i := range s.Visitors {
		v := &s.Visitors[i]
		if at, ok := given[v.ID]; ok {
			v.Scope = followScope(v.Scope, planner.DateOf(at.In(zone)), published, passed)
		}
	}
	return nil
}

// heirsByPublication lists the heirs of a code, by publication.
func heirsByPublication(lineage []data.AreaLineage) map[int64]map[string][]string {
	out := make(map[int64]map[string][]string)
	for i := range lineage {
		l := &lineage[i]
		if !l.Heir {
			continue
		}
		if out[l.Publication] == nil {
			out[l.Publication] = make(map[string][]string)
		}
		out[l.Publication][l.From] = append(out[l.Publication][l.From], l.To)
	}
	return out
}

// followScope replaces the areas of a scope, given on a day, by their heirs,
// publication by publication. A roll-back brings again what the scope was on the
// day that it goes back to.
func followScope(scope []string, since planner.Date, published []data.Publication, passed map[int64]map[string][]string) []string {
	type state struct {
		from  planner.Date
		scope []string
	}
	states := []state{{since, scope}}
	for i := range published {
		p := &published[i]
		if p.Effective <= since {
			continue
		}
		if p.BackTo >= since && p.BackTo > 0 {
			for k := len(states) - 1; k >= 0; k-- {
				if states[k].from <= p.BackTo {
					scope = states[k].scope
					break
				}
			}
		} else {
			var next []string
			for _, code := range scope {
				to := passed[p.ID][code]
				if len(to) == 0 {
					to = []string{code}
				}
				for _, t := range to {
					if !slices.Contains(next, t) {
						next = append(next, t)
					}
				}
			}
			scope = next
		}
		states = append(states, state{p.Effective, scope})
	}
	return scope
}
