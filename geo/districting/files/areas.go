package files

import (
	"cmp"
	"io"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/geo/districting"
	"sanse/geo/topology"
)

// ReadAreas reads areas as ReadShapes does, and finds who borders on whom:
// neighbours share a line, not points only. Overlaps are refused; hairlines
// between areas drawn apart are let pass (see package topology).
func ReadAreas(r io.Reader, weights ...string) (*Units, error) {
	u, err := ReadShapes(r, weights...)
	if err != nil {
		return nil, err
	}
	if err := u.join(); err != nil {
		return nil, err
	}
	return u, nil
}

// Areas are the units as package topology takes them, each in as many parts as
// it is drawn in.
func (u *Units) Areas() []topology.Area {
	out := make([]topology.Area, u.Len())
	for i, id := range u.IDs {
		out[i] = topology.Area{Code: id, Parent: u.Communities[u.Parent[i]], Parts: len(u.Shapes[i]), Shape: u.Shapes[i]}
	}
	return out
}

// join makes the graph of areas, in the order of the file.
func (u *Units) join() error {
	t, err := topology.Build(u.Areas(), topology.Options{})
	if err != nil {
		return err
	}
	n := t.Neighbours()
	at := u.index()
	number := make([]int32, len(n.Codes)) // of the topology's face in the file
	for face, code := range n.Codes {
		number[face] = at[code]
	}
	links := make([][]link, u.Len())
	u.Graph = districting.Graph{Area: make([]float64, u.Len()), Outer: make([]float64, u.Len())}
	for face, unit := range number {
		u.Graph.Area[unit], u.Graph.Outer[unit] = n.AreaM2[face], n.OuterM[face]
		for k := n.First[face]; k < n.First[face+1]; k++ {
			links[unit] = append(links[unit], link{number[n.To[k]], n.BorderM[k]})
		}
		slices.SortFunc(links[unit], func(a, b link) int { return cmp.Compare(a.to, b.to) })
	}
	setLinks(&u.Graph, links, true)
	u.Centres = make([]orb.Point, u.Len())
	for i, shape := range u.Shapes {
		u.Centres[i], _ = planar.CentroidArea(shape)
	}
	return nil
}
