package files

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo/districting"
)

// Units are what a file divides the ground into, in the order of the file.
type Units struct {
	IDs []string // as the file has them, each once
	// Graph is complete for cells and areas. Of a dual graph Border, Area and
	// Outer are in the file's own units, and nil where it does not have them.
	Graph districting.Graph
	// Communities are the codes of the parents, ascending; one empty code if the
	// file names none.
	Communities []string
	Parent      []int32 // of each unit, a place in Communities
	// Weights are those asked for, in that order, or all that the file has. Their
	// tolerances are 0.
	Weights []districting.Weight
	Centres []orb.Point // of each unit; nil: the file does not say where they lie
	// Cells or Shapes say what the units look like; both nil for a dual graph.
	Cells  []h3.Cell
	Shapes []orb.MultiPolygon
}

// Len returns the number of units.
func (u *Units) Len() int { return len(u.IDs) }

// Sums adds up a weight, by its place in Weights, for each community.
func (u *Units) Sums(weight int) []int64 {
	sums := make([]int64, len(u.Communities))
	for i, v := range u.Weights[weight].Of {
		sums[u.Parent[i]] += v
	}
	return sums
}

// Sizes counts the units of each community.
func (u *Units) Sizes() []int {
	n := make([]int, len(u.Communities))
	for _, p := range u.Parent {
		n[p]++
	}
	return n
}

// Weight returns the place of a weight in Weights by its name, exactly as the
// file has it; false if there is none.
func (u *Units) Weight(name string) (int, bool) {
	i := slices.IndexFunc(u.Weights, func(w districting.Weight) bool { return w.Name == name })
	return i, i >= 0
}

// index is the number of each unit by its id.
func (u *Units) index() map[string]int32 {
	at := make(map[string]int32, len(u.IDs))
	for i, id := range u.IDs {
		at[id] = int32(i)
	}
	return at
}

// setParents numbers the communities by their codes, given one for each unit.
func (u *Units) setParents(codes []string) {
	u.Communities = slices.Clone(codes)
	slices.Sort(u.Communities)
	u.Communities = slices.Compact(u.Communities)
	u.Parent = make([]int32, len(codes))
	for i, code := range codes {
		at, _ := slices.BinarySearch(u.Communities, code)
		u.Parent[i] = int32(at)
	}
}

// link is one unit's neighbour while a graph is built.
type link struct {
	to     int32
	border float64
}

// setLinks packs the neighbours of each unit, which must be ascending.
func setLinks(g *districting.Graph, links [][]link, borders bool) {
	g.First = make([]int32, 1, len(links)+1)
	for _, l := range links {
		for _, x := range l {
			g.To = append(g.To, x.to)
			if borders {
				g.Border = append(g.Border, x.border)
			}
		}
		g.First = append(g.First, int32(len(g.To)))
	}
}

// maxUnits bounds a file: numbers of units and of neighbours are 32 bits wide.
const maxUnits = 50_000_000

func tooMany(n int) error {
	return fmt.Errorf("%d units are too many: at most %d are drawn at once", n, maxUnits)
}
