package planner_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/planner"
)

// strangeWays draws a day of a few doors of which some must be knocked at and
// the others may be passed, with ways that need not be the shortest: the way
// round may be shorter, or the only one.
func strangeWays(t *rapid.T) *planner.Problem {
	num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	const grid = "510199001001001"
	start := planner.NewDate(2026, 12, 7) // a Monday
	p := &planner.Problem{Start: start, Days: 1, TimeZone: "Asia/Shanghai"}
	m := planner.Matrix{Block: grid[:12]}
	for i := range num("visitors", 1, 2) {
		v := planner.Visitor{
			ID: fmt.Sprintf("v%d", i), Tier: planner.TierGrid, Scope: []string{grid},
			Shifts: []planner.Shift{{Weekday: 1, From: 540, To: planner.Clock(540 + num("shift", 10, 90))}},
		}
		if num("home", 0, 1) == 1 {
			v.End = &orb.Point{}
		}
		if num("bounded", 0, 3) == 0 {
			v.Capacity = num("capacity", 1, 3)
		}
		p.Visitors = append(p.Visitors, v)
		m.Locations = append(m.Locations, v.ID)
	}
	for i := range num("doors", 1, 4) {
		to := start
		if num("may wait", 0, 2) == 0 {
			to += 5
		}
		k := planner.Task{
			ID: fmt.Sprintf("t%d", i), Kind: "door", Location: orb.Point{104, 30}, Grid: grid, Block: m.Block, Minutes: num("minutes", 1, 30),
			Rules: []planner.Policy{{Once: true, From: &start, To: &to}},
		}
		if num("hours", 0, 3) == 0 {
			from := planner.Clock(540 + num("opens", 0, 60))
			k.Hours = []planner.Shift{{Weekday: 1, From: from, To: from + planner.Clock(num("open", 0, 30))}}
		}
		p.Tasks = append(p.Tasks, k)
		m.Locations = append(m.Locations, k.ID)
	}
	for i := range m.Locations {
		row := make([]int32, len(m.Locations))
		for j := range row {
			switch {
			case i == j:
			case num("way", 0, 5) == 0:
				row[j] = -1
			default:
				row[j] = int32(num("walk", 0, 2700))
			}
		}
		m.Seconds = append(m.Seconds, row)
	}
	p.Matrices = []planner.Matrix{m}
	if num("snow", 0, 3) == 0 {
		p.Slow = []planner.Slow{{From: start, To: start, Percent: num("percent", 100, 200)}}
	}
	if num("later", 0, 2) == 0 {
		p.Now = &planner.Moment{Date: start, Clock: planner.Clock(540 + num("now", 0, 40))}
		if at := p.Now.Clock - planner.Clock(num("made before", 1, 30)); num("made", 0, 1) == 1 && at >= 541 {
			p.Made = []planner.Made{{Task: "t0", Visitor: "v0", Date: start, Arrive: at - 1, Leave: at}}
		}
	}
	return p
}

// canBeDone tries every order of doors for every visitor: can those be
// knocked at that must?
func canBeDone(p *planner.Problem) bool {
	m := p.Matrices[0]
	percent := int32(100)
	for _, s := range p.Slow {
		percent = int32(s.Percent)
	}
	way := func(a, b int) (int, bool) {
		s := m.Seconds[a][b]
		return int((s*percent+99)/100+59) / 60, s >= 0
	}
	door := func(task int) int { return len(p.Visitors) + task }
	done, must := 0, 0
	for _, made := range p.Made {
		done |= 1 << slices.IndexFunc(p.Tasks, func(k planner.Task) bool { return k.ID == made.Task })
	}
	for i := range p.Tasks {
		if *p.Tasks[i].Rules[0].To == p.Start {
			must |= 1 << i
		}
	}
	var begin func(visitor, done int) bool
	var next func(visitor, at, clock, left, done int) bool
	begin = func(visitor, done int) bool {
		if visitor == len(p.Visitors) {
			return done&must == must
		}
		v := &p.Visitors[visitor]
		at, clock, left := visitor, int(v.Shifts[0].From), 99
		if v.Capacity > 0 {
			left = v.Capacity
		}
		for _, made := range p.Made {
			if made.Visitor == v.ID {
				at, clock, left = door(slices.IndexFunc(p.Tasks, func(k planner.Task) bool { return k.ID == made.Task })), int(made.Leave), left-1
			}
		}
		return begin(visitor+1, done) || next(visitor, at, clock, left, done)
	}
	next = func(visitor, at, clock, left, done int) bool {
		v := &p.Visitors[visitor]
		for i := range p.Tasks {
			k := &p.Tasks[i]
			n, ok := way(at, door(i))
			if done>>i&1 == 1 || !ok || left == 0 {
				continue
			}
			arrive := clock + n
			if p.Now != nil {
				arrive = max(arrive, int(p.Now.Clock))
			}
			if len(k.Hours) > 0 {
				if arrive = max(arrive, int(k.Hours[0].From)); arrive > int(k.Hours[0].To) {
					continue
				}
			}
			leave, home := arrive+k.Minutes, 0
			if v.End != nil {
				home, ok = way(door(i), visitor)
			}
			if ok && leave+home <= int(v.Shifts[0].To) && begin(visitor+1, done|1<<i) {
				return true
			}
			if leave <= int(v.Shifts[0].To) && next(visitor, door(i), leave, left-1, done|1<<i) {
				return true
			}
		}
		return false
	}
	return begin(0, done)
}

func TestNothingIsProvenShortThatSomeOrderOfDoorsCanDo(t *testing.T) {
	proofs, can := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := strangeWays(t)
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		plan := &planner.Plan{Start: p.Start, Days: p.Days}
		for _, k := range p.Made {
			plan.Itineraries = append(plan.Itineraries, planner.Itinerary{
				Visitor: k.Visitor, Date: k.Date, Block: p.Matrices[0].Block, Depart: k.Arrive,
				Stops: []planner.Stop{{Task: k.Task, Arrive: k.Arrive, Leave: k.Leave, DueBy: k.Date}},
			})
		}
		plan.Unplanned = planner.Explain(p, plan)
		plan.Shortages = planner.Shortages(p, plan)
		for _, v := range planner.Check(p, plan) {
			t.Errorf("check: %s: %s", v.Code, v.Detail)
		}
		done := canBeDone(p)
		if done {
			can++
		}
		if len(plan.Shortages) == 0 {
			return
		}
		proofs++
		if done {
			t.Errorf("some order does it all, and yet %s", plan.Shortages[0].String())
		}
	})
	if proofs < 10 || can < 10 {
		t.Errorf("%d proofs, %d that can be done", proofs, can)
	}
}
