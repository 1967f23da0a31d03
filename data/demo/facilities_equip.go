package demo

import (
	"fmt"
	"math"

	"sanse/data"
	"sanse/planner"
)

// placeCentres gives most towns a comprehensive elder-care centre with beds, in
// the midst of the community with the most people.
func (g *generator) placeCentres() {
	s := newSource(g.opt.Seed, "elder care")
	over60 := make([]int, len(g.towns))
	for i := range g.buildings {
		if w := g.buildings[i].where; w.community >= 0 {
			over60[g.communities[w.community].town] += g.buildings[i].over60
		}
	}
	for t := range g.towns {
		without := t%3 == 2 // two towns of three have one
		best := -1
		for ci := range g.communities {
			if g.communities[ci].town == t && (best < 0 || g.peopleOf(ci) > g.peopleOf(best)) && len(g.homesOf(ci)) > 0 {
				best = ci
			}
		}
		beds := int(math.Round(float64(over60[t]) * s.between(.016, .034)))
		if without || best < 0 || beds == 0 {
			continue
		}
		homes := g.homesOf(best)
		b := &g.buildings[homes[len(homes)/2]]
		g.facilities = append(g.facilities, data.Facility{
			ID: fmt.Sprintf("F%04d", len(g.facilities)+1), Service: "elder_care", Status: "open",
			Name: g.towns[t].name + "综合养老服务中心", Address: b.address, Location: b.point,
			Capacity: beds, InUse: int(math.Round(float64(beds) * s.between(.55, .92))),
		})
	}
}

// outfit is what a place of a service looks like: square metres and people
// served for each of its staff, and the weeks that it may keep.
type outfit struct {
	m2, served float64
	weeks      [][]planner.Shift
}

func week(from, to int, spans ...[2]int) []planner.Shift {
	var out []planner.Shift
	for d := from; d <= to; d++ {
		for _, s := range spans {
			out = append(out, planner.Shift{Weekday: d, From: planner.Clock(s[0]), To: planner.Clock(s[1])})
		}
	}
	return out
}

var (
	officeHours = [][2]int{{8*60 + 30, 12 * 60}, {14 * 60, 17*60 + 30}}
	outfits     = map[string]outfit{
		"meals":          {2.6, 18, [][]planner.Shift{week(1, 7, [2]int{660, 780}, [2]int{1020, 1110}), week(1, 5, [2]int{660, 780})}},
		"bathing":        {9, 4, [][]planner.Shift{week(2, 6, [2]int{840, 1020}), week(1, 7, [2]int{540, 690}, [2]int{840, 1020})}},
		"clinic":         {3, 14, [][]planner.Shift{week(1, 6, officeHours...), week(1, 5, officeHours...), week(1, 7, [2]int{480, 1200})}},
		"day_care":       {8, 7, [][]planner.Shift{week(1, 5, [2]int{510, 1050}), week(1, 6, [2]int{510, 1050})}},
		"rehabilitation": {9, 6, [][]planner.Shift{week(1, 5, officeHours...), week(2, 6, officeHours...)}},
		"children_home":  {4, 16, [][]planner.Shift{week(3, 7, [2]int{930, 1110}), week(1, 5, [2]int{960, 1110})}},
		"elder_care":     {28, 5, [][]planner.Shift{week(1, 7, [2]int{480, 1200})}},
	}
)

// equip gives the places rooms, staff and hours: many keep the office week and
// are closed on Saturday and Sunday; of a few nobody wrote anything down.
func (g *generator) equip() {
	s := newSource(g.opt.Seed, "equip")
	for i := range g.facilities {
		f := &g.facilities[i]
		o, ok := outfits[f.Service]
		unknown, m2, served, hours := s.chance(.06), s.between(.7, 1.4), s.between(.7, 1.4), s.intn(len(o.weeks))
		if !ok || unknown {
			continue
		}
		f.AreaM2 = int(math.Round(float64(f.Capacity) * o.m2 * m2))
		if f.Status != "planned" {
			f.Hours = o.weeks[hours]
		}
		if f.Status == "open" {
			f.Staff = max(1, int(math.Round(float64(f.Capacity)/o.served*served)))
		}
	}
}
