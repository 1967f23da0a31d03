package geo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geos"
)

// FindingKind is what is wrong between areas.
type FindingKind string

// The kinds of findings.
const (
	// FindingOverlap is ground in two areas of one level.
	FindingOverlap FindingKind = "overlap"
	// FindingOutside is ground of an area outside its parent.
	FindingOutside FindingKind = "outside"
	// FindingGap is ground of an area that has children in none of them.
	FindingGap FindingKind = "gap"
	// FindingUnchecked is a pair of areas that GEOS could not compare.
	FindingUnchecked FindingKind = "unchecked"
)

// Slivers are not found: boundaries drawn apart, or rounded to seven decimals
// (a centimetre), differ by hairlines that hold nobody. A piece counts if it
// is larger than SliverM2 and its mean width, twice the area by the
// perimeter, is more than SliverWidthM.
const (
	SliverM2     = 1.0  // square metres
	SliverWidthM = 0.05 // metres
)

// Hairline tells that ground is so little that it is let pass: no piece of it
// is larger than SliverM2 and wider than SliverWidthM.
func Hairline(mp orb.MultiPolygon) bool {
	for _, p := range mp {
		around := 0.0
		for _, ring := range p {
			around += Length(orb.LineString(ring))
		}
		m2 := AreaM2(orb.MultiPolygon{p})
		if m2 > SliverM2 && 2*m2 > SliverWidthM*around {
			return false
		}
	}
	return true
}

// Finding is one place where the areas do not tile.
type Finding struct {
	Kind FindingKind
	// Codes are the areas concerned. Overlap: the two, ascending. Outside: the
	// child, its parent, then the other areas of the parent's level that it
	// reaches into. Gap: the parent.
	Codes   []string
	AreaM2  float64   // square metres of the ground in question
	At      orb.Point // a point in the largest piece of it, lon-lat
	Message string    // one sentence in English
}

// Check returns every place where the areas do not tile: ground in two areas
// of one level, children outside their parent (a grid in two communities),
// gaps between children. Hairlines are let pass (SliverM2, SliverWidthM).
// Findings are sorted by codes; none means that every point of the district
// lies in exactly one area of every level that is drawn there.
func (t *Tree) Check() []Finding {
	out, err := withGEOS("check areas", func(c *geos.Context) ([]Finding, error) {
		k := checker{t: t, shapes: make([]*geos.Geom, len(t.nodes))}
		for i := range t.nodes {
			g, err := toGEOS(c, t.nodes[i].area.Boundary)
			if err != nil {
				return nil, fmt.Errorf("area %q: %w", t.nodes[i].area.Code, err)
			}
			k.shapes[i] = g
		}
		k.overlaps()
		k.outside()
		k.gaps(c)
		return k.found, k.err
	})
	if err != nil {
		d := t.District()
		out = append(out, Finding{Kind: FindingUnchecked, Codes: []string{d.Code}, Message: err.Error()})
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return slices.Compare(a.Codes, b.Codes) })
	return out
}

type checker struct {
	t      *Tree
	shapes []*geos.Geom
	found  []Finding
	err    error // the last piece that could not be read
}

// overlaps compares the pairs of one level whose boxes share ground.
func (k *checker) overlaps() {
	for l := LevelTown; l <= LevelMicroGrid; l++ {
		level := &k.t.levels[l]
		for i := level.from; i < level.to; i++ {
			b := k.t.nodes[i].shape.bound
			var near []int32
			level.boxes.Search(b.Min, b.Max, func(_, _ [2]float64, j int32) bool {
				if j > i {
					near = append(near, j)
				}
				return true
			})
			slices.Sort(near)
			for _, j := range near {
				k.overlap(i, j)
			}
		}
	}
}

func (k *checker) overlap(i, j int32) {
	// Interiors that meet in an area: only then is the overlay worth its time.
	if !k.shapes[i].RelatePattern(k.shapes[j], "2********") {
		return
	}
	a, b := k.t.nodes[i].area.Code, k.t.nodes[j].area.Code
	k.add(FindingOverlap, k.shapes[i].Intersection(k.shapes[j]), []string{a, b}, func(m2 float64) string {
		return fmt.Sprintf("%s %s and %s share %.0f m²", k.t.nodes[i].area.Level, a, b, m2)
	})
}

func (k *checker) outside() {
	for i := range k.t.nodes {
		prepared := (*geos.PrepGeom)(nil)
		for _, j := range k.t.nodes[i].children {
			if prepared == nil {
				prepared = k.shapes[i].Prepare()
			}
			if prepared.Covers(k.shapes[j]) {
				continue
			}
			rest := k.shapes[j].Difference(k.shapes[i])
			child, parent := k.t.nodes[j].area, k.t.nodes[i].area
			if !k.counts(rest) {
				continue
			}
			codes := []string{child.Code, parent.Code}
			others := k.reached(rest, int32(i))
			k.add(FindingOutside, rest, append(codes, others...), func(m2 float64) string {
				s := fmt.Sprintf("%s %s has %.0f m² outside its %s %s", child.Level, child.Code, m2, parent.Level, parent.Code)
				if len(others) > 0 {
					s += fmt.Sprintf(", in %s: a %s lies in exactly one %s", strings.Join(others, " and "), child.Level, parent.Level)
				}
				return s
			})
		}
	}
}

// reached returns the areas of the level of node i, other than i, that hold a
// part of rest.
func (k *checker) reached(rest *geos.Geom, i int32) []string {
	b := rest.Bounds()
	var near []int32
	k.t.levels[k.t.nodes[i].area.Level].boxes.Search([2]float64{b.MinX, b.MinY}, [2]float64{b.MaxX, b.MaxY}, func(_, _ [2]float64, j int32) bool {
		if j != i {
			near = append(near, j)
		}
		return true
	})
	slices.Sort(near)
	var codes []string
	for _, j := range near {
		if k.counts(rest.Intersection(k.shapes[j])) {
			codes = append(codes, k.t.nodes[j].area.Code)
		}
	}
	return codes
}

func (k *checker) gaps(c *geos.Context) {
	for i := range k.t.nodes {
		n := &k.t.nodes[i]
		if len(n.children) == 0 {
			continue
		}
		parts := make([]*geos.Geom, len(n.children))
		for j, child := range n.children {
			parts[j] = k.shapes[child].Clone() // go-geos ties the parts to the collection
		}
		covered := c.NewCollection(geos.TypeIDGeometryCollection, parts).UnaryUnion()
		if covered == nil {
			k.err = fmt.Errorf("unite the areas of %q: GEOS gave no result", n.area.Code)
			continue
		}
		rest := k.shapes[i].Difference(covered)
		if rest == nil {
			k.err = fmt.Errorf("subtract the areas of %q: GEOS gave no result", n.area.Code)
			continue
		}
		for j := range rest.NumGeometries() {
			piece := rest.Geometry(j)
			k.add(FindingGap, piece, []string{n.area.Code}, func(m2 float64) string {
				return fmt.Sprintf("%.0f m² of %s %s lie in none of its %d areas below", m2, n.area.Level, n.area.Code, len(n.children))
			})
		}
	}
}

// counts tells whether any piece of g is more than a sliver.
func (k *checker) counts(g *geos.Geom) bool {
	m2, _ := k.weigh(g)
	return m2 > 0
}

// weigh adds up the pieces of g that are more than slivers and returns the
// largest.
func (k *checker) weigh(g *geos.Geom) (m2 float64, largest *geos.Geom) {
	if g == nil {
		k.err = errors.New("GEOS gave no result")
		return 0, nil
	}
	if g.IsEmpty() {
		return 0, nil
	}
	var most float64
	for i := range g.NumGeometries() {
		piece := g.Geometry(i)
		if piece.TypeID() != geos.TypeIDPolygon {
			continue
		}
		mp, err := fromGEOS(piece)
		if err != nil {
			k.err = err
			return 0, nil
		}
		a := AreaM2(mp)
		var perimeter float64
		for _, poly := range mp {
			for _, r := range poly {
				perimeter += Length(orb.LineString(r))
			}
		}
		if a <= SliverM2 || 2*a <= SliverWidthM*perimeter {
			continue
		}
		m2 += a
		if a > most {
			most, largest = a, piece
		}
	}
	return m2, largest
}

func (k *checker) add(kind FindingKind, g *geos.Geom, codes []string, message func(m2 float64) string) {
	m2, largest := k.weigh(g)
	if m2 == 0 {
		return
	}
	at := largest.PointOnSurface()
	k.found = append(k.found, Finding{Kind: kind, Codes: codes, AreaM2: m2, At: orb.Point{at.X(), at.Y()}, Message: message(m2)})
}
