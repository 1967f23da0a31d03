package disclosure_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/reports/disclosure"
)

var details = []disclosure.Detail{
	{Name: "enrolled", Parts: []disclosure.Part{{Name: "all", Plus: []string{"red", "yellow", "blue"}}}},
	{Name: "grades", Under: "enrolled", Parts: []disclosure.Part{{Name: "other", Plus: []string{"red", "yellow"}}, {Name: "blue", Plus: []string{"blue"}}}},
	{Name: "grade", Under: "grades", Parts: []disclosure.Part{{Name: "red", Plus: []string{"red"}}, {Name: "yellow", Plus: []string{"yellow"}}, {Name: "blue", Plus: []string{"blue"}}}},
	{Name: "lone", Under: "enrolled", Parts: []disclosure.Part{{Name: "yes", Plus: []string{"lone"}}, {Name: "no", Plus: []string{"red", "yellow", "blue"}, Minus: []string{"lone"}}}},
	{Name: "disabled", Parts: []disclosure.Part{{Name: "yes", Plus: []string{"disabled"}}, {Name: "no", Plus: []string{"people"}, Minus: []string{"disabled"}}}},
}

// drawDistrict draws a district: towns, communities, cells, and grids that lie
// across the cells of a community.
func drawDistrict(t *rapid.T, k int) disclosure.Input {
	in := disclosure.Input{
		Day: planner.Date(20000), K: k, Columns: []string{"red", "yellow", "blue", "lone", "people", "disabled"}, Details: details,
		Places: []disclosure.Place{{Key: "D", Parent: -1, Answered: true}},
	}
	top := rapid.SampledFrom([]int{3, 8, 30}).Draw(t, "size")
	for town := range rapid.IntRange(1, 3).Draw(t, "towns") {
		in.Places = append(in.Places, disclosure.Place{Key: fmt.Sprintf("D%d", town), Parent: 0, Answered: true})
		up := len(in.Places) - 1
		for community := range rapid.IntRange(1, 4).Draw(t, "communities") {
			in.Places = append(in.Places, disclosure.Place{Key: fmt.Sprintf("D%d%d", town, community), Parent: up, Answered: true})
			here := len(in.Places) - 1
			for cell := range rapid.IntRange(0, 2).Draw(t, "cells") {
				in.Places = append(in.Places, disclosure.Place{Key: fmt.Sprintf("D%d%d/%d", town, community, cell), Parent: here})
				for grid := range rapid.IntRange(1, 2).Draw(t, "grids") {
					row := disclosure.Row{Place: len(in.Places) - 1, Insider: fmt.Sprintf("D%d%d%d", town, community, grid), Counts: make([]int, 6)}
					drawCounts(t, row.Counts, top)
					in.Rows = append(in.Rows, row)
				}
			}
		}
	}
	return in
}

func drawCounts(t *rapid.T, n []int, top int) {
	n[0] = rapid.IntRange(0, max(1, top/8)).Draw(t, "red")
	n[1] = rapid.IntRange(0, max(1, top/3)).Draw(t, "yellow")
	n[2] = rapid.IntRange(0, top).Draw(t, "blue")
	n[3] = rapid.IntRange(0, n[0]+n[1]+n[2]).Draw(t, "lone")
	n[4] = rapid.IntRange(0, 10*top).Draw(t, "people")
	n[5] = rapid.IntRange(0, n[4]).Draw(t, "disabled")
}

// later is the same district another day: some rows have changed, few or many.
func later(t *rapid.T, in disclosure.Input) disclosure.Input {
	in.Day += 90
	in.Rows = slices.Clone(in.Rows)
	top := rapid.SampledFrom([]int{3, 12, 40}).Draw(t, "change")
	few := rapid.IntRange(1, 4).Draw(t, "of how many")
	for i := range in.Rows {
		in.Rows[i].Counts = slices.Clone(in.Rows[i].Counts)
		if i%few == 0 {
			drawCounts(t, in.Rows[i].Counts, top)
		}
	}
	return in
}

// insiders are all who know something, and what.
func insiders(in *disclosure.Input) map[string]func(planner.Date, disclosure.Row) bool {
	out := map[string]func(planner.Date, disclosure.Row) bool{"the public": nil}
	for p, place := range in.Places {
		if place.Answered && p > 0 {
			out["who answers for "+place.Key] = func(_ planner.Date, r disclosure.Row) bool { return lies(in, r.Place, p) }
		}
	}
	for _, r := range in.Rows {
		out["who answers for grid "+r.Insider] = func(_ planner.Date, o disclosure.Row) bool { return o.Insider == r.Insider }
	}
	return out
}

// attack has everybody who knows something read all releases and subtract, and
// returns what they find.
func attack(days []*disclosure.Input, releases []*disclosure.Release, only ...string) []finding {
	var found []finding
	for who, knows := range insiders(days[0]) {
		if len(only) > 0 && !slices.Contains(only, who) {
			continue
		}
		a := newAttacker(days...)
		a.count("people")
		for day, r := range releases {
			a.read(day, r)
			if knows != nil {
				a.enter(day, func(row disclosure.Row) bool { return knows(days[day].Day, row) })
			}
		}
		found = append(found, a.subtract(int64(days[0].K), who, knows)...)
	}
	return found
}

func TestNoSmallCountFollowsFromReleasesForAnybody(t *testing.T) {
	told := 0
	rapid.Check(t, func(t *rapid.T) {
		first := drawDistrict(t, rapid.IntRange(2, 6).Draw(t, "k"))
		days := []*disclosure.Input{&first}
		for range rapid.IntRange(0, 2).Draw(t, "later releases") {
			next := later(t, *days[len(days)-1])
			days = append(days, &next)
		}
		var releases []*disclosure.Release
		for _, in := range days {
			r, err := disclosure.Take(t.Context(), *in, releases)
			if err != nil {
				t.Fatal(err)
			}
			releases = append(releases, r)
			for _, at := range r.Told {
				told += len(at)
			}
		}
		all := slices.Sorted(maps.Keys(insiders(&first)))
		who := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, min(4, len(all)), rapid.ID).Draw(t, "who attacks")
		if found := attack(days, releases, who...); len(found) > 0 {
			t.Fatalf("%d small counts follow, the first: %v", len(found), found[0])
		}
	})
	if told == 0 {
		t.Error("nothing was ever told: a silent release is safe and of no use")
	}
}

func TestEveryHiddenCountCouldBeKOrMoreForAnybody(t *testing.T) {
	solved := 0
	rapid.Check(t, func(t *rapid.T) {
		in := drawDistrict(t, rapid.IntRange(2, 6).Draw(t, "k"))
		r, err := disclosure.Take(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		all := insiders(&in)
		who := rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(t, "who attacks")
		knows := all[who]
		a := newAttacker(&in)
		a.count("people")
		a.read(0, r)
		if knows != nil {
			a.enter(0, func(row disclosure.Row) bool { return knows(in.Day, row) })
		}
		var rests [][]int64 // who is not lone and who is not disabled is somebody too
		for i := range in.Rows {
			lone, able := make([]int64, a.vars), make([]int64, a.vars)
			lone[6*i], lone[6*i+1], lone[6*i+2], lone[6*i+3] = 1, 1, 1, -1
			able[6*i+4], able[6*i+5] = 1, -1
			rests = append(rests, lone, able)
		}
		d := rapid.SampledFrom(in.Details).Draw(t, "detail")
		part := rapid.SampledFrom(d.Parts).Draw(t, "part")
		for p := range in.Places {
			f := make([]int64, a.vars)
			a.people(f, 0, p, part, 1)
			a.forget(f, knows)
			live := make([]int64, a.vars)
			a.people(live, 0, p, disclosure.Part{Plus: []string{"people"}}, 1)
			a.forget(live, knows)
			if a.truth(f) >= int64(in.K) || a.idle(f) || d.Name == "disabled" && a.truth(live) < int64(in.K) {
				continue // large, or small by what anybody knows
			}
			most, ok := a.most(f, rests)
			if !ok {
				continue
			}
			if solved++; most < float64(in.K)-1e-6 {
				t.Fatalf("%s knows that there are at most %.2f %s %s at %s: %d", who, most, d.Name, part.Name, in.Places[p].Key, a.truth(f))
			}
		}
	})
	if solved < 50 {
		t.Errorf("only %d bounds were found", solved)
	}
}

func TestTheAttackerFindsWhatABrokenReleaseLeaks(t *testing.T) {
	for name, broken := range map[string]func(*disclosure.Input, *disclosure.Release){
		"a figure that is small": func(in *disclosure.Input, r *disclosure.Release) {
			tell(in, r, "enrolled", "D00", 3)
		},
		"the one hidden place of a town": func(in *disclosure.Input, r *disclosure.Release) {
			for key, n := range map[string]int{"D": 62, "D0": 62, "D01": 20, "D02": 39} {
				tell(in, r, "enrolled", key, n)
			}
		},
		"two hidden places, one of which knows itself": func(in *disclosure.Input, r *disclosure.Release) {
			for key, n := range map[string]int{"D": 62, "D0": 62, "D02": 39} {
				tell(in, r, "enrolled", key, n)
			}
		},
	} {
		in := threeCommunities()
		r, err := disclosure.Take(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found := attack([]*disclosure.Input{&in}, []*disclosure.Release{r}); len(found) > 0 {
			t.Fatalf("the sound release leaks: %v", found[0])
		}
		r.Told = map[string]map[string]disclosure.Told{}
		broken(&in, r)
		if found := attack([]*disclosure.Input{&in}, []*disclosure.Release{r}); len(found) == 0 {
			t.Errorf("%s: the attacker finds nothing", name)
		}
	}
}

func TestTheAttackerFindsADifferenceOfTwoDays(t *testing.T) {
	in := threeCommunities()
	first, err := disclosure.Take(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := in
	next.Day += 90
	next.Rows = slices.Clone(in.Rows)
	next.Rows[2].Counts = slices.Clone(next.Rows[2].Counts)
	next.Rows[2].Counts[2] += 2
	second, err := disclosure.Take(t.Context(), next, []*disclosure.Release{first})
	if err != nil {
		t.Fatal(err)
	}
	days := []*disclosure.Input{&in, &next}
	if found := attack(days, []*disclosure.Release{first, second}); len(found) > 0 {
		t.Fatalf("the sound releases leak: %v", found[0])
	}
	if parts, day, ok := second.Figure("D", "enrolled"); !ok || day != in.Day || parts["all"] != 62 {
		t.Errorf("two more are told at once: %v %v %v", parts, day, ok)
	}
	forgetful, err := disclosure.Take(t.Context(), next, nil) // as if nothing had been told before
	if err != nil {
		t.Fatal(err)
	}
	if found := attack(days, []*disclosure.Release{first, forgetful}); !slices.ContainsFunc(found, func(f finding) bool { return strings.Contains(f.what, "change") }) {
		t.Error("the attacker does not find the two who came")
	}
}

func tell(in *disclosure.Input, r *disclosure.Release, detail, place string, n ...int) {
	if r.Told[detail] == nil {
		r.Told[detail] = map[string]disclosure.Told{}
	}
	r.Told[detail][place] = disclosure.Told{Day: in.Day, Parts: n}
}

// threeCommunities is a town with 3, 20 and 39 residents.
func threeCommunities() disclosure.Input {
	in := disclosure.Input{
		Day: planner.Date(20000), K: 5, Columns: []string{"red", "yellow", "blue", "lone", "people", "disabled"}, Details: details,
		Places: []disclosure.Place{{Key: "D", Parent: -1, Answered: true}, {Key: "D0", Parent: 0, Answered: true}},
	}
	for i, n := range []int{3, 20, 39} {
		in.Places = append(in.Places, disclosure.Place{Key: fmt.Sprintf("D0%d", i), Parent: 1, Answered: true})
		for half := range 2 {
			blue := n / 2
			if half == 1 {
				blue = n - n/2
			}
			in.Rows = append(in.Rows, disclosure.Row{
				Place: 2 + i, Insider: fmt.Sprintf("D0%d%d", i, half), Counts: []int{0, 0, blue, blue / 2, 300 + 100*i, 8 * i},
			})
		}
	}
	return in
}

func TestAReleaseEndsWithItsContext(t *testing.T) {
	in := threeCommunities()
	first, err := disclosure.Take(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	next := in
	next.Day += 90
	for name, earlier := range map[string][]*disclosure.Release{"the first": nil, "the second": {first}} {
		if _, err := disclosure.Take(ctx, next, earlier); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
