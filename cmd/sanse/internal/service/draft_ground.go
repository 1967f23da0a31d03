package service

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
	"sanse/routing"
)

// Ground is a community of a draft as an editor needs it: its areas with
// shared borders, who is where, and cells to paint with.
type Ground struct {
	Draft     data.Draft
	Community geo.Area
	// Areas are the grids and micro-grids, by code, drawn so that the vertices of
	// a border are the same numbers for all its sides.
	Areas   []geo.Area
	Weights []string
	Places  []GroundPlace
	// Cells cover the community: all that have a point in common with it.
	CellResolution int
	Cells          []h3.Cell
	Barriers       []GroundBarrier
	ground         *draftGround
}

// GroundPlace is people at a point, all of one area.
type GroundPlace struct {
	At     orb.Point // where membership is decided: a building, a cell's centre, or a resident's own point
	Values []float64 // beside Weights
	Area   int       // index in Areas of the finest area that holds them
	// Fixed tells that a micro-grid lists their unit: its border does not move
	// them.
	Fixed bool
}

// GroundBarrier is a line that nobody walks across, known from the streets: a
// river or the bank of a lake, a railway, a motorway, a wall.
type GroundBarrier struct {
	Kind routing.ObstacleKind
	Line orb.LineString // lon-lat
}

// Locked tells whether an area is locked, by itself or with one around it.
func (g *Ground) Locked(code string) bool { return g.ground.locked(code) }

// DraftGround returns a community of a draft. Who is not told where residents
// live gets those of a cell together.
func (s *Service) DraftGround(ctx context.Context, district string, id int64, community string) (out Ground, err error) {
	homes := coarse
	if viewerOf(ctx).May(CapNames, community) {
		homes = exactly
	}
	return s.draftGround(ctx, district, id, community, homes)
}

// exactly is where somebody lives for who is told where the door is.
func exactly(p orb.Point) orb.Point { return p }

func (s *Service) draftGround(ctx context.Context, district string, id int64, community string, homes func(orb.Point) orb.Point) (out Ground, err error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return out, err
	}
	code := v.snap.District.Code
	var ground, near draftGround
	err = s.store.View(ctx, func(r *data.Reads) error {
		if out.Draft, err = readDraft(ctx, r, code, id); err != nil {
			return err
		}
		if ground, err = readDraftAround(ctx, r, code, out.Draft, community); err != nil {
			return err
		}
		a, ok := ground.after[community]
		if !ok || a.Level != geo.LevelCommunity {
			return badDraft(DraftUnknownArea, nil, "there is no community %s in this draft", community)
		}
		out.Community = a
		near, err = readDraftNear(ctx, r, code, out.Draft, a.Boundary.Bound())
		return err
	})
	if err != nil {
		return out, err
	}
	out.ground = &ground
	if err := out.drawn(&ground); err != nil {
		return out, err
	}
	if err := out.people(v, &near, homes); err != nil {
		return out, err
	}
	if out.CellResolution, err = cellResolution(out.Community); err != nil {
		return out, err
	}
	if out.Cells, err = geo.CoverOverlapping(out.Community.Boundary, out.CellResolution); err != nil {
		return out, err
	}
	streets, err := s.graphOn(ctx, code, v.today)
	if err == nil && streets != nil {
		out.Barriers = barriersIn(streets, out.Community.Boundary.Bound())
	}
	return out, err
}

// drawn lists the areas as the bench has them.
func (g *Ground) drawn(ground *draftGround) error {
	g.Areas = []geo.Area{}
	below := func(a geo.Area) bool { return a.Level >= geo.LevelGrid && strings.HasPrefix(a.Code, g.Community.Code) }
	if !slices.ContainsFunc(slices.Collect(maps.Values(ground.after)), below) {
		return nil // nothing has been drawn yet
	}
	w, err := newWorkbench(ground, g.Community.Code)
	if err != nil {
		return err
	}
	for _, a := range ground.after {
		if !below(a) {
			continue
		}
		faces := []string{a.Code}
		if _, face := w.grid[a.Code]; !face {
			faces = w.faces(a.Code)
		}
		if a.Boundary, err = together(w.top, faces); err != nil {
			return err
		}
		g.Areas = append(g.Areas, a)
	}
	slices.SortFunc(g.Areas, func(a, b geo.Area) int { return strings.Compare(a.Code, b.Code) })
	return nil
}

// people puts those whom the community holds into places, residents where they
// are told to live.
func (g *Ground) people(v *view, near *draftGround, homes func(orb.Point) orb.Point) error {
	g.Weights, g.Places = v.weights(), []GroundPlace{}
	tree, err := geo.NewTree(near.list())
	if err != nil {
		return badDraft(DraftNotTiling, nil, "%v", tellingly(err))
	}
	box := g.Community.Boundary.Bound()
	c := v.crowd(max(v.today, g.Draft.Base), func(p orb.Point, _, _ string) bool { return box.Contains(p) })
	c.settle(v, tree)
	index := make(map[string]int, len(g.Areas))
	for i := range g.Areas {
		index[g.Areas[i].Code] = i
	}
	type key struct {
		at    orb.Point
		area  int
		fixed bool
	}
	places := make(map[key]int)
	c.each(v, func(at orb.Point, grid, micro string, values []float64, who *data.Resident) {
		area, ok := index[cmp.Or(micro, grid)]
		if !ok {
			return // of another community
		}
		k := key{at: at, area: area}
		if who != nil {
			_, k.fixed = tree.Listed(at, who.Building, who.Unit)
			k.at = homes(at)
		}
		i, seen := places[k]
		if !seen {
			i = len(g.Places)
			places[k] = i
			g.Places = append(g.Places, GroundPlace{At: k.at, Area: area, Fixed: k.fixed, Values: make([]float64, len(values))})
		}
		for n, x := range values {
			g.Places[i].Values[n] += x
		}
	})
	// Sums of minutes carry the noise of their order.
	for i := range g.Places {
		last := len(g.Weights) - 1
		g.Places[i].Values[last] = math.Round(g.Places[i].Values[last]*1e6) / 1e6
	}
	return nil
}

// The reference rule: households of a micro-grid, and of a grid, which has one
// full-time worker.
const (
	MicroGridLeast = 50
	MicroGridMost  = 120
	GridTarget     = 300
)
