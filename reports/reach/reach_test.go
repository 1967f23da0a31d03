package reach_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/reports/reach"
	"sanse/routing"
)

func TestWhatCountsAndWhatDoesNotHasAReason(t *testing.T) {
	e := straightStreet(t, 2000)
	monday := reach.Hours{{Weekday: 1, From: 8 * 60, To: 12 * 60}}
	facilities := []reach.Facility{
		{ID: "near", Service: "meals", Location: at(300, 0), Open: true},
		{ID: "nearer but idle", Service: "meals", Location: at(150, 0)},
		{ID: "nearer but never open", Service: "meals", Location: at(160, 0), Open: true, Hours: reach.Hours{}},
		{ID: "nearer, Monday mornings", Service: "meals", Location: at(170, 0), Open: true, Hours: monday},
		{ID: "off the streets", Service: "meals", Location: at(150, 400), Open: true},
		{ID: "off the map", Service: "meals", Location: at(150, 9000), Open: true},
		{ID: "nowhere", Service: "meals", Location: orb.Point{math.NaN(), 3}, Open: true},
		{ID: "far", Service: "clinic", Location: at(2000, 0), Open: true},
	}
	demand := []orb.Point{at(100, 0), at(100, 350), at(100, -90), at(90000, 0)}
	o := reach.Options{Services: []string{"bathing"}, Seconds: 1000}
	for _, c := range []struct {
		name    string
		at      *reach.Moment
		meals   []int32
		nearest []int32
		why     map[string]reach.Reason
	}{
		{"at any hour", nil, []int32{70, -2, 160, -2}, []int32{3, -1, 3, -1}, map[string]reach.Reason{
			"nearer but idle": reach.NotOpen, "nearer but never open": reach.ClosedAllWeek,
			"off the streets": reach.TooFar, "off the map": reach.Outside, "nowhere": reach.NoPosition,
		}},
		{"on Monday at noon, when the morning is over", &reach.Moment{Weekday: 1, Minute: 12 * 60}, []int32{200, -2, 290, -2}, []int32{0, -1, 0, -1}, map[string]reach.Reason{
			"nearer but idle": reach.NotOpen, "nearer but never open": reach.ClosedAllWeek, "nearer, Monday mornings": reach.ClosedThen,
			"off the streets": reach.TooFar, "off the map": reach.Outside, "nowhere": reach.NoPosition,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o.At = c.at
			x := newIndex(t, e, demand, facilities, o)
			if d := cmp.Diff([]string{"bathing", "clinic", "meals"}, x.Services()); d != "" {
				t.Error(d)
			}
			near := func(what string, got, want []int32) {
				for i := range want { // made-up metres are not the ellipsoid's
					if got[i]-want[i] > 3 || want[i]-got[i] > 3 || (got[i] < 0) != (want[i] < 0) {
						t.Errorf("%s of demand %d: %d, want %d", what, i, got[i], want[i])
					}
				}
			}
			near("meals", x.Seconds("meals"), c.meals)
			near("clinic, out of bound", x.Seconds("clinic"), []int32{-1, -2, -1, -2})
			near("bathing, which nobody gives", x.Seconds("bathing"), []int32{-1, -2, -1, -2})
			near("a service nobody has heard of", x.Seconds("dancing"), []int32{-1, -2, -1, -2})
			if got := x.Facility("meals"); !slices.Equal(got, c.nearest) {
				t.Errorf("nearest %v, want %v", got, c.nearest)
			}
			for i, f := range facilities {
				if got := x.Why(i); got != c.why[f.ID] {
					t.Errorf("%s: %q, want %q", f.ID, got, c.why[f.ID])
				}
			}
			want := []reach.Unplaced{
				{Index: 1, Reason: reach.TooFar},
				{Index: 3, Reason: reach.Outside},
				{Facility: true, Index: 2, Reason: reach.ClosedAllWeek},
				{Facility: true, Index: 4, Reason: reach.TooFar},
				{Facility: true, Index: 5, Reason: reach.Outside},
				{Facility: true, Index: 6, Reason: reach.NoPosition},
			}
			if d := cmp.Diff(want, x.Unplaced()); d != "" {
				t.Error(d)
			}
			for _, u := range want {
				if u.Reason.Text(300) == "" || u.Reason.Text(300) == string(u.Reason) {
					t.Errorf("%s is not put in words", u.Reason)
				}
			}
		})
	}
}

func TestHoursAreOfTheWeekAndOfTheNight(t *testing.T) {
	h := reach.Hours{{Weekday: 7, From: 22 * 60, To: 26 * 60}, {Weekday: 3, From: 600, To: 660}}
	for _, c := range []struct {
		moment string
		want   bool
	}{
		{"7T21:59", false},
		{"7T22:00", true},
		{"7T23:59", true},
		{"1T00:00", true},
		{"1T01:59", true},
		{"1T02:00", false},
		{"3T10:00", true},
		{"3T10:59", true},
		{"3T11:00", false},
		{"4T10:30", false},
		{"2T01:00", false},
	} {
		m, err := reach.ParseMoment(c.moment)
		if err != nil {
			t.Fatal(err)
		}
		if m.String() != c.moment {
			t.Errorf("%s is written %s", c.moment, m)
		}
		if got := h.Open(m); got != c.want {
			t.Errorf("open at %s: %v", c.moment, got)
		}
		if !reach.Hours(nil).Open(m) || (reach.Hours{}).Open(m) {
			t.Errorf("at %s: hours not known are open, none are not", c.moment)
		}
	}
	for _, bad := range []string{"", "0T10:00", "8T10:00", "1T24:00", "1T10:60", "1 10:00", "1T1:000", "1T-1:00", "xT10:00", "1T10:00:00"} {
		if m, err := reach.ParseMoment(bad); err == nil {
			t.Errorf("%q is read as %v", bad, m)
		}
	}
	if !(reach.Hours{}).ClosedAllWeek() || !(reach.Hours{{Weekday: 1, From: 60, To: 60}}).ClosedAllWeek() || h.ClosedAllWeek() || reach.Hours(nil).ClosedAllWeek() {
		t.Error("closed all week is: hours known, and none of them")
	}
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	e := straightStreet(t, 200)
	one := reach.Facility{ID: "a", Service: "meals", Location: at(0, 0), Open: true}
	late := one
	late.Hours = reach.Hours{{Weekday: 8, From: 0, To: 10}}
	for name, make := range map[string]func() error{
		"no engine": func() error { _, err := reach.New(t.Context(), nil, nil, nil, reach.Options{}); return err },
		"negative metres": func() error {
			_, err := reach.New(t.Context(), e, nil, nil, reach.Options{MaxMetres: -1})
			return err
		},
		"endless metres": func() error {
			_, err := reach.New(t.Context(), e, nil, nil, reach.Options{MaxMetres: math.Inf(1)})
			return err
		},
		"negative seconds": func() error { _, err := reach.New(t.Context(), e, nil, nil, reach.Options{Seconds: -1}); return err },
		"no such moment": func() error {
			_, err := reach.New(t.Context(), e, nil, nil, reach.Options{At: &reach.Moment{Weekday: 0}})
			return err
		},
		"two of one id": func() error {
			_, err := reach.New(t.Context(), e, nil, []reach.Facility{one, one}, reach.Options{})
			return err
		},
		"an eighth day": func() error {
			_, err := reach.New(t.Context(), e, nil, []reach.Facility{late}, reach.Options{})
			return err
		},
	} {
		if make() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	x := newIndex(t, e, nil, []reach.Facility{one}, reach.Options{})
	for name, c := range map[string]reach.Change{
		"nothing":          {},
		"no such facility": {Op: reach.Move, ID: "b"},
		"no id":            {Op: reach.Close},
		"no such op":       {Op: "paint", ID: "a"},
		"an id twice":      {Op: reach.Add, Facility: one},
		"no service":       {Op: reach.Add, Facility: reach.Facility{ID: "b", Open: true}},
	} {
		if _, err := x.Try(t.Context(), []reach.Change{c}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := x.Try(t.Context(), []reach.Change{{Op: reach.Move, ID: "b"}}); !errors.Is(err, reach.ErrNoFacility) {
		t.Errorf("moving what there is not: %v", err)
	}
	if _, err := x.Outline(t.Context(), "meals", []int{0}); err == nil {
		t.Error("an outline of 0 minutes is drawn")
	}
	if d, c, err := x.From(t.Context(), 0, 0); err != nil || len(d)+len(c) > 0 {
		t.Errorf("within 0 seconds: %v %v %v", d, c, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reach.New(ended, e, []orb.Point{at(0, 0)}, []reach.Facility{one}, reach.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

// drawFacilities draws facilities of three services in a town.
func drawFacilities(t *rapid.T, side float64) []reach.Facility {
	out := make([]reach.Facility, rapid.IntRange(1, 12).Draw(t, "facilities"))
	for i := range out {
		out[i] = drawFacility(t, side)
		out[i].ID = fmt.Sprint("f", i)
	}
	return out
}

func drawFacility(t *rapid.T, side float64) reach.Facility {
	f := reach.Facility{
		Service:  rapid.SampledFrom([]string{"meals", "clinic", "bathing"}).Draw(t, "service"),
		Location: at(rapid.Float64Range(-400, side+400).Draw(t, "east"), rapid.Float64Range(-400, side+400).Draw(t, "north")),
		Open:     rapid.IntRange(0, 4).Draw(t, "open") > 0,
	}
	if rapid.IntRange(0, 3).Draw(t, "hours") == 0 {
		f.Hours = reach.Hours{{Weekday: rapid.IntRange(1, 2).Draw(t, "weekday"), From: 480, To: 1020}}
	}
	return f
}

// answers is everything that an index says.
func answers(t fataler, x *reach.Index) map[string]any {
	out := map[string]any{"services": x.Services(), "unplaced": x.Unplaced()}
	for _, s := range append([]string{"nothing"}, x.Services()...) {
		out[s+" seconds"], out[s+" facility"] = x.Seconds(s), x.Facility(s)
		first, facility, cost, err := x.Ways(context.Background(), s, 700)
		if err != nil {
			t.Fatal(err)
		}
		out[s+" ways"] = []any{first, facility, cost}
		cells, err := x.Cells(context.Background(), s, 10, 900)
		if err != nil {
			t.Fatal(err)
		}
		out[s+" cells"] = cells
	}
	return out
}

func TestAnotherHourEqualsMeasuringAnew(t *testing.T) {
	const n, step = 8, 120.0
	r := rand.New(rand.NewPCG(3, 9))
	e := engineOf(t, gridTown(t, n, step, r), routing.Elderly())
	demand := pointsIn(80, n*step, r)
	rapid.Check(t, func(t *rapid.T) {
		facilities := drawFacilities(t, n*step)
		moment := func(label string) *reach.Moment {
			if rapid.Bool().Draw(t, label) {
				return nil
			}
			return &reach.Moment{Weekday: rapid.IntRange(1, 7).Draw(t, "weekday"), Minute: 60 * rapid.IntRange(0, 23).Draw(t, "hour")}
		}
		now, then := moment("now"), moment("then")
		before := newIndex(t, e, demand, facilities, reach.Options{Threads: 2, At: now})
		asBefore := answers(t, before)
		after, err := before.At(context.Background(), then)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(answers(t, newIndex(t, e, demand, facilities, reach.Options{Threads: 2, At: then})), answers(t, after)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(asBefore, answers(t, before)); d != "" {
			t.Fatalf("another hour changed the first: %s", d)
		}
	})
	x := newIndex(t, e, demand, nil, reach.Options{})
	if _, err := x.At(t.Context(), &reach.Moment{Weekday: 8}); err == nil {
		t.Error("an eighth day is an hour")
	}
}

func TestTryingChangesEqualsMeasuringAnew(t *testing.T) {
	const n, step = 8, 120.0
	r := rand.New(rand.NewPCG(3, 9))
	e := engineOf(t, gridTown(t, n, step, r), routing.Elderly())
	demand := pointsIn(80, n*step, r)
	rapid.Check(t, func(t *rapid.T) {
		facilities := drawFacilities(t, n*step)
		o := reach.Options{Threads: 2}
		if rapid.Bool().Draw(t, "at") {
			o.At = &reach.Moment{Weekday: 1, Minute: 600}
		}
		before := newIndex(t, e, demand, facilities, o)
		asBefore := answers(t, before)
		var changes []reach.Change
		for i := range rapid.IntRange(1, 4).Draw(t, "changes") {
			c := reach.Change{Op: rapid.SampledFrom([]reach.Op{reach.Add, reach.Move, reach.Close, reach.Open}).Draw(t, "op")}
			if c.Op == reach.Add {
				c.Facility = drawFacility(t, n*step)
				c.Facility.ID = fmt.Sprint("new", i)
				facilities = append(facilities, c.Facility)
			} else {
				k := rapid.IntRange(0, len(facilities)-1).Draw(t, "which")
				f := facilities[k]
				c.ID, c.Location = f.ID, drawFacility(t, n*step).Location
				switch c.Op {
				case reach.Move:
					f.Location = c.Location
				case reach.Close:
					f.Open = false
				default:
					f.Open = true
				}
				facilities = slices.Clone(facilities)
				facilities[k] = f
			}
			changes = append(changes, c)
		}
		tried, err := before.Try(context.Background(), changes)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(answers(t, newIndex(t, e, demand, facilities, o)), answers(t, tried)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(asBefore, answers(t, before)); d != "" {
			t.Fatalf("trying changed what it was tried on: %s", d)
		}
	})
}

func TestTheWaysAreThoseOfATable(t *testing.T) {
	const n, step = 10, 110.0
	r := rand.New(rand.NewPCG(5, 1))
	e := engineOf(t, gridTown(t, n, step, r), routing.Elderly())
	demand := pointsIn(120, n*step, r)
	var facilities []reach.Facility
	for i, p := range pointsIn(15, n*step, r) {
		facilities = append(facilities, reach.Facility{ID: fmt.Sprint(i), Service: "meals", Location: p, Open: i%4 > 0})
	}
	x := newIndex(t, e, demand, facilities, reach.Options{})
	snap := func(p orb.Point) routing.Snap {
		s, err := e.Snap(p, 300)
		if err != nil {
			return routing.Snap{}
		}
		return s
	}
	var doors []routing.Snap
	for _, p := range demand {
		doors = append(doors, snap(p))
	}
	for _, limit := range []int{900, 300, 600, -5} { // a narrower search after a wider one
		first, facility, cost, err := x.Ways(t.Context(), "meals", limit)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for f := range facilities {
			if !facilities[f].Open {
				continue
			}
			table, err := e.Table(t.Context(), []routing.Snap{snap(facilities[f].Location)}, doors)
			if err != nil {
				t.Fatal(err)
			}
			for d, want := range table[0] {
				got := int32(-1)
				for k := first[d]; k < first[d+1]; k++ {
					if facility[k] == int32(f) {
						got = cost[k]
					}
					if k > first[d] && cost[k] < cost[k-1] {
						t.Fatalf("the ways of %d are not nearest first", d)
					}
				}
				if want > int32(limit) {
					want = -1
				}
				if got != want {
					t.Fatalf("within %d s, from %d to %d: %d s, want %d", limit, f, d, got, want)
				}
				if want >= 0 {
					count++
				}
			}
		}
		for d := range demand {
			row, walk, err := x.To(t.Context(), d, "meals", limit)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(row, facility[first[d]:first[d+1]]) || !slices.Equal(walk, cost[first[d]:first[d+1]]) {
				t.Fatalf("within %d s, to %d: %v in %v s, want %v in %v", limit, d, row, walk, facility[first[d]:first[d+1]], cost[first[d]:first[d+1]])
			}
		}
		if count != len(facility) || limit > 0 && count == 0 {
			t.Errorf("within %d s there are %d ways, of a table %d", limit, len(facility), count)
		}
	}
}
