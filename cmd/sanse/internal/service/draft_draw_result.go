package service

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/topology"
)

// Drawing is how far a search is, and the best that it has found.
type Drawing struct {
	Job        int64
	State      DrawState
	Message    string // of one that failed
	Iterations int
	// Excess is by how much areas break their bounds, as shares of their targets,
	// summed over areas and weights; 0: all are kept.
	Excess float64
	Goal   float64     // metres of border between the areas, with what it costs to move
	Spent  float64     // share of the time that is over
	Result *DrawResult // nil: nothing yet
}

// DrawResult is the best that a search has found.
type DrawResult struct {
	// Areas are those drawn, by code: grids or micro-grids, and where grids are
	// drawn over micro-grids both. New ones have + and a word. While the search
	// runs their borders follow the edges of cells; afterwards they are straight
	// where nobody changes sides.
	Areas        []DrawnArea
	Zones        int                // areas of the level that is drawn
	Worst        map[string]float64 // by weight balanced: the largest share off the target, above (+) or below (−)
	PolsbyPopper float64            // mean over areas of the level
	Moved        map[string]float64 // by weight: what lies in another area of the level than before
	First        string             // the first weight balanced
	Forbids      []DrawForbid       // what stands in the way, where the bounds are not kept

	division division
	top      *topology.Topology // of the whole community; nil while the search runs
}

// DrawnArea is an area that was drawn.
type DrawnArea struct {
	geo.Area
	Values map[string]float64 // by weight, all that there are
}

// DrawForbid is why bounds cannot be kept, or are not.
type DrawForbid struct {
	Kind    districting.ObstacleKind
	Areas   []string // of today, in which it is
	Weight  string
	Short   float64    // the amount of the weight by which it fails at least
	At      *orb.Point // nil: all over
	Message string     // one sentence in English
}

// report says how a drawing stands. The best so far is drawn when it is asked
// for, and not again before there is a better one.
func (j *drawing) report() (Drawing, error) {
	j.showing.Lock()
	defer j.showing.Unlock()
	j.mu.Lock()
	p, over := j.progress, j.state != DrawRunning
	out := Drawing{
		Job: j.id, State: j.state, Message: j.message, Iterations: p.Iterations,
		Excess: p.Best.Excess, Goal: p.Best.Goal + p.Best.Stay, Spent: min(1, p.Spent),
	}
	seen, forbids := j.seen, j.forbids
	j.mu.Unlock()
	if !seen || out.State == DrawFailed {
		return out, nil
	}
	if j.result == nil || over && j.result.top == nil || !over && j.of != p.Best {
		r, err := j.drawnSo(p.Zone, over, forbids)
		if err != nil {
			return out, err
		}
		j.result, j.of = r, p.Best
	}
	out.Result = j.result
	return out, nil
}

// drawnSo draws and measures a division, at the end with smooth borders.
func (j *drawing) drawnSo(zone []int32, over bool, forbids []districting.Obstacle) (*DrawResult, error) {
	d := j.divide(zone)
	out := &DrawResult{Zones: len(d.names), Worst: make(map[string]float64), Moved: make(map[string]float64), First: j.problem.Weights[0].Name, division: d}
	top, err := j.land.Faces(d.face)
	if err != nil {
		return nil, err
	}
	if over {
		if top, err = j.land.Smooth(top, j.places); err != nil {
			return nil, err
		}
	}
	if err := j.areas(out, top); err != nil {
		return nil, err
	}
	if over {
		if out.top, err = j.whole(top); err != nil {
			return nil, err
		}
	}
	m, err := districting.Measure(j.problem, d.zone)
	if err != nil {
		return nil, err
	}
	for w := range j.problem.Weights {
		name := j.problem.Weights[w].Name
		for _, z := range m.Zones {
			if off := z.Off[w]; math.Abs(off) > math.Abs(out.Worst[name]) && !math.IsInf(off, 0) {
				out.Worst[name] = off
			}
		}
	}
	for i, z := range d.zone {
		was := j.zoneOf(j.land.Areas[j.land.Plots[i].Area].Code, j.ask.Level)
		for name, of := range j.values {
			if was != "" && was != d.names[z] {
				out.Moved[name] += of[i]
			} else {
				out.Moved[name] += 0 // listed all the same
			}
		}
	}
	for name := range out.Moved {
		out.Moved[name] = round1(out.Moved[name])
	}
	number := make(map[int32]string, len(d.names)) // by the search's own numbers
	for i, z := range zone {
		number[z] = d.names[d.zone[i]]
	}
	for _, o := range forbids {
		out.Forbids = append(out.Forbids, j.forbid(o, number))
	}
	return out, nil
}

// areas lists what was drawn.
func (j *drawing) areas(out *DrawResult, top *topology.Topology) error {
	d, ground := &out.division, j.bench.ground
	add := func(code, parent string, level geo.Level, shape orb.MultiPolygon, of func(plot int) bool) {
		a := DrawnArea{Area: ground.after[code], Values: make(map[string]float64, len(j.values))}
		a.Code, a.Level, a.Parent, a.Boundary = code, level, parent, shape
		for name, values := range j.values {
			for i, v := range values {
				if of(i) {
					a.Values[name] += v
				}
			}
			a.Values[name] = round1(a.Values[name])
		}
		out.Areas = append(out.Areas, a)
		if level == j.ask.Level {
			out.PolsbyPopper += polsbyPopper(shape) / float64(len(d.names))
		}
	}
	if j.ask.Level == geo.LevelGrid {
		for z, name := range d.names {
			var faces []string
			for face, grid := range d.grid {
				if grid == name {
					faces = append(faces, face)
				}
			}
			slices.Sort(faces)
			shape, err := together(top, faces)
			if err != nil {
				return fmt.Errorf("draw grid %s: %w", name, err)
			}
			add(name, j.bench.community.Code, geo.LevelGrid, shape, func(plot int) bool { return d.zone[plot] == int32(z) })
		}
	}
	for _, face := range slices.Sorted(maps.Keys(d.grid)) {
		if d.grid[face] == face {
			continue
		}
		shape, ok := top.Shape(face)
		if !ok {
			return fmt.Errorf("draw micro-grid %s: it has no ground", face)
		}
		add(face, d.grid[face], geo.LevelMicroGrid, shape, func(plot int) bool { return d.face[plot] == face })
	}
	slices.SortFunc(out.Areas, func(a, b DrawnArea) int { return strings.Compare(a.Code, b.Code) })
	return nil
}

// whole is the community with what was drawn and what was left alone.
func (j *drawing) whole(top *topology.Topology) (*topology.Topology, error) {
	areas := top.Areas()
	drawn := make(map[string]bool, len(j.land.Areas))
	for _, a := range j.land.Areas {
		drawn[a.Code] = true
	}
	for _, a := range j.bench.start.Areas() {
		if !drawn[a.Code] {
			areas = append(areas, a)
		}
	}
	c := j.bench.community
	return topology.Build(areas, topology.Options{
		Parents: []topology.Area{{Code: c.Code, Parts: len(c.Boundary), Shape: c.Boundary}}, FreeParts: true,
	})
}

// forbid puts an obstacle into words.
func (j *drawing) forbid(o districting.Obstacle, name map[int32]string) DrawForbid {
	out := DrawForbid{Kind: o.Kind, Areas: []string{}}
	weight := "the weight"
	if o.Weight >= 0 && o.Weight < len(j.scale) {
		out.Weight = j.problem.Weights[o.Weight].Name
		out.Short, weight = float64(o.Short)/j.scale[o.Weight], out.Weight
	}
	seen := make(map[string]bool)
	for _, u := range o.Units {
		face := j.land.Areas[j.land.Plots[u].Area].Code
		if zone := j.zoneOf(face, j.ask.Level); zone != "" {
			face = zone
		}
		seen[face] = true
	}
	if code, ok := name[o.Zone]; ok && len(o.Units) == 0 {
		seen[code] = true
	}
	if len(seen) == 0 && o.Parent >= 0 && int(o.Parent) < len(j.units.Communities) {
		seen[j.units.Communities[o.Parent]] = true
	}
	out.Areas = slices.Sorted(maps.Keys(seen))
	if len(o.Units) > 0 {
		out.At = &j.land.Plots[o.Units[0]].Centre
	}
	where := strings.Join(out.Areas, ", ")
	short := ""
	if out.Short > 0 {
		short = fmt.Sprintf(", by %g at least", out.Short)
	}
	switch o.Kind {
	case districting.ObstacleUnit:
		out.Message = fmt.Sprintf("in %s one of the %s alone has more %s than an area may have%s", where, j.pieceName(), weight, short)
	case districting.ObstacleBarrier:
		out.Message = fmt.Sprintf("what barriers or gaps enclose in %s cannot be divided within the bounds of %s%s", where, weight, short)
	case districting.ObstacleLock:
		out.Message = fmt.Sprintf("what is locked in %s does not fit the bounds of %s%s", where, weight, short)
	case districting.ObstacleSum:
		out.Message = fmt.Sprintf("all %s of %s together does not fit that number of areas and their bounds%s", weight, where, short)
	case districting.ObstacleSearch:
		out.Message = fmt.Sprintf("%s of %s is not within its bounds%s; nothing is known to forbid it: more time may find it", weight, where, short)
	}
	return out
}
