package vrp_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner/vrp"
)

// sound is a second, slower judge of solutions: it says whether one is right,
// not what is wrong, and looks at each demand on its own.
func sound(p *vrp.Problem, s *vrp.Solution) bool {
	type stop struct {
		vrp.Stop
		shift, takes int
	}
	all := []stop{}
	for k, r := range s.Routes {
		if r.Shift < 0 || r.Shift >= len(p.Shifts) || k > 0 && r.Shift <= s.Routes[k-1].Shift {
			return false
		}
		sh := p.Shifts[r.Shift]
		var visits []int
		rest := 0
		for _, st := range r.Stops {
			if st.Client == vrp.None {
				// Breaks come one after the other.
				if st.Break != rest || rest >= len(sh.Breaks) {
					return false
				}
				rest++
				continue
			}
			if st.Client < 0 || st.Client >= len(p.Clients) {
				return false
			}
			visits = append(visits, st.Client)
		}
		if rest != len(sh.Breaks) || len(visits) == 0 || sh.MaxTasks > 0 && len(visits) > sh.MaxTasks {
			return false
		}
		if r.Depart < sh.From || r.End > sh.To || sh.MaxTime > 0 && r.End-r.Depart > sh.MaxTime || sh.Start == vrp.None && r.Depart != r.Stops[0].Begin {
			return false
		}
		for dim, most := range sh.Capacity {
			for at := range len(visits) + 1 {
				load := int32(0)
				for j, i := range visits {
					if c := p.Clients[i]; j >= at && dim < len(c.Deliver) {
						load += c.Deliver[dim]
					}
					if c := p.Clients[i]; j < at && dim < len(c.Pickup) {
						load += c.Pickup[dim]
					}
				}
				if load > most {
					return false
				}
			}
		}
		// Between any two events lies at least what is done between them.
		type event struct {
			begin, takes int32
			place        int
			rest         bool
		}
		events := []event{{begin: r.Depart, place: sh.Start}}
		place := sh.Start
		for _, st := range r.Stops {
			if st.Client == vrp.None {
				events = append(events, event{st.Begin, sh.Breaks[st.Break].Service, 0, true})
				if w := sh.Breaks[st.Break].Windows; w != nil && !slices.ContainsFunc(w, func(w vrp.Window) bool { return st.Begin >= w.From && st.Begin <= w.To }) {
					return false
				}
				continue
			}
			c := p.Clients[st.Client]
			takes := c.Service
			if c.Place != place {
				takes += c.Setup
			}
			place = c.Place
			events = append(events, event{st.Begin, takes, c.Place, false})
			if c.Windows != nil && c.Windows[sh.Day] != nil && !slices.ContainsFunc(c.Windows[sh.Day], func(w vrp.Window) bool { return st.Begin >= w.From && st.Begin <= w.To }) {
				return false
			}
			if c.Who != nil && !slices.ContainsFunc(c.Who, func(w vrp.Choice) bool { return w.Worker == sh.Worker }) {
				return false
			}
			all = append(all, stop{st, r.Shift, 0})
		}
		events = append(events, event{begin: r.End, place: sh.End})
		travel := int32(0)
		for a := range events {
			if a > 0 && events[a].begin < events[a-1].begin+events[a-1].takes {
				return false
			}
			if events[a].rest {
				continue
			}
			// The next that is a place, and the breaks before it.
			rests := int32(0)
			for _, b := range events[a+1:] {
				if b.rest {
					rests += b.takes
					continue
				}
				way := int32(0)
				if events[a].place != vrp.None && b.place != vrp.None {
					way = p.Profiles[sh.Profile].Time[events[a].place][b.place]
				}
				if way < 0 || b.begin < events[a].begin+events[a].takes+rests+way {
					return false
				}
				travel += way
				break
			}
		}
		if sh.MaxTravel > 0 && travel > sh.MaxTravel {
			return false
		}
	}
	for w := range p.Workers {
		for d := range p.Days {
			n := 0
			for _, st := range all {
				if sh := p.Shifts[st.shift]; sh.Worker == w && sh.Day == d {
					n++
				}
			}
			if most := p.Workers[w].MaxTasks; most > 0 && n > most {
				return false
			}
		}
	}
	for i, c := range p.Clients {
		var days []int
		for d := range p.Days {
			var there []stop
			for _, st := range all {
				if st.Client == i && p.Shifts[st.shift].Day == d {
					there = append(there, st)
				}
			}
			if len(there) == 0 {
				continue
			}
			days = append(days, d)
			if len(there) != max(1, c.Crew) {
				return false
			}
			if c.Crew == 2 && (there[0].Begin != there[1].Begin || p.Shifts[there[0].shift].Worker == p.Shifts[there[1].shift].Worker) {
				return false
			}
		}
		if _, ok := c.Rule.Cost(days); !ok {
			return false
		}
	}
	return true
}

// mutate changes something in a solution at random.
func mutate(t *rapid.T, p *vrp.Problem, s *vrp.Solution) {
	num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	if len(s.Routes) == 0 {
		if len(p.Shifts) > 0 {
			s.Routes = append(s.Routes, vrp.Route{Shift: num("shift", 0, len(p.Shifts)-1), Stops: []vrp.Stop{{Client: num("client", 0, len(p.Clients)-1)}}})
		}
		return
	}
	r := &s.Routes[num("route", 0, len(s.Routes)-1)]
	if len(r.Stops) == 0 {
		return
	}
	at := num("stop", 0, len(r.Stops)-1)
	by := int32(num("by", 1, 4))
	if num("less", 0, 1) == 0 {
		by = -by
	}
	switch num("mutation", 0, 9) {
	case 0:
		r.Depart += by
	case 1:
		r.End += by
	case 2:
		r.Stops[at].Begin += by
	case 3: // all of the route later
		r.Depart += by
		r.End += by
		for k := range r.Stops {
			r.Stops[k].Begin += by
		}
	case 4:
		r.Stops = slices.Delete(r.Stops, at, at+1)
	case 5:
		r.Stops = slices.Insert(r.Stops, at, r.Stops[at])
	case 6:
		r.Stops[at].Client = num("other client", 0, len(p.Clients)-1)
	case 7:
		r.Shift = num("other shift", 0, len(p.Shifts)-1)
	case 8:
		k := num("other stop", 0, len(r.Stops)-1)
		r.Stops[at], r.Stops[k] = r.Stops[k], r.Stops[at]
	case 9:
		r.Stops[at].Break = num("other break", 0, 2)
	}
}

func TestCheckAgreesWithASecondJudge(t *testing.T) {
	right, wrong := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := tinyProblem(t, tinyOptions{windows: true, loads: true, crews: true, kept: true, breaks: true, waits: true, limits: true})
		s, _, err := vrp.Solve(t.Context(), p, vrp.Options{Iterations: 20})
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 2).Draw(t, "mutations") {
			mutate(t, p, s)
		}
		_, found := vrp.Check(p, s)
		if want := sound(p, s); want != (len(found) == 0) {
			t.Fatalf("the second judge says %v, Check found %v in %+v", want, found, s)
		}
		if len(found) == 0 {
			right++
		} else {
			wrong++
		}
	})
	if wrong == 0 || right == 0 {
		t.Errorf("%d solutions were right, %d wrong: want some of both", right, wrong)
	}
}
