package disclosure

import "slices"

// vector holds a number for each part of every detail of a table, and last
// whatever is counted at all, so that zero there says that nobody lives here.
type vector []int

func (v vector) minus(w vector) vector {
	out := slices.Clone(v)
	for i := range w {
		out[i] -= w[i]
	}
	return out
}

func (v vector) add(w vector) {
	for i := range w {
		v[i] += w[i]
	}
}

// table holds the counts of every place, and what each insider knows of them.
type table struct {
	size   int              // of a vector
	column map[string]int   // index of a column by name
	parts  [][2]int         // by detail: its parts in a vector, from and to
	sums   []vector         // by place
	within []map[int]vector // by place: what each insider knows of it
}

// newTable adds up the rows. Insiders are numbered: places by their index, the
// others by names, which grows so that tables of several releases agree.
func newTable(in *Input, names map[string]int) *table {
	column := make(map[string]int, len(in.Columns))
	for i, c := range in.Columns {
		column[c] = i
	}
	t := &table{sums: make([]vector, len(in.Places)), within: make([]map[int]vector, len(in.Places))}
	size := 0
	for _, d := range in.Details {
		t.parts = append(t.parts, [2]int{size, size + len(d.Parts)})
		size += len(d.Parts)
	}
	size++
	for i := range t.sums {
		t.sums[i], t.within[i] = make(vector, size), make(map[int]vector)
	}
	t.size = size
	know := func(place, insider int, v vector) {
		w := t.within[place][insider]
		if w == nil {
			w = make(vector, size)
			t.within[place][insider] = w
		}
		w.add(v)
	}
	t.column = column
	for i := range in.Rows {
		r := &in.Rows[i]
		v, insiders := t.vector(in, r), knowing(in, r, names)
		for p := r.Place; p >= 0; p = in.Places[p].Parent {
			t.sums[p].add(v)
			for _, i := range insiders {
				know(p, i, v)
			}
		}
	}
	return t
}

// vector is what a row counts.
func (t *table) vector(in *Input, r *Row) vector {
	v := make(vector, 0, t.size)
	for _, d := range in.Details {
		for _, p := range d.Parts {
			n := 0
			for _, c := range p.Plus {
				n += r.Counts[t.column[c]]
			}
			for _, c := range p.Minus {
				n -= r.Counts[t.column[c]]
			}
			v = append(v, n)
		}
	}
	all := 0
	for _, n := range r.Counts {
		all += n
	}
	return append(v, all)
}

// knowing are the insiders who know a row: who answers for the ground that it is
// of, or for a place that holds it.
func knowing(in *Input, r *Row, names map[string]int) []int {
	var out []int
	if r.Insider != "" {
		out = append(out, nameOf(names, "in "+r.Insider))
	}
	for p := r.Place; p >= 0; p = in.Places[p].Parent {
		if in.Places[p].Answered {
			out = append(out, nameOf(names, "at "+in.Places[p].Key))
		}
	}
	return out
}

// nameOf is the number of a name, a new one if need be.
func nameOf(names map[string]int, name string) int {
	n, ok := names[name]
	if !ok {
		n = len(names)
		names[name] = n
	}
	return n
}
