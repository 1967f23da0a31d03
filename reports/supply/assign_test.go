package supply_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/reports/supply"
)

func assign(t interface{ Fatal(...any) }, p *supply.Problem) *supply.Assignment {
	a, err := supply.Assign(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := supply.Check(p, a); len(wrong) > 0 {
		t.Fatal(wrong, p, a)
	}
	return a
}

func TestSomebodyMakesWayForWhoHasNoOtherChoice(t *testing.T) {
	// The first would rather go to 0, but the second can go nowhere else.
	p := &supply.Problem{Weight: []int64{1, 1}, Capacity: []int64{1, 1}, Ways: waysOf([]int32{0, 10, 1, 500}, []int32{0, 800})}
	a := assign(t, p)
	if a.Served != 2 || a.Cost != 1300 || !slices.Equal(a.Flow, []int64{0, 1, 1}) {
		t.Errorf("got %+v", a)
	}
}

func TestTheLessWalkIsTakenWhereEverybodyGetsAPlace(t *testing.T) {
	p := &supply.Problem{Weight: []int64{3, 3}, Capacity: []int64{4, 4}, Ways: waysOf([]int32{0, 10, 1, 20}, []int32{0, 5, 1, 100})}
	if a := assign(t, p); a.Cost != 3*5+10+2*20 || a.Served != 6 {
		t.Errorf("got %+v", a)
	}
}

func TestWhoHasNoPlaceIsOnPaperOrBeyond(t *testing.T) {
	p := &supply.Problem{Weight: []int64{5, 2, 4}, Capacity: []int64{3, 0}, Ways: waysOf([]int32{0, 10}, nil, []int32{1, 7})}
	a := assign(t, p)
	if a.Served != 3 || a.OnPaper != 2+4 || a.Beyond != 2 || !slices.Equal(a.Left, []int64{2, 2, 4}) {
		t.Errorf("got %+v", a)
	}
}

func TestClassesAreServedInTheirOrderHoweverFarTheyWalk(t *testing.T) {
	p := &supply.Problem{
		Weight: []int64{1, 1, 1}, Class: []uint8{2, 0, 1}, Capacity: []int64{1, 1},
		Ways: waysOf([]int32{0, 0, 1, 0}, []int32{0, 900}, []int32{0, 5, 1, 900}),
	}
	if a := assign(t, p); !slices.Equal(a.Left, []int64{1, 0, 0}) {
		t.Errorf("red and yellow are to have the places: %+v", a)
	}
}

func TestAnUnknownCapacityLimitsNobody(t *testing.T) {
	p := &supply.Problem{Weight: []int64{50, 1}, Capacity: []int64{supply.Unknown, 1}, Ways: waysOf([]int32{0, 800, 1, 10}, []int32{1, 5})}
	if a := assign(t, p); a.Served != 51 || a.NoData != 50 || a.Price[0] != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestTheNearestIsNotEnoughWhenItIsFull(t *testing.T) {
	p := &supply.Problem{Weight: []int64{4, 1}, Capacity: []int64{2, 5}, Ways: waysOf([]int32{0, 10, 1, 600}, nil)}
	n, err := supply.Nearest(p)
	if err != nil {
		t.Fatal(err)
	}
	if n.Served != 2 || n.OnPaper != 2 || n.Beyond != 1 || n.Taken[0] != 4 {
		t.Errorf("nearest: %+v", n)
	}
	if a := assign(t, p); a.Served != 4 || a.OnPaper != 0 {
		t.Errorf("assigned: %+v", a)
	}
}

func TestNobodyAndNoFacilityAreProblemsToo(t *testing.T) {
	for _, p := range []*supply.Problem{
		{Ways: supply.Ways{First: []int{0}}},
		{Weight: []int64{3}, Ways: waysOf(nil)},
		{Capacity: []int64{3, 0}, Ways: supply.Ways{First: []int{0}}},
	} {
		if a := assign(t, p); a.Served != 0 {
			t.Errorf("got %+v", a)
		}
		if _, err := supply.Nearest(p); err != nil {
			t.Error(err)
		}
		if _, err := supply.Floating(p, supply.TwoStep(900)); err != nil {
			t.Error(err)
		}
	}
}

// best tries everything for people one by one: the most served by class, then the
// least walk.
func best(p *supply.Problem) (served []int, cost int64) {
	room := slices.Clone(p.Capacity)
	var people []int
	for d, n := range p.Weight {
		for range n {
			people = append(people, d)
		}
	}
	now := make([]int, 3)
	var walk int64
	better := func() bool {
		if served == nil {
			return true
		}
		for c := range now {
			if now[c] != served[c] {
				return now[c] > served[c]
			}
		}
		return walk < cost
	}
	var try func(i int)
	try = func(i int) {
		if i == len(people) {
			if better() {
				served, cost = slices.Clone(now), walk
			}
			return
		}
		d, class := people[i], uint8(0)
		if p.Class != nil {
			class = p.Class[d]
		}
		for e := p.Ways.First[d]; e < p.Ways.First[d+1]; e++ {
			j := p.Ways.Facility[e]
			if room[j] == 0 {
				continue
			}
			if room[j] > 0 {
				room[j]--
			}
			now[class]++
			walk += int64(p.Ways.Cost[e])
			try(i + 1)
			walk -= int64(p.Ways.Cost[e])
			now[class]--
			if p.Capacity[j] != supply.Unknown {
				room[j]++
			}
		}
		try(i + 1)
	}
	try(0)
	return served, cost
}

func TestNoAssignmentIsBetterThanTheOneFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, 4, 3, 30)
		for d := range p.Weight {
			p.Weight[d] = min(p.Weight[d], 2)
		}
		a := assign(t, p)
		served, cost := best(p)
		got := make([]int, 3)
		for d, n := range p.Weight {
			class := uint8(0)
			if p.Class != nil {
				class = p.Class[d]
			}
			got[class] += int(n - a.Left[d])
		}
		if !slices.Equal(got, served) || a.Cost != cost {
			t.Fatalf("got %v served at %d, best is %v at %d: %+v", got, a.Cost, served, cost, p)
		}
	})
}

// city is a made-up city: people on a square of so many metres, facilities that
// have places for a part of them, ways of up to 15 minutes at 1 m/s.
func city(demands, facilities int, side float64, places int64, seed uint64) *supply.Problem {
	r := rand.New(rand.NewPCG(seed, 1))
	p := &supply.Problem{Weight: make([]int64, demands), Class: make([]uint8, demands), Capacity: make([]int64, facilities)}
	type point struct{ x, y float64 }
	at := make([]point, facilities)
	for j := range at {
		at[j] = point{side * r.Float64(), side * r.Float64()}
		p.Capacity[j] = r.Int64N(2*places + 1)
	}
	lists := make([][]int32, demands)
	for d := range lists {
		p.Weight[d], p.Class[d] = 1+r.Int64N(20), uint8(r.IntN(3))
		x, y := side*r.Float64(), side*r.Float64()
		for j, f := range at {
			if s := 1.3 * (max(x-f.x, f.x-x) + max(y-f.y, f.y-y)); s <= 900 {
				lists[d] = append(lists[d], int32(j), int32(s))
			}
		}
	}
	p.Ways = waysOf(lists...)
	return p
}

func TestALargerAssignmentPassesItsCheck(t *testing.T) {
	for seed := range uint64(4) {
		p := city(3000, 30, 3000, []int64{300, 1000, 1200, 3000}[seed], seed)
		a := assign(t, p)
		if a.Served == 0 || a.OnPaper == 0 && seed < 2 {
			t.Errorf("seed %d: %d served, %d on paper", seed, a.Served, a.OnPaper)
		}
	}
}

func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	p := &supply.Problem{Weight: []int64{2, 1}, Capacity: []int64{1, 5}, Ways: waysOf([]int32{0, 10, 1, 500}, []int32{0, 20})}
	for _, c := range []struct {
		name string
		harm func(*supply.Assignment)
		want string
	}{
		{"flow", func(a *supply.Assignment) { a.Flow[1]-- }, "said to have no place"},
		{"negative", func(a *supply.Assignment) { a.Flow[0], a.Flow[1] = -1, 3 }, "on way 0"},
		{"crowd", func(a *supply.Assignment) { a.Flow[0], a.Flow[1] = 1, 1; a.Taken[0]++; a.Taken[1]-- }, "of 1"},
		{"taken", func(a *supply.Assignment) { a.Taken[1] = 4 }, "said to be taken"},
		{"price", func(a *supply.Assignment) { a.Price[0] = -1 }, "below 0"},
		{"free", func(a *supply.Assignment) { a.Price[1] = 3 }, "places are left"},
		{"cheap", func(a *supply.Assignment) { a.Price[0] = 0 }, "better off elsewhere"},
		{"cost", func(a *supply.Assignment) { a.Cost++ }, "said to be"},
		{"short", func(a *supply.Assignment) { a.Flow = a.Flow[1:] }, "do not fit"},
	} {
		a := assign(t, p)
		c.harm(a)
		if wrong := supply.Check(p, a); !strings.Contains(strings.Join(wrong, "\n"), c.want) {
			t.Errorf("%s: the check says %q, want %q", c.name, wrong, c.want)
		}
	}
	// A worse assignment that is possible has no prices that prove it.
	q := &supply.Problem{Weight: []int64{1}, Capacity: []int64{1, 1}, Ways: waysOf([]int32{0, 10, 1, 20})}
	for _, worse := range []*supply.Assignment{
		{Flow: []int64{0, 1}, Left: []int64{0}, Taken: []int64{0, 1}, Price: []int64{0, 0}, Served: 1, Cost: 20},
		{Flow: []int64{0, 0}, Left: []int64{1}, Taken: []int64{0, 0}, Price: []int64{0, 0}, OnPaper: 1},
	} {
		if len(supply.Check(q, worse)) == 0 {
			t.Errorf("%+v passes", worse)
		}
	}
}

func TestProblemsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, c := range []struct {
		p    supply.Problem
		want string
	}{
		{supply.Problem{}, "do not fit"},
		{supply.Problem{Weight: []int64{-1}, Ways: waysOf(nil)}, "demand 0: its weight -1"},
		{supply.Problem{Weight: []int64{1}, Class: []uint8{1, 2}, Ways: waysOf(nil)}, "2 classes"},
		{supply.Problem{Weight: []int64{1}, Capacity: []int64{-2}, Ways: waysOf(nil)}, "facility 0: its capacity -2"},
		{supply.Problem{Weight: []int64{1}, Capacity: []int64{1}, Ways: waysOf([]int32{1, 5})}, "way to facility 1, but there are 1"},
		{supply.Problem{Weight: []int64{1}, Capacity: []int64{1}, Ways: waysOf([]int32{0, -5})}, "costs -5"},
		{supply.Problem{Weight: []int64{1}, Capacity: []int64{1}, Ways: waysOf([]int32{0, 5, 0, 6})}, "two ways to facility 0"},
		{supply.Problem{Weight: []int64{1}, Capacity: []int64{1}, Ways: supply.Ways{First: []int{0, 2}, Facility: []int32{0}, Cost: []int32{0}}}, "do not fit"},
		{supply.Problem{Weight: []int64{1 << 60}, Capacity: []int64{1}, Ways: waysOf([]int32{0, 900})}, "too large"},
		{supply.Problem{Weight: []int64{1}, Capacity: []int64{1 << 62, 1 << 62, 1 << 62}, Ways: waysOf([]int32{0, 900})}, "too large"},
	} {
		_, err := supply.Assign(t.Context(), &c.p)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
		if len(supply.Check(&c.p, &supply.Assignment{})) == 0 {
			t.Errorf("%s: the check passes", c.want)
		}
	}
}

func TestAnAssignmentStopsWhenToldTo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := supply.Assign(ctx, twoFacilities()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWaysAreCutAtACost(t *testing.T) {
	w := twoFacilities().Ways
	if got, want := w.Within(600), waysOf([]int32{0, 300}, []int32{0, 301}, []int32{1, 600}, nil); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The city of the benchmark has 60,000 demands of 1 to 20 people, 300 facilities
// and 965,000 ways; scarce has places for a third of the people, even for about
// all.
func BenchmarkAssign(b *testing.B) {
	for _, c := range []struct {
		name   string
		places int64
	}{{"scarce", 700}, {"even", 2100}, {"plenty", 4200}} {
		p := city(60000, 300, 4000, c.places, 7)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := supply.Assign(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(p.Ways.Facility)), "ways")
		})
	}
}
