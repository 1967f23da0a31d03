package routing

import (
	"fmt"

	"sanse/routing/rtree"
)

// segmentIndex finds what lies near a place, over it, or across a line.
type segmentIndex struct {
	streets   *rtree.Tree // lines are edges
	barriers  *rtree.Tree // lines are numbered as barrierLines says
	buildings *rtree.Tree // lines are footprints, each the diagonal of its box
}

// indexArrays are what a file holds of a segmentIndex, in the order streets,
// barriers, buildings.
type indexArrays [3]rtree.Arrays

// newSegmentIndex indexes a graph whose other arrays are in place.
func newSegmentIndex(g *Graph) (*segmentIndex, error) {
	return makeIndex(g, func(lines rtree.Lines, _ int) (*rtree.Tree, error) { return rtree.Build(lines) })
}

// segmentIndexFrom makes the index in place of arrays that came from one of the
// same graph.
func segmentIndexFrom(g *Graph, a indexArrays) (*segmentIndex, error) {
	return makeIndex(g, func(lines rtree.Lines, i int) (*rtree.Tree, error) { return rtree.FromArrays(lines, a[i]) })
}

func makeIndex(g *Graph, tree func(rtree.Lines, int) (*rtree.Tree, error)) (*segmentIndex, error) {
	x := &segmentIndex{}
	for i, part := range []struct {
		name  string
		lines rtree.Lines
		into  **rtree.Tree
	}{
		{"streets", streetLines{g}, &x.streets},
		{"barriers", barrierLines{&g.land}, &x.barriers},
		{"buildings", buildingBoxes{&g.land}, &x.buildings},
	} {
		t, err := tree(part.lines, i)
		if err != nil {
			return nil, fmt.Errorf("index %s: %w", part.name, err)
		}
		*part.into = t
	}
	return x, nil
}

func (x *segmentIndex) arrays() indexArrays {
	return indexArrays{x.streets.Arrays(), x.barriers.Arrays(), x.buildings.Arrays()}
}

// streetLines are the lines of a graph's edges.
type streetLines struct{ g *Graph }

func (l streetLines) Len() int { return len(l.g.tail) }

func (l streetLines) Points(line uint32) int { return l.g.linePoints(int32(line)) }

func (l streetLines) Ends(s rtree.Segment) (ax, ay, bx, by int32) {
	g := l.g
	first, end := g.lineFirst[s.Line], g.lineFirst[s.Line+1]
	// Of the inner points, those before and after the segment.
	after := first + s.Point
	a, b := g.tail[s.Line], g.head[s.Line]
	if s.Point > 0 {
		a = int32(g.nodes) + int32(after) - 1
	}
	if after < end {
		b = int32(g.nodes) + int32(after)
	}
	p, q := g.points[a], g.points[b]
	return p.lon, p.lat, q.lon, q.lat
}
