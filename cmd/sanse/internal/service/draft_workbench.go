package service

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

// workbench is a community of a draft, on which edits are made: its finest
// areas (micro-grids, and grids that have none) with each border stored once.
// Borders between them may move, those of the community may not. A grid is
// what its micro-grids are.
type workbench struct {
	ground    *draftGround
	community geo.Area
	start     *topology.Topology
	top       *topology.Topology // after the edit
	// grid is the grid in which each face of top lies, by code: itself for a
	// grid without micro-grids. Faces and grids that are new have a + and a word.
	grid map[string]string
	// fresh is what is said of areas that are new, by word.
	fresh   map[string]freshArea
	kind    data.DraftKind
	lineage []data.Lineage
	ended   map[string]bool // grids that the edit means to end
}

// freshArea is what an edit says of an area that it makes.
type freshArea struct {
	name    string // empty: called after its number
	special bool
}

// newWorkbench puts a community on the bench. Where its areas overlap it is a
// DraftError (DraftNotTiling) with the places.
func newWorkbench(ground *draftGround, code string) (*workbench, error) {
	community, ok := ground.after[code]
	if !ok || community.Level != geo.LevelCommunity {
		return nil, badDraft(DraftUnknownArea, nil, "there is no community %s in this draft", code)
	}
	w := &workbench{ground: ground, community: community, grid: make(map[string]string), fresh: make(map[string]freshArea), ended: make(map[string]bool)}
	parents := make(map[string]bool)
	for _, a := range ground.after {
		if a.Level == geo.LevelMicroGrid {
			parents[a.Parent] = true
		}
	}
	var faces []topology.Area
	for _, a := range ground.after {
		switch {
		case !strings.HasPrefix(a.Code, code) || a.Level < geo.LevelGrid || parents[a.Code]:
			continue
		case a.Level == geo.LevelGrid:
			w.grid[a.Code] = a.Code
		default:
			w.grid[a.Code] = a.Parent
		}
		faces = append(faces, topology.Area{Code: a.Code, Parent: code, Parts: len(a.Boundary), Shape: a.Boundary})
	}
	if len(faces) == 0 {
		return nil, badDraft(DraftUnknownArea, []string{code}, "there are no grids in %s yet", Own(code))
	}
	slices.SortFunc(faces, func(a, b topology.Area) int { return strings.Compare(a.Code, b.Code) })
	// Whether areas stay in one piece is asked at the end, of grids as well.
	opt := topology.Options{Parents: []topology.Area{{Code: code, Parts: len(community.Boundary), Shape: community.Boundary}}, FreeParts: true}
	var err error
	if w.start, err = topology.Build(faces, opt); err != nil {
		return nil, badTopology(err)
	}
	w.top = w.start
	return w, nil
}

// badTopology says that areas make no topology.
func badTopology(err error) error {
	var fault *topology.FaultError
	if !errors.As(err, &fault) {
		return badDraft(DraftBadBoundary, nil, "%v", tellingly(err))
	}
	findings := make([]DraftFinding, len(fault.Findings))
	for i, f := range fault.Findings {
		findings[i] = DraftFinding{Key: findingKey(&f), Finding: f}
	}
	return draftError(CodeInvalid, DraftError{Reason: DraftNotTiling, Findings: findings, At: &findings[0].At}, "the areas must be mended first: %v", tellingly(fault))
}

// faces are the codes of the faces of a grid, ascending.
func (w *workbench) faces(grid string) []string {
	var out []string
	for face, g := range w.grid {
		if g == grid {
			out = append(out, face)
		}
	}
	slices.Sort(out)
	return out
}

// grids are the codes of all grids, ascending.
func (w *workbench) grids() []string {
	return slices.Compact(slices.Sorted(maps.Values(w.grid)))
}

// shape is the ground of some faces together, with every vertex of theirs on
// its border.
func together(top *topology.Topology, faces []string) (orb.MultiPolygon, error) {
	if len(faces) > 1 {
		var err error
		if top, _, err = top.Merge(faces, faces[0]); err != nil {
			return nil, refused(err)
		}
	}
	mp, ok := top.Shape(faces[0])
	if !ok {
		return nil, badDraft(DraftUnknownArea, nil, "there is no %s", faces[0])
	}
	return mp, nil
}

// level tells whether a code, or what an edit names, is of a grid or of a
// micro-grid of the community.
func (w *workbench) known(code string, levels ...geo.Level) (geo.Area, error) {
	a, ok := w.ground.after[code]
	if !ok || !strings.HasPrefix(code, w.community.Code) || !slices.Contains(levels, a.Level) {
		if !ok { // whatever it is, it is no code
			return a, badDraft(DraftUnknownArea, nil, "there is no %s %s in %s", levels[0], code, Own(w.community.Code))
		}
		return a, badDraft(DraftUnknownArea, []string{code}, "there is no %s %s in %s", levels[0], Own(code), Own(w.community.Code))
	}
	return a, nil
}

// neighbours are the metres of border that a face shares with each other one.
func neighbours(top *topology.Topology, face string) map[string]float64 {
	out := make(map[string]float64)
	for _, a := range top.Arcs() {
		other := ""
		switch face {
		case a.Left:
			other = a.Right
		case a.Right:
			other = a.Left
		}
		if other != "" {
			out[other] += geo.Length(a.Points)
		}
	}
	return out
}

// longest is the key of the largest value, the smallest of several; false where
// there is none that may be.
func longest(metres map[string]float64, may func(string) bool) (string, bool) {
	best := ""
	for _, k := range slices.Sorted(maps.Keys(metres)) {
		if may(k) && (best == "" || metres[k] > metres[best]) {
			best = k
		}
	}
	return best, best != ""
}

// refused turns a refusal of the topology into one of the draft.
func refused(err error) error {
	var e *topology.EditError
	if !errors.As(err, &e) {
		return err
	}
	reason, ok := editReasons[e.Reason]
	if !ok {
		return err
	}
	out := DraftError{Reason: reason}
	if e.At != (orb.Point{}) {
		out.At = &e.At
	}
	if e.Reason == topology.NoFace || e.Reason == topology.CodeTaken { // it names what was given
		return draftError(CodeInvalid, out, "there is no such area, or there is one already")
	}
	return draftError(CodeInvalid, out, "%s", Own(spoken(e.Message)))
}

var editReasons = map[topology.Reason]DraftReason{
	topology.NoFace: DraftUnknownArea, topology.NoArc: DraftNoVertex, topology.CodeTaken: DraftBadCode, topology.NoPlace: DraftBadBoundary,
	topology.FixedBorder: DraftBorderFixed, topology.Crosses: DraftBorderCrosses, topology.SweepsOver: DraftSweepsOver, topology.NoCut: DraftNoCut,
	topology.Parts: DraftParts, topology.Apart: DraftApart, topology.WholeFace: DraftWholeArea, topology.TooTight: DraftTooTight,
}

// borders are the stretches of a shape's outline, whatever their direction and
// order: two shapes with the same ones are the same, drawn with the same
// vertices.
func borders(mp orb.MultiPolygon) [][4]int64 {
	var out [][4]int64
	for _, poly := range mp {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				a, b := onLattice(ring[i-1]), onLattice(ring[i])
				switch cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) {
				case -1:
					out = append(out, [4]int64{a[0], a[1], b[0], b[1]})
				case 1:
					out = append(out, [4]int64{b[0], b[1], a[0], a[1]})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b [4]int64) int { return slices.Compare(a[:], b[:]) })
	return out
}

func sameBorders(a, b orb.MultiPolygon) bool { return slices.Equal(borders(a), borders(b)) }

// onLattice is a point in billionths of a degree, as package topology rounds it.
func onLattice(p orb.Point) [2]int64 {
	return [2]int64{int64(math.Round(p[0] * 1e9)), int64(math.Round(p[1] * 1e9))}
}
