package shortfall

import (
	"fmt"
	"strings"

	"sanse/geo"
)

// ground is the tree of areas with what a Table asks of it again and again.
type ground struct {
	areas  []Area
	index  map[string]int32
	up     []int32 // the parent; -1: none
	people [][2]int64
}

func newGround(in *Input) (*ground, error) {
	g := &ground{areas: in.Areas, index: make(map[string]int32, len(in.Areas)), up: make([]int32, len(in.Areas)), people: make([][2]int64, len(in.Areas))}
	for i := range in.Areas {
		code := in.Areas[i].Code
		if _, twice := g.index[code]; twice {
			return nil, fmt.Errorf("area %s is given twice", code)
		}
		g.index[code] = int32(i)
	}
	for i := range in.Areas {
		g.up[i] = -1
		if p := in.Areas[i].Parent; p != "" {
			u, ok := g.index[p]
			if !ok || in.Areas[u].Level >= in.Areas[i].Level {
				return nil, fmt.Errorf("area %s: its parent %s is no area above it", in.Areas[i].Code, p)
			}
			g.up[i] = u
		}
	}
	for i := range in.Spots {
		p := &in.Spots[i]
		if side := sideOf(p.Place); side != all {
			for a := g.of(p.Area); a >= 0; a = g.up[a] {
				g.people[a][side-urban] += int64(p.People)
			}
		}
	}
	return g, nil
}

// of is the place of an area in the list; -1 for one that is not there.
func (g *ground) of(code string) int32 {
	if i, ok := g.index[code]; ok {
		return i
	}
	return -1
}

// above is the area of a level that holds an area, itself included; -1: none.
func (g *ground) above(a int32, level geo.Level) int32 {
	for a >= 0 && g.areas[a].Level > level {
		a = g.up[a]
	}
	if a < 0 || g.areas[a].Level != level {
		return -1
	}
	return a
}

// holding is the deepest area that holds all of a scope; -1: none.
func (g *ground) holding(scope []string) int32 {
	if len(scope) == 0 {
		return -1
	}
	a := g.of(scope[0])
	for _, code := range scope[1:] {
		for a >= 0 && !strings.HasPrefix(code, g.areas[a].Code) {
			a = g.up[a]
		}
	}
	return a
}

// side is a part of the people: all of them, or those of one ground.
type side int

const (
	all side = iota
	urban
	rural
	sides
)

// sideOf tells on which ground a kind of place lies: villages are rural, the
// rest is urban, and of an unknown place nobody knows.
func sideOf(place string) side {
	switch place {
	case "":
		return all
	case "village":
		return rural
	}
	return urban
}

// sideOfArea is the ground on which most people of an area live; for what lies
// in a grid it is that of the community, which is what people call a village.
func (g *ground) sideOfArea(a int32) side {
	if c := g.above(a, geo.LevelCommunity); c >= 0 {
		a = c
	}
	if a < 0 {
		return all
	}
	switch n := g.people[a]; {
	case n[0] == 0 && n[1] == 0:
		return all
	case n[1] > n[0]:
		return rural
	}
	return urban
}
