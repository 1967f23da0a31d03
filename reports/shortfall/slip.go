package shortfall

import (
	"math"
	"slices"
	"strings"
)

// Expectation is how many of a rate are expected in an area, and how many there
// are.
type Expectation struct {
	Kind     string  `json:"kind"` // id of the rate
	Name     Text    `json:"name"`
	Expected float64 `json:"expected"`
	Enrolled int     `json:"enrolled"`
	// Gap is what of the expected is not there; 0 where there are as many.
	Gap float64 `json:"gap"`
	// Few tells that as few as these would be there by chance in less than one
	// of 20 areas like this (Poisson): people slip out of care here, or the rate
	// is not of here.
	Few    bool    `json:"few"`
	Rate   float64 `json:"rate"` // a head of Base
	Base   string  `json:"base"`
	Source Source  `json:"source"`
}

// PlaceRow is one kind of place: town, suburb, village, old_estate,
// migrants_quarter.
type PlaceRow struct {
	Place      string  `json:"place"` // empty: not known
	Population int     `json:"population"`
	Expected   float64 `json:"expected"`
	Enrolled   int     `json:"enrolled"`
	Gap        float64 `json:"gap"`
	Few        bool    `json:"few"`
}

// Expected holds the enrolled of an area against the rates of the set, in its
// order.
func (t *Table) Expected(area string) []Expectation {
	out := make([]Expectation, len(t.set.Rates))
	for i := range t.set.Rates {
		r := &t.set.Rates[i]
		var base, enrolled int
		t.eachOf(r.Base, func(_ int, a int32, _ side, n int) { base += n * b2i(t.under(a, area)) })
		t.eachOf(r.Against, func(_ int, a int32, _ side, n int) { enrolled += n * b2i(t.under(a, area)) })
		e := Expectation{
			Kind: r.ID, Name: r.Name, Expected: r.PerHead() * float64(base), Enrolled: enrolled, Rate: r.PerHead(), Base: r.Base, Source: r.Source,
		}
		e.Gap, e.Few = gap(e.Expected, enrolled)
		out[i] = e
	}
	return out
}

func (t *Table) under(a int32, area string) bool {
	return a >= 0 && strings.HasPrefix(t.g.areas[a].Code, area)
}

// Places tells by kind of place how many of a rate are expected in an area and
// how many there are: where people slip out of care. Kinds in which nobody lives
// are left out.
func (t *Table) Places(rate, area string) []PlaceRow {
	i := slices.IndexFunc(t.set.Rates, func(r Rate) bool { return r.ID == rate })
	if i < 0 {
		return nil
	}
	r := &t.set.Rates[i]
	rows := map[string]*PlaceRow{}
	row := func(place string) *PlaceRow {
		if rows[place] == nil {
			rows[place] = &PlaceRow{Place: place}
		}
		return rows[place]
	}
	for i := range t.in.Spots {
		p := &t.in.Spots[i]
		if a := t.g.of(p.Area); t.under(a, area) && p.People > 0 {
			row(p.Place).Population += p.People
			row(p.Place).Expected += r.PerHead() * float64(p.of(r.Base))
		}
	}
	t.eachOf(r.Against, func(target int, a int32, _ side, n int) {
		if !t.under(a, area) {
			return
		}
		place := ""
		if k := target - len(t.in.Spots); k >= 0 {
			place = t.in.Residents[k].Place
		} else {
			place = t.in.Spots[target].Place
		}
		row(place).Enrolled += n
	})
	out := make([]PlaceRow, 0, len(rows))
	for _, p := range rows {
		p.Gap, p.Few = gap(p.Expected, p.Enrolled)
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b PlaceRow) int { return strings.Compare(a.Place, b.Place) })
	return out
}

// gap is what is missing of the expected, and whether chance does not explain it.
func gap(expected float64, enrolled int) (float64, bool) {
	return max(0, expected-float64(enrolled)), float64(enrolled) < expected && poisson(expected, enrolled) < .05
}

// poisson is the chance that at most n come where mean are expected; for large
// means by the normal curve of Anscombe's transform.
func poisson(mean float64, n int) float64 {
	if mean > 500 {
		z := 2 * (math.Sqrt(float64(n)+.375+.5) - math.Sqrt(mean+.375))
		return .5 * math.Erfc(-z/math.Sqrt2)
	}
	term, sum := math.Exp(-mean), 0.0
	for k := 0; k <= n; k++ {
		sum += term
		term *= mean / float64(k+1)
	}
	return min(1, sum)
}
