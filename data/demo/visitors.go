package demo

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"sanse/data"
	"sanse/planner"
)

type visitor struct {
	id, name, phone string
	kind            string
	tier            planner.Tier
	scope           []string
	at              vec
	shifts          []planner.Shift
	daysOff         []planner.Date
	community       int // -1: of a whole town
	grid            int // -1: of a whole community
	town            int
	skills          string
	mode            string // empty: on foot
}

// on tells whether the visitor works on a day.
func (v *visitor) on(d planner.Date) bool {
	for _, o := range v.daysOff {
		if o == d {
			return false
		}
	}
	for _, s := range v.shifts {
		if s.Weekday == d.Weekday() {
			return true
		}
	}
	return false
}

// staff hires the visitors, gives every resident a team of five, writes up the
// visits of the last two months, and adds the tasks that were asked for.
func (g *generator) staff() error {
	total := demoVisitors
	if g.opt.Extract != "" {
		// As many a resident as in the reference district.
		total = max(6*g.gridCount(), int(math.Round(float64(len(g.residents))*2.24)))
	}
	g.hire(total)
	g.hired = len(g.visitors)
	if g.opt.Tight {
		g.layOff()
	}
	g.patrol()
	g.fillUp()
	g.formTeams()
	g.recall()
	g.serve()
	g.assess()
	g.contract()
	return nil
}

func (g *generator) gridCount() int {
	n := 0
	for _, c := range g.communities {
		n += len(c.grids)
	}
	return n
}

func span(weekday int, from, minutes int) planner.Shift {
	return planner.Shift{Weekday: weekday, From: planner.Clock(from), To: planner.Clock(from + minutes)}
}

// hire makes the five kinds of visitors. Shifts are what is left for visits:
// of a grid worker's eight hours six go to patrol.
func (g *generator) hire(total int) {
	s := newSource(g.opt.Seed, "visitors")
	grids := g.gridCount()
	extra := max(0, total-5*grids-4*len(g.communities))
	// Of the rest, half are volunteers.
	moreVolunteers := extra * 54 / 100
	cadres := extra * 11 / 100
	departments := max(2*len(g.towns), extra*6/100)
	moreLife := extra * 12 / 100
	moreGrid := max(0, extra-moreVolunteers-cadres-departments-moreLife)

	add := func(v visitor) {
		v.id = fmt.Sprintf("V%05d", len(g.visitors)+1)
		v.phone = phone(len(g.visitors))
		v.name = person(s)
		if s.chance(.35) {
			// A few days off in the weeks to come.
			first := g.opt.Start + planner.Date(s.intn(45))
			for k := range 1 + s.intn(4) {
				v.daysOff = append(v.daysOff, first+planner.Date(k))
			}
		}
		g.visitors = append(g.visitors, v)
	}
	gridCodes := func(ci, gi int) []string { return []string{g.communities[ci].grids[gi].code} }

	// Two grid workers in every grid: the grid leader, and one whose week is
	// turned so that every day has one of them. No days off fall together,
	// because the leader's stand-in takes none.
	turn := 0
	for ci := range g.communities {
		c := &g.communities[ci]
		rural := c.place == village
		homes := g.homesOf(ci)
		for gi := range c.grids {
			office := g.officeOf(ci, gi, homes)
			for k := range 2 {
				v := visitor{kind: "grid_worker", tier: planner.TierGrid, scope: gridCodes(ci, gi), community: ci, grid: gi, town: c.town}
				if k == 1 {
					v.tier = planner.TierMicroGrid
				}
				v.at = office
				// Five days a week; the two days off move on from grid to grid.
				off := (turn*2 + k*3) % 7
				hour := pick(s, []int{8*60 + 30, 9 * 60, 14 * 60, 15 * 60})
				for d := range 7 {
					if d == off || d == (off+1)%7 {
						continue
					}
					if (d >= 5) && k == 0 && turn%3 != 0 {
						continue // most leaders keep the office week
					}
					if rural || k == 0 && d >= 5 {
						v.shifts = append(v.shifts, span(d+1, hour, 120))
					} else {
						v.shifts = append(v.shifts, span(d+1, hour, 60), span(d+1, hour+210, 60))
					}
				}
				add(v)
			}
			turn++
			// A life-service worker: half-days.
			v := visitor{kind: "life_service_worker", tier: planner.TierMicroGrid, scope: gridCodes(ci, gi), community: ci, grid: gi, town: c.town, at: office}
			from := pick(s, []int{8 * 60, 13*60 + 30})
			for _, d := range pick(s, [][]int{{1, 3, 5}, {2, 4, 6}, {1, 2, 4}, {3, 5, 7}}) {
				v.shifts = append(v.shifts, span(d, from, 120+30*s.intn(2)))
			}
			add(v)
			// Volunteers: one has Saturdays and one Sundays, so that nobody
			// waits over a weekend.
			for k := range 2 {
				v := visitor{kind: "volunteer", tier: planner.TierMicroGrid, scope: gridCodes(ci, gi), community: ci, grid: gi, town: c.town, at: g.station(ci, gi, k, homes)}
				from := pick(s, []int{9 * 60, 9*60 + 30, 14 * 60, 15 * 60})
				v.shifts = append(v.shifts, span(6+k, from, 120))
				if s.chance(.4) {
					v.shifts = append(v.shifts, span(1+s.intn(5), 18*60+30, 60))
				}
				add(v)
			}
		}
		for range 4 {
			g.addCadre(s, add, ci, homes)
		}
	}
	weights := make([]float64, len(g.communities))
	for i, c := range g.communities {
		weights[i] = float64(max(1, g.peopleOf(i))) + 40*math.Sqrt(c.area)/10
	}
	for ci, n := range apportion(cadres, weights, nil) {
		homes := g.homesOf(ci)
		for range n {
			g.addCadre(s, add, ci, homes)
		}
	}
	somewhere := func(n int, hire func(ci, gi int, at vec)) {
		for ci, k := range apportion(n, weights, nil) {
			homes := g.homesOf(ci)
			for range k {
				gi := s.intn(len(g.communities[ci].grids))
				hire(ci, gi, g.officeOf(ci, gi, homes))
			}
		}
	}
	somewhere(moreGrid, func(ci, gi int, at vec) {
		// Micro-grid leaders: grid workers with an hour or two on some days.
		v := visitor{kind: "grid_worker", tier: planner.TierMicroGrid, scope: gridCodes(ci, gi), community: ci, grid: gi, town: g.communities[ci].town, at: at}
		from := pick(s, []int{8*60 + 30, 10 * 60, 14 * 60, 16 * 60})
		off := s.intn(7)
		for d := range 7 {
			if d != off && d != (off+1)%7 && s.chance(.5) {
				v.shifts = append(v.shifts, span(d+1, from, 90+30*s.intn(2)))
			}
		}
		if len(v.shifts) == 0 {
			v.shifts = append(v.shifts, span(1, from, 120))
		}
		add(v)
	})
	somewhere(moreLife, func(ci, gi int, at vec) {
		v := visitor{kind: "life_service_worker", tier: planner.TierMicroGrid, scope: []string{g.communities[ci].code}, community: ci, grid: -1, town: g.communities[ci].town, at: at}
		from := pick(s, []int{8 * 60, 9 * 60, 13*60 + 30})
		for _, d := range pick(s, [][]int{{1, 4}, {2, 5}, {3, 6}, {1, 3, 6}, {5, 7}}) {
			v.shifts = append(v.shifts, span(d, from, 150))
		}
		add(v)
	})
	somewhere(moreVolunteers, func(ci, gi int, at vec) {
		v := visitor{kind: "volunteer", tier: planner.TierMicroGrid, scope: gridCodes(ci, gi), community: ci, grid: gi, town: g.communities[ci].town, at: at}
		if s.chance(.4) {
			v.scope, v.grid = []string{g.communities[ci].code}, -1
		} else {
			v.at = g.station(ci, gi, s.intn(2), g.homesOf(ci))
		}
		switch s.intn(6) {
		default:
			first := 1 + s.intn(3)
			v.shifts = append(v.shifts, span(first, 18*60+30, 60), span(first+2, 18*60+30, 60))
		case 0:
			v.shifts = append(v.shifts, span(6+s.intn(2), pick(s, []int{9 * 60, 14 * 60}), 90))
		case 1:
			v.shifts = append(v.shifts, span(6, 9*60+30, 90), span(7, 15*60, 90))
		}
		add(v)
	})
	// Cadres of departments help a whole town, half a day a week.
	for k := range departments {
		t := k % len(g.towns)
		var in []int
		for ci, c := range g.communities {
			if c.town == t {
				in = append(in, ci)
			}
		}
		ci := in[(k/len(g.towns))%len(in)]
		homes := g.homesOf(ci)
		v := visitor{kind: "department_cadre", tier: planner.TierTaskForce, scope: []string{g.towns[t].code}, community: -1, grid: -1, town: t}
		v.at = g.officeOf(ci, len(g.communities[ci].grids)/2, homes)
		v.shifts = append(v.shifts, span(1+s.intn(5), pick(s, []int{9 * 60, 14 * 60}), 150))
		add(v)
	}
	for len(g.visitors) < total {
		ci := len(g.visitors) % len(g.communities)
		g.addCadre(s, add, ci, g.homesOf(ci))
	}
	g.train()
}

// train makes social workers of one cadre in seven communities of ten.
func (g *generator) train() {
	s := newSource(g.opt.Seed, "social workers")
	trained := make([]bool, len(g.communities))
	for i := range g.communities {
		trained[i] = !s.chance(.7)
	}
	for i := range g.visitors {
		if v := &g.visitors[i]; v.kind == "community_cadre" && !trained[v.community] {
			v.skills, trained[v.community] = socialWork, true
		}
	}
}

// socialWork is the skill of social workers.
const socialWork = "social_work"

func (g *generator) addCadre(s *source, add func(visitor), ci int, homes []int) {
	c := &g.communities[ci]
	v := visitor{kind: "community_cadre", tier: planner.TierMasterGrid, scope: []string{c.code}, community: ci, grid: -1, town: c.town}
	v.at = g.officeOf(ci, len(c.grids)/2, homes)
	from := pick(s, []int{9 * 60, 10 * 60, 14*60 + 30, 16 * 60})
	minutes := 60 + 30*s.intn(3)
	if c.place == village {
		minutes += 30
	}
	for d := 1; d <= 5; d++ {
		if s.chance(.55) {
			v.shifts = append(v.shifts, span(d, from, minutes))
		}
	}
	if len(v.shifts) == 0 {
		v.shifts = append(v.shifts, span(2, from, minutes))
	}
	add(v)
}

func (g *generator) homesOf(ci int) []int {
	if g.homes == nil {
		g.homes = make([][]int, len(g.communities))
		for i, b := range g.buildings {
			if !b.remote {
				g.homes[b.where.community] = append(g.homes[b.where.community], i)
			}
		}
	}
	return g.homes[ci]
}

func (g *generator) peopleOf(ci int) int {
	n := 0
	for _, gr := range g.communities[ci].grids {
		for _, m := range gr.micro {
			n += m.people
		}
	}
	return n
}

// officeOf is where the workers of a grid start: beside the house nearest to
// the middle of its residents' homes.
func (g *generator) officeOf(ci, gi int, homes []int) vec {
	at := g.communities[ci].grids[gi].centre
	best, bestD := at, math.Inf(1)
	for _, in := range []bool{true, false} {
		for _, h := range homes {
			b := &g.buildings[h]
			if in && int(b.where.grid) != gi {
				continue
			}
			if d := b.at.dist(at); d < bestD {
				best, bestD = b.at, d
			}
		}
		if !math.IsInf(bestD, 1) {
			break
		}
	}
	return best
}

// station is one of the places of a grid where its volunteers meet. Visitors
// start from few places, as they do in life; a table of walking times needs
// each place but once.
func (g *generator) station(ci, gi, k int, homes []int) vec {
	at := g.officeOf(ci, gi, homes)
	var in []int
	for _, h := range homes {
		if int(g.buildings[h].where.grid) == gi {
			in = append(in, h)
		}
	}
	if len(in) < 3 {
		return at
	}
	return g.buildings[in[(k+1)*len(in)/3]].at
}

// layOff leaves a third of the visitors, with shorter hours; one community in
// four has nobody at weekends.
func (g *generator) layOff() {
	s := newSource(g.opt.Seed, "tight")
	quiet := make([]bool, len(g.communities))
	for i, k := range s.perm(len(g.communities)) {
		quiet[k] = i < len(g.communities)/4
	}
	kinds := make(map[string]int)
	var kept []visitor
	for _, v := range g.visitors {
		key := v.kind + " " + v.scope[0]
		kinds[key]++
		// One of each kind and scope stays, so that every resident keeps a team;
		// beyond that few do.
		first := kinds[key] == 1
		if !first && !s.chance(.4) || first && v.kind == "volunteer" && s.chance(.35) || first && v.kind == "life_service_worker" && s.chance(.3) {
			continue
		}
		var left []planner.Shift
		for _, sh := range v.shifts {
			if sh.Weekday > 5 && v.community >= 0 && quiet[v.community] {
				continue
			}
			length := sh.To - sh.From
			least := planner.Clock(60)
			if v.community >= 0 && g.communities[v.community].place == village {
				least = 90
			}
			if length > least {
				length = max(least, length*2/3)
			}
			if s.chance(.62) {
				continue // patrol, or other work, takes that day whole
			}
			left = append(left, planner.Shift{Weekday: sh.Weekday, From: sh.From, To: sh.From + length})
		}
		if len(left) == 0 {
			continue
		}
		v.shifts = left
		kept = append(kept, v)
	}
	g.visitors = kept
}

// formTeams gives every resident five visitors, one of each kind, whose scopes
// hold the resident's grid: the nearest first, none with too many.
func (g *generator) formTeams() {
	load := make([]int, len(g.visitors))
	byScope := make(map[string][]int)
	for i, v := range g.visitors {
		for _, c := range v.scope {
			byScope[c] = append(byScope[c], i)
		}
	}
	for i := range g.residents {
		r := &g.residents[i]
		c := &g.communities[r.where.community]
		for _, kind := range data.VisitorKinds {
			best, bestCost := -1, math.Inf(1)
			for k, code := range []string{c.grids[r.where.grid].code, c.code, g.towns[c.town].code, g.district.Code} {
				for _, v := range byScope[code] {
					if g.visitors[v].kind != kind.Key {
						continue
					}
					cost := g.visitors[v].at.dist(r.at) + 250*float64(load[v]) + 2000*float64(k)
					if cost < bestCost {
						best, bestCost = v, cost
					}
				}
			}
			if best >= 0 {
				load[best]++
				r.team = append(r.team, best)
			}
		}
		sort.SliceStable(r.team, func(a, b int) bool { return g.visitors[r.team[a]].tier < g.visitors[r.team[b]].tier })
	}
}

// recallDays is how far back the visits go.
const recallDays = 62

// recall writes up the past: about a quarter of what was due was not done.
func (g *generator) recall() {
	s := newSource(g.opt.Seed, "visits")
	from := g.opt.Start - recallDays
	for i := range g.residents {
		r := &g.residents[i]
		if r.unseen || r.lonely {
			continue
		}
		done := make(map[planner.Date]bool)
		put := func(d planner.Date) {
			if d < from || d >= g.opt.Start || d < r.enrolled || done[d] {
				return
			}
			done[d] = true
			v := data.Visit{Resident: r.id, Date: d, Done: !s.chance(.25)}
			for _, t := range r.team {
				if g.visitors[t].on(d) {
					v.Visitor = g.visitors[t].id
					break
				}
			}
			g.visits = append(g.visits, v)
		}
		weekly := r.grade == "yellow"
		monthly := 1
		for _, k := range r.kinds {
			weekly = weekly || k == "lone_elder"
			if k == "child_in_difficulty" {
				monthly = 2
			}
		}
		switch {
		case r.grade == "red":
			for d := from + planner.Date(s.intn(2)); d < g.opt.Start; d += 2 {
				put(d)
			}
		case weekly:
			day := 1 + s.intn(7)
			for w := from.WeekStart(); w < g.opt.Start; w += 7 {
				if s.chance(.2) {
					day = 1 + s.intn(7)
				}
				put(w + planner.Date(day-1))
			}
		default:
			for m := from.MonthStart(); m < g.opt.Start; m = m.NextMonth() {
				length := int(m.NextMonth() - m)
				for k := range monthly {
					put(m + planner.Date(k*length/monthly+s.intn(length/monthly)))
				}
			}
		}
	}
	sort.SliceStable(g.visits, func(a, b int) bool { return g.visits[a].Date < g.visits[b].Date })
}

// shiftText writes hours as the importers read them, days with the same hours
// together: "1-5 08:30-10:30; 6 09:00-11:00".
func shiftText(shifts []planner.Shift) string {
	var spans []string
	days := make(map[string][]int)
	for _, s := range shifts {
		k := s.From.String() + "-" + s.To.String()
		if days[k] == nil {
			spans = append(spans, k)
		}
		days[k] = append(days[k], s.Weekday)
	}
	var out []string
	for _, k := range spans {
		ds := days[k]
		sort.Ints(ds)
		for i := 0; i < len(ds); {
			j := i
			for j+1 < len(ds) && ds[j+1] == ds[j]+1 {
				j++
			}
			d := fmt.Sprint(ds[i])
			if j > i {
				d = fmt.Sprintf("%d-%d", ds[i], ds[j])
			}
			out = append(out, d+" "+k)
			i = j + 1
		}
	}
	return strings.Join(out, "; ")
}
