package fixed_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner/internal/fixed"
)

func TestDrawsAreManyAndTheSameEachTime(t *testing.T) {
	draw := func() (drawn []int) {
		fixed.Check(t, 50, func(t *rapid.T) {
			drawn = append(drawn, rapid.IntRange(0, 1<<30).Draw(t, "number"))
		})
		return drawn
	}
	first := draw()
	if again := draw(); !slices.Equal(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
	slices.Sort(first)
	if n := len(slices.Compact(first)); n < 25 {
		t.Errorf("%d different numbers in 50 draws", n)
	}
}
