package connect_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/cmd/sanse/internal/connect"
	"sanse/planner"
)

// apply is what who is told of changes knows afterwards.
func apply(known map[string]connect.Task, changes []connect.Task) {
	for _, c := range changes {
		known[c.ID] = c
	}
}

func task(resident string, day, due planner.Date, visitor string) connect.Task {
	return connect.Task{Resident: resident, Area: "a", Day: day, DueBy: due, Visitor: visitor, Why: "planned"}
}

func ops(changes []connect.Task) (out []string) {
	for _, c := range changes {
		out = append(out, fmt.Sprintf("%s %s %d %s", c.Op, c.Resident, c.Day, c.Visitor))
	}
	slices.Sort(out)
	return out
}

func TestATaskStaysTheSameAsLongAsItIsTheSameVisit(t *testing.T) {
	known := map[string]connect.Task{}
	all := func() []connect.Task { return slices.Collect(maps.Values(known)) }
	var first map[string]connect.Task
	for _, c := range []struct {
		name   string
		today  planner.Date
		wanted []connect.Task
		want   []string
	}{
		{"a plan", 100, []connect.Task{task("r1", 101, 103, "v1"), task("r2", 100, 100, "v1"), task("r3", 102, 130, "v1"), task("r3", 120, 130, "v1")}, []string{"added r1 101 v1", "added r2 100 v1", "added r3 102 v1", "added r3 120 v1"}},
		{"nothing has changed", 100, []connect.Task{task("r1", 101, 103, "v1"), task("r2", 100, 100, "v1"), task("r3", 102, 130, "v1"), task("r3", 120, 130, "v1")}, nil},
		{"another comes, a day later", 100, []connect.Task{task("r1", 102, 103, "v2"), task("r2", 100, 100, "v1"), task("r3", 102, 130, "v1"), task("r3", 120, 130, "v1")}, []string{"changed r1 102 v2"}},
		{"one is gone", 100, []connect.Task{task("r2", 100, 100, "v1"), task("r3", 102, 130, "v1"), task("r3", 120, 130, "v1")}, []string{"withdrawn r1 102 v2"}},
		{"and comes back", 100, []connect.Task{task("r1", 101, 103, "v1"), task("r2", 100, 100, "v1"), task("r3", 102, 130, "v1"), task("r3", 120, 130, "v1")}, []string{"added r1 101 v1"}},
		{"a visit that was not made is planned again", 102, []connect.Task{task("r2", 102, 100, "v3"), task("r3", 102, 130, "v1"), task("r3", 120, 130, "v1")}, []string{"changed r2 102 v3"}},
		{"what has been is left alone, and the second of two stays the second", 103, []connect.Task{task("r3", 121, 130, "v1")}, []string{"changed r3 121 v1"}},
	} {
		changes := connect.Diff(all(), c.wanted, c.today, func(t connect.Task) bool { return t.Resident != "r2" })
		if diff := cmp.Diff(c.want, ops(changes)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		apply(known, changes)
		if first == nil {
			first = maps.Clone(known)
		}
	}
	if len(known) != len(first) {
		t.Errorf("%d ids were given to the %d visits", len(known), len(first))
	}
	for id := range known {
		if !connect.IsTaskID(id) {
			t.Errorf("%s is no id of a task", id)
		}
	}
}

// Whoever applies all changes knows what is wanted of today and later, and what was
// told of the days before.
func TestWhoAppliesAllChangesKnowsThePlan(t *testing.T) {
	made := func(connect.Task) bool { return true }
	rapid.Check(t, func(t *rapid.T) {
		known := map[string]connect.Task{}
		today := planner.Date(100)
		for range rapid.IntRange(1, 6).Draw(t, "plans") {
			today += planner.Date(rapid.IntRange(0, 3).Draw(t, "days"))
			var wanted []connect.Task
			for i := range rapid.IntRange(0, 12).Draw(t, "tasks") {
				day := today + planner.Date(rapid.IntRange(0, 5).Draw(t, "day"))
				w := task(fmt.Sprintf("r%d", rapid.IntRange(0, 3).Draw(t, "resident")), day, day+planner.Date(rapid.IntRange(0, 2).Draw(t, "due")), "v")
				w.Arrive = i
				wanted = append(wanted, w)
			}
			before := maps.Clone(known)
			changes := connect.Diff(slices.Collect(maps.Values(known)), wanted, today, made)
			apply(known, changes)
			var told, want []string
			for _, k := range known {
				if k.Op != connect.Withdrawn && k.Day >= today {
					k.ID, k.Op = "", ""
					told = append(told, fmt.Sprint(k))
				}
			}
			for _, w := range wanted {
				want = append(want, fmt.Sprint(w))
			}
			slices.Sort(told)
			slices.Sort(want)
			if diff := cmp.Diff(want, told); diff != "" {
				t.Fatalf("they know otherwise: %s", diff)
			}
			for id, b := range before {
				if b.Day < today && known[id] != b && b.Op != connect.Withdrawn {
					t.Fatalf("what has been was changed: %+v, %+v", b, known[id])
				}
			}
			if again := connect.Diff(slices.Collect(maps.Values(known)), wanted, today, made); len(again) > 0 {
				t.Fatalf("said twice: %v", again)
			}
		}
	})
}
