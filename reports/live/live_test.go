package live_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sanse/reports/live"
)

var noon = time.Date(2026, 12, 2, 4, 0, 0, 0, time.UTC)

// parent is that of codes of 6, 9, 12 and 15 digits.
func parent(code string) string {
	if len(code) <= 6 {
		return ""
	}
	return code[:len(code)-3]
}

func ExampleCount() {
	day := live.Count(
		[]live.Visit{{Area: "510199001001001", Done: true}, {Area: "510199001001001", Late: true, Covered: true}, {Area: "510199002001001"}},
		[]live.Case{{Area: "510199001001001", Kind: "emergency", Deadline: noon.Add(9 * time.Minute), Waiting: true}},
		parent, noon,
	)
	town := day.Of("510199001")
	fmt.Println(town.Due, town.Done, town.Late, town.Covered, town.Kinds["emergency"])
	fmt.Println(day.Of("510199").Due, day.Next.Sub(noon))
	// Output:
	// 2 1 1 1 {1 1 0}
	// 3 9m0s
}

func TestADeadlineIsOverAtItsMoment(t *testing.T) {
	for _, c := range []struct {
		name    string
		in      time.Duration
		overdue int
		next    time.Time
	}{
		{"a second before", time.Second, 0, noon.Add(time.Second)},
		{"at the moment", 0, 1, time.Time{}},
		{"long ago", -time.Hour, 1, time.Time{}},
	} {
		day := live.Count(nil, []live.Case{{Area: "510199", Kind: "general", Deadline: noon.Add(c.in)}}, parent, noon)
		if got := day.Of("510199").Kinds["general"]; got.Overdue != c.overdue || got.Open != 1 || !day.Next.Equal(c.next) {
			t.Errorf("%s: %+v, next %s", c.name, got, day.Next)
		}
	}
}

// What is counted in an area is what is counted in the areas below it and beside them.
func TestEveryAreaIsTheSumOfThoseBelowIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		area := rapid.Custom(func(t *rapid.T) string {
			code := "510199"
			for range rapid.IntRange(0, 3).Draw(t, "levels") {
				code += fmt.Sprintf("%03d", rapid.IntRange(1, 3).Draw(t, "n"))
			}
			return code
		})
		visits := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) live.Visit {
			return live.Visit{Area: area.Draw(t, "area"), Done: rapid.Bool().Draw(t, "done"), Late: rapid.Bool().Draw(t, "late"), Covered: rapid.Bool().Draw(t, "covered")}
		}), 0, 40).Draw(t, "visits")
		cases := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) live.Case {
			return live.Case{
				Area: area.Draw(t, "area"), Kind: rapid.SampledFrom([]string{"emergency", "general"}).Draw(t, "kind"),
				Deadline: noon.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "in")) * time.Minute), Waiting: rapid.Bool().Draw(t, "waiting"),
			}
		}), 0, 20).Draw(t, "cases")
		day := live.Count(visits, cases, parent, noon)
		for code, got := range day.Areas {
			due, done, late, open := 0, 0, 0, 0
			for _, v := range visits {
				if strings.HasPrefix(v.Area, code) {
					due++
					if v.Done {
						done++
					} else if v.Late {
						late++
					}
				}
			}
			overdue := 0
			for _, c := range cases {
				if strings.HasPrefix(c.Area, code) {
					open++
					if !c.Deadline.After(noon) {
						overdue++
					}
				}
			}
			if n, over := got.Open(); got.Due != due || got.Done != done || got.Late != late || n != open || over != overdue {
				t.Fatalf("%s: %+v, want %d %d %d and %d cases, %d of them overdue", code, got, due, done, late, open, overdue)
			}
			if near := live.Nearest(cases, func(a string) bool { return strings.HasPrefix(a, code) }, 3); len(near) != min(open, 3) || len(near) > 1 && near[1].Deadline.Before(near[0].Deadline) {
				t.Fatalf("%s: the nearest are %v of %d", code, near, open)
			}
		}
	})
}
