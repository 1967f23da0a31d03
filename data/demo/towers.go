package demo

import (
	"fmt"
	"strings"
)

// Towers that micro-grids share: in some grids the house with the most stairs
// stands near another micro-grid, which has the later ones.
const (
	towerUnits = 3  // stairs at least
	towerNear  = 90 // metres at most to a house of the other micro-grid
)

// microOf names a micro-grid by the places of its community, grid and itself.
type microOf struct{ community, grid, micro int32 }

// towers are the units that micro-grids list, as the areas file has them.
func (g *generator) towers() map[microOf]string {
	type key struct{ community, grid int32 }
	grids := make(map[key][]int)
	for i := range g.buildings {
		w := g.buildings[i].where
		grids[key{w.community, w.grid}] = append(grids[key{w.community, w.grid}], i)
	}
	lists := make(map[microOf][]string)
	for c := range g.communities {
		for k := range g.communities[c].grids {
			tower := -1
			homes := grids[key{int32(c), int32(k)}]
			for _, i := range homes {
				if n := g.buildings[i].units; n >= towerUnits && (tower < 0 || n > g.buildings[tower].units) {
					tower = i
				}
			}
			if tower < 0 {
				continue
			}
			b := &g.buildings[tower]
			other, near := int32(-1), float64(towerNear)
			for _, i := range homes {
				if d := g.buildings[i].at.dist(b.at); g.buildings[i].where.micro != b.where.micro && d < near {
					other, near = g.buildings[i].where.micro, d
				}
			}
			if other < 0 {
				continue
			}
			half := (b.units + 1) / 2
			own, beside := microOf{int32(c), int32(k), b.where.micro}, microOf{int32(c), int32(k), other}
			lists[own] = append(lists[own], unitsOf(b.id, 1, half))
			lists[beside] = append(lists[beside], unitsOf(b.id, half+1, b.units))
		}
	}
	out := make(map[microOf]string, len(lists))
	for m, l := range lists {
		out[m] = strings.Join(l, ";")
	}
	return out
}

func unitsOf(building string, from, to int) string {
	if from == to {
		return fmt.Sprintf("%s:%d", building, from)
	}
	return fmt.Sprintf("%s:%d-%d", building, from, to)
}
