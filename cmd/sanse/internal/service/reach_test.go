package service_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"sanse/data"
	"sanse/planner"
	"sanse/reports/reach"
	"sanse/routing"
)

// reachBed is the lattice with a street through the middle of every row of
// squares, all joined at their western ends, and people in every square.
func newReachBed(t *testing.T) *draftBed {
	t.Helper()
	b := newDraftBed(t)
	g := routing.NewBuilder()
	var last int32
	for y := range side {
		var row int32
		for x := range 2*side + 1 {
			n := g.AddNode(orb.Point{corner[0] + step*float64(x), corner[1] + step*(float64(y)+0.5)})
			from := row
			switch {
			case x > 0:
			case y > 0:
				from = last
			default:
				row, last = n, n
				continue
			}
			if _, err := g.AddEdge(from, n, nil, routing.EdgeAttr{Class: "residential", Walk: routing.Both}); err != nil {
				t.Fatal(err)
			}
			if row = n; x == 0 {
				last = n
			}
		}
	}
	net := must(routing.NewNetwork(must(g.Build())(t)))(t)
	var packed bytes.Buffer
	if _, err := net.WriteTo(&packed); err != nil {
		t.Fatal(err)
	}
	var people []data.Population
	for x := range 2 * side {
		people = append(people, data.Population{Cell: int64(101 + x), Location: squareAt(x, 0).Bound().Center(), People: 10 + x, Over60: x, Disabled: x % 2})
	}
	people = append(people, data.Population{Cell: 999, Location: orb.Point{corner[0] - 50*step, corner[1]}, People: 7})
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		_, err := tx.PutStreets(lattice, data.StreetVersion{Source: "test", Imported: b.now}, packed.Bytes(), nil)
		return errors.Join(err, tx.PutPopulation(lattice, people), tx.PutPolicies(lattice, []data.Policy{{ID: "weekly", Grade: "yellow", PerWeek: 1}}), tx.PutFacilities(lattice, []data.Facility{
			{ID: "kitchen", Name: "食堂", Service: "meals", Location: squareAt(0, 0).Bound().Center(), Status: "open", Capacity: 30},
			{ID: "morning", Name: "早餐", Service: "meals", Location: squareAt(6, 0).Bound().Center(), Hours: []planner.Shift{{Weekday: 1, From: 360, To: 600}}},
			{ID: "idle", Name: "闲置", Service: "clinic", Location: squareAt(0, 0).Bound().Center(), Status: "idle"},
			{ID: "never", Name: "不开", Service: "bathing", Location: squareAt(0, 0).Bound().Center(), Hours: []planner.Shift{}},
			{ID: "far", Name: "远", Service: "bathing", Location: orb.Point{corner[0] - 60*step, corner[1]}},
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// walked fails the test unless a walk takes what the metres between two squares of
// one row do, at so many metres a second.
func walked(t *testing.T, what string, got int32, squares int, speed float64) {
	t.Helper()
	want := 0.0
	if squares > 0 {
		want = geo.DistanceHaversine(corner, orb.Point{corner[0] + step*float64(squares), corner[1]}) / speed
	}
	if math.Abs(float64(got)-want) > 5 {
		t.Errorf("%s: %d s, want about %.0f", what, got, want)
	}
}

func TestTheReachOfADistrictIsOfItsPeopleAndItsHours(t *testing.T) {
	b := newReachBed(t)
	spots, residents := b.ReachSeconds(t, lattice, "", nil, "meals")
	if len(spots) != 2*side+1 || len(residents) != 2*side*side {
		t.Fatalf("%d spots, %d residents", len(spots), len(residents))
	}
	walked(t, "from the kitchen to the square beside it, an older person", spots[1], 1, 1.0)
	walked(t, "from the breakfast place, an older person", spots[8], 2, 1.0)
	if spots[2*side] != reach.OffStreet {
		t.Errorf("far off: %d s", spots[2*side])
	}
	spots, _ = b.ReachSeconds(t, lattice, "foot", nil, "meals")
	walked(t, "an adult", spots[8], 2, 1.3)
	evening := &reach.Moment{Weekday: 1, Minute: 18 * 60}
	spots, _ = b.ReachSeconds(t, lattice, "elderly", evening, "meals")
	walked(t, "in the evening, when breakfast is over", spots[8], 8, 1.0)
	for _, s := range []string{"clinic", "bathing", "rehabilitation"} {
		spots, _ = b.ReachSeconds(t, lattice, "elderly", nil, s)
		if spots[0] != reach.NoneNear {
			t.Errorf("%s is given by nobody: %d s", s, spots[0])
		}
	}
	for _, profile := range []string{"", "elderly", "foot", "cane", "wheelchair", "e-bike"} {
		if !b.ReachIsKept(t, lattice, profile) {
			t.Errorf("%s is measured twice", profile)
		}
	}
}

func TestAReachIsMeasuredAnewWhenAFacilityChanges(t *testing.T) {
	b := newReachBed(t)
	before, _ := b.ReachSeconds(t, lattice, "", nil, "meals")
	walked(t, "before", before[11], 5, 1)
	err := b.store.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutFacilities(lattice, []data.Facility{{ID: "new", Name: "新", Service: "meals", Location: squareAt(11, 0).Bound().Center()}})
	})
	if err != nil {
		t.Fatal(err)
	}
	after, _ := b.ReachSeconds(t, lattice, "", nil, "meals")
	walked(t, "after", after[11], 0, 1)
}

func TestMomentsAtWhichTheSameIsOpenHaveOneReachAndPutOutNoneOfAnyHour(t *testing.T) {
	b := newReachBed(t)
	usual := b.ReachAt(t, lattice, "elderly", nil)
	at := func(weekday, hour int) any {
		return b.ReachAt(t, lattice, "elderly", &reach.Moment{Weekday: weekday, Minute: 60 * hour})
	}
	if at(1, 7) != at(1, 9) || at(1, 12) != at(7, 3) || at(1, 7) == at(1, 12) {
		t.Error("one canteen is open on Monday mornings: the week has two reaches")
	}
	if kept, _ := b.HourReaches(); kept != 2 {
		t.Errorf("%d reaches at a moment are kept, want 2", kept)
	}
	var many []data.Facility
	for h := range 24 {
		many = append(many, data.Facility{
			ID: fmt.Sprint("at", h), Name: "食堂", Service: "meals", Location: squareAt(0, 0).Bound().Center(), Status: "open",
			Hours: []planner.Shift{{Weekday: 2, From: planner.Clock(60 * h), To: planner.Clock(60*h + 60)}},
		})
	}
	if err := b.store.Write(t.Context(), func(tx *data.Tx) error { return tx.PutFacilities(lattice, many) }); err != nil {
		t.Fatal(err)
	}
	usual2 := b.ReachAt(t, lattice, "elderly", nil)
	if usual2 == usual {
		t.Error("the reach of other facilities is the same")
	}
	for h := range 24 {
		at(2, h)
	}
	if kept, most := b.HourReaches(); kept != most {
		t.Errorf("%d reaches at a moment are kept, want %d", kept, most)
	}
	if b.ReachAt(t, lattice, "elderly", nil) != usual2 {
		t.Error("moments have put out the reach at any hour")
	}
}
