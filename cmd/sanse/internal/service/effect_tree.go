package service

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/reports"
)

// redraw makes the tree of the proposal, says what changes, and looks for
// places that do not tile.
func (e *effecting) redraw() error {
	areas, err := e.proposal()
	if err != nil {
		return err
	}
	tree, err := geo.NewTree(areas)
	if err != nil {
		return invalidCause(err, "the areas of the proposal with those that stay")
	}
	e.next = &Snapshot{
		District: e.base.District, Version: e.base.Version, Date: e.base.Date, Tree: tree,
		Streets: e.base.Streets, Network: e.base.Network, StreetsChange: e.base.StreetsChange,
		Policies: e.base.Policies, Visits: e.base.Visits, LastVisits: e.base.LastVisits,
		TaskVisits: e.base.TaskVisits, LastTaskDone: e.base.LastTaskDone,
		Residents: slices.Clone(e.base.Residents), Tasks: slices.Clone(e.base.Tasks),
		Facilities: slices.Clone(e.base.Facilities), Population: slices.Clone(e.base.Population),
	}
	if err := e.differences(); err != nil {
		return err
	}
	e.out.Before, e.out.After = around(e.base.Tree, e.changed), around(tree, e.changed)
	return e.tile()
}

// proposal lists the areas as they would be.
func (e *effecting) proposal() ([]geo.Area, error) {
	gone := func(code string) bool {
		return slices.ContainsFunc(e.opt.Retire, func(r string) bool { return strings.HasPrefix(code, r) })
	}
	for _, code := range e.opt.Retire {
		a, known := e.base.Tree.Area(code)
		switch {
		case !known:
			return nil, invalid("area %s cannot be retired: there is none on %s", code, e.opt.From)
		case a.Level <= geo.LevelCommunity:
			return nil, invalid("area %s cannot be retired: it is a %s, and only grids and micro-grids are redrawn", code, a.Level)
		}
	}
	given := make(map[string]bool, len(e.opt.Areas))
	for i := range e.opt.Areas {
		code := e.opt.Areas[i].Code
		if gone(code) {
			return nil, invalid("area %s is in the proposal and retired as well", code)
		}
		given[code] = true
	}
	out := slices.Clone(e.opt.Areas) // one that is there twice is refused by the tree
	for _, a := range e.base.Tree.Areas() {
		if !given[a.Code] && !gone(a.Code) {
			out = append(out, a)
		}
	}
	return out, nil
}

// differences says which areas are not as they were.
func (e *effecting) differences() error {
	e.changed, e.retraced = make(map[string]bool), make(map[string]bool)
	c := &e.out.Changes
	for _, a := range e.next.Tree.Areas() {
		was, known := e.base.Tree.Area(a.Code)
		if !known {
			c.Created = append(c.Created, a.Code)
			e.changed[a.Code] = true
			continue
		}
		if a.Name != was.Name {
			c.Renamed = append(c.Renamed, a.Code)
			e.changed[a.Code] = true
		}
		if !sameShape(a.Boundary, was.Boundary) {
			// Where a neighbour's border has come to end on this one, it has a
			// vertex more and is no other boundary to anybody.
			same, err := sameGround(a.Boundary, was.Boundary)
			if err != nil {
				return fmt.Errorf("compare area %s: %w", a.Code, err)
			}
			if same {
				e.retraced[a.Code] = true
			} else {
				c.Reshaped = append(c.Reshaped, a.Code)
				e.changed[a.Code] = true
			}
		}
		if a.Special != was.Special || a.Parts != was.Parts || !slices.Equal(a.Units, was.Units) {
			e.changed[a.Code] = true
		}
	}
	for _, a := range e.base.Tree.Areas() {
		if _, stays := e.next.Tree.Area(a.Code); !stays {
			c.Retired = append(c.Retired, a.Code)
			e.changed[a.Code] = true
		}
	}
	for _, list := range []*[]string{&c.Created, &c.Retired, &c.Renamed, &c.Reshaped} {
		slices.Sort(*list)
		*list = slices.Concat([]string{}, *list) // an empty list in the file, not null
	}
	return nil
}

func sameShape(a, b orb.MultiPolygon) bool { return a.Equal(b) }

// around lists the areas of the communities that hold one of the codes, and
// those communities, by level and code; of a change above the grids all areas.
func around(tree *geo.Tree, changed map[string]bool) []geo.Area {
	within := make(map[string]bool)
	for code := range changed {
		if len(code) <= communityDigits {
			return tree.Areas()
		}
		within[blockOf(code)] = true
	}
	var out []geo.Area
	for _, a := range tree.Areas() {
		if a.Level >= geo.LevelCommunity && within[blockOf(a.Code)] {
			out = append(out, a)
		}
	}
	return out
}

// tile looks for places where the proposal does not tile and the areas of
// today do. What lies wrong already is not the proposal's.
func (e *effecting) tile() error {
	e.out.Findings = []reports.EffectFinding{}
	if len(e.changed) == 0 || e.tiled {
		return nil
	}
	found, err := faults(areasOf(e.base.Tree), areasOf(e.next.Tree))
	if err != nil {
		return fmt.Errorf("check the proposal: %w", err)
	}
	for i := range found {
		if f := &found[i]; f.Blocks() {
			e.out.Findings = append(e.out.Findings, reports.EffectFinding{Kind: f.Kind, Codes: f.Codes, AreaM2: round1(f.AreaM2), At: f.At, Message: f.Message})
		}
	}
	if n := len(e.out.Findings); n > 0 && !e.opt.Anyway {
		return &Error{Code: CodeNo, Message: Tell("the proposal does not tile: %d places are in none or in two of its areas", n)}
	}
	return nil
}

// areasOf are the areas of a tree, by code.
func areasOf(tree *geo.Tree) map[string]geo.Area {
	out := make(map[string]geo.Area, tree.Len())
	for _, a := range tree.Areas() {
		out[a.Code] = a
	}
	return out
}

// rehome decides who is where under the proposal. Only what lies in or beside
// an area that is not as it was can move. Whom no grid would hold stays where
// they are, if that is to be gone on with.
func (e *effecting) rehome() error {
	near := e.near()
	here := homes{buildings: e.buildings}
	for i := range e.base.Residents {
		r := &e.base.Residents[i]
		if near(homeOf(r, e.buildings).point, r.Grid, r.MicroGrid) {
			here.residents = append(here.residents, *r)
		}
	}
	for i := range e.base.Tasks {
		if t := &e.base.Tasks[i]; t.Resident == "" && near(t.Location, t.Grid, t.MicroGrid) {
			here.tasks = append(here.tasks, *t)
		}
	}
	for i := range e.base.Population {
		if p := &e.base.Population[i]; near(p.Location, p.Grid, p.MicroGrid) {
			here.population = append(here.population, *p)
		}
	}
	for i := range e.base.Facilities {
		if f := &e.base.Facilities[i]; near(f.Location, f.Grid, "") {
			here.facilities = append(here.facilities, *f)
		}
	}
	m, lost := here.moves(e.next.Tree)
	e.next.take(m)
	e.out.Moved.Nowhere = []string{}
	if lost == 0 {
		return nil
	}
	e.out.Moved.Nowhere = here.nowhere(e.next.Tree)
	if !e.opt.Anyway {
		return &Error{Code: CodeNo, Message: Tell("%d residents or tasks would lie in no grid of the proposal", lost)}
	}
	return nil
}

// near tells of a place whether the proposal can move it.
func (e *effecting) near() func(at orb.Point, grid, micro string) bool {
	var boxes []orb.Bound
	listing := make(map[string]bool) // grids in which units are listed otherwise
	for code := range e.changed {
		was, _ := e.base.Tree.Area(code)
		if is, _ := e.next.Tree.Area(code); !slices.Equal(was.Units, is.Units) {
			listing[was.Parent], listing[is.Parent] = true, true
		}
	}
	redrawn := maps.Clone(e.changed)
	maps.Copy(redrawn, e.retraced) // somebody can live on a hairline
	for _, tree := range []*geo.Tree{e.base.Tree, e.next.Tree} {
		for _, code := range slices.Sorted(maps.Keys(redrawn)) {
			if a, ok := tree.Area(code); ok {
				boxes = append(boxes, a.Boundary.Bound().Pad(1e-6))
			}
		}
	}
	return func(at orb.Point, grid, micro string) bool {
		return e.changed[grid] || e.changed[micro] || listing[grid] || slices.ContainsFunc(boxes, func(b orb.Bound) bool { return b.Contains(at) })
	}
}

// nowhere lists the residents and tasks whom no grid of the tree holds.
func (h *homes) nowhere(tree *geo.Tree) []string {
	var out []string
	for i := range h.residents {
		if grid, _ := homeOf(&h.residents[i], h.buildings).in(tree); grid == "" {
			out = append(out, h.residents[i].ID)
		}
	}
	for i := range h.tasks {
		if grid, _ := (home{point: h.tasks[i].Location}).in(tree); h.tasks[i].Resident == "" && grid == "" {
			out = append(out, h.tasks[i].ID)
		}
	}
	slices.Sort(out)
	return out
}
