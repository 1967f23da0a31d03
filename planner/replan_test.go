package planner_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/internal/fixed"
	"sanse/planner/internal/sample"
)

// inForce is a problem of three communities, with visitors who work for all of
// them, and its published plan, without lapses.
func inForce(t testing.TB) (*planner.Problem, *planner.Plan) {
	t.Helper()
	p := sample.Problem(sample.Config{Seed: 4, Blocks: 3, Residents: 25, Visitors: 16, Wide: 4})
	plan, _ := solve(t, p, planner.Options{Iterations: 100})
	if len(plan.Unplanned) > 0 {
		t.Fatalf("the plan to begin with leaves %d visits out", len(plan.Unplanned))
	}
	return p, plan
}

// changed returns a copy of the problem whose lists can be changed.
func changed(p *planner.Problem) *planner.Problem {
	q := *p
	q.Residents, q.Visitors, q.Matrices = slices.Clone(p.Residents), slices.Clone(p.Visitors), slices.Clone(p.Matrices)
	for i := range q.Visitors {
		q.Visitors[i].DaysOff = slices.Clone(q.Visitors[i].DaysOff)
	}
	return &q
}

// pass lets time go by until a moment: what was planned before is made as
// planned, a visit under way as far as it is, but for what is left out.
func pass(p *planner.Problem, plan *planner.Plan, now planner.Moment, left func(planner.Made) bool) {
	p.Now = &now
	for _, it := range plan.Itineraries {
		for _, st := range it.Stops {
			if it.Date > now.Date || it.Date == now.Date && st.Arrive >= now.Clock {
				continue
			}
			m := planner.Made{Resident: st.Resident, Task: st.Task, Visitor: it.Visitor, Date: it.Date, Arrive: st.Arrive, Leave: st.Leave}
			if it.Date == now.Date {
				m.Leave = min(m.Leave, now.Clock)
			}
			if m.Task != "" {
				m.Resident = ""
			}
			if left == nil || !left(m) {
				p.Made = append(p.Made, m)
			}
		}
	}
}

// again plans anew and checks what comes of it.
func again(t testing.TB, p *planner.Problem, published *planner.Plan) (*planner.Plan, planner.Moved) {
	t.Helper()
	plan, moved, _, err := planner.Replan(t.Context(), p, published, planner.Options{Iterations: 100})
	if err != nil {
		t.Fatalf("replan: %v", err)
	}
	for i, v := range planner.Check(p, plan) {
		if i == 5 {
			break
		}
		t.Errorf("check: %+v", v)
	}
	return plan, moved
}

// bytesOf writes the itineraries of all blocks but those named.
func bytesOf(t interface{ Fatal(...any) }, plan *planner.Plan, but ...string) string {
	part := *plan
	part.Cost, part.Shortages = nil, nil
	part.Itineraries = slices.DeleteFunc(slices.Clone(plan.Itineraries), func(i planner.Itinerary) bool { return slices.Contains(but, i.Block) })
	var b bytes.Buffer
	if err := planner.WritePlan(&b, &part); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// find returns the first itinerary that is wanted.
func find(t testing.TB, plan *planner.Plan, want func(*planner.Itinerary) bool) *planner.Itinerary {
	t.Helper()
	for i := range plan.Itineraries {
		if want(&plan.Itineraries[i]) {
			return &plan.Itineraries[i]
		}
	}
	t.Fatal("the plan has no such itinerary")
	return nil
}

func TestWhatIsNotTouchedIsKeptToTheLetter(t *testing.T) {
	p, published := inForce(t)
	plan, moved := again(t, p, published)
	var a, b bytes.Buffer
	if err := errors.Join(planner.WritePlan(&a, published), planner.WritePlan(&b, plan)); err != nil {
		t.Fatal(err)
	}
	if a.String() != b.String() {
		t.Errorf("nothing happened, and the plan is another:\n%s", cmp.Diff(published, plan))
	}
	if want := (planner.MovedCounts{Kept: moved.Kept}); moved.MovedCounts != want || moved.Kept == 0 || len(moved.Blocks)+len(moved.Visitors)+len(moved.Visits) > 0 {
		t.Errorf("nothing happened, and this moved: %+v", moved)
	}
	// The same on every day of the plan, at night and at noon.
	for d := range p.Days {
		q := changed(p)
		pass(q, published, planner.Moment{Date: p.Start + planner.Date(d), Clock: planner.Clock(d % 2 * 8 * 60)}, nil)
		plan, moved := again(t, q, published)
		if bytesOf(t, plan) != bytesOf(t, published) || len(moved.Visits) > 0 {
			t.Errorf("all went as planned until day %d, and the plan is another: %+v\n%s", d, moved.Visits, cmp.Diff(published, plan))
		}
	}
}

func TestAShiftUnderWayGoesOn(t *testing.T) {
	p, published := inForce(t)
	long := find(t, published, func(i *planner.Itinerary) bool { return i.Date > p.Start+4 && len(i.Stops) > 2 })
	q := changed(p)
	pass(q, published, planner.Moment{Date: long.Date, Clock: long.Stops[0].Leave}, nil)
	if plan, moved := again(t, q, published); len(moved.Visits) > 0 || !slices.ContainsFunc(plan.Itineraries, func(i planner.Itinerary) bool { return cmp.Equal(i, *long) }) {
		t.Errorf("all went as planned, and this moved: %+v", moved.Visits)
	}
	// The first visit began two minutes late: the walk is cut in two.
	late := changed(q)
	late.Made = slices.Clone(q.Made)
	late.Made[slices.IndexFunc(late.Made, func(m planner.Made) bool { return m.Resident == long.Stops[0].Resident && m.Date == long.Date })].Arrive += 2
	plan, moved := again(t, late, published)
	var parts []planner.Itinerary
	for _, it := range plan.Itineraries {
		if it.Visitor == long.Visitor && it.Date == long.Date {
			parts = append(parts, it)
		}
	}
	if len(moved.Visits) > 0 || len(parts) != 2 || cmp.Diff(long.Stops[1:], parts[1].Stops) != "" || parts[1].Depart < q.Now.Clock {
		t.Errorf("want the walk cut in two at %s:\n%+v\ngot %+v\nmoved %+v", q.Now.Clock, long, parts, moved.Visits)
	}
	// The visitor falls ill at that moment.
	v := visitor(q, long.Visitor)
	v.DaysOff = append(v.DaysOff, long.Date)
	plan, moved = again(t, q, published)
	if moved.Visitor+moved.Day < len(long.Stops)-1 || moved.Missed != 0 || len(plan.Unplanned) > 0 {
		t.Errorf("what is left of the walk is to move: %+v, %d left out", moved.MovedCounts, len(plan.Unplanned))
	}
}

func TestAPlanGoesOnWhateverHappens(t *testing.T) {
	p, published := inForce(t)
	tenth := planner.Moment{Date: p.Start + 9}
	busy := find(t, published, func(i *planner.Itinerary) bool { return i.Date == p.Start+14 && len(i.Stops) > 1 })
	past := find(t, published, func(i *planner.Itinerary) bool { return i.Date == p.Start+7 })
	next := find(t, published, func(i *planner.Itinerary) bool {
		return i.Date > tenth.Date && resident(p, i.Stops[0].Resident).Grade == "blue" && len(resident(p, i.Stops[0].Resident).Kinds) == 0
	})
	blue := func() *planner.Resident {
		return &p.Residents[slices.IndexFunc(p.Residents, func(r planner.Resident) bool { return r.Grade == "blue" && len(r.Kinds) == 0 })]
	}()
	tests := []struct {
		name   string
		change func(q *planner.Problem)
		blocks []string // in which anything moves; nil: any
		holds  func(t *testing.T, plan *planner.Plan, m planner.Moved)
	}{
		{"a visitor is sick for a day", func(q *planner.Problem) {
			v := visitor(q, busy.Visitor)
			v.DaysOff = append(v.DaysOff, busy.Date)
		}, []string{busy.Block}, func(t *testing.T, _ *planner.Plan, m planner.Moved) {
			if n := m.Visitor + m.Day; n < len(busy.Stops) || n > 3*len(busy.Stops) || m.Dropped+m.Added > 0 {
				t.Errorf("%d visits were to be made that day, and this moved: %+v", len(busy.Stops), m.MovedCounts)
			}
			if v := m.Visitors; !slices.ContainsFunc(v, func(v planner.MovedVisitor) bool { return v.Visitor == busy.Visitor && v.Lost >= len(busy.Stops) }) {
				t.Errorf("who is sick has lost no visits: %+v", v)
			}
		}},
		{"a visitor resigns", func(q *planner.Problem) {
			pass(q, published, tenth, nil)
			v := visitor(q, busy.Visitor)
			for d := tenth.Date; d <= q.End(); d++ {
				v.DaysOff = append(v.DaysOff, d)
			}
		}, []string{busy.Block}, func(t *testing.T, plan *planner.Plan, _ planner.Moved) {
			if slices.ContainsFunc(plan.Itineraries, func(i planner.Itinerary) bool { return i.Visitor == busy.Visitor && i.Date >= tenth.Date }) {
				t.Error("who has left still has visits")
			}
		}},
		{"a visitor is not there any more", func(q *planner.Problem) {
			dismiss(q, busy.Visitor)
		}, []string{busy.Block}, nil},
		{"a resident turns red", func(q *planner.Problem) {
			pass(q, published, tenth, nil)
			regraded, err := q.Regraded(blue.ID, "red", tenth.Date)
			if err != nil {
				t.Fatal(err)
			}
			*q = *regraded
		}, []string{blue.Block}, func(t *testing.T, plan *planner.Plan, m planner.Moved) {
			if m.Added < 8 || m.Dropped+m.Missed > 0 {
				t.Errorf("a visit every second day for three weeks, and this moved: %+v", m.MovedCounts)
			}
			if k := m.Visitor + m.Day + m.Time; k > 5 {
				t.Errorf("%d visits of others moved", k)
			}
		}},
		{"a visit is missed", func(q *planner.Problem) {
			pass(q, published, tenth, func(m planner.Made) bool { return m.Resident == past.Stops[0].Resident && m.Date == past.Date })
		}, []string{past.Block}, func(t *testing.T, _ *planner.Plan, m planner.Moved) {
			if m.Missed != 1 || m.Kept == 0 {
				t.Errorf("one visit was missed, and this moved: %+v", m.MovedCounts)
			}
		}},
		{"a visit is made early", func(q *planner.Problem) {
			pass(q, published, tenth, nil)
			q.Made = append(q.Made, planner.Made{Resident: next.Stops[0].Resident, Visitor: next.Visitor, Date: tenth.Date - 1, Arrive: 20 * 60, Leave: 20*60 + 20})
		}, []string{next.Block}, func(t *testing.T, _ *planner.Plan, m planner.Moved) {
			if m.Early != 1 || m.Dropped+m.Missed > 0 {
				t.Errorf("one visit is not needed any more, and this moved: %+v", m.MovedCounts)
			}
		}},
		{"snow slows everybody", func(q *planner.Problem) {
			q.Slow = []planner.Slow{{From: p.Start + 10, To: p.Start + 11, Percent: 150}}
		}, nil, func(t *testing.T, _ *planner.Plan, m planner.Moved) {
			if m.Dropped > 0 || 10*(m.Day+m.Visitor) > m.Kept {
				t.Errorf("two days of snow, and this moved: %+v", m.MovedCounts)
			}
		}},
		{"a resident goes to hospital", func(q *planner.Problem) {
			pass(q, published, tenth, nil)
			resident(q, next.Stops[0].Resident).Absent = away(tenth.Date.String(), q.End().String())
		}, []string{next.Block}, func(t *testing.T, _ *planner.Plan, m planner.Moved) {
			if m.Dropped != 1 || m.Added > 0 {
				t.Errorf("one visit is not to be made, and this moved: %+v", m.MovedCounts)
			}
		}},
		{"a resident is not there any more", func(q *planner.Problem) {
			q.Residents = slices.DeleteFunc(q.Residents, func(r planner.Resident) bool { return r.ID == blue.ID })
		}, []string{blue.Block}, nil},
		{"there is a new resident", func(q *planner.Problem) {
			r := *resident(q, blue.ID)
			r.ID, r.Visits, r.LastVisit = "new", nil, nil
			q.Residents = append(q.Residents, r)
			for i := range q.Matrices {
				m := &q.Matrices[i]
				at := slices.Index(m.Locations, blue.ID)
				if at < 0 {
					continue
				}
				m.Locations = append(slices.Clone(m.Locations), "new")
				rows := make([][]int32, 0, len(m.Locations))
				for _, row := range m.Seconds {
					rows = append(rows, append(slices.Clone(row), row[at]))
				}
				m.Seconds = append(rows, slices.Clone(rows[at]))
			}
		}, []string{blue.Block}, func(t *testing.T, plan *planner.Plan, m planner.Moved) {
			if m.Added != 1 || m.Dropped+m.OtherPerson > 0 || m.Visits[slices.IndexFunc(m.Visits, func(v planner.MovedVisit) bool { return v.Kind == planner.MoveAdded })].Resident != "new" {
				t.Errorf("one resident more, and this moved: %+v", m.MovedCounts)
			}
		}},
		{"visits ran late", func(q *planner.Problem) {
			pass(q, published, tenth, nil)
			for i := range q.Made {
				q.Made[i].Arrive += 3
				q.Made[i].Leave += 3
			}
		}, []string{}, nil},
		{"a visit is promised", func(q *planner.Problem) {
			q.Locks = []planner.Lock{{Resident: busy.Stops[0].Resident, Date: busy.Date + 1}}
		}, []string{busy.Block}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := changed(p)
			tt.change(q)
			plan, m := again(t, q, published)
			if len(plan.Unplanned) > 0 {
				t.Errorf("left out: %+v", plan.Unplanned[0])
			}
			if tt.blocks != nil {
				if q.Now == nil && bytesOf(t, plan, tt.blocks...) != bytesOf(t, published, tt.blocks...) {
					t.Error("a block that is not touched has another plan")
				}
				for _, b := range m.Blocks {
					if !slices.Contains(tt.blocks, b.Block) {
						t.Errorf("moved in a block that is not touched: %+v", b)
					}
				}
			}
			sameMade(t, q, plan)
			if d := cmp.Diff(m, planner.Compare(q, published, plan)); d != "" {
				t.Errorf("what moved is told otherwise: %s", d)
			}
			if tt.holds != nil {
				tt.holds(t, plan, m)
			}
		})
	}
}

// sameMade fails the test unless the plan holds every visit made as it was.
func sameMade(t interface{ Errorf(string, ...any) }, p *planner.Problem, plan *planner.Plan) {
	for _, m := range p.Made {
		if !slices.ContainsFunc(plan.Itineraries, func(i planner.Itinerary) bool {
			return i.Visitor == m.Visitor && i.Date == m.Date && slices.ContainsFunc(i.Stops, func(s planner.Stop) bool {
				return (s.Task == m.Task && (m.Task != "" || s.Resident == m.Resident)) && s.Arrive == m.Arrive && s.Leave == m.Leave
			})
		}) {
			t.Errorf("the plan does not hold %+v", m)
		}
	}
}

// TestServicesAndPatrolsGoOnToo: a provider who works for all communities falls
// ill at noon, in a district with tasks of every kind.
func TestServicesAndPatrolsGoOnToo(t *testing.T) {
	p := sample.Problem(sample.Config{
		Seed: 3, Blocks: 4, Residents: 20, Visitors: 24, Wide: 3, Days: 21, Services: 25, Providers: 7, Patrols: 2, Doors: 6, Hours: 20, Pairs: 5, Snow: 2,
	})
	published, _ := solve(t, p, planner.Options{Iterations: 60})
	before := len(published.Unplanned)
	ill := find(t, published, func(i *planner.Itinerary) bool {
		return i.Date >= p.Start+6 && visitor(p, i.Visitor).Kind == "life-service-worker" && i.Stops[len(i.Stops)-1].Arrive > 12*60
	})
	q := changed(p)
	pass(q, published, planner.Moment{Date: ill.Date, Clock: 12 * 60}, nil)
	if plan, moved := again(t, q, published); len(moved.Visits) > 0 || len(plan.Unplanned) != before {
		t.Errorf("all went as planned, and this moved: %+v", moved.Visits)
	}
	v := visitor(q, ill.Visitor)
	v.DaysOff = append(v.DaysOff, ill.Date, ill.Date+1, ill.Date+2)
	plan, moved := again(t, q, published)
	sameMade(t, q, plan)
	if len(plan.Unplanned) > before+2 || moved.Visitor+moved.Day == 0 || moved.Missed > 0 || 20*len(moved.Visits) > moved.Kept {
		t.Errorf("three days without a provider: %+v, %d left out, %d before", moved.MovedCounts, len(plan.Unplanned), before)
	}
	for _, it := range plan.Itineraries {
		if it.Visitor == v.ID && it.Date > ill.Date && it.Date <= ill.Date+2 {
			t.Errorf("who is ill works on %s", it.Date)
		}
	}
}

func TestAPlanForOtherDaysIsNoPlanToGoOnFrom(t *testing.T) {
	p, published := inForce(t)
	q := changed(p)
	q.Start++
	if _, _, _, err := planner.Replan(t.Context(), q, published, planner.Options{}); !errors.Is(err, planner.ErrInvalid) {
		t.Errorf("error %v, want one that says that the days are others", err)
	}
	q = changed(p)
	q.Residents[0].Minutes = -1
	if _, _, _, err := planner.Replan(t.Context(), q, published, planner.Options{}); !errors.Is(err, planner.ErrInvalid) {
		t.Errorf("error %v, want that the problem is not valid", err)
	}
	empty := &planner.Plan{Start: p.Start, Days: p.Days}
	plan, moved := again(t, p, empty)
	if moved.Added == 0 || moved.Kept+moved.Day > 0 || len(plan.Unplanned) > 0 {
		t.Errorf("from an empty plan: %+v, %d left out", moved.MovedCounts, len(plan.Unplanned))
	}
}

// dismiss takes a visitor out of the problem, and of every team.
func dismiss(q *planner.Problem, id string) {
	q.Visitors = slices.DeleteFunc(q.Visitors, func(v planner.Visitor) bool { return v.ID == id })
	for i := range q.Residents {
		r := &q.Residents[i]
		r.Team = slices.DeleteFunc(slices.Clone(r.Team), func(v string) bool { return v == id })
	}
}

// TestWhateverHappensThePlanHolds: any problem, any plan in force, any moment, with
// whatever may have happened by then.
func TestWhateverHappensThePlanHolds(t *testing.T) {
	for _, tt := range []struct {
		name string
		any  func(*rapid.T) *planner.Problem
	}{
		{"with any rules", anyProblem},
		{"with work of every kind", func(t *rapid.T) *planner.Problem {
			num := func(name string, most int) int { return rapid.IntRange(0, most).Draw(t, name) }
			return sample.Problem(sample.Config{
				Seed: rapid.Uint64().Draw(t, "seed"), Days: 7 + num("days", 14), Blocks: 1 + num("blocks", 2), Residents: 3 + num("residents", 8),
				Visitors: 4 + num("visitors", 8), Wide: num("wide", 2), ShiftMinutes: 60 + num("minutes", 120), Services: num("services", 60),
				Providers: num("providers", 4), Patrols: num("patrols", 1), Doors: num("doors", 4), Hours: num("hours", 50), Pairs: num("pairs", 20), Snow: num("snow", 2),
			})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { whatever(t, tt.any(t)) })
			// What the search finds is told of problems that are the same each time.
			lapses, scratch := 0, 0
			fixed.Check(t, 50, func(t *rapid.T) {
				left, fresh := whatever(t, tt.any(t))
				lapses, scratch = lapses+left, scratch+fresh
			})
			t.Logf("%d visits are left out, %d by plans from scratch", lapses, scratch)
			if lapses > scratch+scratch/50+2 {
				t.Errorf("%d visits are left out, %d by plans from scratch", lapses, scratch)
			}
		})
	}
}

// whatever plans, lets something happen, plans again and checks what comes of
// it. It returns the visits left out, and those that a plan from scratch
// leaves out.
func whatever(t *rapid.T, p *planner.Problem) (left, fresh int) {
	o := planner.Options{Iterations: 30, Threads: 2}
	published, _, err := planner.Solve(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	q := happened(t, p, published)
	if err := q.Validate(); err != nil {
		t.Fatalf("drew a change that is not valid: %v", err)
	}
	plan, moved, _, err := planner.Replan(t.Context(), q, published, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range planner.Check(q, plan) {
		t.Errorf("check: %+v", v)
	}
	sameMade(t, q, plan)
	n := moved.Kept + moved.Time + moved.Visitor + moved.Day + moved.Added
	if have := len(daysFrom(q, plan)); n != have {
		t.Errorf("%d visits are told of, the plan has %d", n, have)
	}
	if n := moved.Kept + moved.Time + moved.Visitor + moved.Day + moved.Dropped + moved.Early; n != len(daysFrom(q, published)) {
		t.Errorf("%d visits of the published plan are told of, it has %d", n, len(daysFrom(q, published)))
	}
	// Going on from the new plan changes nothing.
	twice, moved, _, err := planner.Replan(t.Context(), q, plan, o)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(plan.Unplanned, func(u planner.Unplanned) bool { return u.Reason == planner.ReasonSearchGap }) {
		if a, b := bytesOf(t, plan), bytesOf(t, twice); a != b || len(moved.Visits) != moved.Missed {
			t.Errorf("nothing happened since, and the plan is another: %+v\n%s", moved.MovedCounts, cmp.Diff(plan.Itineraries, twice.Itineraries))
		}
	}
	scratch, _, err := planner.Solve(t.Context(), q, o)
	if err != nil {
		t.Fatal(err)
	}
	return len(plan.Unplanned), len(scratch.Unplanned)
}

// happened draws what has happened to a problem since its plan was published.
func happened(t *rapid.T, p *planner.Problem, published *planner.Plan) *planner.Problem {
	q := changed(p)
	num := func(name string, most int) int { return rapid.IntRange(0, most).Draw(t, name) }
	day := func(name string) planner.Date { return p.Start + planner.Date(num(name, p.Days-1)) }
	if num("later", 1) == 1 {
		pass(q, published, planner.Moment{Date: day("now"), Clock: planner.Clock(num("at", 20*60))}, func(planner.Made) bool { return num("missed", 9) == 9 })
		slices.SortStableFunc(q.Made, func(a, b planner.Made) int { return int(a.Date-b.Date)*2000 + int(a.Arrive-b.Arrive) })
	}
	if len(q.Visitors) > 0 {
		v := &q.Visitors[num("sick", len(q.Visitors)-1)]
		for range num("days", 3) {
			v.DaysOff = append(v.DaysOff, day("off"))
		}
		if q.Now == nil && num("resigns", 4) == 4 {
			dismiss(q, q.Visitors[num("who", len(q.Visitors)-1)].ID)
		}
	}
	if len(q.Residents) > 0 {
		r := &q.Residents[num("resident", len(q.Residents)-1)]
		switch num("happens", 5) {
		case 0:
			from := day("away from")
			r.Absent = append(slices.Clone(r.Absent), planner.DateRange{From: from, To: from + planner.Date(num("away for", 9))})
		case 1:
			r.Minutes += num("longer", 20)
		case 2:
			r.Grade = map[string]string{"red": "yellow"}[r.Grade]
			if r.Grade == "" {
				r.Grade = "red"
			}
		case 3:
			q.Slow = append(slices.Clone(q.Slow), planner.Slow{From: day("snow"), To: q.End(), Percent: 100 + num("percent", 100)})
		}
	}
	return q
}

// daysFrom lists the visits of a plan from Now on: two visitors at a door are
// one.
func daysFrom(p *planner.Problem, plan *planner.Plan) map[string]bool {
	out := map[string]bool{}
	for _, it := range plan.Itineraries {
		for _, st := range it.Stops {
			if p.Now == nil || it.Date > p.Now.Date || it.Date == p.Now.Date && st.Arrive >= p.Now.Clock {
				out[fmt.Sprint(st.Resident, "|", st.Task, "|", it.Date)] = true
			}
		}
	}
	return out
}

// BenchmarkReplan plans again after one visitor's sick day in a district of the
// size of the demo: 83 communities, 2,400 residents, 5,000 visitors, a month.
func BenchmarkReplan(b *testing.B) {
	p := sample.Problem(sample.Config{Blocks: 83, Wide: 20})
	published, _, err := planner.Solve(b.Context(), p, planner.Options{Iterations: 50})
	if err != nil {
		b.Fatal(err)
	}
	n, before := 0, processorTime(b)
	for b.Loop() {
		n += 97
		it := &published.Itineraries[n%len(published.Itineraries)]
		q := changed(p)
		v := visitor(q, it.Visitor)
		v.DaysOff = append(v.DaysOff, it.Date)
		if _, _, stats, err := planner.Replan(b.Context(), q, published, planner.Options{}); err != nil || stats.Blocks == 0 {
			b.Fatal(stats, err)
		}
	}
	b.ReportMetric(float64((processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

// processorTime is what the process has used of all processors: what others do
// on the machine does not count.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
