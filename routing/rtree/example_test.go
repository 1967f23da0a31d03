package rtree_test

import (
	"fmt"

	"sanse/routing/rtree"
)

// lines is the simplest way to keep them: points of x and y.
type lines [][][2]int32

func (l lines) Len() int               { return len(l) }
func (l lines) Points(line uint32) int { return len(l[line]) }

func (l lines) Ends(s rtree.Segment) (ax, ay, bx, by int32) {
	a, b := l[s.Line][s.Point], l[s.Line][s.Point+1]
	return a[0], a[1], b[0], b[1]
}

// Two streets and a wall between them: which street is nearest to a place, and
// what does the straight way to the other one meet?
func Example() {
	tree, err := rtree.Build(lines{
		{{0, 0}, {50, 0}, {100, 0}}, // line 0, a street in two pieces
		{{0, 60}, {100, 60}},        // line 1, a street
		{{0, 40}, {100, 40}},        // line 2, a wall
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var w rtree.Walk
	w.Start(tree, 70, 29, 1, 1, 100)
	for h, ok := w.Next(); ok; h, ok = w.Next() {
		fmt.Printf("line %d from point %d, %.0f %% along, distance² %.0f\n", h.Line, h.Point, 100*h.Fraction, h.D2)
	}
	tree.Crossings(70, 29, 70, 59, func(s rtree.Segment) bool {
		fmt.Println("in between: line", s.Line)
		return true
	})
	// Output:
	// line 2 from point 0, 70 % along, distance² 121
	// line 0 from point 1, 40 % along, distance² 841
	// line 1 from point 0, 70 % along, distance² 961
	// line 0 from point 0, 100 % along, distance² 1241
	// in between: line 2
}
