package demo

import (
	"fmt"
	"math"
	"sort"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// The published number of residents by grade.
const (
	demoRed    = 28
	demoYellow = 506
	demoBlue   = 1836
)

type resident struct {
	id, name, idNumber, phone, address string
	grade                              string
	kinds                              []string
	at                                 vec
	point                              orb.Point
	building, unit                     string
	where                              faceInfo
	minutes                            int
	enrolled                           planner.Date
	team                               []int // indices of visitors
	note                               string
	unseen                             bool // enrolled, never visited
	lonely                             bool // no street leads there
}

// enrol chooses who is visited: the old and the disabled, by building.
func (g *generator) enrol() error {
	s := newSource(g.opt.Seed, "residents")
	total := g.opt.Residents
	if total == 0 {
		total = demoRed + demoYellow + demoBlue
	}
	weights := make([]float64, len(g.buildings))
	for i, b := range g.buildings {
		if i != g.lonely {
			weights[i] = (float64(b.over60) + 2*float64(b.disabled) + .05*float64(b.under18)) * s.between(.5, 1.5)
			if b.remote {
				weights[i] *= .3
			}
		}
	}
	homes := chooseHomes(s, weights, total)
	if g.lonely >= 0 && len(homes) > 0 {
		homes[len(homes)-1] = g.lonely
	}
	sort.Ints(homes)
	red := (total*demoRed + demoRed + demoYellow + demoBlue - 1) / (demoRed + demoYellow + demoBlue)
	yellow := int(math.Round(float64(total) * demoYellow / (demoRed + demoYellow + demoBlue)))
	red, yellow = min(red, total), min(yellow, max(0, total-red))
	grades := make([]string, total)
	for k, i := range s.perm(total) {
		switch {
		case k < red:
			grades[i] = "red"
		case k < red+yellow:
			grades[i] = "yellow"
		default:
			grades[i] = "blue"
		}
	}
	start := g.opt.Start
	numbers := make(map[string]bool, total)
	for i, h := range homes {
		b := &g.buildings[h]
		r := resident{
			id: fmt.Sprintf("R%05d", i+1), grade: grades[i], name: person(s),
			building: b.id, where: b.where, address: b.address, lonely: h == g.lonely,
			phone: phone(demoVisitors + i),
			note:  "虚构人员",
		}
		r.unit = fmt.Sprint(1 + s.intn(max(1, b.units)))
		r.address += fmt.Sprintf("%s单元%d号", r.unit, 100*(1+s.intn(max(1, b.floors)))+1+s.intn(4))
		// Somewhere in the house, not always in its very middle.
		p := b.at.add(vec{s.between(-2, 2), s.between(-2, 2)})
		if g.opt.Extract != "" {
			p = b.at
		}
		r.at, r.point = p, g.frame.spot(p).point()
		child := s.chance(.035)
		year := start.Time().Year() - 62 - s.intn(30)
		switch {
		case child:
			r.kinds = append(r.kinds, "child_in_difficulty")
			year = start.Time().Year() - 4 - s.intn(12)
		default:
			lone := map[string]float64{"red": .4, "yellow": .28, "blue": .03}[r.grade]
			if s.chance(lone) {
				r.kinds = append(r.kinds, "lone_elder")
			} else if s.chance(.3) {
				r.kinds = append(r.kinds, "empty_nest")
			}
			for _, k := range []struct {
				kind string
				p    float64
			}{{"disabled", .34}, {"hardship", .22}, {"chronic_illness", .4}, {"mental_illness", .05}} {
				if s.chance(k.p) {
					r.kinds = append(r.kinds, k.kind)
				}
			}
			if len(r.kinds) == 0 {
				r.kinds = append(r.kinds, "chronic_illness")
			}
		}
		month, day := 1+s.intn(12), 1+s.intn(28)
		for sequence := i; r.idNumber == "" || numbers[r.idNumber]; sequence++ {
			r.idNumber = idNumber(year, month, day, sequence)
		}
		numbers[r.idNumber] = true
		r.minutes = map[string]int{"red": 30, "yellow": 25, "blue": 20}[r.grade]
		if s.chance(.15) {
			r.minutes += 5
		}
		r.enrolled = start - planner.Date(90+s.intn(600))
		if r.grade != "red" && s.chance(.006) {
			r.unseen = true
			r.enrolled = start - planner.Date(2+s.intn(12))
		}
		g.residents = append(g.residents, r)
	}
	return nil
}

// chooseHomes draws total homes by weight: systematic, so that they are spread
// over the district as the weights are.
func chooseHomes(s *source, weights []float64, total int) []int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	if sum <= 0 || total == 0 {
		return nil
	}
	step := sum / float64(total)
	next := s.float() * step
	out := make([]int, 0, total)
	run := 0.0
	for i, w := range weights {
		run += w
		for len(out) < total && next < run {
			out = append(out, i)
			next += step
		}
	}
	for len(out) < total { // rounding at the very end
		out = append(out, out[len(out)-1])
	}
	return out
}
