package shortfall

import (
	"math"

	"sanse/geo"
)

// AreaFigures are the figures of one area.
type AreaFigures struct {
	Area Area
	Figures
}

// Map holds all areas of a level against a standard, or against a rate: then
// have are the enrolled, need the expected, rounded, and short the gap. Ascending
// as the areas were given; false: there is no such standard or rate.
func (t *Table) Map(id string, level geo.Level) ([]AreaFigures, bool) {
	var out []AreaFigures
	for i := range t.set.Standards {
		if t.set.Standards[i].ID != id {
			continue
		}
		for a := range t.g.areas {
			if t.g.areas[a].Level == level {
				out = append(out, AreaFigures{t.g.areas[a], t.figures(i, int32(a), all, level)})
			}
		}
		return out, true
	}
	for i := range t.set.Rates {
		if r := &t.set.Rates[i]; r.ID == id {
			return t.mapRate(r, level), true
		}
	}
	return nil, false
}

func (t *Table) mapRate(r *Rate, level geo.Level) []AreaFigures {
	by := make([]sums, len(t.g.areas))
	count := func(key string, field func(*sums) *int64) {
		t.eachOf(key, func(_ int, a int32, _ side, n int) {
			if a = t.g.above(a, level); a >= 0 {
				*field(&by[a]) += int64(n)
			}
		})
	}
	count(r.Base, func(s *sums) *int64 { return &s.total })
	count(r.Against, func(s *sums) *int64 { return &s.have })
	var out []AreaFigures
	for a := range t.g.areas {
		if t.g.areas[a].Level != level {
			continue
		}
		n := by[a]
		if n.total == 0 {
			out = append(out, AreaFigures{t.g.areas[a], Figures{Status: NotApplicable, Reason: Nobody}})
			continue
		}
		expected := r.PerHead() * float64(n.total)
		need := int64(math.Round(expected))
		_, few := gap(expected, int(n.have))
		f := Figures{Status: Met, Have: whole(n.have), Need: whole(need), Short: whole(max(0, need-n.have)), Total: whole(n.total)}
		if few {
			f.Status = Short
		}
		if expected > 0 {
			share := float64(n.have) / expected
			f.Share = &share
		}
		out = append(out, AreaFigures{t.g.areas[a], f})
	}
	return out
}
