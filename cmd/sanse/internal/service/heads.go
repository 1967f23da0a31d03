package service

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// heads says how many people live where, by the deepest area and the cell of
// resolution 8 of their homes: what maps of counts are made from. It never
// changes once counted.
type heads struct {
	residents []data.ResidentCount // of one kind, where one is asked for
	people    []data.PeopleCount
	grades    []string // in use, the reference grades first
	kinds     []string // in use
}

// headsKey tells heads apart.
type headsKey struct {
	district string
	version  int64
	today    planner.Date
	kind     string // of the residents; empty: all, by grade, and all people
	found    bool   // in the areas of a day with newer boundaries than the records know
}

// maxHeads is how many heads are kept: some thousand lines each.
const maxHeads = 24

// headsOf counts who lives where in a district, for questions about one of its
// areas; an empty code is for questions about several. Given a kind, it counts
// the residents of that kind alone. The database counts: it takes a fraction of a
// second for a million, where reading them takes a minute. Where it matters in
// which area people live and boundaries have come into force since their records
// were given theirs, all are read and found anew.
func (s *Service) headsOf(ctx context.Context, f *frame, area, kind string) (*heads, error) {
	k := headsKey{district: f.district.Code, version: f.version, today: f.today, kind: kind, found: f.newer && area != f.district.Code}
	var v *view
	if k.found { // before it is this one's turn: others want what is counted quickly
		var err error
		if v, err = s.view(ctx, k.district); err != nil {
			return nil, err
		}
		k.version, k.today = v.version, v.today
	}
	earlier := func(other headsKey) bool {
		return other.district == k.district && (other.version < k.version || other.today < k.today)
	}
	return s.heads.get(ctx, k, earlier, func() (h *heads, err error) {
		if k.found {
			h, err = v.heads(kind)
		} else {
			err = s.store.View(ctx, func(r *data.Reads) (err error) {
				h, err = readHeads(ctx, r, k.district, kind)
				return err
			})
		}
		if err != nil {
			return nil, fmt.Errorf("count who lives where in district %s: %w", k.district, err)
		}
		return h, nil
	})
}

// readHeads has the database count what the records say.
func readHeads(ctx context.Context, r *data.Reads, district, kind string) (*heads, error) {
	if err := r.RoomToCount(ctx); err != nil {
		return nil, err
	}
	h := &heads{}
	var err error
	if kind != "" {
		h.residents, err = r.KindCounts(ctx, district, kind)
		return h, err
	}
	if h.residents, err = r.ResidentCounts(ctx, district); err != nil {
		return nil, err
	}
	if h.people, err = r.PeopleCounts(ctx, district); err != nil {
		return nil, err
	}
	h.nameGrades()
	h.kinds, err = r.Kinds(ctx, district)
	return h, err
}

// heads counts the people of a view one by one.
func (v *view) heads(kind string) (*heads, error) {
	spots, homes, err := v.cellsOf()
	if err != nil {
		return nil, err
	}
	type place struct {
		area, grade string
		cell        h3.Cell
	}
	count := make(map[place]int)
	for i := range v.problem.Residents {
		r := &v.problem.Residents[i]
		at := place{area: cmp.Or(r.MicroGrid, r.Grid), cell: homes[i]}
		if kind == "" {
			at.grade = r.Grade
		} else if !slices.Contains(r.Kinds, kind) {
			continue
		}
		count[at]++
	}
	h := &heads{residents: make([]data.ResidentCount, 0, len(count))}
	for at, n := range count {
		h.residents = append(h.residents, data.ResidentCount{Area: at.area, Cell: at.cell, Grade: at.grade, N: n})
	}
	if kind != "" {
		return h, nil
	}
	for i := range v.snap.Population {
		p := &v.snap.Population[i]
		h.people = append(h.people, data.PeopleCount{
			Area: cmp.Or(p.MicroGrid, p.Grid), Cell: spots[i], Households: p.Households,
			People: p.People, Over60: p.Over60, Under18: p.Under18, Disabled: p.Disabled,
		})
	}
	h.nameGrades()
	h.kinds = residentKinds(v.problem)
	return h, nil
}

// nameGrades lists the grades that there are.
func (h *heads) nameGrades() {
	grades := make(map[string]struct{})
	for i := range h.residents {
		grades[h.residents[i].Grade] = struct{}{}
	}
	h.grades = reports.SortGrades(slices.Collect(maps.Keys(grades)))
}
