package service

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
)

// Balance is what each area of a draft holds, from the towns down.
type Balance struct {
	Draft   data.Draft
	Weights []string
	Areas   []BalanceArea // by code
	ground  *draftGround
}

// BalanceArea is an area with its figures, as reports.EffectFigures has them.
type BalanceArea struct {
	geo.Area
	Values       []float64 // beside Weights
	Visitors     int       // whose scope reaches it or lies in it, those that follow lineage included
	M2           float64
	PolsbyPopper float64
}

// Locked tells whether an area is locked, by itself or with one around it.
func (b *Balance) Locked(code string) bool { return b.ground.locked(code) }

// DraftBalance weighs all areas of a draft.
func (s *Service) DraftBalance(ctx context.Context, district string, id int64) (out Balance, err error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return out, err
	}
	code := v.snap.District.Code
	var ground draftGround
	var changes []data.DraftChange
	err = s.store.View(ctx, func(r *data.Reads) error {
		if out.Draft, err = readDraft(ctx, r, code, id); err != nil {
			return err
		}
		if ground, err = readDraftGround(ctx, r, code, out.Draft, out.Draft.Base); err != nil {
			return err
		}
		changes, err = r.DraftChanges(ctx, code, id)
		return err
	})
	if err != nil {
		return out, err
	}
	out.ground, out.Weights = &ground, v.weights()
	for _, a := range ground.list() {
		if a.Level > geo.LevelDistrict {
			m2, round := shapeOf(a.Boundary)
			out.Areas = append(out.Areas, BalanceArea{Area: a, Values: make([]float64, len(out.Weights)), M2: m2, PolsbyPopper: round})
		}
	}
	if err := out.people(v); err != nil {
		return out, err
	}
	lineage, err := lineageOf(ground.before, ground.after, changes[:out.Draft.Position])
	if err != nil {
		return out, err
	}
	out.visitors(v.snap.Visitors, lineage)
	return out, nil
}

// people counts whom each area holds. Those where the draft changes nothing are
// where they are today; of the others it is decided anew.
func (b *Balance) people(v *view) error {
	changed := b.changed(v.snap.Tree)
	c := v.crowd(max(v.today, b.Draft.Base), func(p orb.Point, _, _ string) bool { return !inAny(changed, p) })
	b.count(v, &c)
	if len(changed) == 0 {
		return nil
	}
	c = v.crowd(max(v.today, b.Draft.Base), func(p orb.Point, _, _ string) bool { return inAny(changed, p) })
	var near []geo.Area
	for _, a := range b.ground.list() {
		box := a.Boundary.Bound()
		if slices.ContainsFunc(changed, box.Intersects) {
			near = append(near, a)
		}
	}
	tree, err := geo.NewTree(near)
	if err != nil {
		return badDraft(DraftNotTiling, nil, "%v", tellingly(err))
	}
	c.settle(v, tree)
	b.count(v, &c)
	return nil
}

// changed are the boxes of all areas that are not as they are in a tree, before
// and after.
func (b *Balance) changed(tree *geo.Tree) []orb.Bound {
	var out []orb.Bound
	for code, a := range b.ground.after {
		was, ok := tree.Area(code)
		same := slices.Equal(was.Units, a.Units)
		if ok && same && was.Boundary.Equal(a.Boundary) {
			continue
		}
		out = append(out, a.Boundary.Bound())
		if !same { // units are anywhere in the grid
			out = append(out, b.ground.after[a.Parent].Boundary.Bound())
		}
		if ok {
			out = append(out, was.Boundary.Bound())
		}
	}
	for _, a := range tree.Areas() {
		if _, stays := b.ground.after[a.Code]; !stays {
			out = append(out, a.Boundary.Bound())
		}
	}
	return out
}

func inAny(boxes []orb.Bound, p orb.Point) bool {
	return slices.ContainsFunc(boxes, func(b orb.Bound) bool { return b.Contains(p) })
}

// index is the place of a code in Areas, or where it would be.
func (b *Balance) index(code string) int {
	return sort.Search(len(b.Areas), func(i int) bool { return b.Areas[i].Code >= code })
}

// count adds people to the areas that hold them, of every level.
func (b *Balance) count(v *view, c *crowd) {
	c.each(v, func(_ orb.Point, grid, micro string, values []float64, _ *data.Resident) {
		code := grid
		if micro != "" {
			code = micro
		}
		for level := geo.LevelTown; level <= geo.LevelMicroGrid; level++ {
			n := geo.CodeLength(level)
			if len(code) < n {
				return
			}
			if i := b.index(code[:n]); i < len(b.Areas) && b.Areas[i].Code == code[:n] {
				for k, x := range values {
					b.Areas[i].Values[k] += x
				}
			}
		}
	})
}

// visitors counts the visitors of each area, their scopes being the heirs of what
// they are.
func (b *Balance) visitors(visitors []data.Visitor, lineage []data.AreaLineage) {
	follow := heirs(lineage)
	counted := make([]int, len(b.Areas)) // by area: the last visitor counted, from 1
	for n := range visitors {
		count := func(i int) {
			if counted[i] != n+1 {
				counted[i] = n + 1
				b.Areas[i].Visitors++
			}
		}
		for _, code := range followed(visitors[n].Scope, follow) {
			for level := geo.LevelTown; geo.CodeLength(level) < len(code); level++ {
				if i := b.index(code[:geo.CodeLength(level)]); i < len(b.Areas) && strings.HasPrefix(code, b.Areas[i].Code) {
					count(i)
				}
			}
			for i := b.index(code); i < len(b.Areas) && strings.HasPrefix(b.Areas[i].Code, code); i++ {
				count(i)
			}
		}
	}
}
