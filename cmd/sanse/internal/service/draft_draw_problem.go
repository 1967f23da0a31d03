package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/districting/files"
	groundwork "sanse/geo/drawing"
	"sanse/geo/topology"
	"sanse/planner"
	"sanse/routing"
)

// drawn is what a drawing is about. It does not change while the search runs.
type drawn struct {
	bench   *workbench // the community as it was
	area    geo.Area
	land    *groundwork.Land // of what is drawn: neither locked areas nor special ones
	stay    []string         // codes of the level drawn that are left alone
	places  []orb.Point      // of everybody, in what is drawn
	units   *files.Units     // the plots
	scale   []float64        // how many units of a problem's weight one of its own is
	problem *districting.Problem
	pins    *files.Pins
	from    []int32              // a drawing to start from; nil: none
	values  map[string][]float64 // by weight, by plot
}

// prepare works out what there is to divide.
func (j *drawing) prepare(ctx context.Context, s *Service, ground *draftGround, area geo.Area, today planner.Date) error {
	j.area = area
	var err error
	if j.bench, err = newWorkbench(ground, area.Code[:geo.CodeLength(geo.LevelCommunity)]); err != nil {
		return err
	}
	if err := j.lay(); err != nil {
		return err
	}
	if err := j.weigh(ctx, s); err != nil {
		return err
	}
	p := &districting.Problem{Graph: j.land.Graph, Parent: j.units.Parent, Weights: j.units.Weights, Goal: districting.Compact}
	if p.Zones, err = j.zones(); err != nil {
		return err
	}
	if j.ask.Barriers {
		if p.Graph, err = j.parted(ctx, s, today); err != nil {
			return err
		}
	}
	j.problem = p
	if err := j.pin(); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return badDraft(DraftBadDrawing, []string{area.Code}, "%s cannot be drawn so: %v", Own(area.Code), tellingly(err))
	}
	return nil
}

// zoneOf is the area of today, of the level that is drawn, in which a face of the
// bench lies; empty: there is none of that level.
func (j *drawn) zoneOf(face string, level geo.Level) string {
	grid := j.bench.grid[face]
	switch {
	case level == geo.LevelGrid:
		return grid
	case grid == face: // a grid without micro-grids
		return ""
	}
	return face
}

// parentOf is the area around those that are drawn.
func (j *drawn) parentOf(face string, level geo.Level) string {
	if level == geo.LevelGrid {
		return j.bench.community.Code
	}
	return j.bench.grid[face]
}

// lay cuts what is drawn into plots: what is neither locked nor special.
func (j *drawing) lay() error {
	ground, level := j.bench.ground, j.ask.Level
	kept := func(code string) bool { return code != "" && (ground.locked(code) || ground.after[code].Special) }
	var faces []topology.Area
	stay := make(map[string]bool)
	for _, a := range j.bench.start.Areas() {
		if !strings.HasPrefix(a.Code, j.area.Code) {
			continue
		}
		zone, grid := j.zoneOf(a.Code, level), j.bench.grid[a.Code]
		if kept(zone) || kept(grid) {
			stay[cmp.Or(zone, grid)] = true
			continue
		}
		faces = append(faces, a)
	}
	for code := range stay {
		j.stay = append(j.stay, code)
	}
	slices.Sort(j.stay)
	if len(faces) == 0 {
		return draftError(CodeNo, DraftError{Reason: DraftLocked, Areas: j.stay}, "all of %s is locked, or special: there is nothing to draw", Own(j.area.Code))
	}
	var err error
	if j.ask.WholeBlocks {
		j.land, err = groundwork.Whole(faces)
	} else {
		var resolution int
		if resolution, err = cellResolution(j.area); err == nil {
			j.land, err = groundwork.Lay(faces, resolution)
		}
	}
	var fault *topology.FaultError
	if errors.As(err, &fault) {
		return badTopology(fault)
	}
	return err
}

// weigh makes units of the plots, with what is balanced.
func (j *drawing) weigh(ctx context.Context, s *Service) error {
	ground, err := s.draftGround(ctx, j.district, j.draft, j.bench.community.Code, exactly)
	if err != nil {
		return err
	}
	l := j.land
	at := make(map[string]int, len(l.Areas))
	for i, a := range l.Areas {
		at[a.Code] = i
	}
	j.values = make(map[string][]float64, len(ground.Weights))
	for _, name := range ground.Weights {
		j.values[name] = make([]float64, len(l.Plots))
	}
	for _, p := range ground.Places {
		area, drawn := at[ground.Areas[p.Area].Code]
		if !drawn {
			continue
		}
		plot := l.PlotAt(area, p.At)
		if plot < 0 {
			return fmt.Errorf("a place in %s is in no plot of it", l.Areas[area].Code)
		}
		j.places = append(j.places, p.At)
		for k, name := range ground.Weights {
			j.values[name][plot] += p.Values[k]
		}
	}
	u := &files.Units{Graph: l.Graph}
	for i := range l.Plots {
		face := l.Areas[l.Plots[i].Area].Code
		u.IDs = append(u.IDs, fmt.Sprint(i))
		u.Centres = append(u.Centres, l.Plots[i].Centre)
		u.Communities = append(u.Communities, j.parentOf(face, j.ask.Level))
	}
	parents := u.Communities
	u.Communities = slices.Compact(slices.Sorted(slices.Values(parents)))
	for _, code := range parents {
		k, _ := slices.BinarySearch(u.Communities, code)
		u.Parent = append(u.Parent, int32(k))
	}
	j.units = u
	for _, w := range j.ask.Weights {
		if err := j.weight(w); err != nil {
			return err
		}
	}
	if err := j.bound(); err != nil {
		return err
	}
	for i := range u.Weights {
		for _, sum := range u.Sums(i) {
			if sum > 0 {
				return nil
			}
		}
	}
	return badDraft(DraftBadDrawing, []string{j.area.Code}, "nothing of what is to be balanced is in %s", Own(j.area.Code))
}

// weight adds a weight to the units, in whole numbers.
func (j *drawing) weight(w DrawWeight) error {
	of, ok := j.values[w.Name]
	if !ok {
		names := make([]string, 0, len(j.values))
		for name := range j.values {
			names = append(names, name)
		}
		slices.Sort(names)
		return badDraft(DraftBadDrawing, nil, "nothing is known of the weight %q, only of %s", w.Name, OwnList(names))
	}
	scale := 1.0
	if w.Name == WeightMinutes {
		scale = 10 // tenths, as they are shown
	}
	out := districting.Weight{Name: w.Name, Tolerance: w.Tolerance, Of: make([]int64, len(of))}
	for i, v := range of {
		out.Of[i] = int64(math.Round(scale * v))
	}
	j.units.Weights, j.scale = append(j.units.Weights, out), append(j.scale, scale)
	return nil
}

// bound has the standard bound each area, if it does.
func (j *drawing) bound() error {
	rule := j.ask.Standard.rule()
	if !rule.Bounds() || j.ask.free {
		return nil
	}
	i, ok := j.units.Weight(rule.Weight)
	if !ok {
		if len(j.units.Weights) == districting.MaxWeights {
			return badDraft(DraftBadDrawing, nil, "with that of the standard there are more than %d weights", districting.MaxWeights)
		}
		if err := j.weight(DrawWeight{Name: rule.Weight}); err != nil {
			return err
		}
		i = len(j.units.Weights) - 1
	}
	w := &j.units.Weights[i]
	w.Least, w.Most = int64(j.scale[i])*rule.Least, int64(j.scale[i])*rule.Most
	return nil
}

// zones says how many areas there are to be in each parent.
func (j *drawing) zones() ([]int, error) {
	u := j.units
	sizes := u.Sizes()
	of, ok := j.values[j.ask.Standard.Weight]
	if !ok {
		return nil, badDraft(DraftBadDrawing, nil, "the standard is of %q, of which nothing is known", j.ask.Standard.Weight)
	}
	sums := make([]float64, len(u.Communities))
	for i, v := range of {
		sums[u.Parent[i]] += v
	}
	out := make([]int, len(sums))
	if j.ask.Zones == 0 {
		rule := j.ask.Standard.rule()
		for i, sum := range sums {
			out[i] = rule.Zones(int64(math.Round(sum)), sizes[i])
		}
		return out, nil
	}
	left := j.ask.Zones - len(j.stay)
	if left < len(out) {
		return nil, badDraft(DraftBadDrawing, j.stay, "%d areas are too few: %d stay as they are, and %d more are needed at least", j.ask.Zones, len(j.stay), len(out))
	}
	shareOut(out, sums, left)
	for i, k := range out {
		if k > sizes[i] {
			return nil, badDraft(DraftBadDrawing, []string{u.Communities[i]}, "%d areas cannot be drawn in %s: it has %d %s, and each area needs one at least",
				k, u.Communities[i], sizes[i], j.pieceName())
		}
	}
	return out, nil
}

// pieceName is what a plot is called.
func (j *drawing) pieceName() Own {
	if j.ask.WholeBlocks {
		return "micro-grids"
	}
	return "cells"
}

// shareOut gives each place one of n and the rest by weight, largest remainders
// last.
func shareOut(out []int, weights []float64, n int) {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for i := range out {
		out[i] = 1
	}
	for left := n - len(out); left > 0; left-- {
		best, most := 0, math.Inf(-1)
		for i, w := range weights {
			// The one that is farthest below its share (Sainte-Laguë).
			if share := w / (2*float64(out[i]) + 1); share > most {
				best, most = i, share
			}
		}
		if total == 0 {
			best = left % len(out)
		}
		out[best]++
	}
}

// parted is the graph of the plots with the barriers that the streets know.
func (j *drawing) parted(ctx context.Context, s *Service, today planner.Date) (districting.Graph, error) {
	streets, err := s.graphOn(ctx, j.district, today)
	if err != nil || streets == nil {
		return j.land.Graph, err
	}
	const around = 0.002 // degrees: what passes just outside parts nobody inside
	box := j.area.Boundary.Bound().Pad(around)
	var barriers, ways []orb.LineString
	for _, b := range barriersIn(streets, box) {
		barriers = append(barriers, b.Line)
	}
	if len(barriers) == 0 {
		return j.land.Graph, nil
	}
	streets.EachEdge(func(e routing.Edge) bool {
		if e.Walk != routing.Neither && e.Line.Bound().Intersects(box) {
			ways = append(ways, e.Line)
		}
		return true
	})
	g, _ := j.land.Part(barriers, ways, func(plot int) bool {
		for _, of := range j.values {
			if of[plot] > 0 {
				return true
			}
		}
		return false
	})
	return g, nil
}

// pin says what there is today, and what is locked.
func (j *drawing) pin() error {
	p, u, ground := j.problem, j.units, j.bench.ground
	cells, err := j.lockedCells()
	if err != nil {
		return err
	}
	today, locked := &files.Assignment{IDs: u.IDs}, &files.Assignment{IDs: u.IDs}
	locks := false
	for i, plot := range j.land.Plots {
		face := j.land.Areas[plot.Area].Code
		zone := j.zoneOf(face, j.ask.Level)
		today.Zones = append(today.Zones, zone)
		lock := ground.locked(face) && face != zone
		if !lock && len(cells) > 0 {
			lock = cells[j.cellUnder(u.Centres[i])]
		}
		if !lock {
			zone = ""
		}
		locked.Zones = append(locked.Zones, zone)
		locks = locks || zone != ""
	}
	if !locks {
		locked = nil
	}
	if j.pins, err = files.Pin(u, p.Zones, today, locked, nil); err != nil {
		return badDraft(DraftBadDrawing, nil, "%v", tellingly(err))
	}
	p.Today, p.Locked = j.pins.Today, j.pins.Locked
	p.Stay = j.pins.Stay(u, p.Goal, j.ask.Stay)
	if !slices.Contains(p.Today, districting.None) {
		j.from = p.Today
	}
	return nil
}

// lockedCells are the cells that stay, checked.
func (j *drawing) lockedCells() (map[h3.Cell]bool, error) {
	out := make(map[h3.Cell]bool, len(j.ask.LockedCells))
	if len(j.ask.LockedCells) == 0 {
		return out, nil
	}
	res, err := cellResolution(j.bench.community)
	if err != nil {
		return nil, err
	}
	for _, id := range j.ask.LockedCells {
		c, err := cellOf(id)
		switch {
		case err != nil:
			return nil, err
		case c.Resolution() != res:
			return nil, badDraft(DraftBadCells, nil, "cell %s is of resolution %d: the community is drawn with %d", id, c.Resolution(), res)
		}
		out[c] = true
	}
	return out, nil
}

// cellUnder is the cell, of the resolution of the community, in which a point
// lies; 0 if in none.
func (j *drawing) cellUnder(p orb.Point) h3.Cell {
	res, err := cellResolution(j.bench.community)
	if err != nil {
		return 0
	}
	c, err := geo.CellAt(p, res)
	if err != nil {
		return 0
	}
	return c
}
