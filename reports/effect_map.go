package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// effectMap is one of the two maps: the communities that the redraw touches.
type effectMap struct {
	Title         Label
	Width, Height float64
	Areas         []mapPath // innermost, in the colour of their grid
	Lines         []mapPath // of grids that have micro-grids
	Outlines      []string  // of communities
	Names         []mapLabel
	Labels        []mapLabel // of micro-grids that are created, retired or reshaped
}

const (
	// effectMapWidth is that of one map, in pixels of its own: two fit on a page.
	effectMapWidth = 520.0
	// effectNames and effectLabels bound what is written on a map: more would
	// cover it.
	effectNames  = 40
	effectLabels = 80
	// effectColours is how many colours grids have, in turn within a community.
	effectColours = 9
)

// effectMaps draws before and after at one scale. A grid has one colour on both,
// full where an area in it is created, retired or reshaped, pale elsewhere; so
// the ground that goes to another grid has another colour after than before.
func effectMaps(e *Effect) []effectMap {
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, list := range [][]geo.Area{e.Before, e.After} {
		for i := range list {
			if list[i].Level >= geo.LevelCommunity && len(list[i].Boundary) > 0 {
				bound = bound.Union(list[i].Boundary.Bound())
			}
		}
	}
	if !(bound.Max[0] > bound.Min[0]) || !(bound.Max[1] > bound.Min[1]) {
		return nil
	}
	d := effectDrawing{bound: bound, shrink: math.Cos(bound.Center()[1] * math.Pi / 180), touched: make(map[string]*EffectArea, len(e.Areas)), colour: effectColour(e)}
	d.scale = effectMapWidth / ((bound.Max[0] - bound.Min[0]) * d.shrink)
	d.width, d.height = effectMapWidth, math.Ceil((bound.Max[1]-bound.Min[1])*d.scale)
	if d.height > 1.2*d.width {
		d.scale *= 1.2 * d.width / d.height
		d.height = 1.2 * d.width
		d.width = math.Ceil((bound.Max[0] - bound.Min[0]) * d.shrink * d.scale)
	}
	for i := range e.Areas {
		d.touched[e.Areas[i].Code] = &e.Areas[i]
	}
	return []effectMap{
		d.draw(Label{"调整前", "Before"}, e.Before, func(a *EffectArea) *EffectFigures { return a.Before }),
		d.draw(Label{"调整后", "After"}, e.After, func(a *EffectArea) *EffectFigures { return a.After }),
	}
}

// effectColour numbers the grids of each community, those of before and after
// together.
func effectColour(e *Effect) map[string]int {
	grids := make(map[string]string) // community by grid
	for _, list := range [][]geo.Area{e.Before, e.After} {
		for i := range list {
			if list[i].Level == geo.LevelGrid {
				grids[list[i].Code] = list[i].Parent
			}
		}
	}
	colour, next := make(map[string]int, len(grids)), make(map[string]int)
	for _, code := range slices.Sorted(maps.Keys(grids)) {
		colour[code] = next[grids[code]] % effectColours
		next[grids[code]]++
	}
	return colour
}

// effectDrawing is what both maps share.
type effectDrawing struct {
	bound         orb.Bound
	shrink, scale float64
	width, height float64
	touched       map[string]*EffectArea
	colour        map[string]int // of a grid, by code
}

func (d *effectDrawing) at(p orb.Point) (x, y int) {
	return int(math.Round((p[0] - d.bound.Min[0]) * d.shrink * d.scale * 10)), int(math.Round((d.bound.Max[1] - p[1]) * d.scale * 10))
}

func (d *effectDrawing) draw(title Label, list []geo.Area, figures func(*EffectArea) *EffectFigures) effectMap {
	m := effectMap{Title: title, Width: d.width, Height: d.height}
	parents, names := make(map[string]bool), make(map[string]string)
	grids := 0
	for i := range list {
		parents[list[i].Parent] = true
		names[list[i].Code] = list[i].Name
		if list[i].Level == geo.LevelGrid {
			grids++
		}
	}
	for i := range list {
		a := &list[i]
		if a.Level < geo.LevelCommunity {
			continue
		}
		path := svgPath(a.Boundary, d.at)
		if a.Level == geo.LevelCommunity {
			m.Outlines = append(m.Outlines, path)
			continue
		}
		if a.Level == geo.LevelGrid && grids <= effectNames {
			if x, y, ok := labelPoint(a.Boundary, d.at); ok {
				m.Names = append(m.Names, mapLabel{x, y, cmp.Or(strings.TrimPrefix(a.Name, names[a.Parent]), a.Code[max(0, len(a.Code)-3):])})
			}
		}
		if parents[a.Code] {
			m.Lines = append(m.Lines, mapPath{Path: path})
			continue
		}
		m.Areas = append(m.Areas, d.area(i, a, path, figures, &m))
	}
	return m
}

// area is an innermost area on the map.
func (d *effectDrawing) area(id int, a *geo.Area, path string, figures func(*EffectArea) *EffectFigures, m *effectMap) mapPath {
	grid := a.Code
	if a.Level > geo.LevelGrid {
		grid = a.Parent
	}
	p := mapPath{ID: id, Path: path, Title: Label{a.Name + " " + a.Code, a.Name + " " + a.Code}, Fills: []string{fmt.Sprintf("g%d", d.colour[grid])}}
	t := d.touched[a.Code]
	if t == nil {
		return p
	}
	if f := figures(t); f != nil {
		p.Title.Chinese += fmt.Sprintf("\n对象 %d，户数 %d，每周 %.0f 分钟", f.Residents, f.Households, f.CareMinutes)
		p.Title.English += fmt.Sprintf("\nresidents %d, households %d, %.0f minutes a week", f.Residents, f.Households, f.CareMinutes)
	}
	p.Fills[0] += " moved"
	if a.Level > geo.LevelGrid && len(m.Labels) < effectLabels {
		if x, y, ok := labelPoint(a.Boundary, d.at); ok {
			m.Labels = append(m.Labels, mapLabel{x, y, a.Code[len(a.Code)-3:]})
		}
	}
	return p
}
