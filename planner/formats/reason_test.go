package formats_test

import (
	"bytes"
	"strings"
	"testing"

	"sanse/planner"
	"sanse/planner/formats"
	"sanse/planner/vrp"
)

// leftOut solves an instance and returns who is left out; the checker must count
// as many.
func leftOut(t *testing.T, in formats.Instance) []formats.LeftOut {
	t.Helper()
	p, err := in.Problem()
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := vrp.Solve(t.Context(), p, vrp.Options{Iterations: 200})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := in.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	left := in.LeftOut(s)
	if v := checked(t, in, b.String()); v.Missed != len(left) {
		t.Errorf("%d are left out, the checker misses %d", len(left), v.Missed)
	}
	return left
}

func TestWhyACustomerOfABenchmarkIsLeftOutIsSaid(t *testing.T) {
	const load planner.Reason = "load_too_large"
	for name, c := range map[string]struct {
		text, old, new string
		customer       int // 0: whichever
		want           planner.Reason
	}{
		"Solomon: more than a vehicle holds":          {smallSolomon, "10          4         30", "10         11         30", 2, load},
		"Solomon: closed before anybody can be there": {smallSolomon, "4          0         50", "4          0          9", 3, planner.ReasonVisitTooLong},
		"Solomon: open after the depot has closed":    {smallSolomon, "4         30         40", "4        130        140", 2, planner.ReasonWindowClosed},
		"Solomon: one vehicle for too much":           {smallSolomon, "  2         10", "  1         10", 0, planner.ReasonNoFreeTime},
		"Cordeau: more than a vehicle holds":          {smallPVRP, "2 0 5 0 7", "2 0 5 0 11", 2, load},
		"Cordeau: one of its two days is too short":   {smallPVRP, "20 10\n", "10 10\n", 1, planner.ReasonVisitTooLong},
		"Cordeau: one vehicle a day for too much":     {smallPVRP, "1 2 3 2\n", "1 1 3 2\n", 0, planner.ReasonNoFreeTime},
	} {
		t.Run(name, func(t *testing.T) {
			if n := strings.Count(c.text, c.old); n != 1 {
				t.Fatalf("%q is there %d times", c.old, n)
			}
			left := leftOut(t, readInstance(t, strings.Replace(c.text, c.old, c.new, 1)))
			if len(left) != 1 || left[0].Reason != c.want || left[0].Detail == "" || c.customer != 0 && left[0].Customer != c.customer {
				t.Errorf("left out are %+v, want customer %d for %s", left, c.customer, c.want)
			}
		})
	}
}

func TestNobodyIsLeftOutOfWhatFits(t *testing.T) {
	for _, text := range []string{smallSolomon, smallPVRP, smallVROOM} {
		if left := leftOut(t, readInstance(t, text)); len(left) > 0 {
			t.Errorf("left out are %+v", left)
		}
	}
}

func TestTheSearchIsToBlameForWhatFits(t *testing.T) {
	in := readInstance(t, smallSolomon)
	left := in.LeftOut(&vrp.Solution{})
	for _, l := range left {
		if l.Reason != planner.ReasonSearchGap {
			t.Errorf("%+v, want a gap of the search", l)
		}
	}
	if len(left) != 3 {
		t.Errorf("%d are left out of an empty solution, want 3", len(left))
	}
}
