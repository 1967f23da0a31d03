package demo

import (
	"fmt"
	"io"
	"math"
	"strings"

	"sanse/data"
	"sanse/planner"
)

// need is what an assessment found that a resident needs.
type need struct {
	resident            int
	service, rule       string
	place, kind, source string
	minutes             int
	from                planner.Date
}

// assessed says who needs what: of residents of a kind or grade (empty: any), one
// in so many.
type assessed struct {
	kind, grade   string
	share         float64
	service, rule string
	place         string
	minutes       int
}

// Social work at home no provider gives: a need without any supply.
var assessments = []assessed{
	{kind: "lone_elder", share: .6, service: "meals", rule: "每天", place: data.PlaceEither, minutes: 20},
	{kind: "empty_nest", share: .3, service: "meals", rule: "工作日", place: data.PlaceEither, minutes: 20},
	{kind: "disabled", share: .35, service: "rehabilitation", rule: "每周1次", place: data.PlaceEither, minutes: 45},
	{kind: "disabled", share: .25, service: "bathing", rule: "每月2次", place: data.PlaceEither, minutes: 60},
	{kind: "hardship", share: .3, service: "cleaning", rule: "每月1次", place: data.PlaceHome, minutes: 90},
	{grade: "red", share: .9, service: "nursing", rule: "每周2次", place: data.PlaceHome, minutes: 40},
	{grade: "yellow", share: .25, service: "nursing", rule: "每周1次", place: data.PlaceHome, minutes: 40},
	{kind: "chronic_illness", share: .5, service: "clinic", rule: "每月1次", place: data.PlaceFacility},
	{kind: "lone_elder", share: .3, service: "day_care", rule: "工作日", place: data.PlaceFacility},
	{kind: "empty_nest", share: .12, service: "day_care", rule: "每周2次", place: data.PlaceFacility},
	{grade: "red", share: .3, service: "elder_care", rule: "每天", place: data.PlaceFacility},
	{kind: "child_in_difficulty", share: .85, service: "children_home", rule: "每周2次", place: data.PlaceFacility},
	{kind: "mental_illness", share: .3, service: "social_work", rule: "每月1次", place: data.PlaceEither, minutes: 45},
}

// assess writes up what the residents need. Where services at home are given
// already, they are needed, so an assessment has found them too.
func (g *generator) assess() {
	s := newSource(g.opt.Seed, "assessments")
	source := fmt.Sprintf("%d年能力评估", g.opt.Start.Time().Year())
	found := map[[2]string]bool{}
	add := func(n need) {
		r := &g.residents[n.resident]
		if key := [2]string{r.id, n.service}; !found[key] {
			found[key] = true
			n.source, n.from = source, max(r.enrolled, g.opt.Start-60)
			g.needs = append(g.needs, n)
		}
	}
	for i := range g.tasks {
		if t := &g.tasks[i]; t.kind == "service" {
			add(need{resident: t.resident, service: t.what, rule: t.rule, place: data.PlaceHome, minutes: t.minutes})
		}
	}
	for i := range g.residents {
		r := &g.residents[i]
		for _, a := range assessments {
			if (a.kind == "" || has(r.kinds, a.kind)) && (a.grade == "" || r.grade == a.grade) && s.chance(a.share) {
				add(need{resident: i, service: a.service, rule: a.rule, place: a.place, kind: a.kind, minutes: a.minutes})
			}
		}
	}
}

// monthlyOf is how often a month a rule of the assessments asks for something.
func monthlyOf(rule string) float64 {
	switch rule {
	case "每天":
		return 30.4
	case "工作日":
		return 21.7
	case "每周1次":
		return 4.35
	case "每周2次":
		return 8.7
	case "每月2次":
		return 2
	default:
		return 1
	}
}

// contract finds each town two providers of services at home, who can give about
// two of three services that its residents need, and one that comes anywhere
// within three kilometres. Those who hired people for services at home have them
// work; the others plan their own days.
func (g *generator) contract() {
	s := newSource(g.opt.Seed, "providers")
	weekly := make([][2]float64, len(g.towns)) // by town and group
	for i := range g.needs {
		n := &g.needs[i]
		if n.place == data.PlaceFacility {
			continue
		}
		town := g.communities[g.residents[n.resident].where.community].town
		for group, skills := range skillsOf[:2] {
			if has(strings.Split(skills, ";"), n.service) {
				weekly[town][group] += monthlyOf(n.rule) / 4.35
			}
		}
	}
	names := [...]string{"安康居家护理服务站", "暖阳生活服务社"}
	for t := range g.towns {
		at, ok := g.officeIn(s, t)
		if !ok {
			continue
		}
		for group, skills := range skillsOf[:2] {
			p := data.Provider{
				ID: fmt.Sprintf("H%03d", len(g.providers)+1), Name: g.towns[t].name + names[group], Services: strings.Split(skills, ";"),
				Capacity: int(math.Round(weekly[t][group] * s.between(.55, .8))),
				Hours:    week(1, 6, [2]int{8*60 + 30, 12 * 60}, [2]int{13*60 + 30, 17*60 + 30}), Scope: []string{g.towns[t].code},
			}
			point := g.frame.spot(at).point()
			p.Location = &point
			for i := range g.visitors {
				if v := &g.visitors[i]; v.skills == skills && has(v.scope, g.towns[t].code) {
					p.Workers = append(p.Workers, v.id)
				}
			}
			g.providers = append(g.providers, p)
		}
	}
	if at, ok := g.officeIn(s, 0); ok {
		point := g.frame.spot(at).point()
		g.providers = append(g.providers, data.Provider{
			ID: fmt.Sprintf("H%03d", len(g.providers)+1), Name: "邻里互助志愿服务队", Services: []string{"meals", "cleaning"}, Location: &point, Radius: 3000,
		})
	}
}

// officeIn is a house of a town.
func (g *generator) officeIn(s *source, town int) (vec, bool) {
	var in []int
	for ci := range g.communities {
		if g.communities[ci].town == town && len(g.homesOf(ci)) > 0 {
			in = append(in, ci)
		}
	}
	if len(in) == 0 {
		return vec{}, false
	}
	return g.buildings[pick(s, g.homesOf(pick(s, in)))].at, true
}

func (g *generator) writeNeeds(w io.Writer) error {
	return writeTable(w, "id,resident,service,rule,place,minutes,kind,source,from", func(put func(...string)) error {
		for i := range g.needs {
			n := &g.needs[i]
			put(fmt.Sprintf("N%05d", i+1), g.residents[n.resident].id, n.service, n.rule, n.place, known(n.minutes), n.kind, n.source, n.from.String())
		}
		return nil
	})
}

func (g *generator) writeProviders(w io.Writer) error {
	return writeTable(w, "id,name,services,capacity,hours,scope,lon,lat,radius,workers", func(put func(...string)) error {
		for i := range g.providers {
			p := &g.providers[i]
			lon, lat := lonlat(*p.Location)
			put(p.ID, p.Name, strings.Join(p.Services, ";"), known(p.Capacity), openHours(p.Hours), strings.Join(p.Scope, " "), lon, lat,
				known(p.Radius), strings.Join(p.Workers, " "))
		}
		return nil
	})
}
