package candidates

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/geo"
	"sanse/routing"
)

// Along lists places along the streets that the engine's profile can use, at
// least so many metres apart as the crow flies: crossings first, those of more
// streets before those of fewer, then what is between them. Only the part of the
// network that hangs together most counts, since nobody gets from anywhere to
// the others. inside, if not nil, says which places are wanted at all.
func Along(e *routing.Engine, metres float64, inside func(orb.Point) bool) []orb.Point {
	g := e.Graph()
	var crossings, between []orb.Point
	degree := make([]int32, g.Nodes())
	for edge := range int32(g.Edges()) {
		forward, backward := e.EdgeMillis(edge)
		if forward == routing.Unreached && backward == routing.Unreached {
			continue
		}
		ends := g.Edge(edge)
		if part, err := e.VertexSnap(int(ends.Tail)); err != nil || part.Component != 0 {
			continue
		}
		degree[ends.Tail]++
		degree[ends.Head]++
		if metres <= 0 {
			continue
		}
		for k, n := 1, int(ends.Metres/metres*2); k < n; k++ {
			if at, err := g.At(edge, float64(k)/float64(n)); err == nil && (inside == nil || inside(at.Point)) {
				between = append(between, at.Point)
			}
		}
	}
	var nodes []int32
	for n, d := range degree {
		if d > 0 && (inside == nil || inside(g.Node(int32(n)))) {
			nodes = append(nodes, int32(n))
		}
	}
	slices.SortStableFunc(nodes, func(a, b int32) int { return cmp.Compare(degree[b], degree[a]) })
	for _, n := range nodes {
		crossings = append(crossings, g.Node(n))
	}
	all := append(crossings, between...) //nolint:gocritic // crossings is not read again
	var out []orb.Point
	for _, k := range Thin(all, metres) {
		out = append(out, all[k])
	}
	return out
}

// Building is one that a facility could move into.
type Building struct {
	ID       string
	Boundary orb.MultiPolygon
	Floors   int // not known: 0
}

// Place is a place in a building.
type Place struct {
	Building int // number of it in what was given
	Location orb.Point
	// M2 is its footprint in square metres.
	M2 float64
}

// In lists places in the buildings whose footprint is of least square metres or
// more, at least so many metres apart, larger footprints before smaller ones, and
// of equal ones the first id. The location is the centre of the footprint. inside,
// if not nil, says which places are wanted at all.
func In(buildings []Building, least, metres float64, inside func(orb.Point) bool) []Place {
	var all []Place
	for i := range buildings {
		b := &buildings[i]
		m2 := geo.AreaM2(b.Boundary)
		if len(b.Boundary) == 0 || m2 < least {
			continue
		}
		at, _ := planar.CentroidArea(b.Boundary)
		if inside == nil || inside(at) {
			all = append(all, Place{i, at, m2})
		}
	}
	slices.SortFunc(all, func(a, b Place) int {
		return cmp.Or(cmp.Compare(b.M2, a.M2), cmp.Compare(buildings[a.Building].ID, buildings[b.Building].ID))
	})
	at := make([]orb.Point, len(all))
	for k := range all {
		at[k] = all[k].Location
	}
	var out []Place
	for _, k := range Thin(at, metres) {
		out = append(out, all[k])
	}
	return out
}
