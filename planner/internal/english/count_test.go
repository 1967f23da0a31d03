package english_test

import (
	"testing"

	"sanse/planner/internal/english"
)

func TestOneIsOneAndAllElseAreMany(t *testing.T) {
	for n, want := range map[int]string{-1: "-1 entries", 0: "0 entries", 1: "1 entry", 2: "2 entries", 21: "21 entries"} {
		if got := english.Count(n, "entry", "entries"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
