package rtree

// Walk gives the segments of a tree from the nearest to the farthest. It is the
// room of one goroutine: the zero value is ready, and Start begins anew in the
// same room.
type Walk struct {
	tree           *Tree
	x, y           float64
	scaleX, scaleY float64
	limit          float64
	queue          []queued // a heap, the nearest first
}

// Hit is a segment with the place on it that is nearest to what was asked.
type Hit struct {
	Segment
	Fraction float64 // of the segment, 0 at its first end
	D2       float64 // the distance squared, in the unit of the scales
}

// queued is a box, or at level -1 a segment, with the square of its distance.
type queued struct {
	d2    float64
	level int32
	index int32
}

// before puts boxes before segments as far away, so that segments equally near
// come in the order of the tree whichever boxes they are in.
func (q queued) before(r queued) bool {
	if q.d2 != r.d2 {
		return q.d2 < r.d2
	}
	return q.level > r.level || q.level == r.level && q.index < r.index
}

// Start begins a walk from (x, y), in the units of the coordinates. A step of
// one unit along x measures scaleX, along y scaleY; segments farther away than
// limit, measured so, are left out. A limit below zero, or NaN anywhere, gives
// an empty walk.
func (w *Walk) Start(t *Tree, x, y, scaleX, scaleY, limit float64) {
	*w = Walk{tree: t, x: x, y: y, scaleX: scaleX, scaleY: scaleY, limit: limit * limit, queue: w.queue[:0]}
	if t.levels > 0 && limit >= 0 {
		root := t.first[t.levels] - 1
		w.push(queued{w.toBox(root), int32(t.levels - 1), root})
	}
}

// Within narrows the walk: what is farther away than limit comes no more. A
// wider limit than before changes nothing.
func (w *Walk) Within(limit float64) {
	w.limit = min(w.limit, limit*limit)
}

// Next returns the next segment, and false when there is none left.
func (w *Walk) Next() (Hit, bool) {
	for len(w.queue) > 0 {
		q := w.pop()
		if !(q.d2 <= w.limit) {
			break
		}
		if q.level < 0 {
			t, d2 := w.toSegment(q.index)
			return Hit{Segment: w.tree.item(q.index), Fraction: t, D2: d2}, true
		}
		from, to := w.tree.children(int(q.level), q.index)
		for i := from; i < to; i++ {
			var d2 float64
			if q.level > 0 {
				d2 = w.toBox(i)
			} else {
				_, d2 = w.toSegment(i)
			}
			w.push(queued{d2, q.level - 1, i})
		}
	}
	w.queue = w.queue[:0]
	return Hit{}, false
}

func (w *Walk) toBox(i int32) float64 {
	b := w.tree.boxes[4*int(i) : 4*int(i)+4]
	dx := max(float64(b[0])-w.x, 0, w.x-float64(b[2])) * w.scaleX
	dy := max(float64(b[1])-w.y, 0, w.y-float64(b[3])) * w.scaleY
	return dx*dx + dy*dy
}

// toSegment returns where on segment i the nearest point lies and the square of
// its distance.
func (w *Walk) toSegment(i int32) (fraction, d2 float64) {
	x0, y0, x1, y1 := w.tree.lines.Ends(w.tree.item(i))
	ax, ay := float64(x0), float64(y0)
	ux, uy := (float64(x1)-ax)*w.scaleX, (float64(y1)-ay)*w.scaleY
	px, py := (w.x-ax)*w.scaleX, (w.y-ay)*w.scaleY
	if l2 := ux*ux + uy*uy; l2 > 0 {
		fraction = min(1, max(0, (px*ux+py*uy)/l2))
	}
	dx, dy := px-fraction*ux, py-fraction*uy
	return fraction, dx*dx + dy*dy
}

func (w *Walk) push(q queued) {
	if !(q.d2 <= w.limit) {
		return
	}
	w.queue = append(w.queue, q)
	h, i := w.queue, len(w.queue)-1
	for i > 0 {
		up := (i - 1) / 2
		if !q.before(h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = q
}

func (w *Walk) pop() queued {
	h := w.queue
	top, last := h[0], len(h)-1
	q := h[last]
	h = h[:last]
	w.queue = h
	i := 0
	for {
		c := 2*i + 1
		if c >= last {
			break
		}
		if c+1 < last && h[c+1].before(h[c]) {
			c++
		}
		if !h[c].before(q) {
			break
		}
		h[i] = h[c]
		i = c
	}
	if last > 0 {
		h[i] = q
	}
	return top
}
