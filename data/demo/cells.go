package demo

import (
	"sort"
	"strconv"

	"sanse/geo"
)

// cellResolution is the H3 resolution by which people are counted where no
// buildings are known.
const cellResolution = 10

// populationByCell writes the people of homes that are only places.
func (g *generator) populationByCell(put func(...string)) error {
	type sum struct{ households, people, over60, over80, under18, disabled int }
	cells := make(map[string]*sum)
	for _, h := range g.buildings {
		if h.people == 0 {
			continue
		}
		c, err := geo.CellAt(h.point, cellResolution)
		if err != nil {
			return err
		}
		s := cells[c.String()]
		if s == nil {
			s = new(sum)
			cells[c.String()] = s
		}
		s.households += h.households
		s.people += h.people
		s.over60 += h.over60
		s.over80 += h.over80
		s.under18 += h.under18
		s.disabled += h.disabled
	}
	keys := make([]string, 0, len(cells))
	for k := range cells {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		s, n := cells[k], strconv.Itoa
		put("", k, n(s.households), n(s.people), n(s.over60), n(s.over80), n(s.under18), n(s.disabled), "")
	}
	return nil
}
