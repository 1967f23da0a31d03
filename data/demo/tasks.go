package demo

import (
	"fmt"
	"math"
	"sort"

	"sanse/data"
	"sanse/planner"
)

// task is a service at a resident's home (resident ≥ 0) or a patrol point.
type task struct {
	id, kind, what string
	resident       int // index, -1: a place of its own
	at             vec
	grid           string // its code, of a place of its own
	minutes        int
	rule           string // as the importers read it
	skills         string
	kinds          string // of visitors
	people         int
	hours          string
	prefer         string
}

// service is a kind of service at home: what part of all visits it makes up,
// how often a month it is given to one resident, and how.
type service struct {
	what                 string
	part                 float64
	rule                 string
	monthly              float64
	everyWeeks, perMonth int // one of them: for the history
	minutes              int
	hours                string
	crew                 int    // of a hundred, how many need two people
	rather               string // kind of resident who is asked first
	group                int    // of providers
}

var services = []service{
	{what: "cleaning", part: .35, rule: "每月1次", monthly: 1, perMonth: 1, minutes: 90},
	{what: "bathing", part: .25, rule: "每月2次", monthly: 2, perMonth: 2, minutes: 60, hours: "周一至周六 09:00-11:30, 14:00-16:30", crew: 15, rather: "disabled"},
	{what: "rehabilitation", part: .2, rule: "每周1次", monthly: 4.35, everyWeeks: 1, minutes: 45, rather: "disabled", group: 1},
	{what: "meals", part: .2, rule: "每周1次", monthly: 4.35, everyWeeks: 1, minutes: 40, hours: "周一至周六 10:00-12:00, 16:00-17:30", rather: "lone_elder", group: 1},
}

// skillsOf are what the two groups of providers can do, and the few who work
// in the whole district.
var skillsOf = [...]string{"bathing;cleaning;nursing", "rehabilitation;meals", "bathing;cleaning;rehabilitation;meals;nursing"}

// serve gives residents services at home, as many visits a year as were asked
// for, and hires those who give them: for each town, and a few for all of it.
func (g *generator) serve() {
	if g.opt.Services <= 0 || len(g.residents) == 0 {
		return
	}
	s := newSource(g.opt.Seed, "services")
	order := s.perm(len(g.residents))
	minutes := make([][2]float64, len(g.communities)) // a month, by group
	weekly := make([][2]bool, len(g.communities))
	for _, sv := range services {
		want := float64(g.opt.Services) / 12 * sv.part
		first := func(i int) bool { r := &g.residents[i]; return sv.rather == "" || has(r.kinds, sv.rather) }
		var queue []int
		for _, rather := range []bool{true, false} {
			for _, i := range order {
				if r := &g.residents[i]; first(i) == rather && !r.lonely {
					queue = append(queue, i)
				}
			}
		}
		// Where more is asked for than one of each for everybody, some have it
		// twice as two tasks.
		for k := 0; want >= sv.monthly/2; k++ {
			i := queue[k%len(queue)]
			r := &g.residents[i]
			t := task{
				id: fmt.Sprintf("S%05d", len(g.tasks)+1), kind: "service", what: sv.what, resident: i, at: r.at,
				minutes: sv.minutes, rule: sv.rule, skills: sv.what, hours: sv.hours,
			}
			people := 1
			if s.intn(100) < sv.crew {
				t.people, people = 2, 2
			}
			g.tasks = append(g.tasks, t)
			g.recallService(s, &t, sv)
			want -= sv.monthly
			c := r.where.community
			minutes[c][sv.group] += sv.monthly * float64((sv.minutes+15)*people)
			weekly[c][sv.group] = weekly[c][sv.group] || sv.everyWeeks > 0
		}
		order = append(order[len(order)/3:], order[:len(order)/3]...) // others first for the next
	}
	g.hireProviders(s, minutes, weekly)
}

func has(list []string, want string) bool {
	for _, k := range list {
		if k == want {
			return true
		}
	}
	return false
}

// recallService writes up what was given in the last two months: nearly all.
func (g *generator) recallService(s *source, t *task, sv service) {
	from := g.opt.Start - recallDays
	put := func(d planner.Date) {
		if d.Weekday() == 7 {
			d--
		}
		if d >= from && d < g.opt.Start && d >= g.residents[t.resident].enrolled {
			g.taskVisits = append(g.taskVisits, data.TaskVisit{Task: t.id, Date: d, Done: !s.chance(.04)})
		}
	}
	if sv.everyWeeks > 0 {
		day := s.intn(6)
		for w := from.WeekStart(); w < g.opt.Start; w += planner.Date(7 * sv.everyWeeks) {
			put(w + planner.Date(day))
		}
		return
	}
	for m := from.MonthStart(); m < g.opt.Start; m = m.NextMonth() {
		length := int(m.NextMonth() - m)
		for k := range sv.perMonth {
			put(m + planner.Date(k*length/sv.perMonth+1+s.intn(length/sv.perMonth-1)))
		}
	}
}

// providerHalfDays is how many half-days a provider works in a month.
const providerHalfDays = 50

// hireProviders hires for each town as many of either group as its visits take,
// a community a half-day, and a third more.
func (g *generator) hireProviders(s *source, minutes [][2]float64, weekly [][2]bool) {
	half := make([][2]float64, len(g.towns))
	for ci, c := range g.communities {
		for group, m := range minutes[ci] {
			if m == 0 {
				continue
			}
			n := math.Ceil(m / 180)
			if weekly[ci][group] {
				n = max(n, 4.35)
			}
			half[c.town][group] += n
		}
	}
	for t := range g.towns {
		for group := range half[t] {
			if half[t][group] == 0 {
				continue
			}
			n := max(2, int(math.Ceil(half[t][group]*1.33/providerHalfDays)))
			if g.opt.Tight {
				n = 1 // on two mornings a week: nobody to help with a bath, for one
			}
			for k := range n {
				g.addProvider(s, []string{g.towns[t].code}, t, group, k)
			}
		}
	}
	if g.opt.Tight {
		return
	}
	for k := range max(2, len(g.towns)/2) {
		g.addProvider(s, []string{g.district.Code}, k%len(g.towns), 2, k)
	}
}

func (g *generator) addProvider(s *source, scope []string, town, group, k int) {
	var in []int
	for ci, c := range g.communities {
		if c.town == town {
			in = append(in, ci)
		}
	}
	ci := in[k%len(in)]
	g.hired++ // some of those hired may have been laid off
	v := visitor{
		id: fmt.Sprintf("V%05d", g.hired), name: person(s), phone: phone(g.hired - 1),
		kind: "life_service_worker", tier: planner.TierTaskForce, scope: scope, community: -1, grid: -1, town: town,
		skills: skillsOf[group], mode: "e-bike",
	}
	v.at = g.officeOf(ci, len(g.communities[ci].grids)/2, g.homesOf(ci))
	off := k % 6 // one day of the working week, besides Sunday, is theirs
	for d := range 6 {
		if g.opt.Tight {
			if d == 1 || d == 3 {
				v.shifts = append(v.shifts, span(d+1, 8*60+30, 4*60))
			}
			continue
		}
		if d != off || k%2 == 0 {
			v.shifts = append(v.shifts, span(d+1, 8*60+30, 4*60), span(d+1, 14*60, 4*60))
		}
	}
	g.visitors = append(g.visitors, v)
}

// The six hours of patrol, walking included, and how fast one walks between
// two points, streets' detours taken into account.
const (
	patrolMinutes   = 6 * 60
	patrolPoints    = 18
	patrolMetresMin = 45
)

// patrol gives the leader of each grid, a full-time grid worker, whole days and
// in them six hours of points to be seen on every working day.
func (g *generator) patrol() {
	if !g.opt.Patrol {
		return
	}
	s := newSource(g.opt.Seed, "patrol")
	for i := range g.visitors {
		v := &g.visitors[i]
		if v.kind != "grid_worker" || v.tier != planner.TierGrid || v.grid < 0 {
			continue
		}
		beat := g.beat(s, v.community, v.grid, v.at, patrolPoints, patrolMinutes, func() int { return 15 + s.intn(6) })
		if len(beat) == 0 {
			continue // a grid without a house: a park, a works
		}
		v.shifts, v.daysOff = nil, nil
		for d := 1; d <= 5; d++ {
			v.shifts = append(v.shifts, span(d, 8*60+30, 210), span(d, 13*60+30, 270))
		}
		for _, t := range beat {
			t.rule, t.kinds, t.prefer = "工作日", "grid_worker", v.id
			g.addPoint(t, 5)
		}
	}
}

// addPoint adds a point that was patrolled on so many days of each week.
func (g *generator) addPoint(t task, days int) {
	t.id = fmt.Sprintf("P%05d", len(g.tasks)+1)
	g.tasks = append(g.tasks, t)
	for d := g.opt.Start.WeekStart() - 7; d < g.opt.Start; d++ {
		if d.Weekday() <= days {
			g.taskVisits = append(g.taskVisits, data.TaskVisit{Task: t.id, Date: d, Done: true})
		}
	}
}

// beat lays out points of a grid until they fill the minutes, walked as one
// round in the morning and one in the afternoon.
func (g *generator) beat(s *source, ci, gi int, from vec, most, minutes int, each func() int) []task {
	var in []vec
	for _, h := range g.homesOf(ci) {
		if b := &g.buildings[h]; int(b.where.grid) == gi && h != g.lonely {
			in = append(in, b.at)
		}
	}
	if len(in) == 0 {
		return nil
	}
	var spots []vec
	first := s.intn(len(in))
	for k := range most {
		spots = append(spots, in[(first+k*len(in)/most)%len(in)])
	}
	lengths := make([]int, most)
	for k := range lengths {
		lengths[k] = each()
	}
	for n := most; n > 0; n-- {
		total := 0
		for _, m := range lengths[:n] {
			total += m + 1 // a minute is lost to whole minutes
		}
		if total+walkOf(from, spots[:n]) > minutes && n > 1 {
			continue
		}
		out := make([]task, n)
		for k := range out {
			out[k] = task{
				kind: "patrol", what: pick(s, patrolPlaces), resident: -1, at: spots[k], grid: g.communities[ci].grids[gi].code, minutes: lengths[k],
			}
		}
		return out
	}
	return nil
}

var patrolPlaces = []string{"配电房", "消防通道", "电动车充电处", "出租房", "小餐饮", "地下车库", "沿街商铺", "小区大门", "活动广场", "垃圾投放点", "河道护栏", "施工围挡"}

// walkOf is the minutes of two rounds over the points, the nearest next.
func walkOf(from vec, spots []vec) int {
	left := append([]vec(nil), spots...)
	metres := 0.0
	for round := range 2 {
		n := len(spots) / 2
		if round == 1 {
			n = len(left)
		}
		at := from
		for range n {
			sort.SliceStable(left, func(a, b int) bool { return left[a].dist(at) < left[b].dist(at) })
			metres += left[0].dist(at)
			at, left = left[0], left[1:]
		}
		metres += at.dist(from)
	}
	return int(metres / patrolMetresMin)
}

// fillUp cuts the visitors to a few a community, who work whole days, and gives
// them points to see until their days are so many percent full: six to eight
// stops a day each, care visits among them.
func (g *generator) fillUp() {
	if g.opt.Full <= 0 {
		return
	}
	s := newSource(g.opt.Seed, "full")
	visits := make([]float64, len(g.communities))  // care visits a week
	minutes := make([]float64, len(g.communities)) // and what they take at the door
	for i := range g.residents {
		r := &g.residents[i]
		n := weeklyVisits(r)
		visits[r.where.community] += n
		minutes[r.where.community] += n * float64(r.minutes+1) // a minute is lost to whole minutes
	}
	g.visitors = nil
	for ci := range g.communities {
		// Two to three care visits a day each, five days a week.
		n := max(2, int(math.Round(visits[ci]/12.5)))
		homes := g.homesOf(ci)
		var staff []int
		for k := range n {
			gi := k * len(g.communities[ci].grids) / n
			v := visitor{
				id: fmt.Sprintf("V%05d", len(g.visitors)+1), name: person(s), phone: phone(len(g.visitors)), kind: "grid_worker", tier: planner.TierGrid,
				scope: []string{g.communities[ci].code}, at: g.officeOf(ci, gi, homes), community: ci, grid: -1, town: g.communities[ci].town,
			}
			// Their two days off move on from one to the next, so that
			// somebody is there every day.
			for d := range 7 {
				if off := k * 5 % 7; d != (off+5)%7 && d != (off+6)%7 {
					v.shifts = append(v.shifts, span(d+1, 8*60+30, 210), span(d+1, 13*60+30, 270))
				}
			}
			staff = append(staff, len(g.visitors))
			g.visitors = append(g.visitors, v)
		}
		if len(homes) == 0 {
			continue
		}
		// As many points as make seven stops a day, each three to five times a
		// week and as long as fills the day; fewer where the ways are long.
		walk := g.walkPerStop(s, homes, g.visitors[staff[0]].at)
		left := float64(g.opt.Full)/100*float64(n*5*480) - minutes[ci] - walk*visits[ci]
		stops := min(float64(n*5)*7-visits[ci], left/(15+walk))
		if stops < 4 {
			continue
		}
		points := int(stops / 4)
		each := int(left/float64(4*points)-walk) - 1
		first := s.intn(len(homes))
		for k := range points {
			h := homes[(first+k*len(homes)/points)%len(homes)]
			b := &g.buildings[h]
			perWeek := 3 + k%3
			t := task{
				kind: "patrol", what: pick(s, patrolPlaces), resident: -1, at: b.at, grid: g.communities[ci].grids[b.where.grid].code,
				minutes: each - 3 + s.intn(7), rule: fmt.Sprintf("每周%d次", perWeek), kinds: "grid_worker",
			}
			g.addPoint(t, perWeek)
		}
	}
	g.hired = len(g.visitors)
}

// walkPerStop is the minutes of walking for one of seven stops in a day.
func (g *generator) walkPerStop(s *source, homes []int, from vec) float64 {
	const days, stops = 40, 7
	total := 0
	for range days {
		spots := make([]vec, stops)
		for k := range spots {
			spots[k] = g.buildings[pick(s, homes)].at
		}
		total += walkOf(from, spots)
	}
	// A plan chooses who shares a day; where homes lie far apart that saves less
	// of the way, and streets go round more.
	each := float64(total) / (days * stops)
	return each * min(.9, max(.66, .58+.008*each))
}

// weeklyVisits is what the reference rules ask of a resident in a week.
func weeklyVisits(r *resident) float64 {
	switch {
	case r.grade == "red":
		return 3.5
	case r.grade == "yellow" || has(r.kinds, "lone_elder"):
		return 1
	case has(r.kinds, "child_in_difficulty"):
		return 2 / 4.35
	default:
		return 1 / 4.35
	}
}
