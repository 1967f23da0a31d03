package reach_test

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/reports/reach"
	"sanse/routing"
)

// plainWalk is another's reckoning of the same thing, from the lines of the
// streets alone: metres on a sphere, the nearest point of any line, and Dijkstra
// with a heap out of the book. It knows nothing of engines, snaps or fields.
type plainWalk struct {
	out    [][]plainStreet // by node
	pieces []plainPiece
	near   map[[2]int][]int // pieces by square of plainSquare metres
	middle float64          // cosine of the latitude
}

type plainStreet struct {
	to     int
	metres float64
}

// plainPiece is a straight piece of a street, with the metres to it and from it
// along its street.
type plainPiece struct {
	a, b          orb.Point // metres
	street        int32
	tail, head    int
	before, after float64
	there, back   bool // may one walk to the head, to the tail
}

const (
	plainRadius = 6_371_008.8
	plainSquare = 250.0
)

func (w *plainWalk) flat(p orb.Point) orb.Point {
	return orb.Point{plainRadius * p[0] * math.Pi / 180 * w.middle, plainRadius * p[1] * math.Pi / 180}
}

func newPlainWalk(g *routing.Graph) *plainWalk {
	w := &plainWalk{near: map[[2]int][]int{}, middle: math.Cos(g.Bounds().Center()[1] * math.Pi / 180)}
	w.out = make([][]plainStreet, g.Nodes())
	parts := g.Components()
	g.EachEdge(func(e routing.Edge) bool {
		if e.Walk == 0 || parts[e.Component].Metres < 5000 { // fragments are for nobody
			return true
		}
		total := 0.0
		for i := 1; i < len(e.Line); i++ {
			total += plainMetres(w.flat(e.Line[i-1]), w.flat(e.Line[i]))
		}
		if e.Walk&routing.Forward != 0 {
			w.out[e.Tail] = append(w.out[e.Tail], plainStreet{int(e.Head), total})
		}
		if e.Walk&routing.Backward != 0 {
			w.out[e.Head] = append(w.out[e.Head], plainStreet{int(e.Tail), total})
		}
		before := 0.0
		for i := 1; i < len(e.Line); i++ {
			a, b := w.flat(e.Line[i-1]), w.flat(e.Line[i])
			length := plainMetres(a, b)
			w.add(plainPiece{a, b, e.ID, int(e.Tail), int(e.Head), before, total - before - length, e.Walk&routing.Forward != 0, e.Walk&routing.Backward != 0})
			before += length
		}
		return true
	})
	return w
}

func plainMetres(a, b orb.Point) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }

func (w *plainWalk) add(p plainPiece) {
	w.pieces = append(w.pieces, p)
	for x := int(math.Floor(min(p.a[0], p.b[0]) / plainSquare)); x <= int(math.Floor(max(p.a[0], p.b[0])/plainSquare)); x++ {
		for y := int(math.Floor(min(p.a[1], p.b[1]) / plainSquare)); y <= int(math.Floor(max(p.a[1], p.b[1])/plainSquare)); y++ {
			w.near[[2]int{x, y}] = append(w.near[[2]int{x, y}], len(w.pieces)-1)
		}
	}
}

// plainPlace is the nearest point of a street: the piece, how far along it, and how
// far off.
type plainPlace struct {
	piece      int
	along, off float64
}

func (w *plainWalk) snap(at orb.Point, limit float64) (plainPlace, bool) {
	p := w.flat(at)
	best := plainPlace{off: math.Inf(1)}
	rings := int(limit/plainSquare) + 1
	cx, cy := int(math.Floor(p[0]/plainSquare)), int(math.Floor(p[1]/plainSquare))
	for x := cx - rings; x <= cx+rings; x++ {
		for y := cy - rings; y <= cy+rings; y++ {
			for _, i := range w.near[[2]int{x, y}] {
				q := w.pieces[i]
				length := plainMetres(q.a, q.b)
				t := 0.0
				if length > 0 {
					t = ((p[0]-q.a[0])*(q.b[0]-q.a[0]) + (p[1]-q.a[1])*(q.b[1]-q.a[1])) / (length * length)
					t = min(max(t, 0), 1)
				}
				off := plainMetres(p, orb.Point{q.a[0] + t*(q.b[0]-q.a[0]), q.a[1] + t*(q.b[1]-q.a[1])})
				if off < best.off {
					best = plainPlace{i, t * length, off}
				}
			}
		}
	}
	return best, best.off <= limit
}

type plainItem struct {
	node   int
	metres float64
}

type plainHeap []plainItem

func (h plainHeap) Len() int           { return len(h) }
func (h plainHeap) Less(i, j int) bool { return h[i].metres < h[j].metres }
func (h plainHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *plainHeap) Push(x any)        { *h = append(*h, x.(plainItem)) }
func (h *plainHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// walks are the metres from the nearest of some places to every door; infinite
// where there is no way, negative for doors on no street.
func (w *plainWalk) walks(from, doors []orb.Point, limit float64) []float64 {
	dist := make([]float64, len(w.out))
	for i := range dist {
		dist[i] = math.Inf(1)
	}
	h := &plainHeap{}
	reach := func(node int, metres float64) {
		if metres < dist[node] {
			dist[node] = metres
			heap.Push(h, plainItem{node, metres})
		}
	}
	onStreet := map[int32][]plainPlace{}
	for _, f := range from {
		at, ok := w.snap(f, limit)
		if !ok {
			continue
		}
		q := w.pieces[at.piece]
		onStreet[q.street] = append(onStreet[q.street], at)
		if q.there {
			reach(q.head, at.off+plainMetres(q.a, q.b)-at.along+q.after)
		}
		if q.back {
			reach(q.tail, at.off+at.along+q.before)
		}
	}
	for h.Len() > 0 {
		top := heap.Pop(h).(plainItem)
		if top.metres > dist[top.node] {
			continue
		}
		for _, s := range w.out[top.node] {
			reach(s.to, top.metres+s.metres)
		}
	}
	out := make([]float64, len(doors))
	for i, d := range doors {
		at, ok := w.snap(d, limit)
		if !ok {
			out[i] = -1
			continue
		}
		q := w.pieces[at.piece]
		best := math.Inf(1)
		if q.there {
			best = min(best, dist[q.tail]+q.before+at.along)
		}
		if q.back {
			best = min(best, dist[q.head]+q.after+plainMetres(q.a, q.b)-at.along)
		}
		for _, f := range onStreet[q.street] {
			on := at.along + q.before - f.along - w.pieces[f.piece].before
			if q.there && on >= 0 || q.back && on <= 0 {
				best = min(best, f.off+math.Abs(on))
			}
		}
		out[i] = best + at.off
	}
	return out
}

// compared is what two reckonings of the people within 15 minutes have in common.
type compared struct {
	cells int
	total float64
	sum   float64 // how far the sums over all cells are apart, as a part of the other's
	apart float64 // the same of the cells one by one
}

// compare counts the people within 15 minutes by H3 cell both ways.
func compare(t *testing.T, g *routing.Graph, demand []orb.Point, people []int, facilities []orb.Point) compared {
	t.Helper()
	e, err := routing.NewEngine(g, aMetreASecond)
	if err != nil {
		t.Fatal(err)
	}
	var list []reach.Facility
	for _, f := range facilities {
		list = append(list, reach.Facility{Service: "meals", Location: f, Open: true})
	}
	x := newIndex(t, e, demand, list, reach.Options{})
	plain := newPlainWalk(g).walks(facilities, demand, 300)
	type sums struct{ ours, plain float64 }
	byCell := map[h3.Cell]*sums{}
	for i, s := range x.Seconds("meals") {
		cell, err := h3.LatLngToCell(h3.NewLatLng(demand[i][1], demand[i][0]), 9)
		if err != nil {
			t.Fatal(err)
		}
		if byCell[cell] == nil {
			byCell[cell] = &sums{}
		}
		if s >= 0 && s <= 900 {
			byCell[cell].ours += float64(people[i])
		}
		if plain[i] >= 0 && plain[i] <= 900 {
			byCell[cell].plain += float64(people[i])
		}
	}
	c := compared{cells: len(byCell)}
	ours, other := 0.0, 0.0
	for _, s := range byCell {
		ours, other = ours+s.ours, other+s.plain
		c.apart += math.Abs(s.ours - s.plain)
	}
	for _, n := range people {
		c.total += float64(n)
	}
	if other < c.total/5 || other > c.total*4/5 {
		t.Fatalf("%.0f of %.0f people are in reach: that tells nothing", other, c.total)
	}
	c.sum, c.apart = math.Abs(ours-other)/other, c.apart/other
	t.Logf("%d cells, %.0f people, %.0f within 15 minutes: the sums are %.3f %% apart, cell by cell %.3f %%", c.cells, c.total, other, 100*c.sum, 100*c.apart)
	return c
}

func TestPeopleInReachOfACityAreThoseOfAnotherReckoning(t *testing.T) {
	// A city of 12 km by 11 km with a river that three bridges cross.
	const n, step = 96, 120.0
	r := rand.New(rand.NewPCG(8, 15))
	b := gridTown(t, n, step, r)
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	city := routing.NewBuilder()
	for i := range int32(g.Nodes()) {
		city.AddNode(g.Node(i))
	}
	river := at(0, 47.5*step)[1]
	g.EachEdge(func(e routing.Edge) bool {
		a, z := e.Line[0], e.Line[len(e.Line)-1]
		x := int((a[0] - at(0, 0)[0]) / metreLon / step)
		if (a[1] < river) != (z[1] < river) && x%32 != 16 {
			return true // no bridge here
		}
		if _, err = city.AddEdge(e.Tail, e.Head, e.Line, e.EdgeAttr); err != nil {
			return false
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if g, err = city.Build(); err != nil {
		t.Fatal(err)
	}
	var demand []orb.Point
	var people []int
	left := 800_000
	for left > 0 {
		k := min(left, 1+r.IntN(160))
		demand, people = append(demand, at(r.Float64()*n*step, r.Float64()*n*step)), append(people, k)
		left -= k
	}
	var facilities []orb.Point
	for range 45 {
		facilities = append(facilities, at(r.Float64()*n*step, r.Float64()*n*step))
	}
	if c := compare(t, g, demand, people, facilities); c.cells < 1200 || c.total != 800_000 || c.sum > 0.01 || c.apart > 0.01 {
		t.Errorf("%+v: want 1 %% at most", c)
	}
}

func TestPeopleInReachOfARealExtractAreThoseOfAnotherReckoning(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole country is read")
	}
	g, err := extract("andorra-latest.osm.bz2")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(4, 4))
	beside := func() orb.Point {
		p := g.Vertex(r.IntN(g.Vertices()))
		return orb.Point{p[0] + r.NormFloat64()*20*metreLon, p[1] + r.NormFloat64()*20*metreLat}
	}
	var demand, facilities []orb.Point
	var people []int
	for range 20_000 {
		demand, people = append(demand, beside()), append(people, 1+r.IntN(80))
	}
	for range 250 {
		facilities = append(facilities, beside())
	}
	// The other takes no notice of walls and water on the way to a street.
	if c := compare(t, g, demand, people, facilities); c.cells < 1200 || c.sum > 0.01 || c.apart > 0.02 {
		t.Errorf("%+v: want 1 %% at most, 2 %% cell by cell", c)
	}
}
