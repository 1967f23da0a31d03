package disclosure_test

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"

	"sanse/planner"
	"sanse/reports/disclosure"
)

// attacker knows the places, and collects equations: what releases tell, and
// what an insider knows. A variable is one column of one row of one day: so many
// people of a sort at a place in one insider's ground. It shares no code with
// the package.
type attacker struct {
	days  []*disclosure.Input
	first []int // by day: its first variable
	vars  int
	rows  [][]int64 // equations: coefficients, and what they add up to last
	solid [][]int64 // the same, made triangular modulo prime
	lead  []int
}

const prime = 2147483629

func newAttacker(days ...*disclosure.Input) *attacker {
	a := &attacker{days: days}
	for _, in := range days {
		a.first = append(a.first, a.vars)
		a.vars += len(in.Rows) * len(in.Columns)
	}
	return a
}

// people are the coefficients of a part of a detail at a place on a day, times
// sign, added to those given.
func (a *attacker) people(to []int64, day, place int, part disclosure.Part, sign int64) {
	in := a.days[day]
	for r, row := range in.Rows {
		if !lies(in, row.Place, place) {
			continue
		}
		for c, name := range in.Columns {
			v := a.first[day] + r*len(in.Columns) + c
			if slices.Contains(part.Plus, name) {
				to[v] += sign
			}
			if slices.Contains(part.Minus, name) {
				to[v] -= sign
			}
		}
	}
}

func lies(in *disclosure.Input, place, above int) bool {
	for ; place >= 0; place = in.Places[place].Parent {
		if place == above {
			return true
		}
	}
	return false
}

// truth is what coefficients add up to.
func (a *attacker) truth(f []int64) int64 {
	sum := int64(0)
	for d, in := range a.days {
		for r, row := range in.Rows {
			for c, n := range row.Counts {
				sum += f[a.first[d]+r*len(in.Columns)+c] * int64(n)
			}
		}
	}
	return sum
}

func (a *attacker) learn(f []int64, value int64) {
	a.rows = append(a.rows, append(slices.Clone(f[:a.vars]), value))
	row := make([]int64, a.vars)
	for i := range row {
		row[i] = mod(f[i])
	}
	a.reduce(row)
	for i, x := range row {
		if x == 0 {
			continue
		}
		inverse := power(x, prime-2)
		for k := range row {
			row[k] = row[k] * inverse % prime
		}
		a.solid, a.lead = append(a.solid, row), append(a.lead, i)
		return
	}
	a.rows = a.rows[:len(a.rows)-1] // says nothing new
}

// reduce subtracts from a row what the equations know of it.
func (a *attacker) reduce(row []int64) {
	for i, s := range a.solid {
		if f := row[a.lead[i]]; f != 0 {
			for k, x := range s {
				if x != 0 {
					row[k] = mod(row[k] - f*x)
				}
			}
		}
	}
}

func mod(x int64) int64 { return (x%prime + prime) % prime }

func power(x, n int64) int64 {
	out := int64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = out * x % prime
		}
		x = x * x % prime
	}
	return out
}

// follows tells whether the value of f follows from the equations by adding and
// subtracting them.
func (a *attacker) follows(f []int64) bool {
	row := make([]int64, a.vars)
	for i := range row {
		row[i] = mod(f[i])
	}
	a.reduce(row)
	return !slices.ContainsFunc(row, func(x int64) bool { return x != 0 })
}

// read learns all that a release of one of the days tells of figures of that day.
func (a *attacker) read(day int, r *disclosure.Release) {
	in := a.days[day]
	for _, d := range in.Details {
		for p := range in.Places {
			parts, on, ok := r.Figure(in.Places[p].Key, d.Name)
			if !ok || on != in.Day {
				continue
			}
			for _, part := range d.Parts {
				f := make([]int64, a.vars)
				a.people(f, day, p, part, 1)
				a.learn(f, int64(parts[part.Name]))
			}
		}
	}
}

// count learns a column that anybody can count: how many people live where.
func (a *attacker) count(column string) {
	for d, in := range a.days {
		c := slices.Index(in.Columns, column)
		for r, row := range in.Rows {
			f := make([]int64, a.vars)
			f[a.first[d]+r*len(in.Columns)+c] = 1
			a.learn(f, int64(row.Counts[c]))
		}
	}
}

// enter learns all that an insider knows.
func (a *attacker) enter(day int, knows func(disclosure.Row) bool) {
	in := a.days[day]
	for r, row := range in.Rows {
		if !knows(row) {
			continue
		}
		for c, n := range row.Counts {
			f := make([]int64, a.vars)
			f[a.first[day]+r*len(in.Columns)+c] = 1
			a.learn(f, int64(n))
		}
	}
}

// most is the largest value that f can have, nobody being fewer than none and
// parts that are the rest of others neither; false where it has no bound or the
// programme has not been solved.
func (a *attacker) most(f []int64, rests [][]int64) (float64, bool) {
	n := a.vars + len(rests)
	m := len(a.rows) + len(rests)
	if m == 0 || m > n {
		return 0, false
	}
	eq := mat.NewDense(m, n, nil)
	b := make([]float64, m)
	for i, row := range a.rows {
		for k := range a.vars {
			eq.Set(i, k, float64(row[k]))
		}
		b[i] = float64(row[a.vars])
	}
	for i, row := range rests { // what is left of a place is its own variable, not negative
		for k := range a.vars {
			eq.Set(len(a.rows)+i, k, float64(row[k]))
		}
		eq.Set(len(a.rows)+i, a.vars+i, -1)
	}
	c := make([]float64, n)
	for k := range a.vars {
		c[k] = -float64(f[k])
	}
	best, _, err := lp.Simplex(c, eq, b, 1e-9, nil)
	if err != nil {
		return 0, false
	}
	return -best, true
}

// finding is a count that was to stay hidden and did not.
type finding struct {
	what  string
	value int64
}

func (f finding) String() string { return fmt.Sprintf("%s: %d", f.what, f.value) }

// subtract looks for small counts among everything that follows by addition and
// subtraction: places, and places without some of their children, on a day and
// between two. Skip tells of what an insider knows anyway.
func (a *attacker) subtract(k int64, who string, skip func(planner.Date, disclosure.Row) bool) []finding {
	var out []finding
	try := func(f []int64, what string) {
		if v := a.truth(f); v < k && v > -k && a.follows(f) && !a.idle(f) {
			out = append(out, finding{who + " finds " + what, v})
		}
	}
	for day, in := range a.days {
		for p := range in.Places {
			for _, without := range subsets(children(in, p)) {
				for _, d := range in.Details {
					for _, part := range d.Parts {
						f := make([]int64, a.vars)
						a.people(f, day, p, part, 1)
						for _, c := range without {
							a.people(f, day, c, part, -1)
						}
						a.forget(f, skip)
						try(f, fmt.Sprintf("%s %s of %s without %v on day %d", d.Name, part.Name, in.Places[p].Key, without, day))
						for before := range day { // the same places are in the same order here
							// A change that is made of known ones, each of which is large, is
							// no news: seven who came here and five who left there are two.
							if len(without) > 0 && slices.ContainsFunc(children(in, p), func(c int) bool {
								g := a.change(day, before, c, nil, part, skip)
								return !slices.Contains(without, c) && a.follows(g) && !a.idle(g)
							}) {
								continue
							}
							g := a.change(day, before, p, without, part, skip)
							try(g, fmt.Sprintf("the change of %s %s of %s without %v from day %d to %d", d.Name, part.Name, in.Places[p].Key, without, before, day))
						}
					}
				}
			}
		}
	}
	return out
}

// change is by how much a part has changed at a place without some of its
// children, as far as it is not known already.
func (a *attacker) change(day, before, p int, without []int, part disclosure.Part, skip func(planner.Date, disclosure.Row) bool) []int64 {
	f := make([]int64, a.vars)
	a.people(f, day, p, part, 1)
	a.people(f, before, p, part, -1)
	for _, c := range without {
		a.people(f, day, c, part, -1)
		a.people(f, before, c, part, 1)
	}
	a.forget(f, skip)
	return f
}

// forget leaves out what an insider knows, so that the rest is judged.
func (a *attacker) forget(f []int64, skip func(planner.Date, disclosure.Row) bool) {
	if skip == nil {
		return
	}
	for d, in := range a.days {
		for r, row := range in.Rows {
			if skip(in.Day, row) {
				clear(f[a.first[d]+r*len(in.Columns):][:len(in.Columns)])
			}
		}
	}
}

// idle tells whether f is about nobody: a ground where none lives on any day.
func (a *attacker) idle(f []int64) bool {
	for d, in := range a.days {
		for r, row := range in.Rows {
			all := 0
			for _, n := range row.Counts {
				all += n
			}
			for c := range row.Counts {
				if all > 0 && f[a.first[d]+r*len(in.Columns)+c] != 0 {
					return false
				}
			}
		}
	}
	return true
}

func children(in *disclosure.Input, p int) []int {
	var out []int
	for c := range in.Places {
		if in.Places[c].Parent == p {
			out = append(out, c)
		}
	}
	return out
}

// subsets are all selections of a few; of many none, each one, and all.
func subsets(list []int) [][]int {
	var out [][]int
	if len(list) > 5 {
		out = append(out, nil, list)
		for i := range list {
			out = append(out, list[i:i+1])
		}
		return out
	}
	for bits := range 1 << len(list) {
		var some []int
		for i, c := range list {
			if bits>>i&1 == 1 {
				some = append(some, c)
			}
		}
		out = append(out, some)
	}
	return out
}
