package rtree_test

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/routing/rtree"
)

// world is some lines, and the segments in them one by one.
type world struct {
	flat
	segments []rtree.Segment
}

// flat is lines in one array of x and y in turn: line i has the points first[i]
// to first[i+1]-1.
type flat struct {
	coords []int32
	first  []uint32
}

func (f flat) Len() int               { return max(0, len(f.first)-1) }
func (f flat) Points(line uint32) int { return int(f.first[line+1] - f.first[line]) }

func (f flat) Ends(s rtree.Segment) (ax, ay, bx, by int32) {
	c := f.coords[2*(f.first[s.Line]+s.Point):]
	return c[0], c[1], c[2], c[3]
}

// drawWorld makes up to thirty lines. Small numbers make segments touch, share
// ends, lie on one line or have no length; large ones try the arithmetic.
func drawWorld(t *rapid.T) world {
	w := world{flat: flat{first: []uint32{0}}}
	coord := drawCoord(t)
	for range rapid.IntRange(0, 30).Draw(t, "lines") {
		points := rapid.IntRange(0, 6).Draw(t, "points")
		for i := range points {
			if i > 0 {
				w.segments = append(w.segments, rtree.Segment{Line: uint32(len(w.first) - 1), Point: uint32(i - 1)})
			}
			w.coords = append(w.coords, coord.Draw(t, "x"), coord.Draw(t, "y"))
		}
		w.first = append(w.first, uint32(len(w.coords)/2))
	}
	return w
}

func drawCoord(t *rapid.T) *rapid.Generator[int32] {
	return rapid.SampledFrom([]*rapid.Generator[int32]{
		rapid.Int32Range(-6, 6), rapid.Int32Range(-1000, 1000), rapid.Int32(),
		rapid.SampledFrom([]int32{math.MinInt32, math.MinInt32 + 1, -1, 0, 1, math.MaxInt32 - 1, math.MaxInt32}),
	}).Draw(t, "size")
}

func (w world) ends(s rtree.Segment) []int32 {
	ax, ay, bx, by := w.Ends(s)
	return []int32{ax, ay, bx, by}
}

func sorted(all []rtree.Segment) []rtree.Segment {
	slices.SortFunc(all, func(a, b rtree.Segment) int {
		return cmp.Or(int(a.Line)-int(b.Line), int(a.Point)-int(b.Point))
	})
	return all
}

func build(t interface{ Fatal(...any) }, w world) *rtree.Tree {
	tree, err := rtree.Build(w.flat)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// bigSide is the side of the line a–b that c lies on, in numbers without end.
func bigSide(ax, ay, bx, by, cx, cy int32) int {
	n := func(a, b int32) *big.Int { return big.NewInt(int64(a) - int64(b)) }
	l := new(big.Int).Mul(n(bx, ax), n(cy, ay))
	return l.Cmp(new(big.Int).Mul(n(by, ay), n(cx, ax)))
}

// bigMeet tells whether closed segments meet, case by case as textbooks do.
func bigMeet(a, b []int32) bool {
	onto := func(s []int32, x, y int32) bool {
		return bigSide(s[0], s[1], s[2], s[3], x, y) == 0 &&
			min(s[0], s[2]) <= x && x <= max(s[0], s[2]) && min(s[1], s[3]) <= y && y <= max(s[1], s[3])
	}
	if onto(a, b[0], b[1]) || onto(a, b[2], b[3]) || onto(b, a[0], a[1]) || onto(b, a[2], a[3]) {
		return true
	}
	return bigSide(a[0], a[1], a[2], a[3], b[0], b[1])*bigSide(a[0], a[1], a[2], a[3], b[2], b[3]) < 0 &&
		bigSide(b[0], b[1], b[2], b[3], a[0], a[1])*bigSide(b[0], b[1], b[2], b[3], a[2], a[3]) < 0
}

func TestCrossingsAreThoseThatMeetTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		tree := build(t, w)
		coord := drawCoord(t)
		line := []int32{coord.Draw(t, "ax"), coord.Draw(t, "ay"), coord.Draw(t, "bx"), coord.Draw(t, "by")}
		if len(w.coords) > 0 && rapid.Bool().Draw(t, "ends on a point") {
			p := rapid.IntRange(0, len(w.coords)/2-1).Draw(t, "point")
			copy(line, w.coords[2*p:2*p+2])
		}
		var got, want []rtree.Segment
		tree.Crossings(line[0], line[1], line[2], line[3], func(s rtree.Segment) bool {
			got = append(got, s)
			return true
		})
		for _, s := range w.segments {
			if bigMeet(line, w.ends(s)) {
				want = append(want, s)
			}
		}
		if d := gocmp.Diff(want, sorted(got)); d != "" {
			t.Fatalf("crossings of %v (-want +got):\n%s", line, d)
		}
	})
}

func TestSearchFindsThoseThatMeetTheBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		tree := build(t, w)
		coord := drawCoord(t)
		x1, y1, x2, y2 := coord.Draw(t, "x1"), coord.Draw(t, "y1"), coord.Draw(t, "x2"), coord.Draw(t, "y2")
		b := rtree.Box{MinX: min(x1, x2), MinY: min(y1, y2), MaxX: max(x1, x2), MaxY: max(y1, y2)}
		var got, want []rtree.Segment
		tree.Search(b, func(s rtree.Segment) bool {
			got = append(got, s)
			return true
		})
		for _, s := range w.segments {
			e := w.ends(s)
			// In the box with an end, or across one of its diagonals or sides.
			in := e[0] >= b.MinX && e[0] <= b.MaxX && e[1] >= b.MinY && e[1] <= b.MaxY
			for _, side := range [][]int32{
				{b.MinX, b.MinY, b.MaxX, b.MinY},
				{b.MinX, b.MaxY, b.MaxX, b.MaxY},
				{b.MinX, b.MinY, b.MinX, b.MaxY},
				{b.MaxX, b.MinY, b.MaxX, b.MaxY},
			} {
				in = in || bigMeet(side, e)
			}
			if in {
				want = append(want, s)
			}
		}
		checkOverlapping(t, tree, w, b)
		if d := gocmp.Diff(want, sorted(got)); d != "" {
			t.Fatalf("in %v (-want +got):\n%s", b, d)
		}
	})
}

// checkOverlapping holds the segments whose boxes overlap a box against trying
// them all.
func checkOverlapping(t *rapid.T, tree *rtree.Tree, w world, b rtree.Box) {
	var got, want []rtree.Segment
	tree.Overlapping(b, func(s rtree.Segment) bool {
		got = append(got, s)
		return true
	})
	for _, s := range w.segments {
		e := w.ends(s)
		beside := max(e[0], e[2]) < b.MinX || min(e[0], e[2]) > b.MaxX || max(e[1], e[3]) < b.MinY || min(e[1], e[3]) > b.MaxY
		if !beside {
			want = append(want, s)
		}
	}
	if d := gocmp.Diff(want, sorted(got)); d != "" {
		t.Fatalf("overlapping %v (-want +got):\n%s", b, d)
	}
}

// near is the square of the distance of a point from a segment, by trying the
// ends and the foot of the perpendicular.
func near(e []int32, x, y, kx, ky float64) float64 {
	square := func(px, py float64) float64 { return (px-x)*kx*(px-x)*kx + (py-y)*ky*(py-y)*ky }
	ax, ay, bx, by := float64(e[0]), float64(e[1]), float64(e[2]), float64(e[3])
	best := min(square(ax, ay), square(bx, by))
	ux, uy := (bx-ax)*kx, (by-ay)*ky
	if l2 := ux*ux + uy*uy; l2 > 0 {
		if t := ((x-ax)*kx*ux + (y-ay)*ky*uy) / l2; t > 0 && t < 1 {
			best = min(best, square(ax+t*(bx-ax), ay+t*(by-ay)))
		}
	}
	return best
}

func TestWalkGivesAllWithinTheLimitNearestFirst(t *testing.T) {
	var walk rtree.Walk // one room for all walks, as it is meant to be used
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		tree := build(t, w)
		// Quarters: a distance is either nothing or far above the smallest float.
		x, y := float64(rapid.IntRange(-4800, 4800).Draw(t, "4x"))/4, float64(rapid.IntRange(-4800, 4800).Draw(t, "4y"))/4
		kx, ky := rapid.Float64Range(0.1, 1).Draw(t, "kx"), rapid.Float64Range(0.1, 1).Draw(t, "ky")
		limit := rapid.SampledFrom([]float64{0, 5, 300, 1e4, math.Inf(1)}).Draw(t, "limit")
		// Whether a segment at the very limit is in, rounding may decide.
		const eps = 1e-4
		var want []float64
		surely := 0
		for _, s := range w.segments {
			d2 := near(w.ends(s), x, y, kx, ky)
			if math.Sqrt(d2) <= limit+eps {
				want = append(want, d2)
			}
			if math.Sqrt(d2) <= limit-eps {
				surely++
			}
		}
		slices.Sort(want)
		seen := make(map[rtree.Segment]bool)
		n := 0
		walk.Start(tree, x, y, kx, ky, limit)
		for {
			h, ok := walk.Next()
			if !ok {
				break
			}
			if seen[h.Segment] {
				t.Fatalf("%v came twice", h.Segment)
			}
			seen[h.Segment] = true
			if n >= len(want) {
				t.Fatalf("%v at %v is not within %v", h.Segment, math.Sqrt(h.D2), limit)
			}
			if math.Abs(h.D2-want[n]) > 1e-6*(1+want[n]) {
				t.Fatalf("number %d is at %v, not %v", n, math.Sqrt(h.D2), math.Sqrt(want[n]))
			}
			e := w.ends(h.Segment)
			px := float64(e[0]) + h.Fraction*(float64(e[2])-float64(e[0])) - x
			py := float64(e[1]) + h.Fraction*(float64(e[3])-float64(e[1])) - y
			if at := px*kx*px*kx + py*ky*py*ky; h.Fraction < 0 || h.Fraction > 1 || math.Abs(at-h.D2) > 1e-5*(1+h.D2) {
				t.Fatalf("%v: fraction %v lies at %v, not %v", h.Segment, h.Fraction, math.Sqrt(at), math.Sqrt(h.D2))
			}
			n++
		}
		if n < surely {
			t.Fatalf("%d segments instead of %d", n, surely)
		}
	})
}

func TestAWalkThatIsNarrowedEndsEarlier(t *testing.T) {
	coords := []int32{0, 10, 5, 10, 0, 20, 5, 20, 0, 30, 5, 30}
	tree, err := rtree.Build(flat{coords, []uint32{0, 2, 4, 6}})
	if err != nil {
		t.Fatal(err)
	}
	var w rtree.Walk
	w.Start(tree, 2, 10, 1, 1, 0)
	if h, ok := w.Next(); !ok || h.Line != 0 || h.D2 != 0 {
		t.Fatalf("on the line is %v, %v", h, ok)
	}
	w.Start(tree, 2, 0, 1, 1, 100)
	if h, ok := w.Next(); !ok || h.Line != 0 || h.D2 != 100 {
		t.Fatalf("first is %v, %v", h, ok)
	}
	w.Within(20)
	w.Within(50) // wider again: nothing changes
	if h, ok := w.Next(); !ok || h.Line != 1 {
		t.Fatalf("second is %v, %v", h, ok)
	}
	if h, ok := w.Next(); ok {
		t.Fatalf("%v is beyond the limit", h)
	}
}

func TestStrangePlacesAndLimitsGiveNothing(t *testing.T) {
	tree, err := rtree.Build(flat{[]int32{0, 0, 1, 1}, []uint32{0, 2}})
	if err != nil {
		t.Fatal(err)
	}
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range [][3]float64{{nan, 0, 9}, {0, nan, 9}, {0, 0, nan}, {0, 0, -1}, {inf, 0, 9}, {0, -inf, 9}} {
		var w rtree.Walk
		w.Start(tree, c[0], c[1], 1, 1, c[2])
		if h, ok := w.Next(); ok {
			t.Errorf("from %v: %v", c, h)
		}
	}
}

func TestATreeWithoutSegmentsAnswersNothing(t *testing.T) {
	for name, first := range map[string][]uint32{"no lines": nil, "one end": {0}, "lines of one point": {0, 1, 2}} {
		tree, err := rtree.Build(flat{[]int32{3, 4, 5, 6}, first})
		if err != nil {
			t.Fatal(err)
		}
		found := func(s rtree.Segment) bool { t.Errorf("%s: found %v", name, s); return true }
		tree.Search(rtree.Box{MinX: -9, MinY: -9, MaxX: 9, MaxY: 9}, found)
		tree.Crossings(0, 0, 9, 9, found)
		var w rtree.Walk
		w.Start(tree, 0, 0, 1, 1, 1e9)
		if h, ok := w.Next(); ok {
			t.Errorf("%s: walk gave %v", name, h)
		}
		if b := tree.Bounds(); tree.Len() != 0 || b.MinX <= b.MaxX {
			t.Errorf("%s: %d segments within %v", name, tree.Len(), b)
		}
	}
}

func TestATreeOfItsArraysAnswersAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		tree := build(t, w)
		a := tree.Arrays()
		again, err := rtree.FromArrays(w.flat, a)
		if err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(all(tree), all(again)); d != "" || again.Len() != len(w.segments) || tree.Bounds() != again.Bounds() {
			t.Fatalf("bounds %v and %v, order (-built +read):\n%s", tree.Bounds(), again.Bounds(), d)
		}
		if n := len(w.segments); n > 0 && float64(4*len(a.Items)+4*len(a.Boxes)) > 12*float64(n)+64 {
			t.Fatalf("%d items and %d sides for %d segments", len(a.Items), len(a.Boxes), n)
		}
	})
}

// all is every segment in the order a walk gives them.
func all(tree *rtree.Tree) []rtree.Hit {
	var w rtree.Walk
	var hits []rtree.Hit
	w.Start(tree, 1, 1, 1, 1, math.Inf(1))
	for {
		h, ok := w.Next()
		if !ok {
			return hits
		}
		hits = append(hits, h)
	}
}

func TestArraysThatDoNotFitAreRefused(t *testing.T) {
	line := flat{[]int32{0, 0, 1, 1, 2, 2}, []uint32{0, 3}}
	tree, err := rtree.Build(line)
	if err != nil {
		t.Fatal(err)
	}
	good := tree.Arrays()
	for name, a := range map[string]rtree.Arrays{
		"half a segment":       {Items: good.Items[:3], Boxes: good.Boxes},
		"a box too few":        {Items: good.Items, Boxes: nil},
		"half a box":           {Items: good.Items, Boxes: good.Boxes[:3]},
		"a box too many":       {Items: good.Items, Boxes: append(slices.Clone(good.Boxes), good.Boxes...)},
		"a line that is not":   {Items: []uint32{1, 0, 0, 1}, Boxes: good.Boxes},
		"a point that is not":  {Items: []uint32{0, 0, 0, 2}, Boxes: good.Boxes},
		"a point far away":     {Items: []uint32{0, 0, 0, math.MaxUint32}, Boxes: good.Boxes},
		"boxes of no segments": {Items: nil, Boxes: good.Boxes},
	} {
		if _, err := rtree.FromArrays(line, a); !errors.Is(err, rtree.ErrArrays) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rtree.FromArrays(line, good); err != nil {
		t.Errorf("good arrays: %v", err)
	}
}

// FuzzFromArrays feeds a tree whatever bytes there are: what is taken must
// answer every question without a panic and without end.
func FuzzFromArrays(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5}, []byte{0, 0, 0, 1}, []byte{0, 0, 4, 5})
	f.Add([]byte{0, 0, 200, 200}, []byte{0, 0}, []byte{9, 9, 1, 1})
	f.Fuzz(func(t *testing.T, coords, items, boxes []byte) {
		signed := func(b []byte) []int32 {
			out := make([]int32, len(b))
			for i, v := range b {
				out[i] = int32(int8(v)) << 24
			}
			return out
		}
		a := rtree.Arrays{Boxes: signed(boxes)}
		for _, v := range items {
			a.Items = append(a.Items, uint32(v))
		}
		points := uint32(len(coords) / 2)
		tree, err := rtree.FromArrays(flat{signed(coords), []uint32{0, points / 2, points / 2, points}}, a)
		if err != nil {
			return
		}
		if n := len(all(tree)); n > tree.Len() {
			t.Fatalf("walk gave %d of %d", n, tree.Len())
		}
		n := 0
		count := func(rtree.Segment) bool { n++; return true }
		tree.Search(rtree.Box{MinX: math.MinInt32, MinY: math.MinInt32, MaxX: math.MaxInt32, MaxY: math.MaxInt32}, count)
		tree.Crossings(math.MinInt32, math.MinInt32, math.MaxInt32, math.MaxInt32, count)
		if n > 2*tree.Len() {
			t.Fatalf("%d answers of %d segments", n, tree.Len())
		}
	})
}

func TestVisitThatReturnsFalseEndsTheSearch(t *testing.T) {
	tree := town(t, 40)
	for name, search := range map[string]func(func(rtree.Segment) bool){
		"crossings": func(v func(rtree.Segment) bool) { tree.Crossings(0, 0, 4000, 4000, v) },
		"search":    func(v func(rtree.Segment) bool) { tree.Search(tree.Bounds(), v) },
	} {
		n := 0
		search(func(rtree.Segment) bool { n++; return n < 3 })
		if n != 3 {
			t.Errorf("%s: visited %d", name, n)
		}
	}
}
