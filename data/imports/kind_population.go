package imports

import (
	"context"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
)

func importPopulation(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	check := func(r *row) data.Population { return checkPopulation(r, seen) }
	put := func(ps []data.Population) error { return s.PutPopulation(j.district, ps) }
	return runTable(ctx, j, s, check, put, nil)
}

const peopleLimit = 10_000_000

func checkPopulation(r *row, seen ids) data.Population {
	p := data.Population{Building: r.get("building")}
	cell := r.get("cell")
	switch {
	case p.Building != "" && cell != "":
		r.refuse("cell", "a row counts people in a building or in a cell, not in both")
		return p
	case p.Building == "" && cell == "":
		r.refuse("building", "neither a building nor a cell is given")
		return p
	case p.Building != "":
		seen.take(r, "building", p.Building)
		if known := r.job.env.Buildings; known != nil {
			at, ok := known[p.Building]
			if !ok {
				r.refuse("building", "no such building is stored: import buildings first")
			}
			p.Location = at
		}
	default:
		c, at, why := parseCell(cell)
		if why != "" {
			r.refuse("cell", why)
			return p
		}
		p.Cell, p.Location = int64(c), at
		seen.take(r, "cell", "cell "+c.String())
		if r.job.place.tree != nil {
			// The centre of a cell on the border may lie just outside.
			if ok, why := r.job.place.near(at, 5000); !ok {
				r.refuse("cell", strings.Replace(why, "the point", "the cell's centre", 1))
			}
		}
	}
	if r.job.place.tree != nil && !r.bad && p.Location != (orb.Point{}) {
		p.Grid, p.MicroGrid, _ = r.job.place.locate(p.Location)
	}
	p.Households = r.count("households", peopleLimit, "户")
	if r.need("people") != "" {
		p.People = r.count("people", peopleLimit, "人")
	}
	p.Over60 = r.count("over60", peopleLimit, "人")
	p.Over80 = r.count("over80", peopleLimit, "人")
	p.Under18 = r.count("under18", peopleLimit, "人")
	p.Disabled = r.count("disabled", peopleLimit, "人")
	if word := r.get("place"); word != "" {
		key, ok := places.find(word)
		if !ok {
			r.refuse("place", "not a kind of place: want one of "+places.all)
		}
		p.Place = key
	}
	if r.bad {
		return p
	}
	switch {
	case p.Over60+p.Under18 > p.People:
		r.refuse("people", "fewer people than over 60 and under 18 together")
	case r.has("over60") && p.Over80 > p.Over60:
		r.refuse("over80", "more people over 80 than over 60")
	case p.Over80+p.Under18 > p.People:
		r.refuse("people", "fewer people than over 80 and under 18 together")
	case p.Disabled > p.People:
		r.refuse("disabled", "more disabled people than people")
	case p.Households > p.People:
		r.warn("more households than people")
	}
	return p
}

// parseCell reads an H3 cell: 15 hex digits, or the index as a decimal number.
func parseCell(s string) (h3.Cell, orb.Point, string) {
	t := strings.TrimPrefix(strings.ToLower(fold(s)), "0x")
	bits, err := uint64(0), strconv.ErrSyntax
	if len(t) == 15 || len(t) == 16 {
		bits, err = strconv.ParseUint(t, 16, 64)
	} else if isDigits(t) {
		bits, err = strconv.ParseUint(t, 10, 63)
	}
	if err != nil || bits > 1<<63-1 {
		if looksRounded(strings.ToUpper(t)) {
			return 0, orb.Point{}, spreadsheetNumber
		}
		return 0, orb.Point{}, "not an H3 cell: want 15 hexadecimal digits, “8b3114c6b2d5fff”, or the index as a whole number"
	}
	c := h3.Cell(bits)
	if !c.IsValid() {
		if looksRounded(t) {
			return 0, orb.Point{}, spreadsheetNumber
		}
		return 0, orb.Point{}, "there is no such H3 cell"
	}
	at, err := geo.CellCentre(c)
	if err != nil {
		return 0, orb.Point{}, "there is no such H3 cell"
	}
	return c, at, ""
}
